"""The picture on the home page, a digit on its way through the trained network, and the numbers that pages mention, all computed."""

import base64
import functools
import io

import numpy as np
from matplotlib import colormaps
from PIL import Image
from safetensors import safe_open

from autograder.lessons import all_lessons
from autograder.mnist import load_mnist
from autograder.network_file import TENSORS, shipped_network

GAP = 1  # pixels between two feature maps
SHADES = 64  # of colour: so few, to be small, and no eye sees the steps
NOTHING = 255  # the number of the colour between the maps, which is none


@functools.cache
def facts() -> dict[str, str]:
    """What `{{ name }}` in a page stands for."""
    lessons = all_lessons().values()
    exercises = [exercise for lesson in lessons for exercise in lesson.exercises]
    digits = sum(len(images) for images, _ in load_mnist())
    parameters = sum(int(np.prod(shape)) for name, (shape, _) in TENSORS.items() if name != "dense_scales")
    return {
        "lessons": str(len(lessons)),
        "exercises": str(sum(not exercise.manual for exercise in exercises)),
        "points": f"{sum(exercise.points for exercise in exercises if not exercise.bonus):g}",
        "bonus": f"{sum(exercise.points for exercise in exercises if exercise.bonus):g}",
        "hours": f"{sum(int(lesson.front_matter['Minutes']) for lesson in lessons) / 60:.0f}",
        "digits": f"{digits:,}",
        "parameters": f"{parameters:,}",
        "network_picture": picture(),
    }


def activations(image: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer of the shipped network answers to a digit, uint8 `(28, 28)`: convolution, pooling, dense and softmax."""
    with safe_open(shipped_network(), framework="numpy") as file:
        weights = {name: file.get_tensor(name) for name in TENSORS}
        scale = 255 if file.metadata()["pixels"] == "scaled" else 1
    patches = np.lib.stride_tricks.sliding_window_view(image.astype("float32") / scale, (3, 3))
    convolution = np.maximum(np.einsum("ijab,abf->ijf", patches, weights["conv_kernel"][:, :, 0]) + weights["conv_bias"], 0)
    pooling = convolution.reshape(13, 2, 13, 2, 28).max(axis=(1, 3))
    kernel = weights["dense_kernel"].astype("float32") * weights["dense_scales"]
    dense = np.maximum(pooling.reshape(-1) @ kernel + weights["dense_bias"], 0)
    scores = dense @ weights["output_kernel"] + weights["output_bias"]
    exponentials = np.exp(scores - scores.max())
    return {"convolution": convolution, "pooling": pooling, "dense": dense, "softmax": exponentials / exponentials.sum()}


def picture() -> str:
    """The first test digit on its way through the layers, as HTML: each layer leads to the lesson in which it is built."""
    digit = load_mnist()[1][0][0]
    layers = activations(digit)
    answer = int(layers["softmax"].argmax())
    bars = "".join(
        f'<i class="bar{" best" * (number == answer)}" style="--p:{probability:.3f}"><b>{number}</b></i>'
        for number, probability in enumerate(layers["softmax"])
    )
    stages = [
        ("01-pixels", _grey(255 - digit), "Input", "28 × 28 pixels"),
        ("02-convolution", _coloured(_mosaic(layers["convolution"]), "maps"), "Convolution", "28 maps of 26 × 26"),
        ("03-pooling", _coloured(_mosaic(layers["pooling"]), "maps"), "Max pooling", "28 maps of 13 × 13"),
        ("04-dense", _coloured(_shades(layers["dense"].reshape(32, 4)), "units"), "Dense", "128 units"),
        ("06-softmax", f'<span class="bars" aria-hidden="true">{bars}</span>', "Softmax", f"10 probabilities: a {answer}"),
    ]
    links = "".join(
        f'<a class="stage" href="lessons/{lesson}.html">{shown}<b>{name}</b><span>{detail}</span></a>'
        for lesson, shown, name, detail in stages
    )
    return f'<div class="network">{links}</div>'


def _mosaic(maps: np.ndarray) -> np.ndarray:
    """Feature maps `(h, w, 28)` as one picture of 7 rows of 4, each on a scale of its own, in numbers of colours."""
    height, width, count = maps.shape
    tiles = np.full((7 * (height + GAP) - GAP, 4 * (width + GAP) - GAP), NOTHING, np.uint8)
    for number in range(count):
        row, column = divmod(number, 4)
        tiles[row * (height + GAP) :, column * (width + GAP) :][:height, :width] = _shades(maps[..., number])
    return tiles


def _shades(values: np.ndarray) -> np.ndarray:
    """Values from 0 up as numbers of colours, the largest of them as the last."""
    return np.round((SHADES - 1) * values / max(values.max(), 1e-6)).astype(np.uint8)


def _grey(pixels: np.ndarray) -> str:
    return _image(Image.fromarray(pixels), "digit")


def _coloured(shades: np.ndarray, kind: str) -> str:
    picture = Image.frombytes("P", shades.shape[::-1], shades.tobytes())
    colours = (colormaps["viridis"](np.linspace(0, 1, SHADES))[:, :3] * 255).astype(np.uint8)
    picture.putpalette(colours.tobytes() + bytes(3 * (256 - SHADES)))
    return _image(picture, kind, transparency=NOTHING)


def _image(picture: Image.Image, kind: str, **options: int) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, **options)
    data = base64.b64encode(file.getvalue()).decode()
    width, height = picture.size
    return f'<img class="{kind}" alt="" width="{width}" height="{height}" src="data:image/png;base64,{data}">'
