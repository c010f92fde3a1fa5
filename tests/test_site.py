"""The website, as its readers get it: opened page by page in a browser, from a server and from a disk, with no other host in reach.

Each gate is a function of a folder or a page, and is held against a planted fault as well.
"""

import itertools
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from PIL import Image, ImageStat

import screenshots
import serve
from autograder.lessons import all_lessons
from browser import DESKTOP, ROOT, BuildFailed, build, look_at

LESSONS = list(all_lessons())
LIVE = ["live/network.html", "live/convolution.html", "live/table.html"]
KILOBYTE = 1000
VERSIONS = itertools.count()
LESSON_WEIGHT, LIVE_WEIGHT = 150 * KILOBYTE, 700 * KILOBYTE


def pages(folder):
    """The site's pages, as addresses below its own."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


# --- the gates ---


def dead_links(folder):
    """What lychee finds wrong with the links, and the fragments, of a folder of pages; what is on other hosts is left alone."""
    lychee, options = Path(sys.executable).with_name("lychee"), "--offline --include-fragments --no-progress --format json --root-dir"
    done = subprocess.run([lychee, *options.split(), folder, folder], capture_output=True, text=True)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["total"] > 0
    return [f"{Path(page).relative_to(folder)}: {each['url']}" for page, errors in found["error_map"].items() for each in errors]


def weight(folder, address, requests):
    """Bytes that a browser is sent for these requests, with what is text compressed."""
    paths = {request.removeprefix(address).split("?")[0].split("#")[0] for request in requests if request.startswith(address)}
    return sum(len(serve.sent(folder / path)) for path in paths)


@dataclass
class Site:
    """A folder of pages that is being served."""

    folder: Path
    address: str


@pytest.fixture(scope="module")
def served(site):
    with serve.serving(site) as address:
        yield Site(site, address)


@pytest.fixture
def planted(tmp_path):
    """A page with nothing wrong, served; `write` puts something into it."""
    with serve.serving(tmp_path) as address:
        yield Planted(tmp_path, address)


@dataclass
class Planted(Site):
    def write(self, body="", head=""):
        text = f"<!doctype html><html lang=en><head><title>A page</title><link rel=icon href=data:,>{head}</head>"
        (self.folder / "page.html").write_text(f"{text}<body><main><h1>A page</h1>{body}</main></body></html>")
        return f"{self.address}page.html?{next(VERSIONS)}"  # nothing that the browser knows already


@pytest.fixture(scope="module", params=["light", "dark"])
def looks(request, browser, served):
    """A look at every page, in light or in dark, by its path."""
    with browser.new_context(color_scheme=request.param, viewport=DESKTOP) as context:
        return {page: look_at(context, served.address + page, with_axe=True) for page in pages(served.folder)}


def all_of(looks, what):
    return [f"{page}: {each}" for page, look in looks.items() for each in getattr(look, what)]


@pytest.fixture(scope="module")
def context(browser):
    with browser.new_context(viewport=DESKTOP) as opened:
        yield opened


# --- what is there ---


def test_every_lesson_guide_and_live_page_is_there(site):
    guides = ["index", "students", "instructors", "reproduction", "grading", "glossary", "api", "contributing"]
    lessons = [f"{folder}/{name}" for folder in ("lessons", "instructors") for name in LESSONS]
    assert {f"{name}.html" for name in guides + lessons} | set(LIVE) <= set(pages(site))


def test_every_lesson_offers_its_notebook_as_students_get_it(site):
    for name in LESSONS:
        page = (site / "lessons" / f"{name}.html").read_text()
        (link,) = set(re.findall(r'href="([^"]+\.ipynb)"', page))
        notebook = (site / "lessons" / link).resolve().read_text()
        assert "YOUR CODE HERE" in notebook and "BEGIN SOLUTION" not in notebook, name


# --- the build ---


def configuration(folder, **pages):
    """An mkdocs.yml like the site's, for these pages alone."""
    (folder / "docs").mkdir()
    for name, text in pages.items():
        (folder / "docs" / f"{name}.md").write_text(text)
    path = folder / "mkdocs.yml"
    path.write_text(
        f"site_name: A site\ndocs_dir: {folder}/docs\ntheme: {{name: material, font: false}}\nvalidation: {{links: {{anchors: warn}}}}\n"
    )
    return path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# A\n\n[gone](nowhere.md)", "nowhere.md"),
        ("# A\n\n[gone](#nowhere)", "#nowhere"),
    ],
)
def test_build_notices_a_dead_link(tmp_path, text, sentence):
    with pytest.raises(BuildFailed, match=sentence):
        build(tmp_path / "site", configuration(tmp_path, index=text))


def test_the_sites_own_configuration_warns_of_the_same():
    assert re.search(r"^validation:\n(?:  .*\n)*    anchors: warn$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)


def test_build_that_wants_the_network_fails(tmp_path):
    path = configuration(tmp_path, index="# A")
    (tmp_path / "hook.py").write_text("import urllib.request\n\ndef on_config(config):\n    urllib.request.urlopen('http://192.0.2.1/')\n")
    path.write_text(path.read_text() + f"hooks: [{tmp_path}/hook.py]\n")
    log = tmp_path / "log"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(BuildFailed, match="tests run without a network"):
        patch.setenv("TESTS_NETWORK_LOG", str(log))  # this one is meant
        build(tmp_path / "site", path)
    assert "192.0.2.1" in log.read_text()


# --- every page ---


def test_no_page_asks_another_host_for_anything(looks):
    assert all_of(looks, "foreign") == []


@pytest.mark.parametrize(
    "body",
    [
        "<img alt='' src='https://example.org/a.png'>",
        "<script>fetch('http://127.0.0.1:9/').catch(() => {})</script>",
        "<style>@import url('https://example.org/a.css');</style>",
    ],
)
def test_a_request_to_another_host_is_noticed(planted, context, body):
    assert len(look_at(context, planted.write(body)).foreign) == 1
    assert look_at(context, planted.write()).foreign == []


def test_no_page_reports_an_error(looks):
    assert all_of(looks, "errors") == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<script>console.error('a fault')</script>", "a fault"),
        ("<script>nowhere()</script>", "uncaught: nowhere is not defined"),
        ("<img alt='' src='gone.png'>", "gone.png: 404"),
    ],
)
def test_an_error_is_noticed(planted, context, body, error):
    assert error in " ".join(look_at(context, planted.write(body)).errors)
    assert look_at(context, planted.write()).errors == []


def test_axe_objects_to_nothing(looks):
    assert all_of(looks, "violations") == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>", "image-alt"),
        ("<p style='color: #999; background: white'>pale</p>", "color-contrast"),
        ("<button></button>", "button-name"),
        ("<input>", "label"),
    ],
)
def test_what_axe_objects_to_is_noticed(planted, context, body, rule):
    assert any(each.startswith(rule) for each in look_at(context, planted.write(body), with_axe=True).violations)
    assert look_at(context, planted.write(), with_axe=True).violations == []


def test_dark_is_dark_and_light_is_light(browser, served):
    def background(scheme):
        with browser.new_context(color_scheme=scheme) as context:
            page = context.new_page()
            page.goto(served.address + "index.html")
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            return sum(map(int, re.findall(r"\d+", colour)[:3]))

    assert background("dark") < 200 < 600 < background("light")


def test_no_page_scrolls_sideways_on_a_phone(looks):
    assert {page: look.wider_by for page, look in looks.items() if look.wider_by > 0} == {}


def test_a_page_that_is_too_wide_is_noticed(planted, context):
    viewport = "<meta name=viewport content='width=device-width'>"
    assert look_at(context, planted.write("<div style='width: 500px'>wide</div>", viewport)).wider_by > 0
    assert look_at(context, planted.write("<div style='width: 100px'>narrow</div>", viewport)).wider_by <= 0


# --- links ---


def test_no_link_is_dead(site):
    assert dead_links(site) == []


def test_dead_links_are_noticed(planted):
    planted.write("<a href='page.html'>here</a>")
    assert dead_links(planted.folder) == []
    planted.write("<a href='gone.html'>a file</a> <a href='page.html#gone'>a fragment</a>")
    assert len(dead_links(planted.folder)) == 2


# --- from a disk ---


def test_every_page_works_from_a_disk(browser, site):
    with browser.new_context(viewport=DESKTOP) as context:
        looks = {page: look_at(context, (site / page).as_uri()) for page in pages(site) if page != "404.html"}  # which servers show
    assert all_of(looks, "errors") == [] and all_of(looks, "foreign") == []


def test_what_does_not_work_from_a_disk_is_noticed(planted, context):
    planted.write("<script type=module src='module.js'></script>")
    (planted.folder / "module.js").write_text("")
    assert look_at(context, f"{planted.address}page.html").errors == []
    assert look_at(context, (planted.folder / "page.html").as_uri()).errors != []


@pytest.mark.parametrize("place", ["server", "disk"])
def test_search_finds_a_word_of_a_lesson(browser, served, place):
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        page.goto(served.address + "index.html" if place == "server" else (served.folder / "index.html").as_uri())
        page.keyboard.press("/")
        page.keyboard.type("bias correction")
        first = page.locator(".md-search-result__link").first
        first.wait_for(state="visible")
        assert "lessons/07-learning.html" in "".join(link.get_attribute("href") for link in page.locator(".md-search-result__link").all())


# --- weight ---


@pytest.fixture(scope="module")
def weights(browser, served):
    """Bytes that a browser with an empty cache is sent for a live page, by the page: all that it asks for until it is idle."""
    found = {}
    for page in LIVE:
        with browser.new_context(viewport=DESKTOP) as context:
            look = look_at(context, served.address + page)
        found[page] = weight(served.folder, served.address, look.requests)
    return found


def test_no_lesson_with_its_figures_is_heavier_than_150_kilobytes(site):
    heavy = {name: len(serve.sent(site / "lessons" / f"{name}.html")) for name in LESSONS}
    assert {name: size for name, size in heavy.items() if size > LESSON_WEIGHT} == {}


def test_no_live_page_is_heavier_than_700_kilobytes(weights):
    assert {page: size for page, size in weights.items() if size > LIVE_WEIGHT} == {}


def test_whatever_a_page_asks_for_counts_as_its_weight(planted, context):
    (planted.folder / "picture.png").write_bytes(bytes(range(256)) * 100)
    look = look_at(context, planted.write("<img alt='' src='picture.png'>"))
    page = len(serve.sent(planted.folder / "page.html"))
    assert weight(planted.folder, planted.address, look.requests) == page + 25_600


# --- the server that Lighthouse measures ---


def test_server_compresses_text_and_nothing_else(planted):
    planted.write("<p>" + "a" * 10_000)
    (planted.folder / "picture.png").write_bytes(b"\x89PNG" + bytes(1000))

    def length(name, **headers):
        with urlopen(Request(planted.address + name, headers=headers)) as answer:
            return len(answer.read())

    gzip = {"Accept-Encoding": "gzip"}
    assert length("page.html", **gzip) < 500 < 10_000 < length("page.html")
    assert length("picture.png", **gzip) == 1004


def test_server_answers_for_what_is_not_there(planted):
    with pytest.raises(OSError, match="404"):
        urlopen(planted.address + "gone.html")


# --- what was measured and photographed ---


def test_lighthouse_gave_the_marks_that_the_site_set_out_for():
    results = json.loads((ROOT / "website" / "lighthouse.json").read_text())
    for page in ("index.html", "lessons/02-convolution.html", "live/network.html"):
        desktop = results["pages"][page]["desktop"]
        assert all(desktop[category] == 100 for category in ("accessibility", "best-practices", "seo")), page
        assert desktop["performance"] >= 98, page


def test_site_is_photographed_in_light_in_dark_and_on_a_phone(browser, site, tmp_path):
    def brightness(name):
        return ImageStat.Stat(Image.open(tmp_path / f"{name}.png").convert("L")).mean[0]

    screenshots.photograph_site(browser, site, tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == {f"{page}-{look}" for page in screenshots.PAGES for look in screenshots.LOOKS}
    assert all(brightness(f"{page}-dark") < brightness(f"{page}-light") for page in screenshots.PAGES)


def test_pictures_of_the_guides_are_small_and_all_used():
    guides = " ".join((ROOT / name).read_text() for name in ("docs/students.md", "docs/instructors.md", "docs/index.md", "README.md"))
    pictures = list((ROOT / "docs" / "images").glob("*.webp"))
    assert pictures and all(path.stat().st_size < 100 * KILOBYTE for path in pictures)
    assert [path.name for path in pictures if f"images/{path.name}" not in guides] == []
