"""Grades one submission of a lesson: runs its cells in a kernel, its checks here, and writes the result record."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.grading import run_check
from autograder.intake import TEXT_STUB, grade_id, lesson_of, read_notebook, rebuild
from autograder.kernel import Kernel
from autograder.lessons import Exercise, Lesson
from autograder.notebook import Card, nbgrader_points
from autograder.record import CheckResult, Record


@dataclass
class Graded:
    """What grading a submission gives: the record, and the notebook as it ran, with our results below its checks."""

    record: Record
    notebook: NotebookNode


def grade_file(path: Path, student: str = "", seed: int | None = None) -> Graded:
    """Grade a notebook file against its lesson. Raises intake.Unusable when it cannot be graded.

    `seed` fixes the data that the checks draw; without it they draw fresh data, and the record says which.
    """
    notebook = read_notebook(path)
    lesson = lesson_of(notebook, path)
    rebuilt, flags = rebuild(lesson, notebook)
    return grade_notebook(rebuilt, lesson, path.resolve().parent, student or path.stem, digest(path), flags, seed)


def grade_notebook(
    notebook: NotebookNode, lesson: Lesson, folder: Path, student: str, digest: str, flags: list[str], seed: int | None = None
) -> Graded:
    """Run a notebook of `lesson` in `folder`, cell by cell; at each check cell, run our check of that exercise instead."""
    seed = secrets.randbits(32) if seed is None else seed
    started = time.perf_counter()
    exercises = {exercise.grade_id: exercise for exercise in lesson.exercises}
    results: dict[str, CheckResult] = {}
    flags = list(flags)
    stopped: dict[str, str] = {}  # what stopped an answer's own cell, by exercise
    kernel = Kernel(notebook, folder)
    with kernel.running():
        for index, cell in enumerate(notebook.cells):
            exercise = exercises.get(grade_id(cell))
            if exercise and exercise.manual:
                results[exercise.grade_id] = _for_a_person(exercise, cell)
            elif exercise:
                student_under_test = kernel.student()
                result = run_check(lesson.checks_file, exercise.id, exercise.points, student_under_test, seed, exercise.bonus)
                if result.status == "missing" and exercise.id in stopped:
                    result = result.model_copy(update={"status": "error", "message": f"The cell of {exercise.id} {stopped[exercise.id]}."})
                results[exercise.grade_id] = result
                cell.outputs = _outputs(result, student_under_test.printed)
            elif cell.cell_type == "code":
                name = grade_id(cell) or cell.get("id", index)
                if trouble := kernel.run(cell, index):
                    flags.append(f"cell {name!r} {trouble}")
                    stopped[name] = trouble
                elif errors := [
                    output for output in cell.outputs if output.output_type == "error" and output.ename != "NotImplementedError"
                ]:
                    stopped[name] = f"stopped with {errors[0].ename}: {errors[0].evalue[:200]}"
    checks = [results[exercise.grade_id] for exercise in lesson.exercises if exercise.grade_id in results]
    record = Record(
        lesson=lesson.name,
        student=student,
        digest=digest,
        isolated=False,
        seed=seed,
        points=round(sum(check.points for check in checks), 2),
        max_points=lesson.max_points,
        seconds=round(time.perf_counter() - started, 3),
        flags=flags,
        checks=checks,
    )
    return Graded(record, notebook)


def digest(path: Path) -> str:
    """Fingerprint of a submission: the notebook and the models beside it."""
    total = hashlib.sha256()
    for file in [path, *sorted(file for file in path.parent.glob("*.keras") if file.is_file())]:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return f"sha256:{total.hexdigest()}"


def _for_a_person(exercise: Exercise, cell: NotebookNode) -> CheckResult:
    answered = cell.source.strip() not in ("", TEXT_STUB)
    status = "manual" if answered else "missing"
    return CheckResult(id=exercise.id, points=0, max_points=exercise.points, status=status, bonus=exercise.bonus)


def _outputs(result: CheckResult, printed: str) -> list[NotebookNode]:
    """What nbgrader reads and a person sees below a check: the card, and the points as the cell's value."""
    card = Card(result, printed)
    shown = {"text/plain": repr(card), "text/html": card._repr_html_()}
    return [
        nbformat.v4.new_output("display_data", data=shown),
        nbformat.v4.new_output("execute_result", data={"text/plain": f"{nbgrader_points(result):g}"}, execution_count=None),
    ]
