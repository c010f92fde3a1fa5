"""Mutate the reference solutions mechanically and show which mutants the checks catch: `python tools/mutants.py [LESSON …]`.

The answer banks hold mistakes that people thought of; mutants are mistakes that nobody did. A mutant that no check catches is either equivalent
under the exercise's contract, and tests/mutants.toml says why, or a hole in the checks.
"""

import ast
import contextlib
import io
import signal
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autograder.quiet  # noqa: F401

# isort: split
from rich.console import Console
from rich.table import Table

from autograder.grading import run_check
from autograder.lessons import Exercise, Lesson, UnknownLesson, all_lessons, find_lesson
from autograder.student import Student

EXPLAINED = Path(__file__).resolve().parents[1] / "tests" / "mutants.toml"
SECONDS = 30  # of computing, for the check of one mutant: some of them never end. What else the machine does must not decide what is caught
SEED = 20261122

SWAPPED = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Mult, ast.Mod],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}
RELATED = {
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "argmax": "argmin",
    "argmin": "argmax",
    "mean": "sum",
    "sum": "mean",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "empty": "zeros",
    "sqrt": "square",
    "exp": "exp2",
    "log": "log2",
    "any": "all",
    "all": "any",
    "uniform": "normal",
    "random": "standard_normal",
    "float32": "float64",
    "float64": "float32",
}


@dataclass(frozen=True)
class Mutant:
    """One change to one solution. `change` shows the statement before and after; `source` is the whole answer."""

    exercise: str
    change: str
    source: str


def mutants(exercise: str, source: str) -> list[Mutant]:
    """Every mutant of the answer `source`, each once."""
    tree = ast.parse(source)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == exercise)
    function.body = function.body[1:]  # without its docstring
    found = {ast.unparse(tree): None}
    for statement, parent, field in _places(function, function):
        old = getattr(parent, field)
        before = _first_line(statement)
        for new in _variants(parent, field, old):
            setattr(parent, field, new)
            with contextlib.suppress(ValueError):  # a tree that is no program
                found.setdefault(ast.unparse(tree), Mutant(exercise, f"{before}  →  {_first_line(statement)}", ast.unparse(tree)))
            setattr(parent, field, old)
        if field in ("body", "orelse") and isinstance(old, list):
            for index, gone in enumerate(old):
                if not isinstance(gone, ast.Return | ast.Pass):
                    setattr(parent, field, [*old[:index], ast.Pass(), *old[index + 1 :]])
                    found.setdefault(ast.unparse(tree), Mutant(exercise, f"{_first_line(gone)}  →  (removed)", ast.unparse(tree)))
                    setattr(parent, field, old)
    return [mutant for mutant in found.values() if mutant]


def _places(node: ast.AST, statement: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, str]]:
    """Every field below a node, with the statement that it is in."""
    for field, value in ast.iter_fields(node):
        if field in ("args", "returns", "decorator_list") and isinstance(node, ast.FunctionDef):
            continue
        yield statement, node, field
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _places(child, child if isinstance(child, ast.stmt) else statement)


def _first_line(statement: ast.AST) -> str:
    return ast.unparse(statement).splitlines()[0]


def _variants(parent: ast.AST, field: str, value: Any) -> Iterator[Any]:
    """What else might stand in a field."""
    match parent, field:
        case ast.Call(), "args" if len(value) == 2:
            yield value[::-1]
        case ast.Call(), "keywords":
            yield from (value[:index] + value[index + 1 :] for index in range(len(value)))
        case ((ast.Tuple() | ast.List()), "elts") if len(value) > 1:
            yield [value[1], value[0], *value[2:]]
        case ast.Slice(), ("lower" | "upper" | "step") if value is not None:
            yield None
        case ast.IfExp(), "test":
            yield ast.UnaryOp(ast.Not(), value)
        case ((ast.If() | ast.While()), "test"):
            yield from (ast.Constant(False), ast.UnaryOp(ast.Not(), value))
        case ast.Attribute(), "attr" if value in RELATED:
            yield RELATED[value]
        case ast.Name(), "id" if value in ("max", "min", "any", "all"):
            yield RELATED[value]
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, ast.AST):
                yield from ([*value[:index], variant, *value[index + 1 :]] for variant in _node_variants(item))
    elif isinstance(value, ast.AST):
        yield from _node_variants(value)


def _node_variants(node: ast.AST) -> Iterator[ast.AST]:
    yield from (other() for other in SWAPPED.get(type(node), []))
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(value=float(value)):
            yield from (ast.Constant(value * 2), ast.Constant(value + 1))
        case ast.Constant(value=str("float32")):
            yield ast.Constant("float64")
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, right=right):
            yield from (left, right)
        case ast.Subscript(value=whole):
            yield whole
        case ast.Attribute(attr="T", value=straight):
            yield straight
        case ast.Call(func=ast.Attribute(attr="astype" | "copy" | "transpose" | "reshape", value=receiver)):
            yield receiver
        case ast.Call(args=[first, *_]):
            yield first


def answers(lesson: Lesson) -> dict[str, str]:
    """The lesson's own answers, by exercise: the sources of the cells that the student writes."""
    cells = {cell["id"]: "".join(cell["source"]) for cell in lesson.notebook["cells"]}
    return {exercise.id: cells[exercise.id] for exercise in lesson.exercises if not exercise.manual and not exercise.file}


class Survey:
    """The mutants of one lesson and what its checks say of them."""

    def __init__(self, lesson: Lesson, folder: Path):
        self.lesson = lesson
        self.folder = folder
        self.solved: dict[str, Any] = {}
        setup = next("".join(cell["source"]) for cell in lesson.notebook["cells"] if cell["id"] == "setup")
        for source in [setup, *answers(lesson).values()]:
            exec(compile(source, "<answer>", "exec"), self.solved)

    def is_caught(self, exercise: Exercise, source: str) -> bool:
        """Whether an answer gets less than full marks, the lesson's other answers being right."""
        namespace = dict(self.solved)
        with contextlib.redirect_stdout(io.StringIO()), _at_most(SECONDS):
            try:
                exec(compile(source, "<mutant>", "exec"), namespace)
                student = Student.here(namespace, self.folder)
                return run_check(self.lesson.checks_file, exercise.id, 10, student, SEED, until_first_failure=True).status != "passed"
            except (TimeoutError, KeyboardInterrupt):
                return True

    def survivors(self, exercise: Exercise) -> tuple[int, list[Mutant]]:
        """The number of mutants of an exercise, and those that no check catches."""
        all_of_them = mutants(exercise.id, answers(self.lesson)[exercise.id])
        return len(all_of_them), [mutant for mutant in all_of_them if not self.is_caught(exercise, mutant.source)]


@contextlib.contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def too_long(*_: Any) -> None:
        raise KeyboardInterrupt  # which run_check lets through, and no answer catches

    before = signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def explained() -> dict[tuple[str, str], str]:
    """The reasons why mutants survive, by exercise and change."""
    entries = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")) if EXPLAINED.exists() else {}
    return {(exercise, change): why for exercise, changes in entries.items() for change, why in changes.items()}


def main() -> None:
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        lessons = [find_lesson(name) for name in sys.argv[1:]] or list(all_lessons().values())
    except UnknownLesson as error:
        print(f"mutants: {error}", file=sys.stderr)
        sys.exit(2)
    reasons = explained()
    table = Table(box=None, title="Mutants of the reference solutions", title_justify="left")
    for column in ("exercise", "mutants", "caught", "equivalent", "holes"):
        table.add_column(column, justify="left" if column == "exercise" else "right")
    totals = [0, 0, 0, 0]
    holes: list[Mutant] = []
    with tempfile.TemporaryDirectory() as folder:
        for lesson in lessons:
            survey = Survey(lesson, Path(folder))
            for exercise in lesson.exercises:
                if exercise.manual or exercise.file:
                    continue
                number, survivors = survey.survivors(exercise)
                unexplained = [mutant for mutant in survivors if (exercise.id, mutant.change) not in reasons]
                counts = [number, number - len(survivors), len(survivors) - len(unexplained), len(unexplained)]
                totals = [total + count for total, count in zip(totals, counts, strict=True)]
                holes += unexplained
                table.add_row(exercise.id, *map(str, counts))
                for mutant in unexplained:
                    console.print(f"not caught: {mutant.exercise}: {mutant.change}", markup=False, highlight=False, soft_wrap=True)
    table.add_row("in all", *map(str, totals))
    console.print(table)
    if totals[0] > totals[2]:
        console.print(f"{totals[1] / (totals[0] - totals[2]):.1%} of the mutants that are not equivalent are caught.", highlight=False)
    sys.exit(1 if holes else 0)


if __name__ == "__main__":
    main()
