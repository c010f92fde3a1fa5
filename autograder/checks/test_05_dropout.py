"""Checks of lesson 05, "Learning not to rely on anyone": dropout is judged by what is true of its draws, never by single values.

A mask is random, so bad luck could fail an honest answer. Every bound here is a Chernoff bound, P(share as far from p as a) <= 2 exp(-n KL(a, p)), set so
that one comparison fails an honest answer with a chance below 2e-13, and all of them together with a chance below 1e-9, whatever the seed. Where
a test asks for two masks to differ, or for counts to vary, the chance that honest ones do not is smaller still: it is given there.
"""

import math
from itertools import pairwise

import numpy as np

from autograder.checking import Mistake, blaming, exercise, expect, keeps_arguments
from autograder.student import NotAttempted, StudentError

kept_fraction = exercise("kept_fraction")
dropout = exercise("dropout", weight=3)
dropout_rng = exercise("dropout", part="rng")
dropout_off = exercise("dropout", part="not training")

SURPRISE = 30  # 2 exp(-30) is 1.9e-13


# --- kept_fraction ---


def fraction_mistakes(x):
    right, whole = np.count_nonzero(x) / x.size, x.astype(np.float64)
    rows = len(x)
    yield from [
        ("That is the fraction of the entries that are zero. Asked for is the fraction of those that are not.", 1 - right),
        (
            "The length of `np.nonzero(x)` was taken: that is a tuple with one array for each axis, so its length is the number of axes. "
            "`np.count_nonzero(x)` counts the entries.",
            x.ndim / x.size,
        ),
        ("Only the entries that are 1 were counted. Every number that is not 0 counts.", lambda: np.mean(x == 1)),
        ("That is a percentage. A fraction lies between 0 and 1.", 100 * right),
        ("That is the number of entries that are not zero. Divide it by the number of all entries.", right * x.size),
        (
            "Only positive entries were counted. A negative number is not zero, so it counts too: compare with `!=`, not with `>`.",
            lambda: np.mean(x > 0),
        ),
        ("Only negative entries were counted. Every number that is not 0 counts.", lambda: np.mean(x < 0)),
        ("That is the mean of the entries themselves. Count the entries that are not zero, however large they are.", lambda: whole.mean()),
        (
            "That is the mean of the entries' sizes. Count the entries that are not zero, however large they are.",
            lambda: np.abs(whole).mean(),
        ),
        (
            "That is the mean of the entries that are not zero. Count them, however large they are, and divide by the number of all entries.",
            lambda: whole[x != 0].mean() if right else 0,
        ),
        (
            "The numbers were cut to whole numbers first, so 0.7 counted as 0. It is not zero, so it counts.",
            lambda: np.mean(np.trunc(whole) != 0),
        ),
        ("Only the first row was looked at: a `return` inside a loop ends the function in the first round.", lambda: np.mean(x[0] != 0)),
        ("That is the sum of the entries. Count those that are not zero, however large they are.", lambda: whole.sum()),
        (
            "The number of non-zero entries was divided by the number of rows: `len(x)` counts along the first axis only. `x.size` counts all entries.",
            right * x.size / rows,
        ),
        (
            "The number of non-zero entries was divided by the length of the last axis. Divide by the number of all entries, `x.size`.",
            right * x.size / x.shape[-1],
        ),
        (
            "Non-zero entries were counted for each column. Asked for is one number for the whole array.",
            lambda: np.count_nonzero(x, axis=0) / len(x),
        ),
        (
            "Non-zero entries were counted for each row. Asked for is one number for the whole array.",
            lambda: np.count_nonzero(x, axis=-1) / x.shape[-1],
        ),
        ("That tells which entries are not zero, one by one. Asked for is their fraction, one number.", lambda: x != 0),
        ("The fraction was rounded to a whole number, or divided with `//`. It may be any number from 0 to 1.", lambda: np.floor(right)),
        ("The fraction was rounded to a whole number. It may be any number from 0 to 1.", lambda: np.round(right)),
        ("The fraction was rounded. Return it with all its digits; a `print` may round.", lambda: np.round(right, 1)),
        ("The fraction was rounded. Return it with all its digits; a `print` may round.", lambda: np.round(right, 2)),
        ("The fraction was rounded. Return it with all its digits; a `print` may round.", lambda: np.round(right, 3)),
        (
            "That is non-zero entries divided by zero entries. Divide by the number of all entries.",
            lambda: right / (1 - right) if right < 1 else -1,
        ),
        (
            "Different values were counted, not entries. An entry that is not zero counts, whether or not another one has the same value.",
            lambda: np.unique(x[x != 0]).size / x.size,
        ),
    ]


def expect_fraction(student, x, mistakes=()):
    call = f"kept_fraction(x) with x of shape {x.shape} and dtype {x.dtype}"
    expect(student.kept_fraction(x), np.count_nonzero(x) / x.size, call, [*mistakes, *fraction_mistakes(x)])


def with_zeros(rng, shape, zeros):
    """Floats of both signs, of sizes from 0.5 to 5, and so many zeros, in random places."""
    x = rng.uniform(0.5, 5, shape) * rng.choice([-1.0, 1.0], shape)
    x.flat[rng.permutation(x.size)[:zeros]] = 0
    return x


def telling(draw):
    """The first array drawn on which no two of the mistakes give the same number, so that each gets its own sentence (after 1,000, any)."""
    for _ in range(1000):
        x = draw()
        right = np.count_nonzero(x) / x.size
        results = [(np.asarray(wrong() if callable(wrong) else wrong, float), sentence) for sentence, wrong in fraction_mistakes(x)]
        numbers = sorted((float(value), sentence) for value, sentence in results if value.ndim == 0 and value != right)
        if all(second[0] - first[0] > 2e-3 or first[1] == second[1] for first, second in pairwise(numbers)):
            break
    return x


@kept_fraction
def test_fraction_of_a_table(student, rng):
    expect_fraction(student, telling(lambda: np.round(with_zeros(rng, (7, 11), int(rng.integers(10, 30))), 1)))
    expect_fraction(student, telling(lambda: np.round(with_zeros(rng, (5, 7), 9), 1)))


@kept_fraction
def test_negative_numbers_are_not_zero(student, rng):
    for sign in (-1.0, 1.0):  # with all of one sign; -1.0 makes zeros with a sign, too: -0.0
        expect_fraction(student, np.abs(with_zeros(rng, (6, 9), int(rng.integers(5, 20)))) * sign)


@kept_fraction
def test_all_and_nothing(student, rng):
    for x in (np.zeros((3, 4)), with_zeros(rng, (4, 3), 0), np.ones((1, 1)), np.zeros((1, 1))):
        expect_fraction(student, x)


@kept_fraction
def test_one_axis_and_many(student, rng):
    for shape in ((13,), (2, 3, 4, 5), (1, 17), (17, 1)):
        with blaming(f"kept_fraction is right for tables, but not for the shape {shape}."):
            expect_fraction(student, with_zeros(rng, shape, 5))
    with blaming("kept_fraction is right for tables, but not for an array of a single entry."):
        expect_fraction(student, np.ones(1))
    with blaming("kept_fraction is not right for a transposed array."):
        expect_fraction(student, with_zeros(rng, (5, 8), 9).T)


@kept_fraction
def test_whole_numbers(student, rng):
    with blaming("kept_fraction is right for floats, but not for whole numbers."):
        expect_fraction(student, telling(lambda: rng.integers(-2, 3, (8, 9))))
        expect_fraction(student, rng.integers(0, 3, (30, 31), dtype=np.uint8) * np.uint8(100))


@kept_fraction
def test_small_numbers_are_not_zero(student, rng):
    x = with_zeros(rng, (6, 7), 12)
    x[np.abs(x) > 2.5] *= 1e-12
    small = ("Very small numbers were counted as zeros. A number counts as soon as it is not 0.", lambda: np.mean(np.abs(x) > 1e-6))
    expect_fraction(student, x, [small])


@kept_fraction
def test_argument_of_kept_fraction_is_not_changed(student, rng):
    keeps_arguments(student, "kept_fraction", with_zeros(rng, (4, 5), 6))


# --- dropout: what one result must be ---

NOTHING_DROPPED = "Nothing was dropped, although `training` was True: while training, each entry becomes 0 with probability `rate`, and the others are divided by 1 - rate."
ALL_DROPPED = "Every entry became 0. Each is dropped with probability `rate` only; the others are kept, and divided by 1 - rate."
SWAPPED_TRAINING = (
    "Training and not training are swapped: nothing was dropped when `training` was True, but entries were changed when it was False. "
    "Dropout is for training; a network in use has all its units."
)
NOT_RESCALED = (
    "The entries that are kept were left as they are. Divide them by 1 - rate: otherwise everything that adds them up gets less, on average, "
    "than it will get in use, when nothing is dropped."
)
SCALED_IN_USE = (
    "Your function scales at the wrong time: the kept entries are left as they are while training, and everything is multiplied by 1 - rate when not training. "
    "Here it is the other way round (inverted dropout): divide by 1 - rate while training, and change nothing when not training."
)
COARSE = (
    "The random numbers seem to have too few different values: whole numbers below 10 or 100, or rounded ones, with which not every rate can be met. "
    "Draw floats that can lie anywhere from 0 to 1, and compare them with the rate as it is: `rng.random`."
)
BY_VALUE = (
    "Which entries are dropped depends on their values: it was just the smallest ones. Chance decides, by random numbers from `rng`, "
    "and not what is in x. (Compare the random numbers with the rate, not x itself.)"
)


def generator(rng):
    """A generator with a seed of its own, as a student makes one."""
    return np.random.default_rng(int(rng.integers(2**32)))


def values(rng, shape):
    """Floats of both signs, of sizes from 0.5 to 3: none is near 0."""
    return rng.uniform(0.5, 3, shape) * rng.choice([-1.0, 1.0], shape)


def as_numbers(value, call, shape):
    """A result as an array of numbers of the shape that x had."""
    if value is None:
        raise Mistake(
            f"{call} returned None. Give the result back with `return`, when training and when not; a function that works "
            "on its argument instead would change what the caller still needs."
        )
    try:
        given = np.asarray(value)
    except (TypeError, ValueError):
        given = np.asarray(None)
    if given.dtype.kind not in "biuf":
        raise Mistake(f"{call} should return an array of numbers of the shape of x, but returned a {type(value).__name__}.")
    if given.shape == shape:
        return given.astype(np.float64)
    if given.ndim == 1 and 0 < given.size < math.prod(shape):
        raise Mistake("The dropped entries were left out, which changes the shape. A dropped entry stays in its place, as 0.")
    if given.shape == (2, *shape):
        raise Mistake(
            "Two arrays were returned, the mask among them. Return only the result: the values that are kept, rescaled, and 0 elsewhere."
        )
    if given.size == math.prod(shape):
        raise Mistake(f"{call} has the shape {given.shape}: the shape was lost on the way. The result has the shape of x, {shape}.")
    raise Mistake(f"{call} should have the shape of x, {shape}, but has the shape {given.shape}.")


def drop(student, x, rate, random):
    """Call dropout on x while training, with the generator `random`. Returns which entries were kept, or raises Mistake if one is neither 0 nor right."""
    call = f"dropout(x, {rate:.4g}, rng, True) with x of shape {x.shape} and dtype {x.dtype}"
    given = as_numbers(student.dropout(x, rate, random, True), call, x.shape)
    right = x.astype(np.float64) / (1 - rate)
    close = 1e-4 * np.abs(right).max()
    with np.errstate(invalid="ignore"):
        zero, kept = np.abs(given) <= close, np.abs(given - right) <= close
    if not np.all(zero | kept):
        explain(student, call, x, rate, given, zero, kept)
    return kept


def explain(student, call, x, rate, given, zero, kept):
    """Raise Mistake with the misconception that makes of x what was given, where entries are neither 0 nor x / (1 - rate)."""
    exact = x.astype(np.float64)
    right = exact / (1 - rate)
    if np.isnan(given).any():
        raise Mistake(f"{call} contains nan (not a number). A dropped entry is 0, and an entry of x that is 0 stays 0.")
    if np.any(given[exact == 0] != 0):
        raise Mistake(
            "Entries of x that are 0 became something else. A zero stays zero, dropped or kept: nothing is added, only multiplied."
        )
    if np.allclose(given, exact, rtol=1e-6, atol=0):
        raise Mistake(SWAPPED_TRAINING if changes_in_use(student, x, rate) else NOTHING_DROPPED)
    survived = ~zero & (exact != 0)
    factor = given[survived] / exact[survived]
    if x.dtype.kind in "iu":
        size = 256**x.dtype.itemsize
        cut = [np.trunc(right), np.round(right), np.floor(right), np.trunc(exact) * np.trunc(1 / (1 - rate))]
        if any(np.all(given[survived] == whole[survived]) for whole in cut):
            raise Mistake(
                "The digits after the point were cut off: x holds whole numbers here, but x / (1 - rate) need not be whole. Let the result be floats."
            )
        if any(np.all((given[survived] - whole[survived]) % size == 0) for whole in cut):
            raise Mistake(
                f"Numbers got lost by overflow: the results were put back into {x.dtype}, which cannot hold them. Let the result be floats."
            )
    if survived.any() and np.ptp(factor) <= 1e-3 * np.abs(factor).max():
        explain_factor(student, call, x, rate, factor.mean(), zero)
    for level in (1, 1 / (1 - rate)):
        if np.all(zero | (np.abs(given - level) <= 1e-4)):
            raise Mistake("That is the mask itself, and not the entries of x under the mask. Multiply x by it.")
    left = ~zero & ~kept
    if np.allclose(given[left], exact[left], rtol=1e-4) and kept.any():
        raise Mistake("The entries that are not kept were left as they are. A dropped entry becomes 0.")
    if kept.any() and np.ptp(given[left]) <= 1e-6:
        raise Mistake(f"The dropped entries became {given[left][0]:.6g}. A dropped entry becomes 0, so that it adds nothing to any sum.")
    if np.allclose(np.abs(given[left]), np.abs(right[left]), rtol=1e-4):
        raise Mistake("Signs got lost, or were turned: a kept entry is x / (1 - rate), and that has the sign of x.")
    if np.mean(zero) < 0.05:
        raise Mistake(
            "No entry became 0; all of them were changed by random amounts. That is noise. Dropout decides for each entry by chance whether it is kept or "
            "dropped: x / (1 - rate) or 0, and nothing in between."
        )
    if survived.any() and np.ptp(factor) > 0.05 * np.abs(factor).max():
        raise Mistake(
            "The kept entries were multiplied by different numbers. Chance decides only whether an entry is kept; all that are kept are divided by the same 1 - rate."
        )
    at = tuple(np.argwhere(left)[0])
    raise Mistake(
        f"{call}: each entry must become 0 or x / (1 - rate), but the entry {exact[at]:.6g} became {given[at]:.6g}, which is neither 0 nor {right[at]:.6g}."
    )


def explain_factor(student, call, x, rate, factor, zero):
    """Raise Mistake: all kept entries were multiplied by the same wrong number."""

    def is_near(other):
        return abs(factor - other) <= 1e-3 * abs(other)

    if is_near(1):
        raise Mistake(SCALED_IN_USE if changes_in_use(student, x, rate) == "scaled" else NOT_RESCALED)
    named = [
        (
            1 - rate,
            "The kept entries were multiplied by 1 - rate. Divide by it: what is left has to become larger, to make up for what is missing.",
        ),
        (
            1 / rate,
            "The kept entries were divided by the rate. The rate is what is dropped: divide by the fraction that is kept, 1 - rate.",
        ),
        (rate, "The kept entries were multiplied by the rate. Divide them by the fraction that is kept, 1 - rate."),
        ((1 - rate) ** -2, "The kept entries were divided by 1 - rate twice. Once makes up for what is missing."),
        (
            (1 - rate) ** -0.5,
            "The kept entries were divided by the square root of 1 - rate. Divide by 1 - rate itself: it is the mean that has to come back.",
        ),
        (1 + rate, "The kept entries were multiplied by 1 + rate. Divide by 1 - rate: 1 / (1 - 0.5) is 2, and not 1.5."),
        (1 / (1 + rate), "The kept entries were divided by 1 + rate. Divide by 1 - rate: they have to become larger."),
        (1.25, "The kept entries were divided by 0.8, which is right for a rate of 0.2 only. Divide by 1 - rate."),
        (2, "The kept entries were doubled, which is right for a rate of 0.5 only. Divide by 1 - rate."),
        (-1 / (1 - rate), "The kept entries have changed their signs. Divide them by 1 - rate, which is positive."),
    ]
    if zero.any() and abs(factor * np.mean(~zero) - 1) <= 1e-6:
        raise Mistake(
            "The kept entries were divided by the fraction that happened to be kept this time. Divide by 1 - rate: by what is kept on average, "
            "which is a number that no entry's coin can change."
        )
    if is_near(1 / rate) and not surprising(int(np.sum(zero)), zero.size, 1 - rate):
        raise Mistake(
            "Keeping and dropping are swapped throughout: as many entries were kept as should be dropped, and they were divided by the rate. "
            "`rate` is the probability to be dropped: keep the others, and divide them by 1 - rate."
        )
    for other, sentence in named:
        if is_near(other):
            raise Mistake(sentence)
    if zero.any() and abs(factor * x[~zero].astype(np.float64).sum() - x.astype(np.float64).sum()) <= 1e-6 * np.abs(x).sum():
        raise Mistake(
            "The kept entries were scaled so that their sum is exactly that of x. The sum has to come back on average only: divide by 1 - rate, "
            "the same for every x, whoever is dropped."
        )
    raise Mistake(
        f"{call}: the kept entries were multiplied by {factor:.6g}. With a rate of {rate:.4g}, dividing by 1 - rate multiplies them by {1 / (1 - rate):.6g}."
    )


def changes_in_use(student, x, rate):
    """How dropout changes x when it is not training: "" if it does not, "scaled" if all is multiplied by 1 - rate."""
    try:
        given = np.asarray(student.dropout(x, rate, np.random.default_rng(5), False), dtype=np.float64)
    except (StudentError, TypeError, ValueError):
        return ""
    if given.shape != x.shape or np.allclose(given, x, rtol=1e-4):
        return ""
    return "scaled" if np.allclose(given, x * (1 - rate), rtol=1e-4) else "changed"


def divergence(a, p):
    """Kullback and Leibler's divergence of a coin that shows heads with probability a from one with probability p, in nats."""
    parts = [share * math.log(share / (chance or 5e-324)) for share, chance in ((a, p), (1 - a, 1 - p)) if share > 0]
    return sum(parts)


def surprising(count, n, p, allowance=SURPRISE):
    """Whether `count` of n independent coins with probability p is further off than an honest answer gets, by Chernoff's bound."""
    return n * divergence(count / n, p) > allowance


def normal_below(z):
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def expect_share(student, kept, rate, random):
    """Raise Mistake unless about the right share of the entries was dropped."""
    n, dropped = kept.size, int(np.sum(~kept))
    if not surprising(dropped, n, rate):
        return
    if dropped in (0, n):
        results = set()
        for _ in range(20):  # a single fair coin falls on the same side 20 times with a chance of 2e-6: then the other sentence is shown
            again = drop(student, np.ones((3, 5)), 0.5, generator(random))
            results |= {again.all(), not again.any()} if again.all() or not again.any() else {None}
        if results == {True, False}:
            raise Mistake(
                "One draw decides for the whole array: all of its entries are kept, or all are dropped. Each entry needs a random number of its own, "
                "as many as x has entries."
            )
        if dropped == 0 and None in results:
            raise Mistake(f"With a rate of {rate:.4g}, nothing was dropped of {n:,} entries. {COARSE}")
        raise Mistake(NOTHING_DROPPED.replace("Nothing was dropped", "Nothing was dropped (only divided)") if dropped == 0 else ALL_DROPPED)
    named = [
        (
            1 - rate,
            "Keeping and dropping are swapped: about as many entries were kept as should be dropped. `rate` is the probability to be dropped, so an entry is kept "
            "where its random number is at least `rate`.",
        ),
        (
            normal_below(rate),
            "The random numbers seem to come from a normal distribution (the bell curve), for which the share below `rate` is another one. "
            "Draw them evenly between 0 and 1: `rng.random`.",
        ),
        (
            1 - normal_below(1 - rate),
            "The random numbers seem to come from a normal distribution (the bell curve), for which the share below 1 - rate is another one. "
            "Draw them evenly between 0 and 1: `rng.random`.",
        ),
        (
            1 - (1 - rate) ** 2,
            "Too many entries were dropped: as many as if the mask had been drawn and applied twice. Each entry is dropped with probability `rate`, once.",
        ),
        (
            1 - math.exp(-rate),
            "Too few entries were dropped: as many as if places to drop had been drawn at random with repetitions, so that some places come up twice. "
            "Draw a number for each entry instead, and compare it with `rate`.",
        ),
        (rate**2, "Too few entries were dropped: rate squared. Each is dropped with probability `rate`."),
        (rate / 2, "Half as many entries were dropped as should be. Each is dropped with probability `rate`."),
        ((1 + rate) / 2, "The random numbers seem to lie between -1 and 1. Draw them between 0 and 1: `rng.random`."),
        (
            0.5,
            "Half of the entries were dropped, whatever the rate. Each is dropped with probability `rate`: compare its random number with `rate`.",
        ),
        (0.2, "A rate of 0.2 was used, whatever `rate` says. Use the argument."),
        (0.8, "0.2 of the entries were kept, whatever `rate` says. Each is dropped with probability `rate`."),
    ]
    coarse = [((math.floor(rate * steps) + more) / steps, COARSE) for steps in (10, 100) for more in (0, 1)]
    # Whoever is wrong at the small rate only has been right, or nearly, at two others.
    named = [*coarse, (0.02, COARSE), (0.2, COARSE)] if rate < 0.01 else coarse + named
    share, sentence = min(named, key=lambda pair: divergence(dropped / n, pair[0]))
    if not surprising(dropped, n, share):
        raise Mistake(sentence)
    raise Mistake(
        f"With a rate of {rate:.4g}, {dropped / n:.4f} of {n:,} entries were dropped. Each is to be dropped with probability {rate:.4g}."
    )


@dropout
def test_each_entry_becomes_0_or_is_divided(student, rng):
    x = values(rng, (12, 25))
    try:
        for rate in (0.3, float(rng.uniform(0.35, 0.45)), 0.7):
            kept = drop(student, x, rate, generator(rng))
            mixed = kept.any() and not kept.all()
            if mixed and any(np.max(by[~kept]) < np.min(by[kept]) for by in (x, np.abs(x))):
                raise Mistake(BY_VALUE)
            for name, some in (
                ("negative", x < 0),
                ("positive", x > 0),
            ):  # over 100 entries each: honest draws drop all with a chance below 0.7 ** 100
                if not kept[some].any() and kept.any():
                    raise Mistake(
                        f"All {name} entries became 0. They are dropped as often as others, with probability `rate`, and divided by 1 - rate if they are kept."
                    )
    except StudentError as error:
        if type(error) is StudentError and (works_for := a_shape_that_works(student)):
            raise StudentError(
                f"dropout works for an array of shape {works_for}, but not for one of shape {x.shape}. The random numbers must have the shape of x, whatever it is: "
                f"`x.shape`, a tuple, as one argument. {error}"
            ) from None
        raise


def a_shape_that_works(student):
    for shape in ((128,), (1, 128), (32, 128), (60, 128), (300,), (28, 28)):
        try:
            if np.shape(student.dropout(np.ones(shape), 0.3, np.random.default_rng(5), True)) == shape:
                return shape
        except NotAttempted:
            raise
        except StudentError:
            continue
    return None


@dropout
def test_no_row_or_column_shares_a_draw(student, rng):
    # With a rate of 0.5 honest entries agree along an axis with a chance of 2 ** -1000 or less.
    kept = drop(student, values(rng, (40, 60)), 0.5, generator(rng))
    if kept.any() and not kept.all():  # the next test looks at how many they are
        if np.all(kept == kept[:1]):
            raise Mistake(
                "Every row of x got the same mask: the same units are dropped for all examples. Each entry needs a draw of its own, "
                "so draw as many random numbers as x has entries, in the shape of x."
            )
        if np.all(kept == kept[:, :1]):
            raise Mistake(
                "A row of x was kept or dropped as a whole. Each entry needs a draw of its own, so draw as many random numbers as x has entries, in the shape of x."
            )
        distances, pairs, agreeing = agreements(kept)
        if 50 < kept.sum() < kept.size - 50 and np.any(agreeing == pairs):  # 1,200 pairs or more, of two coins each
            raise Mistake(REPEATED.format(distances[agreeing == pairs][0]))


@dropout
def test_how_many_are_dropped_is_left_to_chance(student, rng):
    # 16 honest counts of 120 coins are all equal with a chance of 0.073 ** 15 = 9e-18, 160 counts of 12 with a chance of 0.23 ** 159.
    masks = np.array([drop(student, values(rng, (10, 12)), 0.5, generator(rng)) for _ in range(16)])
    if np.all(masks == masks[0]):
        return  # not the number is fixed but the mask, by a seed: that is for the tests of rng
    for axis, name in ((2, "row"), (1, "column")):
        if len(set(masks.sum(axis=axis).ravel().tolist())) == 1:
            raise Mistake(
                f"The same number of entries is dropped in every {name}, as if that many had been picked. Give each entry its own draw, independent of all the others, "
                "and leave the number to chance."
            )
    if len(set(masks.sum(axis=(1, 2)).tolist())) == 1 and 0 < masks[0].sum() < 120:
        raise Mistake(
            f"Exactly {120 - masks[0].sum()} of 120 entries are dropped each time, as if that many had been picked. Then the entries are not independent: if others are dropped, "
            "one has a better chance to stay. Give each entry its own draw, and leave the number to chance."
        )


@dropout
def test_the_right_share_is_dropped(student, rng):
    x = values(rng, (200, 200))
    for rate in (0.2, float(rng.uniform(0.65, 0.85)), 0.004):
        expect_share(student, drop(student, x, rate, generator(rng)), rate, rng)


@dropout
def test_entries_are_independent(student, rng):
    expect_no_pattern(drop(student, values(rng, (40, 60)), 0.5, generator(rng)))
    with blaming("dropout is right for tables, but not for an array of four axes."):
        kept = drop(student, values(rng, (6, 10, 7, 9)), 0.5, generator(rng))
    for axis in range(4):
        if np.all(kept == kept.take([0], axis)):
            raise Mistake(
                f"Along axis {axis} of an array of shape {kept.shape} all entries share one draw: they are kept or dropped together. Each entry needs a draw of its own."
            )
    expect_no_pattern(kept)


REPEATED = (
    "The entries are not independent: the mask repeats itself after {} entries, as if a smaller mask had been drawn and used again and again. "
    "Draw as many random numbers as x has entries."
)


def agreements(kept):
    """For every distance up to half of the flat array: the distance, how many pairs of entries are so far apart, and how many of them agree."""
    signs = np.where(kept.ravel(), 1.0, -1.0)
    n = signs.size
    spectrum = np.fft.rfft(signs, 2 * n)
    products = np.round(np.fft.irfft(spectrum * np.conj(spectrum))[:n])
    distances = np.arange(1, n // 2)
    pairs = n - distances
    return distances, pairs, (pairs + products[1 : n // 2]) / 2


def expect_no_pattern(kept):
    """Raise Mistake if entries tell what others will be, at any fixed distance in the flat array.

    With a rate of 0.5 whether entries agree with those k further on is as random as n - k independent coins, for every k.
    """
    for distance, pairs, agreeing in zip(*agreements(kept), strict=True):
        if surprising(agreeing, pairs, 0.5, SURPRISE + math.log(kept.size)):
            raise Mistake(
                f"The entries are not independent: whether one is kept tells something about the one {distance} further on (row by row). "
                "Give each entry its own draw: as many random numbers as x has entries, none of them used twice."
            )


@dropout
def test_any_shape(student, rng):
    for shape in ((128,), (1,), (1, 1), (3, 1, 2), (2, 5, 4, 3), (1, 9)):
        with blaming(f"dropout is right for tables, but not for an array of shape {shape}."):
            drop(student, values(rng, shape), 0.4, generator(rng))
    with blaming("dropout is not right for an array that is a view of another one, such as a transposed one."):
        drop(student, values(rng, (7, 5)).T, 0.4, generator(rng))
        drop(student, values(rng, (8, 9))[::2, 1::3], 0.4, generator(rng))


@dropout
def test_whole_numbers_and_small_floats(student, rng):
    for dtype in (np.int64, np.float32, np.uint8, np.int32, np.int8):
        x = values(rng, (15, 20)) if dtype is np.float32 else rng.integers(40, 120, (15, 20))
        with blaming(f"dropout is right for float64, but not for numbers of the dtype {np.dtype(dtype)}."):
            drop(student, x.astype(dtype), 0.3, generator(rng))


@dropout
def test_negative_numbers_and_zeros(student, rng):
    x = values(rng, (80, 90))
    x[rng.random(x.shape) < 0.2] = 0
    rate = 0.4
    kept = drop(student, x, rate, generator(rng))
    for name, some in (("negative", x < 0), ("positive", x > 0)):
        dropped, n = int(np.sum(~kept[some])), int(np.sum(some))
        if dropped == n:
            raise Mistake(
                f"All {name} entries became 0. They are dropped as often as others, with probability `rate`, and divided by 1 - rate if they are kept."
            )
        if surprising(dropped, n, rate):
            raise Mistake(
                f"Of the {name} entries {dropped / n:.3f} were dropped, with a rate of {rate}. What is in x must not matter for the draws."
            )


@dropout
def test_rate_0_drops_nothing(student, rng):
    x = values(rng, (2, 3))
    for attempt in range(2):  # a random number of 24 bits is 0 with a chance of 6e-8, so a `>` in place of `>=` may lose an entry once
        with blaming("A rate of 0 is allowed: nothing is dropped, and dividing by 1 - 0 changes nothing."):
            if drop(student, x, 0.0, generator(rng)).all():
                return
        if attempt:
            raise Mistake("With a rate of 0 an entry was dropped. A probability of 0 means never.")


@dropout
def test_argument_of_dropout_is_not_changed(student, rng):
    keeps_arguments(student, "dropout", values(rng, (8, 9)), 0.5, generator(rng), True)
    keeps_arguments(student, "dropout", rng.integers(1, 100, (8, 9)), 0.5, generator(rng), True)
    keeps_arguments(student, "dropout", values(rng, (8, 9)), 0.5, generator(rng), False)


# --- dropout: where chance comes from, and when there is none ---


def pattern(student, x, random):
    """Which entries of x became 0 at a rate of 0.5, whatever became of the others, and the generator afterwards. It must be some and not all: then it drops."""
    value, after = student.dropout.and_arguments(x, 0.5, random, True)
    given = as_numbers(value, "dropout(x, 0.5, rng, True)", x.shape)
    if not np.any(given == 0):
        if not np.allclose(given, x, rtol=1e-4):
            raise Mistake("No entry became 0 while training, so it cannot be seen which were dropped.")
        raise Mistake(SWAPPED_TRAINING if changes_in_use(student, x, 0.5) == "changed" else NOTHING_DROPPED)
    if not np.any(given):
        raise Mistake(ALL_DROPPED)
    return given == 0, after[2]


# Of 600 entries, two honest masks are the same with a chance of 2 ** -600.


@dropout_rng
def test_same_generator_state_same_mask(student, rng):
    x, seed = values(rng, (20, 30)), int(rng.integers(2**32))
    first, _ = pattern(student, x, np.random.default_rng(seed))
    second, _ = pattern(student, x, np.random.default_rng(seed))
    if not np.array_equal(first, second):
        raise Mistake(
            "Two generators with the same seed gave different masks, so chance came from somewhere else. Draw from the generator that you are given, `rng.random(…)`: "
            "`np.random.…` and a new `np.random.default_rng()` have a state of their own, and no one could repeat the training."
        )


@dropout_rng
def test_other_generator_other_mask(student, rng):
    x = values(rng, (20, 30))
    first, _ = pattern(student, x, generator(rng))
    second, _ = pattern(student, x, generator(rng))
    if np.array_equal(first, second):
        raise Mistake(
            "Generators with different seeds gave the same mask: `rng` is not used, or a seed was set inside the function, or a mask was kept from an earlier call. "
            "Draw from `rng` at every call, and set no seed; which masks come is the caller's choice."
        )


@dropout_rng
def test_the_next_call_draws_anew(student, rng):
    x = values(rng, (20, 30))
    first, after = pattern(student, x, generator(rng))
    second, _ = pattern(student, x, after)
    if np.array_equal(first, second):
        raise Mistake(
            "A second call with the same generator gave the same mask again: the generator was copied, or put back. Draw from `rng` itself, "
            "so that it moves on and every batch gets masks of its own."
        )


@dropout_off
def test_nothing_changes_when_not_training(student, rng):
    pattern(student, values(rng, (20, 30)), generator(rng))  # or a function that never drops would earn this point
    for shape, rate in (((20, 30), 0.5), ((300,), 0.2), ((2, 5, 4, 3), 0.9), ((1,), 0.5), ((4, 5), 0.0)):
        x = values(rng, shape)
        call = f"dropout(x, {rate}, rng, False) with x of shape {shape}"
        given = as_numbers(student.dropout(x, rate, generator(rng), False), call, shape)
        if np.any(given == 0) and np.any(given):
            raise Mistake(
                "Entries were dropped although `training` was False. Dropout is for training: a network in use has all its units, and its answers do not depend on chance."
            )
        mistakes = [
            (
                "When not training, everything was multiplied by 1 - rate. That belongs to the older form of dropout, which does not divide while training. "
                "Here the division has made up for it already, so leave x alone.",
                x * (1 - rate),
            ),
            (
                "When not training, everything was divided by 1 - rate. Nothing is missing then, so there is nothing to make up for.",
                x / (1 - rate),
            ),
            ("When not training, everything was multiplied by the rate. Leave x alone.", x * rate),
            ("When not training, everything became 0. Leave x alone: a network in use has all its units.", np.zeros_like(x)),
        ]
        expect(given, x, call, mistakes)


@dropout_off
def test_whole_numbers_stay_when_not_training(student, rng):
    pattern(student, values(rng, (20, 30)), generator(rng))
    x = rng.integers(-100, 100, (6, 7))
    expect(student.dropout(x, 0.5, generator(rng), False), x, "dropout(x, 0.5, rng, False) with whole numbers", [])
