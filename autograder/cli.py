"""The command line: `autograder check NOTEBOOK`, `autograder leaderboard RESULTS …`."""

import sys
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
) -> None:
    """Grade one notebook: run it from top to bottom, check every exercise, and show what is right and what is not.

    Exits with 0 when every exercise passed, 1 when not, 2 when the notebook cannot be graded.
    """
    from autograder.intake import Unusable
    from autograder.kernel import KernelFailed
    from autograder.submission import grade_file

    if json is not None and not json.resolve().parent.is_dir():
        fail(f"The result cannot be written to {json}: there is no folder {json.parent}.")
    try:
        record = grade_file(notebook, seed=seed).record
    except (Unusable, KernelFailed) as error:
        fail(str(error))
    if json is not None:
        try:
            json.write_text(record.to_json() + "\n", encoding="utf-8")
        except OSError as error:
            fail(f"The result cannot be written to {json}: {error.strerror}.")
    show(record)
    raise typer.Exit(0 if all(check.bonus or check.status in ("passed", "manual") for check in record.checks) else 1)


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
