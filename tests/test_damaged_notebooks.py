"""A thousand damaged notebooks: each is refused in a sentence, or rebuilt with our checks in our order. None raises anything else."""

import contextlib
import copy
import json
import random
import re
import time

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import cells, intake, rebuilding
from autograder.cells import TEXT_STUB, grade_id, is_answer
from autograder.flags import MOST_FLAGS
from autograder.intake import Unusable, read_notebook
from autograder.lessons import SOURCE, find_lesson

LESSON = find_lesson("02-convolution")
OURS = nbformat.read(LESSON.path, as_version=4).cells
LOCKED = [cell for cell in OURS if not is_answer(cell) and (grade_id(cell) or cell.cell_type != "code")]
CANARY = "CANARY-7f3a"  # in everything of theirs that must not come through
NUMBER, SECONDS = 1000, 60
JUNK = [
    None,
    True,
    0,
    -1,
    1e308,
    10**30,
    float("nan"),
    "",
    "x",
    "\0",
    "\ud800",
    "\u202e",
    "relu",
    [],
    {},
    [[]],
    {"a": {}},
    ["x", 1],
    [None],
]


# --- damage ---


def released() -> dict:
    """The notebook as students get it."""
    content = json.loads(LESSON.path.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = cells.as_released("".join(cell["source"])) if cell["cell_type"] == "code" else TEXT_STUB
    return content


def solved() -> dict:
    """The notebook as the best student hands it in, with outputs, and with our mark in what is none of our business."""
    content = json.loads((SOURCE.parent / "solutions" / LESSON.name / LESSON.path.name).read_text(encoding="utf-8"))
    content["metadata"]["mark"] = CANARY
    for cell in content["cells"]:
        cell["metadata"]["mark"] = CANARY
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [CANARY, "0.5\n" * 50]}]
        else:
            cell["attachments"] = {"a.png": {"image/png": "aGk="}, "a.svg": {"image/svg+xml": "PHN2Zz4="}}
    return content


SOLVED, RELEASED = json.dumps(solved()), json.dumps(released())


def places(value: object) -> list[tuple]:
    """Every place in JSON, as what holds it and its key."""
    found, left = [], [value]
    while left:
        holder = left.pop()
        for key, item in holder.items() if isinstance(holder, dict) else enumerate(holder):
            found.append((holder, key))
            if isinstance(item, dict | list):
                left.append(item)
    return found


def put_junk(rng: random.Random, content: dict) -> None:
    holder, key = rng.choice(places(content))
    holder[key] = copy.deepcopy(rng.choice(JUNK))


def put_junk_into_an_answer(rng: random.Random, content: dict) -> None:
    lines = rng.choice([cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")])["source"]
    lines[rng.randrange(len(lines))] = copy.deepcopy(rng.choice(JUNK))


def put_junk_into_a_cell(rng: random.Random, content: dict) -> None:
    cell = some_cell(rng, content)
    holder, key = rng.choice(places(cell))
    holder[key] = copy.deepcopy(rng.choice(JUNK))


def delete(rng: random.Random, content: dict) -> None:
    holder, key = rng.choice(places(content))
    del holder[key]


def exchange(rng: random.Random, content: dict) -> None:
    """Put a copy of one part of the notebook in place of another."""
    holder, key = rng.choice(places(content))
    other, its_key = rng.choice(places(content))
    holder[key] = copy.deepcopy(other[its_key])


def nest(rng: random.Random, content: dict) -> None:
    holder, key = rng.choice(places(content))
    for _ in range(rng.choice([1, 2, 400])):
        holder[key] = [holder[key]] if rng.random() < 0.5 else {"cells": holder[key]}


def shuffle(rng: random.Random, content: dict) -> None:
    rng.shuffle(content["cells"])


def delete_cells(rng: random.Random, content: dict) -> None:
    content["cells"] = [cell for cell in content["cells"] if rng.random() < 0.8]


def copy_cells(rng: random.Random, content: dict) -> None:
    for _ in range(rng.choice([1, 5, 500])):
        content["cells"].insert(rng.randrange(len(content["cells"]) + 1), copy.deepcopy(some_cell(rng, content)))


def split_a_cell(rng: random.Random, content: dict) -> None:
    cell = some_cell(rng, content)
    half = copy.deepcopy(cell)
    cut = rng.randrange(len(cell["source"]) + 1)
    half["source"], cell["source"] = cell["source"][:cut], cell["source"][cut:]
    content["cells"].insert(content["cells"].index(cell), half)


def retype_cells(rng: random.Random, content: dict) -> None:
    for _ in range(3):
        some_cell(rng, content)["cell_type"] = rng.choice(["code", "markdown", "raw", "heading", "html", "CODE", "", None, 7])


def relabel_cells(rng: random.Random, content: dict) -> None:
    labels = [cell.get("metadata", {}).get("nbgrader") for cell in content["cells"]]
    for _ in range(5):
        cell = some_cell(rng, content)
        cell["metadata"] = {"mark": CANARY, "nbgrader": copy.deepcopy(rng.choice(labels))}
        cell["id"] = rng.choice(content["cells"]).get("id")


def change_settings(rng: random.Random, content: dict) -> None:
    for _ in range(5):
        metadata = some_cell(rng, content)["metadata"].setdefault("nbgrader", {})
        metadata[rng.choice(["grade", "solution", "locked", "task", "points", "schema_version", "grade_id", "cell_type", "checksum"])] = (
            rng.choice(JUNK)
        )


def strip_metadata(rng: random.Random, content: dict) -> None:
    for cell in content["cells"]:
        cell["metadata"] = {}
        if rng.random() < 0.5:
            cell.pop("id", None)


def change_format(rng: random.Random, content: dict) -> None:
    content["nbformat"] = rng.choice([1, 2, 3, 4, 5, 99, "4", None])
    content["nbformat_minor"] = rng.choice([0, 5, 9, 10**20, "x", None])
    if rng.random() < 0.5:
        content["worksheets"] = [{"cells": content.pop("cells")}]
        for cell in content["worksheets"][0]["cells"]:
            cell["input"] = cell.pop("source")


def some_cell(rng: random.Random, content: dict) -> dict:
    return rng.choice([cell for cell in content["cells"] if {"source", "metadata"} <= cell.keys()])


DAMAGE = [
    put_junk,
    put_junk_into_an_answer,
    put_junk_into_a_cell,
    delete,
    exchange,
    nest,
    shuffle,
    delete_cells,
    copy_cells,
    split_a_cell,
    retype_cells,
    relabel_cells,
    change_settings,
    strip_metadata,
    change_format,
]


def flip(rng: random.Random, data: bytes) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.choice([1, 3, 30, 1000])):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def garble_text(rng: random.Random, data: bytes) -> bytes:
    """Change letters within lines, so that the JSON mostly stays whole."""
    damaged = bytearray(data)
    letters = [place for place, letter in enumerate(damaged) if letter in b"acdeilnorst"]
    for place in rng.sample(letters, rng.choice([1, 10, 100])):
        damaged[place] = rng.choice(b"xyz0\x80\xff")
    return bytes(damaged)


def truncate(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def repeat(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[max(0, start - rng.randrange(2000)) :]


def encode(rng: random.Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(rng.choice(["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp037", "utf-7"]), "replace")


def pad(rng: random.Random, data: bytes) -> bytes:
    return data + rng.choice([bytes(512), b"\n\n", b"}", b"<<<<<<< HEAD", data])


BYTE_DAMAGE = [flip, garble_text, garble_text, truncate, repeat, encode, pad]


def damaged(number: int) -> bytes:
    """The damaged notebook of that number: two in three are damaged as JSON, two in three as bytes are, some in several ways."""
    rng = random.Random(number)
    content = json.loads(SOLVED if rng.random() < 0.7 else RELEASED)
    for damage in rng.choices(DAMAGE, k=rng.choice([0, 1, 2, 3])):
        with contextlib.suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):  # it is damaged too much for this already
            damage(rng, content)
    data = json.dumps(content, indent=1, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    if rng.random() < 0.35:
        data = rng.choice(BYTE_DAMAGE)(rng, data)
    return data


# --- what must be true of each ---


def complaints(data: bytes) -> list[str]:
    """What is wrong with how a notebook is taken in, in sentences."""
    try:
        notebook = read_notebook(data)
    except Unusable as error:
        sentence = str(error)
        return [] if re.fullmatch(r"[A-Z][^\n.]{10,200}\.", sentence) and sentence.isprintable() else [f"no sentence: {sentence!r}"]
    except BaseException as error:
        return [f"reading raised {error!r}"]
    try:
        rebuilt, flags = rebuilding.rebuild(LESSON, notebook)
    except BaseException as error:
        return [f"rebuilding raised {error!r}"]
    return [*wrong_cells(rebuilt), *wrong_content(rebuilt), *wrong_flags(flags)]


def wrong_cells(rebuilt: nbformat.NotebookNode) -> list[str]:
    ids = [cell.id for cell in rebuilt.cells]
    found = []
    if len(set(ids)) < len(ids):
        found.append("two cells have the same id")
    if [name for name in ids if not name.startswith("own-") or name in {cell.id for cell in OURS}] != [cell.id for cell in OURS]:
        found.append("our cells are not all there, in our order")
    by_id = dict(zip(ids, rebuilt.cells, strict=True))
    if any((by_id[cell.id].source, by_id[cell.id].cell_type) != (cell.source, cell.cell_type) for cell in LOCKED if cell.id in by_id):
        found.append("a cell that nobody may change was changed")
    if any(by_id[cell.id].metadata != cell.metadata for cell in OURS if cell.id in by_id):
        found.append("metadata of our cells was changed")
    if any(cell.metadata for name, cell in by_id.items() if name not in {cell.id for cell in OURS}):
        found.append("a cell of theirs has metadata")
    return found


def wrong_content(rebuilt: nbformat.NotebookNode) -> list[str]:
    try:
        nbformat.validate(rebuilt)
        text = nbformat.writes(rebuilt).encode("utf-8")
    except Exception as error:
        return [f"the rebuilt notebook is not valid: {str(error)[:200]}"]
    sources = "".join(cell.pop("source") for cell in rebuilt.cells)
    images = [image for cell in rebuilt.cells for image in cell.pop("attachments", {}).values()]
    found = [f"{bad!r} is in a source" for bad in ("\0", "\ud800") if bad in sources]
    if any(
        kind not in ("image/png", "image/jpeg", "image/gif") or not data.isascii() or "<" in data
        for image in images
        for kind, data in image.items()
    ):
        found.append("an attachment is no image")
    if any(cell.get("outputs") or cell.get("execution_count") for cell in rebuilt.cells):
        found.append("there are outputs")
    if CANARY in json.dumps(rebuilt) or len(text) > 2_000_000:
        found.append("something of theirs came through that is not a source")
    return found


def wrong_flags(flags: list[str]) -> list[str]:
    printable = all(isinstance(flag, str) and flag.isprintable() and 5 < len(flag) <= 300 for flag in flags)
    return [] if printable and len(flags) <= MOST_FLAGS else [f"flags: {flags}"]


# --- the tests ---


def test_a_thousand_damaged_notebooks_are_rebuilt_or_refused():
    started = time.process_time()
    wrong, refused = {}, 0
    for number in range(NUMBER):
        data = damaged(number)
        refused += is_refused(data)
        if found := complaints(data):
            wrong[number] = found
    assert wrong == {}
    assert NUMBER / 20 < refused < NUMBER / 2  # else the damage is too small or too large to tell anything
    assert time.process_time() - started < SECONDS


def is_refused(data: bytes) -> bool:
    try:
        read_notebook(data)
    except Unusable:
        return True
    return False


def test_undamaged_notebooks_are_rebuilt_unchanged():
    for whole in (SOLVED, RELEASED):
        assert complaints(whole.encode()) == []
        rebuilt, flags = rebuilding.rebuild(LESSON, read_notebook(whole.encode()))
        kept = {name: cell.source for name, cell in ((grade_id(cell), cell) for cell in rebuilt.cells)}
        theirs = {cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"]) for cell in json.loads(whole)["cells"]}
        assert flags == [] or all("attachment" in flag for flag in flags)
        assert kept == theirs


def test_every_kind_of_damage_damages():
    for damage in DAMAGE:
        content = json.loads(SOLVED)
        damage(random.Random(1), content)
        assert json.dumps(content) != SOLVED, damage.__name__
    for damage in BYTE_DAMAGE:
        assert damage(random.Random(1), SOLVED.encode()) != SOLVED.encode(), damage.__name__


# --- and the tests can fail ---


def keep(part):
    """Our cells with a part of theirs, whether they may change it or not."""

    def fault(whole):
        def answered(name, cell, theirs, flags):
            rebuilt = whole(name, cell, theirs, flags)
            return rebuilt if theirs is None else nbformat.from_dict(rebuilt | {part: theirs[part]})

        return answered

    return fault


# What is put in place of something of ours, and what must then be said of one of the notebooks.
FAULTS = {
    "their checks are kept": (rebuilding, "_answered", keep("source"), "a cell that nobody may change was changed"),
    "their metadata are kept": (rebuilding, "_answered", keep("metadata"), "metadata of our cells was changed"),
    "their ids are kept": (rebuilding, "_answered", keep("id"), "our cells are not all there, in our order"),
    "their types are kept": (rebuilding, "_answered", keep("cell_type"), "rebuilding raised"),
    "another order": (
        rebuilding,
        "_our_cells",
        lambda whole: lambda lesson: dict(reversed(whole(lesson).items())),
        "not all there, in our order",
    ),
    "own cells have metadata": (
        rebuilding,
        "NotebookNode",
        lambda whole: lambda *a: whole(*a) if a else whole(mark=1),
        "a cell of theirs has metadata",
    ),
    "unspeakable letters are kept": (cells, "UNSPEAKABLE", lambda whole: re.compile("(?!)"), "'\\x00' is in a source"),
    "every attachment is kept": (rebuilding, "IMAGES", lambda whole: (*whole, "image/svg+xml"), "an attachment is no image"),
    "lines are taken for text": (cells, "_text", lambda whole: lambda source: whole("".join(source)), "reading raised TypeError"),
    "anything is taken for a cell": (
        intake,
        "tidy",
        lambda whole: lambda found: [cells._tidied(cell, 0) for cell in found],
        "reading raised AttributeError",
    ),
    "flags are not counted": (rebuilding, "a_few", lambda whole: lambda flags: flags * 50, "flags: "),
    "refused without a word": (intake, "Unusable", lambda whole: type("Mute", (whole,), {"__str__": lambda self: ""}), "no sentence: ''"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_would_be_noticed(fault, monkeypatch):
    module, name, change, said = FAULTS[fault]
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    assert any(said in complaint for number in range(NUMBER) for complaint in complaints(damaged(number)))


# --- notebooks that nobody wrote ---

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from([cell.id for cell in OURS] + ["mine", ""]) | VALUES
LABELS = (
    st.fixed_dictionaries({}, optional={"grade_id": NAMES, "grade": VALUES, "solution": VALUES, "locked": VALUES, "points": VALUES})
    | VALUES
)
SOURCES = (
    st.sampled_from(["def relu(x):\n    ...", "relu = 1", "check('relu')", "def conv2d(a): ...\ndef relu(x): ...", "![](attachment:a)"])
    | VALUES
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | VALUES,
        "id": NAMES,
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": LABELS, "id": NAMES}) | VALUES,
        "source": SOURCES | st.lists(SOURCES, max_size=3),
        "input": SOURCES,
        "outputs": VALUES,
        "attachments": st.dictionaries(st.sampled_from(["a", "b c"]), st.dictionaries(st.sampled_from(["image/png", "text/html"]), VALUES))
        | VALUES,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {"cells": st.lists(CELLS | VALUES, max_size=12)}, optional={"metadata": VALUES, "nbformat": VALUES, "worksheets": VALUES}
)


@given(NOTEBOOKS | VALUES)
@settings(max_examples=200)
def test_any_json_is_rebuilt_or_refused(content):
    assert complaints(json.dumps(content).encode()) == []


@given(st.binary(max_size=200) | st.from_regex(rb'\{"cells": \[[\x00-\xff]{0,40}\]\}', fullmatch=True))
@settings(max_examples=200)
def test_any_bytes_are_rebuilt_or_refused(data):
    assert complaints(data) == []
