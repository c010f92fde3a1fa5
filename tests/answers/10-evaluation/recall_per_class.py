"""What students write for recall_per_class."""

import numpy as np
from bank import right, wrong


@right("where the row sum is not 0")
def recall_per_class(matrix):
    rows = matrix.sum(axis=1)
    return np.divide(np.diag(matrix), rows, out=np.zeros(len(matrix)), where=rows > 0)


@right("at least 1 below the fraction line")
def recall_per_class(matrix):
    return matrix.diagonal() / np.maximum(matrix.sum(axis=1), 1)


@right("a loop, as a list")
def recall_per_class(matrix):
    recalls = []
    for digit in range(len(matrix)):
        total = sum(matrix[digit])
        recalls.append(matrix[digit][digit] / total if total > 0 else 0)
    return recalls


@right("nan replaced afterwards")
def recall_per_class(matrix):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(np.diagonal(matrix) / matrix.sum(1))


@right("with NumPy's warning left on")
def recall_per_class(matrix):
    recall = np.diag(matrix) / matrix.sum(axis=1)
    recall[np.isnan(recall)] = 0
    return recall


@right("hits and misses")
def recall_per_class(matrix):
    hits = np.diag(matrix)
    misses = (matrix - np.diag(hits)).sum(axis=1)
    return np.where(hits + misses == 0, 0.0, hits / np.where(hits + misses == 0, 1, hits + misses))


@right("the diagonal of the normalised matrix")
def recall_per_class(matrix):
    sums = matrix.sum(axis=1, keepdims=True)
    sums = np.where(sums == 0, 1, sums)
    return np.diag(matrix / sums)


@right("normalised along the wrong axis, which the diagonal does not notice")
def recall_per_class(matrix):
    return np.diag(matrix / np.maximum(matrix.sum(axis=1), 1))


@right("einsum, float32")
def recall_per_class(matrix):
    hits, rows = np.einsum("ii->i", matrix), np.einsum("ij->i", matrix)
    return (hits / np.maximum(rows, 1)).astype(np.float32)


@right("keras.ops")
def recall_per_class(matrix):
    from keras import ops

    hits = ops.cast(ops.diagonal(ops.convert_to_tensor(matrix)), "float32")
    rows = ops.cast(ops.sum(ops.convert_to_tensor(matrix), axis=1), "float32")
    return ops.divide_no_nan(hits, rows)


@wrong("precision", says="That is the precision")
def recall_per_class(matrix):
    columns = matrix.sum(axis=0)
    return np.divide(np.diag(matrix), columns, out=np.zeros(len(matrix)), where=columns > 0)


@wrong("precision, unguarded", says="That is the precision")
def recall_per_class(matrix):
    return np.diag(matrix) / matrix.sum(axis=0)


@wrong("unguarded division", says="0 / 0")
def recall_per_class(matrix):
    return np.diag(matrix) / matrix.sum(axis=1)


@wrong("unguarded loop with Python numbers", says="ZeroDivisionError")
def recall_per_class(matrix):
    rows = matrix.tolist()
    return [row[i] / sum(row) for i, row in enumerate(rows)]


@wrong("1 where there is nothing", says="has recall 1 in your result")
def recall_per_class(matrix):
    rows = matrix.sum(axis=1)
    return np.where(rows == 0, 1, np.diag(matrix) / np.maximum(rows, 1))


@wrong("leaves empty classes out", says="left out")
def recall_per_class(matrix):
    rows = matrix.sum(axis=1)
    return (np.diag(matrix)[rows > 0]) / rows[rows > 0]


@wrong("the accuracy", says="the accuracy")
def recall_per_class(matrix):
    return np.trace(matrix) / max(matrix.sum(), 1)


@wrong("the mean recall", says="the mean of their recalls")
def recall_per_class(matrix):
    return np.mean(np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1))


@wrong("divided by all examples", says="number of all examples")
def recall_per_class(matrix):
    return np.diag(matrix) / max(matrix.sum(), 1)


@wrong("whole-number division", says="rounded down")
def recall_per_class(matrix):
    return np.diag(matrix) // np.maximum(matrix.sum(axis=1), 1)


@wrong("kept as int", says="rounded down")
def recall_per_class(matrix):
    recall = np.zeros(len(matrix), dtype=int)
    for i, row in enumerate(matrix):
        recall[i] = row[i] / max(row.sum(), 1)
    return recall


@wrong("percentages", says="percentages")
def recall_per_class(matrix):
    return 100 * np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1)


@wrong("the share of mistakes", says="share of mistakes")
def recall_per_class(matrix):
    return 1 - np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1)


@wrong("the hits", says="the hits themselves")
def recall_per_class(matrix):
    return np.diag(matrix)


@wrong("the row sums", says="These are the row sums")
def recall_per_class(matrix):
    return matrix.sum(axis=1)


@wrong("hits by misses", says="divided by the mistakes")
def recall_per_class(matrix):
    hits = np.diag(matrix)
    return hits / np.maximum(matrix.sum(axis=1) - hits, 1)


@wrong("F1", says="That is F1")
def recall_per_class(matrix):
    return 2 * np.diag(matrix) / np.maximum(matrix.sum(axis=1) + matrix.sum(axis=0), 1)


@wrong("the normalised matrix", says="on its diagonal")
def recall_per_class(matrix):
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@wrong("the loop of ten", says="stopped with IndexError")
def recall_per_class(matrix):
    return np.array([matrix[d, d] / max(matrix[d].sum(), 1) for d in range(10)])


@wrong("normalises its argument", says="changed its")
def recall_per_class(matrix):
    recall = np.zeros(len(matrix))
    for d in range(len(matrix)):
        recall[d] = matrix[d, d] / max(matrix[d].sum(), 1)
        matrix[d] = 0
    return recall


@wrong("repairs its argument", says="changed its")
def recall_per_class(matrix):
    empty = matrix.sum(axis=1) == 0
    matrix[empty, :] = 1
    recall = np.diag(matrix) / matrix.sum(axis=1)
    recall[empty] = 0
    return recall


@wrong("prints", says="return")
def recall_per_class(matrix):
    print(np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1))


@wrong("a dictionary of recalls", says="numbers")
def recall_per_class(matrix):
    return {d: matrix[d, d] / max(matrix[d].sum(), 1) for d in range(len(matrix))}


@wrong("a guard on the columns", says="never is")
def recall_per_class(matrix):
    columns = matrix.sum(axis=0)
    return np.where(columns > 0, np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1), 1)


@wrong("one added to every row", says="differ")
def recall_per_class(matrix):
    return np.diag(matrix) / (matrix.sum(axis=1) + 1)
