"""Whatever was handed in is taken in as bytes, and whatever those are is read as a notebook or refused in a sentence."""

import json
import os
import socket
import tempfile
import time
import tracemalloc
import zoneinfo
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder import files, intake
from autograder.flags import MOST_FLAGS, a_few, quoted
from autograder.intake import Unusable, find_notebook, grade_id, lesson_of, read_notebook, read_submission, read_timestamp, rebuild
from autograder.lessons import SOURCE, find_lesson

LESSON = find_lesson("02-convolution")
RIGHT = "02-convolution.ipynb"
SOLVED = (SOURCE.parent / "solutions" / LESSON.name / RIGHT).read_bytes()


@pytest.fixture
def notebook():
    return nbformat.read(LESSON.path, as_version=4)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "submitted" / "ada" / LESSON.name
    folder.mkdir(parents=True)
    (folder / RIGHT).write_bytes(SOLVED)
    return folder


def cell(notebook, name):
    return next(cell for cell in notebook.cells if name in (grade_id(cell), cell.id))


def as_bytes(**content):
    return json.dumps(content).encode()


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, **more}


# --- a folder ---


def test_notebook_and_the_files_beside_it_are_read(folder):
    (folder / "network.keras").write_bytes(b"weights")
    (folder / "helpers.py").write_bytes(b"")
    for found in (read_submission(folder, "ada", LESSON.name), read_submission(folder / RIGHT, "ada", LESSON.name)):
        assert (found.student, found.lesson, found.notebook, found.flags) == ("ada", LESSON.name, SOLVED, ())
        assert found.files == {"network.keras": b"weights", "helpers.py": b""}


def test_what_nobody_needs_is_left_out_unsaid(folder):
    for name in ("timestamp.txt", "result.json", ".hidden", ".ipynb_checkpoints/a.ipynb", "__pycache__/a.pyc"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("2026-11-24 10:00:00 UTC")
    found = read_submission(folder, "ada", LESSON.name)
    assert (found.files, found.flags) == ({}, ())


def test_model_of_five_million_parameters_is_read(folder):
    with open(folder / "network.keras", "wb") as file:
        file.truncate(5_000_000 * 4 * 3 + 1_000_000)  # weights and two moments of Adam's, in float32
    assert len(read_submission(folder, "ada", LESSON.name).files["network.keras"]) == 61_000_000


def test_digest_changes_with_every_part(folder):
    digests = {read_submission(folder, "ada", LESSON.name).digest}
    (folder / "a.keras").write_bytes(b"1")
    digests.add(read_submission(folder, "ada", LESSON.name).digest)
    (folder / "a.keras").write_bytes(b"2")
    digests.add(read_submission(folder, "ada", LESSON.name).digest)
    (folder / "a.keras").rename(folder / "b.keras")
    digests.add(read_submission(folder, "ada", LESSON.name).digest)
    (folder / RIGHT).write_bytes(SOLVED + b" ")
    digests.add(read_submission(folder, "ada", LESSON.name).digest)
    assert len(digests) == 5


def test_traps_beside_the_notebook_are_left_out_and_said(folder, tmp_path, monkeypatch):
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.keras").symlink_to(tmp_path / "secret.txt")
    (folder / "nowhere.keras").symlink_to(tmp_path / "nothing")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe.keras")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(folder)  # a socket's path must be short
        listener.bind("socket")
        found = read_submission(folder, "ada", LESSON.name)
    assert found.files == {}
    assert found.flags == (
        "left out: 'link.keras', 'nowhere.keras' (a symbolic link)",
        "left out: 'pipe.keras', 'socket' (no ordinary file)",
        "left out: 'folder' (a folder)",
    )


def test_notebook_that_is_a_link_is_refused(folder, tmp_path):
    (folder / RIGHT).rename(tmp_path / "another.ipynb")
    (folder / RIGHT).symlink_to(tmp_path / "another.ipynb")
    with pytest.raises(Unusable, match=rf"^'{RIGHT}' cannot be read: a symbolic link\.$"):
        read_submission(folder, "ada", LESSON.name)


def test_folder_that_is_a_link_is_refused(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    for path in (tmp_path / "link", tmp_path / "link" / RIGHT):
        with pytest.raises(Unusable, match="cannot be read: a symbolic link"):
            read_submission(path, "ada", LESSON.name)


@pytest.mark.parametrize("trap", ["link", "pipe"])
def test_file_that_is_exchanged_for_a_trap_while_it_is_looked_at_is_refused(folder, tmp_path, monkeypatch, trap):
    (tmp_path / "secret.ipynb").write_text("secret")
    look = os.stat

    def look_and_exchange(path, **options):
        status = look(path, **options)
        (folder / RIGHT).unlink()
        (folder / RIGHT).symlink_to(tmp_path / "secret.ipynb") if trap == "link" else os.mkfifo(folder / RIGHT)
        return status

    monkeypatch.setattr(files.os, "stat", look_and_exchange)
    with pytest.raises(files.Refused, match="a symbolic link" if trap == "link" else "no ordinary file"):
        files.read(folder / RIGHT, 10_000_000)


def test_folder_that_is_exchanged_for_a_link_while_it_is_read_is_still_the_one_that_was_opened(folder, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / RIGHT).write_text("secret")
    with files.opened(folder) as descriptor:
        folder.rename(tmp_path / "moved")
        folder.symlink_to(tmp_path / "other")
        assert files.read(folder / RIGHT, 10_000_000, descriptor) == SOLVED


def test_file_that_grows_while_it_is_read_is_refused_and_not_read_for_ever(folder, monkeypatch):
    look = os.fstat

    def look_before_it_grew(descriptor):
        kind, *others = look(descriptor)
        return os.stat_result([kind, *others[:5], 10, *others[6:]])

    monkeypatch.setattr(files.os, "fstat", look_before_it_grew)
    with pytest.raises(files.Refused, match="still being written"):
        files.read(folder / RIGHT, 10_000_000)


def test_notebook_of_a_terabyte_is_refused_unread(folder):
    with open(folder / RIGHT, "r+b") as file:
        file.truncate(10**12)
    started = time.monotonic()
    with pytest.raises(Unusable, match=r"more than 64 MB\.$"):
        read_submission(folder, "ada", LESSON.name)
    assert time.monotonic() - started < 5


def test_more_files_than_anyone_hands_in_are_left_out_and_models_are_not_among_them(folder):
    for number in range(intake.MOST_FILES + 2):
        (folder / f"{number:03}.txt").touch()
    (folder / "network.keras").write_bytes(b"weights")
    found = read_submission(folder, "ada", LESSON.name)
    assert len(found.files) == intake.MOST_FILES and found.files["network.keras"] == b"weights"
    assert found.flags == ("left out: '049.txt', '050.txt', '051.txt' (more than 50 files)",)


def test_files_that_are_too_large_together_are_left_out(folder):
    for name, megabytes in (("a.keras", 60), ("b.keras", 60), ("c.bin", 81), ("d.bin", 39)):
        with open(folder / name, "wb") as file:
            file.truncate(megabytes * files.MEGABYTE)
    found = read_submission(folder, "ada", LESSON.name)
    assert sorted(found.files) == ["a.keras", "d.bin"]
    assert found.flags == ("left out: 'b.keras' (more than 100 MB together)", "left out: 'c.bin' (more than 80 MB)")


def test_names_of_files_cannot_write_on_a_terminal(folder):
    for name in ("\x1b[2J.txt", "two\nlines", "\u202etxt.exe"):
        (folder / name).touch()
    (folder / os.fsdecode(b"\xff.keras")).touch()
    found = read_submission(folder, "ada", LESSON.name)
    assert found.files == {}
    assert len(found.flags) == 1 and found.flags[0].isprintable() and found.flags[0].endswith("(a name that cannot be printed)")


# --- which notebook ---


def found_in(folder):
    path, flags = find_notebook(folder, LESSON.name)
    return path.name, flags


def first_half(path):
    content = json.loads(SOLVED)
    content["cells"] = content["cells"][: len(content["cells"]) // 2]
    path.write_text(json.dumps(content))


def test_notebook_is_found_by_its_name(folder):
    assert found_in(folder) == (RIGHT, [])


def test_notebook_with_another_name_is_found_by_what_is_in_it(folder):
    (folder / RIGHT).rename(folder / "final FINAL (1).IPYNB")
    assert found_in(folder) == ("final FINAL (1).IPYNB", [f"the notebook is called 'final FINAL (1).IPYNB', not '{RIGHT}'"])


def test_another_notebook_beside_it_is_left_out_and_said(folder):
    (folder / "notes.ipynb").write_text("{}")
    found = read_submission(folder, "ada", LESSON.name)
    assert found.notebook == SOLVED
    assert found.flags == (f"2 notebooks were handed in: '{RIGHT}' was graded", "left out: 'notes.ipynb' (another notebook)")


def test_notebook_with_the_right_name_comes_first_even_if_another_answers_more(folder):
    (folder / "a.ipynb").write_bytes(SOLVED)
    first_half(folder / RIGHT)
    assert found_in(folder) == (RIGHT, [f"2 notebooks were handed in: '{RIGHT}' was graded"])


def test_notebook_with_the_right_name_and_no_answers_comes_second(folder):
    (folder / "a.ipynb").write_bytes(SOLVED)
    released = json.loads(SOLVED)
    released["cells"] = [c for c in released["cells"] if not c["metadata"].get("nbgrader", {}).get("solution")]
    (folder / RIGHT).write_text(json.dumps(released))
    assert found_in(folder) == ("a.ipynb", ["2 notebooks were handed in: 'a.ipynb' was graded"])


def test_of_two_notebooks_without_answers_the_one_with_the_right_name_is_found(folder):
    for name, time_of_change in ((RIGHT, 1), ("a.ipynb", 2)):
        (folder / name).write_bytes(as_bytes(cells=[code("", id="relu_check")]))
        os.utime(folder / name, (time_of_change, time_of_change))
    assert found_in(folder)[0] == RIGHT


def test_damaged_notebook_with_the_right_name_does_not_hide_a_good_one(folder):
    (folder / "copy.ipynb").write_bytes(SOLVED)
    (folder / RIGHT).write_bytes(SOLVED[:1000])
    assert found_in(folder) == ("copy.ipynb", ["2 notebooks were handed in: 'copy.ipynb' was graded"])


def test_of_two_notebooks_with_other_names_the_one_with_more_answers_is_found_then_the_newer(folder):
    (folder / RIGHT).rename(folder / "a.ipynb")
    first_half(folder / "b.ipynb")
    assert found_in(folder)[0] == "a.ipynb"
    (folder / "c.ipynb").write_bytes(SOLVED)
    os.utime(folder / "a.ipynb", (1, 1))
    os.utime(folder / "c.ipynb", (2, 2))
    assert found_in(folder)[0] == "c.ipynb"


@pytest.mark.parametrize(
    ("handed_in", "said"),
    [
        ({}, f"No notebook was handed in: there is no file {RIGHT}."),
        ({"notes.txt": b"", ".ipynb_checkpoints": None}, f"No notebook was handed in: there is no file {RIGHT}."),
        (
            {"03.ipynb": find_lesson("03-pooling").path.read_bytes()},
            "'03.ipynb' is a notebook of another lesson than 02-convolution.",
        ),
        ({"a.ipynb": b"{}", "b.ipynb": b""}, "None of the notebooks handed in is one of 02-convolution."),
        ({RIGHT: b"", "b.ipynb": b""}, f"'{RIGHT}' is empty: hand in an earlier copy."),
        ({RIGHT: None}, f"'{RIGHT}' cannot be read: a folder."),
    ],
)
def test_why_there_is_no_notebook_is_said(tmp_path, handed_in, said):
    for name, content in handed_in.items():
        (tmp_path / name).mkdir() if content is None else (tmp_path / name).write_bytes(content)
    with pytest.raises(Unusable) as error:
        read_submission(tmp_path, "ada", LESSON.name)
    assert str(error.value) == said


def test_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(Unusable, match="The folder 'nowhere' cannot be read: No such file or directory"):
        read_submission(tmp_path / "nowhere", "ada", LESSON.name)


# --- when ---


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 10:00:00.948203 America/Los_Angeles",
        "2026-11-24 10:00:00.948203 UTC\n",
        "2026-11-24 10:00:00 CET",
        "2026-07-24 10:00:00 Etc/GMT+5",
        "2026-11-24 10:00:00 3600",
        "2026-11-24 10:00:00 Nowhere/Nothing",
        "2026-11-24 10:00:00",
        "2026-11-24T10:00:00+01:00",
        "24-Nov-2026",
        "2026-11-24 10:00 PM",
    ],
)
def test_timestamp_is_understood_as_nbgrader_understands_it(tmp_path, text):
    from nbgrader.utils import parse_utc

    (tmp_path / "timestamp.txt").write_text(text)
    assert read_timestamp(tmp_path) == parse_utc(text.strip())
    assert isinstance(read_timestamp(tmp_path), datetime) and read_timestamp(tmp_path).tzinfo is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"yesterday",
        b"\xff\xfe",
        b"2026-99-99 10:00:00 UTC",
        b"0001-01-01 00:00:00 99999999",
        b"2026-11-24 10:00:00 /etc/passwd",
        b"2026-11-24 10:00:00 ../../../etc/passwd",
        b"2026-11-24 10:00:00 " + b"9" * 150,
        b"1" * 1000,
        b"\0",
    ],
)
def test_bad_timestamp_is_none_and_said(folder, content):
    (folder / "timestamp.txt").write_bytes(content)
    assert read_timestamp(folder) is None
    assert read_submission(folder, "ada", LESSON.name).flags == ("timestamp.txt says no time: the submission counts as one without a time",)


def test_time_zone_is_not_read_from_a_file_that_the_student_names(tmp_path):
    zone = tmp_path / "zone"
    zone.write_bytes(next(Path(root, "UTC").read_bytes() for root in zoneinfo.TZPATH if Path(root, "UTC").exists()))
    (tmp_path / "timestamp.txt").write_text(f"2026-11-24 10:00:00 {zone}")
    assert read_timestamp(tmp_path) is None


def test_missing_timestamp_is_none_and_unsaid(folder):
    assert read_timestamp(folder) is None and read_submission(folder, "ada", LESSON.name).flags == ()


def test_timestamp_that_is_a_link_is_none_and_said(folder, tmp_path):
    (tmp_path / "old.txt").write_text("2020-01-01 00:00:00 UTC")
    (folder / "timestamp.txt").symlink_to(tmp_path / "old.txt")
    assert read_timestamp(folder) is None and len(read_submission(folder, "ada", LESSON.name).flags) == 1


@given(st.one_of(st.text(max_size=50), st.from_regex(r"[0-9]{1,5}-[0-9]{1,3}-[0-9]{1,3} [0-9:.]{1,12} [A-Z/+0-9-]{1,12}", fullmatch=True)))
def test_no_timestamp_raises(text):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "timestamp.txt").write_text(text, encoding="utf-8", errors="replace")
        assert read_timestamp(Path(folder)) is None or read_timestamp(Path(folder)).tzinfo is None


# --- what is said ---


@given(st.text(max_size=100), st.lists(st.text(alphabet=st.characters(exclude_categories=()), max_size=400), max_size=100))
@example("\x1b[31m\u202e\ud800", ["\u2028"])
def test_flags_are_short_printable_and_few(name, flags):
    assert quoted(name).isprintable() and len(quoted(name)) <= 62
    kept = a_few(flags)
    assert len(kept) <= MOST_FLAGS and a_few(kept) == kept
    assert all(flag.isprintable() and len(flag) <= 300 for flag in kept)


# --- a notebook ---


@pytest.mark.parametrize(
    "encoded",
    [
        SOLVED,
        b"\xef\xbb\xbf" + SOLVED,
        SOLVED.decode().encode("utf-16"),
        SOLVED.decode().encode("utf-16-be"),
        SOLVED.decode().encode("utf-32"),
        SOLVED + bytes(4096),
        SOLVED.replace(b"\n", b"\r\n"),
    ],
    ids=["plain", "byte order mark", "UTF-16", "UTF-16 without a mark", "UTF-32", "zeros after a crash", "Windows"],
)
def test_notebook_is_read_in_every_encoding(encoded):
    assert [c.source for c in read_notebook(encoded).cells] == [c.source for c in read_notebook(SOLVED).cells]


def test_cell_ids_are_found_where_colab_keeps_them(notebook):
    cell(notebook, "my_prediction").source = "from math import pi\n\nmy_prediction = pi"
    content = json.loads(nbformat.writes(notebook))
    for theirs in content["cells"]:
        theirs["metadata"]["id"] = theirs.pop("id")
    rebuilt, flags = rebuild(LESSON, read_notebook(json.dumps(content).encode()))
    assert [c.source for c in rebuilt.cells] == [c.source for c in notebook.cells] and flags == []


def test_letter_that_is_damaged_costs_that_letter(notebook):
    cell(notebook, "relu").source = "# Möwe\nrelu = max"
    broken = nbformat.writes(notebook).encode().replace("ö".encode(), "ö".encode("latin-1"))
    assert cell(read_notebook(broken), "relu").source == "# M\ufffdwe\nrelu = max"


@pytest.mark.parametrize("version", [2, 3])
def test_notebook_of_an_older_format_keeps_its_answers(notebook, version):
    cell(notebook, "relu").source = "relu = max"
    cell(notebook, "my_prediction").source = "my_prediction = 42"
    older = nbformat.convert(nbformat.from_dict(nbformat.v4.reads(nbformat.writes(notebook))), 3)
    content = json.loads(nbformat.writes(older, version=3))
    content["nbformat"] = version
    rebuilt, flags = rebuild(LESSON, read_notebook(json.dumps(content).encode()))
    assert cell(rebuilt, "relu").source == "relu = max"
    assert cell(rebuilt, "my_prediction").source == "my_prediction = 42"
    assert len(rebuilt.cells) == len(notebook.cells) and flags == []


@pytest.mark.parametrize(
    "version", [{"nbformat": 4, "nbformat_minor": 9}, {"nbformat": 5, "nbformat_minor": 0}, {"nbformat": "x"}, {"nbformat": 10**400}]
)
def test_notebook_of_a_newer_format_keeps_its_answers(version):
    content = json.loads(SOLVED) | {"new": {}} | version
    for theirs in content["cells"]:
        theirs["new"] = {"unheard": "of"}
    rebuilt, flags = rebuild(LESSON, read_notebook(json.dumps(content).encode()))
    assert flags == [] and cell(rebuilt, "relu").source == cell(read_notebook(SOLVED), "relu").source


@pytest.mark.parametrize(
    "damage", [{"source": None}, {"metadata": None}, {"metadata": {"nbgrader": {"grade_id": ["x"]}}}, {"source": {"a": 1}}]
)
def test_one_damaged_cell_does_not_cost_the_others(notebook, tmp_path, damage):
    content = json.loads(nbformat.writes(notebook))
    next(c for c in content["cells"] if c["id"] == "relu").update(damage)
    (tmp_path / "a.ipynb").write_text(json.dumps(content))
    rebuilt, _ = rebuild(LESSON, read_notebook(tmp_path / "a.ipynb"))
    assert cell(rebuilt, "output_size").source == cell(notebook, "output_size").source


def test_lesson_is_known_by_its_exercises_whatever_the_file_is_called(notebook, tmp_path):
    assert lesson_of(notebook, tmp_path / "final (1).ipynb") == LESSON


def test_other_notebook_is_refused(tmp_path):
    with pytest.raises(Unusable, match="none of the course's exercises"):
        lesson_of(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), tmp_path / "mine.ipynb")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.ipynb", None, "There is no file"),
        ("a.txt", b"", "not a notebook"),
        ("a.ipynb", b"{ not json", "is damaged"),
        ("a.ipynb", b"\xff\xfe\x00", "is damaged"),
        ("a.ipynb", b"[]", "is damaged"),
        ("a.ipynb", b"", "is empty"),
        ("a.ipynb", b'{"cells": 3}', "is damaged"),
    ],
)
def test_file_that_is_no_notebook_is_refused_in_a_sentence(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unusable, match=said):
        read_notebook(path)


def test_folder_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "a.ipynb").mkdir()
    with pytest.raises(Unusable, match="cannot be read"):
        read_notebook(tmp_path / "a.ipynb")


@pytest.mark.parametrize(
    "odd",
    [
        b'{"cells": [{"cell_type": "code", "source": "1", "execution_count": NaN}], "nbformat": Infinity}',
        b'{"cells": [], "cells": [{"cell_type": "code", "source": "1"}]}',
        as_bytes(cells=[None, [], "x", 3, True, {}, code("1"), [code("2")]]),
        as_bytes(cells=[code(["1", None, ["2"], {}])]),
        as_bytes(cells=[code("1", id=["x"], attachments=[], outputs=3)], metadata=[]),
        as_bytes(cells=[code("1", metadata={"nbgrader": {"grade_id": {"a": 1}, "points": "x"}})]),
        b'{"cells": [{"cell_type": "code", "source": "1", "execution_count": ' + b"9" * 100_000 + b"}]}",
        b'{"cells": [{"cell_type": "code", "source": "1\n\t\x01"}]}',
        b'{"worksheets": [3, {}, {"cells": [{"cell_type": "code", "input": "1"}, 4]}], "nbformat": 3}',
    ],
    ids=["NaN", "twice", "no cells", "lines", "types", "label", "number", "control", "worksheets"],
)
def test_odd_notebook_is_read_as_far_as_it_makes_sense(odd):
    assert any(c.source.startswith("1") and c.cell_type == "code" for c in read_notebook(odd).cells)


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 1_000_000,
        b'{"a":' * 900,
        b'{"cells": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"cells": [' + b"[]," * 600_000 + b"0]}",
        b'{"cells": [' + b"0," * 5_100_000 + b"0]}",
        b'{"cells": [' + b'"",' * 8_000_000 + b"0]}",
        b'{"cells": ' + b"9" * 1_000_000 + b"}",
    ],
    ids=["brackets", "deep", "deep list", "lists", "numbers", "strings", "number"],
)
def test_bomb_is_refused_in_a_moment(bomb):
    started = time.process_time()
    with pytest.raises(Unusable):
        read_notebook(bomb)
    assert time.process_time() - started < 2


def test_bomb_is_refused_in_little_memory():
    bomb = b'{"a":' * 8_000_000
    tracemalloc.start()
    try:
        with pytest.raises(Unusable):
            read_notebook(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(bomb)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "text": "spam " * 10_000_000},
        {"output_type": "stream", "text": ["0\n"] * 3_900_000},
        {"output_type": "display_data", "data": {"image/png": "A" * 50_000_000}},
    ],
    ids=["one text", "lines", "image"],
)
def test_notebook_of_fifty_megabytes_keeps_its_answers(output):
    content = json.loads(SOLVED)
    content["cells"][1]["outputs"] = [output]
    handed_in = json.dumps(content, indent=1).encode()
    started = time.process_time()
    rebuilt, flags = rebuild(LESSON, read_notebook(handed_in))
    assert time.process_time() - started < 10 and len(handed_in) > 50_000_000
    assert flags == [] and cell(rebuilt, "relu").source == cell(read_notebook(SOLVED), "relu").source


def test_file_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "there.ipynb").write_bytes(SOLVED)
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "there.ipynb")
    with pytest.raises(Unusable, match="a symbolic link"):
        read_notebook(tmp_path / "a.ipynb")


def test_lesson_is_known_by_two_of_its_functions_when_all_labels_are_lost():
    assert lesson_of(read_notebook(as_bytes(cells=[code("def relu(x): ..."), code("def conv2d(x): ...")])), "a.ipynb") == LESSON
    with pytest.raises(Unusable):
        lesson_of(read_notebook(as_bytes(cells=[code("def relu(x): ...")])), "a.ipynb")
