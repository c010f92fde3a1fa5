"""What runs on a worker: a plug-in that makes it one that grades, and the task of grading one submission."""

import asyncio
import contextlib
import faulthandler
import hashlib
import importlib.metadata
import json
import logging
import os
import sys

from distributed import Status, Worker, WorkerPlugin, get_worker

from autograder.intake import Submission
from autograder.lessons import PACKAGE, UnknownLesson, find_lesson
from autograder.student import KernelFailed
from autograder.submission import grade_submission
from autograder.zygote import Zygote

LONGEST = 3600  # seconds for one submission; each of its cells and calls has a deadline of its own, so this one is for our own mistakes


class WrongVersion(Exception):
    """A worker has another version of something that results depend on; the message says of what."""


class Grader(WorkerPlugin):
    """Makes a worker process one that grades: gives it a warm process that kernels are forked from, the one at `zygote` or its own.

    Only a worker where that worked offers the resource called `name`, one of it; every task takes one.
    """

    def __init__(self, name: str, lesson: str, sandboxed: bool, expected: dict[str, str], ours: bool, zygote: str = ""):
        self.name = name
        self.lesson = lesson
        self.sandboxed = sandboxed
        self.expected = expected
        self.ours = ours
        self.address = zygote
        self.zygote: Zygote | None = None

    async def setup(self, worker: Worker) -> None:
        if self.ours:
            hush()
            with contextlib.suppress(OSError):
                os.setsid()  # Ctrl-C in the terminal is for the main process, which ends us
        if different := difference(self.expected, installed(self.lesson)):
            raise WrongVersion(f"The worker {worker.address} {different}")
        if self.sandboxed:
            self.zygote = await asyncio.to_thread(Zygote(self.address).__enter__)
        await worker.set_resources(**{self.name: 1})
        # A new resource alone does not make the scheduler look for tasks that wait for one; a worker that comes back does.
        worker.status = Status.paused
        worker.status = Status.running

    def grading_zygote(self) -> Zygote | None:
        """The warm process; None only where no sandbox was asked for. Raises KernelFailed."""
        if self.sandboxed and self.zygote is None:
            raise KernelFailed("This worker has no sandbox.")
        return self.zygote

    async def teardown(self, worker: Worker) -> None:
        if self.zygote is not None:
            await asyncio.to_thread(self.zygote.close)
        if worker.status == Status.running:
            await worker.set_resources(**{self.name: 0})


def grade_one(submission: Submission, seed: int, plugin: str) -> tuple[str, str]:
    """The task: a submission's record and its graded notebook, both as JSON."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(LONGEST, exit=True, file=nowhere)  # a worker that hangs counts as one that died
        try:
            graded = grade_submission(submission, get_worker().plugins[plugin].grading_zygote(), seed)
        finally:
            faulthandler.cancel_dump_traceback_later()
    return graded.record.to_json(), json.dumps(graded.notebook)


def installed(lesson: str) -> dict[str, str]:
    """What a result depends on, by name: the version of Python, of the course and of the packages that compute."""
    total = hashlib.sha256()
    with contextlib.suppress(UnknownLesson):
        for path in [*sorted(PACKAGE.rglob("*.py")), find_lesson(lesson).path]:
            total.update(path.read_bytes())
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "keras", "tensorflow", "ipython", "pytest")}
    return {"Python": ".".join(map(str, sys.version_info[:2])), "the course": total.hexdigest()[:12]} | versions


def difference(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """What is different about the worker that has `theirs`, in words; "" if nothing is."""
    for name, version in ours.items():
        if theirs.get(name) != version:
            return f"has another version of {name} ({theirs.get(name)}) than this machine ({version}): install the same on both."
    return ""


def hush() -> None:
    """What dask tells of workers that come and go is not for an instructor; what comes of it is in our results."""
    for name in (
        "distributed",
        "distributed.client",
        "distributed.worker",
        "distributed.nanny",
        "distributed.scheduler",
        "tornado",
        "tornado.application",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)
