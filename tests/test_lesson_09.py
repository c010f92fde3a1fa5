"""The numbers that lesson 09 states are those of the published table and of the measured runs.

Each gate is a function that returns what is wrong; it is run on the lesson, and on a lesson in which the fault was planted.
"""

import copy
import csv
import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import spread
from autograder.lessons import find_lesson

ROOT = Path(__file__).resolve().parents[1]
LESSON = find_lesson("09-training")
COLUMNS = ["loss", "accuracy", "val_loss", "val_accuracy"]
PUBLISHED = (ROOT / "solutions" / "published-table.csv").read_text()
HISTORY = json.loads((ROOT / "solutions" / "09-training" / "history.json").read_text())
THRESHOLD = json.loads((ROOT / "autograder" / "checks" / "calibration.json").read_text())["threshold"]


def measured(path=spread.HISTORIES):
    """The measured runs, an array of (runs, 10 epochs, 4 columns) for each kind of pixels."""
    runs = {}
    with path.open(newline="") as file:
        for line in csv.DictReader(file):
            runs.setdefault(line["pixels"], {}).setdefault(line["seed"], []).append([float(line[column]) for column in COLUMNS])
    return {pixels: np.array(list(seeds.values())) for pixels, seeds in runs.items()}


def text(notebook, name):
    return "".join(next(cell for cell in notebook["cells"] if cell["id"] == name)["source"])


def edit(notebook, name, old, new):
    """A copy of the notebook with a fault."""
    notebook = copy.deepcopy(notebook)
    cell = next(cell for cell in notebook["cells"] if cell["id"] == name)
    assert old in text(notebook, name)
    cell["source"] = text(notebook, name).replace(old, new, 1)
    return notebook


# --- the gates ---


def published_faults(notebook):
    found = re.search(r'PUBLISHED = """\\\n(.*?)"""', text(notebook, "published"), re.DOTALL)
    return [] if found and found[1] == PUBLISHED else ["PUBLISHED is not solutions/published-table.csv"]


def spread_faults(notebook, runs):
    """The entries of the table of seeds that are not largest − smallest over the measured runs."""
    head, _, *rows = [
        [entry.strip(" `") for entry in line.strip("|").split("|")] for line in text(notebook, "spread-of-seeds").splitlines()
    ]
    faults = [] if [row[0] for row in rows] == COLUMNS and len(head) == 5 else ["the table of seeds lacks a row or a column"]
    for column, *entries in rows:
        for group, entry in zip(head[1:], entries, strict=True):
            epoch, pixels = re.fullmatch(r"epoch (\d+), (\w+)", group).groups()
            right = np.ptp(runs[pixels][:, int(epoch) - 1, COLUMNS.index(column)])
            if entry != f"{right:.4f}":
                faults.append(f"{column} in {group} is {right:.4f}, not {entry}: run `python tools/spread.py`")
    return faults


def sample_faults(notebook):
    """The four-digit numbers of the sample answer that are neither published nor those of the run in solutions/09-training."""
    known = set(re.findall(r"0\.\d{4}", PUBLISHED)) | {f"{value:.4f}" for column in COLUMNS for value in HISTORY["history"][column]}
    return [number for number in re.findall(r"\b0\.\d{4}\b", text(notebook, "reflection")) if number not in known]


def threshold_faults(notebook):
    wanted = f"at least {THRESHOLD}."
    return [] if wanted in text(notebook, "saved_model_task").replace("\n", " ") else [f"the task does not say {wanted!r}"]


# --- on the lesson ---


def test_the_published_table_is_the_published_one():
    assert published_faults(LESSON.notebook) == []


def test_the_table_of_seeds_is_what_the_runs_give():
    assert spread_faults(LESSON.notebook, measured()) == []


def test_the_sample_answer_s_numbers_are_those_of_the_sample_run():
    assert sample_faults(LESSON.notebook) == []


def test_the_task_names_the_threshold_of_the_check():
    assert threshold_faults(LESSON.notebook) == []


def test_the_sample_answer_argues_from_what_is_so():
    runs = measured()
    own = np.array([HISTORY["history"][column] for column in COLUMNS]).T
    table = np.array([[float(row[column]) for column in COLUMNS] for row in csv.DictReader(PUBLISHED.splitlines())])
    raw, scaled = np.ptp(runs["raw"], axis=0), np.ptp(runs["scaled"], axis=0)
    first, last, loss, accuracy = 0, 9, 0, 1
    assert HISTORY["pixels"] == "raw"
    assert np.abs(own - table)[2:, accuracy].max() < 0.002
    assert abs(own - table)[last, accuracy] < raw[last, accuracy]
    assert abs(own - table)[first, loss] < raw[first, loss]
    others = [run[last, accuracy] for run in runs["scaled"] if f"{run[last, accuracy]:.3f}" == "0.996"]
    assert others
    assert all(other - table[last, accuracy] > max(raw[last, accuracy], 5 * scaled[last, accuracy]) for other in others)
    assert runs["scaled"][:, first, loss].max() < 0.25


def test_in_late_epochs_the_training_columns_are_steadier_than_the_validation_columns():
    for runs in measured().values():
        assert (np.ptp(runs[:, 9, :2], axis=0) < np.ptp(runs[:, 9, 2:], axis=0)).all()


# --- and with a fault planted ---


@pytest.mark.parametrize(("old", "new"), [("0.5375", "0.5376"), ("9,0.0379", "9,0.0380")])
def test_gate_notices_another_published_number(old, new):
    assert published_faults(edit(LESSON.notebook, "published", old, new))


@pytest.mark.parametrize("place", range(16))
def test_gate_notices_a_wrong_number_in_the_table_of_seeds(place):
    table = text(LESSON.notebook, "spread-of-seeds")
    number = list(re.finditer(r"0\.\d{4}", table))[place]
    wrong = f"{float(number[0]) + 0.0001:.4f}"
    notebook = edit(LESSON.notebook, "spread-of-seeds", table, table[: number.start()] + wrong + table[number.end() :])
    assert len(spread_faults(notebook, measured())) == 1


def test_gate_notices_a_lost_row_in_the_table_of_seeds():
    row = text(LESSON.notebook, "spread-of-seeds").splitlines()[-1]
    assert spread_faults(edit(LESSON.notebook, "spread-of-seeds", "\n" + row, ""), measured())


def test_gate_notices_a_number_that_the_sample_run_does_not_have():
    number = f"{HISTORY['history']['accuracy'][-1]:.4f}"
    assert sample_faults(edit(LESSON.notebook, "reflection", number, "0.1234")) == ["0.1234"]


def test_gate_notices_another_threshold():
    assert threshold_faults(edit(LESSON.notebook, "saved_model_task", f"{THRESHOLD}.", "0.985."))


def test_the_tool_writes_the_table_of_the_runs_it_finds(tmp_path, monkeypatch, capsys):
    lesson, histories = tmp_path / "lesson.ipynb", tmp_path / "histories.csv"
    shutil.copy(LESSON.path, lesson)
    changed = spread.HISTORIES.read_text().replace("raw,0,10,0.", "raw,0,10,0.9")  # one run with a loss above 0.9
    histories.write_text(changed)
    monkeypatch.setattr(spread, "LESSON", lesson)
    monkeypatch.setattr(spread, "HISTORIES", histories)
    spread.main()
    notebook = json.loads(lesson.read_text())
    assert spread_faults(notebook, measured(histories)) == []
    assert len(spread_faults(notebook, measured())) == 1
    assert "val_accuracy" in capsys.readouterr().out


def test_what_is_saved_is_the_network_without_its_optimizer(tmp_path, monkeypatch):
    import keras

    from mnist_cnn import build_model

    monkeypatch.chdir(tmp_path)
    history = keras.callbacks.History()
    history.history, history.epoch = {"loss": [0.5]}, [0]
    cell = {"keras": keras, "json": json, "hashlib": hashlib, "Path": Path, "pixels": "raw", "layers": keras.layers}
    exec(text(LESSON.notebook, "saving"), cell)
    network = build_model()
    cell["save_run"](network, history)
    saved = keras.saving.load_model("model.keras")
    assert not saved.compiled
    assert all(np.array_equal(a, b) for a, b in zip(saved.get_weights(), network.get_weights(), strict=True))
    assert {path.name for path in tmp_path.iterdir()} == {"model.keras", "history.json"}
