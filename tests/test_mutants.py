"""Mechanical changes to the course's own answers are noticed by its checks; the others are listed in mutants.toml, with the reason."""

import functools

import pytest

from autograder.lessons import all_lessons
from mutants import Survey, explained, mutants

EXERCISES = [(lesson, e) for lesson in all_lessons().values() for e in lesson.exercises if not e.manual and not e.file]


@functools.cache
def survey(name, folder):
    return Survey(all_lessons()[name], folder)


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES, ids=[exercise.id for _, exercise in EXERCISES])
def test_every_mutant_is_caught_or_explained(lesson, exercise, tmp_path_factory):
    number, survivors = survey(lesson.name, tmp_path_factory.getbasetemp()).survivors(exercise)
    assert number > 0
    assert {mutant.change for mutant in survivors} == {change for name, change in explained() if name == exercise.id}


def test_reasons_are_for_exercises_that_exist():
    assert {name for name, _ in explained()} <= {exercise.id for _, exercise in EXERCISES}


ANSWER = '''
def double(x, times=2):
    """Twice x."""
    if x < 0:
        return -np.maximum(x, axis=1)
    return x[1:] * times
'''


def test_mutants_are_small_changes_each_made_once():
    found = mutants("double", ANSWER)
    changes = {mutant.change for mutant in found}
    for change in [
        "if x < 0:  →  if x <= 0:",
        "if x < 0:  →  if x > 0:",
        "if x < 0:  →  if x < 1:",
        "if x < 0:  →  (removed)",
        "return -np.maximum(x, axis=1)  →  return np.maximum(x, axis=1)",
        "return -np.maximum(x, axis=1)  →  return -np.minimum(x, axis=1)",
        "return -np.maximum(x, axis=1)  →  return -np.maximum(x)",
        "return x[1:] * times  →  return x[:] * times",
        "return x[1:] * times  →  return x * times",
        "return x[1:] * times  →  return x[1:] / times",
        "return x[1:] * times  →  return times",
    ]:
        assert change in changes
    assert len({mutant.source for mutant in found}) == len(found)
    assert all("Twice" not in mutant.source for mutant in found)


def test_a_mutant_that_the_checks_miss_is_reported(tmp_path):
    lesson = all_lessons()["02-convolution"]
    relu = next(exercise for exercise in lesson.exercises if exercise.id == "relu")
    survey = Survey(lesson, tmp_path)
    assert survey.is_caught(relu, "def relu(x): return np.maximum(x, 1)")
    assert not survey.is_caught(relu, "def relu(x): return np.clip(x, 0, None)")


def test_a_mutant_that_never_ends_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr("mutants.SECONDS", 1)
    lesson = all_lessons()["02-convolution"]
    relu = next(exercise for exercise in lesson.exercises if exercise.id == "relu")
    assert Survey(lesson, tmp_path).is_caught(relu, "def relu(x):\n    while True: pass")
