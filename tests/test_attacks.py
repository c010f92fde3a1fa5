"""Every attack of the bank earns what it deserves, harms no neighbour, and leaves nothing behind."""

import dataclasses
import os
import re
import signal
import time
from collections import Counter
from pathlib import Path

import nbformat
import psutil
import pytest
from traitlets.config import PyFileConfigLoader

import attack as bank
from attack import FULL, Attack, all_attacks, judge, world
from autograder import submission
from autograder.intake import grade_id, read_notebook, rebuild
from autograder.kernel import Kernel
from autograder.lessons import find_lesson
from autograder.record import CheckResult
from autograder.sandboxed import Sandboxed
from autograder.submission import Graded, grade_submission
from autograder.zygote import Zygote

BANK = all_attacks()
LEAST = {"forging": 100, "stealing": 20, "breaking": 140, "reaching_out": 40, "injecting": 40, "honest": 80}
BY_NAME = {attack.name: attack for attacks in BANK.values() for attack in attacks}


@pytest.fixture(scope="module")
def place():
    with world() as place:
        yield place


@pytest.fixture(scope="module")
def zygote(place):  # after the world: what is in the grader's environment is not in the zygote's
    with Zygote() as zygote:
        assert bank.neighbour(place, zygote) == []  # what the grader makes once and keeps, it has now
        yield zygote


@pytest.fixture(scope="module")
def held(zygote):
    return bank.handles()


@pytest.mark.parametrize("attack", [pytest.param(attack, id=f"{kind}: {attack}") for kind, attacks in BANK.items() for attack in attacks])
def test_attack_earns_what_it_deserves_and_harms_no_one(attack, place, zygote, held):
    assert judge(attack, place, zygote) == []


def test_grader_holds_no_more_descriptors_and_threads_after_all_of_that(place, zygote, held):
    assert bank.neighbour(place, zygote) == []
    assert bank.handles() <= held + 60  # TensorFlow's threads, and what belongs to a kernel or two: nothing that grows with each submission

    forgotten = [os.pipe() for _ in range(31)]
    assert bank.handles() > held + 60
    for descriptor in sum(forgotten, ()):
        os.close(descriptor)


@pytest.mark.parametrize(
    "name",
    [
        "tracebacks are not shown (nbgrader #1324)",
        "the grader's own modules are patched",
        "an object that equals everything",
        "the harness answers with a verdict",
        "answers, requests and ends of cells are made up on Jupyter's own channels",
        "names of files that lead out of the folder",
    ],
)
def test_attack_earns_no_more_without_a_sandbox(name, place):
    assert judge(BY_NAME[name], place, None) == []


def test_bank_holds_every_kind_of_attack():
    assert {kind for kind, least in LEAST.items() if len(BANK.get(kind, [])) < least} == set()
    names = Counter((kind, attack.name) for kind, attacks in BANK.items() for attack in attacks)
    assert [name for name, times in names.items() if times > 1] == []


def test_most_attacks_change_something_that_an_honest_submission_has_not():
    honest = Attack("", FULL)
    parts = {field.name for field in dataclasses.fields(Attack)} - {"name", "deserves", "says", "never_says", "after", "hangs"}
    unchanged = [attack.name for attack in BY_NAME.values() if all(getattr(attack, part) == getattr(honest, part) for part in parts)]
    assert unchanged == []


def test_student_called_like_a_formula_is_not_collected():
    config = PyFileConfigLoader("nbgrader_config.py", path=str(Path(__file__).parents[1])).load_config()
    pattern = config.FileNameCollectorPlugin.named_regexp
    folder = "downloaded/02-convolution/extracted/"
    assert re.match(pattern, f"{folder}ada_attempt_02-convolution.ipynb")["student_id"] == "ada"
    for name in ("=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '"=1', "<b>ada", "ada\x1b[2J", "ada\u202e", "a|b"):
        assert not re.match(pattern, f"{folder}{name}_attempt_02-convolution.ipynb"), name


# --- the harness itself must be able to complain ---


def asserting_in_their_process(handed_in, zygote):
    """A grader as most are: the assertion is a cell of the notebook, and no error among its outputs means full marks."""
    lesson = find_lesson(handed_in.lesson)
    notebook, _ = rebuild(lesson, read_notebook(handed_in.notebook))
    tests = {
        "double_check": "assert np.allclose(double(np.arange(3.0)), [0.0, 2.0, 4.0])",
        "half_check": "assert np.allclose(half(np.arange(3.0)), [0.0, 0.5, 1.0])",
    }
    earned = {}
    kernel = Kernel(notebook, Sandboxed(zygote, lesson.name, {}))
    with kernel.running():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                cell.source = tests.get(grade_id(cell), cell.source)
                kernel.run(cell, index)
                earned[grade_id(cell)] = not any(output.output_type == "error" for output in cell.outputs)
    honest = grade_submission(handed_in, zygote)
    checks = [
        check if check.status == "manual" else check.model_copy(update={"points": check.max_points * earned[f"{check.id}_check"]})
        for check in honest.record.checks
    ]
    record = honest.record.model_copy(update={"checks": checks, "points": sum(check.points for check in checks)})
    return Graded(record, honest.notebook)


@pytest.mark.parametrize(
    "name",
    [
        "numpy.testing and every comparison of numpy are patched",
        "tracebacks are not shown (nbgrader #1324)",
        "an AST transformer takes out the assertions and turns comparisons into True",
        "an array whose comparisons and ufuncs lie",
    ],
)
def test_grader_that_asserts_in_the_students_process_is_found_out(name, place, zygote):
    complaints = judge(BY_NAME[name], place, zygote, asserting_in_their_process)
    assert any(complaint.startswith("it deserves") for complaint in complaints)
    assert bank.neighbour(place, zygote, asserting_in_their_process) == []  # it is not the grader that is broken


def test_grader_that_believes_a_verdict_is_found_out(place, zygote, monkeypatch):
    honest = submission.run_check

    def believing(checks_file, exercise, points, student, *more):
        reply, _ = student._transport({"call": exercise, "arguments": {"dict": []}, "and_arguments": False}, [], 5)
        if reply.get("status") == "passed":
            return CheckResult(id=exercise, points=reply["points"], max_points=points, status="passed")
        return honest(checks_file, exercise, points, student, *more)

    monkeypatch.setattr(submission, "run_check", believing)
    complaints = judge(BY_NAME["the harness answers with a verdict"], place, zygote)
    assert any(complaint.startswith("it deserves") for complaint in complaints)
    assert bank.neighbour(place, zygote) == []


BURGLAR = """
import os, socket, subprocess
print(open("@FOLDER@/course/secret.txt").read())
open("@FOLDER@/executed", "w").write("x")
socket.create_connection(("127.0.0.1", @PORT@)).close()
subprocess.Popen(["sleep", "30"], start_new_session=True)
"""


def test_grading_without_a_sandbox_is_found_out(place):
    """What the sandbox is for: the same harness sees a secret read and shown, a file written, a port reached and a process left."""
    before = bank.processes()
    try:
        complaints = "\n".join(judge(Attack("a burglar", FULL, own=BURGLAR), place, None))
    finally:
        for pid in bank.processes().keys() - before.keys():
            psutil.Process(pid).send_signal(signal.SIGKILL)
        (place.folder / "executed").unlink(missing_ok=True)
    for found in ("the result shows", "were opened: ['secret.txt']", "processes are left", "executed", "reached a port"):
        assert found in complaints


def graded_but(change):
    """A grader whose results are changed afterwards."""

    def grade(handed_in, zygote):
        graded = grade_submission(handed_in, zygote)
        return change(graded, handed_in) or graded

    return grade


def _with_points(graded, handed_in):
    checks = [check.model_copy(update={"points": check.max_points}) for check in graded.record.checks]
    return Graded(graded.record.model_copy(update={"checks": checks}), graded.notebook)


def _invalid(graded, handed_in):
    graded.notebook.cells[0].outputs = [nbformat.from_dict({"output_type": "none"})]


def _other_value(graded, handed_in):
    for cell in graded.notebook.cells:
        if cell.id == "double_check":
            cell.outputs[-1].data["text/plain"] = "3.0"


def _slow(graded, handed_in):
    time.sleep(2)


def _busy(graded, handed_in):
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass


def _large(graded, handed_in):
    b"x" * (300 * 2**20)


def _raising(graded, handed_in):
    raise KeyError("data")


def _hard_on_neighbours(graded, handed_in):
    if handed_in.student == "ada":
        return Graded(graded.record.model_copy(update={"flags": ["who was here before?"]}), graded.notebook)


@pytest.mark.parametrize(
    "change, complaint",
    [
        (_with_points, "it deserves"),
        (_other_value, "nbgrader would read"),
        (_invalid, "the graded notebook is none"),
        (_slow, "there was still no result"),
        (_busy, "the grader itself took"),
        (_large, "the grader itself took"),
        (_raising, "grading raised KeyError"),
        (_hard_on_neighbours, "the neighbour got"),
    ],
)
def test_harness_complains(change, complaint, place, zygote, monkeypatch):
    monkeypatch.setattr(bank, "SECONDS", 1.5)
    monkeypatch.setattr(bank, "BUSY_SECONDS", 0.25)
    monkeypatch.setattr(bank, "MEMORY", 250)
    wrong = Attack("wrong", {"double": 0, "half": 2}, double=bank.WRONG_DOUBLE)
    assert any(complaint in found for found in judge(wrong, place, zygote, graded_but(change)))


def test_harness_misses_words_and_assertions_that_are_asked_for(place, zygote):
    def disappointed(world):
        raise AssertionError("not what it looks like")

    attack = Attack("quiet", FULL, says=("a word that is not there",), never_says=("3 of 3",), after=disappointed)
    complaints = judge(attack, place, zygote)
    assert len(complaints) == 3
    assert "nothing says 'a word that is not there'" in complaints[0]
    assert complaints[1:] == ["the result shows '3 of 3'", "not what it looks like"]


def test_harness_has_no_complaints_about_an_honest_submission(place, zygote):
    assert judge(Attack("honest", FULL), place, zygote) == []
