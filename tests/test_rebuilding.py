"""Whatever a student did to a notebook, our copy of it is rebuilt with their answers."""

import copy
import json

import nbformat
import pytest

from autograder import cells, rebuilding
from autograder.cells import STUB, TEXT_STUB, grade_id
from autograder.flags import MOST_FLAGS
from autograder.intake import read_notebook
from autograder.lessons import SOURCE, all_lessons, find_lesson
from autograder.rebuilding import answers, rebuild

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
    assert flags == ["cell 'relu' is there twice: both were kept, in their order"]


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


# --- relabelled ---


def solved(lesson):
    return nbformat.read(SOURCE.parent / "solutions" / lesson.name / lesson.path.name, as_version=4)


def sources(lesson, notebook):
    return [cell.source for cell in rebuild(lesson, notebook)[0].cells]


@pytest.mark.parametrize("lesson", all_lessons().values(), ids=all_lessons())
@pytest.mark.parametrize("lost", ["metadata", "ids", "metadata and ids"])
def test_notebook_whose_labels_were_lost_keeps_its_answers_in_their_places(lesson, lost):
    notebook = solved(lesson)
    expected = sources(lesson, notebook)
    for number, theirs in enumerate(notebook.cells):
        theirs.metadata = {} if "metadata" in lost else theirs.metadata
        theirs.id = f"made-up-{number}" if "ids" in lost else theirs.id
    assert sources(lesson, notebook) == expected
    assert [flag.partition(",")[0] for flag in rebuild(lesson, notebook)[1]] == ["labels were lost or changed"] * ("metadata" in lost)


@pytest.mark.parametrize("label", ["relu2", "Relu", "", None, "relu_check", "setup"])
def test_answer_with_another_label_is_known_by_its_function(notebook, label):
    cell(notebook, "relu").source = "def relu(x):\n    return 7"
    theirs = cell(notebook, "relu")
    theirs.metadata.nbgrader.grade_id, theirs.id = label, "made-up"
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu").source == "def relu(x):\n    return 7"
    assert names(rebuilt) == names(nbformat.read(LESSON.path, 4))
    assert "labels were lost or changed, of 'relu': the cells were known by what is in them" in flags


def test_answers_with_swapped_labels_go_to_their_own_places(notebook):
    first, second = cell(notebook, "relu"), cell(notebook, "correlate2d")
    expected = [c.source for c in notebook.cells]
    first.metadata, second.metadata = second.metadata, first.metadata
    first.id, second.id = second.id, first.id
    rebuilt, flags = rebuild(LESSON, notebook)
    assert [c.source for c in rebuilt.cells] == expected
    assert flags == ["labels were lost or changed, of 'correlate2d', 'relu': the cells were known by what is in them"]


def test_three_answers_whose_labels_went_round_go_to_their_own_places(notebook):
    three = [cell(notebook, name) for name in ("relu", "correlate2d", "conv2d")]
    expected = [c.source for c in notebook.cells]
    metadata = [c.metadata for c in three]
    for theirs, other in zip(three, metadata[1:] + metadata[:1], strict=True):
        theirs.metadata, theirs.id = other, other.nbgrader.grade_id
    assert sources(LESSON, notebook) == expected


@pytest.mark.parametrize(
    "answer",
    [
        "relu = lambda x: x",
        "from mine import relu",
        "import mine as relu",
        "with mine() as relu:\n    pass",
        "relu, other = mine",
        "class relu: ...",
    ],
)
def test_label_is_believed_when_the_name_gets_its_value_in_another_way(notebook, answer):
    cell(notebook, "relu").source = answer
    notebook.cells.append(nbformat.v4.new_code_cell("def relu(x):\n    ...  # an earlier attempt"))
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu").source == answer and rebuilt.cells[-1].source.endswith("attempt")
    assert flags == []


def test_cell_that_answers_what_its_label_says_is_not_taken_for_another_answer(notebook):
    both = "relu = lambda x: x\n\ndef conv2d(images, kernels, bias):\n    ..."
    cell(notebook, "relu").source = both
    notebook.cells.remove(cell(notebook, "conv2d"))
    rebuilt, flags = rebuild(LESSON, notebook)
    assert (cell(rebuilt, "relu").source, cell(rebuilt, "conv2d").source) == (both, STUB)
    assert flags == ["cell 'conv2d' was deleted: restored"]


def test_own_cell_is_not_taken_for_a_figure_of_ours_that_sets_the_same_variable(notebook):
    notebook.cells[names(notebook).index("flip")] = nbformat.v4.new_code_cell("row = 5  # mine")
    rebuilt, flags = rebuild(LESSON, notebook)
    assert "row = 5  # mine" in [c.source for c in rebuilt.cells]
    assert flags == ["cell 'flip' was deleted: restored"]


def test_answer_is_not_guessed_from_two_attempts_without_a_label(notebook):
    place = names(notebook).index("relu")
    attempts = [nbformat.v4.new_code_cell(f"def relu(x):\n    return {number}") for number in (1, 2)]
    notebook.cells[place : place + 1] = attempts
    rebuilt, flags = rebuild(LESSON, notebook)
    assert [c.source for c in rebuilt.cells[place : place + 3]] == [*(a.source for a in attempts), STUB]
    assert flags == ["cell 'relu' was deleted: restored"]


def test_function_in_prose_is_no_answer(notebook):
    place = names(notebook).index("relu")
    notebook.cells[place] = nbformat.v4.new_markdown_cell("```\ndef relu(x):\n    ...\n```\ndef relu(x):")
    assert cell(rebuild(LESSON, notebook)[0], "relu").source == STUB


def test_unlabelled_text_where_the_reflection_belongs_is_the_reflection(notebook):
    place = names(notebook).index("reflection")
    notebook.cells[place] = nbformat.v4.new_markdown_cell("Because.")
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "reflection").source == "Because."
    assert flags == ["labels were lost or changed, of 'reflection': the cells were known by what is in them"]


def test_answer_split_in_two_runs_as_it_stood(notebook):
    place = names(notebook).index("relu")
    theirs = cell(notebook, "relu")
    helper = copy.deepcopy(theirs)  # JupyterLab gives both halves the same label
    helper.id, helper.source = "made-up", "def helper(x):\n    return x"
    theirs.source = "def relu(x):\n    return helper(x)"
    notebook.cells.insert(place, helper)
    rebuilt, _ = rebuild(LESSON, notebook)
    assert [c.source for c in rebuilt.cells[place : place + 2]] == [helper.source, theirs.source]
    assert grade_id(rebuilt.cells[place + 1]) == "relu" and rebuilt.cells[place].metadata == {}


# --- copies ---


def as_released(notebook, name):
    theirs = copy.deepcopy(cell(notebook, name))
    theirs.source = cells.as_released(theirs.source)
    return theirs


@pytest.mark.parametrize("where", [0, 1])
@pytest.mark.parametrize("labelled", [True, False])
def test_unanswered_copy_does_not_undo_an_answer(notebook, where, labelled):
    untouched = as_released(notebook, "relu")
    untouched.id = "made-up"
    if not labelled:
        untouched.metadata = {}
    notebook.cells.insert(names(notebook).index("relu") + where, untouched)
    rebuilt, _ = rebuild(LESSON, notebook)
    assert names(rebuilt) == names(nbformat.read(LESSON.path, 4))
    assert cell(rebuilt, "relu").source == cell(nbformat.read(LESSON.path, 4), "relu").source


def test_copy_that_was_turned_into_text_is_not_the_answer(notebook):
    place = names(notebook).index("relu")
    old = nbformat.v4.new_raw_cell("def relu(x):\n    ...  # an earlier attempt", metadata=cell(notebook, "relu").metadata)
    notebook.cells.insert(place, old)
    rebuilt, _ = rebuild(LESSON, notebook)
    assert (rebuilt.cells[place].cell_type, rebuilt.cells[place].source) == ("raw", old.source)
    assert cell(rebuilt, "relu").source == cell(nbformat.read(LESSON.path, 4), "relu").source


def test_number_of_answers_counts_what_is_not_as_released(notebook):
    assert answers(LESSON, notebook) == 6
    notebook.cells[names(notebook).index("relu")] = as_released(notebook, "relu")
    cell(notebook, "reflection").source = TEXT_STUB
    cell(notebook, "conv2d").source = "  "
    assert answers(LESSON, notebook) == 3


# --- what is said ---


def test_moved_cells_are_said_to_be(notebook):
    notebook.cells.reverse()
    assert rebuild(LESSON, notebook)[1] == ["cells were moved: they were put in the lesson's order"]


@pytest.mark.parametrize(
    ("change", "version"), [({"points": 100}, 3), ({"solution": True}, 3), ({"locked": False}, 1), ({"grade": False}, 4)]
)
def test_changed_settings_are_said_to_be_and_are_ours_again(notebook, change, version):
    ours = copy.deepcopy(cell(notebook, "relu_check").metadata)
    cell(notebook, "relu_check").metadata.nbgrader.update(change, schema_version=version)
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu_check").metadata == ours
    assert flags == ["the settings or points of cell 'relu_check' were changed: ours were used"]


@pytest.mark.parametrize("version", [0, 1, 2, 4, 99, "3", None])
def test_labels_of_other_schema_versions_are_understood(notebook, version):
    expected = [c.source for c in notebook.cells]
    for theirs in notebook.cells:
        if grade_id(theirs):
            theirs.metadata.nbgrader.schema_version = version
            theirs.metadata.nbgrader.setdefault("points", 1)
            for newer in ("cell_type", "task"):
                del theirs.metadata.nbgrader[newer]
    rebuilt, flags = rebuild(LESSON, notebook)
    assert [c.source for c in rebuilt.cells] == expected and flags == []


def test_own_cell_that_claims_points_has_none(notebook):
    mine = {"grade_id": "my\x1b[31m own\u202e", "grade": True, "points": 1e9, "solution": False, "locked": True, "schema_version": 3}
    notebook.cells.insert(1, nbformat.v4.new_code_cell("1e9", metadata={"nbgrader": mine}))
    rebuilt, flags = rebuild(LESSON, notebook)
    assert rebuilt.cells[1].source == "1e9" and rebuilt.cells[1].metadata == {}
    assert flags == ["a cell of the student's own was labelled 'my\ufffd[31m own\ufffd' for grading: the label was taken off"]


def test_locked_cell_turned_into_text_is_turned_back(notebook):
    place = names(notebook).index("relu_check")
    notebook.cells[place] = nbformat.v4.new_raw_cell('check("relu")', metadata=notebook.cells[place].metadata)
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu_check").cell_type == "code"
    assert flags == ["cell 'relu_check' was turned into raw: turned back"]


def test_windows_line_ends_change_nothing(notebook):
    for theirs in notebook.cells:
        theirs.source = theirs.source.replace("\n", "\r\n")
    assert rebuild(LESSON, notebook)[1] == []


def test_flags_are_few(notebook):
    notebook.cells = [nbformat.v4.new_code_cell("1", metadata={"nbgrader": {"grade_id": f"mine-{n}"}}) for n in range(100)]
    flags = rebuild(LESSON, notebook)[1]
    assert len(flags) == MOST_FLAGS and flags[-1].endswith("flags more")


# --- what is not taken over ---


def test_nothing_of_theirs_but_sources_survives(notebook):
    notebook.metadata["mark"] = "CANARY"
    notebook.cells.insert(3, nbformat.v4.new_code_cell("mine = 1"))
    for number, theirs in enumerate(notebook.cells):
        theirs.metadata["mark"] = "CANARY"
        theirs.metadata["transient"] = {"remove_source": True}
        if grade_id(theirs):
            theirs.metadata.nbgrader["mark"] = "CANARY"
        else:
            theirs.id = theirs.id if theirs.id in names(notebook) else f"CANARY-{number}"
        if theirs.cell_type == "code":
            theirs.outputs = [nbformat.v4.new_output("stream", text="CANARY")]
    rebuilt, _ = rebuild(LESSON, notebook)
    assert "mine = 1" in nbformat.writes(rebuilt) and "CANARY" not in nbformat.writes(rebuilt)


def test_more_own_cells_than_anyone_writes_are_left_out(notebook):
    notebook.cells[1:1] = [nbformat.v4.new_code_cell("1") for _ in range(rebuilding.MOST_OWN_CELLS + 7)]
    rebuilt, flags = rebuild(LESSON, notebook)
    assert len(rebuilt.cells) == len(LESSON.notebook["cells"]) + rebuilding.MOST_OWN_CELLS
    assert flags == ["left out: 7 of the student's own cells (300 are kept, of 5,000,000 characters together)"]


def test_more_text_than_anyone_writes_is_left_out(notebook):
    cell(notebook, "relu").source = "#" * 1_000_001
    cell(notebook, "reflection").source = "?" * 5_000_000
    notebook.cells[1:1] = [nbformat.v4.new_code_cell("#" * 1_000_000) for _ in range(6)]
    rebuilt, flags = rebuild(LESSON, notebook)
    assert cell(rebuilt, "relu").source == "" and len(cell(rebuilt, "reflection").source) == 5_000_000
    assert [len(c.source) for c in rebuilt.cells if c.id.startswith("own-")] == [1_000_000] * 5
    assert flags == [
        "cell 'relu' has more than 1,000,000 characters: they were left out",
        "left out: 1 of the student's own cells (300 are kept, of 5,000,000 characters together)",
    ]


def test_empty_own_cells_are_left_out_unsaid(notebook):
    notebook.cells.append(nbformat.v4.new_code_cell(" \n"))
    rebuilt, flags = rebuild(LESSON, notebook)
    assert names(rebuilt) == names(nbformat.read(LESSON.path, 4)) and flags == []


# --- images ---


@pytest.mark.parametrize(
    "attachment",
    [
        {"image/svg+xml": "PHN2Zz4="},
        {"text/html": "aGk="},
        {"image/png": '"><script>alert(1)</script>'},
        {"image/png": ["aGk=", '" onerror="alert(1)']},
        {"image/png": "A" * 10_000_001},
        {"image/png": 7},
        "aGk=",
    ],
)
def test_attachment_that_is_no_image_is_left_out(notebook, attachment):
    theirs = cell(notebook, "reflection")
    theirs.attachments = {"a.png": attachment}
    rebuilt, flags = rebuild(LESSON, notebook)
    assert "attachments" not in cell(rebuilt, "reflection")
    assert flags == ["an attachment of cell 'reflection' was left out: it is no PNG, JPEG or GIF image, or too large"]


@pytest.mark.parametrize("name", ["a.png", "my drawing (1).png", "größe 100%.png", "a&b+c.png"])
def test_image_is_found_by_nbconvert_whatever_it_is_called(notebook, name):
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    theirs = cell(notebook, "reflection")
    theirs.source, theirs.attachments = f"![](<attachment:{name}>)", {name: {"image/png": ["aG\n", "k="]}}
    rebuilt, flags = rebuild(LESSON, notebook)
    answer = cell(rebuilt, "reflection")
    assert answer.attachments[name] == {"image/png": "aGk="} and flags == []
    assert "data:image/png;base64,aGk=" in MarkdownWithMath(renderer=IPythonRenderer(attachments=answer.attachments)).render(answer.source)


def test_attachments_without_end_and_with_names_that_cannot_be_printed_are_left_out(notebook):
    image = {"image/png": "aGk="}
    cell(notebook, "reflection").attachments = {"\x1b[2J": image} | {f"{number}.png": image for number in range(1000)}
    rebuilt, flags = rebuild(LESSON, notebook)
    assert len(cell(rebuilt, "reflection").attachments) == rebuilding.MOST_ATTACHMENTS - 1
    assert flags == ["an attachment of cell 'reflection' was left out: it is no PNG, JPEG or GIF image, or too large"]


# --- not even a notebook ---


@pytest.mark.parametrize(
    "theirs", [{}, {"cells": None}, {"cells": 3}, {"cells": [None, 3, "x", [], {}]}, {"cells": [{"source": [1, "a"], "metadata": 1}]}]
)
def test_anything_is_rebuilt(theirs):
    rebuilt, _ = rebuild(LESSON, nbformat.from_dict(theirs))
    assert [name for name in names(rebuilt) if not name.startswith("own-")] == names(nbformat.read(LESSON.path, 4))


def test_more_cells_than_anyone_has_cost_nothing(notebook):
    notebook.cells += [{"cell_type": "code", "source": "1"}] * 100_000
    rebuilt, _ = rebuild(LESSON, notebook)
    assert len(cells.tidy(notebook.cells)) == cells.MOST_CELLS
    assert len(rebuilt.cells) == len(LESSON.notebook["cells"]) + rebuilding.MOST_OWN_CELLS


def test_letters_that_no_kernel_takes_are_replaced(notebook):
    content = json.loads(nbformat.writes(notebook))
    next(c for c in content["cells"] if c["id"] == "relu")["source"] = "a = '\0\ud800\U0001f600'"
    rebuilt, _ = rebuild(LESSON, read_notebook(json.dumps(content).encode()))
    assert cell(rebuilt, "relu").source == "a = '\ufffd\ufffd\U0001f600'"


def test_our_own_ids_are_not_those_given_to_own_cells():
    ids = {c["id"] for lesson in all_lessons().values() for c in lesson.notebook["cells"]}
    assert not any(cells.CELL_ID.fullmatch(name) is None or name.removeprefix("own-").isdigit() for name in ids)
