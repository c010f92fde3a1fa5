"""What students write for conv2d."""

import numpy as np
from bank import right, wrong
from numpy.lib.stride_tricks import sliding_window_view


@right("loops over the weights, matrix product over the channels")
def conv2d(images, kernels, bias):
    n, h, w, _ = images.shape
    kh, kw, _, filters = kernels.shape
    rows, columns = h - kh + 1, w - kw + 1
    result = np.zeros((n, rows, columns, filters))
    for a in range(kh):
        for b in range(kw):
            result += images[:, a : a + rows, b : b + columns, :] @ kernels[a, b]
    return result + bias


@right("einsum on windows")
def conv2d(images, kernels, bias):
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcab,abcf->nijf", windows, kernels) + bias


@right("einsum, optimised")
def conv2d(images, kernels, bias):
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcab,abcf->nijf", windows, kernels, optimize=True) + bias


@right("as_strided and tensordot")
def conv2d(images, kernels, bias):
    n, h, w, c = images.shape
    kh, kw = kernels.shape[:2]
    s = images.strides
    shape = (n, h - kh + 1, w - kw + 1, kh, kw, c)
    windows = np.lib.stride_tricks.as_strided(images, shape, (s[0], s[1], s[2], s[1], s[2], s[3]))
    return np.tensordot(windows, kernels, axes=3) + bias


@right("image to columns")
def conv2d(images, kernels, bias):
    n, h, w, c = images.shape
    kh, kw, _, filters = kernels.shape
    rows, columns = h - kh + 1, w - kw + 1
    patches = np.empty((n, rows, columns, kh * kw * c), dtype=images.dtype)
    for i in range(rows):
        for j in range(columns):
            patches[:, i, j] = images[:, i : i + kh, j : j + kw].reshape(n, -1)
    return patches @ kernels.reshape(-1, filters) + bias


@right("loops over the places, all images and filters at once")
def conv2d(images, kernels, bias):
    n, h, w, _ = images.shape
    kh, kw, _, filters = kernels.shape
    result = np.empty((n, h - kh + 1, w - kw + 1, filters))
    for i in range(result.shape[1]):
        for j in range(result.shape[2]):
            result[:, i, j] = np.tensordot(images[:, i : i + kh, j : j + kw], kernels, axes=3) + bias
    return result


@right("broadcasts into one huge product")
def conv2d(images, kernels, bias):
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    return (windows[..., None] * kernels).sum(axis=(3, 4, 5)) + bias


@right("loops over images, filters and weights")
def conv2d(images, kernels, bias):
    n, h, w, channels = images.shape
    kh, kw, _, filters = kernels.shape
    rows, columns = h - kh + 1, w - kw + 1
    result = np.zeros((n, rows, columns, filters))
    for m in range(n):
        for f in range(filters):
            result[m, :, :, f] = bias[f]
            for a, b, c in np.ndindex(kh, kw, channels):
                result[m, :, :, f] += images[m, a : a + rows, b : b + columns, c] * kernels[a, b, c, f]
    return result


@right("scipy, a filter at a time")
def conv2d(images, kernels, bias):
    from scipy.signal import correlate

    maps = [correlate(images, kernels[None, ..., f], mode="valid", method="direct")[..., 0] + bias[f] for f in range(len(bias))]
    return np.stack(maps, axis=-1)


@right("Fourier transform")
def conv2d(images, kernels, bias):
    _, h, w, _ = images.shape
    kh, kw = kernels.shape[:2]
    product = np.einsum("nijc,ijcf->nijf", np.fft.rfft2(images, axes=(1, 2)), np.conj(np.fft.rfft2(kernels, (h, w), axes=(0, 1))))
    return np.fft.irfft2(product, (h, w), axes=(1, 2))[:, : h - kh + 1, : w - kw + 1] + bias


@right("padding, then cropping")
def conv2d(images, kernels, bias):
    kh, kw = kernels.shape[:2]
    _, h, w, _ = images.shape
    padded = np.pad(images, ((0, 0), (kh, kh), (kw, kw), (0, 0)))
    result = np.tensordot(sliding_window_view(padded, (kh, kw), axis=(1, 2)), kernels, axes=([4, 5, 3], [0, 1, 2])) + bias
    return result[:, kh : h + 1, kw : w + 1]


@right("Keras' layer")
def conv2d(images, kernels, bias):
    from keras import layers

    layer = layers.Conv2D(kernels.shape[3], kernels.shape[:2])
    layer.build(images.shape)
    layer.set_weights([kernels, bias])
    return layer(images)


@right("keras.ops")
def conv2d(images, kernels, bias):
    import keras

    return keras.ops.conv(images, kernels) + bias


def by_hand(images, kernels, bias):
    """A right answer for others to spoil."""
    return np.tensordot(sliding_window_view(images, kernels.shape[:2], axis=(1, 2)), kernels, axes=([4, 5, 3], [0, 1, 2])) + bias


@wrong("loops over images, places, filters and rows of the window", says="too slow")
def conv2d(images, kernels, bias):
    n, h, w, _ = images.shape
    kh, kw, _, filters = kernels.shape
    result = np.zeros((n, h - kh + 1, w - kw + 1, filters))
    for m in range(n):
        for i in range(h - kh + 1):
            for j in range(w - kw + 1):
                for f in range(filters):
                    rows = [(images[m, i + a, j : j + kw] * kernels[a, ..., f]).sum() for a in range(kh)]
                    result[m, i, j, f] = sum(rows) + bias[f]
    return result


@wrong("flips the kernels", says="flipped")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels[::-1, ::-1], bias)


@wrong("forgets the bias", says="bias was forgotten")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, np.zeros_like(bias))


@wrong("subtracts the bias", says="bias was subtracted")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, -bias)


@wrong("adds the bias for each channel", says="once for every channel")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias * images.shape[3])


@wrong("adds the bias for each weight", says="bias was added once for every weight")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias * kernels[..., 0].size)


@wrong("one bias for all filters", says="bias of the first")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, np.full_like(bias, bias[0]))


@wrong("averages the channels", says="channels were averaged")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels / images.shape[3], bias)


@wrong("only the first channel", says="only the first channel")
def conv2d(images, kernels, bias):
    return by_hand(images[..., :1], kernels[:, :, :1], bias)


@wrong("the last channel wins", says="only the last channel")
def conv2d(images, kernels, bias):
    for c in range(images.shape[3]):
        result = by_hand(images[..., c : c + 1], kernels[:, :, c : c + 1], bias)
    return result


@wrong("one channel only, by squeeze", says="not with several")
def conv2d(images, kernels, bias):
    return by_hand(images.squeeze(3)[..., None], kernels.squeeze(2)[:, :, None], bias)


@wrong("the first channel's weights for all", says="weights of the first")
def conv2d(images, kernels, bias):
    return by_hand(images, np.broadcast_to(kernels[:, :, :1], kernels.shape), bias)


@wrong("mean instead of sum", says="averaged")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels / kernels[..., 0].size, bias)


@wrong("patches and kernels flattened in different orders", says="in different orders")
def conv2d(images, kernels, bias):
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return windows.reshape(*windows.shape[:3], -1) @ kernels.reshape(-1, kernels.shape[3]) + bias


@wrong("filters first", says="filters come first")
def conv2d(images, kernels, bias):
    return np.moveaxis(by_hand(images, kernels, bias), 3, 1)


@wrong("reshape instead of transpose", says="reshape")
def conv2d(images, kernels, bias):
    result = by_hand(images, kernels, bias)
    return np.moveaxis(result, 3, 1).reshape(result.shape)


@wrong("kernels reshaped to filters first", says="axes of the kernels were mixed up")
def conv2d(images, kernels, bias):
    kh, kw, channels, filters = kernels.shape
    return by_hand(images, kernels.reshape(filters, kh, kw, channels).transpose(1, 2, 3, 0), bias)


@wrong("rows and columns swapped in the kernels", says="swapped")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels.transpose(1, 0, 2, 3), bias)


@wrong("rows and columns swapped in the result", says="swapped")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias).transpose(0, 2, 1, 3)


@wrong("height for width", says="height and width differ")
def conv2d(images, kernels, bias):
    n, h, _, _ = images.shape
    kh, _, _, filters = kernels.shape
    size = h - kh + 1
    result = np.zeros((n, size, size, filters))
    for a in range(kh):
        for b in range(kh):
            result += images[:, a : a + size, b : b + size] @ kernels[a, b]
    return result + bias


@wrong("adds the filters up", says="filters were added up")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias).sum(3, keepdims=True)


@wrong("no axis of filters for one filter", says="axis of the filters is missing")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias).squeeze(3) if len(bias) == 1 else by_hand(images, kernels, bias)


@wrong("no axis of images for one image", says="axis of the images is missing")
def conv2d(images, kernels, bias):
    result = by_hand(images, kernels, bias)
    return result[0] if len(images) == 1 else result


@wrong("only the first image", says="only the first image")
def conv2d(images, kernels, bias):
    return by_hand(images[:1], kernels, bias)


@wrong("the first image's maps for all", says="maps of the first")
def conv2d(images, kernels, bias):
    return by_hand(images[[0] * len(images)], kernels, bias)


@wrong("adds the images up", says="images were added up")
def conv2d(images, kernels, bias):
    return by_hand(images.sum(0, keepdims=True), kernels, bias)[0] if len(images) > 1 else by_hand(images, kernels, bias)


@wrong("all filters like the first", says="answers of the first")
def conv2d(images, kernels, bias):
    return by_hand(images, np.repeat(kernels[..., :1], len(bias), axis=3), bias)


@wrong("padding same", says="padded")
def conv2d(images, kernels, bias):
    kh, kw = kernels.shape[:2]
    return by_hand(np.pad(images, ((0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2), (0, 0))), kernels, bias)


@wrong("Keras with padding same", says='padding "same"')
def conv2d(images, kernels, bias):
    import keras

    return keras.ops.conv(images, kernels, padding="same") + bias


@wrong("relu inside", says="relu")
def conv2d(images, kernels, bias):
    return np.maximum(by_hand(images, kernels, bias), 0)


@wrong("Keras with relu", says="relu")
def conv2d(images, kernels, bias):
    import keras

    return keras.ops.relu(keras.ops.conv(images, kernels) + bias)


@wrong("one place short", says="missing")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias)[:, :-1, :-1]


@wrong("sizes of our network", says="should have the shape (1, 3, 3, 1)")
def conv2d(images, kernels, bias):
    result = np.zeros((len(images), 26, 26, 28))
    right = by_hand(images, kernels, bias)
    result[:, : right.shape[1], : right.shape[2], : right.shape[3]] = right
    return result


@wrong("3 by 3 windows only", says="other sizes")
def conv2d(images, kernels, bias):
    n, h, w, _ = images.shape
    result = np.zeros((n, h - 2, w - 2, kernels.shape[3]))
    for a in range(3):
        for b in range(3):
            result += images[:, a : a + h - 2, b : b + w - 2] @ kernels[a, b]
    return result + bias


@wrong("28 filters only", says="shape (28,)")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias.reshape(28))


@wrong("adds the bias to the array it was given", says="changed its first argument")
def conv2d(images, kernels, bias):
    result = by_hand(images, kernels, bias)
    images += bias[0]
    return result


@wrong("flips the kernels it was given, in place", says="changed its second argument")
def conv2d(images, kernels, bias):
    result = by_hand(images, kernels, bias)
    kernels[:] = kernels[::-1, ::-1].copy()
    return result


@wrong("fast and empty for large batches", says="speed counts once")
def conv2d(images, kernels, bias):
    return by_hand(images, kernels, bias) if len(images) < 50 else np.zeros((len(images), 26, 26, 28))


@wrong("no return", says="return")
def conv2d(images, kernels, bias):
    by_hand(images, kernels, bias)


@wrong("squeezes every axis of length 1", says="Axes of length 1 were dropped")
def conv2d(images, kernels, bias):
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return (np.einsum("nijcab,abcf->nijf", windows, kernels) + bias).squeeze()


@wrong("shifts by half a window, as a filter that is centred on its pixel", says="differ")
def conv2d(images, kernels, bias):
    n, h, w, c = images.shape
    kh, kw, _, f = kernels.shape
    padded = np.pad(images, ((0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2), (0, 0)))
    result = np.zeros((n, h - kh + 1, w - kw + 1, f)) + bias
    for a in range(kh):
        for b in range(kw):
            result = result + padded[:, a : a + h - kh + 1, b : b + w - kw + 1] @ kernels[a, b]
    return result


@right("np.roll, then cropping")
def conv2d(images, kernels, bias):
    kh, kw = kernels.shape[:2]
    total = 0
    for a in range(kh):
        for b in range(kw):
            total = total + np.roll(images, (-a, -b), axis=(1, 2)) @ kernels[a, b]
    return total[:, : images.shape[1] - kh + 1, : images.shape[2] - kw + 1] + bias
