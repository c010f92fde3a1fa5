"""The digits are the original ones, and a missing or damaged file is named."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder import mnist

ROOT = Path(__file__).parents[1]


def test_digits_are_the_original_ones():
    (x_train, y_train), (x_test, y_test) = mnist.load_mnist()
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    spec = importlib.util.spec_from_file_location("build", ROOT / "data" / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    from hashlib import sha256

    for name, array, header in [
        ("x_train", x_train, b"\0\0\x08\x03\0\0\xea\x60\0\0\0\x1c\0\0\0\x1c"),
        ("y_train", y_train, b"\0\0\x08\x01\0\0\xea\x60"),
        ("x_test", x_test, b"\0\0\x08\x03\0\0\x27\x10\0\0\0\x1c\0\0\0\x1c"),
        ("y_test", y_test, b"\0\0\x08\x01\0\0\x27\x10"),
    ]:
        idx = header + array.tobytes()
        assert sha256(idx).hexdigest() == build.ORIGINALS[name][1]
        assert np.array_equal(build.read_idx(idx), array)


def test_file_is_found_from_a_folder_below(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mnist.npz").write_bytes(b"")
    (tmp_path / "01-pixels").mkdir()
    monkeypatch.chdir(tmp_path / "01-pixels")
    assert mnist.dataset_path() == tmp_path / "data" / "mnist.npz"


def test_damaged_file_is_named(tmp_path, monkeypatch):
    content = bytearray((ROOT / "data" / "mnist.npz").read_bytes())
    content[5_000_000] ^= 1
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mnist.npz").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(mnist.DatasetError, match="is damaged"):
        mnist.load_mnist()


def test_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mnist, "__file__", str(tmp_path / "lib" / "autograder" / "mnist.py"))
    with pytest.raises(mnist.DatasetError, match="was not found"):
        mnist.load_mnist()


def test_builder_refuses_other_files(tmp_path):
    done = subprocess.run([sys.executable, ROOT / "data" / "build.py", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2 and "is missing" in done.stderr
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"not it")
    done = subprocess.run([sys.executable, ROOT / "data" / "build.py", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2 and "not the original file" in done.stderr
