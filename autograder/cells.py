"""The cells of a student's notebook: what counts of each, whatever is written in the file, and which of our cells it is."""

import functools
import itertools
import re
from collections import defaultdict

from nbformat import NotebookNode

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"  # nbgrader's
TEXT_STUB = "YOUR ANSWER HERE"
MOST_CELLS = 5_000
SETTINGS = ("grade", "solution", "locked", "task", "points")  # nbgrader's, of a cell

UNSPEAKABLE = re.compile("[\0\ud800-\udfff]")  # no kernel, file or database takes these
CELL_ID = re.compile("[a-zA-Z0-9_-]{1,64}")
DEFINED = re.compile(r"^(?:async )?def (\w+)[ \t]*\(", re.MULTILINE)
# Written so that no marker of a solution stands in what students install: releases are searched for them.
SOLUTION = re.compile(r"^([ \t]*)### BEGIN\x20SOLUTION.*?### END\x20SOLUTION[^\n]*", re.MULTILINE | re.DOTALL)


def grade_id(cell: NotebookNode) -> str | None:
    """The nbgrader id of a cell, None for cells that nbgrader does not know."""
    known = cell.get("metadata", {}).get("nbgrader")
    return known.get("grade_id") if isinstance(known, dict) else None


def tidy(cells: object) -> list[NotebookNode]:
    """What counts of each cell, in nbformat 4: type, source, id, attachments, nbgrader's id and settings. What is no cell is left out."""
    found = (cell for cell in cells if isinstance(cell, dict)) if isinstance(cells, list) else ()
    return [_tidied(cell, number) for number, cell in enumerate(itertools.islice(found, MOST_CELLS))]


def _tidied(cell: dict, number: int) -> NotebookNode:
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    kind, source = cell.get("cell_type"), _text(cell.get("source", cell.get("input")))  # `input` and headings: nbformat 3
    if kind == "heading":
        kind, source = "markdown", f"## {source}"
    tidied = NotebookNode(cell_type=kind if kind in ("code", "markdown") else "raw", metadata=NotebookNode(), source=source)
    theirs = cell.get("id", metadata.get("id"))  # Colab keeps it in the metadata
    tidied.id = theirs if isinstance(theirs, str) and CELL_ID.fullmatch(theirs) else f"cell-{number}"
    if tidied.cell_type == "code":
        tidied.update(outputs=[], execution_count=None)
    elif isinstance(cell.get("attachments"), dict):
        tidied.attachments = cell["attachments"]
    known = metadata.get("nbgrader")
    if isinstance(known, dict) and isinstance(known.get("grade_id"), str):
        settings = {name: known[name] for name in SETTINGS if isinstance(known.get(name), bool | int | float)}
        tidied.metadata.nbgrader = NotebookNode(grade_id=known["grade_id"], **settings)
    return tidied


def _text(source: object) -> str:
    lines = source if isinstance(source, list) else [source]
    return UNSPEAKABLE.sub("\ufffd", "".join(line for line in lines if isinstance(line, str)))


def is_answer(ours: NotebookNode) -> bool:
    """Whether one of our cells is for the student to answer."""
    return bool(ours.metadata.get("nbgrader", {}).get("solution"))


def is_unanswered(cell: NotebookNode, ours: NotebookNode) -> bool:
    """Whether a cell is one of ours as students get it, with nothing of their own in it."""
    text = cell.source.strip()
    return text in ("", STUB, TEXT_STUB) or ("raise NotImplementedError()" in text and text == as_released(ours.source))


@functools.cache
def as_released(source: str) -> str:
    """An answer of ours as students get it."""
    return SOLUTION.sub(lambda region: "\n".join(region[1] + line for line in STUB.splitlines()), source).strip()


def label(cell: NotebookNode, ours: dict[str, NotebookNode]) -> str | None:
    """The name of the one of our cells that a cell says it is: by nbgrader's id or the cell's."""
    return next((name for name in (grade_id(cell), cell.id) if name in ours), None)


def recognise(cells: list[NotebookNode], ours: dict[str, NotebookNode]) -> dict[str, int]:
    """Where our cells are among a student's: an index into `cells` for each name that is found.

    A label is believed, unless the function that it promises is in a single other cell and not in this one. Cells that lost their labels are known by
    the exercise's function in them, by our own text, by the variable that they set, or by the cells around them.
    """
    labels = [label(cell, ours) for cell in cells]
    claims = defaultdict(list)
    for index, name in enumerate(labels):
        claims[name].append(index)
    functions = [name for name, cell in ours.items() if is_answer(cell) and name in DEFINED.findall(cell.source)]
    strays = _strays(cells, labels, functions)

    def best(name: str, candidates: list[int]) -> int:
        return min(candidates, key=lambda i: (cells[i].cell_type != ours[name].cell_type, is_unanswered(cells[i], ours[name]), i))

    found: dict[str, int] = {}
    for name in functions:
        certain = [index for index in claims[name] if _sets(cells[index].source, name)]
        if certain := certain or (strays[name] if len(strays[name]) == 1 else []):
            found[name] = best(name, certain)
    for name in ours:
        if name not in found and (left := [index for index in claims[name] if index not in found.values()]):
            found[name] = best(name, left)
    unlabelled = [index for index in claims[None] if index not in found.values()]
    _recognise_by_text(cells, unlabelled, ours, found)
    _recognise_by_place(cells, unlabelled, ours, found)
    return found


def _strays(cells: list[NotebookNode], labels: list[str | None], functions: list[str]) -> dict[str, list[int]]:
    """Code cells with the function of a single exercise, which is not the one that they are labelled with."""
    strays = defaultdict(list)
    for index, (cell, name) in enumerate(zip(cells, labels, strict=True)):
        defined = set(functions).intersection(DEFINED.findall(cell.source)) if cell.cell_type == "code" else set()
        if len(defined) == 1 and name not in defined and not (name in functions and _sets(cell.source, name)):
            strays[defined.pop()].append(index)
    return strays


def _sets(source: str, name: str) -> bool:
    """Whether code gives a value to a name, as far as one can tell without reading it as Python: a definition, an assignment, an import."""
    pattern = (
        rf"^[ \t]*(?:async[ \t]+)?(?:def|class|import|from)\b[^\n]*\b{name}\b"
        rf"|^(?=[^=(\[.\n]*=(?!=))[^=(\[.\n]*\b{name}\b"
        rf"|\bas[ \t]+{name}\b"
    )
    return re.search(pattern, source, re.MULTILINE) is not None


def _recognise_by_text(cells: list[NotebookNode], unlabelled: list[int], ours: dict[str, NotebookNode], found: dict[str, int]) -> None:
    known: dict[tuple, int] = {}
    for index in unlabelled:
        for marks in _marks(cells[index]):
            known.setdefault(marks, index)
    for name, cell in ours.items():
        if name not in found and not is_answer(cell):
            marks = _marks(cell) if not grade_id(cell) else _marks(cell)[:1]
            index = next((known[mark] for mark in marks if mark in known and known[mark] not in found.values()), None)
            if index is not None:
                found[name] = index


def _marks(cell: NotebookNode) -> list[tuple]:
    """What tells a cell from others: its text, and the variable that it begins by setting."""
    variable = cell.source.partition("=")[0].strip()
    return [(cell.cell_type, cell.source.strip())] + [("sets", variable)] * (cell.cell_type == "code" and variable.isidentifier())


def _recognise_by_place(cells: list[NotebookNode], unlabelled: list[int], ours: dict[str, NotebookNode], found: dict[str, int]) -> None:
    """Answers that are no function, a text for instance: the only cell between the two that ours is between."""
    for before, name, after in zip(ours, list(ours)[1:], list(ours)[2:], strict=False):
        if name not in found and is_answer(ours[name]) and before in found and after in found:
            there = range(found[before] + 1, found[after])
            between = [i for i in unlabelled if i in there and cells[i].cell_type == ours[name].cell_type and i not in found.values()]
            if len(between) == 1:
                found[name] = between[0]
