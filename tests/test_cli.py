"""The command line: results and exit codes on real notebooks, one sentence on bad input."""

import io
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from rich.console import Console
from typer.testing import CliRunner

import autograder.sandbox as autograder_sandbox
from autograder.classroom import Outcome
from autograder.cli import app, progress, sum_up
from autograder.intake import STUB
from autograder.lessons import find_lesson
from autograder.record import Record
from course_folder import hand_in as hand_in_class
from course_folder import make_course
from course_folder import notebook as lesson_notebook

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


def test_notebook_of_somebody_elses_runs_in_the_sandbox(hand_in, tmp_path):
    spy = "import socket, os\nseen = os.path.exists('/etc/hostname') or len(socket.if_nameindex()) > 1\ndef relu(x):\n    return x if seen else np.maximum(x, 0)"
    done = autograder("check", hand_in(relu=spy), "--sandbox", "--json", tmp_path / "result.json")
    assert (done.returncode, done.stderr) == (0, "")
    record = Record.model_validate_json((tmp_path / "result.json").read_text())
    assert record.isolated and record.points == 13


def test_where_there_is_no_sandbox_nothing_is_run(hand_in, tmp_path, monkeypatch):
    def none():
        raise autograder_sandbox.SandboxUnavailable("There is no sandbox here.")

    monkeypatch.setattr(autograder_sandbox, "bubblewrap", none)
    done = CliRunner().invoke(app, ["check", str(hand_in(setup=f"open({str(tmp_path / 'ran')!r}, 'w')")), "--sandbox"])
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", "autograder: There is no sandbox here.\n")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["12-nowhere"], "There is no lesson '12-nowhere'; the lessons are 01-pixels, "),
        (["02-convolution", "--workers", "0"], "--workers takes a number of processes, 1 or more, and not 0."),
        (["02-convolution", "--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "--workers and --scheduler exclude each other"),
        (["02-convolution", "--student", "eve", "--student", "ada"], "There is no submission of 02-convolution by eve in "),
        (["03-pooling"], "Nobody has handed in 03-pooling: there is no folder "),
        (["02-convolution", "--scheduler", "nonsense"], "No Dask scheduler answers at nonsense (missing port number in address"),
    ],
)
def test_class_that_cannot_be_graded_gets_a_sentence_and_exit_code_2(tmp_path, monkeypatch, arguments, said):
    hand_in_class(make_course(tmp_path), "ada", lesson_notebook())
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["grade", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"autograder: {said}") and done.stderr.count("\n") == 1
    assert not (tmp_path / "autograded").exists()


def test_folder_that_is_no_course_gets_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["grade", "02-convolution"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert (
        done.stderr == f"autograder: This is no course folder: there is no nbgrader_config.py in {tmp_path}. Run the command where it is.\n"
    )


def test_what_students_install_does_not_grade_classes(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "autograder.classroom", None)
    done = CliRunner().invoke(app, ["grade", "02-convolution"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"autograder: Grading a class takes .*: grade in a clone of the course.\n", done.stderr)


def test_grading_without_a_sandbox_says_so(tmp_path):
    course = make_course(tmp_path)
    hand_in_class(course, "ada", lesson_notebook())
    done = autograder("grade", "02-convolution", "--unsafe-no-sandbox", cwd=course)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Students' code runs without a sandbox, with your rights" in done.stdout
    assert re.search(r"1 +graded without a sandbox", done.stdout)
    record = Record.model_validate_json((course / "autograded" / "ada" / LESSON.name / "result.json").read_text())
    assert (record.points, record.isolated) == (13, False)


def test_progress_has_a_bar_on_a_terminal_and_lines_elsewhere():
    for terminal, shown in [(True, ("━", "3/3", "a second", "to go")), (False, ("3 of 3 graded", "a second, 0 seconds to go"))]:
        console = Console(force_terminal=terminal, width=120, file=io.StringIO())
        with progress(console, 3) as advance:
            for _ in range(3):
                advance(Outcome("ada", "graded"))
        assert all(words in console.file.getvalue() for words in shown)


def test_summary_cannot_be_forged_by_what_students_call_things():
    console = Console(force_terminal=True, width=200, file=io.StringIO())
    sum_up([Outcome("\x1b[2Jeve\n7 graded", "unwritten", None, "\x1b]0;title\x07the result does not fit")], console)
    said = console.file.getvalue()
    assert "\x1b[2J" not in said and "\x1b]0" not in said and "\n7 graded" not in said
    assert re.search(r"1.*have no result", said)


def test_students_path_is_light():
    heavy = "nbgrader distributed tensorflow keras autograder.classroom autograder.gradebook autograder.zygote"
    code = f"import sys, autograder.cli, autograder.submission; print([name for name in '{heavy}'.split() if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["grade", "--help"]])
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
