"""What students write for dropout."""

import numpy as np
from bank import right, wrong

# --- right ---


@right("random numbers at least the rate")
def dropout(x, rate, rng, training):
    if not training:
        return x
    kept = rng.random(x.shape) >= rate
    return x * kept / (1 - rate)


@right("less than what is to be kept, and where")
def dropout(x, rate, rng, training):
    keep = 1 - rate
    return np.where(rng.random(x.shape) < keep, x / keep, 0) if training else x.copy()


@right("binomial coins")
def dropout(x, rate, rng, training):
    if training:
        mask = rng.binomial(1, 1 - rate, size=x.shape)
        x = x * mask / (1 - rate)
    return x


@right("chooses zeros and scales by their probabilities")
def dropout(x, rate, rng, training):
    if not training:
        return x * 1.0
    return x * rng.choice([0.0, 1 / (1 - rate)], size=x.shape, p=[rate, 1 - rate])


@right("one coin at a time, in loops")
def dropout(x, rate, rng, training):
    if not training:
        return x
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        if rng.random() >= rate:
            result[index] = x[index] / (1 - rate)
    return result


@right("float32 draws, float32 result")
def dropout(x, rate, rng, training):
    if not training:
        return np.float32(x)
    mask = (rng.random(x.shape, dtype=np.float32) >= rate).astype(np.float32)
    return np.float32(x) * mask * np.float32(1 / (1 - rate))


@right("a copy, with the dropped entries set to 0")
def dropout(x, rate, rng, training):
    result = np.array(x, dtype=float)
    if training:
        result[rng.uniform(size=x.shape) < rate] = 0
        result /= 1 - rate
    return result


@right("large whole numbers")
def dropout(x, rate, rng, training):
    if not training:
        return x
    return (rng.integers(0, 2**53, x.shape) >= rate * 2**53) * (x / (1 - rate))


@right("a flat list of coins, later given the shape")
def dropout(x, rate, rng, training):
    if not training:
        return x.tolist()
    kept = [value / (1 - rate) if rng.uniform() > rate else 0 for value in x.ravel()]
    return np.reshape(kept, x.shape).tolist()


@right("a generator of its own, seeded from rng")
def dropout(x, rate, rng, training):
    if not training:
        return x
    own = np.random.default_rng(rng.integers(2**63))
    return x * (own.random(x.shape) >= rate) / (1 - rate)


@right("waiting times")
def dropout(x, rate, rng, training):
    if not training:
        return x
    return np.where(rng.exponential(size=x.shape) < -np.log1p(-rate), 0.0, x / (1 - rate))


@right("the sign of normal numbers moved by their quantile")
def dropout(x, rate, rng, training):
    from statistics import NormalDist

    if not training or rate == 0:
        return x
    kept = rng.standard_normal(x.shape) >= NormalDist().inv_cdf(rate)
    return np.where(kept, x, 0) / (1 - rate)


@right("Keras' own, with a seed from rng")
def dropout(x, rate, rng, training):
    from autograder import given

    return given.dropout(x, rate, rng, training)


@right("random bytes, eight for each entry")
def dropout(x, rate, rng, training):
    if not training:
        return x
    draws = np.frombuffer(rng.bytes(8 * x.size), dtype=np.uint64).reshape(x.shape)
    return x * (draws / 2.0**64 >= rate) / (1 - rate)


@right("a masked array")
def dropout(x, rate, rng, training):
    if not training:
        return x
    return np.ma.masked_array(x, mask=rng.random(x.shape) < rate).filled(0) / (1 - rate)


@right("a binomial number of zeros, shuffled")
def dropout(x, rate, rng, training):
    if not training:
        return x
    dropped = rng.binomial(x.size, rate)
    kept = np.arange(x.size) >= dropped
    return x * rng.permutation(kept).reshape(x.shape) / (1 - rate)


# --- wrong: the factor ---


def with_factor(factor):
    def dropout(x, rate, rng, training):
        return x * (rng.random(x.shape) >= rate) * factor(rate) if training else x

    return dropout


@wrong("does not rescale", says="left as they are. Divide them by 1 - rate")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: 1)(x, rate, rng, training)


@wrong("multiplies by what is kept", says="multiplied by 1 - rate. Divide")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: 1 - rate)(x, rate, rng, training)


@wrong("divides by the rate", says="divided by the rate")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: 1 / rate if rate else 1)(x, rate, rng, training)


@wrong("multiplies by the rate", says="multiplied by the rate")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: rate)(x, rate, rng, training)


@wrong("multiplies by 1 + rate", says="multiplied by 1 + rate")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: 1 + rate)(x, rate, rng, training)


@wrong("always divides by 0.8", says="right for a rate of 0.2 only")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: 1.25)(x, rate, rng, training)


@wrong("divides by the square root, to keep the spread", says="square root")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: (1 - rate) ** -0.5)(x, rate, rng, training)


@wrong("divides twice", says="divided by 1 - rate twice")
def dropout(x, rate, rng, training):
    return with_factor(lambda rate: (1 - rate) ** -2)(x, rate, rng, training)


@wrong("divides by what happened to be kept", says="happened to be kept")
def dropout(x, rate, rng, training):
    if not training:
        return x
    mask = rng.random(x.shape) >= rate
    return x * mask / mask.mean()


@wrong("brings back the sum of x", says="so that their sum is exactly that of x")
def dropout(x, rate, rng, training):
    if not training:
        return x
    masked = x * (rng.random(x.shape) >= rate)
    return masked * (x.sum() / masked.sum())


@wrong("scales when it is used", says="scales at the wrong time")
def dropout(x, rate, rng, training):
    if training:
        return x * (rng.random(x.shape) >= rate)
    return x * (1 - rate)


@wrong("scales at both times", says="When not training, everything was multiplied by 1 - rate")
def dropout(x, rate, rng, training):
    if training:
        return x * (rng.random(x.shape) >= rate) / (1 - rate)
    return x * (1 - rate)


@wrong("divides in use as well", says="When not training, everything was divided")
def dropout(x, rate, rng, training):
    if training:
        x = x * (rng.random(x.shape) >= rate)
    return x / (1 - rate)


@wrong("loses the signs", says="Signs got lost")
def dropout(x, rate, rng, training):
    return abs(x) * (rng.random(x.shape) >= rate) / (1 - rate) if training else x


# --- wrong: when ---


@wrong("never drops", says="Nothing was dropped")
def dropout(x, rate, rng, training):
    return x


@wrong("training the wrong way round", says="swapped")
def dropout(x, rate, rng, training):
    if training:
        return x
    return x * (rng.random(x.shape) >= rate) / (1 - rate)


@wrong("ignores training", says="although `training` was False")
def dropout(x, rate, rng, training):
    return x * (rng.random(x.shape) >= rate) / (1 - rate)


@wrong("nothing returned when not training", says="returned None")
def dropout(x, rate, rng, training):
    if training:
        return x * (rng.random(x.shape) >= rate) / (1 - rate)


@wrong("zeros when not training", says="everything became 0")
def dropout(x, rate, rng, training):
    return x * (rng.random(x.shape) >= rate) / (1 - rate) * training


# --- wrong: who ---


@wrong("keeps with probability rate", says="Keeping and dropping are swapped")
def dropout(x, rate, rng, training):
    return x * (rng.random(x.shape) < rate) / (1 - rate) if training else x


@wrong("swaps keeping and dropping throughout", says="swapped throughout")
def dropout(x, rate, rng, training):
    if not training or rate == 0:
        return x
    return x * (rng.random(x.shape) < rate) / rate


@wrong("normal numbers", says="normal distribution")
def dropout(x, rate, rng, training):
    return x * (rng.standard_normal(x.shape) >= rate) / (1 - rate) if training else x


@wrong("normal numbers below what is kept", says="normal distribution")
def dropout(x, rate, rng, training):
    return x * (rng.normal(size=x.shape) < 1 - rate) / (1 - rate) if training else x


@wrong("a fair coin whatever the rate", says="Half of the entries")
def dropout(x, rate, rng, training):
    return x * rng.integers(0, 2, x.shape) / (1 - rate) if training else x


@wrong("rounds the random numbers", says="Half of the entries")
def dropout(x, rate, rng, training):
    return x * np.round(rng.random(x.shape)) / (1 - rate) if training else x


@wrong("one coin for all", says="One draw decides for the whole array")
def dropout(x, rate, rng, training):
    if not training:
        return x
    return x / (1 - rate) if rng.random() >= rate else np.zeros(x.shape)


@wrong("one mask for all examples", says="Every row of x got the same mask")
def dropout(x, rate, rng, training):
    return x * (rng.random(x.shape[-1]) >= rate) / (1 - rate) if training else x


@wrong("whole rows", says="row of x was kept or dropped as a whole")
def dropout(x, rate, rng, training):
    if not training:
        return x
    coins = rng.random((len(x),) + (1,) * (x.ndim - 1))
    return x * (coins >= rate) / (1 - rate)


@wrong("whole feature maps of images", says="share one draw")
def dropout(x, rate, rng, training):
    if not training:
        return x
    shape = (x.shape[0], 1, 1, x.shape[3]) if x.ndim == 4 else x.shape
    return x * (rng.random(shape) >= rate) / (1 - rate)


@wrong("an exact number, by choice without repetition", says="picked")
def dropout(x, rate, rng, training):
    if not training:
        return x
    result = np.array(x, dtype=float) / (1 - rate)
    chosen = rng.choice(x.size, int(round(rate * x.size)), replace=False)
    result.flat[chosen] = 0
    return result


@wrong("an exact number, by a permutation", says="picked")
def dropout(x, rate, rng, training):
    if not training:
        return x
    order = rng.permutation(x.size).reshape(x.shape)
    return np.where(order < rate * x.size, 0, x / (1 - rate))


@wrong("an exact number in every row", says="dropped in every row")
def dropout(x, rate, rng, training):
    if not training:
        return x
    if x.ndim == 1:
        return np.where(rng.random(x.shape) < rate, 0, x / (1 - rate))
    kept = np.arange(x.shape[-1]) >= rate * x.shape[-1]
    mask = rng.permuted(np.broadcast_to(kept, x.shape), axis=-1)
    return x * mask / (1 - rate)


@wrong("an exact number, with repetitions", says="repetitions")
def dropout(x, rate, rng, training):
    if not training:
        return x
    result = np.array(x, dtype=float) / (1 - rate)
    result.flat[rng.integers(0, x.size, int(rate * x.size))] = 0
    return result


@wrong("evenly spread, from a random place on", says="not independent")
def dropout(x, rate, rng, training):
    if not training:
        return x
    places = (np.arange(x.size) * 0.6180339887498949 + rng.random()) % 1
    return x * (places.reshape(x.shape) >= rate) / (1 - rate)


@wrong("a small mask, repeated", says="repeats itself after 1009 entries")
def dropout(x, rate, rng, training):
    if not training:
        return x
    small = rng.random(1009)
    return x * (np.resize(small, x.shape) >= rate) / (1 - rate)


@wrong("the same coin for neighbours", says="not independent")
def dropout(x, rate, rng, training):
    if not training:
        return x
    coins = np.repeat(rng.random(x.size // 2 + 1), 2)[: x.size]
    return x * (coins.reshape(x.shape) >= rate) / (1 - rate)


@wrong("tenths", says="too few different values")
def dropout(x, rate, rng, training):
    return x * (rng.integers(1, 11, x.shape) > round(10 * rate)) / (1 - rate) if training else x


@wrong("the rate squared", says="rate squared")
def dropout(x, rate, rng, training):
    return x * (rng.random(x.shape) >= rate**2) / (1 - rate) if training else x


@wrong("numbers between -1 and 1", says="between -1 and 1")
def dropout(x, rate, rng, training):
    return x * (rng.uniform(-1, 1, x.shape) >= rate) / (1 - rate) if training else x


@wrong("compares x itself with the rate", says="depends on their values")
def dropout(x, rate, rng, training):
    return np.where(x >= rate, x / (1 - rate), 0) if training else x


@wrong("drops the smallest", says="depends on their values")
def dropout(x, rate, rng, training):
    return np.where(x < np.quantile(x, rate), 0, x / (1 - rate)) if training else x


@wrong("drops with the rate twice", says="drawn and applied twice")
def dropout(x, rate, rng, training):
    if not training:
        return x
    mask = (rng.random(x.shape) >= rate) * (rng.random(x.shape) >= rate)
    return x * mask / (1 - rate)


@wrong("hundredths", says="too few different values")
def dropout(x, rate, rng, training):
    return x * (rng.integers(0, 100, x.shape) > 100 * rate) / (1 - rate) if training else x


# --- wrong: what becomes of the entries ---


@wrong("returns the mask", says="mask itself")
def dropout(x, rate, rng, training):
    return (rng.random(x.shape) >= rate) / (1 - rate) if training else x


@wrong("multiplies by the random numbers", says="noise")
def dropout(x, rate, rng, training):
    return x * rng.random(x.shape) / (1 - rate) if training else x


@wrong("dropped entries become nan", says="nan")
def dropout(x, rate, rng, training):
    return np.where(rng.random(x.shape) >= rate, x / (1 - rate), np.nan) if training else x


@wrong("dropped entries stay as they are", says="not kept were left as they are")
def dropout(x, rate, rng, training):
    return np.where(rng.random(x.shape) >= rate, x / (1 - rate), x) if training else x


@wrong("leaves the dropped entries out", says="changes the shape")
def dropout(x, rate, rng, training):
    return x[rng.random(x.shape) >= rate] / (1 - rate) if training else x


@wrong("returns the mask as well", says="the mask among them")
def dropout(x, rate, rng, training):
    mask = rng.random(x.shape) >= rate
    return (x * mask / (1 - rate), mask) if training else x


@wrong("dropped entries become the mean", says="became")
def dropout(x, rate, rng, training):
    return np.where(rng.random(x.shape) >= rate, x / (1 - rate), x.mean()) if training else x


@wrong("works on its argument", says="changed its first argument")
def dropout(x, rate, rng, training):
    if not training:
        return x
    x[rng.random(x.shape) < rate] = 0
    return x / (1 - rate)


@wrong("sets the entries in place, and returns nothing", says="returned None")
def dropout(x, rate, rng, training):
    if training:
        x *= (rng.random(x.shape) >= rate) / (1 - rate)


@wrong("the dtype of x for the result", says="cut off")
def dropout(x, rate, rng, training):
    return (x * (rng.random(x.shape) >= rate) / (1 - rate)).astype(x.dtype) if training else x


@wrong("divides whole numbers", says="cut off")
def dropout(x, rate, rng, training):
    if not training:
        return x
    if x.dtype.kind in "iu":
        return x * (rng.random(x.shape) >= rate) // (1 - rate)
    return x * (rng.random(x.shape) >= rate) / (1 - rate)


@wrong("rows and columns only", says="not for an array of four axes")
def dropout(x, rate, rng, training):
    if not training:
        return x
    rows, columns = x.shape
    return x * (rng.random((rows, columns)) >= rate) / (1 - rate)


@wrong("a mask for 128 units", says="works for an array of shape")
def dropout(x, rate, rng, training):
    return x * (rng.random(128) >= rate) / (1 - rate) if training else x


@wrong("divides by zero at rate 0", says="rate of 0 is allowed")
def dropout(x, rate, rng, training):
    if not training:
        return x
    return x * (rng.integers(0, int(1e9 * rate), x.shape) >= 0) if rate == 0 else x * (rng.random(x.shape) >= rate) / (1 - rate)


@wrong("relu besides", says="All negative entries became 0")
def dropout(x, rate, rng, training):
    return np.maximum(x, 0) * (rng.random(x.shape) >= rate) / (1 - rate) if training else x


# --- wrong: where chance comes from ---


@wrong("NumPy's old global generator", says="chance came from somewhere else")
def dropout(x, rate, rng, training):
    return x * (np.random.rand(*x.shape) >= rate) / (1 - rate) if training else x


@wrong("a new generator at each call", says="chance came from somewhere else")
def dropout(x, rate, rng, training):
    rng = np.random.default_rng()
    return x * (rng.random(x.shape) >= rate) / (1 - rate) if training else x


@wrong("sets a seed", says="a seed was set inside the function")
def dropout(x, rate, rng, training):
    rng = np.random.default_rng(42)
    return x * (rng.random(x.shape) >= rate) / (1 - rate) if training else x


@wrong("seeds the old generator", says="a seed was set inside the function")
def dropout(x, rate, rng, training):
    np.random.seed(0)
    return x * (np.random.rand(*x.shape) >= rate) / (1 - rate) if training else x


@wrong("draws from a copy", says="generator was copied")
def dropout(x, rate, rng, training):
    import copy

    return x * (copy.deepcopy(rng).random(x.shape) >= rate) / (1 - rate) if training else x


@wrong("takes rng for a function", says="stopped with TypeError")
def dropout(x, rate, rng, training):
    return x * (rng(x.shape) >= rate) / (1 - rate) if training else x


@wrong("the old generator's name for uniform numbers", says="rand")
def dropout(x, rate, rng, training):
    return x * (rng.rand(*x.shape) >= rate) / (1 - rate) if training else x


@wrong("shape unpacked, as rand wants it", says="works for an array of shape")
def dropout(x, rate, rng, training):
    return x * (rng.random(*x.shape) >= rate) / (1 - rate) if training else x


@wrong("drops the values nearest to 0", says="depends on their values")
def dropout(x, rate, rng, training):
    if not training:
        return x
    return np.where(np.abs(x) < np.quantile(np.abs(x), rate), 0, x) / (1 - rate)


@wrong("remembers the mask of the first call", says="kept from an earlier call")
def dropout(x, rate, rng, training, masks={}):
    if not training:
        return x
    if x.shape not in masks:
        masks[x.shape] = rng.random(x.shape)
    return x * (masks[x.shape] >= rate) / (1 - rate)


@wrong("drops the same number in every row, by ranks", says="same number of entries is dropped in every row")
def dropout(x, rate, rng, training):
    if not training:
        return x
    if x.ndim == 0:
        return x / (1 - rate)
    order = rng.random(x.shape).argsort(axis=-1).argsort(axis=-1)
    return np.where(order < int(rate * x.shape[-1]), 0, x / (1 - rate))


@right("geometric gaps between the dropped entries")
def dropout(x, rate, rng, training):
    if not training or rate == 0:
        return x
    result = (x / (1 - rate)).reshape(-1)
    place = rng.geometric(rate) - 1
    while place < result.size:
        result[place] = 0
        place += rng.geometric(rate)
    return result.reshape(x.shape)


@right("a Poisson count that is 0")
def dropout(x, rate, rng, training):
    if not training:
        return x
    return (x / (1 - rate)) * (rng.poisson(-np.log(1 - rate), x.shape) == 0)


@right("a binomial number of places")
def dropout(x, rate, rng, training):
    if not training:
        return x
    result = (x / (1 - rate)).reshape(-1)
    number = rng.binomial(result.size, rate)
    result[rng.choice(result.size, number, replace=False)] = 0
    return result.reshape(x.shape)
