"""The file in which a trained network travels: what goes in comes out, and what is damaged is said to be."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import network_file
from autograder.network_file import FORMAT, TENSORS, WEIGHTS, load_network, quantised, save_network, shipped_network


def some_weights(seed, scale=0.1):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, scale, TENSORS[name][0]).astype(np.float32) for name in WEIGHTS]


@pytest.fixture(scope="module")
def model():
    network = network_file._build()
    network.set_weights(some_weights(0))
    return network


@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "my-network.safetensors"
    save_network(model, path, "scaled")
    return path


# --- there and back ---


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-3, 3), pixels=st.sampled_from(["raw", "scaled"]))
def test_any_weights_come_back(model, tmp_path_factory, seed, scale, pixels):
    before = some_weights(seed, scale)
    network = network_file._build()
    network.set_weights(before)
    path = tmp_path_factory.mktemp("network") / "n.safetensors"
    save_network(network, path, pixels)
    loaded, fed = load_network(path)
    assert fed == pixels
    for name, old, new in zip(WEIGHTS, before, loaded.get_weights(), strict=True):
        if name == "dense_kernel":
            assert (np.abs(new - old) <= 0.501 * np.abs(old).max(axis=0) / 127).all()
        else:
            assert np.array_equal(new, old)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(-1e3, 1e3, width=32), min_size=3, max_size=3), min_size=1, max_size=6))
def test_rounding_is_off_by_half_a_step_at_most(rows):
    kernel = np.array(rows, np.float32)
    steps, scales = quantised(kernel)
    assert steps.dtype == np.int8
    assert steps.min() >= -127
    assert (np.abs(steps * scales - kernel) <= 0.501 * scales + 1e-37).all()


def test_a_second_journey_changes_nothing(saved, tmp_path):
    once, pixels = load_network(saved)
    save_network(once, tmp_path / "again.safetensors", pixels)
    twice, _ = load_network(tmp_path / "again.safetensors")
    assert all(np.allclose(a, b, rtol=1e-5, atol=0) for a, b in zip(once.get_weights(), twice.get_weights(), strict=True))


def test_shipped_network_is_loaded_without_a_path():
    network, pixels = load_network()
    assert pixels == "scaled"
    assert network.count_params() == 607_394
    assert shipped_network().stat().st_size < 700_000


def test_file_is_one_that_other_readers_understand(saved):
    """The header as the live page reads it: a length, JSON, and each array at its place in the bytes that follow."""
    content = saved.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    assert header.pop("__metadata__") == {"format": FORMAT, "pixels": "scaled"}
    types = {"float32": "F32", "int8": "I8"}
    assert {name: (tuple(entry["shape"]), entry["dtype"]) for name, entry in header.items()} == {
        name: (shape, types[dtype]) for name, (shape, dtype) in TENSORS.items()
    }
    ends = [entry["data_offsets"][1] for entry in header.values()]
    assert 8 + length + max(ends) == len(content)


# --- what is no network of the course ---


def test_only_raw_and_scaled_are_pixels(model, tmp_path):
    with pytest.raises(ValueError, match='"raw" or "scaled"'):
        save_network(model, tmp_path / "n", "grey")
    assert not (tmp_path / "n").exists()


def test_another_network_is_refused(tmp_path):
    from keras import Input, Sequential, layers

    small = Sequential([Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    for other in (small, "a network", None):
        with pytest.raises(ValueError, match="network of lesson 8"):
            save_network(other, tmp_path / "n", "raw")


@pytest.mark.parametrize("change", ["no relu", "mean pooling", "no softmax"])
def test_the_same_weights_in_another_network_are_refused(change, model, tmp_path):
    from keras import Input, Sequential, layers

    pooling = layers.AveragePooling2D((2, 2)) if change == "mean pooling" else layers.MaxPooling2D((2, 2))
    twin = Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(28, (3, 3), activation=None if change == "no relu" else "relu"),
            pooling,
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation=None if change == "no softmax" else "softmax"),
        ]
    )
    twin.set_weights(model.get_weights())
    with pytest.raises(ValueError, match="does something else"):
        save_network(twin, tmp_path / "n", "raw")


def test_weights_that_are_nan_are_refused(tmp_path):
    network = network_file._build()
    weights = some_weights(1)
    weights[1][3] = np.nan
    network.set_weights(weights)
    with pytest.raises(ValueError, match="training has failed"):
        save_network(network, tmp_path / "n", "raw")


# --- damaged files ---


def test_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(ValueError, match="There is no file"):
        load_network(tmp_path / "nowhere.safetensors")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_truncated_and_garbled_files_get_a_sentence(model, tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "n.safetensors"
    save_network(model, path, "raw")
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:  # bytes of the header, where they can do most
        content = bytearray(content)
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, 7 + length))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        loaded, pixels = load_network(path)
    except ValueError as error:
        assert "n.safetensors" in str(error)
        assert str(error).endswith(".")
    else:  # a space more or less in the header does no harm
        assert pixels in ("raw", "scaled") and loaded.count_params() == 607_394


def rewritten(path, metadata=None, **arrays):
    """The file with other metadata or arrays; None removes one."""
    from safetensors import safe_open
    from safetensors.numpy import save_file

    with safe_open(path, framework="numpy") as file:
        tensors, known = {name: file.get_tensor(name) for name in TENSORS}, file.metadata()
    tensors = {name: array for name, array in (tensors | arrays).items() if array is not None}
    save_file(tensors, path, known | (metadata or {}))
    return path


@pytest.mark.parametrize(
    ("metadata", "arrays", "said"),
    [
        ({"format": "layer-by-layer 2"}, {}, "its format is 'layer-by-layer 2'"),
        ({"pixels": "grey"}, {}, 'fed "raw" or "scaled" pixels'),
        ({}, {"conv_bias": None}, "other names, shapes or types"),
        ({}, {"conv_bias": np.zeros(27, np.float32)}, "other names, shapes or types"),
        ({}, {"conv_bias": np.zeros(28, np.float64)}, "other names, shapes or types"),
        ({}, {"more": np.zeros(1, np.float32)}, "other names, shapes or types"),
        ({}, {"conv_bias": np.full(28, np.inf, np.float32)}, "nan or infinite"),
        ({}, {"more": np.zeros(2_000_000, np.uint8)}, "larger than any such file"),
    ],
)
def test_file_of_something_else_gets_a_sentence(saved, metadata, arrays, said):
    with pytest.raises(ValueError, match=said):
        load_network(rewritten(saved, metadata, **arrays))
