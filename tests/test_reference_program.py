"""The reference program: the network of the table, and a command that trains, compares, saves and plots."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "solutions"))

import mnist_cnn

LEDGER = [  # the table of layers in the course: kind, output shape, parameters
    ("InputLayer", (28, 28, 1), 0),
    ("Conv2D", (26, 26, 28), 280),
    ("MaxPooling2D", (13, 13, 28), 0),
    ("Flatten", (4732,), 0),
    ("Dense", (128,), 605_824),
    ("Dropout", (128,), 0),
    ("Dense", (10,), 1_290),
]


def ledger(model) -> list[tuple]:
    """What a model's layers are, in the form of LEDGER; the layers' activations and rates are checked apart."""
    rows = [("InputLayer", tuple(model.input_shape[1:]), 0)]
    return rows + [(type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers]


@pytest.fixture(scope="module")
def model():
    return mnist_cnn.build_model()


@pytest.fixture
def few_digits(monkeypatch):
    """Let the program load the first 320 training and 100 test digits, so that an epoch takes a moment."""
    load = mnist_cnn.load

    def load_few(pixels):
        (x_train, y_train), (x_test, y_test) = load(pixels)
        return (x_train[:320], y_train[:320]), (x_test[:100], y_test[:100])

    monkeypatch.setattr(mnist_cnn, "load", load_few)


def seeds_in(path: Path) -> list[tuple]:
    with path.open(newline="") as file:
        return [(line["pixels"], int(line["seed"]), int(line["epoch"])) for line in csv.DictReader(file)]


def test_the_network_is_the_table_of_seven_rows(model):
    assert ledger(model) == LEDGER
    assert model.count_params() == 607_394
    assert [layer.activation.__name__ for layer in model.layers if hasattr(layer, "activation")] == ["relu", "relu", "softmax"]
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.2]


def test_another_network_is_noticed():
    from keras import Input, Sequential, layers

    padded = [layers.Conv2D(28, 3, padding="same"), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128), layers.Dense(10)]
    assert ledger(Sequential([Input((28, 28, 1)), *padded])) != LEDGER


def test_it_is_compiled_as_the_course_says(model):
    assert type(model.optimizer).__name__ == "Adam"
    assert model.optimizer.get_config()["learning_rate"] == pytest.approx(0.001)
    assert model.loss == "sparse_categorical_crossentropy"
    assert model.get_compile_config()["metrics"] == ["accuracy"]


@pytest.mark.parametrize(("pixels", "largest"), [("raw", 255), ("scaled", 1)])
def test_pixels_are_loaded_raw_or_scaled(pixels, largest):
    (x_train, y_train), (x_test, y_test) = mnist_cnn.load(pixels)
    assert (x_train.shape, y_train.shape) == ((60_000, 28, 28, 1), (60_000,))
    assert (x_test.shape, y_test.shape) == ((10_000, 28, 28, 1), (10_000,))
    assert x_train.dtype == np.float32
    assert (x_train.min(), x_train.max()) == (0, largest)


def test_the_published_table_has_ten_epochs():
    table = mnist_cnn.published()
    assert len(table) == 10
    assert table[0] == {"loss": 0.5375, "accuracy": 0.9036, "val_loss": 0.1201, "val_accuracy": 0.9659}
    assert table[9] == {"loss": 0.0362, "accuracy": 0.9894, "val_loss": 0.0974, "val_accuracy": 0.9808}


def test_a_run_prints_the_comparison_and_saves_history_model_and_figure(few_digits, tmp_path, capfd):
    mnist_cnn.main(["--pixels", "scaled", "--epochs", "2", "--seeds", "2", "--quiet", "--output", str(tmp_path / "a" / "b")])
    output = tmp_path / "a" / "b"
    assert sorted(path.name for path in output.iterdir()) == [
        "curves-scaled.svg",
        "histories.csv",
        "model-scaled-0.keras",
        "model-scaled-1.keras",
    ]
    assert seeds_in(output / "histories.csv") == [("scaled", seed, epoch) for seed in (0, 1) for epoch in (1, 2)]
    assert "<svg" in (output / "curves-scaled.svg").read_text()
    printed = capfd.readouterr().out
    assert "run 2 of 2: scaled pixels, seed 1, 2 epochs" in printed
    assert "0.5375" in printed  # the published first loss, beside the measured one


def test_the_saved_model_is_the_trained_one(few_digits, tmp_path):
    import keras

    mnist_cnn.main(["--pixels", "scaled", "--epochs", "1", "--quiet", "--output", str(tmp_path)])
    with (tmp_path / "histories.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    _, (x_test, y_test) = mnist_cnn.load("scaled")
    loss, accuracy = keras.models.load_model(tmp_path / "model-scaled-0.keras").evaluate(x_test, y_test, verbose=0)
    assert loss == pytest.approx(float(row["val_loss"]), abs=1e-4)
    assert accuracy == pytest.approx(float(row["val_accuracy"]), abs=1e-6)


def test_a_seed_decides_the_run(few_digits):
    (_, first), (_, again), (_, other) = (mnist_cnn.train("raw", seed, epochs=1, verbose=0) for seed in (3, 3, 4))
    assert again[0]["loss"] == pytest.approx(first[0]["loss"], rel=1e-3)
    assert other[0]["loss"] != pytest.approx(first[0]["loss"], rel=1e-3)


def test_more_epochs_than_the_published_table_are_printed_too(capsys):
    mnist_cnn.print_table([dict.fromkeys(mnist_cnn.COLUMNS, 0.5)] * 11)
    assert capsys.readouterr().out.splitlines()[-1].split() == ["11", *["0.5000", "-"] * 4]


def test_a_rerun_replaces_the_run_with_the_same_pixels_and_seed(tmp_path):
    path = tmp_path / "histories.csv"
    rows = [dict.fromkeys(mnist_cnn.COLUMNS, number) for number in (0.1, 0.2)]
    mnist_cnn.save_history(path, "raw", 10, rows)
    mnist_cnn.save_history(path, "raw", 2, rows)
    mnist_cnn.save_history(path, "scaled", 10, rows)
    mnist_cnn.save_history(path, "raw", 10, rows[1:])
    assert seeds_in(path) == [("raw", 2, 1), ("raw", 2, 2), ("raw", 10, 1), ("scaled", 10, 1), ("scaled", 10, 2)]
    assert path.read_text().splitlines()[3] == "raw,10,1,0.200000,0.200000,0.200000,0.200000"
    assert [file.name for file in tmp_path.iterdir()] == ["histories.csv"]


@pytest.mark.parametrize(("text", "seeds"), [("1", [0]), ("3", [0, 1, 2]), ("4,7", [4, 7]), ("4,", [4])])
def test_seeds_are_a_number_or_a_list(text, seeds):
    assert mnist_cnn.seeds_from(text) == seeds


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--seeds", "0"], "give how many seeds (3) or a list of them (4,7), not '0'"),
        (["--seeds", "4;7"], "give how many seeds (3) or a list of them (4,7), not '4;7'"),
        (["--seeds", "-1,2"], "not '-1,2'"),
        (["--epochs", "0"], "give a whole number from 1, not '0'"),
        (["--epochs", "ten"], "give a whole number from 1, not 'ten'"),
        (["--pixels", "half"], "invalid choice: 'half'"),
        (["--output", __file__], "cannot be made"),
        (["--output", f"{__file__}/below"], "cannot be made"),
    ],
)
def test_bad_options_get_a_sentence_and_exit_code_2(options, sentence, capsys, monkeypatch):
    monkeypatch.setattr(mnist_cnn, "train", lambda *_, **__: pytest.fail("training began"))
    with pytest.raises(SystemExit) as stop:
        mnist_cnn.main([f"{options[0]}={options[1]}"])
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert sentence in error.splitlines()[-1]
    assert "Traceback" not in error


def test_a_missing_dataset_gets_a_sentence_and_exit_code_2(monkeypatch, tmp_path, capsys):
    import autograder.mnist

    def missing():
        raise autograder.mnist.DatasetError("data/mnist.npz was not found.")

    monkeypatch.setattr(autograder.mnist, "load_mnist", missing)
    with pytest.raises(SystemExit) as stop:
        mnist_cnn.main(["--output", str(tmp_path)])
    assert stop.value.code == 2
    assert "data/mnist.npz was not found." in capsys.readouterr().err.splitlines()[-1]
