"""Draw docs/images/network.svg: a 7 on its way through the course's trained network, every number in it computed."""

import autograder.quiet  # noqa: F401

# isort: split
import keras
import matplotlib
import numpy as np

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "layer by layer"
import matplotlib.pyplot as plt

from autograder.mnist import load_mnist
from course import ROOT

TARGET = ROOT / "docs" / "images" / "network.svg"


def mosaic(maps: np.ndarray) -> np.ndarray:
    """Feature maps `(h, w, 28)` as one picture of 7 rows of 4, a blank line between them, each on a scale of its own."""
    height, width, count = maps.shape
    picture = np.full((7 * (height + 1) - 1, 4 * (width + 1) - 1), np.nan)
    for number in range(count):
        row, column = divmod(number, 4)
        picture[row * (height + 1) :, column * (width + 1) :][:height, :width] = maps[..., number] / max(maps[..., number].max(), 1e-6)
    return picture


def main() -> None:
    seven = load_mnist()[1][0][:1, ..., None].astype("float32")
    model = keras.saving.load_model(ROOT / "solutions" / "09-training" / "model.keras")
    values, outputs = seven, []
    for layer in model.layers:
        values = layer(values, training=False)
        outputs.append(np.asarray(values)[0])
    convolution, pooling, flat, dense, _, probabilities = outputs

    figure, axes = plt.subplots(1, 5, figsize=(11, 4.2), width_ratios=[1.4, 1.9, 1.9, 0.9, 1.5], layout="constrained")
    axes[0].imshow(seven[0, ..., 0], cmap="gray_r")
    for axis, maps in zip(axes[1:3], [convolution, pooling], strict=True):
        axis.imshow(mosaic(maps), cmap="viridis")
    axes[3].imshow(dense.reshape(32, 4), cmap="viridis")
    axes[4].barh(range(10), probabilities, color="tab:orange")
    axes[4].set(yticks=range(10), xlim=(0, 1), xticks=[0, 1])
    axes[4].invert_yaxis()
    axes[4].spines[["top", "right"]].set_visible(False)
    shapes = [model.input_shape[1:], convolution.shape, pooling.shape, dense.shape, probabilities.shape]
    names = ["input", "convolution", "max pooling", "dense", "softmax"]
    details = ["28 × 28 pixels", "28 maps, 26 × 26", "28 maps, 13 × 13", f"{len(flat):,} → {len(dense)}", f"{len(dense)} → 10"]
    counts = [0, *(model.layers[index].count_params() for index in (0, 1, 3, 5))]
    for axis, name, detail, count, shape in zip(axes, names, details, counts, shapes, strict=True):
        axis.set_title(f"{name}\n{detail}", fontsize=10)
        axis.set_xlabel(f"{shape}\n{count:,} parameters" if count else f"{shape}\nno parameters", fontsize=9)
        if axis is not axes[4]:
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(False)
    figure.suptitle(f"A 7 on its way through {model.count_params():,} parameters", fontsize=12)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(TARGET, metadata={"Date": None}, facecolor="white")


if __name__ == "__main__":
    main()
