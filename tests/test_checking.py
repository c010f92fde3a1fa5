"""`expect` accepts what is right, names the mistake where it is known, and shows the disagreement where not."""

import numpy as np
import pytest

from autograder.checking import Mistake, expect, keeps_arguments
from autograder.student import Student


def message(*args, **options):
    with pytest.raises(Mistake) as caught:
        expect(*args, **options)
    return str(caught.value)


@pytest.mark.parametrize("actual", [[1.0, 2.0], (1, 2), np.array([1, 2], np.uint8), np.array([1.00001, 2]), np.array([1, 2], np.float16)])
def test_equal_values_pass_whatever_their_type(actual):
    expect(actual, [1, 2], "f()")


def test_infinities_and_nans_are_compared_by_place():
    expect([np.inf, 1], [np.inf, 1], "f()")
    expect([np.nan, 1], [np.nan, 1], "f()")
    assert "first at [0]" in message([-np.inf, 1], [np.inf, 1], "f()")


def test_tolerance_is_relative_to_the_largest_value():
    expect([1000.05, 0.0], [1000.0, 0.0], "f()")
    assert "expected 0, got 0.2" in message([1000, 0.2], [1000.0, 0.0], "f()")
    assert message([1e-3], [0], "f()")


def test_counts_are_exact_however_large():
    assert message(607_395, 607_394, "f()") == "f() should be 607394, but is 607395."
    expect(607_394.0, 607_394, "f()")


def test_known_misconception_is_named_also_by_a_function_and_by_its_shape():
    assert message([4, 3], [3, 4], "f()", mistakes=[("reversed", [4, 3])]) == "reversed"
    assert message([4, 3], [3, 4], "f()", mistakes=[("other", [0, 0]), ("lazy", lambda: [4, 3])]) == "lazy"
    assert message([[1]], [1], "f()", mistakes=[("kept the axis", [[1]])]) == "kept the axis"


def test_misconception_that_gives_the_right_value_is_not_named():
    assert "differ" in message([5, 5], [3, 4], "f()", mistakes=[("same as right", [3, 4])])


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (None, "returned None"),
        ("text", "should return numbers that NumPy can hold, but returned this str: 'text'"),
        ([[1, 2]], "should have the shape (2,), but has the shape (1, 2)"),
        (3, "should have the shape (2,), but has no axes"),
        ([1, np.nan], "contains nan (not a number) at [1]"),
        ([1, 5], "1 of 2 values differ, first at [1]: expected 2, got 5. Expected [1, 2], got [1, 5]."),
    ],
)
def test_disagreement_is_shown(actual, said):
    assert said in message(actual, [1, 2], "f()")


def test_single_numbers_are_shown_plainly():
    assert message(27, 26, "output_size(28, 3)") == "output_size(28, 3) should be 26, but is 27."


def test_whole_numbers_are_asked_for_only_when_they_are():
    expect([1.00001], [1], "f()")
    assert "whole numbers" in message([1.00001], [1], "f()", whole=True)
    expect([1.0], [1], "f()", whole=True)


def clip_in_place(x):
    x[x < 0] = 0
    return x


def student(**functions):
    return Student.here(functions, None)


def test_changed_argument_is_noticed():
    with pytest.raises(Mistake, match="clip changed its first argument"):
        keeps_arguments(student(clip=clip_in_place), "clip", np.array([-1.0, 2]))


def test_kept_arguments_pass():
    weights = [np.ones((2, 3)), np.zeros(3)]
    keeps_arguments(student(f=lambda x, w, n: x @ w[0] + w[1]), "f", np.ones((4, 2)), weights, {"a": [1, 2]})


def test_argument_changed_deep_inside_is_noticed():
    def f(x, w):
        w[1] += 1

    with pytest.raises(Mistake, match="second argument"):
        keeps_arguments(student(f=f), "f", 1, [np.ones((2, 3)), np.zeros(3)])
