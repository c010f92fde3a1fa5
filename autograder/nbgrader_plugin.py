"""Our preprocessors for `nbgrader autograde`: student cells run in a kernel, our checks run outside it, and a bonus becomes extra credit."""

import copy
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum

from autograder.intake import grade_id, rebuild
from autograder.lessons import UnknownLesson, find_lesson
from autograder.submission import digest, grade_notebook


class Grade(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: runs the notebook and leaves every check's points and diagnosis below it, where nbgrader reads them."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        try:
            lesson = find_lesson(about["assignment"])
        except UnknownLesson as error:
            raise SystemExit(f"{error} Our checks grade the lessons only.") from None
        rebuilt, flags = rebuild(lesson, nb)
        self._keep_nbgraders_metadata(rebuilt, nb)
        courses = CourseDirectory(config=self.config)
        submitted = Path(
            courses.format_path(courses.submitted_directory, about["student"], about["assignment"]), f"{about['notebook']}.ipynb"
        )
        graded = grade_notebook(rebuilt, lesson, folder, about["student"], digest(submitted), flags)
        for flag in flags:
            self.log.warning("%s: %s", about["student"], flag)
        graded.notebook.metadata = nb.metadata
        (folder / "result.json").write_text(graded.record.to_json() + "\n", encoding="utf-8")
        self.log.info("%s: %g of %g points", about["student"], graded.record.points, graded.record.max_points)
        resources["autograder"] = {
            "bonus": {f"{check.id}_check": check.points for check in graded.record.checks if check.bonus and check.tests}
        }
        return graded.notebook, resources

    @staticmethod
    def _keep_nbgraders_metadata(rebuilt: NotebookNode, nb: NotebookNode) -> None:
        # nbgrader has put checksums there; by them it knows an answer that was never touched.
        theirs = {grade_id(cell): cell.metadata for cell in nb.cells if grade_id(cell)}
        for cell in rebuilt.cells:
            name = grade_id(cell)
            if name in theirs:
                cell.metadata = copy.deepcopy(theirs[name])
            elif name and cell.metadata["nbgrader"]["solution"]:  # deleted, and now our stub
                cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)


class SaveBonus(NbGraderPreprocessor):
    """Takes its turn after SaveAutoGrades: puts the points of bonus checks into the gradebook, as extra credit."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            for name, points in resources["autograder"]["bonus"].items():
                gradebook.find_grade(name, about["notebook"], about["assignment"], about["student"]).extra_credit = points
            gradebook.db.commit()
        return nb, resources
