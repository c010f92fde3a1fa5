"""What students write for one_hot."""

import numpy as np
from bank import right, wrong


@right("rows and columns")
def one_hot(labels, classes=10):
    result = np.zeros((labels.size, classes), dtype=np.float32)
    result[np.arange(labels.size), labels] = 1.0
    return result


@right("rows of the identity")
def one_hot(labels, classes=10):
    return np.eye(classes, dtype="float32")[labels]


@right("by comparison")
def one_hot(labels, classes=10):
    return (np.arange(classes) == labels.reshape(-1, 1)).astype(np.float32)


@right("a loop")
def one_hot(labels, classes=10):
    rows = []
    for label in labels:
        row = [0] * classes
        row[label] = 1
        rows.append(row)
    return np.array(rows, np.float32)


@right("two loops")
def one_hot(labels, classes=10):
    result = np.empty((len(labels), classes), "f4")
    for i in range(len(labels)):
        for j in range(classes):
            result[i, j] = 1 if labels[i] == j else 0
    return result


@right("np.put_along_axis")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), np.float32)
    np.put_along_axis(result, labels[:, None].astype(int), 1, axis=1)
    return result


@right("flat places")
def one_hot(labels, classes=10):
    result = np.zeros(len(labels) * classes, np.float32)
    result[np.arange(len(labels)) * classes + labels] = 1
    return result.reshape(-1, classes)


@right("keras.ops")
def one_hot(labels, classes=10):
    from keras import ops

    return ops.one_hot(labels, classes)


@right("tf.one_hot")
def one_hot(labels, classes=10):
    import tensorflow as tf

    return tf.one_hot(labels, depth=classes)


@right("to_categorical, as float32")
def one_hot(labels, classes=10):
    import keras

    return keras.utils.to_categorical(labels, classes).astype("float32")


@right("np.equal.outer")
def one_hot(labels, classes=10):
    return np.equal.outer(labels, np.arange(classes)).astype("float32")


@right("a list of float32 rows")
def one_hot(labels, classes=10):
    return [np.eye(classes, dtype=np.float32)[label] for label in labels]


@wrong("float64 from np.eye", says="their dtype is float64")
def one_hot(labels, classes=10):
    return np.eye(classes)[labels]


@wrong("float64 from to_categorical", says="their dtype is float64")
def one_hot(labels, classes=10):
    import keras

    return keras.utils.to_categorical(labels, num_classes=classes)


@wrong("whole numbers", says="their dtype is int")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), dtype=int)
    result[np.arange(len(labels)), labels] = 1
    return result


@wrong("True and False", says="their dtype is bool")
def one_hot(labels, classes=10):
    return labels[:, None] == np.arange(classes)


@wrong("lists", says="their dtype is")
def one_hot(labels, classes=10):
    return [[float(label == c) for c in range(classes)] for label in labels]


@wrong("ten written into it", says="ten columns whatever")
def one_hot(labels, classes=10):
    return np.eye(10, dtype=np.float32)[labels]


@wrong("as many columns as the largest label needs", says="as many columns as the largest label")
def one_hot(labels, classes=10):
    result = np.zeros((labels.size, labels.max() + 1), dtype=np.float32)
    result[np.arange(labels.size), labels] = 1
    return result


@wrong("a column for each class that occurs", says="a column for each class that occurs")
def one_hot(labels, classes=10):
    return (labels[:, None] == np.unique(labels)).astype(np.float32)


@wrong("columns numbered by the classes that occur", says="were skipped")
def one_hot(labels, classes=10):
    _, number = np.unique(labels, return_inverse=True)
    return np.eye(classes, dtype=np.float32)[number]


@wrong("all rows for every label", says="Every row got the labels of all")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), dtype=np.float32)
    result[:, labels] = 1
    return result


@wrong("rows for labels", says="Whole rows were filled")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), dtype=np.float32)
    result[labels] = 1
    return result


@wrong("label written into its column", says="the label itself was written")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), dtype=np.float32)
    for i, label in enumerate(labels):
        result[i, label] = label
    return result


@wrong("counts columns from 1", says="counted from 1")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), dtype=np.float32)
    result[np.arange(len(labels)), labels.astype(int) - 1] = 1
    return result


@wrong("one column too many", says="one column too many")
def one_hot(labels, classes=10):
    return np.eye(classes + 1, dtype=np.float32)[labels]


@wrong("swapped", says="swapped")
def one_hot(labels, classes=10):
    return 1 - np.eye(classes, dtype=np.float32)[labels]


@wrong("thermometer", says="All columns up to the label")
def one_hot(labels, classes=10):
    return (np.arange(classes) <= labels[:, None]).astype(np.float32)


@wrong("transposed", says="transposed")
def one_hot(labels, classes=10):
    result = np.zeros((classes, len(labels)), dtype=np.float32)
    result[labels, np.arange(len(labels))] = 1
    return result


@wrong("counts", says="These are counts")
def one_hot(labels, classes=10):
    result = np.zeros(classes, dtype=np.float32)
    for label in labels:
        result[label] += 1
    return result


@wrong("one row for all", says="There is only one row")
def one_hot(labels, classes=10):
    for label in labels:
        row = np.zeros(classes, dtype=np.float32)
        row[label] = 1
        return row


@wrong("joined rows", says="joined to one long row")
def one_hot(labels, classes=10):
    result = []
    for label in labels:
        row = np.zeros(classes, dtype=np.float32)
        row[label] = 1
        result.extend(row)
    return result


@wrong("compares without an axis", says="labels[:, None]")
def one_hot(labels, classes=10):
    return (labels == np.arange(classes)).astype(np.float32)


@wrong("never sets the 1", says="only zeros")
def one_hot(labels, classes=10):
    return np.zeros((len(labels), classes), dtype=np.float32)


@wrong("smooths", says="smoothed")
def one_hot(labels, classes=10):
    return (0.9 * np.eye(classes)[labels] + 0.1 / classes).astype(np.float32)


@wrong("flat places in the labels' dtype", says="one byte overflows")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), dtype=np.float32)
    rows = np.arange(len(labels)).astype(labels.dtype)
    result[rows, labels] = 1
    return result


@wrong("float16", says="their dtype is float16")
def one_hot(labels, classes=10):
    return np.eye(classes, dtype=np.float16)[labels]


@wrong("no default", says="missing 1 required positional argument")
def one_hot(labels, classes):
    return np.eye(classes, dtype=np.float32)[labels]


@wrong("no return", says="returned None")
def one_hot(labels, classes=10):
    result = np.zeros((len(labels), classes), dtype=np.float32)
    result[np.arange(len(labels)), labels] = 1


@wrong("sorts its labels", says="sorted")
def one_hot(labels, classes=10):
    return np.eye(classes, dtype=np.float32)[np.sort(labels)]


@wrong("changes its labels", says="changed its first argument")
def one_hot(labels, classes=10):
    result = np.eye(classes, dtype=np.float32)[labels]
    labels[:] = 0
    return result
