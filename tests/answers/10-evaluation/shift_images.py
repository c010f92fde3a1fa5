"""What students write for shift_images."""

import numpy as np
from bank import right, wrong


@right("slices of source and target")
def shift_images(images, dx, dy):
    result = np.zeros_like(images)
    result[:, max(dy, 0) : 28 + min(dy, 0), max(dx, 0) : 28 + min(dx, 0)] = images[
        :, max(-dy, 0) : 28 - max(dy, 0), max(-dx, 0) : 28 - max(dx, 0)
    ]
    return result


@right("padded on all sides, then cropped")
def shift_images(images, dx, dy):
    pad = [(0, 0), (28, 28), (28, 28)] + [(0, 0)] * (images.ndim - 3)
    large = np.pad(images, pad)
    return large[:, 28 - dy : 56 - dy, 28 - dx : 56 - dx]


@right("rolled, and what came in erased")
def shift_images(images, dx, dy):
    result = np.roll(images, (dy, dx), axis=(1, 2))
    if dy > 0:
        result[:, :dy] = 0
    elif dy < 0:
        result[:, dy:] = 0
    if dx > 0:
        result[:, :, :dx] = 0
    elif dx < 0:
        result[:, :, dx:] = 0
    return result


@right("a loop over rows and columns")
def shift_images(images, dx, dy):
    result = np.zeros(images.shape)
    for i in range(28):
        for j in range(28):
            if 0 <= i - dy < 28 and 0 <= j - dx < 28:
                result[:, i, j] = images[:, i - dy, j - dx]
    return result


@right("matrices that move rows and columns")
def shift_images(images, dx, dy):
    down, right = np.eye(28, k=-dy), np.eye(28, k=dx)
    if images.ndim == 4:
        return (down @ images[..., 0] @ right)[..., None]
    return down @ images @ right


@right("a step at a time")
def shift_images(images, dx, dy):
    result = np.array(images, dtype=float)
    for _ in range(abs(dx)):
        moved = np.zeros_like(result)
        if dx > 0:
            moved[:, :, 1:] = result[:, :, :-1]
        else:
            moved[:, :, :-1] = result[:, :, 1:]
        result = moved
    for _ in range(abs(dy)):
        moved = np.zeros_like(result)
        if dy > 0:
            moved[:, 1:] = result[:, :-1]
        else:
            moved[:, :-1] = result[:, 1:]
        result = moved
    return result


@right("indices with a mask, and the same array for no move")
def shift_images(images, dx, dy):
    if dx == 0 and dy == 0:
        return images
    i, j = np.arange(28) - dy, np.arange(28) - dx
    picked = images[:, i.clip(0, 27)][:, :, j.clip(0, 27)].copy()
    picked[:, (i < 0) | (i > 27)] = 0
    picked[:, :, (j < 0) | (j > 27)] = 0
    return picked


@right("nested lists")
def shift_images(images, dx, dy):
    zero = np.zeros(images.shape[3:]).tolist()
    return [
        [[image[i - dy][j - dx] if 0 <= i - dy < 28 and 0 <= j - dx < 28 else zero for j in range(28)] for i in range(28)]
        for image in images.tolist()
    ]


@right("by Keras' padding and cropping")
def shift_images(images, dx, dy):
    from keras import layers

    batch = images.reshape(-1, 28, 28, 1).astype("float32")
    large = layers.ZeroPadding2D(((max(dy, 0), max(-dy, 0)), (max(dx, 0), max(-dx, 0))))(batch)
    moved = np.asarray(large)[:, max(-dy, 0) : max(-dy, 0) + 28, max(-dx, 0) : max(-dx, 0) + 28]
    return moved.reshape(images.shape)


@right("image by image with scipy")
def shift_images(images, dx, dy):
    from scipy.ndimage import shift

    return np.array([shift(image.reshape(28, 28), (dy, dx), order=0).reshape(image.shape) for image in images])


@wrong("np.roll", says="np.roll")
def shift_images(images, dx, dy):
    return np.roll(images, (dy, dx), axis=(1, 2))


@wrong("np.roll, swapped", says="swapped")
def shift_images(images, dx, dy):
    return np.roll(images, (dx, dy), axis=(1, 2))


@wrong("np.roll without axes", says="one long row")
def shift_images(images, dx, dy):
    return np.stack([np.roll(image, dy * 28 + dx) for image in images])


@wrong("axes 0 and 1", says="axes are off by one")
def shift_images(images, dx, dy):
    return np.roll(np.roll(images, dy, axis=0), dx, axis=1)


def moved(images, dx, dy):
    result = np.zeros_like(images)
    result[:, max(dy, 0) : 28 + min(dy, 0), max(dx, 0) : 28 + min(dx, 0)] = images[
        :, max(-dy, 0) : 28 - max(dy, 0), max(-dx, 0) : 28 - max(dx, 0)
    ]
    return result


@wrong("dx and dy swapped", says="dx and dy are swapped")
def shift_images(images, dx, dy):
    return moved(images, dy, dx)


@wrong("left and up", says="moved the wrong way")
def shift_images(images, dx, dy):
    return moved(images, -dx, -dy)


@wrong("up, as in mathematics", says="moved up and not down")
def shift_images(images, dx, dy):
    return moved(images, dx, -dy)


@wrong("left", says="moved left and not right")
def shift_images(images, dx, dy):
    return moved(images, -dx, dy)


@wrong("positive shifts only", says="negative")
def shift_images(images, dx, dy):
    result = np.zeros_like(images)
    result[:, dy:, dx:] = images[:, : 28 - dy, : 28 - dx]
    return result


@wrong("fails at 0", says="[:-0] is empty")
def shift_images(images, dx, dy):
    result = np.zeros_like(images)
    ty, sy = (slice(dy, None), slice(None, -dy)) if dy >= 0 else (slice(None, dy), slice(-dy, None))
    tx, sx = (slice(dx, None), slice(None, -dx)) if dx >= 0 else (slice(None, dx), slice(-dx, None))
    result[:, ty, tx] = images[:, sy, sx]
    return result


@wrong("fails at 0, rolled and erased", says="is 0")
def shift_images(images, dx, dy):
    result = np.roll(images, (dy, dx), axis=(1, 2))
    if dy >= 0:
        result[:, :dy] = 0
    else:
        result[:, dy:] = 0
    if dx > 0:
        result[:, :, :dx] = 0
    else:
        result[:, :, dx:] = 0
    return result


@wrong("one direction at a time", says="Only dx was used")
def shift_images(images, dx, dy):
    if dx != 0:
        return moved(images, dx, 0)
    return moved(images, 0, dy)


@wrong("only dy", says="Only dy was used")
def shift_images(images, dx, dy):
    return moved(images, 0, dy)


@wrong("three axes only", says="(n, 28, 28, 1)")
def shift_images(images, dx, dy):
    large = np.pad(images, ((0, 0), (28, 28), (28, 28)))
    return large[:, 28 - dy : 56 - dy, 28 - dx : 56 - dx]


@wrong("drops the channel", says="channel got lost")
def shift_images(images, dx, dy):
    return moved(images.reshape(-1, 28, 28), dx, dy)


@wrong("the axes counted from the end", says="(n, 28, 28, 1)")
def shift_images(images, dx, dy):
    large = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(28, 28), (28, 28)])
    return large[..., 28 - dy : 56 - dy, 28 - dx : 56 - dx]


@wrong("copies of the edge", says="copies of the edge")
def shift_images(images, dx, dy):
    pad = [(0, 0), (28, 28), (28, 28)] + [(0, 0)] * (images.ndim - 3)
    return np.pad(images, pad, mode="edge")[:, 28 - dy : 56 - dy, 28 - dx : 56 - dx]


@wrong("padded and not cropped", says="has grown")
def shift_images(images, dx, dy):
    pad = [(0, 0), (max(dy, 0), max(-dy, 0)), (max(dx, 0), max(-dx, 0))] + [(0, 0)] * (images.ndim - 3)
    return np.pad(images, pad)


@wrong("cropped and not padded", says="no zeros moved in")
def shift_images(images, dx, dy):
    return images[:, max(-dy, 0) : 28 - max(dy, 0), max(-dx, 0) : 28 - max(dx, 0)]


@wrong("cut, and put back where it was", says="put back where it was")
def shift_images(images, dx, dy):
    result = np.zeros_like(images)
    part = (slice(None), slice(max(-dy, 0), 28 - max(dy, 0)), slice(max(-dx, 0), 28 - max(dx, 0)))
    result[part] = images[part]
    return result


@wrong("nothing moved", says="Nothing moved")
def shift_images(images, dx, dy):
    return images


@wrong("in place", says="changed its first argument")
def shift_images(images, dx, dy):
    images[:] = moved(images, dx, dy)
    return images


@wrong("rolls a view in place", says="changed its first argument")
def shift_images(images, dx, dy):
    if dy > 0:
        images[:, 28 - dy :] = 0
    return moved(images, dx, dy)


@wrong("not as far as 28", says="but not for the largest")
def shift_images(images, dx, dy):
    large = np.pad(images, [(0, 0), (14, 14), (14, 14)] + [(0, 0)] * (images.ndim - 3))
    return large[:, max(14 - dy, 0) : 42 - dy, max(14 - dx, 0) : 42 - dx]


@wrong("28 is 0 again", says="but not for the largest")
def shift_images(images, dx, dy):
    return moved(images, dx % 28 if dx >= 0 else -(-dx % 28), dy % 28 if dy >= 0 else -(-dy % 28))


@wrong("whole numbers", says="cut to whole numbers")
def shift_images(images, dx, dy):
    return moved(images.astype(int), dx, dy)


@wrong("unsigned bytes always", says="cut to whole numbers")
def shift_images(images, dx, dy):
    result = np.zeros(images.shape, np.uint8)
    result[:] = moved(images, dx, dy)
    return result


@wrong("only the first image", says="first image of the batch")
def shift_images(images, dx, dy):
    return moved(images[:1], dx, dy)[0]


@wrong("no return", says="return")
def shift_images(images, dx, dy):
    moved(images, dx, dy)


@wrong("scaled by 255", says="differ")
def shift_images(images, dx, dy):
    return moved(images, dx, dy) / 255
