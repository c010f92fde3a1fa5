"""Checks of lesson 10, "Where it fails": counting mistakes, finding them, and making new ones by moving the digits."""

import numpy as np

from autograder.checking import Mistake, blaming, exercise, expect, keeps_arguments

confusion_matrix = exercise("confusion_matrix")
recall_per_class = exercise("recall_per_class")
most_confident_mistakes = exercise("most_confident_mistakes")
shift_images = exercise("shift_images")


# --- confusion_matrix ---


def oracle_confusion(labels, predicted, classes=10):
    matrix = np.zeros((classes, classes), int)
    for label, answer in zip(labels.tolist(), predicted.tolist(), strict=True):
        matrix[label, answer] += 1
    return matrix


def confusion_mistakes(labels, predicted, classes):
    right = oracle_confusion(labels, predicted, classes)
    present = np.union1d(labels, predicted)
    once = (right > 0).astype(int)
    wrong_only = right - np.diag(np.diag(right))
    rows, columns = (np.maximum(right.sum(axis=axis, keepdims=True), 1) for axis in (1, 0))
    diagonal = np.diag(np.bincount(labels, minlength=classes))
    return [
        ("Rows and columns are swapped: the row is the true class, the column what was predicted.", right.T),
        (
            "Each pair was counted once, however often it occurs. `matrix[labels, predicted] += 1` does that: with an index that comes "
            "several times, NumPy adds 1 only once.",
            once,
        ),
        ("Each pair was counted once, however often it occurs. Besides, rows and columns are swapped.", once.T),
        (
            "The matrix was divided by its row sums. Here the counts themselves are wanted; the next exercise divides.",
            right / rows,
        ),
        ("The matrix was divided by its column sums. Here the counts themselves are wanted.", right / columns),
        ("The matrix was divided by the number of examples. Here the counts themselves are wanted.", right / max(len(labels), 1)),
        ("The diagonal is empty: the right answers are counted, too. They belong there.", wrong_only),
        (
            "Only the right answers were counted. A mistake counts in the row of its true class and the column of the answer.",
            np.diag(np.diag(right)),
        ),
        ("Every example was counted on the diagonal. A mistake belongs in the column of the answer that was given.", diagonal),
        (
            (
                "The classes that do not occur were left out. They keep their row and column, full of zeros: the matrix is "
                f"{classes} × {classes} whatever the data hold."
            ),
            right[np.ix_(present, present)] if len(present) < classes else np.nan,
        ),
        (
            f"The matrix ends with the largest class that occurs. It is {classes} × {classes} whatever the data hold.",
            right[: present.max(initial=0) + 1, : present.max(initial=0) + 1] if len(present) and present.max() < classes - 1 else np.nan,
        ),
        (
            f"The matrix has 10 rows and columns, although {classes} classes were asked for. Use the argument `classes`.",
            oracle_confusion(labels, predicted, 10) if max(present, default=0) < 10 and classes != 10 else np.nan,
        ),
        ("The matrix was counted in one row after the other, as one long list. Give it the shape (classes, classes).", right.ravel()),
    ]


def expect_confusion(student, labels, predicted, *classes):
    size = classes[0] if classes else 10
    call = f"confusion_matrix(labels, predicted{', ' + str(size) if classes else ''})"
    if len(labels) <= 8:
        call = f"confusion_matrix({labels.tolist()}, {predicted.tolist()}{', ' + str(size) if classes else ''})"
    returned = student.confusion_matrix(labels, predicted, *classes)
    right = oracle_confusion(labels, predicted, size)
    expect(returned, right, call, confusion_mistakes(labels, predicted, size))
    if np.asarray(returned).dtype.kind not in "iu":
        raise Mistake(
            f"{call} holds the right counts, but as {np.asarray(returned).dtype}. This task names the dtype: counts are whole numbers, so they "
            "should be int. `np.zeros` makes floats unless it is given `dtype=int`."
        )


def some_answers(rng, count, classes=10, right=0.6):
    """Labels and predictions, of which about a share `right` agree; every class occurs if there are enough of them."""
    labels = rng.permutation(np.arange(count) % classes)
    predicted = np.where(rng.random(count) < right, labels, rng.integers(0, classes, count))
    return labels, predicted


@confusion_matrix
def test_three_classes(student, rng):
    shift = int(rng.integers(3))
    labels, predicted = (np.array([0, 1, 2, 2, 2]) + shift) % 3, (np.array([0, 1, 1, 1, 2]) + shift) % 3
    expect_confusion(student, labels, predicted, 3)


@confusion_matrix
def test_ten_classes_by_default(student, rng):
    labels, predicted = some_answers(rng, 200)
    expect_confusion(student, labels, predicted)


@confusion_matrix
def test_classes_that_do_not_occur(student, rng):
    with blaming("confusion_matrix is right when all classes occur, but not when some do not."):
        labels, predicted = some_answers(rng, 40, 4)
        expect_confusion(student, labels + 2, predicted + 2)
        labels, predicted = rng.choice([1, 4], 20), rng.choice([3, 4, 7], 20)
        expect_confusion(student, labels, predicted)
        expect_confusion(student, np.full(6, 9), np.array([9, 9, 4, 9, 0, 4]))


@confusion_matrix
def test_other_numbers_of_classes(student, rng):
    with blaming("confusion_matrix is right for 10 classes, but not for other numbers of them."):
        for classes in (2, int(rng.integers(4, 9)), 13, 26):
            labels, predicted = some_answers(rng, 6 * classes, classes)
            expect_confusion(student, labels, predicted, classes)


@confusion_matrix
def test_labels_of_one_byte(student, rng):
    with blaming("confusion_matrix is right for int64, but not for labels of one byte, uint8, as MNIST's are."):
        for classes in (10, 17):
            labels, predicted = some_answers(rng, 30 * classes, classes)
            expect_confusion(student, labels.astype(np.uint8), predicted, classes)
            expect_confusion(student, labels.astype(np.uint8), predicted.astype(np.uint8), classes)


@confusion_matrix
def test_counts_above_a_byte(student, rng):
    labels = rng.permutation(np.repeat([3, 5], [400, 900]))
    expect_confusion(student, labels, np.where(rng.random(len(labels)) < 0.9, labels, 4))


@confusion_matrix
def test_a_single_example(student, rng):
    label, predicted = rng.choice(10, 2, replace=False)
    expect_confusion(student, np.array([label]), np.array([predicted]))


@confusion_matrix
def test_arguments_of_confusion_matrix_are_not_changed(student, rng):
    keeps_arguments(student, "confusion_matrix", *some_answers(rng, 30), 10)


# --- recall_per_class ---


def oracle_recall(matrix):
    return np.array([row[number] / row.sum() if row.sum() else 0.0 for number, row in enumerate(matrix.astype(float))])


def recall_mistakes(matrix):
    matrix = matrix.astype(float)
    hits, rows, columns = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    with np.errstate(all="ignore"):
        precision, recall = hits / columns, hits / rows
        f1 = 2 * hits / (rows + columns)
    off = np.divide(hits, rows - hits, out=np.zeros_like(hits), where=rows > hits)
    return [
        (
            "That is the precision: the hits were divided by the column sums, by how often each class was *predicted*. For the recall, divide "
            "by the row sums: how many examples of each class there are.",
            np.nan_to_num(precision),
        ),
        (
            "That is the precision, and nan where a class was never predicted. For the recall, divide by the row sums.",
            precision,
        ),
        ("That is one number for all classes, the mean of their recalls. Return the recall of each class.", np.nan_to_num(recall).mean()),
        ("That is the accuracy, one number for all classes. Return the recall of each class.", hits.sum() / max(matrix.sum(), 1)),
        (
            "The hits were divided by the number of all examples. Divide each by the number of examples of its own class: its row sum.",
            hits / max(matrix.sum(), 1),
        ),
        ("These are the hits themselves, the counts on the diagonal. Divide each by its row sum.", hits),
        ("These are the row sums, the number of examples of each class. Divide the hits, on the diagonal, by them.", rows),
        (
            "That is the share of mistakes. The recall is the share of right answers, 1 less that.",
            np.where(rows > 0, 1 - np.nan_to_num(recall), 0),
        ),
        ("That is the share of mistakes. The recall is the share of right answers, 1 less that.", 1 - np.nan_to_num(recall)),
        ("These are percentages. The recall is a fraction, from 0 to 1.", 100 * np.nan_to_num(recall)),
        (
            "The division was rounded down to whole numbers (`//`, or a result kept as int), so only perfect classes are not 0. Divide with `/`, into floats.",
            np.floor(np.nan_to_num(recall)),
        ),
        ("The recalls are rounded to whole numbers. Keep the fractions.", np.rint(np.nan_to_num(recall))),
        ("The hits were divided by the mistakes. Divide by all examples of the class, right and wrong: the whole row.", off),
        ("That is F1, a mean of recall and precision. Here only the recall is wanted.", np.nan_to_num(f1)),
        (
            "That is the whole matrix divided by its row sums. The recall of each class is on its diagonal.",
            np.nan_to_num(matrix / rows[:, None]),
        ),
        (
            "That is the whole matrix divided by its row sums. The recall of each class is on its diagonal.",
            matrix / np.maximum(rows, 1)[:, None],
        ),
        (
            (
                "A class without examples is nan (0 / 0) in your result. Its recall is defined as 0 here: look for rows whose sum is 0 before "
                "you divide."
            ),
            recall if (rows == 0).any() else np.nan,
        ),
        (
            "A class without examples has recall 1 in your result; here it is defined as 0.",
            np.where(rows > 0, np.nan_to_num(recall), 1) if (rows == 0).any() else np.nan,
        ),
        (
            "The classes without examples were left out. They keep their place, with recall 0.",
            recall[rows > 0] if (rows == 0).any() else np.nan,
        ),
    ]


def expect_recall(student, matrix):
    call = f"recall_per_class({matrix.tolist()})" if matrix.size <= 9 else f"recall_per_class(matrix) with {len(matrix)} classes"
    expect(student.recall_per_class(matrix), oracle_recall(matrix), call, recall_mistakes(matrix))


def some_matrix(rng, classes, dtype=np.int64):
    """A matrix whose row sums, column sums and diagonal all differ."""
    return (rng.integers(1, 9, (classes, classes)) + np.diag(rng.permutation(40)[:classes] + 20)).astype(dtype)


@recall_per_class
def test_two_classes(student, rng):
    expect_recall(student, np.array([[8, 2], [15, int(rng.integers(20, 40))]]))


@recall_per_class
def test_many_classes(student, rng):
    expect_recall(student, some_matrix(rng, 10))
    expect_recall(student, some_matrix(rng, int(rng.integers(3, 9))))
    expect_recall(student, some_matrix(rng, 13, np.int32))


@recall_per_class
def test_all_right_and_all_wrong(student, rng):
    expect_recall(student, np.diag(rng.integers(1, 30, 5)))
    expect_recall(student, np.array([[0, 4, 1], [2, 6, 0], [3, 5, 0]]))
    expect_recall(student, np.array([[int(rng.integers(2, 9))]]))
    expect_recall(student, np.array([[1, 0, 0], [2, 5, 1], [1, 0, 0]]))  # classes with a single example


@recall_per_class
def test_a_class_that_is_never_predicted(student, rng):
    with blaming("recall_per_class is right when all classes are predicted, but not when one never is: its column is 0, not its row."):
        matrix = some_matrix(rng, 5)
        matrix[:, 3] = 0
        expect_recall(student, matrix)


@recall_per_class
def test_a_class_without_examples(student, rng):
    with blaming("recall_per_class is right when all classes occur, but not when one has no examples."):
        matrix = some_matrix(rng, 6)
        matrix[int(rng.integers(6))] = 0
        expect_recall(student, matrix)
        matrix = some_matrix(rng, 10)
        matrix[[2, 7]] = 0
        matrix[:, 7] = 0
        expect_recall(student, matrix)
        expect_recall(student, np.zeros((3, 3), int))


@recall_per_class
def test_argument_of_recall_per_class_is_not_changed(student, rng):
    matrix = some_matrix(rng, 4)
    matrix[1] = 0
    keeps_arguments(student, "recall_per_class", matrix)


# --- most_confident_mistakes ---


def some_probabilities(rng, labels, right):
    """Probabilities `(n, 10)`, float32, in which the answer is the label where `right` is true; no two answers are equally probable."""
    count = len(labels)
    sure = rng.permutation(np.linspace(0.3, 0.99, count)) if count > 1 else np.array([0.7])
    answers = np.where(right, labels, (labels + rng.integers(1, 10, count)) % 10)
    others = rng.uniform(0.02, 1, (count, 10))
    others[np.arange(count), answers] = 0
    others *= (1 - sure)[:, None] / others.sum(axis=1, keepdims=True)
    even = (np.arange(10) != answers[:, None]) * ((1 - sure) / 9)[:, None]
    close = others.max(axis=1, keepdims=True) > 0.9 * sure[:, None]
    probabilities = np.where(close, 0.25 * others + 0.75 * even, others)  # the answer stays the largest
    probabilities[np.arange(count), answers] = sure
    return probabilities.astype(np.float32)


def oracle_mistakes(labels, probabilities, k):
    predicted, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = [index for index in range(len(labels)) if predicted[index] != labels[index]]
    return np.array(sorted(wrong, key=lambda index: -sure[index])[:k], dtype=int)


def mistakes_of_mistakes(labels, probabilities, k):
    labels = labels.astype(int)
    predicted, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    true = probabilities[np.arange(len(labels)), labels]
    wrong = np.flatnonzero(predicted != labels)
    right = np.flatnonzero(predicted == labels)
    best = wrong[np.argsort(-sure[wrong])]
    least_first = best[::-1]
    order = np.argsort(-sure)
    top = best[:k]
    mistaken = predicted != labels
    masked = np.where(mistaken, sure, 0)
    inside = np.argsort(-sure[wrong])
    return [
        ("The order is upside down: these are the right ones, but the most confident mistake must come first.", top[::-1]),
        (
            "These are the mistakes that the network was *least* sure of. Sort by confidence from the highest to the lowest: `argsort` sorts upwards.",
            least_first[:k],
        ),
        (
            "The most confident answers were taken, whether wrong or right. Keep the wrong ones only: where the answer is not the label.",
            order[:k],
        ),
        (
            "The most confident of all answers were taken, and then the wrong ones among them kept. First keep the wrong ones, then take k of those.",
            order[:k][mistaken[order[:k]]],
        ),
        ("These are right answers. A mistake is where the answer is *not* the label.", right[np.argsort(-sure[right])][:k]),
        (
            "These are positions in the list of mistakes, not in the whole test set. Translate them back: if `wrong` holds the indices of all "
            "mistakes, `wrong[positions]` are the indices asked for.",
            inside[:k],
        ),
        (
            "The mistakes come in the order of the data, not by confidence. Sort them by the highest probability in their row.",
            wrong[:k],
        ),
        ("These are the right ones, but sorted by their index. Sort them by confidence, the highest first.", np.sort(top)),
        (
            "The mistakes are sorted by the probability of the *true* class, where it is lowest. That is where the loss is highest. Confidence is "
            "the probability of the answer that was given: the highest in the row.",
            wrong[np.argsort(true[wrong])][:k],
        ),
        (
            "The mistakes are sorted by the probability of the *true* class. Confidence is the probability of the answer that was given: the "
            "highest in the row.",
            wrong[np.argsort(-true[wrong])][:k],
        ),
        (
            "The mistakes are sorted by the margin, the highest probability less the second highest. Confidence is the highest alone.",
            wrong[np.argsort(-(sure[wrong] - np.sort(probabilities[wrong], axis=1)[:, -2]))][:k],
        ),
        ("Only the most confident mistake was returned. Return the k most confident ones.", top[:1] if k > 1 else np.nan),
        ("These are probabilities. Return the indices of the mistakes, whole numbers.", sure[top]),
        ("These are the answers that the network gave. Return the indices of the mistakes: where in `labels` they are.", predicted[top]),
        ("These are the labels of the mistakes. Return their indices: where in `labels` they are.", labels[top]),
        (
            "That is a mask: true and false for every example. Return the indices where it is true, sorted by confidence.",
            mistaken.astype(int),
        ),
        ("All mistakes were returned. Keep the first k of them.", best if k < len(best) else np.nan),
        ("All mistakes were returned, unsorted. Sort them by confidence and keep the first k.", wrong if k < len(wrong) else np.nan),
        (
            "Right answers follow after the mistakes. If there are fewer than k mistakes, return those that there are.",
            np.concatenate([best, right[np.argsort(-sure[right])]])[:k] if k > len(best) else np.nan,
        ),
        (
            "Right answers follow after the mistakes. If there are fewer than k mistakes, return those that there are.",
            np.argsort(-masked, kind="stable")[:k] if k > len(best) else np.nan,
        ),
        (
            "The result was filled up to k entries. If there are fewer than k mistakes, it is shorter: as long as there are mistakes.",
            np.concatenate([best, np.full(k - len(best), -1)]) if k > len(best) else np.nan,
        ),
        (
            "The result was filled up to k entries. If there are fewer than k mistakes, it is shorter: as long as there are mistakes.",
            np.concatenate([best, np.zeros(k - len(best))]) if k > len(best) else np.nan,
        ),
    ]


def expect_mistakes(student, labels, probabilities, k):
    wrong = int((probabilities.argmax(axis=1) != labels).sum())
    call = f"most_confident_mistakes(labels, probabilities, {k}) with {wrong} mistakes among {len(labels)} answers"
    returned = student.most_confident_mistakes(labels, probabilities, k)
    right = oracle_mistakes(labels, probabilities, k)
    try:
        given = np.asarray(returned)
    except ValueError:  # rows of different lengths
        given = np.asarray(None)
    if given.ndim == 2 and 1 in given.shape and given.size == right.size:
        raise Mistake(
            f"{call} should have one axis, but has the shape {given.shape}. `np.where(mask)` and `np.nonzero(mask)` return a tuple "
            "with an array in it: take its entry [0]. (np.argwhere makes a column: use np.flatnonzero.)"
        )
    alike = right.size > 1 and given.dtype.kind in "iuf" and given.shape == right.shape
    if alike and not np.array_equal(given, right) and np.array_equal(np.sort(given), np.sort(right)):
        named = [sentence for sentence, value in mistakes_of_mistakes(labels, probabilities, k) if np.array_equal(given, value)]
        raise Mistake(
            (named or ["These are the right ones, but in another order: the most confident mistake comes first, then the next."])[0]
        )
    expect(returned, right, call, mistakes_of_mistakes(labels, probabilities, k), tolerance=1e-9, whole=True)


def some_test(rng, count, wrong):
    """Labels and probabilities with that many mistakes, neither only at the beginning nor only at the end."""
    labels = rng.integers(0, 10, count)
    right = rng.permutation(np.arange(count) >= wrong)
    return labels, some_probabilities(rng, labels, right)


def telling(labels, probabilities, k):
    """Whether every misconception would give something of its own on these data, so that the diagnosis is right."""
    wrong = probabilities.argmax(axis=1) != labels
    if wrong[np.argsort(-probabilities.max(axis=1))[:k]].sum() < 2:  # "k first, then the mistakes" must not look like "only the first"
        return False
    values = [("right", oracle_mistakes(labels, probabilities, k)), *mistakes_of_mistakes(labels, probabilities, k)]
    said = {}
    return all(
        said.setdefault(np.asarray(value, float).tobytes(), sentence) == sentence
        for sentence, value in values
        if np.ndim(value) and "margin" not in sentence  # nearly always gives the same order: it has a test of its own
    )


@most_confident_mistakes
def test_three_of_a_few_mistakes(student, rng):
    labels, probabilities = some_test(rng, 14, 6)
    while not telling(labels, probabilities, 3):
        labels, probabilities = some_test(rng, 14, 6)
    expect_mistakes(student, labels, probabilities, 3)


@most_confident_mistakes
def test_the_second_most_probable_class_does_not_matter(student, rng):
    labels, probabilities = some_test(rng, 12, 4)
    first, second = np.flatnonzero(probabilities.argmax(axis=1) != labels)[[1, 2]]
    for row, sure, next_best in ((first, 0.992, 0.0072), (second, 0.991, 0.0011)):  # the less confident one has the larger margin
        answer = (labels[row] + 3) % 10
        probabilities[row] = (1 - sure - next_best) / 8
        probabilities[row, [answer, (answer + 1) % 10]] = sure, next_best
    expect_mistakes(student, labels, probabilities, 3)


@most_confident_mistakes
def test_of_many_answers(student, rng):
    for k in (8, 1, 2):
        labels, probabilities = some_test(rng, 90, 30)
        expect_mistakes(student, labels, probabilities, k)


@most_confident_mistakes
def test_k_as_large_as_the_number_of_mistakes(student, rng):
    labels, probabilities = some_test(rng, 50, 9)
    expect_mistakes(student, labels, probabilities, 9)


@most_confident_mistakes
def test_fewer_mistakes_than_k(student, rng):
    with blaming("most_confident_mistakes is right when there are enough mistakes, but not when there are fewer than k."):
        labels, probabilities = some_test(rng, 40, 6)
        expect_mistakes(student, labels, probabilities, 10)
        expect_mistakes(student, *some_test(rng, 20, 1), 4)
        expect_mistakes(student, *some_test(rng, 5, 3), 16)


@most_confident_mistakes
def test_no_mistake_at_all(student, rng):
    with blaming("Without a single mistake, the result is empty: an array or list of length 0."):
        expect_mistakes(student, *some_test(rng, 15, 0), 4)


@most_confident_mistakes
def test_nothing_but_mistakes(student, rng):
    expect_mistakes(student, *some_test(rng, 15, 15), 6)
    expect_mistakes(student, *some_test(rng, 1, 1), 1)


@most_confident_mistakes
def test_labels_of_one_byte_and_double_precision(student, rng):
    with blaming("most_confident_mistakes is right for labels of int64, but not for labels of one byte, uint8, as MNIST's are."):
        labels, probabilities = some_test(rng, 400, 60)
        expect_mistakes(student, labels.astype(np.uint8), probabilities.astype(np.float64), 12)


@most_confident_mistakes
def test_arguments_of_most_confident_mistakes_are_not_changed(student, rng):
    keeps_arguments(student, "most_confident_mistakes", *some_test(rng, 30, 10), 4)


# --- shift_images ---


def oracle_shift(images, dx, dy):
    """Pixel by pixel row: what ends in row i, column j comes from row i - dy, column j - dx, if there is such a place."""
    result = np.zeros_like(images)
    for i in range(max(0, dy), min(28, 28 + dy)):
        for j in range(max(0, dx), min(28, 28 + dx)):
            result[:, i, j] = images[:, i - dy, j - dx]
    return result


def rolled(images, dx, dy):
    return np.roll(images, (dy, dx), axis=(1, 2))


def with_edges(images, dx, dy):
    i, j = np.clip(np.arange(28) - dy, 0, 27), np.clip(np.arange(28) - dx, 0, 27)
    return images[:, i][:, :, j]


def padded(images, dx, dy):
    """The larger picture that padding without cropping makes."""
    pads = [(0, 0), (max(dy, 0), max(-dy, 0)), (max(dx, 0), max(-dx, 0)), *[(0, 0)] * (images.ndim - 3)]
    return np.pad(images, pads)


def through_the_rows(images, dx, dy):
    """Moved as one long row: what leaves a row on the right comes in at the left of the next."""
    flat = images.reshape(len(images), -1)
    return np.roll(flat, dy * 28 + dx, axis=1).reshape(images.shape)


def as_one_axis_off(images, dx, dy):
    """Rows and columns taken for the axes 0 and 1, as if there were no batch."""
    return np.roll(images, (dy, dx), axis=(0, 1))


def shift_mistakes(images, dx, dy):
    if images.dtype.kind == "f":
        as_whole = [
            (
                "The pixels were cut to whole numbers. Make the new array with the dtype of the images.",
                np.trunc(oracle_shift(images, dx, dy)),
            )
        ]
    else:
        as_whole = []
    kept = oracle_shift(images, dx, dy)
    return [
        (
            "What leaves the picture on one side comes in again on the other: `np.roll` does that. Here it is lost, and zeros move in.",
            rolled(images, dx, dy),
        ),
        ("dx and dy are swapped: dx moves along the columns, to the right, and dy along the rows, down.", oracle_shift(images, dy, dx)),
        (
            "dx and dy are swapped: dx moves to the right and dy down. And what leaves the picture comes in again on the other side.",
            rolled(images, dy, dx),
        ),
        ("The picture moved the wrong way: a positive dx moves it to the right, and a positive dy down.", oracle_shift(images, -dx, -dy)),
        ("The picture moved left and not right: a positive dx moves it to the right.", oracle_shift(images, -dx, dy)),
        ("The picture moved up and not down: a positive dy moves it down, to higher row numbers.", oracle_shift(images, dx, -dy)),
        ("The picture moved the wrong way, and what leaves it comes in again on the other side.", rolled(images, -dx, -dy)),
        ("dx and dy are swapped, and the picture moved the wrong way.", oracle_shift(images, -dy, -dx)),
        ("Nothing moved.", images),
        ("Only dx was used. The picture moves down by dy, too.", oracle_shift(images, dx, 0)),
        ("Only dy was used. The picture moves to the right by dx, too.", oracle_shift(images, 0, dy)),
        (
            "The picture was moved twice as far as it should be.",
            oracle_shift(images, 2 * dx, 2 * dy) if max(abs(dx), abs(dy)) <= 14 else np.nan,
        ),
        ("The border was filled with copies of the edge. Zeros, bare paper, move in.", with_edges(images, dx, dy)),
        (
            "The picture was moved as one long row of pixels: what leaves a row on one side comes in at the other side of the next.",
            through_the_rows(images, dx, dy),
        ),
        (
            "The axes are off by one: the first axis of a batch is the image. Rows are axis 1 and columns axis 2.",
            as_one_axis_off(images, dx, dy),
        ),
        ("The picture has grown by the zeros that moved in. It keeps its size: what leaves it is cut off.", padded(images, dx, dy)),
        (
            "The picture was cut, but no zeros moved in. It keeps its size.",
            images[:, max(-dy, 0) : 28 - max(dy, 0), max(-dx, 0) : 28 - max(dx, 0)],
        ),
        (
            "The part of the picture that moves was cut off at the right place, but put back where it was.",
            np.where(oracle_shift(np.ones_like(images), -dx, -dy) > 0, images, 0),
        ),
        (
            "The border was made 0, but the picture did not move.",
            np.where(oracle_shift(np.ones_like(images), dx, dy) > 0, images, 0),
        ),
        ("Only the first image of the batch moved.", np.concatenate([kept[:1], images[1:]]) if len(images) > 1 else np.nan),
        ("Only the first image of the batch was returned.", kept[0]),
        ("The axis of the channel got lost: the result has the shape of the images.", kept[..., 0] if images.ndim == 4 else np.nan),
        *as_whole,
    ]


def expect_shift(student, images, dx, dy):
    call = f"shift_images(images, {dx}, {dy}) with images of shape {images.shape}"
    mistakes = shift_mistakes(images, dx, dy) if max(abs(dx), abs(dy)) < 28 else []  # at 28 they all look alike
    expect(student.shift_images(images, dx, dy), oracle_shift(images, dx, dy), call, mistakes)


def some_images(rng, count=3, channel=False, dtype=np.float32):
    """Noise without a zero, so that every pixel tells where it came from."""
    return rng.uniform(1, 255, (count, 28, 28, 1) if channel else (count, 28, 28)).astype(dtype)


@shift_images
def test_two_dots_move_right_and_down(student, rng):
    images = np.zeros((1, 28, 28))
    images[0, 10, 12] = images[0, 20, 26] = 1  # the second leaves the picture
    expect_shift(student, images, int(rng.integers(4, 7)), int(rng.integers(1, 4)))


@shift_images
def test_whole_pictures_move_right_and_down(student, rng):
    expect_shift(student, some_images(rng), int(rng.integers(4, 9)), int(rng.integers(1, 4)))
    expect_shift(student, some_images(rng, 2), int(rng.integers(1, 4)), int(rng.integers(4, 9)))


@shift_images
def test_negative_moves_left_and_up(student, rng):
    with blaming("shift_images is right for positive dx and dy, but not for negative ones, which move to the left and up."):
        expect_shift(student, some_images(rng), -int(rng.integers(4, 9)), -int(rng.integers(1, 4)))
        expect_shift(student, some_images(rng), int(rng.integers(2, 9)), -int(rng.integers(10, 14)))
        expect_shift(student, some_images(rng), -int(rng.integers(2, 9)), int(rng.integers(10, 14)))


@shift_images
def test_zero_leaves_a_direction_alone(student, rng):
    reason = (
        "shift_images is right when both dx and dy move the picture, but not when one of them is 0. (A slice like [:-0] is empty: -0 is 0.)"
    )
    with blaming(reason):
        for dx, dy in ((int(rng.integers(2, 9)), 0), (0, int(rng.integers(2, 9))), (-3, 0), (0, -5), (0, 0)):
            expect_shift(student, some_images(rng), dx, dy)


@shift_images
def test_with_a_channel(student, rng):
    with blaming("shift_images is right for images of shape (n, 28, 28), but not for (n, 28, 28, 1)."):
        for dx, dy in ((5, 2), (-4, 3), (0, -6), (0, 0)):
            expect_shift(student, some_images(rng, 2, channel=True), dx, dy)


@shift_images
def test_out_of_the_picture(student, rng):
    with blaming(
        "shift_images is right for small steps, but not for the largest: at 28 or -28 the whole picture has left, at 27 all but one row or column."
    ):
        for dx, dy in ((27, 0), (0, -27), (28, 0), (0, 28), (-28, 0), (3, -28), (28, 28), (-28, 7), (-27, 27)):
            expect_shift(student, some_images(rng, 2), dx, dy)
        expect_shift(student, some_images(rng, 2, channel=True), -28, 28)


@shift_images
def test_any_dtype_in_shift_images(student, rng):
    for dtype in (np.uint8, np.float64, np.int32):
        with blaming(f"shift_images is right for float32, but not for images of dtype {np.dtype(dtype)}."):
            expect_shift(student, some_images(rng, 2, dtype=dtype), 3, -2)


@shift_images
def test_one_image_and_other_layouts(student, rng):
    with blaming("shift_images is not right for a single image, or for one whose numbers lie in another order in memory."):
        expect_shift(student, some_images(rng, 1), 6, 1)
        expect_shift(student, some_images(rng, 4).transpose(0, 2, 1), -2, 5)


@shift_images
def test_images_are_not_changed(student, rng):
    keeps_arguments(student, "shift_images", some_images(rng), 3, 2)
    keeps_arguments(student, "shift_images", some_images(rng), 0, 0)
