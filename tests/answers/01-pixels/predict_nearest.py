"""What students write for predict_nearest."""

import numpy as np
from bank import right, wrong


@wrong("takes the farthest mean", says="farthest")
def predict_nearest(images, means):
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmax(axis=1)


@wrong("turns the means into uint8", says="wrapped around")
def predict_nearest(images, means):
    means = means.astype(images.dtype)
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)


@wrong("turns the means into uint8 and takes absolute values", says="wrapped around")
def predict_nearest(images, means):
    difference = images[:, None].astype("uint8") - means.astype("uint8")
    return np.abs(difference).sum(axis=(2, 3)).argmin(axis=1)


@wrong("squares in 16 bits", says="int16")
def predict_nearest(images, means):
    if images.dtype == np.uint8:
        images, means = images.astype("int16"), means.astype("int16")
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)


@wrong("adds up absolute differences", says="absolute differences")
def predict_nearest(images, means):
    return np.abs(images[:, None] - means).sum(axis=(2, 3)).argmin(axis=1)


@wrong("lets signs cancel", says="signs")
def predict_nearest(images, means):
    return np.abs((images[:, None] - means).sum(axis=(2, 3))).argmin(axis=1)


@wrong("forgets to square", says="signs")
def predict_nearest(images, means):
    return (images[:, None] - means).sum(axis=(2, 3)).argmin(axis=1)


@wrong("compares how dark the images are", says="signs")
def predict_nearest(images, means):
    darkness = images.astype(float).mean(axis=(1, 2))
    return np.abs(darkness[:, None] - means.mean(axis=(1, 2))).argmin(axis=1)


@wrong("looks at the largest difference only", says="largest difference")
def predict_nearest(images, means):
    return np.abs(images[:, None] - means).max(axis=(2, 3)).argmin(axis=1)


@wrong("takes the largest product", says="product")
def predict_nearest(images, means):
    return (images.reshape(len(images), -1) @ means.reshape(10, -1).T).argmax(axis=1)


@wrong("takes the smallest angle", says="cosine")
def predict_nearest(images, means):
    a, b = images.reshape(len(images), -1).astype(float), means.reshape(10, -1)
    return ((a @ b.T) / np.linalg.norm(b, axis=1) / np.linalg.norm(a, axis=1)[:, None].clip(1e-9)).argmax(axis=1)


@wrong("returns the distances", says="ten numbers")
def predict_nearest(images, means):
    return np.sqrt(((images[:, None] - means) ** 2).sum(axis=(2, 3)))


@wrong("returns the smallest distances", says="distances to the nearest")
def predict_nearest(images, means):
    return np.sqrt(((images[:, None] - means) ** 2).sum(axis=(2, 3))).min(axis=1)


@wrong("looks for the nearest image of each class", says="nearest class of each image")
def predict_nearest(images, means):
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=0)


@wrong("forgets the axis of argmin", says="one answer")
def predict_nearest(images, means):
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin()


@wrong("gives ties to the larger class", says="tie")
def predict_nearest(images, means):
    result = []
    for image in images:
        best, answer = np.inf, 0
        for digit in range(10):
            distance = ((image - means[digit]) ** 2).sum()
            if distance <= best:
                best, answer = distance, digit
        result.append(answer)
    return result


@wrong("never resets the best distance", says="values differ")
def predict_nearest(images, means):
    result, best, answer = [], np.inf, 0
    for image in images:
        for digit in range(10):
            distance = ((image - means[digit]) ** 2).sum()
            if distance < best:
                best, answer = distance, digit
        result.append(answer)
    return result


@wrong("scales the images only", says="same scale")
def predict_nearest(images, means):
    return ((images[:, None] / 255 - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)


@wrong("scales images of bytes only", says="same scale")
def predict_nearest(images, means):
    if images.dtype == np.uint8:
        images = images / 255
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)


@wrong("turns images into whole numbers", says="cut off")
def predict_nearest(images, means):
    return ((images[:, None].astype(int) - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)


@wrong("turns everything into whole numbers", says="cut off")
def predict_nearest(images, means):
    return ((images[:, None].astype(int) - means.astype(int)) ** 2).sum(axis=(2, 3)).argmin(axis=1)


@wrong("counts classes from 1", says="numbered from 1")
def predict_nearest(images, means):
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1) + 1


@wrong("squeezes a single image away", says="shape")
def predict_nearest(images, means):
    return np.squeeze(((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1))


@wrong("keeps a second axis", says=", 1)")
def predict_nearest(images, means):
    return ((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1, keepdims=True)


@wrong("answers for the first image", says="one answer")
def predict_nearest(images, means):
    for image in images:
        return ((image - means) ** 2).sum(axis=(1, 2)).argmin()


@wrong("returns the mean images", says="themselves")
def predict_nearest(images, means):
    return means[((images[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)]


@wrong("subtracts in place", says="changed its first argument")
def predict_nearest(images, means):
    answers = []
    for image in images:
        answers.append(((image - means) ** 2).sum(axis=(1, 2)).argmin())
        image -= image
    return answers


@right("as in the solution")
def predict_nearest(images, means):
    pixels = images.astype("float64")
    distances = np.zeros((len(images), 10))
    for digit in range(10):
        difference = pixels - means[digit]
        distances[:, digit] = np.sqrt((difference**2).sum(axis=(1, 2)))
    return distances.argmin(axis=1)


@right("by the square of a difference, in float32")
def predict_nearest(images, means):
    a = images.reshape(len(images), -1).astype("float32")
    b = means.reshape(len(means), -1).astype("float32")
    return ((a**2).sum(axis=1)[:, None] - 2 * a @ b.T + (b**2).sum(axis=1)).argmin(axis=1)


@right("by a score that leaves out what all classes share")
def predict_nearest(images, means):
    a, b = images.reshape(len(images), -1), means.reshape(10, -1)
    return np.argmax(a @ b.T - 0.5 * (b * b).sum(axis=1), axis=1)


@right("all differences at once")
def predict_nearest(images, means):
    return np.linalg.norm(images[:, None].astype(float) - means, axis=(2, 3)).argmin(axis=1)


@right("image by image and digit by digit")
def predict_nearest(images, means):
    answers = []
    for image in images:
        best = 0
        for digit in range(1, 10):
            if ((image - means[digit]) ** 2).sum() < ((image - means[best]) ** 2).sum():
                best = digit
        answers.append(best)
    return answers


@right("with mean squares, scaled to [0, 1]")
def predict_nearest(images, means):
    scale = max(images.max(), means.max())
    return [int(np.argmin([np.mean((image / scale - mean / scale) ** 2) for mean in means])) for image in images]


@right("with scipy")
def predict_nearest(images, means):
    from scipy.spatial.distance import cdist

    return cdist(images.reshape(len(images), -1), means.reshape(10, -1)).argmin(axis=1)


@right("with einsum, as float answers")
def predict_nearest(images, means):
    difference = images[:, None] - means
    return np.einsum("ndrc,ndrc->nd", difference, difference).argmin(axis=1).astype(float)


@right("with sorted lists")
def predict_nearest(images, means):
    return [min(range(10), key=lambda digit: float(np.square(image - means[digit]).sum())) for image in images]


@wrong("puts images in a row in the order in which they lie in memory", says="in another order in memory")
def predict_nearest(images, means):
    rows, flat = images.ravel(order="K").reshape(len(images), 784).astype(float), np.asarray(means).reshape(10, 784)
    return np.array([np.linalg.norm(flat - row, axis=1).argmin() for row in rows])


@wrong("takes the squared sum for the sum of squares", says="signs")
def predict_nearest(images, means):
    difference = images[:, None].astype(float) - means
    return (difference.sum(axis=(2, 3)) ** 2).argmin(axis=1)
