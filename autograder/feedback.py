"""The pages that show what students wrote, feedback and formgrader's: nothing in them runs, and nothing asks another computer for anything.

nbgrader_config.py names what is here in the place of nbconvert's own. What is named in the lists below comes through, and nothing else.
"""

import html
import re
import secrets
from typing import Any
from xml.etree import ElementTree

from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import convert_to_element
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.flags import printable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS = _words("""a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol
    p pre q s small span strong sub summary sup table tbody td tfoot th thead tr tt u ul var""")
NUMBER = re.compile(r"\d{1,4}")
ATTRIBUTES = {
    ("a", "href"): re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE),
    ("details", "open"): re.compile(r"(open)?"),
    ("img", "alt"): re.compile(r".*", re.DOTALL),
    ("img", "height"): NUMBER,
    ("img", "src"): re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*"),
    ("img", "width"): NUMBER,
    ("ol", "start"): NUMBER,
    ("td", "colspan"): NUMBER,
    ("td", "rowspan"): NUMBER,
    ("th", "colspan"): NUMBER,
    ("th", "rowspan"): NUMBER,
    ("*", "class"): re.compile(r"highlight|[a-z]{1,2}\d?"),  # the colours of code; no class that the page itself gives a meaning to
    ("*", "style"): re.compile(r"[^()\\]*"),  # no url(…), no expression(…)
}
STYLES = ["background-color", "border-left", "color", "font-style", "font-weight", "margin", "margin-top", "padding", "text-align"]
OUTPUTS = ["text/html", "text/markdown", "image/png", "image/jpeg", "text/plain"]

# What is in these would stand in the page as text.
UNSPOKEN = re.compile(r"<(script|style)\b(?:(?!<\1\b).)*?</\1\s*>", re.DOTALL | re.IGNORECASE)

FORMULAS = _words("""math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd
    mtext mtr munder munderover""")
FORMULAS_ATTRIBUTES = _words("""accent accentunder columnalign columnspacing display displaystyle fence form linebreak linethickness lspace
    mathsize mathvariant maxsize minsize movablelimits rowspacing rspace scriptlevel separator stretchy symmetric width xmlns""")

# What is longer is shown as it is: no answer is, and reading markup takes time that grows faster than the text.
MOST_MARKDOWN, MOST_FORMULA, MOST_HTML, MOST_TAGS = 8_000, 1_000, 200_000, 4_000
IMAGE = re.compile(r"data:image/[a-z]+;base64,[A-Za-z0-9+/=]*")  # which is long and costs nothing
MARKER = secrets.token_hex(16)  # stands for a formula while the text around it is cleaned; a word that nobody can write who cannot know it

# What is markup in Markdown, and what is so at the beginning of a line: a list, a heading, a quotation. Elsewhere these are plain letters.
MARKUP = re.compile(r"[`*~$|]|(?<![^\W_])_|_(?![^\W_])|\](?=[\[(])|(?<=http):|(?<=https):", re.IGNORECASE)
MARKUP_AT_FIRST = re.compile(r"^(\d*)([-+#=>:.)[])")
ENTITIES = {"\\": "&#92;", "<": "&lt;", "&": "&amp;"}

# A browser that is told so runs nothing and fetches nothing, whatever might have been overlooked above.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
HEAD = f"""<head>
<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>
<style type="text/css">
img {{ max-width: 100%; height: auto; }}
math {{ font-size: 115%; }}
details > summary {{ display: list-item; cursor: pointer; }}
</style>"""


def clean_html(text: Any) -> str:
    """HTML that shows what `text` shows, as far as the lists above allow."""
    text = str(text)
    if _length(text) > MOST_HTML or text.count("<") > MOST_TAGS:
        return _as_it_is(text)
    text = UNSPOKEN.sub("", text)
    cleaner = Cleaner(TAGS, _allowed, protocols=["http", "https", "mailto", "data"], strip=True, css_sanitizer=CSSSanitizer(STYLES))
    try:
        return cleaner.clean(text)
    except Exception:  # tags within tags within tags
        return _as_it_is(text)


def _allowed(tag: str, name: str, value: str) -> bool:
    pattern = ATTRIBUTES.get((tag, name)) or ATTRIBUTES.get(("*", name))
    return pattern is not None and pattern.fullmatch(value) is not None and MARKER not in value


def _length(text: str) -> int:
    return len(IMAGE.sub("", text))


def _as_it_is(text: str) -> str:
    shown = text[:MOST_HTML]
    return f"<pre>{html.escape(shown)}{'…' if shown != text else ''}</pre>"


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """nbconvert's filter of this name, for Markdown of anyone's: cleaned, its formulas as MathML."""
    cell = context.get("cell", {})
    return render_markdown(source, cell.get("attachments", {}))


def highlight_code(source: str, **_: Any) -> str:
    """nbconvert's filter of this name, for Python in whatever language a notebook claims to be written."""
    return Highlight2HTML(pygments_lexer="ipython3")(source)


def render_markdown(source: str, attachments: dict | None = None) -> str:
    """Clean HTML of a Markdown text; `attachments` are those of its cell."""
    if _length(source) > MOST_MARKDOWN:
        return _as_it_is(source)
    renderer = _Renderer(attachments or {})
    try:
        rendered = MarkdownWithMath(renderer).render(source)
    except Exception:  # an attachment that is not there, quotations in quotations in quotations
        return _as_it_is(source)
    return re.sub(rf"{MARKER}-(\d+)-", lambda found: renderer.formulas[int(found[1])], clean_html(rendered))


def as_markdown(text: str) -> str:
    """Markdown that shows a text, each of its lines as a paragraph, whatever is in it; it can be read as it is, as formgrader shows it."""
    lines = (" ".join(printable(line, MOST_MARKDOWN).split()) for line in text.splitlines())
    return "\n\n".join(_escaped(line) for line in lines if line)


def _escaped(line: str) -> str:
    line = re.sub(r"[\\<&]", lambda found: ENTITIES[found[0]], line)
    return MARKUP_AT_FIRST.sub(r"\1\\\2", MARKUP.sub(r"\\\g<0>", line))


class _Renderer(IPythonRenderer):
    """Renders Markdown with a marker for each formula, and keeps the formulas."""

    def __init__(self, attachments: dict):
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self.formulas: list[str] = []

    def _kept(self, tex: str, display: str) -> str:
        self.formulas.append(mathml(tex, display))
        return f"{MARKER}-{len(self.formulas) - 1}-"

    def inline_math(self, body: str) -> str:
        return self._kept(body, "inline")

    def block_math(self, body: str) -> str:
        return self._kept(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return self._kept(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


def mathml(tex: str, display: str = "inline") -> str:
    """A formula as MathML, which browsers show without MathJax; as its TeX source where it cannot be read."""
    try:
        if len(tex) > MOST_FORMULA:
            raise ValueError("too long")
        formula = convert_to_element(tex.strip(), display=display)
        for element in formula.iter():
            if element.tag not in FORMULAS:
                raise ValueError(f"no {element.tag} in formulas")
            element.text = html.unescape(element.text or "").replace("\\_", "_")
            for name in set(element.attrib) - FORMULAS_ATTRIBUTES:
                del element.attrib[name]
        return ElementTree.tostring(formula, encoding="unicode")
    except Exception:  # whatever latex2mathml makes of a text that is no formula
        return f"<code>{html.escape(tex)}</code>"


class SafeOutputs(Preprocessor):
    """Keeps of a notebook's outputs what can be shown without running anything, and of its metadata what nbgrader and the course need."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb.metadata = NotebookNode()
        for cell in nb.cells:
            cell.metadata = NotebookNode({name: cell.metadata[name] for name in ("nbgrader", "alt") if name in cell.metadata})
            if cell.cell_type == "code":
                cell.outputs = [output for output in map(self._safe, cell.outputs) if output.get("data") != {}]
        return nb, resources

    @staticmethod
    def _safe(output: NotebookNode) -> NotebookNode:
        if "data" in output:
            if "text/latex" in output.data:
                output.data["text/markdown"] = output.data["text/latex"]
            output.data = NotebookNode({kind: output.data[kind] for kind in OUTPUTS if isinstance(output.data.get(kind), str)})
            output.metadata = NotebookNode()
        return output


class FeedbackExporter(HTMLExporter):
    """nbgrader's feedback pages, which tell the browser that they run and fetch nothing."""

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **options: Any) -> tuple[str, dict]:
        page, resources = super().from_notebook_node(nb, resources, **options)
        return page.replace("<head>", HEAD, 1), resources
