"""Which of a notebook's variables its code looks up and sets, and so which of the lesson's own cells nothing depends on while grading."""

import dis
from collections.abc import Iterable
from types import CodeType

from nbformat import NotebookNode

# Through these a cell may reach any variable without naming it.
LONGEST = 20_000  # characters of a cell that is read
REACH_ALL = {"eval", "exec", "get_ipython", "globals", "locals", "vars", "dir", "__main__", "sys", "inspect"}


def looked_up(code: CodeType) -> set[str]:
    """The names that a piece of code, and the functions in it, look up outside of themselves."""
    names: set[str] = set()
    its_own: set[str] = set()  # set before anything else can have happened
    certain = True
    for step in dis.get_instructions(code):
        certain = certain and "JUMP" not in step.opname and step.opname != "FOR_ITER"
        if step.opname == "STORE_NAME" and certain:
            its_own.add(step.argval)
        elif step.opname == "LOAD_GLOBAL" or (step.opname == "LOAD_NAME" and step.argval not in its_own):
            names.add(step.argval)
    return names.union(*map(looked_up, _inner(code)))


def _set(code: CodeType) -> set[str]:
    names = {step.argval for step in dis.get_instructions(code) if step.opname in ("STORE_GLOBAL", "STORE_NAME")}
    return names.union(*map(_set, _inner(code)))


def _mentioned(code: CodeType) -> set[str]:
    return set(code.co_names).union(*map(_mentioned, _inner(code)))


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def unneeded_cells(cells: list[NotebookNode], exercises: Iterable[str]) -> set[int]:
    """Positions of the lesson's own cells that set nothing that an answer, a check of `exercises`, or another cell that is needed looks up.

    They show the reader something: a figure, which is not rendered while grading, or a few lines. Where a cell cannot be read as plain Python
    (a magic, say), or may reach any variable, all are needed.
    """
    if any(len(cell.source) > LONGEST for cell in cells if cell.cell_type == "code"):  # Python's compiler can be kept busy for minutes
        return set()
    try:
        return _unneeded(cells, set(exercises))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _unneeded(cells: list[NotebookNode], needed: set[str]) -> set[int]:
    codes = {
        position: compile(cell.source, "cell", "exec", dont_inherit=True) for position, cell in enumerate(cells) if cell.cell_type == "code"
    }
    unneeded = {position for position in codes if _only_shows(cells[position])}
    if any(REACH_ALL & _mentioned(code) for position, code in codes.items() if position not in unneeded):
        return set()
    needed = needed.union(*(looked_up(code) for position, code in codes.items() if position not in unneeded))
    while found := {position for position in unneeded if _set(codes[position]) & needed}:
        unneeded -= found
        needed |= set().union(*(looked_up(codes[position]) for position in found))
    return unneeded


def _only_shows(cell: NotebookNode) -> bool:
    """Whether a cell is the lesson's own: locked, and no check."""
    role = cell.metadata.get("nbgrader", {})
    return bool(role.get("locked")) and not role.get("grade") and not role.get("solution")
