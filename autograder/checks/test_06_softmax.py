"""Checks of lesson 06, "From scores to a loss": softmax, one-hot rows, cross-entropy, decisions, and what guessing costs.

`tests/test_oracles_06.py` holds the oracles to Keras.
"""

import numpy as np

from autograder.checking import Mistake, blaming, exercise, expect, keeps_arguments
from autograder.student import StudentError

softmax = exercise("softmax")
one_hot = exercise("one_hot")
sparse_categorical_crossentropy = exercise("sparse_categorical_crossentropy")
predict = exercise("predict")
loss_of_guessing = exercise("loss_of_guessing")


# --- softmax ---


def oracle_softmax(logits, axis=-1):
    """exp(x_i) / (sum over j of exp(x_j)) along one axis, in float64."""
    x = np.asarray(logits, dtype=np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def total(x, axis=-1):
    return x.sum(axis=axis, keepdims=True)


SUM_OVER_ALL = (
    "The whole array was divided by one sum, so only all of its numbers together add up to 1. Every row of scores belongs to a digit of its own "
    "and gets a sum of its own: sum along the last axis, with `axis=-1, keepdims=True`."
)
OTHER_AXIS = (
    "The sum runs along the wrong axis: {0} adds up to 1. The scores of one digit stand along the last axis, so that is where the "
    "probabilities must add up to 1: `axis=-1`."
)
NO_KEEPDIMS = (
    "The row's numbers were combined with those of other rows: without `keepdims=True`, a sum or maximum along the last axis has "
    "lost that axis, and NumPy lines it up with the columns."
)
TOO_SHARP = "The scores were {0} before they became powers. That changes the probabilities: only adding or subtracting the same number leaves them as they are."


def softmax_mistakes(x):
    """What each misconception makes of ordinary scores; the first that fits is named."""
    x = np.asarray(x, dtype=np.float64)
    right, e, k = oracle_softmax(x), np.exp(x), x.shape[-1]
    top, low = x.max(axis=-1, keepdims=True), x.min(axis=-1, keepdims=True)
    hard = (x == top).astype(float)
    sigmoid = 1 / (1 + np.exp(-x))
    with np.errstate(all="ignore"):
        found = [
            (SUM_OVER_ALL, e / e.sum()),
            (OTHER_AXIS.format("each column"), oracle_softmax(x, 0)),
        ]
        if x.ndim > 2:
            found += [
                (OTHER_AXIS.format("what lies along the second axis"), oracle_softmax(x, 1)),
                (
                    "All rows of a group share one sum. Each row, along the last axis, gets a sum of its own: `axis=-1`.",
                    e / e.sum(axis=tuple(range(1, x.ndim)), keepdims=True),
                ),
                (SUM_OVER_ALL, e / e.sum(axis=(0, 1), keepdims=True)),
            ]
        if x.ndim == 2 and x.shape[0] == k:
            found += [
                (NO_KEEPDIMS, e / e.sum(axis=-1)),
                (NO_KEEPDIMS, oracle_softmax(x - x.max(axis=-1))),
                (NO_KEEPDIMS, np.exp(x - x.max(axis=-1)) / np.exp(x - x.max(axis=-1)).sum(axis=-1)),
                (NO_KEEPDIMS, np.exp(x - top) / np.exp(x - top).sum(axis=-1)),
                (NO_KEEPDIMS, np.exp(x - x.max()) / np.exp(x - x.max()).sum(axis=-1)),
            ]
        found += [
            (
                "These are the scores divided by their sum, without exp. Scores may be negative, and then so are these; the power e^score is "
                "always positive. Take `np.exp` first.",
                x / total(x),
            ),
            (
                "The scores lost their signs and were divided by their sum. A large negative score then counts as much as a large positive one: "
                "take `np.exp` of the scores as they are.",
                np.abs(x) / total(np.abs(x)),
            ),
            (
                "Negative scores were cut to 0 before dividing by the sum. Softmax gives every score a share, however low: take `np.exp`.",
                np.maximum(x, 0) / total(np.maximum(x, 0)),
            ),
            (
                "The scores were stretched between 0 and 1 (minus the smallest, divided by the range). They should become powers, `np.exp`, "
                "and then be divided by the sum of their row.",
                (x - low) / (top - low),
            ),
            (
                "The smallest score was subtracted and the rest divided by its sum, without exp. Take `np.exp` of the scores first.",
                (x - low) / total(x - low),
            ),
            ("These are squares divided by their sum. The scores should become powers of e: `np.exp`.", x**2 / total(x**2)),
            (
                "The scores were divided by their length (the root of the sum of squares). Take `np.exp`, then divide by the sum.",
                x / np.sqrt(total(x**2)),
            ),
            ("The powers were divided by the root of their sum of squares. Divide them by their sum.", e / np.sqrt(total(e**2))),
            (
                "These are the powers e^score, which do not add up to 1 yet: divide them by the sum of their row.",
                e,
            ),
            (
                "The powers were not divided by their sum: the largest is 1 in each row, and the row adds up to more than 1.",
                np.exp(x - top),
            ),
            ("The powers were not divided by their sum: the row does not add up to 1.", np.exp(x - x.max())),
            ("The powers were divided by their mean. Divide them by their sum, so that each row adds up to 1.", right * k),
            (
                "The largest score was subtracted above the fraction line and not below it. Use the same powers, `np.exp(x - largest)`, in both places.",
                np.exp(x - top) / total(e),
            ),
            (
                "The largest score was subtracted below the fraction line and not above it. Use the same powers, `np.exp(x - largest)`, in both places.",
                e / total(np.exp(x - top)),
            ),
            (
                "The largest number of every column was subtracted. What is subtracted must be the same for all scores of a row: the largest "
                "of the row, `axis=-1`.",
                oracle_softmax(x - x.max(axis=0)),
            ),
            (
                "That is the sigmoid, which turns each score into a probability of its own. The ten probabilities of a digit share one whole: "
                "divide each power by the sum of its row.",
                sigmoid,
            ),
            ("These are sigmoids divided by their sum. Softmax divides the powers e^score by their sum.", sigmoid / total(sigmoid)),
            (
                "That is the logarithm of the probabilities (log-softmax). Softmax gives the probabilities themselves.",
                x - top - np.log(total(np.exp(x - top))),
            ),
            ("These are powers of 2. Softmax takes powers of e: `np.exp(x)`, not `2 ** x`.", oracle_softmax(x * np.log(2))),
            ("These are powers of 10. Softmax takes powers of e: `np.exp(x)`, not `10 ** x`.", oracle_softmax(x * np.log(10))),
            ("These are powers of 2.718, which is not e exactly: use `np.exp`.", oracle_softmax(x * np.log(2.718))),
            ("These are powers of 2.7, which is not e: use `np.exp`.", oracle_softmax(x * np.log(2.7))),
            (
                "The largest score got all of it, 1, and the others nothing. That is a hard maximum; softmax leaves every score a share, "
                "which is what makes it soft.",
                hard,
            ),
            ("That is the place of the largest score. Softmax returns a probability for every score.", x.argmax(axis=-1)),
            (
                "That is the largest probability of each row only. Return all of them: the shape stays that of the scores.",
                right.max(axis=-1),
            ),
            (
                "The order is upside down: the lowest score got the highest probability. The power is e^score, without a minus sign; "
                "what is subtracted is the largest score *from* the others.",
                oracle_softmax(-x),
            ),
            (
                "The scores became sizes without signs, so a very low score is now as probable as a very high one.",
                oracle_softmax(np.abs(x)),
            ),
            ("Softmax was applied twice. Once makes probabilities; twice makes them all nearly equal.", oracle_softmax(right)),
            (TOO_SHARP.format("divided by the largest score of their row"), oracle_softmax(x / top)),
            (TOO_SHARP.format("divided by the largest score"), oracle_softmax(x / x.max())),
            (TOO_SHARP.format("divided by their largest size"), oracle_softmax(x / np.abs(x).max(axis=-1, keepdims=True))),
            (TOO_SHARP.format("divided by the largest size"), oracle_softmax(x / np.abs(x).max())),
            (TOO_SHARP.format("divided by their sum"), oracle_softmax(x / total(x))),
            (TOO_SHARP.format("divided by their number"), oracle_softmax(x / k)),
            (TOO_SHARP.format("divided by the root of their number"), oracle_softmax(x / np.sqrt(k))),
            (TOO_SHARP.format("divided by 10"), oracle_softmax(x / 10)),
            (TOO_SHARP.format("divided by 100"), oracle_softmax(x / 100)),
            (
                TOO_SHARP.format("standardised (mean 0, spread 1)"),
                oracle_softmax((x - x.mean(axis=-1, keepdims=True)) / x.std(axis=-1, keepdims=True)),
            ),
            (TOO_SHARP.format("standardised (mean 0, spread 1)"), oracle_softmax((x - x.mean()) / x.std())),
            (TOO_SHARP.format("stretched between 0 and 1"), oracle_softmax((x - low) / (top - low))),
            (TOO_SHARP.format("turned into whole numbers"), oracle_softmax(np.trunc(x))),
            (TOO_SHARP.format("rounded"), oracle_softmax(np.round(x))),
            (TOO_SHARP.format("cut to between 0 and 1"), oracle_softmax(np.clip(x, 0, 1))),
            (TOO_SHARP.format("cut to 0 where they were negative"), oracle_softmax(np.maximum(x, 0))),
            *(("The probabilities were rounded. Return them as they come out.", np.round(right, digits)) for digits in (1, 2, 3)),
            (
                "The digits after the point were cut off, and with them the probabilities. Divide by `/`, and keep the result in floats.",
                np.floor(right),
            ),
            ("The result is transposed: its rows and columns are swapped. The shape stays that of the scores.", right.T),
            ("An axis of length 1 was lost. Softmax keeps the shape of the scores, also for a batch of one digit.", right.squeeze()),
            ("There is one row of probabilities only. Each row of scores gets its own.", right[0]),
            ("There is one row of probabilities only. Each row of scores gets its own.", right[:1]),
            ("The array was flattened. Softmax keeps the shape of the scores.", right.ravel()),
            ("An axis was added. Softmax keeps the shape of the scores.", right[..., None]),
            ("An axis was added. Softmax keeps the shape of the scores.", right[None]),
            ("The scores were returned as they came.", x),
        ]
    return found


def scores(rng, shape):
    """Ordinary scores of both signs, well apart from each other."""
    return rng.permutation(np.linspace(-2.9, 2.7, int(np.prod(shape)))).reshape(shape) + rng.uniform(-0.02, 0.02, shape)


def expect_softmax(student, logits, call="", more=None):
    """`more`: a function of the logits that lists further mistakes."""
    call = call or f"softmax(logits) with logits of shape {logits.shape}"
    mistakes = (mistake for listed in (more, softmax_mistakes) if listed for mistake in listed(logits))  # made only if the answer is wrong
    expect(student.softmax(logits), oracle_softmax(logits), call, mistakes)


@softmax
def test_a_batch_with_as_many_rows_as_columns(student, rng):
    expect_softmax(student, scores(rng, (3, 3)))
    expect_softmax(student, scores(rng, (5, 5)))


@softmax
def test_the_scores_of_a_batch_of_digits(student, rng):
    with blaming(
        "A sum or maximum along the last axis has one number for each row, shape (n,), and NumPy cannot line that up with (n, 10): "
        "keep the axis, with `keepdims=True`.",
        only="broadcast",
    ):
        expect_softmax(student, scores(rng, (4, 10)))
        expect_softmax(student, scores(rng, (7, 2)))


@softmax
def test_the_scores_of_a_single_digit(student, rng):
    with blaming(
        "softmax is right for a batch, but not for one digit's scores alone, which have one axis only. The last axis is `axis=-1`, "
        "however many there are."
    ):
        expect_softmax(student, np.array([1.0, 2.0, 3.0]), "softmax(np.array([1.0, 2.0, 3.0]))")
        expect_softmax(student, scores(rng, (10,)))
    with blaming("softmax is right for a batch of several digits, but not for a batch of one."):
        expect_softmax(student, scores(rng, (1, 10)))


@softmax
def test_more_axes(student, rng):
    with blaming(
        "softmax is right for one and for two axes, but not for more. The last axis is `axis=-1`, however many there are, and NumPy works "
        "on all rows at once."
    ):
        for shape in ((2, 3, 4), (3, 3, 3), (2, 1, 2, 5)):
            expect_softmax(student, scores(rng, shape))


def careless(x):
    """exp(x) / sum of exp(x), as floats give it: with inf and nan."""
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / total(e)


def one_for_all(x):
    """Softmax with the largest score of the whole array subtracted: 0 / 0 in a row that lies far below it."""
    return careless(x - x.max())


def extreme_mistakes(x):
    """What misconceptions make of scores too large or too low for exp."""
    x = np.asarray(x, dtype=np.float64)
    high = x.max() > 700
    overflow = (
        "exp(1000) is larger than any float, so it became inf, and inf / inf is nan (not a number). "
        if high
        else "exp(-1000) is smaller than any float, so it became 0 for every score of the row, and 0 / 0 is nan (not a number). "
    ) + "Subtract the largest score of each row first: that changes none of the probabilities, and the largest power is then exp(0) = 1."
    hidden = (
        "Where powers became too large or too small for a float, something else was put in the place of the probabilities, and the row does not add up to 1. "
        "Nothing needs replacing once the largest score of each row is subtracted first."
    )
    for_all = (
        "The largest score of the whole array was subtracted. A row that lies far below it then has powers of 0 only, and 0 / 0 is nan. "
        "Each row needs its own largest score: `np.max(logits, axis=-1, keepdims=True)`."
    )
    cut = (
        "The scores were cut off at a limit before exp, so that scores beyond it became equal, and their probabilities too. Subtract the largest "
        "score of the row: that changes no probability."
    )
    smallest = (
        "The powers became too large for a float. Subtracting the row's smallest score, or its mean, does not prevent that; subtract its *largest*, so "
        "that no power is larger than exp(0) = 1."
    )
    with np.errstate(all="ignore"):
        found = [
            (smallest, careless(x - x.min(axis=-1, keepdims=True))),
            (smallest, careless(x - x.mean(axis=-1, keepdims=True))),
            (overflow, careless(x)),
            (overflow, careless(x.astype(np.float32))),
            (for_all, one_for_all(x)),
            (for_all, one_for_all(x.astype(np.float32))),
            (hidden, np.nan_to_num(careless(x))),
            (hidden, np.nan_to_num(one_for_all(x))),
            (hidden, np.nan_to_num(careless(x), nan=1.0)),
        ]
        for limit in (1, 5, 10, 20, 30, 50, 80, 87, 88, 100, 200, 300, 500, 600, 700, 705, 709):
            found += [(cut, oracle_softmax(kept)) for kept in (np.clip(x, -limit, limit), np.minimum(x, limit), np.maximum(x, -limit))]
        found += [
            (hidden, np.nan_to_num(careless(x), nan=1 / x.shape[-1])),
            (TOO_SHARP.format("divided by the largest score of their row"), oracle_softmax(x / x.max(axis=-1, keepdims=True))),
            (TOO_SHARP.format("divided by their largest size"), oracle_softmax(x / np.abs(x).max(axis=-1, keepdims=True))),
            (TOO_SHARP.format("divided by the largest size"), oracle_softmax(x / np.abs(x).max())),
            (TOO_SHARP.format("divided by 100"), oracle_softmax(x / 100)),
            (TOO_SHARP.format("divided by 1000"), oracle_softmax(x / 1000)),
        ]
    return found


def expect_stable(student, logits, call=""):
    with (
        blaming(
            "exp(1000) is larger than any float. Subtract the largest score of each row before you take the power: that changes none "
            "of the probabilities.",
            only="OverflowError",
        ),
        blaming(
            "exp(-1000) is smaller than any float, so every power of the row became 0. Subtract the largest score of each row before you take the power.",
            only="ZeroDivisionError",
        ),
    ):
        expect_softmax(
            student, logits, call or f"softmax(logits) with logits between {logits.min():g} and {logits.max():g}", extreme_mistakes
        )


def quarters(rng, around, count):
    """Scores near a number, none above 1000 in size, that float32 holds exactly."""
    steps = rng.permutation(np.arange(count)) * 0.75 + rng.integers(0, 2)
    return around - np.sign(around) * steps


@softmax
def test_very_large_scores(student, rng):
    expect_stable(student, np.array([1000.0, 999.0, 998.0]), "softmax(np.array([1000.0, 999.0, 998.0]))")
    expect_stable(student, np.stack([quarters(rng, 1000, 6) for _ in range(3)]))


@softmax
def test_very_low_scores(student, rng):
    expect_stable(student, np.array([-1000.0, -999.0, -998.0]), "softmax(np.array([-1000.0, -999.0, -998.0]))")
    expect_stable(student, np.stack([quarters(rng, -1000, 6) for _ in range(3)]))


@softmax
def test_large_and_low_scores_in_one_row(student, rng):
    rows = [np.concatenate([quarters(rng, 1000, 3), quarters(rng, -1000, 2), quarters(rng, 1, 2)]) for _ in range(3)]
    expect_stable(student, np.stack([rng.permutation(row) for row in rows]))


@softmax
def test_rows_far_apart_in_one_batch(student, rng):
    expect_stable(student, rng.permutation(np.stack([quarters(rng, around, 5) for around in (1000, -1000, 3, 400)])))
    expect_stable(student, np.stack([quarters(rng, around, 4) for around in (1000, -1000, 200, -4, 4, -500)]).reshape(3, 2, 4))


@softmax
def test_scores_in_float32(student, rng):
    with blaming("softmax is right for float64, but not for float32, in which networks calculate. There, exp(89) is already too large."):
        expect_softmax(student, scores(rng, (3, 10)).astype(np.float32))
        expect_stable(student, np.stack([quarters(rng, around, 10) for around in (100, -110, 1000)]).astype(np.float32))


def whole_number_mistakes(logits):
    cut = "The probabilities were cut to whole numbers. The result was stored with the dtype of the scores; make it of floats."
    top = logits == logits.max(axis=-1, keepdims=True)
    return [(cut, np.zeros(logits.shape)), (cut, top.astype(float))]


@softmax
def test_scores_that_are_whole_numbers(student, rng, note):
    with blaming("softmax is right for floats, but not for whole numbers."):
        for dtype in (np.int64, np.int32):
            logits = np.stack([rng.permutation(np.arange(-2, 3)), rng.permutation(np.arange(5) * 2 - 1000)]).astype(dtype)
            try:
                expect_softmax(student, logits, more=whole_number_mistakes)
            except StudentError as error:
                if "InvalidArgumentError" not in str(error):  # TensorFlow's softmax takes floats only: that is no misunderstanding
                    raise
                note(
                    "softmax stops at whole numbers, because TensorFlow's own does. That costs nothing; `np.asarray(logits, float)` would help."
                )
                return


@softmax
def test_any_layout_in_memory(student, rng):
    with blaming("softmax is not right for a transposed array, whose numbers lie in another order in memory."):
        expect_softmax(student, scores(rng, (5, 3)).T)


@softmax
def test_a_row_of_a_single_score(student, rng):
    with blaming("The only class there is has the probability 1."):
        expect_softmax(student, scores(rng, (4, 1)))


@softmax
def test_scores_are_not_changed(student, rng):
    keeps_arguments(student, "softmax", scores(rng, (3, 4)))
    keeps_arguments(student, "softmax", scores(rng, (5,)))
    keeps_arguments(student, "softmax", scores(rng, (3, 4)).astype(np.float32))


# --- one_hot ---


def oracle_one_hot(labels, classes=10):
    return (np.asarray(labels)[:, None] == np.arange(classes)).astype(np.float32)


def one_hot_mistakes(labels, classes):
    labels = np.asarray(labels).astype(np.int64)
    n, right = len(labels), oracle_one_hot(labels, classes).astype(float)
    columns = np.arange(classes)
    present = np.unique(labels)
    own_rows = "Whole rows were filled with 1. Each row has a single 1, in the column of its label: give row and column, `rows[np.arange(n), labels] = 1`."
    wrong_rows = np.zeros((n, classes))
    wrong_rows[labels[labels < n]] = 1
    yield from [
        (
            "Every row got the labels of all digits. Row i has a single 1, in the column of its own label: `rows[:, labels]` means all rows, "
            "`rows[np.arange(n), labels]` one place in each.",
            np.broadcast_to(np.isin(columns, labels), (n, classes)),
        ),
        (own_rows, wrong_rows),
        (
            "The 1 is missing: the label itself was written into its column. The column says which class it is; the number there is 1.",
            right * labels[:, None],
        ),
        (
            "Columns are counted from 1. The first column, number 0, is that of the class 0.",
            oracle_one_hot((labels - 1) % classes, classes),
        ),
        ("Columns are counted from 1. The first column, number 0, is that of the class 0.", np.hstack([np.zeros((n, 1)), right])[:, :-1]),
        ("The columns are in the wrong order: the first is that of the class 0, the last that of the largest class.", right[:, ::-1]),
        ("0 and 1 are swapped: the label's column holds 1, all others 0.", 1 - right),
        ("The other columns hold -1. They should hold 0.", 2 * right - 1),
        ("All columns up to the label hold 1. Only the label's own column does.", columns <= labels[:, None]),
        ("All columns below the label hold 1. Only the label's own column does.", columns < labels[:, None]),
        ("There are only zeros: the 1 in the label's column is missing.", np.zeros((n, classes))),
        ("There are only ones. Each row has a single 1, in the column of its label.", np.ones((n, classes))),
        (
            "Each row holds its label in every column. It should hold a 1 in the label's column, and 0 elsewhere.",
            np.repeat(labels[:, None], classes, 1),
        ),
        (
            "The result is transposed. Every label makes a row, so that the shape is (n, classes).",
            right.T,
        ),
        (
            "There are ten columns whatever `classes` says.",
            oracle_one_hot(labels, 10),
        ),
        (
            "There are as many columns as the largest label needs. The number of columns is `classes`, also when the last classes do not occur.",
            oracle_one_hot(labels, int(labels.max()) + 1),
        ),
        (
            "There is a column for each class that occurs. The number of columns is `classes`: a class that does not occur has a column of zeros.",
            (labels[:, None] == present).astype(float),
        ),
        (
            "Classes that do not occur were skipped: the columns are numbered by the classes that occur. Column d belongs to the class d.",
            oracle_one_hot(np.searchsorted(present, labels), classes),
        ),
        ("There is one column too many: the classes 0 to classes - 1 need `classes` columns.", np.hstack([right, np.zeros((n, 1))])),
        ("There is one column too many: the classes 0 to classes - 1 need `classes` columns.", np.hstack([np.zeros((n, 1)), right])),
        ("The last column is missing: there are `classes` of them, for the classes 0 to classes - 1.", right[:, :-1]),
        ("The first column, that of the class 0, is missing.", right[:, 1:]),
        ("The 1 was smoothed. Here the label's column holds exactly 1 and the others 0.", 0.9 * right + 0.1 / classes),
        ("These are counts: how often each class occurs. Each label makes a row of its own.", right.sum(axis=0)),
        ("The rows were joined to one long row. The shape is (n, classes).", right.ravel()),
        ("There is only one row. Each label makes a row of its own.", right[0]),
        ("There is only one row. Each label makes a row of its own.", right[-1]),
        ("There is only one row. Each label makes a row of its own.", right[:1]),
        ("There is an axis too many: the shape is (n, classes).", right[:, None]),
        ("There is an axis too many: the shape is (n, classes).", right[..., None]),
        ("These are the labels as they came.", labels),
        ("These are the labels as they came, in a column.", labels[:, None]),
        ("The rows are sorted by label. Row i belongs to label i: keep their order.", oracle_one_hot(np.sort(labels), classes)),
        ("The rows are those of the classes 0, 1, 2, …: row i should belong to label i.", np.eye(n, classes)),
    ]


def expect_one_hot(student, labels, *classes):
    call = f"one_hot(labels{''.join(f', {number}' for number in classes)}) with {len(labels)} label{'s' if len(labels) > 1 else ''} from {labels.min()} to {labels.max()}"
    returned = student.one_hot(labels, *classes)
    expect(returned, oracle_one_hot(labels, *classes), call, one_hot_mistakes(labels, *(classes or (10,))))
    return np.asarray(returned)


@one_hot
def test_labels_of_all_ten_classes(student, rng):
    with blaming(
        "To compare every label with every class, the labels need an axis of their own: `labels[:, None]` has the shape (n, 1), and NumPy then makes "
        "(n, classes) of the comparison.",
        only="broadcast",
    ):
        expect_one_hot(student, np.concatenate([rng.permutation(10), rng.integers(0, 10, 4)]))
        expect_one_hot(student, rng.permutation(10))


@one_hot
def test_the_result_is_float32(student, rng):
    labels = rng.permutation(10)
    dtype = expect_one_hot(student, labels).dtype
    if dtype != np.float32:
        raise Mistake(
            f"The numbers are right, but their dtype is {dtype} and the task asks for float32, in which networks calculate. `np.zeros` and `np.eye` make "
            'float64 unless told otherwise: `dtype="float32"`. (A Python list has no dtype: make an array of it.)'
        )


@one_hot
def test_classes_that_do_not_occur(student, rng):
    for labels in (rng.choice([2, 3, 6], 7), rng.choice([1, 4], 5)):
        expect_one_hot(student, labels)
    expect_one_hot(student, rng.choice([0, 2], 6), 4)


@one_hot
def test_other_numbers_of_classes(student, rng):
    with blaming("one_hot is right for 10 classes, but not for other numbers of them: use `classes`, not 10."):
        for classes in (3, 2, 26):
            expect_one_hot(student, np.concatenate([rng.integers(0, classes, 5), [classes - 1, 0]]), classes)


@one_hot
def test_labels_of_any_integer_dtype(student, rng):
    for dtype in (np.uint8, np.int8, np.int32, np.uint16):
        with blaming(f"one_hot is right for int64 labels, but not for {np.dtype(dtype).name}, and MNIST's labels are uint8."):
            expect_one_hot(student, rng.integers(0, 10, 40).astype(dtype))
    with blaming("one_hot is right for small labels, but not for larger ones in uint8: arithmetic in one byte overflows."):
        expect_one_hot(student, rng.integers(0, 256, 300).astype(np.uint8), 256)


@one_hot
def test_a_single_label(student, rng):
    with blaming("one_hot is right for several labels, but not for one."):
        expect_one_hot(student, rng.integers(0, 10, 1))


@one_hot
def test_labels_in_another_layout(student, rng):
    with blaming(
        "one_hot is not right for every second label of an array, `labels[::2]`, whose numbers do not lie side by side in memory."
    ):
        expect_one_hot(student, rng.integers(0, 10, 18)[::2])


@one_hot
def test_labels_are_not_changed(student, rng):
    keeps_arguments(student, "one_hot", rng.integers(0, 10, 9))


# --- sparse_categorical_crossentropy ---

SMALLEST = 1e-7


def oracle_losses(labels, probabilities, eps=SMALLEST):
    """-ln of each label's probability, clipped to [eps, 1 - eps], in float64."""
    p = np.asarray(probabilities, dtype=np.float64)
    return -np.log(np.clip(p[np.arange(len(p)), labels], eps, 1 - eps))


EPSILONS = (1e-15, 1e-16, 1e-14, 1e-12, 1e-10, 1e-9, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-20, 1e-30, 1e-100, 1e-300)
MACHINE = (np.finfo(np.float32).eps, np.finfo(np.float64).eps, np.finfo(np.float32).tiny, np.finfo(np.float64).tiny)


def loss_mistakes(labels, probabilities):
    """What each misconception makes of these labels and probabilities; the first that fits is named."""
    labels, p = np.asarray(labels).astype(np.int64), np.asarray(probabilities, dtype=np.float64)
    n, k = p.shape
    each, right = np.arange(n), oracle_losses(labels, probabilities)
    clipped = np.clip(p, SMALLEST, 1 - SMALLEST)
    t = clipped[each, labels]
    one = oracle_one_hot(labels, k).astype(float)
    logs, against = np.log(clipped), np.log(1 - clipped)
    answers = p.argmax(axis=1)
    largest = "These are the losses of the most probable class. The loss asks for the probability of the *label*, right or wrong as the answer may be."
    both = (
        "The probabilities of the wrong classes were counted as well, by ln(1 - p). That is binary cross-entropy, for yes-or-no questions; here "
        "only the label's own probability counts."
    )
    pick = "Take one number from each row: row i, column labels[i], that is `probabilities[np.arange(n), labels]`."
    yield from [
        (
            "That is the mean over all digits, one number. Return the loss of each digit, shape (n,); the mean is taken later, by whoever needs it.",
            right.mean(),
        ),
        ("That is the sum over all digits, one number. Return the loss of each digit, shape (n,).", right.sum()),
        ("That is the mean over digits and classes. Return the loss of each digit, shape (n,).", right.mean() / k),
        ("That is the mean over all digits. Return the loss of each digit, shape (n,).", np.full(n, right.mean())),
        ("Each loss was divided by the number of digits. That belongs to a mean; return the loss of each digit.", right / n),
        (
            "Each loss was divided by the number of classes: add up along the last axis, or take the label's number alone, but do not average.",
            right / k,
        ),
        (
            "The minus sign is missing. The logarithm of a number below 1 is negative; a loss is positive, and it is small when the "
            "probability is large.",
            -right,
        ),
        ("The minus sign is missing, and the losses were averaged. Return the loss of each digit, shape (n,).", -right.mean()),
        ("The minus sign is missing, and the losses were added up. Return the loss of each digit, shape (n,).", -right.sum()),
        ("The logarithm has base 2. Here it is the natural logarithm, `np.log`.", right / np.log(2)),
        ("The logarithm has base 10. Here it is the natural logarithm, `np.log`.", right / np.log(10)),
        ("That is the logarithm of 1 + p. Here it is the logarithm of p itself, `np.log`.", -np.log1p(t)),
        (largest, -np.log(clipped.max(axis=1))),
        ("That is -ln(1 - p), which grows as the label gets *more* probable. The loss is -ln(p).", -np.log(1 - t)),
        ("That is ln(1 - p). The loss is -ln(p), with p the probability of the label.", np.log(1 - t)),
        ("That is the label's probability itself. The loss is minus its logarithm.", t),
        ("That is minus the label's probability. The loss is minus its *logarithm*.", -t),
        ("That is 1 minus the label's probability. The loss is minus the logarithm of the probability.", 1 - t),
        ("That is 1 divided by the label's probability. The loss is minus the logarithm of the probability.", 1 / t),
        ("The loss was multiplied by the probability, as in the entropy. The weight of the label is 1: it is what happened.", t * right),
        (
            "That is the entropy of the probabilities. It does not know the label: take minus the logarithm of the label's probability.",
            -(p * logs).sum(axis=1),
        ),
        (both, -(one * logs + (1 - one) * against).sum(axis=1)),
        (both, -(one * logs + (1 - one) * against).mean(axis=1)),
        (both, -(one * logs + (1 - one) * against).mean()),
        (both, -(one * logs + (1 - one) * against)),
        ("These are squared differences. The loss is minus the logarithm of the label's probability.", ((one - p) ** 2).sum(axis=1)),
        ("These are squared differences. The loss is minus the logarithm of the label's probability.", ((one - p) ** 2).mean(axis=1)),
        ("These are squared differences. The loss is minus the logarithm of the label's probability.", (1 - t) ** 2),
        ("These are absolute differences. The loss is minus the logarithm of the label's probability.", np.abs(one - p).sum(axis=1)),
        ("These are the losses squared. The loss is minus the logarithm of the label's probability, as it is.", right**2),
        (f"These are the losses of all classes. {pick}", -logs),
        (f"The losses of all classes were added up. Only the label's own counts. {pick}", -logs.sum(axis=1)),
        (f"The losses of all classes were averaged. Only the label's own counts. {pick}", -logs.mean(axis=1)),
        (f"The losses of all classes were averaged. Only the label's own counts. {pick}", -logs.mean()),
        (
            "The result has a row for each digit and a column for each class, with zeros where there is nothing to pay. Return the loss of each digit, shape (n,): "
            "add up along the last axis.",
            -one * logs,
        ),
        (
            "The losses were added up for each class (axis 0). Add up along the classes of each digit: the last axis.",
            -(one * logs).sum(axis=0),
        ),
        (f"`probabilities[:, labels]` takes the columns of all labels in every row. {pick}", -logs[:, labels]),
        (f"Every digit got the label of the first. {pick}", -logs[:, labels[0]]),
        (
            "The probabilities went through softmax once more. They are probabilities already (Keras would say: `from_logits=False`).",
            -np.log(oracle_softmax(p)[each, labels]),
        ),
        ("The probabilities went through softmax once more. They are probabilities already.", -np.log(oracle_softmax(p)).mean()),
        ("The result has the shape (n, 1). Return one number for each digit, shape (n,).", right[:, None]),
        ("The result has the shape (1, n). Return one number for each digit, shape (n,).", right[None]),
        ("Labels are counted from 1 here. Label d belongs to column d: they start from 0.", -np.log(clipped[each, labels - 1])),
        ("Labels are counted from -1 here. Label d belongs to column d.", -np.log(clipped[each, (labels + 1) % k])),
        (
            "That tells whether the most probable class is the label, as 0 and 1. The loss is minus the logarithm of the label's probability.",
            answers == labels,
        ),
        (
            "That tells whether the most probable class is wrong, as 0 and 1. The loss is minus the logarithm of the label's probability.",
            answers != labels,
        ),
        (
            "That is how far the answer is from the label, as numbers. Class 7 is not nearer to 8 than to 1: take minus the logarithm of the label's probability.",
            np.abs(answers - labels),
        ),
        ("There is only one loss. Return one for each digit, shape (n,).", right[0]),
        ("There is only one loss. Return one for each digit, shape (n,).", right[:1]),
        ("The losses were rounded. Return them as they come out.", np.round(right, 2)),
        ("The losses were rounded. Return them as they come out.", np.round(right, 3)),
        ("The losses were rounded. Return them as they come out.", np.round(right, 4)),
        ("The losses are sorted. The loss of digit i should be number i.", np.sort(right)),
    ]
    if labels.max() < n:
        rows = f"`probabilities[labels]` takes whole rows, those whose numbers are the labels. {pick}"
        yield (rows, -logs[labels])
        yield (rows, -logs[labels].mean())
        if n <= k:
            yield (
                "Row and column are swapped: that took row labels[i], column i. The digit is the row, the label the column.",
                -logs[labels, each],
            )
    yield from clip_mistakes(labels, p)


def clip_mistakes(labels, p):
    """Answers that treat probabilities near 0 or 1 in another way."""
    n = len(p)
    bare = p[np.arange(n), labels]
    with np.errstate(divide="ignore", invalid="ignore"):
        infinite = -np.log(bare)
        undefined = -(oracle_one_hot(labels, p.shape[1]) * np.log(p)).sum(axis=1)
    yield (
        "The logarithm of 0 is minus infinity, and 0 times that is nan (not a number), so the zeros of the one-hot rows do not help. Clip the probabilities to "
        "between 1e-7 and 1 - 1e-7 before the logarithm: `np.clip`.",
        undefined,
    )
    yield (
        "The logarithm of 0 is minus infinity, and one such digit makes the mean of all infinite. Clip the probabilities to between 1e-7 and 1 - 1e-7 before "
        "the logarithm: `np.clip`.",
        infinite,
    )
    for eps in (SMALLEST, *EPSILONS, *MACHINE):
        shown = f"{eps:.3g}".replace("e-0", "e-")
        yield (
            f"The probabilities were clipped at {shown}. The task asks for 1e-7, as Keras does it: the most that one digit can cost is then -ln(1e-7) = 16.118.",
            oracle_losses(labels, p, eps) if eps != SMALLEST else np.nan,
        )
        yield (
            f"{shown} was added to the probabilities. That changes all of them, the small ones most. Clip them to between 1e-7 and 1 - 1e-7: `np.clip` leaves those "
            "in between as they are.",
            -np.log(bare + eps),
        )
        yield (
            f"{shown} was added to the probabilities, and they were divided by their new sum. Clip them to between 1e-7 and 1 - 1e-7 instead.",
            -np.log((bare + eps) / (1 + eps * p.shape[1])),
        )
    with np.errstate(divide="ignore"):
        hidden = "A digit whose label had the probability 0 was given {0}. That is the worst mistake of all: clip the probability to 1e-7, so that it costs 16.118."
        yield (hidden.format("no loss"), np.where(bare > 0, infinite, 0))
        yield (hidden.format("no loss"), np.nan_to_num(infinite, posinf=0))
        yield (hidden.format("the largest number that a float can hold"), np.nan_to_num(infinite))
        for cost in (10, 16, 20, 100, 1000):
            yield (hidden.format(f"the loss {cost}"), np.minimum(infinite, cost))


def probabilities_of(rng, n, k=10, least=0.01):
    """Rows that add up to 1, with no number below `least`."""
    return least + (1 - k * least) * rng.dirichlet(np.ones(k), n)


def certain(rng, labels, k):
    """Rows with a single 1, in the columns `labels`."""
    return np.eye(k)[labels]


def expect_losses(student, labels, probabilities, call=""):
    """Compare within 2e-6, and a float32's rounding on top. Some loss in `labels` must be about 1 or more, for a mistake to be told apart."""
    expected = oracle_losses(labels, probabilities)
    largest = expected.max()
    call = call or f"sparse_categorical_crossentropy(labels, probabilities) with probabilities of shape {probabilities.shape}"
    returned = student.sparse_categorical_crossentropy(labels, probabilities)
    expect(returned, expected, call, loss_mistakes(labels, probabilities), tolerance=(2e-6 + 5e-7 * largest) / largest)


def undecided(rng, labels, probabilities):
    """The same with one more digit in front, whose label has the probability 0.2, and another class 0.5: a loss of 1.609."""
    k = probabilities.shape[1]
    first = rng.integers(k)
    row = np.full(k, 0.3 / (k - 2))
    row[first], row[(first + rng.integers(1, k)) % k] = 0.2, 0.5
    return np.concatenate([[first], labels]), np.vstack([row, probabilities])


def first_losses(rng):
    """Labels below the number of digits, so that rows taken for columns exist, with one that comes twice, so that rows taken by labels are others."""
    labels = rng.permutation(9)
    labels[0] = labels[1]
    return labels, probabilities_of(rng, 9)


@sparse_categorical_crossentropy
def test_a_loss_for_every_digit(student, rng):
    expect_losses(student, *first_losses(rng))


@sparse_categorical_crossentropy
def test_as_many_digits_as_classes(student, rng):
    expect_losses(student, rng.permutation(10), probabilities_of(rng, 10))


@sparse_categorical_crossentropy
def test_probable_and_improbable_labels(student, rng):
    p = probabilities_of(rng, 7)
    labels = rng.permutation(10)[:7]
    labels[:3] = p[0].argmin(), p[1].argmax(), 9  # the first is not the most probable class, the second is
    expect_losses(student, labels, p)


@sparse_categorical_crossentropy
def test_many_digits(student, rng):
    expect_losses(student, rng.integers(0, 10, 40), probabilities_of(rng, 40))


@sparse_categorical_crossentropy
def test_nearly_certain(student, rng):
    labels = rng.permutation(10)[:8]
    other = (labels + rng.integers(1, 10, 8)) % 10
    t = np.array([3e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1 - 1e-4, 1 - 1e-5, 0.99]) * np.append(rng.uniform(1, 1.1, 5), np.ones(3))
    p = np.zeros((8, 10))
    p[np.arange(8), labels], p[np.arange(8), other] = t, 1 - t
    expect_losses(
        student,
        *undecided(rng, labels, p),
        "sparse_categorical_crossentropy(labels, probabilities), for labels of small and large probability,",
    )


@sparse_categorical_crossentropy
def test_certain_and_wrong(student, rng):
    labels = rng.permutation(10)[:4]
    p = certain(rng, (labels + rng.integers(1, 10, 4)) % 10, 10)
    with (
        blaming(
            "There is no logarithm of 0. Clip the probabilities to between 1e-7 and 1 - 1e-7 before the logarithm.",
            only="ValueError: math domain",
        ),
        blaming(
            "There is no logarithm of 0. Clip the probabilities to between 1e-7 and 1 - 1e-7 before the logarithm.",
            only="expected a positive input",
        ),
    ):
        call = "sparse_categorical_crossentropy(labels, probabilities), for labels of probability 0,"
        expect_losses(student, *undecided(rng, labels, p), call)


@sparse_categorical_crossentropy
def test_certain_and_right(student, rng):
    labels = rng.permutation(10)[:4]
    call = "sparse_categorical_crossentropy(labels, probabilities), for labels of probability 1,"
    expect_losses(student, *undecided(rng, labels, certain(rng, labels, 10)), call)


@sparse_categorical_crossentropy
def test_probabilities_in_float32(student, rng):
    with blaming("The losses are right for float64, but not for float32, which is what Keras returns."):
        labels = rng.integers(0, 10, 6)
        expect_losses(student, labels, probabilities_of(rng, 6).astype(np.float32))
        certainly = certain(rng, np.where(np.arange(6) < 3, labels, (labels + 1) % 10), 10)
        labels, p = undecided(rng, labels, certainly)
        expect_losses(student, labels, p.astype(np.float32))


@sparse_categorical_crossentropy
def test_labels_in_other_integer_dtypes(student, rng):
    for dtype in (np.uint8, np.int32):
        with blaming(f"The losses are right for int64 labels, but not for {np.dtype(dtype).name}, and MNIST's labels are uint8."):
            expect_losses(student, rng.integers(0, 10, 40).astype(dtype), probabilities_of(rng, 40))


@sparse_categorical_crossentropy
def test_a_single_digit(student, rng):
    with blaming("The losses are right for several digits, but not for a batch of one."):
        expect_losses(student, rng.integers(0, 10, 1), 0.03 + 0.7 * rng.dirichlet(np.ones(10), 1))


@sparse_categorical_crossentropy
def test_another_number_of_classes(student, rng):
    with blaming("The losses are right for ten classes, but not for another number of them: take it from probabilities.shape."):
        for k in (3, 2, 7):
            expect_losses(student, rng.integers(0, k, 9), probabilities_of(rng, 9, k))


@sparse_categorical_crossentropy
def test_labels_and_probabilities_in_another_layout(student, rng):
    with blaming("The losses are not right for transposed probabilities, whose numbers lie in another order in memory."):
        expect_losses(student, rng.integers(0, 10, 12)[::2], np.asfortranarray(probabilities_of(rng, 6)))


@sparse_categorical_crossentropy
def test_labels_and_probabilities_are_not_changed(student, rng):
    labels = rng.integers(0, 10, 5)
    keeps_arguments(student, "sparse_categorical_crossentropy", labels, probabilities_of(rng, 5))
    keeps_arguments(student, "sparse_categorical_crossentropy", labels, certain(rng, (labels + 1) % 10, 10))


# --- predict ---


def predict_mistakes(p):
    p = np.asarray(p, dtype=np.float64)
    k = p.shape[1]
    right, columns, best = p.argmax(axis=1), np.arange(k), p.max(axis=1)
    if len(p) == 1:
        yield ("An axis was lost. A batch of one digit gets an array of one answer, shape (1,).", right[0])
    yield from [
        (
            "That is the place of the largest number in the whole array. Every row is a digit and gets an answer of its own: `axis=-1`.",
            p.argmax(),
        ),
        (
            "There is an answer for every column: for each class, the digit that it fits best. Every *row* gets an answer, the class that fits it best: `axis=-1`.",
            p.argmax(axis=0),
        ),
        ("These are the least probable classes. The answer is the most probable one.", p.argmin(axis=1)),
        ("These are the largest probabilities. The answer is their place, the class: `np.argmax`, not `np.max`.", best),
        ("These are the largest probabilities, rounded. The answer is their place, the class: `np.argmax`.", np.round(best)),
        ("That is the largest probability of all. Every row gets an answer: the place of its largest number, the class.", p.max()),
        ("Classes are counted from 1 here. The first column is that of the class 0.", right + 1),
        ("Classes are counted from -1 here. The first column is that of the class 0.", right - 1),
        ("The answers have an axis too many, shape (n, 1). Return one number for each digit, shape (n,).", right[:, None]),
        ("The answers have an axis too many, shape (1, n). Return one number for each digit, shape (n,).", right[None]),
        ("The answers came as one-hot rows. Return the number of the class, one for each digit.", p == best[:, None]),
        ("These are the second most probable classes. The answer is the most probable one.", np.argsort(p, axis=1)[:, -2]),
        (
            "The classes of each digit were sorted, from the least to the most probable. Return the most probable one only.",
            np.argsort(p, axis=1),
        ),
        (
            "The classes of each digit were sorted, from the most to the least probable. Return the most probable one only.",
            np.argsort(-p, axis=1),
        ),
        (
            "Classes were averaged with their probabilities as weights. A 3 and a 9, each half probable, do not make a 6: take the most probable class.",
            p @ columns,
        ),
        (
            "Classes were averaged with their probabilities as weights. A 3 and a 9, each half probable, do not make a 6: take the most probable class.",
            np.round(p @ columns),
        ),
        (
            "Only a class with more than half of the probability was taken. The most probable class may have less than half, with ten to share it.",
            (p > 0.5).argmax(axis=1),
        ),
        ("The probabilities were rounded to 0 and 1. The most probable class may have less than half, with ten to share it.", np.round(p)),
        (
            "The probabilities were rounded before they were compared. The most probable class may have less than half, with ten to share it.",
            np.round(p).argmax(axis=1),
        ),
        ("The probabilities were turned into whole numbers before they were compared, which makes them 0.", np.trunc(p).argmax(axis=1)),
        ("These are the probabilities as they came. Return the number of the most probable class for each digit.", p),
        ("There is only one answer. Every row is a digit and gets an answer of its own.", right[0]),
        ("There is only one answer. Every row is a digit and gets an answer of its own.", right[:1]),
        ("The answers are sorted. Answer i belongs to row i.", np.sort(right)),
        ("The columns were counted from the right. The first column is that of the class 0.", k - 1 - right),
    ]


def clear_probabilities(rng, winners, k=10, strengths=(0.2, 0.7)):
    """Rows that add up to 1; the largest number of row i stands in column winners[i], by a clear margin.

    It is `strengths` at least, in turn: the first row's is less than half.
    """
    n = len(winners)
    least = np.resize(strengths, n)
    p = rng.dirichlet(np.full(k, 8.0), n) * (1 - least[:, None])
    p[np.arange(n), winners] = 0
    p[np.arange(n), winners] = np.maximum(p.max(axis=1) + 0.03, least)
    return p / p.sum(axis=1, keepdims=True)


def expect_predictions(student, p):
    call = f"predict(probabilities) with probabilities of shape {p.shape}"
    returned = student.predict(p)
    expect(returned, np.argmax(p, axis=1), call, predict_mistakes(p), tolerance=0, whole=True)
    if np.asarray(returned).dtype.kind not in "iu":
        raise Mistake(
            f"The classes are right, but they came as {np.asarray(returned).dtype} and the task asks for ints. A class is a number to count and look up with: "
            "`array[7]` works, `array[7.0]` does not. `np.zeros` makes floats unless told otherwise: `dtype=int`."
        )


@predict
def test_the_most_probable_class_of_each_digit(student, rng):
    winners = np.concatenate([rng.permutation(10), rng.integers(0, 10, 3)])
    expect_predictions(student, clear_probabilities(rng, winners))


@predict
def test_as_many_digits_as_classes_to_choose_from(student, rng):
    expect_predictions(student, clear_probabilities(rng, rng.permutation(10)))


@predict
def test_confident_answers(student, rng):
    expect_predictions(student, clear_probabilities(rng, rng.permutation(10)[:6], strengths=(0.9,)))


@predict
def test_a_batch_of_one(student, rng):
    with blaming("predict is right for several digits, but not for a batch of one: the shape should be (1,)."):
        expect_predictions(student, clear_probabilities(rng, rng.integers(1, 10, 1)))


@predict
def test_another_number_of_classes_to_choose_from(student, rng):
    with blaming("predict is right for ten classes, but not for another number of them."):
        for k in (3, 17):
            expect_predictions(student, clear_probabilities(rng, rng.integers(0, k, 8), k))


@predict
def test_probabilities_of_another_dtype_and_layout(student, rng):
    with blaming("predict is right for float64, but not for float32, which is what Keras returns."):
        expect_predictions(student, clear_probabilities(rng, rng.permutation(10)[:4]).astype(np.float32))
    with blaming("predict is not right for transposed probabilities, whose numbers lie in another order in memory."):
        expect_predictions(student, np.asfortranarray(clear_probabilities(rng, rng.permutation(10)[:7])))


@predict
def test_probabilities_are_not_changed(student, rng):
    keeps_arguments(student, "predict", clear_probabilities(rng, rng.permutation(10)[:5]))


# --- loss_of_guessing ---


def guessing_mistakes(k):
    p = 1 / k
    yield from [
        (
            "That is ln(1/classes), which is negative. A loss is positive: do not forget the minus sign of -ln(p).",
            np.log(p),
        ),
        ("The logarithm has base 2. Here it is the natural logarithm, `np.log`.", np.log2(k)),
        ("The logarithm has base 10. Here it is the natural logarithm, `np.log`.", np.log10(k)),
        ("The logarithm has base 10, and the minus sign is missing. Here it is the natural logarithm, `np.log`.", np.log10(p)),
        ("That is the probability of guessing right. The loss is minus its logarithm.", p),
        ("That is the probability of guessing wrong. The loss is minus the logarithm of the label's probability, 1/classes.", 1 - p),
        (
            "That is -ln of the probability of guessing *wrong*. The label has the probability 1/classes: take -ln of that.",
            -np.log(1 - p) if k > 1 else 0,
        ),
        (
            "The loss was multiplied by the probability 1/classes. One label is the true one, and it costs -ln(1/classes), in full.",
            np.log(k) / k,
        ),
        ("The losses of all classes were added up. Only the label's own counts: -ln(1/classes).", np.log(k) * k),
        (
            "The wrong classes were counted as well, by ln(1 - p). Only the label's own probability counts: -ln(1/classes).",
            np.log(k) - (k - 1) * np.log(1 - p) if k > 1 else 0,
        ),
        ("That is the loss for 10 classes, whatever `classes` is.", np.log(10)),
        ("That is ln(1 + classes). The loss is -ln(1/classes), which is ln(classes).", np.log1p(k)),
        (
            "That is ln(classes - 1). The label itself is one of the classes: each has the probability 1/classes.",
            np.log(k - 1) if k > 1 else 0,
        ),
        ("That is the number of classes. The loss is minus the logarithm of the probability 1/classes.", k),
        ("That is the loss of a guess between two classes, whatever `classes` is.", np.log(2)),
        (
            "That is the loss of a digit that was certain and wrong. Somebody who guesses gives the label the probability 1/classes.",
            -np.log(1e-7),
        ),
        ("That is e to the number of classes. The loss is the logarithm of it, `np.log`.", np.exp(k)),
        ("That is a squared difference. The loss is minus the logarithm of the label's probability, 1/classes.", (1 - p) ** 2),
        ("The loss was rounded. Return it as it comes out.", np.round(np.log(k), 1)),
        ("The loss was rounded. Return it as it comes out.", np.round(np.log(k), 2)),
        ("The loss was cut to a whole number. Return it as it comes out.", np.floor(np.log(k))),
        ("There is a loss for every class. All are the same: return one number.", np.full(k, np.log(k))),
        ("The loss came in an array of length 1. Return one number.", np.full(1, np.log(k))),
        ("A loss cannot be 0 for somebody who guesses: the label gets the probability 1/classes, and costs -ln of that.", 0.0),
    ]


def expect_guess(student, k):
    expect(student.loss_of_guessing(k), np.log(k), f"loss_of_guessing({k})", guessing_mistakes(k))


@loss_of_guessing
def test_ten_classes(student, rng):
    expect_guess(student, 10)


@loss_of_guessing
def test_two_classes(student, rng):
    expect_guess(student, 2)


@loss_of_guessing
def test_any_number_of_classes(student, rng):
    for k in (3, 4, *(int(number) for number in rng.integers(5, 300, 4)), 1000):
        expect_guess(student, k)
