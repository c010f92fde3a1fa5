"""What a student gets works on its own, and holds no solution."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import release
from autograder.lessons import all_lessons
from test_lessons import code, leaks

ROOT = Path(__file__).parents[1]
LESSONS = list(all_lessons().values())


@pytest.fixture(scope="module")
def student_zip(tmp_path_factory):
    """student.zip, unpacked in an empty directory."""
    folder = tmp_path_factory.mktemp("release")
    for name in ("nbgrader_config.py", "lessons"):
        (folder / name).symlink_to(ROOT / name)
    here = os.getcwd()
    try:
        release.pack(release.release(folder), folder / "student.zip")
    finally:
        os.chdir(here)
    unpacked = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(folder / "student.zip") as archive:
        archive.extractall(unpacked)
    return unpacked


@pytest.fixture(scope="module")
def installed(student_zip):
    """The environment of a student who installed the wheel; the libraries around it are this environment's."""
    target = student_zip / "installed"
    wheel = next(student_zip.glob("*.whl"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel]
    subprocess.run(command, check=True, env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(target), os.environ.get("PYTHONPATH", "")]), "COLUMNS": "200"}


def everything_readable(folder):
    """All that a student can read: the notebooks beside the README and those in the wheel, and the wheel's Python files."""
    texts = [code(json.loads(path.read_text())) for path in folder.glob("*/*.ipynb")]
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            if name.endswith((".ipynb", ".py")):
                text = wheel.read(name).decode()
                texts.append(code(json.loads(text)) if name.endswith(".ipynb") else text)
    return "\n".join(texts)


def test_zip_holds_what_a_student_needs(student_zip):
    names = {str(path.relative_to(student_zip)) for path in student_zip.rglob("*") if path.is_file() and "installed" not in path.parts}
    wheel = next(student_zip.glob("*.whl")).name
    notebooks = {f"{lesson.name}/{lesson.name}.ipynb" for lesson in LESSONS}
    assert names == {"README.md", "requirements.txt", "data/mnist.npz", "data/network.safetensors", "data/README.md", wheel} | notebooks
    assert (student_zip / "requirements.txt").read_text().startswith(f"./{wheel}\n")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_solution_is_in_it(student_zip, lesson):
    text = everything_readable(student_zip)
    assert leaks(lesson.notebook, text) == []
    assert "BEGIN SOLUTION" not in text


def test_gate_notices_a_solution_that_leaked():
    lesson = LESSONS[0]
    assert leaks(lesson.notebook, code(lesson.notebook))


def test_wheel_holds_release_notebooks_and_no_solutions(student_zip):
    with zipfile.ZipFile(next(student_zip.glob("*.whl"))) as wheel:
        released = {Path(name).stem: wheel.read(name).decode() for name in wheel.namelist() if name.endswith(".ipynb")}
    assert set(released) == {lesson.name for lesson in LESSONS}
    assert all("BEGIN SOLUTION" not in text and "YOUR CODE HERE" in text for text in released.values())


def test_student_needs_neither_posix_nor_nbgrader(student_zip):
    """Nothing that a student imports comes only with POSIX or with the instructor's tools."""
    with zipfile.ZipFile(next(student_zip.glob("*.whl"))) as wheel:
        code = "\n".join(wheel.read(name).decode() for name in wheel.namelist() if name.endswith(".py"))
    for module in ("nbgrader", "resource", "fcntl", "pwd", "termios", "ctypes"):
        assert f"import {module}" not in code and f"from {module}" not in code


def test_every_released_notebook_earns_nothing_and_can_be_graded_there(student_zip, installed):
    lesson = LESSONS[1]
    path = student_zip / lesson.name / f"{lesson.name}.ipynb"
    command = [sys.executable, "-P", "-m", "autograder", "check", str(path), "--json", str(student_zip / "result.json")]
    done = subprocess.run(command, cwd=student_zip, env=installed, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    result = json.loads((student_zip / "result.json").read_text())
    assert result["points"] == 0 and {check["status"] for check in result["checks"]} == {"missing"}


def cells_before(lesson, exercise):
    """The setup and the student's own code cells, up to the answer to an exercise."""
    cells = [cell for cell in lesson.notebook["cells"] if cell["cell_type"] == "code"]
    end = next(index for index, cell in enumerate(cells) if cell["id"] == exercise.id)
    own = [cell for cell in cells[: end + 1] if cell["id"] == "setup" or not cell["metadata"].get("nbgrader", {}).get("locked")]
    return ["".join(cell["source"]) for cell in own]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_checks_work_where_the_student_is(student_zip, installed, lesson):
    """In the unpacked folder, with the installed package, the course's own answers pass; and it is that package which checks them."""
    for exercise in lesson.exercises:
        if exercise.manual or exercise.file:
            continue
        cells = cells_before(lesson, exercise)
        code = f"""
import autograder, os
from pathlib import Path
assert Path(autograder.__file__).is_relative_to({str(student_zip)!r}), autograder.__file__
from IPython.testing.globalipapp import start_ipython
start_ipython()
from IPython import get_ipython
shell = get_ipython()
for cell in {cells!r}:
    shell.run_cell(cell).raise_error()
os.environ["NBGRADER_EXECUTION"] = "autograde"
assert shell.run_cell("check({exercise.id!r})").result == {0 if exercise.bonus else exercise.points}
"""
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], cwd=student_zip / lesson.name, env=installed, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{exercise.id}: {done.stdout}{done.stderr}"
