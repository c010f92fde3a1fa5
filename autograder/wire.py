"""What may cross between student code and the grader: plain values as JSON, arrays as npy, Keras models as configuration and weights.

`pack` turns a value into a JSON-able tree and a list of byte buffers; `unpack` turns them back, trusting nothing: no pickle, no code,
no class but the ones named here. Students' own processes use the same two functions, so a check sees the same values everywhere.
"""

import importlib
import io
import json
import math
import re
import sys
from dataclasses import dataclass, field
from numbers import Number
from typing import Any

MAX_BYTES = 512 * 2**20  # of all arrays in one message: 1,000 digits x 28 feature maps x 26 x 26 in float64 are 152 MB
HEADER = 4096  # bytes that hold any npy header of ours
MAX_DEPTH = 20
MAX_ITEMS = 100_000
MAX_TEXT = 100_000
MAX_PARAMETERS = 5_000_000


Buffer = bytes | bytearray | memoryview


class WireError(ValueError):
    """The value cannot cross; the message is a sentence about the student's value."""


@dataclass
class Line:
    """A curve in a student's figure."""

    x: Any
    y: Any
    label: str


@dataclass
class Axes:
    """One panel of a student's figure: its texts (a legend of the whole figure counts as its own) and its curves."""

    xlabel: str = ""
    ylabel: str = ""
    title: str = ""
    legend: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass
class Figure:
    """What a check may know of a student's matplotlib figure."""

    axes: list[Axes]


# --- packing: runs beside student code, so it asks exact questions and never calls more of their objects than it must ---


def pack(value: Any, *, lists_as_arrays: bool = True) -> tuple[Any, list[Buffer]]:
    """The tree and the buffers of a value. Raises WireError for a value that no check could use.

    A list or tuple of numbers (of any depth) travels as one array, unless `lists_as_arrays` is false.
    """
    packer = _Packer(lists_as_arrays)
    return packer.pack(value, 0), packer.buffers


def plain(text: str) -> str:
    """A text as it can be sent: half of a surrogate pair cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


class _Packer:
    def __init__(self, lists_as_arrays: bool):
        self.lists_as_arrays = lists_as_arrays
        self.buffers: list[Buffer] = []

    def pack(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError("it is nested too deeply to be read")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return plain(value)
        if isinstance(value, int):
            return {"int": str(value)} if abs(value) > 2**53 else int(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else {"float": repr(float(value))}
        if isinstance(value, dict):
            return {"dict": [[self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in value.items()]}
        if (packed := self._generator(value, depth)) is not None:
            return packed
        if (packed := self._keras(value)) is not None:
            return packed
        if (packed := self._figure(value)) is not None:
            return packed
        is_list = isinstance(value, list | tuple)
        array = _numeric_array(value) if not is_list or (value and self.lists_as_arrays) else None
        if array is not None:
            return self._array(array)
        if is_list:
            return {"list": [self.pack(item, depth + 1) for item in value], "tuple": isinstance(value, tuple)}
        raise WireError(f"it is a {type(value).__name__}, which cannot be read as numbers")

    def _array(self, array) -> dict:
        import numpy as np

        if array.nbytes > MAX_BYTES:
            raise WireError(f"its array of shape {array.shape} is too large to be read")
        if array.dtype.kind == "f" and array.dtype.itemsize not in (2, 4, 8):
            array = array.astype(np.float64)
        array = array if array.flags.f_contiguous else np.ascontiguousarray(array)
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
        buffer = bytearray(header.getvalue())
        buffer += (array if array.flags.c_contiguous else array.T).data if array.size else b""
        self.buffers.append(buffer)
        return {"array": len(self.buffers) - 1}

    def _generator(self, value: Any, depth: int) -> dict | None:
        numpy = sys.modules.get("numpy")
        if numpy is None or not isinstance(value, numpy.random.Generator):
            return None
        seeds = getattr(value.bit_generator.seed_seq, "state", None)  # from which rng.spawn makes further generators
        if seeds is not None:  # NumPy's whole numbers become Python's
            whole = {key: numpy.asarray(seeds[key], object).tolist() for key in ("entropy", "spawn_key")}
            seeds = seeds | json.loads(json.dumps(whole, default=int))
        return {"generator": self.pack({"state": value.bit_generator.state, "seeds": seeds}, depth + 1)}

    def _keras(self, value: Any) -> dict | None:
        keras = sys.modules.get("keras")
        if keras is None or not hasattr(keras, "Model"):
            return None
        if isinstance(value, keras.Model):
            try:
                config = keras.saving.serialize_keras_object(value)
                config.pop("build_config", None)
                compile_config = config.pop("compile_config", None) or None
                described = {"config": _renamed(_as_json(config)), "compile": _as_json(compile_config)}
            except Exception as error:
                raise WireError(
                    "it is a Keras model that cannot be described by its layers: use keras.Sequential or the functional API"
                ) from error
            return {"model": described | {"weights": [self._array(array) for array in value.get_weights()] if value.built else None}}
        if isinstance(value, keras.callbacks.History):
            described = {"history": getattr(value, "history", {}), "epoch": getattr(value, "epoch", []), "params": value.params or {}}
            faithful = _Packer(lists_as_arrays=False)  # not JSON as it is: a loss may be nan
            return {"history": faithful.pack(_as_json(described), depth=1)}
        return None

    def _figure(self, value: Any) -> dict | None:
        matplotlib = sys.modules.get("matplotlib.figure")
        if matplotlib is None or not isinstance(value, matplotlib.Figure):
            return None
        axes = []
        for axis in value.axes:
            legends = [legend for legend in [axis.get_legend(), *value.legends] if legend]
            texts = {"xlabel": axis.get_xlabel(), "ylabel": axis.get_ylabel(), "title": axis.get_title()}
            lines = [{"x": line.get_xdata(), "y": line.get_ydata(), "label": str(line.get_label())} for line in axis.get_lines()]
            axes.append(texts | {"legend": [text.get_text() for legend in legends for text in legend.get_texts()], "lines": lines})
        return {"figure": self.pack(axes, 1)}


def _numeric_array(value: Any):
    """The array that `np.asarray` makes of a value, or None where that has no numbers."""
    import numpy as np

    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and all(isinstance(item, Number) for item in array.flat):  # fractions, say
            array = array.astype(np.float64)
        if array.dtype.name == "bfloat16":
            array = array.astype(np.float32)
    except (ValueError, TypeError):  # ragged
        return None
    return array if array.dtype.kind in "biufc" else None


def _as_json(value: Any) -> Any:
    """Dictionaries, lists, texts and numbers only; what else is in there as its description."""
    return json.loads(json.dumps(value, default=lambda other: other.tolist() if hasattr(other, "tolist") else repr(other)))


def _renamed(config: Any) -> Any:
    """A configuration with TensorFlow's own functions under the names that Keras has for them: `activation=tf.nn.softmax` is as good as "softmax"."""
    if isinstance(config, list):
        return [_renamed(item) for item in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "function" and config.get("config") in TENSORFLOW_NAMES:
        return TENSORFLOW_NAMES[config["config"]]
    return {key: _renamed(value) for key, value in config.items()}


# --- unpacking: runs in the trusted process, on whatever the other side sent ---


def unpack(tree: Any, buffers: list[Buffer]) -> Any:
    """The value of a tree and its buffers. Raises WireError for anything that `pack` would not have made."""
    if sum(len(buffer) for buffer in buffers) > MAX_BYTES + 2**20:
        raise WireError("it is too large to be read")
    try:
        return _unpack(tree, buffers, 0)
    except WireError:
        raise
    except Exception as error:
        raise WireError("it cannot be read") from error


def _unpack(tree: Any, buffers: list[Buffer], depth: int) -> Any:
    if depth > 3 * MAX_DEPTH:
        raise WireError("it is nested too deeply to be read")
    if tree is None or isinstance(tree, bool | int | float):
        return tree
    if isinstance(tree, str):
        return tree[:MAX_TEXT]
    if not isinstance(tree, dict):
        raise WireError("it cannot be read")
    match tree:
        case {"int": str(digits)} if re.fullmatch(r"-?\d{1,400}", digits):
            return int(digits)
        case {"float": "nan" | "inf" | "-inf" as text}:
            return float(text)
        case {"dict": list(pairs)} if len(pairs) <= MAX_ITEMS:
            return {_key(_unpack(k, buffers, depth + 1)): _unpack(v, buffers, depth + 1) for k, v in pairs}
        case {"list": list(items)} if len(items) <= MAX_ITEMS:
            values = [_unpack(item, buffers, depth + 1) for item in items]
            return tuple(values) if tree.get("tuple") else values
        case {"array": int(index)}:
            return _unpack_array(buffers[index])
        case {"generator": inner}:
            return _unpack_generator(_unpack(inner, buffers, depth + 1))
        case {"model": {"config": dict(config), "compile": compile_config, "weights": weights}}:
            return _unpack_model(config, compile_config, weights and [_unpack(w, buffers, depth + 1) for w in weights])
        case {"history": inner}:
            return _unpack_history(_unpack(inner, buffers, depth + 1))
        case {"figure": inner}:
            return _unpack_figure(_unpack(inner, buffers, depth + 1))
    raise WireError("it cannot be read")


def _key(key: Any) -> Any:
    key = key.item() if hasattr(key, "item") and getattr(key, "ndim", 1) == 0 else key
    if not isinstance(key, str | int | float | bool | None):
        raise WireError("it is a dictionary whose keys are neither texts nor numbers")
    return key


def _unpack_array(buffer: Buffer):
    import numpy as np

    file = io.BytesIO(buffer[:HEADER])
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise WireError("it cannot be read")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in "biufc" or len(shape) > 16 or math.prod(shape) * dtype.itemsize != len(buffer) - file.tell():
        raise WireError("it cannot be read")
    array = np.frombuffer(buffer, dtype, offset=file.tell())
    array = array if array.flags.writeable else array.copy()  # a student's function may work in place
    return array.reshape(shape[::-1]).T if fortran_order else array.reshape(shape)


def _unpack_generator(described: dict):
    import numpy as np

    state, seeds = described["state"], described["seeds"] or {}
    if state.get("bit_generator") != "PCG64":  # that of default_rng; others read memory at positions that their state names
        raise WireError("it is a random generator other than that of np.random.default_rng")
    if seeds.get("pool_size", 4) != 4:  # NumPy's own size; a pool of any other takes the memory that is asked for
        raise WireError("it is a random generator with seeds of an unusual kind")
    bits = np.random.PCG64(np.random.SeedSequence(**seeds))
    bits.state = state
    return np.random.Generator(bits)


# --- Keras ---

# Modules whose classes a submitted configuration may name. Lambda layers hold code, so they are not among the layers.
KERAS_MODULES = {
    "keras",
    "keras.constraints",
    "keras.initializers",
    "keras.layers",
    "keras.losses",
    "keras.metrics",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.regularizers",
    "keras.src.models.functional",
}
OPERATIONS = {"keras.src.ops.numpy", "keras.src.ops.nn"}  # what `a + b` and `keras.ops.relu(a)` become in a functional model
TENSORFLOW_NAMES = {"softmax_v2": "softmax", "relu": "relu", "relu6": "relu6", "leaky_relu": "leaky_relu"}
HOLD_CODE = {"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"}
LARGEST_NUMBER = 1_000_000  # in a configuration, apart from seeds


def _unpack_model(config: dict, compile_config: dict | None, weights: list | None):
    import autograder.quiet  # noqa: F401

    # isort: split
    import keras

    if config.get("class_name") not in ("Sequential", "Functional"):
        raise WireError("it is neither a keras.Sequential nor a functional keras.Model")
    _inspect(config)
    _inspect(compile_config)
    try:
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        if weights is not None:
            if model.count_params() > MAX_PARAMETERS:
                raise WireError(f"it has {model.count_params():,} parameters, more than any network of this course needs")
            model.set_weights(weights)
            for layer in model._flatten_layers(include_self=False):
                if hasattr(layer, "finalize_state"):  # of Normalization and its like, which work with numbers made from their weights
                    layer.finalize_state()
        if compile_config is not None:
            model.compile_from_config(compile_config)
    except WireError:
        raise
    except Exception as error:
        raise WireError("it is a Keras model that cannot be rebuilt from its layers") from error
    return model


def _inspect(config: Any) -> None:
    """Refuse a configuration that names anything but Keras' own parts, or numbers that no network of this course needs."""
    if isinstance(config, list):
        for item in config:
            _inspect(item)
    elif isinstance(config, dict):
        if "class_name" in config and config["class_name"] != "__keras_tensor__" and not _is_keras_own(config):
            name = config.get("config") if config["class_name"] == "function" else config["class_name"]
            raise WireError(f"its part {str(name)[:60]!r} is not one of Keras' own, and only those can be graded")
        for key, value in config.items():
            if isinstance(value, int) and key != "seed" and abs(value) > LARGEST_NUMBER:
                raise WireError(f"its {str(key)[:60]} of {value:,} is larger than any network of this course needs")
            _inspect(value)


def _is_keras_own(config: dict) -> bool:
    import keras

    name = config["class_name"]
    if name == "function":
        places = (keras.activations, keras.initializers, keras.losses, keras.metrics)
        return isinstance(config.get("config"), str) and any(hasattr(place, config["config"]) for place in places)
    module, registered = config.get("module"), config.get("registered_name")
    if module in OPERATIONS:
        operation = getattr(importlib.import_module(module), str(name), None)
        return registered == name and isinstance(operation, type) and issubclass(operation, keras.Operation)
    return registered in (None, name) and module in KERAS_MODULES and name not in HOLD_CODE


def _unpack_history(described: dict):
    import keras

    history = keras.callbacks.History()
    history.history, history.epoch = dict(described["history"]), list(described["epoch"])
    history.set_params(dict(described["params"]))
    return history


def _unpack_figure(axes: list[dict]) -> Figure:
    return Figure([Axes(**(axis | {"lines": [Line(**line) for line in axis["lines"]]})) for axis in axes])
