"""What is measured from within, each in a process of its own: where the grader's time goes, and how little of it the checks themselves need.

`python inside.py profile FOLDER LESSON`, `… floor …`, `… central …`: FOLDER is a course folder with submissions; the last line printed is the answer, in
JSON.
"""

import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import autograder.quiet  # noqa: F401

# isort: split
import cluster
from autograder import grading, kernel, mnist, submission
from autograder.globals import unneeded_cells
from autograder.intake import Submission, grade_id, read_notebook, read_submission, rebuild
from autograder.lessons import Lesson, find_lesson
from autograder.sandboxed import Sandboxed
from autograder.student import Student
from autograder.zygote import Zygote
from metering import Group

SEED = 1  # the same inputs for both
PHASES = ["intake", "start", "cells", "functions", "checks", "end", "result"]


def handed_in(course: Path, lesson: Lesson) -> list[Submission]:
    folders = sorted(course.glob(f"submitted/*/{lesson.name}"))
    return [read_submission(folder, folder.parent.name, lesson.name) for folder in folders]


# --- where the time goes ---


class Clock:
    """Adds up time by phase. Phases may be inside others, and then count for the inner one only.

    Of each phase: seconds by the clock, processing seconds of the trusted side, and those of the zygote and its kernels.
    """

    def __init__(self, trusted: Group, sandbox: Group):
        self._read = lambda: (time.perf_counter(), trusted.cpu(), sandbox.cpu())
        self.spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._phases = ["result"]
        self._last = self._read()

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self._switch()
        self._phases.append(name)
        try:
            yield
        finally:
            self._switch()
            self._phases.pop()

    def _switch(self) -> None:
        now = self._read()
        self.spent[self._phases[-1]] = [sum(x) for x in zip(self.spent[self._phases[-1]], map(float.__sub__, now, self._last), strict=True)]
        self._last = now

    def timed(self, name: str, function: Callable) -> Callable:
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with self.phase(name):
                return function(*args, **kwargs)

        return wrapper


def profile(course: Path, lesson: Lesson) -> dict:
    """Grade a class in this process, in the sandbox: seconds a submission by phase, and what everybody got."""
    with Group() as trusted, Group() as sandbox, contextlib.ExitStack() as stack:
        submissions = handed_in(course, lesson)
        with sandbox.joined():
            zygote = stack.enter_context(Zygote())
        stack.enter_context(trusted.joined())
        submission.grade_submission(submissions[0], zygote, SEED)  # the first one collects the tests
        clock = Clock(trusted, sandbox)
        with _watched(clock):
            clock.spent.clear()
            records = []
            for one in submissions:
                graded = submission.grade_submission(one, zygote, SEED)
                records.append(graded.record)
                graded.record.to_json(), json.dumps(graded.notebook)
            with clock.phase("result"):
                pass
        each = {name: [value / len(submissions) for value in clock.spent[name]] for name in PHASES}
        rows = {
            name: {"seconds": wall, "trusted": ours if trusted.counts else None, "sandbox": theirs if sandbox.counts else None}
            for name, (wall, ours, theirs) in each.items()
        }
    return {"submissions": len(submissions), "phases": rows, "points": [record.points for record in records]}


@contextlib.contextmanager
def _watched(clock: Clock) -> Iterator[None]:
    """While this lasts, the grader's steps are timed."""
    running = kernel.Kernel.running

    @contextlib.contextmanager
    def watched_running(self: kernel.Kernel) -> Iterator[kernel.Kernel]:
        with contextlib.ExitStack() as life:
            with clock.phase("start"):
                life.enter_context(running(self))
            yield self
            with clock.phase("end"):
                life.close()

    replaced = {
        (submission, "read_notebook"): clock.timed("intake", submission.read_notebook),
        (submission, "rebuild"): clock.timed("intake", submission.rebuild),
        (submission, "run_check"): clock.timed("checks", submission.run_check),
        (kernel.Kernel, "running"): watched_running,
        (kernel.Kernel, "run"): clock.timed("cells", kernel.Kernel.run),
        (Sandboxed, "ask"): clock.timed("functions", Sandboxed.ask),
    }
    before = {(owner, name): getattr(owner, name) for owner, name in replaced}
    for (owner, name), function in replaced.items():
        setattr(owner, name, function)
    try:
        yield
    finally:
        for (owner, name), function in before.items():
            setattr(owner, name, function)


# --- the floor ---


def floor(course: Path, lesson: Lesson) -> dict:
    """The same notebooks and the same checks in this one process, without sandbox, kernel and boundary: seconds a submission, and points."""
    mnist.preload()  # as the zygote does
    spent = dict.fromkeys(["cells", "functions", "checks"], 0.0)
    points = []
    submissions = handed_in(course, lesson)
    for number, one in enumerate([submissions[0], *submissions]):  # the first one, a second time: it pays for what is done once
        if number == 1:
            spent, points = dict.fromkeys(spent, 0.0), []
        points.append(_directly(one, lesson, course, spent))
    return {"submissions": len(submissions), "phases": {name: value / len(submissions) for name, value in spent.items()}, "points": points}


def _directly(one: Submission, lesson: Lesson, course: Path, spent: dict[str, float]) -> float:
    """Run a submission's cells and checks; adds to `spent`, and returns the points."""
    import linecache

    from matplotlib import pyplot

    notebook, _ = rebuild(lesson, read_notebook(one.notebook))
    exercises = {exercise.grade_id: exercise for exercise in lesson.exercises}
    unneeded = unneeded_cells(notebook.cells, [exercise.id for exercise in lesson.exercises])
    namespace: dict = {"__name__": "__main__"}
    total = 0.0
    for index, cell in enumerate(notebook.cells):
        exercise = exercises.get(grade_id(cell))
        started = time.process_time()
        if exercise and not exercise.manual:
            inside = [0.0]
            called = namespace.get(exercise.id)
            if callable(called):
                namespace[exercise.id] = _counted(called, inside)
            total += grading.run_check(
                lesson.checks_file, exercise.id, exercise.points, Student.here(namespace, course), SEED, exercise.bonus
            ).points
            if callable(called):
                namespace[exercise.id] = called
            spent["functions"] += inside[0]
            spent["checks"] += time.process_time() - started - inside[0]
        elif not exercise and cell.cell_type == "code" and index not in unneeded:
            name = f"<cell {index}>"
            linecache.cache[name] = len(cell.source), None, cell.source.splitlines(keepends=True), name
            with contextlib.suppress(Exception), contextlib.redirect_stdout(None):
                exec(compile(cell.source, name, "exec"), namespace)
            pyplot.close("all")
            spent["cells"] += time.process_time() - started
    return total


def _counted(function: Callable, spent: list[float], clock: Callable[[], float] = time.process_time) -> Callable:
    @functools.wraps(function)
    def counted(*args, **kwargs):
        started = clock()
        try:
            return function(*args, **kwargs)
        finally:
            spent[0] += clock() - started

    return counted


# --- what a cluster's workers share: one scheduler, one writer ---


def central(folder: Path, lesson: Lesson, workers: int, waiting: float) -> dict:
    """Grade a class on `workers` workers that wait so many seconds and answer with a result made before: what scheduler and writer take, and manage."""
    import psutil

    from autograder import classroom, gradebook

    course = gradebook.open_course(folder)
    students = classroom.find_students(course, lesson)
    writing, computing = [0.0], [0.0]
    classroom.grade_one = cluster.answer
    gradebook.Writer.write = _counted(_counted(gradebook.Writer.write, computing), writing, time.perf_counter)
    with _cluster(workers, waiting) as (address, scheduler):
        before, began, at = psutil.Process(scheduler).cpu_times(), time.process_time(), []
        for _ in classroom.grade_class(course, lesson, students, classroom.Workers(scheduler=address, sandboxed=False), SEED):
            at.append(time.perf_counter())
            if len(at) == 1:
                began = time.process_time()
        ours, after = time.process_time() - began, psutil.Process(scheduler).cpu_times()
    count = len(at) - 1
    return {
        "submissions": len(at),
        "workers": workers,
        "waiting": waiting,
        "seconds": at[-1] - at[0],
        "main": ours / count,
        "writer": writing[0] / len(at),
        "writer_cpu": computing[0] / len(at),
        "scheduler": (after.user + after.system - before.user - before.system) / len(at),
        "quarters": [count // 4 / (at[(i + 1) * count // 4] - at[i * count // 4]) for i in range(4)],
    }


@contextlib.contextmanager
def _cluster(workers: int, waiting: float) -> Iterator[tuple[str, int]]:
    """The address of a scheduler with workers, and its process."""
    program = [sys.executable, cluster.__file__]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        file = Path(folder, "address")

        def start(*arguments: str) -> subprocess.Popen:
            process = subprocess.Popen([*program, *arguments], env=os.environ | {cluster.WAITING: str(waiting)}, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        scheduler = start("scheduler", str(file))
        while not (file.exists() and file.read_text()):
            time.sleep(0.05)
        start("workers", str(file), str(workers))
        time.sleep(2 + workers / 16)
        yield file.read_text(), scheduler.pid


def main() -> None:
    what, folder, lesson, *arguments = sys.argv[1:]
    measure = {"profile": profile, "floor": floor, "central": central}[what]
    print(json.dumps(measure(Path(folder), find_lesson(lesson), *map(json.loads, arguments))))


if __name__ == "__main__":
    main()
