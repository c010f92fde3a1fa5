"""The class leaderboard of the capstone: made from result records, so it shows what the grader measured and nothing else."""

import dataclasses
import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from autograder.flags import printable
from autograder.record import Record

LESSON = "11-capstone"
CHECK = "capstone"


class BadRecords(ValueError):
    """These records make no leaderboard; the message is a sentence that says which is at fault, and why."""


@dataclass(frozen=True)
class Row:
    """A line of the leaderboard: `accuracy` from 0 to 1, `rank` shared by networks that are equally good and equally small."""

    rank: int
    student: str
    accuracy: float
    parameters: int


def read_records(paths: Iterable[Path]) -> list[Record]:
    """The result records in these files, or in `autograded/*/11-capstone/result.json` below those that are folders. Raises BadRecords."""
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found = sorted(path.glob(f"*/{LESSON}/result.json")) or sorted(path.glob(f"autograded/*/{LESSON}/result.json"))
            if not found:
                raise BadRecords(f"There are no results of {LESSON} below {path}: grade the lesson first.")
            files += found
        else:
            files.append(path)
    return [_read(path) for path in dict.fromkeys(files)]


def _read(path: Path) -> Record:
    try:
        return Record.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadRecords(f"{path} cannot be read: {error.strerror}.") from None
    except ValidationError:
        raise BadRecords(f"{path} is not a result record of this grader.") from None


def leaderboard(records: Iterable[Record]) -> list[Row]:
    """The networks that were measured, the most accurate first; of two that are equally accurate, the one with fewer parameters.

    A record without a measured network (none handed in, or one that could not be graded) has no row. Raises BadRecords for a record of another lesson,
    or two of one student: which of them counts is not for a leaderboard to choose.
    """
    measured: dict[str, tuple[float, int]] = {}
    seen: set[str] = set()
    for record in records:
        if record.lesson != LESSON:
            raise BadRecords(f"The record of {record.student!r} is one of lesson {record.lesson}, not of {LESSON}.")
        if record.student in seen:
            raise BadRecords(f"There are two records of {record.student!r}: give only the one that counts.")
        seen.add(record.student)
        for check in record.checks:
            if check.id == CHECK and {"accuracy", "parameters"} <= check.measured.keys():
                measured[record.student] = check.measured["accuracy"], round(check.measured["parameters"])
    scores = sorted((-accuracy, parameters) for accuracy, parameters in measured.values())
    rows = [Row(1 + scores.index((-a, p)), student, a, p) for student, (a, p) in measured.items()]
    return sorted(rows, key=lambda row: (row.rank, row.student))


def anonymous(rows: list[Row]) -> list[Row]:
    """The same rows with "network 1", "network 2", … in place of the students: who finds their own accuracy finds their row."""
    return [dataclasses.replace(row, student=f"network {number}") for number, row in enumerate(rows, 1)]


def as_markdown(rows: list[Row]) -> str:
    """The rows as a Markdown table, and how far chance alone can move them."""
    if not rows:
        return "No network has been measured yet.\n"
    lines = ["| rank | network of | accuracy | parameters |", "|---:|---|---:|---:|"]
    lines += [f"| {row.rank} | {_cell(row.student)} | {row.accuracy:.2%} | {row.parameters:,} |" for row in rows]
    best = max(rows[0].accuracy, 0.5)
    chance = (best * (1 - best) / 10_000) ** 0.5
    remark = (
        f"One digit is 0.01 %. Which 10,000 digits are in the test set moves the best accuracy by about {chance:.2%}, one standard error."
    )
    return "\n".join([*lines, "", remark]) + "\n"


def _cell(text: str) -> str:
    return html.escape(printable(" ".join(text.split())), quote=False).replace("\\", "\\\\").replace("|", "\\|")
