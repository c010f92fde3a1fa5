"""Stock nbgrader, by its own commands, on this repository's configuration: release, collect, autograde, feedback, export, validate."""

import csv
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[1]
LESSON = "02-convolution"
EARNED = {"ada": 13, "noisy": 13, "ben": 5, "cleo": 12, "dan": 0, "eve": 13}
FLIPPED = """def correlate2d(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape
    result = np.zeros((h - kh + 1, w - kw + 1))
    for y in range(h - kh + 1):
        for x in range(w - kw + 1):
            result[y, x] = np.sum(image[y:y + kh, x:x + kw] * kernel[::-1, ::-1])
    return result"""
NOISE = "import warnings, sys\nwarnings.warn('noise')\nprint('noise', file=sys.stderr)\n"


def nbgrader(*arguments, cwd, succeeds=True):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=cwd, capture_output=True, text=True, env=environment)
    assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
    return done.stdout + done.stderr


def handed_in(student, release):
    """The release notebook as one of the class hands it in."""
    notebook = nbformat.read(release, as_version=4)
    solved = {cell.id: cell.source for cell in nbformat.read(ROOT / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4).cells}
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        name = meta.get("grade_id")
        answered = {"dan": (), "ben": ("output_size", "correlate2d")}.get(student, tuple(solved))
        if meta.get("solution") and name in answered:
            cell.source = (NOISE if student == "noisy" and cell.cell_type == "code" else "") + solved[name]
        if student == "cleo" and name == "correlate2d":
            cell.source = FLIPPED
    if student == "cleo":  # loses three points here, and gains two there that do not exist
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "relu_check":
                cell.metadata.nbgrader.points = 100
                cell.source = "100"
    if student == "eve":
        notebook.cells = [
            cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in ("relu_check", "setup")
        ]
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose class has been collected from zip files, graded, and given feedback."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "lessons" / LESSON, folder / "lessons" / LESSON)
    nbgrader("generate_assignment", LESSON, cwd=folder)
    archive = folder / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    for student in EARNED:
        text = nbformat.writes(handed_in(student, folder / "release" / LESSON / f"{LESSON}.ipynb"))
        if student == "ben":
            (archive / f"ben_{LESSON}.ipynb").write_text(text)
        else:
            with zipfile.ZipFile(archive / f"{student}_{LESSON}.zip", "w") as file:
                file.writestr(f"{LESSON}/{LESSON}.ipynb" if student == "dan" else f"{LESSON}.ipynb", text)
    nbgrader("zip_collect", LESSON, cwd=folder)
    nbgrader("autograde", LESSON, cwd=folder)
    nbgrader("generate_feedback", LESSON, cwd=folder)
    return folder


def scores(course):
    """Automatic points by student, and by student and exercise."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grades = [
            (g.notebook.student.id, g.cell.name, g.auto_score)
            for s in gradebook.assignment_submissions(LESSON)
            for n in s.notebooks
            for g in n.grades
        ]
    by_cell = {(student, cell): score for student, cell, score in grades}
    totals = {}
    for student, _, score in grades:
        totals[student] = totals.get(student, 0) + (score or 0)
    return totals, by_cell


def test_every_submission_has_the_points_it_earned(course):
    totals, by_cell = scores(course)
    expected = EARNED | {"cleo": 10}
    assert totals == expected
    assert by_cell["cleo", "correlate2d_check"] == 0
    assert by_cell["cleo", "relu_check"] == 1


def test_reflections_wait_for_a_person_and_blank_ones_earn_nothing(course):
    _, by_cell = scores(course)
    assert by_cell["ada", "reflection"] is None
    assert by_cell["dan", "reflection"] == 0


def test_warnings_on_stderr_cost_no_marks(course):
    assert scores(course)[0]["noisy"] == scores(course)[0]["ada"]


def test_deleted_check_is_graded_all_the_same(course):
    assert scores(course)[1]["eve", "relu_check"] == 1
    assert "deleted: restored" in (course / "autograded" / "eve" / LESSON / "result.json").read_text()


def test_feedback_says_what_was_wrong(course):
    page = (course / "feedback" / "cleo" / LESSON / f"{LESSON}.html").read_text()
    assert "The kernel was flipped" in page and "0 of 3 points" in page


def test_export_holds_the_class(course):
    nbgrader("export", "--to", "grades.csv", cwd=course)
    with (course / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == scores(course)[0]


def test_release_earns_nothing_and_validate_says_so(course):
    release = course / "release" / LESSON / f"{LESSON}.ipynb"
    said = nbgrader("validate", str(release), cwd=course)
    assert "failed" in said and "is not written yet" in said
    solved = course / "submitted" / "ada" / LESSON / f"{LESSON}.ipynb"
    assert "Success! Your notebook passes all the tests." in nbgrader("validate", str(solved), cwd=course)
