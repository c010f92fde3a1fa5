"""Checks of lesson 02, "One filter, then 28": the definition of a convolution layer, in NumPy.

`tests/test_oracles_02.py` holds the oracles to keras.layers.Conv2D.
"""

import ast
import textwrap
import time

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.checking import Mistake, blaming, exercise, expect, keeps_arguments

output_size = exercise("output_size")
correlate2d = exercise("correlate2d")
conv2d = exercise("conv2d", weight=5)
conv2d_speed = exercise("conv2d", part="speed")
relu = exercise("relu")
conv_parameters = exercise("conv_parameters")


# --- output_size ---


def oracle_output_size(size, kernel, stride=1, padding=0):
    """Count the places one by one."""
    return len(range(-padding, size + padding - kernel + 1, stride))


def expect_size(student, mistakes, *args, **kwargs):
    """Compare one call of output_size; `mistakes` are pairs of a sentence and a function of (size, kernel, stride, padding)."""
    words = [*map(str, args), *(f"{name}={value}" for name, value in kwargs.items())]
    call = f"output_size({', '.join(words)})"
    every = dict(zip(("size", "kernel", "stride", "padding"), args, strict=False)) | kwargs
    values = every["size"], every["kernel"], every.get("stride", 1), every.get("padding", 0)
    returned = student.output_size(*args, **kwargs)
    expect(returned, oracle_output_size(*values), call, [(sentence, wrong(*values)) for sentence, wrong in mistakes])
    if np.asarray(returned).dtype.kind not in "iu":
        raise Mistake(
            f"{call} has the right value, but as {returned!r}, which is not an int. It counts places, so it must be a whole number: "
            "divide with `//`, which rounds down and gives an int, where `/` gives a float."
        )


FLOAT_DIVISION = (
    "A number of places is a whole number: the window either makes one more step or it does not. Round the division down, with `//`.",
    lambda s, k, t, p: (s + 2 * p - k) / t + 1,
)
NO_PLUS_1 = (
    (
        "The + 1 is missing. The window already fits once before it makes its first step: a window as large as the image "
        "fits once, not 0 times."
    ),
    lambda s, k, t, p: (s + 2 * p - k) // t,
)
KERNEL_IGNORED = (
    (
        "The kernel's size is missing from the count. The whole window must lie on the image, so its left edge "
        "cannot go up to the last pixel."
    ),
    lambda s, k, t, p: (s + 2 * p - 1) // t + 1,
)
ODD_KERNELS = (
    "That is right for kernels of odd size only. A window of k pixels takes k - 1 places away, whether k is odd or even.",
    lambda s, k, t, p: (s + 2 * p - 2 * (k // 2) - 1) // t + 1,
)
STRIDE_IGNORED = (
    "The stride was ignored: with stride 2 the window moves by two pixels at a time, and so fits at about half as many places.",
    lambda s, k, t, p: s + 2 * p - k + 1,
)
ROUNDED_UP = (
    "The division was rounded up. A last step that would take the window over the edge is not made, so round down.",
    lambda s, k, t, p: -((k - s - 2 * p) // t) + 1,
)
PLUS_1_BEFORE = (
    "The + 1 must come after the division: count the whole strides first, and then add the place where the window starts.",
    lambda s, k, t, p: (s + 2 * p - k + 1) // t,
)
STRIDE_FIRST = (
    "Only a part of the sum was divided by the stride. The whole stretch, size + 2 * padding - kernel, is divided; mind the brackets.",
    lambda s, k, t, p: s + 2 * p - k // t + 1,
)
PADDING_IGNORED = (
    "The padding was ignored: padding zeros are added at both ends, which gives the window 2 * padding more pixels to slide over.",
    lambda s, k, t, p: (s - k) // t + 1,
)
PADDING_ONCE = (
    "The padding was counted once, but zeros are added at both ends: the window slides over size + 2 * padding pixels.",
    lambda s, k, t, p: (s + p - k) // t + 1,
)
PADDING_SUBTRACTED = (
    "The padding was subtracted. Zeros are added around the image, so the window has more pixels to slide over, not fewer.",
    lambda s, k, t, p: (s - 2 * p - k) // t + 1,
)
PADDING_AFTER = (
    "The padding was added to the result. It belongs to the image before the window slides: it is divided by the stride like the rest.",
    lambda s, k, t, p: (s - k) // t + 1 + 2 * p,
)


@output_size
def test_every_place_is_counted(student, rng):
    for kernel in (3, 1, 5):
        expect_size(student, [NO_PLUS_1, FLOAT_DIVISION, KERNEL_IGNORED, STRIDE_FIRST], 28, kernel)
    for kernel in (2, 6):
        expect_size(student, [ODD_KERNELS], int(rng.integers(8, 40)), kernel)


@output_size
def test_a_window_as_large_as_the_image_fits_once(student, rng):
    size = int(rng.integers(4, 30))
    expect_size(student, [], size, size)


@output_size
def test_only_whole_strides_count(student, rng):
    mistakes = [STRIDE_IGNORED, FLOAT_DIVISION, STRIDE_FIRST, ROUNDED_UP, PLUS_1_BEFORE, NO_PLUS_1]
    for stride in (3, 4, 5):
        kernel, steps, left_over = int(rng.integers(2, 6)), int(rng.integers(3, 9)), int(rng.integers(1, stride - 1))
        expect_size(student, mistakes, kernel + steps * stride + left_over, kernel, stride)
    expect_size(student, mistakes, 7, 3, stride=2)
    expect_size(student, mistakes, 28, 3, stride=2)


@output_size
def test_padding_counts_at_both_ends(student, rng):
    mistakes = [PADDING_IGNORED, PADDING_ONCE, PADDING_SUBTRACTED, FLOAT_DIVISION]
    expect_size(student, mistakes, 28, 3, padding=1)
    for padding in (2, 3):
        expect_size(student, mistakes, int(rng.integers(9, 30)), int(rng.integers(2, 9)), 1, padding)


@output_size
def test_padding_may_make_room_for_a_larger_window(student, rng):
    refused = (
        "The window is larger than the image, but not larger than the image with its padding, so it fits: subtract the kernel "
        "from size + 2 * padding, whatever comes out of size - kernel."
    )
    for size, kernel, stride, padding in ((3, 5, 1, 1), (2, 4, 2, 1), (1, 3, 1, 1), (4, 7, 2, 3)):
        mistakes = [
            *((refused, lambda *_, value=value: value) for value in (0, -1)),
            PADDING_IGNORED,
            PADDING_ONCE,
            PADDING_AFTER,
            NO_PLUS_1,
        ]
        expect_size(student, mistakes, size, kernel, stride, padding)


@output_size
def test_stride_and_padding_together(student, rng):
    mistakes = [FLOAT_DIVISION, PADDING_IGNORED, PADDING_ONCE, PADDING_AFTER, ROUNDED_UP, PLUS_1_BEFORE]
    expect_size(student, mistakes, 6, 3, stride=2, padding=1)
    for _ in range(20):
        size, kernel = int(rng.integers(5, 60)), int(rng.integers(1, 6))
        expect_size(student, mistakes, size, kernel, int(rng.integers(1, 6)), int(rng.integers(0, 5)))


# --- correlate2d ---


def oracle_correlate2d(image, kernel):
    """y[i, j] = sum over a, b of image[i + a, j + b] * kernel[a, b], in float64."""
    windows = sliding_window_view(np.asarray(image, dtype=np.float64), kernel.shape)
    return np.einsum("ijab,ab->ij", windows, np.asarray(kernel, dtype=np.float64))


def padded_same(image, kernel):
    """The image with the zeros that padding "same" adds, as Keras adds them."""
    extra = [((k - 1) // 2, k // 2) for k in kernel.shape]
    return np.pad(image, extra)


def correlation_mistakes(image, kernel):
    right = oracle_correlate2d(image, kernel)
    h, w = image.shape

    def full():
        (kh, kw) = kernel.shape
        return oracle_correlate2d(np.pad(image, ((kh - 1, kh - 1), (kw - 1, kw - 1))), kernel)

    def in_zeros():
        zeros = np.zeros((h, w))
        zeros[: right.shape[0], : right.shape[1]] = right
        return zeros

    yield from [
        (
            (
                "The kernel was flipped, as in the convolution of mathematics. A convolution layer does not flip it: "
                "the weight at [a, b] lies on the pixel at [i + a, j + b]."
            ),
            lambda: oracle_correlate2d(image, kernel[::-1, ::-1]),
        ),
        ("The kernel was flipped from top to bottom. It is laid on the patch as it is.", lambda: oracle_correlate2d(image, kernel[::-1])),
        (
            "The kernel was flipped from left to right. It is laid on the patch as it is.",
            lambda: oracle_correlate2d(image, kernel[:, ::-1]),
        ),
        (
            "The kernel was transposed: its rows were laid on the columns of the patch. Row a belongs to row i + a of the image.",
            lambda: oracle_correlate2d(image, kernel.T) if min(h, w) >= max(kernel.shape) else 0,
        ),
        (
            (
                "The result is transposed: its rows and columns are swapped. result[i, j] is the answer of the window that "
                "starts at row i, column j."
            ),
            right.T,
        ),
        ("The products were averaged. The filter's answer is their sum.", right / kernel.size),
        (
            "Negative answers were cut to 0. That is the activation's job (relu); a filter's answer may be negative.",
            lambda: np.maximum(right, 0),
        ),
        ("The answers have lost their signs. A filter's answer may be negative.", lambda: np.abs(right)),
        (
            (
                "The last row and column of places are missing. A window of k pixels on a row of s pixels fits at s - k + 1 places: "
                "`range(s - k)` stops one too early."
            ),
            right[:-1, :-1],
        ),
        (
            (
                'The image was padded with zeros to keep its size, as padding "same" does. Here the window stays inside the image: '
                "the result has h - kh + 1 rows and w - kw + 1 columns."
            ),
            lambda: oracle_correlate2d(padded_same(image, kernel), kernel),
        ),
        (
            (
                "The image was padded with zeros on all sides. Here the window stays inside the image: "
                "the result has h - kh + 1 rows and w - kw + 1 columns."
            ),
            lambda: oracle_correlate2d(np.pad(image, [(k // 2, k // 2) for k in kernel.shape]), kernel),
        ),
        (
            (
                "The image was padded with zeros on all sides. Here the window stays inside the image: "
                "the result has h - kh + 1 rows and w - kw + 1 columns."
            ),
            full,
        ),
        (
            (
                "The result has the size of the image, with zeros where the window did not fit. "
                "It should hold one answer for each place, h - kh + 1 rows and w - kw + 1 columns, and nothing else."
            ),
            in_zeros,
        ),
        (
            "The window moved by its own size, so that no two patches overlap. It moves by one pixel at a time.",
            right[:: kernel.shape[0], :: kernel.shape[1]],
        ),
        (
            (
                "Pixels and weights were added up separately and then multiplied. Multiply every pixel by the weight that lies "
                "on it, and add up after that."
            ),
            lambda: oracle_correlate2d(image, np.full(kernel.shape, kernel.sum())),
        ),
    ]


def expect_correlation(student, image, kernel, more=()):
    call = f"correlate2d(image, kernel) with an image {image.shape} and a kernel {kernel.shape}"
    mistakes = [*more, *correlation_mistakes(image.astype(float), kernel.astype(float))]
    expect(student.correlate2d(image, kernel), oracle_correlate2d(image, kernel), call, mistakes)


def whole_floats(rng, shape):
    """Floats that are easy to read: whole numbers from -9 to 9."""
    return rng.integers(-9, 10, shape).astype(float)


@correlate2d
def test_a_square_kernel_on_a_square_image(student, rng):
    expect_correlation(student, whole_floats(rng, (5, 5)), whole_floats(rng, (3, 3)))
    expect_correlation(student, rng.normal(size=(7, 7)), rng.normal(size=(3, 3)))


@correlate2d
def test_kernels_of_other_sizes(student, rng):
    with blaming("correlate2d is right for kernels of 3 x 3, but not for other sizes: take the sizes from kernel.shape."):
        for size in (2, 4):
            image, kernel = whole_floats(rng, (6, 6)), whole_floats(rng, (size, size))
            expect(
                student.correlate2d(image, kernel),
                oracle_correlate2d(image, kernel),
                f"correlate2d(image, kernel) with a kernel {kernel.shape}",
            )


@correlate2d
def test_height_and_width_may_differ(student, rng):
    with blaming("correlate2d is right for squares, but not when height and width differ: look where rows and columns may be mixed up."):
        expect_correlation(student, whole_floats(rng, (4, 7)), whole_floats(rng, (2, 2)))
        expect_correlation(student, rng.normal(size=(6, 5)), rng.normal(size=(2, 4)))
        expect_correlation(student, rng.normal(size=(5, 9)), rng.normal(size=(4, 3)))


@correlate2d
def test_the_smallest_and_the_largest_kernel(student, rng):
    with blaming("A kernel of a single weight, and one as large as the image, fit too; the latter at just one place."):
        expect_correlation(student, rng.normal(size=(3, 5)), rng.normal(size=(1, 1)))
        expect_correlation(student, rng.normal(size=(3, 5)), rng.normal(size=(3, 5)))
        expect_correlation(student, rng.normal(size=(4, 6)), rng.normal(size=(1, 6)))
        expect_correlation(student, rng.normal(size=(1, 1)), rng.normal(size=(1, 1)))


@correlate2d
def test_a_whole_digit(student, rng):
    expect_correlation(student, rng.random((28, 28)), rng.normal(size=(3, 3)))


@correlate2d
def test_bytes_do_not_overflow(student, rng):
    with blaming("correlate2d is right for floats, but not when image and kernel are whole numbers of one byte."):
        image, kernel = rng.integers(100, 256, (5, 7), dtype=np.uint8), rng.integers(100, 256, (2, 3), dtype=np.uint8)
        in_bytes = np.einsum("ijab,ab->ijab", sliding_window_view(image, kernel.shape), kernel)
        sentence = (
            "Numbers got lost by overflow: one byte (uint8) holds 0 to 255 only, and a product or sum beyond that starts again from 0. "
            "Turn the image into floats before you multiply, and keep the result in floats."
        )
        right = oracle_correlate2d(image, kernel)
        wrapped = [in_bytes.sum((2, 3)), in_bytes.sum((2, 3)) % 256, right % 256, np.minimum(right, 255)]
        expect_correlation(student, image, kernel, [(sentence, wrong) for wrong in wrapped])

        image, kernel = rng.integers(100, 128, (4, 6), dtype=np.int8), rng.integers(-128, -99, (3, 2), dtype=np.int8)
        in_bytes = np.einsum("ijab,ab->ijab", sliding_window_view(image, kernel.shape), kernel)
        sentence = sentence.replace("(uint8) holds 0 to 255", "(int8) holds -128 to 127")
        wrapped = [
            in_bytes.sum((2, 3)),
            in_bytes.sum((2, 3), dtype=np.int8),
            oracle_correlate2d(image, kernel).astype(np.int64).astype(np.int8),
        ]
        expect_correlation(student, image, kernel, [(sentence, wrong) for wrong in wrapped])


@correlate2d
def test_whole_numbers_and_floats_mix(student, rng):
    with blaming("correlate2d is right for floats, but not when one of image and kernel holds whole numbers and the other floats."):
        image, kernel = rng.integers(0, 256, (5, 6), dtype=np.uint8), rng.random((2, 3)).astype(np.float32) / 6
        cut = "The digits after the point were cut off. "
        stored = cut + "The result was stored with the dtype of the image; make it of floats: `np.zeros(shape)` does."
        expect_correlation(student, image, kernel, [(stored, lambda: np.trunc(oracle_correlate2d(image, kernel)))])
        signed = image.astype(np.int32) - 128
        weights = rng.normal(size=(3, 2))
        became_whole = cut + "The kernel was turned into whole numbers, but its weights are floats."
        more = [
            (stored, lambda: np.trunc(oracle_correlate2d(signed, weights))),
            (became_whole, lambda: oracle_correlate2d(signed, np.trunc(weights))),
        ]
        expect_correlation(student, signed, weights, more)
        image, kernel = rng.normal(size=(6, 4)) * 3, rng.integers(-5, 6, (2, 2))
        became_whole = cut + "The image was turned into whole numbers, but its pixels are floats."
        stored = cut + "The result was stored in whole numbers; make it of floats: `np.zeros(shape)` does."
        more = [
            (became_whole, lambda: oracle_correlate2d(np.trunc(image), kernel)),
            (stored, lambda: np.trunc(oracle_correlate2d(image, kernel))),
        ]
        expect_correlation(student, image, kernel, more)


@correlate2d
def test_large_whole_numbers(student, rng):
    for dtype in (np.int16, np.uint16, np.int32):
        image, kernel = rng.integers(20_000, 30_000, (4, 5)).astype(dtype), rng.integers(20_000, 30_000, (3, 2)).astype(dtype)
        with np.errstate(over="ignore"):
            wrapped = np.einsum("ijab,ab->ijab", sliding_window_view(image, kernel.shape), kernel)
        sentence = (
            f"Numbers got lost by overflow: a product was too large for the dtype {image.dtype}. Turn the image into floats "
            f"before you multiply."
        )
        expect_correlation(student, image, kernel, [(sentence, wrapped.sum((2, 3))), (sentence, wrapped.sum((2, 3), dtype=dtype))])


@correlate2d
def test_the_result_holds_floats(student, rng):
    returned = student.correlate2d(rng.integers(0, 9, (4, 5)), rng.integers(0, 9, (2, 2)))
    if np.asarray(returned).dtype.kind != "f":
        raise Mistake(
            f"The numbers are right, but for whole numbers correlate2d returned {np.asarray(returned).dtype} and not floats. "
            "Turn the image into floats at the start, so that the result has the same kind of numbers whatever comes in."
        )


@correlate2d
def test_any_layout_in_memory(student, rng):
    with blaming("correlate2d is not right for transposed arrays, whose numbers lie in another order in memory."):
        expect_correlation(student, rng.normal(size=(7, 5)).T, rng.normal(size=(2, 3)).T)


@correlate2d
def test_image_and_kernel_are_not_changed(student, rng):
    keeps_arguments(student, "correlate2d", rng.normal(size=(5, 6)), rng.normal(size=(3, 2)))
    keeps_arguments(student, "correlate2d", rng.integers(0, 256, (5, 6), dtype=np.uint8), rng.normal(size=(3, 2)))


# --- conv2d ---


def oracle_conv2d(images, kernels, bias):
    """result[n, i, j, f] = bias[f] + sum over a, b, c of images[n, i + a, j + b, c] * kernels[a, b, c, f], in float64."""
    images, kernels, bias = (np.asarray(array, dtype=np.float64) for array in (images, kernels, bias))
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))  # (n, rows, columns, channels, kh, kw)
    return np.tensordot(windows, kernels, axes=([4, 5, 3], [0, 1, 2])) + bias


def same_padded_conv2d(images, kernels, bias):
    extra = [((k - 1) // 2, k // 2) for k in kernels.shape[:2]]
    return oracle_conv2d(np.pad(images, ((0, 0), *extra, (0, 0))), kernels, bias)


def convolution_mistakes(images, kernels, bias):
    """What each misconception makes of these arguments; the first that fits is named."""
    right = oracle_conv2d(images, kernels, bias)
    kh, kw, channels, filters = kernels.shape
    none = np.zeros_like(bias)
    unbiased = right - bias
    swaps = kh != kw and min(images.shape[1:3]) >= max(kh, kw)
    yield from [
        (
            (
                "The kernels were flipped, as in the convolution of mathematics. A convolution layer does not flip them: "
                "the weight at [a, b] lies on the pixel at [i + a, j + b]."
            ),
            lambda: oracle_conv2d(images, kernels[::-1, ::-1], bias),
        ),
        (
            "The kernels were flipped from top to bottom. They are laid on the patch as they are.",
            lambda: oracle_conv2d(images, kernels[::-1], bias),
        ),
        (
            "The kernels were flipped from left to right. They are laid on the patch as they are.",
            lambda: oracle_conv2d(images, kernels[:, ::-1], bias),
        ),
        (
            "Rows and columns of the kernels were swapped. kernels[a, b] is the weight in row a, column b of the window.",
            lambda: oracle_conv2d(images, kernels.transpose(1, 0, 2, 3), bias) if kh == kw or swaps else 0,
        ),
        (
            "Rows and columns of the result are swapped. result[m, i, j] is the answer of the window that starts at row i, column j.",
            right.transpose(0, 2, 1, 3),
        ),
        ("The bias was forgotten: each filter's own bias is added to all of its answers.", unbiased),
        ("The bias was subtracted. It is added to the answers.", unbiased - bias),
        ("All filters got the bias of the first. Each filter has its own: bias[f] for result[..., f].", unbiased + bias[0]),
        ("All filters got the sum of all biases. Each filter has its own: bias[f] for result[..., f].", unbiased + bias.sum()),
        (
            "The bias was added once for every channel. It is added once to the filter's answer, after the sum over the channels.",
            unbiased + bias * channels,
        ),
        (
            "The bias was added once for every weight. It is added once to the filter's answer, after the sum of all products.",
            unbiased + bias * (kh * kw * channels),
        ),
        (
            (
                "The bias was added once for every position in the window. It is added once to the filter's answer, after the "
                "sum of all products."
            ),
            unbiased + bias * (kh * kw),
        ),
        (
            (
                "Negative answers were cut to 0: relu was applied. conv2d is the layer without its activation; relu comes "
                "after it, as a function of its own."
            ),
            lambda: np.maximum(right, 0),
        ),
        (
            "Negative answers were cut to 0 before the bias was added: relu was applied. conv2d is the layer without its activation.",
            lambda: np.maximum(unbiased, 0) + bias,
        ),
        (
            "Only the first channel was looked at. A filter adds up its products over all channels.",
            lambda: oracle_conv2d(images[..., :1], kernels[:, :, :1], bias),
        ),
        (
            "Only the last channel counts: each channel's answer replaced the one before. A filter adds up its products over all channels.",
            lambda: oracle_conv2d(images[..., -1:], kernels[:, :, -1:], bias),
        ),
        ("The channels were averaged. A filter adds up its products over all channels.", unbiased / channels + bias),
        ("The channels were averaged, and the bias with them. A filter adds up its products over all channels.", right / channels),
        ("The products were averaged. The filter's answer is their sum.", unbiased / (kh * kw * channels) + bias),
        (
            "The products were averaged, and the bias with them. The filter's answer is the sum of its products.",
            right / (kh * kw * channels),
        ),
        ("The products in the window were averaged. The filter's answer is the sum of all its products.", unbiased / (kh * kw) + bias),
        (
            "All channels got the weights of the first. A filter has its own table of weights for every channel: kernels[a, b, c, f].",
            lambda: oracle_conv2d(images, np.broadcast_to(kernels[:, :, :1], kernels.shape), bias),
        ),
        (
            "All channels of the image were taken for the first. Channel c of the image meets the weights kernels[:, :, c].",
            lambda: oracle_conv2d(np.broadcast_to(images[..., :1], images.shape), kernels, bias),
        ),
        (
            "All filters gave the answers of the first. Each filter has its own weights: kernels[:, :, :, f].",
            lambda: oracle_conv2d(images, np.broadcast_to(kernels[..., :1], kernels.shape), bias),
        ),
        (
            (
                "The numbers of a patch and the weights of a filter were put in a row in different orders. kernels have row, column, "
                "channel; `sliding_window_view` puts row and column after the channel. Bring the axes into one order before `reshape`."
            ),
            lambda: oracle_conv2d(images, kernels.reshape(channels, kh, kw, filters).transpose(1, 2, 0, 3), bias),
        ),
        (
            "The axes of the kernels were mixed up: a filter is kernels[:, :, :, f]. `reshape` does not move axes, `transpose` does.",
            lambda: oracle_conv2d(images, kernels.reshape(filters, kh, kw, channels).transpose(1, 2, 3, 0), bias),
        ),
        (
            "The axes of the kernels were mixed up: the last two are channel and filter, in this order: kernels[a, b, c, f].",
            lambda: oracle_conv2d(images, kernels.reshape(kh, kw, filters, channels).transpose(0, 1, 3, 2), bias),
        ),
        (
            "The filters come first in the result. Keras puts them last: result[m, i, j, f], shape (n, rows, columns, filters).",
            right.transpose(0, 3, 1, 2),
        ),
        (
            (
                "The axes of the result are in the wrong order. It should be image, row, column, filter: `transpose` or "
                "`np.moveaxis` puts them there."
            ),
            right.transpose(3, 0, 1, 2),
        ),
        (
            (
                "The axes of the result are in the wrong order. It should be image, row, column, filter: `transpose` or "
                "`np.moveaxis` puts them there."
            ),
            right.transpose(1, 2, 0, 3),
        ),
        (
            (
                "`reshape` put the right numbers in the wrong order: it does not move axes. Use `transpose` or `np.moveaxis` "
                "to bring the filters to the end."
            ),
            right.transpose(0, 3, 1, 2).reshape(right.shape),
        ),
        (
            (
                "`reshape` put the right numbers in the wrong order: it does not move axes. Use `transpose` or `np.moveaxis` "
                "to bring the filters to the end."
            ),
            right.transpose(3, 0, 1, 2).reshape(right.shape),
        ),
        (
            "The axis of the filters is missing. The result has four axes, even with a single filter: image, row, column, filter.",
            right[..., 0],
        ),
        (
            "Axes of length 1 were dropped. The result has four axes, even for one image and one filter: image, row, column, filter.",
            right[0, ..., 0],
        ),
        (
            "The filters were added up into one map. Each filter makes a map of its own, along the last axis of the result.",
            right.sum(3, keepdims=True),
        ),
        ("The filters were added up into one map. Each filter makes a map of its own, along the last axis of the result.", right.sum(3)),
        ("The axis of the images is missing. The result has four axes, even for a single image: image, row, column, filter.", right[0]),
        ("Only the first image was processed. The batch holds n images, and each gets its maps: result[m].", right[:1]),
        (
            "All images gave the maps of the first. Each image of the batch gets its own: result[m].",
            lambda: np.broadcast_to(right[:1], right.shape).copy(),
        ),
        ("The images were added up. Each image of the batch has its own maps: result[m].", unbiased.sum(0) + bias),
        (
            "The images were added up. Each image of the batch has its own maps: result[m].",
            np.broadcast_to(unbiased.sum(0) + bias, right.shape),
        ),
        ("The images were averaged. Each image of the batch has its own maps: result[m].", right.mean(0)),
        ("The images were averaged. Each image of the batch has its own maps: result[m].", right.mean(0, keepdims=True)),
        (
            (
                'The images were padded with zeros to keep their size, as padding "same" does. Here padding is "valid": '
                "the window stays inside the image, and the result has h - kh + 1 rows and w - kw + 1 columns."
            ),
            lambda: same_padded_conv2d(images, kernels, bias),
        ),
        (
            (
                "The images were padded with zeros on all sides. Here the window stays inside the image: "
                "the result has h - kh + 1 rows and w - kw + 1 columns."
            ),
            lambda: oracle_conv2d(np.pad(images, ((0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2), (0, 0))), kernels, bias),
        ),
        (
            "The last row and column of places are missing. A window of k pixels on a row of s pixels fits at s - k + 1 places.",
            right[:, :-1, :-1],
        ),
        (
            "The window moved by its own size, so that no two patches overlap. It moves by one pixel at a time.",
            right[:, ::kh, ::kw],
        ),
        ("The weights were ignored: pixels were added up as they are.", lambda: oracle_conv2d(images, np.ones_like(kernels), none) + bias),
    ]


def expect_convolution(student, images, kernels, bias):
    call = f"conv2d(images, kernels, bias) with images {images.shape} and kernels {kernels.shape}"
    wide = [array.astype(np.float64) for array in (images, kernels, bias)]
    expect(student.conv2d(images, kernels, bias), oracle_conv2d(images, kernels, bias), call, convolution_mistakes(*wide))


@conv2d
def test_one_filter_on_one_image(student, rng):
    expect_convolution(student, whole_floats(rng, (1, 5, 5, 1)), whole_floats(rng, (3, 3, 1, 1)), np.zeros(1))
    expect_convolution(student, rng.normal(size=(1, 7, 7, 1)), rng.normal(size=(3, 3, 1, 1)), np.zeros(1))


@conv2d
def test_the_bias_is_added(student, rng):
    expect_convolution(student, whole_floats(rng, (1, 5, 5, 1)), whole_floats(rng, (3, 3, 1, 1)), np.array([rng.uniform(2, 3)]))


@conv2d
def test_every_filter_makes_a_map(student, rng):
    with blaming("conv2d is right with one filter, but not with several: look at the last axis of kernels and of the result."):
        expect_convolution(student, whole_floats(rng, (1, 5, 5, 1)), whole_floats(rng, (3, 3, 1, 2)), np.zeros(2))
        expect_convolution(student, rng.normal(size=(1, 6, 6, 1)), rng.normal(size=(3, 3, 1, 5)), rng.normal(size=5) + 2)


@conv2d
def test_channels_are_added_up(student, rng):
    with blaming("conv2d is right with one channel, but not with several: look at the last axis of images and the third of kernels."):
        expect_convolution(student, whole_floats(rng, (1, 5, 5, 3)), whole_floats(rng, (3, 3, 3, 1)), np.array([0.5]))
        expect_convolution(student, rng.normal(size=(1, 6, 6, 2)), rng.normal(size=(3, 3, 2, 5)), rng.normal(size=5) + 2)
        expect_convolution(student, rng.normal(size=(1, 7, 7, 3)), rng.normal(size=(3, 3, 3, 3)), rng.normal(size=3) + 2)


@conv2d
def test_every_image_of_the_batch(student, rng):
    with blaming("conv2d is right with one image, but not with a batch of several: look at the first axis of images and of the result."):
        expect_convolution(student, whole_floats(rng, (2, 5, 5, 1)), whole_floats(rng, (3, 3, 1, 1)), np.array([0.5]))
        expect_convolution(student, rng.normal(size=(5, 6, 6, 2)), rng.normal(size=(3, 3, 2, 3)), rng.normal(size=3))


@conv2d
def test_windows_of_other_sizes(student, rng):
    with blaming("conv2d is right for windows of 3 x 3, but not for other sizes: take the sizes from kernels.shape."):
        for size in (2, 4):
            images, kernels, bias = rng.normal(size=(2, 6, 6, 2)), rng.normal(size=(size, size, 2, 3)), rng.normal(size=3)
            call = f"conv2d(images, kernels, bias) with kernels {kernels.shape}"
            expect(student.conv2d(images, kernels, bias), oracle_conv2d(images, kernels, bias), call)


@conv2d
def test_height_and_width_may_differ_in_conv2d(student, rng):
    with blaming("conv2d is right for squares, but not when height and width differ: look where rows and columns may be mixed up."):
        expect_convolution(student, rng.normal(size=(2, 5, 8, 1)), rng.normal(size=(3, 3, 1, 2)), rng.normal(size=2))
        expect_convolution(student, rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(4, 2, 3, 5)), rng.normal(size=5))
        expect_convolution(student, rng.normal(size=(3, 9, 5, 2)), rng.normal(size=(2, 5, 2, 4)), rng.normal(size=4))


@conv2d
def test_the_smallest_and_the_largest_window(student, rng):
    with blaming("A window of a single pixel, and one as large as the image, fit too; the latter at just one place."):
        expect_convolution(student, rng.normal(size=(2, 3, 4, 3)), rng.normal(size=(1, 1, 3, 2)), rng.normal(size=2))
        expect_convolution(student, rng.normal(size=(2, 3, 4, 3)), rng.normal(size=(3, 4, 3, 2)), rng.normal(size=2))
        expect_convolution(student, rng.normal(size=(3, 1, 1, 2)), rng.normal(size=(1, 1, 2, 4)), rng.normal(size=4))
        expect_convolution(student, rng.normal(size=(1, 1, 1, 1)), rng.normal(size=(1, 1, 1, 1)), rng.normal(size=1))


@conv2d
def test_the_first_layer_of_the_network(student, rng):
    """In float32, as Keras keeps weights."""
    images, kernels, bias = rng.random((2, 28, 28, 1)), rng.uniform(-0.5, 0.5, (3, 3, 1, 28)), rng.uniform(-0.5, 0.5, 28)
    expect_convolution(student, *(array.astype(np.float32) for array in (images, kernels, bias)))


@conv2d
def test_any_layout_in_memory_in_conv2d(student, rng):
    with blaming("conv2d is not right for transposed arrays, whose numbers lie in another order in memory."):
        images, kernels = rng.normal(size=(2, 6, 5, 3)).T, rng.normal(size=(4, 5, 3, 2)).T  # (3, 5, 6, 2) and (2, 3, 5, 4)
        expect_convolution(student, images, kernels[:, :, :2], rng.normal(size=4))


@conv2d
def test_arguments_of_conv2d_are_not_changed(student, rng):
    keeps_arguments(student, "conv2d", rng.normal(size=(2, 5, 6, 2)), rng.normal(size=(3, 2, 2, 4)), rng.normal(size=4))


@conv2d
def test_calling_keras_gets_a_note(student, note):
    if library := ready_made(student.source("conv2d")):
        note(
            f"conv2d calls {library}. That costs no points, but it leaves the best part of the lesson to someone else: "
            "write the layer in NumPy, and use Keras to compare."
        )


LIBRARIES = {
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "tf": "TensorFlow",
    "torch": "PyTorch",
    "jax": "JAX",
    "given": "autograder.given",
}


def ready_made(source):
    """The deep-learning library that a function's code calls, or "". What comments and strings say does not count."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                words = [part for alias in aliases for part in alias.name.split(".")]
            case ast.ImportFrom(module=str(module), names=aliases):
                words = [*module.split("."), *(alias.name for alias in aliases)]
            case ast.Attribute(value=ast.Name(id=name)):  # keras.layers, tf.nn
                words = [name]
            case ast.Call(func=ast.Name(id="Conv2D") | ast.Attribute(attr="Conv2D")):
                words = ["keras"]
            case _:
                continue
        for word in words:
            if word in LIBRARIES:
                return LIBRARIES[word]
    return ""


# 1,000 digits through 28 filters take about 1 s in an answer that lets NumPy work on many numbers at a time, and minutes in loops over
# every place and filter. 30 s leave room for a slow machine that is busy with other things. Batches, because a result holds 28 * 676
# numbers for each digit.
DIGITS, BATCH, SAMPLE = 1000, 100, 25
SECONDS = 30


def seconds_for(count, student, rng):
    """Seconds that conv2d takes for `count` new digits. Raises Mistake unless the maps of one of them, drawn afterwards, are right."""
    images = rng.random((count, 28, 28, 1), dtype=np.float32)
    kernels, bias = (rng.uniform(-0.5, 0.5, shape).astype(np.float32) for shape in ((3, 3, 1, 28), 28))
    started = time.perf_counter()
    maps = student.conv2d(images, kernels, bias)
    seconds = time.perf_counter() - started
    one = int(rng.integers(count))
    try:
        maps = np.asarray(maps)  # a list is fine
        expect(maps.shape, (count, 26, 26, 28), "the shape")
        expect(maps[one], oracle_conv2d(images[one : one + 1], kernels, bias)[0], "the maps")
    except (Mistake, TypeError, ValueError):  # the latter: rows of different lengths
        raise Mistake("Speed counts once conv2d gives the right numbers.") from None
    return seconds


def too_slow(measured):
    return Mistake(
        f"conv2d is too slow: {measured}, and {SECONDS} s are allowed. Python steps through a loop one number at a time. "
        "Loop over the few positions [a, b] in the window only, and let NumPy handle all images, places and filters at once in each step."
    )


@conv2d_speed
def test_a_thousand_digits(student, rng):
    projected = float("inf")
    for attempt in range(3):  # the first call may import or compile something, and any may be held up by a busy machine
        seconds = seconds_for(SAMPLE, student, rng)
        projected = min(projected, seconds * DIGITS / SAMPLE)
        if projected <= SECONDS or (attempt == 1 and projected > 2 * SECONDS):
            break
    if projected > SECONDS:
        raise too_slow(f"at the pace of {SAMPLE} digits, {DIGITS:,} would take about {projected:.0f} s")
    taken = seconds_for(BATCH, student, rng)
    if taken * DIGITS / BATCH < SECONDS / 3:  # the others would only confirm it
        return
    for _ in range(DIGITS // BATCH - 1):
        taken += seconds_for(BATCH, student, rng)
        if taken > 2 * SECONDS:  # the pace was right; a machine that gets busy now should not cost a point
            raise too_slow(f"{DIGITS:,} digits took more than {taken:.0f} s")


# --- relu ---


def oracle_relu(x):
    return np.where(x > 0, x, 0)


LOST_BY_OVERFLOW = (
    "Numbers got lost by overflow: a sum or product was too large for the dtype that came in. "
    "relu needs no arithmetic: it keeps a number as it is, or puts 0 in its place."
)


def relu_mistakes(x):
    right = oracle_relu(x)
    wide = x.astype(float)
    with np.errstate(over="ignore"):
        summed, multiplied = x + np.abs(x), x * np.abs(x)
    return [
        ("The signs were taken away: that is the absolute value. relu turns negative numbers into 0.", lambda: np.abs(wide)),
        ("That keeps the negative numbers and drops the positive ones; relu does the opposite.", lambda: np.minimum(wide, 0)),
        ("The negative numbers were left as they are. relu turns them into 0.", wide),
        (
            "The negative numbers were left out, which changes the shape. Each of them is to be replaced by 0, in its place.",
            lambda: x[x > 0],
        ),
        (
            "The negative numbers were left out, which changes the shape. Each of them is to be replaced by 0, in its place.",
            lambda: x[x >= 0],
        ),
        ("That tells which numbers are positive, as 0 and 1. relu keeps the positive numbers themselves.", lambda: (x > 0).astype(float)),
        (
            "That is the largest number of the whole array (`np.max`). relu takes the larger of each number and 0 (`np.maximum`).",
            lambda: max(wide.max(), 0),
        ),
        (
            "Negative numbers were made smaller, not 0: that is the leaky relu. Here they become 0.",
            lambda: np.where(wide > 0, wide, 0.01 * wide),
        ),
        (
            "Negative numbers were made smaller, not 0: that is the leaky relu. Here they become 0.",
            lambda: np.where(wide > 0, wide, 0.1 * wide),
        ),
        (
            "Negative numbers were made smaller, not 0: that is the leaky relu. Here they become 0.",
            lambda: np.where(wide > 0, wide, 0.2 * wide),
        ),
        ("Large numbers were cut to 1. relu has no upper limit.", lambda: np.clip(wide, 0, 1)),
        ("Large numbers were cut to 6: that is relu6. relu has no upper limit.", lambda: np.clip(wide, 0, 6)),
        ("That is softplus, a smooth relative of relu. relu is max(x, 0), with a sharp bend at 0.", lambda: np.logaddexp(0, wide)),
        ("That is the sigmoid. relu keeps positive numbers as they are.", lambda: 1 / (1 + np.exp(-np.clip(wide, -500, 500)))),
        ("That is tanh. relu keeps positive numbers as they are, and turns negative ones into 0.", lambda: np.tanh(wide)),
        ("That is twice as much as it should be: a positive number is kept as it is.", 2 * right.astype(float)),
        ("The digits after the point were cut off. A positive number is kept as it is.", np.trunc(right)),
        (LOST_BY_OVERFLOW, summed / 2),
        (LOST_BY_OVERFLOW, summed // 2),
        (LOST_BY_OVERFLOW, multiplied),
        ("The array was flattened. relu keeps the shape.", right.ravel()),
    ]


def expect_relu(student, x):
    call = f"relu(x) with x of shape {x.shape} and dtype {x.dtype}"
    expect(student.relu(x), oracle_relu(x), call, relu_mistakes(x))


@relu
def test_positive_numbers_stay_and_others_become_0(student, rng):
    expect_relu(student, rng.permutation([-2.5, -1.0, -0.25, 0.0, 0.5, 3.0, 8.0]))
    expect_relu(student, rng.normal(size=50) * 10)


@relu
def test_all_of_one_sign(student, rng):
    expect_relu(student, -rng.random(7) - 0.5)
    expect_relu(student, rng.random(7) + 0.5)
    expect_relu(student, np.zeros(4))


@relu
def test_any_shape(student, rng):
    for shape in ((3, 4), (2, 5, 4, 3), (1, 1), (3, 1, 2)):
        with blaming(f"relu is right along one axis, but not for the shape {shape}: let NumPy handle the whole array at once."):
            expect_relu(student, rng.normal(size=shape) * 5)
    with blaming("relu is not right for an array without axes, a single number like np.array(-2.5)."):
        expect_relu(student, np.array(-2.5))
        expect_relu(student, np.array(rng.uniform(1, 2)))
    with blaming("relu is not right for a transposed array."):
        expect_relu(student, rng.normal(size=(4, 3)).T)


@relu
def test_any_dtype(student, rng):
    for dtype in (np.float32, np.int64, np.int32, np.int16, np.int8, np.uint8, np.uint16, np.float16):
        if np.dtype(dtype).kind == "f":
            x = (rng.normal(size=(3, 5)) * 5).astype(dtype)
        else:
            kinds = np.iinfo(dtype)
            low, high = max(kinds.min, -(2**31)), min(kinds.max, 2**31 - 1)
            x = rng.integers(low, high, (3, 5), endpoint=True).astype(dtype)
            x[0, :3] = low, high, high - 1
        with blaming(f"relu is right for floats, but not for numbers of the dtype {x.dtype}."):
            expect_relu(student, x)


@relu
def test_argument_of_relu_is_not_changed(student, rng):
    keeps_arguments(student, "relu", rng.normal(size=(4, 5)))
    keeps_arguments(student, "relu", rng.integers(-9, 10, (4, 5)))


# --- conv_parameters ---


def parameter_mistakes(kh, kw, channels, filters):
    return [
        ("The biases are missing: each filter has one, in addition to its weights.", kh * kw * channels * filters),
        ("All filters together got one bias. Each filter has its own.", kh * kw * channels * filters + 1),
        (
            "Each channel of a filter got a bias. A filter has one bias, however many channels it looks at.",
            (kh * kw + 1) * channels * filters,
        ),
        (
            "There is one bias for each filter, not one for each channel. Channels and filters may be swapped in your formula.",
            kh * kw * channels * filters + channels,
        ),
        ("Only the weights of one filter were counted. Every filter has its own.", kh * kw * channels + filters),
        ("Only one filter was counted. Every filter has its own weights and its own bias.", kh * kw * channels + 1),
        ("The channels were forgotten: a filter has a table of weights for each channel.", (kh * kw + 1) * filters),
        ("Channels and biases were forgotten: a filter has a table of weights for each channel, and a bias.", kh * kw * filters),
        ("The kernel was taken for a square of its height. It has kh * kw weights for each channel.", (kh * kh * channels + 1) * filters),
        ("The kernel was taken for a square of its width. It has kh * kw weights for each channel.", (kw * kw * channels + 1) * filters),
        ("Height and width of the kernel were added. It has kh * kw weights for each channel.", ((kh + kw) * channels + 1) * filters),
        ("280 is the answer for the first layer of our network only. Calculate it from kernel_size, channels and filters.", 280),
        (
            "The places of the window were counted, too. The parameters are the same at every place: that is weight sharing.",
            (kh * kw * channels + 1) * filters * 26 * 26,
        ),
    ]


def expect_parameters(student, kernel_size, channels, filters):
    call = f"conv_parameters({kernel_size}, {channels}, {filters})"
    expected = np.zeros((*kernel_size, channels, filters)).size + np.zeros(filters).size
    expect(
        student.conv_parameters(kernel_size, channels, filters),
        expected,
        call,
        parameter_mistakes(*kernel_size, channels, filters),
        tolerance=1e-9,
    )


@conv_parameters
def test_several_channels(student, rng):
    expect_parameters(student, (3, 3), int(rng.integers(5, 10)), int(rng.integers(20, 40)))


@conv_parameters
def test_the_first_layer(student, rng):
    expect_parameters(student, (3, 3), 1, 28)
    expect_parameters(student, (5, 5), 1, int(rng.integers(7, 20)))


@conv_parameters
def test_kernels_that_are_not_square(student, rng):
    with blaming("conv_parameters is right for square kernels, but not for others."):
        expect_parameters(student, (2, 5), int(rng.integers(3, 8)), int(rng.integers(9, 20)))
        expect_parameters(student, (7, 1), int(rng.integers(3, 8)), int(rng.integers(9, 20)))


@conv_parameters
def test_a_single_weight(student, rng):
    expect_parameters(student, (1, 1), 1, 1)
    expect_parameters(student, (1, 1), int(rng.integers(2, 9)), 1)
