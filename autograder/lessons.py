"""The lessons: where their notebooks are, what they say of themselves, which exercises they have and what those are worth."""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SOURCE = PACKAGE.parent / "lessons"  # in a clone of the course
RELEASED = PACKAGE / "released"  # in the package that students install: release notebooks, put there by `make release`


class UnknownLesson(Exception):
    """There is no such lesson; the message says which there are."""


@dataclass(frozen=True)
class Exercise:
    """A graded cell of a lesson: `id` is the exercise, `grade_id` the cell.

    `manual` ones are graded by a person; the points of `bonus` ones come on top; the answer to a `file` one is no function, but a file beside the notebook.
    """

    id: str
    grade_id: str
    points: float
    manual: bool
    bonus: bool
    file: bool


@dataclass(frozen=True)
class Lesson:
    """A lesson, as its notebook (source or release) states it."""

    name: str
    path: Path

    @functools.cached_property
    def notebook(self) -> dict:
        return json.loads(self.path.read_text(encoding="utf-8"))

    @functools.cached_property
    def exercises(self) -> list[Exercise]:
        found = []
        text = "".join(line for cell in self.notebook["cells"] for line in cell["source"])
        for cell in self.notebook["cells"]:
            meta = cell["metadata"].get("nbgrader", {})
            if meta.get("grade"):
                name = meta["grade_id"].removesuffix("_check")
                manual = bool(meta.get("solution"))
                bonus = cell["metadata"].get("bonus")  # nbgrader, which would add its points to the maximum, knows them as 0 points
                points = float(meta["points"] if bonus is None else bonus)
                file = not manual and f"def {name}(" not in text
                found.append(Exercise(name, meta["grade_id"], points, manual, bonus is not None, file))
        return found

    @functools.cached_property
    def front_matter(self) -> dict[str, str]:
        """`title` and the rows of the table in the first cell, such as `Minutes` and `Points`."""
        text = "".join(self.notebook["cells"][0]["source"])
        rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.*?) \|$", text, re.MULTILINE)
        return {"title": text.splitlines()[0].removeprefix("# ")} | dict(rows)

    @property
    def max_points(self) -> float:
        """What the lesson is worth, without its bonus."""
        return sum(exercise.points for exercise in self.exercises if not exercise.bonus)

    @property
    def checks_file(self) -> Path:
        return PACKAGE / "checks" / f"test_{self.name.replace('-', '_')}.py"


@functools.cache
def all_lessons() -> dict[str, Lesson]:
    """Every lesson by name, in order."""
    if SOURCE.is_dir():  # without the copies that authors make beside a notebook
        paths = [path for path in SOURCE.glob("*/*.ipynb") if path.stem == path.parent.name]
    else:
        paths = RELEASED.glob("*.ipynb")
    return {path.stem: Lesson(path.stem, path) for path in sorted(paths)}


def find_lesson(name: str) -> Lesson:
    """The lesson of that name. Raises UnknownLesson."""
    try:
        return all_lessons()[name]
    except KeyError:
        raise UnknownLesson(f"There is no lesson {name!r}; the lessons are {', '.join(all_lessons())}.") from None


def lesson_of_exercise(exercise: str) -> tuple[Lesson, Exercise]:
    """The lesson that an automatically checked exercise belongs to. Raises UnknownLesson."""
    for lesson in all_lessons().values():
        for found in lesson.exercises:
            if found.id == exercise and not found.manual:
                return lesson, found
    raise UnknownLesson(f"There is no exercise {exercise!r} to check. The name must be that of the function, in quotation marks.")
