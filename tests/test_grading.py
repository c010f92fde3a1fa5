"""From the tests of an exercise to points, status and message."""

import os
from pathlib import Path

import numpy as np
import pytest

from autograder.grading import run_check
from autograder.student import Student

CHECKS = """
import numpy as np
from autograder.checking import exercise, expect

absolute = exercise("absolute", weight=3)
integers = exercise("absolute", part="integers")
other = exercise("other")

@absolute
def test_simple(student, rng):
    x = rng.normal(size=4)
    expect(student.absolute(x), abs(x), "absolute(x)", mistakes=[("It squares.", x**2)])

@absolute
def test_zero(student):
    expect(student.absolute(np.zeros(2)), [0, 0], "absolute(zeros)")

@integers
def test_integers(student, note):
    note("A remark.")
    assert student.absolute(-3) == 3, "Integers count, too."

@other
def test_other(student, rng):
    student.other(rng.integers(0, 2**60))
"""


@pytest.fixture
def checks(tmp_path):
    path = tmp_path / "test_99_example.py"
    path.write_text(CHECKS)
    return path


def grade(checks, function, exercise="absolute", seed=0):
    return run_check(checks, exercise, 8, Student.here({exercise: function}, None), seed)


def test_right_answer(checks):
    result = grade(checks, np.abs)
    assert (result.points, result.max_points, result.status) == (8, 8, "passed")
    assert result.message == "A remark."
    assert [test.name for test in result.tests] == ["test_simple", "test_zero", "test_integers"]


def test_part_earns_its_share(checks):
    result = grade(checks, lambda x: np.abs(x) if isinstance(x, np.ndarray) else x)
    assert (result.points, result.status) == (6, "partial")
    assert result.message == "Integers count, too.\nA remark."


def test_one_failed_test_costs_its_whole_part_and_its_message_comes_first(checks):
    result = grade(checks, lambda x: np.square(x) if isinstance(x, np.ndarray) else abs(x))
    assert (result.points, result.status) == (2, "partial")
    assert result.message.startswith("It squares.")
    assert [test.status for test in result.tests] == ["failed", "passed", "passed"]


@pytest.mark.parametrize(
    ("function", "status"), [(None, "missing"), (lambda x: 1 / 0, "error"), (lambda x: None, "failed"), (lambda x: "no", "failed")]
)
def test_status_of_what_earned_nothing(checks, function, status):
    result = grade(checks, function)
    assert (result.points, result.status) == (0, status)
    assert result.message


def seen(checks, seed):
    values = []
    grade(checks, values.append, "other", seed)
    return values


def test_data_depends_on_the_seed_alone(checks):
    assert seen(checks, 1) == seen(checks, 1) != seen(checks, 2)


def test_exercise_without_tests_is_our_error(checks):
    with pytest.raises(RuntimeError, match="could not be run"):
        grade(checks, np.abs, "no_such_exercise")


def test_student_can_stop_a_check(checks):
    def never_ends(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(checks, never_ends)


def test_broken_check_file_is_our_error(checks):
    checks.write_text("import nonsense_that_is_not_there")
    with pytest.raises(RuntimeError, match="nonsense_that_is_not_there"):
        grade(checks, np.abs)


def test_surroundings_have_no_say(checks, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    Path(checks.parent, "conftest.py").write_text("raise SystemExit('a conftest was imported')")
    (checks.parent / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    monkeypatch.chdir(checks.parent)
    assert grade(checks, np.abs).status == "passed"
    assert os.environ["PYTEST_ADDOPTS"] == "--collect-only"
