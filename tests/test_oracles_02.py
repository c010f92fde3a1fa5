"""Lesson 02's oracles say what Keras says; its checks of speed and of borrowed code can go both ways."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import importlib.util
import inspect
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from autograder.grading import run_check
from autograder.lessons import find_lesson
from autograder.student import Student

LESSON = find_lesson("02-convolution")
SPEC = importlib.util.spec_from_file_location("checks_02", LESSON.checks_file)
checks = importlib.util.module_from_spec(SPEC)
with patch("autograder.checking.exercise", lambda *_args, **_options: lambda test: test):  # its mark is known to the grader's pytest only
    SPEC.loader.exec_module(checks)

# images, kernels
SHAPES = [
    ((1, 28, 28, 1), (3, 3, 1, 28)),
    ((4, 7, 5, 3), (3, 2, 3, 4)),
    ((2, 6, 9, 2), (1, 5, 2, 1)),
    ((3, 4, 6, 5), (4, 6, 5, 2)),
    ((1, 8, 8, 28), (1, 1, 28, 7)),
]


@pytest.mark.parametrize(("image_shape", "kernel_shape"), SHAPES)
def test_oracle_of_conv2d_is_the_keras_layer(image_shape, kernel_shape):
    from keras import layers

    rng = np.random.default_rng(1)
    images, kernels, bias = (rng.normal(size=shape).astype(np.float32) for shape in (image_shape, kernel_shape, kernel_shape[3:]))
    for padding, oracle in (("valid", checks.oracle_conv2d), ("same", checks.same_padded_conv2d)):
        layer = layers.Conv2D(kernel_shape[3], kernel_shape[:2], padding=padding)
        layer.build(images.shape)
        layer.set_weights([kernels, bias])
        np.testing.assert_allclose(oracle(images, kernels, bias), np.asarray(layer(images)), atol=1e-4)


@pytest.mark.parametrize(("image_shape", "kernel_shape"), SHAPES)
def test_oracle_of_correlate2d_is_keras_with_one_channel(image_shape, kernel_shape):
    from keras import ops

    rng = np.random.default_rng(2)
    image, kernel = (rng.normal(size=shape).astype(np.float32) for shape in (image_shape[1:3], kernel_shape[:2]))
    expected = np.asarray(ops.conv(image[None, :, :, None], kernel[:, :, None, None]))[0, :, :, 0]
    np.testing.assert_allclose(checks.oracle_correlate2d(image, kernel), expected, atol=1e-4)


def test_oracle_of_output_size_is_the_shape_keras_gives():
    from keras import ops

    rng = np.random.default_rng(3)
    for _ in range(50):
        size, kernel, stride, padding = (int(rng.integers(low, high)) for low, high in ((5, 20), (1, 6), (1, 5), (0, 4)))
        image = ops.zeros((1, size + 2 * padding, 1))
        assert (
            checks.oracle_output_size(size, kernel, stride, padding) == ops.conv(image, ops.zeros((kernel, 1, 1)), strides=stride).shape[1]
        )


def test_oracle_of_relu_is_keras():
    from keras import ops

    x = np.random.default_rng(4).normal(size=(3, 4, 5)).astype(np.float32)
    np.testing.assert_array_equal(checks.oracle_relu(x), np.asarray(ops.relu(x)))


def test_number_of_parameters_is_that_of_the_keras_layer(tmp_path):
    from keras import layers

    def conv_parameters(kernel_size, channels, filters):
        layer = layers.Conv2D(filters, kernel_size)
        layer.build((None, 28, 28, channels))
        return layer.count_params()

    assert graded(conv_parameters, tmp_path).status == "passed"


def test_checks_import_neither_keras_nor_tensorflow():
    source = LESSON.checks_file.read_text()
    assert "import keras" not in source
    assert "import tensorflow" not in source


def graded(function, folder: Path, seed: int = 7):
    return run_check(LESSON.checks_file, function.__name__, 6, Student.here({function.__name__: function}, folder), seed)


def conv2d_after(wait):
    """A right conv2d that waits before it answers: `wait(count)` seconds for its count-th call with many digits."""
    calls = []

    def conv2d(images, kernels, bias):
        if len(images) >= checks.SAMPLE:
            calls.append(len(images))
            time.sleep(wait(len(calls)))
        return checks.oracle_conv2d(images, kernels, bias)

    return conv2d, calls


def test_a_slow_first_call_costs_nothing(tmp_path):
    conv2d, _ = conv2d_after(lambda count: 2.5 if count == 1 else 0)
    assert graded(conv2d, tmp_path).points == 6


def test_a_slow_answer_is_told_so_soon_and_loses_one_point(tmp_path):
    conv2d, calls = conv2d_after(lambda count: 2.5)
    result = graded(conv2d, tmp_path)
    assert (result.points, result.status) == (5, "partial")
    assert "too slow" in result.message
    assert calls == [checks.SAMPLE] * 2


def test_fast_and_wrong_earns_nothing(tmp_path):
    def conv2d(images, kernels, bias):
        return np.zeros((len(images), images.shape[1] - kernels.shape[0] + 1, images.shape[2] - kernels.shape[1] + 1, len(bias)))

    assert graded(conv2d, tmp_path).points == 0


def borrowed_layer(images, kernels, bias):
    import keras

    return keras.ops.conv(images, kernels) + bias


def borrowed_by_name(images, kernels, bias):
    from keras.layers import Conv2D

    layer = Conv2D(len(bias), kernels.shape[:2])
    layer.build(images.shape)
    layer.set_weights([kernels, bias])
    return layer(images)


def borrowed_tensorflow(images, kernels, bias):
    import tensorflow as tf

    return tf.nn.conv2d(images, kernels, 1, "VALID") + bias


def borrowed_given(images, kernels, bias):
    from autograder import given

    return given.conv2d(images, kernels, bias)


def own_work(images, kernels, bias):
    """As keras.layers.Conv2D does it, but without import keras."""
    keras = "keras.layers.Conv2D and tf.nn"  # from keras import layers
    assert keras
    tf = len(bias)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcab,abcf->nijf", windows, kernels).reshape(*windows.shape[:3], tf) + bias


@pytest.mark.parametrize("function", [borrowed_layer, borrowed_by_name, borrowed_tensorflow, borrowed_given])
def test_a_ready_made_layer_is_noticed(function):
    assert checks.ready_made(inspect.getsource(function))


def test_words_in_comments_and_strings_are_not_noticed():
    assert not checks.ready_made(inspect.getsource(own_work))
    assert not checks.ready_made("")
    assert not checks.ready_made("not python at all")


def test_a_ready_made_layer_gets_a_note_and_full_points(tmp_path):
    borrowed_layer.__name__ = "conv2d"
    result = graded(borrowed_layer, tmp_path)
    assert (result.points, result.status) == (6, "passed")
    assert "Keras" in result.message
