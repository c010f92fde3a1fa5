"""Which of a lesson's own cells need not be run to grade a notebook: those that nothing else depends on."""

import nbformat
import pytest

from autograder.globals import looked_up, unneeded_cells
from autograder.lessons import all_lessons


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x", {"x"}),
        ("x = 1\nx", set()),
        ("if y: x = 1\nx", {"x", "y"}),
        ("for x in y: x", {"x", "y"}),
        ("def f(a): return a + b", {"b"}),
        ("x = 1\ndef f(): return x", {"x"}),
        ("[x for x in y]", {"y"}),
        ("class A:\n    b = c", {"c", "__name__"}),
    ],
)
def test_names_that_are_looked_up(source, names):
    assert looked_up(compile(source, "cell", "exec")) == names


LESSONS_OWN = {"grade": False, "locked": True, "solution": False}


def positions(*cells):
    """Positions of the unneeded cells; the source of one that is the lesson's own begins with a !."""
    made = [
        nbformat.v4.new_code_cell(source.removeprefix("!"), metadata={"nbgrader": LESSONS_OWN} if source.startswith("!") else {})
        for source in cells
    ]
    return unneeded_cells(made, ["conv2d"])


def test_cell_on_which_nothing_depends_is_not_needed():
    assert positions("a = 1", "!plot(a)", "def f(x): return x") == {1}


@pytest.mark.parametrize("needing", ["print(b)", "def f(): return b", "b += 1"])
def test_cell_that_sets_what_another_cell_looks_up_is_needed(needing):
    assert positions("!b = 1; plot(b)", needing) == set()


def test_cell_that_another_needed_cell_depends_on_is_needed():
    assert positions("!def draw(): plot(1)", "!b = draw()", "print(b)", "!c = draw()") == {3}


def test_cell_that_sets_an_exercise_is_needed():
    assert positions("!conv2d = 1") == set()


@pytest.mark.parametrize(
    "reaching", ["%time f()", "eval('b')", "globals()", "import sys\nsys.modules['__main__'].b", "get_ipython().ev('b')", "("]
)
def test_all_cells_are_needed_where_a_cell_may_reach_anything(reaching):
    assert positions("!b = 1", reaching) == set()


@pytest.mark.parametrize("role", [{}, LESSONS_OWN | {"grade": True}, LESSONS_OWN | {"solution": True}, {"solution": True}])
def test_cells_of_students_and_checks_are_needed(role):
    assert unneeded_cells([nbformat.v4.new_code_cell("a = 1", metadata={"nbgrader": role})], []) == set()


def test_most_cells_of_the_course_are_not_needed():
    for lesson in all_lessons().values():
        cells = nbformat.read(lesson.path, as_version=4).cells
        own = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("locked") and not cell.metadata.nbgrader.grade]
        unneeded = unneeded_cells(cells, [exercise.id for exercise in lesson.exercises])
        assert len(unneeded) > len(own) / 3, lesson.name
