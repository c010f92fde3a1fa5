"""What a check is written with: the mark that ties a test to an exercise, and comparisons that name the mistake."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from autograder.student import Student, StudentError


class Mistake(AssertionError):
    """The student's value is wrong; the message tells the student why."""


def exercise(name: str, part: str = "", weight: float = 1) -> pytest.MarkDecorator:
    """Mark a test as belonging to an exercise: `conv2d = exercise("conv2d")`, then `@conv2d` above each of its tests.

    An exercise's points are shared among its parts in proportion to their weights. A part earns its share when all of its tests pass.
    """
    return pytest.mark.exercise(name, part, weight)


def expect(
    actual: Any,
    expected: Any,
    call: str,
    mistakes: Iterable[tuple[str, Any]] = (),
    tolerance: float = 1e-4,
    whole: bool = False,
) -> None:
    """Raise Mistake unless `actual` has the shape and the values of `expected`.

    `tolerance` is relative to the largest expected magnitude. `whole` asks for whole numbers, whatever their dtype. `call` says what was called, as the
    student would write it. `mistakes` are pairs of a sentence and the value (or a function returning it) that a misconception
    would have given: if it is the value at hand, its sentence is the message. Otherwise the first disagreement is shown.
    """
    expected = np.asarray(expected)
    given = _as_numbers(actual, call)
    if _agree(given, expected, tolerance) and not (whole and not _are_whole(given)):
        return
    for sentence, wrong in mistakes:
        wrong = np.asarray(wrong() if callable(wrong) else wrong)
        if _agree(given, wrong, tolerance) and not _agree(wrong, expected, tolerance):
            raise Mistake(sentence)
    raise Mistake(_disagreement(given, expected, call, tolerance))


@contextmanager
def blaming(reason: str, only: str = "", stopped: str = "") -> Iterator[None]:
    """Put `reason` in front of a message from inside the block that names no mistake: an error, a wrong shape or a wrong number.

    `only`: do so for errors of the student's code whose text contains this word, and for nothing else.
    `stopped`: what to put in front of such errors, where it is not `reason`.
    """
    try:
        yield
    except StudentError as error:
        if type(error) is not StudentError or only not in str(error):  # not written yet, out of time, unreadable: the message says it all
            raise
        raise StudentError(f"{stopped or reason} {error}") from None
    except Mistake as error:
        if only or not re.match(r"(\w+ of )?\w+\(", str(error)):  # it names a mistake; the others begin with the call
            raise
        raise Mistake(f"{reason} {error}") from None


def keeps_arguments(student: Student, name: str, *args: Any) -> None:
    """Raise Mistake if the student's function changes an array or list that it is given."""
    _, after = getattr(student, name).and_arguments(*args)
    for number, (before, now) in enumerate(zip(args, after, strict=True), 1):
        if isinstance(before, np.ndarray | list | tuple | dict) and not _same(before, now):
            raise Mistake(
                f"{name} changed its {_ordinal(number)} argument. Whoever called it still needs that: work on a copy, or make a new array "
                "(`x = x - 1` makes one, `x -= 1` and `x[...] = 0` change the old one)."
            )


def _same(before: Any, now: Any) -> bool:
    if isinstance(before, dict):
        return isinstance(now, dict) and before.keys() == now.keys() and all(_same(before[key], now[key]) for key in before)
    if isinstance(before, list | tuple) and not all(isinstance(item, int | float) for item in before):
        return isinstance(now, Sequence | np.ndarray) and len(before) == len(now) and all(map(_same, before, now))
    try:
        return bool(np.array_equal(np.asarray(before), np.asarray(now)))
    except (TypeError, ValueError):
        return False


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def _as_numbers(actual: Any, call: str) -> np.ndarray:
    if actual is None:
        raise Mistake(f"{call} returned None. A function gives its result back with `return`; `print` only shows it.")
    try:
        given = np.asarray(actual)
    except (TypeError, ValueError):
        given = np.asarray(None)
    if given.dtype.kind not in "biufc":
        raise Mistake(f"{call} should return numbers that NumPy can hold, but returned {_described(actual)}.")
    return given


def _described(value: Any) -> str:
    text = repr(value)
    return f"this {type(value).__name__}: {text if len(text) <= 80 else text[:77] + '…'}"


def _agree(given: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    return given.shape == expected.shape and not _wrong_positions(given, expected, tolerance).any()


def _wrong_positions(given: np.ndarray, expected: np.ndarray, tolerance: float) -> np.ndarray:
    counts = expected.dtype.kind in "biu"
    wide = np.complex128 if "c" in given.dtype.kind + expected.dtype.kind else np.float64
    given, expected = given.astype(wide), expected.astype(wide)
    finite = np.abs(expected[np.isfinite(expected)])
    allowed = tolerance * (finite.max(initial=0) or 1.0)
    allowed = min(allowed, 1e-3) if counts else allowed  # 607,395 is not 607,394
    with np.errstate(invalid="ignore"):
        equal = (given == expected) | (np.isnan(given) & np.isnan(expected))
        return ~((np.abs(given - expected) <= allowed) | equal)


def _are_whole(given: np.ndarray) -> bool:
    return given.dtype.kind in "biu" or (given.dtype.kind == "f" and bool(np.all(given == np.round(given))))


def _disagreement(given: np.ndarray, expected: np.ndarray, call: str, tolerance: float) -> str:
    if given.shape != expected.shape:
        return f"{call} should have {_shape(expected)}, but has {_shape(given)}."
    if expected.ndim == 0:
        return f"{call} should be {_number(expected)}, but is {_number(given)}."
    if given.dtype.kind == "f" and np.isnan(given).any() and not np.isnan(expected).any():
        return f"{call} contains nan (not a number) at {_position(np.argwhere(np.isnan(given))[0])}. A division by zero or inf − inf makes one."
    wrong = np.argwhere(_wrong_positions(given, expected, tolerance))
    if not len(wrong):
        return f"{call} should hold whole numbers."
    at = tuple(wrong[0])
    share = f"{len(wrong)} of {expected.size} values differ" if expected.size > 1 else "the value differs"
    small = expected.ndim <= 2 and expected.size <= 12
    shown = f" Expected {_listed(expected)}, got {_listed(given)}." if small else ""
    return f"{call}: {share}, first at {_position(at)}: expected {_number(expected[at])}, got {_number(given[at])}.{shown}"


def _shape(array: np.ndarray) -> str:
    return f"the shape {array.shape}" if array.ndim else "no axes (be a single number)"


def _position(index: Iterable[int]) -> str:
    return "[" + ", ".join(str(int(i)) for i in index) + "]"


def _number(value: Any) -> str:
    value = np.asarray(value)
    return str(value.item()) if value.dtype.kind in "biu" else f"{value.item():.6g}"


def _listed(array: np.ndarray) -> str:
    return np.array2string(array, separator=", ", precision=4, suppress_small=True).replace("\n", "")
