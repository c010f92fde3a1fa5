"""What students write for softmax_crossentropy_gradient."""

import numpy as np
from bank import right, wrong


def one_hot(labels):
    return np.eye(10)[np.asarray(labels, dtype=int)]


@right("one-hot table subtracted")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - np.eye(10)[labels]) / len(labels)


@right("in a copy, with two index arrays, float32")
def softmax_crossentropy_gradient(labels, probabilities):
    result = probabilities.astype(np.float32)
    result[np.arange(len(labels)), labels] -= 1
    return result / np.float32(len(labels))


@right("loops and lists")
def softmax_crossentropy_gradient(labels, probabilities):
    n = len(labels)
    result = []
    for label, row in zip(labels, probabilities.tolist(), strict=True):
        result.append([(p - 1) / n if j == label else p / n for j, p in enumerate(row)])
    return result


@right("np.subtract.at")
def softmax_crossentropy_gradient(labels, probabilities):
    result = probabilities.copy()
    np.subtract.at(result, (np.arange(len(labels)), labels), 1)
    result /= len(labels)
    return result


@right("the whole Jacobian of softmax, by einsum")
def softmax_crossentropy_gradient(labels, probabilities):
    n = len(labels)
    by_probability = np.zeros(probabilities.shape)
    by_probability[np.arange(n), labels] = -1 / probabilities[np.arange(n), labels] / n
    jacobian = np.einsum("ni,ij->nij", probabilities, np.eye(10)) - np.einsum("ni,nj->nij", probabilities, probabilities)
    return np.einsum("ni,nij->nj", by_probability, jacobian)


@right("a comparison as one-hot table")
def softmax_crossentropy_gradient(labels, probabilities):
    return np.where(labels[:, None] == np.arange(10), probabilities - 1, probabilities) * (1 / labels.size)


@right("TensorFlow's tape, from the logarithm of the probabilities")
def softmax_crossentropy_gradient(labels, probabilities):
    import tensorflow as tf

    scores = tf.Variable(np.log(probabilities))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels.astype(np.int64), scores))
    return tape.gradient(loss, scores).numpy()


@wrong("forgets to divide by n", says="division by n is missing")
def softmax_crossentropy_gradient(labels, probabilities):
    return probabilities - one_hot(labels)


@wrong("y - p", says="sign is the other way round")
def softmax_crossentropy_gradient(labels, probabilities):
    return (one_hot(labels) - probabilities) / len(labels)


@wrong("y - p, and no division", says="And the sign")
def softmax_crossentropy_gradient(labels, probabilities):
    return one_hot(labels) - probabilities


@wrong("never uses the labels", says="labels were not used")
def softmax_crossentropy_gradient(labels, probabilities):
    return probabilities / len(labels)


@wrong("divides by the number of all entries", says="number of all entries")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - one_hot(labels)) / probabilities.size


@wrong("divides by the number of classes", says="number of classes")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - one_hot(labels)) / probabilities.shape[1]


@wrong("gradient with respect to the probabilities", says="with respect to the probabilities")
def softmax_crossentropy_gradient(labels, probabilities):
    return -one_hot(labels) / probabilities / len(labels)


@wrong("squared error's factor 2", says="squared error")
def softmax_crossentropy_gradient(labels, probabilities):
    return 2 * (probabilities - one_hot(labels)) / len(labels)


@wrong("sigmoid's slope on top", says="only its own probability")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - one_hot(labels)) * probabilities * (1 - probabilities) / len(labels)


@wrong("only the right class", says="Only the right class")
def softmax_crossentropy_gradient(labels, probabilities):
    rows = np.arange(len(labels))
    result = np.zeros(probabilities.shape)
    result[rows, labels] = probabilities[rows, labels] - 1
    return result / len(labels)


@wrong("softmax once more", says="Softmax was applied to the probabilities")
def softmax_crossentropy_gradient(labels, probabilities):
    e = np.exp(probabilities)
    return (e / e.sum(axis=1, keepdims=True) - one_hot(labels)) / len(labels)


@wrong("whole columns", says="columns of all labels")
def softmax_crossentropy_gradient(labels, probabilities):
    result = probabilities.copy()
    result[:, labels] -= 1
    return result / len(labels)


@wrong("whole rows", says="whole rows")
def softmax_crossentropy_gradient(labels, probabilities):
    result = probabilities.copy()
    result[labels[labels < len(labels)]] -= 1
    return result / len(labels)


@wrong("labels as numbers", says="A label is a name")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - labels[:, None]) / len(labels)


@wrong("most probable class", says="most probable class")
def softmax_crossentropy_gradient(labels, probabilities):
    result = probabilities.copy()
    result[np.arange(len(labels)), probabilities.argmax(axis=1)] -= 1
    return result / len(labels)


@wrong("label 1 is column 0", says="too far to the left")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - one_hot(labels.astype(int) - 1)) / len(labels)


@wrong("adds up the examples", says="added up")
def softmax_crossentropy_gradient(labels, probabilities):
    return np.mean(probabilities - one_hot(labels), axis=0)


@wrong("returns the loss", says="That is the mean loss")
def softmax_crossentropy_gradient(labels, probabilities):
    return -np.log(probabilities[np.arange(len(labels)), labels]).mean()


@wrong("absolute error", says="signs are lost")
def softmax_crossentropy_gradient(labels, probabilities):
    return np.abs(probabilities - one_hot(labels)) / len(labels)


@wrong("batch size of 32 written in", says="and not by 32")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - one_hot(labels)) / 32


@wrong("squeezes a batch of one", says="not for a single one")
def softmax_crossentropy_gradient(labels, probabilities):
    return ((probabilities - one_hot(labels)) / len(labels)).squeeze()


@wrong("changes the probabilities", says="changed its second argument")
def softmax_crossentropy_gradient(labels, probabilities):
    probabilities[np.arange(len(labels)), labels] -= 1
    return probabilities / len(labels)


@wrong("no return", says="return")
def softmax_crossentropy_gradient(labels, probabilities):
    gradient = (probabilities - one_hot(labels)) / len(labels)
    gradient.round(3)


@wrong("subtracts 1 everywhere", says="1 was subtracted from every entry")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - 1) / len(labels)


@wrong("as many columns as the labels of this batch need", says="There are always ten classes")
def softmax_crossentropy_gradient(labels, probabilities):
    return (probabilities - np.eye(labels.max() + 1)[labels]) / len(labels)


@wrong("divides only the ones", says="Only y was divided by n")
def softmax_crossentropy_gradient(labels, probabilities):
    return probabilities - np.eye(10)[labels] / len(labels)


@wrong("divides only the probabilities", says="Only p was divided by n")
def softmax_crossentropy_gradient(labels, probabilities):
    return probabilities / len(labels) - np.eye(10)[labels]


@wrong("rounds the table to whole numbers", says="Digits after the point were cut off")
def softmax_crossentropy_gradient(labels, probabilities):
    result = np.zeros(probabilities.shape, dtype=int)
    result[np.arange(len(labels)), labels] = 1
    result[:] = probabilities - result
    return result / len(labels)
