"""The course once through, in demo/: release, a small class of submissions, grading, feedback, export, and what each student got and why."""

import ast
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import autograder.quiet  # noqa: F401

# isort: split
import nbformat
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course import ROOT, run

sys.path.insert(0, str(ROOT / "tests"))
from autograder.lessons import Lesson, all_lessons
from autograder.notebook import sign
from autograder.record import Record
from bank import ANSWERS, answers

DEMO = ROOT / "demo"
CLASS = {"ada": "everything right", "ben": "the first half", "cleo": "a usual mistake each", "dan": "nothing"}
REFLECTION = "Each answer here is written by the demonstration, so that an instructor has something to grade by hand."


def submission(student: str, lesson: Lesson, release: Path) -> nbformat.NotebookNode:
    """The release notebook of a lesson as one of the class hands it in."""
    notebook = nbformat.read(release, as_version=4)
    solutions = {cell["id"]: "".join(cell["source"]) for cell in lesson.notebook["cells"]}
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    half = len(cells) // 2
    for number, cell in enumerate(cells):
        exercise = cell.metadata.nbgrader.grade_id
        if student == "dan" or (student == "ben" and number >= half):
            continue
        if cell.cell_type == "markdown":
            cell.source = REFLECTION
        elif student == "cleo":
            cell.source = wrong_answer(lesson, exercise) or cell.source
        else:
            cell.source = "\n".join(line for line in solutions[exercise].splitlines() if "### " not in line)
    return notebook


def wrong_answer(lesson: Lesson, exercise: str) -> str:
    """The source of the bank's first mistake, with the imports that it needs; "" where the answer is a file, which cleo does not hand in."""
    if next(known for known in lesson.exercises if known.id == exercise).file:
        return ""
    path = ANSWERS / lesson.name / f"{exercise}.py"
    number = next(i for i, answer in enumerate(answers(path)) if not answer.right and answer.says not in ("too slow", "not written yet"))
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    written = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.decorator_list]
    chosen = written[number]
    chosen.decorator_list = []
    helpers = [node for node in nodes[1:] if node not in written and getattr(node, "module", "") != "bank"]
    return "\n\n".join(ast.unparse(node) for node in [*helpers, chosen])


def prepare(folder: Path) -> None:
    """A course folder of its own, so that the demonstration touches no one's gradebook."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "lessons", folder / "lessons", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))


def hand_in(folder: Path, lesson: Lesson) -> None:
    """Put the class's notebooks of a lesson, and the models that belong to them, into submitted/."""
    release = folder / "release" / lesson.name / f"{lesson.name}.ipynb"
    for student in CLASS:
        target = folder / "submitted" / student / lesson.name
        target.mkdir(parents=True)
        nbformat.write(submission(student, lesson, release), target / release.name)
        if student in ("ada", "ben"):
            for model in (ROOT / "solutions" / lesson.name).glob("*.keras"):
                shutil.copy(model, target)


def go_through(folder: Path, console: Console) -> dict[tuple[str, str], Record]:
    """Every step of a course for every lesson; returns the result records by student and lesson."""
    started = time.monotonic()

    def say(step: str, lesson: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:4.0f} s[/]  {step:<22} {lesson}")

    prepare(folder)
    for lesson in all_lessons().values():
        say("nbgrader release", lesson.name)
        run(GenerateAssignment, lesson.name, folder)
        hand_in(folder, lesson)
        for student, answered in CLASS.items():
            say("nbgrader autograde", f"{lesson.name}, {student}: {answered}")
            run(Autograde, lesson.name, folder, student)
        say("nbgrader feedback", lesson.name)
        run(GenerateFeedback, lesson.name, folder)
    say("nbgrader export", "grades.csv")
    subprocess.run([sys.executable, "-m", "nbgrader", "export", "--log-level=WARN", "--to", "grades.csv"], cwd=folder, check=True)
    return records(folder)


def records(folder: Path) -> dict[tuple[str, str], Record]:
    """The result records below `folder`, by student and lesson."""
    paths = sorted(folder.glob("autograded/*/*/result.json"))
    return {(path.parts[-3], path.parts[-2]): Record.model_validate_json(path.read_text(encoding="utf-8")) for path in paths}


def show(graded: dict[tuple[str, str], Record], console: Console) -> None:
    """What each student got, and why."""
    table = Table(title="What the class got, and why", title_justify="left", show_lines=True)
    for column in ("student", "lesson", "points", "why"):
        table.add_column(column, justify="right" if column == "points" else "left", overflow="fold")
    for student, answered in CLASS.items():
        for (name, lesson), record in graded.items():
            if name == student:
                table.add_row(f"{student}\n[dim]{answered}[/]", lesson, record.total().replace(", ", "\n"), reasons(record))
    console.print(table)


def reasons(record: Record) -> Text:
    """A line for each check that earned less than it might have, and one for all that are not answered."""
    lines = []
    for check in record.checks:
        if check.status == "manual":
            lines.append(f"✎ {check.id}: waits for a person")
        elif check.status not in ("passed", "missing"):
            lines.append(f"{sign(check)} {check.id}: {check.message.splitlines()[0]}")
    missing = [check.id for check in record.checks if check.status == "missing"]
    return Text("\n".join(lines + ([f"○ not answered: {', '.join(missing)}"] if missing else [])))


def fingerprint() -> str:
    """Of everything that the demonstration depends on."""
    folders = ["lessons", "autograder", "tests/answers", "tools", "solutions"]
    files = [path for name in folders for path in sorted((ROOT / name).rglob("*")) if path.suffix in (".py", ".ipynb", ".keras", ".json")]
    total = hashlib.sha256()
    for path in files:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def main() -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    finished = DEMO / "finished"
    if finished.exists() and finished.read_text() == fingerprint():
        console.print("Nothing has changed since the last run: these are its results (`make clean` forgets them).")
        graded = records(DEMO)
    else:
        console.print(
            f"The course once through: {len(all_lessons())} lessons, {len(CLASS)} students, on real MNIST. This takes some minutes."
        )
        graded = go_through(DEMO, console)
        finished.write_text(fingerprint())
    show(graded, console)
    console.print("\nWhere to look next:")
    console.print("  demo/feedback/cleo/02-convolution/02-convolution.html  what a student reads")
    console.print("  demo/grades.csv                                        the gradebook, exported")
    console.print("  demo/autograded/cleo/02-convolution/result.json        one submission's result record")
    console.print("  cd demo && ../.venv/bin/jupyter lab                    formgrader, on this very class: Nbgrader → Formgrader")
    console.print("  make release                                           student.zip, what students get")


if __name__ == "__main__":
    main()
