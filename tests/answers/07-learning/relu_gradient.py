"""What students write for relu_gradient."""

import numpy as np
from bank import right, wrong


@right("times a mask")
def relu_gradient(x, upstream):
    return upstream * (x > 0)


@right("np.where")
def relu_gradient(x, upstream):
    return np.where(x <= 0, 0, upstream)


@right("zeros in a copy")
def relu_gradient(x, upstream):
    result = upstream.copy()
    result[x <= 0] = 0
    return result


@right("filled in where the gate is open")
def relu_gradient(x, upstream):
    result = np.zeros(x.shape, dtype=np.float32)
    result[x > 0] = upstream[x > 0]
    return result


@right("one loop over all places, lists in between")
def relu_gradient(x, upstream):
    flat = [blame if value > 0 else 0.0 for value, blame in zip(x.ravel().tolist(), upstream.ravel().tolist(), strict=True)]
    return np.array(flat).reshape(x.shape)


@right("heaviside")
def relu_gradient(x, upstream):
    return upstream * np.heaviside(x.astype(float), 0)


@right("TensorFlow's tape")
def relu_gradient(x, upstream):
    import tensorflow as tf

    x = tf.constant(x.astype(np.float64))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.relu(x)
    return tape.gradient(y, x, tf.constant(upstream)).numpy()


@wrong("open at 0", says="At x = 0")
def relu_gradient(x, upstream):
    return upstream * (x >= 0)


@wrong("mask only", says="multiplied by upstream")
def relu_gradient(x, upstream):
    return (x > 0).astype(float)


@wrong("relu of upstream", says="must look at x")
def relu_gradient(x, upstream):
    return np.maximum(upstream, 0)


@wrong("relu of both", says="Negative blame was lost")
def relu_gradient(x, upstream):
    return np.maximum(upstream, 0) * (x > 0)


@wrong("relu(x) times upstream", says="multiplied by relu(x)")
def relu_gradient(x, upstream):
    return np.maximum(x, 0) * upstream


@wrong("relu itself", says="That is relu itself")
def relu_gradient(x, upstream):
    return np.maximum(x, 0)


@wrong("passes everything", says="passed on everywhere")
def relu_gradient(x, upstream):
    return upstream.copy()


@wrong("gate the wrong way round", says="wrong way round")
def relu_gradient(x, upstream):
    return np.where(x > 0, 0, upstream)


@wrong("sign of x", says="multiplied by the sign of x")
def relu_gradient(x, upstream):
    return np.sign(x) * upstream


@wrong("leaky", says="leaky")
def relu_gradient(x, upstream):
    return np.where(x > 0, upstream, 0.01 * upstream)


@wrong("the dtype of x", says="cut off")
def relu_gradient(x, upstream):
    result = np.zeros_like(x)
    result[x > 0] = upstream[x > 0]
    return result


@wrong("only the open places", says="left out")
def relu_gradient(x, upstream):
    return upstream[x > 0]


@wrong("opens at 1", says="opens at 1")
def relu_gradient(x, upstream):
    return np.where(x >= 1, upstream, 0)


@wrong("open from a small number on", says="close to 0")
def relu_gradient(x, upstream):
    return upstream * (x > 1e-6)


@wrong("half at 0", says="half of the blame")
def relu_gradient(x, upstream):
    return upstream * np.heaviside(x.astype(float), 0.5)


@wrong("one axis only", says="along one axis")
def relu_gradient(x, upstream):
    return (
        np.array([blame if value > 0 else 0.0 for value, blame in zip(x.tolist(), upstream.tolist(), strict=True)])
        if x.ndim == 1
        else upstream * 0
    )


@wrong("flattens", says="flattened")
def relu_gradient(x, upstream):
    return (upstream * (x > 0)).ravel()


@wrong("changes upstream", says="changed its second argument")
def relu_gradient(x, upstream):
    upstream[x <= 0] = 0
    return upstream


@wrong("no return", says="return")
def relu_gradient(x, upstream):
    upstream = upstream * (x > 0)


@wrong("larger of 0 and the product", says="relu was applied to x · upstream")
def relu_gradient(x, upstream):
    return np.maximum(0, x * upstream)


@wrong("an if over the array", says="`x > 0` is an array")
def relu_gradient(x, upstream):
    if x > 0:
        return upstream
    return 0


@wrong("divided by n", says="divided by the number of examples")
def relu_gradient(x, upstream):
    return upstream * (x > 0) / len(x)
