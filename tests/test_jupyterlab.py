"""The tools that students and instructors have, used as they use them: JupyterLab and formgrader, in a browser."""

import csv
import json
import shutil
import subprocess
import sys

import pytest

import screenshots
from autograder.record import Record
from browser import DESKTOP
from course_folder import HALF, LESSON, hand_in, make_course, notebook

PATIENCE = 180_000  # milliseconds
NAME = LESSON.name
WRONG = "def output_size(size, kernel, stride=1, padding=0):\n    return (size + 2 * padding - kernel) // stride"
RIGHT = f"{WRONG} + 1"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course that nothing has been released of, where ada has handed in work that is half right."""
    folder = make_course(tmp_path_factory.mktemp("course"), f"\nc.Exchange.root = {str(tmp_path_factory.mktemp('exchange'))!r}\n")
    hand_in(folder, "ada", notebook(HALF))
    return folder


@pytest.fixture(scope="module")
def lab(course):
    """JupyterLab in that course, with everything that nbgrader brings; its address."""
    with screenshots.jupyter(course, ["@jupyterlab/apputils-extension:announcements"]) as address:
        yield address


@pytest.fixture
def page(lab, browser):
    with browser.new_context(viewport=DESKTOP) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


# --- the student ---


def cell_of(page, text):
    """The code cell of the open notebook that holds a text, which JupyterLab draws when it is near."""
    cell = page.locator(".jp-CodeCell", has=page.locator(".jp-InputArea-editor", has_text=text))
    for _ in range(100):
        if cell.count():
            return cell
        page.locator(".jp-WindowedPanel-outer").hover()
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(100)
    raise AssertionError(f"no cell of the notebook holds {text}")


def write_and_run(page, cell, source=None):
    cell.locator(".cm-content").click()
    if source is not None:
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")


def test_student_writes_a_function_reads_what_is_wrong_mends_it_and_validates(course, lab, page):
    subprocess.run([sys.executable, "-m", "nbgrader", "generate_assignment", NAME, "--log-level=ERROR"], cwd=course, check=True)
    work = course / "work" / NAME / f"{NAME}.ipynb"
    work.parent.mkdir(parents=True)
    shutil.copy(course / "release" / NAME / f"{NAME}.ipynb", work)
    page.goto(f"{lab}lab/tree/work/{NAME}/{NAME}.ipynb")
    page.get_by_text("| Idle").wait_for()
    write_and_run(page, cell_of(page, "load_mnist()"))
    answer, check = cell_of(page, "def output_size"), cell_of(page, 'check("output_size")')
    write_and_run(page, answer, WRONG)
    write_and_run(page, check)
    check.get_by_text("The + 1 is missing.").wait_for()
    write_and_run(page, answer, RIGHT)
    write_and_run(page, check)
    check.get_by_text("✓ output_size").wait_for()
    page.keyboard.press("Control+S")
    page.get_by_role("button", name="Validate").click()
    results = page.get_by_role("dialog")
    results.get_by_text("conv2d is not written yet.").wait_for()
    assert "output_size" not in results.inner_text()
    saved = json.loads(work.read_text(encoding="utf-8"))
    assert any("".join(cell["source"]) == RIGHT for cell in saved["cells"])


# --- the instructor ---


def press(page, column):
    """Press the button in a column of formgrader's table, and wait until what it starts has succeeded."""
    page.locator(f"td.{column} a").click()
    page.locator(".modal-title", has_text="Success").wait_for()
    assert page.locator(".modal-title", has_text="Error").count() == 0


def test_instructor_releases_grades_grades_a_reflection_by_hand_and_gives_feedback(course, lab, page):
    shutil.rmtree(course / "release", ignore_errors=True)  # another test's
    page.goto(f"{lab}formgrader/manage_assignments")
    press(page, "assign")
    assert (course / "release" / NAME / f"{NAME}.ipynb").exists()
    page.goto(f"{lab}formgrader/manage_submissions/{NAME}")
    press(page, "autograde")
    record = Record.model_validate_json((course / "autograded" / "ada" / NAME / "result.json").read_text(encoding="utf-8"))
    assert record.isolated and record.points == 6
    page.goto(f"{lab}formgrader/submissions/{screenshots.submission_of('ada', course)}/")
    points = page.locator("input#reflection")
    page.wait_for_load_state("networkidle")  # the page fetches what it knows of grades, and only then listens
    points.fill("1")
    with page.expect_response(lambda response: response.request.method == "PUT" and response.ok):
        points.blur()
    page.goto(f"{lab}formgrader/manage_submissions/{NAME}")
    page.locator("td.score", has_text="7").wait_for()
    press(page, "generate-feedback")
    page.goto((course / "feedback" / "ada" / NAME / f"{NAME}.html").as_uri())
    assert page.get_by_text("the absolute value").count()
    subprocess.run([sys.executable, "-m", "nbgrader", "export", "--log-level=ERROR"], cwd=course, check=True)
    with (course / "grades.csv").open(encoding="utf-8") as file:
        assert [(row["student_id"], float(row["score"])) for row in csv.DictReader(file)] == [("ada", 7.0)]
