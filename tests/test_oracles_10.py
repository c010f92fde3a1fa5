"""The oracles of lesson 10's checks agree with TensorFlow, Keras and the definitions."""

import importlib

import numpy as np
import pytest

checks = importlib.import_module("autograder.checks.test_10_evaluation")


@pytest.fixture
def rng():
    return np.random.default_rng(10)


@pytest.mark.parametrize("classes", [2, 10, 17])
def test_oracle_confusion_is_tensorflows(rng, classes):
    import autograder.quiet  # noqa: F401

    # isort: split
    import tensorflow as tf

    labels, predicted = checks.some_answers(rng, 300, classes)
    expected = tf.math.confusion_matrix(labels, predicted, num_classes=classes).numpy()
    assert np.array_equal(checks.oracle_confusion(labels, predicted, classes), expected)


def test_oracle_recall_is_keras(rng):
    import autograder.quiet  # noqa: F401

    # isort: split
    import keras

    labels, predicted = checks.some_answers(rng, 500)
    recalls = []
    for digit in range(10):
        metric = keras.metrics.Recall(class_id=digit)
        metric.update_state(np.eye(10)[labels], np.eye(10)[predicted])
        recalls.append(float(metric.result()))
    assert np.allclose(checks.oracle_recall(checks.oracle_confusion(labels, predicted)), recalls)


@pytest.mark.parametrize("wrong", [0, 7, 200])
def test_probabilities_are_probabilities_and_hold_the_mistakes_that_were_asked_for(rng, wrong):
    labels, probabilities = checks.some_test(rng, 200, wrong)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert probabilities.min() > 0
    assert (probabilities.argmax(axis=1) != labels).sum() == wrong
    sure = np.sort(probabilities.max(axis=1))
    assert np.diff(sure).min() > 1e-3  # no ties
    assert sure[0] < 0.5 < sure[-1]
    ranked = np.sort(probabilities, axis=1)
    assert (ranked[:, -1] - ranked[:, -2]).min() > 0.01  # no rounding can change an answer


def test_oracle_of_mistakes_sorts_them(rng):
    labels, probabilities = checks.some_test(rng, 100, 20)
    found = checks.oracle_mistakes(labels, probabilities, 100)
    assert set(found) == set(np.flatnonzero(probabilities.argmax(axis=1) != labels))
    assert (np.diff(probabilities[found].max(axis=1)) < 0).all()


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (3, -2), (-28, 28), (27, 0), (-6, -11)])
def test_oracle_shift_is_kerass_padding_and_cropping(rng, dx, dy):
    import autograder.quiet  # noqa: F401

    # isort: split
    from keras import layers

    images = rng.random((2, 28, 28, 1), dtype=np.float32)
    larger = layers.ZeroPadding2D(28)(images)
    expected = layers.Cropping2D(((28 - dy, 28 + dy), (28 - dx, 28 + dx)))(larger)
    assert np.array_equal(checks.oracle_shift(images, dx, dy), np.asarray(expected))
    assert np.array_equal(checks.oracle_shift(images[..., 0], dx, dy), np.asarray(expected)[..., 0])
