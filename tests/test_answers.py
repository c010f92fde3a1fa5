"""Every right answer gets full marks, every wrong one less, with the sentence that names its mistake."""

from collections import Counter

import pytest

from autograder.grading import run_check
from autograder.lessons import all_lessons, find_lesson
from autograder.student import Student
from bank import all_answers

BANK = all_answers()


def graded(answer, folder, seed=20261122):
    lesson = find_lesson(answer.lesson)
    if next(exercise for exercise in lesson.exercises if exercise.id == answer.exercise).file:
        answer.function(folder)
    student = Student.here({answer.exercise: answer.function}, folder)
    return run_check(lesson.checks_file, answer.exercise, 10, student, seed)


@pytest.mark.parametrize("answer", [a for a in BANK if a.right], ids=str)
def test_right_answer_gets_full_marks(answer, tmp_path):
    result = graded(answer, tmp_path)
    assert (result.points, result.status) == (10, "passed"), result.message


@pytest.mark.parametrize("answer", [a for a in BANK if not a.right], ids=str)
def test_wrong_answer_gets_its_diagnosis(answer, tmp_path):
    result = graded(answer, tmp_path)
    assert result.points < 10
    assert answer.says.lower() in result.message.lower()


def test_every_exercise_has_at_least_8_wrong_and_4_right_answers():
    count = Counter((answer.exercise, answer.right) for answer in BANK)
    exercises = [e.id for lesson in all_lessons().values() for e in lesson.exercises if not e.manual]
    assert exercises
    assert {e for e in exercises if count[e, False] < 8 or count[e, True] < 4} == set()


def test_no_two_answers_share_a_name():
    assert [name for name, n in Counter(map(str, BANK)).items() if n > 1] == []
