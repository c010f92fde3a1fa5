"""Takes a submitted notebook in: reads it, finds its lesson, and puts the student's answers into our own copy of it."""

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lessons import Lesson, all_lessons

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"  # nbgrader's
TEXT_STUB = "YOUR ANSWER HERE"


class Unusable(Exception):
    """The file cannot be graded; the message says why, in a sentence."""


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in a file, in nbformat 4. Raises Unusable."""
    if path.suffix != ".ipynb":
        raise Unusable(f"{path} is not a notebook: its name should end in .ipynb.")
    try:
        return nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
    except FileNotFoundError:
        raise Unusable(f"There is no file {path}.") from None
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except Exception:  # whatever nbformat makes of a damaged file
        raise Unusable(
            f"{path} is damaged: it is not a Jupyter notebook. Open it in JupyterLab and save it again, or hand in an earlier copy."
        ) from None


def lesson_of(notebook: NotebookNode, path: Path) -> Lesson:
    """The lesson that a notebook answers, by the exercises in it, whatever its file is called. Raises Unusable."""
    found = {grade_id(cell) for cell in notebook.cells}
    best = max(all_lessons().values(), key=lambda lesson: len(found & {e.grade_id for e in lesson.exercises if not e.manual}), default=None)
    if best is None or not found & {e.grade_id for e in best.exercises if not e.manual}:
        raise Unusable(f"{path} is not a notebook of this course: none of the course's exercises is in it.")
    return best


def grade_id(cell: NotebookNode) -> str | None:
    """The nbgrader id of a cell, None for cells that nbgrader does not know."""
    known = cell.get("metadata", {}).get("nbgrader")
    return known.get("grade_id") if isinstance(known, dict) else None


def rebuild(lesson: Lesson, theirs: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Our notebook of the lesson with the student's answers in it, and a sentence for each thing that had to be repaired.

    Answers are found by grade id, the other cells that a student may edit by cell id. Cells of their own stay behind the cell that they stand behind.
    Everything else (checks, set-up, order) is ours.
    """
    answers: dict[str, NotebookNode] = {}  # by our cell's id
    own: dict[str | None, list[NotebookNode]] = {}  # their own cells, by the id of our cell before them
    ours = nbformat.read(lesson.path, as_version=4).cells
    known = {grade_id(cell) or cell.id: cell for cell in ours}
    before = None
    flags = []
    for cell in theirs.cells:
        name = grade_id(cell) or cell.get("id")
        if name in known and name not in answers:
            answers[name] = cell
            before = name
        else:
            own.setdefault(before, []).append(_own_cell(cell))
            if name in known:
                flags.append(f"cell {name!r} is there twice: both were run, in their order")
    cells = list(own.get(None, []))
    for cell in ours:
        name = grade_id(cell) or cell.id
        cells += [_answered(cell, answers.get(name), flags), *own.get(name, [])]
    rebuilt = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    )
    return rebuilt, flags


def _answered(ours: NotebookNode, theirs: NotebookNode | None, flags: list[str]) -> NotebookNode:
    meta = ours.metadata.get("nbgrader", {})
    name = meta.get("grade_id")
    locked = meta and not meta.get("solution")
    cell = copy.deepcopy(ours)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if theirs is None:
        if name:
            flags.append(f"cell {name!r} was deleted: restored")
        if meta.get("solution"):
            cell.source = STUB if cell.cell_type == "code" else TEXT_STUB
    elif locked:
        if theirs.source != ours.source:
            flags.append(f"cell {name!r} was changed: ours was used")
    elif cell.cell_type == "code" or meta.get("solution"):
        cell.source = theirs.source
        if theirs.cell_type != cell.cell_type:
            flags.append(f"cell {name or cell.id!r} was turned into {theirs.cell_type}: turned back")
    return cell


def _own_cell(cell: NotebookNode) -> NotebookNode:
    if cell.cell_type == "code":
        return nbformat.v4.new_code_cell(cell.source)
    return nbformat.v4.new_markdown_cell(cell.source)
