"""What the live pages load is what the course has: its network, its digits, its measured runs."""

import base64
import csv
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

import live_data
from autograder.mnist import load_mnist
from autograder.network_file import load_network, shipped_network

ROOT = Path(__file__).resolve().parents[1]


def loaded(path):
    """What a script of live/data sets, as a browser reads it."""
    name = Path(path).stem
    text = live_data.files()[path]
    found = re.fullmatch(rf"\(globalThis\.layerByLayer \?\?= \{{\}}\)\.{name} = (.*);\n", text)
    assert found, text[:100]
    return json.loads(found[1])


@pytest.fixture(scope="module")
def digits():
    return loaded("live/data/digits.js")


def test_every_file_is_a_script_that_sets_its_own_name():
    assert sorted(live_data.files()) == [f"live/data/{name}.js" for name in ("digits", "filters", "runs", "weights")]
    for path in live_data.files():
        assert loaded(path)


def test_same_files_are_made_every_time():
    assert live_data.files() == live_data.files()


def test_weights_are_the_file_that_comes_with_the_course():
    assert gzip.decompress(base64.b64decode(loaded("live/data/weights.js"))) == shipped_network().read_bytes()


def test_weights_compressed_by_a_server_take_less_than_560_kilobytes():
    assert len(gzip.compress(live_data.files()["live/data/weights.js"].encode())) < 560_000


def test_digits_are_those_of_the_test_set(digits):
    _, (images, labels) = load_mnist()
    for digit in digits:
        pixels = np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8).reshape(28, 28)
        assert np.array_equal(pixels, images[digit["index"]])
        assert digit["label"] == labels[digit["index"]]


def test_plain_digits_are_the_first_of_each_class(digits):
    _, (_, labels) = load_mnist()
    plain = [digit for digit in digits if not digit["hard"]]
    assert [digit["label"] for digit in plain] == list(range(10))
    assert all(digit["label"] not in labels[: digit["index"]] for digit in plain)


def test_hard_digits_are_those_of_whose_label_the_network_is_least_sure(digits):
    _, (images, labels) = load_mnist()
    network, pixels = load_network()
    assert pixels == "scaled"
    probabilities = network.predict(images[..., None] / np.float32(255), batch_size=500, verbose=0)
    hardest = np.argsort(probabilities[np.arange(len(labels)), labels], kind="stable")[:10]
    assert [digit["index"] for digit in digits if digit["hard"]] == hardest.tolist()


def test_filters_are_those_of_the_network():
    with safe_open(shipped_network(), framework="numpy") as file:
        kernels = file.get_tensor("conv_kernel")
    filters = np.array(loaded("live/data/filters.js"))
    assert filters.shape == (28, 9)
    for number, weights in enumerate(filters):
        assert np.abs(weights.reshape(3, 3) - kernels[:, :, 0, number]).max() <= 0.005001


def test_runs_are_all_that_were_measured():
    runs = loaded("live/data/runs.js")
    with (ROOT / "solutions" / "results" / "histories.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert sum(len(runs[pixels]) for pixels in ("raw", "scaled")) * 10 == len(lines)
    for line in lines:
        run = runs[line["pixels"]][int(line["seed"])]
        for column in live_data.COLUMNS:
            assert run[column][int(line["epoch"]) - 1] == round(float(line[column]), 4)


def test_published_values_and_the_spread_of_the_raw_runs_are_those_of_the_comparison():
    runs = loaded("live/data/runs.js")
    with (ROOT / "solutions" / "results" / "comparison.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            epoch, column = int(line["epoch"]) - 1, line["column"]
            values = [run[column][epoch] for run in runs["raw"]]
            assert runs["published"][column][epoch] == float(line["published"])
            assert (min(values), max(values)) == (float(line["minimum"]), float(line["maximum"]))


def test_what_the_page_of_the_table_says_about_the_runs_is_so():
    """docs/live/table.md: training below test accuracy in every first epoch, and a test loss that rises while the accuracy stays."""
    runs = loaded("live/data/runs.js")
    every = [*runs["raw"], *runs["scaled"]]
    assert all(run["accuracy"][0] < run["val_accuracy"][0] for run in every)
    mean = {column: np.mean([run[column] for run in every], axis=0) for column in live_data.COLUMNS}
    assert mean["val_loss"][9] > 1.1 * mean["val_loss"][4]
    assert abs(mean["val_accuracy"][9] - mean["val_accuracy"][4]) < 0.003
    assert live_data.facts() == {"raw_runs": str(len(runs["raw"])), "scaled_runs": str(len(runs["scaled"]))}
