"""Takes in what a student handed in: files, as bytes, and the notebook among them, whatever was done to it."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode

from autograder import files
from autograder.cells import DEFINED, STUB, TEXT_STUB, grade_id, tidy
from autograder.flags import a_few, listed, quoted
from autograder.lessons import Lesson, all_lessons, find_lesson
from autograder.rebuilding import answers, rebuild

__all__ = [
    "STUB",
    "TEXT_STUB",
    "Submission",
    "Unusable",
    "find_notebook",
    "grade_id",
    "lesson_of",
    "read_notebook",
    "read_submission",
    "read_timestamp",
    "rebuild",
]

MOST_NOTEBOOK = 64 * files.MEGABYTE
MOST_FILE = 80 * files.MEGABYTE  # a model of 5 million parameters, with what its optimizer remembers of each
MOST_FILES = 50
MOST_TOGETHER = 100 * files.MEGABYTE
MOST_NOTEBOOKS = 10  # of a folder that are read to find the right one
MOST_VALUES, MOST_CONTAINERS = 5_000_000, 500_000  # in a notebook: in memory these are ten and thirty times as large as in the file
NOBODY_NEEDS = {"timestamp.txt", "result.json", "__pycache__"}
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
TIME_ZONE = re.compile(r"[A-Za-z]\w*([/_+-]\w+)*")  # and no path of a file


class Unusable(Exception):
    """What was handed in cannot be graded; the message says why, in a sentence."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one lesson, as bytes, so that it can travel to any worker.

    `files` are what lies beside the notebook, by name: `model.keras`, say. `flags` are sentences on what was odd about it when it was read.
    """

    student: str
    lesson: str
    notebook: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Fingerprint of all that was handed in, `sha256:…`."""
        total = hashlib.sha256(hashlib.sha256(self.notebook).digest())
        for name in sorted(self.files):
            total.update(name.encode("utf-8", "surrogatepass") + b"\0" + hashlib.sha256(self.files[name]).digest())
        return f"sha256:{total.hexdigest()}"


def read_submission(path: Path, student: str, lesson: str) -> Submission:
    """What a student handed in: a notebook and the files beside it. `path` is the notebook, or the folder to look for it in.

    No link is followed, no pipe is waited for. What is left out is said in the flags. Raises Unusable when there is no notebook that can be read.
    """
    flags: list[str] = []
    if path.suffix != ".ipynb":
        path, flags = find_notebook(path, lesson)
    try:
        with files.opened(path.parent) as folder:
            notebook = files.read(path, MOST_NOTEBOOK, folder)
            beside, left_out = _read_beside(path, folder)
            if "timestamp.txt" in files.names(path.parent, folder) and read_timestamp(path.parent) is None:
                flags.append("timestamp.txt says no time: the submission counts as one without a time")
    except files.Refused as error:
        raise Unusable(f"{quoted(path.name)} cannot be read: {error}.") from None
    flags += [f"left out: {listed(names)} ({reason})" for reason, names in left_out.items()]
    return Submission(student, lesson, notebook, beside, tuple(a_few(flags)))


def _read_beside(notebook: Path, folder: int | None) -> tuple[dict[str, bytes], dict[str, list[str]]]:
    """The files beside a notebook, models first, and the names of those that were left out, by the reason."""
    contents: dict[str, bytes] = {}
    left_out: dict[str, list[str]] = {}
    room = MOST_TOGETHER
    for name in sorted(files.names(notebook.parent, folder), key=lambda name: (not name.endswith(".keras"), name)):
        if name == notebook.name or name in NOBODY_NEEDS or name.startswith("."):
            continue
        try:
            if not name.isprintable():
                raise files.Refused("a name that cannot be printed")
            if name.lower().endswith(".ipynb"):
                raise files.Refused("another notebook")
            if len(contents) == MOST_FILES:
                raise files.Refused(f"more than {MOST_FILES} files")
            content = files.read(notebook.with_name(name), MOST_FILE, folder)
            if len(content) > room:
                raise files.Refused(f"more than {MOST_TOGETHER / files.MEGABYTE:g} MB together")
            contents[name], room = content, room - len(content)
        except files.Refused as reason:
            left_out.setdefault(str(reason), []).append(name)
    return contents, left_out


def find_notebook(folder: Path, lesson: str) -> tuple[Path, list[str]]:
    """Which of the files in a folder is a lesson's notebook, and a flag where that was not plain from its name.

    It is the one that is called like the lesson, unless it answers nothing and another does; else the one with the most answers, the newest of several.
    Raises Unusable when there is none.
    """
    right = f"{lesson}.ipynb"
    try:
        with files.opened(folder) as opened:
            names = [name for name in files.names(folder, opened) if name.lower().endswith(".ipynb") and not name.startswith(".")]
            if not names:
                raise Unusable(f"No notebook was handed in: there is no file {right}.")
            best = right if names == [right] else _best_notebook(folder, names, opened, lesson)
    except files.Refused as error:
        raise Unusable(f"The folder {quoted(folder.name)} cannot be read: {error}.") from None
    if len(names) > 1:
        return folder / best, [f"{len(names)} notebooks were handed in: {quoted(best)} was graded"]
    return folder / best, [] if best == right else [f"the notebook is called {quoted(best)}, not {quoted(right)}"]


def _best_notebook(folder: Path, names: list[str], opened: int | None, lesson: str) -> str:
    right = f"{lesson}.ipynb"
    ranks, trouble = {}, []
    for name in sorted(names, key=lambda name: (name != right, name))[:MOST_NOTEBOOKS]:
        try:
            notebook = _parsed(files.read(folder / name, MOST_NOTEBOOK, opened), quoted(name))
            if lesson_of(notebook, quoted(name)).name != lesson:
                raise Unusable(f"{quoted(name)} is a notebook of another lesson than {lesson}.")
            number = answers(find_lesson(lesson), notebook)
            if name == right and number:
                return right
            ranks[name] = (number, name == right, (folder / name).lstat().st_mtime)
        except Unusable as error:
            trouble.append(str(error))
        except (files.Refused, OSError) as error:
            trouble.append(f"{quoted(name)} cannot be read: {error}.")
    if not ranks:
        raise Unusable(trouble[0] if right in names or len(names) == 1 else f"None of the notebooks handed in is one of {lesson}.")
    return max(ranks, key=ranks.get)


def read_timestamp(folder: Path) -> datetime | None:
    """When a submission was handed in: what its timestamp.txt says, read as nbgrader reads it, in UTC and without a zone. None where it says nothing."""
    import dateutil.parser
    import dateutil.tz

    try:
        text = files.read(folder / "timestamp.txt", 200).decode("utf-8-sig").strip()
        zones = {}
        if len(words := text.split(" ")) == 3:
            text, zone = f"{words[0]} {words[1]} TZ", words[2]
            zones["TZ"] = dateutil.tz.gettz(zone) if TIME_ZONE.fullmatch(zone) else int(zone)
        time = dateutil.parser.parse(text, tzinfos=zones)
        return time if time.tzinfo is None else (time - time.utcoffset()).replace(tzinfo=None)
    except Exception:  # there is hardly an error that dateutil does not raise
        return None


def read_notebook(source: Path | bytes) -> NotebookNode:
    """The notebook in a file or in bytes: its cells in nbformat 4, whatever format it is in, without outputs. Raises Unusable."""
    if isinstance(source, bytes):
        return _parsed(source, "The notebook")
    if source.suffix != ".ipynb":
        raise Unusable(f"{source} is not a notebook: its name should end in .ipynb.")
    if not os.path.lexists(source):
        raise Unusable(f"There is no file {source}.")
    try:
        return _parsed(files.read(source, MOST_NOTEBOOK), str(source))
    except files.Refused as error:
        raise Unusable(f"{source} cannot be read: {error}.") from None


def _parsed(content: bytes, name: str) -> NotebookNode:
    damaged = Unusable(f"{name} is damaged and no Jupyter notebook: open it in JupyterLab and save it again, or hand in an earlier copy.")
    try:
        # A damaged letter costs that letter only; what a crash leaves behind a file's end are zeros.
        text = content.decode(json.detect_encoding(content), "replace").strip("\0\ufeff \r\n\t")
        if not text:
            raise Unusable(f"{name} is empty: hand in an earlier copy.")
        if _is_bomb(text):
            raise Unusable(f"{name} holds more than any notebook does: clear its outputs, save it and hand it in again.")
        # No number in a notebook matters to us, and as floats the longest ones cost nothing.
        notebook = json.loads(text, strict=False, parse_int=float)
    except (ValueError, LookupError, RecursionError, MemoryError):
        raise damaged from None
    if not isinstance(notebook, dict):
        raise damaged
    sheets = notebook.get("worksheets")  # nbformat 3
    cells = notebook.get("cells")
    if cells is None and isinstance(sheets, list):
        cells = [cell for sheet in sheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise damaged
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=tidy(cells))


def _is_bomb(text: str) -> bool:
    """Whether JSON holds so many values that reading it costs more than a notebook may."""
    if text.count('"') > 3 * MOST_VALUES:
        return True
    values = STRING.sub("", text)
    return values.count(",") > MOST_VALUES or sum(map(values.count, "[{:")) > MOST_CONTAINERS


def lesson_of(notebook: NotebookNode, path: Path | str) -> Lesson:
    """The lesson that a notebook answers, by the exercises in it, whatever its file is called. Raises Unusable."""
    labels = {name for cell in notebook.cells for name in (grade_id(cell), cell.get("id"))}
    defined = {name for cell in notebook.cells if cell.cell_type == "code" for name in DEFINED.findall(cell.source)}

    def evidence(lesson: Lesson) -> tuple[int, int]:
        exercises = [exercise for exercise in lesson.exercises if not exercise.manual]
        functions = len(defined & {exercise.id for exercise in exercises})
        return len(labels & {exercise.grade_id for exercise in exercises}), functions if functions > 1 else 0

    best = max(all_lessons().values(), key=evidence, default=None)
    if best is None or not any(evidence(best)):
        raise Unusable(f"{path} is not a notebook of this course: none of the course's exercises is in it.")
    return best
