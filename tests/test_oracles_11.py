"""What lesson 11 states is measured, its own machinery does what it says, and its check counts as Keras does."""

import csv
import importlib.util
import re
import statistics
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "solutions"))

import capstone
from autograder.lessons import find_lesson

LESSON = find_lesson("11-capstone")


def text(name):
    return "".join(next(cell for cell in LESSON.notebook["cells"] if cell["id"] == name)["source"])


def final_accuracies(pixels):
    with (ROOT / "solutions" / "results" / "histories.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["pixels"] == pixels and row["epoch"] == "10"]
    return [float(row["val_accuracy"]) for row in sorted(rows, key=lambda row: int(row["seed"]))]


@pytest.fixture(scope="module")
def checks():
    spec = importlib.util.spec_from_file_location("checks_11", LESSON.checks_file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["checks_11"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def notebook():
    """The names that the notebook's cells define."""
    return capstone.notebook_names()


@pytest.fixture
def names(notebook, tmp_path, monkeypatch):
    """The same, with few digits, a small network, and files in a folder of their own."""
    import keras

    names = dict(notebook)
    run = {name: value for name, value in names.items() if getattr(value, "__code__", None) and value.__module__ == LESSON.path.stem}
    for name, function in run.items():  # the cells' functions look their names up here
        names[name] = type(function)(function.__code__, names, name, function.__defaults__, function.__closure__)
    for pile in ("fit", "val", "test"):
        names[f"x_{pile}"], names[f"y_{pile}"] = notebook[f"x_{pile}"][:512], notebook[f"y_{pile}"][:512]
    names["NETWORK"], names["ATTEMPTS"] = tmp_path / "capstone.keras", tmp_path / "attempts.csv"
    names["new_network"] = lambda: keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def train_network(network, images, labels, rng):
        network.compile("adam", loss)
        network.fit(images, labels, verbose=0)

    names["train_network"] = train_network
    monkeypatch.chdir(tmp_path)
    return names


# --- what is stated ---


def test_the_ten_seeds_are_those_that_were_measured():
    stated = [float(number) for number in re.findall(r"0\.\d{4}", re.search(r"SEEDS = \[(.*?)\]", text("chance"))[1])]
    assert stated == [round(value, 4) for value in final_accuracies("scaled")]


def test_the_course_s_errors_in_the_figure_and_in_the_prediction_are_the_medians_of_the_runs():
    for pixels in ("raw", "scaled"):
        [stated] = re.findall(rf'\("lesson 9, {pixels}", 607_394, ([\d.]+)\)', text("error-against-parameters"))
        assert float(stated) == pytest.approx(100 * (1 - statistics.median(final_accuracies(pixels))), abs=0.006)
    assert f"misreads {10_000 * (1 - statistics.median(final_accuracies('scaled'))):.0f} of the 10,000" in text("prediction")


def test_dense_networks_in_the_figure_have_the_parameters_that_they_have():
    found = re.findall(r'"dense, ([\d,]+) hidden units", ([\d_]+)', text("error-against-parameters"))
    assert [(int(units.replace(",", "")) * (785 + 10) + 10) for units, _ in found] == [int(parameters) for _, parameters in found]


def test_the_task_states_the_marks_of_the_check(checks):
    parts = re.findall(r"\*\*([\d.]+) %\*\* (?:earns )?(\d)", text("capstone_task").replace("\n", " "))
    marks = [mark.mark.args for mark in (checks.first_mark, checks.second_mark, checks.third_mark)]
    assert [(f"{share} %", float(points)) for share, points in parts] == [(part, weight) for _, part, weight in marks]
    assert [float(share) / 100 for share, _ in parts] == pytest.approx(list(checks.MARKS))
    assert f"{checks.MOST_PARAMETERS:,}" in text("title")


# --- the check's own counts ---


def test_the_numbers_of_a_common_standardisation_are_those_of_the_training_digits(notebook):
    assert notebook["x_train"].mean() == pytest.approx(0.1307, abs=5e-5)
    assert notebook["x_train"].std() == pytest.approx(0.3081, abs=5e-5)


def test_the_reference_is_far_from_every_limit_of_the_check(checks, notebook):
    network = notebook["new_network"]()
    assert checks.check_size(network) == network.count_params() < checks.MOST_PARAMETERS / 2
    assert checks.check_work(network) == 14 * 14 * 64
    assert checks.image_shape(network) == (28, 28, 1)


def test_the_largest_network_that_the_parameters_allow_is_not_refused_for_its_work(checks):
    import keras

    layers = [keras.layers.Conv2D(filters, 3, padding="same") for filters in (130, 130, 130, 130, 130)]
    network = keras.Sequential([keras.Input((28, 28, 1)), *layers, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(10)])
    assert checks.check_size(network) > 600_000
    checks.check_work(network)


# --- the notebook's machinery ---


def test_wobbling_without_strength_changes_nothing_and_with_it_everything(notebook):
    images = notebook["x_test"][:50]
    assert np.allclose(notebook["wobble"](images, np.random.default_rng(0), 0.0), images, atol=1e-5)
    wobbled = notebook["wobble"](images, np.random.default_rng(0))
    assert wobbled.dtype == np.float32
    assert (np.abs(wobbled - images).mean(axis=(1, 2, 3)) > 0.005).all()
    ink = images.sum(axis=(1, 2, 3))
    assert (np.abs(wobbled.sum(axis=(1, 2, 3)) / ink - 1) < 0.4).all()


def test_an_epoch_of_wobbled_batches_has_every_digit_once(notebook):
    labels = np.arange(64)
    found = notebook["wobbled_batches"](np.zeros((64, 28, 28, 1)), labels, np.random.default_rng(0), batch_size=16)
    epochs = [np.concatenate([next(found)[1] for _ in range(4)]) for _ in range(2)]
    assert all(sorted(epoch) == list(range(64)) for epoch in epochs)
    assert not np.array_equal(*epochs)


def test_only_a_better_attempt_replaces_the_network_and_every_attempt_has_a_row(names):
    import keras

    good = names["new_network"]()
    names["train_network"](good, names["x_fit"], names["y_fit"], None)
    for name, network in [("first", names["new_network"]()), ("second", good), ("third", names["new_network"]())]:
        names["keep"](name, network, 0.1)
    assert [row["attempt"] for row in names["attempts"]()] == ["first", "second", "third"]
    assert np.array_equal(keras.saving.load_model(names["NETWORK"]).get_weights()[0], good.get_weights()[0])
    assert {path.name for path in names["NETWORK"].parent.iterdir()} == {"capstone.keras", "attempts.csv"}


def test_a_rehearsal_leaves_nothing_behind_and_refuses_what_cannot_be_graded(names):
    import keras

    layers = keras.layers
    names["rehearse"]()

    class Mine(layers.Layer):
        def call(self, x):
            return x

    for layer, sentence in [
        (layers.Lambda(lambda x: x), "Lambda"),
        (Mine(), "classes of your own"),
        (layers.Dense(1000, name="large"), "parameters"),
    ]:
        names["new_network"] = lambda layer=layer: keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layer, layers.Dense(10)])
        with pytest.raises(ValueError, match=sentence):
            names["rehearse"]()
    assert not list(Path().iterdir())


# --- the program ---


def test_a_run_is_measured_recorded_and_handed_in_so_that_the_notebook_finds_it(names, tmp_path):
    network, row = capstone.run(names, seed=5)
    assert list(row) == capstone.COLUMNS
    assert row["parameters"] == 7_850
    capstone.record(tmp_path / "runs.csv", row)
    capstone.record(tmp_path / "runs.csv", row | {"seed": 3})
    capstone.record(tmp_path / "runs.csv", row)
    with (tmp_path / "runs.csv").open(newline="") as file:
        assert [line["seed"] for line in csv.DictReader(file)] == ["3", "5"]
    folder = tmp_path / "handed-in"
    for _ in range(2):  # an earlier run is replaced, not added to
        capstone.hand_in(names, network, row, folder)
    assert {path.name for path in folder.iterdir()} == {"capstone.keras", "attempts.csv"}
    assert [line["attempt"] for line in names["attempts"]()] == [names["this_attempt"]]


@pytest.mark.parametrize(
    "options", [["--seed=-1"], ["--seed=one"], [f"--output={__file__}/below"], [f"--record={__file__}/below/runs.csv"]]
)
def test_bad_options_get_a_sentence_and_exit_code_2(options, monkeypatch, capsys):
    monkeypatch.setattr(capstone, "notebook_names", lambda: pytest.fail("training began"))
    with pytest.raises(SystemExit) as stop:
        capstone.main(options)
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert "give a whole number" in error or "cannot be made" in error
    assert "Traceback" not in error
