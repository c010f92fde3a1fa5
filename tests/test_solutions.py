"""The solutions are those of the lessons, executed without an error, and they earn everything that a machine can give."""

import copy

import nbformat
import pytest

from autograder.lessons import all_lessons
from autograder.submission import grade_file

LESSONS = list(all_lessons().values())


def solution(lesson):
    return lesson.path.parents[2] / "solutions" / lesson.name / f"{lesson.name}.ipynb"


def differences(lesson_notebook, solved):
    """Cells of the solution that are not the lesson's, and cells that were not executed or failed."""
    if [cell.id for cell in lesson_notebook.cells] != [cell.id for cell in solved.cells]:
        return ["the cells are others"]
    found = []
    for ours, theirs in zip(lesson_notebook.cells, solved.cells, strict=True):
        if ours.source != theirs.source or ours.cell_type != theirs.cell_type:
            found.append(f"{ours.id} differs: run `make solutions`")
        if theirs.cell_type == "code" and theirs.source and theirs.execution_count is None:
            found.append(f"{ours.id} was not executed")
        for output in theirs.get("outputs", []):
            if output.output_type == "error" or output.get("name") == "stderr":
                found.append(f"{ours.id} says {output.get('evalue', output.get('text'))}")
        if ours.id.endswith("_check") and "✓" not in str(theirs.outputs):
            found.append(f"{ours.id} did not pass")
    return found


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_solution_matches_its_lesson(lesson):
    assert differences(nbformat.read(lesson.path, 4), nbformat.read(solution(lesson), 4)) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_solution_earns_every_automatic_point(lesson):
    record = grade_file(solution(lesson)).record
    assert [(check.id, check.message) for check in record.checks if check.status not in ("passed", "manual")] == []
    assert record.points == sum(exercise.points for exercise in lesson.exercises if not exercise.manual)
    assert record.flags == []


@pytest.mark.parametrize("fault", ["source", "order", "error", "stderr", "unexecuted", "failed"])
def test_gate_notices_a_solution_that_is_not_the_lessons(fault):
    lesson = nbformat.read(LESSONS[0].path, 4)
    solved = copy.deepcopy(nbformat.read(solution(LESSONS[0]), 4))
    cell = next(cell for cell in solved.cells if cell.id == "accuracy_check")
    match fault:
        case "source":
            cell.source += "\n1"
        case "order":
            solved.cells.reverse()
        case "error":
            cell.outputs.append(nbformat.v4.new_output("error", ename="E", evalue="oh", traceback=[]))
        case "stderr":
            cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text="oh"))
        case "unexecuted":
            cell.execution_count = None
        case "failed":
            cell.outputs = []
    assert differences(lesson, solved)
