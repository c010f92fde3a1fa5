"""What students write for most_confident_mistakes."""

import heapq

import numpy as np
from bank import right, wrong


@right("mistakes, then sorted")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    order = np.argsort(-probabilities[wrong].max(axis=1))
    return wrong[order[:k]]


@right("all sorted, then filtered")
def most_confident_mistakes(labels, probabilities, k):
    order = np.argsort(probabilities.max(axis=1))[::-1]
    predicted = probabilities.argmax(axis=1)
    return order[predicted[order] != labels[order]][:k]


@right("a loop with sorted, as a list")
def most_confident_mistakes(labels, probabilities, k):
    mistakes = []
    for i in range(len(labels)):
        answer = np.argmax(probabilities[i])
        if answer != labels[i]:
            mistakes.append((probabilities[i][answer], i))
    return [i for p, i in sorted(mistakes, reverse=True)[:k]]


@right("right answers marked with -1")
def most_confident_mistakes(labels, probabilities, k):
    sure = probabilities.max(axis=1).copy()
    mistaken = probabilities.argmax(axis=1) != labels
    sure[~mistaken] = -1
    return np.argsort(-sure)[: min(k, mistaken.sum())]


@right("heapq")
def most_confident_mistakes(labels, probabilities, k):
    answers = probabilities.argmax(1)
    return heapq.nlargest(k, np.flatnonzero(answers != labels), key=lambda i: probabilities[i, answers[i]])


@right("argpartition, then sorted")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.where(probabilities.argmax(axis=1) != labels)[0]
    sure = probabilities[wrong, probabilities[wrong].argmax(axis=1)]
    if k < len(wrong):
        best = np.argpartition(-sure, k)[:k]
    else:
        best = np.arange(len(wrong))
    return wrong[best[np.argsort(-sure[best])]].tolist()


@right("one after the other")
def most_confident_mistakes(labels, probabilities, k):
    sure = np.where(probabilities.argmax(axis=1) == labels, -np.inf, probabilities.max(axis=1))
    found = []
    while len(found) < k and np.isfinite(sure.max()):
        found.append(int(sure.argmax()))
        sure[found[-1]] = -np.inf
    return found


@right("the other classes alone: a mistake is where one of them beats the label")
def most_confident_mistakes(labels, probabilities, k):
    n = np.arange(len(labels))
    others = probabilities.copy()
    others[n, labels] = 0
    best = others.max(axis=1)
    wrong = np.flatnonzero(best > probabilities[n, labels])
    return wrong[np.argsort(best[wrong])[::-1]][:k]


@right("as floats, by keras.ops")
def most_confident_mistakes(labels, probabilities, k):
    from keras import ops

    wrong = np.flatnonzero(np.asarray(ops.argmax(probabilities, axis=-1)) != labels)
    order = np.asarray(ops.argsort(-np.max(probabilities[wrong], axis=-1))) if len(wrong) else np.array([], int)
    return wrong[order][:k].astype(float)


@wrong("least confident first", says="least* sure of")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong].max(axis=1))[:k]]


@wrong("the right ones, upside down", says="upside down")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong].max(axis=1))[-k:]]


@wrong("wrong or right", says="whether wrong or right")
def most_confident_mistakes(labels, probabilities, k):
    return np.argsort(-probabilities.max(axis=1))[:k]


@wrong("k first, then the mistakes among them", says="then the wrong ones among them")
def most_confident_mistakes(labels, probabilities, k):
    top = np.argsort(-probabilities.max(axis=1))[:k]
    return top[probabilities[top].argmax(axis=1) != labels[top]]


@wrong("the right answers", says="These are right answers")
def most_confident_mistakes(labels, probabilities, k):
    right = np.flatnonzero(probabilities.argmax(axis=1) == labels)
    return right[np.argsort(-probabilities[right].max(axis=1))][:k]


@wrong("positions among the mistakes", says="positions in the list of mistakes")
def most_confident_mistakes(labels, probabilities, k):
    mistaken = probabilities.argmax(axis=1) != labels
    return np.argsort(-probabilities[mistaken].max(axis=1))[:k]


@wrong("not sorted", says="order of the data")
def most_confident_mistakes(labels, probabilities, k):
    return np.flatnonzero(probabilities.argmax(axis=1) != labels)[:k]


@wrong("sorted by index in the end", says="sorted by their index")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return np.sort(wrong[np.argsort(-probabilities[wrong].max(axis=1))[:k]])


@wrong("by the loss", says="where the loss is highest")
def most_confident_mistakes(labels, probabilities, k):
    n = np.arange(len(labels))
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    loss = -np.log(probabilities[n, labels])
    return wrong[np.argsort(-loss[wrong])][:k]


@wrong("by the probability of the true class", says="probability of the *true* class. Confidence")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    true = probabilities[wrong, labels[wrong]]
    return wrong[np.argsort(-true)][:k]


@wrong("the confidences", says="These are probabilities")
def most_confident_mistakes(labels, probabilities, k):
    wrong = probabilities.argmax(axis=1) != labels
    return np.sort(probabilities[wrong].max(axis=1))[::-1][:k]


@wrong("the answers", says="answers that the network gave")
def most_confident_mistakes(labels, probabilities, k):
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    return predicted[wrong[np.argsort(-probabilities[wrong].max(axis=1))[:k]]]


@wrong("the labels", says="labels of the mistakes")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return labels[wrong[np.argsort(-probabilities[wrong].max(axis=1))[:k]]]


@wrong("a mask", says="That is a mask")
def most_confident_mistakes(labels, probabilities, k):
    return probabilities.argmax(axis=1) != labels


@wrong("all of them", says="Keep the first k")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1))]


@wrong("right answers as 0, and always k", says="Right answers follow")
def most_confident_mistakes(labels, probabilities, k):
    mistaken = probabilities.argmax(axis=1) != labels
    sure = np.where(mistaken, probabilities.max(axis=1), 0)
    return np.argsort(-sure, kind="stable")[:k]


@wrong("filled up with -1", says="filled up to k")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    best = wrong[np.argsort(-probabilities[wrong].max(axis=1))][:k]
    return np.pad(best, (0, k - len(best)), constant_values=-1)


@wrong("filled up with zeros", says="filled up to k")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    result = np.zeros(k, int)
    best = wrong[np.argsort(-probabilities[wrong].max(axis=1))][:k]
    result[: len(best)] = best
    return result


@wrong("stops when there are too few", says="when there are fewer than k")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    order = np.argsort(-probabilities[wrong].max(axis=1))
    return [wrong[order[i]] for i in range(k)]


@wrong("np.where's tuple", says="tuple")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.where(probabilities.argmax(axis=1) != labels)
    order = np.argsort(-probabilities[wrong].max(axis=1))[:k]
    return (wrong[0][order],)


@wrong("np.argwhere's column", says="np.flatnonzero")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.argwhere(probabilities.argmax(axis=1) != labels)
    order = np.argsort(-probabilities[wrong[:, 0]].max(axis=1))[:k]
    return wrong[order]


@wrong("erases in place", says="changed its second argument")
def most_confident_mistakes(labels, probabilities, k):
    mistaken = probabilities.argmax(axis=1) != labels
    probabilities[~mistaken] = 0
    return np.argsort(-probabilities.max(axis=1))[: min(k, mistaken.sum())]


@wrong("argmax over the images", says="stopped with ValueError")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(np.not_equal(probabilities.argmax(axis=0), labels))
    return wrong[np.argsort(-probabilities[wrong].max(axis=1))][:k]


@wrong("a list that fails without mistakes", says="Without a single mistake")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    sure, found = zip(*sorted(((float(probabilities[i].max()), int(i)) for i in wrong), reverse=True))
    return list(found[:k])


@wrong("None without mistakes", says="returned None")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    if len(wrong):
        return wrong[np.argsort(-probabilities[wrong].max(axis=1))][:k]


@wrong("only the first", says="Only the most confident mistake")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return [wrong[probabilities[wrong].max(axis=1).argmax()]]


@wrong("pairs of index and confidence", says="shape")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    best = wrong[np.argsort(-probabilities[wrong].max(axis=1))][:k]
    return [(int(i), float(probabilities[i].max())) for i in best]


@wrong("by the margin between first and second", says="sorted by the margin")
def most_confident_mistakes(labels, probabilities, k):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    ranked = np.sort(probabilities[wrong], axis=1)
    return wrong[np.argsort(ranked[:, -2] - ranked[:, -1])][:k]


@wrong("only answers above one half", says="differ")
def most_confident_mistakes(labels, probabilities, k):
    predicted = np.argmax(probabilities > 0.5, axis=1)  # the class that has more than half, and class 0 where none has
    wrong = np.flatnonzero(predicted != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1))][:k]
