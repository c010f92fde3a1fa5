"""Lesson 04's oracles say what Keras says, and an honest draw of weights does not fail by chance."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import importlib.util
import math
from unittest.mock import patch

import numpy as np
import pytest

from autograder.checking import Mistake
from autograder.lessons import find_lesson

LESSON = find_lesson("04-dense")
SPEC = importlib.util.spec_from_file_location("checks_04", LESSON.checks_file)
checks = importlib.util.module_from_spec(SPEC)
with patch("autograder.checking.exercise", lambda *_args, **_options: lambda test: test):  # its mark is known to the grader's pytest only
    SPEC.loader.exec_module(checks)


@pytest.mark.parametrize(("n", "inputs", "units"), [(1, 1, 1), (3, 5, 2), (2, 4732, 128)])
def test_oracle_of_dense_is_the_keras_layer(n, inputs, units):
    from keras import layers

    rng = np.random.default_rng(1)
    x, weights, bias = (rng.normal(size=shape).astype(np.float32) for shape in ((n, inputs), (inputs, units), units))
    layer = layers.Dense(units)
    layer.build(x.shape)
    layer.set_weights([weights, bias])
    np.testing.assert_allclose(checks.oracle_dense(x, weights, bias), np.asarray(layer(x)), atol=1e-3)


@pytest.mark.parametrize(
    ("shape", "kernel", "filters", "units"), [((2, 28, 28, 1), (3, 3), 28, 128), ((3, 9, 6, 2), (2, 3), 4, 5), ((1, 4, 5, 1), (3, 2), 1, 1)]
)
def test_oracle_of_hidden_is_the_keras_model(shape, kernel, filters, units):
    import keras
    from keras import layers

    arrays = [array.astype(np.float32) for array in checks.layer_arrays(np.random.default_rng(2), shape, kernel, filters, units)]
    model = keras.Sequential(
        [
            keras.Input(shape[1:]),
            layers.Conv2D(filters, kernel, activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
        ]
    )
    model.set_weights(arrays[1:])
    np.testing.assert_allclose(checks.oracle_hidden(*arrays), model.predict(arrays[0], verbose=0), atol=1e-4)


@pytest.mark.parametrize(("fan_in", "fan_out"), [(150, 200), (20, 500), (700, 12), (1, 4000), (4000, 1)])
def test_limit_is_that_of_keras(fan_in, fan_out):
    from keras import initializers

    drawn = np.asarray(initializers.GlorotUniform(seed=3)((fan_in, fan_out)))
    checks.judge_weights(drawn, fan_in, fan_out)
    assert 0.99 < np.abs(drawn).max() / checks.limit_of(fan_in, fan_out) <= 1 + 1e-6


@pytest.mark.parametrize("fans", [checks.MANY, (20, 500), (1, 4000)])
def test_honest_draws_are_far_from_every_bound(fans):
    """Each bound is missed with a chance of about 1e-12; so in 200 draws nothing comes near it."""
    rng = np.random.default_rng(4)
    limit = checks.limit_of(*fans)
    for _ in range(200):
        weights = rng.uniform(-limit, limit, fans).astype(np.float32)
        checks.judge_weights(weights, *fans)
        wide = weights.astype(np.float64)
        assert checks.strongest_echo(wide / limit) < 0.9
        assert 0.3 / math.sqrt(wide.size) < checks.distance_to_uniform(wide, -limit, limit) < 0.8 * checks.evenness_of(wide.size)
        assert limit - np.abs(wide).max() < 0.6 * limit * checks.reach_of(wide.size)


def test_neighbouring_rules_are_told_apart_every_time():
    rng, (fan_in, fan_out) = np.random.default_rng(5), checks.MANY
    for total in (fan_in + fan_out - 1, fan_in + fan_out + 1):
        limit = math.sqrt(6 / total)
        for _ in range(50):
            with pytest.raises(Mistake, match="A 1 was"):
                checks.judge_weights(rng.uniform(-limit, limit, checks.MANY).astype(np.float32), *checks.MANY)


def test_first_case_of_dense_tells_all_misconceptions_apart():
    """No two of them give the same numbers there, except those that share a sentence."""
    for seed in range(20):
        found = []
        for sentence, value in checks.dense_mistakes(*checks.telling_arrays(np.random.default_rng(seed))):
            value = np.asarray(value() if callable(value) else value, dtype=float)
            alike = [other for other, seen in found if value.ndim and value.shape == seen.shape and np.allclose(value, seen, atol=1e-3)]
            assert set(alike) <= {sentence}
            found.append((sentence, value))
