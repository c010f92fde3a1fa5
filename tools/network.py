"""Train the network that ships with the course and write data/network.safetensors: `make network` (3 to 6 minutes).

It is the reference program's run on scaled pixels with seed 1, with one thread as in solutions/results, so its figures are those of
that run in histories.csv, and its filters those that lesson 02 shows.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "solutions"))

from autograder.network_file import load_network, save_network
from mnist_cnn import load, train
from reproduce import ONE_THREAD

SEED = 1
TARGET = ROOT / "data" / "network.safetensors"


def main() -> None:
    os.environ.update(ONE_THREAD)  # before Keras is imported
    import autograder.quiet  # noqa: F401

    model, rows = train("scaled", SEED, verbose=2)
    with tempfile.TemporaryDirectory(dir=TARGET.parent) as folder:  # an interrupted run leaves the old file whole
        partial = Path(folder) / TARGET.name
        save_network(model, partial, "scaled")
        os.replace(partial, TARGET)
    _, (x_test, y_test) = load("scaled")
    loaded, _ = load_network(TARGET)
    before, after = (network.predict(x_test, batch_size=500, verbose=0).argmax(axis=1) for network in (model, loaded))
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes, seed {SEED}, scaled pixels")
    print(f"test accuracy {rows[-1]['val_accuracy']:.4f} as trained, {(after == y_test).mean():.4f} as saved with int8 weights")
    print(f"answers that the int8 weights change: {(before != after).sum()} of {len(y_test):,}")


if __name__ == "__main__":
    main()
