"""`check("conv2d")` in a student's notebook: runs the check here and shows what came of it."""

import html
import os
from pathlib import Path

from autograder.grading import run_check
from autograder.lessons import UnknownLesson, lesson_of_exercise
from autograder.record import CheckResult
from autograder.student import Student

SIGNS = {"passed": "✓", "partial": "◐", "missing": "○"}
COLOURS = {"passed": "#1a7f37", "partial": "#9a6700", "missing": "#57606a"}
WRONG_SIGN, WRONG_COLOUR = "✗", "#cf222e"


class CheckFailed(Exception):
    """Raised instead of returning points where only an error is noticed, as in `nbgrader validate`."""

    def _render_traceback_(self) -> list[str]:  # IPython shows this and no traceback
        return [str(self)]


def check_here(exercise: str) -> float | None:
    """Check an exercise of the running notebook and display the result.

    Under nbgrader it speaks nbgrader's language: to `autograde` (without our plug-in) it returns the points as the cell's value, to `validate` it
    raises CheckFailed when the exercise is not complete. A student has the points on the card, and gets None.
    """
    from IPython import get_ipython
    from IPython.display import display

    try:
        lesson, found = lesson_of_exercise(str(exercise))
    except UnknownLesson as error:
        raise CheckFailed(str(error)) from None
    shell = get_ipython()
    namespace = shell.user_ns if shell else __import__("__main__").__dict__
    student = Student.here(namespace, Path.cwd())
    result = run_check(lesson.checks_file, found.id, found.points, student, bonus=found.bonus)
    if result.status != "passed" and not result.bonus and os.environ.get("NBGRADER_EXECUTION") == "validate":
        raise CheckFailed(plain_text(result))
    card = Card(result, student.printed)
    display(card) if shell else print(card)
    return nbgrader_points(result) if os.environ.get("NBGRADER_EXECUTION") else None


class Card:
    """A result as a notebook shows it, and as a terminal does."""

    def __init__(self, result: CheckResult, printed: str = ""):
        self.result = result
        self.printed = printed if result.status != "passed" else ""

    def __repr__(self) -> str:
        text = plain_text(self.result)
        return f"{text}\n  Your code printed:\n{self.printed.rstrip()}" if self.printed else text

    def _repr_html_(self) -> str:
        result = self.result
        colour = COLOURS.get(result.status, WRONG_COLOUR)
        lines = "".join(f"<div style='margin-top:.3em'>{html.escape(line)}</div>" for line in result.message.splitlines())
        printed = f"<pre style='margin:.3em 0 0'>{html.escape(self.printed.rstrip())}</pre>" if self.printed else ""
        return (
            f"<div style='border-left:4px solid {colour};padding:.3em .8em'>"
            f"<b style='color:{colour}'>{sign(result)} {html.escape(result.id)}</b>&ensp;{points(result)}{lines}{printed}</div>"
        )


def sign(result: CheckResult) -> str:
    return SIGNS.get(result.status, WRONG_SIGN)


def points(result: CheckResult) -> str:
    kind = "bonus point" if result.bonus else "point"
    return f"{result.points:g} of {result.max_points:g} {kind}{'s' if result.max_points != 1 else ''}"


def nbgrader_points(result: CheckResult) -> float:
    """The points as the value of a check cell, where nbgrader looks for them: a bonus is extra credit there, and not its value."""
    return 0 if result.bonus else result.points


def plain_text(result: CheckResult) -> str:
    """A result in plain text: a headline, and what to do about it below."""
    lines = [f"{sign(result)} {result.id}: {points(result)}", *(f"  {line}" for line in result.message.splitlines())]
    return "\n".join(lines)
