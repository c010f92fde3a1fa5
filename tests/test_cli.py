"""The command line: results and exit codes on real notebooks, one sentence on bad input."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from autograder.intake import STUB
from autograder.lessons import find_lesson
from autograder.record import Record

LESSON = find_lesson("02-convolution")


def autograder(*arguments, **options):
    environment = os.environ | {"COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, arguments)], capture_output=True, text=True, env=environment, **options
    )


@pytest.fixture
def hand_in(tmp_path):
    def written(**answers):
        notebook = nbformat.read(LESSON.path, as_version=4)
        for cell in notebook.cells:
            if cell.id in answers:
                cell.source = answers[cell.id]
        nbformat.write(notebook, tmp_path / "mine.ipynb")
        return tmp_path / "mine.ipynb"

    return written


def test_solved_notebook_exits_with_0_and_writes_its_record(hand_in, tmp_path):
    done = autograder("check", hand_in(), "--json", tmp_path / "result.json", "--seed", 5)
    assert (done.returncode, done.stderr) == (0, "")
    assert "13 of 14 points" in done.stdout
    record = Record.model_validate_json((tmp_path / "result.json").read_text())
    assert (record.lesson, record.points, record.seed) == ("02-convolution", 13, 5)
    assert json.loads((tmp_path / "result.json").read_text())["schema"] == 1


def test_unfinished_notebook_exits_with_1_and_says_what_is_missing(hand_in):
    done = autograder(
        "check", hand_in(relu=STUB, output_size="def output_size(size, kernel, stride=1, padding=0):\n    return size - kernel")
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "There is no relu yet" in done.stdout and "10 of 14 points" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.ipynb"], "There is no file nowhere.ipynb."),
        (["page.html"], "is not a notebook: its name should end in .ipynb"),
        (["broken.ipynb"], "is damaged"),
        (["other.ipynb"], "not a notebook of this course"),
        (["other.ipynb", "--json", "no/such/folder.json"], "there is no folder"),
        (["other.ipynb", "--seed", "-1"], "--seed"),
        ([], "NOTEBOOK"),
    ],
)
def test_bad_input_gets_a_sentence_and_exit_code_2(tmp_path, arguments, said):
    (tmp_path / "page.html").write_text("")
    (tmp_path / "broken.ipynb").write_text("{")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "other.ipynb")
    done = autograder("check", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"]])
def test_help_is_there(arguments):
    done = autograder(*arguments)
    assert done.returncode == 0 and "check" in done.stdout


def test_leaderboard_ranks_what_the_grader_measured(tmp_path):
    capstone = {"id": "capstone", "points": 7, "max_points": 10, "status": "partial", "bonus": True}
    for student, accuracy in [("ada", 0.9931), ("ben", 0.9944)]:
        check = capstone | {"measured": {"accuracy": accuracy, "parameters": 412_000}}
        record = Record(
            lesson="11-capstone",
            student=student,
            digest=f"sha256:{0:064}",
            isolated=False,
            seed=1,
            points=7,
            max_points=0,
            seconds=1,
            checks=[check],
        )
        assert record.total() == "7 of 10 bonus points"
        folder = tmp_path / "autograded" / student / "11-capstone"
        folder.mkdir(parents=True)
        (folder / "result.json").write_text(record.to_json())
    done = autograder("leaderboard", tmp_path / "autograded")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("| 1 | ben | 99.44% | 412,000 |") < done.stdout.index("| 2 | ada | 99.31% | 412,000 |")
    assert "ada" not in autograder("leaderboard", tmp_path / "autograded", "--anonymous").stdout


def test_leaderboard_of_nothing_is_one_sentence(tmp_path):
    done = autograder("leaderboard", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("autograder: There are no results of 11-capstone") and done.stderr.count("\n") == 1
