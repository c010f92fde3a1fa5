"""The command line: `autograder check NOTEBOOK`, `autograder grade LESSON`, `autograder leaderboard RESULTS …`."""

import contextlib
import dataclasses
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The grader of Layer by Layer.", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False
)


@app.callback()
def commands() -> None:
    """The grader of Layer by Layer."""


@app.command(epilog="Example: autograder check 02-convolution/02-convolution.ipynb --json result.json")
def check(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="A notebook of the course, with your answers.", show_default=False)],
    json: Annotated[
        Path | None, typer.Option(help="Write the result record to this file, too.", metavar="FILE", show_default=False)
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Draw the checks' data from this seed, to repeat a result. Default: fresh data.", min=0, show_default=False),
    ] = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Run it where it can do no harm, as a class's notebooks are. For other people's.")
    ] = False,
) -> None:
    """Grade one notebook: run it from top to bottom, check every exercise, and show what is right and what is not.

    Exits with 0 when every exercise passed, 1 when not, 2 when the notebook cannot be graded.
    """
    from autograder.intake import Unusable
    from autograder.student import KernelFailed
    from autograder.submission import grade_file

    if json is not None and not json.resolve().parent.is_dir():
        fail(f"The result cannot be written to {json}: there is no folder {json.parent}.")
    try:
        record = (grade_sandboxed if sandbox else grade_file)(notebook, seed=seed).record
    except (Unusable, KernelFailed) as error:
        fail(str(error))
    if json is not None:
        try:
            json.write_text(record.to_json() + "\n", encoding="utf-8")
        except OSError as error:
            fail(f"The result cannot be written to {json}: {error.strerror}.")
    show(record)
    raise typer.Exit(0 if all(check.bonus or check.status in ("passed", "manual") for check in record.checks) else 1)


@app.command(epilog="Example: autograder grade 02-convolution --workers 4")
def grade(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson, such as 02-convolution.", show_default=False)],
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Grade in this many processes. Default: one for each processor.", show_default=False)
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Grade on the workers of this Dask scheduler, tcp://HOST:PORT, instead.", show_default=False),
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Grade this student only. May be given several times.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded already.")] = False,
    seed: Annotated[
        int | None,
        typer.Option(help="Draw the checks' data from this seed, to repeat a run. Default: a secret one.", min=0, show_default=False),
    ] = None,
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe-no-sandbox", help="Run students' code with your own rights: on your files, and over your network."),
    ] = False,
) -> None:
    """Grade what a class has handed in for a lesson, many submissions at a time, each in a sandbox of its own.

    Run it in the course's folder, the one with nbgrader_config.py. It takes submitted/ and fills autograded/ and the gradebook as `nbgrader autograde`
    does; feedback, formgrader and export go on from there. What is graded already is left as it is, so the same command goes on after an interruption.
    Exits with 0 when every submission has a result, 1 when one has not, 2 when the class cannot be graded.
    """
    if workers is not None and scheduler is not None:
        fail("--workers and --scheduler exclude each other: a scheduler brings its own workers.")
    if workers is not None and workers < 1:
        fail(f"--workers takes a number of processes, 1 or more, and not {workers}.")
    raise typer.Exit(grade_and_show(lesson, student or [], workers, scheduler, force, seed, not unsafe))


@app.command(epilog="Example: autograder leaderboard autograded --anonymous > leaderboard.md")
def leaderboard(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS…", help="Result records of 11-capstone, or folders like autograded/ that hold a class's.", show_default=False
        ),
    ],
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Number the networks instead of naming the students.")] = False,
) -> None:
    """Rank the networks of the capstone by the accuracy that the grader measured, as a Markdown table.

    Exits with 2 when the results make no leaderboard.
    """
    from autograder import leaderboard as board

    try:
        rows = board.leaderboard(board.read_records(results))
    except board.BadRecords as error:
        fail(str(error))
    print(board.as_markdown(board.anonymous(rows) if anonymous else rows), end="")


def grade_sandboxed(path: Path, seed: int | None):
    """Grade a notebook file in a sandbox. Raises intake.Unusable and KernelFailed."""
    from autograder.intake import lesson_of, read_notebook, read_submission
    from autograder.student import KernelFailed
    from autograder.submission import grade_submission

    submission = read_submission(path, path.stem, lesson_of(read_notebook(path), path).name)
    try:
        from autograder.sandbox import SandboxUnavailable
        from autograder.zygote import Zygote
    except ModuleNotFoundError:
        raise KernelFailed("The sandbox does not come with what students install: grade in a clone of the course.") from None
    try:
        with Zygote() as zygote:
            return grade_submission(submission, zygote, seed)
    except SandboxUnavailable as error:
        raise KernelFailed(str(error)) from None


def grade_and_show(
    name: str, only: list[str], workers: int | None, scheduler: str | None, force: bool, seed: int | None, sandboxed: bool
) -> int:
    """Grade a class with a progress bar and sum it up; returns the exit code."""
    from rich.console import Console

    try:
        from autograder.classroom import ClassError, Workers, find_students, grade_class
        from autograder.gradebook import CourseError, open_course
    except ModuleNotFoundError as error:
        fail(f"Grading a class takes {error.name}, which does not come with what students install: grade in a clone of the course.")
    from autograder.lessons import UnknownLesson, find_lesson

    interrupted = []

    def interrupt(*_):
        interrupted.append(True)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what we have started is ended
    console = Console()
    students, outcomes = [], []
    try:
        lesson = find_lesson(name)
        course = open_course(Path.cwd())
        students = find_students(course, lesson)
        if not students:
            fail(f"Nobody has handed in {name}: there is no folder {course.submitted('STUDENT', name)}.")
        if unknown := [student for student in only if student not in students]:
            fail(f"There is no submission of {name} by {', '.join(unknown)} in {course.submitted('STUDENT', name)}.")
        students = sorted(set(only)) or students
        if not sandboxed:
            console.print("Students' code runs without a sandbox, with your rights; every result will say so.", style="red", soft_wrap=True)
        grading = grade_class(course, lesson, students, Workers(workers, scheduler, sandboxed), seed, force)
        with contextlib.closing(grading), progress(console, len(students)) as advance:
            for outcome in grading:
                outcomes.append(without_checks(outcome))
                advance(outcome)
                if interrupted:  # and Python has dropped the exception, as it does in a callback or a destructor
                    raise KeyboardInterrupt
    except (UnknownLesson, CourseError, ClassError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        if outcomes:
            print(f"{len(outcomes)} of {len(students)} submissions have a result; the same command goes on from there.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            f"Stopped: {len(outcomes)} of {len(students)} submissions have a result; the same command goes on from there.", file=sys.stderr
        )
        return 130
    sum_up(outcomes, console)
    console.print(f"Results: {course.autograded('STUDENT', name)}, and the gradebook.", soft_wrap=True)
    return 1 if any(outcome.state == "unwritten" for outcome in outcomes) else 0


def without_checks(outcome):
    """The outcome as far as a summary needs it: of ten thousand, the rest would fill the memory."""
    record = outcome.record and outcome.record.model_copy(update={"checks": []})
    return dataclasses.replace(outcome, record=record)


@contextlib.contextmanager
def progress(console, total: int):
    """Shows how far a class is: a bar where it can be drawn, else a line now and then. Yields a function to call with each outcome."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task):
            return Text(f"{rate():.1f} a second,")

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(), TextColumn("to go")]
    shown = time.monotonic()
    done, graded = 0, []  # when, without what is skipped

    def rate() -> float:
        """Submissions a second since the first, before which workers start."""
        return (len(graded) - 1) / (graded[-1] - graded[0]) if len(graded) > 1 else 0.0

    def advance(outcome) -> None:
        nonlocal shown, done
        done += 1
        if outcome.state != "skipped":
            graded.append(time.monotonic())
        bar.update(task, advance=1, description="grading")
        if not console.is_terminal and (time.monotonic() - shown >= 10 or done == total):
            ahead = f", {rate():.1f} a second, {(total - done) / rate():.0f} seconds to go" if rate() else ""
            console.print(f"{done} of {total} graded{ahead}")
            shown = time.monotonic()

    with Progress(*columns, console=console, speed_estimate_period=60, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting workers", total=total)
        yield advance


def sum_up(outcomes: list, console) -> None:
    """Print what became of a class."""
    from rich.table import Table
    from rich.text import Text

    from autograder.flags import printable

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")

    def row(number: int, words: str, style: str = "") -> None:
        if number:
            table.add_row(Text(f"{number:,}", style), words)

    states = [outcome.state for outcome in outcomes]
    row(states.count("graded"), "graded")
    row(states.count("restored"), "graded by an earlier run, and written now")
    row(states.count("skipped"), "skipped: graded already")
    row(sum(outcome.state == "graded" and bool(outcome.sentence) for outcome in outcomes), "of these could not be read", "red")
    row(states.count("ungraded"), "could not be graded, and have no points", "red")
    row(states.count("unwritten"), "have no result", "red")
    records = [outcome.record for outcome in outcomes if outcome.record]
    row(sum(not record.isolated for record in records), "graded without a sandbox", "red")
    if records:
        table.add_row(f"{sum(record.points for record in records) / len(records):.2f}", f"points on average, of {records[0].max_points:g}")
    console.print(table)
    for outcome in sorted(outcomes, key=lambda outcome: outcome.student):
        if outcome.sentence:
            console.print(Text(printable(f"{outcome.student}: {outcome.sentence}"), "red"), soft_wrap=True)
        elif outcome.state != "skipped":
            for flag in outcome.record.flags:
                console.print(Text(printable(f"{outcome.student}: {flag}"), "yellow"), soft_wrap=True)


def show(record) -> None:
    """Print a record for a person."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from autograder.notebook import points, sign

    colours = {"passed": "green", "partial": "yellow", "missing": "dim", "manual": "cyan"}
    console = Console()
    table = Table(title=f"{record.lesson}: {record.total()}", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("", "exercise", "points", ""):
        table.add_column(column, overflow="fold")
    for result in record.checks:
        message = (
            "a person grades this"
            if result.status == "manual"
            else result.message or {"missing": "not answered yet"}.get(result.status, "")
        )
        colour = colours.get(result.status, "red")
        mark = "✎" if result.status == "manual" else sign(result)
        table.add_row(Text(mark, colour), result.id, points(result), Text(message))
    console.print(table)
    for flag in record.flags:
        console.print(Text(f"note: {flag}", "yellow"))


def fail(sentence: str) -> None:
    """Say what is wrong in one sentence and exit with 2."""
    print(f"autograder: {sentence}", file=sys.stderr)
    raise typer.Exit(2)


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console, or a pipe there, may not know ✓
            stream.reconfigure(errors="replace")
    app()
