"""The earlier layers, ready-made: for a lesson that builds on ones you have not written, or do not trust yet.

Each does what the exercise of the same name asks for, by calling Keras, so it gives no answer away:
`from autograder.given import conv2d, relu`.
"""

import autograder.quiet  # noqa: F401

# isort: split
import keras
import numpy as np


def conv2d(images, kernels, bias):
    """Convolve images `(n, h, w, c)` with kernels `(kh, kw, c, filters)` and add bias `(filters,)` → `(n, h-kh+1, w-kw+1, filters)`, float32."""
    images, kernels, bias = (np.asarray(array, np.float32) for array in (images, kernels, bias))
    return np.asarray(keras.ops.conv(images, kernels, padding="valid") + bias)


def relu(x):
    """Every negative value replaced by 0; any shape."""
    return np.asarray(keras.ops.relu(np.asarray(x)))


def max_pool2d(images, size=2):
    """The maximum of every `size` × `size` window of images `(n, h, w, c)`; an odd last row or column is dropped."""
    return np.asarray(keras.ops.max_pool(np.asarray(images, np.float32), size, padding="valid"))


def flatten(images):
    """Every image as one row: `(n, …)` → `(n, product of the others)`, row by row."""
    return np.asarray(keras.layers.Flatten()(np.asarray(images)))


def dense(x, weights, bias):
    """`x @ weights + bias` for x `(n, inputs)`, weights `(inputs, units)`, bias `(units,)`."""
    x, weights, bias = (np.asarray(array, np.float32) for array in (x, weights, bias))
    return np.asarray(keras.ops.matmul(x, weights) + bias)


def softmax(logits):
    """Probabilities from scores, over the last axis."""
    return np.asarray(keras.ops.softmax(np.asarray(logits, np.float32)))


def features(images, kernels, bias):
    """conv2d, relu, max_pool2d and flatten in a row: `(n, h, w, c)` → `(n, (h-kh+1)//2 * (w-kw+1)//2 * filters)`."""
    return flatten(max_pool2d(relu(conv2d(images, kernels, bias))))


def glorot_uniform(fan_in, fan_out, rng):
    """Weights `(fan_in, fan_out)`, float32, uniform in ±sqrt(6 / (fan_in + fan_out))."""
    return np.asarray(keras.initializers.GlorotUniform(seed=int(rng.integers(2**31)))((fan_in, fan_out)))


def hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    """features, dense and relu in a row: `(n, h, w, c)` → `(n, units)`."""
    rows = keras.ops.matmul(features(images, conv_kernels, conv_bias), np.asarray(dense_weights, np.float32))
    return np.asarray(keras.ops.relu(rows + np.asarray(dense_bias, np.float32)))


def dropout(x, rate, rng, training):
    """When training, each element is dropped with probability `rate` and the others are divided by 1 - rate; else x as it is."""
    if not training:
        return np.asarray(x)
    return np.asarray(keras.random.dropout(np.asarray(x, np.float32), rate, seed=int(rng.integers(2**31))))


def one_hot(labels, classes=10):
    """A row for every label `(n,)`, with a 1 in the label's column: `(n, classes)`, float32."""
    return np.asarray(keras.ops.one_hot(np.asarray(labels), classes, dtype="float32"))


def sparse_categorical_crossentropy(labels, probabilities):
    """−ln of the probability of each label `(n,)` in its row of probabilities `(n, classes)`: `(n,)`."""
    return np.asarray(keras.losses.sparse_categorical_crossentropy(np.asarray(labels), np.asarray(probabilities, np.float32)))


def predict(probabilities):
    """The most probable class of each row `(n, classes)`: `(n,)` whole numbers."""
    return np.asarray(keras.ops.argmax(np.asarray(probabilities), axis=-1))
