"""Stock nbgrader, by its own commands, on this repository's configuration: release, collect, autograde, feedback, export, validate."""

import asyncio
import csv
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

from autograder.record import Record

ROOT = Path(__file__).parents[1]
LESSON = "02-convolution"
NOTEBOOK = f"{LESSON}.ipynb"
EARNED = {"ada": 13, "noisy": 13, "ben": 5, "cleo": 10, "dan": 0, "eve": 13}
DAMAGED = {"fay": 0, "gus": 13, "hal": 13, "ida": 0, "jon": 13}  # handed in past zip_collect
OTHERS = {"kim": 13, "lea": 12}
FLIPPED = """def correlate2d(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape
    result = np.zeros((h - kh + 1, w - kw + 1))
    for y in range(h - kh + 1):
        for x in range(w - kw + 1):
            result[y, x] = np.sum(image[y:y + kh, x:x + kw] * kernel[::-1, ::-1])
    return result"""
NOISE = "import warnings, sys\nwarnings.warn('noise')\nprint('noise', file=sys.stderr)\n"
EVIL = "def relu(x):\n    raise ValueError('<img src=x onerror=alert(1)> **loud** [link](javascript:alert(1)) $x$')"


def nbgrader(*arguments, cwd, succeeds=True, **variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")} | variables
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
        if student == "lea" and name == "relu":
            cell.source = EVIL
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


def hand_in_damaged(folder):
    """What can be in a folder of submissions, put there in any way."""
    solved = nbformat.writes(handed_in("ada", folder / "release" / LESSON / NOTEBOOK))
    for student in (*DAMAGED, *OTHERS, "mia"):
        (folder / "submitted" / student / LESSON).mkdir(parents=True)

    def path(student, name=NOTEBOOK):
        return folder / "submitted" / student / LESSON / name

    path("fay").write_text(solved[:1000])
    path("gus", "Untitled (3).ipynb").write_text(solved)
    labels = json.loads(solved)
    for cell in labels["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 1
            labels["cells"] = [*labels["cells"], cell | {"metadata": {"nbgrader": {}}}]
    path("hal").write_text(json.dumps(labels))
    path("ida").symlink_to(path("ada"))
    path("ida", "secret.keras").symlink_to(folder / "gradebook.db")
    path("ida", "endless").symlink_to("/dev/zero")
    path("ida", "nothing").symlink_to("nowhere")
    path("ida", "page.html").write_text("<script>alert(1)</script>")
    path("ida", "result.json").mkdir()
    path("ida", "result.json/result.json").write_text("{}")
    os.mkfifo(path("ida", "pipe"))
    path("jon").write_text(solved)
    path("jon", "timestamp.txt").write_text("when it was ready")
    path("kim").write_text(solved)
    path("kim", "timestamp.txt").write_text("2026-11-03 10:00:00 UTC")
    path("lea").write_text(nbformat.writes(handed_in("lea", folder / "release" / LESSON / NOTEBOOK)))
    path("mia", "answers.txt").write_text("My notebook is on my other computer.")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose class has handed in, by zip files mostly and mostly in time, has been graded, and given feedback."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    shutil.copytree(ROOT / "lessons" / LESSON, folder / "lessons" / LESSON)
    nbgrader("generate_assignment", LESSON, cwd=folder)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2026-11-01 12:00:00 UTC")
    archive = folder / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    for student in EARNED:
        text = nbformat.writes(handed_in(student, folder / "release" / LESSON / NOTEBOOK))
        if student == "ben":
            (archive / f"ben_{LESSON}.ipynb").write_text(text)
        else:
            with zipfile.ZipFile(archive / f"{student}_{LESSON}.zip", "w") as file:
                file.writestr(f"{LESSON}/{LESSON}.ipynb" if student == "dan" else f"{LESSON}.ipynb", text)
    nbgrader("zip_collect", LESSON, cwd=folder)
    hand_in_damaged(folder)
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


def result(course, student):
    return Record.model_validate_json((course / "autograded" / student / LESSON / "result.json").read_text())


def comments(course, student):
    """The comments on a student's answers, where there are any."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = gradebook.find_submission_notebook(LESSON, LESSON, student).comments
        return {comment.name: comment.comment for comment in found if comment.comment}


def feedback(course, student):
    return (course / "feedback" / student / LESSON / f"{LESSON}.html").read_text()


def test_every_submission_has_the_points_it_earned(course):
    totals, by_cell = scores(course)
    assert totals == EARNED | DAMAGED | OTHERS
    assert by_cell["cleo", "correlate2d_check"] == 0
    assert by_cell["cleo", "relu_check"] == 1


def test_every_submission_was_run_in_a_sandbox(course):
    assert all(result(course, student).isolated for student in EARNED | DAMAGED | OTHERS)


def test_reflections_wait_for_a_person_and_blank_ones_earn_nothing(course):
    _, by_cell = scores(course)
    assert by_cell["ada", "reflection"] is None
    assert by_cell["dan", "reflection"] == 0


def test_warnings_on_stderr_cost_no_marks(course):
    assert scores(course)[0]["noisy"] == scores(course)[0]["ada"]


def test_deleted_check_is_graded_all_the_same(course):
    assert scores(course)[1]["eve", "relu_check"] == 1
    assert "deleted: restored" in (course / "autograded" / "eve" / LESSON / "result.json").read_text()


@pytest.mark.parametrize(
    ("student", "flag"),
    [
        ("fay", "is damaged"),
        ("gus", "the notebook is called 'Untitled (3).ipynb'"),
        ("hal", "is there twice"),
        ("ida", "a symbolic link"),
        ("jon", "timestamp.txt says no time"),
    ],
)
def test_damaged_submissions_are_graded_like_any_other_and_say_what_was_wrong(course, student, flag):
    record = result(course, student)
    assert record.points == DAMAGED[student] and flag in " ".join(record.flags)
    assert any(flag in comment.replace("\\", "") for comment in comments(course, student).values())


def test_nothing_but_what_was_graded_is_passed_on(course):
    for step, notebook in (("autograded", NOTEBOOK), ("feedback", f"{LESSON}.html")):
        assert {path.name for path in (course / step / "ida" / LESSON).iterdir()} - {"result.json"} == {notebook}
    assert (course / "submitted" / "ida" / LESSON / "page.html").exists()


def test_who_handed_in_no_notebook_is_passed_over(course):
    assert not (course / "autograded" / "mia").exists()


def test_who_is_late_pays_nbgraders_penalty(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        submissions = {submission.student_id: submission for submission in gradebook.assignment_submissions(LESSON)}
        penalties = {student: submission.late_submission_penalty for student, submission in submissions.items()}
        assert submissions["kim"].total_seconds_late == 46 * 3600
    assert {student: penalty for student, penalty in penalties.items() if penalty} == {"kim": 13}
    assert (course / "autograded" / "kim" / LESSON / "timestamp.txt").read_text() == "2026-11-03 10:00:00 UTC"


def test_diagnoses_are_comments_on_the_answers_that_they_are_about(course):
    assert comments(course, "ada") == {}
    assert comments(course, "cleo").keys() >= {"correlate2d", "relu"}
    assert "The kernel was flipped" in comments(course, "cleo")["correlate2d"]
    assert "relu is not written yet" in comments(course, "dan")["relu"]
    assert comments(course, "dan")["reflection"] == "No response."


def test_what_was_repaired_is_said_where_it_was(course):
    assert comments(course, "eve")["relu"] == "Note: cell 'relu_check' was deleted: restored."
    assert comments(course, "eve")["output_size"] == "Note: cell 'setup' was deleted: restored."


def test_feedback_says_what_was_wrong_where_it_was(course):
    page = feedback(course, "cleo")
    answer, comment, check = (page.index(text) for text in ('<a name="comment-correlate2d">', "<b>Comments:</b>", "0 of 3 points"))
    assert answer < comment < page.index("The kernel was flipped") < check


def test_what_a_student_wrote_into_a_message_is_a_text_in_the_comment(course):
    assert "&lt;img" in comments(course, "lea")["relu"]
    page = feedback(course, "lea")
    shown = "ValueError: &lt;img src=x onerror=alert(1)&gt; **loud** [link](javascript:alert(1)) $x$"
    assert shown in page[page.index("<b>Comments:</b>") :]
    assert "<img src" not in page and "<strong>loud" not in page


def test_export_holds_the_class(course):
    nbgrader("export", "--to", "grades.csv", cwd=course)
    with (course / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == scores(course)[0] | {"kim": 0}


def test_release_earns_nothing_and_validate_says_so(course):
    release = course / "release" / LESSON / f"{LESSON}.ipynb"
    said = nbgrader("validate", str(release), cwd=course)
    assert "failed" in said and "is not written yet" in said
    solved = course / "submitted" / "ada" / LESSON / f"{LESSON}.ipynb"
    assert "Success! Your notebook passes all the tests." in nbgrader("validate", str(solved), cwd=course)


@pytest.fixture
def copy(course, tmp_path):
    """The course, to change something in."""
    shutil.copytree(course, tmp_path / "copy", symlinks=True)
    (tmp_path / "copy" / "submitted" / "jon" / LESSON / "timestamp.txt").unlink()  # formgrader itself has no answer to that one
    return tmp_path / "copy"


def test_without_a_sandbox_nothing_is_run_and_nothing_lost(copy, tmp_path):
    bwrap = tmp_path / "bin" / "bwrap"
    bwrap.parent.mkdir()
    bwrap.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    bwrap.chmod(0o755)
    without = {"PATH": f"{bwrap.parent}{os.pathsep}{os.environ['PATH']}"}
    before = result(copy, "ada")
    said = nbgrader("autograde", LESSON, "--student", "ada", "--force", cwd=copy, succeeds=False, **without)
    assert "Submissions are graded in a sandbox, and none can be made" in said and "--Grade.unsafe_no_sandbox=True" in said
    assert "Traceback" not in said and result(copy, "ada") == before
    nbgrader("autograde", LESSON, "--student", "ada", "--force", "--Grade.unsafe_no_sandbox=True", cwd=copy, **without)
    assert (result(copy, "ada").points, result(copy, "ada").isolated) == (13, False)


def test_formgraders_button_grades_in_the_sandbox_too(copy):
    config = PyFileConfigLoader("nbgrader_config.py", path=str(copy)).load_config()
    api = NbGraderAPI(CourseDirectory(config=config, root=str(copy)), config=config)
    shutil.rmtree(copy / "autograded" / "ben")

    async def press():  # in the server's loop, as its handlers do
        assert not api.get_submission(LESSON, "ben")["autograded"]
        return api.autograde(LESSON, "ben"), api.autograde(LESSON, "kim")

    for done in asyncio.run(press()):
        assert done["success"], done
    assert (result(copy, "ben").points, result(copy, "ben").isolated) == (5, True)
    graded = {submission["student"]: submission["autograded"] for submission in api.get_submissions(LESSON)}
    assert graded == dict.fromkeys(EARNED | DAMAGED | OTHERS, True) | {"mia": False}


def test_only_lessons_are_graded_by_our_checks(copy):
    (copy / "submitted" / "ada" / "homework").mkdir()
    (copy / "submitted" / "ada" / "homework" / "homework.ipynb").write_text("{}")
    said = nbgrader("autograde", "homework", cwd=copy, succeeds=False)
    assert "There is no lesson 'homework'" in said and "Traceback" not in said


def test_one_zygote_serves_a_process_and_ends_with_it():
    program = "from autograder.nbgrader_plugin import zygote; assert zygote() is zygote(); print(zygote()._process.pid)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
