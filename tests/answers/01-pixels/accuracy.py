"""What students write for accuracy."""

import numpy as np
from bank import right, wrong


@wrong("returns the count", says="number of right predictions")
def accuracy(predicted, labels):
    return (predicted == labels).sum()


@wrong("returns a percentage", says="percentage")
def accuracy(predicted, labels):
    return 100 * np.mean(predicted == labels)


@wrong("returns a percentage as a text", says="should return numbers")
def accuracy(predicted, labels):
    return f"{100 * np.mean(predicted == labels):.2f} %"


@wrong("returns the error rate", says="wrong predictions")
def accuracy(predicted, labels):
    return np.mean(predicted != labels)


@wrong("counts the mistakes", says="number of wrong predictions")
def accuracy(predicted, labels):
    return np.count_nonzero(predicted - labels)


@wrong("returns the mask", says="of each prediction")
def accuracy(predicted, labels):
    return predicted == labels


@wrong("asks whether all are right", says="true or false")
def accuracy(predicted, labels):
    return np.array_equal(predicted, labels)


@wrong("asks whether any are right", says="true or false")
def accuracy(predicted, labels):
    return (predicted == labels).any()


@wrong("divides whole numbers", says="cut off")
def accuracy(predicted, labels):
    return (predicted == labels).sum() // len(labels)


@wrong("rounds to two decimals", says="rounded")
def accuracy(predicted, labels):
    return round(float((predicted == labels).mean()), 2)


@wrong("divides by 10,000", says="10,000")
def accuracy(predicted, labels):
    return (predicted == labels).sum() / 10000


@wrong("divides by the number of classes", says="divided by 10.")
def accuracy(predicted, labels):
    return (predicted == labels).sum() / 10


@wrong("compares how often each digit occurs", says="not where")
def accuracy(predicted, labels):
    return np.minimum(np.bincount(predicted, minlength=10), np.bincount(labels, minlength=10)).sum() / len(labels)


@wrong("compares sorted arrays", says="")
def accuracy(predicted, labels):
    return np.mean(np.sort(predicted) == np.sort(labels))


@wrong("averages the classes", says="mean of the accuracies")
def accuracy(predicted, labels):
    return np.mean([(predicted[labels == digit] == digit).mean() for digit in np.unique(labels)])


@wrong("counts in 8 bits", says="8 bits")
def accuracy(predicted, labels):
    return (predicted == labels).sum(dtype="uint8") / len(labels)


@wrong("leaves the last one out", says="last prediction")
def accuracy(predicted, labels):
    right_ones = 0
    for i in range(len(labels) - 1):
        if predicted[i] == labels[i]:
            right_ones += 1
    return right_ones / len(labels)


@wrong("divides by one less", says="one less")
def accuracy(predicted, labels):
    return (predicted == labels).sum() / max(len(labels) - 1, 1)


@wrong("returns inside the loop", says="accuracy(")
def accuracy(predicted, labels):
    count = 0
    for guess, label in zip(predicted, labels, strict=True):
        count += guess == label
        return count / len(labels)


@wrong("takes the mean difference", says="accuracy(")
def accuracy(predicted, labels):
    return 1 - np.abs(predicted.astype(float) - labels).mean() / 9


@wrong("prints in place of returning", says="return")
def accuracy(predicted, labels):
    print((predicted == labels).mean())


@wrong("marks mistakes in the predictions", says="changed its first argument")
def accuracy(predicted, labels):
    predicted[predicted != labels] = 11
    return np.mean(predicted == labels)


@right("as in the solution")
def accuracy(predicted, labels):
    return float((predicted == labels).mean())


@right("as a NumPy number")
def accuracy(predicted, labels):
    return np.mean(predicted == labels)


@right("with a loop")
def accuracy(predicted, labels):
    right_ones = 0
    for i in range(len(labels)):
        if predicted[i] == labels[i]:
            right_ones += 1
    return right_ones / len(labels)


@right("by subtracting")
def accuracy(predicted, labels):
    return 1 - np.count_nonzero(predicted - labels) / len(labels)


@right("in float32, as an array without axes")
def accuracy(predicted, labels):
    return np.array((predicted == labels).mean(dtype="float32"))


@right("with zip and sum")
def accuracy(predicted, labels):
    return sum(a == b for a, b in zip(predicted.tolist(), labels.tolist(), strict=True)) / len(labels)


@right("with Keras")
def accuracy(predicted, labels):
    import keras

    return keras.ops.mean(keras.ops.cast(keras.ops.equal(predicted, labels), "float32"))
