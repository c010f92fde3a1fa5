"""What students write for dense_gradients."""

import numpy as np
from bank import right, wrong


def sums(x, weights, upstream):
    """The right ones, for answers that go wrong in one place."""
    return upstream @ weights.T, x.T @ upstream, upstream.sum(axis=0)


@right("einsum, as a list")
def dense_gradients(x, weights, upstream):
    return [np.einsum("nu,iu->ni", upstream, weights), np.einsum("ni,nu->iu", x, upstream), np.einsum("nu->u", upstream)]


@right("loops over the examples")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = np.zeros(x.shape), np.zeros(weights.shape), np.zeros(weights.shape[1])
    for m in range(len(x)):
        dx[m] = weights @ upstream[m]
        dweights += np.outer(x[m], upstream[m])
        dbias += upstream[m]
    return dx, dweights, dbias


@right("broadcasting, no matrix product")
def dense_gradients(x, weights, upstream):
    dx = (upstream[:, None, :] * weights).sum(axis=-1)
    dweights = (x[:, :, None] * upstream[:, None, :]).sum(axis=0)
    return dx, dweights, upstream.sum(0)


@right("tensordot and a row of ones")
def dense_gradients(x, weights, upstream):
    dbias = (np.ones((1, len(x))) @ upstream)[0]
    return np.tensordot(upstream, weights, axes=([1], [1])), np.tensordot(x, upstream, axes=([0], [0])), dbias


@right("transposed twice, float32")
def dense_gradients(x, weights, upstream):
    x, weights, upstream = (a.astype(np.float32) for a in (x, weights, upstream))
    return (weights @ upstream.T).T, (upstream.T @ x).T, np.add.reduce(upstream)


@right("the bias as one more input")
def dense_gradients(x, weights, upstream):
    both = np.hstack([x, np.ones((len(x), 1))]).T @ upstream
    return upstream @ weights.T, both[:-1], both[-1]


@right("TensorFlow's tape")
def dense_gradients(x, weights, upstream):
    import tensorflow as tf

    x, weights, bias = tf.constant(x), tf.constant(weights), tf.zeros(weights.shape[1], weights.dtype)
    with tf.GradientTape() as tape:
        tape.watch([x, weights, bias])
        z = x @ weights + bias
    return tape.gradient(z, (x, weights, bias), tf.constant(upstream))


@wrong("forwards once more", says="goes forwards once more")
def dense_gradients(x, weights, upstream):
    return upstream @ weights, x.T @ upstream, upstream.sum(axis=0)


@wrong("x not transposed", says="x is not transposed")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x @ upstream, upstream.sum(axis=0)


@wrong("upstream.T @ x", says="dweights is transposed")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, upstream.T @ x, upstream.sum(axis=0)


@wrong("divides dweights by n", says="divided by the number of examples")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x.T @ upstream / len(x), upstream.sum(axis=0)


@wrong("divides dx by n", says="divided by the number of examples")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = sums(x, weights, upstream)
    return dx / len(x), dweights, dbias


@wrong("mean for dbias", says="dbias is a mean")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x.T @ upstream, upstream.mean(axis=0)


@wrong("keepdims", says="one axis too many")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x.T @ upstream, upstream.sum(axis=0, keepdims=True)


@wrong("dbias along the wrong axis", says="wrong axis")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x.T @ upstream, upstream.sum(axis=1)


@wrong("upstream as dbias", says="not added up over the examples")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x.T @ upstream, upstream


@wrong("dbias in one number", says="Each unit has its own bias")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x.T @ upstream, np.sum(upstream)


@wrong("order swapped", says="order is not")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = sums(x, weights, upstream)
    return dweights, dbias, dx


@wrong("two of three", says="3 arrays")
def dense_gradients(x, weights, upstream):
    _, dweights, dbias = sums(x, weights, upstream)
    return dweights, dbias


@wrong("a dictionary", says="dictionary")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = sums(x, weights, upstream)
    return {"dx": dx, "dweights": dweights, "dbias": dbias}


@wrong("relu's gate inside", says="relu's gate")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = sums(x, weights, upstream)
    return dx * (x > 0), dweights, dbias


@wrong("only the last example", says="Only the last example")
def dense_gradients(x, weights, upstream):
    for one, blame in zip(x, upstream, strict=True):
        dweights = np.outer(one, blame)
    return upstream @ weights.T, dweights, upstream.sum(axis=0)


@wrong("a table of weights for each example", says="not added up over the examples")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, x[:, :, None] * upstream[:, None, :], upstream.sum(axis=0)


@wrong("adds up before multiplying", says="before they were multiplied")
def dense_gradients(x, weights, upstream):
    return upstream @ weights.T, np.outer(x.sum(axis=0), upstream.sum(axis=0)), upstream.sum(axis=0)


@wrong("returns dx for all examples together", says="examples were added up in dx")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = sums(x, weights, upstream)
    return dx.sum(axis=0), dweights, dbias


@wrong("already takes the step", says="order is not")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = sums(x, weights, upstream)
    return dx, dbias, dweights


@wrong("downhill signs", says="sign of dweights")
def dense_gradients(x, weights, upstream):
    dx, dweights, dbias = sums(x, weights, upstream)
    return dx, -dweights, dbias


@wrong("squeezes everything", says="single example, input or unit")
def dense_gradients(x, weights, upstream):
    return [np.squeeze(a) for a in sums(x, weights, upstream)]


@wrong("divides upstream in place", says="divided by the number of examples")
def dense_gradients(x, weights, upstream):
    upstream /= len(x)
    return sums(x, weights, upstream)


@wrong("empties upstream", says="changed its third argument")
def dense_gradients(x, weights, upstream):
    result = sums(x, weights, upstream)
    upstream[...] = 0
    return result


@wrong("weights not transposed", says="It does not work for other sizes")
def dense_gradients(x, weights, upstream):
    return upstream @ weights, x.T @ upstream, upstream.sum(axis=0)


@wrong("gates upstream by relu of the layer's own scores", says="relu's gate is in it")
def dense_gradients(x, weights, upstream):
    upstream = upstream * (x @ weights > 0)
    return upstream @ weights.T, x.T @ upstream, upstream.sum(axis=0)


@wrong("local slopes only", says="upstream was left out of dweights")
def dense_gradients(x, weights, upstream):
    ones = np.ones_like(upstream)
    return ones @ weights.T, x.T @ ones, ones.sum(axis=0)


@wrong("dx forgets upstream", says="upstream was left out of dx")
def dense_gradients(x, weights, upstream):
    return np.tile(weights.sum(axis=1), (len(x), 1)), x.T @ upstream, upstream.sum(axis=0)


@wrong("dweights forgets upstream", says="upstream was left out of dweights")
def dense_gradients(x, weights, upstream):
    dweights = np.tile(x.sum(axis=0)[:, None], (1, weights.shape[1]))
    return upstream @ weights.T, dweights, upstream.sum(axis=0)


@wrong("the new weights instead of the gradients", says="Those are new parameters")
def dense_gradients(x, weights, upstream):
    return x - upstream @ weights.T, weights - x.T @ upstream, -upstream.sum(axis=0)


@wrong("dweights from the weights", says="dx stands where x belongs")
def dense_gradients(x, weights, upstream):
    dx = upstream @ weights.T
    return dx, dx.T @ upstream, upstream.sum(axis=0)


@wrong("number by number", says="multiplies number by number")
def dense_gradients(x, weights, upstream):
    return upstream * weights.T, x.T * upstream, upstream.sum(axis=0)
