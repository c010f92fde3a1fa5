"""Matplotlib's SVG as part of a page: small, none of its ids twice, black and white turned into the page's ink and paper."""

import base64
import functools
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from PIL import Image

NEUTRAL = re.compile(r"#([0-9a-f]{2})\1\1")
REFERENCE = re.compile(r"(?<=url\(#)[\w-]+(?=\))|(?<=^#)[\w-]+$")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-\d+)?")
DIGITS = {"d": 2, "x": 2, "y": 2, "width": 2, "height": 2, "style": 2, "transform": 4}  # after the point, where the unit is 1/72 of an inch
SMALL = 12  # a marker on a curve is no ground for something else
PICTURE = "data:image/png;base64,"
Point = tuple[float, float]


class NotAFigure(Exception):
    """What should be a figure cannot be shown as one; the message says why."""


@dataclass(frozen=True)
class Area:
    """Something opaque that was drawn. On a `fixed` one, a picture or a coloured area, black stays black in dark mode, too."""

    corners: list[Point]
    fixed: bool

    @functools.cached_property
    def box(self) -> tuple[float, float, float, float]:
        xs, ys = zip(*self.corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def holds(self, point: Point, margin: float = 0.75) -> bool:
        """Whether a point lies inside, and not on the edge, where axes and their ticks are drawn."""
        x, y = point
        left, top, right, bottom = self.box
        if not (left + margin < x < right - margin and top + margin < y < bottom - margin):
            return False
        edges = zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)
        crossed = [(y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in edges]
        return sum(crossed) % 2 == 1


def themed(svg: str, alt: str, prefix: str) -> str:
    """An SVG element for a page, from the SVG that Matplotlib wrote with `svg.fonttype: none`.

    Black, white and the greys between become mixtures of the custom properties --ink and --paper, unless they lie on a picture or on
    a coloured area: there they were chosen for that ground. `alt` is what the figure is called to those who do not see it; `prefix`
    sets its ids apart from those of the page's other figures.

    Raises NotAFigure when there is no alt text, or when the text is no SVG.
    """
    if not alt.strip():
        raise NotAFigure("it has no alt text")
    try:
        root = ElementTree.fromstring(svg)
        width, height = (float(value) for value in root.get("viewBox", "").split()[2:])
    except (ElementTree.ParseError, ValueError) as error:
        raise NotAFigure(f"its SVG cannot be read ({error})") from None
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = {_local(name): value for name, value in element.attrib.items()}
    _recolour(root, width, height)
    for image in root.iter("image"):
        image.set("href", _smaller(image.get("href", "")))
        image.attrib.pop("style", None)
    _shorten(root)
    _rename(root, prefix)
    root.attrib = {
        "viewBox": f"0 0 {_rounded(width, 2)} {_rounded(height, 2)}",
        "role": "img",
        "aria-label": alt,
        "style": f"--width:{width * 4 / 3:.0f}px",  # a point is 4/3 of a pixel
    }
    return ElementTree.tostring(root, encoding="unicode")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


# --- colours ---


def _recolour(root: Element, width: float, height: float) -> None:
    """Turn neutral colours into mixtures of ink and paper, and leave out the ground of the whole figure."""
    definitions = {f"#{element.get('id')}": element for element in root.iter() if element.get("id")}
    for element in root.findall(".//defs/path"):
        element.attrib.pop("style", None)  # whatever uses it says the same, and can be recoloured there
    areas: list[Area] = []
    for parent, element in list(_drawn(root)):
        corners = _corners(element, definitions)
        if not corners:
            continue
        drawn = Area(corners, fixed=True)
        left, top, right, bottom = drawn.box
        if element.tag == "image":
            if _is_ink(element):
                element.set("class", "ink")  # the page's style sheet inverts it in dark mode
            else:
                areas.append(drawn)
            continue
        style = {"fill": "#000000"} | _style(element)  # Matplotlib leaves out what is black
        if not areas and style["fill"] == "#ffffff" and left <= 1 and top <= 1 and right >= width - 1 and bottom >= height - 1:
            parent.remove(element)
            continue
        middle = (left + right) / 2, (top + bottom) / 2
        fixed = next((area.fixed for area in reversed(areas) if area.holds(middle)), False)
        hatching = definitions.get(style["fill"].removeprefix("url(").removesuffix(")"))
        coloured = hatching is None and not NEUTRAL.fullmatch(style["fill"])
        opacity = float(style.get("opacity", 1)) * float(style.get("fill-opacity", 1))
        if style["fill"] != "none" and opacity >= 0.5 and max(right - left, bottom - top) > SMALL:
            areas.append(Area(corners, fixed or coloured))
        for part in hatching if hatching is not None else ():
            _paint(part, {"fill": part.attrib.pop("fill", "none")} | _style(part), fixed)
        _paint(element, style, fixed)
        for letter in element.iter("tspan"):  # of a formula
            _paint(letter, _style(letter), fixed)


def _drawn(parent: Element) -> Iterator[tuple[Element, Element]]:
    """Everything that is drawn, from the ground up, each with its parent; a formula, which is a group of letters, as one thing."""
    for element in parent:
        if element.tag in ("path", "use", "text", "image") or element.find("text/tspan") is not None:
            yield parent, element
        elif element.tag in ("g", "a"):
            yield from _drawn(element)


def _style(element: Element) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}


def _is_ink(image: Element) -> bool:
    """Whether a picture is a drawing, kept as pixels because it has too many lines: black, with nothing below it."""
    picture = _decoded(image.get("href", ""))[1]
    colours = np.asarray(picture)[np.asarray(picture)[..., 3] > 0]
    return not colours[..., :3].any() and picture.getextrema()[3][0] == 0


def _paint(element: Element, style: dict[str, str], fixed: bool) -> None:
    """Write a style with its colours recoloured, and without the font, which is the page's."""
    colours = {name: _ink(style[name], fixed) for name in ("fill", "stroke") if name in style}
    element.set("style", ";".join(f"{name}:{value}" for name, value in (style | colours).items() if name != "font-family"))


def _ink(colour: str, fixed: bool) -> str:
    """A neutral colour as a mixture of the page's ink and paper; any other, and every colour on fixed ground, as it is."""
    grey = NEUTRAL.fullmatch(colour)
    if fixed or not grey:
        return colour
    share = round(100 - int(grey[1], 16) / 2.55)
    return {100: "var(--ink)", 0: "var(--paper)"}.get(share, f"color-mix(in srgb,var(--ink) {share}%,var(--paper))")


# --- places ---


def _corners(element: Element, definitions: dict[str, Element]) -> list[Point]:
    """The points that an element's outline goes through, or the one place where a text stands."""
    transform = element.get("transform", "")
    numbers = _numbers(transform)
    x, y = float(element.get("x", 0)), float(element.get("y", 0))
    match element.tag:
        case "path":
            return _points(element)
        case "use":
            return [(px + x, py + y) for px, py in _points(definitions[element.get("href", "")])]
        case "image":
            width, height = float(element.get("width", 0)), float(element.get("height", 0))
            a, b, c, d, e, f = numbers if transform.startswith("matrix") else (1, 0, 0, 1, 0, 0)
            box = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            return [(a * px + c * py + e, b * px + d * py + f) for px, py in box]
        case _:
            x, y = numbers[:2] if transform.startswith("translate") else (x, y)
            return [(x, y - 3)]  # not the line that letters stand on, but the middle of small ones


def _points(path: Element) -> list[Point]:
    numbers = _numbers(path.get("d", ""))
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _numbers(text: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(text)]


# --- size ---


def _decoded(href: str) -> tuple[bytes, Image.Image]:
    """A picture, as it was written and as pixels with an alpha channel. Raises NotAFigure when it is not in the SVG itself."""
    if not href.startswith(PICTURE):
        raise NotAFigure("a picture in it is not part of it")
    written = base64.b64decode(href.removeprefix(PICTURE))
    return written, Image.open(io.BytesIO(written)).convert("RGBA")


def _smaller(href: str) -> str:
    """A picture in the smallest form that shows the same: as grey, or with a palette, where it has no more colours than that."""
    written, picture = _decoded(href)
    forms = [written, _png(picture)]
    if picture.getextrema()[3] == (255, 255):
        picture = picture.convert("RGB")
        forms.append(_png(picture))
        red, green, blue = (channel.tobytes() for channel in picture.split())
        if red == green == blue:
            forms.append(_png(picture.convert("L")))
        colours = picture.getcolors(256)
        if colours is not None:
            forms.append(_png(_with_palette(picture, [colour for _, colour in sorted(colours, reverse=True)])))
    return PICTURE + base64.b64encode(min(forms, key=len)).decode()


def _with_palette(picture: Image.Image, colours: list[tuple[int, int, int]]) -> Image.Image:
    numbers = {bytes(colour): number for number, colour in enumerate(colours)}
    pixels = picture.tobytes()
    indexed = Image.frombytes("P", picture.size, bytes(numbers[pixels[at : at + 3]] for at in range(0, len(pixels), 3)))
    indexed.putpalette([value for colour in colours for value in colour])
    return indexed


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _rounded(number: float, digits: int) -> str:
    text = f"{number:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _shorten(parent: Element) -> None:
    """Leave out what is not seen: notes, spaces, groups that say nothing, decimals beyond a hundredth of a point."""
    kept: list[Element] = []
    for element in list(parent):
        _shorten(element)
        for name, digits in DIGITS.items():
            if name in element.attrib:
                element.set(
                    name, re.sub(r"-?\d+\.\d+(e-\d+)?", lambda n, digits=digits: _rounded(float(n[0]), digits), element.get(name, ""))
                )
        if "d" in element.attrib:
            element.set("d", re.sub(r"\s*([A-Za-z])\s*", r"\1", element.get("d", "")).strip())
        if re.fullmatch(r"rotate\(-?0 [\d. -]+\)", element.get("transform", "")):
            del element.attrib["transform"]
        if element.tag in ("metadata", "style", "title") or (element.tag in ("g", "defs") and not len(element)):
            continue
        kept += list(element) if element.tag == "g" and set(element.attrib) <= {"id"} else [element]
    for element in kept:
        element.tail = None
    parent[:] = kept
    if len(parent) or parent.tag not in ("text", "tspan"):
        parent.text = None


def _rename(root: Element, prefix: str) -> None:
    """Give those ids that something refers to short ones that begin with the prefix, and drop the others."""
    referring = [(element, name) for element in root.iter() for name in ("href", "clip-path", "style") if name in element.attrib]
    used = [old for element, name in referring for old in REFERENCE.findall(element.get(name, ""))]
    names = {old: f"{prefix}-{number}" for number, old in enumerate(dict.fromkeys(used))}
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in names:
            element.set("id", names[old])
    for element, name in referring:
        element.set(name, REFERENCE.sub(lambda found: names[found[0]], element.get(name, "")))
