"""Lesson 05's bounds are as sure as they say, they notice what they should, and the table in the lesson is the published one."""

import csv
import importlib.util
import io
import re
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from scipy.stats import binom

from autograder.grading import run_check
from autograder.lessons import find_lesson
from autograder.student import Student

LESSON = find_lesson("05-dropout")
SPEC = importlib.util.spec_from_file_location("checks_05", LESSON.checks_file)
checks = importlib.util.module_from_spec(SPEC)
with patch("autograder.checking.exercise", lambda *_args, **_options: lambda test: test):  # its mark is known to the grader's pytest only
    SPEC.loader.exec_module(checks)

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("rate", [0.2, 0.65, 0.75, 0.85, 0.004, 0.4, 0.5])
@pytest.mark.parametrize("n", [40_000, 2_900])
def test_bad_luck_is_rarer_than_the_bound_says(n, rate):
    honest = [count for count in range(n + 1) if not checks.surprising(count, n, rate)]
    low, high = honest[0], honest[-1]
    assert honest == list(range(low, high + 1))
    assert binom.cdf(low - 1, n, rate) + binom.sf(high, n, rate) < 2e-13
    assert high - low < 32 * np.sqrt(n * rate * (1 - rate)) or n * rate < 200  # and the bound is of some use


def test_a_share_that_is_slightly_off_is_noticed():
    assert not checks.surprising(8_000, 40_000, 0.2)
    assert checks.surprising(8_800, 40_000, 0.2)  # 0.22
    assert checks.surprising(7_200, 40_000, 0.2)


@pytest.mark.parametrize("pattern", ["alternating", "repeated", "sticky"])
def test_a_pattern_is_noticed_and_honest_coins_have_none(pattern):
    rng = np.random.default_rng(1)
    for _ in range(20):
        checks.expect_no_pattern(rng.random((40, 60)) >= 0.5)
    flat = {
        "alternating": np.arange(2400) % 2 == 0,
        "repeated": np.resize(rng.random(700) < 0.5, 2400),
        "sticky": np.cumsum(rng.random(2400) < 0.35) % 2 == 0,  # an entry is like the one before with a chance of 0.65
    }[pattern]
    with pytest.raises(checks.Mistake, match="not independent"):
        checks.expect_no_pattern(flat.reshape(40, 60))


def test_agreements_are_those_that_one_can_count():
    kept = np.random.default_rng(2).random((6, 7)) < 0.5
    flat = kept.ravel()
    for distance, pairs, agreeing in zip(*checks.agreements(kept), strict=True):
        assert pairs == flat[distance:].size
        assert agreeing == np.sum(flat[distance:] == flat[:-distance])


@pytest.mark.parametrize("seed", range(5))
def test_keras_gets_full_marks(seed, tmp_path):
    from autograder import given

    result = run_check(LESSON.checks_file, "dropout", 5, Student.here({"dropout": given.dropout}, tmp_path), seed)
    assert (result.points, result.status) == (5, "passed"), result.message


def test_each_part_of_dropout_has_its_points(tmp_path):
    def points(dropout):
        return run_check(LESSON.checks_file, "dropout", 5, Student.here({"dropout": dropout}, tmp_path), 7).points

    def right(x, rate, rng, training):
        return x * rng.binomial(1, 1 - rate, x.shape) / (1 - rate) if training else x

    assert points(lambda x, rate, rng, training: right(x, rate, rng, True)) == 4
    assert points(lambda x, rate, rng, training: right(x, rate, np.random.default_rng(1), training)) == 4
    assert points(lambda x, rate, rng, training: right(x, rate, rng, training) * (1 - rate if training else 1)) == 2
    assert points(lambda x, rate, rng, training: x) == 0


def test_table_in_the_lesson_is_the_published_one():
    [source] = ["".join(cell["source"]) for cell in LESSON.notebook["cells"] if cell["id"] == "published-table"]
    table = re.search(r'PUBLISHED = """\\\n(.*?)"""', source, re.DOTALL).group(1)
    published = (ROOT / "solutions" / "published-table.csv").read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(table))) == list(csv.reader(io.StringIO(published)))
