"""A class of submissions like a real one: some have everything right, some make usual mistakes in half of it, some stop half-way, some hand in what they got."""

import ast
import functools
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.lessons import Lesson

ROOT = Path(__file__).resolve().parents[1]
KINDS = {"right": 4, "mistakes": 3, "half": 2, "nothing": 1}  # of every ten students
SCHEDULE = ["right", "mistakes", "half", "right", "mistakes", "nothing", "right", "half", "mistakes", "right"]
SKIPPED = ("too slow", "not written yet")  # what the diagnosis of a mistake says that takes a minute to grade, or is none


@dataclass(frozen=True)
class Answer:
    """An answer of the bank in tests/answers, as a student's cell would hold it."""

    right: bool
    source: str


def student_name(number: int) -> str:
    return f"student{number:05}"


def kind(number: int) -> str:
    """What student `number`, counted from 0, is like."""
    return SCHEDULE[number % len(SCHEDULE)]


def notebook(lesson: Lesson, release: Mapping, number: int) -> bytes:
    """What student `number` hands in: `release`, the released notebook, with answers of their own and the outputs of a run."""
    chance = random.Random(f"{lesson.name} {number}")
    handed_in = json.loads(json.dumps(release))
    answers = [cell for cell in handed_in["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
    answered = {"right": len(answers), "mistakes": len(answers), "half": len(answers) // 2, "nothing": 0}[kind(number)]
    for cell in answers[:answered]:
        exercise = cell["metadata"]["nbgrader"]["grade_id"]
        if cell["cell_type"] == "markdown":
            cell["source"] = f"What I saw, in the words of {student_name(number)}: one filter looks for one thing, wherever it is."
        else:
            right = kind(number) != "mistakes" or chance.random() < 0.5
            cell["source"] = chance.choice([answer for answer in bank(lesson.name, exercise) if answer.right == right]).source
    if answered:  # they ran it
        outputs = _outputs(lesson.name)
        for cell in handed_in["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = outputs.get(cell["id"], [])
    return json.dumps(handed_in, indent=1).encode()


@functools.cache
def bank(lesson: str, exercise: str) -> list[Answer]:
    """The answers of a bank file, each with the imports and helpers that it needs."""
    nodes = ast.parse((ROOT / "tests" / "answers" / lesson / f"{exercise}.py").read_text(encoding="utf-8")).body
    written = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.decorator_list]
    rest = [node for node in nodes[1:] if node not in written and getattr(node, "module", "") != "bank"]
    # A bank's helpers may be called like a variable of the lesson's; a student who did that would notice.
    own_names = _Renamed({node.name: f"my_{node.name}" for node in rest if isinstance(node, ast.FunctionDef)})
    shared = [own_names.visit(node) for node in rest]
    found = []
    for node in written:
        (about,) = node.decorator_list
        if not any(word.value.value in SKIPPED for word in about.keywords):
            node.decorator_list = []
            found.append(Answer(about.func.id == "right", "\n\n\n".join(map(ast.unparse, [*shared, own_names.visit(node)]))))
    return found


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)


@functools.cache
def _outputs(lesson: str) -> dict[str, list]:
    """What the cells of a lesson show when they are run, by cell."""
    executed = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: cell["outputs"] for cell in executed["cells"] if cell["cell_type"] == "code"}
