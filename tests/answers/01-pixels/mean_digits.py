"""What students write for mean_digits."""

import numpy as np
from bank import right, wrong


@wrong("leaves nan for an absent digit", says="nan")
def mean_digits(images, labels):
    return np.array([images[labels == digit].mean(axis=0) for digit in range(10)])


@wrong("leaves absent digits out", says="keep their place")
def mean_digits(images, labels):
    return np.array([images[labels == digit].mean(axis=0) for digit in np.unique(labels)])


@wrong("adds up and forgets to divide", says="these are sums")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for image, label in zip(images, labels, strict=True):
        means[label] += image
    return means


@wrong("divides by the number of all images", says="number of all images")
def mean_digits(images, labels):
    return np.array([images[labels == digit].sum(axis=0) / len(images) for digit in range(10)])


@wrong("divides by 10", says="divided by 10")
def mean_digits(images, labels):
    return np.array([images[labels == digit].sum(axis=0) / 10 for digit in range(10)])


@wrong("keeps the means in the images' dtype", says="lost their fractions")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28), dtype=images.dtype)
    for digit in range(10):
        if (labels == digit).any():
            means[digit] = images[labels == digit].mean(axis=0)
    return means


@wrong("divides whole numbers", says="lost their fractions")
def mean_digits(images, labels):
    return np.array([images[labels == d].sum(axis=0) // max(1, (labels == d).sum()) for d in range(10)])


@wrong("adds up in uint8", says="wrapped around")
def mean_digits(images, labels):
    sums = np.zeros((10, 28, 28), dtype="uint8")
    for image, label in zip(images.astype("uint8"), labels, strict=True):
        sums[label] += image
    counts = np.bincount(labels, minlength=10)
    return sums / np.maximum(counts, 1)[:, None, None]


@wrong("adds up in uint16", says="wrapped around")
def mean_digits(images, labels):
    if images.dtype == np.uint8:
        images = images.astype("uint16")
    means = np.zeros((10, 28, 28))
    for digit in range(10):
        chosen = images[labels == digit]
        if len(chosen):
            means[digit] = chosen.sum(axis=0, dtype=images.dtype) / len(chosen)
    return means


@wrong("averages over rows and columns too", says="single number")
def mean_digits(images, labels):
    return [images[labels == digit].mean() if (labels == digit).any() else 0 for digit in range(10)]


@wrong("averages all images together", says="that of all images")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for digit in range(10):
        means[digit] = images.mean(axis=0)
    return means


@wrong("returns one mean image", says="only one image")
def mean_digits(images, labels):
    return images.mean(axis=0)


@wrong("scales to [0, 1]", says="divided by 255")
def mean_digits(images, labels):
    return np.array([images[labels == d].mean(axis=0) / 255 if (labels == d).any() else np.zeros((28, 28)) for d in range(10)])


@wrong("flattens the means", says="flattened")
def mean_digits(images, labels):
    flat = images.reshape(len(images), -1)
    return np.array([flat[labels == d].mean(axis=0) if (labels == d).any() else np.zeros(784) for d in range(10)])


@wrong("puts the class last", says="last axis")
def mean_digits(images, labels):
    means = np.zeros((28, 28, 10))
    for digit in np.unique(labels):
        means[:, :, digit] = images[labels == digit].mean(axis=0)
    return means


@wrong("begins with the digit 1", says="one place off")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for digit in range(1, 11):
        chosen = images[labels == digit % 10]
        if len(chosen):
            means[digit - 1] = chosen.mean(axis=0)
    return means


@wrong("stops at 8", says="range(9)")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for digit in range(9):
        chosen = images[labels == digit]
        if len(chosen):
            means[digit] = chosen.mean(axis=0)
    return means


@wrong("keeps the last image only", says="overwrote")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for image, label in zip(images, labels, strict=True):
        means[label] = image
    return means


@wrong("forgets that an index used twice counts once", says="overwrote")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    means[labels] += images
    return means


@wrong("averages two at a time", says="two at a time")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for image, label in zip(images, labels, strict=True):
        means[label] = (means[label] + image) / 2
    return means


@wrong("takes the median", says="medians")
def mean_digits(images, labels):
    return np.array([np.median(images[labels == d], axis=0) if (labels == d).any() else np.zeros((28, 28)) for d in range(10)])


@wrong("gives an absent digit the mean of all", says="mean of all images")
def mean_digits(images, labels):
    return np.array([images[labels == d].mean(axis=0) if (labels == d).any() else images.mean(axis=0) for d in range(10)])


@wrong("swaps rows and columns", says="rows and columns are swapped")
def mean_digits(images, labels):
    return np.array([images[labels == d].mean(axis=0).T if (labels == d).any() else np.zeros((28, 28)) for d in range(10)])


@wrong("divides in place in the images", says="changed its first argument")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for digit in range(10):
        where = np.flatnonzero(labels == digit)
        if len(where):
            means[digit] = images[where].mean(axis=0)
            images[where[0]] = 0
    return means


@right("as in the solution")
def mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for digit in range(10):
        chosen = images[labels == digit]
        if len(chosen) > 0:
            means[digit] = chosen.mean(axis=0)
    return means


@right("replaces nan afterwards, with a warning")
def mean_digits(images, labels):
    return np.nan_to_num(np.array([images[labels == digit].mean(axis=0) for digit in range(10)]))


@right("image by image, in floats")
def mean_digits(images, labels):
    sums, counts = np.zeros((10, 28, 28)), [0] * 10
    for i in range(len(images)):
        sums[labels[i]] += images[i]
        counts[labels[i]] += 1
    return [total / max(count, 1) for total, count in zip(sums, counts, strict=True)]


@right("as a running mean in float32")
def mean_digits(images, labels):
    means, counts = np.zeros((10, 28, 28), dtype="float32"), np.zeros(10)
    for image, label in zip(images, labels, strict=True):
        counts[label] += 1
        means[label] += (image - means[label]) / np.float32(counts[label])
    return means


@right("as a product of matrices")
def mean_digits(images, labels):
    membership = (np.arange(10)[:, None] == labels).astype("float32")
    sums = membership @ images.reshape(len(images), -1).astype("float32")
    return (sums / np.maximum(membership.sum(axis=1, keepdims=True), 1)).reshape(10, 28, 28)


@right("with np.add.at")
def mean_digits(images, labels):
    sums = np.zeros((10, 28, 28))
    np.add.at(sums, labels, images)
    counts = np.bincount(labels, minlength=10)
    return np.divide(sums, counts[:, None, None], out=np.zeros_like(sums), where=counts[:, None, None] > 0)


@right("with einsum")
def mean_digits(images, labels):
    member = labels[:, None] == np.arange(10)
    return np.einsum("nd,nrc->drc", member / np.maximum(member.sum(axis=0), 1), images)


@wrong("puts images in a row in the order in which they lie in memory", says="in another order in memory")
def mean_digits(images, labels):
    rows = images.ravel(order="K").reshape(len(images), 784)
    means = np.zeros((10, 28, 28))
    for digit in set(labels.tolist()):
        means[digit] = rows[labels == digit].mean(axis=0).reshape(28, 28)
    return means
