"""Drawn digits: a pad to draw on, text to draw with where there is no pad, and the preparation that MNIST's digits have had.

Pictures here are arrays `(h, w)` in which 0 is bare paper and 255 full ink.
"""

from typing import Any

EMPTY = "There is nothing on the paper yet: draw a digit first."
INK, PAPER = "#", ". "


def normalised(image: Any) -> Any:
    """A drawing of any size, prepared as MNIST's digits were (LeCun, Bottou, Bengio and Haffner 1998, section III A).

    The ink's bounding box is fitted into 20 × 20 pixels, keeping its proportions and giving greys to pixels that are partly covered. Then it is
    placed so that the ink's centre of mass falls into the pixel in row 14 and column 14 of 28 × 28, as far as all of the ink stays in the picture.

    image: array (h, w) or (h, w, 1); 0 is paper, full ink is 255, or 1 if no value is larger
    returns: uint8 array (28, 28)

    Raises ValueError for a drawing without ink, and for what is no drawing.
    """
    import numpy as np

    ink = _as_ink(image)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise ValueError(EMPTY)
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 20 / max(box.shape)
    height, width = (max(1, round(length * scale)) for length in box.shape)
    box = _resized(box, height, width)
    down, right = (_offset(box.sum(axis=1 - axis)) for axis in (0, 1))
    result = np.zeros((28, 28), np.uint8)
    result[down : down + height, right : right + width] = np.rint(box)
    return result


def shrunk(image: Any) -> Any:
    """A drawing of any size with all of its paper, made a square and shrunk to 28 × 28: what one does who does not know how MNIST was made.

    Takes and returns what `normalised` does. A drawing without ink is fine.
    """
    import numpy as np

    ink = _as_ink(image)
    side = max(*ink.shape, 1)
    square = np.zeros((side, side), np.float32)
    down, right = ((side - length) // 2 for length in ink.shape)
    square[down : down + ink.shape[0], right : right + ink.shape[1]] = ink
    return np.rint(_resized(square, 28, 28)).astype(np.uint8)


def from_text(text: str) -> Any:
    """A picture from a drawing in characters: `#` is ink, `.` and the space are paper.

    A character is about twice as tall as it is wide, so each becomes two pixels, one above the other, and the picture has the proportions
    that the text has on the screen. Rows may differ in length; there may be any number of them.

    returns: uint8 array (2 * rows, longest row)

    Raises ValueError for any other character.
    """
    import numpy as np

    if not isinstance(text, str):
        raise ValueError(f"A text drawing is a text, in quotation marks, not {text!r}.")
    lines = text.splitlines()
    picture = np.zeros((len(lines), max(map(len, lines), default=0)), np.uint8)
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            if character not in INK + PAPER:
                raise ValueError(f"Line {row + 1} of the drawing has a {character!r}. Use {INK} for ink, and a point or a space for paper.")
            picture[row, column] = 255 * (character == INK)
    return picture.repeat(2, axis=0)


class Pad:
    """A pad to draw a digit on, with mouse, pen or finger, in JupyterLab and wherever else ipywidgets are shown.

    It remembers the strokes, in this process, and `image()` draws them anew, so a picture can be had at once and at any time.
    Where no pad can be shown, a sentence is, and `image()` stays empty.
    """

    SENTENCE = (
        "Here should be a pad to draw on, but this program cannot show one. Draw with text, in the cell below: that works everywhere."
    )

    def __init__(self, size: int = 280, pen: int = 22):
        """size: of the square pad, in pixels; pen: width of the strokes."""
        self.size = size
        self.pen = pen
        self.strokes: list[list[tuple[float, float]]] = []  # each a list of points (x, y)
        self._drawing = False
        self._canvas, self._widget = self._make_widget()

    def image(self) -> Any:
        """What has been drawn: uint8 array (size, size), 0 for paper and 255 for ink."""
        import numpy as np
        from PIL import Image, ImageDraw

        fine = 2  # drawn at twice the size, then shrunk, for smooth edges
        picture = Image.new("L", (fine * self.size, fine * self.size))
        draw = ImageDraw.Draw(picture)
        radius = fine * self.pen / 2
        for stroke in self.strokes:
            points = [(fine * x, fine * y) for x, y in stroke]
            draw.line(points, fill=255, width=fine * self.pen)
            for x, y in points:  # round ends and corners
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        return np.asarray(picture.reduce(fine)).copy()

    def clear(self, *_: Any) -> None:
        """Back to bare paper."""
        self.strokes.clear()
        self._drawing = False
        self._redraw()

    def down(self, x: float, y: float) -> None:
        """The pen touches the paper."""
        self._drawing = True
        self.strokes.append([(x, y)])
        self._ink(x, y, x, y)

    def move(self, x: float, y: float) -> None:
        """The pen moves, on the paper or above it."""
        if self._drawing:
            self._ink(*self.strokes[-1][-1], x, y)
            self.strokes[-1].append((x, y))

    def up(self, *_: Any) -> None:
        """The pen leaves the paper."""
        self._drawing = False

    def _make_widget(self) -> tuple[Any, Any]:
        try:
            from ipycanvas import Canvas
            from ipywidgets import HTML, Button, HBox, Layout, VBox
        except ImportError:
            return None, None
        exact = Layout(width=f"{self.size}px", height=f"{self.size}px", border="1px solid #888", flex="0 0 auto")
        canvas = Canvas(width=self.size, height=self.size, layout=exact)
        canvas.on_mouse_down(self.down)
        canvas.on_mouse_move(self.move)
        canvas.on_mouse_up(self.up)
        canvas.on_mouse_out(self.up)
        canvas.on_touch_start(lambda touches: self.down(*touches[0]) if len(touches) == 1 else self.up())
        canvas.on_touch_move(lambda touches: self.move(*touches[0]) if touches else None)
        canvas.on_touch_end(self.up)
        canvas.on_touch_cancel(self.up)
        canvas.on_client_ready(self._redraw)  # a page that is opened again shows the strokes that there are
        button = Button(description="Clear", tooltip="Take away everything that is drawn")
        button.on_click(self.clear)
        words = HTML("Draw one digit, then run the cells below.")
        self._canvas = canvas
        self._redraw()
        return canvas, VBox([canvas, HBox([button, words])])

    def _redraw(self) -> None:
        if self._canvas is None:
            return
        self._canvas.fill_style = "white"
        self._canvas.fill_rect(0, 0, self.size, self.size)
        for stroke in self.strokes:
            for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
                self._ink(*start, *end)

    def _ink(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if self._canvas is None:
            return
        self._canvas.stroke_style = "black"
        self._canvas.line_width = self.pen
        self._canvas.line_cap = "round"
        self._canvas.stroke_line(x0, y0, x1, y1)

    def __repr__(self) -> str:
        return self.SENTENCE

    def _repr_mimebundle_(self, **kwargs: Any) -> dict:
        if self._widget is None:
            return {"text/plain": self.SENTENCE}
        shown = self._widget._repr_mimebundle_(**kwargs)
        bundle = shown[0] if isinstance(shown, tuple) else shown  # data alone, or data and metadata
        return bundle | {"text/plain": self.SENTENCE}


def _as_ink(image: Any) -> Any:
    """The picture as float32 (h, w) from 0 to 255. Raises ValueError for what is none."""
    import numpy as np

    ink = np.asarray(image)
    if ink.ndim == 3 and ink.shape[2] == 1:
        ink = ink[:, :, 0]
    if ink.ndim != 2 or ink.dtype.kind not in "biuf" or not np.isfinite(ink).all():
        raise ValueError(f"A drawing is an array of numbers with rows and columns, not one of shape {ink.shape} and dtype {ink.dtype}.")
    ink = ink.astype(np.float32)
    full = 1 if ink.max(initial=0) <= 1 else 255
    return np.clip(ink * (255 / full), 0, 255)


def _resized(ink: Any, height: int, width: int) -> Any:
    """A picture in another size. When it shrinks, each new pixel is the mean of the area that it covers."""
    import numpy as np
    from PIL import Image

    smaller = height * width < ink.size
    method = Image.Resampling.BOX if smaller else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.ascontiguousarray(ink)).resize((width, height), method))


def _offset(mass: Any) -> int:
    """Where a box is to begin, of 28 rows, so that its centre of mass is in row 14; `mass` is the ink in each of its rows. Likewise for columns."""
    import numpy as np

    centre = float((mass * np.arange(len(mass))).sum() / mass.sum())
    return min(max(round(14 - centre), 0), 28 - len(mass))
