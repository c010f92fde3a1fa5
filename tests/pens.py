"""Digits as a person draws them: for each, the strokes of a pen, lists of points (x, y) on a paper that is 100 × 100 large."""

from math import cos, pi, sin


def arc(x: float, y: float, width: float, height: float, start: float, end: float, points: int = 16) -> list[tuple[float, float]]:
    """Points of an ellipse's edge; 0 is to the right, 90 below."""
    angles = [(start + (end - start) * step / (points - 1)) * pi / 180 for step in range(points)]
    return [(x + width / 2 * cos(angle), y + height / 2 * sin(angle)) for angle in angles]


STROKES = {
    0: [arc(50, 50, 44, 66, -90, 270, 32)],
    1: [[(54, 16), (50, 50), (47, 84)]],
    2: [[*arc(49, 33, 38, 32, 190, 400), (32, 82), (72, 82)]],
    3: [[*arc(46, 33, 36, 30, 200, 450), *arc(46, 66, 42, 36, -90, 160)]],
    4: [[(34, 16), (28, 54), (72, 54)], [(66, 20), (62, 86)]],
    5: [[(70, 18), (38, 18), (36, 46), *arc(46, 64, 44, 38, -110, 150)]],
    6: [[(60, 14), (42, 36), *arc(49, 66, 36, 36, 190, -170, 24)]],
    7: [[(28, 20), (72, 20), (58, 50), (46, 84)]],
    8: [[*arc(50, 33, 30, 32, 90, -270, 24), *arc(50, 67, 36, 36, -90, 270, 24)]],
    9: [[*arc(49, 36, 34, 36, 0, -360, 24), (65, 58), (58, 86)]],
}


def paper(page, scale: float = 1, left: float = 0, top: float = 0):
    """A function from points on the 100 × 100 paper to places on the screen, smaller and shifted if wanted."""
    page.locator("#pad").scroll_into_view_if_needed()
    frame = page.locator("#pad").bounding_box()
    return lambda x, y: (frame["x"] + frame["width"] * (left + scale * x) / 100, frame["y"] + frame["height"] * (top + scale * y) / 100)


def draw_with_mouse(page, digit: int, **where) -> None:
    """Draw a digit on a live page's paper."""
    at = paper(page, **where)
    page.click("#clear")
    for points in STROKES[digit]:
        page.mouse.move(*at(*points[0]))
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*at(*point), steps=4)
        page.mouse.up()
