"""The course folder and its gradebook, as nbgrader has them, and the one place where results are written there.

A result is written in this order: its folder, whole, under another name; its rows, in one transaction; the folder's rename. So wherever a run is ended, the
folder says what is left to do, and nothing has to be graded again.
"""

import contextlib
import copy
import datetime
import fcntl
import glob
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from unittest import mock

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    InvalidEntry,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import CheckCellMetadata, Execute, SaveCells
from nbgrader.utils import find_all_files
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader
from traitlets.utils.importstring import import_item

from autograder import files
from autograder.intake import Submission, read_timestamp
from autograder.lessons import Lesson
from autograder.nbgrader_plugin import Grade as GradePreprocessor
from autograder.record import Record
from autograder.submission import Graded

WAIT = 60  # seconds for another program, such as formgrader, to let go of an SQLite gradebook
DONE = (Execute, GradePreprocessor, CheckCellMetadata)  # the notebook has been run, and was made from our own
QUIET = logging.getLogger("autograder.nbgrader")  # what nbgrader remarks on every submission; what matters is in our results
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


class CourseError(Exception):
    """Nothing can be graded in this course folder, or nothing more; the message says why, and what to do about it."""


class Unwritable(Exception):
    """One submission's result cannot be written; the message says why."""


@dataclass(frozen=True)
class Course:
    """A course folder: nbgrader's configuration, and where it keeps things, every part of which can be configured."""

    config: Config
    paths: CourseDirectory

    def submitted(self, student: str, lesson: str) -> Path:
        return Path(self.paths.format_path(self.paths.submitted_directory, student, lesson))

    def autograded(self, student: str, lesson: str) -> Path:
        return Path(self.paths.format_path(self.paths.autograded_directory, student, lesson))


def open_course(folder: Path) -> Course:
    """The course in `folder`. Raises CourseError."""
    name = "nbgrader_config.py"
    folder = folder.resolve()
    if not (folder / name).is_file():
        raise CourseError(f"This is no course folder: there is no {name} in {folder}. Run the command where it is.")
    try:
        config = PyFileConfigLoader(name, path=str(folder)).load_config()
        if "root" not in config.CourseDirectory:
            config.CourseDirectory.root = str(folder)
        return Course(config, CourseDirectory(config=config, log=QUIET))
    except Exception as error:  # it is Python code of somebody's
        raise CourseError(f"{folder / name} cannot be used: {type(error).__name__}: {error}") from None


class Writer:
    """Writes results of one lesson; in a `with` statement, in which no one else can.

    On entering, it puts a lesson that the gradebook does not know into it, as `nbgrader generate_assignment` would. Raises CourseError.
    """

    def __init__(self, course: Course, lesson: Lesson):
        self.course = course
        self.lesson = lesson
        self._autograde = Autograde(coursedir=course.paths, config=course.config, log=QUIET)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack, _explained(self.course):
            stack.enter_context(_alone(Path(self.course.paths.root)))
            self._gradebook = stack.enter_context(_one_gradebook(self.course.paths))
            self._checksums, self._kernelspec = self._what_was_released()
            steps = [import_item(step) if isinstance(step, str) else step for step in self._autograde.autograde_preprocessors]
            steps = [step for step in steps if not issubclass(step, DONE)]
            self._steps = _preprocessors(self._autograde, steps)
            self._in_gradebook = self._all_rows_there()
            self._clean_up()
            self._closing = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    # --- what is there already ---

    def recorded(self, submission: Submission) -> tuple[Record, Path] | None:
        """The result of an earlier run for exactly this submission, and the folder that it is in."""
        for folder in (self._ready(submission.student), self._final(submission.student)):
            with contextlib.suppress(OSError, ValidationError):
                record = Record.model_validate_json((folder / "result.json").read_bytes())
                if (record.lesson, record.student, record.digest) == (self.lesson.name, submission.student, submission.digest):
                    return record, folder
        return None

    def is_written(self, submission: Submission, folder: Path) -> bool:
        """Whether the result in `folder`, which `recorded` found, is where it belongs, and in the gradebook with the time of handing in."""
        timestamp = read_timestamp(self.course.submitted(submission.student, self.lesson.name))
        return folder == self._final(submission.student) and self._in_gradebook.get(submission.student, ...) == timestamp

    def _all_rows_there(self) -> dict[str, datetime.datetime | None]:
        """The timestamps of the submissions whose every automatic grade is in the gradebook, by student."""
        database = self._gradebook.db
        submissions = (
            database.query(Student.id, SubmittedAssignment.timestamp)
            .join(SubmittedAssignment, SubmittedAssignment.student_id == Student.id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == self.lesson.name)
        )
        ungraded = (
            database.query(SubmittedAssignment.student_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(GradeCell, GradeCell.id == Grade.cell_id)
            .filter(
                Assignment.name == self.lesson.name,
                GradeCell.name.in_([exercise.grade_id for exercise in self.lesson.exercises if not exercise.manual]),
                Grade.auto_score.is_(None),
            )
        )
        incomplete = {student for (student,) in ungraded}
        found = {student: timestamp for student, timestamp in submissions if student not in incomplete}
        database.remove()
        return found

    # --- writing ---

    def write(self, submission: Submission, graded: Graded) -> None:
        """Write a result, over an earlier one of that student's if there is any. What a person has graded or commented by hand stays.

        Raises Unwritable for what lies in this submission, CourseError for what does not.
        """
        with _explained(self.course):
            if self._ready(submission.student).exists():  # what an ended run left is not to be lost while it is replaced
                self._put_in_place(submission.student)
            try:
                notebook = self._write_rows(submission, graded)
                self._write_folder(submission, graded, notebook)
                self._gradebook.db().commit()
            except (SQLAlchemyError, InvalidEntry, MissingEntry, UnicodeEncodeError) as error:
                reason = error.__context__ if isinstance(error, InvalidEntry) else error  # nbgrader's word for whatever a database says
                if isinstance(reason, (OperationalError, InterfaceError)):  # it is the database's fault, and not the submission's
                    raise reason from None
                sentence = str(reason).splitlines()[0]
                raise Unwritable(f"the result of {submission.student!r} does not fit into the gradebook: {sentence}") from None
            finally:
                self._gradebook.db.remove()  # what is not committed is undone
            self._put_in_place(submission.student)

    def read(self, record: Record, folder: Path) -> Graded:
        """What `recorded` found."""
        return Graded(record, nbformat.v4.reads((folder / f"{self.lesson.name}.ipynb").read_text(encoding="utf-8")))

    def _write_rows(self, submission: Submission, graded: Graded) -> NotebookNode:
        """Do to the gradebook, and to the notebook, what `nbgrader autograde` does after running it; the rows are not committed yet."""
        student, lesson = submission.student, self.lesson.name
        if self._autograde.create_student:
            self._gradebook.update_or_create_student(student)
        else:
            self._gradebook.find_student(student)
        self._gradebook.update_or_create_submission(lesson, student, timestamp=read_timestamp(self.course.submitted(student, lesson)))
        notebook = copy.deepcopy(graded.notebook)
        notebook.metadata["kernelspec"] = self._kernelspec or notebook.metadata.get("kernelspec", {})
        for cell in notebook.cells:  # by its checksum nbgrader knows an answer that was never touched
            if (about := cell.metadata.get("nbgrader")) and about.get("grade_id") in self._checksums:
                about["checksum"] = self._checksums[about["grade_id"]]
        resources = self._resources(student) | {"autograder": {"record": graded.record}}
        for step in self._steps:
            notebook, resources = step(notebook, resources)
        self._gradebook.db.flush()
        return notebook

    def _write_folder(self, submission: Submission, graded: Graded, notebook: NotebookNode) -> None:
        """What is handed in, our files over it, and the graded notebook, whole or not at all."""
        submitted = self.course.submitted(submission.student, self.lesson.name)
        source = Path(self.course.paths.format_path(self.course.paths.source_directory, ".", self.lesson.name))
        kept = {source / name for name in self._autograde.exclude_overwriting.get(self.lesson.name, [])}
        ours = {Path(path) for path in find_all_files(str(source), [*self.course.paths.ignore, "*.ipynb"])} - kept
        contents = {Path(name).name: content for name, content in submission.files.items()}
        contents |= {path.relative_to(source): path.read_bytes() for path in ours}
        if read_timestamp(submitted):
            contents["timestamp.txt"] = files.read(submitted / "timestamp.txt", 200)
        contents[f"{self.lesson.name}.ipynb"] = (nbformat.v4.writes(notebook) + "\n").encode("utf-8", "surrogatepass")
        contents["result.json"] = (graded.record.to_json() + "\n").encode()
        partial = self._beside(submission.student, "partial")
        _remove(partial)
        partial.mkdir(parents=True)
        for name, content in contents.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(int(str(self._autograde.permissions), 8))
        partial.rename(self._ready(submission.student))

    def _put_in_place(self, student: str) -> None:
        final, old = self._final(student), self._beside(student, "old")
        if final.exists():
            _remove(old)
            final.rename(old)
        self._ready(student).rename(final)
        _remove(old)
        if self.course.paths.groupshared:
            self._autograde.set_permissions(self.lesson.name, student)

    def _final(self, student: str) -> Path:
        return self.course.autograded(student, self.lesson.name)

    def _ready(self, student: str) -> Path:
        return self._beside(student, "ready")

    def _beside(self, student: str, stage: str) -> Path:
        """Where a student's result is before it is in its place: beside it, under a name that nbgrader does not see."""
        final = self._final(student)
        return final.with_name(f".{final.name}.{stage}")

    def _clean_up(self) -> None:
        """Remove what a run that was killed left half-written."""
        for stage in ("partial", "old"):
            for folder in glob.glob(glob.escape(str(self._beside("\0", stage))).replace("\0", "*")):
                _remove(Path(folder))

    # --- the lesson ---

    def _resources(self, student: str) -> dict:
        about = {"student": student, "assignment": self.lesson.name, "notebook": self.lesson.name, "db_url": self.course.paths.db_url}
        return {"nbgrader": about, "unique_key": self.lesson.name, "output_files_dir": f"{self.lesson.name}_files", "metadata": {}}

    def _what_was_released(self) -> tuple[dict[str, str], dict]:
        """The checksums of the lesson's cells and its kernel, as the gradebook has them. Raises CourseError if it has another version of the lesson."""
        name = self.lesson.name
        try:
            notebook = self._gradebook.find_notebook(name, name)
        except MissingEntry:
            self._register()
            notebook = self._gradebook.find_notebook(name, name)
        theirs = {cell.name: cell.max_score for cell in notebook.grade_cells}
        ours = {exercise.grade_id: 0.0 if exercise.bonus else exercise.points for exercise in self.lesson.exercises}
        if theirs != ours:
            changed = ", ".join(sorted(cell for cell in theirs | ours if theirs.get(cell) != ours.get(cell)))
            raise CourseError(
                f"The gradebook knows another version of {name} than the grader (they differ in {changed}): "
                f"run `nbgrader generate_assignment {name} --force` in a course folder whose lessons are those that were released."
            )
        found = {cell.name: cell.checksum for cell in notebook.source_cells}, json.loads(notebook.kernelspec or "{}")
        self._gradebook.db.remove()
        return found

    def _register(self) -> None:
        """Put the lesson into the gradebook, as `nbgrader generate_assignment` does, and leave release/ as it is."""
        name = self.lesson.name
        source = Path(self.course.paths.format_path(self.course.paths.source_directory, ".", name), f"{name}.ipynb")
        if not source.is_file():
            raise CourseError(
                f"{name} is not in the gradebook yet, and there is no {source} to put into it: run `nbgrader generate_assignment {name}`."
            )
        generate = GenerateAssignment(coursedir=self.course.paths, config=self.course.config, log=QUIET)
        steps = [import_item(step) if isinstance(step, str) else step for step in generate.preprocessors]
        if SaveCells not in steps:
            raise CourseError(f"{name} is not in the gradebook yet: run `nbgrader generate_assignment {name}`.")
        self._gradebook.update_or_create_assignment(name)
        notebook, resources = nbformat.read(source, as_version=4), self._resources(".")
        resources["metadata"]["path"] = str(source.parent)
        for step in _preprocessors(generate, steps[: steps.index(SaveCells) + 1]):
            notebook, resources = step(notebook, resources)
        self._gradebook.db().commit()


def _preprocessors(converter: BaseConverter, steps: list[type[Preprocessor]]) -> list[Preprocessor]:
    exporter = NotebookExporter(parent=converter, config=converter.config)
    return [step(parent=exporter) for step in steps]


@contextlib.contextmanager
def _one_gradebook(paths: CourseDirectory) -> Iterator[Gradebook]:
    """The gradebook, open; within this, whoever opens it gets this one, sees what others have done, and commits when we do.

    nbgrader's preprocessors each open it anew and commit after every cell, which is most of what they cost, and a result that is killed half-way.
    """
    gradebook = Gradebook(paths.db_url, paths.course_id)
    if gradebook.engine.dialect.name == "sqlite":
        gradebook.db.execute(text(f"PRAGMA busy_timeout = {WAIT * 1000}"))
        gradebook.db.remove()
    close = gradebook.close
    gradebook.db.commit = gradebook.db.flush

    def opened(self: Gradebook, *_: object, **__: object) -> None:
        gradebook.db.flush()
        gradebook.db.expunge_all()  # whoever opens a gradebook knows nothing yet. (expire_all has failed on a list that had just been replaced.)
        self.__dict__.update(gradebook.__dict__)

    try:
        with mock.patch.object(Gradebook, "__init__", opened), mock.patch.object(Gradebook, "close", lambda self: None):
            yield gradebook
    finally:
        close()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the course folder: for one process at a time, and until that ends, however it does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            if not _locked(descriptor):
                raise CourseError("Another `autograder grade` is at work in this course: wait until it has finished.")
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


@contextlib.contextmanager
def _explained(course: Course) -> Iterator[None]:
    """Turns what a database or a disk complains of into a CourseError."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise CourseError(f"The gradebook {_without_password(course)} needs the Python package {error.name}: install it.") from None
    except DBAPIError as error:
        said = str(error.orig).strip().splitlines()[0]
        advice = (
            " If nbgrader was updated lately, make a copy of the gradebook and run `nbgrader db upgrade`."
            if "no such" in said or "does not exist" in said
            else ""
        )
        raise CourseError(f"The gradebook {_without_password(course)} cannot be used: {said}.{advice}") from None
    except OSError as error:
        raise CourseError(f"Results cannot be written: {error.filename or course.paths.root}: {error.strerror}.") from None


def _without_password(course: Course) -> str:
    return re.sub(r"(//[^:/@]*):[^@/]*@", r"\1@", course.paths.db_url)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
