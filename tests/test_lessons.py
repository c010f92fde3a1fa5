"""Every lesson has what a lesson has, and says nothing that is not so.

Each gate is a function that returns what is wrong; it is run on the lessons, and on a lesson in which the fault was planted.
"""

import ast
import copy
import json
import re
import sys
from pathlib import Path

import pytest

from autograder.grading import run_check
from autograder.lessons import all_lessons
from autograder.student import Student
from canonical import canonical

ROOT = Path(__file__).parents[1]
LESSONS = list(all_lessons().values())
HANDED_IN_BESIDE = {"saved_model", "capstone"}  # exercises whose answer is a file
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)

# The ledger of the course: the rows that lessons may show, as Keras counts them (test_ledger_is_what_keras_counts).
LEDGER = [
    ("input", "(28, 28, 1)", 0),
    ("convolution", "(26, 26, 28)", 280),
    ("pooling", "(13, 13, 28)", 0),
    ("flatten", "(4732,)", 0),
    ("dense", "(128,)", 605_824),
    ("dropout", "(128,)", 0),
    ("dense", "(10,)", 1_290),
]


def source(cell):
    return "".join(cell["source"])


def meta(cell):
    return cell["metadata"].get("nbgrader", {})


def by_id(notebook):
    return {cell["id"]: cell for cell in notebook["cells"]}


def solutions(notebook):
    """The text between the solution marks, by cell id."""
    return {cell["id"]: SOLUTION.findall(source(cell)) for cell in notebook["cells"] if meta(cell).get("solution")}


# --- the gates ---


def outline_faults(notebook):
    """What a lesson must have, in its order (CONTRIBUTING.md)."""
    ids = [cell["id"] for cell in notebook["cells"]]
    wanted = ["title", "setup", "prediction", "my_prediction", "reflection_task", "reflection", "recap", "further_reading"]
    missing = [f"there is no cell {name!r}" for name in wanted if name not in ids]
    present = [name for name in wanted if name in ids]
    if sorted(present, key=ids.index) != present and present[:1] == ["title"]:
        missing.append(f"the cells {present} are out of order")
    if len(set(ids)) != len(ids):
        missing.append("two cells share an id")
    return missing


def front_matter_faults(notebook):
    rows = dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.*?) \|$", source(notebook["cells"][0]), re.MULTILINE))
    faults = [f"the front matter lacks {row!r}" for row in ("You will be able to", "Before this", "Minutes", "Points") if not rows.get(row)]
    points = sum(meta(cell).get("points", 0) for cell in notebook["cells"])
    bonus = sum(cell["metadata"].get("bonus", 0) for cell in notebook["cells"])
    stated = " + ".join([f"{points:g}"] * bool(points) + [f"{bonus:g} bonus"] * bool(bonus))
    if rows.get("Points") != stated:
        faults.append(f"the front matter says {rows.get('Points')} points, the cells have {stated}")
    return faults


def exercise_faults(notebook):
    """Task with three hints, answer, check: three cells an exercise, and each as it must be."""
    cells = by_id(notebook)
    names = [name.removesuffix("_check") for name, cell in cells.items() if meta(cell).get("grade") and not meta(cell)["solution"]]
    ordinary = [cell for cell in cells.values() if meta(cell).get("grade") and "bonus" not in cell["metadata"]]  # the reflection among them
    faults = [] if 3 <= len(ordinary) <= 7 or not ordinary else [f"{len(ordinary)} graded tasks"]
    for name in names:
        task = source(cells.get(f"{name}_task", {"source": ""}))
        hints = re.findall(r"<details>\s*<summary>Hint (\d)</summary>\n\n.+?</details>", task, re.DOTALL)
        if hints != ["1", "2", "3"]:
            faults.append(f"{name} has the hints {hints}")
        if source(cells[f"{name}_check"]) != f'check("{name}")':
            faults.append(f"{name}_check is not just a check")
        if name in HANDED_IN_BESIDE:
            continue
        if name in cells:
            function = next(
                (node for node in ast.parse(source(cells[name])).body if isinstance(node, ast.FunctionDef) and node.name == name), None
            )
            if function is None or len((ast.get_docstring(function) or "").splitlines()) < 3:
                faults.append(f"{name} has no docstring with shapes and an example")
            if not solutions(notebook)[name]:
                faults.append(f"{name} has no solution region")
        else:
            faults.append(f"{name} has no cell to answer in")
    return faults


def figure_faults(notebook):
    """At least three figures, each with a sentence that says what is to be seen."""
    cells = [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and re.search(r"show_digits\(|plt\.subplots|plot_history\(h", source(cell))
    ]
    described = [cell for cell in cells if len(cell["metadata"].get("alt", "")) > 20 or meta(cell).get("solution")]
    faults = [f"the figure {cell['id']!r} has no alt text" for cell in cells if cell not in described]
    return faults if len(described) >= 3 else [*faults, f"{len(described)} figures"]


def ledger_faults(notebook):
    rows = re.findall(r"^\| ([^|*]+?) \| `?(\([\d, ]+\))`? \| \**([\d,]+)\** \|$", source(by_id(notebook)["recap"]), re.MULTILINE)
    known = iter(LEDGER)
    faults = [] if rows else ["there is no ledger"]
    for layer, shape, parameters in rows:
        if not any(shape == s and int(parameters.replace(",", "")) == p for _, s, p in known):
            faults.append(f"the ledger's row {layer} {shape} {parameters} is not the network's")
    return faults


def code(notebook):
    """The text of the code cells and of the answers in words."""
    return "\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code" or meta(cell).get("solution"))


def leaks(notebook, text):
    """The solutions that can be read in `text`: whole, however they are indented."""
    squeezed = _squeezed(text)
    return [name for name, regions in solutions(notebook).items() for region in regions if _squeezed(region) in squeezed]


def _squeezed(text):
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def check_faults(lesson, exercise_names, collected):
    """Checks without tests, and tests without a check."""
    return sorted({f"no tests: {n}" for n in exercise_names - collected} | {f"no check cell: {n}" for n in collected - exercise_names})


# --- on the lessons ---

GATES = [outline_faults, front_matter_faults, exercise_faults, figure_faults, ledger_faults]


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_lesson_has_what_a_lesson_has(lesson, gate):
    assert gate(lesson.notebook) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_notebook_is_in_canonical_form(lesson):
    assert lesson.path.read_text(encoding="utf-8") == canonical(lesson.notebook)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_check_has_tests_and_every_test_a_check(lesson):
    names = {exercise.id for exercise in lesson.exercises if not exercise.manual}
    assert check_faults(lesson, names, set(listed_tests(lesson))) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_unsolved_exercise_earns_nothing_and_every_listed_test_is_executed(lesson, tmp_path):
    for exercise in lesson.exercises:
        if not exercise.manual:
            result = run_check(lesson.checks_file, exercise.id, exercise.points, Student.here(stub(lesson, exercise.id), tmp_path))
            assert result.points == 0
            assert result.status in ("missing", "failed")
            assert [test.name for test in result.tests] == listed_tests(lesson)[exercise.id]


def test_course_numbers_are_unique():
    exercises = [exercise.id for lesson in LESSONS for exercise in lesson.exercises if not exercise.manual]
    assert len(set(exercises)) == len(exercises)


def readme_faults(text):
    """The lessons of which the README's table has no row, with title and points, or another one."""
    stated = re.findall(r"^\| \[(.+?)\]\((.+?)\) · (.+?) \| .+? \| (.+?) \|$", text, re.MULTILINE)
    rows = [
        (
            lesson.name,
            f"lessons/{lesson.name}/{lesson.name}.ipynb",
            lesson.front_matter["title"].split(". ", 1)[1],
            lesson.front_matter["Points"],
        )
        for lesson in LESSONS
    ]
    return sorted({name for name, *_ in set(rows) ^ set(stated)})


def test_readme_lists_the_lessons():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme_faults(text) == []
    assert readme_faults(text.replace("Keep the strongest", "Keep the weakest")) == ["03-pooling"]


def test_course_is_worth_100_points():
    assert sum(lesson.max_points for lesson in LESSONS) == 100


def test_ledger_is_what_keras_counts():
    from mnist_cnn import build_model

    model = build_model()
    shapes = [str(tuple(model.input_shape[1:])), *(str(tuple(layer.output.shape[1:])) for layer in model.layers)]
    counts = [0, *(layer.count_params() for layer in model.layers)]
    assert [(s, p) for _, s, p in LEDGER] == list(zip(shapes, counts, strict=True))
    assert sum(counts) == 607_394


def test_importing_the_grader_is_quick_and_leaves_tensorflow_out():
    import subprocess

    code = "import sys, autograder; heavy = {'tensorflow', 'keras', 'numpy', 'pytest', 'pydantic', 'IPython'} & set(sys.modules); assert not heavy, heavy"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "lesson", [lesson for lesson in LESSONS if lesson.name in ("01-pixels", "02-convolution")], ids=lambda lesson: lesson.name
)
def test_early_lessons_and_their_checks_need_no_tensorflow(lesson):
    code = "".join(source(cell) for cell in lesson.notebook["cells"] if cell["cell_type"] == "code") + lesson.checks_file.read_text()
    assert not re.search(r"^\s*(import|from) (keras|tensorflow|autograder\.given)", code, re.MULTILINE)


def listed_tests(lesson):
    """The tests of every exercise as the check file lists them, read without running it."""
    tree = ast.parse(lesson.checks_file.read_text(encoding="utf-8"))
    marks, tests = {}, {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "exercise":
            marks[node.targets[0].id] = node.value.args[0].value
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            used = [marks[d.id] for d in node.decorator_list if isinstance(d, ast.Name) and d.id in marks]
            assert len(used) == 1, f"{node.name} belongs to {used}"
            tests.setdefault(used[0], []).append(node.name)
    return tests


def stub(lesson, exercise):
    """The namespace of a student who solved nothing but ran the cell of that exercise."""
    cell = by_id(lesson.notebook).get(exercise)
    if cell is None:
        return {}
    namespace = {}
    exec(SOLUTION.sub("raise NotImplementedError()\n", source(cell)), namespace)
    return namespace


# --- and with a fault planted ---


@pytest.fixture
def planted():
    notebook = copy.deepcopy(LESSONS[0].notebook)
    return notebook, by_id(notebook)


def test_gate_notices_a_missing_cell(planted):
    notebook, cells = planted
    notebook["cells"].remove(cells["reflection"])
    assert outline_faults(notebook) == ["there is no cell 'reflection'"]


def test_gate_notices_wrong_points(planted):
    notebook, cells = planted
    cells["accuracy_check"]["metadata"]["nbgrader"]["points"] += 1
    assert "the cells have 9" in front_matter_faults(notebook)[0]


def test_gate_notices_a_lost_hint_and_a_check_that_is_more_than_a_check(planted):
    notebook, cells = planted
    cells["accuracy_task"]["source"] = source(cells["accuracy_task"]).replace("Hint 2", "Tip")
    cells["prepare_check"]["source"] += ["\n1"]
    assert sorted(exercise_faults(notebook)) == ["accuracy has the hints ['1', '3']", "prepare_check is not just a check"]


def test_gate_notices_a_figure_without_description(planted):
    notebook, _ = planted
    figure = next(cell for cell in notebook["cells"] if "alt" in cell["metadata"])
    del figure["metadata"]["alt"]
    assert f"the figure {figure['id']!r} has no alt text" in figure_faults(notebook)


def test_gate_notices_a_wrong_ledger(planted):
    notebook, cells = planted
    cells["recap"]["source"] = source(cells["recap"]).replace("(28, 28, 1)", "(28, 28, 3)")
    assert ledger_faults(notebook)


def test_gate_notices_a_check_without_tests_and_a_test_without_a_check():
    assert check_faults(LESSONS[0], {"a", "b"}, {"b", "c"}) == ["no check cell: c", "no tests: a"]


@pytest.mark.parametrize("fault", ["outputs", "execution_count", "id", "metadata", "indent", "order"])
def test_gate_notices_a_notebook_that_is_not_canonical(fault, planted):
    notebook, cells = planted
    cell = cells["setup"]
    match fault:
        case "outputs":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hi"}]
        case "execution_count":
            cell["execution_count"] = 3
        case "id":
            cell["id"] = "a1b2c3"
        case "metadata":
            cell["metadata"]["collapsed"] = True
        case "indent":
            assert json.dumps(notebook, indent=2, sort_keys=True, ensure_ascii=False) != canonical(notebook)
            return
        case "order":
            notebook["cells"][0] = dict(reversed(notebook["cells"][0].items()))
            assert json.dumps(notebook, indent=1, ensure_ascii=False) + "\n" != canonical(notebook)
            return
    assert json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n" != canonical(notebook)
