"""What students write for loss_of_guessing."""

import math

import numpy as np
from bank import right, wrong


@right("ln of the classes")
def loss_of_guessing(classes):
    return np.log(classes)


@right("minus ln of the probability")
def loss_of_guessing(classes):
    return -math.log(1 / classes)


@right("as the mean loss of one digit of each class")
def loss_of_guessing(classes):
    probabilities = np.full((classes, classes), 1 / classes)
    labels = np.arange(classes)
    return np.mean(-np.log(np.clip(probabilities[labels, labels], 1e-7, 1 - 1e-7)))


@right("as an entropy")
def loss_of_guessing(classes):
    p = np.ones(classes) / classes
    return -np.sum(p * np.log(p))


@right("from base 10")
def loss_of_guessing(classes):
    return np.log10(classes) / np.log10(np.e)


@right("Keras' loss of a row")
def loss_of_guessing(classes):
    import keras

    row = np.full((1, classes), 1 / classes, dtype="float32")
    return float(keras.losses.sparse_categorical_crossentropy(np.array([0]), row)[0])


@right("an array without axes")
def loss_of_guessing(classes):
    return np.array(math.log(classes))


@wrong("minus sign missing", says="negative")
def loss_of_guessing(classes):
    return np.log(1 / classes)


@wrong("minus sign too many", says="negative")
def loss_of_guessing(classes):
    return -np.log(classes)


@wrong("bits", says="base 2")
def loss_of_guessing(classes):
    return math.log2(classes)


@wrong("base 10", says="base 10")
def loss_of_guessing(classes):
    return math.log10(classes)


@wrong("the probability", says="probability of guessing right")
def loss_of_guessing(classes):
    return 1 / classes


@wrong("the probability of a mistake", says="probability of guessing wrong")
def loss_of_guessing(classes):
    return 1 - 1 / classes


@wrong("ln of the probability of a mistake", says="guessing *wrong*")
def loss_of_guessing(classes):
    return -np.log(1 - 1 / classes)


@wrong("times the probability", says="multiplied by the probability")
def loss_of_guessing(classes):
    return -1 / classes * np.log(1 / classes)


@wrong("all classes added up", says="added up")
def loss_of_guessing(classes):
    return -sum(np.log(1 / classes) for _ in range(classes))


@wrong("binary cross-entropy", says="wrong classes were counted")
def loss_of_guessing(classes):
    return -np.log(1 / classes) - (classes - 1) * np.log(1 - 1 / classes)


@wrong("ten classes always", says="whatever `classes` is")
def loss_of_guessing(classes):
    return np.log(10)


@wrong("2.3 by heart", says="rounded")
def loss_of_guessing(classes):
    return 2.3


@wrong("rounded", says="rounded")
def loss_of_guessing(classes):
    return round(math.log(classes), 2)


@wrong("one class less", says="ln(classes - 1)")
def loss_of_guessing(classes):
    return np.log(classes - 1)


@wrong("log1p", says="ln(1 + classes)")
def loss_of_guessing(classes):
    return np.log1p(classes)


@wrong("the number of classes", says="number of classes")
def loss_of_guessing(classes):
    return classes


@wrong("a loss for each class", says="loss for every class")
def loss_of_guessing(classes):
    return -np.log(np.full(classes, 1 / classes))


@wrong("an array of one", says="array of length 1")
def loss_of_guessing(classes):
    return -np.log(np.array([1 / classes]))


@wrong("a guess drawn at random", says="certain and wrong")
def loss_of_guessing(classes):
    guess = np.zeros(classes)
    guess[1] = 1
    return -np.log(np.clip(guess[0], 1e-7, 1 - 1e-7))


@wrong("0", says="cannot be 0")
def loss_of_guessing(classes):
    return 0


@wrong("prints", says="returned None")
def loss_of_guessing(classes):
    print(np.log(classes))
