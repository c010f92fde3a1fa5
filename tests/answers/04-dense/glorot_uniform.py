"""What students write for glorot_uniform."""

import copy
import math

import numpy as np
from bank import right, wrong


@right("rng.uniform")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@right("rng.random, stretched and shifted")
def glorot_uniform(fan_in, fan_out, rng):
    limit = math.sqrt(6 / (fan_in + fan_out))
    return np.float32((2 * rng.random((fan_in, fan_out)) - 1) * limit)


@right("rng.random in float32")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.float32(np.sqrt(6 / (fan_in + fan_out)))
    return limit * (2 * rng.random((fan_in, fan_out), dtype=np.float32) - 1)


@right("rng.integers, scaled")
def glorot_uniform(fan_in, fan_out, rng):
    steps = rng.integers(-(2**23), 2**23, (fan_in, fan_out), endpoint=True)
    return (steps / 2**23 * np.sqrt(6 / (fan_in + fan_out))).astype("float32")


@right("rng.integers in a thousand steps")
def glorot_uniform(fan_in, fan_out, rng):
    return np.array(rng.integers(-1000, 1001, (fan_in, fan_out)) / 1000 * math.sqrt(6 / (fan_in + fan_out)), dtype=np.float32)


@right("by the standard deviation")
def glorot_uniform(fan_in, fan_out, rng):
    sd = math.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-math.sqrt(3) * sd, math.sqrt(3) * sd, size=(fan_in, fan_out)).astype(np.float32)


@right("a loop over all weights")
def glorot_uniform(fan_in, fan_out, rng):
    limit = (6 / (fan_in + fan_out)) ** 0.5
    weights = np.zeros((fan_in, fan_out), dtype=np.float32)
    for i in range(fan_in):
        for j in range(fan_out):
            weights[i, j] = rng.uniform(-limit, limit)
    return weights


@right("one column for each unit")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.stack([rng.uniform(-limit, limit, fan_in) for _ in range(fan_out)], axis=1).astype(np.float32)


@right("a list of rows, reshaped")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6) / np.sqrt(fan_in + fan_out)
    return rng.uniform(low=-limit, high=limit, size=fan_in * fan_out).reshape(fan_in, fan_out).astype(np.single)


@right("shuffled columns of draws, transposed")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.permutation(rng.uniform(-limit, limit, (fan_out, fan_in))).T.astype(np.float32)


@right("normal draws turned into uniform ones")
def glorot_uniform(fan_in, fan_out, rng):
    draws = np.array([math.erf(z / math.sqrt(2)) for z in rng.normal(size=fan_in * fan_out)])
    return (draws.reshape(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))).astype(np.float32)


@right("another generator, seeded by this one")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.random.default_rng(rng.integers(2**63)).uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@right("Keras' initializer, seeded by the generator")
def glorot_uniform(fan_in, fan_out, rng):
    import keras

    return keras.initializers.GlorotUniform(seed=int(rng.integers(2**31)))(shape=(fan_in, fan_out))


@wrong("in float64", says="float32 is asked for")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


@wrong("a list of lists", says="float32 is asked for")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return [[rng.uniform(-limit, limit) for _ in range(fan_out)] for _ in range(fan_in)]


@wrong("astype without keeping its result", says="float32 is asked for")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    weights = rng.uniform(-limit, limit, (fan_in, fan_out))
    weights.astype(np.float32)
    return weights


@wrong("the standard deviation as the limit", says="standard deviation of the weights")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("Glorot's normal distribution", says="normal distribution")
def glorot_uniform(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out)).astype(np.float32)


@wrong("normal, times the limit", says="normal distribution")
def glorot_uniform(fan_in, fan_out, rng):
    return (rng.standard_normal((fan_in, fan_out)) * np.sqrt(6 / (fan_in + fan_out))).astype(np.float32)


@wrong("normal, cut off at two standard deviations", says="normal distribution")
def glorot_uniform(fan_in, fan_out, rng):
    z = rng.standard_normal(2 * fan_in * fan_out + 100)
    z = z[np.abs(z) < 2][: fan_in * fan_out]
    return (z.reshape(fan_in, fan_out) * np.sqrt(2 / (fan_in + fan_out)) / 0.8796).astype(np.float32)


@wrong("normal, clipped at the limit", says="cut to it")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.clip(rng.normal(0, limit, (fan_in, fan_out)), -limit, limit).astype(np.float32)


@wrong("He's rule", says="fan_in alone")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("He's normal distribution", says="normal distribution")
def glorot_uniform(fan_in, fan_out, rng):
    return (rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)).astype(np.float32)


@wrong("one over the root of fan_in", says="fan_in alone")
def glorot_uniform(fan_in, fan_out, rng):
    limit = 1 / np.sqrt(fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("fan_in twice", says="fan_in alone")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_in))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("fan_out only", says="fan_out alone")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("the root of the 6 only", says="root was taken of the 6 only")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6) / (fan_in + fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("no root", says="root is missing")
def glorot_uniform(fan_in, fan_out, rng):
    limit = 6 / (fan_in + fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("no brackets", says="Brackets are missing")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / fan_in + fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("the product of the fans", says="were multiplied")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in * fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("one more for the bias", says="counts no bias")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out + 1))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("12, as with the mean of the fans", says="The 6 is a 12")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / ((fan_in + fan_out) / 2))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("positive weights only", says="from 0 up")
def glorot_uniform(fan_in, fan_out, rng):
    return (rng.random((fan_in, fan_out)) * np.sqrt(6 / (fan_in + fan_out))).astype(np.float32)


@wrong("half the range", says="half as wide")
def glorot_uniform(fan_in, fan_out, rng):
    return ((rng.random((fan_in, fan_out)) - 0.5) * np.sqrt(6 / (fan_in + fan_out))).astype(np.float32)


@wrong("twice the limit, not shifted", says="shift them")
def glorot_uniform(fan_in, fan_out, rng):
    return (2 * np.sqrt(6 / (fan_in + fan_out)) * rng.random((fan_in, fan_out))).astype(np.float32)


@wrong("minus 1 after the limit", says="mind the brackets")
def glorot_uniform(fan_in, fan_out, rng):
    return (np.sqrt(6 / (fan_in + fan_out)) * 2 * rng.random((fan_in, fan_out)) - 1).astype(np.float32)


@wrong("one end given to rng.uniform", says="Give it both ends")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(limit, size=(fan_in, fan_out)).astype(np.float32)


@wrong("from -1 to 1", says="between −1 and 1")
def glorot_uniform(fan_in, fan_out, rng):
    return rng.uniform(-1, 1, (fan_in, fan_out)).astype(np.float32)


@wrong("from 0 to 1", says="between 0 and 1")
def glorot_uniform(fan_in, fan_out, rng):
    return rng.random((fan_in, fan_out), dtype=np.float32)


@wrong("the limit of the network", says="our network's dense layer")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (4732 + 128))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("shape swapped", says="shape of the weights is swapped")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_out, fan_in)).astype(np.float32)


@wrong("one number", says="drew one number")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.float32(rng.uniform(-limit, limit))


@wrong("one long row", says="ask for them as a table")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, fan_in * fan_out).astype(np.float32)


@wrong("one draw for all weights", says="same number")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.full((fan_in, fan_out), rng.uniform(-limit, limit), dtype=np.float32)


@wrong("one row for all inputs", says="All rows are the same")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.tile(rng.uniform(-limit, limit, fan_out), (fan_in, 1)).astype(np.float32)


@wrong("one column for all units", says="All columns are the same")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.repeat(rng.uniform(-limit, limit, (fan_in, 1)), fan_out, axis=1).astype(np.float32)


@wrong("zeros", says="All weights are 0")
def glorot_uniform(fan_in, fan_out, rng):
    return np.zeros((fan_in, fan_out), dtype=np.float32)


@wrong("draws whole numbers", says="All weights are 0")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.trunc(rng.uniform(-limit, limit, (fan_in, fan_out))).astype(np.float32)


@wrong("evenly spaced", says="evenly spaced")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.linspace(-limit, limit, fan_in * fan_out, dtype=np.float32).reshape(fan_in, fan_out)


@wrong("evenly spaced, shuffled", says="evenly spaced")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.permutation(np.linspace(-limit, limit, fan_in * fan_out, dtype=np.float32)).reshape(fan_in, fan_out)


@wrong("half of the units drawn, the others their negatives", says="not independent")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    half = rng.uniform(-limit, limit, (fan_in, -(-fan_out // 2)))
    return np.concatenate([half, -half], axis=1)[:, :fan_out].astype(np.float32)


@wrong("np.random", says="np.random.uniform")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.random.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("a generator of its own", says="a generator made inside")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    rng = np.random.default_rng()
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("a seed of its own", says="fixes the seed")
def glorot_uniform(fan_in, fan_out, rng):
    rng = np.random.default_rng(0)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("seeds np.random", says="fixes the seed")
def glorot_uniform(fan_in, fan_out, rng):
    np.random.seed(42)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.random.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("Keras' initializer without the generator", says="do not come from `rng`")
def glorot_uniform(fan_in, fan_out, rng):
    import keras

    return keras.initializers.GlorotUniform()((fan_in, fan_out))


@wrong("draws from a copy", says="copied or set back")
def glorot_uniform(fan_in, fan_out, rng):
    rng = copy.deepcopy(rng)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("sets the generator back", says="copied or set back")
def glorot_uniform(fan_in, fan_out, rng):
    before = rng.bit_generator.state
    limit = np.sqrt(6 / (fan_in + fan_out))
    weights = rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)
    rng.bit_generator.state = before
    return weights


@wrong("no return", says="returned None")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)


@wrong("half precision", says="float32")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float16)


@wrong("only the two limits", says="only 2 different weights")
def glorot_uniform(fan_in, fan_out, rng):
    a = np.sqrt(6 / (fan_in + fan_out))
    return rng.choice([-a, a], (fan_in, fan_out)).astype(np.float32)


@wrong("picks from 21 values", says="only 21 different weights")
def glorot_uniform(fan_in, fan_out, rng):
    a = np.sqrt(6 / (fan_in + fan_out))
    return rng.choice(np.linspace(-a, a, 21), (fan_in, fan_out)).astype(np.float32)


@wrong("the difference of two draws", says="one draw of rng.uniform makes one weight")
def glorot_uniform(fan_in, fan_out, rng):
    a = np.sqrt(6 / (fan_in + fan_out))
    return ((rng.random((fan_in, fan_out)) - rng.random((fan_in, fan_out))) * a).astype(np.float32)


@right("angles without a preferred direction")
def glorot_uniform(fan_in, fan_out, rng):
    return (rng.vonmises(0, 0, (fan_in, fan_out)) / np.pi * np.sqrt(6 / (fan_in + fan_out))).astype(np.float32)


@right("normal numbers through the error function")
def glorot_uniform(fan_in, fan_out, rng):
    z = rng.standard_normal((fan_in, fan_out))
    return (np.vectorize(math.erf)(z / math.sqrt(2)) * np.sqrt(6 / (fan_in + fan_out))).astype(np.float32)
