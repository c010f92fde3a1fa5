"""Takes a submitted notebook in: reads it, finds its lesson, and puts the student's answers into our own copy of it."""

import copy
import json
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
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        for cell in content.get("cells", []):
            _mend(cell)
        return nbformat.reads(json.dumps(content), as_version=4)
    except FileNotFoundError:
        raise Unusable(f"There is no file {path}.") from None
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except Exception:  # whatever nbformat makes of a damaged file
        raise Unusable(
            f"{path} is damaged: it is not a Jupyter notebook. Open it in JupyterLab and save it again, or hand in an earlier copy."
        ) from None


def _mend(cell: dict) -> None:
    """Give a cell what every cell has, so that what is missing in one does not cost the others."""
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = {}
    known = cell["metadata"].get("nbgrader")
    if known is not None and not (isinstance(known, dict) and isinstance(known.get("grade_id"), str)):
        del cell["metadata"]["nbgrader"]
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    cell["source"] = source if isinstance(source, str) else ""
    if "id" not in cell and isinstance(cell["metadata"].get("id"), str):  # where Colab keeps it
        cell["id"] = cell["metadata"]["id"]


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
    plain = [name for name, cell in known.items() if not grade_id(cell)]
    lost_ids = not any(cell.get("id") in plain for cell in theirs.cells)  # a notebook of an older format has none
    before = None
    flags = []
    for cell in theirs.cells:
        name = grade_id(cell) or cell.get("id")
        if lost_ids and not grade_id(cell):
            name = next((name for name in plain if name not in answers and _alike(cell, known[name])), None)
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
        if cell.cell_type == "markdown" and "attachments" in theirs:  # an image in an answer
            cell.attachments = theirs.attachments
        if theirs.cell_type != cell.cell_type:
            flags.append(f"cell {name or cell.id!r} was turned into {theirs.cell_type}: turned back")
    return cell


def _alike(theirs: NotebookNode, ours: NotebookNode) -> bool:
    """Whether two cells are the same one, as far as one can tell without ids: the same text, or a value for the same name."""
    if theirs.cell_type != ours.cell_type:
        return False
    assigned = [cell.source.partition("=")[0].strip() for cell in (theirs, ours)]
    return theirs.source == ours.source or (ours.cell_type == "code" and assigned[0] == assigned[1] and assigned[0].isidentifier())


def _own_cell(cell: NotebookNode) -> NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}.get(cell.cell_type, nbformat.v4.new_raw_cell)
    kept = {"attachments": cell.attachments} if "attachments" in cell else {}
    return make(cell.source, **kept)
