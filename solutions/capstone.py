"""The capstone's reference network, trained and measured: it runs lesson 11's own cells, as its notebook does.

    python solutions/capstone.py                              # what solutions/11-capstone hands in, and its row in solutions/results/capstone.csv
    python solutions/capstone.py --seed 1 --record runs.csv   # another seed, measured only

Everything in the network and its training was chosen by its accuracy on the last 5,000 training digits, from which it does not learn. The test
digits are read once, at the end.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # so that the program also runs in a clone where nothing is installed but the requirements

from reproduce import csv_text, read_csv

LESSON = HERE.parent / "lessons" / "11-capstone" / "11-capstone.ipynb"
CELLS = ["setup", "split", "wobble", "capstone", "keeping", "this_attempt"]  # what a training needs of the notebook
OUTPUT, RECORD = HERE / "11-capstone", HERE / "results" / "capstone.csv"
COLUMNS = ["seed", "validation_accuracy", "test_accuracy", "parameters", "wall_seconds", "cpu_seconds"]


def notebook_names() -> dict[str, Any]:
    """The names that the notebook's cells define: its digits, `new_network`, `train_network`, `keep` and others."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]}
    names: dict[str, Any] = {"__name__": LESSON.stem}
    for cell in CELLS:
        exec(compile(cells[cell], f"{LESSON.name}, cell {cell}", "exec"), names)
    return names


def run(names: dict[str, Any], seed: int) -> tuple[Any, dict]:
    """Train from `seed` as the notebook does; returns the network and what was measured, a dict of COLUMNS."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(seed)
    network = names["new_network"]()
    wall, cpu = time.perf_counter(), time.process_time()
    names["train_network"](network, names["x_fit"], names["y_fit"], np.random.default_rng(seed))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    accuracies = [names["accuracy"](network, names[f"x_{pile}"], names[f"y_{pile}"]) for pile in ("val", "test")]
    return network, dict(zip(COLUMNS, [seed, *accuracies, network.count_params(), round(wall), round(cpu)], strict=True))


def hand_in(names: dict[str, Any], network: Any, row: dict, folder: Path) -> None:
    """Write capstone.keras and attempts.csv anew, as the notebook writes them after a first attempt: it then finds them, and does not train."""
    folder.mkdir(parents=True, exist_ok=True)
    names["NETWORK"], names["ATTEMPTS"] = folder / "capstone.keras", folder / "attempts.csv"
    for path in (names["NETWORK"], names["ATTEMPTS"]):
        path.unlink(missing_ok=True)
    names["keep"](names["this_attempt"], network, row["wall_seconds"] / 60)


def record(path: Path, row: dict) -> None:
    """Put a run into a CSV file of runs, in the place of an earlier run with the same seed."""
    rows = [old for old in read_csv(path) if old["seed"] != str(row["seed"])]
    rows.append({column: f"{value:.4f}" if isinstance(value, float) else str(value) for column, value in row.items()})
    rows.sort(key=lambda row: int(row["seed"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(csv_text(rows), encoding="utf-8")
    os.replace(partial, path)


def seed_from(text: str) -> int:
    """A seed, for the command line."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"give a whole number from 0, not {text!r}")
    return int(text)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the reference network of the capstone and measure it.")
    parser.add_argument("--seed", type=seed_from, default=0, metavar="N", help="default: 0")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where capstone.keras and attempts.csv go (default: solutions/11-capstone for seed 0)"
    )
    parser.add_argument(
        "--record", type=Path, default=RECORD, metavar="FILE", help="the CSV file of runs (default: solutions/results/capstone.csv)"
    )
    options = parser.parse_args(arguments)
    output = options.output or (OUTPUT if options.seed == 0 else None)
    for folder in filter(None, [output, options.record.parent]):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            parser.error(f"the folder {folder} cannot be made: {error.strerror}")

    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    from autograder.mnist import DatasetError

    try:
        names = notebook_names()
    except DatasetError as error:
        parser.error(str(error))
    network, row = run(names, options.seed)
    record(options.record, row)
    print(
        f"\nseed {row['seed']}: {row['parameters']:,} parameters, {row['wall_seconds'] / 60:.1f} minutes, {row['cpu_seconds']} CPU seconds"
    )
    print(f"validation accuracy {row['validation_accuracy']:.2%}, test accuracy {row['test_accuracy']:.2%}")
    if output:
        hand_in(names, network, row, output)
        print(f"the network is in {output / 'capstone.keras'}")


if __name__ == "__main__":
    main()
