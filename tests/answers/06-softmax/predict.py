"""What students write for predict."""

import numpy as np
from bank import right, wrong


@right("argmax along the last axis")
def predict(probabilities):
    return probabilities.argmax(-1)


@right("a loop, a list")
def predict(probabilities):
    return [int(np.argmax(row)) for row in probabilities]


@right("keras.ops")
def predict(probabilities):
    from keras import ops

    return ops.argmax(probabilities, axis=-1)


@right("tf.argmax")
def predict(probabilities):
    import tensorflow as tf

    return tf.argmax(probabilities, axis=1)


@right("sorted, the last")
def predict(probabilities):
    return np.argsort(probabilities, axis=1)[:, -1]


@right("where the largest is")
def predict(probabilities):
    return np.nonzero(probabilities == probabilities.max(axis=1, keepdims=True))[1]


@right("pure Python, the last of equals")
def predict(probabilities):
    answers = []
    for row in probabilities.tolist():
        best = 0
        for digit, probability in enumerate(row):
            if probability >= row[best]:
                best = digit
        answers.append(best)
    return answers


@right("as bytes")
def predict(probabilities):
    return np.argmax(probabilities, axis=1).astype(np.uint8)


@right("list.index of the largest")
def predict(probabilities):
    return np.array([list(row).index(max(row)) for row in probabilities])


@wrong("argmax of everything", says="whole array")
def predict(probabilities):
    return np.argmax(probabilities)


@wrong("axis 0", says="every column")
def predict(probabilities):
    return np.argmax(probabilities, axis=0)


@wrong("argmin", says="least probable")
def predict(probabilities):
    return np.argmin(probabilities, axis=1)


@wrong("the largest probabilities", says="not `np.max`")
def predict(probabilities):
    return np.max(probabilities, axis=1)


@wrong("counts from 1", says="counted from 1")
def predict(probabilities):
    return np.argmax(probabilities, axis=1) + 1


@wrong("keepdims", says="(n, 1)")
def predict(probabilities):
    return np.argmax(probabilities, axis=1, keepdims=True)


@wrong("one-hot", says="one-hot rows")
def predict(probabilities):
    return (probabilities == probabilities.max(axis=1, keepdims=True)).astype(int)


@wrong("second best", says="second most probable")
def predict(probabilities):
    return np.argsort(probabilities, axis=1)[:, -2]


@wrong("all classes, sorted", says="sorted")
def predict(probabilities):
    return np.argsort(probabilities, axis=1)[:, ::-1]


@wrong("expected digit", says="averaged")
def predict(probabilities):
    return np.round(probabilities @ np.arange(probabilities.shape[1])).astype(int)


@wrong("more than half", says="more than half")
def predict(probabilities):
    return np.argmax(probabilities > 0.5, axis=1)


@wrong("rounds", says="rounded to 0 and 1")
def predict(probabilities):
    return np.round(probabilities).astype(int)


@wrong("rounds, then takes the place", says="half of the probability")
def predict(probabilities):
    return np.round(probabilities).argmax(axis=1)


@wrong("floats", says="came as float64")
def predict(probabilities):
    answers = np.zeros(len(probabilities))
    for i, row in enumerate(probabilities):
        answers[i] = row.argmax()
    return answers


@wrong("first digit only", says="only one answer")
def predict(probabilities):
    for row in probabilities:
        return int(np.argmax(row))


@wrong("squeezes a single answer", says="batch of one")
def predict(probabilities):
    return np.squeeze(np.argmax(probabilities, axis=1))


@wrong("looks at ten columns only", says="another number of them")
def predict(probabilities):
    answers = []
    for row in probabilities:
        best = 0
        for digit in range(min(10, len(row))):
            if row[digit] > row[best]:
                best = digit
        answers.append(best)
    return answers


@wrong("never looks at the last class", says="differ")
def predict(probabilities):
    answers = []
    for row in probabilities:
        best = 0
        for digit in range(len(row) - 1):
            if row[digit] > row[best]:
                best = digit
        answers.append(best)
    return answers


@wrong("never resets the best probability", says="differ")
def predict(probabilities):
    answers, best, answer = [], 0, 0
    for row in probabilities:
        for digit, probability in enumerate(row):
            if probability > best:
                best, answer = probability, digit
        answers.append(answer)
    return answers


@wrong("as texts", says="numbers")
def predict(probabilities):
    return [str(answer) for answer in np.argmax(probabilities, axis=1)]


@wrong("sorts the rows", says="changed its first argument")
def predict(probabilities):
    answers = np.argmax(probabilities, axis=1)
    probabilities.sort(axis=1)
    return answers


@wrong("no return", says="returned None")
def predict(probabilities):
    print(np.argmax(probabilities, axis=1))
