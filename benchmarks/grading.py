"""How fast a class is graded: `make bench` measures stock nbgrader and `autograder grade` on the same submissions, in turn.

python benchmarks/grading.py                         # all of it, and write benchmarks/results
python benchmarks/grading.py --quick                 # a few submissions, to see that it works; writes nothing
python benchmarks/grading.py --lessons 02-convolution --submissions 20 --output FOLDER
"""

import argparse
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table as Drawn

import cluster
import submissions
import tables
from autograder.lessons import Lesson, UnknownLesson, find_lesson
from autograder.record import Record
from autograder.zygote import ENVIRONMENT
from metering import CommandFailed, Group, cost

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"
# The directories of this repository, and everything else as nbgrader has it: cells and assertions run in one kernel, by its own Execute.
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "layer-by-layer"\nc.CourseDirectory.source_directory = "lessons"\n'
COMMANDS = {
    "stock": [sys.executable, "-m", "nbgrader", "autograde"],
    "ours": [sys.executable, "-m", "autograder", "grade"],
}
VERSIONS = ["nbgrader", "tensorflow", "keras", "numpy", "ipykernel", "distributed"]
POINTS = """
    SELECT student.id, base_cell.name, grade.auto_score FROM grade
    JOIN base_cell ON base_cell.id = grade.cell_id
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN student ON student.id = submitted_assignment.student_id
    WHERE grade.auto_score IS NOT NULL
"""


@dataclass(frozen=True)
class Plan:
    """How much is measured of a lesson.

    Both graders grade `submissions` of them, in turn, `rounds` times; stock also `few` of them, ours classes of the sizes in `growth`. `memory`: the
    class whose memory is looked at; `inside`: the one whose grading is taken apart; `central`: the one that is only scheduled and written.
    """

    submissions: int
    rounds: int
    few: int
    growth: tuple[int, ...]
    memory: int
    inside: int
    central: int
    workers: int = 2


# Stock nbgrader runs all that lesson 08 shows, six networks in training among it, and takes more than twice as long for it as for lesson 02.
PLANS = {"02-convolution": Plan(50, 3, 10, (10, 100, 200), 10, 50, 10_000), "08-network": Plan(20, 3, 5, (10, 50), 10, 10, 1_000)}
QUICK = Plan(2, 1, 1, (1, 3), 1, 2, 20)


class Bench:
    """A lesson, released in two course folders, one for each grader, of which every run gets a fresh copy."""

    def __init__(self, lesson: Lesson, folder: Path, say: Callable[[str], None]):
        self.lesson, self.folder, self.say = lesson, folder, say
        self.runs: list[dict] = []
        for grader, config in {"stock": STOCK, "ours": (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")}.items():
            course = folder / grader
            (course / "lessons" / lesson.name).mkdir(parents=True)
            shutil.copy(lesson.path, course / "lessons" / lesson.name)
            (course / "nbgrader_config.py").write_text(config, encoding="utf-8")
            command = [sys.executable, "-m", "nbgrader", "generate_assignment", lesson.name, "--log-level=ERROR"]
            subprocess.run(command, cwd=course, env=environment(), check=True, stdin=subprocess.DEVNULL)

    def course(self, grader: str, size: int) -> Path:
        """A fresh course folder in which `size` students have handed in."""
        course = self.folder / "course"
        shutil.rmtree(course, ignore_errors=True)
        shutil.copytree(self.folder / grader, course)
        name = f"{self.lesson.name}.ipynb"
        release = json.loads((course / "release" / self.lesson.name / name).read_text(encoding="utf-8"))
        for number in range(size):
            folder = course / "submitted" / submissions.student_name(number) / self.lesson.name
            folder.mkdir(parents=True)
            (folder / name).write_bytes(submissions.notebook(self.lesson, release, number))
        return course

    def grade(self, grader: str, size: int, *purposes: str, workers: int | None = None) -> Path:
        """Have a class graded, and note what that took, and for which purposes; returns the course folder."""
        course = self.course(grader, size)
        self.note(grader, course, size, *purposes, workers=workers)
        return course

    def note(self, grader: str, course: Path, size: int, *purposes: str, workers: int | None = None) -> None:
        self.say(
            f"{self.lesson.name}: {COMMANDS[grader][2]}, {size} submissions{f', {workers} workers' if workers else ''}, {' and '.join(purposes)}"
        )
        command = [*COMMANDS[grader], self.lesson.name, *(["--workers", str(workers)] if workers else [])]
        took = cost(command, course, environment(), memory="memory" in purposes)
        must_be_graded(course, self.lesson, size, isolated=grader == "ours")
        self.runs.append({"purposes": purposes, "grader": grader, "submissions": size, "workers": workers or 1} | asdict(took))

    def inside(self, what: str, course: Path, *arguments: object, more: Mapping[str, str] | None = None) -> dict:
        """What inside.py measures of a course."""
        self.say(f"{self.lesson.name}: {what}")
        command = [sys.executable, str(HERE / "inside.py"), what, str(course), self.lesson.name, *map(json.dumps, arguments)]
        process = subprocess.run(command, env=environment() | (more or {}), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if process.returncode:
            raise CommandFailed(process.stderr[-3000:])
        return json.loads(process.stdout.splitlines()[-1])


def environment() -> dict[str, str]:
    """What commands run with: what `make` gives them, and nbgrader finds its own tools."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return os.environ | {"PATH": path, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def must_be_graded(course: Path, lesson: Lesson, size: int, isolated: bool) -> None:
    """Raises CommandFailed when not every submission has been graded, in the sandbox if it should be: what was not done has no speed."""
    graded = list(course.glob(f"autograded/*/{lesson.name}/{lesson.name}.ipynb"))
    students = {student for student, _ in points(course)}
    if len(graded) != size or len(students) != size:
        raise CommandFailed(f"{len(graded)} of {size} submissions were graded, and {len(students)} are in the gradebook.")
    if isolated:
        records = [Record.model_validate_json(path.with_name("result.json").read_bytes()) for path in graded]
        if not all(record.isolated for record in records):
            raise CommandFailed("Some submissions were graded outside of the sandbox.")


def points(course: Path) -> dict[tuple[str, str], float]:
    """The automatic points in the gradebook, by student and cell."""
    with closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
        return {(student, cell): score for student, cell, score in gradebook.execute(POINTS)}


def measure(lesson: Lesson, plan: Plan, folder: Path, say: Callable[[str], None]) -> dict:
    """Everything about one lesson; what is short comes first."""
    bench = Bench(lesson, folder, say)
    smallest, *larger = plan.growth
    prepared(bench.grade("ours", smallest, "growth", workers=plan.workers), lesson, folder / "results.json")
    apart = taken_apart(bench, plan, folder / "results.json")
    for grader, workers in [("ours", 1), ("ours", plan.workers), ("stock", None)]:
        bench.grade(grader, plan.memory, "memory", workers=workers)
    theirs: dict = {}
    ours: dict = {}
    for number in range(plan.rounds):
        ours = points(bench.grade("ours", plan.submissions, "side by side", "growth", *(["workers"] * (number == 0)), workers=plan.workers))
        theirs = points(bench.grade("stock", plan.submissions, "side by side", "growth"))
    bench.grade("ours", plan.submissions, "workers", workers=1)
    bench.grade("stock", plan.few, "growth")
    for size in larger:
        course = bench.grade("ours", size, "growth", workers=plan.workers)
    bench.note("ours", course, larger[-1], "resume", workers=plan.workers)
    same = sum(ours.get(cell) == score for cell, score in theirs.items())
    return {"runs": bench.runs, "same_points": same, "compared": len(ours | theirs)} | apart


def taken_apart(bench: Bench, plan: Plan, results: Path) -> dict:
    """Where the time goes, the floor, and what scheduler and writer take; `results` are those that `prepared` wrote."""
    course = bench.course("ours", plan.inside)
    profile, floor = bench.inside("profile", course), bench.inside("floor", course, more=ENVIRONMENT | {"MPLBACKEND": "agg"})
    same = sum(a == b for a, b in zip(profile["points"], floor["points"], strict=True))
    if same < 0.9 * plan.inside:
        raise CommandFailed(
            f"Only {same} of {plan.inside} submissions have the same points without the sandbox: their times cannot be compared."
        )
    course = bench.course("ours", min(10, plan.central))
    multiply(course, bench.lesson, plan.central)
    central = bench.inside("central", course, tables.CLUSTER[-1], 0, more={cluster.RESULTS: str(results)})
    return {"profile": profile, "floor": floor, "central": central}


def prepared(course: Path, lesson: Lesson, target: Path) -> None:
    """Put the results of a graded class into a file, from which cluster.py answers."""
    folders = sorted(course.glob(f"autograded/*/{lesson.name}"))
    results = [
        [json.loads((folder / "result.json").read_text()), (folder / f"{lesson.name}.ipynb").read_text(encoding="utf-8")]
        for folder in folders
    ]
    target.write_text(json.dumps(results), encoding="utf-8")


def multiply(course: Path, lesson: Lesson, size: int) -> None:
    """Have as many students hand in, by links to what those have handed in who are there."""
    there = sorted(course.glob(f"submitted/*/{lesson.name}/{lesson.name}.ipynb"))
    for number in range(len(there), size):
        folder = course / "submitted" / submissions.student_name(number) / lesson.name
        folder.mkdir(parents=True)
        (folder / f"{lesson.name}.ipynb").hardlink_to(there[number % len(there)])


def machine() -> dict:
    """What the machine is like."""
    try:
        names = re.findall(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        names = []
    return {
        "cores": os.cpu_count(),
        "processor": (names or [platform.machine()])[0],
        "memory": round(psutil.virtual_memory().total / 1e9),
        "versions": {"Python": platform.python_version()} | {name: version(name) for name in VERSIONS},
    }


def show(results: Mapping, console: Console) -> None:
    for table in tables.tables(results):
        console.print()
        console.print(f"[bold]{table.title}[/]")
        console.print(Markdown(table.text))
        drawn = Drawn(box=None, padding=(0, 2, 0, 0))
        for column, number in zip(table.header, table.numbers(), strict=True):
            drawn.add_column(column, justify="right" if number else "left", overflow="fold")
        for row in table.rows:
            drawn.add_row(*(cell.replace("*", "").replace("`", "") for cell in row))
        console.print(drawn)
    console.print()
    console.print(Markdown(tables.accounted(results)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", nargs="+", metavar="LESSON", default=list(PLANS), help="by default %(default)s")
    parser.add_argument(
        "--submissions", type=int, metavar="N", help="that both graders grade in turn; by default 50 of lesson 02, 20 of lesson 08"
    )
    parser.add_argument("--quick", action="store_true", help="measure next to nothing, to see that it works")
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="where to write; by default benchmarks/results, and nowhere with --quick"
    )
    chosen = parser.parse_args()
    if chosen.submissions is not None and chosen.submissions < 2:
        parser.error("--submissions must be 2 or more.")
    console = Console(width=None if sys.stdout.isatty() else 140)
    started = time.monotonic()

    def say(step: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:5.0f} s[/]  {step}", highlight=False)

    results: dict = {"machine": machine(), "accounting": accounting(), "lessons": {}}
    try:
        for lesson in map(find_lesson, chosen.lessons):
            plan = QUICK if chosen.quick else PLANS.get(lesson.name, PLANS["08-network"])
            if chosen.submissions:
                plan = Plan(**asdict(plan) | {"submissions": chosen.submissions})
            with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
                results["lessons"][lesson.name] = measure(lesson, plan, Path(folder), say)
    except (UnknownLesson, CommandFailed) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    results = json.loads(json.dumps(results), parse_float=lambda digits: round(float(digits), 6))
    show(results, console)
    target = chosen.output or (None if chosen.quick else RESULTS)
    if target:
        target.mkdir(parents=True, exist_ok=True)
        (target / "grading.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (target / "grading.md").write_text(tables.page(results), encoding="utf-8")
        console.print(f"\nWritten: {target / 'grading.md'} and grading.json. It took {(time.monotonic() - started) / 60:.0f} minutes.")


def accounting() -> str:
    """What counts processing time here."""
    with Group() as group:
        return "control group" if group.counts else "machine"


if __name__ == "__main__":
    main()
