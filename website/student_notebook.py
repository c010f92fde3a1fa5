"""The notebook that a student downloads: what nbgrader's release step makes of a lesson, without a gradebook."""

from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells


def student_notebook(lesson: Path) -> str:
    """The text of the student's notebook, from the path of the lesson's own. Raises what nbgrader raises for one that is not in order."""
    exporter = NotebookExporter()
    for step in GenerateAssignment(coursedir=CourseDirectory()).preprocessors:
        if step is not SaveCells:
            exporter.register_preprocessor(step, enabled=True)
    text, _ = exporter.from_filename(str(lesson))
    return text
