"""What students write for max_pool2d_gradient."""

import numpy as np
from bank import right, wrong


def windows(images, upstream, size, put):
    """Visit every window; `put(window, blame)` says what comes back to it."""
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(upstream.shape):
        place = m, slice(size * i, size * (i + 1)), slice(size * j, size * (j + 1)), c
        result[place] = put(images[place], upstream[m, i, j, c])
    return result


def at_maximum(window, blame):
    return blame * (window == window.max())


@right("visits every window")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(upstream.shape):
        window = images[m, size * i : size * (i + 1), size * j : size * (j + 1), c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        result[m, size * i + a, size * j + b, c] = upstream[m, i, j, c]
    return result


@right("blown up and compared")
def max_pool2d_gradient(images, upstream, size=2):
    n, rows, columns, channels = upstream.shape
    whole = images[:, : rows * size, : columns * size]
    largest = whole.reshape(n, rows, size, columns, size, channels).max(axis=(2, 4))
    mask = whole == largest.repeat(size, axis=1).repeat(size, axis=2)
    result = np.zeros(images.shape, np.float32)
    result[:, : rows * size, : columns * size] = mask * np.kron(upstream.transpose(0, 3, 1, 2), np.ones((size, size))).transpose(0, 2, 3, 1)
    return result


@right("argmax and put_along_axis")
def max_pool2d_gradient(images, upstream, size=2):
    n, rows, columns, channels = upstream.shape
    whole = images[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, channels)
    flat = whole.transpose(0, 1, 3, 5, 2, 4).reshape(n, rows, columns, channels, size * size)
    back = np.zeros(flat.shape)
    np.put_along_axis(back, flat.argmax(axis=-1)[..., None], upstream[..., None], axis=-1)
    back = (
        back.reshape(n, rows, columns, channels, size, size).transpose(0, 1, 4, 2, 5, 3).reshape(n, rows * size, columns * size, channels)
    )
    _, h, w, _ = images.shape
    return np.pad(back, ((0, 0), (0, h - rows * size), (0, w - columns * size), (0, 0)))


@right("place by place inside the windows")
def max_pool2d_gradient(images, upstream, size=2):
    rows, columns = upstream.shape[1] * size, upstream.shape[2] * size
    parts = {(a, b): images[:, a:rows:size, b:columns:size] for a in range(size) for b in range(size)}
    largest = np.max(np.stack(list(parts.values())), axis=0)
    result = np.zeros_like(images, dtype=float)
    for (a, b), part in parts.items():
        result[:, a:rows:size, b:columns:size] = upstream * (part == largest)
    return result


@right("np.add.at")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    m, i, j, c = np.indices(upstream.shape)
    strips = np.stack([images[m, size * i + k // size, size * j + k % size, c] for k in range(size * size)])
    k = strips.argmax(axis=0)
    np.add.at(result, (m, size * i + k // size, size * j + k % size, c), upstream)
    return result


@right("TensorFlow's tape")
def max_pool2d_gradient(images, upstream, size=2):
    import tensorflow as tf

    images = tf.constant(np.ascontiguousarray(images))
    with tf.GradientTape() as tape:
        tape.watch(images)
        pooled = tf.nn.max_pool2d(images, size, size, "VALID")
    return tape.gradient(pooled, images, tf.constant(np.ascontiguousarray(upstream)))


@wrong("blames everyone", says="Every pixel of a window")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: np.full(window.shape, blame))


@wrong("shares, as for a mean", says="right for a mean")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: np.full(window.shape, blame / window.size))


@wrong("mask only", says="marks the maxima with 1")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: window == window.max())


@wrong("smallest", says="smallest pixel")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: blame * (window == window.min()))


@wrong("largest absolute value", says="absolute value")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: blame * (np.abs(window) == np.abs(window).max()))


@wrong("row and column swapped in the window", says="swapped within its window")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: at_maximum(window, blame).T)


@wrong("upper left corner", says="first pixel")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    result[:, : upstream.shape[1] * size : size, : upstream.shape[2] * size : size] = upstream
    return result


@wrong("times the maximum", says="multiplied by the maximum")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: blame * window * (window == window.max()))


@wrong("maxima above 0 only", says="Negative pixels got no blame")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, lambda window, blame: blame * (window == max(window.max(), 0)))


@wrong("leaves out the odd row", says="do not fill a window")
def max_pool2d_gradient(images, upstream, size=2):
    result = windows(images, upstream, size, at_maximum)
    return result[:, : upstream.shape[1] * size, : upstream.shape[2] * size]


@wrong("one maximum for all channels", says="maximum of its own")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    for m, i, j in np.ndindex(upstream.shape[:3]):
        window = images[m, size * i : size * (i + 1), size * j : size * (j + 1)]
        a, b, c = np.unravel_index(window.argmax(), window.shape)
        result[m, size * i + a, size * j + b, c] = upstream[m, i, j, c]
    return result


@wrong("2 by 2 only", says="not for other sizes")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, 2, at_maximum)


@wrong("divides by n", says="divided by the number of images")
def max_pool2d_gradient(images, upstream, size=2):
    return windows(images, upstream, size, at_maximum) / len(images)


@wrong("upstream as it is", says="upstream as it came")
def max_pool2d_gradient(images, upstream, size=2):
    return upstream


@wrong("returns after the first window", says="values differ")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(upstream.shape):
        window = images[m, size * i : size * (i + 1), size * j : size * (j + 1), c]
        a, b = np.unravel_index(window.argmax(), window.shape)
        result[m, size * i + a, size * j + b, c] = upstream[m, i, j, c]
        return result


@wrong("writes into the images", says="changed its first argument")
def max_pool2d_gradient(images, upstream, size=2):
    images[...] = windows(images, upstream, size, at_maximum)
    return images


@wrong("the largest of all channels", says="All channels got the blame at the same place")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    n, rows, columns, _ = upstream.shape
    for m, i, j in np.ndindex(n, rows, columns):
        window = images[m, i * size : (i + 1) * size, j * size : (j + 1) * size]
        a, b = divmod(int(window.max(axis=-1).argmax()), size)
        result[m, i * size + a, j * size + b] = upstream[m, i, j]
    return result


@wrong("the places of the first channel for all", says="All channels got the blame at the same place")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    n, rows, columns, _ = upstream.shape
    for m, i, j in np.ndindex(n, rows, columns):
        a, b = divmod(int(images[m, i * size : (i + 1) * size, j * size : (j + 1) * size, 0].argmax()), size)
        result[m, i * size + a, j * size + b] = upstream[m, i, j]
    return result


@wrong("the places of the first image for all", says="All images got the blame at the same places")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(*upstream.shape):
        a, b = divmod(int(images[0, i * size : (i + 1) * size, j * size : (j + 1) * size, c].argmax()), size)
        result[m, i * size + a, j * size + b, c] = upstream[m, i, j, c]
    return result


@wrong("the maximum itself", says="That is the pixel itself")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(*upstream.shape):
        window = images[m, i * size : (i + 1) * size, j * size : (j + 1) * size, c]
        a, b = divmod(int(window.argmax()), size)
        result[m, i * size + a, j * size + b, c] = window.max()
    return result


@wrong("starts its search at 0", says="must not begin at 0")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(*upstream.shape):
        best, place = 0, (i * size, j * size)
        for a in range(i * size, (i + 1) * size):
            for b in range(j * size, (j + 1) * size):
                if images[m, a, b, c] > best:
                    best, place = images[m, a, b, c], (a, b)
        result[(m, *place, c)] = upstream[m, i, j, c]
    return result


@wrong("what is not the maximum keeps its number", says="its own number was left")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.array(images, dtype=float)
    for m, i, j, c in np.ndindex(*upstream.shape):
        a, b = divmod(int(images[m, i * size : (i + 1) * size, j * size : (j + 1) * size, c].argmax()), size)
        result[m, i * size + a, j * size + b, c] = upstream[m, i, j, c]
    return result


@wrong("divides upstream in place", says="number of pixels in a window")
def max_pool2d_gradient(images, upstream, size=2):
    upstream /= size * size
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(*upstream.shape):
        a, b = divmod(int(images[m, i * size : (i + 1) * size, j * size : (j + 1) * size, c].argmax()), size)
        result[m, i * size + a, j * size + b, c] = upstream[m, i, j, c]
    return result


@wrong("pools forwards", says="pooling itself, forwards")
def max_pool2d_gradient(images, upstream, size=2):
    n, rows, columns, channels = upstream.shape
    whole = images[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, channels)
    return whole.max(axis=(2, 4)) * upstream


@wrong("looks for the maxima in upstream", says="largest pixel of all windows")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape)
    spread = upstream.repeat(size, axis=1).repeat(size, axis=2)
    part = images[:, : spread.shape[1], : spread.shape[2]]
    result[:, : spread.shape[1], : spread.shape[2]] = spread * (part == part.max())
    return result


@wrong("whole numbers", says="Digits after the point were cut off")
def max_pool2d_gradient(images, upstream, size=2):
    result = np.zeros(images.shape, dtype=int)
    for m, i, j, c in np.ndindex(*upstream.shape):
        a, b = divmod(int(images[m, i * size : (i + 1) * size, j * size : (j + 1) * size, c].argmax()), size)
        result[m, i * size + a, j * size + b, c] = upstream[m, i, j, c]
    return result
