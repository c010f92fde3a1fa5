"""Puts a student's answers into our own copy of a lesson's notebook, whatever was done to theirs."""

import itertools
import re
from collections import defaultdict
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from autograder.cells import STUB, TEXT_STUB, grade_id, is_answer, is_unanswered, label, recognise, tidy
from autograder.flags import a_few, listed, quoted
from autograder.lessons import Lesson

MOST_OWN_CELLS = 300
MOST_CODE, MOST_TEXT = 1_000_000, 5_000_000  # characters of a cell; Colab puts images into the text
MOST_OWN_CHARACTERS = 5_000_000  # of a student's own cells together
MOST_IMAGES = 10_000_000  # characters of base64 in a cell
MOST_ATTACHMENTS = 100
IMAGES = ("image/png", "image/jpeg", "image/gif")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
IN_URLS = ":/?#@!$&()*+,;=%"  # what mistune leaves as it is there


def rebuild(lesson: Lesson, theirs: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Our notebook of the lesson with the student's answers in it, and a flag for each thing that had to be repaired.

    Of theirs come the source of the cells that a student may edit, cells of their own, which stay behind the cell that they stand behind, and images
    in text. Everything else (checks, set-up, order, ids, metadata) is ours. `theirs` may be damaged in any way.
    """
    ours = _our_cells(lesson)
    cells = tidy(theirs.get("cells"))
    flags = _shorten(cells, ours)
    found = recognise(cells, ours)
    flags += _relabelled(cells, ours, found)
    own = _own_cells(cells, ours, found, flags)
    rebuilt = own[None]
    for name, cell in ours.items():
        rebuilt += [_answered(name, cell, cells[found[name]] if name in found else None, flags), *own[name]]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=rebuilt, metadata={"kernelspec": kernel}), a_few(flags)


def answers(lesson: Lesson, theirs: NotebookNode) -> int:
    """How many of a lesson's exercises a notebook answers, rightly or not."""
    ours, cells = _our_cells(lesson), tidy(theirs.get("cells"))
    found = recognise(cells, ours)
    return sum(is_answer(ours[name]) and not is_unanswered(cells[index], ours[name]) for name, index in found.items())


def _our_cells(lesson: Lesson) -> dict[str, NotebookNode]:
    """The cells of the lesson's notebook, by nbgrader's id where there is one, without outputs."""
    cells = nbformat.from_dict(lesson.notebook).cells
    for cell in cells:
        cell.source = "".join(cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return {grade_id(cell) or cell.id: cell for cell in cells}


def _shorten(cells: list[NotebookNode], ours: dict[str, NotebookNode]) -> list[str]:
    flags = []
    for cell in cells:
        most = MOST_CODE if cell.cell_type == "code" else MOST_TEXT
        if len(cell.source) > most:
            cell.source = ""
            flags.append(f"{_called(label(cell, ours))} has more than {most:,} characters: they were left out")
    return flags


def _relabelled(cells: list[NotebookNode], ours: dict[str, NotebookNode], found: dict[str, int]) -> list[str]:
    flags = []
    if changed := [name for name in ours if name in found and grade_id(ours[name]) and grade_id(cells[found[name]]) != name]:
        flags.append(f"labels were lost or changed, of {listed(changed)}: the cells were known by what is in them")
    for name, index in found.items():
        settings = cells[index].metadata.get("nbgrader", {}) if name not in changed else {}
        known = ours[name].metadata.get("nbgrader", {})
        if any(settings[key] != known.get(key, False) for key in settings.keys() - {"grade_id"} if key != "points" or key in known):
            flags.append(f"the settings or points of {_called(name)} were changed: ours were used")
    order = [found[name] for name in ours if name in found]
    if order != sorted(order):
        flags.append("cells were moved: they were put in the lesson's order")
    return flags


def _own_cells(
    cells: list[NotebookNode], ours: dict[str, NotebookNode], found: dict[str, int], flags: list[str]
) -> dict[str | None, list[NotebookNode]]:
    """The cells that are not ours, by the name of our cell before them."""
    own = defaultdict(list)
    names = {index: name for name, index in found.items()}
    stubs = [cell for cell in ours.values() if is_answer(cell)]
    before, number, characters, left_out = None, 0, 0, 0
    for index, cell in enumerate(cells):
        if index in names:
            before = names[index]
        elif any(is_unanswered(cell, stub) for stub in stubs):
            if copied := label(cell, ours):
                flags.append(f"{_called(copied)} is there twice, once without an answer: that copy was left out")
        elif number == MOST_OWN_CELLS or characters + len(cell.source) > MOST_OWN_CHARACTERS:
            left_out += 1
        else:
            if copied := label(cell, ours):
                flags.append(f"{_called(copied)} is there twice: both were kept, in their order")
            elif mark := grade_id(cell):
                flags.append(f"{_called(None)} was labelled {quoted(mark)} for grading: the label was taken off")
            number, characters = number + 1, characters + len(cell.source)
            cell.id, cell.metadata = f"own-{number}", NotebookNode()
            if cell.cell_type != "code":
                _keep_images(cell, cell.pop("attachments", {}), _called(None), flags)
            own[before].append(cell)
    if left_out:
        kept = f"{MOST_OWN_CELLS} are kept, of {MOST_OWN_CHARACTERS:,} characters together"
        flags.append(f"left out: {left_out} of the student's own cells ({kept})")
    return own


def _answered(name: str, cell: NotebookNode, theirs: NotebookNode | None, flags: list[str]) -> NotebookNode:
    """Our cell, with the student's source where they may edit it."""
    locked = grade_id(cell) and not is_answer(cell)
    if theirs is None:
        if grade_id(cell):
            flags.append(f"{_called(name)} was deleted: restored")
        if is_answer(cell):
            cell.source = STUB if cell.cell_type == "code" else TEXT_STUB
        return cell
    if theirs.cell_type != cell.cell_type:
        flags.append(f"{_called(name)} was turned into {theirs.cell_type}: turned back")
    if locked and theirs.source.split() != cell.source.split():
        flags.append(f"{_called(name)} was changed: ours was used")
    if not locked and (cell.cell_type == "code" or is_answer(cell)):
        cell.source = theirs.source
        if cell.cell_type != "code":
            _keep_images(cell, theirs.get("attachments", {}), _called(name), flags)
    return cell


def _keep_images(cell: NotebookNode, attachments: dict, called: str, flags: list[str]) -> None:
    """Put a text's images into it."""
    images, characters = {}, 0
    for name, versions in itertools.islice(attachments.items(), MOST_ATTACHMENTS):
        kept = {kind: data for kind in IMAGES if isinstance(versions, dict) and (data := _base64(versions.get(kind)))}
        characters += sum(map(len, kept.values()))
        if kept and characters <= MOST_IMAGES and name.isprintable():
            images[name] = images[quote(name, safe=IN_URLS)] = kept  # nbconvert looks for "my%20drawing.png"
        else:
            flags.append(f"an attachment of {called} was left out: it is no PNG, JPEG or GIF image, or too large")
    if images:
        cell.attachments = NotebookNode(images)


def _base64(data: object) -> str:
    """The data of an image, "" for anything else."""
    lines = data if isinstance(data, list) else [data]
    text = "".join("".join(line for line in lines if isinstance(line, str)).split())
    return text if BASE64.fullmatch(text) else ""


def _called(name: str | None) -> str:
    return f"cell {name!r}" if name else "a cell of the student's own"
