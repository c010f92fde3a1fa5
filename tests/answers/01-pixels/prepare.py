"""What students write for prepare."""

import numpy as np
from bank import right, wrong


@wrong("forgets to divide", says="not divided by 255")
def prepare(images):
    return images.astype("float32")[..., np.newaxis]


@wrong("forgets the channel axis", says="channel axis is missing")
def prepare(images):
    return images.astype("float32") / 255


@wrong("stays in float64", says="float64")
def prepare(images):
    return (images / 255)[..., np.newaxis]


@wrong("saves memory with float16", says="float16")
def prepare(images):
    return (images / 255).astype("float16")[..., np.newaxis]


@wrong("divides by 256", says="divided by 256")
def prepare(images):
    return images.astype("float32")[..., None] / 256


@wrong("divides by the largest pixel of the batch", says="largest one in the batch")
def prepare(images):
    images = images.astype("float32")
    return (images / images.max())[..., None]


@wrong("divides each image by its own largest pixel", says="its own largest")
def prepare(images):
    images = images.astype("float32")
    return (images / images.max(axis=(1, 2), keepdims=True))[..., None]


@wrong("stretches the batch to the whole range", says="stretched")
def prepare(images):
    images = images.astype("float32")[..., None]
    return (images - images.min()) / (images.max() - images.min())


@wrong("divides only if it seems necessary", says="always 255")
def prepare(images):
    images = images.astype("float32")[..., None]
    if images.max() > 1:
        images = images / 255
    return images


@wrong("divides whole numbers", says="fractions are gone")
def prepare(images):
    return (images // 255).astype("float32")[..., None]


@wrong("divides, then turns the result back into the images' dtype", says="fractions are gone")
def prepare(images):
    return (images / 255).astype(images.dtype)[..., None].astype("float32")


@wrong("makes black and white of it", says="fractions are gone")
def prepare(images):
    return (images > 127.5).astype("float32")[..., None]


@wrong("puts the channel first", says="wants it last")
def prepare(images):
    return images.astype("float32")[:, np.newaxis] / 255


@wrong("puts the new axis before the batch", says="wrong place")
def prepare(images):
    return np.expand_dims(images.astype("float32") / 255, 0)


@wrong("flattens the images", says="flattened")
def prepare(images):
    return images.reshape(len(images), 784).astype("float32") / 255


@wrong("repeats the ink in three channels", says="one channel")
def prepare(images):
    return np.stack([images.astype("float32") / 255] * 3, axis=-1)


@wrong("squeezes a batch of one image away", says="axis was lost")
def prepare(images):
    return np.squeeze(images.astype("float32") / 255)[..., np.newaxis]


@wrong("swaps rows and columns", says="rows and columns are swapped")
def prepare(images):
    return images.T.transpose(2, 0, 1)[..., None].astype("float32") / 255


@wrong("reshapes an array whose axes are in another order", says="wrong places")
def prepare(images):
    return np.moveaxis(images, 0, -1).reshape(-1, 28, 28, 1).astype("float32") / 255


@wrong("swaps paper and ink", says="swapped")
def prepare(images):
    return (1 - images.astype("float32") / 255)[..., None]


@wrong("scales to [-1, 1]", says="[-1, 1]")
def prepare(images):
    return (images.astype("float32") / 127.5 - 1)[..., None]


@wrong("standardises", says="standardised")
def prepare(images):
    images = images.astype("float32")[..., None]
    return (images - images.mean()) / images.std()


@wrong("divides twice", says="twice")
def prepare(images):
    images = images.astype("float32") / 255
    return images[..., None] / 255


@wrong("prints in place of returning", says="return")
def prepare(images):
    print(images.astype("float32")[..., None] / 255)


@wrong("assumes 60,000 images", says="60000")
def prepare(images):
    return images.reshape(60000, 28, 28, 1).astype("float32") / 255


@wrong("scales in place afterwards", says="changed its first argument")
def prepare(images):
    scaled = images.astype("float32")[..., None] / 255
    images[images > 0] = 1
    return scaled


@right("as in the solution")
def prepare(images):
    scaled = images.astype("float32") / 255
    return scaled[..., np.newaxis]


@right("divides first and converts last")
def prepare(images):
    return np.expand_dims(images / 255.0, -1).astype(np.float32)


@right("multiplies by the reciprocal")
def prepare(images):
    return np.float32(1 / 255) * images.reshape((*images.shape, 1))


@right("with loops")
def prepare(images):
    n, height, width = images.shape
    result = np.empty((n, height, width, 1), dtype="float32")
    for i in range(n):
        for row in range(height):
            for column in range(width):
                result[i, row, column, 0] = images[i, row, column] / 255
    return result


@right("with np.true_divide into float32")
def prepare(images):
    return np.true_divide(images, 255, dtype=np.float32).reshape(-1, 28, 28, 1)


@right("a list of float32 images")
def prepare(images):
    return [image.astype(np.float32)[:, :, None] / np.float32(255) for image in images]


@right("through a table of the 256 values")
def prepare(images):
    table = np.arange(256, dtype=np.float32) / 255
    return table[images][..., None]


@right("with TensorFlow")
def prepare(images):
    import tensorflow as tf

    return tf.cast(images, tf.float32)[..., tf.newaxis] / 255
