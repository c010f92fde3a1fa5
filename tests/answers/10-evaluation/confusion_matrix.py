"""What students write for confusion_matrix."""

from collections import Counter

import numpy as np
from bank import right, wrong


@right("a loop over pairs")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for label, answer in zip(labels, predicted):
        matrix[label, answer] += 1
    return matrix


@right("np.add.at")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=np.int32)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


@right("np.bincount of pair numbers")
def confusion_matrix(labels, predicted, classes=10):
    pairs = labels.astype(int) * classes + predicted
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


@right("two loops and masks")
def confusion_matrix(labels, predicted, classes=10):
    return [[int(np.sum((labels == row) & (predicted == column))) for column in range(classes)] for row in range(classes)]


@right("one-hot rows, multiplied")
def confusion_matrix(labels, predicted, classes=10):
    eye = np.eye(classes, dtype=int)
    return eye[labels].T @ eye[predicted]


@right("a histogram in two dimensions")
def confusion_matrix(labels, predicted, classes=10):
    edges = np.arange(classes + 1) - 0.5
    return np.histogram2d(labels, predicted, bins=[edges, edges])[0].astype(int)


@right("a Counter, as lists")
def confusion_matrix(labels, predicted, classes=10):
    count = Counter(zip(labels.tolist(), predicted.tolist()))
    return [[count[row, column] for column in range(classes)] for row in range(classes)]


@right("row by row with bincount")
def confusion_matrix(labels, predicted, classes=10):
    return np.stack([np.bincount(predicted[labels == row], minlength=classes) for row in range(classes)])


@right("by TensorFlow")
def confusion_matrix(labels, predicted, classes=10):
    import tensorflow as tf

    return tf.math.confusion_matrix(labels, predicted, num_classes=classes)


@right("unsigned 64-bit counts")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), np.uint64)
    for i in range(len(labels)):
        matrix[labels[i]][predicted[i]] += np.uint64(1)
    return matrix


@wrong("transposed", says="rows and columns are swapped")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for label, answer in zip(labels, predicted):
        matrix[answer, label] += 1
    return matrix


@wrong("adds at repeated indices", says="adds 1 only once")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[labels, predicted] += 1
    return matrix


@wrong("adds at repeated indices, transposed", says="Besides, rows and columns are swapped")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[predicted, labels] += 1
    return matrix


@wrong("normalised by rows", says="divided by its row sums")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (labels, predicted), 1)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@wrong("normalised by columns", says="divided by its column sums")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (labels, predicted), 1)
    return matrix / np.maximum(matrix.sum(axis=0), 1)


@wrong("shares of all examples", says="divided by the number of examples")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (labels, predicted), 1 / len(labels))
    return matrix


@wrong("only the classes that occur", says="classes that do not occur were left out")
def confusion_matrix(labels, predicted, classes=10):
    names = np.unique(np.concatenate([labels, predicted]))
    return np.array([[np.sum((labels == row) & (predicted == column)) for column in names] for row in names])


@wrong("only the classes among the labels", says="classes that do not occur were left out")
def confusion_matrix(labels, predicted, classes=10):
    names = np.unique(labels)
    return np.array([[np.sum((labels == row) & (predicted == column)) for column in names] for row in names])


@wrong("up to the largest class", says="ends with the largest class")
def confusion_matrix(labels, predicted, classes=10):
    size = max(labels.max(), predicted.max()) + 1
    matrix = np.zeros((size, size), dtype=int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


@wrong("always ten classes", says="10 rows and columns, although 3 classes")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((10, 10), dtype=int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


@wrong("floats", says="dtype=int")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


@wrong("mistakes only", says="The diagonal is empty")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for label, answer in zip(labels, predicted):
        if label != answer:
            matrix[label, answer] += 1
    return matrix


@wrong("hits only", says="Only the right answers were counted")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for label, answer in zip(labels, predicted):
        if label == answer:
            matrix[label, label] += 1
    return matrix


@wrong("everything on the diagonal", says="counted on the diagonal")
def confusion_matrix(labels, predicted, classes=10):
    return np.diag(np.bincount(labels, minlength=classes))


@wrong("bytes that wrap around", says="values differ")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=np.uint8)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


@wrong("pair numbers that wrap around", says="labels of one byte")
def confusion_matrix(labels, predicted, classes=10):
    return np.bincount(labels * np.array(classes, labels.dtype) + predicted, minlength=classes**2)[: classes**2].reshape(classes, classes)


@wrong("one long list", says="Give it the shape")
def confusion_matrix(labels, predicted, classes=10):
    return np.bincount(labels.astype(int) * classes + predicted, minlength=classes**2)


@wrong("prints it", says="return")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, predicted), 1)
    print(matrix)


@wrong("the accuracy", says="shape (3, 3)")
def confusion_matrix(labels, predicted, classes=10):
    return np.mean(labels == predicted)


@wrong("an empty array that is not zeroed", says="differ")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.full((classes, classes), 7)  # what np.ndarray or np.empty happen to hold
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


@wrong("one row for all: lists multiplied", says="differ")
def confusion_matrix(labels, predicted, classes=10):
    matrix = [[0] * classes] * classes
    for label, answer in zip(labels, predicted):
        matrix[label][answer] += 1
    return matrix


@wrong("sorts its arguments", says="differ")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (np.sort(labels), np.sort(predicted)), 1)
    return matrix


@wrong("starts at 1", says="stopped with IndexError")
def confusion_matrix(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for label, answer in zip(labels, predicted):
        matrix[label + 1, answer + 1] += 1
    return matrix
