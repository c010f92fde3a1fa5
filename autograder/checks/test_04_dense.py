"""Checks of lesson 04, "Every input to every unit": a dense layer, and the numbers that it starts from.

`tests/test_oracles_04.py` holds the oracles to Keras, and shows that an honest draw of weights never fails.
"""

import math
import re

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.checking import Mistake, blaming, exercise, expect, keeps_arguments
from autograder.student import StudentError

dense = exercise("dense")
glorot_uniform = exercise("glorot_uniform", weight=3)
glorot_dtype = exercise("glorot_uniform", part="dtype")
dense_parameters = exercise("dense_parameters")
hidden = exercise("hidden")

CALLS = ("dense(", "glorot_uniform(", "dense_parameters(", "hidden(")


def if_it_fits(compute):
    """What `compute()` gives, or nan where its shapes do not fit."""
    try:
        return compute()
    except ValueError:
        return np.nan


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# --- dense ---


def oracle_dense(x, weights, bias):
    """result[m, j] = bias[j] + sum over i of x[m, i] * weights[i, j], in float64."""
    x, weights, bias = (np.asarray(array, dtype=np.float64) for array in (x, weights, bias))
    return np.einsum("mi,ij->mj", x, weights) + bias


def dense_mistakes(x, weights, bias):
    """What each misconception makes of these arguments; the first that fits is named."""
    (n, inputs), units = x.shape, weights.shape[1]
    right = oracle_dense(x, weights, bias)
    products = right - bias
    no_activation = "dense is the layer without its activation, which is a function of its own."
    elementwise = (
        "`*` multiplies number by number and adds nothing up. A unit multiplies each input by its weight *and adds up all the products*: "
        "that is the matrix product, `@`."
    )
    missing = "One axis is missing. The result has two, even for a single example or a single unit: example, unit."
    one_row_each = "Each example of the batch gets its own row: result[m]."
    one_column_each = "Each unit has its own column of weights, and its own column in the result."
    columns = (
        "weights[i, j] is the weight of input i in unit j: a unit's weights are a *column*. Nothing is to be transposed: x is (n, inputs)."
    )
    return [
        (missing, right[0, 0] if n == units == 1 else right),
        (missing, right[0] if n == 1 else right),
        (missing, right[:, 0] if units == 1 else right),
        ("The bias was forgotten: each unit adds its own bias to its sum.", products),
        ("The bias was subtracted. A unit adds its bias to its sum.", products - bias),
        (
            (
                "The bias was laid along the rows: each example got a bias. A bias belongs to a unit, and units are the columns of the result: "
                "add bias[j] to column j."
            ),
            lambda: if_it_fits(lambda: products + bias[:, None]),
        ),
        ("All units got the bias of the first. Each unit has its own: bias[j] for column j of the result.", products + bias[0]),
        ("All units got the sum of all biases. Each unit has its own: bias[j] for column j of the result.", products + bias.sum()),
        ("All units got the mean of all biases. Each unit has its own: bias[j] for column j of the result.", products + bias.mean()),
        ("The bias was added once for every input. A unit adds it once, after the sum of all products.", products + inputs * bias),
        (
            "The bias was added to the weights, so that each input is multiplied by it. A unit adds it once, after the sum of all products.",
            lambda: oracle_dense(x, weights + bias, 0 * bias),
        ),
        (
            "The bias was added to the inputs. There is one for each *unit*: it is added to the unit's sum.",
            lambda: oracle_dense(x + bias, weights, 0 * bias) if inputs == units else 0,
        ),
        ("The sum was multiplied by the bias. A unit adds its bias to its sum.", products * bias),
        ("The bias was added twice.", products + 2 * bias),
        (f"Negative answers were cut to 0: relu was applied. {no_activation}", lambda: np.maximum(right, 0)),
        (
            f"Negative answers were cut to 0 before the bias was added: relu was applied. {no_activation}",
            lambda: np.maximum(products, 0) + bias,
        ),
        (f"The sigmoid was applied. {no_activation}", lambda: sigmoid(right)),
        (f"tanh was applied. {no_activation}", lambda: np.tanh(right)),
        (f"softmax was applied. {no_activation}", lambda: softmax(right)),
        ("The answers have lost their signs. A unit's answer may be negative.", np.abs(right)),
        ("The products were averaged. A unit's answer is their sum, plus the bias.", products / inputs + bias),
        ("The products and the bias were averaged. A unit's answer is the sum of its products, plus the bias.", right / inputs),
        (f"The weights were transposed. {columns}", lambda: oracle_dense(x, weights.T, bias) if inputs == units else 0),
        (f"x was transposed. {columns}", lambda: if_it_fits(lambda: x.T @ weights + bias)),
        (f"x and weights are in the wrong order, which swaps rows and columns. {columns}", lambda: if_it_fits(lambda: weights @ x + bias)),
        (
            f"Rows and columns of the sums are swapped, and so the bias went to the examples. {columns}",
            lambda: if_it_fits(lambda: products.T + bias),
        ),
        ("Rows and columns of the result are swapped. result[m, j] is the answer of unit j to example m.", right.T),
        (
            "`reshape` made the sizes fit, but it puts the weights in other places. The weights of unit j are the column weights[:, j].",
            lambda: oracle_dense(x, weights.reshape(units, inputs).T, bias),
        ),
        (elementwise, lambda: if_it_fits(lambda: x * weights + bias)),
        (elementwise, lambda: if_it_fits(lambda: x * weights)),
        (elementwise, lambda: if_it_fits(lambda: x * weights.T + bias)),
        (elementwise, lambda: if_it_fits(lambda: x.T * weights + bias)),
        (elementwise, lambda: x[:, :, None] * weights + bias),
        (elementwise, lambda: x[:, :, None] * weights),
        (
            "The last input was left out. A unit multiplies *every* input: with `range(inputs)`, i runs from 0 to inputs - 1.",
            lambda: oracle_dense(x[:, :-1], weights[:-1], bias),
        ),
        (
            "The first input was left out. A unit multiplies *every* input, and i starts from 0.",
            lambda: oracle_dense(x[:, 1:], weights[1:], bias),
        ),
        (
            "Only the first input was used. A unit multiplies *every* input by its weight and adds up the products.",
            lambda: x[:, :1] * weights[:1] + bias,
        ),
        (
            "Only the last product was kept: each new one took the place of the one before. Add the products up, with `+=`.",
            lambda: x[:, -1:] * weights[-1:] + bias,
        ),
        (
            "The weights were ignored: the inputs were added up as they are.",
            lambda: x.sum(axis=1, keepdims=True) + np.broadcast_to(bias, right.shape),
        ),
        ("The last unit is missing.", right[:, :-1]),
        (
            f"All units gave the answers of the first. {one_column_each}",
            lambda: oracle_dense(x, np.repeat(weights[:, :1], units, axis=1), bias),
        ),
        (f"Only the first unit answered. {one_column_each}", right[:, :1]),
        (f"Only the first unit answered. {one_column_each}", right[:, 0]),
        (f"The units were added up. {one_column_each}", right.sum(axis=1)),
        (f"The units were added up. {one_column_each}", right.sum(axis=1, keepdims=True)),
        (f"All examples got the answers to the first. {one_row_each}", np.repeat(right[:1], n, axis=0)),
        (f"Only the first example was answered. {one_row_each}", right[:1]),
        (f"Only the first example was answered: `return` inside a loop ends it in its first round. {one_row_each}", right[0]),
        ("The result was flattened. It has two axes: example, unit.", right.ravel()),
        (f"The examples were added up. {one_row_each}", products.sum(axis=0) + bias),
        (f"The examples were added up. {one_row_each}", products.sum(axis=0, keepdims=True) + bias),
        (f"The examples were averaged. {one_row_each}", right.mean(axis=0)),
        (f"The examples were averaged. {one_row_each}", right.mean(axis=0, keepdims=True)),
        ("The digits after the point were cut off. The result holds floats; make it with `np.zeros(shape)`.", np.trunc(right)),
        ("The answers were rounded. The result holds floats.", np.round(right)),
    ]


# A square case in which every mix-up of axes can be computed, for telling what lies behind an error about sizes.
SQUARE = (
    np.array([[1.0, 2.0, -3.0], [0.5, 4.0, 5.0], [-6.0, 7.0, 8.5]]),
    np.array([[2.0, -1.0, 3.0], [4.0, 6.5, -5.0], [7.0, 1.5, -2.0]]),
    np.array([0.25, 11.0, -13.0]),
)


def behind_an_error(student, error):
    """The sentence on what a mistake with sizes looks like in a square case, where it raises no error; or on the error itself."""
    text = str(error)
    if not any(
        words in text for words in ("broadcast", "mismatch", "aligned", "Matrix size", "incompatible", "out of bounds", "Dimensions")
    ):
        return ""
    try:
        expect(student.dense(*SQUARE), oracle_dense(*SQUARE), "dense(", dense_mistakes(*SQUARE))
    except Mistake as found:
        if not str(found).startswith(CALLS):
            return str(found)
    except StudentError:
        pass
    if "out of bounds" in text:
        return "An index went too far. Take each size from its own axis: n, inputs = x.shape, and units = weights.shape[1]."
    if "broadcast" in text:
        return (
            "The sizes do not fit. `*` and `+` go number by number; to multiply and add up, use the matrix product `@`. "
            "The bias, of shape (units,), is added to every row of the result."
        )
    return "The sizes do not fit. x is (n, inputs) and weights (inputs, units): the axis that is added up is the last of x and the first of weights."


def expect_dense(student, x, weights, bias):
    call = f"dense(x, weights, bias) with x {x.shape}, weights {weights.shape} and bias {bias.shape}"
    try:
        given = student.dense(x, weights, bias)
    except StudentError as error:
        sentence = behind_an_error(student, error) if type(error) is StudentError else ""
        if sentence:
            raise Mistake(f"{sentence} {error}") from None
        raise
    wide = [array.astype(np.float64) for array in (x, weights, bias)]
    expect(given, oracle_dense(x, weights, bias), call, dense_mistakes(*wide))


def whole_floats(rng, *shape):
    """Floats that are easy to read: whole numbers from 1 to 9, of either sign."""
    return rng.integers(1, 10, shape) * rng.choice([-1.0, 1.0], shape)


def halves(rng, *shape):
    """Numbers like 2.5 and -3.5."""
    return whole_floats(rng, *shape) + 0.5


def telling_arrays(rng):
    """Two examples, four inputs, three units, in short decimals; sums of either sign both with and without the bias."""
    while True:
        x, weights, bias = (rng.normal(size=shape).round(2) for shape in ((2, 4), (4, 3), 3))
        products = oracle_dense(x, weights, 0 * bias)
        if all((z.min() < -0.3) and (z.max() > 0.3) for z in (products, products + bias)) and abs(bias).min() > 0.3:
            return x, weights, bias


@dense
def test_a_small_layer(student, rng):
    """First a case of three different sizes: there, no two of the usual mistakes give the same numbers."""
    expect_dense(student, *telling_arrays(rng))


@dense
def test_one_unit_on_one_example(student, rng):
    with blaming("dense is right for a batch and several units, but not for one example and one unit: axes of length 1 are axes, too."):
        expect_dense(student, whole_floats(rng, 1, 4), whole_floats(rng, 4, 1), halves(rng, 1))
        expect_dense(student, rng.normal(size=(1, 7)), rng.normal(size=(7, 1)), np.zeros(1))


@dense
def test_each_unit_has_its_weights_and_its_bias(student, rng):
    with blaming("dense is right for a batch, but not for a single example: axes of length 1 are axes, too."):
        expect_dense(student, whole_floats(rng, 1, 3), whole_floats(rng, 3, 2), np.array([0.5, -20.5]))
        expect_dense(student, rng.normal(size=(1, 4)), rng.normal(size=(4, 6)), rng.normal(size=6) * 3)


@dense
def test_each_example_gets_a_row(student, rng):
    with blaming("dense is right for some sizes, but not for all: take n, inputs and units from the shapes of x and weights."):
        expect_dense(student, whole_floats(rng, 3, 4), whole_floats(rng, 4, 1), halves(rng, 1))
        expect_dense(student, whole_floats(rng, 3, 4), whole_floats(rng, 4, 2), np.array([0.5, -20.5]))
        expect_dense(student, rng.normal(size=(6, 3)), rng.normal(size=(3, 5)), rng.normal(size=5) * 3)


@dense
def test_as_many_examples_as_inputs_and_units(student, rng):
    """Where n, inputs and units agree, NumPy does not complain about axes that are mixed up."""
    expect_dense(student, rng.normal(size=(4, 4)), rng.normal(size=(4, 4)), rng.normal(size=4) * 3)
    expect_dense(student, rng.normal(size=(3, 5)), rng.normal(size=(5, 3)), rng.normal(size=3) * 3)
    expect_dense(student, rng.normal(size=(2, 6)), rng.normal(size=(6, 6)), rng.normal(size=6) * 3)


@dense
def test_sums_of_either_sign(student, rng):
    x = rng.random((4, 5)) + 0.5
    signs = np.array([1.0, -1.0, 1.0, -1.0])
    expect_dense(student, x, (rng.random((5, 4)) + 0.5) * signs, rng.normal(size=4))


@dense
def test_a_single_input_and_a_single_unit(student, rng):
    with blaming("dense is right for several inputs, but not for a single one: axes of length 1 are axes, too."):
        expect_dense(student, rng.normal(size=(3, 1)), rng.normal(size=(1, 4)), rng.normal(size=4))
        expect_dense(student, rng.normal(size=(1, 1)), rng.normal(size=(1, 1)), rng.normal(size=1))


@dense
def test_many_inputs_in_float32(student, rng):
    """As features and weights come in the network."""
    x, weights, bias = rng.random((3, 400)), rng.uniform(-0.1, 0.1, (400, 30)), rng.uniform(-0.5, 0.5, 30)
    expect_dense(student, *(array.astype(np.float32) for array in (x, weights, bias)))


@dense
def test_any_layout_in_memory(student, rng):
    with blaming("dense is not right for transposed arrays, whose numbers lie in another order in memory."):
        expect_dense(student, rng.normal(size=(5, 3)).T, rng.normal(size=(4, 5)).T, rng.normal(size=8)[::2])


@dense
def test_arguments_of_dense_are_not_changed(student, rng):
    keeps_arguments(student, "dense", rng.normal(size=(4, 4)), rng.normal(size=(4, 4)), rng.normal(size=4))
    keeps_arguments(student, "dense", rng.normal(size=(2, 5)), rng.normal(size=(5, 3)), rng.normal(size=3))


# --- glorot_uniform ---
#
# Draws are judged by what holds for nearly every honest draw. With u = w / limit, N draws:
#   bounds     no |u| exceeds 1 (by more than the rounding to float32 allows);
#   reach      some u comes close to -1, some to 1, and some |u| closer still to 1. All of N draws miss a given part t of the range with the
#              chance (1 - t) ** N. That is what tells fan_in + fan_out from fan_in + fan_out + 1;
#   evenness   the largest distance between the empirical distribution and the uniform one is small. Dvoretzky, Kiefer, Wolfowitz and Massart:
#              it exceeds t with a chance of at most 2 exp(-2 N t^2), whatever N;
#   roughness  nor is it nearly 0, as for evenly spaced numbers: it stays below 0.2 / sqrt(N) with a chance of about 5e-13 (Kolmogorov's limit);
#   independence  the sum of u[k] * u[k + lag] is small at every lag: each term has mean 0 given the ones before and is sub-Gaussian with a
#              variance proxy of at most 1 / 3, so the sum exceeds s with a chance of at most 2 exp(-3 s^2 / (2 N)) (Azuma, Hoeffding).
# TINY bounds the chance for each of these and each call; together, over all the calls of a check, they stay below 1e-9.

TINY = 1e-12


def reach_of(count):
    """The part of a range that all of `count` uniform draws leave empty with a chance of TINY."""
    return -math.expm1(math.log(TINY) / count)


def evenness_of(count):
    """How far the empirical distribution function of `count` uniform draws may be from the uniform one."""
    return math.sqrt(math.log(2 / TINY) / (2 * count))


def distance_to_uniform(values, low, high):
    """Kolmogorov's distance between the values and the uniform distribution between low and high."""
    values = np.sort(values.ravel())
    expected = np.clip((values - low) / (high - low), 0, 1)
    ranks = np.arange(len(values) + 1) / len(values)
    return max(np.max(ranks[1:] - expected), np.max(expected - ranks[:-1]))


def spread_between(values, low, high, rounding=1e-5):
    """Whether the values look like draws from the uniform distribution between low and high, and reach both ends.

    rounding: how far beyond an end a value may come to lie when its dtype is rounded to, relative to the end
    """
    slack, half = rounding * max(abs(low), abs(high)), (high - low) / 2
    first, last = values.min() - low, high - values.max()  # how far the outermost values are from the ends
    reaches = max(first, last) <= 2 * half * reach_of(values.size) and min(first, last) <= half * reach_of(values.size)
    return bool(min(first, last) >= -slack and reaches and distance_to_uniform(values, low, high) <= evenness_of(values.size))


def limit_of(fan_in, fan_out):
    """Glorot and Bengio (2010), equation 16."""
    return math.sqrt(6.0) / math.sqrt(fan_in + fan_out)


def limit_mistakes(fan_in, fan_out):
    """Sentences and the ranges that go with them: pairs (low, high), or one number for ±."""
    total, limit = fan_in + fan_out, limit_of(fan_in, fan_out)
    yield from [
        (
            (
                "The weights are drawn from 0 up: there is no negative one. The limits are −limit and +limit: "
                "rng.random() lies between 0 and 1 and must be stretched to −1 to 1 first, and rng.uniform takes both ends."
            ),
            (0, limit),
        ),
        ("The weights are drawn from 0 to twice the limit: shift them, so that they lie between −limit and +limit.", (0, 2 * limit)),
        ("All weights are negative. The range goes from −limit to +limit.", (-limit, 0)),
        ("The range is half as wide as it should be: it goes from −limit to +limit, which is 2 * limit wide.", limit / 2),
        ("The range is twice as wide as it should be: it goes from −limit to +limit, which is 2 * limit wide.", 2 * limit),
        (
            "√(2 / (fan_in + fan_out)) is the standard deviation of the weights, not the limit of their range: the limit is √3 times that, hence the 6.",
            math.sqrt(2 / total),
        ),
        ("The 6 is a 3: that gives half the variance that Glorot's rule asks for.", math.sqrt(3 / total)),
        (
            "The 6 is a 12. The variance of numbers spread evenly over ±limit is limit² / 3, so the limit is √(3 · 2 / (fan_in + fan_out)).",
            math.sqrt(12 / total),
        ),
        ("The 6 is missing: the limit is the root of 6 / (fan_in + fan_out).", math.sqrt(1 / total)),
        ("The root was taken of the 6 only. The limit is the root of the whole fraction, 6 / (fan_in + fan_out).", math.sqrt(6) / total),
        ("The root is missing: the limit is the *square root* of 6 / (fan_in + fan_out).", 6 / total),
        (
            "The root was taken of fan_in + fan_out only. The limit is the root of the whole fraction, 6 / (fan_in + fan_out).",
            6 / math.sqrt(total),
        ),
        (
            "Brackets are missing: `6 / fan_in + fan_out` divides before it adds. The limit is the root of 6 / (fan_in + fan_out).",
            math.sqrt(6 / fan_in + fan_out),
        ),
        ("fan_in and fan_out were multiplied. They are added in Glorot's rule: 6 / (fan_in + fan_out).", math.sqrt(6 / (fan_in * fan_out))),
        ("A 1 was added to fan_in + fan_out. Glorot's rule counts no bias.", math.sqrt(6 / (total + 1))),
        ("A 1 was subtracted from fan_in + fan_out.", math.sqrt(6 / (total - 1))),
    ]
    for name, fan, other in (("fan_in", fan_in, "fan_out"), ("fan_out", fan_out, "fan_in")):
        only = f"The limit depends on {name} alone, and {other} is missing"
        yield (
            f"{only}: √(6 / {name}){' is He’s rule, made for relu' if name == 'fan_in' else ''}. Glorot's is √(6 / (fan_in + fan_out)).",
            math.sqrt(6 / fan),
        )
        yield (f"{only}. Glorot's limit is √(6 / (fan_in + fan_out)).", math.sqrt(3 / fan))
        yield (f"{only}. Glorot's limit is √(6 / (fan_in + fan_out)).", math.sqrt(2 / fan))
        yield (f"{only}. Glorot's limit is √(6 / (fan_in + fan_out)).", math.sqrt(1 / fan))
    yield from [
        (
            "The difference of fan_in and fan_out was taken. The limit is the root of 6 divided by their sum.",
            math.sqrt(6 / abs(fan_in - fan_out)),
        ),
        ("The limit is that of our network's dense layer, whatever fan_in and fan_out are. Calculate it from them.", limit_of(4732, 128)),
        ("The weights lie between −1 and 1, whatever fan_in and fan_out are: multiply them by the limit √(6 / (fan_in + fan_out)).", 1.0),
        ("The weights lie between 0 and 1. Stretch and shift them, so that they lie between −limit and +limit.", (0, 1)),
        (
            "The weights lie between the limit and 1: with one argument, rng.uniform(limit) draws from limit to 1. Give it both ends: −limit and limit.",
            (limit, 1),
        ),
        (
            "The weights were stretched and shifted in the wrong order: multiply (2 * rng.random(…) − 1) as a whole by the limit; mind the brackets.",
            (-1, 2 * limit - 1),
        ),
        (
            "The weights were stretched and shifted in the wrong order: multiply (2 * rng.random(…) − 1) as a whole by the limit; mind the brackets.",
            (-limit, 2 - limit),
        ),
        ("The limit is 0.05, whatever fan_in and fan_out are. Calculate it from them.", 0.05),
    ]


def shape_mistake(given, fan_in, fan_out):
    call = f"glorot_uniform({fan_in}, {fan_out}, rng)"
    if given.shape == (fan_out, fan_in):
        return f"The shape of the weights is swapped: {call} should have the shape {(fan_in, fan_out)}, a row for each input and a column for each unit."
    if given.size == 1:
        return f"{call} should draw {fan_in} × {fan_out} weights, but drew one number. Say how many you want: `size=(fan_in, fan_out)`."
    if given.size == fan_in * fan_out:
        return f"{call} should have the shape {(fan_in, fan_out)}, but has {given.shape}. The numbers are there: ask for them as a table, or `reshape` them."
    return f"{call} should have the shape {(fan_in, fan_out)}, but has {given.shape}."


def judge_weights(weights, fan_in, fan_out):
    """Raise Mistake unless the weights look like independent draws from ±limit_of(fan_in, fan_out). Needs some thousands of them."""
    call = f"glorot_uniform({fan_in}, {fan_out}, rng)"
    given = as_weights(weights, fan_in, fan_out)
    limit = limit_of(fan_in, fan_out)
    if not given.any():
        raise Mistake(
            "All weights are 0. Then all units give the same answer and learn the same, for ever: nothing tells them apart. "
            "Draw the weights at random."
        )
    if np.ptp(given) == 0:
        raise Mistake("All weights are the same number. Then all units are the same, too. Draw each weight anew: `size=(fan_in, fan_out)`.")
    if fan_in > 1 and (given == given[0]).all():
        raise Mistake("All rows are the same: one row was drawn and repeated. Draw every weight anew: `size=(fan_in, fan_out)`.")
    if fan_out > 1 and (given == given[:, :1]).all():
        raise Mistake(
            "All columns are the same: one unit was drawn and repeated. Units that start alike stay alike. "
            "Draw every weight anew: `size=(fan_in, fan_out)`."
        )
    rounding = 1e-3 if np.asarray(weights).dtype == np.float16 else 1e-5  # half precision is the wrong dtype, not the wrong range
    if not spread_between(given, -limit, limit, rounding):
        raise Mistake(wrong_spread(given, fan_in, fan_out, call))
    evenly = f"{call} gives evenly spaced numbers, such as those of `np.linspace`, not random draws: they are spread more evenly than chance would."
    if distance_to_uniform(given, -limit, limit) < 0.2 / math.sqrt(given.size):
        raise Mistake(evenly)
    if strongest_echo(given / limit) > 1:
        raise Mistake(
            f"The weights that {call} gives are not independent: some of them repeat or follow from others in a regular way. "
            "Draw each of them anew."
        )


def as_weights(weights, fan_in, fan_out):
    """The weights in float64, of the right shape and finite."""
    call = f"glorot_uniform({fan_in}, {fan_out}, rng)"
    if weights is None:
        raise Mistake(f"{call} returned None. A function gives its result back with `return`.")
    try:
        given = np.asarray(weights)
    except ValueError:
        given = np.asarray(None)
    if given.dtype.kind not in "biuf":
        raise Mistake(f"{call} should return an array of numbers, but returned a {type(weights).__name__}.")
    if given.shape != (fan_in, fan_out):
        raise Mistake(shape_mistake(given, fan_in, fan_out))
    given = given.astype(np.float64)
    if not np.isfinite(given).all():
        raise Mistake(f"{call} contains nan or inf. Look at how the limit is calculated.")
    return given


def wrong_spread(given, fan_in, fan_out, call):
    """Which distribution it is, if not the right one."""
    limit = limit_of(fan_in, fan_out)
    for sentence, ends in limit_mistakes(fan_in, fan_out):
        low, high = ends if isinstance(ends, tuple) else (-ends, ends)
        if spread_between(given, low, high):
            return sentence
    spread = given.std()
    if (different := np.unique(given).size) <= 1000:  # float32 leaves honest draws nearly all different
        return (
            f"There are only {different} different weights among {given.size:,}: they were picked from a short list, or rounded. Each weight may lie anywhere "
            "between −limit and +limit. Use rng.uniform."
        )
    if np.mean(np.abs(given) == np.abs(given).max()) > 0.01:
        return "Many weights are equal to the limit: draws outside the range were cut to it. Draw from the range in the first place, with rng.uniform."
    if np.abs(given).max() <= 1.0001 * limit and abs(spread - limit / math.sqrt(6)) < 0.03 * spread:
        return (
            "The weights lie in the right range, but most of them near its middle: as if each were the sum, the difference or the mean of two draws. "
            "Here they are to be spread evenly between −limit and +limit. One draw of rng.uniform makes one weight."
        )
    if np.mean(np.abs(given - given.mean()) < spread) > 0.625:  # 0.577 for uniform draws, 0.683 for normal ones, 0.65 for those cut at 2 sd
        return (
            "The weights come from a normal distribution (a bell), most of them near the middle. Here they are to be *uniform*: spread evenly "
            "between −limit and +limit. Use rng.uniform, not rng.normal."
        )
    seen = f"they lie between {given.min():.5f} and {given.max():.5f}, with the mean {given.mean():.5f} and the standard deviation {spread:.5f}"
    return (
        f"{call} should spread the weights evenly between −{limit:.5f} and {limit:.5f} (mean 0, standard deviation {limit / math.sqrt(3):.5f}); "
        f"{seen}."
    )


def strongest_echo(u):
    """The largest sum of u[k] * u[k + lag] over all lags, by rows and by columns, as a multiple of what honest draws may reach."""
    strongest = 0.0
    for flat in (u.ravel(), u.T.ravel()):
        count = len(flat)
        power = np.abs(np.fft.rfft(flat, 2 * count)) ** 2
        sums = np.fft.irfft(power, 2 * count)[1:count]
        strongest = max(strongest, np.abs(sums).max() / math.sqrt(math.log(2 * count / TINY) * 2 * count / 3))
    return strongest


def generator(rng):
    """A generator in a state of its own, as a student would make one."""
    return np.random.default_rng(int(rng.integers(2**31)))


MANY = (150, 200)  # enough to tell 6 / 350 from 6 / 351, few enough for a loop in Python


@glorot_uniform
def test_weights_fill_the_range_evenly(student, rng):
    judge_weights(student.glorot_uniform(*MANY, generator(rng)), *MANY)


@glorot_uniform
def test_more_units_than_inputs_and_the_other_way_round(student, rng):
    for fans in ((20, 500), (700, 12)):
        judge_weights(student.glorot_uniform(*fans, generator(rng)), *fans)


@glorot_uniform
def test_a_single_input_or_unit(student, rng):
    with blaming("glorot_uniform is right for many inputs and units, but not for a single one."):
        judge_weights(student.glorot_uniform(1, 4000, generator(rng)), 1, 4000)
        judge_weights(student.glorot_uniform(4000, 1, generator(rng)), 4000, 1)
        small = as_weights(student.glorot_uniform(1, 1, generator(rng)), 1, 1)
        if abs(small[0, 0]) > limit_of(1, 1) * (1 + 1e-5):
            raise Mistake(f"glorot_uniform(1, 1, rng) should lie between −√3 and √3, but is {small[0, 0]:.5g}.")


NOT_FROM_RNG = (
    "Two generators in the same state gave different weights, so the weights do not come from `rng`. Draw them with a method of the generator that "
    "is passed in, as in rng.uniform(…): not with np.random.uniform, and not with a generator made inside the function by np.random.default_rng()."
)


@glorot_uniform
def test_weights_come_from_the_generator(student, rng):
    fans, seed = (30, 40), int(rng.integers(2**31))
    first, second = (as_weights(student.glorot_uniform(*fans, np.random.default_rng(seed)), *fans) for _ in range(2))
    if not np.array_equal(first, second):
        raise Mistake(NOT_FROM_RNG)
    other = as_weights(student.glorot_uniform(*fans, np.random.default_rng(seed + 1)), *fans)
    if np.array_equal(first, other):
        raise Mistake(
            "Generators in different states gave the same weights: something inside the function fixes the seed. Then every layer would start alike. "
            "Draw from the `rng` that is passed in, and make or seed no generator of your own."
        )
    if np.mean(first == other) > 0.5 or strongest_echo(np.stack([first, other]) / limit_of(*fans)) > 1:
        raise Mistake(
            "Generators in different states gave weights that depend on each other. Draw every weight from the `rng` that is passed in."
        )


@glorot_uniform
def test_the_generator_moves_on(student, rng):
    """Two layers whose weights are drawn one after the other from the same generator must not be alike."""
    fans = (30, 40)
    first, after = student.glorot_uniform.and_arguments(*fans, generator(rng))
    first = as_weights(first, *fans)
    second = as_weights(student.glorot_uniform(*fans, after[2]), *fans)
    if np.array_equal(first, second):
        raise Mistake(
            "Two calls with the same generator, one after the other, gave the same weights: the generator was copied or set back to its start. Draw "
            "from `rng` itself, which moves on with every draw; then two layers start with different weights."
        )
    if strongest_echo(np.stack([first, second]) / limit_of(*fans)) > 1:
        raise Mistake(
            "Two calls with the same generator, one after the other, gave weights that depend on each other. Draw every weight of both calls anew from `rng`."
        )


@glorot_dtype
def test_weights_are_float32(student, rng):
    weights = student.glorot_uniform(*MANY, generator(rng))
    try:
        judge_weights(weights, *MANY)
    except Mistake:
        raise Mistake("The dtype counts once the weights are right.") from None
    if (dtype := np.asarray(weights).dtype) != np.float32:
        raise Mistake(
            f"The weights are right, but their dtype is {dtype}, and float32 is asked for. Turn the array into float32 with "
            "`.astype(np.float32)`, which returns a new array."
        )


# --- dense_parameters ---


def parameter_mistakes(inputs, units):
    return [
        ("The biases are missing: each unit has one, in addition to its weights.", inputs * units),
        ("All units together got one bias. Each unit has its own.", inputs * units + 1),
        ("Each input got a bias. It is the units that have one each.", inputs * units + inputs),
        ("Inputs and units both got biases. It is the units only that have one each.", inputs * units + inputs + units),
        (
            "Inputs and units both got biases, and one more was counted. It is the units only that have one each.",
            (inputs + 1) * (units + 1),
        ),
        ("Inputs and units were added. Each unit has a weight for *every* input, so they are multiplied.", inputs + units),
        ("Inputs and units were added. Each unit has a weight for *every* input, so they are multiplied.", inputs + 2 * units),
        ("Inputs and units were added. Each unit has a weight for *every* input, so they are multiplied.", inputs + units + 1),
        ("Only one unit was counted. Every unit has its own weights and its own bias.", inputs + 1),
        ("Only the biases were counted. Each unit has a weight for every input, too.", units),
        ("Two biases were counted for each unit. It has one.", (inputs + 2) * units),
        ("The biases were subtracted. They are parameters, too.", (inputs - 1) * units),
        ("Each weight got a bias of its own. Each unit has one bias, however many inputs it has.", 2 * inputs * units),
        ("605,824 is the answer for our network's layer only. Calculate it from inputs and units.", 605_824),
        ("128 biases were counted, as many as our network's layer has units. Take the number from `units`.", inputs * units + 128),
        ("Bytes were counted, four for each parameter. Each parameter counts as 1.", 4 * (inputs + 1) * units),
        (
            "Shared weights are counted here, as in a convolution. A dense layer shares none: each unit has a weight for every input.",
            10 * units,
        ),
    ]


def expect_parameters(student, inputs, units):
    expected = np.empty((inputs, units), dtype=bool).size + np.empty(units).size
    call = f"dense_parameters({inputs}, {units})"
    expect(student.dense_parameters(inputs, units), expected, call, parameter_mistakes(inputs, units), tolerance=1e-9)


@dense_parameters
def test_weights_and_biases_are_counted(student, rng):
    expect_parameters(student, int(rng.integers(30, 60)), int(rng.integers(5, 20)))
    expect_parameters(student, int(rng.integers(5, 20)), int(rng.integers(30, 60)))


@dense_parameters
def test_the_dense_layers_of_the_network(student):
    expect_parameters(student, 4732, 128)
    expect_parameters(student, 128, 10)


@dense_parameters
def test_a_single_input_or_a_single_unit(student, rng):
    many = int(rng.integers(20, 90))
    for inputs, units in ((many, 1), (1, many), (1, 1), (many, many)):
        expect_parameters(student, inputs, units)


# --- hidden ---


def oracle_maps(images, kernels, bias):
    """A convolution layer without its activation: stride 1, no padding."""
    windows = sliding_window_view(images, kernels.shape[:2], axis=(1, 2))  # (n, rows, columns, channels, kh, kw)
    return np.tensordot(windows, kernels, axes=([4, 5, 3], [0, 1, 2])) + bias


def windows_of_2(maps):
    """The 2 × 2 windows of feature maps, `(n, rows, columns, filters, 2, 2)`; an odd last row or column is dropped."""
    return sliding_window_view(maps, (2, 2), axis=(1, 2))[:, ::2, ::2]


def oracle_features(images, kernels, bias):
    """Convolution, relu, pooling, flatten: row by row, the filters together."""
    pooled = windows_of_2(np.maximum(oracle_maps(images, kernels, bias), 0)).max(axis=(4, 5))
    return pooled.reshape(len(images), -1)


def oracle_hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias):
    return np.maximum(oracle_features(images, conv_kernels, conv_bias) @ dense_weights + dense_bias, 0)


def hidden_mistakes(images, kernels, conv_bias, weights, bias):
    maps = oracle_maps(images, kernels, conv_bias)
    pooled = windows_of_2(np.maximum(maps, 0)).max(axis=(4, 5))
    flat = pooled.reshape(len(images), -1)
    sums = flat @ weights
    right = np.maximum(sums + bias, 0)
    order = "The features are in another order than the weights expect. Flatten them as `features` does: row by row, and at each place all filters."

    def with_features(these):
        return np.maximum(these.reshape(len(images), -1) @ weights + bias, 0)

    return [
        (
            (
                "The second relu is missing: the hidden layer ends with relu, and no unit's answer is negative. "
                "(The relu inside `features` is another one: it comes before the dense layer.)"
            ),
            sums + bias,
        ),
        ("The bias of the dense layer was forgotten.", np.maximum(sums, 0)),
        ("The bias of the dense layer was added twice. (`dense` adds it already.)", np.maximum(sums + 2 * bias, 0)),
        ("The bias of the dense layer and the second relu were forgotten.", sums),
        (
            "relu came before the bias of the dense layer. First the whole dense layer, bias included, then relu.",
            np.maximum(sums, 0) + bias,
        ),
        (
            "The bias of the convolution was forgotten.",
            lambda: oracle_hidden(images, kernels, 0 * conv_bias, weights, bias),
        ),
        (
            "The first relu is missing: the feature maps go through relu before (or after) the pooling, as in `features`.",
            lambda: with_features(windows_of_2(maps).max(axis=(4, 5))),
        ),
        (
            "Both relus are missing. One belongs to the convolution, one to the dense layer.",
            lambda: windows_of_2(maps).max(axis=(4, 5)).reshape(len(images), -1) @ weights + bias,
        ),
        ("Those are the features. They still have to go through the dense layer, and then through relu.", flat),
        ("Those are the pooled maps. They still have to be flattened and go through the dense layer, and then through relu.", pooled),
        (
            "The answers of the windows were averaged. `features` keeps the largest of each.",
            lambda: with_features(windows_of_2(np.maximum(maps, 0)).mean(axis=(4, 5))),
        ),
        (
            "The kernels were flipped. A convolution layer lays them on the image as they are.",
            lambda: oracle_hidden(images, kernels[::-1, ::-1], conv_bias, weights, bias),
        ),
        (order, lambda: with_features(pooled.transpose(0, 3, 1, 2))),
        (order, lambda: with_features(pooled.transpose(0, 2, 1, 3))),
        (order, lambda: with_features(pooled.transpose(0, 3, 2, 1))),
        (
            "softmax was applied. It belongs to the last layer of the network; the hidden layer ends with relu.",
            lambda: softmax(sums + bias),
        ),
        ("The sigmoid was applied. The hidden layer ends with relu.", lambda: sigmoid(sums + bias)),
        ("tanh was applied. The hidden layer ends with relu.", lambda: np.tanh(sums + bias)),
        ("The negative sums lost their signs. relu turns them into 0.", lambda: np.abs(sums + bias)),
        ("The negative sums were kept and the positive ones turned into 0. relu does the opposite.", lambda: np.minimum(sums + bias, 0)),
        (
            "The images were divided by 255 here. hidden takes them as they come; whether they are rescaled is decided before.",
            lambda: oracle_hidden(images / 255, kernels, conv_bias, weights, bias),
        ),
        (
            "The two biases were swapped.",
            lambda: oracle_hidden(images, kernels, bias, weights, conv_bias) if bias.shape == conv_bias.shape else 0,
        ),
        (
            "Everything was divided by 0.8 as if for dropout. Dropout is no part of the hidden layer here; it comes in the next lesson.",
            right / 0.8,
        ),
        ("Only the first image was processed. Each image of the batch gets its own row.", right[:1]),
        ("All images got the answers to the first. Each image of the batch gets its own row.", np.repeat(right[:1], len(images), axis=0)),
        ("The axis of the images is missing. The result has two axes, even for a single image: image, unit.", right[0]),
        ("The result was flattened. It has two axes: image, unit.", right.ravel()),
        ("Rows and columns are swapped: the result has a row for each image and a column for each unit.", right.T),
    ]


def is_dropout(given, right):
    """Whether some of the right values were turned into 0 and the others kept or scaled up by one factor."""
    if given.shape != right.shape or given.dtype.kind not in "iuf":
        return False
    active = right > 1e-6
    kept = active & (given != 0)
    if not (active & ~kept).any() or not kept.any():
        return False
    scattered = (kept.any(axis=0) & (active & ~kept).any(axis=0)).any() and kept.any(axis=1).all()
    factor, close = np.median(given[kept] / right[kept]), 1e-4 * right.max()  # float32 leaves the ratios of tiny answers inexact
    return bool(
        scattered and np.allclose(given[kept], factor * right[kept], rtol=1e-3, atol=close) and np.allclose(given[~active], 0, atol=1e-5)
    )


def behind_sizes_that_do_not_fit(error, images, kernels, weights):
    """The sentence on a layer that was left out, or on arrays that were swapped, as the sizes in an error tell; or ""."""
    (_, height, width, channels), (kh, kw, _, filters), (inputs, units) = images.shape, kernels.shape, weights.shape
    rows, columns = height - kh + 1, width - kw + 1
    named = {int(number) for number in re.findall(r"\d+", str(error))}
    if inputs in named and rows * columns * filters in named:
        return "The feature maps reached the dense layer as they are: the pooling was left out. `features` has it inside."
    if inputs in named and height * width * channels in named:
        return "The images reached the dense layer as they are. First come convolution, relu, pooling and flatten, that is, `features`."
    if inputs in named and (height // 2) * (width // 2) * filters in named:
        return "The images were padded: the maps kept the size of the image. `features` uses no padding."
    if {rows, columns, filters, units} <= named and inputs not in named:
        return "conv_bias and dense_bias may be swapped: conv_bias has a number for each filter, dense_bias one for each unit."
    return ""


def expect_hidden(student, images, kernels, conv_bias, weights, bias):
    call = f"hidden(images, conv_kernels, conv_bias, dense_weights, dense_bias) with images {images.shape} and {weights.shape[1]} units"
    try:
        given = student.hidden(images, kernels, conv_bias, weights, bias)
    except StudentError as error:
        sentence = behind_sizes_that_do_not_fit(error, images, kernels, weights) if type(error) is StudentError else ""
        if sentence:
            raise Mistake(f"{sentence} {error}") from None
        raise
    wide = [array.astype(np.float64) for array in (images, kernels, conv_bias, weights, bias)]
    right = oracle_hidden(*wide)
    if isinstance(given, np.ndarray) and is_dropout(given, right):
        raise Mistake(
            "Some units were set to 0 that should not be: that is dropout. It is no part of the hidden layer here, and comes in the next lesson."
        )
    expect(given, right, call, hidden_mistakes(*wide))


def layer_arrays(rng, shape, kernel_size, filters, units):
    """Arguments for hidden: images of `shape` (n, h, w, channels), and arrays that make sums of both signs before each relu."""
    images, kernels = rng.random(shape), rng.normal(size=(*kernel_size, shape[3], filters))
    conv_bias = rng.uniform(0.2, 0.6, filters) * rng.choice([-1, 1], filters)
    inputs = oracle_features(images, kernels, conv_bias).shape[1]
    weights = rng.normal(size=(inputs, units)) / math.sqrt(inputs)
    sums = oracle_features(images, kernels, conv_bias) @ weights
    bias = rng.uniform(0.2, 0.4, units) * rng.choice([-1, 1], units) - np.median(sums, axis=0)  # about half of the answers are above 0
    return images, kernels, conv_bias, weights, bias


@hidden
def test_digits_through_the_hidden_layer(student, rng):
    arrays = layer_arrays(rng, (3, 28, 28, 1), (3, 3), 28, 128)
    expect_hidden(student, *(array.astype(np.float32) for array in arrays))


@hidden
def test_other_numbers_of_filters_and_units(student, rng):
    with blaming("hidden is right for 28 filters and 128 units, but not for other numbers of them: take all sizes from the arrays."):
        expect_hidden(student, *layer_arrays(rng, (4, 28, 28, 1), (3, 3), 5, 7))
        expect_hidden(student, *layer_arrays(rng, (3, 28, 28, 1), (3, 3), 6, 6))


@hidden
def test_images_of_other_sizes(student, rng):
    with blaming("hidden is right for images of 28 × 28, but not for other sizes: take all sizes from the arrays."):
        expect_hidden(student, *layer_arrays(rng, (4, 8, 12, 1), (3, 3), 3, 6))
        expect_hidden(student, *layer_arrays(rng, (5, 9, 6, 2), (2, 3), 4, 5))


@hidden
def test_an_odd_last_row_or_column_is_dropped(student, rng):
    with blaming("hidden is not right where the feature maps have an odd number of rows or columns: pooling drops the last one."):
        expect_hidden(student, *layer_arrays(rng, (4, 7, 9, 1), (3, 3), 2, 6))


@hidden
def test_a_single_image_and_a_single_unit(student, rng):
    with blaming("hidden is right for several images and units, but not for a single one."):
        expect_hidden(student, *layer_arrays(rng, (1, 8, 6, 1), (3, 3), 3, 8))
        expect_hidden(student, *layer_arrays(rng, (6, 6, 8, 1), (3, 3), 2, 1))
        expect_hidden(student, *layer_arrays(rng, (1, 4, 4, 1), (3, 3), 1, 1))


@hidden
def test_pixels_from_0_to_255(student, rng):
    images, *arrays = layer_arrays(rng, (4, 8, 8, 1), (3, 3), 3, 6)
    expect_hidden(student, 255 * images, *arrays)


@hidden
def test_units_that_all_stay_silent(student, rng):
    images, kernels, conv_bias, weights, _ = layer_arrays(rng, (3, 6, 6, 1), (3, 3), 2, 4)
    expect_hidden(student, images, kernels, conv_bias, -np.abs(weights), -rng.uniform(1, 2, 4))


@hidden
def test_arguments_of_hidden_are_not_changed(student, rng):
    keeps_arguments(student, "hidden", *layer_arrays(rng, (2, 8, 8, 1), (3, 3), 3, 5))
