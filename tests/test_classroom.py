"""A class is graded on many processes and written by one; whatever ends on the way, every submission gets its result, once."""

import contextlib
import csv
import os
import re
import signal
import socket
import subprocess
import sys
import time
import weakref
from pathlib import Path

import dask
import psutil
import pytest
from nbgrader.converters import GenerateFeedback

from autograder import classroom
from autograder.classroom import ClassError, Workers, find_students, grade_class
from autograder.gradebook import open_course
from autograder.record import Record
from autograder.worker import Grader, WrongVersion, difference, installed
from course import run
from course_folder import HALF, LESSON, hand_in, make_course, notebook, rows, unanswered

POINTS = {"ada": 13.0, "ben": 6.0, "cleo": 0.0, "dan": 13.0, "eve": 0.0, "fay": 13.0, "gus": 0.0}  # without the reflection


def a_class(folder):
    """A course of seven: right, half right, without answers, by another name, damaged, with a broken label, and with no notebook at all."""
    course = make_course(folder)
    hand_in(course, "ada", notebook())
    hand_in(course, "ben", notebook(HALF))
    hand_in(course, "cleo", unanswered())
    hand_in(course, "dan").joinpath("my answers.ipynb").write_text(notebook())
    hand_in(course, "eve", notebook()[:1000])
    hand_in(course, "fay", notebook().replace('"relu_check"', '"relu_chek"'))
    hand_in(course, "gus", beside=[("notes.txt", b"The dog ate it.")])
    return course


def command(*arguments):
    return [sys.executable, "-m", "autograder", "grade", LESSON.name, *map(str, arguments)]


def grade(course, *arguments):
    return subprocess.run(command(*arguments), cwd=course, capture_output=True, text=True, env=os.environ | {"COLUMNS": "200"})


def results(course, folder=LESSON.name):
    """The records in autograded/, by student."""
    found = [Record.model_validate_json(path.read_text()) for path in course.glob(f"autograded/*/{folder}/result.json")]
    return {record.student: record for record in found}


def wait_for(condition, seconds=300):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def alive(processes):
    """Those that are: one that nobody has waited for yet is not."""
    living = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                living.append(process)
    return living


def own_workers():
    """The processes of ours that Dask's workers are in."""
    return [process for process in alive(psutil.Process().children()) if "spawn_main" in " ".join(process.cmdline())]


# --- the whole way, by the command ---


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class's course folder after `autograder grade`, and what that said."""
    course = a_class(tmp_path_factory.mktemp("class"))
    return course, grade(course, "--workers", 2, "--seed", 7)


def test_class_is_graded_in_sandboxes_with_one_seed(graded):
    course, done = graded
    assert (done.returncode, done.stderr) == (0, "")
    records = results(course)
    assert {student: record.points for student, record in records.items()} == POINTS
    assert all(record.isolated and record.seed == 7 for record in records.values())


def test_summary_says_what_became_of_whom(graded):
    said = graded[1].stdout
    assert re.search(r"7 +graded", said) and re.search(r"2 +of these could not be read", said)
    assert re.search(r"6\.43 +points on average, of 14", said)
    assert "eve: The notebook is damaged" in said and "gus: No notebook was handed in" in said
    assert "dan: the notebook is called 'my answers.ipynb'" in said and "fay: labels were lost or changed, of 'relu_check'" in said
    assert "7 of 7 graded" in said and "autograded/STUDENT/02-convolution" in said
    assert "without a sandbox" not in said


def test_feedback_and_export_go_on_from_there(graded, tmp_path):
    course, _ = graded
    here = os.getcwd()
    try:
        run(GenerateFeedback, LESSON.name, course)
    finally:
        os.chdir(here)
    pages = {path.parts[-3]: path.read_text() for path in course.glob(f"feedback/*/{LESSON.name}/{LESSON.name}.html")}
    assert pages.keys() == POINTS.keys()
    assert "the absolute value" in pages["ben"]
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", tmp_path / "grades.csv"], cwd=course, check=True, capture_output=True
    )
    with (tmp_path / "grades.csv").open() as file:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)} == POINTS


def test_what_is_graded_is_not_graded_again(graded):
    course, _ = graded
    before = rows(course), {path: path.stat().st_mtime_ns for path in course.glob("autograded/**/*")}
    done = grade(course, "--workers", 2)
    assert done.returncode == 0 and re.search(r"7 +skipped: graded already", done.stdout)
    assert (rows(course), {path: path.stat().st_mtime_ns for path in course.glob("autograded/**/*")}) == before


# --- what ends on the way ---


def is_busy(grader):
    """Whether a sandbox of the grader's has been there for some seconds: that of a slow submission, and not one that was made to see whether it can be."""
    for process in psutil.process_iter(["ppid", "name", "create_time"]):  # which passes over those that end meanwhile
        about = process.info
        with contextlib.suppress(psutil.NoSuchProcess):
            if about["name"] == "bwrap" and time.time() - about["create_time"] > 3 and grader in process.parents():
                return True
    return False


SLOW = {"relu": "import time\n\ntime.sleep(20)\n\n\ndef relu(x):\n    return np.maximum(x, 0)"}


def test_run_that_is_killed_and_stopped_goes_on_where_it_was(graded, tmp_path):
    course = a_class(tmp_path)
    hand_in(course, "zoe", notebook(SLOW))  # the last one: no run is at its end before it is ended
    done = {}
    for how in (signal.SIGKILL, signal.SIGINT):
        grading = subprocess.Popen(
            command("--workers", 2, "--seed", 7),
            cwd=course,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        grader = psutil.Process(grading.pid)
        wait_for(lambda how=how, grader=grader: results(course) and (is_busy(grader) if how == signal.SIGINT else grader.children()))
        processes = grader.children(recursive=True)
        assert len(processes) >= 3  # two workers, and the warm process
        os.killpg(grading.pid, how) if how == signal.SIGINT else grading.send_signal(how)
        _, said = grading.communicate(timeout=300)
        _, left = psutil.wait_procs(processes, 60)
        assert not alive(left)
        if how == signal.SIGINT:
            assert grading.returncode == 130
            assert re.fullmatch(r"Stopped: \d of 8 submissions have a result; the same command goes on from there.\n", said)
        so_far = results(course, f".{LESSON.name}.ready") | results(course)
        assert done.items() <= so_far.items()  # the same, down to the time that grading took
        done = so_far
    last = grade(course, "--workers", 2, "--seed", 7)
    assert last.returncode == 0, last.stderr
    assert done.items() <= results(course).items()
    assert [[row for row in each if "zoe" not in row] for each in rows(course)] == rows(graded[0])
    assert not list(course.glob("autograded/*/.*"))


DEAF = """
import os, signal, sys
from autograder import classroom
from autograder.cli import app

class Deaf(classroom.LocalCluster):
    def __init__(self, **options):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            pass
        super().__init__(**options)

classroom.LocalCluster = Deaf
if __name__ == "__main__":
    app(["grade", sys.argv[1], "--workers", "1"])
"""


def test_interrupt_that_a_library_drops_stops_the_class_all_the_same(tmp_path):
    course = a_class(tmp_path)
    script = tmp_path / "deaf.py"
    script.write_text(DEAF)
    done = subprocess.run([sys.executable, script, LESSON.name], cwd=course, capture_output=True, text=True)
    assert done.returncode == 130
    assert done.stderr == "Stopped: 1 of 7 submissions have a result; the same command goes on from there.\n"
    assert len(results(course)) == 1


class Cluster:
    """A scheduler and workers, each a process of its own, joined by an address."""

    def __init__(self, folder, **variables):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        self.folder = folder
        self.processes = []
        host, port = self.address.removeprefix("tcp://").split(":")
        self.start("scheduler", "--host", host, "--port", port, **variables)

    def start(self, *arguments, **variables):
        environment = os.environ | variables
        with open(self.folder / "log", "a") as log:
            options = {"cwd": self.folder, "env": environment, "stdout": log, "stderr": log}
            self.processes.append(subprocess.Popen([sys.executable, "-m", "dask", *arguments, "--no-dashboard"], **options))
        return self.processes[-1]

    def worker(self, **variables):
        return self.start("worker", self.address, "--host", "127.0.0.1", "--nthreads", "2", **variables)

    def close(self):
        for process in self.processes:
            kill(process.pid)
            process.wait()


def kill(pid):
    """Kill a process and all that it has started, before it can start anything in their place."""
    if psutil.pid_exists(pid):
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            if process.is_running():
                process.kill()


@pytest.fixture
def cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("elsewhere"))
    yield started
    started.close()


def test_workers_elsewhere_grade_and_one_that_is_killed_is_not_missed(graded, cluster, tmp_path):
    course = a_class(tmp_path)
    workers = [cluster.worker(), cluster.worker()]
    grading = subprocess.Popen(
        command("--scheduler", cluster.address, "--seed", 7), cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for(lambda: results(course) or grading.poll() is not None)
    kill(workers[0].pid)
    said, complaints = grading.communicate(timeout=300)
    assert (grading.returncode, complaints) == (0, b""), said
    assert rows(course) == rows(graded[0])
    assert len(results(course)) == 7


def test_worker_that_is_the_only_one_comes_back_and_goes_on(tmp_path, pretended, monkeypatch):
    monkeypatch.setattr(classroom, "ALONE", 60)
    course = make_course(tmp_path)
    for number in range(8):
        hand_in(course, f"student-{number}", notebook())
    outcomes = grade_class(open_course(course), LESSON, find_students(open_course(course), LESSON), Workers(1, sandboxed=False))
    first = next(outcomes)
    for process in own_workers():
        process.kill()
    assert {first.state, *(outcome.state for outcome in outcomes)} == {"graded"}
    assert len(results(course)) == 8


# --- what can be wrong with a cluster ---


@pytest.fixture
def without_course(tmp_path):
    """Environment variables with which Python does not find our package."""
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['autograder'] = None")
    return {"PYTHONPATH": str(tmp_path)}


def must_ask_for_the_course(done):
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"autograder: The scheduler or the workers of tcp://\S+ do not have the course .*: install it .*\n", done.stderr)


def test_workers_without_the_course_and_schedulers_without_workers_are_one_sentence(cluster, without_course, tmp_path):
    course = a_class(tmp_path / "course")
    nobody = grade(course, "--scheduler", cluster.address)
    assert (nobody.returncode, nobody.stdout) == (2, "")
    assert re.fullmatch(r"autograder: The scheduler at tcp://\S+ has no workers: start some with `dask worker .*`.\n", nobody.stderr)
    cluster.worker(**without_course)
    must_ask_for_the_course(grade(course, "--scheduler", cluster.address))
    assert not (course / "autograded").exists()


def test_scheduler_without_the_course_is_one_sentence(without_course, tmp_path):
    course = a_class(tmp_path / "course")
    with contextlib.closing(Cluster(tmp_path, **without_course)) as cluster:
        cluster.worker()
        must_ask_for_the_course(grade(course, "--scheduler", cluster.address))
    assert not (course / "autograded").exists()


def test_workers_that_cannot_start_are_one_sentence(tmp_path, pretended):
    course = make_course(tmp_path)
    hand_in(course, "ada", notebook())
    nowhere = {"distributed.worker.preload": [str(tmp_path / "nowhere.py")]}
    with dask.config.set(nowhere), pytest.raises(ClassError, match="No workers can be started: "):
        outcomes_of(course, workers=1)


def test_other_versions_are_named():
    ours = installed(LESSON.name)
    assert difference(ours, dict(ours)) == ""
    assert "another version of Python (3.9) than this machine" in difference(ours, ours | {"Python": "3.9"})
    assert "another version of the course (None)" in difference(
        ours, {name: version for name, version in ours.items() if name != "the course"}
    )


def test_worker_of_another_version_that_comes_later_does_not_grade():
    import asyncio

    class Somebody:
        address = "tcp://somewhere:1"

    plugin = Grader("name", LESSON.name, False, installed(LESSON.name) | {"keras": "4.0"}, ours=False)
    with pytest.raises(WrongVersion, match="tcp://somewhere:1 has another version of keras"):
        asyncio.run(plugin.setup(Somebody()))


# --- what can be wrong with a submission, where grading is only pretended ---


@pytest.fixture
def pretended(tmp_path_factory, monkeypatch):
    """The workers of this process pretend to grade. Returns the file that says who makes trouble, and how."""
    trouble = tmp_path_factory.mktemp("trouble") / "trouble"
    trouble.touch()
    monkeypatch.setenv("TROUBLE", str(trouble))
    slow = {"distributed.deploy.lost-worker-timeout": "1 s"}  # what dask waits for a worker to come back, and we for longer
    with dask.config.set(slow | {"distributed.worker.preload": [str(Path(__file__).with_name("pretending.py"))]}):
        yield trouble


def outcomes_of(course, workers=2, sandboxed=False, **options):
    opened = open_course(course)
    found = grade_class(opened, LESSON, find_students(opened, LESSON), Workers(workers, sandboxed=sandboxed), **options)
    return {outcome.student: outcome for outcome in found}


def test_submission_that_ends_workers_gets_a_result_of_its_own_and_another_chance(tmp_path, pretended):
    course = make_course(tmp_path)
    for student in ("ada", "ben", "cleo", "dan", "eve", "mallory", "nina", "oscar"):
        hand_in(course, student, notebook())
    pretended.write_text("mallory kills\nnina starves\noscar confuses\n")
    outcomes = outcomes_of(course)
    states = {student: outcome.state for student, outcome in outcomes.items()}
    assert states == dict.fromkeys(["mallory", "nina", "oscar"], "ungraded") | dict.fromkeys(["ada", "ben", "cleo", "dan", "eve"], "graded")
    assert outcomes["mallory"].sentence == "could not be graded: it ended the process that graded it, each time it was tried"
    assert outcomes["nina"].sentence == "could not be graded: There is no memory left for a kernel."
    assert outcomes["oscar"].sentence == "could not be graded: the grader stopped with RuntimeError: a mistake of the grader's"
    record = results(course)["mallory"]
    assert (record.points, record.isolated, {check.status for check in record.checks}) == (0, False, {"error", "missing"})
    scores = {(row[1], row[5]): row[6] for row in rows(course)[0]}
    assert scores["mallory", "relu_check"] == "0.0" and scores["ada", "relu_check"] == "1.0"
    pretended.write_text("")
    again = outcomes_of(course)
    assert {student for student, outcome in again.items() if outcome.state == "graded"} == {"mallory", "nina", "oscar"}
    assert results(course)["mallory"].points == 13


@pytest.mark.parametrize(
    ("sandboxed", "said"), [(True, "No sandbox can be had on this machine."), (False, "There is no memory left for a kernel.")]
)
def test_grader_that_cannot_grade_anybody_says_why_and_gives_no_marks(tmp_path, pretended, sandboxed, said):
    course = a_class(tmp_path)
    pretended.write_text("".join(f"{student} starves\n" for student in POINTS))
    with pytest.raises(ClassError, match=re.escape(said)):
        outcomes_of(course, sandboxed=sandboxed)
    assert not results(course)
    assert not own_workers()


def test_only_what_workers_are_busy_with_is_in_memory(tmp_path, pretended, monkeypatch):
    course = make_course(tmp_path)
    for number in range(60):
        hand_in(course, f"student-{number:02}", notebook(), beside=[("data.bin", bytes(100_000))])
    alive = most = 0

    def gone():
        nonlocal alive
        alive -= 1

    def read(*arguments):
        nonlocal alive, most
        submission = original(*arguments)
        weakref.finalize(submission, gone)
        alive += 1
        most = max(most, alive)
        return submission

    original = classroom._read
    monkeypatch.setattr(classroom, "_read", read)
    assert len(outcomes_of(course)) == 60
    assert most <= 8  # of two workers: two each under way, and those that are being handed over


def test_each_run_has_a_secret_seed_of_its_own(tmp_path, monkeypatch):
    course = make_course(tmp_path)
    hand_in(course, "ada", notebook())
    seeds = []
    monkeypatch.setattr(classroom, "_cluster", lambda *_: contextlib.nullcontext((None, None)))
    monkeypatch.setattr(classroom, "_grade", lambda *arguments: seeds.append(arguments[-1]) or iter([]))
    for seed in (None, None, 5):
        outcomes_of(course, seed=seed)
    assert seeds[0] != seeds[1] and seeds[2] == 5


def test_other_peoples_work_is_not_read_through_a_link(tmp_path):
    course = make_course(tmp_path)
    hand_in(course, "ada", notebook())
    (course / "submitted" / "eve").symlink_to("ada")
    opened = open_course(course)
    assert find_students(opened, LESSON) == ["ada", "eve"]
    submission = classroom._read(opened, LESSON, "eve")
    assert submission.notebook == b"" and "symbolic link" in submission.flags[0]


def test_students_who_are_excluded_are_not_graded(tmp_path):
    course = make_course(tmp_path, "\nc.CourseDirectory.student_id_exclude = 'test-student,ben'\n")
    for student in ("ada", "ben", "test-student"):
        hand_in(course, student, notebook())
    (course / "submitted" / "zip.txt").write_text("")
    assert find_students(open_course(course), LESSON) == ["ada"]
