"""Your own layers, from your earlier notebooks: `from autograder.mine import conv2d` reads the conv2d that you wrote in lesson 2.

The notebook is looked for beside the folder of the one that asks. Where there is no answer in it yet, or no notebook, or while a grader runs the
notebook that asks, you get the function of `autograder.given` in its place. A line says which of the two you got.
"""

import ast
import importlib
import json
import linecache
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder import is_grading
from autograder.globals import looked_up
from autograder.lessons import UnknownLesson, lesson_of_exercise


class _NotThere(Exception):
    """There is no answer to be had; the message says why, as the end of a sentence."""


_asked: list[str] = []  # what is being looked for: a function of theirs may itself ask for others, of which nothing is said


def __getattr__(name: str) -> Callable:
    """The student's function of that name, or that of `autograder.given`, which has one for every name that this module knows."""
    if name.startswith("_"):
        raise AttributeError(name)
    given = importlib.import_module("autograder.given")
    function = getattr(given, name, None)
    if getattr(function, "__module__", None) != given.__name__:
        raise AttributeError(f"autograder.mine has no {name}: it looks for the layers that autograder.given has as well")
    try:
        if is_grading() or os.environ.get("NBGRADER_EXECUTION") == "autograde":
            raise _NotThere("for the grader, so that a slip in an earlier lesson costs nothing in this one")
        _asked.append(name)
        try:
            function, where = _theirs(name)
        finally:
            _asked.pop()
    except _NotThere as reason:
        where = f"Keras' own, {reason}"
    if not _asked:
        print(f"{name:12} {where}")
    return function


def _theirs(name: str) -> tuple[Callable, str]:
    """Their function, and where it is from. Raises _NotThere."""
    try:
        lesson, _ = lesson_of_exercise(name)
    except UnknownLesson:
        raise _NotThere("for no lesson has an exercise of this name") from None
    path = Path("..", lesson.name, f"{lesson.name}.ipynb")
    return _function(name, path), f"yours, from {lesson.name}"


def _function(name: str, path: Path) -> Callable:
    """The function of that name in a notebook. Of all its cells, only the statements that the function needs are run."""
    if not path.is_file():
        raise _NotThere(f"for there is no {path.as_posix()}")
    try:
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        cells.sort(key=lambda cell: cell["metadata"].get("nbgrader", {}).get("grade_id") == name)  # the answer last: it counts
        texts = ["".join(cell["source"]) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _NotThere(f"for {path.name} cannot be read") from None
    known = _definitions(texts, path)
    if name not in known:
        raise _NotThere(f"for {path.name} has no {name} that can be read")
    if any(isinstance(statement, ast.Raise) for statement in getattr(known[name][0], "body", [])):
        raise _NotThere(f"for yours in {path.name} is not written yet")
    namespace: dict[str, Any] = {"__name__": path.stem, "np": importlib.import_module("numpy")}
    try:
        _define(name, known, namespace, set())
    except Exception as error:
        raise _NotThere(f"for yours in {path.name} stops with {type(error).__name__}: {error}") from None
    return namespace[name]


# a statement and the file name under which Python knows the cell that it is from
_Known = dict[str, tuple[ast.stmt, str]]


def _definitions(texts: list[str], path: Path) -> _Known:
    """The statements at the top of a notebook's cells that give something a name, by that name; of several, the last."""
    known: _Known = {}
    for number, text in enumerate(texts):
        file = f"{path.name}, cell {number}"
        try:
            statements = ast.parse(text).body
        except SyntaxError:  # not finished, or IPython's own language: `%timeit f()`
            continue
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)  # so that errors can show the line
        for statement in statements:
            match statement:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    names = [name]
                case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                    names = [(alias.asname or alias.name).split(".")[0] for alias in aliases]
                case ast.Assign() | ast.AnnAssign():
                    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
                case _:
                    continue
            known |= dict.fromkeys(names, (statement, file))
    return known


def _define(name: str, known: _Known, namespace: dict[str, Any], begun: set[str]) -> None:
    """Run the statement that defines `name`, after those that define what it needs."""
    begun.add(name)
    statement, file = known[name]
    code = compile(ast.Module([statement], []), file, "exec")
    for other in sorted(looked_up(code) & known.keys() - begun):
        _define(other, known, namespace, begun)
    exec(code, namespace)
