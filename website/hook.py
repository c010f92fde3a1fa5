"""MkDocs' hook: adds to docs/ what is made and not written, the lessons' pages above all, and ties the pages together."""

import json
import posixpath
import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

import api
import home
import lesson_pages
import live_data
from autograder.lessons import all_lessons
from figures import NotAFigure, themed
from student_notebook import student_notebook

ROOT = Path(__file__).resolve().parents[1]

# What a module of the website makes: `files()`, by their paths in docs/, and `facts()`, what `{{ name }}` in a page stands for.
PROVIDERS = [home, live_data]

FACT = re.compile(r"\{\{ (\w+) \}\}")
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
ELSEWHERE = re.compile(r"[a-z]+:|#|/", re.IGNORECASE)  # how a link begins that is not to a file of ours
DRAWING = re.compile(r"!\[([^\]]*)\]\((\.\./[^)\s]+\.svg)\)")
MATHS = 'class="arithmatex"'
figures: dict[str, dict[str, str]] = {}  # by the page, then by what its place is called


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages of the lessons, and those for instructors, into the navigation, where `lessons/*` and `instructors/*` stand."""
    folders = {"lessons/*": "lessons", "instructors/*": "instructors"}
    if config.extra["hide_solutions"]:
        del folders["instructors/*"]
    config.nav = _listed(config.nav, {item: [f"{folder}/{name}.md" for name in all_lessons()] for item, folder in folders.items()})
    return config


def _listed(nav: list, lists: dict[str, list[str]]) -> list:
    listed = []
    for item in nav:
        if isinstance(item, dict):
            [(title, below)] = item.items()
            listed.append({title: _listed(below, lists) if isinstance(below, list) else below})
        elif item.endswith("/*"):
            listed += lists.get(item, [])
        else:
            listed.append(item)
    return listed


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made; leave out what a class in progress must not see."""
    lessons = all_lessons()
    titles = {name: lesson.front_matter["title"] for name, lesson in lessons.items()}
    made: dict[str, str | bytes] = {"lessons/index.md": lesson_pages.contents_page(lessons.values())}
    for name, lesson in lessons.items():
        solution = json.loads((ROOT / "solutions" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
        try:
            page = lesson_pages.lesson_page(lesson, solution, titles, config.extra["hide_solutions"])
        except lesson_pages.NotAPage as error:
            raise PluginError(str(error)) from None
        made |= {f"lessons/{name}.md": page.markdown, f"lessons/{name}.ipynb": student_notebook(lesson.path)}
        figures[f"lessons/{name}.md"] = page.figures
    for provider in PROVIDERS:
        made |= provider.files() if hasattr(provider, "files") else {}
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    if config.extra["hide_solutions"]:
        for file in [file for file in files if file.src_uri.startswith("instructors/")]:
            files.remove(file)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put facts into their places, add the file that a page is to show, and make links lead somewhere."""
    uri = page.file.src_uri
    if uri.startswith("lessons/"):
        return markdown
    folder, source = PurePosixPath("docs", uri).parent, page.meta.get("source")
    try:
        markdown = _drawings(api.expand(_facts(markdown, page), ROOT), folder, uri)
    except (api.UnknownName, NotAFigure) as error:
        raise PluginError(f"{uri}: {error}") from None
    markdown = _links(markdown, folder, page, config, files)
    if source:
        text = (ROOT / source).read_text(encoding="utf-8")
        if markdown.lstrip().startswith("# "):
            text = re.sub(r"\A# .*\n", "", text)
        markdown += "\n\n" + _links(text, PurePosixPath(source).parent, page, config, files)
    return re.sub(r"^( *)<details>(?=\s*<summary>)", r'\1<details markdown="1">', markdown, flags=re.MULTILINE)


def _facts(markdown: str, page: Page) -> str:
    facts: dict[str, str] = {}
    for provider in PROVIDERS:
        facts |= provider.facts() if hasattr(provider, "facts") else {}
    unknown = set(FACT.findall(markdown)) - facts.keys()
    if unknown:
        raise PluginError(f"{page.file.src_uri} mentions what no module of website/ knows: {', '.join(sorted(unknown))}.")
    return FACT.sub(lambda found: facts[found[1]], markdown)


def _drawings(markdown: str, folder: PurePosixPath, uri: str) -> str:
    """Make places for drawings from outside docs/, which come in as those of lessons do."""

    def placed(found: re.Match) -> str:
        path = ROOT / folder / found[2]
        if not path.is_file():
            return found[0]  # and MkDocs says that it leads nowhere
        shown = figures.setdefault(uri, {})
        shown[path.stem] = themed(path.read_text(encoding="utf-8"), found[1], f"f{len(shown)}")
        return lesson_pages.place(path.stem)

    return DRAWING.sub(placed, markdown)


def _links(markdown: str, folder: PurePosixPath, page: Page, config: MkDocsConfig, files: Files) -> str:
    """A text's links to files of the repository, which lies `folder`s deep in it, as links of the page.

    A file that is a page of the site is linked there, another one in the repository, if the site says where that is; else the words stay.
    """

    def linked(found: re.Match) -> str:
        words, target = found.groups()
        if ELSEWHERE.match(target):
            return found[0]
        path, hash_, fragment = target.partition("#")
        path = posixpath.normpath(posixpath.join(str(folder), path))
        uri = _page_of(path)
        if files.get_file_from_path(uri):
            return f"[{words}]({posixpath.relpath(uri, posixpath.dirname(page.file.src_uri) or '.')}{hash_}{fragment})"
        hidden = config.extra["hide_solutions"] and path.startswith(("docs/instructors/", "solutions/"))
        if not (ROOT / path).exists():
            return found[0]  # and MkDocs says that it leads nowhere
        return f"[{words}]({config.repo_url.rstrip('/')}/blob/main/{path}{hash_}{fragment})" if config.repo_url and not hidden else words

    return LINK.sub(linked, markdown)


def _page_of(path: str) -> str:
    """Where the site has a file of the repository, if it has it."""
    lesson = re.fullmatch(r"lessons/([\w-]+)/\1\.ipynb", path)
    if lesson:
        return f"lessons/{lesson[1]}.md"
    return {"CONTRIBUTING.md": "contributing.md", "README.md": "index.md"}.get(
        path, path.removeprefix("docs/") if path.startswith("docs/") else ""
    )


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Ask for a report of what is wrong on the page, where there is a place for it; and head no column of a table with nothing."""
    html = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)
    if not config.repo_url or page.is_homepage:
        return html
    report = f"{config.repo_url.rstrip('/')}/issues/new?title={quote(f'{page.title} ({page.file.src_uri}): ')}"
    return f'{html}\n<p class="report"><a href="{report}">Report a problem with this page</a></p>'


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put in what nothing but the browser reads: figures, and the styles and scripts that only this page needs."""
    shown = figures.get(page.file.src_uri, {})
    output = lesson_pages.PLACE.sub(
        lambda found: f'<figure class="figure" id="figure-{found[1]}" tabindex="0">{shown[found[1]]}</figure>', output
    )
    styles, scripts = page.meta.get("styles", []), page.meta.get("scripts", [])
    if MATHS in output:
        scripts = [*scripts, "javascripts/math.js"]
    head = "".join(f'<link rel="stylesheet" href="{get_relative_url(style, page.url)}">' for style in styles)
    tail = "".join(f'<script defer src="{get_relative_url(script, page.url)}"></script>' for script in scripts)
    output = output.replace("</head>", f"{head}</head>", 1)
    before, end, after = output.rpartition("</body>")
    output = f"{before}{tail}{end}{after}"
    return _mended(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """The page of what is not there, too, is a page."""
    return _mended(output) if template_name == "404.html" else output


def _mended(output: str) -> str:
    """The theme's search has no name for those who cannot see it, and its link to the repository asks another host how popular that is."""
    output = output.replace('data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"')
    return output.replace(' data-md-component="source"', "")
