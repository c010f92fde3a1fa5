"""Whatever a student did to a notebook, our copy of it is rebuilt with their answers."""

import copy
import json

import nbformat
import pytest

from autograder.intake import STUB, TEXT_STUB, Unusable, grade_id, lesson_of, read_notebook, rebuild
from autograder.lessons import find_lesson

LESSON = find_lesson("02-convolution")


@pytest.fixture
def notebook():
    return nbformat.read(LESSON.path, as_version=4)


def cell(notebook, name):
    return next(cell for cell in notebook.cells if name in (grade_id(cell), cell.id))


def names(notebook):
    return [grade_id(cell) or cell.id for cell in notebook.cells]


def test_untouched_notebook_comes_back_whole(notebook):
    rebuilt, flags = rebuild(LESSON, notebook)
    assert names(rebuilt) == names(notebook)
    assert [c.source for c in rebuilt.cells] == [c.source for c in notebook.cells]
    assert flags == []


def test_answers_and_own_cells_are_kept_in_place(notebook):
    cell(notebook, "relu").source = "relu = max"
    notebook.cells.insert(names(notebook).index("relu") + 1, nbformat.v4.new_code_cell("helper = 1"))
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu").source == "relu = max"
    assert rebuilt.cells[names(rebuilt).index("relu") + 1].source == "helper = 1"
    assert flags == []


def test_deleted_cells_are_restored_and_hold_no_solution(notebook):
    notebook.cells = [c for c in notebook.cells if grade_id(c) not in ("relu", "relu_check", "reflection")]
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu").source == STUB
    assert cell(rebuilt, "reflection").source == TEXT_STUB
    assert flags == [
        "cell 'relu' was deleted: restored",
        "cell 'relu_check' was deleted: restored",
        "cell 'reflection' was deleted: restored",
    ]


def test_changed_check_is_ours_again(notebook):
    cell(notebook, "relu_check").source = "6.0"
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu_check").source == 'check("relu")'
    assert flags == ["cell 'relu_check' was changed: ours was used"]


def test_changed_points_and_roles_are_ours_again(notebook):
    cell(notebook, "relu_check").metadata.nbgrader.update(points=100, solution=True)
    rebuilt, _ = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu_check").metadata.nbgrader == cell(nbformat.read(LESSON.path, 4), "relu_check").metadata.nbgrader


def test_duplicated_answer_runs_twice_in_its_order(notebook):
    again = copy.deepcopy(cell(notebook, "relu"))
    again.source = "second = 2"
    notebook.cells.insert(names(notebook).index("relu") + 1, again)
    rebuilt, flags = rebuild(LESSON, notebook)
    assert rebuilt.cells[names(rebuilt).index("relu") + 1].source == "second = 2"
    assert names(rebuilt).count("relu") == 1
    assert flags == ["cell 'relu' is there twice: both were run, in their order"]


def test_answer_turned_into_text_is_turned_back(notebook):
    was = cell(notebook, "relu")
    notebook.cells[names(notebook).index("relu")] = nbformat.v4.new_markdown_cell(was.source, metadata=was.metadata, id="relu")
    rebuilt, flags = rebuild(LESSON, notebook)
    assert (cell(rebuilt, "relu").cell_type, cell(rebuilt, "relu").source) == ("code", was.source)
    assert flags == ["cell 'relu' was turned into markdown: turned back"]


def test_reordered_cells_run_in_our_order(notebook):
    expected = names(notebook)
    notebook.cells.reverse()
    assert names(rebuild(LESSON, notebook)[0]) == expected


def test_notebook_without_cell_ids_keeps_its_answers_once(notebook):
    cell(notebook, "my_prediction").source = "my_prediction = 42"
    for number, theirs in enumerate(notebook.cells):
        theirs.id = f"made-up-{number}"
    rebuilt, flags = rebuild(LESSON, notebook)
    assert len(rebuilt.cells) == len(notebook.cells)
    assert cell(rebuilt, "my_prediction").source == "my_prediction = 42"
    assert flags == []


def test_pasted_image_stays_with_the_answer(notebook):
    image = {"a.png": {"image/png": "aGk="}}
    cell(notebook, "reflection").attachments = image
    notebook.cells.append(nbformat.v4.new_markdown_cell("![](attachment:a.png)", attachments=image))
    rebuilt, _ = rebuild(LESSON, notebook)
    assert cell(rebuilt, "reflection").attachments == image and rebuilt.cells[-1].attachments == image


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
        ("a.ipynb", b"", "is damaged"),
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
