"""What students write for relu."""

import numpy as np
from bank import right, wrong


@right("np.maximum")
def relu(x):
    return np.maximum(x, 0)


@right("np.where")
def relu(x):
    return np.where(x > 0, x, 0)


@right("times a mask")
def relu(x):
    return x * (x > 0)


@right("a copy, masked")
def relu(x):
    x = x.copy()
    x[x < 0] = 0
    return x


@right("np.clip without an upper limit")
def relu(x):
    return np.clip(x, 0, None)


@right("np.clip up to infinity")
def relu(x):
    return np.clip(x, 0, np.inf)


@right("a loop over all entries, as floats")
def relu(x):
    x = np.asarray(x)
    return np.array([max(0.0, float(value)) for value in x.ravel()]).reshape(x.shape)


@right("np.vectorize")
def relu(x):
    return np.vectorize(lambda value: value if value > 0 else 0, otypes=[float])(x)


@right("half of x plus its absolute value, in floats")
def relu(x):
    x = x.astype(float)
    return (x + np.abs(x)) / 2


@right("nested lists")
def relu(x):
    def positive(value):
        return [positive(v) for v in value] if isinstance(value, list) else max(value, 0)

    return positive(x.tolist())


@right("with negative zeros")
def relu(x):
    return -np.minimum(-x.astype(float), 0)


@wrong("absolute value", says="absolute value")
def relu(x):
    return np.abs(x)


@wrong("np.minimum", says="opposite")
def relu(x):
    return np.minimum(x, 0)


@wrong("np.max", says="np.maximum")
def relu(x):
    return max(np.max(x), 0)


@wrong("leaves negatives out", says="shape")
def relu(x):
    return x[x > 0]


@wrong("the mask itself", says="0 and 1")
def relu(x):
    return x > 0


@wrong("in place", says="changed its first argument")
def relu(x):
    if x.ndim:
        x[x < 0] = 0
    return np.maximum(x, 0)


@wrong("in place, by out", says="changed its first argument")
def relu(x):
    return np.maximum(x, 0, out=x)


@wrong("leaky", says="leaky")
def relu(x):
    return np.where(x > 0, x, 0.01 * x)


@wrong("cut to 1", says="cut to 1")
def relu(x):
    return np.clip(x, 0, 1)


@wrong("relu6", says="relu6")
def relu(x):
    return np.clip(x, 0, 6)


@wrong("sigmoid", says="sigmoid")
def relu(x):
    return 1 / (1 + np.exp(-x.astype(float)))


@wrong("softplus", says="softplus")
def relu(x):
    return np.log1p(np.exp(x.astype(float)))


@wrong("overflows in small dtypes", says="overflow")
def relu(x):
    return (x + np.abs(x)) / 2


@wrong("overflows in small dtypes, whole division", says="overflow")
def relu(x):
    return np.where(x > 0, (x + np.abs(x)) // 2, 0) if x.dtype.kind in "iu" else np.maximum(x, 0)


@wrong("whole numbers only", says="cut off")
def relu(x):
    return np.maximum(x, 0).astype(int)


@wrong("a single number only", says="ambiguous")
def relu(x):
    if x > 0:
        return x
    return 0


@wrong("one axis only", says="along one axis")
def relu(x):
    return np.array([v if v > 0 else 0 for v in x])


@wrong("flattens", says="flattened")
def relu(x):
    return np.array([max(v, 0) for v in x.ravel()])


@wrong("unchanged", says="left as they are")
def relu(x):
    return x


@wrong("no return", says="return")
def relu(x):
    np.maximum(x, 0)


@wrong("signed bytes", says="differ")
def relu(x):
    return np.maximum(x.astype(np.int8) if x.dtype == np.uint8 else x, 0)
