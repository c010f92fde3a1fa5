"""Grades one submission of a lesson: runs its cells in a kernel, its checks here, and writes the result record."""

import dataclasses
import secrets
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from autograder import files
from autograder.flags import a_few, listed, printable
from autograder.globals import unneeded_cells
from autograder.grading import run_check
from autograder.intake import TEXT_STUB, Submission, Unusable, grade_id, lesson_of, read_notebook, read_submission, rebuild
from autograder.kernel import Kernel, Place, Unsandboxed
from autograder.lessons import Exercise, Lesson, find_lesson
from autograder.notebook import Card, nbgrader_points
from autograder.record import CheckResult, Record

if TYPE_CHECKING:  # Linux only, and no student needs it
    from autograder.zygote import Zygote


@dataclass
class Graded:
    """What grading a submission gives: the record, and the notebook as it ran, with our results below its checks."""

    record: Record
    notebook: NotebookNode


def grade_submission(submission: Submission, zygote: "Zygote | None" = None, seed: int | None = None) -> Graded:
    """Grade what was handed in, in a sandbox of `zygote`'s, or unsandboxed without one. Whatever is wrong with it becomes part of its result.

    Raises KernelFailed and nothing else: then no kernel can be had, and no submission can be graded.
    """
    handed_in = {name: content for name, content in submission.files.items() if files.is_plain(name)}
    if odd := sorted(submission.files.keys() - handed_in.keys()):
        submission = dataclasses.replace(submission, flags=(*submission.flags, f"left out: {listed(odd)} (no name of a file)"))
    if zygote is not None:
        from autograder.sandboxed import Sandboxed

        return _grade(submission, Sandboxed(zygote, submission.lesson, handed_in), seed)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in handed_in.items():
            Path(folder, name).write_bytes(content)
        return _grade(submission, Unsandboxed(Path(folder)), seed)


def grade_file(path: Path, student: str = "", seed: int | None = None) -> Graded:
    """Grade a student's own notebook file, where it lies and without a sandbox. Raises intake.Unusable when it cannot be graded, and KernelFailed.

    `seed` fixes the data that the checks draw; without it they draw fresh data, and the record says which.
    """
    lesson = lesson_of(read_notebook(path), path)
    return _grade(read_submission(path, student or path.stem, lesson.name), Unsandboxed(path.resolve().parent), seed)


def _grade(submission: Submission, place: Place, seed: int | None) -> Graded:
    lesson = find_lesson(submission.lesson)
    flags = list(submission.flags)
    try:
        rebuilt, repaired = rebuild(lesson, read_notebook(submission.notebook))
    except Unusable as error:
        rebuilt, _ = rebuild(lesson, nbformat.v4.new_notebook())
        repaired = (
            [] if not submission.notebook and flags else [str(error)]
        )  # whoever read the submission may have said what was wrong with it
    return grade_notebook(rebuilt, lesson, place, submission.student, submission.digest, flags + repaired, seed)


def grade_notebook(
    notebook: NotebookNode, lesson: Lesson, place: Place, student: str, digest: str, flags: list[str], seed: int | None = None
) -> Graded:
    """Run a notebook of `lesson` in `place`, cell by cell; at each check cell, run our check of that exercise instead."""
    seed = secrets.randbits(32) if seed is None else seed
    started = time.perf_counter()
    exercises = {exercise.grade_id: exercise for exercise in lesson.exercises}
    results: dict[str, CheckResult] = {}
    flags = list(flags)
    stopped: dict[str, str] = {}  # what stopped an answer's own cell, by exercise
    unneeded = unneeded_cells(notebook.cells, [exercise.id for exercise in lesson.exercises])
    kernel = Kernel(notebook, place)
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
                cell.outputs = shown_below(result, student_under_test.printed)
            elif cell.cell_type == "code" and index not in unneeded:
                name = grade_id(cell) or cell.get("id", index)
                if trouble := kernel.run(cell, index):
                    flags.append(f"cell {name!r} {trouble}")
                    stopped[name] = trouble
                elif errors := [
                    output for output in cell.outputs if output.output_type == "error" and output.ename != "NotImplementedError"
                ]:
                    stopped[name] = f"stopped with {printable(f'{errors[0].ename}: {errors[0].evalue}', 200)}"
    checks = [results[exercise.grade_id] for exercise in lesson.exercises if exercise.grade_id in results]
    record = Record(
        lesson=lesson.name,
        student=student,
        digest=digest,
        isolated=place.isolated,
        seed=seed,
        points=round(sum(check.points for check in checks), 2),
        max_points=lesson.max_points,
        seconds=round(time.perf_counter() - started, 3),
        flags=a_few(flags),
        checks=checks,
    )
    return Graded(record, notebook)


def _for_a_person(exercise: Exercise, cell: NotebookNode) -> CheckResult:
    answered = cell.source.strip() not in ("", TEXT_STUB)
    status = "manual" if answered else "missing"
    return CheckResult(id=exercise.id, points=0, max_points=exercise.points, status=status, bonus=exercise.bonus)


def shown_below(result: CheckResult, printed: str = "") -> list[NotebookNode]:
    """What nbgrader reads and a person sees below a check: the card, and the points as the cell's value."""
    card = Card(result, printed)
    shown = {"text/plain": repr(card), "text/html": card._repr_html_()}
    return [
        nbformat.v4.new_output("display_data", data=shown),
        nbformat.v4.new_output("execute_result", data={"text/plain": f"{nbgrader_points(result):g}"}, execution_count=None),
    ]
