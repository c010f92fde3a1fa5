"""What students write for numpy_forward."""

import keras
import numpy as np
from bank import right, wrong

from autograder.given import conv2d, dense, flatten, max_pool2d, relu, softmax


@right("with the given layers")
def numpy_forward(images, weights):
    kernels, conv_bias, dense_weights, dense_bias, output_weights, output_bias = weights
    features = flatten(max_pool2d(relu(conv2d(images, kernels, conv_bias))))
    return softmax(dense(relu(dense(features, dense_weights, dense_bias)), output_weights, output_bias))


@right("one loop over the weights, in NumPy")
def numpy_forward(images, weights):
    x = np.array(images, dtype=float)
    windows = np.lib.stride_tricks.sliding_window_view(x[..., 0], (3, 3), axis=(1, 2))
    x = np.maximum(np.tensordot(windows, weights[0][:, :, 0], axes=2) + weights[1], 0)
    x = x.reshape(-1, 13, 2, 13, 2, 28).max(axis=(2, 4)).reshape(len(x), -1)
    for w, b, last in [(weights[2], weights[3], False), (weights[4], weights[5], True)]:
        x = x @ w + b
        x = x if last else np.where(x > 0, x, 0)
    e = np.exp(x - x.max(axis=1)[:, None])
    return e / e.sum(axis=1)[:, None]


@right("pooling before ReLU, in float32, nine shifted images")
def numpy_forward(images, weights):
    k, a, u, b, v, c = [np.asarray(w, dtype=np.float32) for w in weights]
    maps = sum(images[:, i : i + 26, j : j + 26] * k[i, j, 0] for i in range(3) for j in range(3)) + a
    pooled = np.maximum(np.maximum(maps[:, ::2, ::2], maps[:, 1::2, ::2]), np.maximum(maps[:, ::2, 1::2], maps[:, 1::2, 1::2]))
    hidden = (np.maximum(pooled, 0).reshape(images.shape[0], 4732) @ u + b).clip(0)
    scores = hidden @ v + c
    scores -= scores.max(axis=-1, keepdims=True)
    return np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)


@right("one image at a time, as a list of lists")
def numpy_forward(images, weights):
    answers = []
    for image in images:
        features = flatten(max_pool2d(relu(conv2d(image[None], weights[0], weights[1]))))
        hidden = np.maximum(features @ weights[2] + weights[3], 0)
        answers.append(softmax(hidden @ weights[4] + weights[5])[0].tolist())
    return answers


@right("asks Keras, which holds our oracle to it")
def numpy_forward(images, weights):
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(28, (3, 3), activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.set_weights(weights)
    return model(images, training=False)


def forward(images, weights, conv_relu=relu, pool=max_pool2d, flat=flatten, dense_relu=relu, after=np.copy, last=softmax):
    features = flat(pool(conv_relu(conv2d(images, weights[0], weights[1]))))
    return last(dense(after(dense_relu(dense(features, weights[2], weights[3]))), weights[4], weights[5]))


@wrong("no ReLU after the convolution", says="The relu after the convolution is missing")
def numpy_forward(images, weights):
    return forward(images, weights, conv_relu=np.copy)


@wrong("no ReLU after the hidden layer", says="The relu after the hidden dense layer is missing")
def numpy_forward(images, weights):
    return forward(images, weights, dense_relu=np.copy)


@wrong("no ReLU at all", says="Both relus are missing")
def numpy_forward(images, weights):
    return forward(images, weights, conv_relu=np.copy, dense_relu=np.copy)


@wrong("no softmax", says="softmax is missing at the end")
def numpy_forward(images, weights):
    return forward(images, weights, last=np.copy)


@wrong("softmax over the images", says="over the images (axis 0)")
def numpy_forward(images, weights):
    return forward(images, weights, last=lambda x: softmax(x.T).T)


@wrong("softmax twice", says="twice")
def numpy_forward(images, weights):
    return softmax(forward(images, weights))


@wrong("softmax that overflows", says="Subtract the largest score first")
def numpy_forward(images, weights):
    return forward(images, weights, last=lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True))


@wrong("the answers in place of probabilities", says="Return the ten probabilities")
def numpy_forward(images, weights):
    return forward(images, weights).argmax(axis=1)


@wrong("ReLU before softmax", says="The scores went through relu")
def numpy_forward(images, weights):
    return forward(images, weights, last=lambda x: softmax(relu(x)))


@wrong("the convolution's bias forgotten", says="The convolution's bias was not added")
def numpy_forward(images, weights):
    return forward(images, [weights[0], np.zeros(28), *weights[2:]])


@wrong("the hidden layer's bias forgotten", says="The hidden dense layer's bias was not added")
def numpy_forward(images, weights):
    return forward(images, [*weights[:3], np.zeros(128), *weights[4:]])


@wrong("the output layer's bias forgotten", says="The output layer's bias was not added")
def numpy_forward(images, weights):
    return forward(images, [*weights[:5], np.zeros(10)])


@wrong("all biases forgotten", says="The biases were not added")
def numpy_forward(images, weights):
    return forward(images, [weights[0], np.zeros(28), weights[2], np.zeros(128), weights[4], np.zeros(10)])


@wrong("rescales by what dropout keeps", says="none is rescaled by 0.8")
def numpy_forward(images, weights):
    return forward(images, weights, after=lambda x: x * 0.8)


@wrong("rescales as dropout does in training", says="none is rescaled by 1 / 0.8")
def numpy_forward(images, weights):
    return forward(images, weights, after=lambda x: x / 0.8)


@wrong("drops at random", says="The same call twice gave different results")
def numpy_forward(images, weights):
    return forward(images, weights, after=lambda x: x * (np.random.random(x.shape) >= 0.2) / 0.8)


@wrong("divides by 255", says="divided by 255")
def numpy_forward(images, weights):
    return forward(images / 255, weights)


@wrong("divides by 255 where the pixels are large", says="divided by 255")
def numpy_forward(images, weights):
    return forward(images / 255 if images.max() > 1 else images, weights)


@wrong("flips the kernels", says="flipped")
def numpy_forward(images, weights):
    return forward(images, [weights[0][::-1, ::-1], *weights[1:]])


@wrong("mean pooling", says="mean of each window")
def numpy_forward(images, weights):
    return forward(images, weights, pool=lambda x: x.reshape(-1, 13, 2, 13, 2, 28).mean(axis=(2, 4)))


@wrong("flattens channel by channel", says="the channel changes fastest")
def numpy_forward(images, weights):
    return forward(images, weights, flat=lambda x: x.transpose(0, 3, 1, 2).reshape(len(x), -1))


@wrong("one row for each class", says="Rows and columns are exchanged")
def numpy_forward(images, weights):
    return forward(images, weights).T


@wrong("squeezes a batch of one", says="An axis was lost")
def numpy_forward(images, weights):
    return np.squeeze(forward(images, weights))


@wrong("only the first image", says="shape")
def numpy_forward(images, weights):
    return forward(images[:1], weights)


@wrong("uses weights of its own", says="Other weights gave the same result")
def numpy_forward(images, weights):
    rng = np.random.default_rng(0)
    return forward(images, [rng.normal(0, 0.1, weight.shape) for weight in weights])


@wrong("changes the weights", says="numpy_forward changed its second argument")
def numpy_forward(images, weights):
    result = forward(images, weights)
    weights[0] *= 2
    return result


@wrong("empties the list of weights", says="numpy_forward changed its second argument")
def numpy_forward(images, weights):
    kernels, conv_bias = weights.pop(0), weights.pop(0)
    return forward(images, [kernels, conv_bias, *weights])


@wrong("scales the images in place", says="numpy_forward changed its first argument")
def numpy_forward(images, weights):
    result = forward(images, weights)
    images -= 0.5
    return result


@wrong("prints", says="returned None")
def numpy_forward(images, weights):
    print(forward(images, weights))


@wrong("softmax over the whole batch", says="Softmax was taken over all scores of the batch")
def numpy_forward(images, weights):
    kernels, conv_bias, dense_weights, dense_bias, output_weights, output_bias = weights
    features = flatten(max_pool2d(relu(conv2d(images, kernels, conv_bias))))
    scores = dense(relu(dense(features, dense_weights, dense_bias)), output_weights, output_bias)
    powers = np.exp(scores - np.max(scores))
    return powers / np.sum(powers)


@wrong("the second relu forgotten, the output's added", says="numpy_forward(images, weights)")
def numpy_forward(images, weights):
    kernels, conv_bias, dense_weights, dense_bias, output_weights, output_bias = weights
    features = flatten(max_pool2d(relu(conv2d(images, kernels, conv_bias))))
    return softmax(relu(dense(dense(features, dense_weights, dense_bias), output_weights, output_bias)))


@right("with hidden of lesson 4")
def numpy_forward(images, weights):
    from autograder.given import hidden

    return softmax(dense(hidden(images, *weights[:4]), *weights[4:]))


@right("Keras' operations, returned as a tensor")
def numpy_forward(images, weights):
    k, a, u, b, v, c = weights
    x = keras.ops.relu(keras.ops.conv(keras.ops.convert_to_tensor(images), k) + a)
    x = keras.ops.reshape(keras.ops.max_pool(x, 2), (len(images), -1))
    return keras.ops.softmax(keras.ops.relu(x @ u + b) @ v + c)


@wrong("the convolution's bias behind relu", says="added behind relu")
def numpy_forward(images, weights):
    kernels, conv_bias, dense_weights, dense_bias, output_weights, output_bias = weights
    maps = relu(conv2d(images, kernels, np.zeros(28))) + conv_bias
    return softmax(dense(relu(dense(flatten(max_pool2d(maps)), dense_weights, dense_bias)), output_weights, output_bias))


@wrong("both biases behind relu", says="added behind relu")
def numpy_forward(images, weights):
    kernels, conv_bias, dense_weights, dense_bias, output_weights, output_bias = weights
    features = flatten(max_pool2d(relu(conv2d(images, kernels, 0 * conv_bias)) + conv_bias))
    return softmax(dense(relu(features @ dense_weights) + dense_bias, output_weights, output_bias))
