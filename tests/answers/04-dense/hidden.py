"""What students write for hidden."""

import numpy as np
from bank import right, wrong
from numpy.lib.stride_tricks import sliding_window_view


def maps_of(images, kernels, bias):
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcab,abcf->nijf", windows, kernels) + bias


def pooled_maps(maps):
    n, h, w, filters = maps.shape
    return maps[:, : h // 2 * 2, : w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, filters).max(axis=(2, 4))


def relu(x):
    return np.maximum(x, 0)


def features(images, kernels, bias):
    return pooled_maps(relu(maps_of(images, kernels, bias))).reshape(len(images), -1)


def dense(x, weights, bias):
    return x @ weights + bias


@right("three layers in a row")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))


@right("those of autograder.given")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    from autograder import given

    return given.relu(given.dense(given.features(images, conv_kernels, conv_bias), dense_weights, dense_bias))


@right("given.hidden")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    from autograder.given import hidden as ready

    return ready(images, conv_kernels, conv_bias, dense_weights, dense_bias)


@right("relu after the pooling")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    flat = relu(pooled_maps(maps_of(images, conv_kernels, conv_bias))).reshape(len(images), -1)
    return relu(dense(flat, dense_weights, dense_bias))


@right("one image at a time, as a list")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    rows = []
    for image in images:
        row = features(image[None], conv_kernels, conv_bias)[0] @ dense_weights + dense_bias
        rows.append([max(0.0, float(value)) for value in row])
    return rows


@right("keras.ops throughout")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    import keras

    maps = keras.ops.relu(keras.ops.conv(images.astype("float32"), conv_kernels.astype("float32")) + conv_bias.astype("float32"))
    flat = keras.ops.reshape(keras.ops.max_pool(maps, 2), (len(images), -1))
    return keras.ops.relu(keras.ops.matmul(flat, dense_weights.astype("float32")) + dense_bias.astype("float32"))


@right("a Keras model with these weights")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input(images.shape[1:]),
            layers.Conv2D(len(conv_bias), conv_kernels.shape[:2], activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(len(dense_bias), activation="relu"),
        ]
    )
    model.set_weights([conv_kernels, conv_bias, dense_weights, dense_bias])
    return model(images)


@right("dropout that is switched off")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias, training=False):
    answers = relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))
    if training:
        answers = answers * (np.random.default_rng().random(answers.shape) > 0.2) / 0.8
    return answers


@right("np.where in float64")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    z = np.dot(features(images, conv_kernels, conv_bias).astype(float), dense_weights) + dense_bias
    return np.where(z > 0, z, 0)


@wrong("without the second relu", says="second relu is missing")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias)


@wrong("relu on the features again", says="relu inside `features`")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    maps = pooled_maps(maps_of(images, conv_kernels, conv_bias)).reshape(len(images), -1)
    return dense(relu(maps), dense_weights, dense_bias)


@wrong("without the dense bias", says="bias of the dense layer was forgotten")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(features(images, conv_kernels, conv_bias) @ dense_weights)


@wrong("relu before the bias", says="relu came before the bias")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(features(images, conv_kernels, conv_bias) @ dense_weights) + dense_bias


@wrong("without the bias of the convolution", says="bias of the convolution")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images, conv_kernels, 0), dense_weights, dense_bias))


@wrong("without the first relu", says="first relu is missing")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    flat = pooled_maps(maps_of(images, conv_kernels, conv_bias)).reshape(len(images), -1)
    return relu(dense(flat, dense_weights, dense_bias))


@wrong("no relu at all", says="Both relus")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    flat = pooled_maps(maps_of(images, conv_kernels, conv_bias)).reshape(len(images), -1)
    return dense(flat, dense_weights, dense_bias)


@wrong("features only", says="Those are the features")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return features(images, conv_kernels, conv_bias)


@wrong("softmax at the end", says="softmax")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    z = dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias)
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@wrong("sigmoid at the end", says="sigmoid")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return 1 / (1 + np.exp(-dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias)))


@wrong("absolute values", says="lost their signs")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return np.abs(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))


@wrong("with dropout", says="dropout")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    answers = relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))
    return answers * (np.random.default_rng(1).random(answers.shape) > 0.2) / 0.8


@wrong("with dropout that does not rescale", says="dropout")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    answers = relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))
    answers[np.random.default_rng(1).random(answers.shape) < 0.2] = 0
    return answers


@wrong("the mean of each window", says="averaged")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    maps = relu(maps_of(images, conv_kernels, conv_bias))
    n, h, w, filters = maps.shape
    pooled = maps[:, : h // 2 * 2, : w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, filters).mean(axis=(2, 4))
    return relu(dense(pooled.reshape(n, -1), dense_weights, dense_bias))


@wrong("flattens map by map", says="another order")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    pooled = pooled_maps(relu(maps_of(images, conv_kernels, conv_bias)))
    return relu(dense(pooled.transpose(0, 3, 1, 2).reshape(len(images), -1), dense_weights, dense_bias))


@wrong("flips the kernels", says="flipped")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images, conv_kernels[::-1, ::-1], conv_bias), dense_weights, dense_bias))


@wrong("no pooling", says="the pooling was left out")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    flat = relu(maps_of(images, conv_kernels, conv_bias)).reshape(len(images), -1)
    return relu(dense(flat, dense_weights, dense_bias))


@wrong("skips the convolution", says="The images reached the dense layer as they are")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(images.reshape(len(images), -1), dense_weights, dense_bias))


@wrong("divides by 255", says="divided by 255")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images / 255, conv_kernels, conv_bias), dense_weights, dense_bias))


@wrong("divides by 255 where it takes the images for bytes", says="divided by 255")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    images = images / 255 if images.max() > 1 else images
    return relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))


@wrong("the sizes of the network", says="take all sizes from the arrays")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    flat = pooled_maps(relu(maps_of(images, conv_kernels, conv_bias))).reshape(-1, 4732)
    return relu(dense(flat, dense_weights, dense_bias))


@wrong("28 by 28 only", says="right for images of 28 × 28")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    pooled = pooled_maps(relu(maps_of(images, conv_kernels, conv_bias)))
    return relu(dense(pooled.reshape(-1, 13 * 13 * len(conv_bias)), dense_weights, dense_bias))


@wrong("the first image only", says="first image")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images[:1], conv_kernels, conv_bias), dense_weights, dense_bias))


@wrong("squeezes a single image", says="axis of the images is missing")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias)).squeeze()


@wrong("biases swapped", says="may be swapped")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images, conv_kernels, dense_bias), dense_weights, conv_bias))


@wrong("relu in place on the images", says="changed its first argument")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    answers = relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))
    images -= 0.5
    return answers


@wrong("an average over the batch", says="should have the shape")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias)).mean(axis=0)


@wrong("no return", says="returned None")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    answers = relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias))


@wrong("calls a function that is not there", says="NameError")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(feature(images, conv_kernels, conv_bias), dense_weights, dense_bias))


@wrong("no pooling, with the layers of autograder.given", says="the pooling was left out")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    from autograder import given

    maps = given.relu(given.conv2d(images, conv_kernels, conv_bias))
    return given.relu(given.dense(given.flatten(maps), dense_weights, dense_bias))


@wrong("pads the images", says="padded")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    border = conv_kernels.shape[0] // 2
    padded = np.pad(images, ((0, 0), (border, border), (border, border), (0, 0)))
    return relu(dense(features(padded, conv_kernels, conv_bias), dense_weights, dense_bias))


@wrong("adds the bias of the dense layer again", says="added twice")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return relu(dense(features(images, conv_kernels, conv_bias), dense_weights, dense_bias) + dense_bias)


@right("weights as (rows, columns, filters, units)")
def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    pooled = pooled_maps(relu(maps_of(images, conv_kernels, conv_bias)))
    weights = dense_weights.reshape(*pooled.shape[1:], -1)
    return relu(np.einsum("nijf,ijfu->nu", pooled, weights) + dense_bias)
