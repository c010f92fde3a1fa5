"""Lesson 06's oracles say what Keras says, its first cases tell misconceptions apart, and what the lesson quotes is so."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import csv
import importlib.util
import re
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from autograder.lessons import find_lesson

LESSON = find_lesson("06-softmax")
PUBLISHED = Path(__file__).parents[1] / "solutions" / "published-table.csv"
SPEC = importlib.util.spec_from_file_location("checks_06", LESSON.checks_file)
checks = importlib.util.module_from_spec(SPEC)
with patch("autograder.checking.exercise", lambda *_args, **_options: lambda test: test):  # its mark is known to the grader's pytest only
    SPEC.loader.exec_module(checks)


@pytest.mark.parametrize("shape", [(10,), (1, 10), (4, 3), (2, 3, 5), (6, 1)])
@pytest.mark.parametrize("size", [1, 1000])
def test_oracle_of_softmax_is_that_of_keras(shape, size):
    import keras

    logits = np.random.default_rng(1).uniform(-size, size, shape).astype(np.float32)
    np.testing.assert_allclose(checks.oracle_softmax(logits), np.asarray(keras.ops.softmax(logits)), atol=1e-6)


@pytest.mark.parametrize("classes", [2, 10, 26])
def test_oracle_of_one_hot_is_that_of_keras(classes):
    import keras

    labels = np.random.default_rng(2).integers(0, classes, 20)
    np.testing.assert_array_equal(checks.oracle_one_hot(labels, classes), np.asarray(keras.ops.one_hot(labels, classes, dtype="float32")))


def rows_of_all_kinds(rng):
    """Probabilities as the checks use them: ordinary rows, nearly certain ones, certain ones right and wrong."""
    labels = rng.integers(0, 10, 40)
    rows = checks.probabilities_of(rng, 40)
    nearly = np.full((40, 10), 1e-6 / 9)
    nearly[np.arange(40), (labels + np.arange(40) % 2) % 10] = 1 - 1e-6
    return np.tile(labels, 4), np.concatenate([rows, nearly, checks.certain(rng, labels, 10), checks.certain(rng, (labels + 1) % 10, 10)])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_oracle_of_the_losses_is_that_of_keras_within_the_stated_tolerance(dtype):
    import keras

    labels, rows = rows_of_all_kinds(np.random.default_rng(3))
    by_keras = np.asarray(keras.losses.sparse_categorical_crossentropy(labels, rows.astype(dtype)))
    expected = checks.oracle_losses(labels, rows)
    assert expected.max() == pytest.approx(-np.log(1e-7))
    assert np.all(np.abs(by_keras - expected) <= 2e-6 + 5e-7 * expected)
    assert np.abs(by_keras - expected).max() > 5e-7  # Keras divides by the sum once more after clipping: that is what the tolerance is for


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_guessing_costs_what_keras_says(classes):
    import keras

    row = np.full((1, classes), 1 / classes)
    assert float(keras.losses.sparse_categorical_crossentropy(np.array([classes - 1]), row)[0]) == pytest.approx(np.log(classes), abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_misconceptions_about_the_loss_are_told_apart(seed):
    """In the first case, no two mistakes with different sentences give the same losses."""
    labels, rows = checks.first_losses(np.random.default_rng(seed))
    assert_told_apart(checks.loss_mistakes(labels, rows), checks.oracle_losses(labels, rows), 2e-5)


@pytest.mark.parametrize("seed", range(20))
def test_misconceptions_about_softmax_are_told_apart(seed):
    rng = np.random.default_rng(seed)
    logits = checks.scores(rng, (3, 3))
    assert_told_apart(checks.softmax_mistakes(logits), checks.oracle_softmax(logits), 1e-4)


def assert_told_apart(mistakes, right, tolerance):
    found = []
    for sentence, value in mistakes:
        value = np.asarray(value, dtype=float)
        if value.shape == right.shape and np.allclose(value, right, atol=tolerance, equal_nan=True):
            continue  # no mistake on these numbers
        for other, seen in found:
            same = value.shape == seen.shape and np.allclose(value, seen, rtol=0, atol=1e-6, equal_nan=True)
            assert not same or other == sentence, f"{other!r} and {sentence!r} come to the same"
        found.append((sentence, value))
    assert len(found) > 30


def test_the_lesson_quotes_the_published_table():
    with PUBLISHED.open(newline="") as file:
        published = {row["epoch"]: row for row in csv.DictReader(file)}
    text = "".join(next(cell["source"] for cell in LESSON.notebook["cells"] if cell["id"] == "reflection_task"))
    head, *rows = [
        [entry.strip() for entry in line.strip("|").split("|")] for line in text.splitlines() if re.match(r"\| *(epoch|\d)", line)
    ]
    assert [row[0] for row in rows] == ["5", "9"]
    for row in rows:
        assert dict(zip(head, row, strict=True)).items() <= published[row[0]].items()
