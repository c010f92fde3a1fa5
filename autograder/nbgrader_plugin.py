"""What nbgrader_config.py adds to `nbgrader autograde` and formgrader: they read, run and check submissions as `autograder grade` does.

What is left of nbgrader's own reading: whoever hands in no notebook at all is passed over.
"""

import atexit
import contextlib
import copy
import functools
import os
import stat
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum, find_all_files
from traitlets import Bool
from traitlets.config import Config

from autograder.feedback import as_markdown
from autograder.intake import Submission, Unusable, grade_id, read_notebook, read_submission, read_timestamp, rebuild
from autograder.lessons import UnknownLesson, find_lesson
from autograder.record import Record
from autograder.sandbox import SandboxUnavailable, must_be_possible
from autograder.submission import grade_submission
from autograder.zygote import Zygote


@functools.cache
def zygote() -> Zygote:
    """The zygote of this process, which serves until the process ends. Raises SandboxUnavailable."""
    until_the_end = contextlib.ExitStack()
    started = until_the_end.enter_context(Zygote())
    atexit.register(until_the_end.close)
    return started


def submitted_folder(config: Config, about: dict) -> Path:
    """Where the submission is that `about`, resources["nbgrader"], speaks of."""
    courses = CourseDirectory(config=config)
    return Path(courses.format_path(courses.submitted_directory, about["student"], about["assignment"]))


def submission_of(config: Config, about: dict) -> Submission:
    """What was handed in; where that cannot be read, a submission without a notebook that says why."""
    try:
        return read_submission(submitted_folder(config, about), about["student"], about["assignment"])
    except Unusable as error:
        return Submission(about["student"], about["assignment"], b"", flags=(str(error),))


def before_copying(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's `pre_convert_hook`: none is passed over whose notebook has another name or in which something cannot be copied.

    `notebooks` are those that were found in the folder of one submission; the list is changed in place. What cannot be copied has no
    content, and is removed: links to nowhere, pipes, links to devices.
    """
    folder = Path(notebooks[0]).parent
    notebooks[:] = [str(folder / f"{assignment}.ipynb")]
    if folder.is_symlink() or folder.parent.is_symlink():
        return
    for path in map(Path, find_all_files(str(folder))):
        if not path.exists() or not stat.S_ISREG(path.stat().st_mode):
            path.unlink()


class SubmissionExporter(NotebookExporter):
    """Takes the place of nbgrader's reading: gives our own notebook with the answers that were handed in, whatever is wrong with theirs."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        if getattr(self.parent, "assignments", None):  # found by nbgrader, which has not touched them yet
            self._refuse_what_cannot_be_graded()

    def _refuse_what_cannot_be_graded(self) -> None:
        try:
            find_lesson(self.parent.coursedir.assignment_id)
            if not Grade(parent=self).unsafe_no_sandbox:
                must_be_possible()
        except UnknownLesson as error:
            sentence = f"{error} Our checks grade the lessons only."
        except SandboxUnavailable as error:
            sentence = str(error).replace("--unsafe-no-sandbox", "--Grade.unsafe_no_sandbox=True")
        else:
            return
        self.log.error(sentence)
        raise NbGraderException(sentence)

    def from_filename(self, filename: str, resources: dict, **options: object) -> tuple[str, dict]:
        folder = submitted_folder(self.config, resources["nbgrader"])
        path = Path(filename)
        if not path.parent.samefile(folder):
            return super().from_filename(filename, resources, **options)
        submission = submission_of(self.config, resources["nbgrader"])
        try:
            theirs = read_notebook(submission.notebook)
        except Unusable:
            theirs = nbformat.v4.new_notebook()
        notebook, _ = rebuild(find_lesson(submission.lesson), theirs)
        resources["metadata"] = ResourcesDict(name=path.stem, path=str(path.parent))
        return self.from_notebook_node(notebook, resources, **options)


class Grade(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: grades what was handed in, with each check's points below it, where nbgrader reads them."""

    unsafe_no_sandbox = Bool(
        False, help="Run the code of submissions without a sandbox, with your own rights: for people you trust only. The results say so."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        submission = submission_of(self.config, about)
        graded = grade_submission(submission, None if self.unsafe_no_sandbox else zygote())
        record = graded.record
        self._keep_nbgraders_metadata(graded.notebook, nb)
        for flag in record.flags:
            self.log.warning("%s: %s", about["student"], flag)
        self.log.info("%s: %s", about["student"], record.total())
        folder = Path(resources["metadata"]["path"])
        self._keep_what_was_graded(folder, submission)
        (folder / "result.json").write_text(record.to_json() + "\n", encoding="utf-8")
        resources["autograder"] = {"record": record}
        return graded.notebook, resources

    @staticmethod
    def _keep_nbgraders_metadata(graded: NotebookNode, nb: NotebookNode) -> None:
        # nbgrader has put checksums there; by them it knows an answer that was never touched.
        graded.metadata = nb.metadata
        theirs = {grade_id(cell): cell.metadata for cell in nb.cells if grade_id(cell)}
        for cell in graded.cells:
            name = grade_id(cell)
            if name in theirs:
                cell.metadata = copy.deepcopy(theirs[name])
            elif name and cell.metadata["nbgrader"]["solution"]:  # deleted, and now our stub
                cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)

    def _keep_what_was_graded(self, folder: Path, submission: Submission) -> None:
        # nbgrader has copied all files, those that links lead to as well, and would copy them on into feedback/.
        courses = CourseDirectory(config=self.config)
        source = courses.format_path(courses.source_directory, ".", submission.lesson)
        kept = {os.path.relpath(path, source) for path in find_all_files(source, courses.ignore)} | {*submission.files}
        if read_timestamp(Path(courses.format_path(courses.submitted_directory, submission.student, submission.lesson))):
            kept.add("timestamp.txt")
        for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder before the folder
            if path.is_dir():
                with contextlib.suppress(OSError):  # not empty
                    path.rmdir()
            elif str(path.relative_to(folder)) not in kept:
                path.unlink()


class SaveBonus(NbGraderPreprocessor):
    """Takes its turn after SaveAutoGrades: puts the points of bonus checks into the gradebook, as extra credit."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            for check in resources["autograder"]["record"].checks:
                if check.bonus and check.tests:
                    grade = gradebook.find_grade(f"{check.id}_check", about["notebook"], about["assignment"], about["student"])
                    grade.extra_credit = check.points
            gradebook.db.commit()
        return nb, resources


class SaveComments(NbGraderPreprocessor):
    """Takes its turn after SaveAutoGrades: puts each check's diagnosis into the gradebook, as the comment on the answer that it is about.

    There formgrader and feedback show it, unless a person has written another comment.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            for name, comment in comments(resources["autograder"]["record"], nb).items():
                gradebook.find_comment(name, about["notebook"], about["assignment"], about["student"]).auto_comment = comment
            gradebook.db.commit()
        return nb, resources


def comments(record: Record, notebook: NotebookNode) -> dict[str, str]:
    """What is to be said below the answers of a graded notebook, as Markdown, by grade id: diagnoses, remarks, and what was repaired.

    A flag stands where the cell is that it names, or else below the first answer.
    """
    answers = [grade_id(cell) for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    said = {name: [] for name in answers}
    for check in record.checks:
        if check.message and check.id in said:
            said[check.id].append(check.message)
    for flag in record.flags:
        about = [name for name in answers if f"'{name}'" in flag or f"'{name}_check'" in flag]
        for name in about or answers[:1]:
            said[name].append(f"Note: {flag}.")
    return {name: as_markdown("\n".join(lines)) for name, lines in said.items() if lines}
