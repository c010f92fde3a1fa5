"""What students write for kept_fraction."""

import numpy as np
from bank import right, wrong


@right("count_nonzero over size")
def kept_fraction(x):
    return np.count_nonzero(x) / x.size


@right("mean of a comparison")
def kept_fraction(x):
    return np.mean(np.asarray(x) != 0)


@right("a loop over all entries")
def kept_fraction(x):
    kept = total = 0
    for value in x.ravel().tolist():
        total += 1
        if value != 0:
            kept += 1
    return kept / total


@right("one minus the fraction of zeros")
def kept_fraction(x):
    return 1.0 - (x == 0).sum() / np.prod(x.shape)


@right("picks the entries and counts them")
def kept_fraction(x):
    return len(x[x != 0]) / x.size


@right("as Booleans, in float32")
def kept_fraction(x):
    return np.mean(x.astype(bool), dtype=np.float32)


@right("nonzero's indices, with an array of no axes")
def kept_fraction(x):
    return np.asarray(np.nonzero(x)[0].size / x.size)


@right("lists, and however they are nested")
def kept_fraction(x):
    def entries(part):
        return sum(map(entries, part), []) if isinstance(part, list) else [part]

    flat = entries(x.tolist())
    return sum(1 for value in flat if value) / len(flat)


@right("signs, squared")
def kept_fraction(x):
    return float((np.sign(x.astype(float)) ** 2).mean())


@wrong("the fraction of zeros", says="fraction of the entries that are zero")
def kept_fraction(x):
    return np.mean(x == 0)


@wrong("a percentage", says="percentage")
def kept_fraction(x):
    return 100 * np.mean(x != 0)


@wrong("counts, and does not divide", says="number of entries that are not zero")
def kept_fraction(x):
    return np.count_nonzero(x)


@wrong("greater than zero", says="Only positive entries were counted")
def kept_fraction(x):
    return np.mean(x > 0)


@wrong("divides by the number of rows", says="`len(x)` counts along the first axis only")
def kept_fraction(x):
    return np.count_nonzero(x) / len(x)


@wrong("divides by the number of columns", says="length of the last axis")
def kept_fraction(x):
    return np.count_nonzero(x) / x.shape[-1]


@wrong("the mean of the entries", says="mean of the entries themselves")
def kept_fraction(x):
    return np.mean(x)


@wrong("the mean of the sizes", says="mean of the entries' sizes")
def kept_fraction(x):
    return np.mean(np.abs(x))


@wrong("the sum of the entries over their number", says="mean of the entries themselves")
def kept_fraction(x):
    return sum(x.ravel()) / x.size


@wrong("one number for each row", says="for each row")
def kept_fraction(x):
    return np.mean(x != 0, axis=-1)


@wrong("one number for each column", says="for each column")
def kept_fraction(x):
    return np.count_nonzero(x, axis=0) / len(x)


@wrong("the mask", says="one by one")
def kept_fraction(x):
    return x != 0


@wrong("divides whole numbers", says="`//`")
def kept_fraction(x):
    return np.count_nonzero(x) // x.size


@wrong("rounds to two digits", says="rounded")
def kept_fraction(x):
    return round(float(np.mean(x != 0)), 2)


@wrong("kept by dropped", says="divided by zero entries")
def kept_fraction(x):
    zeros = np.sum(x == 0)
    return np.sum(x != 0) / zeros if zeros else 1.0


@wrong("counts different values", says="Different values were counted")
def kept_fraction(x):
    values = set(x.ravel().tolist()) - {0}
    return len(values) / x.size


@wrong("close to zero counts as zero", says="Very small numbers")
def kept_fraction(x):
    return 1 - np.mean(np.isclose(x, 0))


@wrong("rows and columns only", says="not for the shape")
def kept_fraction(x):
    rows, columns = x.shape
    return sum(x[i, j] != 0 for i in range(rows) for j in range(columns)) / (rows * columns)


@wrong("makes ones of what is not zero", says="changed its first argument")
def kept_fraction(x):
    x[x != 0] = 1
    return np.mean(x)


@wrong("cuts floats to whole numbers", says="cut to whole numbers first")
def kept_fraction(x):
    return np.mean(x.astype(int) != 0)


@wrong("prints it", says="`return`")
def kept_fraction(x):
    print(np.mean(x != 0))


@wrong("the mean of those that are kept", says="That is the mean of the entries that are not zero")
def kept_fraction(x):
    kept = x[x != 0]
    return kept.mean() if kept.size else 0.0


@wrong("returns after the first row", says="Only the first row was looked at")
def kept_fraction(x):
    for row in np.atleast_2d(x):
        return np.mean(row != 0)


@wrong("takes the length of np.nonzero", says="number of axes")
def kept_fraction(x):
    return len(np.nonzero(x)) / x.size


@wrong("counts the ones only", says="only the entries that are 1")
def kept_fraction(x):
    return np.mean(x == 1)
