"""What students write for softmax."""

import math

import numpy as np
from bank import right, wrong


@right("subtract the row's largest score")
def softmax(logits):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@right("with np.newaxis for keepdims")
def softmax(logits):
    logits = np.array(logits, dtype=float)
    logits = logits - logits.max(axis=-1)[..., np.newaxis]
    return np.exp(logits) / np.sum(np.exp(logits), axis=-1)[..., np.newaxis]


@right("transposed to and fro")
def softmax(logits):
    x = np.moveaxis(np.asarray(logits, dtype=float), -1, 0)
    e = np.exp(x - x.max(axis=0))
    return np.moveaxis(e / e.sum(axis=0), 0, -1)


@right("as a recursion over the axes, in lists")
def softmax(logits):
    if np.ndim(logits) > 1:
        return [softmax_of(row) for row in logits]
    return softmax_of(logits)


def softmax_of(x):
    if np.ndim(x) > 1:
        return [softmax_of(row) for row in x]
    top = max(x)
    powers = [math.exp(float(score) - float(top)) for score in x]
    return [power / sum(powers) for power in powers]


@right("np.apply_along_axis")
def softmax(logits):
    def one(row):
        e = np.exp(row - row.max())
        return e / e.sum()

    return np.apply_along_axis(one, -1, logits.astype(float))


@right("by the logarithm of the sum")
def softmax(logits):
    top = np.max(logits, axis=-1, keepdims=True)
    return np.exp(logits - (top + np.log(np.sum(np.exp(logits - top), axis=-1, keepdims=True))))


@right("by differences of all pairs of scores")
def softmax(logits):
    logits = np.asarray(logits, dtype=float)
    with np.errstate(over="ignore"):
        return 1 / np.exp(logits[..., None, :] - logits[..., :, None]).sum(axis=-1)


@right("keras.ops")
def softmax(logits):
    from keras import ops

    return ops.softmax(np.asarray(logits, dtype="float32"), axis=-1)


@right("keras.ops, which stops at whole numbers")
def softmax(logits):
    import keras

    return keras.ops.softmax(logits)


@right("tf.nn")
def softmax(logits):
    import tensorflow as tf

    return tf.nn.softmax(tf.cast(logits, tf.float32))


@right("a Keras layer")
def softmax(logits):
    import keras

    return keras.layers.Softmax()(np.asarray(logits, np.float32))


@right("scipy")
def softmax(logits):
    from scipy.special import softmax as ready

    return ready(np.asarray(logits), axis=-1)


@right("in place, on a copy")
def softmax(logits):
    x = logits.astype(np.float64)
    x -= x.max(axis=-1, keepdims=True)
    np.exp(x, out=x)
    x /= x.sum(axis=-1, keepdims=True)
    return x


@right("in float32")
def softmax(logits):
    x = np.asarray(logits, dtype=np.float32)
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@right("a little something in the denominator")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / (e.sum(axis=-1, keepdims=True) + 1e-12)


@right("all rows in a loop, whatever the shape")
def softmax(logits):
    x = np.asarray(logits)
    rows = x.reshape(-1, x.shape[-1])
    result = np.zeros(rows.shape)
    for i in range(len(rows)):
        for j in range(rows.shape[1]):
            result[i, j] = np.exp(float(rows[i, j]) - float(rows[i].max()))
        result[i] /= result[i].sum()
    return result.reshape(x.shape)


@right("with powers of 2, of scores times log2(e)")
def softmax(logits):
    e = np.exp2((logits - logits.max(axis=-1, keepdims=True)) * np.log2(np.e))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("no largest score subtracted", says="exp(1000) is larger than any float")
def softmax(logits):
    e = np.exp(logits)
    return e / e.sum(axis=-1, keepdims=True)


@wrong("no largest score subtracted, with math.exp", says="exp(1000) is larger than any float")
def softmax(logits):
    if np.ndim(logits) > 1:
        return [softmax_plain(row) for row in logits]
    return softmax_plain(logits)


def softmax_plain(x):
    if np.ndim(x) > 1:
        return [softmax_plain(row) for row in x]
    powers = [math.exp(score) for score in x]
    return [power / sum(powers) for power in powers]


@wrong("only positive scores are shifted", says="exp(-1000) is smaller")
def softmax(logits):
    e = np.exp(logits - np.maximum(np.max(logits, axis=-1, keepdims=True), 0))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("largest score of the whole array", says="largest score of the whole array was subtracted")
def softmax(logits):
    e = np.exp(logits - np.max(logits))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("nan replaced by 0", says="something else was put in the place")
def softmax(logits):
    e = np.exp(logits)
    return np.nan_to_num(e / e.sum(axis=-1, keepdims=True))


@wrong("eps against division by zero", says="exp(1000) is larger")
def softmax(logits):
    e = np.exp(logits)
    return e / (e.sum(axis=-1, keepdims=True) + 1e-9)


@wrong("scores clipped at 500", says="cut off at a limit")
def softmax(logits):
    e = np.exp(np.clip(logits, -500, 500))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("scores clipped at 88 from above", says="cut off at a limit")
def softmax(logits):
    e = np.exp(np.minimum(logits, 88))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("smallest score subtracted", says="does not prevent that")
def softmax(logits):
    e = np.exp(logits - np.min(logits, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("mean score subtracted", says="does not prevent that")
def softmax(logits):
    e = np.exp(logits - np.mean(logits, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("one sum for the whole array", says="divided by one sum")
def softmax(logits):
    e = np.exp(logits - np.max(logits))
    return e / np.sum(e)


@wrong("axis 0", says="each column adds up to 1")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=0))
    return e / e.sum(axis=0)


@wrong("axis 1", says="axis=-1")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@wrong("axis 1, or 0 for a single digit", says="along the second axis adds up to 1")
def softmax(logits):
    axis = 1 if logits.ndim > 1 else 0
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@wrong("keepdims forgotten in the sum", says="keepdims=True")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)


@wrong("keepdims forgotten in the maximum", says="keepdims=True")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("keepdims forgotten in both", says="keepdims=True")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1))
    return e / e.sum(axis=-1)


@wrong("column maxima subtracted", says="largest number of every column")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=0))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("without exp", says="without exp")
def softmax(logits):
    return logits / logits.sum(axis=-1, keepdims=True)


@wrong("absolute values over their sum", says="lost their signs")
def softmax(logits):
    return np.abs(logits) / np.abs(logits).sum(axis=-1, keepdims=True)


@wrong("relu, then over the sum", says="Negative scores were cut to 0")
def softmax(logits):
    positive = np.maximum(logits, 0)
    return positive / positive.sum(axis=-1, keepdims=True)


@wrong("stretched to 0 and 1", says="stretched between 0 and 1")
def softmax(logits):
    low, high = logits.min(axis=-1, keepdims=True), logits.max(axis=-1, keepdims=True)
    return (logits - low) / (high - low)


@wrong("powers only", says="do not add up to 1 yet")
def softmax(logits):
    return np.exp(logits)


@wrong("powers of the shifted scores only", says="not divided by their sum")
def softmax(logits):
    return np.exp(logits - np.max(logits, axis=-1, keepdims=True))


@wrong("divided by the largest power", says="not divided by their sum")
def softmax(logits):
    e = np.exp(logits)
    return e / e.max(axis=-1, keepdims=True)


@wrong("mean for sum", says="divided by their mean")
def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.mean(axis=-1, keepdims=True)


@wrong("sigmoid", says="sigmoid")
def softmax(logits):
    return 1 / (1 + np.exp(-np.asarray(logits, dtype=float)))


@wrong("log-softmax", says="logarithm of the probabilities")
def softmax(logits):
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@wrong("powers of 2", says="powers of 2")
def softmax(logits):
    e = 2.0 ** (logits - np.max(logits, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("powers of 2.71828 rounded to 2.7", says="powers of 2.7")
def softmax(logits):
    e = 2.7 ** (logits - np.max(logits, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("hard maximum", says="hard maximum")
def softmax(logits):
    return (logits == np.max(logits, axis=-1, keepdims=True)).astype(float)


@wrong("argmax", says="place of the largest score")
def softmax(logits):
    return np.argmax(logits, axis=-1)


@wrong("a minus sign too many", says="upside down")
def softmax(logits):
    e = np.exp(-logits)
    return e / e.sum(axis=-1, keepdims=True)


@wrong("largest minus score", says="upside down")
def softmax(logits):
    e = np.exp(np.max(logits, axis=-1, keepdims=True) - logits)
    return e / e.sum(axis=-1, keepdims=True)


@wrong("shift above the line only", says="above the fraction line and not below")
def softmax(logits):
    return np.exp(logits - np.max(logits, axis=-1, keepdims=True)) / np.exp(logits).sum(axis=-1, keepdims=True)


@wrong("divides by the largest score in place of subtracting it", says="divided by the largest score")
def softmax(logits):
    e = np.exp(logits / np.max(logits, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("divides by the largest size of all", says="divided by the largest size")
def softmax(logits):
    e = np.exp(logits / np.max(np.abs(logits)))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("standardises first", says="standardised")
def softmax(logits):
    x = (logits - logits.mean(axis=-1, keepdims=True)) / logits.std(axis=-1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


@wrong("softmax twice", says="applied twice")
def softmax(logits):
    for _ in range(2):
        logits = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
        logits = logits / logits.sum(axis=-1, keepdims=True)
    return logits


@wrong("rounded for looks", says="rounded")
def softmax(logits):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return np.round(e / e.sum(axis=-1, keepdims=True), 2)


@wrong("whole division", says="cut off")
def softmax(logits):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return e // e.sum(axis=-1, keepdims=True)


@wrong("one row only", says="one row of probabilities only")
def softmax(logits):
    for row in logits:
        e = np.exp(row - np.max(row))
        return e / e.sum()


@wrong("two axes only", says="right for a batch, but not for one digit")
def softmax(logits):
    result = np.zeros(logits.shape)
    for i in range(logits.shape[0]):
        for j in range(logits.shape[1]):
            result[i, j] = np.exp(logits[i, j] - logits[i].max()) / np.exp(logits[i] - logits[i].max()).sum()
    return result


@wrong("every entry of the first axis is taken for a digit", says="share one sum")
def softmax(logits):
    if logits.ndim == 1:
        e = np.exp(logits - logits.max())
        return e / e.sum()
    return np.stack([np.exp(x - x.max()) / np.exp(x - x.max()).sum() for x in logits])


@wrong("squeezes", says="An axis of length 1 was lost")
def softmax(logits):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return np.squeeze(e / e.sum(axis=-1, keepdims=True))


@wrong("result in the dtype of the scores", says="cut to whole numbers")
def softmax(logits):
    result = np.zeros_like(logits)
    result[...] = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    result[...] = result / result.sum(axis=-1, keepdims=True)
    return result


@wrong("shifts in place", says="changed its first argument")
def softmax(logits):
    logits -= np.max(logits, axis=-1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


@wrong("shifts row by row, in place", says="changed its first argument")
def softmax(logits):
    flat = logits.reshape(-1, logits.shape[-1])
    for row in flat:
        row -= row.max()
    e = np.exp(flat)
    return (e / e.sum(axis=1, keepdims=True)).reshape(logits.shape)


@wrong("prints", says="returned None")
def softmax(logits):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    print(e / e.sum(axis=-1, keepdims=True))


@wrong("the numbers of the example", says="softmax(logits)")
def softmax(logits):
    return np.array([0.09003057, 0.24472847, 0.66524096])
