"""What the live pages load: the trained network, some test digits, the learnt filters and the training runs, each as a script.

They are scripts because a page that was opened from a disk may load nothing else. docs/javascripts reads `layerByLayer.weights` and so on.
"""

import base64
import csv
import functools
import gzip
import json
from pathlib import Path

from safetensors.numpy import load

from autograder.mnist import load_mnist
from autograder.network_file import shipped_network

ROOT = Path(__file__).resolve().parents[1]
HISTORIES = ROOT / "solutions" / "results" / "histories.csv"
PUBLISHED = ROOT / "solutions" / "published-table.csv"
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")

# The test digits of whose label the shipped network is least sure, hardest first. A test computes them again.
HARDEST = (3520, 3808, 1014, 4571, 9015, 2654, 6597, 2135, 2939, 3906)


def files() -> dict[str, str]:
    """The scripts, by their paths in docs/."""
    contents = {"weights": weights(), "digits": digits(), "filters": filters(), "runs": runs()}
    return {f"live/data/{name}.js": script(name, content) for name, content in contents.items()}


def facts() -> dict[str, str]:
    """What `{{ name }}` in a page stands for."""
    return {f"{pixels}_runs": str(len(runs()[pixels])) for pixels in ("raw", "scaled")}


def script(name: str, content: object) -> str:
    """A script that sets `layerByLayer.<name>`."""
    return f"(globalThis.layerByLayer ??= {{}}).{name} = {json.dumps(content, ensure_ascii=False, separators=(',', ':'))};\n"


def weights() -> str:
    """The network's file, gzipped, in base64: a server's own compression then makes of it what the bytes alone would take."""
    return _text(gzip.compress(shipped_network().read_bytes(), 9, mtime=0))


def digits() -> list[dict]:
    """Test digits to choose from: the first of each class, then the hardest."""
    _, (images, labels) = load_mnist()
    first = [int((labels == digit).argmax()) for digit in range(10)]
    return [
        {"index": index, "label": int(labels[index]), "hard": hard, "pixels": _text(images[index].tobytes())}
        for hard, indices in [(False, first), (True, HARDEST)]
        for index in indices
    ]


def filters() -> list[list[float]]:
    """The nine weights of each filter of the network, row by row, rounded to hundredths: enough for a reader."""
    kernels = load(shipped_network().read_bytes())["conv_kernel"]  # (3, 3, 1, 28)
    return [[round(float(weight), 2) for weight in kernels[:, :, 0, number].ravel()] for number in range(kernels.shape[3])]


@functools.cache
def runs() -> dict:
    """`published`, a run, and `raw` and `scaled`, lists of runs by seed. A run is a list of ten values, of four places, for each column."""
    with HISTORIES.open(newline="") as file:
        lines = list(csv.DictReader(file))
    result: dict = {pixels: [] for pixels in ("raw", "scaled")}
    for pixels, measured in result.items():
        own = [line for line in lines if line["pixels"] == pixels]
        for seed in sorted({int(line["seed"]) for line in own}):
            measured.append(_run(line for line in own if int(line["seed"]) == seed))
    with PUBLISHED.open(newline="") as file:
        return {"published": _run(csv.DictReader(file))} | result


def _run(lines) -> dict[str, list[float]]:
    ordered = sorted(lines, key=lambda line: int(line["epoch"]))
    return {column: [round(float(line[column]), 4) for line in ordered] for column in COLUMNS}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
