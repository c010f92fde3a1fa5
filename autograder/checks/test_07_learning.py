"""Checks of lesson 07, "Gradients and Adam": gradients and Adam's rule by their definitions, in NumPy.

`tests/test_oracles_07.py` holds the oracles to tf.GradientTape and to Keras.
"""

import functools
import re
from contextlib import contextmanager
from itertools import permutations

import numpy as np

from autograder import checking
from autograder.checking import Mistake, exercise, expect, keeps_arguments
from autograder.mnist import load_mnist
from autograder.student import StudentError

softmax_crossentropy_gradient = exercise("softmax_crossentropy_gradient")
dense_dx = exercise("dense_gradients", part="dx")
dense_dweights = exercise("dense_gradients", part="dweights")
dense_dbias = exercise("dense_gradients", part="dbias")
relu_gradient = exercise("relu_gradient")
adam_step = exercise("adam_step")
train_softmax_regression = exercise("train_softmax_regression")
max_pool2d_gradient = exercise("max_pool2d_gradient")
conv_dimages = exercise("conv2d_gradients", part="dimages", weight=3)
conv_dkernels = exercise("conv2d_gradients", part="dkernels", weight=2)
conv_dbias = exercise("conv2d_gradients", part="dbias", weight=1)


@contextmanager
def blaming(reason):
    """As checking.blaming; where the code stops, nothing is said of the cases in which it is right."""
    stopped = re.sub(r"^(dx|dweights|dbias|dimages|dkernels) is (right .*, but )?not (right )?", "It does not work ", reason)
    with checking.blaming(reason, stopped=stopped):
        yield


def said(sentence, *values):
    """Mistakes that share a sentence, for `expect`."""
    return [(sentence, value) for value in values]


WHOLE = "Digits after the point were cut off: the array holds whole numbers. Make it one of floats (`np.zeros(shape)` is)."


def whole_floats(rng, shape):
    """Floats that are easy to read: whole numbers from -9 to 9, without 0."""
    return rng.integers(1, 10, shape) * rng.choice([-1.0, 1.0], shape)


def close(given, expected, tolerance=1e-4):
    """Whether an array is the expected one, up to rounding."""
    try:
        given = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        return False
    return given.shape == expected.shape and bool(np.all(np.abs(given - expected) <= tolerance * np.abs(expected).max(initial=1e-12)))


def several(returned, names, call):
    """The arrays that a function returned in a tuple or list, one for each name. Raises Mistake unless there are as many."""
    asked = f"({', '.join(names)})"
    if returned is None:
        raise Mistake(f"{call} returned None. A function gives its results back with `return`, here `return {', '.join(names)}`.")
    if isinstance(returned, dict):
        raise Mistake(f"{call} returned a dictionary. Return the arrays themselves, in a tuple or a list: {asked}.")
    if not isinstance(returned, list | tuple) and not (isinstance(returned, np.ndarray) and returned.ndim):
        raise Mistake(f"{call} should return {len(names)} arrays, {asked}, in a tuple or a list.")
    if len(returned) != len(names):
        got = f"{len(returned)} things" if isinstance(returned, list | tuple) else f"one array of the shape {returned.shape}"
        raise Mistake(f"{call} should return {len(names)} arrays, {asked}, in a tuple or a list, but returned {got}.")
    return list(returned)


def expect_one_of(returned, expected, which, names, call, mistakes, tolerance=1e-4):
    """Compare one of several arrays that a function returned together; `expected` holds all of them, `which` is the name of the one that counts."""
    given = several(returned, names, call)
    index = names.index(which)
    if close(given[index], expected[index], tolerance):
        return
    for order in list(permutations(range(len(names))))[1:]:  # the first is the right one
        if all(close(array, expected[i]) for array, i in zip(given, order, strict=True)):
            raise Mistake(
                f"The {len(names)} arrays are right, but their order is not: return ({', '.join(names)}), "
                f"and not ({', '.join(names[i] for i in order)})."
            )
    expect(given[index], expected[index], f"{which} of {call}", mistakes, tolerance)


# --- softmax_crossentropy_gradient ---


def oracle_softmax_crossentropy_gradient(labels, probabilities):
    """d loss / d logits = (p - y) / n, with y the one-hot labels and the loss a mean over n examples."""
    y = np.eye(probabilities.shape[1])[np.asarray(labels, dtype=int)]
    return (probabilities.astype(np.float64) - y) / len(probabilities)


def some_probabilities(rng, n, spread=1.0):
    """Rows of 10 probabilities, none of them tiny."""
    scores = rng.normal(size=(n, 10)) * spread
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def crossentropy_mistakes(labels, p):
    n, classes = p.shape
    labels = np.asarray(labels, dtype=int)
    y = np.eye(classes)[labels]
    right = (p - y) / n
    again = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)

    def mean_or_sum(sentence, of_the_sum):
        """The mistake, whether the division by n was made or not."""
        return said(sentence, of_the_sum / n, of_the_sum)

    not_divided = (
        "The division by n is missing. The loss is the mean over the n examples, so each of them has only one n-th of the blame. "
        "What you returned is the gradient of the sum."
    )
    wrong_count = "The loss is the mean over the n examples, so divide by n, the number of rows, and not by "
    own = p[np.arange(n), labels]
    return [
        (not_divided, right * n),
        (
            "The sign is the other way round. The gradient says where the loss goes up: a higher score for the right class lowers the loss, "
            "so its entry is negative, p - 1, and the others are positive.",
            -right,
        ),
        (f"{not_divided} And the sign is the other way round: it is p - y.", -right * n),
        *mean_or_sum("The labels were not used: from the probability of the right class, 1 is subtracted.", p),
        *mean_or_sum("The probabilities are missing: the gradient is p - y for each example, and not only -y.", -y),
        (f"{wrong_count}the number of all entries (`np.mean` and `.size` count those).", right / classes),
        (f"{wrong_count}the number of classes.", (p - y) / classes),
        ("It was divided by n twice.", right / n),
        (f"{wrong_count}32. A batch may be smaller or larger.", (p - y) / 32),
        ("Only y was divided by n. The division belongs to both: (p - y) / n, with brackets.", p - y / n),
        *mean_or_sum("1 was subtracted from every entry. It belongs to the right class only: subtract y, the one-hot labels.", p - 1),
        ("Only p was divided by n. The division belongs to both: (p - y) / n, with brackets.", p / n - y),
        *said(WHOLE, np.trunc(right), np.trunc(p - y)),
        *mean_or_sum(
            "That is the gradient with respect to the probabilities, -1/p for the right class. One step further back, through softmax, "
            "are the scores, and theirs is asked.",
            -y / p,
        ),
        *mean_or_sum(
            "The result is twice as large as it should be: 2 (p - y) belongs to the squared error. The loss here is the cross-entropy.",
            2 * (p - y),
        ),
        *mean_or_sum(
            "Each score was treated as if it changed only its own probability (that is where p · (1 - p) comes from). In softmax, a score changes "
            "all ten: the row sums to 1. Put together with the cross-entropy, all that is left is p - y.",
            (p - y) * p * (1 - p),
        ),
        *mean_or_sum(
            "Only the right class has an entry. The other scores matter too: raise one of them, and the right class gets a smaller share. "
            "Their entries are p / n.",
            y * (p - 1),
        ),
        *mean_or_sum("Softmax was applied to the probabilities. They come from softmax already: use them as they are.", again - y),
        *mean_or_sum(
            "1 was subtracted in the columns of all labels, for every example. Each example has one label: change one entry of each row. "
            "`p[:, labels]` picks whole columns; `p[np.arange(n), labels]` picks one entry of each row.",
            p - np.isin(np.arange(classes), labels),
        ),
        *mean_or_sum(
            "1 was subtracted from whole rows: `p[labels]` picks the rows whose number is in labels. One entry of each row is meant: "
            "`p[np.arange(n), labels]`.",
            p - np.isin(np.arange(n), labels)[:, None],
        ),
        *mean_or_sum(
            "The labels themselves were subtracted, as numbers from 0 to 9. A label is a name: make one-hot rows of them first (lesson 6).",
            p - labels[:, None],
        ),
        *mean_or_sum(
            "1 was subtracted from the most probable class. It belongs to the right one, which the labels name.",
            p - np.eye(classes)[p.argmax(axis=1)],
        ),
        *mean_or_sum("1 was subtracted one column too far to the left: label 0 is column 0.", p - np.roll(y, -1, axis=1)),
        *mean_or_sum("1 was subtracted one column too far to the right: label 0 is column 0.", p - np.roll(y, 1, axis=1)),
        *mean_or_sum("1 was added for the right class. It is subtracted: p - y.", p + y),
        ("The signs are lost. A gradient has a sign: it says which way is up.", np.abs(right)),
        ("The differences were squared. That is an error, not its gradient.", (p - y) ** 2 / n),
        ("That is the loss of each example. Its gradient is asked: one number for each score.", -np.log(own)),
        ("That is the mean loss. Its gradient is asked: one number for each score.", -np.mean(np.log(own))),
        *said(
            "The gradients of the examples were added up. Each example has a row of its own: the result has the shape of probabilities.",
            right.sum(axis=0),
            right.mean(axis=0),
            right.sum(axis=0, keepdims=True),
        ),
        ("The result is transposed. It has a row for each example, like probabilities.", right.T),
    ]


def expect_score_gradient(student, labels, probabilities):
    call = f"softmax_crossentropy_gradient(labels, probabilities) with {len(labels)} example{'s' if len(labels) > 1 else ''}"
    expect(
        student.softmax_crossentropy_gradient(labels, probabilities),
        oracle_softmax_crossentropy_gradient(labels, probabilities),
        call,
        crossentropy_mistakes(labels, probabilities.astype(np.float64)),
    )


@softmax_crossentropy_gradient
def test_a_few_examples(student, rng):
    probabilities = some_probabilities(rng, 5)
    labels = np.array([3, 0, 3, 9, 1])  # one of them twice, and a label that is a row's number, too
    expect_score_gradient(student, labels, probabilities)


@softmax_crossentropy_gradient
def test_a_batch_without_nines(student, rng):
    labels, probabilities = np.array([1, 4, 0]), some_probabilities(rng, 3)
    with blaming(
        "softmax_crossentropy_gradient is right when the label 9 occurs, but not without it. There are always ten classes: "
        "take as many columns as probabilities has, and not `labels.max() + 1`."
    ):
        expect_score_gradient(student, labels, probabilities)


@softmax_crossentropy_gradient
def test_one_example(student, rng):
    with blaming("softmax_crossentropy_gradient is right for several examples, but not for a single one."):
        labels, probabilities = rng.integers(10, size=1), some_probabilities(rng, 1)
        expected = oracle_softmax_crossentropy_gradient(labels, probabilities)
        call = "softmax_crossentropy_gradient(labels, probabilities)"
        expect(student.softmax_crossentropy_gradient(labels, probabilities), expected, call)


@softmax_crossentropy_gradient
def test_a_whole_batch(student, rng):
    for n in (2, 32, 300):
        with blaming(f"softmax_crossentropy_gradient is right for a few examples, but not for {n}."):
            expect_score_gradient(student, rng.integers(10, size=n), some_probabilities(rng, n))


@softmax_crossentropy_gradient
def test_labels_and_probabilities_as_the_lesson_has_them(student, rng):
    """MNIST's labels are uint8, the network's probabilities float32."""
    with blaming("softmax_crossentropy_gradient is not right for labels of the dtype uint8 and probabilities of the dtype float32."):
        expect_score_gradient(student, rng.integers(10, size=20).astype(np.uint8), some_probabilities(rng, 20).astype(np.float32))
    with blaming("softmax_crossentropy_gradient is not right for transposed arrays, whose numbers lie in another order in memory."):
        expect_score_gradient(student, rng.integers(10, size=7), np.asfortranarray(some_probabilities(rng, 7)))


@softmax_crossentropy_gradient
def test_the_same_label_for_all(student, rng):
    with blaming("softmax_crossentropy_gradient is not right when all examples have the same label."):
        for label in (0, 9):
            expect_score_gradient(student, np.full(12, label), some_probabilities(rng, 12))


@softmax_crossentropy_gradient
def test_arguments_of_softmax_crossentropy_gradient_are_not_changed(student, rng):
    labels, probabilities = rng.integers(10, size=6), some_probabilities(rng, 6)
    keeps_arguments(student, "softmax_crossentropy_gradient", labels, probabilities)
    keeps_arguments(student, "softmax_crossentropy_gradient", labels, probabilities.astype(np.float32))


# --- dense_gradients ---

DENSE = ("dx", "dweights", "dbias")


def oracle_dense_gradients(x, weights, upstream):
    """For z = x @ weights + bias: d loss / d x, d weights, d bias, given d loss / d z, as sums over the index that is not theirs."""
    x, weights, upstream = (np.asarray(array, dtype=np.float64) for array in (x, weights, upstream))
    dx = np.einsum("nu,iu->ni", upstream, weights)
    dweights = np.einsum("ni,nu->iu", x, upstream)
    return dx, dweights, upstream.sum(axis=0)


DIVIDED_AGAIN = (
    "A gradient was divided by the number of examples. upstream is the gradient of the mean loss already: "
    "the division by n has happened where the mean was taken, and must not happen again."
)


def if_fits(function):
    """A function's value, or None where the shapes do not fit."""
    try:
        return function()
    except ValueError:
        return None


def dense_mistakes(which, x, weights, upstream):
    n = len(x)
    dx, dweights, dbias = oracle_dense_gradients(x, weights, upstream)
    dx_gated, dweights_gated, dbias_gated = oracle_dense_gradients(x, weights, upstream * (x @ weights > 0))
    gated = "relu's gate is in it. A dense layer as such has no activation: upstream arrives behind relu already, which has a gradient of its own."
    number_by_number = "`*` multiplies number by number. What is added up over units or examples is a matrix product, `@`."
    reshaped = "`reshape` does not transpose: it keeps the numbers in their sequence and breaks the rows elsewhere. `.T` swaps the axes."
    new_parameters = "Those are new parameters, after a step. The gradients alone are asked: the step comes later, in the training."
    transposed = "`upstream @ weights` goes forwards once more. On the way back the weights stand transposed: x[m, i] reached z[m, j] through weights[i, j]. (`.T` transposes, `reshape` does not.)"
    found = {
        "dx": [
            (transposed, lambda: if_fits(lambda: upstream @ weights)),
            ("dx is transposed: it has the shape of x.", dx.T),
            (DIVIDED_AGAIN, dx / n),
            ("That is upstream as it came. To reach x, it has to go back through the weights.", upstream),
            ("dx is the blame of the inputs. What you returned are the inputs.", x),
            ("dx was multiplied by x. The slope of x · w with respect to x is w alone.", dx * x),
            *said(
                "The examples were added up in dx. Each example has its own inputs, and its own row of blame.",
                dx.sum(axis=0),
                dx.sum(axis=0, keepdims=True),
            ),
            ("The units were averaged in dx. The blame of all units that an input reached is added up.", dx / weights.shape[1]),
            ("The sign of dx is the other way round.", -dx),
            (
                "The layer's own answer went into dx. The gradient of a sum of products depends on the weights and on upstream, and not on x.",
                lambda: if_fits(lambda: (x @ weights) @ weights.T),
            ),
            *said(
                "upstream was left out of dx. The weights are only the slope here: the blame that arrives at z is multiplied with them.",
                np.broadcast_to(weights.sum(axis=1), x.shape),
                lambda: if_fits(lambda: np.broadcast_to(weights.T, x.shape)),
                lambda: if_fits(lambda: np.broadcast_to(weights, x.shape)),
            ),
            *said(new_parameters, *(x - rate * dx for rate in (1, 0.1, 0.01, 0.001))),
            (reshaped, lambda: if_fits(lambda: upstream @ weights.reshape(weights.shape[::-1]))),
            (number_by_number, lambda: if_fits(lambda: upstream * weights.T)),
            (gated, dx_gated),
            ("dx has the relu's gate in it. A dense layer as such has no activation; relu has a gradient of its own.", dx * (x > 0)),
        ],
        "dweights": [
            ("dweights is transposed: it has the shape of weights, (inputs, units).", dweights.T),
            (
                "x is not transposed. Add up over the examples: for weights[i, j], the products of x[m, i] and upstream[m, j] over all m. (`.T` transposes, `reshape` does not.)",
                lambda: if_fits(lambda: x @ upstream),
            ),
            (DIVIDED_AGAIN, dweights / n),
            ("dweights was multiplied by the weights. The slope of x · w with respect to w is x alone.", dweights * weights),
            (
                "The sign of dweights is the other way round. Which way to go comes later, in the step; the gradient itself points uphill.",
                -dweights,
            ),
            (
                "Only the first example counts in dweights. Every example uses the same weights: their blame is added up.",
                np.outer(x[0], upstream[0]),
            ),
            (
                "Only the last example counts in dweights. Every example uses the same weights: their blame is added up.",
                np.outer(x[-1], upstream[-1]),
            ),
            (
                "dweights was not added up over the examples. There is one table of weights, which all examples share.",
                x[:, :, None] * upstream[:, None, :],
            ),
            (
                "Inputs and upstream were added up over the examples before they were multiplied. Multiply within each example, then add up.",
                np.outer(x.sum(axis=0), upstream.sum(axis=0)),
            ),
            ("dweights was divided by the number of inputs.", dweights / x.shape[1]),
            *said(
                "upstream was left out of dweights. x is only the slope here: it is multiplied with the blame that arrives at z.",
                np.broadcast_to(x.sum(axis=0)[:, None], weights.shape),
                lambda: if_fits(lambda: np.broadcast_to(x.T, weights.shape)),
                lambda: if_fits(lambda: np.broadcast_to(x, weights.shape)),
            ),
            *said(new_parameters, *(weights - rate * dweights for rate in (0.1, 1, 0.01, 0.001))),
            (
                "dweights was made with the weights. The slope of x · w with respect to w is x: multiply x and upstream.",
                lambda: if_fits(lambda: weights.T @ upstream),
            ),
            (reshaped, lambda: if_fits(lambda: x.reshape(x.shape[::-1]) @ upstream)),
            (number_by_number, lambda: if_fits(lambda: x.T * upstream)),
            (
                "dx stands where x belongs in dweights. The slope of x · w with respect to w is x: multiply x and upstream.",
                lambda: dx.T @ upstream,
            ),
            (gated, dweights_gated),
            ("dweights should be a step's direction only: no learning rate belongs in it.", 0.1 * dweights),
        ],
        "dbias": [
            (
                (
                    "dbias is a mean. Every example's blame for the bias is added up, for upstream is the gradient of the mean loss already: "
                    "the division by n has happened."
                ),
                dbias / n,
            ),
            (
                "dbias has one axis too many: bias has the shape (units,), so its gradient has too. `keepdims=True` leaves a row of length 1.",
                dbias[None],
            ),
            ("dbias has one axis too many: bias has the shape (units,), so its gradient has too.", dbias[:, None]),
            (
                "dbias was not added up over the examples. There is one bias for each unit, which all examples share.",
                upstream,
            ),
            ("dbias was added up along the wrong axis. Keep the units, add up over the examples: axis 0.", upstream.sum(axis=1)),
            ("dbias was averaged along the wrong axis. Keep the units, add up over the examples: axis 0.", upstream.mean(axis=1)),
            ("dbias was added up over all examples and all units. Each unit has its own bias.", upstream.sum()),
            ("Only the first example counts in dbias. Every example uses the same bias: their blame is added up.", upstream[0]),
            ("The sign of dbias is the other way round.", -dbias),
            (
                "dbias is 1 for every unit. That is the slope of z with respect to the bias; it is multiplied by upstream and added up.",
                np.ones_like(dbias),
            ),
            ("dbias is the number of examples. The slope of each z is 1, but it counts as much as upstream says.", np.full_like(dbias, n)),
            (gated, dbias_gated),
            *said(new_parameters, *(-rate * dbias for rate in (0.1, 0.01, 0.001))),
            ("dbias was averaged. The blame of all examples is added up.", dbias / upstream.size),
        ],
    }
    return found[which]


def expect_dense(student, which, x, weights, upstream):
    call = f"dense_gradients(x, weights, upstream) with x {x.shape} and weights {weights.shape}"
    returned = student.dense_gradients(x, weights, upstream)
    wide = [array.astype(np.float64) for array in (x, weights, upstream)]
    expect_one_of(returned, oracle_dense_gradients(*wide), which, DENSE, call, dense_mistakes(which, *wide))


def dense_arguments(rng, n, inputs, units):
    return rng.normal(size=(n, inputs)), rng.normal(size=(inputs, units)), rng.normal(size=(n, units))


def all_squares(student, rng, which):
    """3 examples, 3 inputs, 3 units: whatever was transposed or not gives a value, and so a diagnosis."""
    expect_dense(student, which, whole_floats(rng, (3, 3)), whole_floats(rng, (3, 3)), whole_floats(rng, (3, 3)))


def other_sizes(student, rng, which):
    with blaming(f"{which} is right when n, inputs and units are equal, but not for other sizes: look where axes may be mixed up."):
        for sizes in ((5, 4, 2), (2, 3, 6), (4, 7, 4), (6, 2, 2), (3, 3, 5)):
            expect_dense(student, which, *dense_arguments(rng, *sizes))


def smallest_and_real_sizes(student, rng, which):
    with blaming(f"{which} is not right for a single example, input or unit."):
        for sizes in ((1, 4, 3), (4, 1, 3), (4, 3, 1), (1, 1, 1)):
            expect_dense(student, which, *dense_arguments(rng, *sizes))
    with blaming(f"{which} is not right for float32, or for 32 digits of 784 pixels."):
        expect_dense(student, which, *(array.astype(np.float32) for array in dense_arguments(rng, 32, 784, 10)))
    with blaming(f"{which} is not right for transposed arrays, whose numbers lie in another order in memory."):
        expect_dense(student, which, rng.normal(size=(4, 5)).T, rng.normal(size=(3, 4)).T, rng.normal(size=(3, 5)).T)


@dense_dx
def test_dx_in_squares(student, rng):
    all_squares(student, rng, "dx")


@dense_dx
def test_dx_in_other_sizes(student, rng):
    other_sizes(student, rng, "dx")
    smallest_and_real_sizes(student, rng, "dx")


@dense_dx
def test_arguments_of_dense_gradients_are_not_changed(student, rng):
    """This costs one part, not all three."""
    keeps_arguments(student, "dense_gradients", *dense_arguments(rng, 4, 3, 2))


@dense_dweights
def test_dweights_in_squares(student, rng):
    all_squares(student, rng, "dweights")


@dense_dweights
def test_dweights_in_other_sizes(student, rng):
    other_sizes(student, rng, "dweights")
    smallest_and_real_sizes(student, rng, "dweights")


@dense_dbias
def test_dbias_in_squares(student, rng):
    all_squares(student, rng, "dbias")


@dense_dbias
def test_dbias_in_other_sizes(student, rng):
    other_sizes(student, rng, "dbias")
    smallest_and_real_sizes(student, rng, "dbias")


# --- relu_gradient ---


def oracle_relu_gradient(x, upstream):
    """upstream where relu let x through, 0 elsewhere; the slope at 0 is taken to be 0."""
    return np.where(np.asarray(x) > 0, np.asarray(upstream, dtype=np.float64), 0.0)


def relu_mistakes(x, upstream):
    right = oracle_relu_gradient(x, upstream)
    x, upstream = x.astype(np.float64), upstream.astype(np.float64)
    through = x > 0
    mask_only = "That is relu's own slope, 1 or 0. It still has to be multiplied by upstream: what is asked is the blame that arrives at x."
    from_upstream = "The gate looks at the sign of upstream. It must look at x: blame passes back where relu let x through, whatever the sign of the blame."
    return [
        (
            "At x = 0 half of the blame was passed on. relu's slope at 0 is taken to be 0 here, as Keras does: `np.heaviside(x, 0)`, or `x > 0`.",
            np.heaviside(x, 0.5) * upstream,
        ),
        ("It was divided by the number of examples. upstream is that of the mean loss already: do not divide again.", right / len(x)),
        (
            "relu was applied to x · upstream. Blame may have any sign; only the sign of x decides whether it passes, and x itself is no factor.",
            np.maximum(x * upstream, 0),
        ),
        ("At x = 0 the gradient is 0 here, but blame was passed on. The gate is open for x > 0 only.", np.where(x >= 0, upstream, 0)),
        (mask_only, through.astype(float)),
        (mask_only, (x >= 0).astype(float)),
        (from_upstream, np.maximum(upstream, 0)),
        (from_upstream, np.where(upstream > 0, x, 0)),
        (
            "Negative blame was lost on the way. Blame may have any sign; only the sign of x decides whether it passes.",
            np.where(through, np.maximum(upstream, 0), 0),
        ),
        (
            "upstream was multiplied by relu(x). The slope of relu is 1 where x is positive, however large x is.",
            np.maximum(x, 0) * upstream,
        ),
        ("upstream was multiplied by x. The slope of relu is 1 or 0, not x.", x * upstream),
        ("That is relu itself, of x. Its gradient is asked: upstream where x is positive, 0 elsewhere.", np.maximum(x, 0)),
        ("upstream was passed on everywhere. Where x is negative, relu answers 0 whatever x is: no blame gets through.", upstream),
        *said(
            "The gate is the wrong way round: blame passes where x is positive.",
            np.where(through, 0, upstream),
            np.where(x < 0, upstream, 0),
        ),
        ("Where x is negative the result is to be 0; it holds x there.", np.where(through, upstream, x)),
        ("Where x is positive the result is to be upstream; it holds 1 there.", np.where(through, 1, upstream)),
        ("Where x is positive the result is to be upstream; it holds x there.", np.where(through, x, 0)),
        ("upstream was multiplied by the sign of x, which is -1 for negative x. There the slope of relu is 0.", np.sign(x) * upstream),
        ("That is the leaky relu's gradient. relu's slope is 0 for negative x.", np.where(through, upstream, 0.01 * upstream)),
        ("Digits after the point were cut off. The result's dtype was that of x, whole numbers; blame is a float.", np.trunc(right)),
        ("The signs are lost. Blame is passed on with its sign.", np.abs(right)),
        (
            "Blame that is not passed on was left out, which changes the shape. It becomes 0, in its place.",
            upstream[through],
        ),
        ("The array was flattened. The result has the shape of x.", right.ravel()),
        ("The gate opens at 1. relu lets through all that is larger than 0.", np.where(x >= 1, upstream, 0)),
        ("The gate opens above 1. relu lets through all that is larger than 0.", np.where(x > 1, upstream, 0)),
    ]


def expect_relu_gradient(student, x, upstream):
    call = f"relu_gradient(x, upstream) with x of shape {x.shape} and dtype {x.dtype}"
    expect(student.relu_gradient(x, upstream), oracle_relu_gradient(x, upstream), call, relu_mistakes(x, upstream))


@relu_gradient
def test_blame_passes_where_x_is_positive(student, rng):
    x = rng.permutation([-3.0, -0.5, 2.0, 0.25, 5.0, -1.0])
    try:
        expect_relu_gradient(student, x, rng.permutation([-4.0, -0.5, 3.0, 7.0, -2.0, 1.5]))
    except StudentError as error:
        if "truth value" not in str(error):
            raise
        raise StudentError(
            "`if` decides once, but `x > 0` is an array, one True or False for each number. Take `np.where(x > 0, …, …)`, "
            f"or multiply by `(x > 0)`. {error}"
        ) from None
    expect_relu_gradient(student, rng.normal(size=60), rng.normal(size=60))


@relu_gradient
def test_at_zero_the_gradient_is_zero(student, rng):
    expect_relu_gradient(student, rng.permutation([0.0, 0.0, -0.0, 1.5, -2.0]), whole_floats(rng, 5) / 2)
    expect_relu_gradient(student, np.zeros((2, 3)), rng.normal(size=(2, 3)))


@relu_gradient
def test_small_and_large_numbers(student, rng):
    with blaming("relu_gradient is not right when x is close to 0, or large."):
        x = rng.permutation([1e-9, -1e-9, 1e9, -1e9, 1e-30, -1e-30])
        upstream = rng.normal(size=6)
        expect(student.relu_gradient(x, upstream), oracle_relu_gradient(x, upstream), f"relu_gradient(x, upstream) with x = {x}")


@relu_gradient
def test_any_shape_of_x(student, rng):
    for shape in ((3, 4), (2, 5, 4, 3), (1, 1), (3, 1, 2)):
        with blaming(f"relu_gradient is right along one axis, but not for the shape {shape}: let NumPy handle the whole array at once."):
            expect_relu_gradient(student, rng.normal(size=shape), rng.normal(size=shape))
    with blaming("relu_gradient is not right for transposed arrays."):
        expect_relu_gradient(student, rng.normal(size=(4, 3)).T, rng.normal(size=(3, 4)))


@relu_gradient
def test_any_dtype_of_x(student, rng):
    for dtype in (np.float32, np.int64, np.int8, np.uint8):
        low = 0 if np.dtype(dtype).kind == "u" else -9
        with blaming(f"relu_gradient is right for floats, but not for an x of the dtype {np.dtype(dtype)}."):
            expect_relu_gradient(student, rng.integers(low, 10, (3, 6)).astype(dtype), rng.normal(size=(3, 6)) + 0.5)


@relu_gradient
def test_arguments_of_relu_gradient_are_not_changed(student, rng):
    keeps_arguments(student, "relu_gradient", rng.normal(size=(4, 5)), rng.normal(size=(4, 5)))


# --- adam_step ---

ADAM = ("parameter", "m", "v")
DEFAULTS = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
OTHER_DEFAULTS = {
    "learning_rate": (0.01, 0.1, 0.0001, 0.002),
    "beta_1": (0.99, 0.95, 0.999, 0.5),
    "beta_2": (0.99, 0.9999, 0.9, 0.995, 0.99999),
}
SMALLEST = 0.004  # |gradient|: from there on, Keras' place for epsilon changes a step by less than 0.08 % of the learning rate


def oracle_adam(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Kingma and Ba (2015), Algorithm 1, one step."""
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient * gradient
    step = (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return parameter - learning_rate * step, m, v


def keras_adam(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """The same as Keras does it: epsilon is added before v is corrected. It counts as right; tests hold both oracles together."""
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient * gradient
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return parameter - rate * m / (np.sqrt(v) + epsilon), m, v


def some_gradient(rng, shape):
    """Gradients of either sign and of many sizes; the smallest that are graded are among them."""
    sizes = np.exp(rng.uniform(np.log(2 * SMALLEST), np.log(3), shape))
    sizes.flat[0] = SMALLEST
    return sizes * rng.choice([-1.0, 1.0], shape)


def adam_state(rng, shape):
    """Parameter, gradient, m and v as they may be in the middle of a training."""
    gradient = some_gradient(rng, shape)
    m = gradient * rng.uniform(-0.5, 1.5, shape)
    v = gradient**2 * rng.uniform(0.5, 1.5, shape)
    return rng.uniform(-0.05, 0.05, shape), gradient, m, v


def parameter_mistakes(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon):
    new_m = beta_1 * m + (1 - beta_1) * gradient
    new_v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat, v_hat = new_m / (1 - beta_1**t), new_v / (1 - beta_2**t)
    root = np.sqrt(v_hat) + epsilon
    step = learning_rate * m_hat / root

    def stepped(numerator, denominator):
        return parameter - learning_rate * numerator / denominator

    def corrected_for(number):
        return stepped(new_m / (1 - beta_1**number), np.sqrt(new_v / (1 - beta_2**number)) + epsilon)

    def swapped():
        other_m = beta_2 * m + (1 - beta_2) * gradient
        other_v = beta_1 * v + (1 - beta_1) * gradient**2
        return stepped(other_m / (1 - beta_2**t), np.sqrt(other_v / (1 - beta_1**t)) + epsilon)

    def multiplied():
        return stepped(new_m / (1 - beta_1 * t), np.sqrt(np.abs(new_v / (1 - beta_2 * t))) + epsilon)

    yield from [
        ("The parameter moved uphill: the step is subtracted, for the gradient says where the loss goes up.", parameter + step),
        ("The parameter did not move. Return the new parameter, one step away from the old one.", parameter),
        *said("That is the step alone. Return the new parameter: the old one minus the step.", step, -step),
        (
            "That is plain gradient descent, learning_rate times the gradient. Adam steps along m, divided by the square root of v.",
            parameter - learning_rate * gradient,
        ),
        (
            (
                "The bias correction is missing. m and v begin at 0 and are far too small in the first steps: "
                "divide m by 1 - beta_1**t and v by 1 - beta_2**t before you use them."
            ),
            stepped(new_m, np.sqrt(new_v) + epsilon),
        ),
        ("The bias correction of v is missing: divide v by 1 - beta_2**t before you use it.", stepped(m_hat, np.sqrt(new_v) + epsilon)),
        ("The bias correction of m is missing: divide m by 1 - beta_1**t before you use it.", stepped(new_m, root)),
        (
            "t was counted from 0: the correction used t + 1. The first step is t = 1, so use t as it comes.",
            corrected_for(t + 1),
        ),
        ("The correction used t - 1. The first step is t = 1, so use t as it comes.", lambda: corrected_for(t - 1) if t > 1 else None),
        ("The correction is always that of the first step. It depends on t: 1 - beta**t.", lambda: corrected_for(1)),
        ("In the correction, beta was multiplied by t. It is raised to the power t: `beta_1**t`.", lambda: multiplied() if t > 1 else None),
        (
            "The square root is missing: v is a mean of squares, and the step is divided by its root, which has the size of a gradient.",
            stepped(m_hat, v_hat + epsilon),
        ),
        *said(
            "epsilon belongs outside of the square root: sqrt(v_hat) + epsilon.",
            stepped(m_hat, np.sqrt(v_hat + epsilon)),
            stepped(m_hat, np.sqrt(v_hat + epsilon**2)),
        ),
        ("The learning rate is missing: it is multiplied with the step.", parameter - step / learning_rate),
        *said(
            "The division by the square root of v is missing. That is momentum; Adam divides by the usual size of the gradient.",
            parameter - learning_rate * m_hat,
            parameter - learning_rate * new_m,
        ),
        *said(
            "The gradient itself was used where m belongs. Adam steps along m, the running mean of the gradients.",
            stepped(gradient, root),
            stepped(gradient / (1 - beta_1**t), root),
        ),
        ("beta_1 and beta_2 are swapped: beta_1 belongs to m, beta_2 to v.", swapped),
        (
            "The two corrections are swapped: m is divided by 1 - beta_1**t, v by 1 - beta_2**t.",
            stepped(new_m / (1 - beta_2**t), np.sqrt(new_v / (1 - beta_1**t)) + epsilon),
        ),
        (
            "The step was made with the old m and v. Bring both up to date with the new gradient first.",
            lambda: stepped(m / (1 - beta_1**t), np.sqrt(v / (1 - beta_2**t)) + epsilon),
        ),
        (
            "The correction of v belongs under the square root: correct v first, then take the root.",
            stepped(m_hat, np.sqrt(new_v) / (1 - beta_2**t) + epsilon),
        ),
        (
            "The bias correction was multiplied, not divided. m and v are too small at first, and 1 - beta**t is less than 1.",
            stepped(new_m * (1 - beta_1**t), np.sqrt(new_v * (1 - beta_2**t)) + epsilon),
        ),
        ("The step was divided by the square root of v twice.", stepped(m_hat, root * root)),
        *said(
            "epsilon belongs under the fraction bar: m_hat / (sqrt(v_hat) + epsilon), with brackets. It was added to the quotient.",
            parameter - learning_rate * m_hat / np.sqrt(v_hat) + epsilon,
            parameter - learning_rate * (m_hat / np.sqrt(v_hat) + epsilon),
        ),
        *(
            (
                f"The correction is that of step {number}, but t is {t}. Use the argument t; count nothing of your own.",
                corrected_for(number),
            )
            for number in range(2, 40)
            if number != t
        ),
    ]


def m_mistakes(gradient, m, t, beta_1, beta_2):
    right = beta_1 * m + (1 - beta_1) * gradient
    return [
        (
            (
                "The m that was returned is bias-corrected. Return m as it is before the correction: "
                "the next step goes on from it, and would correct it again."
            ),
            right / (1 - beta_1**t),
        ),
        ("m was returned as it came. Bring it up to date with the new gradient, and return the new one.", m),
        ("In m, the gradient is not multiplied by 1 - beta_1, so m is a sum and not a mean.", beta_1 * m + gradient),
        (
            "In m, the two shares are the wrong way round: beta_1 of the old m, 1 - beta_1 of the gradient.",
            (1 - beta_1) * m + beta_1 * gradient,
        ),
        ("In m, the old m is not multiplied by beta_1.", m + (1 - beta_1) * gradient),
        ("m is just the new gradient. It is a running mean: beta_1 of it is the old m.", gradient),
        (
            "m was updated with beta_2. beta_1 belongs to m, beta_2 to v.",
            beta_2 * m + (1 - beta_2) * gradient,
        ),
        ("m is a mean of the gradients, and not of their squares; those belong to v.", beta_1 * m + (1 - beta_1) * gradient**2),
        ("m and v are swapped in their roles.", beta_2 * m + (1 - beta_2) * gradient**2),
        ("In m, the new gradient was subtracted. It is added.", beta_1 * m - (1 - beta_1) * gradient),
        ("The old m was lost: m is beta_1 of the old m, and 1 - beta_1 of the gradient.", (1 - beta_1) * gradient),
    ]


def v_mistakes(gradient, m, v, t, beta_1, beta_2):
    square = gradient**2
    new_m = beta_1 * m + (1 - beta_1) * gradient
    right = beta_2 * v + (1 - beta_2) * square
    not_squared = "The gradient is not squared in v. v is the running mean of the squares: its root says how large gradients usually are."
    return [
        (
            (
                "The v that was returned is bias-corrected. Return v as it is before the correction: "
                "the next step goes on from it, and would correct it again."
            ),
            right / (1 - beta_2**t),
        ),
        ("v was returned as it came. Bring it up to date with the new gradient, and return the new one.", v),
        (not_squared, beta_2 * v + (1 - beta_2) * gradient),
        (not_squared, beta_2 * v + (1 - beta_2) * np.abs(gradient)),
        ("In v, the square of the gradient is not multiplied by 1 - beta_2, so v is a sum and not a mean.", beta_2 * v + square),
        (
            "In v, the two shares are the wrong way round: beta_2 of the old v, 1 - beta_2 of the square.",
            (1 - beta_2) * v + beta_2 * square,
        ),
        (
            "In v, 1 - beta_2 was squared along with the gradient. Only the gradient is: `(1 - beta_2) * gradient**2`.",
            beta_2 * v + ((1 - beta_2) * gradient) ** 2,
        ),
        ("v holds the squares added up since the start. It is a running mean: beta_2 of the old v, 1 - beta_2 of the square.", v + square),
        ("v was updated with beta_1. beta_1 belongs to m, beta_2 to v.", beta_1 * v + (1 - beta_1) * square),
        (
            "v was made from m squared. It is a running mean of the squares of the gradients themselves.",
            beta_2 * v + (1 - beta_2) * new_m**2,
        ),
        ("v is returned as its square root. Return v itself; the root is taken for the step only.", np.sqrt(right)),
        ("v is just the square of the new gradient. It is a running mean: beta_2 of it is the old v.", square),
        *said(
            "In v, one number was made of all the squares. Every number of the parameter has a v of its own: `gradient**2`, without mean or sum.",
            beta_2 * v + (1 - beta_2) * square.mean(),
            beta_2 * v + (1 - beta_2) * square.sum(),
        ),
        ("The old v was lost: v is beta_2 of the old v, and 1 - beta_2 of the square.", (1 - beta_2) * square),
    ]


def expect_adam(student, which, parameter, gradient, m, v, t, *more, **settings):
    """Compare one of the three that adam_step returns. The parameter must be right to 0.15 % of the learning rate."""
    words = [str(t), *map(str, more), *(f"{name}={value}" for name, value in settings.items())]
    call = f"adam_step(parameter, gradient, m, v, {', '.join(words)})"
    all_settings = DEFAULTS | dict(zip(DEFAULTS, more, strict=False)) | settings
    expected = oracle_adam(parameter, gradient, m, v, t, **all_settings)
    returned = student.adam_step(parameter, gradient, m, v, t, *more, **settings)
    beta_1, beta_2 = all_settings["beta_1"], all_settings["beta_2"]
    if which == "m":
        mistakes, tolerance = m_mistakes(gradient, m, t, beta_1, beta_2), 1e-4
    elif which == "v":
        mistakes, tolerance = v_mistakes(gradient, m, v, t, beta_1, beta_2), 1e-4
    else:
        with np.errstate(all="ignore"):
            mistakes = list(parameter_mistakes(parameter, gradient, m, v, t, **all_settings))
        tolerance = 1.5e-3 * all_settings["learning_rate"] / np.abs(expected[0]).max()
    for name, others in OTHER_DEFAULTS.items():
        if all_settings[name] == DEFAULTS[name] and name not in settings and not more:
            sentence = f"The default of {name} is {DEFAULTS[name]}; yours seems to be "
            mistakes += [
                (f"{sentence}{other}.", oracle_adam(parameter, gradient, m, v, t, **(all_settings | {name: other}))[ADAM.index(which)])
                for other in others
            ]
    expect_one_of(returned, expected, which, ADAM, call, mistakes, tolerance)
    return several(returned, ADAM, call)


@adam_step
def test_m_is_a_running_mean_of_the_gradients(student, rng):
    state = adam_state(rng, (5,))
    expect_adam(student, "m", *state, 7)
    parameter, gradient, m, v = adam_state(rng, (6,))
    expect_adam(student, "m", parameter, gradient, 0 * m, 0 * v, 1)


@adam_step
def test_v_is_a_running_mean_of_their_squares(student, rng):
    state = adam_state(rng, (5,))
    expect_adam(student, "v", *state, 7)
    parameter, gradient, m, v = adam_state(rng, (6,))
    expect_adam(student, "v", parameter, gradient, 0 * m, 0 * v, 1)


@adam_step
def test_a_step_in_the_middle(student, rng):
    """Not the first step: there, m corrected is the gradient itself, and much looks alike."""
    expect_adam(student, "parameter", *adam_state(rng, (6,)), 7)


@adam_step
def test_the_first_step_and_others(student, rng):
    with blaming("adam_step is right at t = 7, but not at t = 1."):
        parameter, gradient, m, v = adam_state(rng, (6,))
        expect_adam(student, "parameter", parameter, gradient, 0 * m, 0 * v, 1)
    for t in (2, 60):
        with blaming(f"adam_step is right at t = 7, but not at t = {t}."):
            expect_adam(student, "parameter", *adam_state(rng, (6,)), t)


@adam_step
def test_many_steps_in_a_row(student, rng):
    """Each step goes on from what the step before returned."""
    with blaming("One step of adam_step is right, but not several in a row, each going on from what the one before returned."):
        parameter, gradient, m, v = adam_state(rng, (4,))
        m, v = 0 * m, 0 * v
        for t in range(1, 9):
            parameter, m, v = (np.asarray(array, dtype=float) for array in expect_adam(student, "parameter", parameter, gradient, m, v, t))
            gradient = some_gradient(rng, (4,))


def ignored(name, parameter, gradient, m, v, t, **settings):
    """The sentence and the value of an answer that takes one of its settings from elsewhere."""
    sentence = f"The argument {name} has no effect: {DEFAULTS[name]} is only its default. Use {name} wherever you wrote the number."
    if name == "epsilon":
        sentence = "The argument epsilon has no effect: it is missing in your formula, or a number stands in its place. Divide by sqrt(v_hat) + epsilon."
    return sentence, oracle_adam(parameter, gradient, m, v, t, **(settings | {name: DEFAULTS[name]}))[0]


@adam_step
def test_every_setting_has_an_effect(student, rng):
    for settings in (
        {"learning_rate": 0.02},
        {"beta_1": 0.6},
        {"beta_2": 0.9},
        {"learning_rate": 0.5, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-7},
        {"beta_2": 0.98, "beta_1": 0.5},
    ):
        parameter, gradient, m, v = adam_state(rng, (6,))
        t = int(rng.integers(2, 5))
        returned = several(student.adam_step(parameter, gradient, m, v, t, **settings), ADAM, "adam_step(…)")
        for name in settings:
            sentence, wrong = ignored(name, parameter, gradient, m, v, t, **settings)
            right = oracle_adam(parameter, gradient, m, v, t, **settings)[0]
            near = 1e-3 * settings.get("learning_rate", 0.001) / np.abs(wrong).max()
            if close(returned[0], wrong, near) and not close(wrong, right, 2 * near):
                raise Mistake(sentence)
        with blaming("adam_step is right with its default settings, but not with others."):
            for which in ADAM:
                expect_adam(student, which, parameter, gradient, m, v, t, **settings)


@adam_step
def test_settings_by_position(student, rng):
    with blaming("adam_step is right when its settings are given by name, but not by position: keep the order of the task."):
        for which in ADAM:
            expect_adam(student, which, *adam_state(rng, (4,)), 3, 0.03, 0.7, 0.95, 1e-7)
            expect_adam(student, which, *adam_state(rng, (4,)), 2, 0.01)


@adam_step
def test_epsilon_has_an_effect(student, rng):
    """With a large epsilon, where its place matters. So late that no correction is left: there, Keras' variant is the same as the paper's."""
    for t, epsilon in ((30_000, 0.5), (40_000, 0.05)):
        parameter, gradient, m, v = adam_state(rng, (6,))
        returned = several(student.adam_step(parameter, gradient, m, v, t, epsilon=epsilon), ADAM, "adam_step(…)")
        sentence, wrong = ignored("epsilon", parameter, gradient, m, v, t, epsilon=epsilon)
        near = 1e-6 / np.abs(wrong).max()
        if close(returned[0], wrong, near):
            raise Mistake(sentence)
        expect_adam(student, "parameter", parameter, gradient, m, v, t, epsilon=epsilon)


@adam_step
def test_parameters_of_any_shape(student, rng):
    for shape in ((3, 4), (2, 3, 1, 5), (1,), (1, 1)):
        with blaming(f"adam_step is right along one axis, but not for the shape {shape}."):
            state = adam_state(rng, shape)
            for which in ADAM:
                expect_adam(student, which, *state, 4)
    with blaming("adam_step is not right for float32."):
        state = [array.astype(np.float32) for array in adam_state(rng, (4, 5))]
        expect_adam(student, "parameter", *(array.astype(np.float64) for array in state), 3)
        for which in ADAM:
            returned = several(student.adam_step(*state, 3), ADAM, "adam_step(…)")
            expected = oracle_adam(*(array.astype(np.float64) for array in state), 3)
            tolerance = 1.5e-6 / np.abs(expected[0]).max() if which == "parameter" else 1e-4
            expect_one_of(returned, expected, which, ADAM, "adam_step(parameter, gradient, m, v, 3) with float32", [], tolerance)


@adam_step
def test_arguments_of_adam_step_are_not_changed(student, rng):
    keeps_arguments(student, "adam_step", *adam_state(rng, (3, 4)), 2)


# --- train_softmax_regression ---

TRAINING = ("weights", "bias")
TRAINED_ON, EPOCHS, HELD_OUT = 10_000, 5, 25_000
ASKED = 0.88


@functools.cache
def digits():
    """The 60,000 training digits, `(60000, 784)` bytes, and their labels."""
    (images, labels), _ = load_mnist()
    return np.reshape(images, (len(images), -1)), labels


def some_digits(rng, *counts):
    """Random digits without a repetition, `(count, 784)` float32 from 0 to 1, and their labels, for each count."""
    images, labels = digits()
    chosen = np.split(rng.permutation(len(images))[: sum(counts)], np.cumsum(counts)[:-1])
    return [(images[some].astype(np.float32) / 255, labels[some]) for some in chosen]


def oracle_train(images, labels, epochs, rng, learning_rate=0.1, batch=32):
    """Softmax regression by gradient descent on batches, from zeros, in the task's own settings."""
    weights, bias = np.zeros((images.shape[1], 10)), np.zeros(10)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images), batch):
            some = order[start : start + batch]
            scores = images[some] @ weights + bias
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            blame = oracle_softmax_crossentropy_gradient(labels[some], scores / scores.sum(axis=1, keepdims=True))
            weights -= learning_rate * images[some].T @ blame
            bias -= learning_rate * blame.sum(axis=0)
    return weights, bias


def score(weights, bias, images, labels):
    return float(np.mean((images @ weights.astype(np.float32) + bias.astype(np.float32)).argmax(axis=1) == labels))


def trained(student, images, labels, epochs, rng):
    """What the student's training returned: weights and bias, as arrays of the right shapes."""
    call = f"train_softmax_regression(images, labels, {epochs}, rng)"
    returned = several(student.train_softmax_regression(images, labels, epochs, rng), TRAINING, call)
    try:
        weights, bias = (np.asarray(array, dtype=float) for array in returned)
    except (TypeError, ValueError):
        raise Mistake(f"{call} should return two arrays of numbers, (weights, bias).") from None
    if bias.shape == (784, 10):
        raise Mistake("weights and bias come in the wrong order: return (weights, bias).")
    if weights.shape == (10, 784):
        raise Mistake("weights is transposed: it has a row for each pixel and a column for each class, (784, 10), as a dense layer has.")
    if weights.shape == (784, 10) and bias.shape in ((1, 10), (10, 1)):
        raise Mistake(f"bias has the shape {bias.shape}. It has one axis: (10,), one number for each class.")
    if (weights.shape, bias.shape) != ((784, 10), (10,)):
        raise Mistake(
            f"{call} should return weights of the shape (784, 10) and bias of the shape (10,), but they have {weights.shape} and {bias.shape}."
        )
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise Mistake(
            "The trained weights are not finite numbers (nan or inf). Either a step is far too long, or exp overflows in your softmax: "
            "subtract the largest score of each row first (lesson 6)."
        )
    return weights, bias


@train_softmax_regression
def test_weights_and_bias_come_back(student, rng):
    ((images, labels),) = some_digits(rng, 100)
    trained(student, images, labels, 1, np.random.default_rng(int(rng.integers(2**32))))


def twenty_digits(rng):
    """Twenty digits of two labels, ten of each: fewer than a batch, so that their order plays no part; and the biases' first step is a long one."""
    ((images, labels),) = some_digits(rng, 1000)
    some = np.concatenate([np.flatnonzero(labels == label)[:10] for label in rng.permutation(10)[:2]])
    return images[some], labels[some]


STEP_TIMES = [
    (-1, "goes the other way, uphill. The gradient says where the loss goes up, so subtract it."),
    (
        20,
        "is 20 times too long: what a batch's digits say was added up. The loss is their mean, so its gradient is divided by their number, once.",
    ),
    (1 / 20, "is 20 times too short: it was divided by the number of digits twice. Divide once."),
    (100, "is 100 times too long: that is what a learning rate of 10 makes. Take 0.1."),
    (0.1, "is 10 times too short: that is what a learning rate of 0.01 makes. Take 0.1."),
    (0.01, "is 100 times too short: that is what a learning rate of 0.001 makes. Take 0.1."),
]


@train_softmax_regression
def test_one_step_with_twenty_digits(student, rng, note):
    """One step from zeros can be foreseen. Where nothing fits, other beginnings or another rule may be at work, and the test of new digits decides."""
    images, labels = twenty_digits(rng)
    seed = int(rng.integers(2**32))
    with blaming("With only 20 digits, fewer than a batch, train_softmax_regression does not work."):
        weights, bias = trained(student, images, labels, 1, np.random.default_rng(seed))
    blame = 0.1 - np.eye(10)[labels]
    bias_step, weights_step = -0.1 * blame.mean(axis=0), -0.1 * images.T @ blame / 20

    def fits(given, step, times, allowed=0.05):
        return np.linalg.norm(given - times * step) < allowed * abs(times) * np.linalg.norm(step)

    if np.abs(bias).max() > 0 and np.ptp(bias) < 1e-6 * np.abs(bias).max():
        raise Mistake(
            "The biases of all ten classes move by the same: the labels play no part. Subtract 1 from the right class' probability."
        )
    if np.ptp(bias) == 0:
        ((more, more_labels),) = some_digits(rng, 32)
        if np.ptp(trained(student, more, more_labels, 1, np.random.default_rng(seed))[1]) > 0:
            note(
                "32 digits teach something, 20 digits nothing: the last batch is left out when it is smaller than 32. "
                "Its digits might teach something as well."
            )
    if fits(bias, bias_step, 20 / 32, 0.05):
        note("The step with 20 digits was divided by 32. The last batch may be smaller: divide by the number of digits that are in it.")
    scores = np.exp(images @ weights_step + bias_step)
    after = scores / scores.sum(axis=1, keepdims=True) - np.eye(10)[labels]
    if fits(bias, after.mean(axis=0), 1, 0.05) or fits(bias, blame.mean(axis=0), 1, 0.05):
        raise Mistake("What was returned are the last gradients. Return weights and bias themselves, as they are after all the steps.")
    for times, sentence in STEP_TIMES:
        if fits(bias, bias_step, times):
            raise Mistake(f"After one step, with 20 digits in one batch, the bias shows how long a step is. It {sentence}")
    for times, sentence in ((1 / 255, "divided by 255 once more"), (255, "made 255 times as bright")):
        if fits(bias, bias_step, 1) and fits(weights, weights_step, times):
            raise Mistake(f"The images were {sentence}. They come with values from 0 to 1: use them as they are.")


@train_softmax_regression
def test_every_epoch_counts(student, rng):
    """From the same state of the generator, a second epoch must change something, and already the first must have learnt."""
    ((images, labels),) = some_digits(rng, 1000)
    labels = labels.astype(np.int64)
    seed = int(rng.integers(2**32))
    once, twice = (trained(student, images, labels, epochs, np.random.default_rng(seed)) for epochs in (1, 2))
    still = [np.array_equal(a, b) for a, b in zip(once, twice, strict=True)]
    idle = np.ptp(twice[1]) == 0
    if all(still) and idle and score(*twice, images, labels) < 0.5:
        raise Mistake(
            "Nothing was learnt: weights and bias are the same after one epoch and after two, and the bias is still that of the start. "
            "In every step, put `weights - learning_rate * dweights` in the place of weights, and likewise for the bias."
        )
    if all(still):
        raise Mistake(
            "The number of epochs has no effect: weights and bias are exactly the same after one epoch and after two. "
            "Go through all the digits `epochs` times, and return after the last of them."
        )
    if np.ptp(once[1]) == 0 and not idle:
        raise Mistake(
            "With epochs=1 nothing was learnt, with epochs=2 something was: there is one epoch too few. `range(epochs)` has epochs numbers."
        )
    if idle:
        raise Mistake(
            "The bias was not trained: all ten numbers are still the same. It takes steps as the weights do, with its own gradient, dbias."
        )
    some = twenty_digits(rng)
    once, twice = (trained(student, *some, epochs, np.random.default_rng(seed))[1] for epochs in (1, 2))
    if np.ptp(once) > 0 and close(twice, once, 1e-5):
        raise Mistake(
            "After two epochs with 20 digits, the bias is what it is after one epoch: every epoch begins anew, and what the one before learnt is lost. "
            "Make the zeros once, before the loop over the epochs."
        )


@train_softmax_regression
def test_the_order_is_drawn_from_rng(student, rng, note):
    """33 images make a batch of 32 and one image that is alone. No two share a pixel, so the weights of its pixels show who was alone:
    it has the whole step, the others have one 32nd of one. Seven trainings of two epochs: an honest one has one and the same
    image alone in both epochs of all seven with a chance of 33 ** -7. Where the weights do not tell it, nobody is judged."""
    places = np.arange(784 - 784 % 33).reshape(33, -1)
    images, labels = np.zeros((33, 784), dtype=np.float32), rng.integers(10, size=33)
    images[np.arange(33)[:, None], places] = 1
    alone = set()
    for seed in rng.integers(2**32, size=7):
        weights, _ = trained(student, images, labels, 2, np.random.default_rng(int(seed)))
        size = np.linalg.norm(weights[places].mean(axis=1), axis=1)
        large = size > 0.5 * size.max()
        if not 1 <= large.sum() <= 2 or size[~large].max() > 0.2 * size.max():
            return
        alone.add(tuple(np.flatnonzero(large)))
    draw = "Draw a new one from rng in every epoch, inside the loop: `order = rng.permutation(len(images))`."
    if alone == {(32,)}:
        note(f"The images were not put in a random order: in each epoch they were taken as they came. {draw}")
    elif len(alone) == 1:
        raise Mistake(
            f"Generators in different states gave the same order: it was not drawn from the argument rng. {draw} Seed nothing of your own."
        )
    elif all(len(some) == 1 for some in alone):
        note(f"Every epoch had the same order. {draw}")


@train_softmax_regression
def test_it_recognises_new_digits(student, rng):
    (images, labels), (new_images, new_labels) = some_digits(rng, TRAINED_ON, HELD_OUT)
    weights, bias = trained(student, images, labels, EPOCHS, np.random.default_rng(int(rng.integers(2**32))))
    reached = score(weights, bias, new_images, new_labels)
    if reached >= ASKED:
        return
    count = f"After {EPOCHS} epochs on {TRAINED_ON:,} digits, {100 * reached:.1f} % of {HELD_OUT:,} new digits are right; {100 * ASKED:.0f} % are asked."
    raise Mistake(f"{count} {why_not(weights, bias, images, labels, reached, rng)}")


def why_not(weights, bias, images, labels, reached, rng):
    """A sentence on what may have gone wrong in a training that reached too little."""
    if np.ptp(weights) == 0:
        return "All weights are still the same: they were never changed."
    if score(-weights, -bias, images[:1000], labels[:1000]) > 0.5 and reached < 0.1:
        return "That is worse than guessing: the steps went uphill. The gradient says where the loss goes up, so subtract it."
    if reached < 0.2:
        return (
            "That is no better than guessing: images and labels do not belong together any more. "
            "Whoever shuffles the images must shuffle the labels in the same order: draw one order, and use it for both."
        )
    guesses = [
        (
            "That is what batches of 1,000 reach, which make too few steps; or a gradient that was divided by the number of digits twice, which makes "
            "them too short. Take 32 digits at a time, and divide once.",
            {"batch": 1000},
        ),
        (
            "That is what one step for each epoch reaches, with all digits at once. Take 32 digits at a time: 313 steps for each epoch.",
            {"batch": TRAINED_ON},
        ),
        ("That is what a learning rate of 0.01 reaches: the steps are too short. Take 0.1.", {"learning_rate": 0.01}),
        ("That is what a learning rate of 0.001 reaches: the steps are too short. Take 0.1.", {"learning_rate": 0.001}),
    ]
    some = images[:500]

    def scores(weights, bias):
        answers = some @ weights + bias
        return answers - answers.mean(axis=1, keepdims=True)

    theirs = scores(weights, bias)
    order = np.random.default_rng(0)
    if close_to(theirs, scores(*oracle_train(images, labels, 1, order))):
        return "That is what one epoch reaches. Go through all the digits `epochs` times."
    for sentence, settings in guesses:
        if close_to(theirs, scores(*oracle_train(images, labels, EPOCHS, order, **settings))):
            return sentence
    for first in (32, 1000):
        if score(weights, bias, images[:first], labels[:first]) > reached + 0.08:
            return f"But of the first {first:,} digits that it was trained on, nearly all are right: it seems that no others were used. Every epoch uses all digits."
    if np.abs(theirs).max() > 60:
        return "The scores are very large: the steps are too long. Is the gradient that of the mean loss, divided by the number of digits in the batch?"
    return "Batches of 32 and a learning rate of 0.1 reach about 90 %. Does every epoch use all digits, and does every step use the gradient of its own batch?"


def close_to(theirs, ours):
    """Whether two trainings differ by no more than what another order of the digits makes."""
    return np.linalg.norm(theirs - ours) < 0.15 * np.linalg.norm(ours)


@train_softmax_regression
def test_chance_comes_from_rng_alone(student, rng):
    ((images, labels),) = some_digits(rng, 500)
    seed = int(rng.integers(2**32))
    first, second = (trained(student, images, labels, 1, np.random.default_rng(seed)) for _ in range(2))
    if not all(close(a, b, 1e-3) for a, b in zip(first, second, strict=True)):
        if score(*trained(student, images[:1], labels[:1], 1, np.random.default_rng(seed)), images, labels) > 0.6:
            raise Mistake(
                "A training went on from what the one before had learnt: weights and bias are kept between the calls. "
                "Make new ones, all zeros, inside of the function."
            )
        raise Mistake(
            "Two trainings with generators in the same state gave different weights. All chance must come from the argument rng "
            "(`rng.permutation(n)`): `np.random.permutation` and the like draw from elsewhere, and nobody could repeat your training."
        )


@train_softmax_regression
def test_digits_and_labels_are_not_changed(student, rng):
    ((images, labels),) = some_digits(rng, 200)
    keeps_arguments(student, "train_softmax_regression", images, labels, 1, np.random.default_rng(int(rng.integers(2**32))))


# --- max_pool2d_gradient (bonus) ---


def oracle_max_pool2d_gradient(images, upstream, size=2):
    """upstream at the place of each window's maximum, 0 elsewhere; one window after the other. Written for images without ties."""
    result = np.zeros(images.shape)
    for m, i, j, c in np.ndindex(upstream.shape):
        window = images[m, size * i : size * (i + 1), size * j : size * (j + 1), c]
        a, b = np.unravel_index(window.argmax(), window.shape)
        result[m, size * i + a, size * j + b, c] = upstream[m, i, j, c]
    return result


def pooling_mistakes(images, upstream, size):
    n = len(images)
    _, rows, columns, _ = upstream.shape
    right = oracle_max_pool2d_gradient(images, upstream, size)

    def spread(values):
        """Each number of `(n, rows, columns, channels)` at all places of its window."""
        result = np.zeros(images.shape)
        result[:, : rows * size, : columns * size] = values.repeat(size, axis=1).repeat(size, axis=2)
        return result

    def picked(choose):
        result = np.zeros(images.shape)
        for m, i, j, c in np.ndindex(upstream.shape):
            a, b = choose(images[m, size * i : size * (i + 1), size * j : size * (j + 1), c])
            result[m, size * i + a, size * j + b, c] = upstream[m, i, j, c]
        return result

    def largest():
        return spread(
            np.array(
                [images[m, size * i : size * (i + 1), size * j : size * (j + 1), c].max() for m, i, j, c in np.ndindex(upstream.shape)]
            ).reshape(upstream.shape)
        )

    def forwards():
        return images[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, -1).max(axis=(2, 4))

    def same_place(shown):
        return oracle_max_pool2d_gradient(np.broadcast_to(shown, images.shape), upstream, size)

    def over_channels():
        result = np.zeros(images.shape)
        for m, i, j in np.ndindex(n, rows, columns):
            window = images[m, size * i : size * (i + 1), size * j : size * (j + 1)]
            a, b, c = np.unravel_index(window.argmax(), window.shape)
            result[m, size * i + a, size * j + b, c] = upstream[m, i, j, c]
        return result

    everywhere = (
        "Every pixel of a window got the blame. Only the largest one decided the window's answer: it gets all of upstream, the others 0."
    )
    no_upstream = "That marks the maxima with 1. The blame that arrives there is upstream's."
    return [
        (everywhere, lambda: spread(upstream)),
        (
            "The blame was shared among the pixels of a window. That is right for a mean; of a maximum, the largest pixel gets all of it.",
            lambda: spread(upstream / size**2),
        ),
        (no_upstream, lambda: picked(lambda window: np.unravel_index(window.argmax(), window.shape)) != 0),
        (no_upstream, lambda: (spread(upstream) != 0) & (images == largest())),
        (
            "The smallest pixel of each window got the blame. It belongs to the largest.",
            lambda: picked(lambda window: np.unravel_index(window.argmin(), window.shape)),
        ),
        (
            "In windows of negative pixels the wrong one got the blame. A search for the largest must not begin at 0: no negative pixel is larger.",
            lambda: picked(lambda window: np.unravel_index(np.maximum(window, 0).argmax(), window.shape)),
        ),
        ("The first pixel of each window got the blame. It belongs to the largest.", lambda: picked(lambda window: (0, 0))),
        ("The last pixel of each window got the blame. It belongs to the largest.", lambda: picked(lambda window: (size - 1, size - 1))),
        (
            "The pixel of the largest absolute value got the blame. It belongs to the largest: 1 is larger than -5.",
            lambda: picked(lambda window: np.unravel_index(np.abs(window).argmax(), window.shape)),
        ),
        (
            "Row and column of the maximum are swapped within its window.",
            lambda: picked(lambda window: np.unravel_index(window.argmax(), window.shape)[::-1]),
        ),
        (
            "Only one of the channels got the blame. Every channel is pooled for itself, and has a maximum of its own in each window.",
            over_channels,
        ),
        *said(
            "All channels got the blame at the same place. Every channel is pooled for itself, and has a maximum of its own in each window.",
            lambda: same_place(images[..., :1]),
            lambda: same_place(images.max(axis=3, keepdims=True)),
            lambda: same_place(images.sum(axis=3, keepdims=True)),
        ),
        (
            "All images got the blame at the same places, those of the first image. Every image has maxima of its own.",
            lambda: same_place(images[:1]),
        ),
        *said(
            "That is the pixel itself, at the place of the maximum. upstream was left out: the blame that arrives there is asked.",
            np.where(right != 0, images, 0),
            lambda: np.where(images == largest(), images, 0),
        ),
        ("Where a pixel is not the maximum, its own number was left. It gets 0: begin with zeros.", np.where(right != 0, right, images)),
        ("It was divided by the number of pixels in a window. One pixel decided alone: it gets all of upstream.", right / size**2),
        *said(
            "That is pooling itself, forwards, with one number for each window. On the way back, the result has the shape of images.",
            lambda: forwards(),
            lambda: forwards() * upstream,
        ),
        (
            "Only the largest pixel of all windows got blame. Every window has a maximum of its own.",
            lambda: spread(upstream) * (images == images[:, : rows * size, : columns * size].max()),
        ),
        (WHOLE, np.trunc(right)),
        (
            "The rows and columns that do not fill a window are missing. They got no blame, but they are pixels: the result has the shape of images, with zeros there.",
            right[:, : rows * size, : columns * size],
        ),
        ("The blame was multiplied by the maximum. The slope of a maximum with respect to its largest pixel is 1.", right * images),
        ("Negative pixels got no blame. A maximum may be negative, too.", right * (images > 0)),
        ("The sign is the other way round.", -right),
        ("That is upstream as it came. Each number goes to the place of its window's maximum.", upstream),
        (
            "Negative blame was lost. Blame is passed on with its sign.",
            np.maximum(right, 0),
        ),
        ("The images were averaged. Each image has its own blame.", np.broadcast_to(right.mean(axis=0), right.shape)),
        ("It was divided by the number of images. upstream is that of the mean loss already.", right / n),
    ]


def expect_pool_gradient(student, images, upstream, *size, **named):
    of_size = named.get("size", size[0] if size else 2)
    words = ["images", "upstream", *map(str, size), *(f"{name}={value}" for name, value in named.items())]
    call = f"max_pool2d_gradient({', '.join(words)}) with images {images.shape}"
    returned = student.max_pool2d_gradient(images, upstream, *size, **named)
    expect(returned, oracle_max_pool2d_gradient(images, upstream, of_size), call, pooling_mistakes(images, upstream, of_size))


def pooling_arguments(rng, n, h, w, channels, size=2):
    """Images without two equal pixels, also in float32, and blame that is never 0."""
    count = n * h * w * channels
    images = (rng.permutation(count).reshape(n, h, w, channels) - count // 2 + 0.25) / 8
    upstream = rng.uniform(0.5, 2, (n, h // size, w // size, channels))
    return images, upstream * rng.choice([-1.0, 1.0], upstream.shape)


@max_pool2d_gradient
def test_the_maximum_gets_the_blame(student, rng):
    images = rng.permutation(np.arange(1.0, 17.0)).reshape(1, 4, 4, 1)
    expect_pool_gradient(student, images, whole_floats(rng, (1, 2, 2, 1)))


@max_pool2d_gradient
def test_negative_pixels(student, rng):
    with blaming("max_pool2d_gradient is right for positive pixels, but not when there are negative ones."):
        images, upstream = pooling_arguments(rng, 1, 6, 6, 1)
        expect_pool_gradient(student, images, upstream)
        expect_pool_gradient(student, -np.abs(images), upstream)


@max_pool2d_gradient
def test_several_images_and_channels(student, rng):
    with blaming("max_pool2d_gradient is right for one image with one channel, but not for several."):
        expect_pool_gradient(student, *pooling_arguments(rng, 1, 4, 4, 3))
        expect_pool_gradient(student, *pooling_arguments(rng, 3, 4, 4, 1))
        expect_pool_gradient(student, *pooling_arguments(rng, 2, 6, 6, 4))


@max_pool2d_gradient
def test_rows_and_columns_that_fill_no_window(student, rng):
    with blaming(
        "max_pool2d_gradient is right for even sizes, but not for odd ones: the last row or column is in no window, and gets zeros."
    ):
        expect_pool_gradient(student, *pooling_arguments(rng, 1, 5, 5, 1))
        expect_pool_gradient(student, *pooling_arguments(rng, 2, 4, 7, 2))
        expect_pool_gradient(student, *pooling_arguments(rng, 2, 7, 6, 3))


@max_pool2d_gradient
def test_windows_of_other_sizes_in_pooling(student, rng):
    with blaming("max_pool2d_gradient is right for windows of 2 x 2, but not for other sizes."):
        expect_pool_gradient(student, *pooling_arguments(rng, 2, 6, 9, 2, size=3), 3)
        expect_pool_gradient(student, *pooling_arguments(rng, 2, 11, 8, 2, size=3), size=3)
        expect_pool_gradient(student, *pooling_arguments(rng, 1, 4, 9, 3, size=4), size=4)
        expect_pool_gradient(student, *pooling_arguments(rng, 2, 3, 4, 2, size=1), size=1)


@max_pool2d_gradient
def test_pooling_in_the_network(student, rng):
    with blaming("max_pool2d_gradient is not right for float32, or for 28 maps of 26 x 26."):
        expect_pool_gradient(student, *(array.astype(np.float32) for array in pooling_arguments(rng, 1, 26, 26, 28)))
    with blaming("max_pool2d_gradient is not right for transposed arrays, whose numbers lie in another order in memory."):
        images, upstream = pooling_arguments(rng, 3, 5, 4, 2)
        expect_pool_gradient(student, np.asfortranarray(images), np.asfortranarray(upstream))


@max_pool2d_gradient
def test_arguments_of_max_pool2d_gradient_are_not_changed(student, rng):
    keeps_arguments(student, "max_pool2d_gradient", *pooling_arguments(rng, 2, 5, 4, 2))


# --- conv2d_gradients (bonus) ---

CONV = ("dimages", "dkernels", "dbias")


def oracle_conv2d_gradients(images, kernels, upstream):
    """For z[m, i, j, f] = bias[f] + sum over a, b, c of images[m, i + a, j + b, c] · kernels[a, b, c, f]: d images, d kernels, d bias."""
    images, kernels, upstream = (np.asarray(array, dtype=np.float64) for array in (images, kernels, upstream))
    _, rows, columns, _ = upstream.shape
    dimages, dkernels = np.zeros(images.shape), np.zeros(kernels.shape)
    for a, b in np.ndindex(kernels.shape[:2]):
        dkernels[a, b] = np.einsum("mijc,mijf->cf", images[:, a : a + rows, b : b + columns], upstream)
        dimages[:, a : a + rows, b : b + columns] += np.einsum("mijf,cf->mijc", upstream, kernels[a, b])
    return dimages, dkernels, upstream.sum(axis=(0, 1, 2))


def conv_mistakes(which, images, kernels, upstream):
    n = len(images)
    kh, kw, _, filters = kernels.shape
    dimages, dkernels, dbias = oracle_conv2d_gradients(images, kernels, upstream)
    turned = oracle_conv2d_gradients(images, kernels[::-1, ::-1], upstream)[0]
    divided = DIVIDED_AGAIN
    gated = "relu's gate is in it. A convolution as such has no activation: upstream arrives behind relu already, which has a gradient of its own."
    last_missing = "The last row and column of the kernels are left out: `range(kh - 1)` ends with kh - 2. There are kh rows and kw columns: `range(kh)`."
    inner = np.ones(kernels.shape)
    inner[-1], inner[:, -1] = 0, 0

    def behind_relu():
        _, rows, columns, _ = upstream.shape
        z = sum(images[:, a : a + rows, b : b + columns] @ kernels[a, b] for a, b in np.ndindex(kh, kw))
        return oracle_conv2d_gradients(images, kernels, upstream * (z > 0))

    found = {
        "dimages": [
            (
                (
                    "The kernels are turned the wrong way in dimages. A pixel at row i + a was reached by the weight in row a of the window that starts at row i: "
                    "send upstream[m, i, j] back to images[m, i + a, j + b] through kernels[a, b]. Written as a convolution over padded upstream, "
                    "that turns the kernels by 180°."
                ),
                turned,
            ),
            (
                "The kernels are turned from top to bottom in dimages.",
                lambda: oracle_conv2d_gradients(images, kernels[::-1], upstream)[0],
            ),
            (
                "The kernels are turned from left to right in dimages.",
                lambda: oracle_conv2d_gradients(images, kernels[:, ::-1], upstream)[0],
            ),
            (
                "The pixels at the border are missing in dimages. They belong to fewer windows, but to some: dimages has the shape of images.",
                dimages[:, kh - 1 : images.shape[1] - kh + 1, kw - 1 : images.shape[2] - kw + 1],
            ),
            (divided, dimages / n),
            (
                "In dimages only the first filter counts. A pixel went into all filters: their blame is added up.",
                lambda: oracle_conv2d_gradients(images, kernels[..., :1], upstream[..., :1])[0],
            ),
            (
                "In dimages only the last filter counts. A pixel went into all filters: their blame is added up.",
                lambda: oracle_conv2d_gradients(images, kernels[..., -1:], upstream[..., -1:])[0],
            ),
            ("The filters were averaged in dimages. Their blame is added up.", dimages / filters),
            (
                "In dimages the channels were added up. Each channel of a pixel has its own weights, and its own blame.",
                np.broadcast_to(dimages.sum(axis=3, keepdims=True), dimages.shape),
            ),
            ("The sign of dimages is the other way round.", -dimages),
            *said(
                "dimages is shifted. Before a convolution that goes back, upstream gets kh - 1 rows and kw - 1 columns of zeros at each end.",
                lambda: shifted(dimages, kh - 1, kw - 1),
                lambda: shifted(dimages, 1 - kh, 1 - kw),
            ),
            *said(
                "dimages is too large: there are too many zeros around upstream. kh - 1 rows and kw - 1 columns at each end are enough.",
                np.pad(dimages, ((0, 0), (1, 1), (1, 1), (0, 0))),
                np.pad(dimages, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0))),
            ),
            (gated, lambda: behind_relu()[0]),
            ("relu's gate is in dimages. A convolution as such has no activation; relu has a gradient of its own.", dimages * (images > 0)),
            (
                "upstream was left out of dimages. The weights are only the slope: they are multiplied with the blame that arrives.",
                lambda: oracle_conv2d_gradients(images, kernels, np.ones_like(upstream))[0],
            ),
            (last_missing, lambda: oracle_conv2d_gradients(images, kernels * inner, upstream)[0]),
            (
                "All channels of dimages are alike. Each channel of a pixel has its own weights, and its own blame.",
                np.broadcast_to(dimages[..., :1], dimages.shape),
            ),
            ("dimages holds zeros only: nothing was written into it.", np.zeros(dimages.shape)),
            (WHOLE, np.trunc(dimages)),
            (
                "In dimages a pixel has the blame of one window only: `=` forgets what the windows before wrote there. Add up, with `+=`.",
                lambda: last_window_wins(images, kernels, upstream),
            ),
            (
                "In dimages a pixel has the blame of one weight only: `=` forgets what the weights before wrote there. Add up, with `+=`.",
                lambda: last_weight_wins(images, kernels, upstream),
            ),
            ("The images were added up in dimages. Each image has its own blame.", np.broadcast_to(dimages.sum(axis=0), dimages.shape)),
            (
                "Rows and columns of the kernels are swapped in dimages.",
                lambda: if_fits(lambda: oracle_conv2d_gradients(images, kernels.transpose(1, 0, 2, 3), upstream)[0]),
            ),
        ],
        "dkernels": [
            (
                "dkernels is turned by 180°. The weight in row a, column b lay on the pixels at [i + a, j + b]: the forward pass turned nothing, so here nothing is turned either.",
                dkernels[::-1, ::-1],
            ),
            ("dkernels is turned from top to bottom.", dkernels[::-1]),
            ("dkernels is turned from left to right.", dkernels[:, ::-1]),
            ("Rows and columns are swapped in dkernels.", dkernels.transpose(1, 0, 2, 3)),
            (
                "Channels and filters are swapped in dkernels: its axes are those of kernels, (kh, kw, channels, filters).",
                dkernels.transpose(0, 1, 3, 2),
            ),
            *said(
                "The axes of dkernels are in another order: they are those of kernels, (kh, kw, channels, filters).",
                dkernels.transpose(3, 0, 1, 2),
                dkernels.transpose(3, 2, 0, 1),
                dkernels.transpose(2, 0, 1, 3),
            ),
            (divided, dkernels / n),
            (
                "dkernels is a mean over all places. The same weight was used at every place: the blame is added up.",
                dkernels / (upstream[..., 0].size),
            ),
            (
                "dkernels is a mean over the places. The same weight was used at every place: the blame is added up.",
                dkernels / (upstream[0, ..., 0].size),
            ),
            (
                "dkernels was not added up over the images. All images share one set of kernels.",
                lambda: np.stack([oracle_conv2d_gradients(images[m : m + 1], kernels, upstream[m : m + 1])[1] for m in range(n)]),
            ),
            (
                "Only the first image counts in dkernels. All images share one set of kernels: their blame is added up.",
                lambda: oracle_conv2d_gradients(images[:1], kernels, upstream[:1])[1],
            ),
            (
                "Only the last image counts in dkernels. All images share one set of kernels: their blame is added up.",
                lambda: oracle_conv2d_gradients(images[-1:], kernels, upstream[-1:])[1],
            ),
            (
                "The channels were added up in dkernels. A kernel has a table of weights for each channel.",
                np.broadcast_to(dkernels.sum(axis=2, keepdims=True), dkernels.shape),
            ),
            (
                "The filters were added up in dkernels. Each filter has its own kernel.",
                np.broadcast_to(dkernels.sum(axis=3, keepdims=True), dkernels.shape),
            ),
            ("The sign of dkernels is the other way round.", -dkernels),
            (gated, lambda: behind_relu()[1]),
            (
                "upstream was left out of dkernels. The pixels are only the slope: they are multiplied with the blame that arrives.",
                lambda: oracle_conv2d_gradients(images, kernels, np.ones_like(upstream))[1],
            ),
            (last_missing, dkernels * inner),
            (WHOLE, np.trunc(dkernels)),
        ],
        "dbias": [
            ("dbias was not added up over the images. All images share one bias for each filter.", upstream.sum(axis=(1, 2))),
            ("dbias was not added up over the places. All places share one bias for each filter.", upstream.sum(axis=0)),
            *said(
                "dbias has axes too many: bias has the shape (filters,), so its gradient has too.",
                dbias.reshape(1, 1, 1, -1),
                dbias[None],
                dbias[:, None],
            ),
            (divided, dbias / n),
            (
                "dbias is a mean. The same bias was added at every place of every image: the blame is added up.",
                upstream.mean(axis=(0, 1, 2)),
            ),
            (
                "dbias is a mean over the places. The same bias was added at every place: the blame is added up.",
                dbias / upstream[0, ..., 0].size,
            ),
            ("dbias was added up over the filters, too. Each filter has its own bias.", upstream.sum()),
            (
                "dbias was added up along the wrong axes. Keep the filters, the last axis, and add up over the three others.",
                upstream.sum(axis=(1, 2, 3)),
            ),
            ("dbias was averaged over the images and added up over the places only.", upstream.mean(axis=0).sum(axis=(0, 1))),
            ("Only the first image counts in dbias. All images share one bias: their blame is added up.", upstream[0].sum(axis=(0, 1))),
            ("The sign of dbias is the other way round.", -dbias),
            (gated, lambda: behind_relu()[2]),
            (WHOLE, np.trunc(dbias)),
        ],
    }
    return found[which]


def shifted(array, down, right):
    """The images moved by so many rows and columns, with zeros where nothing came."""
    n, h, w, channels = array.shape
    result = np.zeros((n, h + 2 * abs(down), w + 2 * abs(right), channels))
    result[:, abs(down) + down : abs(down) + down + h, abs(right) + right : abs(right) + right + w] = array
    return result[:, abs(down) : abs(down) + h, abs(right) : abs(right) + w]


def last_window_wins(images, kernels, upstream):
    kh, kw = kernels.shape[:2]
    result = np.zeros(images.shape)
    for i, j in np.ndindex(upstream.shape[1:3]):
        result[:, i : i + kh, j : j + kw] = np.einsum("mf,abcf->mabc", upstream[:, i, j], kernels)
    return result


def last_weight_wins(images, kernels, upstream):
    _, rows, columns, _ = upstream.shape
    result = np.zeros(images.shape)
    for a, b in np.ndindex(kernels.shape[:2]):
        result[:, a : a + rows, b : b + columns] = upstream @ kernels[a, b].T
    return result


def expect_conv(student, which, images, kernels, upstream):
    call = f"conv2d_gradients(images, kernels, upstream) with images {images.shape} and kernels {kernels.shape}"
    returned = student.conv2d_gradients(images, kernels, upstream)
    wide = [array.astype(np.float64) for array in (images, kernels, upstream)]
    expect_one_of(returned, oracle_conv2d_gradients(*wide), which, CONV, call, conv_mistakes(which, *wide))


def conv_arguments(rng, n, h, w, kh, kw, channels, filters):
    shapes = (n, h, w, channels), (kh, kw, channels, filters), (n, h - kh + 1, w - kw + 1, filters)
    return [rng.normal(size=shape) for shape in shapes]


def one_filter_and_channel(student, rng, which):
    expect_conv(student, which, *(whole_floats(rng, shape) for shape in ((1, 4, 4, 1), (2, 2, 1, 1), (1, 3, 3, 1))))
    expect_conv(student, which, *conv_arguments(rng, 1, 7, 7, 3, 3, 1, 1))


def several_of_everything(student, rng, which):
    with blaming(f"{which} is right for one image, channel and filter, but not for several filters."):
        expect_conv(student, which, *conv_arguments(rng, 1, 5, 5, 3, 3, 1, 3))
    with blaming(f"{which} is right for one image, channel and filter, but not for several channels."):
        expect_conv(student, which, *conv_arguments(rng, 1, 5, 5, 3, 3, 4, 1))
        expect_conv(student, which, *conv_arguments(rng, 1, 6, 6, 3, 3, 3, 3))
    with blaming(f"{which} is right for one image, but not for several."):
        expect_conv(student, which, *conv_arguments(rng, 4, 5, 5, 2, 2, 2, 3))


def other_windows(student, rng, which):
    with blaming(f"{which} is right for square windows and images, but not when height and width differ."):
        for sizes in ((2, 5, 8, 3, 3, 2, 3), (3, 7, 6, 2, 4, 3, 2), (2, 6, 9, 5, 1, 2, 4)):
            expect_conv(student, which, *conv_arguments(rng, *sizes))
    with blaming(f"{which} is not right for a window of a single pixel, or for one as large as the image."):
        for sizes in ((2, 3, 4, 1, 1, 3, 2), (2, 3, 4, 3, 4, 3, 2), (1, 1, 1, 1, 1, 1, 1)):
            expect_conv(student, which, *conv_arguments(rng, *sizes))
    with blaming(f"{which} is not right for the first layer of our network, in float32."):
        expect_conv(student, which, *(array.astype(np.float32) for array in conv_arguments(rng, 2, 28, 28, 3, 3, 1, 28)))
    with blaming(f"{which} is not right for transposed arrays, whose numbers lie in another order in memory."):
        expect_conv(student, which, *map(np.asfortranarray, conv_arguments(rng, 2, 5, 6, 3, 2, 2, 3)))


@conv_dimages
def test_dimages_of_one_filter(student, rng):
    one_filter_and_channel(student, rng, "dimages")


@conv_dimages
def test_dimages_of_several_filters_channels_and_images(student, rng):
    several_of_everything(student, rng, "dimages")
    other_windows(student, rng, "dimages")


@conv_dimages
def test_arguments_of_conv2d_gradients_are_not_changed(student, rng):
    """This costs one part, not all three."""
    keeps_arguments(student, "conv2d_gradients", *conv_arguments(rng, 2, 5, 4, 2, 3, 2, 3))


@conv_dkernels
def test_dkernels_of_one_filter(student, rng):
    one_filter_and_channel(student, rng, "dkernels")


@conv_dkernels
def test_dkernels_of_several_filters_channels_and_images(student, rng):
    several_of_everything(student, rng, "dkernels")
    other_windows(student, rng, "dkernels")


@conv_dbias
def test_dbias_of_one_filter(student, rng):
    one_filter_and_channel(student, rng, "dbias")


@conv_dbias
def test_dbias_of_several_filters_channels_and_images(student, rng):
    several_of_everything(student, rng, "dbias")
    other_windows(student, rng, "dbias")
