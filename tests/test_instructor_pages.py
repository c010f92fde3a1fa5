"""The instructor's page of every lesson says what an instructor needs, and nothing that the lesson and its bank do not bear out."""

import re
from pathlib import Path

import pytest

from autograder.lessons import all_lessons
from bank import all_answers

PAGES = Path(__file__).parents[1] / "docs" / "instructors"
LESSONS = list(all_lessons().values())
SECTIONS = ["Time", "Common mistakes", "Rubric", "Questions for class"]
WRONG = {(answer.exercise, answer.name) for answer in all_answers() if not answer.right}


def rows(text):
    """The rows of the tables in a text, as lists of cells, without the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {index for index, line in enumerate(lines[1:]) if re.fullmatch(r"\|[\s:|-]+\|", line)}
    found = [line for index, line in enumerate(lines) if index not in heads and index - 1 not in heads]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in found]


def sections(page):
    return dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))


def number(text):
    return float(re.search(r"\d+(?:\.\d+)?", text).group())


def faults(lesson, page):
    """What is wrong with a lesson's page."""
    if list(sections(page)) != SECTIONS:
        return [f"the sections are {list(sections(page))}"]
    time, mistakes, rubric, questions = sections(page).values()
    found = []
    minutes = sum(number(row[1]) for row in rows(time))
    if minutes != number(lesson.front_matter["Minutes"]):
        found.append(f"the minutes add up to {minutes:g}, and the lesson says {lesson.front_matter['Minutes']}")
    named = [(row[0].strip("`"), row[1].replace(r"\|", "|")) for row in rows(mistakes)]
    found += [f"the bank has no wrong answer {name!r} to {exercise}" for exercise, name in named if (exercise, name) not in WRONG]
    checked = {exercise.id for exercise in lesson.exercises if not exercise.manual}
    found += [f"no mistake is named for {exercise}" for exercise in sorted(checked - {exercise for exercise, _ in named})]
    [reflection] = [exercise for exercise in lesson.exercises if exercise.manual]
    if sum(number(row[0]) for row in rows(rubric)) != reflection.points:
        found.append(f"the rubric does not add up to {reflection.points:g} points")
    samples = [number(points) for points in re.findall(r"^### (\d[\d.]*) points?$", rubric, re.MULTILINE)]
    if len(samples) < 3 or samples[0] != reflection.points or samples[-1] != 0:
        found.append(f"the sample answers earn {samples}")
    if len(re.findall(r"<details>\s*<summary>.+?</summary>\n\n.+?</details>", questions, re.DOTALL)) < 5:
        found.append("fewer than five questions have answers")
    return found


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_page_says_what_an_instructor_needs(lesson):
    assert faults(lesson, (PAGES / f"{lesson.name}.md").read_text(encoding="utf-8")) == []


def test_there_is_a_page_for_every_lesson_and_no_other():
    assert {path.stem for path in PAGES.glob("*.md")} - {"index"} == {lesson.name for lesson in LESSONS}


# --- and with a fault planted ---


@pytest.fixture
def page():
    return (PAGES / "02-convolution.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (r"^## Rubric", "## Marking", "the sections are"),
        (r"^(\| `?relu`? \| )[^|]+", r"\1has never been made ", "the bank has no wrong answer"),
        (r"^\| `?relu`? \|.*\n", "", "no mistake is named for relu"),
        (r"^### 0 points$", "### 1 point", "the sample answers earn"),
        (r"<summary>", "<p>", "fewer than five questions"),
    ],
)
def test_gate_notices(page, old, new, said):
    one_row = re.sub(r"^\| `?relu`? \|.*\n(?=\| `?relu`?)", "", page, flags=re.MULTILINE)  # for an exercise that has several
    changed = re.sub(old, new, one_row, flags=re.MULTILINE)
    assert changed != one_row
    assert said in "; ".join(faults(all_lessons()["02-convolution"], changed))
