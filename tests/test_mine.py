"""`from autograder.mine import conv2d`: a student's own function, out of their own earlier notebook."""

import copy
import importlib
import inspect
import json
import re
import traceback

import numpy as np
import pytest

from autograder import mine
from autograder.intake import STUB
from autograder.lessons import find_lesson

LESSON = find_lesson("02-convolution")
IMAGES, KERNELS, BIAS = np.arange(60.0).reshape(1, 5, 6, 2), np.arange(36.0).reshape(3, 3, 2, 2), np.array([1.0, -2.0])


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A student's course folder, seen from lesson 08: write the answers to lesson 02 with it."""
    notebook = copy.deepcopy(LESSON.notebook)
    (tmp_path / "02-convolution").mkdir()
    (tmp_path / "08-network").mkdir()
    monkeypatch.chdir(tmp_path / "08-network")
    monkeypatch.delenv("AUTOGRADER_GRADING", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)

    unwritten = STUB.replace("\n", "\n    ")  # as it stands in a function

    def write(answers=None, more=()):
        for cell in notebook["cells"]:
            text = "".join(cell["source"])
            if cell["id"] in (answers or {}):
                cell["source"] = answers[cell["id"]]
            elif answers is not None and cell["cell_type"] == "code":
                cell["source"] = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", unwritten, text, flags=re.DOTALL)
        for number, text in enumerate(more):
            notebook["cells"].append({"cell_type": "code", "id": f"own-{number}", "metadata": {}, "source": text})
        (tmp_path / "02-convolution" / "02-convolution.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    return write


def is_given(function):
    return function is getattr(importlib.import_module("autograder.given"), function.__name__)


def test_the_answer_in_the_notebook_is_what_is_imported(course, capsys):
    course()
    from autograder.mine import conv2d, relu

    assert capsys.readouterr().out == "conv2d       yours, from 02-convolution\nrelu         yours, from 02-convolution\n"
    assert conv2d(IMAGES, KERNELS, BIAS).dtype == np.float64  # Keras' would be float32
    assert list(relu(np.array([-1, 2]))) == [0, 2]


def test_a_changed_answer_is_read_anew(course):
    course({"relu": "def relu(x):\n    return x"})
    assert mine.relu(-1) == -1
    course({"relu": "def relu(x):\n    return max(x, 0)"})
    assert mine.relu(-1) == 0


def test_nothing_but_what_the_function_needs_is_run(course):
    more = ["raise SystemExit", "from autograder.mine import relu", "print(1 / 0)", "%timeit relu(seven)", "x = 1 / 0"]
    course({"relu": "def relu(x):\n    return np.where(x > 0, x, 0)"}, more)
    assert mine.relu(3) == 3


def test_helpers_imports_and_constants_of_other_cells_come_along(course):
    more = [
        "from functools import partial as part\nLOW = 0",
        "def larger(p, q=LOW):\n    return p if p > q else LIMITS[0]",
        "LIMITS = [LOW, 6]",
    ]
    course({"relu": "relu = part(larger, q=0)"}, more)
    assert (mine.relu(3), mine.relu(-3)) == (3, 0)
    course(
        {
            "conv2d": "def conv2d(images, kernels, bias):\n    return output_size(5, 3)",
            "output_size": "def output_size(s, k):\n    return s - k",
        }
    )
    assert mine.conv2d(IMAGES, KERNELS, BIAS) == 2


def test_two_functions_may_need_each_other(course):
    course({"relu": "def relu(x):\n    return other(-x) if x < 0 else x"}, ["def other(x):\n    return relu(0)"])
    assert mine.relu(-5) == 0


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, "yours in 02-convolution.ipynb is not written yet"),
        ({"relu": "def relu(x) return x"}, "02-convolution.ipynb has no relu that can be read"),
        ({"relu": "relu = 1 / 0"}, "yours in 02-convolution.ipynb stops with ZeroDivisionError"),
    ],
)
def test_without_an_answer_keras_steps_in_and_says_why(course, capsys, answers, reason):
    course(answers)
    assert is_given(mine.relu)
    assert f"relu         Keras' own, for {reason}" in capsys.readouterr().out


def test_without_a_notebook_keras_steps_in(course, capsys):
    assert is_given(mine.conv2d)
    assert "for there is no ../02-convolution/02-convolution.ipynb" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": [{"cell_type": "code"}]}', '{"cells": [3]}'])
def test_a_damaged_notebook_is_no_reason_to_stop(course, capsys, tmp_path, text):
    (tmp_path / "02-convolution" / "02-convolution.ipynb").write_text(text)
    assert is_given(mine.conv2d)
    assert "02-convolution.ipynb cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize(("variable", "value"), [("AUTOGRADER_GRADING", "1"), ("NBGRADER_EXECUTION", "autograde")])
def test_a_grader_gets_what_is_given(course, monkeypatch, capsys, variable, value):
    course()
    monkeypatch.setenv(variable, value)
    assert is_given(mine.conv2d)
    assert "costs nothing" in capsys.readouterr().out


def test_what_no_lesson_asks_for_cannot_be_imported(course):
    course()
    with pytest.raises(ImportError):
        from autograder.mine import conv3d  # noqa: F401
    with pytest.raises(ImportError):  # in given, but not of it
        from autograder.mine import np  # noqa: F401
    with pytest.raises(ImportError):  # an exercise, but nothing is given for it
        from autograder.mine import conv_parameters  # noqa: F401
    assert not hasattr(mine, "_ipython_display_")


def test_an_error_shows_the_line_in_which_it_happened(course):
    course({"relu": "def relu(x):\n    return x.nothing"})
    with pytest.raises(AttributeError) as caught:
        mine.relu(3)
    assert "return x.nothing" in traceback.format_exc() or "return x.nothing" in "".join(traceback.format_exception(caught.value))
    assert inspect.getsource(mine.relu).startswith("def relu")
