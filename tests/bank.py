"""The banks of right and wrong answers in tests/answers: how they are written and found."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ANSWERS = Path(__file__).with_name("answers")


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise. A wrong one says what its diagnosis must contain."""

    lesson: str
    exercise: str
    name: str
    right: bool
    says: str
    function: Callable

    def __str__(self) -> str:
        return f"{self.exercise}: {self.name}"


_collected: list[tuple[str, bool, str, Callable]] = []


def wrong(name: str, says: str) -> Callable:
    """A wrong answer; `says` is what the message must contain, whatever its case."""
    return lambda function: _collected.append((name, False, says, function)) or function


def right(name: str) -> Callable:
    """A right answer, however unusual."""
    return lambda function: _collected.append((name, True, "", function)) or function


def answers(path: Path) -> list[Answer]:
    """The answers in one bank file, `tests/answers/<lesson>/<exercise>.py`."""
    _collected.clear()
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    found = [Answer(path.parent.name, path.stem, *entry) for entry in _collected]
    for answer in found:
        if answer.function.__name__ != answer.exercise:
            raise ValueError(f"{path}: the answer {answer.name!r} defines {answer.function.__name__}, not {answer.exercise}")
    return found


def all_answers() -> list[Answer]:
    """Every answer of every bank."""
    return [answer for path in sorted(ANSWERS.glob("*/*.py")) for answer in answers(path)]
