"""What students write for train_softmax_regression."""

import numpy as np
from bank import right, wrong


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def train(images, labels, epochs, rng, rate=0.1, batch=32, shuffle=True, begin=None, blame_of=None, bias_moves=True, bias=0.0):
    """The right way, with places to go wrong in."""
    weights, bias = np.zeros((784, 10)) if begin is None else begin, np.zeros(10) + bias
    for _ in range(epochs):
        order = rng.permutation(len(images)) if shuffle else np.arange(len(images))
        for start in range(0, len(order), batch):
            some = order[start : start + batch]
            x, y = images[some], labels[some]
            p = softmax(x @ weights + bias)
            blame = (p - np.eye(10)[y]) / len(y) if blame_of is None else blame_of(p, y)
            weights = weights - rate * x.T @ blame
            if bias_moves:
                bias = bias - rate * blame.sum(axis=0)
    return weights, bias


@right("from zeros")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    n = len(images)
    for _ in range(epochs):
        order = rng.permutation(n)
        for start in range(0, n, 32):
            some = order[start : start + 32]
            probabilities = softmax(images[some] @ weights + bias)
            probabilities[np.arange(len(some)), labels[some]] -= 1
            weights -= 0.1 * images[some].T @ probabilities / len(some)
            bias -= 0.1 * probabilities.mean(axis=0)
    return weights, bias


@right("from small random weights, as a list, float32")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = train(images.astype(np.float32), labels, epochs, rng, begin=rng.normal(0, 0.01, (784, 10)))
    return [weights.astype(np.float32), bias.astype(np.float32)]


@right("shuffles copies in each epoch")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    both = np.column_stack([images, labels])
    for _ in range(epochs):
        rng.shuffle(both)
        for k in range(-(-len(both) // 32)):
            some = both[32 * k : 32 * (k + 1)]
            blame = (softmax(some[:, :784] @ weights + bias) - (some[:, 784:] == np.arange(10))) / len(some)
            weights, bias = weights - 0.1 * some[:, :784].T @ blame, bias - 0.1 * blame.sum(axis=0)
    return weights, bias


@right("draws every batch anew, with repetitions")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    for _ in range(epochs * -(-len(images) // 32)):
        some = rng.integers(len(images), size=32)
        blame = (softmax(images[some] @ weights + bias) - np.eye(10)[labels[some]]) / 32
        weights -= 0.1 * images[some].T @ blame
        bias -= 0.1 * blame.sum(axis=0)
    return weights, bias


@right("with Adam, and a smaller rate")
def train_softmax_regression(images, labels, epochs, rng):
    arrays = [np.zeros((784, 10)), np.zeros(10)]
    memory = [(0.0, 0.0), (0.0, 0.0)]
    t = 0
    for _ in range(epochs):
        for some in np.array_split(rng.permutation(len(images)), -(-len(images) // 32)):
            t += 1
            blame = (softmax(images[some] @ arrays[0] + arrays[1]) - np.eye(10)[labels[some]]) / len(some)
            for k, gradient in enumerate((images[some].T @ blame, blame.sum(axis=0))):
                m, v = memory[k]
                memory[k] = m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
                arrays[k] = arrays[k] - 0.002 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
    return tuple(arrays)


@right("one digit after the other inside a batch")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(order), 32):
            some = order[start : start + 32]
            dweights, dbias = np.zeros((784, 10)), np.zeros(10)
            for index in some:
                scores = images[index] @ weights + bias
                blame = np.exp(scores - scores.max())
                blame /= blame.sum()
                blame[labels[index]] -= 1
                dweights += images[index][:, None] * blame
                dbias += blame
            weights -= 0.1 / len(some) * dweights
            bias -= 0.1 / len(some) * dbias
    return weights, bias


@right("orders by random numbers, in float32")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
    for _ in range(epochs):
        order = np.argsort(rng.random(len(images)))
        for start in range(0, len(images), 32):
            some = order[start : start + 32]
            blame = ((softmax(images[some] @ weights + bias) - np.eye(10)[labels[some]]) / len(some)).astype(np.float32)
            weights -= np.float32(0.1) * images[some].T @ blame
            bias -= np.float32(0.1) * blame.sum(axis=0)
    return weights.tolist(), bias.tolist()


@right("the bias as one more weight, a shuffled list of indices")
def train_softmax_regression(images, labels, epochs, rng):
    x = np.hstack([images, np.ones((len(images), 1))])
    table, y = np.zeros((785, 10)), np.eye(10)[labels]
    for _ in range(epochs):
        order = list(range(len(x)))
        rng.shuffle(order)
        while order:
            some, order = order[:32], order[32:]
            table -= 0.1 * x[some].T @ (softmax(x[some] @ table) - y[some]) / len(some)
    return table[:784], table[784]


@right("a generator spawned from rng, rng.choice")
def train_softmax_regression(images, labels, epochs, rng):
    own = np.random.default_rng(rng.integers(2**63))
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    for _ in range(epochs):
        order = own.choice(len(images), len(images), replace=False)
        weights, bias = train(images[order], labels[order], 1, own, shuffle=False, begin=weights, bias=bias)
    return weights, bias


@wrong("uphill", says="uphill")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, rate=-0.1)


@wrong("never changes the weights", says="Nothing was learnt")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    new_weights, new_bias = train(images, labels, epochs, rng)
    return weights, bias


@wrong("one epoch only", says="number of epochs has no effect")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, 1, rng)


@wrong("one epoch too few", says="one epoch too few")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs - 1, rng)


@wrong("bias stays 0", says="bias was not trained")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, bias_moves=False)


@wrong("all digits at once", says="one step for each epoch")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, batch=len(images))


@wrong("batches of 1,000", says="batches of 1,000")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, batch=1000)


@wrong("learning rate 0.01", says="learning rate of 0.01")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, rate=0.01)


@wrong("Keras' learning rate for Adam", says="learning rate of 0.001")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, rate=0.001)


@wrong("divides by n twice", says="twice")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, blame_of=lambda p, y: (p - np.eye(10)[y]) / len(y) ** 2)


@wrong("shuffles the images only", says="no better than guessing")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images[rng.permutation(len(images))], labels, epochs, rng)


@wrong("first batch only", says="no others were used")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images[:32], labels[:32], epochs * 300, rng)


@wrong("NumPy's global randomness", says="rng")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, np.random.default_rng())


@wrong("shuffles the digits in place", says="changed its first argument")
def train_softmax_regression(images, labels, epochs, rng):
    order = rng.permutation(len(images))
    images[:], labels[:] = images[order], labels[order]
    return train(images, labels, epochs, rng)


@wrong("weights (10, 784)", says="weights is transposed")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = train(images, labels, epochs, rng)
    return weights.T, bias


@wrong("bias first", says="wrong order")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = train(images, labels, epochs, rng)
    return bias, weights


@wrong("bias of shape (1, 10)", says="one axis")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = train(images, labels, epochs, rng)
    return weights, bias[None]


@wrong("weights alone", says="2 arrays")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng)[0]


@wrong("scores are pixels of 0 to 255 times the rate", says="not finite")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    for _ in range(epochs):
        for start in range(0, len(images), 32):
            x, y = images[start : start + 32] * 255, labels[start : start + 32]
            with np.errstate(all="ignore"):
                p = np.exp(x @ weights + bias)
                p = p / p.sum(axis=1, keepdims=True)
                blame = (p - np.eye(10)[y]) / len(y)
                weights, bias = weights - 0.1 * x.T @ blame, bias - 0.1 * blame.sum(axis=0)
    return weights, bias


@wrong("no labels in the gradient", says="the labels play no part")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, blame_of=lambda p, y: p / len(y))


@wrong("returns inside the loop", says="number of epochs has no effect")
def train_softmax_regression(images, labels, epochs, rng):
    for _ in range(epochs):
        weights, bias = train(images, labels, 1, rng)
        return weights, bias


@right("no new order: a note, no deduction")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, shuffle=False)


@right("one order for all epochs: a note, no deduction")
def train_softmax_regression(images, labels, epochs, rng):
    order = rng.permutation(len(images))
    return train(images[order], labels[order], epochs, rng, shuffle=False)


@wrong("seeds NumPy's global generator", says="Generators in different states gave the same order")
def train_softmax_regression(images, labels, epochs, rng):
    np.random.seed(7)
    return train(images, labels, epochs, np.random)


@wrong("a seeded generator of its own", says="Generators in different states gave the same order")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, np.random.default_rng(0))


@right("drops the last batch: a note, no deduction")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    for _ in range(epochs):
        order = rng.permutation(len(images))[: len(images) // 32 * 32]
        weights, bias = train(images[order], labels[order], 1, rng, begin=weights, bias=bias)
    return weights, bias


@wrong("begins anew in every epoch", says="every epoch begins anew")
def train_softmax_regression(images, labels, epochs, rng):
    for _ in range(epochs):
        weights, bias = train(images, labels, 1, rng)
    return weights, bias


@wrong("no division by n", says="20 times too long")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, blame_of=lambda p, y: p - np.eye(10)[y])


@right("divides by 32, always: a note, no deduction")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, blame_of=lambda p, y: (p - np.eye(10)[y]) / 32)


@wrong("learning rate 10", says="a learning rate of 10 makes")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images, labels, epochs, rng, rate=10)


@wrong("divides by 255 once more", says="divided by 255 once more")
def train_softmax_regression(images, labels, epochs, rng):
    return train(images / 255, labels, epochs, rng)


@wrong("returns the gradients", says="the last gradients")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = train(images, labels, epochs, rng)
    blame = (softmax(images @ weights + bias) - np.eye(10)[labels]) / len(labels)
    return images.T @ blame, blame.sum(axis=0)


@wrong("one batch for each epoch", says="uses all digits")
def train_softmax_regression(images, labels, epochs, rng):
    weights, bias = np.zeros((784, 10)), np.zeros(10)
    for _ in range(epochs):
        some = rng.permutation(len(images))[:32]
        weights, bias = train(images[some], labels[some], 1, rng, begin=weights, bias=bias)
    return weights, bias


@wrong("goes on where the last call stopped", says="kept between the calls")
def train_softmax_regression(images, labels, epochs, rng, kept={}):  # noqa: B006
    kept["both"] = train(images, labels, epochs, rng, begin=kept.get("both", [None])[0], bias=kept.get("both", [0, 0.0])[1])
    return kept["both"]
