"""What a check learns when student code gives no value."""

import numpy as np
import pytest

from autograder.student import NotAttempted, Student, StudentError, TimedOut, Unreadable


def student(**functions):
    return Student.here(functions, None)


def unfinished(x):
    # YOUR CODE HERE
    raise NotImplementedError()


def divides(x):
    return x / 0


def exits(x):
    raise SystemExit("bye")


def prints(x):
    print("x" * 50_000)
    return x


def test_values_come_back():
    assert np.array_equal(student(double=lambda x: 2 * x).double(np.arange(3)), [0, 2, 4])
    assert student(add=lambda a, b=1: a + b).add(3, b=4) == 7


@pytest.mark.parametrize(("functions", "said"), [({}, "There is no f yet"), ({"f": unfinished}, "f is not written yet")])
def test_missing_and_unfinished_functions_are_not_attempted(functions, said):
    with pytest.raises(NotAttempted, match=said):
        student(**functions).f(1)


def test_unfinished_function_that_another_one_uses_is_named():
    with pytest.raises(NotAttempted, match="outer uses unfinished, and unfinished is not written yet"):
        student(outer=lambda x: unfinished(x)).outer(1)


def test_half_a_surrogate_pair_is_no_reason_to_be_silent():
    assert student(f=lambda: "a\ud800").f() == "a?"


def test_error_says_what_and_where():
    with pytest.raises(StudentError, match=r"stopped with ZeroDivisionError: division by zero at line \d+: return x / 0"):
        student(f=divides).f(1)


@pytest.mark.parametrize("function", [exits, 3])
def test_exit_and_things_that_are_no_functions_are_errors_of_theirs(function):
    with pytest.raises(StudentError, match=r"SystemExit: bye|TypeError: 'int' object is not callable"):
        student(f=function).f(1)


def test_value_that_cannot_cross_is_described():
    with pytest.raises(Unreadable, match="What f returned cannot be checked: it is a object"):
        student(f=lambda: object()).f()


def test_prints_are_kept_to_a_limit():
    who = student(f=prints)
    assert who.f(1) == 1
    assert 0 < len(who.printed) <= 2_000


def test_function_that_hung_once_is_not_asked_again():
    asked = []

    def transport(request, buffers, seconds):
        asked.append(request["call"])
        raise TimedOut("No answer")

    who = Student(transport)
    for _ in range(3):
        with pytest.raises(TimedOut):
            who.f(1)
    assert asked == ["f"]


@pytest.mark.parametrize("reply", [{}, {"result": 3}, {"result": {"model": 1}}, {"result": {"dict": []}}, {"raised": []}, {"printed": 5}])
def test_nonsense_from_the_other_side_is_unreadable(reply):
    with pytest.raises(Unreadable):
        Student(lambda request, buffers, seconds: (reply, [])).f()


def test_what_they_print_and_raise_cannot_steer_a_terminal(tmp_path):
    def shouts(x):
        print("\x1b]0;title\x07two\nlines\u202e")
        raise ValueError("\x1b[2Jgone")

    who = student(f=shouts)
    with pytest.raises(StudentError):
        who.f(1)
    assert who.printed == "�]0;title�two\nlines�\n"
