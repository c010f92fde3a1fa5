"""The website's pages of the lessons: they show what the notebooks show, readably in light and dark, and hide what is to be hidden."""

import base64
import copy
import io
import json
import os
import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from markdown import Markdown
from markdown_it import MarkdownIt
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from PIL import Image

import home
import lesson_pages
from autograder.lessons import all_lessons
from course import run
from figures import NotAFigure, themed
from lesson_pages import NotAPage, contents_page, lesson_page
from solutions import tidy
from student_notebook import student_notebook
from test_lessons import leaks, source

ROOT = Path(__file__).parents[1]
LESSONS = all_lessons()
TITLES = {name: lesson.front_matter["title"] for name, lesson in LESSONS.items()}
FORMULA = re.compile(r"\$\$.+?\$\$|\$(?:[^$\n]|\n(?!\n))+\$", re.DOTALL)
every_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)


def solution(lesson):
    return json.loads((ROOT / "solutions" / lesson.name / f"{lesson.name}.ipynb").read_text(encoding="utf-8"))


def page(lesson, notebook=None, **options):
    return lesson_page(lesson, notebook or solution(lesson), TITLES, **options)


@pytest.fixture(scope="module")
def config():
    os.environ.pop("HIDE_SOLUTIONS", None)
    return load_config(str(ROOT / "mkdocs.yml"))


@pytest.fixture(scope="module")
def hook(config):
    return config.hooks["website/hook.py"]


@pytest.fixture(scope="module")
def rendered(config):
    """The HTML of a text in Markdown, as the website makes it."""

    def render(text):
        return Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs).convert(text)

    return render


@pytest.fixture
def planted():
    """The solution of a lesson, to be spoilt, and its cells."""
    notebook = copy.deepcopy(solution(LESSONS["02-convolution"]))
    return notebook, {cell["id"]: cell for cell in notebook["cells"]}


class Seen(HTMLParser):
    """What a reader sees of a page: its words, and the kinds of its parts."""

    PARTS = frozenset({"h2", "h3", "h4", "ul", "ol", "li", "table", "th", "td", "code", "em", "strong", "pre", "details", "summary"})

    def __init__(self, markup):
        super().__init__()
        self.words, self.parts = "", Counter()
        self.feed(markup)
        self.words = " ".join(self.words.replace("¶", "").split())

    def handle_data(self, data):
        self.words += data

    def handle_starttag(self, tag, attributes):
        if tag in self.PARTS:
            self.parts[tag] += 1


# --- the pages ---


@every_lesson
def test_prose_reads_as_it_does_in_jupyter(lesson, rendered):
    jupyter = MarkdownIt("commonmark").enable("table")
    for cell in lesson.notebook["cells"][1:]:
        if cell["cell_type"] == "markdown" and "BEGIN SOLUTION" not in source(cell):
            [text] = lesson_pages._prose(cell, hide_solutions=False)
            text, original = (FORMULA.sub("formula", text) for text in (text, source(cell)))
            ours, theirs = Seen(rendered(text)), Seen(jupyter.render(original))
            assert ours.words == theirs.words, cell["id"]
            assert ours.parts == theirs.parts, cell["id"]


@every_lesson
def test_every_formula_is_set(lesson, rendered):
    for cell in lesson.notebook["cells"]:
        if cell["cell_type"] == "markdown":
            formulas = len(FORMULA.findall(re.sub(r"`[^`]*`", "", source(cell))))
            text = "\n\n".join(lesson_pages._prose(cell, hide_solutions=False))
            assert rendered(text).count('class="arithmatex"') == formulas, cell["id"]


@every_lesson
def test_page_has_a_place_for_every_figure_and_says_what_each_shows(lesson):
    made = page(lesson)
    described = {cell["id"]: cell["metadata"]["alt"] for cell in lesson.notebook["cells"] if "alt" in cell["metadata"]}
    shown = {name: unescape(re.search(r'aria-label="(.*?)"', figure)[1]) for name, figure in made.figures.items()}
    assert lesson_pages.PLACE.findall(made.markdown) == list(shown)
    assert shown == {name: alt for name, alt in described.items() if name in shown}
    assert len(shown) >= 3


@every_lesson
def test_no_two_figures_of_a_page_share_an_id(lesson):
    ids = [found for figure in page(lesson).figures.values() for found in re.findall(r' id="(.+?)"', figure)]
    assert len(ids) == len(set(ids)) > 0


@every_lesson
def test_parts_of_a_page_are_closed_where_they_should_be(lesson, rendered):
    markup = rendered(page(lesson).markdown)
    tasks = re.findall(r'<div class="exercise">.*?</div>\s*(?=<h|<p|<div class="h|<details|<figure|$)', markup, re.DOTALL)
    assert len(tasks) == len(lesson.exercises)
    assert markup.count("<details") == markup.count("</details>")
    assert 'markdown="1"' not in markup
    assert "```" not in markup


def test_page_begins_with_what_the_lesson_asks_and_gives():
    text = page(LESSONS["02-convolution"]).markdown
    head = text[: text.index("</div>\n\n</div>")]
    assert head.startswith("# 2. One filter, then 28\n\nIn lesson 1 you compared")
    assert "- predict the size of a layer's output from window, stride and padding\n" in head
    assert "75 minutes" in head and "14 points" in head
    assert "[1. Digits as numbers](01-pixels.md)" in head
    assert "[Download the notebook](02-convolution.ipynb)" in head


def test_hints_and_solutions_are_folded_away(rendered):
    markup = rendered(page(LESSONS["02-convolution"]).markdown)
    assert len(re.findall(r'<details class="hint">\s*<summary>Hint [123]</summary>\s*<p>', markup)) == 15
    folded = re.findall(
        r'<details class="solution" data-search-exclude="">\s*<summary>A solution</summary>.*?</details>', markup, re.DOTALL
    )
    assert len(folded) == 5
    assert "stride" in folded[0] and "raise" not in folded[0]
    assert markup.count("NotImplementedError") == 5
    assert len(re.findall(r"<summary>A sample answer</summary>", markup)) == 1


def test_check_cells_say_what_they_are_worth():
    assert 'Run <code>check("output_size")</code> in your notebook: 2 points.' in page(LESSONS["02-convolution"]).markdown
    assert 'Run <code>check("max_pool2d_gradient")</code> in your notebook: 2 bonus points.' in page(LESSONS["07-learning"]).markdown


def test_short_code_of_a_figure_stands_above_it_and_long_code_is_folded_below():
    text = page(LESSONS["01-pixels"]).markdown
    assert re.search(r'```python\nshow_digits\(x_train\[:16\].*?\n```\n\n<figure class="figure" id="figure-first-digits">', text)
    assert re.search(r'id="figure-a-seven-in-numbers"></figure>\n\n<details class="code" .*>\n<summary>The code of this figure', text)


def test_what_a_cell_printed_stands_below_it(rendered):
    markup = rendered(page(LESSONS["01-pixels"]).markdown)
    assert "<pre><code>pixels:             784\nof them bare paper: 668\n" in markup
    summary = rendered(page(LESSONS["08-network"]).markdown)
    assert "Model: " in summary and "607,394" in summary


def test_a_widget_is_replaced_by_the_way_to_the_live_page():
    assert "[on the live page](../live/network.md)" in page(LESSONS["10-evaluation"]).markdown


@every_lesson
def test_class_in_progress_sees_no_solution(lesson):
    shown, hidden = page(lesson).markdown, page(lesson, hide_solutions=True).markdown
    assert leaks(lesson.notebook, hidden) == []
    assert "A solution" not in hidden and "A sample answer" not in hidden
    assert leaks(lesson.notebook, shown)  # and the gate notices them where they are


def test_contents_page_lists_the_lessons_in_their_own_words():
    text = contents_page(LESSONS.values())
    assert re.findall(r"^## \[(.+)\]\((.+)\.md\)$", text, re.MULTILINE) == [(title, name) for name, title in TITLES.items()]
    assert "In lesson 1 you compared whole images" in text and "75 minutes, 14 points" in text


# --- faults ---


def test_figure_without_alt_text_stops_the_build_with_a_sentence(planted):
    notebook, cells = planted
    cells["flip"]["metadata"]["alt"] = " "
    with pytest.raises(NotAPage, match=r"^Lesson 02-convolution, cell 'flip': the figure cannot be shown, because it has no alt text\.$"):
        page(LESSONS["02-convolution"], notebook)


def test_sentence_is_what_the_build_ends_with(config, hook, monkeypatch):
    def refuse(*_):
        raise NotAPage("Lesson 02-convolution, cell 'flip': no.")

    monkeypatch.setattr(lesson_pages, "lesson_page", refuse)
    with pytest.raises(PluginError, match=r"^Lesson 02-convolution, cell 'flip': no\.$"):
        hook.on_files(Files([]), config)


def test_second_figure_of_a_cell_is_refused(planted):
    notebook, cells = planted
    cells["flip"]["outputs"] *= 2
    with pytest.raises(NotAPage, match=r"'flip'.*draws another one"):
        page(LESSONS["02-convolution"], notebook)


def test_figure_that_is_no_svg_is_refused(planted):
    notebook, cells = planted
    cells["flip"]["outputs"][0]["data"] = {"image/png": "iVBORw0KGgo="}
    with pytest.raises(NotAPage, match=r"'flip'.*run `make solutions`"):
        page(LESSONS["02-convolution"], notebook)


def test_solution_that_failed_is_refused(planted):
    notebook, cells = planted
    cells["setup"]["outputs"] = [{"output_type": "error", "ename": "NameError", "evalue": "name 'x' is not defined", "traceback": []}]
    with pytest.raises(NotAPage, match=r"cell 'setup': the solution failed.*name 'x' is not defined"):
        page(LESSONS["02-convolution"], notebook)


def test_html_that_a_cell_showed_is_cleaned(planted):
    notebook, cells = planted
    dirty = "<style>td {color: red}</style><script>alert(1)</script><table onclick='x()' style='color: red'><td colspan='2'>28</td></table>"
    cells["setup"]["outputs"] = [{"output_type": "display_data", "data": {"text/html": dirty}, "metadata": {}}]
    text = page(LESSONS["02-convolution"], notebook).markdown
    assert '<div class="output"><table><tbody><tr><td colspan="2">28</td></tr></tbody></table></div>' in re.sub(r"\s*\n\s*", "", text)
    assert "alert" not in text and "color: red" not in text and "onclick" not in text


def test_text_that_a_cell_printed_is_no_markup(planted, rendered):
    notebook, cells = planted
    cells["setup"]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "<b>a</b> & b\n\n# c\n\n    d"}]
    assert "<pre><code>&lt;b&gt;a&lt;/b&gt; &amp; b\n\n# c\n\n    d</code></pre>" in rendered(
        page(LESSONS["02-convolution"], notebook).markdown
    )


# --- figures ---


def drawn(draw):
    """A figure as an executed solution holds it. `draw` is given its axes, which are 100 points wide and high."""
    settings = matplotlib.rc_params_from_file(ROOT / "tools" / "matplotlibrc", use_default_template=False)
    with matplotlib.rc_context(settings):
        figure = plt.figure(figsize=(200 / 72, 200 / 72))
        draw(figure.add_axes([0.25, 0.25, 0.5, 0.5]))
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
        plt.close(figure)
    return file.getvalue()


def colour_of(text, svg):
    """The colour of the words `text` in a figure."""
    return re.search(rf'<text [^>]*style="[^"]*fill:([^;"]+)[^>]*>{text}</text>', svg)[1]


def test_words_follow_light_and_dark_except_on_pictures_and_coloured_areas():
    def draw(axis):
        axis.imshow(np.zeros((2, 2)), cmap="gray_r", extent=(0, 1, 0, 1))
        axis.add_patch(plt.Rectangle((1.2, 0), 1, 1, facecolor="tab:blue"))
        axis.set(xlim=(0, 2.2), ylim=(0, 2), aspect="auto", title="above")
        axis.text(0.5, 0.4, "on the picture", ha="center")
        axis.text(1.7, 0.4, "on blue", ha="center", color="white")
        axis.text(1.1, 1.5, "on paper", ha="center")
        axis.text(1.1, 1.8, "pale", ha="center", color="0.6")

    svg = themed(drawn(draw), "words", "f0")
    assert colour_of("on the picture", svg) == "#000000"
    assert colour_of("on blue", svg) == "#ffffff"
    assert colour_of("on paper", svg) == colour_of("above", svg) == "var(--ink)"
    assert colour_of("pale", svg) == "color-mix(in srgb,var(--ink) 40%,var(--paper))"


def test_what_lies_uppermost_is_the_ground_of_words():
    def draw(axis):
        axis.add_patch(plt.Rectangle((0, 0), 1, 1, facecolor="tab:blue", linewidth=0))
        axis.plot([0, 1], [0, 1], color="tab:red", label="legend")
        axis.legend(loc="center", framealpha=1)
        axis.text(0.5, 0.1, "on blue")

    def veiled(axis):
        axis.add_patch(plt.Rectangle((0, 0), 1, 1, facecolor="tab:blue", alpha=0.2))
        axis.text(0.5, 0.1, "on a veil")

    assert colour_of("on blue", themed(drawn(draw), "a legend", "f0")) == "#000000"
    assert colour_of("on a veil", themed(drawn(veiled), "a veil", "f0")) == "var(--ink)"


def test_lines_and_axes_follow_and_colours_stay():
    def draw(axis):
        axis.plot([0, 1], [0, 1], color="black")
        axis.plot([0, 1], [1, 0], color="tab:orange")

    svg = themed(drawn(draw), "lines", "f0")
    assert "#000000" not in svg and "#ffffff" not in svg
    assert "stroke:var(--ink)" in svg and "stroke:#ff7f0e" in svg


def test_formulas_follow_too():
    svg = themed(drawn(lambda axis: axis.set_title(r"$\frac{x}{2}$")), "a formula", "f0")
    assert re.search(r'<g [^>]*style="[^"]*fill:var\(--ink\)[^>]*><text><tspan', svg)
    assert "#000000" not in svg


def test_drawings_kept_as_pixels_follow_and_are_no_ground():
    def draw(axis):
        axis.plot(np.linspace(0, 1, 9), np.linspace(0, 1, 9), "o", color="black", rasterized=True)
        axis.text(0.5, 0.1, "on dots")

    def coloured(axis):
        axis.plot([0, 1], [0, 1], "o", color="tab:blue", rasterized=True)

    svg = themed(drawn(draw), "dots", "f0")
    assert re.search(r'<image [^>]*class="ink"', svg)
    assert colour_of("on dots", svg) == "var(--ink)"
    assert 'class="ink"' not in themed(drawn(coloured), "blue dots", "f0")


def test_hatching_follows_too_where_it_lies_on_paper():
    def draw(axis):
        axis.bar([0], [1], hatch="//", facecolor="0.8", edgecolor="black")
        axis.text(0, 0.5, "on stripes")

    svg = themed(drawn(draw), "a striped bar", "f0")
    assert re.search(r'<rect [^>]*style="fill:color-mix\(in srgb,var\(--ink\) 20%,var\(--paper\)\)"', svg)
    assert colour_of("on stripes", svg) == "var(--ink)"
    assert "#000000" not in svg


def test_ground_of_the_figure_is_left_out():
    svg = themed(drawn(lambda axis: axis.axis("off")), "nothing", "f0")
    assert "<path" not in svg


@pytest.mark.parametrize("cmap", ["gray_r", "viridis"])
def test_pictures_keep_every_pixel_and_become_smaller(cmap):
    digit = np.random.default_rng(0).integers(0, 256, (28, 28))
    svg = drawn(lambda axis: axis.imshow(digit, cmap=cmap))
    before, after = (
        [base64.b64decode(data) for data in re.findall(r'base64,([^"]+)"', text)] for text in (svg, themed(svg, "a digit", "f0"))
    )
    pixels = [np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) for [data] in (before, after)]
    assert pixels[0].shape == (28, 28, 4)
    assert np.array_equal(*pixels)
    assert len(after[0]) < len(before[0])


def test_same_figure_gives_the_same_bytes_and_another_place_other_ids():
    def draw(axis):
        axis.scatter([0, 1], [1, 2])
        axis.imshow(np.eye(2))

    first, second = drawn(draw), drawn(draw)
    assert first == second
    here, there = themed(first, "a figure", "f0"), themed(first, "a figure", "f1")
    assert set(re.findall(r' id="(.+?)"', here)).isdisjoint(re.findall(r' id="(.+?)"', there))
    for text in (here, there):
        assert set(re.findall(r'(?:href="#|url\(#)([\w-]+)', text)) == set(re.findall(r' id="(.+?)"', text)) != set()


def test_alt_text_is_one_attribute_whatever_it_holds():
    svg = themed(drawn(lambda axis: None), 'a "7" < 8 & more', "f0")
    assert 'role="img"' in svg
    assert unescape(re.search(r'aria-label="(.*?)"', svg)[1]) == 'a "7" < 8 & more'


@pytest.mark.parametrize("text", ["", "<svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(NotAFigure, match="cannot be read"):
        themed(text, "a figure", "f0")


# --- what else the site makes ---


def test_download_is_what_nbgrader_releases(tmp_path, monkeypatch):
    from nbgrader.converters import GenerateAssignment

    monkeypatch.chdir(tmp_path)
    for name in ("nbgrader_config.py", "lessons"):
        (tmp_path / name).symlink_to(ROOT / name)
    run(GenerateAssignment, "02-convolution", tmp_path)
    released = (tmp_path / "release" / "02-convolution" / "02-convolution.ipynb").read_text(encoding="utf-8")
    assert json.loads(student_notebook(LESSONS["02-convolution"].path)) == json.loads(released)


def test_solution_keeps_nothing_of_when_it_was_executed():
    def executed(pieces, **metadata):
        printed = [{"output_type": "stream", "name": "stdout", "text": [piece]} for piece in pieces]
        figure = {"output_type": "display_data", "data": {"image/svg+xml": ["<svg>\n", "</svg>"]}, "metadata": {}}
        return {"cells": [{"cell_type": "code", "id": "a", "metadata": metadata, "outputs": [*printed, figure, *copy.deepcopy(printed)]}]}

    once = tidy(executed(["a\n", "b\n"], execution={"iopub.execute_input": "2026"}))
    assert once == tidy(json.loads(once))
    printed, figure, _ = json.loads(once)["cells"][0]["outputs"]
    assert printed["text"] == ["a\n", "b\n"]
    assert figure["data"] == {"image/svg+xml": "<svg>\n</svg>"}
    assert "iopub" not in once


def test_picture_on_the_home_page_shows_what_keras_computes():
    from autograder.mnist import load_mnist
    from autograder.network_file import load_network

    model, pixels = load_network()
    digit = load_mnist()[1][0][0]
    ours = home.activations(digit)
    values = digit[None, :, :, None].astype("float32") / (255 if pixels == "scaled" else 1)
    theirs = []
    for layer in model.layers:
        values = layer(values, training=False)
        theirs.append(np.asarray(values)[0])
    for name, keras in zip(ours, [theirs[0], theirs[1], theirs[3], theirs[5]], strict=True):
        np.testing.assert_allclose(ours[name], keras, rtol=1e-4, atol=1e-5)


def test_picture_on_the_home_page_leads_to_lessons():
    assert set(re.findall(r'href="lessons/(.+?)\.html"', home.picture())) < set(LESSONS)


def test_facts_are_those_of_the_course():
    facts = home.facts()
    assert (facts["lessons"], facts["points"], facts["bonus"]) == ("11", "100", "17")
    assert (facts["digits"], facts["parameters"]) == ("70,000", "607,394")


# --- the hook ---


@pytest.fixture
def written(config, hook):
    """A page of docs/ after the hook has read it, from its text."""

    def write(text, uri="grading.md", meta=None, repo_url="", hide_solutions=False):
        known = [uri, "index.md", "students.md", "lessons/01-pixels.md", "contributing.md"] + ["instructors/01-pixels.md"] * (
            not hide_solutions
        )
        files = Files([File(path, None, config.site_dir, use_directory_urls=False) for path in dict.fromkeys(known)])
        settings = SimpleNamespace(repo_url=repo_url, extra={"hide_solutions": hide_solutions})
        return hook.on_page_markdown(text, SimpleNamespace(file=files.get_file_from_path(uri), meta=meta or {}), settings, files)

    return write


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("[a](students.md#b)", "[a](students.md#b)"),
        ("[a](../lessons/01-pixels/01-pixels.ipynb)", "[a](lessons/01-pixels.md)"),
        ("[a](../CONTRIBUTING.md)", "[a](contributing.md)"),
        ("[a](../benchmarks/README.md#b)", "[a](https://host/us/blob/main/benchmarks/README.md#b)"),
        ("[a](../autograder/checks)", "[a](https://host/us/blob/main/autograder/checks)"),
        ("[a](../nowhere.md)", "[a](../nowhere.md)"),
        ("[a](https://example.org/b.md)", "[a](https://example.org/b.md)"),
        ("![a](images/network.svg)", "![a](images/network.svg)"),
    ],
)
def test_links_to_files_of_the_repository_lead_somewhere(written, link, becomes):
    assert written(link, repo_url="https://host/us") == becomes


def test_links_that_the_site_cannot_follow_become_words(written):
    assert written("See [what was measured](../benchmarks/README.md).") == "See what was measured."
    assert written("[A page](instructors/01-pixels.md)", repo_url="https://host/us", hide_solutions=True) == "A page"
    assert written("[A page](01-pixels.md)", uri="instructors/02-convolution.md") == "[A page](01-pixels.md)"


def test_page_can_show_a_file_of_the_repository(written):
    text = written("# Contributing", uri="contributing.md", meta={"source": "CONTRIBUTING.md"})
    assert text.startswith("# Contributing\n\n")
    assert text.count("# Contributing\n") == 1
    assert "## A lesson notebook" in text


def test_facts_take_their_places_and_unknown_ones_stop_the_build(written):
    assert written("{{ lessons }} lessons, ${{ secrets.X }}") == "11 lessons, ${{ secrets.X }}"
    with pytest.raises(PluginError, match=r"^grading\.md mentions what no module of website/ knows: lesons\.$"):
        written("{{ lesons }}")


def test_drawings_from_outside_docs_come_in_like_those_of_lessons(written, hook):
    text = written("![the curves](../solutions/results/curves.svg)", uri="students.md")
    assert text == lesson_pages.place("curves")
    assert 'aria-label="the curves"' in hook.figures["students.md"]["curves"]
    with pytest.raises(PluginError, match=r"^students\.md: it has no alt text$"):
        written("![](../solutions/results/curves.svg)", uri="students.md")


@pytest.fixture
def finished(hook):
    """A page after the last of the hook's steps, from its HTML."""

    def finish(body, uri="live/network.md", meta=None, repo_url=""):
        settings, page = SimpleNamespace(repo_url=repo_url), File(uri, None, "site", use_directory_urls=False)
        shown = SimpleNamespace(file=page, url=page.url, meta=meta or {}, title="A page & more", is_homepage=False)
        body = hook.on_page_content(body, page=shown, config=settings, files=Files([]))
        return hook.on_post_page(f"<html><head></head><body>{body}</body></html>", page=shown, config=settings)

    return finish


def test_reports_are_asked_for_where_there_is_a_place_for_them(finished):
    assert "Report a problem" not in finished("<p>x</p>")
    asked = finished("<p>x</p>", repo_url="https://host/us/")
    assert (
        '<a href="https://host/us/issues/new?title=A%20page%20%26%20more%20%28live/network.md%29%3A%20">Report a problem with this page</a>'
        in asked
    )


def test_page_loads_what_it_names_and_katex_where_it_has_formulas(finished):
    meta = {"styles": ["stylesheets/live.css"], "scripts": ["javascripts/pad.js"]}
    assert '<link rel="stylesheet" href="../stylesheets/live.css"></head>' in finished("<p>x</p>", meta=meta)
    assert finished("<p>x</p>", meta=meta).endswith('<script defer src="../javascripts/pad.js"></script></body></html>')
    assert "<script" not in finished("<p>x</p>")
    assert finished('<span class="arithmatex">x</span>').endswith('<script defer src="../javascripts/math.js"></script></body></html>')


def test_pages_are_mended_for_those_who_do_not_see_them_and_ask_no_other_host(finished, hook):
    theme = '<div data-md-component="search" role="dialog"></div><a data-md-component="source"></a><th style="x"></th><th>a</th>'
    mended = '<div data-md-component="search" role="dialog" aria-label="Search"></div><a></a><td style="x"></td><th>a</th>'
    assert mended in finished(theme)
    assert 'aria-label="Search"' in hook.on_post_template(theme, "404.html", None)


def test_navigation_lists_the_lessons_and_hides_the_instructors_pages(hook):
    nav = [{"Lessons": ["lessons/*"]}, {"More": ["a.md", "instructors/*", {"B": "b.md"}]}]
    lists = {"lessons/*": ["lessons/01-pixels.md"]}
    assert hook._listed(nav, lists) == [{"Lessons": ["lessons/01-pixels.md"]}, {"More": ["a.md", {"B": "b.md"}]}]
