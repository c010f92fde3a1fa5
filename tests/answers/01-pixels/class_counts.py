"""What students write for class_counts."""

from collections import Counter

import numpy as np
from bank import right, wrong


@wrong("leaves absent digits out with np.unique", says="keep their place")
def class_counts(labels):
    return np.unique(labels, return_counts=True)[1]


@wrong("returns all that np.unique gives", says="np.unique")
def class_counts(labels):
    return np.unique(labels, return_counts=True)


@wrong("uses np.bincount without minlength", says="keep their place")
def class_counts(labels):
    return np.bincount(labels)


@wrong("returns a dictionary", says="dictionary")
def class_counts(labels):
    counts = {}
    for label in labels.tolist():
        counts[label] = counts.get(label, 0) + 1
    return counts


@wrong("returns a Counter", says="dictionary")
def class_counts(labels):
    return Counter(labels.tolist())


@wrong("takes a histogram of ten bins", says="smallest to the largest")
def class_counts(labels):
    return np.histogram(labels, bins=10)[0]


@wrong("takes a histogram with too few edges", says="nine numbers")
def class_counts(labels):
    return np.histogram(labels, bins=range(10))[0]


@wrong("stops at 8", says="range(9)")
def class_counts(labels):
    counts = np.zeros(10)
    for digit in range(9):
        counts[digit] = (labels == digit).sum()
    return counts


@wrong("counts from 1 to 10", says="one place off")
def class_counts(labels):
    return [np.sum(labels == digit) for digit in range(1, 11)]


@wrong("counts from 1 to 9", says="count of 0 is missing")
def class_counts(labels):
    return [np.sum(labels == digit) for digit in range(1, 10)]


@wrong("keeps the counts in 8 bits", says="wrapped around")
def class_counts(labels):
    counts = np.zeros(10, dtype=labels.dtype)
    for label in labels:
        counts[label] += 1
    return counts


@wrong("keeps the counts in uint8 always", says="wrapped around")
def class_counts(labels):
    return np.array([(labels == digit).sum() for digit in range(10)]).astype("uint8")


@wrong("returns fractions", says="fractions of the whole")
def class_counts(labels):
    return np.bincount(labels, minlength=10) / len(labels)


@wrong("adds the labels up", says="added up instead of counted")
def class_counts(labels):
    return [labels[labels == digit].sum(dtype=int) for digit in range(10)]


@wrong("asks only whether a digit occurs", says="each time")
def class_counts(labels):
    return [int(digit in labels) for digit in range(10)]


@wrong("forgets that an index used twice counts once", says="each time")
def class_counts(labels):
    counts = np.zeros(10, dtype=int)
    counts[labels] += 1
    return counts


@wrong("counts the labels up to each digit", says="running totals")
def class_counts(labels):
    return [(labels <= digit).sum() for digit in range(10)]


@wrong("sorts the counts", says="sorted by size")
def class_counts(labels):
    return np.sort(np.bincount(labels, minlength=10))[::-1]


@wrong("counts the training labels, whatever it is given", says="y_train")
def class_counts(labels):
    return np.array([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])


@wrong("returns inside the loop", says="no axes")
def class_counts(labels):
    for digit in range(10):
        return (labels == digit).sum()


@wrong("has one class too many", says="eleven")
def class_counts(labels):
    return np.bincount(labels, minlength=11)


@wrong("sorts the labels in place", says="changed its first argument")
def class_counts(labels):
    labels.sort()
    return np.diff(np.searchsorted(labels, range(11)))


@wrong("prints in place of returning", says="return")
def class_counts(labels):
    print(np.bincount(labels, minlength=10))


@right("as in the solution")
def class_counts(labels):
    return np.array([(labels == digit).sum() for digit in range(10)])


@right("with np.bincount")
def class_counts(labels):
    return np.bincount(labels, minlength=10)


@right("as floats that hold whole numbers")
def class_counts(labels):
    counts = np.zeros(10)
    for label in labels:
        counts[label] += 1
    return counts


@right("with a Counter, in order")
def class_counts(labels):
    counter = Counter(labels.tolist())
    return [counter[digit] for digit in range(10)]


@right("with list.count")
def class_counts(labels):
    return tuple(labels.tolist().count(digit) for digit in range(10))


@right("with a histogram of eleven edges")
def class_counts(labels):
    return np.histogram(labels, bins=np.arange(11))[0]


@right("with a table of comparisons")
def class_counts(labels):
    return (labels[:, None] == np.arange(10)).sum(axis=0)


@right("with np.add.at")
def class_counts(labels):
    counts = np.zeros(10, dtype=np.int32)
    np.add.at(counts, labels, 1)
    return counts


@right("with np.unique, filled in")
def class_counts(labels):
    counts = np.zeros(10, dtype=int)
    digits, found = np.unique(labels, return_counts=True)
    counts[digits] = found
    return counts
