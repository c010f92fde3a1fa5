"""The benchmarks measure what they say: nothing is missed, the page says what the numbers do, and the committed ones are good enough.

How long anything takes is measured by `make bench`, on an idle machine, and never here.
"""

import ast
import copy
import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import cluster
import grading
import metering
import submissions
import tables
from autograder.lessons import find_lesson
from autograder.zygote import ENVIRONMENT

LESSON = find_lesson("02-convolution")
PYTHON = [sys.executable, "-c"]


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads((grading.RESULTS / "grading.json").read_text(encoding="utf-8"))


# --- the gates on what is committed ---


def shortfalls(results: dict) -> list[str]:
    """What the measurements lack, or where the grader is not as fast and small as it should be, as sentences."""
    found = []
    convolution = results["lessons"].get("02-convolution")
    if convolution is None or "08-network" not in results["lessons"]:
        return ["lessons 02 and 08 were not both measured"]
    sizes = {run["submissions"] for run in tables.chosen(convolution, "growth", grader="ours")}
    if not {10, 50, 100, 200} <= sizes:
        found.append(f"classes of {sorted(sizes)} were measured, not of 10, 50, 100 and 200")
    for name, lesson in results["lessons"].items():
        turns = [run["grader"] for run in tables.chosen(lesson, "side by side")]
        if len(turns) < 6 or turns != ["ours", "stock"] * (len(turns) // 2):
            found.append(f"{name}: the two were not measured in turn, three times each")
        if lesson["same_points"] < 0.95 * lesson["compared"]:  # nbgrader robs those of their points who import Keras in an answer
            found.append(f"{name}: only {lesson['same_points']} of {lesson['compared']} points are the same")
        if max(run["memory"] for run in tables.chosen(lesson, "memory", grader="ours", workers=2)) >= 2.5e9:
            found.append(f"{name}: more than 2.5 GB of memory with two workers")
    if tables.ratio(convolution, "seconds") < 10:
        found.append(f"only {tables.ratio(convolution, 'seconds'):.1f} times the throughput of stock nbgrader")
    if tables.ratio(convolution, "cpu") < 8:
        found.append(f"only {tables.ratio(convolution, 'cpu'):.1f} times less processing time than stock nbgrader")
    if tables.disturbance(results) > tables.IDLE:
        found.append("the machine was not idle")
    return found


def test_the_committed_measurements_are_complete_and_good_enough(results):
    assert shortfalls(results) == []


def test_the_committed_page_is_that_of_the_committed_measurements(results):
    assert (grading.RESULTS / "grading.md").read_text(encoding="utf-8") == tables.page(results)


def test_readme_says_what_was_measured(results):
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    convolution, network = results["lessons"].values()
    ours, stock = (50 * tables.mean_each(tables.chosen(convolution, "side by side", grader=name), "seconds") for name in ("ours", "stock"))
    minutes, seconds = divmod(round(stock), 60)
    assert f"a class of 50 is graded in {ours:.0f} seconds in lesson 02" in readme and f"takes {minutes} min {seconds} s for it" in readme
    assert f"{tables.ratio(convolution, 'seconds'):.0f} times the throughput, with a tenth of the" in readme
    assert round(tables.ratio(convolution, "cpu")) == 10
    assert f"In lesson 08 it is {tables.ratio(network, 'seconds'):.0f} times the throughput" in readme


def test_nothing_committed_tells_whose_machine_it_was():
    text = "".join(path.read_text(encoding="utf-8") for path in grading.RESULTS.glob("grading.*"))
    assert not any(word in text for word in (os.uname().nodename, str(ROOT), str(Path.home()), "/tmp"))


# --- the numbers ---


def run(grader: str, size: int, seconds: float, cpu: float, *purposes: str, workers: int = 2, busy: float | None = None) -> dict:
    about = {"grader": grader, "submissions": size, "purposes": purposes, "workers": workers}
    return about | {"seconds": seconds, "cpu": cpu, "busy": busy or cpu, "memory": 10**9}


def made_up() -> dict:
    """Measurements of a grader that takes 4 seconds once and 0.5 for each submission, of 10 and 5 for stock nbgrader."""
    runs = []
    for _ in range(3):
        runs += [
            run("ours", 50, 29, 58, "side by side", "growth", "workers"),
            run("stock", 50, 260, 500, "side by side", "growth", workers=1),
        ]
    runs += [run("ours", size, 4 + 0.5 * size, 8 + size, "growth") for size in (10, 100, 200)]
    runs += [
        run("stock", 10, 60, 100, "growth", workers=1),
        run("ours", 50, 54, 58, "workers", workers=1),
        run("ours", 200, 3, 3, "resume"),
    ]
    runs += [run(grader, 10, 9, 9, "memory") for grader in ("ours", "stock")]
    phases = {name: {"seconds": 0.1, "trusted": 0.03, "sandbox": 0.05} for name in tables.PHASES}
    central = {"submissions": 1001, "workers": 64, "waiting": 0, "seconds": 20.0, "main": 0.018, "writer": 0.015, "writer_cpu": 0.01}
    lesson = {
        "runs": runs,
        "same_points": 250,
        "compared": 250,
        "profile": {"submissions": 50, "phases": phases, "points": []},
        "floor": {"submissions": 50, "phases": {"cells": 0.1, "functions": 0.1, "checks": 0.05}, "points": []},
        "central": central | {"scheduler": 0.004, "quarters": [50.0, 50.0, 50.0, 50.0]},
    }
    machine = {"cores": 2, "processor": "a processor", "memory": 8, "versions": {"Python": "3.11.7"}}
    lessons = {"02-convolution": lesson, "08-network": copy.deepcopy(lesson)}
    return {"machine": machine, "accounting": "control group", "lessons": lessons}


def test_a_cost_is_split_into_what_is_paid_once_and_for_each():
    lesson = made_up()["lessons"]["02-convolution"]
    ours = tables.line(tables.chosen(lesson, "growth", grader="ours"), "seconds")
    assert (ours.start, ours.each) == (pytest.approx(4), pytest.approx(0.5))
    assert tables.line(tables.chosen(lesson, "growth", grader="stock"), "seconds").at(200) == pytest.approx(1010)
    with pytest.raises(ValueError, match="two sizes"):
        tables.line([run("ours", 50, 29, 58, "growth")] * 2, "seconds")


def test_ratios_compare_the_same_class():
    lesson = made_up()["lessons"]["02-convolution"]
    assert tables.ratio(lesson, "seconds") == pytest.approx(260 / 29)
    assert tables.ratio(lesson, "cpu") == pytest.approx(500 / 58)


def test_workers_set_the_pace_until_the_writer_does():
    about = {"worker": 0.5, "central": 0.02, "start": 10}
    assert tables.duration(1000, 1, **about) == pytest.approx(510)
    assert tables.duration(1000, 10, **about) == pytest.approx(60)
    assert tables.duration(1000, 64, **about) == tables.duration(1000, 640, **about) == pytest.approx(30)
    assert tables.enough_workers(0.5, 0.02) == 25
    assert tables.duration(1000, 24, **about) > tables.duration(1000, 25, **about) == pytest.approx(30)


def test_on_a_small_machine_the_writer_takes_from_the_workers():
    about = {"worker": 0.5, "central": 0.02, "start": 10}
    assert tables.duration_here(1000, 1, cores=2, **about) == tables.duration(1000, 1, **about)
    assert tables.duration_here(1000, 2, cores=2, **about) == pytest.approx(10 + 1000 * 0.52 / 2)


def test_the_gates_pass_what_is_good_enough_and_name_what_is_not():
    results = made_up()
    assert shortfalls(results) == ["only 9.0 times the throughput of stock nbgrader"]
    lesson = results["lessons"]["02-convolution"]
    for one in tables.chosen(lesson, "side by side", grader="stock"):
        one["seconds"] *= 2
    assert shortfalls(results) == []

    def spoilt(change) -> str:
        worse = copy.deepcopy(results)
        change(worse["lessons"]["02-convolution"])
        return " ".join(shortfalls(worse))

    assert "10, 50, 100 and 200" in spoilt(lambda lesson: lesson["runs"].remove(tables.chosen(lesson, "growth", submissions=200)[0]))
    assert "in turn" in spoilt(lambda lesson: lesson["runs"].reverse())
    assert "the same" in spoilt(lambda lesson: lesson.update(same_points=230))
    assert "2.5 GB" in spoilt(lambda lesson: tables.chosen(lesson, "memory", grader="ours")[0].update(memory=3 * 10**9))
    assert "processing" in spoilt(
        lambda lesson: [one.update(cpu=90, busy=90) for one in tables.chosen(lesson, "side by side", grader="ours")]
    )
    assert "idle" in spoilt(lambda lesson: lesson["runs"][0].update(busy=70))
    assert shortfalls({"lessons": {"02-convolution": lesson}}) == ["lessons 02 and 08 were not both measured"]


# --- the page ---


def test_the_page_says_what_is_measured_and_what_is_computed():
    page = tables.page(made_up())
    assert "| 02-convolution | `nbgrader autograde` | 200 | 1010.0 | 2000.0 | 10.00 | computed |" in page
    assert "| 02-convolution | `autograder grade` | 200 | 104.0 | 208.0 | 1.04 | measured |" in page
    assert "| lesson | workers | time | the pace is set by |\n|---|---:|---:|---|\n" in page
    assert "| 02-convolution | 64 | 3 min 24 s | the writer |" in page
    assert "02-convolution, computed: from 35 workers on, the one writer sets the pace." in page


@pytest.mark.parametrize("path", ["machine cores", "lessons 02-convolution same_points", "lessons 08-network central seconds"])
def test_another_number_makes_another_page(path):
    results = made_up()
    *folders, name = path.split()
    inner = results
    for folder in folders:
        inner = inner[folder]
    before = tables.page(results)
    inner[name] += 3
    assert tables.page(results) != before


def test_the_page_says_when_the_machine_was_not_idle():
    results = made_up()
    assert "It was idle otherwise" in tables.page(results)
    results["lessons"]["08-network"]["runs"][1]["busy"] = 900
    assert "**It was not idle**: its processors worked for up to 1.8 times" in tables.page(results)
    results["accounting"] = "machine"
    assert "no control group could be made" in tables.page(results)


# --- metering ---

UNWAITED = """
import os, resource, select, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
child = os.fork()
if not child:
    while time.process_time() < 0.3: pass
    os._exit(0)
waiting = select.poll()
waiting.register(os.pidfd_open(child), select.POLLIN)
waiting.poll()
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
assert usage.ru_utime + usage.ru_stime < 0.1, "the usual account has it, too"
"""
ORPHAN = """
import os, time
if not os.fork():
    os.setsid()
    while time.process_time() < 0.3: pass
"""


@pytest.mark.parametrize("program", [UNWAITED, ORPHAN], ids=["nobody waits for it", "it outlives its parent"])
def test_a_process_is_counted_whoever_its_parent_is(program, tmp_path):
    took = metering.cost([*PYTHON, program], tmp_path, os.environ)
    assert took.cpu >= 0.25 and took.busy >= 0.2  # the machine's own account is made of samples


def test_where_no_group_can_be_made_the_machine_is_counted(tmp_path, monkeypatch):
    def none():
        raise StopIteration

    monkeypatch.setattr(metering, "_own_group", none)
    took = metering.cost([*PYTHON, "import time\nwhile time.process_time() < 0.3: pass"], tmp_path, os.environ, memory=True)
    assert took.cpu == took.busy >= 0.2 and took.memory > 0


def test_a_group_that_nothing_may_enter_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "cgroup.procs").mkdir()  # which nobody can write to, not even root
    monkeypatch.setattr(metering.tempfile, "mkdtemp", lambda **_: str(tmp_path))
    with metering.Group() as group:
        assert not group.counts and group.within(["true"]) == ["true"]


SHARED = """
import os, time
block = bytearray(60_000_000)
children = [os.fork() for _ in range(2)]
time.sleep(1.5)
"""


def test_memory_that_processes_share_is_counted_once(tmp_path):
    took = metering.cost([*PYTHON, SHARED], tmp_path, os.environ, memory=True)
    assert 60_000_000 < took.memory < 120_000_000


def test_a_command_that_fails_is_no_measurement(tmp_path):
    with pytest.raises(metering.CommandFailed, match="out of paper"):
        metering.cost([*PYTHON, "import sys; sys.exit('out of paper')"], tmp_path, os.environ)


# --- the class ---


def test_the_class_is_mixed_and_everybody_hands_in_something_else():
    kinds = [submissions.kind(number) for number in range(10)]
    assert {kind: kinds.count(kind) for kind in kinds} == submissions.KINDS
    made = [submissions.notebook(LESSON, LESSON.notebook, number) for number in range(100)]
    answered = [notebook for number, notebook in enumerate(made) if submissions.kind(number) != "nothing"]
    assert len(set(answered)) == len(answered) == 90
    assert made[17] == submissions.notebook(LESSON, LESSON.notebook, 17)


@pytest.mark.parametrize("lesson", list(grading.PLANS))
def test_an_answer_can_be_run_and_takes_no_name_of_the_lesson(lesson):
    taken = {
        node.id
        for cell in find_lesson(lesson).notebook["cells"]
        if cell["cell_type"] == "code"
        for node in ast.walk(ast.parse("".join(cell["source"])))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for exercise in find_lesson(lesson).exercises:
        if not exercise.manual:
            bank = submissions.bank(lesson, exercise.id)
            assert sum(answer.right for answer in bank) >= 4 and sum(not answer.right for answer in bank) >= 8
            for answer in bank:
                defined = {node.name for node in ast.parse(answer.source).body if isinstance(node, ast.FunctionDef)}
                assert exercise.id in defined and not defined & taken


# --- the whole, once ---


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> grading.Bench:
    return grading.Bench(LESSON, tmp_path_factory.mktemp("bench"), lambda step: None)


def test_the_grader_is_measured_taken_apart_and_done_without(bench):
    course = bench.grade("ours", 2, "side by side", workers=1)
    (measured,) = bench.runs
    assert measured["cpu"] > 0 and measured["purposes"] == ("side by side",)
    assert len(grading.points(course)) == 10  # all but the two reflections, which wait for a person
    grading.prepared(course, LESSON, bench.folder / "results.json")

    profile = bench.inside("profile", course)
    floor = bench.inside("floor", course, more=ENVIRONMENT | {"MPLBACKEND": "agg"})
    assert list(profile["phases"]) == list(tables.PHASES) and set(floor["phases"]) <= set(tables.PHASES)
    assert all(phase["seconds"] > 0 for phase in profile["phases"].values()) and min(floor["phases"].values()) > 0
    assert profile["points"] == floor["points"] and profile["points"][0] == 13

    course = bench.course("ours", 2)
    grading.multiply(course, LESSON, 8)
    central = bench.inside("central", course, 3, 0, more={cluster.RESULTS: str(bench.folder / "results.json")})
    assert central["submissions"] == 8 and 0 < central["writer_cpu"] < central["main"]
    grading.must_be_graded(course, LESSON, 8, isolated=True)


def test_what_was_not_graded_is_no_measurement(bench):
    course = bench.course("ours", 2)
    with pytest.raises(metering.CommandFailed, match="0 of 2 submissions were graded"):
        grading.must_be_graded(course, LESSON, 2, isolated=True)


def test_the_stock_grader_has_nothing_of_ours_but_the_directories(bench):
    config = (bench.folder / "stock" / "nbgrader_config.py").read_text()
    assert config == grading.STOCK and "autograder" not in config
    assert all("CourseDirectory" in line for line in config.splitlines()[1:])
