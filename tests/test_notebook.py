"""`check("…")` where students call it: in a notebook, under `nbgrader validate`, and in a plain Python session."""

import pytest
from IPython import get_ipython
from IPython.testing.globalipapp import start_ipython

from autograder import check
from autograder.lessons import find_lesson
from autograder.notebook import Card, CheckFailed
from autograder.record import CheckResult

RIGHT = "import numpy as np\ndef relu(x): return np.maximum(x, 0)"


@pytest.fixture
def notebook(monkeypatch):
    """Runs code as a notebook does; returns the cell's value and what it showed."""
    start_ipython()
    shell = get_ipython()
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)

    def run(code):
        shown.clear()
        done = shell.run_cell(code)
        return done.result if done.success else done.error_in_exec, list(shown)

    yield run
    shell.reset(new_session=True)


def points(exercise):
    return next(e.points for e in find_lesson("02-convolution").exercises if e.id == exercise)


def test_right_answer_shows_its_points_and_nothing_else(notebook):
    notebook(RIGHT)
    value, (card,) = notebook("from autograder import check\ncheck('relu')")
    assert value is None
    assert repr(card).startswith("✓ relu: 1 of 1 point")


def test_wrong_answer_says_why(notebook):
    notebook("def relu(x):\n    print('I was here')\n    return x")
    value, (card,) = notebook("from autograder import check\ncheck('relu')")
    assert value is None
    assert "✗ relu: 0 of 1 point" in repr(card) and "I was here" in repr(card)
    assert len(card.result.message) > 20


def test_nbgrader_validate_gets_an_error_with_the_reason(notebook, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    error, _ = notebook("from autograder import check\ncheck('relu')")
    assert isinstance(error, CheckFailed) and "There is no relu yet" in str(error)
    notebook(RIGHT)
    assert notebook("check('relu')")[0] == points("relu")


def test_nbgrader_autograde_gets_the_points_as_the_cells_value(notebook, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    notebook(RIGHT)
    assert notebook("from autograder import check\ncheck('relu')")[0] == points("relu")
    assert notebook("relu = abs\ncheck('relu')")[0] == 0


def test_unknown_exercise_is_named():
    with pytest.raises(CheckFailed, match="There is no exercise 'conv3d' to check"):
        check("conv3d")


def test_nothing_is_checked_while_the_grader_runs_the_notebook(monkeypatch):
    monkeypatch.setenv("AUTOGRADER_GRADING", "1")
    assert check("relu") is None


def test_html_is_escaped():
    result = CheckResult(id="x", points=0, max_points=1, status="error", message="<script>alert(1)</script>")
    html = Card(result, printed="<img src=x>")._repr_html_()
    assert "<script>" not in html and "<img" not in html and "&lt;script&gt;" in html
