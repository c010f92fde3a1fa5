"""The demonstration runs, and its class gets through nbgrader what it deserves, in every lesson."""

import csv
import os

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

import demo
from autograder.lessons import all_lessons

CHECKED = {lesson.name: [e for e in lesson.exercises if not e.manual] for lesson in all_lessons().values()}
AUTOMATIC = {name: sum(e.points for e in exercises) for name, exercises in CHECKED.items()}  # with the bonus
WRITTEN = [
    name for name, exercises in CHECKED.items() if not all(e.file for e in exercises)
]  # not the capstone, whose only answer is a file


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The demonstration's course folder, its result records, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    console = Console(width=120, record=True, quiet=True)
    here = os.getcwd()
    try:
        graded = demo.go_through(folder, console)
    finally:
        os.chdir(here)
    console.quiet = False
    with console.capture() as captured:
        demo.show(graded, console)
    return folder, graded, captured.get()


@pytest.mark.parametrize("lesson", AUTOMATIC)
def test_everyone_gets_what_they_deserve(course, lesson):
    _, graded, _ = course
    assert graded["ada", lesson].points == AUTOMATIC[lesson]
    assert 0 < graded["ben", lesson].points <= AUTOMATIC[lesson]
    assert (graded["ben", lesson].points < AUTOMATIC[lesson]) == (lesson in WRITTEN)  # the first half of one answer is the answer
    assert graded["cleo", lesson].points < AUTOMATIC[lesson] / 2 + 1
    assert graded["dan", lesson].points == 0


@pytest.mark.parametrize("lesson", WRITTEN)
def test_every_mistake_is_explained(course, lesson):
    _, graded, _ = course
    mistakes = [check for check in graded["cleo", lesson].checks if check.status not in ("manual", "missing")]
    assert len(mistakes) >= min(3, len(CHECKED[lesson]))
    assert all(check.points < check.max_points and len(check.message) > 20 for check in mistakes)


def test_gradebook_and_export_say_the_same_as_the_records(course):
    folder, graded, _ = course
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        scores = {(s.student.id, s.assignment.name): s.score for lesson in AUTOMATIC for s in gradebook.assignment_submissions(lesson)}
    with (folder / "grades.csv").open() as file:
        exported = {(row["student_id"], row["assignment"]): float(row["score"]) for row in csv.DictReader(file)}
    assert scores == exported == {key: record.points for key, record in graded.items()}


def test_feedback_is_there_for_everyone(course):
    folder, graded, _ = course
    assert all((folder / "feedback" / student / lesson / f"{lesson}.html").is_file() for student, lesson in graded)


def test_summary_names_students_points_and_reasons(course):
    _, _, shown = course
    assert all(student in shown for student in demo.CLASS)
    assert "waits for a person" in shown and "not answered: prepare" in shown and "flipped" in shown
