"""What the guides, the glossary and the page on the reproduction say is what the course does, measures and teaches."""

import csv
import inspect
import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

import report
import reproduce
from autograder import cli
from autograder.checks import test_02_convolution, test_07_learning, test_11_capstone
from autograder.lessons import all_lessons

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
STUDENTS, INSTRUCTORS, REPRODUCTION, GLOSSARY, GRADING = (
    (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("students", "instructors", "reproduction", "glossary", "grading")
)
RESULTS = (ROOT / "solutions" / "results" / "README.md").read_text(encoding="utf-8")
LESSONS = dict(enumerate(all_lessons().values(), 1))


def code_blocks(page, language=""):
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def test_options_are_those_of_the_command_line():
    known = {option for command in get_command(cli.app).commands.values() for each in command.params for option in each.opts}
    theirs = {"--duedate", "--nthreads"}  # nbgrader's and Dask's
    for page in (STUDENTS, INSTRUCTORS, GRADING):
        assert set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", page)) <= known | theirs


def test_make_has_what_the_guides_tell_to_make():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = " ".join(path.read_text(encoding="utf-8") for path in [*DOCS.glob("*.md"), ROOT / "README.md"])
    assert set(re.findall(r"(?:`|^)make (\w+)", pages, re.MULTILINE)) <= targets


# --- for students ---


def test_commands_for_students_are_those_in_the_zip_file():
    readme = (ROOT / "student" / "README.md").read_text(encoding="utf-8")
    commands = {line for block in code_blocks(STUDENTS) for line in block.splitlines() if "venv" in line and "check" not in line}
    assert commands == {line.strip() for line in readme.splitlines() if line.startswith("    ") and "venv" in line and "check" not in line}


def test_what_is_handed_in_is_what_the_lessons_ask_for():
    for name, files in re.findall(r"^\| (\d\d-\w+) \| the notebook and `([\w.]+)`", STUDENTS, re.MULTILINE):
        assert any(exercise.file for exercise in all_lessons()[name].exercises) and files in json.dumps(all_lessons()[name].notebook)
    with_files = {lesson.name for lesson in LESSONS.values() if any(exercise.file for exercise in lesson.exercises)}
    assert with_files == set(re.findall(r"^\| (\d\d-\w+) \| the notebook and", STUDENTS, re.MULTILINE))


# --- for instructors ---


def test_columns_of_the_export_are_nbgraders():
    from nbgrader.plugins import CsvExportPlugin

    columns = re.search(r"keys = \[(.*?)\]", inspect.getsource(CsvExportPlugin.export), re.DOTALL)[1]
    first_column = " ".join(re.findall(r"^\| (`.+?) \|", INSTRUCTORS.split("## Export")[1].split("## ")[0], re.MULTILINE))
    assert re.findall(r"`(\w+)`", first_column) == re.findall(r'"(\w+)"', columns)


def configured(block):
    """What a block of the guide does to a configuration."""
    from traitlets.config import Config

    configuration = Config()
    exec(block, {"c": configuration})
    return configuration


@pytest.mark.parametrize(("hours", "penalty"), [(1, 1), (24, 1), (25, 2), (24 * 30, 5)])
def test_late_policy_of_the_guide_takes_off_a_tenth_a_day(hours, penalty):
    (policy,) = [block for block in code_blocks(INSTRUCTORS, "python") if "TenthADay" in block]
    late = configured(policy).AssignLatePenalties.plugin_class()
    assert late.late_submission_penalty("ada", 10, hours * 3600) == penalty


def test_pattern_of_the_guide_finds_student_time_and_file():
    (pattern,) = [block for block in code_blocks(INSTRUCTORS, "python") if "named_regexp" in block]
    found = re.match(
        configured(pattern).FileNameCollectorPlugin.named_regexp, "/course/extracted/ada_2027-01-18-11-58-03_02-convolution (2).ipynb"
    )
    assert found.groupdict() == {"student_id": "ada", "timestamp": "2027-01-18-11-58-03", "file_id": "02-convolution"}


# --- the reproduction ---


def numbers(text):
    return set(re.findall(r"\d[\d,.]*\d%?|\d", text))


def test_every_number_of_the_reproduction_is_a_measured_one():
    prose = re.sub(r"\]\([^)]*\)|`[^`]*`|^```.*?^```|[Ll]essons? \d+", "", REPRODUCTION, flags=re.MULTILINE | re.DOTALL)
    own = {"30"}  # seeds, 20 and 10 together
    assert numbers(prose) - own <= numbers(RESULTS)


def test_its_tables_are_computed_ones():
    rows = {line for line in REPRODUCTION.splitlines() if re.match(r"\| (\d+|raw|scaled|published) \|", line)}
    assert len(rows) == 13 and rows <= set(RESULTS.splitlines())


def test_a_number_that_nobody_measured_is_noticed():
    assert numbers("an accuracy of 0.9911") - numbers(RESULTS) == {"0.9911"}


# --- measured thresholds ---


def test_thresholds_on_the_page_about_marks_are_those_of_the_checks():
    calibration = json.loads((ROOT / reproduce.CALIBRATION).read_text())
    chances = [report.one_in(calibration[pixels]["chance_below"]).replace("1 in", "1 of") for pixels in ("raw", "scaled")]
    rows = dict(re.findall(r"^\| (\d+), .+? \| (.+) \|$", GRADING, re.MULTILINE))
    assert f"{test_02_convolution.DIGITS:,} digits within {test_02_convolution.SECONDS} seconds" in rows["2"]
    assert f"{test_07_learning.ASKED * 100:.0f} % of {test_07_learning.HELD_OUT:,} new digits" in rows["7"]
    assert f"{calibration['threshold']}" in rows["9"] and all(chance in rows["9"] for chance in chances)
    assert "{:.1f}, {:.1f} and {:.1f} %".format(*(mark * 100 for mark in test_11_capstone.MARKS)) in rows["11"]
    means = [f"{calibration[pixels]['mean'] - 1e-9:.4f}" for pixels in ("raw", "scaled")]
    assert all(mean in GRADING for mean in means) and f"1 in {1 / calibration['largest_chance']:,.0f}" in GRADING


# --- the glossary ---

ENTRY = re.compile(r"^\*\*(.+?)\*\* · (.+?) \(\[lesson (\d+)\]\(lessons/([\w-]+)\.md\)\)$", re.MULTILINE)
TERMS = ENTRY.findall(re.sub(r"(?<!\n)\n(?!\n)", " ", GLOSSARY.strip()))  # a paragraph in a line


def text_of(lesson):
    return " ".join("".join(cell["source"]) for cell in lesson.notebook["cells"]).lower()


def test_every_paragraph_of_the_glossary_is_an_entry():
    paragraphs = [text for text in GLOSSARY.split("## A\n\n")[1].strip().split("\n\n") if not text.startswith("#")]
    assert len(paragraphs) == len(TERMS)


def test_terms_stand_in_their_order_and_under_their_letter():
    names = [name.lower() for name, *_ in TERMS]
    assert names == sorted(set(names))
    for letter, section in re.findall(r"^## (\w)\n(.*?)(?=^## |\Z)", GLOSSARY, re.MULTILINE | re.DOTALL):
        initials = re.findall(r"^\*\*(\w).*?\*\* · ", section, re.MULTILINE)
        assert initials and {initial.upper() for initial in initials} == {letter}


@pytest.mark.parametrize("number", LESSONS)
def test_terms_are_taught_where_the_glossary_says(number):
    text = text_of(LESSONS[number])
    terms = [(name, link) for name, _, where, link in TERMS if int(where) == number]
    assert terms and all(link == LESSONS[number].name for _, link in terms)
    for name, _ in terms:
        missing = [word for word in re.findall(r"[\w-]+", name.lower()) if not re.search(rf"\b{word[:8]}", text)]
        assert not missing, name


def test_what_an_entry_refers_to_is_an_entry():
    known = {part for name, *_ in TERMS for part in name.lower().split(", ")}
    assert all(re.sub(r"^see \*(.+)\*\.$", r"\1", entry.lower()) in known for _, entry, *_ in TERMS if entry.startswith("See "))


def test_histories_hold_as_many_runs_as_the_page_says():
    with (ROOT / reproduce.RESULTS / "histories.csv").open(newline="") as file:
        runs = {(row["pixels"], row["seed"]) for row in csv.DictReader(file)}
    assert len(runs) == 30 and "all 30 seeds" in REPRODUCTION
