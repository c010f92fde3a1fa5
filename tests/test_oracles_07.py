"""Lesson 07's oracles say what TensorFlow's tape and Keras' Adam say; its bound for training is one that an honest answer keeps."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import importlib.util
from unittest.mock import patch

import numpy as np
import pytest

from autograder.lessons import find_lesson

LESSON = find_lesson("07-learning")
SPEC = importlib.util.spec_from_file_location("checks_07", LESSON.checks_file)
checks = importlib.util.module_from_spec(SPEC)
with patch("autograder.checking.exercise", lambda *_args, **_options: lambda test: test):  # its mark is known to the grader's pytest only
    SPEC.loader.exec_module(checks)


def by_tape(forwards, arrays, upstream=None):
    """TensorFlow's gradients of `forwards(*arrays)` with respect to the arrays."""
    import tensorflow as tf

    variables = [tf.Variable(array) for array in arrays]
    with tf.GradientTape() as tape:
        answer = forwards(*variables)
    return tape.gradient(answer, variables, None if upstream is None else tf.constant(upstream))


def test_oracle_of_the_scores_is_the_tape_through_keras_loss():
    import keras

    rng = np.random.default_rng(1)
    scores, labels = rng.normal(size=(7, 10)), rng.integers(10, size=7)

    def mean_loss(scores):
        return keras.ops.mean(keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=True))

    [expected] = by_tape(mean_loss, [scores])
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(checks.oracle_softmax_crossentropy_gradient(labels, p), expected, atol=1e-7)


@pytest.mark.parametrize("sizes", [(3, 3, 3), (1, 4, 2), (5, 1, 1)])
def test_oracle_of_dense_is_the_tape(sizes):
    x, weights, upstream = checks.dense_arguments(np.random.default_rng(2), *sizes)
    expected = by_tape(lambda x, weights, bias: x @ weights + bias, [x, weights, np.zeros(sizes[2])], upstream)
    for ours, theirs in zip(checks.oracle_dense_gradients(x, weights, upstream), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_oracle_of_relu_is_the_tape_also_at_zero():
    import keras

    x = np.array([-2.0, -0.0, 0.0, 1e-30, 3.0])
    upstream = np.array([1.0, -2.0, 3.0, -4.0, 5.0])
    [expected] = by_tape(keras.ops.relu, [x], upstream)
    np.testing.assert_array_equal(checks.oracle_relu_gradient(x, upstream), expected)


@pytest.mark.parametrize(("sizes", "size"), [((2, 6, 4, 3), 2), ((1, 7, 5, 2), 2), ((2, 9, 8, 1), 3)])
def test_oracle_of_pooling_is_the_tape(sizes, size):
    import tensorflow as tf

    images, upstream = checks.pooling_arguments(np.random.default_rng(3), *sizes, size=size)
    assert len(np.unique(images.astype(np.float32))) == images.size
    [expected] = by_tape(lambda images: tf.nn.max_pool2d(images, size, size, "VALID"), [images], upstream)
    np.testing.assert_array_equal(checks.oracle_max_pool2d_gradient(images, upstream, size), expected)


@pytest.mark.parametrize("sizes", [(2, 6, 5, 3, 3, 2, 4), (1, 4, 7, 2, 5, 3, 1), (3, 2, 2, 1, 1, 1, 2)])
def test_oracle_of_convolution_is_the_tape(sizes):
    import tensorflow as tf

    images, kernels, upstream = checks.conv_arguments(np.random.default_rng(4), *sizes)
    arrays = [images, kernels, np.zeros(sizes[-1])]
    expected = by_tape(lambda images, kernels, bias: tf.nn.conv2d(images, kernels, 1, "VALID") + bias, arrays, upstream)
    for ours, theirs in zip(checks.oracle_conv2d_gradients(images, kernels, upstream), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_keras_adam_is_keras_and_as_good_as_the_paper_where_it_is_graded():
    import keras

    rng = np.random.default_rng(5)
    variable = keras.Variable(rng.uniform(-0.05, 0.05, 6), dtype="float64")
    optimizer = keras.optimizers.Adam()
    optimizer.build([variable])
    parameter, m, v = keras.ops.convert_to_numpy(variable), np.zeros(6), np.zeros(6)
    for t in range(1, 31):
        gradient = checks.some_gradient(rng, (6,))
        assert np.abs(gradient).min() >= 0.004
        paper, _, _ = checks.oracle_adam(parameter, gradient, m, v, t)
        parameter, m, v = checks.keras_adam(parameter, gradient, m, v, t)
        assert np.abs(paper - parameter).max() < 1e-6
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    np.testing.assert_allclose(parameter, keras.ops.convert_to_numpy(variable), atol=1e-6)


def test_honest_training_is_far_above_what_is_asked():
    rng = np.random.default_rng(6)
    reached = []
    for _ in range(3):
        (images, labels), (new_images, new_labels) = checks.some_digits(rng, checks.TRAINED_ON, checks.HELD_OUT)
        weights, bias = checks.oracle_train(images, labels, checks.EPOCHS, rng)
        reached.append(checks.score(weights, bias, new_images, new_labels))
    assert min(reached) > checks.ASKED + 0.02
