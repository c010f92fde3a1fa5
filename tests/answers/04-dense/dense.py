"""What students write for dense."""

import numpy as np
from bank import right, wrong


@right("the matrix product")
def dense(x, weights, bias):
    return x @ weights + bias


@right("np.dot, and the bias as a row")
def dense(x, weights, bias):
    return np.dot(x, weights) + bias.reshape(1, -1)


@right("einsum")
def dense(x, weights, bias):
    return np.einsum("ni,iu->nu", x, weights) + bias


@right("three loops")
def dense(x, weights, bias):
    n, inputs = x.shape
    units = weights.shape[1]
    result = np.zeros((n, units))
    for m in range(n):
        for j in range(units):
            for i in range(inputs):
                result[m, j] += x[m, i] * weights[i, j]
            result[m, j] += bias[j]
    return result


@right("a list of lists")
def dense(x, weights, bias):
    return [[sum(a * w for a, w in zip(row, column)) + b for column, b in zip(weights.T, bias)] for row in x]


@right("broadcasts, then adds up")
def dense(x, weights, bias):
    return (x[:, :, None] * weights[None]).sum(axis=1) + bias


@right("both transposed, and back")
def dense(x, weights, bias):
    return (weights.T @ x.T + bias[:, None]).T


@right("the bias as the weight of an input that is always 1")
def dense(x, weights, bias):
    return np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([weights, bias])


@right("one input at a time")
def dense(x, weights, bias):
    result = np.tile(bias, (len(x), 1)).astype(float)
    for i in range(x.shape[1]):
        result += np.outer(x[:, i], weights[i])
    return result


@right("one unit at a time")
def dense(x, weights, bias):
    return np.column_stack([x @ weights[:, j] + bias[j] for j in range(len(bias))])


@right("np.tensordot in float64")
def dense(x, weights, bias):
    return np.tensordot(x.astype(np.float64), weights.astype(np.float64), 1) + bias


@right("Keras' layer")
def dense(x, weights, bias):
    from keras import layers

    layer = layers.Dense(weights.shape[1])
    layer.build(x.shape)
    layer.set_weights([weights, bias])
    return layer(x)


@right("keras.ops")
def dense(x, weights, bias):
    import keras

    return keras.ops.add(keras.ops.matmul(x, weights), bias)


@right("an activation that may be asked for")
def dense(x, weights, bias, activation=None):
    z = np.matmul(x, weights) + bias
    return z if activation is None else activation(z)


@wrong("forgets the bias", says="bias was forgotten")
def dense(x, weights, bias):
    return x @ weights


@wrong("subtracts the bias", says="subtracted")
def dense(x, weights, bias):
    return x @ weights - bias


@wrong("a bias for each example", says="A bias belongs to a unit")
def dense(x, weights, bias):
    return x @ weights + bias.reshape(-1, 1) if len(x) == len(bias) else x @ weights + bias


@wrong("the bias as a column", says="A bias belongs to a unit")
def dense(x, weights, bias):
    return x @ weights + bias[:, np.newaxis]


@wrong("the first bias for all", says="bias of the first")
def dense(x, weights, bias):
    return x @ weights + bias[0]


@wrong("the sum of the biases for all", says="sum of all biases")
def dense(x, weights, bias):
    return x @ weights + bias.sum()


@wrong("the bias once for every input", says="once for every input")
def dense(x, weights, bias):
    result = np.zeros((len(x), weights.shape[1]))
    for m in range(len(x)):
        for j in range(weights.shape[1]):
            for i in range(x.shape[1]):
                result[m, j] += x[m, i] * weights[i, j] + bias[j]
    return result


@wrong("the bias added to the weights", says="added to the weights")
def dense(x, weights, bias):
    return x @ (weights + bias)


@wrong("times the bias", says="multiplied by the bias")
def dense(x, weights, bias):
    return (x @ weights) * bias


@wrong("applies relu", says="relu was applied")
def dense(x, weights, bias):
    return np.maximum(x @ weights + bias, 0)


@wrong("relu before the bias", says="before the bias was added")
def dense(x, weights, bias):
    return np.maximum(x @ weights, 0) + bias


@wrong("applies the sigmoid", says="sigmoid")
def dense(x, weights, bias):
    return 1 / (1 + np.exp(-(x @ weights + bias)))


@wrong("applies softmax", says="softmax was applied")
def dense(x, weights, bias):
    z = x @ weights + bias
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@wrong("averages", says="averaged")
def dense(x, weights, bias):
    return (x[:, :, None] * weights).mean(axis=1) + bias


@wrong("transposes the weights", says="The weights were transposed")
def dense(x, weights, bias):
    return x @ weights.T + bias


@wrong("weights first", says="wrong order")
def dense(x, weights, bias):
    return weights @ x + bias


@wrong("weights first, transposed as in textbooks", says="Rows and columns")
def dense(x, weights, bias):
    return weights.T @ x.T + bias


@wrong("the result transposed", says="Rows and columns")
def dense(x, weights, bias):
    return (x @ weights + bias).T


@wrong("transposes x", says="x was transposed")
def dense(x, weights, bias):
    return np.dot(x.T, weights) + bias


@wrong("reshapes the weights until they fit", says="reshape")
def dense(x, weights, bias):
    units, inputs = len(bias), x.shape[1]
    return x @ weights.reshape(units, inputs).T + bias


@wrong("number by number", says="matrix product")
def dense(x, weights, bias):
    return x * weights + bias


@wrong("number by number, without the sum", says="matrix product")
def dense(x, weights, bias):
    return x[:, :, np.newaxis] * weights + bias


@wrong("one number for everything", says="no axes")
def dense(x, weights, bias):
    return sum(a * w for a, w in zip(x.ravel(), weights.ravel())) + bias.sum()


@wrong("leaves out the last input", says="last input was left out")
def dense(x, weights, bias):
    result = np.zeros((len(x), len(bias))) + bias
    for i in range(x.shape[1] - 1):
        result += np.outer(x[:, i], weights[i])
    return result


@wrong("keeps the last product only", says="took the place")
def dense(x, weights, bias):
    result = np.zeros((len(x), len(bias)))
    for m in range(len(x)):
        for j in range(len(bias)):
            for i in range(x.shape[1]):
                result[m, j] = x[m, i] * weights[i, j]
    return result + bias


@wrong("as many units as inputs", says="index went too far")
def dense(x, weights, bias):
    result = np.zeros((len(x), len(bias)))
    for m in range(len(x)):
        for j in range(len(weights)):
            result[m, j] = np.sum(x[m] * weights[:, j]) + bias[j]
    return result


@wrong("first example only", says="Only the first example")
def dense(x, weights, bias):
    return x[:1] @ weights + bias


@wrong("returns in the loop", says="`return` inside a loop")
def dense(x, weights, bias):
    for row in x:
        return row @ weights + bias


@wrong("one example, one row of numbers", says="One axis is missing")
def dense(x, weights, bias):
    return np.squeeze(x @ weights + bias)


@wrong("adds the examples up", says="examples were added up")
def dense(x, weights, bias):
    return np.sum(x @ weights, axis=0, keepdims=True) + bias


@wrong("whole numbers", says="cut off")
def dense(x, weights, bias):
    result = np.zeros((len(x), len(bias)), dtype=int)
    result[:] = x @ weights + bias
    return result


@wrong("adds the bias to the caller's weights", says="changed its")
def dense(x, weights, bias):
    result = x @ weights + bias
    weights += bias
    return result


@wrong("standardises its input in place", says="changed its first argument")
def dense(x, weights, bias):
    result = x @ weights + bias
    x -= x.mean()
    return result


@wrong("the sizes of the network", says="but has the shape (2, 128)")
def dense(x, weights, bias):
    result = np.zeros((len(x), 128))
    result[:, : len(bias)] = x @ weights + bias
    return result


@wrong("one example at a time", says="One axis is missing")
def dense(x, weights, bias):
    result = x @ weights + bias
    return result[0] if len(x) == 1 else result


@wrong("a single unit gives a row", says="One axis is missing")
def dense(x, weights, bias):
    result = x @ weights + bias
    return result.ravel() if len(bias) == 1 else result


@wrong("fills the result in the memory's order", says="transposed arrays")
def dense(x, weights, bias):
    n, inputs = x.shape
    return np.reshape(np.ravel(x, order="K"), (n, inputs)) @ weights + bias


@wrong("no return", says="return")
def dense(x, weights, bias):
    result = x @ weights + bias


@wrong("prints", says="returned None")
def dense(x, weights, bias):
    print(x @ weights + bias)


@wrong("half precision", says="values differ")
def dense(x, weights, bias):
    return (x.astype(np.float16) @ weights.astype(np.float16) + bias).astype(np.float16)
