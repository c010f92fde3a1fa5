"""The whole course as one short program: load, build, train, evaluate, plot.

    python solutions/mnist_cnn.py --pixels raw --seeds 1 --output training

`raw` feeds the network pixels from 0 to 255, as the published table must have done; `scaled` divides them by 255 first.
"""

import argparse
import csv
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # so that the program also runs in a clone where nothing is installed but the requirements

PUBLISHED = HERE / "published-table.csv"
COLUMNS = ["loss", "accuracy", "val_loss", "val_accuracy"]


def load(pixels: str) -> tuple:
    """`(x_train, y_train), (x_test, y_test)`: images float32 `(n, 28, 28, 1)`, from 0 to 255 if `pixels` is raw, to 1 if scaled."""
    from autograder.mnist import load_mnist

    divisor = {"raw": 1.0, "scaled": 255.0}[pixels]
    return tuple((x[..., None].astype("float32") / divisor, y) for x, y in load_mnist())


def build_model():
    """The network of the table: 607,394 parameters, compiled."""
    from keras import Input, Sequential, layers

    model = Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(28, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(pixels: str, seed: int, epochs: int = 10, verbose: int | str = 1) -> tuple:
    """Train one network from `seed`; returns the model and its history: a list with a dict of COLUMNS for every epoch."""
    import keras

    keras.utils.set_random_seed(seed)
    (x_train, y_train), test = load(pixels)
    model = build_model()
    history = model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=test, verbose=verbose).history
    return model, [{column: history[column][epoch] for column in COLUMNS} for epoch in range(epochs)]


def published() -> list[dict]:
    """The published table: a dict of COLUMNS for each of the ten epochs."""
    with PUBLISHED.open() as file:
        return [{column: float(row[column]) for column in COLUMNS} for row in csv.DictReader(file)]


def print_table(rows: list[dict]) -> None:
    """Print measured epochs, each beside the published one."""
    print("\n        loss             accuracy         val_loss         val_accuracy")
    print("epoch   here    table    here    table    here    table    here    table")
    for epoch, row in enumerate(rows, 1):
        table = published()[epoch - 1] if epoch <= len(published()) else {}
        cells = (f"{row[c]:.4f}  {table[c]:.4f}" if table else f"{row[c]:.4f}       -" for c in COLUMNS)
        print(f"{epoch:5}   " + "   ".join(cells))


def save_history(path: Path, pixels: str, seed: int, rows: list[dict]) -> None:
    """Put a run into a CSV file of runs, in the place of an earlier run with the same pixels and seed."""
    lines = []
    if path.exists():
        with path.open(newline="") as file:
            lines = [line for line in csv.DictReader(file) if (line["pixels"], line["seed"]) != (pixels, str(seed))]
    for epoch, row in enumerate(rows, 1):
        lines.append({"pixels": pixels, "seed": seed, "epoch": epoch} | {c: f"{row[c]:.6f}" for c in COLUMNS})
    lines.sort(key=lambda line: (line["pixels"], int(line["seed"]), int(line["epoch"])))
    partial = path.with_suffix(".partial")
    with partial.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["pixels", "seed", "epoch", *COLUMNS], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    os.replace(partial, path)


def plot(path: Path, pixels: str, runs: dict[int, list[dict]]) -> None:
    """Draw accuracy and loss over the epochs: every seed, training and validation, beside the published table."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, quantity in zip(axes, ["accuracy", "loss"], strict=True):
        for column, colour, label in [(quantity, "tab:blue", "training"), ("val_" + quantity, "tab:orange", "validation")]:
            for number, rows in enumerate(runs.values()):
                values = [row[column] for row in rows]
                axis.plot(range(1, len(rows) + 1), values, color=colour, alpha=0.6, label=None if number else label)
            table = [row[column] for row in published()]
            axis.plot(range(1, 11), table, ":", color=colour, marker="o", markersize=4, label=f"{label}, published")
        axis.set(xlabel="epoch", ylabel=quantity)
    axes[0].legend()
    figure.suptitle(f"{pixels} pixels, seed{'s' if len(runs) > 1 else ''} {', '.join(map(str, runs))}")
    figure.savefig(path)
    plt.close(figure)


def seeds_from(text: str) -> list[int]:
    """`3` → seeds 0, 1 and 2; `4,7` → seeds 4 and 7; `4,` → seed 4."""
    try:
        seeds = [int(part) for part in text.split(",") if part] if "," in text else list(range(int(text)))
    except ValueError:
        seeds = []
    if not seeds or min(seeds) < 0:
        raise argparse.ArgumentTypeError(f"give how many seeds (3) or a list of them (4,7), not {text!r}")
    return seeds


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"give a whole number from 1, not {text!r}")
    return int(text)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the network of the course and compare it with the published table.")
    parser.add_argument("--pixels", choices=["raw", "scaled"], default="raw", help="0 to 255 as they are, or divided by 255 (default: raw)")
    parser.add_argument("--epochs", type=positive, default=10, help="default: 10")
    parser.add_argument("--seeds", type=seeds_from, default=[0], metavar="N", help="how many runs (3), or their seeds (4,7); default: 1")
    parser.add_argument("--output", type=Path, default=Path("training"), metavar="DIR", help="default: training")
    parser.add_argument("--quiet", action="store_true", help="a line an epoch instead of a progress bar")
    options = parser.parse_args(arguments)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"the folder {options.output} cannot be made: {error.strerror}")

    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    import autograder.quiet  # noqa: F401 (it must come before Keras)
    from autograder.mnist import DatasetError

    runs = {}
    for number, seed in enumerate(options.seeds, 1):
        print(f"\nrun {number} of {len(options.seeds)}: {options.pixels} pixels, seed {seed}, {options.epochs} epochs")
        try:
            model, runs[seed] = train(options.pixels, seed, options.epochs, verbose=2 if options.quiet else 1)
        except DatasetError as error:
            parser.error(str(error))
        print_table(runs[seed])
        save_history(options.output / "histories.csv", options.pixels, seed, runs[seed])
        model.save(options.output / f"model-{options.pixels}-{seed}.keras")
    plot(options.output / f"curves-{options.pixels}.svg", options.pixels, runs)
    print(f"\nhistories.csv, curves-{options.pixels}.svg and the models are in {options.output}/")


if __name__ == "__main__":
    main()
