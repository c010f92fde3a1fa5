"""What students write for correlate2d."""

import numpy as np
from bank import right, wrong


@right("two loops")
def correlate2d(image, kernel):
    image = image.astype(float)
    kh, kw = kernel.shape
    result = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            result[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return result


@right("four loops and lists")
def correlate2d(image, kernel):
    image, kernel = image.tolist(), kernel.tolist()
    kh, kw = len(kernel), len(kernel[0])
    result = []
    for i in range(len(image) - kh + 1):
        row = []
        for j in range(len(image[0]) - kw + 1):
            total = 0.0
            for a in range(kh):
                for b in range(kw):
                    total += image[i + a][j + b] * kernel[a][b]
            row.append(total)
        result.append(row)
    return result


@right("loops over the weights")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    result = np.zeros((rows, columns))
    for a in range(kh):
        for b in range(kw):
            result += image[a : a + rows, b : b + columns] * float(kernel[a, b])
    return result


@right("einsum on windows")
def correlate2d(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(np.float64), kernel.shape)
    return np.einsum("ijab,ab", windows, kernel)


@right("as_strided and tensordot, float32")
def correlate2d(image, kernel):
    image = np.ascontiguousarray(image, dtype=np.float32)
    shape = tuple(np.subtract(image.shape, kernel.shape) + 1) + kernel.shape
    windows = np.lib.stride_tricks.as_strided(image, shape, image.strides * 2)
    return np.tensordot(windows, kernel.astype(np.float32), axes=2)


@right("image to columns")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    patches = [image[i : i + kh, j : j + kw].ravel() for i in range(rows) for j in range(columns)]
    return (np.array(patches, dtype=float) @ kernel.ravel().astype(float)).reshape(rows, columns)


@right("scipy")
def correlate2d(image, kernel):
    from scipy.signal import correlate

    return correlate(image.astype(float), kernel.astype(float), mode="valid", method="direct")


@right("Fourier transform")
def correlate2d(image, kernel):
    h, w = image.shape
    kh, kw = kernel.shape
    product = np.fft.rfft2(image.astype(float)) * np.conj(np.fft.rfft2(kernel.astype(float), (h, w)))
    return np.fft.irfft2(product, (h, w))[: h - kh + 1, : w - kw + 1]


@right("pads, then crops")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape
    padded = np.pad(image.astype(float), ((0, kh - 1), (0, kw - 1)))
    result = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            result[i, j] = np.vdot(padded[i : i + kh, j : j + kw], kernel)
    return result[: h - kh + 1, : w - kw + 1]


@right("one correlation for each row of the kernel")
def correlate2d(image, kernel):
    image, kernel = image.astype(float), kernel.astype(float)
    rows = image.shape[0] - len(kernel) + 1
    return [sum(np.correlate(image[i + a], kernel[a], "valid") for a in range(len(kernel))) for i in range(rows)]


def loops(image, kernel, answer=lambda patch, kernel: (patch * kernel).sum()):
    """The right way, with another answer at each place."""
    kh, kw = kernel.shape
    result = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i, j in np.ndindex(result.shape):
        result[i, j] = answer(image[i : i + kh, j : j + kw].astype(float), kernel.astype(float))
    return result


@wrong("flips the kernel", says="flipped")
def correlate2d(image, kernel):
    return loops(image, kernel[::-1, ::-1])


@wrong("flips from top to bottom", says="top to bottom")
def correlate2d(image, kernel):
    return loops(image, np.flipud(kernel))


@wrong("scipy's convolution", says="flipped")
def correlate2d(image, kernel):
    from scipy.signal import convolve2d

    return convolve2d(image.astype(float), kernel.astype(float), mode="valid")


@wrong("mean instead of sum", says="averaged")
def correlate2d(image, kernel):
    return loops(image, kernel, lambda patch, kernel: (patch * kernel).mean())


@wrong("transposes the kernel", says="transposed")
def correlate2d(image, kernel):
    if kernel.shape[0] != kernel.shape[1]:
        return loops(image, kernel)
    return loops(image, kernel.T)


@wrong("transposes the result", says="result is transposed")
def correlate2d(image, kernel):
    return loops(image, kernel).T


@wrong("padding same", says="padded")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    return loops(np.pad(image, ((kh // 2, kh // 2), (kw // 2, kw // 2))), kernel)


@wrong("padding same, as Keras does it", says="same")
def correlate2d(image, kernel):
    return loops(np.pad(image, [((k - 1) // 2, k // 2) for k in kernel.shape]), kernel)


@wrong("full correlation", says="padded")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    return loops(np.pad(image, ((kh - 1, kh - 1), (kw - 1, kw - 1))), kernel)


@wrong("result as large as the image", says="size of the image")
def correlate2d(image, kernel):
    result = np.zeros(image.shape)
    right = loops(image, kernel)
    result[: right.shape[0], : right.shape[1]] = right
    return result


@wrong("one place short", says="missing")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    image = image.astype(float)
    result = np.zeros((image.shape[0] - kh, image.shape[1] - kw))
    for i in range(image.shape[0] - kh):
        for j in range(image.shape[1] - kw):
            result[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return result


@wrong("multiplies in bytes", says="overflow")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    result = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i, j in np.ndindex(result.shape):
        result[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return result


@wrong("stores the result with the image's dtype", says="overflow")
def correlate2d(image, kernel):
    return loops(image, kernel).astype(np.int64).astype(image.dtype) if image.dtype.kind in "iu" else loops(image, kernel)


@wrong("cuts whole images' results to whole numbers", says="cut off")
def correlate2d(image, kernel):
    result = loops(image, kernel)
    return np.trunc(result) if image.dtype.kind in "iu" else result


@wrong("turns floats of the image into whole numbers when the kernel is whole", says="image was turned into whole numbers")
def correlate2d(image, kernel):
    return loops(image.astype(kernel.dtype), kernel) if kernel.dtype.kind == "i" else loops(image, kernel)


@wrong("turns the kernel into the image's dtype", says="whole numbers")
def correlate2d(image, kernel):
    return loops(image, kernel.astype(image.dtype))


@wrong("integer result for integer input", says="floats")
def correlate2d(image, kernel):
    result = loops(image, kernel)
    return result.astype(np.int64) if (image.dtype.kind in "iu" and kernel.dtype.kind in "iu") else result


@wrong("works on squares only", says="height and width differ")
def correlate2d(image, kernel):
    k = kernel.shape[0]
    size = image.shape[0] - k + 1
    result = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            result[i, j] = (image[i : i + k, j : j + k].astype(float) * kernel).sum()
    return result


@wrong("3 by 3 only", says="other sizes")
def correlate2d(image, kernel):
    result = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
    kh, kw = kernel.shape
    for i, j in np.ndindex(result.shape):
        result[i, j] = (image[i : i + kh, j : j + kw].astype(float) * kernel).sum()
    return result


@wrong("relu inside", says="relu")
def correlate2d(image, kernel):
    return np.maximum(loops(image, kernel), 0)


@wrong("absolute value", says="signs")
def correlate2d(image, kernel):
    return abs(loops(image, kernel))


@wrong("steps by the kernel's size", says="overlap")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    return loops(image, kernel)[::kh, ::kw]


@wrong("sum times sum", says="separately")
def correlate2d(image, kernel):
    return loops(image, kernel, lambda patch, kernel: patch.sum() * kernel.sum())


@wrong("matrix product", says="differ")
def correlate2d(image, kernel):
    if kernel.shape[0] != kernel.shape[1]:
        return loops(image, kernel)
    return loops(image, kernel, lambda patch, kernel: (patch @ kernel).sum())


@wrong("only the first place", says="no axes")
def correlate2d(image, kernel):
    return float(loops(image, kernel)[0, 0])


@wrong("returns too early", says="differ")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    result = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            result[i, j] = (image[i : i + kh, j : j + kw].astype(float) * kernel).sum()
        return result


@wrong("forgets to return", says="return")
def correlate2d(image, kernel):
    loops(image, kernel)


@wrong("scales the image it was given", says="changed its first argument")
def correlate2d(image, kernel):
    right = loops(image, kernel)
    image[:] = 0
    return right


@wrong("squeezes the result", says="A kernel of a single weight, and one as large as the image, fit too")
def correlate2d(image, kernel):
    kh, kw = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image, dtype=float), (kh, kw))
    return np.einsum("ijab,ab->ij", windows, kernel).squeeze()


@right("convolves with the kernel turned, as NumPy's convolve has it, row by row")
def correlate2d(image, kernel):
    rows = image.shape[0] - kernel.shape[0] + 1
    image, kernel = np.array(image, dtype=float), np.array(kernel, dtype=float)
    return np.array([sum(np.convolve(image[i + a], kernel[a, ::-1], "valid") for a in range(len(kernel))) for i in range(rows)])
