"""Grades one exercise: runs its tests with pytest against a student and turns the outcome into points and a sentence."""

import contextlib
import functools
import os
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autograder.checking import Mistake
from autograder.flags import printable_lines
from autograder.record import CheckResult, TestResult
from autograder.student import Student, StudentError

CHECKS = Path(__file__).with_name("checks")
OPTIONS = ["--noconftest", "-c", str(CHECKS / "pytest.ini"), "--rootdir", str(CHECKS), "--import-mode=importlib", "--assert=plain"]
WITHOUT = [
    "capture",
    "terminal",
    "cacheprovider",
    "logging",
    "faulthandler",
    "unraisableexception",
    "threadexception",
    "stepwise",
    "junitxml",
    "pastebin",
    "doctest",
]
SEED = 0  # the students' seed; grading draws a secret one


def run_check(
    checks_file: Path,
    exercise: str,
    max_points: float,
    student: Student,
    seed: int = SEED,
    bonus: bool = False,
    until_first_failure: bool = False,
) -> CheckResult:
    """Run the tests of one exercise in `checks_file` against `student`.

    `seed` fixes the data that the tests draw. Every test's data depends on that seed and its own name alone. `until_first_failure` tells
    full marks from less and no more: the points of a check of several parts are then not those that were earned.
    """
    started = time.perf_counter()
    checks = _collected(checks_file, checks_file.stat().st_mtime_ns if checks_file.is_file() else 0)
    items = checks.items.get(exercise)
    if not items:
        raise RuntimeError(f"the tests of {exercise!r} in {checks_file.name} could not be run: {checks.trouble or 'there are none'}")
    checks.run = run = _Run(student, seed)
    try:
        with _pytest_environment(), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            for item in items:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
                if until_first_failure and run.outcomes[-1].result.status != "passed":
                    break
    except BaseException:  # the student stopped the check, say; the test is not torn down, so its file is collected anew the next time
        _collected.cache_clear()
        raise
    finally:
        checks.run = None
    return _result(exercise, max_points, bonus, run, time.perf_counter() - started)


@dataclass
class _Outcome:
    part: str
    weight: float
    result: TestResult


@dataclass
class _Run:
    """A student under test, and how it went."""

    student: Student
    seed: int
    outcomes: list[_Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)


@functools.lru_cache(maxsize=32)
def _collected(checks_file: Path, changed: int) -> "_Checks":
    """The tests in a file, collected once: that takes pytest longer than to run most of them."""
    checks = _Checks()
    arguments = [*OPTIONS, *(f"-pno:{name}" for name in WITHOUT), str(checks_file)]
    with _pytest_environment(), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        code = pytest.main(arguments, plugins=[checks])
    if code != pytest.ExitCode.OK or checks.trouble:
        raise RuntimeError(f"the tests in {checks_file.name} could not be run: {checks.trouble or code}")
    return checks


class _Checks:
    """A pytest plugin that keeps a file's tests by exercise, hands them the student of the current run, and tells it how they went."""

    def __init__(self) -> None:
        self.items: dict[str, list[pytest.Item]] = {}
        self.trouble = ""
        self.run: _Run | None = None

    @pytest.fixture
    def student(self) -> Student:
        return self.run.student

    @pytest.fixture
    def rng(self, request):
        """A NumPy generator, fixed by the seed and the name of the test."""
        import numpy as np

        return np.random.default_rng([self.run.seed, zlib.crc32(request.node.name.encode())])

    @pytest.fixture
    def note(self) -> Callable[[str], None]:
        """Add a remark to the result that costs nothing."""
        return self.run.notes.append

    @pytest.fixture
    def measured(self) -> Callable[[str, float], None]:
        """Keep a figure in the result record: `measured("accuracy", 0.9951)`."""
        run = self.run
        return lambda name, value: run.figures.update({name: float(value)})

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self.items.setdefault(self._mark(item).args[0], []).append(item)
        return True  # they run when they are asked for

    @staticmethod
    def _mark(item: pytest.Item) -> pytest.Mark:
        mark = item.get_closest_marker("exercise")
        if mark is None:
            raise pytest.UsageError(f"{item.name} belongs to no exercise")
        return mark

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.trouble = str(report.longrepr)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> pytest.TestReport:
        """Take note of the outcome. The report is a short one: nobody reads the traceback that pytest would write into it."""
        if call.when == "call" or call.excinfo is not None:
            _, part, weight = self._mark(item).args
            status, message = _verdict(call.excinfo.value if call.excinfo else None)
            result = TestResult(name=item.name, status=status, message=printable_lines(message))  # it may quote a student
            self.run.outcomes.append(_Outcome(part, weight, result))
        return pytest.TestReport(item.nodeid, item.location, {}, "failed" if call.excinfo else "passed", None, call.when)


def _verdict(error: BaseException | None) -> tuple[str, str]:
    match error:
        case None:
            return "passed", ""
        case StudentError():
            return error.status, str(error)
        case Mistake():
            return "failed", str(error)
        case AssertionError() if error.args:
            return "failed", str(error.args[0]).splitlines()[0]  # without what assertion rewriting would add
        case _:
            # A check stumbled over a value that it did not foresee: the value is at fault as far as the student is concerned.
            return (
                "failed",
                f"Your result could not be checked ({type(error).__name__}: {error}). Compare its type and shape with the docstring.",
            )


def _result(exercise: str, max_points: float, bonus: bool, run: _Run, seconds: float) -> CheckResult:
    parts: dict[str, list[_Outcome]] = {}
    for outcome in run.outcomes:
        parts.setdefault(outcome.part, []).append(outcome)
    weight = {part: max(outcome.weight for outcome in outcomes) for part, outcomes in parts.items()}
    passed = {part: all(outcome.result.status == "passed" for outcome in outcomes) for part, outcomes in parts.items()}
    share = sum(weight[part] for part in parts if passed[part]) / sum(weight.values())
    failures = [next(o.result for o in parts[part] if o.result.status != "passed") for part in parts if not passed[part]]
    if not failures:
        status = "passed"
    elif share > 0:
        status = "partial"
    else:
        status = failures[0].status
    messages = dict.fromkeys(
        [failure.message for failure in failures] + [printable_lines(note) for note in run.notes]
    )  # each once, in order
    return CheckResult(
        id=exercise,
        points=round(max_points * share, 2),
        max_points=max_points,
        status=status,
        bonus=bonus,
        message="\n".join(messages),
        measured=run.figures,
        seconds=round(seconds, 3),
        tests=[outcome.result for outcome in run.outcomes],
    )


@contextlib.contextmanager
def _pytest_environment():
    """Nothing in the surroundings (options, plug-ins that happen to be installed) changes how checks run."""
    saved = {
        name: os.environ.get(name) for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_CURRENT_TEST", "PYTEST_PLUGINS")
    }
    for name in saved:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name, value in saved.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
