"""Course folders for tests: a configuration, a lesson, and a class that hands in what a test wants it to; and what is in their gradebooks."""

import shutil
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from sqlalchemy import text

from autograder.intake import STUB, TEXT_STUB
from autograder.lessons import find_lesson

ROOT = Path(__file__).resolve().parents[1]
LESSON = find_lesson("02-convolution")
HALF = {"relu": "def relu(x):\n    return abs(x)", "conv2d": STUB}  # and what is said of it does not depend on the seed


def make_course(folder, configuration=""):
    """A course folder with one lesson that nothing has been done to yet."""
    shutil.copytree(ROOT / "lessons" / LESSON.name, folder / "lessons" / LESSON.name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (folder / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text() + configuration)
    return folder


def notebook(answers=None):
    """The lesson solved, but for `answers`: sources by exercise."""
    solved = nbformat.read(LESSON.path, as_version=4)
    for cell in solved.cells:
        cell.source = (answers or {}).get(cell.id, cell.source)
    return nbformat.writes(solved)


def unanswered():
    return notebook({e.id: TEXT_STUB if e.manual else STUB for e in LESSON.exercises})


def hand_in(course, student, content=None, timestamp="2026-02-01 12:00:00 UTC", beside=(), step="submitted"):
    """Put what a student hands in where nbgrader's collecting would: a notebook's text, the time, and other files, as pairs of name and content."""
    folder = course / step / student / LESSON.name
    folder.mkdir(parents=True, exist_ok=True)
    if content is not None:
        (folder / f"{LESSON.name}.ipynb").write_text(content)
    if timestamp is not None:
        (folder / "timestamp.txt").write_text(timestamp)
    for name, data in beside:
        (folder / name).write_bytes(data)
    return folder


GRADES = """
SELECT assignment.name, student.id, submitted_assignment.timestamp, submitted_notebook.late_submission_penalty, submitted_notebook.flagged, base_cell.name,
       grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade
FROM grade JOIN base_cell ON base_cell.id = grade.cell_id JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
     JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
     JOIN assignment ON assignment.id = submitted_assignment.assignment_id JOIN student ON student.id = submitted_assignment.student_id
"""
COMMENTS = """
SELECT student.id, base_cell.name, comment.auto_comment, comment.manual_comment
FROM comment JOIN base_cell ON base_cell.id = comment.cell_id JOIN submitted_notebook ON submitted_notebook.id = comment.notebook_id
     JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id JOIN student ON student.id = submitted_assignment.student_id
"""
LESSONS = """
SELECT assignment.name, assignment.course_id, notebook.name, notebook.kernelspec, source_cell.name, source_cell.cell_type, source_cell.locked,
       source_cell.source, source_cell.checksum
FROM source_cell JOIN notebook ON notebook.id = source_cell.notebook_id JOIN assignment ON assignment.id = notebook.assignment_id
"""
CELLS = """
SELECT base_cell.name, base_cell.type, grade_cells.max_score, grade_cells.cell_type FROM base_cell LEFT JOIN grade_cells ON grade_cells.id = base_cell.id
"""


def rows(course, *queries, url=None):
    """What these queries find in a course's gradebook, in an order of its own."""
    with Gradebook(url or f"sqlite:///{course}/gradebook.db") as gradebook:
        found = [[tuple(map(_plain, row)) for row in gradebook.db.execute(text(query))] for query in queries or (GRADES, COMMENTS)]
    return [sorted(each) for each in found]


def _plain(value):
    """The same for every database: these have types of their own for truth and time."""
    return str(int(value)) if isinstance(value, bool) else str(value).removesuffix(".000000")


def tree(folder):
    """The files below a folder, those whose name begins with a dot as well, but the notebooks' and records' times: content by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
