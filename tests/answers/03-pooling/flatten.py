"""What students write for flatten."""

import itertools

import numpy as np
from bank import right, wrong


@right("reshape")
def flatten(images):
    return images.reshape(images.shape[0], -1)


@right("reshape, with the product of the shape")
def flatten(images):
    return np.reshape(images, (len(images), int(np.prod(images.shape[1:]))))


@right("each image by itself")
def flatten(images):
    return np.array([image.flatten() for image in images])


@right("a list of ravelled images")
def flatten(images):
    return [image.ravel() for image in images]


@right("lists of numbers")
def flatten(images):
    return [list(map(float, image.flat)) for image in images]


@right("nested loops, whatever the number of axes")
def flatten(images):
    return [[image[index] for index in itertools.product(*map(range, image.shape))] for image in images]


@right("a copy whose shape is set")
def flatten(images):
    flat = np.array(images, order="C")
    flat.shape = (len(images), -1)
    return flat


@right("by an index computed from the others")
def flatten(images):
    result = np.zeros((len(images), images[0].size))
    for index in np.ndindex(*images.shape):
        result[index[0], np.ravel_multi_index(index[1:], images.shape[1:])] = images[index]
    return result


@right("np.vstack of rows")
def flatten(images):
    return np.vstack([image.reshape(1, -1) for image in images])


@right("axes joined one after the other")
def flatten(images):
    while images.ndim > 2:
        images = np.concatenate([images[:, i] for i in range(images.shape[1])], axis=1)
    return images


@right("Keras' layer")
def flatten(images):
    from keras import layers

    return layers.Flatten()(images)


@right("keras.ops.reshape")
def flatten(images):
    import keras

    return keras.ops.reshape(images, (len(images), -1))


@right("the given one")
def flatten(images):
    from autograder import given

    return given.flatten(images)


@wrong("the whole batch in one row, ravel", says="whole batch")
def flatten(images):
    return images.ravel()


@wrong("the whole batch in one row of a table", says="whole batch")
def flatten(images):
    return images.reshape(1, -1)


@wrong("column order", says="first index runs fastest")
def flatten(images):
    return images.reshape(len(images), -1, order="F")


@wrong("column order for each image", says="first index runs fastest")
def flatten(images):
    return np.array([image.flatten("F") for image in images])


@wrong("channels first", says="channels come first")
def flatten(images):
    return np.moveaxis(images, -1, 1).reshape(len(images), -1) if images.ndim > 2 else images


@wrong("map after map, joined", says="channels come first")
def flatten(images):
    return np.concatenate([images[..., c].reshape(len(images), -1) for c in range(images.shape[-1])], axis=1)


@wrong("columns before rows", says="Rows and columns were swapped")
def flatten(images):
    return images.swapaxes(1, 2).reshape(len(images), -1)


@wrong("a column for each image", says="stands in a column")
def flatten(images):
    return images.reshape(len(images), -1).T


@wrong("reshape to columns, then transpose", says="numbers of different images were mixed")
def flatten(images):
    return images.reshape(-1, len(images)).T


@wrong("images along the last axis", says="numbers of different images were mixed")
def flatten(images):
    return np.moveaxis(images, 0, -1).reshape(len(images), -1)


@wrong("keeps the channels", says="Only some of the axes")
def flatten(images):
    return images.reshape(len(images), -1, images.shape[-1])


@wrong("a row for each pixel", says="channels stayed an axis")
def flatten(images):
    return images.reshape(-1, images.shape[-1])


@wrong("joins image and row", says="first two axes were joined")
def flatten(images):
    return images.reshape(images.shape[0] * images.shape[1], -1)


@wrong("only the first image", says="only the first image")
def flatten(images):
    return images[0].reshape(-1)


@wrong("a row with an axis of 1", says="an axis too many")
def flatten(images):
    return images.reshape(len(images), 1, -1)


@wrong("adds the channels up", says="added up")
def flatten(images):
    return images.sum(axis=-1).reshape(len(images), -1)


@wrong("no row for a single image", says="even for a single image")
def flatten(images):
    return images.reshape(len(images), -1).squeeze()


@wrong("squeezes only", says="came back as they were")
def flatten(images):
    return images


@wrong("4732 always", says="cannot reshape")
def flatten(images):
    return images.reshape(len(images), 4732)


@wrong("four axes only", says="right for four axes, but not for the shape")
def flatten(images):
    n, h, w, c = images.shape
    return images.reshape(n, h * w * c)


@wrong("the order of the memory", says="order in which they lie in memory")
def flatten(images):
    return np.array([image.ravel(order="K") for image in images])


@wrong("the order of the memory, order A", says="order in which they lie in memory")
def flatten(images):
    return images.reshape(len(images), -1, order="A")


@wrong("one byte for each number", says="expected")
def flatten(images):
    return images.reshape(len(images), -1).astype(np.uint8)


@wrong("sets the shape of what it was given", says="changed its first argument")
def flatten(images):
    try:
        images.shape = (len(images), -1)
    except AttributeError:
        return images.reshape(len(images), -1)
    return images


@wrong("resizes what it was given", says="changed its first argument")
def flatten(images):
    result = images.reshape(len(images), -1).copy()
    if images.flags.c_contiguous and images.base is None:
        images.resize(result.shape, refcheck=False)
    else:
        images[:] = 0
    return result


@wrong("returns nothing", says="return")
def flatten(images):
    images.reshape(len(images), -1)


@wrong("reshapes to rows of 4732", says="a size of our network")
def flatten(images):
    return images.reshape(-1, 4732)
