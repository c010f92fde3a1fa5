"""The file in which a trained network travels: to lesson 10, and to the website's live page.

It is a safetensors file of about 620 KB. The large dense kernel is kept as int8: a weight is about its int8 value times the scale of its column
(the largest magnitude in the column, divided by 127). Everything else is float32.

    conv_kernel (3, 3, 1, 28), conv_bias (28,)
    dense_kernel (4732, 128) int8, dense_scales (128,), dense_bias (128,)
    output_kernel (128, 10), output_bias (10,)

Its metadata are `format`, "layer-by-layer 1", and `pixels`: "raw" (the network was fed 0 to 255) or "scaled" (0 to 1).
"""

from pathlib import Path
from typing import Any

NAME = "network.safetensors"
FORMAT = "layer-by-layer 1"
PIXELS = ("raw", "scaled")
LARGEST_FILE = 2_000_000  # bytes
TENSORS = {
    "conv_kernel": ((3, 3, 1, 28), "float32"),
    "conv_bias": ((28,), "float32"),
    "dense_kernel": ((4732, 128), "int8"),
    "dense_scales": ((128,), "float32"),
    "dense_bias": ((128,), "float32"),
    "output_kernel": ((128, 10), "float32"),
    "output_bias": ((10,), "float32"),
}
WEIGHTS = ["conv_kernel", "conv_bias", "dense_kernel", "dense_bias", "output_kernel", "output_bias"]  # in Keras' order


def shipped_network() -> Path:
    """Path of the trained network that comes with the course: `data/network.safetensors`, in the folder where the digits are.

    Raises ValueError when it is not there, and DatasetError when the digits are not, either.
    """
    from autograder.mnist import dataset_path

    path = dataset_path().with_name(NAME)
    if not path.is_file():
        raise ValueError(f"{path} is missing. It comes with the course: unpack student.zip (or clone the repository) again.")
    return path


def save_network(model: Any, path: str | Path, pixels: str) -> None:
    """Write a trained network of the course to a file.

    model: keras.Model that computes what the course's network computes, however its layers are named or compiled
    pixels: what it was fed, "raw" (0 to 255) or "scaled" (0 to 1)

    Raises ValueError when the model is another network, when its weights are not all finite, or when `pixels` is neither of the two.
    """
    import numpy as np
    from safetensors.numpy import save

    if pixels not in PIXELS:
        raise ValueError(f'pixels must be "raw" or "scaled": what the network was fed in training. It is {pixels!r}.')
    weights = _weights_of(model)
    tensors = dict(zip(WEIGHTS, weights, strict=True))
    tensors["dense_kernel"], tensors["dense_scales"] = quantised(tensors["dense_kernel"])
    # safetensors writes an array's memory as it lies, so it must lie in order.
    tensors = {name: np.ascontiguousarray(tensors[name], dtype) for name, (_, dtype) in TENSORS.items()}
    Path(path).write_bytes(save(tensors, {"format": FORMAT, "pixels": pixels}))


def load_network(path: str | Path | None = None) -> tuple[Any, str]:
    """The network in a file, as an uncompiled keras.Model, and the pixels that it wants: "raw" or "scaled". Without a path, the shipped one.

    Raises ValueError when the file is missing, damaged, or holds something else.
    """
    path = Path(path) if path is not None else shipped_network()
    tensors, pixels = _read(path)
    tensors["dense_kernel"] = tensors["dense_kernel"].astype("float32") * tensors["dense_scales"]
    model = _build()
    model.set_weights([tensors[name] for name in WEIGHTS])
    return model, pixels


def quantised(kernel: Any) -> tuple[Any, Any]:
    """A kernel `(inputs, units)` as int8 and the scale of each of its columns: kernel ≈ int8 × scales, off by half a scale at most."""
    import numpy as np

    scales = np.abs(kernel).max(axis=0) / np.float32(127)
    steps = np.divide(kernel, scales, out=np.zeros_like(kernel), where=scales > 0)  # a column of zeros stays one
    return np.clip(np.rint(steps), -127, 127).astype(np.int8), scales.astype(np.float32)


def _build() -> Any:
    import autograder.quiet  # noqa: F401

    # isort: split
    from keras import Input, Sequential, layers

    return Sequential(
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


def _weights_of(model: Any) -> list:
    """The six arrays of a network of the course, float32. Raises ValueError for any other."""
    import numpy as np

    try:
        arrays = [np.asarray(array, np.float32) for array in model.get_weights()]
        shapes = [array.shape for array in arrays]
        takes, gives = model.input_shape, model.output_shape
    except (AttributeError, TypeError, ValueError):
        raise ValueError("The first argument must be a trained Keras model: the network of lesson 8.") from None
    if shapes != [TENSORS[name][0] for name in WEIGHTS] or takes != (None, 28, 28, 1) or gives != (None, 10):
        found = ", ".join(map(str, shapes)) or "none at all"
        raise ValueError(f"Only the network of lesson 8 fits into this file. The arrays of weights of this model are others: {found}.")
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("The network's weights are not all numbers: some are nan or infinite, so its training has failed. Train it again.")
    twin = _build()
    twin.set_weights(arrays)
    # Layers without weights, activations and settings are compared by what they do to noise, bright enough to reach every layer.
    noise = np.random.default_rng(0).random((8, 28, 28, 1), np.float32)
    if not all(np.allclose(_answers(model, noise * top), _answers(twin, noise * top), atol=1e-4) for top in (1, 255)):
        raise ValueError(
            "This model has the weights of the network of lesson 8, but does something else with them: compare its activations, "
            "its pooling and the order of its layers with the ledger."
        )
    return arrays


def _answers(model: Any, images: Any) -> Any:
    import numpy as np

    return np.asarray(model(images, training=False))


def _read(path: Path) -> tuple[dict, str]:
    import numpy as np
    from safetensors import SafetensorError, safe_open

    another = f"{path.name} is not a network of this course"
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{another}: it is larger than any such file.")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys() if name in TENSORS}  # noqa: SIM118 (not a dict)
            count = len(file.keys())
    except (SafetensorError, OSError, ValueError, TypeError, KeyError):
        raise ValueError(f"{path.name} is damaged, or not a safetensors file. Export the network again.") from None
    if metadata.get("format") != FORMAT:
        raise ValueError(f"{another}: its format is {metadata.get('format')!r}, not {FORMAT!r}.")
    if metadata.get("pixels") not in PIXELS:
        raise ValueError(f'{another}: it does not say whether the network was fed "raw" or "scaled" pixels.')
    if {name: (array.shape, array.dtype.name) for name, array in tensors.items()} != TENSORS or count != len(TENSORS):
        raise ValueError(f"{another}: its arrays have other names, shapes or types.")
    if not all(np.isfinite(array).all() for array in tensors.values()):
        raise ValueError(f"{path.name} holds weights that are nan or infinite. Train the network again, then export it.")
    return tensors, metadata["pixels"]
