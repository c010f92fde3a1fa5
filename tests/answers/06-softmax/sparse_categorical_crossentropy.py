"""What students write for sparse_categorical_crossentropy."""

import math

import numpy as np
from bank import right, wrong


@right("pick, clip, log")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7))


@right("a loop with math.log")
def sparse_categorical_crossentropy(labels, probabilities):
    return [-math.log(min(max(row[label], 1e-7), 1 - 1e-7)) for label, row in zip(labels, probabilities, strict=True)]


@right("by one-hot rows")
def sparse_categorical_crossentropy(labels, probabilities):
    rows = np.eye(probabilities.shape[1])[labels]
    return -(rows * np.log(np.clip(probabilities, 1e-7, 1 - 1e-7))).sum(axis=-1)


@right("clipped, then divided by the sum, as Keras does")
def sparse_categorical_crossentropy(labels, probabilities):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    p = p / p.sum(axis=1, keepdims=True)
    return -np.log(np.take_along_axis(p, labels[:, None].astype(int), axis=1)[:, 0])


@right("in float32")
def sparse_categorical_crossentropy(labels, probabilities):
    p = np.asarray(probabilities, dtype=np.float32)
    eps = np.float32(1e-7)
    return -np.log(np.clip(p, eps, np.float32(1) - eps))[range(len(p)), labels]


@right("cut from below only")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-7))


@right("keras.losses")
def sparse_categorical_crossentropy(labels, probabilities):
    from keras import losses

    return losses.sparse_categorical_crossentropy(labels, probabilities)


@right("keras.losses, an object")
def sparse_categorical_crossentropy(labels, probabilities):
    import keras

    return keras.losses.SparseCategoricalCrossentropy(reduction=None)(labels, probabilities)


@right("keras.losses of float32")
def sparse_categorical_crossentropy(labels, probabilities):
    import keras

    return keras.losses.sparse_categorical_crossentropy(labels.astype("int32"), probabilities.astype("float32"))


@right("categorical, by keras and one-hot rows")
def sparse_categorical_crossentropy(labels, probabilities):
    import keras

    rows = keras.ops.one_hot(labels, probabilities.shape[-1], dtype=probabilities.dtype)
    return keras.losses.categorical_crossentropy(rows, probabilities)


@right("log of the inverse")
def sparse_categorical_crossentropy(labels, probabilities):
    chosen = np.array([probabilities[i][labels[i]] for i in range(len(labels))])
    return np.log(1 / np.clip(chosen, 1e-7, 1 - 1e-7))


@right("base 2, turned into natural logarithms")
def sparse_categorical_crossentropy(labels, probabilities):
    p = probabilities.clip(1e-7, 1 - 1e-7)
    return -np.log2(p[np.arange(p.shape[0]), labels]) * np.log(2)


@right("on a copy, in place")
def sparse_categorical_crossentropy(labels, probabilities):
    p = probabilities.copy()
    p[p < 1e-7] = 1e-7
    p[p > 1 - 1e-7] = 1 - 1e-7
    result = np.empty(len(p))
    for i, label in enumerate(labels):
        result[i] = -np.log(p[i, label])
    return result


@right("the loss is limited, not the probability")
def sparse_categorical_crossentropy(labels, probabilities):
    with np.errstate(divide="ignore"):
        losses = -np.log(probabilities[np.arange(len(labels)), labels])
    return np.clip(losses, -np.log(1 - 1e-7), -np.log(1e-7))


@wrong("mean", says="That is the mean over all digits")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7)).mean()


@wrong("sum", says="That is the sum over all digits")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7)).sum()


@wrong("mean over digits and classes", says="mean over digits and classes")
def sparse_categorical_crossentropy(labels, probabilities):
    rows = np.eye(probabilities.shape[1])[labels]
    return -np.mean(rows * np.log(np.clip(probabilities, 1e-7, 1 - 1e-7)))


@wrong("divided by n", says="divided by the number of digits")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7)) / len(labels)


@wrong("mean over the classes", says="divided by the number of classes")
def sparse_categorical_crossentropy(labels, probabilities):
    rows = np.eye(probabilities.shape[1])[labels]
    return -np.mean(rows * np.log(np.clip(probabilities, 1e-7, 1 - 1e-7)), axis=1)


@wrong("minus forgotten", says="minus sign is missing")
def sparse_categorical_crossentropy(labels, probabilities):
    return np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7))


@wrong("log2", says="base 2")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log2(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7))


@wrong("log10", says="base 10")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log10(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7))


@wrong("log1p against zeros", says="1 + p")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log1p(probabilities[np.arange(len(labels)), labels])


@wrong("not clipped", says="logarithm of 0 is minus infinity")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(probabilities[np.arange(len(labels)), labels])


@wrong("not clipped, with math.log", says="no logarithm of 0")
def sparse_categorical_crossentropy(labels, probabilities):
    return [-math.log(probabilities[i, label]) for i, label in enumerate(labels)]


@wrong("not clipped, by one-hot rows", says="0 times that is nan")
def sparse_categorical_crossentropy(labels, probabilities):
    rows = np.eye(probabilities.shape[1])[labels]
    return -(rows * np.log(probabilities)).sum(axis=1)


@wrong("clipped at 1e-8", says="clipped at 1e-8")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-8, 1 - 1e-8))


@wrong("clipped at 1e-10", says="clipped at 1e-10")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-10, 1))


@wrong("clipped at 1e-15", says="clipped at 1e-15")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-15, 1 - 1e-15))


@wrong("clipped at the machine's epsilon", says="clipped at 2.22e-16")
def sparse_categorical_crossentropy(labels, probabilities):
    eps = np.finfo(float).eps
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], eps, 1 - eps))


@wrong("clipped at 1e-3", says="clipped at 0.001")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-3, 1 - 1e-3))


@wrong("clipped at 1e7", says="sparse_categorical_crossentropy(labels, probabilities)")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e7, 1 - 1e7))


@wrong("1e-7 added", says="was added to the probabilities")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-7)


@wrong("1e-9 added", says="was added to the probabilities")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-9)


@wrong("no loss for the impossible", says="no loss")
def sparse_categorical_crossentropy(labels, probabilities):
    p = probabilities[np.arange(len(labels)), labels]
    return np.where(p > 0, -np.log(np.maximum(p, 1e-300)), 0)


@wrong("nan_to_num", says="largest number that a float can hold")
def sparse_categorical_crossentropy(labels, probabilities):
    return np.nan_to_num(-np.log(probabilities[np.arange(len(labels)), labels]))


@wrong("losses cut at 100", says="the loss 100")
def sparse_categorical_crossentropy(labels, probabilities):
    return np.minimum(-np.log(probabilities[np.arange(len(labels)), labels]), 100)


@wrong("of the most probable class", says="losses of the most probable class")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities.max(axis=1), 1e-7, 1 - 1e-7))


@wrong("of all classes", says="losses of all classes")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities, 1e-7, 1 - 1e-7))


@wrong("sum over all classes", says="losses of all classes were added up")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities, 1e-7, 1 - 1e-7)).sum(axis=1)


@wrong("columns for labels", says="`probabilities[:, labels]` takes the columns")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[:, labels], 1e-7, 1 - 1e-7))


@wrong("rows for labels", says="takes whole rows")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[labels], 1e-7, 1 - 1e-7))


@wrong("row and column swapped", says="Row and column are swapped")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(probabilities[labels, np.arange(len(labels))], 1e-7, 1 - 1e-7))


@wrong("binary cross-entropy", says="binary cross-entropy")
def sparse_categorical_crossentropy(labels, probabilities):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    y = np.eye(p.shape[1])[labels]
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1)


@wrong("binary cross-entropy, mean over the classes", says="binary cross-entropy")
def sparse_categorical_crossentropy(labels, probabilities):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    y = np.eye(p.shape[1])[labels]
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=1)


@wrong("entropy", says="entropy of the probabilities")
def sparse_categorical_crossentropy(labels, probabilities):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    return -(p * np.log(p)).sum(axis=1)


@wrong("one minus", says="1 minus the label's probability")
def sparse_categorical_crossentropy(labels, probabilities):
    return 1 - probabilities[np.arange(len(labels)), labels]


@wrong("log of one minus", says="-ln(1 - p)")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.log(np.clip(1 - probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7))


@wrong("squared differences", says="squared differences")
def sparse_categorical_crossentropy(labels, probabilities):
    return ((np.eye(probabilities.shape[1])[labels] - probabilities) ** 2).sum(axis=1)


@wrong("hits", says="whether the most probable class is the label")
def sparse_categorical_crossentropy(labels, probabilities):
    return (probabilities.argmax(axis=1) == labels).astype(float)


@wrong("softmax once more", says="through softmax once more")
def sparse_categorical_crossentropy(labels, probabilities):
    e = np.exp(probabilities)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(np.clip(p[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7))


@wrong("from_logits", says="through softmax once more")
def sparse_categorical_crossentropy(labels, probabilities):
    import keras

    return keras.losses.sparse_categorical_crossentropy(labels, probabilities, from_logits=True)


@wrong("Keras' object with its own reduction", says="That is the mean over all digits")
def sparse_categorical_crossentropy(labels, probabilities):
    import keras

    return keras.losses.SparseCategoricalCrossentropy()(labels, probabilities)


@wrong("shape (n, 1)", says="(n, 1)")
def sparse_categorical_crossentropy(labels, probabilities):
    p = np.take_along_axis(probabilities, labels[:, None].astype(int), axis=1)
    return -np.log(np.clip(p, 1e-7, 1 - 1e-7))


@wrong("table of losses", says="a row for each digit and a column for each class")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.eye(probabilities.shape[1])[labels] * np.log(np.clip(probabilities, 1e-7, 1 - 1e-7))


@wrong("summed over axis 0", says="for each class (axis 0)")
def sparse_categorical_crossentropy(labels, probabilities):
    return -(np.eye(probabilities.shape[1])[labels] * np.log(np.clip(probabilities, 1e-7, 1 - 1e-7))).sum(axis=0)


@wrong("counts labels from 1", says="counted from 1")
def sparse_categorical_crossentropy(labels, probabilities):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    return -np.log(p[np.arange(len(labels)), labels.astype(int) - 1])


@wrong("ten classes written into it", says="another number of them")
def sparse_categorical_crossentropy(labels, probabilities):
    return -(np.eye(10)[labels] * np.log(np.clip(probabilities, 1e-7, 1 - 1e-7))).sum(axis=1)


@wrong("first digit only", says="There is only one loss")
def sparse_categorical_crossentropy(labels, probabilities):
    for label, row in zip(labels, probabilities, strict=True):
        return -np.log(np.clip(row[label], 1e-7, 1 - 1e-7))


@wrong("clips in place", says="changed its second argument")
def sparse_categorical_crossentropy(labels, probabilities):
    np.clip(probabilities, 1e-7, 1 - 1e-7, out=probabilities)
    return -np.log(probabilities[np.arange(len(labels)), labels])


@wrong("expects one-hot labels", says="sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(labels, probabilities):
    return -np.sum(np.reshape(labels, (len(labels), -1)) * np.log(np.clip(probabilities, 1e-7, 1 - 1e-7)), axis=1)


@wrong("no return", says="returned None")
def sparse_categorical_crossentropy(labels, probabilities):
    losses = -np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7))
    print(losses)
