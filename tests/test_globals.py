"""Which figures need not be drawn to grade a notebook: those that nothing else depends on."""

import nbformat
import pytest

from autograder.globals import looked_up, unneeded_figures
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


def positions(*cells):
    """Positions of the unneeded figures among cells; a figure's source begins with a !."""
    made = [
        nbformat.v4.new_code_cell(source.removeprefix("!"), metadata={"alt": "a figure"} if source.startswith("!") else {})
        for source in cells
    ]
    return unneeded_figures(made, ["conv2d"])


def test_figure_on_which_nothing_depends_is_not_needed():
    assert positions("a = 1", "!plot(a)", "def f(x): return x") == {1}


@pytest.mark.parametrize("needing", ["print(b)", "def f(): return b", "b += 1"])
def test_figure_that_sets_what_another_cell_looks_up_is_needed(needing):
    assert positions("!b = 1; plot(b)", needing) == set()


def test_figure_that_another_needed_figure_depends_on_is_needed():
    assert positions("!def draw(): plot(1)", "!b = draw()", "print(b)", "!c = draw()") == {3}


def test_figure_that_sets_an_exercise_is_needed():
    assert positions("!conv2d = 1") == set()


@pytest.mark.parametrize(
    "reaching", ["%time f()", "eval('b')", "globals()", "import sys\nsys.modules['__main__'].b", "get_ipython().ev('b')", "("]
)
def test_all_figures_are_needed_where_a_cell_may_reach_anything(reaching):
    assert positions("!b = 1", reaching) == set()


def test_some_figures_of_the_course_are_not_needed():
    unneeded = {
        name: len(unneeded_figures(nbformat.read(lesson.path, as_version=4).cells, [e.id for e in lesson.exercises]))
        for name, lesson in all_lessons().items()
    }
    assert unneeded["02-convolution"] == 9 and sum(unneeded.values()) > 12
