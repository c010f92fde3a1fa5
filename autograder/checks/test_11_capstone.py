"""Lesson 11-capstone: a network of the student's own, judged by its size and by how many test digits it reads."""

import math
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograder.quiet  # noqa: F401 (before Keras, which is imported where it is used)
from autograder.checking import Mistake, exercise
from autograder.student import StudentError

FILE = "capstone.keras"
MARKS = (0.988, 0.992, 0.995)
MOST_PARAMETERS = 700_000
MOST_WORK = 1_000_000_000  # multiplications a digit; 700,000 weights at each of 784 places are 549 million
LARGEST_LAYER = 2**20  # numbers that one digit may become on its way; 28 x 28 places with 1,000 channels are 784,000
CHUNK = 500  # digits at a time
IN_MEMORY = 2**26  # numbers that one layer may hold at a time
REMARKABLE = 0.9985  # nobody is known to have trained one network of this size to that

first_mark = exercise("capstone", part="98.8 %", weight=4)
second_mark = exercise("capstone", part="99.2 %", weight=3)
third_mark = exercise("capstone", part="99.5 %", weight=3)


@dataclass(frozen=True)
class Measured:
    """What is known of a network: its parameters, its test accuracy, and the sentence that says which mark it misses, and why."""

    parameters: int
    accuracy: float
    sentence: str


def measure(model) -> Measured:
    """Judge a network. Raises Mistake when it cannot be shown the test digits, or has too many parameters."""
    from autograder.mnist import load_mnist

    parameters = check_size(model)
    shape = image_shape(model)
    check_answers(model)
    reader = Reader(model, min(CHUNK, IN_MEMORY // check_work(model)))
    _, (images, labels) = load_mnist()
    images = images.reshape(-1, *shape).astype(np.float32)
    accuracy = best_accuracy(reader, images, labels)
    return Measured(parameters, accuracy, sentence(reader, accuracy, images, labels))


# --- size and shapes ---


def check_size(model) -> int:
    """The network's parameters, whether they are trained or not. Raises Mistake when there are too many."""
    if not model.built:
        raise Mistake(
            "The saved network has no parameters yet: it was never told which images it gets, and never trained. "
            "Begin it with keras.Input((28, 28, 1)), and save it after the training."
        )
    parameters = model.count_params()
    if parameters > MOST_PARAMETERS:
        raise Mistake(
            f"The network has {parameters:,} parameters, {parameters - MOST_PARAMETERS:,} more than the {MOST_PARAMETERS:,} that are allowed. "
            "Look in its summary() for the layer that has most of them: often it is a dense layer behind Flatten."
        )
    return parameters


def check_work(model) -> int:
    """The numbers in the network's largest layer for one digit. Raises Mistake for a network that works too long on a digit to be graded."""
    work, largest = 0, 0
    for operation, arrives, leaves in calls(model):
        sizes = [math.prod(size or 1 for size in shape[1:]) for shape in leaves]
        largest = max([largest, *sizes])
        if largest > LARGEST_LAYER:
            raise Mistake(
                f"The layer {operation.name!r} makes {largest:,} numbers of one digit. That is more than can be graded, and far more than reading a digit needs."
            )
        places = [math.prod(size or 1 for size in shape[1:-1]) for shape in arrives + leaves]
        work += sum(math.prod(weight.shape) for weight in getattr(operation, "weights", [])) * max(places, default=1)
    if work > MOST_WORK:
        raise Mistake(
            f"The network does about {work / 1e6:,.0f} million multiplications for one digit. At most {MOST_WORK / 1e6:,.0f} million can be graded: "
            "use larger strides or earlier pooling, or do not enlarge the digits."
        )
    return largest


def calls(model) -> Iterator[tuple]:
    """Every use of a layer on the way through a network: the layer, and the shapes of what arrives and what leaves. Models inside it are unpacked."""
    import keras

    for nodes in (getattr(model, "_functional", None) or model)._nodes_by_depth.values():
        for node in nodes:
            if isinstance(node.operation, keras.Model):
                yield from calls(node.operation)
            else:
                yield (
                    node.operation,
                    *([tuple(tensor.shape) for tensor in tensors] for tensors in (node.input_tensors, node.output_tensors)),
                )


def image_shape(model) -> tuple[int, ...]:
    """The shape in which the network takes one digit. Raises Mistake when it cannot take one."""
    inputs = model.inputs or []
    if len(inputs) != 1:
        raise Mistake(f"The network takes {len(inputs)} inputs. It must take one: the digits, such as (None, 28, 28, 1).")
    takes = tuple(inputs[0].shape)
    one = takes[1:]
    if len(one) in (2, 3) and None in one:  # built for images of any size
        one = tuple(size or 28 for size in one[:2]) + tuple(size or 1 for size in one[2:])
    if None not in one and math.prod(one) == 28 * 28:
        return one
    advice = ""
    if one[:2] == (32, 32):
        advice = " If it needs a border around the digit, let the first layer add it: keras.layers.ZeroPadding2D(2)."
    elif one[-1:] == (3,):
        advice = " A digit has one channel, not three: let a first layer repeat it, or take one channel."
    raise Mistake(
        f"The network takes {takes}, so it cannot be shown digits of 28 × 28 pixels. It must take (None, 28, 28, 1), (None, 28, 28) or (None, 784).{advice}"
    )


def check_answers(model) -> None:
    """Raise Mistake unless the network gives ten numbers for a digit."""
    outputs = model.outputs or []
    if len(outputs) != 1:
        raise Mistake(f"The network gives {len(outputs)} outputs for a digit. It must give one: ten probabilities or scores, (None, 10).")
    gives = tuple(outputs[0].shape)
    if None in gives[1:] or math.prod(gives[1:]) != 10:
        advice = ""
        if gives[1:] == (1,):
            advice = " One number cannot say how likely each of the ten digits is: end with a dense layer of 10 units and softmax."
        elif gives[1:] == (9,):
            advice = " There are ten digits, 0 to 9."
        raise Mistake(f"The network gives {gives}. It must give ten probabilities or scores for each digit, (None, 10).{advice}")


# --- accuracy ---


@dataclass(frozen=True)
class Reader:
    """A network, and how many digits it is shown at a time."""

    model: Any
    chunk: int

    def scores(self, images: np.ndarray) -> np.ndarray:
        """Ten finite or infinite numbers, or nan, for each of at most `chunk` images."""
        import keras

        try:
            answers = self.model.predict_on_batch(images)
        except Exception as error:  # whatever layers of their choice do with a digit
            name = type(error).__name__
            raise Mistake(
                f"The network stops with {name} when it is shown test digits. Can it read the digits that you validate it on?"
            ) from None
        return np.asarray(keras.tree.flatten(answers)[0], np.float32).reshape(-1, 10)

    def mistakes(self, images: np.ndarray, labels: np.ndarray, enough: int) -> int:
        """How many images are misread; it stops counting when there are `enough`. Answers with nan or infinity are mistakes."""
        total = 0
        for start in range(0, len(images), self.chunk):
            scores = self.scores(images[start : start + self.chunk])
            right = (scores.argmax(axis=1) == labels[start : start + self.chunk]) & np.isfinite(scores).all(axis=1)
            total += len(right) - int(right.sum())
            if total >= enough:
                break
        return total


def best_accuracy(reader: Reader, images: np.ndarray, labels: np.ndarray) -> float:
    """The accuracy on pixels from 0 to 1 or, if that misses the top mark and the other is better, on pixels from 0 to 255."""
    fewest = reader.mistakes(images / 255, labels, len(labels))
    if share_right(fewest, labels) < MARKS[-1]:
        fewest = min(fewest, reader.mistakes(images, labels, fewest))
    return share_right(fewest, labels)


def share_right(wrong: int, labels: np.ndarray) -> float:
    return (len(labels) - wrong) / len(labels)


# Other ways to feed a network that students have: each changes the pixels outside of the model, where the grader cannot know of it.
FED_OTHERWISE = {
    "(pixel − 0.1307) / 0.3081": lambda x: (x - 0.1307) / 0.3081,  # mean and standard deviation of the training pixels
    "pixels from −1 to 1": lambda x: 2 * x - 1,
    "pixels from −0.5 to 0.5": lambda x: x - 0.5,
    "1 for paper and 0 for ink": lambda x: 1 - x,
    "pixels divided by 255 twice": lambda x: x / 255,
}


def sentence(reader: Reader, accuracy: float, images: np.ndarray, labels: np.ndarray) -> str:
    """What the network reads, which mark comes next, and what may be wrong; "" for a network with every mark."""
    if accuracy >= MARKS[-1]:
        return ""
    reads = f"The network reads {accuracy:.2%} of the 10,000 test digits correctly"
    images, few = images / 255, min(100, reader.chunk)
    if not np.isfinite(reader.scores(images[:few])).all() and accuracy < MARKS[0]:
        return f"{reads}: it answers with nan (not a number) or infinity, so its training broke down. Try a smaller learning rate."
    if accuracy < MARKS[0] and (found := fed_otherwise(reader, accuracy, images[:1000], labels[:1000])):
        return f"{reads}, but {found}"
    if accuracy < 0.2:
        return (
            f"{reads}. That is guessing: was the file saved before the training, or did the images and the labels come in different orders?"
        )
    needed = next(mark for mark in MARKS if accuracy < mark)
    digits = round((needed - accuracy) * len(labels))
    return f"{reads}; the next mark is {needed:.1%}: {digits} digit{'s' if digits != 1 else ''} more."


def fed_otherwise(reader: Reader, accuracy: float, images: np.ndarray, labels: np.ndarray) -> str:
    """What to tell somebody whose network reads these images, of pixels from 0 to 1, much better when they are changed first; or ""."""
    for words, fed in FED_OTHERWISE.items():
        wrong = reader.mistakes(fed(images), labels, 1 + int(min(0.03, (1 - accuracy) / 3) * len(labels)))
        if share_right(wrong, labels) >= 1 - min(0.03, (1 - accuracy) / 3):
            return (
                f"{share_right(wrong, labels):.1%} of the first 1,000 when it is shown {words}. The grader shows it the pixels as they are or divided "
                "by 255, and nothing else. Make what you do to them beyond that a first layer of the network: keras.layers.Rescaling, for one."
            )
    return ""


# --- the three marks ---

_known: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # so that a student's network is opened and measured once


@pytest.fixture
def network(student, measured, note) -> Measured:
    """The student's network, measured. Raises what keeps it from being measured, at every mark alike."""
    if student not in _known:
        try:
            _known[student] = measure(student.saved_model(FILE))
        except (Mistake, StudentError) as reason:
            _known[student] = reason
        else:
            remember(_known[student], measured, note)
    if isinstance(_known[student], Exception):
        raise _known[student]
    return _known[student]


def remember(network: Measured, measured, note) -> None:
    measured("accuracy", network.accuracy)
    measured("parameters", network.parameters)
    if network.accuracy > REMARKABLE:
        note(
            f"{network.accuracy:.2%} would be among the best results ever published on these digits. Expect to be asked how you trained: "
            "no test digit may have been among the training digits."
        )


def reach(mark: float, network: Measured) -> None:
    if network.accuracy < mark:
        raise Mistake(network.sentence)


@first_mark
def test_reads_98_8_percent_of_the_test_digits(network):
    reach(MARKS[0], network)


@second_mark
def test_reads_99_2_percent_of_the_test_digits(network):
    reach(MARKS[1], network)


@third_mark
def test_reads_99_5_percent_of_the_test_digits(network):
    reach(MARKS[2], network)
