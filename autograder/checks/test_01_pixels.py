"""01-pixels: Digits as numbers."""

import numpy as np

from autograder.checking import Mistake, exercise, expect, keeps_arguments

prepare = exercise("prepare")
class_counts = exercise("class_counts")
mean_digits = exercise("mean_digits")
predict_nearest = exercise("predict_nearest")
accuracy = exercise("accuracy")


def shape_of(value):
    """The shape of a value, or None where it has none (None, a dictionary, rows of different lengths)."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    return None if array.dtype == object else array.shape


def random_images(rng, n, low=0, high=256):
    return rng.integers(low, high, (n, 28, 28), dtype=np.uint8)


# --- prepare ---


def expect_prepared(actual, images, call, mistakes=()):
    n = len(images)
    flat = "The images were flattened to {0}. Their rows and columns should stay, with a channel axis at the end: {1}."
    lost = "An axis was lost: the shape is {0}. A batch of one image is still a batch, and its shape should be {1}."
    shapes = {
        (n, 28, 28): "The channel axis is missing: the shape is still {0}. Add an axis of length 1 at the end, so that it becomes {1}.",
        (28, 28, 1): lost,
        (28, 28): lost,
        (n, 1, 28, 28): "The channel axis is in the wrong place: the shape is {0}. Keras wants it last, {1}.",
        (1, n, 28, 28): "The new axis is in the wrong place: the shape is {0}. It belongs at the end, {1}.",
        (n, 784): flat,
        (n, 784, 1): flat,
        (n, 28, 28, 3): "There should be one channel, for the ink, not three: the shape is {0}, and should be {1}.",
    }
    shape = shape_of(actual)
    if shape != (n, 28, 28, 1) and shape in shapes:
        raise Mistake(shapes[shape].format(shape, (n, 28, 28, 1)))
    dtype = None if shape is None else np.asarray(actual).dtype
    if dtype == np.float16:
        raise Mistake("The result is float16, which is good for about 3 digits only. The task asks for float32.")
    x = images[..., None].astype(np.float64)
    largest = max(float(images.max()), 1.0)
    each = np.maximum(images.max(axis=(1, 2)), 1).reshape(n, 1, 1, 1)
    spread = max(largest - float(images.min()), 1.0)
    expect(
        actual,
        x / 255,
        call,
        mistakes=[
            *mistakes,
            ("The pixels were not divided by 255: they still go up to 255.", x),
            ("The pixels were divided by 256. Full ink, 255, should become exactly 1: divide by 255.", x / 256),
            (
                "The fractions are gone: every pixel came out as 0 or 1. `//` rounds down, and so does turning the "
                "result into whole numbers. Divide by `/` and keep floats.",
                x // 255,
            ),
            (
                "The fractions are gone: every pixel came out as 0 or 1. Divide by 255 and keep what comes out; do not round it.",
                lambda: np.round(x / 255),
            ),
            (
                f"The pixels were divided by the largest one in the batch ({largest:.0f}). Divide by 255 always: "
                "otherwise a digit's numbers depend on its company.",
                x / largest,
            ),
            (
                "Each image was divided by its own largest pixel. Divide by 255 always: otherwise a pale image and a "
                "dark one become the same.",
                x / each,
            ),
            (
                "The pixels were stretched from the smallest and largest value in the batch to 0 and 1. Divide by 255, "
                "whatever the batch holds.",
                (x - images.min()) / spread,
            ),
            ("The pixels were divided by 255 twice.", x / 255 / 255),
            ("Paper and ink are swapped: 0 should stay 0 and 255 should become 1.", 1 - x / 255),
            ("The pixels were scaled to [-1, 1]. Divide by 255 and subtract nothing, so that they lie in [0, 1].", x / 127.5 - 1),
            ("The mean was subtracted. Dividing by 255 is all that is asked for here.", lambda: x / 255 - (x / 255).mean()),
            (
                "The batch was standardised (mean 0, spread 1). Dividing by 255 is all that is asked for here.",
                lambda: (x - x.mean()) / x.std(),
            ),
            ("Rows and columns are swapped: pixel [i, row, column] should be found at [i, row, column, 0].", x.transpose(0, 2, 1, 3) / 255),
            (
                "The pixels are in the wrong places. Adding an axis moves none: pixel [i, row, column] should be found "
                "at [i, row, column, 0].",
                lambda: images.transpose(1, 2, 0).reshape(n, 28, 28, 1) / 255,
            ),
        ],
    )
    if dtype != np.float32:
        raise Mistake(
            f"The numbers are right, but their dtype is {dtype} and the task asks for float32. A uint8 array divided by 255 is float64: "
            'convert with `images.astype("float32")` first.'
        )


@prepare
def test_scales_and_adds_the_channel_axis(student, rng):
    images = random_images(rng, 5, low=50, high=201)
    images[0, 0, 0] = 200  # the largest of the batch is not 255, and the smallest is not 0
    images[1:] //= np.array([2, 3, 4, 5], dtype=np.uint8)[:, None, None]
    expect_prepared(student.prepare(images), images, "prepare(images), with images of shape (5, 28, 28),")


@prepare
def test_all_values_from_0_to_255(student, rng):
    images = np.resize(rng.permutation(256).astype(np.uint8), (3, 28, 28))
    expect_prepared(student.prepare(images), images, "prepare(images), with every value from 0 to 255 in images,")


@prepare
def test_a_batch_that_is_all_but_blank(student, rng):
    images = random_images(rng, 4, high=2)
    x = images[..., None].astype(np.float64)
    expect_prepared(
        student.prepare(images),
        images,
        "prepare(images), for a batch whose largest pixel is 1,",
        mistakes=[
            (
                "A batch whose largest pixel is 1 was not divided by 255, or was divided by that 1. The images are "
                "always uint8 from 0 to 255, so the "
                "divisor is always 255: a pixel of 1 is very pale, not full ink.",
                x,
            )
        ],
    )


@prepare
def test_a_single_image(student, rng):
    images = random_images(rng, 1)
    expect_prepared(student.prepare(images), images, "prepare(images), with images of shape (1, 28, 28),")


@prepare
def test_an_array_in_another_memory_order(student, rng):
    images = np.asfortranarray(random_images(rng, 6))
    expect_prepared(
        student.prepare(images), images, "prepare(images), with images of shape (6, 28, 28) whose numbers lie in another order in memory,"
    )


@prepare
def test_prepare_leaves_the_images_alone(student, rng):
    keeps_arguments(student, "prepare", random_images(rng, 3))


# --- class_counts ---

COUNTS_IN_MNIST = [
    [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
]


def expect_counts(actual, labels, call):
    if isinstance(actual, dict):
        raise Mistake(
            "The counts came back as a dictionary. Return ten numbers in order, for instance in a list: the count of 0 "
            "first, that of 9 last."
        )
    counts = np.bincount(labels, minlength=10)
    occurring, their_counts = np.unique(labels, return_counts=True)
    absent = (
        "Digits that do not occur are missing from the result. They have the count 0 and keep their place, so that "
        "there are always ten numbers."
    )
    expect(
        actual,
        counts,
        call,
        tolerance=0,
        whole=True,
        mistakes=[
            (absent, their_counts),
            (absent, counts[: labels.max() + 1]),
            (absent, np.sort(their_counts)[::-1]),
            (
                "This is what np.unique gives: the digits that occur, and their counts. Return ten counts, with 0 for a "
                "digit that does not occur.",
                [occurring, their_counts],
            ),
            (
                "The result has nine numbers. `range(9)` ends with 8, and a histogram's bins have one edge more than "
                "there are bins: there are ten digits, 0 to 9.",
                np.histogram(labels, bins=range(10))[0],
            ),
            ("The count of 9 is missing: there are ten digits, 0 to 9, and `range(9)` ends with 8.", [*counts[:9], 0]),
            ("The count of 0 is missing. There are ten digits, 0 to 9: `range(1, 10)` leaves out the first.", counts[1:]),
            ("The count of 0 is missing. There are ten digits, 0 to 9: `range(1, 10)` leaves out the first.", [0, *counts[1:]]),
            ("The counts are one place off: the count of 0 comes first. `range(1, 11)` counts from 1 to 10.", [*counts[1:], 0]),
            ("The counts are one place off: the count of 0 comes first.", [0, *counts[:9]]),
            ("There are eleven numbers, but only ten digits, 0 to 9.", [*counts, 0]),
            ("These are fractions of the whole. Return the counts themselves, which are whole numbers.", counts / len(labels)),
            ("The labels were added up instead of counted: five 7s make a count of 5, not of 35.", counts * np.arange(10)),
            ("Every digit that occurs has the count 1. Count each time that it occurs.", np.minimum(counts, 1)),
            (
                "These are running totals. The count of a digit is the number of labels equal to it, not of those up to it.",
                np.cumsum(counts),
            ),
            ("The counts are sorted by size. Number d should be the count of the digit d.", np.sort(counts)),
            ("The counts are sorted by size. Number d should be the count of the digit d.", np.sort(counts)[::-1]),
            ("The counts are wrong by multiples of 256: they were kept in 8 bits, and they wrapped around.", counts.astype(np.uint8)),
            ("The counts are wrong by multiples of 256: they were kept in 8 bits, and they wrapped around.", counts.astype(np.int8)),
            (
                "A histogram with ten bins divides the range from the smallest to the largest label into ten. Its bins "
                "are the digits only if both 0 and 9 occur.",
                np.histogram(labels, bins=10)[0],
            ),
            ("The digits are in the wrong order: the count of 0 comes first, that of 9 last.", counts[::-1]),
            ("These are the counts of y_train. Count the labels that are passed to the function.", COUNTS_IN_MNIST[0]),
            ("These are the counts of y_test. Count the labels that are passed to the function.", COUNTS_IN_MNIST[1]),
        ],
    )


@class_counts
def test_a_few_labels(student, rng):
    labels = np.array([7, 3, 0, 3, 7, 3, 1], dtype=np.uint8)
    expect_counts(student.class_counts(labels), labels, "class_counts(np.array([7, 3, 0, 3, 7, 3, 1]))")


@class_counts
def test_many_labels_of_all_classes(student, rng):
    labels = np.repeat(np.arange(10), rng.permutation([40, 85, 130, 190, 260, 300, 390, 520, 610, 700]))
    labels = rng.permutation(labels).astype(np.uint8)
    expect_counts(student.class_counts(labels), labels, f"class_counts(labels), for {len(labels):,} labels,")


@class_counts
def test_the_first_and_last_classes_are_absent(student, rng):
    labels = rng.integers(2, 7, 50).astype(np.uint8)
    expect_counts(student.class_counts(labels), labels, "class_counts(labels), for labels from 2 to 6,")


@class_counts
def test_labels_of_another_integer_dtype(student, rng):
    labels = rng.integers(0, 10, 400)
    expect_counts(student.class_counts(labels), labels, "class_counts(labels), for int64 labels,")


@class_counts
def test_a_single_label(student, rng):
    labels = np.array([9], dtype=np.uint8)
    expect_counts(student.class_counts(labels), labels, "class_counts(np.array([9]))")


@class_counts
def test_class_counts_leaves_the_labels_alone(student, rng):
    keeps_arguments(student, "class_counts", rng.integers(0, 10, 30).astype(np.uint8))


# --- mean_digits ---


def oracle_mean_digits(images, labels):
    means = np.zeros((10, 28, 28))
    for digit in np.unique(labels):
        means[digit] = images[labels == digit].astype(np.float64).sum(axis=0) / np.count_nonzero(labels == digit)
    return means


def expect_means(actual, images, labels, call):
    means = oracle_mean_digits(images, labels)
    counts = np.bincount(labels, minlength=10).reshape(10, 1, 1)
    present = np.unique(labels)
    shape = shape_of(actual)
    if shape == (10,):
        raise Mistake(
            "Each mean is a single number: rows and columns were averaged too. Average over the images only (axis 0), "
            "so that 28 × 28 numbers remain for each digit."
        )
    if shape == (28, 28):
        raise Mistake(
            "There is only one image in the result. Return ten of them, one mean image for each digit: the shape is (10, 28, 28)."
        )
    if shape == (10, 784):
        raise Mistake(
            "The mean images were flattened to 784 numbers each. They should keep their rows and columns: the shape is (10, 28, 28)."
        )
    if shape == (28, 28, 10):
        raise Mistake(
            "The class is the last axis of the result. It should be the first: the shape is (10, 28, 28), and number d "
            "is the mean image of the digit d."
        )
    if shape == (len(present), 28, 28) != (10, 28, 28):
        raise Mistake(
            "Digits without an image are missing from the result. They keep their place, with a mean image of zeros, so "
            "that there are always ten: the shape is (10, 28, 28)."
        )
    if shape == (9, 28, 28) and 9 in present:
        raise Mistake("There are nine mean images, but ten digits, 0 to 9: `range(9)` ends with 8.")
    if shape == (10, 28, 28) and np.isnan(np.asarray(actual, dtype=np.float64))[counts[:, 0, 0] == 0].any():
        raise Mistake("The mean image of a digit without any image is nan: the mean of nothing does not exist. Leave zeros there.")

    def kept_in(dtype):
        sums = np.stack([images[labels == digit].sum(axis=0, dtype=np.int64) for digit in range(10)])
        return sums.astype(dtype) / np.maximum(counts, 1)

    def running():
        wrong = np.zeros((10, 28, 28))
        for image, label in zip(images, labels, strict=True):
            wrong[label] = (wrong[label] + image) / 2
        return wrong

    def last():
        wrong = np.zeros((10, 28, 28))
        wrong[labels] = images
        return wrong

    def median():
        return np.stack([np.median(images[labels == d], axis=0) if d in present else np.zeros((28, 28)) for d in range(10)])

    whole = (
        "The means lost their fractions: they were kept as whole numbers. Put them into an array of floats, such as np.zeros((10, 28, 28))."
    )
    wraps = "The sums wrapped around: they were kept in too few bits. Add up the images in floats, or let `.mean(axis=0)` do it."
    mistakes = [
        ("These are sums. Divide the sum of each digit's images by how many there are.", means * counts),
        (
            "The sum of each digit's images was divided by the number of all images. Divide it by the number of images of that digit.",
            means * counts / len(labels),
        ),
        ("The sum of each digit's images was divided by 10. Divide it by the number of images of that digit.", means * counts / 10),
        (whole, np.floor(means)),
        (whole, np.round(means)),
        ("The means were divided by 255. They should stay on the scale of the images.", means / 255),
        (
            "All means are the same: that of all images. Choose each digit's own images, those with labels == digit.",
            np.broadcast_to(images.mean(axis=0), (10, 28, 28)),
        ),
        (
            "A digit without any image got the mean of all images. Its mean image should be zeros.",
            np.where(counts > 0, means, images.mean(axis=0)),
        ),
        ("The means are one place off: number 0 is the mean of the images with label 0.", np.roll(means, 1, axis=0)),
        ("The means are one place off: number 0 is the mean of the images with label 0.", np.roll(means, -1, axis=0)),
        ("Rows and columns are swapped in the mean images.", means.transpose(0, 2, 1)),
        ("The mean of the digit 9 is missing: `range(9)` ends with 8.", means * (np.arange(10) != 9).reshape(10, 1, 1)),
        ("The mean of the digit 0 is missing: `range(1, 10)` begins with 1.", means * (np.arange(10) != 0).reshape(10, 1, 1)),
        ("These are medians. The mean is the sum of the images divided by their number.", median),
        (
            "The average was taken two at a time, (mean + image) / 2, which counts the last images far more than the "
            "first. Add all images up, then divide once.",
            running,
        ),
        ("Only one image of each digit is left: each overwrote the one before. Add them up, then divide by their number.", last),
        (
            "Each pixel of a mean image is the same: rows and columns were averaged too. Average over the images only (axis 0).",
            lambda: np.broadcast_to(means.mean(axis=(1, 2), keepdims=True), (10, 28, 28)),
        ),
        ("The sum of each digit's images was divided by one less than their number.", lambda: means * counts / np.maximum(counts - 1, 1)),
        ("The sum of each digit's images was divided by one more than their number.", lambda: means * counts / (counts + 1)),
        ("These are the largest pixels, not the means.", lambda: np.stack([images[labels == d].max(axis=0, initial=0) for d in range(10)])),
    ]
    if images.dtype == np.uint8:
        mistakes += [(wraps, lambda dtype=dtype: kept_in(dtype)) for dtype in (np.uint8, np.int8, np.uint16, np.int16)]
        mistakes += [(wraps, lambda: np.floor(kept_in(np.uint8)))]
    expect(actual, means, call, mistakes=mistakes)


@mean_digits
def test_two_or_more_images_of_each_digit(student, rng):
    labels = rng.permutation(np.repeat(np.arange(10), rng.permutation([2, 2, 3, 3, 3, 4, 4, 5, 5, 6]))).astype(np.uint8)
    images = random_images(rng, len(labels))
    expect_means(student.mean_digits(images, labels), images, labels, "mean_digits(images, labels)")


@mean_digits
def test_digits_without_an_image(student, rng):
    labels = np.array([4, 7, 4, 2, 7, 7, 4], dtype=np.uint8)
    images = random_images(rng, len(labels), low=1)
    expect_means(
        student.mean_digits(images, labels), images, labels, "mean_digits(images, labels), with images of the digits 2, 4 and 7 only,"
    )


@mean_digits
def test_images_of_floats(student, rng):
    labels = rng.permutation(np.repeat(np.arange(10), 3)).astype(np.uint8)
    for images in (rng.random((30, 28, 28), dtype=np.float32), rng.uniform(0, 255, (30, 28, 28))):
        expect_means(student.mean_digits(images, labels), images, labels, f"mean_digits(images, labels), with {images.dtype} images,")


@mean_digits
def test_many_images_of_one_digit(student, rng):
    labels = np.full(300, rng.integers(1, 9))
    labels[:3] = [0, 9, 9]
    images = random_images(rng, 300, low=180)
    expect_means(student.mean_digits(images, labels), images, labels, "mean_digits(images, labels), for 300 images,")


@mean_digits
def test_images_in_another_memory_order(student, rng):
    labels = rng.permutation(np.repeat(np.arange(10), 2)).astype(np.uint8)
    images = np.asfortranarray(random_images(rng, 20))
    expect_means(student.mean_digits(images, labels), images, labels, "mean_digits(images, labels), for images in another order in memory,")


@mean_digits
def test_mean_digits_leaves_its_arguments_alone(student, rng):
    labels = rng.integers(0, 10, 25).astype(np.uint8)
    keeps_arguments(student, "mean_digits", random_images(rng, 25), labels)
    keeps_arguments(student, "mean_digits", rng.random((25, 28, 28)), labels)


# --- predict_nearest ---


def all_differences(images, means):
    return images.astype(np.float64)[:, None] - means[None]


def oracle_distances(images, means):
    return np.sqrt((all_differences(images, means) ** 2).sum(axis=(2, 3)))


def expect_classes(actual, images, means, call):
    n = len(images)
    nearest = oracle_distances(images, means).argmin(axis=1)
    shape = shape_of(actual)
    if shape == (n, 10):
        raise Mistake(
            "Each image got ten numbers. Return one for each image: the class at which its ten distances are smallest "
            "(argmin along axis 1)."
        )
    if shape == (n, 28, 28):
        raise Mistake("The nearest mean images themselves came back. Return their classes, one number from 0 to 9 for each image.")
    if shape == (10,) and n != 10:
        raise Mistake(
            f"There are ten answers for {n} image{'s' if n > 1 else ''}: for each class the nearest image was looked "
            "for. Look for the nearest class of each image."
        )
    if shape == () and n > 1:
        raise Mistake(f"There is one answer for {n} images. Return one class for each image of the batch.")
    if shape == (n, 1):
        raise Mistake(f"The result has the shape {(n, 1)}. Return one number for each image, with the shape {(n,)}.")

    expect(actual, nearest, call, tolerance=0, whole=True, mistakes=mistaken_classes(images, means))


def mistaken_classes(images, means):
    """What misconceptions of predict_nearest would have answered: pairs of a sentence and the answers."""
    n = len(images)
    differences = all_differences(images, means)
    distances = oracle_distances(images, means)
    nearest = distances.argmin(axis=1)
    flat, flat_means = images.reshape(n, -1).astype(np.float64), means.reshape(10, -1)
    lengths = np.linalg.norm(flat_means, axis=1)

    def wrapped(dtype, measure):
        return lambda: measure(images.astype(dtype)[:, None] - means.astype(dtype)[None]).sum(axis=(2, 3)).argmin(axis=1)

    def truncated(means):
        return lambda: oracle_distances(np.trunc(images), means).argmin(axis=1)

    signs = (
        "The differences were added up with their signs, so that too much ink here made up for too little there. Square each of them first."
    )
    mistakes = [
        (
            "These are the classes of the mean images that are farthest away. Look for the smallest distance: argmin, not argmax.",
            distances.argmax(axis=1),
        ),
        (
            "These are the distances to the nearest mean. Return its class: argmin gives the position of the smallest "
            "number, min the number.",
            distances.min(axis=1),
        ),
        ("The classes are numbered from 1. They are the digits themselves, from 0 to 9.", nearest + 1),
        (
            "On an exact tie the larger class won. The smaller one should: compare with `<`, or let argmin take the first.",
            9 - distances[:, ::-1].argmin(axis=1),
        ),
    ]
    if images.dtype == np.uint8:
        bytes_wrap = "Pixels of uint8 wrapped around: 7 - 9 came out as 254. Convert the images to floats before you subtract."
        squares_wrap = (
            "The squares wrapped around: 255 squared is 65,025, too much for int16. Convert the images to floats before you subtract."
        )
        mistakes += [
            (bytes_wrap, wrapped(np.uint8, np.square)),
            (bytes_wrap, wrapped(np.uint8, np.abs)),
            (squares_wrap, wrapped(np.int16, np.square)),
            (
                "The images were divided by 255, but the means were not. Both come on the same scale: leave them as they are.",
                lambda: oracle_distances(images / 255, means).argmin(axis=1),
            ),
        ]
    else:
        cut = "The fractions of the pixels were cut off: images in [0, 1] became 0 and 1. Convert them to floats, not to whole numbers."
        mistakes += [(cut, truncated(means)), (cut, truncated(np.trunc(means)))]
    mistakes += [
        (
            "The absolute differences were added up. The Euclidean distance adds up their squares, so that one large "
            "difference counts for "
            "more than many small ones.",
            lambda: np.abs(differences).sum(axis=(2, 3)).argmin(axis=1),
        ),
        (signs, lambda: np.abs(differences.sum(axis=(2, 3))).argmin(axis=1)),
        (signs, lambda: differences.sum(axis=(2, 3)).argmin(axis=1)),
        (signs, lambda: differences.sum(axis=(2, 3)).argmax(axis=1)),
        (
            "Only the largest difference of each image counted. Add up the squares of all of them.",
            lambda: np.abs(differences).max(axis=(2, 3)).argmin(axis=1),
        ),
        (
            "The mean with the largest product was chosen. That favours means with much ink: compare Euclidean distances.",
            lambda: (flat @ flat_means.T).argmax(axis=1),
        ),
        (
            "The means were compared by their angle to the image (cosine), which overlooks how dark they are. Compare Euclidean distances.",
            lambda: (flat @ flat_means.T / np.maximum(lengths, 1e-12)).argmax(axis=1),
        ),
        (
            "Rows and columns of the images are swapped against those of the means.",
            lambda: oracle_distances(images.transpose(0, 2, 1), means).argmin(axis=1),
        ),
        ("All images got the answer of the first. Look for the nearest mean of each image on its own.", np.full(n, nearest[0])),
        ("All images got the answer of the last. Look for the nearest mean of each image on its own.", np.full(n, nearest[-1])),
    ]
    return mistakes


def noisy_copies(rng, means, classes, spread):
    """Images that are plainly nearest to the means of the given classes."""
    return means[classes] + rng.uniform(-spread, spread, (len(classes), 28, 28))


def telling_images(rng):
    """Ten means and uint8 images between them, for which every misconception gives other answers, and no two the same."""
    brightness = np.array([90, 100, 150, 112, 116, 120, 124, 128, 132, 136.0])
    contrast = np.array([85, 15, 20, 60, 68, 76, 84, 64, 72, 80.0])  # 0 has the least ink, 1 the smallest length, 2 the most ink
    order = rng.permutation(10)
    patterns = rng.choice([-1, 1], (10, 28, 28))
    means = (brightness[:, None, None] + contrast[:, None, None] * patterns)[order] + rng.uniform(-4, 4, (10, 28, 28))
    one, other = rng.integers(0, 10, (2, 90))
    share = rng.uniform(0.55, 1, (90, 1, 1))
    gain = rng.uniform(0.75, 1.15, (90, 1, 1))
    mixed = gain * (share * means[one] + (1 - share) * means[other]) + rng.normal(0, 25, (90, 28, 28))
    images = np.clip(np.round(mixed), 0, 255).astype(np.uint8)
    squares = np.sort(oracle_distances(images, means) ** 2, axis=1)
    plain = squares[:, 1] > 1.05 * squares[:, 0]  # rounding decides nothing
    plain &= rng.permutation(90) < 80
    images = images[plain]
    nearest = order[oracle_distances(images, means).argmin(axis=1)]
    ordinary = np.flatnonzero(nearest > 2)  # the first and the last image are of classes without a record
    middle = np.setdiff1d(np.arange(len(images)), ordinary[:2])[:26]
    return images[[ordinary[0], *middle, ordinary[1]]], means


@predict_nearest
def test_images_between_the_means(student, rng):
    images, means = telling_images(rng)
    expect_classes(student.predict_nearest(images, means), images, means, f"predict_nearest(images, means), for {len(images)} images,")


@predict_nearest
def test_euclidean_distance_and_no_other(student, rng):
    # The means are changed copies of one image, each nearest by another measure; only the first is so by the sum of squares.
    base = rng.integers(80, 120, (28, 28)).astype(np.float64)
    base[0, :3] = [80, 119, 100]
    means = np.stack([base] * 10).reshape(10, -1)
    pixels = rng.permutation(784)
    means[0, pixels[:100]] += 10  # squares 10,000; sum 1,000
    means[1, pixels[:300]] += 8  # squares 19,200, the smallest largest difference
    means[2, pixels[:2]] += 120  # squares 28,800; the smallest sum, 240
    means[3, pixels[:50]] += 80  # squares 640,000; the signs cancel
    means[3, pixels[50:100]] -= 80
    means[4] *= 1.5  # the same direction
    means[5] = np.minimum(2.1 * means[5], 255)  # the largest product
    means[6] *= 0.2  # differences all of one sign ...
    means[7, pixels[:400]] += 60
    means[8, pixels[400:]] -= 60
    means[9] = means[9].reshape(28, 28).T.ravel()
    order = rng.permutation(10)
    means = means.reshape(10, 28, 28)[order]
    images = base + rng.integers(-1, 2, (3, 28, 28))
    images = np.concatenate([images, means[[3, 8]]]).round()
    expect_classes(student.predict_nearest(images, means), images, means, "predict_nearest(images, means)")


@predict_nearest
def test_differences_whose_squares_need_17_bits(student, rng):
    inked = rng.random((10, 28, 28)) < 0.5
    means = np.where(inked, 240.0, 15.0) + rng.uniform(-5, 5, (10, 28, 28))
    classes = rng.integers(0, 10, 30)
    ink = inked[classes] ^ (rng.random((30, 28, 28)) < 0.2)
    images = np.where(ink, 255, rng.integers(0, 10, (30, 28, 28))).astype(np.uint8)
    expect_classes(student.predict_nearest(images, means), images, means, "predict_nearest(images, means), for black and white images,")


@predict_nearest
def test_floats_between_0_and_1(student, rng):
    means = rng.random((10, 28, 28))
    classes = rng.integers(0, 10, 14)
    images = np.clip(noisy_copies(rng, means, classes, 0.3), 0, 0.999).astype(np.float32)
    expect_classes(student.predict_nearest(images, means), images, means, "predict_nearest(images, means), for float images in [0, 1],")


@predict_nearest
def test_a_batch_of_one_image(student, rng):
    means = rng.uniform(0, 255, (10, 28, 28))
    images = np.round(means[[rng.integers(1, 10)]]).astype(np.uint8)
    expect_classes(
        student.predict_nearest(images, means), images, means, "predict_nearest(images, means), with images of shape (1, 28, 28),"
    )


@predict_nearest
def test_a_batch_of_300_images(student, rng):
    means = rng.uniform(40, 215, (10, 28, 28))
    images = np.round(noisy_copies(rng, means, rng.integers(0, 10, 300), 30)).astype(np.uint8)
    expect_classes(student.predict_nearest(images, means), images, means, "predict_nearest(images, means), for 300 images,")


@predict_nearest
def test_images_and_means_in_another_memory_order(student, rng):
    means = rng.uniform(40, 215, (10, 28, 28))
    images = np.round(noisy_copies(rng, means, rng.permutation(10), 30)).astype(np.uint8)
    images, means = np.asfortranarray(images), np.asfortranarray(means)
    expect_classes(
        student.predict_nearest(images, means), images, means, "predict_nearest(images, means), for arrays in another order in memory,"
    )


@predict_nearest
def test_ties_go_to_the_smaller_class(student, rng):
    # Small whole numbers on bare paper: every way of computing these distances is exact.
    means = np.full((10, 28, 28), 9.0)
    first, second, third = np.sort(rng.choice(10, 3, replace=False))
    for digit, pixel in zip((first, second, third), ((5, 6), (20, 7), (13, 13)), strict=True):
        means[digit] = 0
        means[digit][pixel] = 4
    images = np.zeros((4, 28, 28), dtype=np.uint8)  # image 0: as far from all three
    images[1, 13, 13] = 4  # is the third mean
    images[2, 20, 7] = images[2, 13, 13] = 4  # as far from the second and the third
    images[3, 5, 6] = images[3, 13, 13] = 4  # as far from the first and the third
    expect_classes(
        student.predict_nearest(images, means),
        images,
        means,
        f"predict_nearest(images, means), with ties between the classes {first}, {second} and {third},",
    )


@predict_nearest
def test_predict_nearest_leaves_its_arguments_alone(student, rng):
    means = rng.uniform(0, 255, (10, 28, 28))
    keeps_arguments(student, "predict_nearest", random_images(rng, 4), means)
    keeps_arguments(student, "predict_nearest", rng.uniform(0, 255, (4, 28, 28)), means)


# --- accuracy ---


def expect_accuracy(actual, predicted, labels, call):
    n, right = len(labels), int(np.count_nonzero(predicted == labels))
    classes = np.unique(labels)
    common = np.minimum(np.bincount(predicted, minlength=10), np.bincount(labels, minlength=10)).sum()
    recalls = [np.mean(predicted[labels == c] == c) for c in classes]
    if n > 1 and right < n and shape_of(actual) == () and np.asarray(actual).dtype == bool:
        raise Mistake("The result is True or False. Return a number: the fraction of the predictions that are right.")
    expect(
        actual,
        right / n,
        call,
        mistakes=[
            ("This is the number of right predictions. Divide it by the number of all predictions.", right),
            ("This is a percentage. The accuracy is a fraction between 0 and 1: 0.75, not 75.", 100 * right / n),
            ("This is the fraction of wrong predictions. Count the places where the two arrays agree.", (n - right) / n),
            ("This is the number of wrong predictions. Return the fraction of right ones.", n - right),
            ("This says of each prediction whether it is right. Return one number: the fraction of those that are.", predicted == labels),
            (
                "This says of each prediction whether it is wrong. Return one number: the fraction of those that are right.",
                predicted != labels,
            ),
            ("The fraction was cut off to a whole number. `//` and int() do that: divide by `/`.", right // n),
            ("The fraction was rounded. Return it as it is; rounding is for printing.", lambda: np.round(right / n, 2)),
            ("The fraction was rounded. Return it as it is; rounding is for printing.", lambda: np.round(right / n, 3)),
            ("The fraction was rounded. Return it as it is; rounding is for printing.", lambda: np.round(right / n, 1)),
            ("The fraction was rounded. Return it as it is; rounding is for printing.", lambda: np.round(right / n)),
            (
                "The number of right predictions was divided by 10,000. Divide it by the number of predictions passed "
                "in, which is not always that.",
                right / 10_000,
            ),
            ("The number of right predictions was divided by 10. Divide it by the number of predictions, not of classes.", right / 10),
            ("The last prediction was left out: `range(n - 1)` ends with n - 2.", np.count_nonzero(predicted[:-1] == labels[:-1]) / n),
            (
                "The last prediction was left out: `range(n - 1)` ends with n - 2.",
                lambda: np.sum(predicted[:-1] == labels[:-1]) / max(n - 1, 1),
            ),
            (
                "This compares how often each digit occurs, not where. A prediction is right only if it equals the "
                "label at the same place.",
                common / n,
            ),
            (
                "This compares the two arrays after sorting. A prediction is right only if it equals the label at the same place.",
                lambda: np.mean(np.sort(predicted) == np.sort(labels)),
            ),
            (
                "This is the mean of the accuracies of the classes. The accuracy is the fraction of all predictions "
                "that are right, whatever their class.",
                np.mean(recalls),
            ),
            (
                "The count of right predictions was kept in 8 bits and wrapped around. Let `.sum()` or `.mean()` choose the dtype.",
                right % 256 / n,
            ),
            ("The number of right predictions was divided by one less than the number of predictions.", right / max(n - 1, 1)),
        ],
    )


@accuracy
def test_seven_of_nine(student, rng):
    labels = rng.permutation(10)[:9].astype(np.uint8)
    predicted = labels.astype(np.int64)
    predicted[[2, 5]] = (predicted[[2, 5]] + 3) % 10
    expect_accuracy(
        student.accuracy(predicted, labels), predicted, labels, f"accuracy(np.array({predicted.tolist()}), np.array({labels.tolist()}))"
    )


@accuracy
def test_many_predictions(student, rng):
    labels = rng.choice(10, 1237, p=[0.3, 0.2, *[0.0625] * 8]).astype(np.uint8)
    predicted = labels.astype(np.int64)
    slips = rng.permutation(1237)[: rng.integers(420, 440)]
    predicted[slips] = (predicted[slips] + rng.integers(1, 4, len(slips)) ** 2) % 10
    predicted[labels == 0] = np.where(rng.random((labels == 0).sum()) < 0.1, 5, 0)
    labels[-1], predicted[-1] = 4, 4
    expect_accuracy(student.accuracy(predicted, labels), predicted, labels, "accuracy(predicted, labels), for 1,237 predictions,")


@accuracy
def test_both_of_uint8(student, rng):
    labels = rng.integers(0, 10, 31).astype(np.uint8)
    predicted = np.where(rng.random(31) < 0.5, labels, 9 - labels).astype(np.uint8)
    expect_accuracy(student.accuracy(predicted, labels), predicted, labels, "accuracy(predicted, labels), both of uint8,")


@accuracy
def test_all_right_and_all_wrong(student, rng):
    labels = rng.integers(0, 9, 17)
    expect_accuracy(
        student.accuracy(labels.copy(), labels), labels, labels, "accuracy(predicted, labels), where all predictions are right,"
    )
    expect_accuracy(student.accuracy(labels + 1, labels), labels + 1, labels, "accuracy(predicted, labels), where no prediction is right,")


@accuracy
def test_a_single_prediction(student, rng):
    one, other = np.array([3]), np.array([8])
    expect_accuracy(student.accuracy(one, one.copy()), one, one, "accuracy(np.array([3]), np.array([3]))")
    expect_accuracy(student.accuracy(one, other), one, other, "accuracy(np.array([3]), np.array([8]))")


@accuracy
def test_accuracy_leaves_its_arguments_alone(student, rng):
    keeps_arguments(student, "accuracy", rng.integers(0, 10, 12), rng.integers(0, 10, 12))
