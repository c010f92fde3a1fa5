"""Build mnist.npz from the four original IDX files: `python data/build.py FOLDER`.

The files are those of LeCun, Cortes and Burges; README.md beside this file says where they come from. Building twice gives the same
bytes, so the digest in autograder/mnist.py can be checked by anyone who has the originals.
"""

import hashlib
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np

# array name: file name, sha256 of the file
ORIGINALS = {
    "x_train": ("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    "y_train": ("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    "x_test": ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    "y_test": ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
}


def read_idx(content: bytes) -> np.ndarray:
    """The uint8 array in an IDX file: two zero bytes, type 8, number of axes, each axis' length big-endian, then the values."""
    if content[:3] != b"\0\0\x08":
        raise ValueError("not an IDX file of unsigned bytes")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


def main() -> None:
    if len(sys.argv) != 2:
        fail("usage: python data/build.py FOLDER_WITH_THE_FOUR_IDX_FILES")
    arrays = {}
    for name, (file, digest) in ORIGINALS.items():
        path = Path(sys.argv[1]) / file
        if not path.is_file():
            fail(f"{path} is missing; data/README.md says where the four files come from.")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            fail(f"{path} is not the original file: its sha256 differs.")
        arrays[name] = read_idx(content)
    target = Path(__file__).with_name("mnist.npz")
    np.savez_compressed(target, **arrays)
    print(f"{target.name}: {target.stat().st_size:,} bytes, sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
