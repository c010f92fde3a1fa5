"""A lesson's page, as Markdown, from its executed solution: read like the notebook, figures in their places, answers folded away."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bleach.sanitizer import Cleaner

from autograder.cells import as_released
from autograder.feedback import TAGS, UNSPOKEN
from autograder.lessons import Lesson
from figures import NotAFigure, themed

SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION\n?", re.DOTALL | re.MULTILINE)
YEAR = re.compile(r"^(?! *\d+\. )(.+\n +)(?!1\. )(\d+)\. ", re.MULTILINE)  # at the beginning of a line, where Python-Markdown sees a list
HINT = re.compile(r"<details>\s*(<summary>.+?</summary>)(.+?)</details>", re.DOTALL)
PLACE = re.compile(r'<figure class="figure" id="figure-([\w-]+)"></figure>')
WIDGET = "application/vnd.jupyter.widget-view+json"
SHORT = 6  # lines; the code of a figure that is longer is folded away

# Tables and preformatted text, in the page's own colours.
CLEANER = Cleaner(TAGS - {"a", "img"}, {"td": ["colspan", "rowspan"], "th": ["colspan", "rowspan"]}, strip=True)


class NotAPage(Exception):
    """A lesson that cannot be shown; the message names the lesson and the cell."""


class _Failed(Exception):
    """A cell had raised an exception."""


@dataclass(frozen=True)
class Page:
    """A page in Markdown, with a place (`PLACE`) for each figure, and the figures by the ids of their cells.

    Figures come in last: nothing that reads the page before, the search for one, has a use for the numbers in them.
    """

    markdown: str
    figures: dict[str, str]


def lesson_page(lesson: Lesson, solution: dict, titles: dict[str, str], hide_solutions: bool = False) -> Page:
    """The page of a lesson.

    solution: its executed notebook; titles: those of all lessons, by name; hide_solutions: leave out the answers, for a class that is
    still at work on them.

    Raises NotAPage when a figure has no alt text or cannot be shown, and when a cell had failed.
    """
    tasks = {f"{exercise.id}_task" for exercise in lesson.exercises}
    last_cells = {exercise.grade_id for exercise in lesson.exercises}
    blocks: list[str] = []
    figures: dict[str, str] = {}
    for cell in solution["cells"]:
        name = cell["id"]
        if name in tasks:
            blocks.append('<div class="exercise" markdown="1">')
        try:
            if name == "title":
                blocks += _head(lesson, _text(cell["source"]), titles)
            elif cell["cell_type"] == "markdown":
                blocks += _prose(cell, hide_solutions)
            else:
                blocks += _code(cell, lesson, figures, hide_solutions)
        except NotAFigure as error:
            raise NotAPage(f"Lesson {lesson.name}, cell {name!r}: the figure cannot be shown, because {error}.") from None
        except _Failed as error:
            raise NotAPage(f"Lesson {lesson.name}, cell {name!r}: the solution failed when it was executed ({error}).") from None
        if name in last_cells:
            blocks.append("</div>")
    return Page("\n\n".join(blocks) + "\n", figures)


def contents_page(lessons: Iterable[Lesson]) -> str:
    """The page that lists the lessons, each in its own words."""
    blocks = [
        "---\nhide:\n  - toc\n---",
        "# Lessons",
        "Every lesson is a notebook. Read it here, or download it and work through it: the text is the same.",
    ]
    for lesson in lessons:
        facts = lesson.front_matter
        introduction = _text(lesson.notebook["cells"][0]["source"]).split("\n\n")[1]
        worth = f"{facts['Minutes']} minutes, {_points(facts['Points'])}"
        blocks += [f"## [{facts['title']}]({lesson.name}.md)", introduction, f"{worth}\n{{ .facts }}"]
    return "\n\n".join(blocks) + "\n"


# --- cells ---


def _head(lesson: Lesson, source: str, titles: dict[str, str]) -> list[str]:
    """Title and introduction; then what the notebook's table says: objectives, time, points, what comes before."""
    title, introduction = source.split("\n\n")[:2]
    facts = lesson.front_matter
    before = re.sub(r"\b\d\d-[a-z]+\b", lambda name: f"[{titles[name[0]]}]({name[0]}.md)", facts["Before this"])
    return [
        title,
        introduction,
        '<div class="lesson" markdown="1">\n\n<div markdown="1">',
        "**You will be able to**",
        "\n".join(f"- {objective}" for objective in facts["You will be able to"].split("; ")),
        '</div>\n\n<div markdown="1">',
        f"**Time**{{ .term }} {facts['Minutes']} minutes",
        f"**Worth**{{ .term }} {_points(facts['Points'])}",
        f"**Before this**{{ .term }} {before}",
        f'[Download the notebook]({lesson.name}.ipynb){{ .md-button .md-button--primary download="{lesson.name}.ipynb" }}',
        "</div>\n\n</div>",
    ]


def _prose(cell: dict, hide_solutions: bool) -> list[str]:
    text = _text(cell["source"])
    answers = [found[2].strip() for found in SOLUTION.finditer(text + "\n")]
    if answers:
        return [] if hide_solutions else _folded("solution", "A sample answer", answers)
    text = YEAR.sub(r"\1\2\\. ", text)
    return [HINT.sub(lambda hint: f'<details class="hint" markdown="1">\n{hint[1]}\n{hint[2]}</details>', text)]


def _code(cell: dict, lesson: Lesson, figures: dict[str, str], hide_solutions: bool) -> list[str]:
    source, name = _text(cell["source"]), cell["id"]
    for exercise in lesson.exercises:
        if exercise.grade_id == name:
            points = _points(f"{exercise.points:g}" + " bonus" * exercise.bonus)
            return [f'<p class="check">Run <code>{html.escape(source, quote=False)}</code> in your notebook: {points}.</p>']
    outputs = _outputs(cell, figures)
    if SOLUTION.search(source):
        answer = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", source, flags=re.MULTILINE)
        return [_fenced(as_released(source)), *([] if hide_solutions else _folded("solution", "A solution", [_fenced(answer)])), *outputs]
    if name in figures and source.count("\n") >= SHORT:
        return [*outputs, *_folded("code", "The code of this figure", [_fenced(source)])]
    return [_fenced(source), *outputs]


def _outputs(cell: dict, figures: dict[str, str]) -> list[str]:
    """What a cell showed, as blocks; its figure goes to `figures`."""
    blocks: list[str] = []
    printed: list[str] = []  # since the last figure
    for output in cell["outputs"]:
        data = output.get("data", {})
        if output["output_type"] == "error":
            raise _Failed(f"{output['ename']}: {output['evalue']}")
        if "image/svg+xml" in data or "image/png" in data:
            blocks += _shown(printed)
            printed.clear()
            blocks.append(_figure(cell, data, figures))
        elif WIDGET in data:
            blocks.append("In the notebook, you draw here. On this site you can draw [on the live page](../live/network.md).")
        elif "text/html" in data:
            cleaned = CLEANER.clean(UNSPOKEN.sub("", _text(data["text/html"])))
            printed.append(cleaned.replace("<pre>", "<pre><code>").replace("</pre>", "</code></pre>"))
        else:
            text = _text(output.get("text") or data.get("text/plain", ""))
            printed.append(f"<pre><code>{html.escape(text, quote=False)}</code></pre>")
    return blocks + _shown(printed)


def _figure(cell: dict, data: dict, figures: dict[str, str]) -> str:
    if cell["id"] in figures:
        raise NotAFigure("its cell draws another one, and an alt text describes one figure")
    if "image/svg+xml" not in data:
        raise NotAFigure("it is no SVG: run `make solutions`")
    figures[cell["id"]] = themed(_text(data["image/svg+xml"]), cell["metadata"].get("alt", ""), f"f{len(figures)}")
    return place(cell["id"])


# --- pieces ---


def place(name: str) -> str:
    """Where the figure of that name comes in."""
    return f'<figure class="figure" id="figure-{name}"></figure>'


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _points(stated: str) -> str:
    return f"{stated} point{'' if stated in ('1', '1 bonus') else 's'}"


def _fenced(source: str) -> str:
    return f"```python\n{source.rstrip()}\n```"


def _shown(printed: list[str]) -> list[str]:
    return [f'<div class="output">{"".join(printed)}</div>'] if printed else []


def _folded(kind: str, summary: str, blocks: list[str]) -> list[str]:
    """Blocks that show when a reader asks for them. The search does not look there: an answer is not what it should find."""
    return [f'<details class="{kind}" data-search-exclude="" markdown="1">\n<summary>{summary}</summary>', *blocks, "</details>"]
