"""What students write for features."""

import numpy as np
from bank import right, wrong
from numpy.lib.stride_tricks import sliding_window_view

from autograder import given
from autograder.given import conv2d, flatten, max_pool2d, relu


@right("four layers in a row")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images, kernels, bias))))


@right("step by step, with the given layers")
def features(images, kernels, bias):
    x = given.conv2d(images, kernels, bias)
    x = given.relu(x)
    x = given.max_pool2d(x, 2)
    return given.flatten(x)


@right("pooling before relu")
def features(images, kernels, bias):
    return flatten(relu(max_pool2d(conv2d(images, kernels, bias))))


@right("relu at the very end")
def features(images, kernels, bias):
    return np.maximum(flatten(max_pool2d(conv2d(images, kernels, bias))), 0)


@right("the bias after the pooling")
def features(images, kernels, bias):
    return flatten(relu(max_pool2d(conv2d(images, kernels, np.zeros_like(bias))) + bias))


@right("all in NumPy, float64")
def features(images, kernels, bias):
    kh, kw, _, filters = kernels.shape
    maps = np.einsum("nijcab,abcf->nijf", sliding_window_view(images, (kh, kw), axis=(1, 2)), kernels) + bias
    rows, columns = maps.shape[1] // 2, maps.shape[2] // 2
    maps = np.maximum(maps, 0)[:, : 2 * rows, : 2 * columns]
    return maps.reshape(-1, rows, 2, columns, 2, filters).max(axis=(2, 4)).reshape(len(images), rows * columns * filters)


@right("one image at a time, as a list")
def features(images, kernels, bias):
    return [flatten(max_pool2d(relu(conv2d(image[None], kernels, bias))))[0].tolist() for image in images]


@right("one filter at a time")
def features(images, kernels, bias):
    maps = [max_pool2d(relu(conv2d(images, kernels[..., [f]], bias[[f]]))) for f in range(len(bias))]
    return flatten(np.concatenate(maps, axis=-1))


@right("a Keras model")
def features(images, kernels, bias):
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input(images.shape[1:]),
            layers.Conv2D(kernels.shape[3], kernels.shape[:2], activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
        ]
    )
    model.set_weights([kernels, bias])
    return model(images)


@right("the given one")
def features(images, kernels, bias):
    return given.features(images, kernels, bias)


@wrong("forgets relu", says="relu was forgotten")
def features(images, kernels, bias):
    return flatten(max_pool2d(conv2d(images, kernels, bias)))


@wrong("relu before the convolution", says="relu came before the convolution")
def features(images, kernels, bias):
    return flatten(max_pool2d(conv2d(relu(images), kernels, bias)))


@wrong("forgets the bias", says="bias was forgotten")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images, kernels, np.zeros_like(bias)))))


@wrong("the bias after relu", says="bias was added after relu")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images, kernels, np.zeros_like(bias))) + bias))


@wrong("absolute values for relu", says="absolute value")
def features(images, kernels, bias):
    return flatten(max_pool2d(np.abs(conv2d(images, kernels, bias))))


@wrong("forgets the pooling", says="pooling was forgotten")
def features(images, kernels, bias):
    return flatten(relu(conv2d(images, kernels, bias)))


@wrong("forgets flatten", says="flatten was forgotten")
def features(images, kernels, bias):
    return max_pool2d(relu(conv2d(images, kernels, bias)))


@wrong("forgets flatten and relu", says="relu is missing")
def features(images, kernels, bias):
    return max_pool2d(conv2d(images, kernels, bias))


@wrong("pools the images", says="images were pooled before the convolution")
def features(images, kernels, bias):
    return flatten(relu(conv2d(max_pool2d(images), kernels, bias)))


@wrong("pools twice", says="pooled twice")
def features(images, kernels, bias):
    return flatten(max_pool2d(max_pool2d(relu(conv2d(images, kernels, bias)))))


@wrong("mean pooling", says="mean of each window")
def features(images, kernels, bias):
    import keras

    return flatten(np.asarray(keras.ops.average_pool(relu(conv2d(images, kernels, bias)), 2)))


@wrong("mean pooling before relu", says="mean of each window")
def features(images, kernels, bias):
    import keras

    return flatten(relu(np.asarray(keras.ops.average_pool(conv2d(images, kernels, bias), 2))))


@wrong("pooling that moves by one", says="overlap")
def features(images, kernels, bias):
    import keras

    return flatten(np.asarray(keras.ops.max_pool(relu(conv2d(images, kernels, bias)), 2, strides=1)))


@wrong("drops pixels", says="Only the first pixel")
def features(images, kernels, bias):
    maps = relu(conv2d(images, kernels, bias))
    return flatten(maps[:, : maps.shape[1] // 2 * 2 : 2, : maps.shape[2] // 2 * 2 : 2])


@wrong("windows of 3 by 3", says="not 2 × 2 but 3 × 3")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images, kernels, bias)), 3))


@wrong("pools over the channels", says="over the channels, too")
def features(images, kernels, bias):
    pooled = max_pool2d(relu(conv2d(images, kernels, bias)))
    return flatten(np.broadcast_to(pooled.max(axis=3, keepdims=True), pooled.shape))


@wrong("map after map", says="channels come first")
def features(images, kernels, bias):
    return flatten(np.moveaxis(max_pool2d(relu(conv2d(images, kernels, bias))), 3, 1))


@wrong("column order", says="first index runs fastest")
def features(images, kernels, bias):
    return max_pool2d(relu(conv2d(images, kernels, bias))).reshape(len(images), -1, order="F")


@wrong("columns before rows", says="Rows and columns were swapped")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images, kernels, bias))).transpose(0, 2, 1, 3))


@wrong("the whole batch in one row", says="whole batch")
def features(images, kernels, bias):
    return max_pool2d(relu(conv2d(images, kernels, bias))).ravel()


@wrong("no axis for a single image", says="even for a single image")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images, kernels, bias)))).squeeze()


@wrong("divides by 255", says="divided by 255")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images / 255, kernels, bias))))


@wrong("flips the kernels", says="flipped")
def features(images, kernels, bias):
    return flatten(max_pool2d(relu(conv2d(images, kernels[::-1, ::-1], bias))))


@wrong("padding same", says="padded")
def features(images, kernels, bias):
    import keras

    return flatten(max_pool2d(relu(np.asarray(keras.ops.conv(images.astype("float32"), kernels.astype("float32"), padding="same")) + bias)))


@wrong("4732 always", says="cannot reshape")
def features(images, kernels, bias):
    return max_pool2d(relu(conv2d(images, kernels, bias))).reshape(len(images), 4732)


@wrong("keeps the odd row", says="incomplete windows were kept")
def features(images, kernels, bias):
    import keras

    return flatten(np.asarray(keras.ops.max_pool(relu(conv2d(images, kernels, bias)), 2, padding="same")))


@wrong("one channel only", says="not for other shapes")
def features(images, kernels, bias):
    n, h, w, _ = images.shape
    return flatten(max_pool2d(relu(conv2d(images.reshape(n, h, w, 1), kernels, bias))))


@wrong("scales the images it was given", says="changed its first argument")
def features(images, kernels, bias):
    result = flatten(max_pool2d(relu(conv2d(images, kernels, bias))))
    images /= 255
    return result


@wrong("returns nothing", says="return")
def features(images, kernels, bias):
    flatten(max_pool2d(relu(conv2d(images, kernels, bias))))


@wrong("reshapes to rows of 4732 at the end", says="a size of our network")
def features(images, kernels, bias):
    return max_pool2d(relu(conv2d(images, kernels, bias))).reshape(-1, 4732)


@right("bias and relu after the pooling, in NumPy")
def features(images, kernels, bias):
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    maps = np.tensordot(windows, kernels, ((4, 5, 3), (0, 1, 2)))
    n, h, w, f = maps.shape
    pooled = maps[:, : h // 2 * 2, : w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, f).max(axis=(2, 4))
    return np.maximum(pooled + bias, 0).reshape(n, -1)
