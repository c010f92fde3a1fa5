"""The numbers that lesson 10 states are those of the measured runs and of the network that comes with the course."""

import ast
import copy
import csv
import re
from pathlib import Path

import numpy as np
import pytest

from autograder.lessons import find_lesson

ROOT = Path(__file__).resolve().parents[1]
LESSON = find_lesson("10-evaluation")


def text(notebook, name):
    return "".join(next(cell for cell in notebook["cells"] if cell["id"] == name)["source"])


def measured():
    """Mistakes among 10,000 test digits after ten epochs, of every run, by the name that the lesson gives them."""
    runs = {"RAW": [], "SCALED": []}
    with (ROOT / "solutions" / "results" / "histories.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            if line["epoch"] == "10":
                runs[line["pixels"].upper()].append(round(10_000 * (1 - float(line["val_accuracy"]))))
    return runs


def run_faults(notebook):
    """The lists of runs that are not the measured ones, the published mistakes, and words about them that are not so."""
    stated = text(notebook, "thirty-runs")
    faults = [
        name for name, runs in measured().items() if ast.literal_eval(re.search(rf"^{name} = (\[.*?\])$", stated, re.MULTILINE)[1]) != runs
    ]
    published = (ROOT / "solutions" / "published-table.csv").read_text().split()[-1].split(",")[-1]
    if int(re.search(r"^published = (\d+)", stated, re.MULTILINE)[1]) != round(10_000 * (1 - float(published))):
        faults.append("published")
    raw, scaled = (np.mean(runs) for runs in measured().values())
    if "about a third" not in text(notebook, "the-verdict") or not 0.3 < 1 - scaled / raw < 0.37:
        faults.append("about a third")
    runs = measured()
    counted = f"in {len(runs['RAW'] + runs['SCALED'])} runs of ten epochs that we made, {len(runs['RAW'])} on raw pixels and {len(runs['SCALED'])} on scaled"
    if counted not in " ".join(text(notebook, "steps-that-are-too-long").split()):
        faults.append("how many runs")
    return faults


def sample_faults(notebook, network):
    """The numbers of the sample answer that are not those of the shipped network."""
    words = " ".join(text(notebook, "reflection").split())
    return [name for name, number in network.items() if number not in words]


@pytest.fixture(scope="module")
def network():
    """What the sample answer says of the shipped network, as it says it."""
    from autograder.mnist import load_mnist
    from autograder.network_file import load_network

    _, (images, labels) = load_mnist()
    model, _ = load_network()

    def ask(images, top=255):
        return model.predict(images[..., None].astype("float32") / top, batch_size=500, verbose=0)

    probabilities = ask(images)
    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = answers != labels
    moved = np.pad(images, ((0, 0), (0, 0), (4, 0)))[:, :, :28]
    return {
        "moved": f"the accuracy fell to {100 * np.mean(ask(moved).argmax(axis=1) == labels):.0f} %",
        "pixels": f"accuracy falls to {100 * np.mean(ask(images, 1).argmax(axis=1) == labels):.0f} %",
        "ones": f"Of the ones it misses {wrong[labels == 1].sum()} in {(labels == 1).sum():,}",
        "nines": f"of the nines {wrong[labels == 9].sum()} in {(labels == 9).sum():,}",
        "doubtful": f"the {(sure < 0.9).sum()} of 10,000 digits below 0.9, {wrong[sure >= 0.9].sum()} of my {wrong.sum()} mistakes are left",
    }


def test_lesson_states_the_measured_runs():
    assert run_faults(LESSON.notebook) == []


def test_sample_answer_states_the_shipped_networks_numbers(network):
    assert sample_faults(LESSON.notebook, network) == []


@pytest.mark.parametrize(
    ("cell", "old", "new", "fault"),
    [
        ("thirty-runs", "[180, 200", "[180, 100", "RAW"),
        ("thirty-runs", "published = 192", "published = 19", "published"),
        ("the-verdict", "about a third", "about half", "about a third"),
        ("steps-that-are-too-long", "20 on raw", "10 on raw", "how many runs"),
    ],
)
def test_gate_notices_a_run_that_was_not_measured(cell, old, new, fault):
    notebook = edited(cell, old, new)
    assert run_faults(notebook) == [fault]


@pytest.mark.parametrize(("old", "new", "fault"), [("fell to 57 %", "fell to 75 %", "moved"), ("30 in 1,009", "20 in 1,009", "nines")])
def test_gate_notices_a_wrong_number_in_the_sample_answer(network, old, new, fault):
    assert sample_faults(edited("reflection", old, new), network) == [fault]


def edited(name, old, new):
    """A copy of the notebook with a fault."""
    notebook = copy.deepcopy(LESSON.notebook)
    cell = next(cell for cell in notebook["cells"] if cell["id"] == name)
    assert old in text(notebook, name)
    cell["source"] = text(notebook, name).replace(old, new, 1)
    return notebook
