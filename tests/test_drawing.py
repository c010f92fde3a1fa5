"""Drawings are prepared as MNIST's digits were, and the pad draws what the pen did, with a canvas or without."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.drawing import EMPTY, Pad, from_text, normalised, shrunk
from autograder.mnist import load_mnist


def centre(image):
    ink = image.astype(float)
    return np.array([(ink.sum(axis=1 - axis) * np.arange(28)).sum() / ink.sum() for axis in (0, 1)])


def box(image):
    rows, columns = (np.flatnonzero(image.any(axis=1 - axis)) for axis in (0, 1))
    return np.ptp(rows) + 1, np.ptp(columns) + 1


@st.composite
def drawings(draw):
    """Pictures of any size and proportions with a few inked rectangles."""
    height, width = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    picture = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(1, 4))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(top + 1, height)), draw(st.integers(left + 1, width))
        picture[top:bottom, left:right] = draw(st.integers(128, 255))
    return picture


# --- normalised ---


def test_digits_of_mnist_have_nothing_left_to_prepare():
    _, (images, _) = load_mnist()
    assert all(np.array_equal(normalised(image), image) for image in images[:500])


@settings(max_examples=200, deadline=None)
@given(drawings())
def test_any_drawing_fits_into_20_by_20_with_its_centre_of_mass_in_the_middle(picture):
    prepared = normalised(picture)
    assert prepared.shape == (28, 28)
    assert prepared.dtype == np.uint8
    assert max(box(prepared)) <= 20
    off = np.abs(centre(prepared) - 14)
    rows, columns = np.flatnonzero(prepared.any(axis=1)), np.flatnonzero(prepared.any(axis=0))
    at_an_edge = [0 in inked or 27 in inked for inked in (rows, columns)]  # ink is never cut off for the sake of the middle
    assert all(distance <= 0.51 or edge for distance, edge in zip(off, at_an_edge, strict=True))


@settings(max_examples=100, deadline=None)
@given(drawings(), st.integers(0, 40), st.integers(0, 40))
def test_paper_around_a_drawing_makes_no_difference(picture, above, left):
    assert np.array_equal(normalised(np.pad(picture, ((above, 5), (left, 9)))), normalised(picture))


def test_drawing_keeps_its_proportions():
    for shape in ((40, 20), (20, 40), (30, 30), (7, 3)):
        prepared = normalised(np.full(shape, 255))
        scale = 20 / max(shape)
        assert box(prepared) == tuple(round(length * scale) for length in shape)


def test_edges_become_grey_when_a_drawing_shrinks():
    rows, columns = np.indices((200, 200))
    disc = 255 * ((rows - 100) ** 2 + (columns - 100) ** 2 < 90**2)
    prepared = normalised(disc)
    assert ((prepared > 50) & (prepared < 200)).sum() > 15
    assert abs(prepared.sum() / 255 - np.pi * 10**2) < 6  # the area of a disc of radius 10


def test_ink_may_be_255_or_1_or_true():
    picture = np.zeros((30, 40))
    picture[5:20, 8:12] = 1
    expected = normalised(picture * 255)
    for other in (
        picture,
        picture.astype(bool),
        picture.astype(np.float32),
        (picture * 255).astype(np.uint8)[:, :, None],
        picture.tolist(),
    ):
        assert np.array_equal(normalised(other), expected)


@pytest.mark.parametrize("bare", [np.zeros((28, 28)), np.zeros((0, 0)), np.zeros((5, 0)), from_text("")])
def test_bare_paper_is_said_to_be_bare(bare):
    with pytest.raises(ValueError) as caught:
        normalised(bare)
    assert str(caught.value) == EMPTY


@pytest.mark.parametrize("picture", [np.zeros(5), np.zeros((2, 2, 3)), np.array([["a"]]), np.array([[np.nan]]), np.array([[1j]])])
def test_what_is_no_drawing_is_said_to_be_none(picture):
    for prepare in (normalised, shrunk):
        with pytest.raises(ValueError, match="A drawing is an array of numbers"):
            prepare(picture)


# --- shrunk ---


def test_shrunk_keeps_paper_and_place():
    picture = np.zeros((280, 280), np.uint8)
    picture[20:30, 250:270] = 255
    expected = np.zeros((28, 28), np.uint8)
    expected[2, 25:27] = 255
    assert np.array_equal(shrunk(picture), expected)


def test_shrunk_takes_an_empty_drawing_and_one_that_is_not_square():
    assert not shrunk(np.zeros((0, 0))).any()
    assert shrunk(np.full((56, 28), 255)).sum() == 255 * 28 * 14


# --- from_text ---


def test_text_becomes_ink_two_pixels_high():
    assert from_text("##\n.#").tolist() == [[255, 255], [255, 255], [0, 255], [0, 255]]
    assert from_text("#\n. #").shape == (4, 3)


def test_other_characters_are_refused():
    with pytest.raises(ValueError, match="Line 2 of the drawing has a 'x'"):
        from_text("#\nx")
    with pytest.raises(ValueError, match="in quotation marks, not 7"):
        from_text(7)


# --- the pad ---


@pytest.fixture(params=["with a canvas", "without"])
def pad(request, monkeypatch):
    if request.param == "without":
        monkeypatch.setitem(sys.modules, "ipycanvas", None)
    return Pad(size=100, pen=10)


def draw(pad, *points):
    pad.down(*points[0])
    for point in points[1:]:
        pad.move(*point)
    pad.up()


def test_pad_draws_the_strokes(pad):
    assert pad.image().shape == (100, 100)
    assert not pad.image().any()
    draw(pad, (20, 50), (80, 50))
    image = pad.image()
    assert image.dtype == np.uint8
    assert (image[50, 20:80] == 255).all()
    assert not image[40].any() and not image[60].any()
    pad.move(50, 90)  # the pen is up
    assert np.array_equal(pad.image(), image)


def test_pad_draws_a_dot_and_ink_over_the_edge(pad):
    draw(pad, (30, 30))
    draw(pad, (90, 90), (130, 130))
    image = pad.image()
    assert image[30, 30] == 255
    assert image[99, 99] == 255
    assert abs((image[:60, :60] > 127).sum() - np.pi * 5**2) < 16


def test_pad_can_be_cleared(pad):
    draw(pad, (20, 20), (50, 50))
    pad.clear()
    assert not pad.image().any()
    draw(pad, (20, 20), (50, 50))
    assert pad.image().any()


def test_pad_says_so_where_it_cannot_be_shown(pad):
    bundle = pad._repr_mimebundle_()
    assert bundle["text/plain"] == Pad.SENTENCE
    assert ("application/vnd.jupyter.widget-view+json" in bundle) == (pad._widget is not None)
