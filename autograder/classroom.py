"""Grades a class: one Dask task a submission, on this machine's processors or on a scheduler's workers.

A worker gets a submission's bytes and answers with its record and its graded notebook, as text. It needs the course's package, and nothing else of ours: no
shared disk, no gradebook. Whatever is written is written here, by one process.
"""

import contextlib
import glob
import logging
import os
import re
import secrets
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import dask
import nbformat
from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, Security, wait
from distributed.comm import CommClosedError
from nbformat import NotebookNode

from autograder.flags import printable
from autograder.gradebook import Course, Unwritable, Writer
from autograder.intake import Submission, Unusable, grade_id, read_notebook, read_submission, rebuild
from autograder.lessons import Lesson
from autograder.record import CheckResult, Record
from autograder.sandbox import SandboxUnavailable
from autograder.student import KernelFailed
from autograder.submission import Graded, shown_below
from autograder.worker import Grader, WrongVersion, difference, grade_one, hush, installed
from autograder.zygote import ENVIRONMENT, Zygote

ANSWERING = 15  # seconds for a scheduler to answer
ALONE = 300  # seconds without a worker before we give up; a new one takes ten, and many more where much else goes on
SETTINGS = {
    # Workers that may die with a submission before it is set aside, and then again while it is graded by itself. (A scheduler of others' has its own.)
    "distributed.scheduler.allowed-failures": 1,
    # A cluster gives up a worker that is not back in time. Ours are started again, however long that takes.
    "distributed.deploy.lost-worker-timeout": "1 day",
    "distributed.admin.large-graph-warning-threshold": "1 GB",
}
NOT_GRADED = "could not be graded"  # begins the flag of a submission that the next run tries again


class ClassError(Exception):
    """The class cannot be graded, or not on; the message says why, and what to do about it."""


@dataclass(frozen=True)
class Workers:
    """Where a class is graded: by `number` processes of ours (by default one a processor), or by the workers of a Dask scheduler."""

    number: int | None = None
    scheduler: str | None = None
    sandboxed: bool = True


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    `skipped`: it had been graded, and nothing has changed since. `restored`: an earlier run had graded it and was ended before it was written.
    `ungraded`: it ended the grader itself, and has no points until a run gets through it. `unwritten`: it has no result, and `sentence` says why.
    """

    student: str
    state: Literal["graded", "skipped", "restored", "ungraded", "unwritten"]
    record: Record | None = None
    sentence: str = ""  # why it could not be read, graded or written


def find_students(course: Course, lesson: Lesson) -> list[str]:
    """Who has handed in something for the lesson, in order."""
    anyone = course.paths.format_path(course.paths.submitted_directory, "\0", lesson.name)
    first, *others = re.escape(anyone).split("\0")
    pattern = re.compile("(?P<student>[^/]+)".join([first, "(?P=student)".join(others)]))
    folders = [path for path in glob.iglob(glob.escape(anyone).replace("\0", "*")) if os.path.isdir(path)]
    excluded = course.paths.student_id_exclude.split(",")
    return sorted(found["student"] for path in folders if (found := pattern.fullmatch(path)) and found["student"] not in excluded)


def grade_class(
    course: Course, lesson: Lesson, students: Sequence[str], workers: Workers, seed: int | None = None, force: bool = False
) -> Iterator[Outcome]:
    """Grade what these students have handed in and write it down; yields what became of each, as soon as it is known.

    All get the same `seed`, a secret one unless it is given. What is graded already is not graded again, unless with `force`. The order is any. Close the
    iterator to stop early: all that has been yielded is written, and the same call goes on from there. Raises ClassError and CourseError.
    """
    seed = secrets.randbits(32) if seed is None else seed
    with Writer(course, lesson) as writer:
        left = []
        for student in students:
            outcome = None if force else _known(writer, _read(course, lesson, student))
            if outcome:
                yield outcome
            else:
                left.append(student)
        if not left:
            return
        with _cluster(workers, len(left), lesson) as (client, plugin):
            for submission, result in _grade(client, plugin, course, lesson, left, seed):
                if isinstance(result, Graded):
                    yield _write(writer, submission, result, sentence=_unreadable(submission, result.record))
                else:
                    result = _not_graded(lesson, submission, result, seed, workers.sandboxed)
                    yield _write(writer, submission, result, "ungraded", result.record.flags[0])


def _known(writer: Writer, submission: Submission) -> Outcome | None:
    """What became of a submission that an earlier run has graded; it is written if that run did not come to it. None if it has to be graded."""
    found = writer.recorded(submission)
    if found is None or any(flag.startswith(NOT_GRADED) for flag in found[0].flags):
        return None
    record, folder = found
    if writer.is_written(submission, folder):
        return Outcome(submission.student, "skipped", record)
    try:
        graded = writer.read(record, folder)
    except (OSError, ValueError):  # somebody was at the folder
        return None
    return _write(writer, submission, graded, "restored")


def _write(writer: Writer, submission: Submission, graded: Graded, state: str = "graded", sentence: str = "") -> Outcome:
    try:
        writer.write(submission, graded)
    except Unwritable as error:
        return Outcome(submission.student, "unwritten", None, str(error))
    return Outcome(submission.student, state, graded.record, sentence)


def _read(course: Course, lesson: Lesson, student: str) -> Submission:
    """What a student handed in; without a notebook, if there is none that can be read, and then a flag says why."""
    folder = course.submitted(student, lesson.name)
    try:
        if folder.parent.is_symlink():
            raise Unusable("What was handed in cannot be read: its folder is a symbolic link.")
        return read_submission(folder, student, lesson.name)
    except Unusable as error:
        return Submission(student, lesson.name, b"", flags=(str(error),))


def _unreadable(submission: Submission, record: Record) -> str:
    """Why nothing that was handed in could be read, or "". It has been read once, where it could do no harm."""
    if not submission.notebook:
        return submission.flags[0]
    if all(check.status == "missing" for check in record.checks):
        try:
            read_notebook(submission.notebook)
        except Unusable as error:
            return str(error)
    return ""


# --- the tasks ---


def _grade(
    client: Client, plugin: str, course: Course, lesson: Lesson, students: Sequence[str], seed: int
) -> Iterator[tuple[Submission, Graded | Exception]]:
    """Submissions and their results, or why there is none. Those that end a worker or find no kernel are graded again at the end, one by one."""
    suspects: dict[str, Exception] = {}
    graded = False
    for submission, result in _results(client, plugin, (_read(course, lesson, student) for student in students), seed):
        if isinstance(result, Graded):
            graded = True
            yield submission, result
        else:
            suspects[submission.student] = result
            if not graded and isinstance(result, KernelFailed) and len(suspects) >= min(3, len(students)):
                raise ClassError(str(result))  # it is not the submissions
    for student in suspects:
        yield from _results(client, plugin, iter([_read(course, lesson, student)]), seed)


def _results(client: Client, plugin: str, submissions: Iterator[Submission], seed: int) -> Iterator[tuple[Submission, Graded | Exception]]:
    """What comes of submissions, as it comes. Only as many of them are read and under way as keep all workers busy."""
    waiting: dict[Future, Submission] = {}
    while True:
        room = 2 * len(_able(client, plugin)) - len(waiting)
        for submission in islice(submissions, max(room, 0 if waiting else 1)):
            future = client.submit(grade_one, submission, seed, plugin, pure=False, resources={plugin: 1}, retries=1)
            waiting[future] = submission
        if not waiting:
            return
        try:
            answers = [(future, _answer(future)) for future in wait(list(waiting), timeout=ALONE, return_when="FIRST_COMPLETED").done]
        except TimeoutError:
            if not _able(client, plugin):
                raise ClassError("No worker is left to grade on: all have ended, or cannot make a sandbox.") from None
            continue
        for future, answer in answers:
            submission = waiting.pop(future)
            if not isinstance(answer, Exception):
                record, notebook = answer
                answer = Graded(Record.model_validate_json(record), nbformat.v4.reads(notebook))
            yield submission, answer


def _answer(future: Future) -> tuple[str, str] | Exception:
    """What a task returned or raised. Raises TimeoutError while that cannot be had: the worker that had it has ended, and another has to do it again."""
    try:
        return future.result(timeout=ALONE)
    except (CancelledError, CommClosedError):
        raise
    except Exception as error:
        if isinstance(error, TimeoutError) and future.status != "error":
            raise
        return error


def _able(client: Client, plugin: str) -> list[str]:
    """The addresses of the workers that grade."""
    return [address for address, worker in client.scheduler_info(n_workers=-1)["workers"].items() if worker["resources"].get(plugin)]


def _not_graded(lesson: Lesson, submission: Submission, error: Exception, seed: int, isolated: bool) -> Graded:
    """The result of a submission that there is no result of: no points, and our own notebook, since theirs is not to be touched."""
    if isinstance(error, KernelFailed):
        why = str(error)
    elif isinstance(error, KilledWorker):
        why = "it ended the process that graded it, each time it was tried"
    else:
        why = printable(f"the grader stopped with {type(error).__name__}: {error}")
    notebook, _ = rebuild(lesson, NotebookNode(cells=[]))
    message = "Grading ended here, and with it your points: your instructor has to look at what you handed in."
    checks = [
        CheckResult(
            id=exercise.id,
            points=0,
            max_points=exercise.points,
            bonus=exercise.bonus,
            status="missing" if exercise.manual else "error",
            message="" if exercise.manual else message,
        )
        for exercise in lesson.exercises
    ]
    shown = dict(zip([exercise.grade_id for exercise in lesson.exercises], checks, strict=True))
    for cell in notebook.cells:
        if cell.cell_type == "code" and grade_id(cell) in shown:
            cell.outputs = shown_below(shown[grade_id(cell)])
    record = Record(
        lesson=lesson.name,
        student=submission.student,
        digest=submission.digest,
        isolated=isolated,
        seed=seed,
        points=0,
        max_points=lesson.max_points,
        seconds=0,
        flags=[f"{NOT_GRADED}: {why}", *submission.flags],
        checks=checks,
    )
    return Graded(record, notebook)


# --- the workers ---


@contextlib.contextmanager
def _cluster(workers: Workers, tasks: int, lesson: Lesson) -> Iterator[tuple[Client, str]]:
    """A client whose workers grade, and the name of the plug-in by which they do; what we have started is ended again."""
    hush()
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(SETTINGS))
        name = f"autograder-{secrets.token_hex(4)}"
        try:
            if workers.scheduler is None:
                client, zygote = _our_own(stack, min(workers.number or CPU_COUNT, tasks), workers.sandboxed)
            else:
                client, zygote = _theirs(stack, workers.scheduler, lesson), ""
            grader = Grader(name, lesson.name, workers.sandboxed, installed(lesson.name), workers.scheduler is None, zygote)
            client.register_plugin(grader, name)
            if workers.scheduler is not None:
                stack.callback(_forget, client, name)
            yield client, name
        except (SandboxUnavailable, KernelFailed, WrongVersion) as error:
            raise ClassError(str(error)) from None
        except (CancelledError, CommClosedError):
            raise ClassError("The connection to the scheduler was lost.") from None


def _forget(client: Client, plugin: str) -> None:
    with contextlib.suppress(Exception):  # it may be gone
        client.unregister_worker_plugin(plugin)


def _our_own(stack: contextlib.ExitStack, number: int, sandboxed: bool) -> tuple[Client, str]:
    """A client of a scheduler and workers on this machine, and the address of the zygote that they share, which starts meanwhile."""
    zygote = stack.enter_context(contextlib.closing(Zygote()))
    if sandboxed:
        zygote.start()
    # Encrypted, with keys that only we have: whoever can talk to a scheduler can run code as the user whose it is.
    try:
        cluster = LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            host="127.0.0.1",
            security=Security.temporary(),
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # there is no dashboard, but a page at that address
            memory_limit=0,
            silence_logs=logging.CRITICAL,
            env={name: value for name, value in ENVIRONMENT.items() if name.startswith(("CUDA_", "KERAS_", "OMP_", "OPENBLAS_", "TF_"))},
        )
    except Exception as error:  # a worker's own, with dask's around it
        while error.__cause__:
            error = error.__cause__
        raise ClassError(f"No workers can be started: {type(error).__name__}: {error}") from None
    stack.enter_context(cluster)
    client = stack.enter_context(Client(cluster))
    if sandboxed:
        zygote.wait()
    return client, zygote.address


def _theirs(stack: contextlib.ExitStack, address: str, lesson: Lesson) -> Client:
    """A client of the scheduler at `address`. Raises ClassError if there is none, if it has no workers, or if these have not what it takes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that versions differ: we say it in our own words
        try:
            client = stack.enter_context(Client(address, timeout=ANSWERING))
        except Exception as error:  # dask raises all kinds
            raise ClassError(
                f"No Dask scheduler answers at {address} ({str(error).splitlines()[0] if str(error) else type(error).__name__})."
            ) from None
    try:
        client.wait_for_workers(1, timeout=ANSWERING)
    except TimeoutError:
        raise ClassError(f"The scheduler at {address} has no workers: start some with `dask worker {address} --nthreads 1`.") from None
    try:
        # The scheduler too: one that cannot read what a worker answers takes every task for one that failed.
        found = {"The scheduler": client.run_on_scheduler(installed, lesson.name)}
        found |= {f"The worker {worker}": theirs for worker, theirs in client.run(installed, lesson.name).items()}
    except Exception as error:
        raise ClassError(
            f"The scheduler or the workers of {address} do not have the course ({type(error).__name__}: {error}): install it in the environments that they run in."
        ) from None
    ours = installed(lesson.name)
    for who, theirs in found.items():
        if different := difference(ours, theirs):
            raise ClassError(f"{who} {different}")
    return client
