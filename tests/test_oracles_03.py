"""Lesson 03's oracles say what Keras says, and a layer in the student's own notebook that is at fault is named."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import importlib.util
from unittest.mock import patch

import numpy as np
import pytest

from autograder.grading import run_check
from autograder.lessons import find_lesson
from autograder.student import Student

LESSON = find_lesson("03-pooling")
SPEC = importlib.util.spec_from_file_location("checks_03", LESSON.checks_file)
checks = importlib.util.module_from_spec(SPEC)
with patch("autograder.checking.exercise", lambda *_args, **_options: lambda test: test):  # its mark is known to the grader's pytest only
    SPEC.loader.exec_module(checks)

# images, size of the windows
SHAPES = [((1, 26, 26, 28), 2), ((3, 5, 8, 2), 2), ((2, 1, 1, 1), 1), ((2, 7, 11, 3), 3), ((1, 4, 4, 2), 4), ((2, 9, 6, 1), 4)]


@pytest.mark.parametrize(("shape", "size"), SHAPES)
def test_oracles_of_pooling_are_the_keras_layer(shape, size):
    from keras import layers

    images = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    np.testing.assert_array_equal(checks.oracle_max_pool2d(images, size), np.asarray(layers.MaxPooling2D(size)(images)))
    same = checks.windows(checks.same_padded(images, size), size).max((4, 5))
    np.testing.assert_array_equal(same, np.asarray(layers.MaxPooling2D(size, padding="same")(images)))


@pytest.mark.parametrize("shape", [(1, 13, 13, 28), (3, 2, 5, 4), (2, 6), (4, 1, 1, 1), (2, 3, 2, 2, 3)])
def test_oracle_of_flatten_is_the_keras_layer(shape):
    from keras import layers

    images = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    np.testing.assert_array_equal(checks.oracle_flatten(images), np.asarray(layers.Flatten()(images)))


@pytest.mark.parametrize(("image_shape", "kernel_shape"), [((2, 28, 28, 1), (3, 3, 1, 28)), ((3, 9, 12, 2), (2, 4, 2, 5))])
def test_oracle_of_features_is_the_keras_layers(image_shape, kernel_shape):
    import keras
    from keras import layers

    rng = np.random.default_rng(3)
    images, kernels, bias = (rng.normal(size=shape).astype(np.float32) for shape in (image_shape, kernel_shape, kernel_shape[3:]))
    convolution = layers.Conv2D(kernel_shape[3], kernel_shape[:2], activation="relu")
    model = keras.Sequential([keras.Input(image_shape[1:]), convolution, layers.MaxPooling2D((2, 2)), layers.Flatten()])
    model.set_weights([kernels, bias])
    np.testing.assert_allclose(checks.oracle_features(images, kernels, bias), np.asarray(model(images)), atol=1e-4)


@pytest.mark.parametrize(
    ("at_fault", "wrong"),
    [
        ("conv2d", lambda images, kernels, bias: checks.oracle_conv2d(images, kernels[::-1], bias)),
        ("relu", np.abs),
        ("max_pool2d", lambda images: images[:, ::2, ::2]),
        ("flatten", lambda images: np.moveaxis(images, 3, 1).reshape(len(images), -1)),
    ],
)
def test_the_layer_of_their_own_that_is_at_fault_is_named(at_fault, wrong, tmp_path):
    layers = {
        "conv2d": checks.oracle_conv2d,
        "relu": lambda x: np.maximum(x, 0),
        "max_pool2d": checks.oracle_max_pool2d,
        "flatten": checks.oracle_flatten,
        at_fault: wrong,
    }

    def features(images, kernels, bias):
        return layers["flatten"](layers["max_pool2d"](layers["relu"](layers["conv2d"](images, kernels, bias))))

    result = run_check(LESSON.checks_file, "features", 2, Student.here(layers | {"features": features}, tmp_path))
    assert result.points == 0
    assert f"your {at_fault} is not right yet" in result.message
