"""The climax of lesson 08: the course's own layers, fetched from their notebooks and put in a row, are the trained network."""

import numpy as np
import pytest

import autograder.quiet  # noqa: F401
from autograder import mine
from autograder.lessons import find_lesson
from autograder.mnist import load_mnist
from autograder.network_file import load_network

LESSON = find_lesson("08-network")
LAYERS = ["conv2d", "relu", "max_pool2d", "flatten", "dense", "softmax"]


@pytest.fixture
def layers(monkeypatch):
    """The six functions as a student's notebook in lessons/08-network gets them, all lessons being solved."""
    monkeypatch.chdir(LESSON.path.parent)
    monkeypatch.delenv("AUTOGRADER_GRADING", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return {name: getattr(mine, name) for name in LAYERS}


def test_all_six_layers_come_from_the_notebooks(layers):
    assert [name for name, function in layers.items() if function.__module__ == "autograder.given"] == []


def test_they_read_real_digits_as_the_trained_network_does(layers):
    _, (x_test, y_test) = load_mnist()
    network, pixels = load_network()
    images = x_test[:1000, ..., None].astype("float32") / 255
    answer = "".join(next(cell["source"] for cell in LESSON.notebook["cells"] if cell["id"] == "numpy_forward"))
    namespace = dict(layers)
    exec(answer, namespace)
    probabilities = np.concatenate([namespace["numpy_forward"](part, network.get_weights()) for part in np.split(images, 4)])
    assert pixels == "scaled"  # as lesson 08 says
    assert np.abs(probabilities - network.predict(images, verbose=0)).max() < 1e-5
    assert np.mean(probabilities.argmax(axis=1) == y_test[:1000]) > 0.98
