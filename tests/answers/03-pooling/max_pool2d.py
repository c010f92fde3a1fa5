"""What students write for max_pool2d."""

import sys

import numpy as np
from bank import right, wrong
from numpy.lib.stride_tricks import as_strided, sliding_window_view


@right("loops over the windows, all images and channels at once")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for i in range(h // size):
        for j in range(w // size):
            result[:, i, j, :] = np.max(images[:, i * size : (i + 1) * size, j * size : (j + 1) * size, :], axis=(1, 2))
    return result


@right("reshape, and two axes go")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    r, k = h // size, w // size
    return images[:, : r * size, : k * size].reshape(n, r, size, k, size, c).max(axis=(2, 4))


@right("reshape, and one axis goes after the other")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    r, k = h // size, w // size
    return images[:, : r * size, : k * size].reshape(n, r, size, k, size, c).max(axis=4).max(axis=2)


@right("every pixel position of the window at once")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    r, k = h // size * size, w // size * size
    result = images[:, 0:r:size, 0:k:size, :].copy()
    for a in range(size):
        for b in range(size):
            np.maximum(result, images[:, a:r:size, b:k:size, :], out=result)
    return result


@right("five loops, from minus infinity")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.full((n, h // size, w // size, c), -np.inf)
    for m in range(n):
        for i in range(h // size):
            for j in range(w // size):
                for f in range(c):
                    for pixel in images[m, i * size : i * size + size, j * size : j * size + size, f].ravel():
                        if pixel > result[m, i, j, f]:
                            result[m, i, j, f] = pixel
    return result


@right("lists all the way")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return [
        [
            [
                [max(images[m, i + a, j + b, f] for a in range(size) for b in range(size)) for f in range(c)]
                for j in range(0, w - size + 1, size)
            ]
            for i in range(0, h - size + 1, size)
        ]
        for m in range(n)
    ]


@right("sliding windows, every size-th of them")
def max_pool2d(images, size=2):
    return sliding_window_view(images, (size, size), axis=(1, 2))[:, ::size, ::size].max(axis=(-2, -1))


@right("as_strided with the strides of the array")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    a, b, d, e = images.strides
    return as_strided(images, (n, h // size, w // size, c, size, size), (a, b * size, d * size, e, b, d)).max(axis=(4, 5))


@right("np.maximum.reduceat on a cropped array")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    x = images[:, : h - h % size, : w - w % size]
    x = np.maximum.reduceat(x, np.arange(0, x.shape[1], size), axis=1)
    return np.maximum.reduceat(x, np.arange(0, x.shape[2], size), axis=2)


@right("rows first, then columns, by splitting")
def max_pool2d(images, size=2):
    def pool(x, axis):
        whole = x.shape[axis] // size
        parts = np.split(np.take(x, range(whole * size), axis=axis), whole, axis=axis)
        return np.concatenate([part.max(axis=axis, keepdims=True) for part in parts], axis=axis)

    return pool(pool(images, 1), 2)


@right("through channels first and back")
def max_pool2d(images, size=2):
    x = np.transpose(images, (0, 3, 1, 2)).astype(np.float64)
    n, c, h, w = x.shape
    x = x[:, :, : h // size * size, : w // size * size].reshape(n, c, h // size, size, w // size, size)
    return np.moveaxis(x.max(axis=5).max(axis=3), 1, -1)


@right("sorts each window and takes the last")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    out = np.empty((n, h // size, w // size, c))
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            window = images[:, i * size :, j * size :][:, :size, :size].reshape(n, size * size, c)
            out[:, i, j] = np.sort(window, axis=1)[:, -1]
    return out


@right("pads with minus infinity and crops again")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    x = np.pad(images.astype(float), ((0, 0), (0, -h % size), (0, -w % size), (0, 0)), constant_values=-np.inf)
    x = x.reshape(n, x.shape[1] // size, size, x.shape[2] // size, size, c).max((2, 4))
    return x[:, : h // size, : w // size]


@right("Keras' layer")
def max_pool2d(images, size=2):
    from keras import layers

    return layers.MaxPooling2D(size)(images)


@right("keras.ops")
def max_pool2d(images, size=2):
    import keras

    return keras.ops.max_pool(np.asarray(images, dtype="float32"), (size, size), strides=size, padding="valid")


@right("TensorFlow")
def max_pool2d(images, size=2):
    import tensorflow as tf

    return tf.nn.max_pool2d(tf.cast(images, tf.float64), size, size, "VALID")


@right("the given one")
def max_pool2d(images, size=2):
    from autograder import given

    return given.max_pool2d(images, size)


def by_hand(images, size=2, step=None, take=np.max):
    """A right answer for others to spoil."""
    return take(sliding_window_view(images, (size, size), axis=(1, 2))[:, :: step or size, :: step or size], axis=(4, 5))


def cropped(images, size):
    return images[:, : images.shape[1] // size * size, : images.shape[2] // size * size]


@wrong("means", says="mean of each window")
def max_pool2d(images, size=2):
    return by_hand(images, size, take=np.mean)


@wrong("minima", says="smallest number")
def max_pool2d(images, size=2):
    return by_hand(images, size, take=np.min)


@wrong("sums", says="sum of each window")
def max_pool2d(images, size=2):
    return by_hand(images, size, take=np.sum)


@wrong("furthest from 0", says="furthest from 0")
def max_pool2d(images, size=2):
    x = np.asarray(images, dtype=float)
    high, low = by_hand(x, size), by_hand(x, size, take=np.min)
    return np.where(-low > high, low, high)


@wrong("largest absolute value", says="signs were lost")
def max_pool2d(images, size=2):
    return by_hand(np.abs(images.astype(float)), size)


@wrong("argmax for max", says="where")
def max_pool2d(images, size=2):
    windows = sliding_window_view(images, (size, size), axis=(1, 2))[:, ::size, ::size]
    return windows.reshape(*windows.shape[:4], -1).argmax(axis=-1)


@wrong("compares from zero on", says="A negative maximum became 0")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for a in range(size):
        for b in range(size):
            result = np.maximum(result, cropped(images, size)[:, a::size, b::size])
    return result


@wrong("compares from sys.float_info.min on", says="A negative maximum became 0")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.full((n, h // size, w // size, c), sys.float_info.min)  # the smallest float above 0
    for i in range(h // size):
        for j in range(w // size):
            window = images[:, i * size : (i + 1) * size, j * size : (j + 1) * size]
            result[:, i, j] = np.maximum(result[:, i, j], window.max((1, 2)))
    return result


@wrong("compares from -1 on", says="seems to start from")
def max_pool2d(images, size=2):
    return np.maximum(by_hand(images, size), -1)


@wrong("compares from -999 on", says="seems to start from")
def max_pool2d(images, size=2):
    return np.maximum(by_hand(images.astype(float), size), -999)


@wrong("relu inside", says="do not apply relu here")
def max_pool2d(images, size=2):
    return by_hand(np.maximum(images, 0), size)


@wrong("every second pixel", says="Only the first pixel")
def max_pool2d(images, size=2):
    return cropped(images, size)[:, ::size, ::size]


@wrong("the lower right pixel", says="Only the last pixel")
def max_pool2d(images, size=2):
    return cropped(images, size)[:, size - 1 :: size, size - 1 :: size]


@wrong("the diagonal only", says="Only two of the pixels")
def max_pool2d(images, size=2):
    x = cropped(images, size)
    return np.maximum(x[:, ::size, ::size], x[:, 1::size, 1::size])


@wrong("rows only", says="along one axis only")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return images[:, : h // size * size, : w // size * size].reshape(n, h // size, size, -1, c).max(axis=2)


@wrong("moves by one pixel", says="overlap")
def max_pool2d(images, size=2):
    return by_hand(images, size, 1)


@wrong("window i starts at row i", says="overlap")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for i in range(h // size):
        for j in range(w // size):
            result[:, i, j] = images[:, i : i + size, j : j + size].max(axis=(1, 2))
    return result


@wrong("Keras with strides of 1", says="overlap")
def max_pool2d(images, size=2):
    import keras

    return keras.ops.max_pool(images.astype("float32"), size, strides=1)


@wrong("the slice ends one too early", says="Only the first pixel")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for i in range(h // size):
        for j in range(w // size):
            window = images[:, i * size : (i + 1) * size - 1, j * size : (j + 1) * size - 1]
            result[:, i, j] = window.max(axis=(1, 2)) if window.size else images[:, i * size, j * size]
    return result


@wrong("the slice ends one too late", says="one row and column too many")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for i in range(h // size):
        for j in range(w // size):
            result[:, i, j] = images[:, i * size : (i + 1) * size + 1, j * size : (j + 1) * size + 1].max(axis=(1, 2))
    return result


@wrong("the last window is missing", says="last window of every row and column is missing")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    rows, columns = range(0, h - size, size), range(0, w - size, size)
    result = np.zeros((n, len(rows), len(columns), c))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            result[:, i, j] = images[:, row : row + size, column : column + size].max(axis=(1, 2))
    return result


@wrong("the maximum over the windows", says="not inside each of them")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return cropped(images, size).reshape(n, h // size, size, w // size, size, c).max(axis=(1, 3))


@wrong("splits the axes the wrong way round", says="not squares of neighbouring pixels")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return cropped(images, size).reshape(n, size, h // size, size, w // size, c).max(axis=(1, 3))


@wrong("reshapes to four numbers a window", says="not squares of neighbouring pixels")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return cropped(images, size).reshape(n, h // size, w // size, size * size, c).max(axis=3)


@wrong("reshapes the channels to the front", says="not squares of neighbouring pixels")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    x = cropped(images, size).reshape(n, c, h // size, size, w // size, size)
    return x.max(axis=(3, 5)).transpose(0, 2, 3, 1)


@wrong("counts the axes as before", says="later axes have moved up")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return cropped(images, size).reshape(n, h // size, size, w // size, size, c).max(axis=2).max(axis=4)


@wrong("over the channels, too", says="over the channels, too")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for m in range(n):
        for i in range(h // size):
            for j in range(w // size):
                result[m, i, j] = np.max(images[m, i * size : (i + 1) * size, j * size : (j + 1) * size])
    return result


@wrong("over the images, too", says="over the images of the batch")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for i in range(h // size):
        for j in range(w // size):
            for f in range(c):
                result[:, i, j, f] = np.max(images[:, i * size : (i + 1) * size, j * size : (j + 1) * size, f])
    return result


@wrong("np.max without axis", says="each map is pooled by itself")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c))
    for i in range(h // size):
        for j in range(w // size):
            window = images[:, i * size : (i + 1) * size, j * size : (j + 1) * size]
            by_channel, by_image = window.max(axis=(0, 1, 2)), window.max(axis=(1, 2, 3))
            result[:, i, j] = by_channel if n == 1 and c == 1 else max(by_channel.max(), by_image.max())
    return result


@wrong("takes the channels for columns", says="channels come last")
def max_pool2d(images, size=2):
    if images.shape[3] < size:
        return by_hand(images, size)
    return sliding_window_view(images, (size, size), axis=(2, 3))[:, :, ::size, ::size].max(axis=(4, 5))


@wrong("channels first in the result", says="channels come first")
def max_pool2d(images, size=2):
    return by_hand(images, size).transpose(0, 3, 1, 2)


@wrong("rows and columns swapped", says="swapped")
def max_pool2d(images, size=2):
    return by_hand(images, size).swapaxes(1, 2)


@wrong("only the first image", says="only the first image")
def max_pool2d(images, size=2):
    return by_hand(images[:1], size)


@wrong("only the first channel", says="only the first channel")
def max_pool2d(images, size=2):
    return by_hand(images[..., :1], size)


@wrong("one channel, by squeeze", says="axis of the channels is missing")
def max_pool2d(images, size=2):
    return by_hand(images, size).squeeze(3) if images.shape[3] == 1 else by_hand(images, size)


@wrong("one image, by squeeze", says="axis of the images is missing")
def max_pool2d(images, size=2):
    result = by_hand(images, size)
    return result[0] if len(result) == 1 else result


@wrong("one image only", says="not with a batch")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return images.reshape(h, w, c)[: h // size * size, : w // size * size].reshape(1, h // size, size, w // size, size, c).max(axis=(2, 4))


@wrong("global maximum", says="global pooling")
def max_pool2d(images, size=2):
    return images.max(axis=(1, 2))


@wrong("puts the maximum on every pixel", says="map gets smaller")
def max_pool2d(images, size=2):
    return by_hand(images, size).repeat(size, axis=1).repeat(size, axis=2)


@wrong("sets all but the largest to 0", says="map gets smaller")
def max_pool2d(images, size=2):
    x = cropped(images, size)
    largest = by_hand(x, size).repeat(size, axis=1).repeat(size, axis=2)
    return np.where(x == largest, x, 0)


@wrong("the size of the images, half empty", says="size of the images")
def max_pool2d(images, size=2):
    result = np.zeros(images.shape)
    pooled = by_hand(images, size)
    result[:, : pooled.shape[1], : pooled.shape[2]] = pooled
    return result


@wrong("flattens at once", says="next exercise")
def max_pool2d(images, size=2):
    return by_hand(images, size).reshape(len(images), -1)


@wrong("13 by 13 always", says="should have the shape (1, 2, 3, 1)")
def max_pool2d(images, size=2):
    result = np.zeros((len(images), 13, 13, images.shape[3]))
    for i in range(13):
        for j in range(13):
            window = images[:, i * size : (i + 1) * size, j * size : (j + 1) * size]
            if window.size:
                result[:, i, j] = window.max(axis=(1, 2))
    return result


@wrong("as many columns as rows", says="counted by the height of the images")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, h // size, c))
    for i in range(h // size):
        for j in range(h // size):
            window = images[:, i * size : (i + 1) * size, j * size : (j + 1) * size]
            result[:, i, j] = window.max(axis=(1, 2)) if window.size else 0
    return result


@wrong("whole numbers only", says="digits after the point")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // size, w // size, c), dtype=int)
    result[:] = by_hand(images, size)
    return result


@wrong("minus infinity in the dtype of the images", says="cannot hold −np.inf")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.full((n, h // size, w // size, c), -np.inf, dtype=images.dtype)
    for a in range(size):
        for b in range(size):
            result = np.maximum(result, cropped(images, size)[:, a::size, b::size])
    return result


@wrong("as_strided with strides of its own", says="transposed arrays")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    s = images.itemsize
    strides = (s * h * w * c, s * w * c * size, s * c * size, s, s * w * c, s * c)
    return as_strided(images, (n, h // size, w // size, c, size, size), strides).max(axis=(4, 5))


@wrong("keeps the odd row, np.ceil", says="incomplete windows were kept")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    rows, columns = int(np.ceil(h / size)), int(np.ceil(w / size))
    result = np.zeros((n, rows, columns, c))
    for i in range(rows):
        for j in range(columns):
            result[:, i, j] = images[:, i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(1, 2))
    return result


@wrong("fills up with zeros, as block_reduce does", says="filled up with zeros")
def max_pool2d(images, size=2):
    _, h, w, _ = images.shape
    return by_hand(np.pad(images, ((0, 0), (0, -h % size), (0, -w % size), (0, 0))), size)


@wrong("Keras with padding same", says="incomplete windows were kept")
def max_pool2d(images, size=2):
    import keras

    return keras.ops.max_pool(images.astype("float32"), size, strides=size, padding="same")


@wrong("drops the first row", says="first rows or columns were dropped")
def max_pool2d(images, size=2):
    return by_hand(images[:, images.shape[1] % size :, images.shape[2] % size :], size)


@wrong("no odd sizes", says="fills no window")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    return images.reshape(n, h // size, size, w // size, size, c).max(axis=(2, 4))


@wrong("drops one row at most", says="fill no window")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    x = images[:, : h - (h % size > 0), : w - (w % size > 0)]
    return x.reshape(n, h // size, size, w // size, size, c).max(axis=(2, 4))


@wrong("crops to even sizes", says="not do what it should")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    x = images[:, : h - h % 2, : w - w % 2]
    return x.reshape(n, x.shape[1] // size, size, x.shape[2] // size, size, c).max(axis=(2, 4))


@wrong("ignores size", says="window was 2 × 2 although size is")
def max_pool2d(images, size=2):
    return by_hand(images, 2)


@wrong("has no size", says="windows that are not 2 × 2")
def max_pool2d(images):
    return by_hand(images, 2)


@wrong("has no default for size", says="missing 1 required positional argument: 'size'")
def max_pool2d(images, size):
    return by_hand(images, size)


@wrong("moves by 2 whatever the size", says="stood 2 pixels apart")
def max_pool2d(images, size=2):
    return by_hand(images, size, 2)


@wrong("2 by 2 windows, size apart", says="only 2 × 2")
def max_pool2d(images, size=2):
    if size == 2:
        return by_hand(images, 2)
    return np.maximum.reduce([cropped(images, size)[:, a::size, b::size] for a in range(min(2, size)) for b in range(min(2, size))])


@wrong("takes size for the number of windows", says="number of windows")
def max_pool2d(images, size=2):
    if size == 2:
        return by_hand(images, 2)
    return by_hand(images, images.shape[1] // size)


@wrong("half the size, whatever the size", says="windows that are not 2 × 2")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    result = np.zeros((n, h // 2, w // 2, c))
    for i in range(h // 2):
        for j in range(w // 2):
            result[:, i, j] = images[:, i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(1, 2))
    return result


@wrong("collects the maxima in the images", says="changed its first argument")
def max_pool2d(images, size=2):
    n, h, w, c = images.shape
    for i in range(h // size):
        for j in range(w // size):
            images[:, i, j] = images[:, i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(1, 2))
    return images[:, : h // size, : w // size].copy()


@wrong("prints and returns nothing", says="return")
def max_pool2d(images, size=2):
    print(by_hand(images, size).shape)


@wrong("writes the sizes of the network down", says="a size of our network")
def max_pool2d(images, size=2):
    return images.reshape(len(images), 13, 2, 13, 2, 28).max(axis=(2, 4))
