"""What may cross between student code and the grader: plain values as JSON, arrays as npy, Keras models as descriptions and weights.

`pack` turns a value into a JSON-able tree and a list of byte buffers; `unpack` turns them back, trusting nothing: no pickle, no code, no
class but the ones named here and in blueprint.py, and time and memory only in proportion to what was sent. Students' own processes use the
same two functions, so a check sees the same values everywhere.
"""

import io
import json
import math
import re
import sys
from dataclasses import dataclass, field
from numbers import Number
from typing import Any

from autograder.blueprint import LARGEST_NUMBER, ModelRefused  # noqa: F401 (LARGEST_NUMBER is one of the limits of what crosses)
from autograder.models import as_json, describe, rebuild

MAX_BYTES = 512 * 2**20  # of all arrays in one message: 1,000 digits x 28 feature maps x 26 x 26 in float64 are 152 MB
MAX_NUMBERS = MAX_BYTES // 8  # in them: whatever their dtype, a check may need them in float64
MAX_AXES = 16
MAX_DEPTH = 20
MAX_ITEMS = 300_000  # values in one message
MAX_TEXT = 100_000  # characters of a text; what is longer is cut
MAX_TEXTS = 10 * MAX_TEXT
MAX_DIGITS = 400
MAX_MODELS = 4  # in one message
MAX_SEEDS = 100  # numbers in the seed of a generator


UNREADABLE = "it cannot be read"
OTHER_GENERATOR = "it is a random generator other than that of np.random.default_rng"

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


# --- packing: runs beside student code, so it asks types and not objects what they are, and calls no more of their methods than it must ---


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
        self.bytes = 0
        self.items = 0

    def pack(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self.items += 1
        if depth > MAX_DEPTH:
            raise WireError("it is nested too deeply to be read")
        if self.items > MAX_ITEMS:
            raise WireError(f"it has more than {MAX_ITEMS:,} parts, too many to be read")
        if value is None or kind is bool:
            return value
        if issubclass(kind, str):
            return plain(str.__str__(value)[:MAX_TEXT])
        if issubclass(kind, int):
            return _packed_int(int.__index__(value))
        if issubclass(kind, float):
            number = float.__float__(value)
            return number if math.isfinite(number) else {"float": repr(number)}
        if issubclass(kind, dict):
            return {"dict": [[self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in dict.items(value)]}
        if (packed := self._generator(value, depth)) is not None:
            return packed
        if (packed := self._keras(value)) is not None:
            return packed
        if (packed := self._figure(value)) is not None:
            return packed
        is_list = issubclass(kind, list | tuple)
        array = _numeric_array(value) if not is_list or (value and self.lists_as_arrays) else None
        if array is not None:
            return self._array(array)
        if is_list:
            return {"list": [self.pack(item, depth + 1) for item in value], "tuple": issubclass(kind, tuple)}
        raise WireError(f"it is a {kind.__name__}, which cannot be read as numbers")

    def _array(self, array) -> dict:
        import numpy as np

        self.bytes += array.nbytes
        if self.bytes > MAX_BYTES:
            raise WireError(f"its array of shape {array.shape} is too large to be read")
        widest = {"f": np.dtype(np.float64), "c": np.dtype(np.complex128)}.get(array.dtype.kind, array.dtype)
        if array.dtype.itemsize > widest.itemsize:
            array = array.astype(widest)
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
        state = value.bit_generator.state
        if state["bit_generator"] != "PCG64":
            raise WireError(OTHER_GENERATOR)
        seeds = getattr(value.bit_generator.seed_seq, "state", None)  # from which rng.spawn makes further generators
        if seeds is not None:  # NumPy's whole numbers become Python's
            whole = {key: numpy.asarray(seeds[key], object).tolist() for key in ("entropy", "spawn_key")}
            seeds = seeds | json.loads(json.dumps(whole, default=int))
        faithful = _Packer(lists_as_arrays=False)  # seeds are lists of numbers of any size
        return {"generator": faithful.pack({"state": state, "seeds": seeds}, depth + 1)}

    def _keras(self, value: Any) -> dict | None:
        keras = sys.modules.get("keras")
        if keras is None or not hasattr(keras, "Model"):
            return None
        if isinstance(value, keras.Model):
            try:
                described, weights = describe(value)
            except ModelRefused as error:
                raise WireError(str(error)) from error
            arrays = None if weights is None else [self._array(_numeric_array(weight)) for weight in weights]
            return {"model": described | {"weights": arrays}}
        if isinstance(value, keras.callbacks.History):
            described = {"history": getattr(value, "history", {}), "epoch": getattr(value, "epoch", []), "params": value.params or {}}
            faithful = _Packer(lists_as_arrays=False)  # not JSON as it is: a loss may be nan
            return {"history": faithful.pack(as_json(described), depth=1)}
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


def _packed_int(number: int) -> int | dict:
    if abs(number) <= 2**53:
        return number
    if abs(number) >= 10**MAX_DIGITS:
        raise WireError(f"it is a whole number of more than {MAX_DIGITS} digits")
    return {"int": str(number)}


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


# --- unpacking: runs in the trusted process, on whatever the other side sent ---


def unpack(tree: Any, buffers: list[Buffer]) -> Any:
    """The value of a tree and its buffers. Raises WireError for anything that `pack` would not have made."""
    try:
        return _Unpacker(buffers).unpack(tree, 0)
    except WireError:
        raise
    except ModelRefused as error:
        raise WireError(str(error)) from error
    except Exception as error:  # also for want of memory or of stack
        raise WireError(UNREADABLE) from error


DTYPES = {b"|b1", b"|i1", b"|u1"} | {
    f"{order}{kind}".encode() for order in "<>" for kind in ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
}
# What `np.save` writes in front of an array. It is Python, and NumPy reads it as such. Here nothing but these words is read.
HEADER = re.compile(
    rb"\x93NUMPY\x01\x00(?P<length>..){'descr': '(?P<dtype>[^']{3,4})', 'fortran_order': (?P<fortran>True|False), "
    rb"'shape': \((?P<shape>|\d{1,10},|\d{1,10}(?:, \d{1,10})+)\), } *\n",
    re.DOTALL,
)
LONGEST_HEADER = 512


class _Unpacker:
    def __init__(self, buffers: list[Buffer]):
        self.buffers: dict[int, memoryview] = {index: memoryview(buffer).cast("B") for index, buffer in enumerate(buffers)}
        if sum(view.nbytes for view in self.buffers.values()) > MAX_BYTES + LONGEST_HEADER * len(buffers):
            raise WireError("it is too large to be read")
        self.numbers = 0
        self.items = 0
        self.characters = 0
        self.models = 0

    def unpack(self, tree: Any, depth: int) -> Any:
        self.items += 1
        if depth > 3 * MAX_DEPTH:
            raise WireError("it is nested too deeply to be read")
        if self.items > MAX_ITEMS:
            raise WireError(f"it has more than {MAX_ITEMS:,} parts, too many to be read")
        if tree is None or isinstance(tree, bool | float):
            return tree
        if isinstance(tree, int) and abs(tree) <= 2**53:
            return tree
        if isinstance(tree, str):
            return self._text(tree)
        if not isinstance(tree, dict) or len(tree) != (2 if "list" in tree else 1):
            raise WireError(UNREADABLE)
        match tree:
            case {"int": str(digits)} if re.fullmatch(rf"-?\d{{1,{MAX_DIGITS}}}", digits, re.ASCII):
                return int(digits)
            case {"float": "nan" | "inf" | "-inf" as text}:
                return float(text)
            case {"dict": list(pairs)}:
                return {_key(self.unpack(k, depth + 1)): self.unpack(v, depth + 1) for k, v in pairs}
            case {"list": list(items), "tuple": bool(is_tuple)}:
                values = [self.unpack(item, depth + 1) for item in items]
                return tuple(values) if is_tuple else values
            case {"array": index}:
                return self._array(index)
            case {"generator": inner}:
                return _generator(self.unpack(inner, depth + 1))
            case {"model": {"config": config, "compile": compiled, "weights": weights}}:
                return self._model(config, compiled, weights)
            case {"history": inner}:
                return _history(self.unpack(inner, depth + 1))
            case {"figure": inner}:
                return _figure(self.unpack(inner, depth + 1))
        raise WireError(UNREADABLE)

    def _text(self, text: str) -> str:
        text = text[:MAX_TEXT]
        self.characters += len(text)
        if self.characters > MAX_TEXTS:
            raise WireError("its texts are too long to be read")
        return text

    def _array(self, index: Any):
        import numpy as np

        if type(index) is not int or index not in self.buffers:
            raise WireError(UNREADABLE)
        buffer = self.buffers.pop(index)  # each is used once, as by `pack`: to name one a thousand times would make a thousand arrays
        header = HEADER.match(bytes(buffer[:LONGEST_HEADER]))
        if not header or header["dtype"] not in DTYPES or int.from_bytes(header["length"], "little") != header.end() - 10:
            raise WireError(UNREADABLE)
        shape, dtype = tuple(int(size) for size in header["shape"].split(b",") if size), np.dtype(header["dtype"].decode())
        # An array without numbers might have axes of any length, and its sum along another would be as long.
        self.numbers += math.prod(max(1, size) for size in shape)
        if len(shape) > MAX_AXES or self.numbers > MAX_NUMBERS:
            raise WireError(f"its array of shape {str(shape)[:60]} is too large to be read")
        array = np.frombuffer(buffer, dtype if dtype.kind != "b" else np.uint8, offset=header.end())
        if dtype.kind == "b":
            array = array != 0  # a boolean of any other byte would be neither true nor false
        elif not dtype.isnative or not array.flags.writeable:  # a student's function may work in place
            array = array.astype(dtype.newbyteorder("="))
        return array.reshape(shape[::-1]).T if header["fortran"] == b"True" else array.reshape(shape)

    def _model(self, config: Any, compiled: Any, weights: Any):
        self.models += 1
        if self.models > MAX_MODELS:
            raise WireError(f"it has more than {MAX_MODELS} Keras models in it")
        if weights is not None:
            if not isinstance(weights, list) or not all(isinstance(weight, dict) and weight.keys() == {"array"} for weight in weights):
                raise WireError(UNREADABLE)
            weights = [self._array(weight["array"]) for weight in weights]
        return rebuild(config, compiled, weights)


def _key(key: Any) -> Any:
    key = key.item() if hasattr(key, "item") and getattr(key, "ndim", 1) == 0 else key
    if not isinstance(key, str | int | float | bool | None):
        raise WireError("it is a dictionary whose keys are neither texts nor numbers")
    if isinstance(key, int) and abs(key) > 2**64:  # numbers of any size can be chosen such that every dictionary is slow with them
        raise WireError("it is a dictionary with keys of more than 64 bits")
    return key


def _whole(value: Any, bits: int) -> int:
    if type(value) is not int or not 0 <= value < 2**bits:
        raise WireError("it is a random generator in a state that it cannot be in")
    return value


def _generator(described: Any):
    import numpy as np

    match described:
        case {
            "state": {"bit_generator": "PCG64", "state": {"state": state, "inc": inc}, "has_uint32": has, "uinteger": left},
            "seeds": seeds,
        }:
            state = {"state": _whole(state, 128), "inc": _whole(inc, 128)}
            described = {"bit_generator": "PCG64", "state": state, "has_uint32": _whole(has, 1), "uinteger": _whole(left, 32)}
        case {"state": {"bit_generator": "PCG64"}}:
            raise WireError("it is a random generator in a state that it cannot be in")
        case _:  # np.random.default_rng's is PCG64; others read memory at positions that their state names
            raise WireError(OTHER_GENERATOR)
    bits = np.random.PCG64(_seeds(seeds))
    bits.state = described
    return np.random.Generator(bits)


def _seeds(described: Any):
    """What a generator makes further generators of. A pool of another size than NumPy's own would take the memory that is asked for."""
    import numpy as np

    match described:
        case None:
            return np.random.SeedSequence()
        case {"entropy": entropy, "spawn_key": spawn_key, "pool_size": 4, "n_children_spawned": spawned}:
            entropy = _whole(entropy, 1400) if isinstance(entropy, int) else _seed_words(entropy)
            return np.random.SeedSequence(entropy, spawn_key=_seed_words(spawn_key), n_children_spawned=_whole(spawned, 32))
    raise WireError("it is a random generator with seeds of an unusual kind")


def _seed_words(words: Any) -> list[int]:
    if not isinstance(words, list | tuple) or len(words) > MAX_SEEDS:
        raise WireError("it is a random generator with seeds of an unusual kind")
    return [_whole(word, 1400) for word in words]


def _history(described: Any):
    import keras

    match described:
        case {"history": dict(columns), "epoch": list(epochs), "params": dict(params)} if _is_plain(described):
            history = keras.callbacks.History()
            history.history, history.epoch = columns, epochs
            history.set_params(params)
            return history
    raise WireError("it is a History that holds something else than numbers")


def _is_plain(value: Any) -> bool:
    """Whether a value is made of texts and numbers, in lists and dictionaries."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return all(map(_is_plain, value)) if isinstance(value, list) else value is None or isinstance(value, str | int | float)


def _figure(described: Any) -> Figure:
    if not isinstance(described, list):
        raise WireError(UNREADABLE)
    return Figure([_axes(axes) for axes in described])


def _axes(described: Any) -> Axes:
    match described:
        case {"xlabel": str(xlabel), "ylabel": str(ylabel), "title": str(title), "legend": list(legend), "lines": list(lines)}:
            if all(isinstance(text, str) for text in legend):
                return Axes(xlabel, ylabel, title, legend, [_line(line) for line in lines])
    raise WireError(UNREADABLE)


def _line(described: Any) -> Line:
    import numpy as np

    match described:
        case {"x": np.ndarray() | list() as x, "y": np.ndarray() | list() as y, "label": str(label)}:
            if all(isinstance(values, np.ndarray) or _is_plain(values) for values in (x, y)):
                return Line(x, y, label)
    raise WireError(UNREADABLE)
