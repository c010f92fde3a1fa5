"""Checks of lesson 03, "Keep the strongest": max pooling and flattening by their definitions, in NumPy.

`tests/test_oracles_03.py` holds the oracles to Keras' layers.
"""

import re
from contextlib import contextmanager, suppress

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.checking import blaming, exercise, expect, keeps_arguments
from autograder.student import NotAttempted, StudentError

max_pool2d = exercise("max_pool2d", weight=3)
max_pool2d_sizes = exercise("max_pool2d", part="other sizes")
flatten = exercise("flatten")
features = exercise("features")


@contextmanager
def naming_fixed_sizes():
    """Say so where a size of our network stands in the code as a number, as the size in NumPy's message tells."""
    try:
        yield
    except StudentError as error:
        into = re.search(r"cannot reshape array of size \d+ into shape (.*)", str(error)) if type(error) is StudentError else None
        named = set(re.findall(r"\d+", into[1].split(" at line ")[0])) & {"4732", "13", "26", "28"} if into else ()
        if not named:
            raise
        sentence = (
            f"A size of our network seems to stand in your code as a number ({', '.join(sorted(named))}), but the images here are smaller."
        )
        raise StudentError(f"{sentence} Take every size from the shape of the array that comes in. {error}") from None


def possible(mistakes):
    """Pairs of a sentence and a value, without those that cannot happen with these shapes."""
    for sentence, wrong in mistakes:
        with suppress(ValueError):
            wrong = np.asarray(wrong() if callable(wrong) else wrong)
            yield sentence, wrong


def distinct(rng, shape, low=None):
    """Floats that are whole, easy to read, all different and in random order: from `low` on, or about half of them negative."""
    count = int(np.prod(shape))
    low = -(count // 2) if low is None else low
    return (rng.permutation(count) + low).reshape(shape).astype(float)


# --- max_pool2d ---


def windows(images, size, step=None):
    """All windows of `size` × `size` pixels that fit, `step` apart (`size` if not given): (n, rows, columns, channels, size, size)."""
    step = step or size
    return sliding_window_view(images, (size, size), axis=(1, 2))[:, ::step, ::step]


def oracle_max_pool2d(images, size=2):
    """result[m, i, j, c] = max over a, b < size of images[m, i * size + a, j * size + b, c], in float64."""
    return windows(np.asarray(images, dtype=np.float64), size).max((4, 5))


def same_padded(images, size):
    """The images with the −∞ around them that padding "same" amounts to in max pooling, as Keras places it."""
    missing = [-length % size for length in images.shape[1:3]]
    return np.pad(images, ((0, 0), *((m // 2, m - m // 2) for m in missing), (0, 0)), constant_values=-np.inf)


def part_windows(images, size, fill):
    """The images, filled up at the end to whole windows."""
    return np.pad(images, ((0, 0), *((0, -length % size) for length in images.shape[1:3]), (0, 0)), constant_values=fill)


def pooling_mistakes(images, size=2):
    """What each misconception makes of these arguments; the first that fits is named."""
    images = np.asarray(images, dtype=np.float64)
    n, height, width, channels = images.shape
    rows, columns = height // size, width // size
    whole = images[:, : rows * size, : columns * size]
    every = windows(images, size)
    right = every.max((4, 5))
    numbers = every.reshape(*every.shape[:4], size * size)

    if size != 2:
        yield from [
            (
                f"The window was 2 × 2 although size is {size}. Take the size of the window from the argument `size`.",
                lambda: oracle_max_pool2d(images),
            ),
            (
                f"The windows had the right size but stood 2 pixels apart. With size={size} the next window starts {size} pixels further on.",
                lambda: windows(images, size, 2).max((4, 5)),
            ),
            (
                f"The windows stood {size} pixels apart but were only 2 × 2. With size={size} each of them covers {size} × {size} pixels.",
                lambda: windows(images, 2, size).max((4, 5)),
            ),
            (
                f"The windows stood {size} pixels apart but were only 2 × 2. With size={size} each of them covers {size} × {size} pixels.",
                lambda: windows(images, 2, size)[:, :rows, :columns].max((4, 5)),
            ),
            (
                "`size` was taken for the number of windows. It is the number of pixels along the side of each window.",
                lambda: windows(images, min(height // size, width // size)).max((4, 5)),
            ),
            (
                f"The leftover rows and columns were cut as for windows of 2 × 2. Here they are what is left over from windows of {size}.",
                lambda: oracle_max_pool2d(images[:, : height // 2 * 2, : width // 2 * 2], size),
            ),
        ]
    zero = (
        "A negative maximum became 0. The largest of several negative numbers is negative: start from the window's own numbers, or from "
        "−np.inf, and not from 0; and do not apply relu here."
    )
    overlap = (
        "The windows overlap: they were moved by one pixel at a time, as in a convolution. Here they lie side by side, "
        "so window i starts at row i * size."
    )
    channels_pooled = "The maximum was taken over the channels, too. Each channel, which is one feature map, is pooled by itself."
    images_pooled = "The maximum was taken over the images of the batch, too. Each image is pooled by itself."
    both_pooled = "The maximum was taken over the images and channels, too: `np.max` without `axis` takes it over everything. Each map is pooled by itself."
    two_only = "Only two of the pixels in each window were compared. The maximum is over all size × size of them."
    one_way = (
        "The maximum was taken along one axis only. A window covers size rows and size columns, and passes on one number for all of them."
    )
    not_inside = (
        "The maximum was taken over the windows, not inside each of them: the wrong axes are gone. What must go are the two axes "
        "that count the pixels inside a window."
    )
    cut_wrongly = (
        "The windows are not squares of neighbouring pixels. `reshape` moves no number: it can split the axis of the rows "
        "into (rows of windows, rows in a window), in this order, and likewise the columns; each axis by itself."
    )
    later_axes = (
        "After the first maximum one axis is gone, and the later axes have moved up by one: the second maximum was taken over the "
        "wrong axis. Take both at once, `axis=(…, …)`, or count again."
    )
    channels_last = "The channels come last here, as in Keras: rows and columns are axes 1 and 2."
    part = (
        "The last, incomplete windows were kept. Keras drops what does not fill a window: a map has height // size rows and "
        "width // size columns of windows."
    )
    yield from [
        (zero, lambda: np.maximum(right, 0)),
        ("That is the mean of each window. Max pooling passes on its largest number.", numbers.mean(4)),
        ("That is the smallest number of each window. Max pooling passes on the largest.", numbers.min(4)),
        ("That is the sum of each window. Max pooling passes on its largest number, nothing is added up.", numbers.sum(4)),
        ("That is the median of each window. Max pooling passes on its largest number.", lambda: np.median(numbers, axis=4)),
        (
            "That is the number furthest from 0 in each window. The strongest answer is the largest: −1 is larger than −5.",
            lambda: np.take_along_axis(numbers, np.abs(numbers).argmax(4)[..., None], 4)[..., 0],
        ),
        ("The signs were lost: that is the largest absolute value. Max pooling compares the numbers as they are.", np.abs(numbers).max(4)),
        (
            "That says *where* in its window the largest number stands (`argmax`). Max pooling passes on the number itself (`max`).",
            lambda: numbers.argmax(4),
        ),
        ("Nothing was pooled: the images came back as they were.", images),
    ]
    if size > 1:
        for a, b, place in ((0, 0, "first"), (size - 1, size - 1, "last"), (0, size - 1, "upper right"), (size - 1, 0, "lower left")):
            sentence = f"Only the {place} pixel of each window was looked at. Max pooling compares all of them, and passes on the largest."
            yield sentence, every[..., a, b]
        yield from [
            (two_only, every[..., 0, :].max(4)),
            (two_only, every[..., -1, :].max(4)),
            (two_only, every[..., :, 0].max(4)),
            (two_only, every[..., :, -1].max(4)),
            (two_only, np.maximum(every[..., 0, 0], every[..., -1, -1])),
            (two_only, np.maximum(every[..., 0, -1], every[..., -1, 0])),
            (
                "The last row and column of each window were left out. The slice from i * size to (i + 1) * size holds size rows: its end is not included.",
                every[..., :-1, :-1].max((4, 5)),
            ),
            (
                "The windows have one row and column too many. The slice from i * size to (i + 1) * size holds size rows already: its end is not included.",
                lambda: np.stack(
                    [
                        np.stack(
                            [whole[:, i * size : (i + 1) * size + 1, j * size : (j + 1) * size + 1].max((1, 2)) for j in range(columns)],
                            axis=1,
                        )
                        for i in range(rows)
                    ],
                    axis=1,
                ),
            ),
            (overlap, lambda: windows(images, size, 1).max((4, 5))),
            (overlap, lambda: windows(images, size, 1)[:, :rows, :columns].max((4, 5))),
            (one_way, lambda: whole.reshape(n, rows, size, columns * size, channels).max(2)),
            (one_way, lambda: whole.reshape(n, rows * size, columns, size, channels).max(3)),
            (part, lambda: windows(part_windows(images, size, -np.inf), size).max((4, 5))),
            (
                part + " (They were filled up with zeros, too.)",
                lambda: windows(part_windows(images, size, 0), size).max((4, 5)),
            ),
            (
                part + ' (That was padding="same"; the layer of our network has "valid".)',
                lambda: windows(same_padded(images, size), size).max((4, 5)),
            ),
        ]
    square = "{} Images need not be square: there are height // size rows and width // size columns of windows."
    if rows < columns:
        yield square.format("The columns of windows were counted by the height of the images."), right[:, :, :rows]
    elif columns < rows:
        yield square.format("The rows of windows were counted by the width of the images."), right[:, :columns]
    yield from [
        (
            "The last window of every row and column is missing. There are height // size rows and width // size columns of windows.",
            right[:, :-1, :-1],
        ),
        (
            "The first rows or columns were dropped. The windows start at the first row and column; what is left over lies at the end.",
            lambda: oracle_max_pool2d(images[:, height % size :, width % size :], size),
        ),
        (
            "Rows and columns of the result are swapped: result[m, i, j] belongs to the window that starts at row i * size, column j * size.",
            right.transpose(0, 2, 1, 3),
        ),
        ("The channels come first in the result. Keras puts them last: (n, rows, columns, channels).", right.transpose(0, 3, 1, 2)),
        (
            "The axes of the result are in the wrong order. It should be image, row, column, channel: `transpose` or `np.moveaxis` puts them there.",
            right.transpose(1, 2, 0, 3),
        ),
        (
            "The axis of the channels is missing. The result has four axes, even with a single channel: image, row, column, channel.",
            right[..., 0] if channels == 1 else right,
        ),
        (
            "The axis of the images is missing. The result has four axes, even for a single image: image, row, column, channel.",
            right[0] if n == 1 else right,
        ),
        (channels_pooled, right.max(3)),
        (channels_pooled, right.max(3, keepdims=True)),
        (channels_pooled, np.broadcast_to(right.max(3, keepdims=True), right.shape)),
        (images_pooled, right.max(0)),
        (images_pooled, right.max(0, keepdims=True)),
        (images_pooled, np.broadcast_to(right.max(0), right.shape)),
        (both_pooled, right.max((0, 3))),
        (both_pooled, np.broadcast_to(right.max((0, 3), keepdims=True), right.shape)),
        (
            "That is one number for the whole map. Each window of size × size pixels passes on one number.",
            np.broadcast_to(right.max((1, 2), keepdims=True), right.shape),
        ),
        (
            "That is one number for each map, its largest (global pooling). Each window of size × size pixels passes on one number.",
            right.max((1, 2)),
        ),
        (not_inside, lambda: whole.reshape(n, rows, size, columns, size, channels).max((1, 3))),
        (cut_wrongly, lambda: whole.reshape(n, size, rows, size, columns, channels).max((1, 3))),
        (cut_wrongly, lambda: whole.reshape(n, rows, columns, size, size, channels).max((3, 4))),
        (cut_wrongly, lambda: whole.reshape(n, size, size, rows, columns, channels).max((1, 2))),
        (cut_wrongly, lambda: whole.reshape(n, columns, size, rows, size, channels).max((2, 4)).reshape(right.shape)),
        (cut_wrongly, lambda: whole.reshape(n, channels, rows, size, columns, size).max((3, 5)).transpose(0, 2, 3, 1)),
        (later_axes, lambda: whole.reshape(n, rows, size, columns, size, channels).max(2).max(4)),
        (later_axes, lambda: whole.reshape(n, rows, size, columns, size, channels).max(1).max(2)),
        (
            "`reshape` put the right numbers in the wrong order: it does not move axes. Use `transpose` or `np.moveaxis` for that.",
            lambda: right.transpose(0, 3, 1, 2).reshape(right.shape),
        ),
        (channels_last, lambda: sliding_window_view(images, (size, size), axis=(2, 3))[:, :, ::size, ::size].max((4, 5))),
        (
            "The first axis counts the images: rows and columns are axes 1 and 2.",
            lambda: sliding_window_view(images, (size, size), axis=(0, 1))[::size, ::size].max((4, 5)),
        ),
        ("Only the first image was pooled. The batch holds n images, and each gets its maps: result[m].", right[:1]),
        ("All images gave the maps of the first. Each image of the batch gets its own: result[m].", right[[0] * n]),
        ("Only the first channel was pooled. Every channel is.", right[..., :1]),
        ("All channels gave the map of the first. Each channel is pooled by itself.", right[..., [0] * channels]),
        (
            "The maps were laid in one row. That is the next exercise; max_pool2d keeps four axes: image, row, column, channel.",
            right.reshape(n, -1),
        ),
        (
            "The right numbers were put into an array of the size of the images. There is one number for each window, and nothing else.",
            lambda: np.pad(right, ((0, 0), (0, height - rows), (0, width - columns), (0, 0))),
        ),
        (
            "Every pixel was replaced by the largest number of its window. Each window passes on one number, so the map gets smaller.",
            lambda: right.repeat(size, 1).repeat(size, 2),
        ),
        (
            "Each pixel that is not the largest of its window became 0. Each window passes on one number, so the map gets smaller.",
            lambda: np.where(right.repeat(size, 1).repeat(size, 2) == whole, whole, 0),
        ),
        ("The digits after the point were cut off. The largest number is passed on as it is.", np.trunc(right)),
    ]


def high_start(returned, right):
    """The mistake of comparing from a constant on, if that is what it looks like: every maximum below the constant became it."""
    with suppress(TypeError, ValueError):
        returned = np.asarray(returned, dtype=np.float64)
        if returned.shape == right.shape and right.min() < (start := returned.min()) and abs(start) > 1e-6:
            sentence = (
                f"No number of the result is below {start:g}, but some should be: the comparison seems to start from there. "
                "Start from the window's own numbers, or from −np.inf."
            )
            yield sentence, np.maximum(right, start)


def expect_pooling(student, images, *size, more=(), **named):
    side = named.get("size", *size) if named or size else 2
    words = ["images", *map(str, size), *(f"{name}={value}" for name, value in named.items())]
    call = f"max_pool2d({', '.join(words)}) with images {images.shape}"
    with naming_fixed_sizes():
        returned = student.max_pool2d(images, *size, **named)
    right = oracle_max_pool2d(images, side)

    def mistakes():
        yield from more
        yield from high_start(returned, right)
        yield from possible(pooling_mistakes(images, side))

    expect(returned, right, call, mistakes())


@max_pool2d
def test_the_largest_of_each_window(student, rng):
    expect_pooling(student, distinct(rng, (1, 4, 6, 1), low=1))
    expect_pooling(student, distinct(rng, (1, 8, 6, 1), low=1))
    expect_pooling(student, rng.random((1, 6, 10, 1)))


@max_pool2d
def test_negative_numbers(student, rng):
    expect_pooling(student, distinct(rng, (1, 6, 8, 1)))
    expect_pooling(student, distinct(rng, (1, 6, 4, 1), low=-40))
    expect_pooling(student, rng.normal(size=(1, 8, 10, 1)))
    expect_pooling(student, distinct(rng, (1, 4, 8, 1), low=-20_000))


@max_pool2d
def test_every_channel_by_itself(student, rng):
    with blaming("max_pool2d is right with one channel, but not with several: look at the last axis of images and of the result."):
        expect_pooling(student, distinct(rng, (1, 4, 6, 3)))
        expect_pooling(student, rng.normal(size=(1, 6, 8, 5)))


@max_pool2d
def test_every_image_by_itself(student, rng):
    with blaming(
        "max_pool2d is right with one image, but not with a batch of several: look at the first axis of images and of the result."
    ):
        expect_pooling(student, distinct(rng, (3, 4, 6, 1)))
        expect_pooling(student, rng.normal(size=(5, 8, 6, 2)))


@max_pool2d
def test_squares_and_oblongs(student, rng):
    with blaming("max_pool2d is right for some images, but not for all: take height, width and channels from images.shape."):
        expect_pooling(student, rng.normal(size=(2, 4, 4, 3)))
        expect_pooling(student, rng.normal(size=(2, 2, 2, 1)))
        expect_pooling(student, rng.normal(size=(2, 2, 12, 3)))
        expect_pooling(student, rng.normal(size=(3, 10, 4, 4)))


@max_pool2d
def test_the_maps_of_the_network(student, rng):
    expect_pooling(student, rng.normal(size=(2, 26, 26, 28)).astype(np.float32))


@max_pool2d
def test_any_dtype(student, rng):
    for dtype in (np.uint8, np.int8, np.int16, np.int32, np.int64, np.float32, np.float64):
        if np.dtype(dtype).kind == "f":
            images = rng.normal(size=(2, 4, 6, 3)).astype(dtype)
        else:
            kinds = np.iinfo(dtype)
            low, high = max(kinds.min, -(2**31)), min(kinds.max, 2**31 - 1)
            images = rng.integers(low, high, (2, 4, 6, 3), endpoint=True).astype(dtype)
            images[0, :2, :2, 0] = [[low, low + 3], [low + 1, low + 2]]  # for signed ones, a window of negative numbers
        no_infinity = (
            f"max_pool2d is right for floats, but not for whole numbers, here {images.dtype}: a negative maximum became 0. An array of whole numbers "
            "cannot hold −np.inf. Start from the window's own numbers, or let the result hold floats."
        )
        with blaming(f"max_pool2d is right for float64, but not for numbers of the dtype {images.dtype}."):
            expect_pooling(student, images, more=[(no_infinity, np.maximum(oracle_max_pool2d(images), 0))])


@max_pool2d
def test_any_layout_in_memory(student, rng):
    with blaming("max_pool2d is not right for transposed arrays, whose numbers lie in another order in memory."):
        expect_pooling(student, rng.normal(size=(3, 4, 6, 2)).T)


@max_pool2d
def test_images_are_not_changed(student, rng):
    keeps_arguments(student, "max_pool2d", rng.normal(size=(2, 4, 6, 3)))
    keeps_arguments(student, "max_pool2d", rng.integers(0, 256, (2, 4, 6, 3), dtype=np.uint8))


@max_pool2d_sizes
def test_a_last_row_or_column_that_fills_no_window_is_dropped(student, rng):
    with blaming(
        "max_pool2d does not do what it should where a last row or column fills no window: it is dropped, so that the result has "
        "height // size rows and width // size columns."
    ):
        expect_pooling(student, distinct(rng, (1, 5, 6, 1), low=-40))  # all negative: zeros that were filled in would show
        expect_pooling(student, distinct(rng, (1, 4, 7, 1)))
        expect_pooling(student, rng.normal(size=(2, 5, 9, 3)))
        expect_pooling(student, rng.normal(size=(2, 3, 3, 2)))


@max_pool2d_sizes
def test_larger_windows(student, rng):
    with blaming("max_pool2d does not do what it should for windows that are not 2 × 2: the side of a window is the argument `size`."):
        expect_pooling(student, distinct(rng, (1, 12, 15, 1)), 3)
        expect_pooling(student, rng.normal(size=(2, 6, 12, 3)), 3)
        expect_pooling(student, rng.normal(size=(3, 8, 12, 2)), size=4)
        expect_pooling(student, rng.normal(size=(2, 15, 10, 1)), 5)
        expect_pooling(student, rng.normal(size=(2, 6, 4, 3)), 2)


@max_pool2d_sizes
def test_the_smallest_and_the_largest_window(student, rng):
    with blaming("A window of one pixel, and one as large as the image, fit too."):
        expect_pooling(student, rng.normal(size=(2, 3, 4, 3)), 1)
        expect_pooling(student, rng.normal(size=(2, 1, 1, 1)), 1)
        expect_pooling(student, rng.normal(size=(2, 5, 5, 3)), 5)


@max_pool2d_sizes
def test_larger_windows_with_something_left_over(student, rng):
    with blaming("max_pool2d does not do what it should where several rows or columns fill no window: they are dropped, too."):
        expect_pooling(student, distinct(rng, (1, 8, 10, 1)), 3)
        expect_pooling(student, rng.normal(size=(2, 26, 26, 2)), 3)
        expect_pooling(student, rng.normal(size=(2, 7, 11, 3)), 4)
        expect_pooling(student, rng.normal(size=(2, 7, 4, 3)), 4)


# --- flatten ---


def oracle_flatten(images):
    """Row m holds image m, its last index running fastest."""
    return np.stack([np.ravel(image) for image in images])


def flatten_mistakes(images):
    n = len(images)
    axes = images.ndim
    right = oracle_flatten(images)
    one_row = (
        "The whole batch was laid in one row. Each image gets a row of its own: the first axis, which counts the images, stays."
        if n > 1
        else "The axis of the images is missing. The result has two axes, even for a single image: (1, all its numbers)."
    )
    mixed = "The numbers of different images were mixed: `reshape` cuts the batch into rows from the start. Row m must hold image m."
    yield from [
        (one_row, right.ravel()),
        (one_row, right.reshape(1, -1)),
        (
            'The right numbers, in the wrong order: the first index runs fastest (`order="F"`). Keras lets the last index run fastest, NumPy\'s own order.',
            lambda: images.reshape(n, -1, order="F"),
        ),
        ("Each image stands in a column. It should be a row: the first axis counts the images.", right.T),
        (mixed, lambda: right.reshape(-1, n).T),
        (mixed, lambda: images.reshape(n, -1, order="F").ravel().reshape(right.shape) if n > 1 else right),
        (mixed, lambda: images.swapaxes(0, 1).reshape(right.shape)),
        (mixed, lambda: np.moveaxis(images, 0, -1).reshape(right.shape)),
        ("Nothing was flattened: the images came back as they were.", images),
        ("There is an axis too many. The result has two axes: image, and all of its numbers.", right[:, None]),
        ("There is an axis too many. The result has two axes: image, and all of its numbers.", right[..., None]),
        ("Only the first image was flattened. Each image of the batch gets a row.", right[:1]),
        ("Only the first image was flattened. Each image of the batch gets a row.", right[0]),
        ("All rows hold the first image. Row m must hold image m.", right[[0] * n]),
    ]
    if axes > 2:
        yield from [
            (
                "Rows and columns were swapped: the numbers of a column follow each other. Keras goes through the rows one after the other.",
                lambda: images.swapaxes(1, 2).reshape(right.shape),
            ),
            (
                "The channels come first: the whole of map 0, then the whole of map 1. In Keras' order all channels of one pixel stand together, "
                "because the last index runs fastest.",
                lambda: np.moveaxis(images, -1, 1).reshape(right.shape),
            ),
            (
                "The channels come first: the whole of map 0, then the whole of map 1. In Keras' order all channels of one pixel stand together, "
                "because the last index runs fastest.",
                lambda: np.moveaxis(images, -1, 1).swapaxes(2, -1).reshape(right.shape),
            ),
            (
                "Only some of the axes were joined. All axes but the first become one.",
                images.reshape(n, -1, images.shape[-1]),
            ),
            ("Only some of the axes were joined. All axes but the first become one.", images.reshape(*images.shape[:2], -1)),
            (
                "The first two axes were joined. The first axis counts the images and stays; all the others become one.",
                images.reshape(n * images.shape[1], -1),
            ),
            (
                "The channels stayed an axis of their own. All axes but the first become one.",
                images.reshape(-1, images.shape[-1]),
            ),
            ("The channels were added up. Flattening keeps every number.", images.sum(-1).reshape(n, -1)),
            ("The channels were averaged. Flattening keeps every number.", images.mean(-1).reshape(n, -1)),
            ("Only the first channel was kept. Flattening keeps every number.", images[..., 0].reshape(n, -1)),
            ("Only the largest channel was kept. Flattening keeps every number.", images.max(-1).reshape(n, -1)),
        ]


def expect_flat(student, images, more=()):
    call = f"flatten(images) with images {images.shape}"
    mistakes = [*more, *flatten_mistakes(images.astype(np.float64))]
    with naming_fixed_sizes():
        given = student.flatten(images)
    expect(given, oracle_flatten(images).astype(np.float64), call, mistakes)


@flatten
def test_one_row_for_each_image_and_its_last_index_runs_fastest(student, rng):
    expect_flat(student, distinct(rng, (2, 2, 3, 2)))
    expect_flat(student, distinct(rng, (3, 5, 3, 4)))
    expect_flat(student, rng.normal(size=(4, 3, 5, 2)))


@flatten
def test_a_single_channel(student, rng):
    with blaming("flatten is right with several channels, but not with one."):
        expect_flat(student, distinct(rng, (3, 5, 4, 1)))


@flatten
def test_a_single_image(student, rng):
    with blaming("flatten is right for several images, but not for one."):
        expect_flat(student, rng.normal(size=(1, 3, 2, 4)))
        expect_flat(student, rng.normal(size=(1, 1, 1, 1)))


@flatten
def test_the_maps_of_the_network_in_a_row(student, rng):
    expect_flat(student, rng.normal(size=(3, 13, 13, 28)).astype(np.float32))


@flatten
def test_any_number_of_axes(student, rng):
    for shape in ((3, 4, 2), (4, 6), (2, 3, 2, 4, 2), (5, 1, 1, 3), (2, 28, 28)):
        with blaming(
            f"flatten is right for four axes, but not for the shape {shape}: whatever comes after the first axis becomes one row."
        ):
            expect_flat(student, rng.normal(size=shape))


@flatten
def test_whole_numbers(student, rng):
    for dtype in (np.uint8, np.int32, np.int64):
        with blaming(f"flatten is right for floats, but not for numbers of the dtype {np.dtype(dtype)}."):
            expect_flat(student, rng.integers(0, 256, (3, 2, 4, 3)).astype(dtype))


@flatten
def test_flatten_goes_by_the_indices_and_not_by_the_layout_in_memory(student, rng):
    with blaming("flatten is not right for transposed arrays, whose numbers lie in another order in memory."):
        for images in (rng.normal(size=(3, 4, 2, 5)).T, np.asfortranarray(rng.normal(size=(3, 4, 2, 5)))):
            in_memory = (
                'For a transposed array, the numbers came in the order in which they lie in memory (`order="A"` or `"K"`). '
                "Keras goes by the indices: the last one runs fastest."
            )
            expect_flat(student, images, [(in_memory, images.reshape(len(images), -1, order="A"))])


@flatten
def test_images_keep_their_shape(student, rng):
    keeps_arguments(student, "flatten", rng.normal(size=(2, 3, 4, 2)))


# --- features ---


def oracle_conv2d(images, kernels, bias):
    """Lesson 02's convolution layer, without its activation."""
    patches = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))  # (n, rows, columns, channels, kh, kw)
    return np.einsum("nijcab,abcf->nijf", patches, kernels, optimize=True) + bias


def oracle_maps(images, kernels, bias):
    return np.maximum(oracle_conv2d(*(np.asarray(array, dtype=np.float64) for array in (images, kernels, bias))), 0)


def oracle_features(images, kernels, bias):
    """The definition: maxima of the windows of relu(conv2d(…)), in one row per image."""
    return oracle_flatten(oracle_max_pool2d(oracle_maps(images, kernels, bias)))


def with_their_own_layers(student, images, kernels, bias):
    """What the layers in a student's notebook make of these arguments, with a sentence that names the first that is at fault."""
    value, wrong = np.asarray(images, dtype=np.float64), ""
    layers = [
        ("conv2d", lambda images: oracle_conv2d(images, kernels, bias), (kernels, bias)),
        ("relu", lambda answers: np.maximum(answers, 0), ()),
        ("max_pool2d", oracle_max_pool2d, ()),
        ("flatten", oracle_flatten, ()),
    ]
    with suppress(StudentError, TypeError, ValueError):
        for name, oracle, arguments in layers:
            right = oracle(value)
            try:
                value = np.asarray(getattr(student, name)(value, *arguments), dtype=np.float64)
            except NotAttempted:  # a name that their notebook does not have
                value = right
            if not wrong and not (value.shape == right.shape and np.allclose(value, right, rtol=1e-4, atol=1e-4)):
                wrong = name
        sentence = (
            f"features calls its layers in the right order, but your {wrong} is not right yet. Mend that first, "
            f"or write given.{wrong} in features for now."
        )
        if wrong:
            yield sentence, value


def feature_mistakes(images, kernels, bias):
    """What each misconception makes of these arguments; the first that fits is named."""
    images, kernels, bias = (np.asarray(array, dtype=np.float64) for array in (images, kernels, bias))
    answers = oracle_conv2d(images, kernels, bias)
    unbiased = answers - bias
    maps = np.maximum(answers, 0)
    pooled = oracle_max_pool2d(maps)

    def end(maps):
        return oracle_flatten(oracle_max_pool2d(maps))

    def same():
        extra = [((k - 1) // 2, k // 2) for k in kernels.shape[:2]]
        return end(oracle_maps(np.pad(images, ((0, 0), *extra, (0, 0))), kernels, bias))

    no_relu = "relu was forgotten: negative answers are still negative. After the convolution and its bias, relu turns them into 0."
    no_pooling = (
        "The pooling was forgotten: there are four times as many numbers as there should be, or nearly so. max_pool2d comes before flatten."
    )
    no_flatten = "The maps still lie in a grid: flatten was forgotten. The result has one row for each image."
    yield from [
        (no_relu, lambda: end(answers)),
        (
            "relu came before the convolution, where it belongs to the images and not to the answers. The order is conv2d, relu, max_pool2d, flatten.",
            lambda: end(oracle_conv2d(np.maximum(images, 0), kernels, bias)),
        ),
        ("The bias was forgotten. conv2d takes images, kernels and bias.", lambda: end(np.maximum(unbiased, 0))),
        ("The bias was forgotten, and relu too. conv2d takes images, kernels and bias, and relu comes after it.", lambda: end(unbiased)),
        (
            "The bias was added after relu. It belongs to the convolution, before relu: it moves the point above which an answer counts.",
            lambda: end(np.maximum(unbiased, 0) + bias),
        ),
        ("The signs were taken away: that is the absolute value. relu turns negative numbers into 0.", lambda: end(np.abs(answers))),
        (no_pooling, lambda: oracle_flatten(maps)),
        ("The pooling was forgotten, and relu too. The order is conv2d, relu, max_pool2d, flatten.", lambda: oracle_flatten(answers)),
        (no_flatten, pooled),
        (
            "The maps still lie in a grid, and relu is missing. The order is conv2d, relu, max_pool2d, flatten.",
            lambda: oracle_max_pool2d(answers),
        ),
        (
            "The images were pooled before the convolution. The filters look at the image as it is; what is pooled are their answers.",
            lambda: oracle_flatten(oracle_maps(oracle_max_pool2d(images), kernels, bias)),
        ),
        (
            "The maps were pooled twice. Once is enough: 26 × 26 becomes 13 × 13.",
            lambda: end(pooled) if min(pooled.shape[1:3]) > 1 else 0,
        ),
        (
            "The windows of the pooling were not 2 × 2 but 3 × 3. The layer of our network has 2 × 2.",
            lambda: oracle_flatten(oracle_max_pool2d(maps, 3)) if min(maps.shape[1:3]) > 2 else 0,
        ),
        ('The convolution was padded to keep the size of the images. Here padding is "valid": the window stays inside the image.', same),
        (
            "The kernels were flipped, as in the convolution of mathematics. A convolution layer does not flip them.",
            lambda: end(oracle_maps(images, kernels[::-1, ::-1], bias)),
        ),
        (
            "The images were divided by 255 on the way. features takes them as they are: whoever calls it decides about their scale.",
            lambda: end(oracle_maps(images / 255, kernels, bias)),
        ),
        (
            "The rows were rescaled after the last layer. The order is conv2d, relu, max_pool2d, flatten, and nothing else.",
            lambda: oracle_flatten(pooled) / pooled.max(),
        ),
    ]
    yield from flatten_mistakes(pooled)
    # What a mistake in pooling makes of it, whether relu comes before or after.
    for answers_before, last in ((maps, lambda wrong: wrong), (answers, lambda wrong: np.maximum(wrong, 0))):
        for sentence, wrong in possible(pooling_mistakes(answers_before)):
            yield sentence, last(oracle_flatten(wrong) if wrong.ndim > 1 else wrong)


def expect_features(student, images, kernels, bias):
    call = f"features(images, kernels, bias) with images {images.shape} and kernels {kernels.shape}"

    def mistakes():
        yield from with_their_own_layers(student, images, kernels, bias)
        yield from possible(feature_mistakes(images, kernels, bias))

    with naming_fixed_sizes():
        given = student.features(images, kernels, bias)
    expect(given, oracle_features(images, kernels, bias), call, mistakes())


@features
def test_a_small_image(student, rng):
    expect_features(student, rng.normal(size=(2, 8, 10, 1)), rng.normal(size=(3, 3, 1, 4)), np.array([-2.0, -1.0, 0.5, 1.0]))
    expect_features(student, rng.random((3, 6, 8, 1)), rng.normal(size=(3, 3, 1, 3)), rng.normal(size=3) - 1)


@features
def test_digits_through_28_filters(student, rng):
    images, kernels, bias = rng.random((3, 28, 28, 1)), rng.normal(size=(3, 3, 1, 28)), rng.normal(size=28)
    expect_features(student, *(array.astype(np.float32) for array in (images, kernels, bias)))


@features
def test_a_single_image_alone(student, rng):
    with blaming("features is right for several images, but not for one."):
        expect_features(student, rng.random((1, 10, 8, 1)), rng.normal(size=(3, 3, 1, 5)), rng.normal(size=5) - 1)


@features
def test_other_images_kernels_and_numbers_of_filters(student, rng):
    with blaming(
        "features is right for 28 × 28 images and 3 × 3 kernels, but not for other shapes: do not write 13, 28 or 4732, "
        "the layers find out by themselves."
    ):
        expect_features(student, rng.normal(size=(2, 9, 12, 1)), rng.normal(size=(3, 3, 1, 6)), rng.normal(size=6))  # 7 rows of answers
        expect_features(student, rng.normal(size=(2, 8, 7, 3)), rng.normal(size=(2, 4, 3, 5)), rng.normal(size=5))  # 7 x 4
        expect_features(student, rng.normal(size=(3, 5, 6, 2)), rng.normal(size=(1, 1, 2, 1)), rng.normal(size=1))
        expect_features(student, rng.normal(size=(2, 4, 4, 1)), rng.normal(size=(3, 3, 1, 8)), rng.normal(size=8))  # one window


@features
def test_arguments_of_features_are_not_changed(student, rng):
    keeps_arguments(student, "features", rng.random((2, 8, 6, 1)), rng.normal(size=(3, 3, 1, 4)), rng.normal(size=4))
