"""What crosses between student code and the grader arrives as it was; what must not cross is refused."""

import contextlib
import copy
import enum
import io
import itertools
import json
import math
import pickle
import subprocess
import sys
import time
import tracemalloc
from fractions import Fraction
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import layers
from matplotlib.figure import Figure

from autograder.wire import MAX_BYTES, MAX_ITEMS, MAX_NUMBERS, MAX_TEXT, WireError, pack, unpack


def cross(value, **options):
    tree, buffers = pack(value, **options)
    return unpack(json.loads(json.dumps(tree, allow_nan=False)), [bytes(buffer) for buffer in buffers])


# --- what arrives ---


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.dictionaries(st.text(), inner), max_leaves=10
    )
)
def test_plain_values_arrive_unchanged(value):
    assert cross(value) == value


@given(st.floats())
def test_every_float_arrives(value):
    assert math.isnan(cross(value)) if math.isnan(value) else cross(value) == value


DTYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]


@given(hnp.arrays(st.sampled_from(DTYPES), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0)))
def test_arrays_arrive_with_their_dtype_and_shape(array):
    there = cross(array)
    assert (there.dtype, there.shape) == (array.dtype, array.shape)
    assert np.array_equal(there, array, equal_nan=array.dtype.kind in "fc")


@given(hnp.arrays(st.sampled_from([">i4", ">f8", ">c16", ">u2"]), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)))
def test_arrays_of_the_other_byte_order_arrive_in_ours(array):
    tree, buffers = pack(array)
    for send in (bytes, bytearray):
        there = unpack(tree, [send(buffer) for buffer in buffers])
        assert there.dtype.isnative and there.dtype == array.dtype.newbyteorder("=")
        assert np.array_equal(there, array, equal_nan=array.dtype.kind in "fc")


@pytest.mark.parametrize("dtype, becomes", [(np.longdouble, np.float64), (np.clongdouble, np.complex128)])
def test_arrays_wider_than_others_are_narrowed(dtype, becomes):
    there = cross(np.array([1.5, 2], dtype))
    assert there.dtype == becomes and there.tolist() == [1.5, 2]


@pytest.mark.parametrize("send", [bytes, bytearray, memoryview, lambda buffer: memoryview(np.frombuffer(bytearray(buffer), np.uint8))])
def test_arrays_arrive_writable_and_in_their_memory_order(send):
    tree, buffers = pack(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    there = unpack(tree, [send(buffer) for buffer in buffers])
    there[0, 0] = 7
    assert there.flags.f_contiguous and not there.flags.c_contiguous
    assert there.tolist() == [[7, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "value", [[[1, 2], [3, 4.5]], ((1, 2), (3, 4)), range(3), [Fraction(1, 2), 3], keras.ops.ones((2, 3)), np.array([1, 2.5], dtype=object)]
)
def test_whatever_numpy_takes_arrives_as_an_array(value):
    assert np.array_equal(cross(value), np.asarray(value, float))


def test_the_largest_array_of_the_course_arrives():
    there = cross(np.zeros((1000, 26, 26, 28)))
    assert there.shape == (1000, 26, 26, 28)


def test_arguments_keep_their_lists_and_tuples():
    assert cross({"a": (3, 3), "b": [1, 2]}, lists_as_arrays=False) == {"a": (3, 3), "b": [1, 2]}


def test_generator_arrives_in_its_state():
    rng = np.random.default_rng(7)
    rng.random(3)
    rng.integers(3, dtype=np.uint32)
    there = cross(rng)
    assert there is not rng
    assert np.array_equal(there.random(5), rng.random(5))
    assert there.integers(100, dtype=np.uint32) == rng.integers(100, dtype=np.uint32)


@pytest.mark.parametrize("seed", [7, np.int64(7), [7, 8], np.array([7, 8]), 2**100, [2**100, 3], None, []])
def test_generator_brings_what_it_makes_others_of(seed):
    rng = np.random.default_rng(seed)
    rng.spawn(2)
    here, there = (generator.spawn(1)[0].random(5) for generator in (rng, cross(rng)))
    assert np.array_equal(here, there)


def test_generator_that_was_spawned_arrives():
    rng = np.random.default_rng(7).spawn(2)[1].spawn(1)[0]
    assert np.array_equal(cross(rng).spawn(1)[0].random(3), rng.spawn(1)[0].random(3))


def test_tuple_of_different_arrays_stays_a_tuple():
    first, second = cross((np.ones((2, 3)), np.zeros(3)))
    assert first.shape == (2, 3) and second.shape == (3,)


def test_array_that_is_returned_twice_arrives_twice():
    array = np.ones(3)
    first, second = cross({"a": array, "b": array}).values()
    first[0] = 2
    assert second.tolist() == [1, 1, 1]


def test_history_arrives_as_a_history():
    history = keras.callbacks.History()
    history.history, history.epoch = {"loss": [1.5, float("nan")], "accuracy": [np.float32(0.5), 0.75]}, [0, 1]
    there = cross(history)
    assert isinstance(there, keras.callbacks.History)
    assert there.history["accuracy"] == [0.5, 0.75] and math.isnan(there.history["loss"][1]) and there.epoch == [0, 1]


def test_diverged_training_arrives_as_it_was_also_as_json():
    history = keras.callbacks.History()
    history.history, history.epoch, history.params = {"loss": [float("nan"), float("inf"), 1.0]}, [0, 1, 2], {"epochs": 3}
    there = cross(history)
    assert str(there.history["loss"]) == "[nan, inf, 1.0]" and there.epoch == [0, 1, 2] and there.params == {"epochs": 3}


def test_dictionary_may_have_numpys_numbers_as_keys():
    assert cross({np.int64(1): 2}) == {1: 2}


def curves():
    figure = Figure()
    axis = figure.subplots()
    axis.plot([1, 2], [3, 4], label="training")
    axis.set(xlabel="epoch", ylabel="accuracy", title="run 1")
    axis.legend()
    return figure


def test_figure_arrives_as_what_can_be_read_off_it():
    (there,) = cross(curves()).axes
    assert (there.xlabel, there.ylabel, there.title, there.legend) == ("epoch", "accuracy", "run 1", ["training"])
    assert list(there.lines[0].y) == [3, 4] and there.lines[0].label == "training"


def test_figure_without_anything_arrives():
    assert cross(Figure()).axes == []


def test_long_text_arrives_cut():
    assert cross("x" * (MAX_TEXT + 1)) == "x" * MAX_TEXT


# --- what student code may hand to `pack` ---


class Lies:
    """Equal to everything, of every type, and every number."""

    __class__ = float
    __eq__ = __lt__ = __gt__ = lambda self, other: True
    __hash__ = lambda self: 0  # noqa: E731
    __len__ = __index__ = __int__ = lambda self: 1
    __float__ = lambda self: 0.5  # noqa: E731

    def __getattr__(self, name):
        return self


class Number(int):
    __str__ = __repr__ = lambda self: "1e9"
    __int__ = __index__ = __abs__ = __neg__ = lambda self: 7
    __le__ = __lt__ = __eq__ = lambda self, other: True
    __hash__ = int.__hash__


class Real(float):
    __float__ = __abs__ = lambda self: 0.25
    __repr__ = __str__ = lambda self: "inf"


class Text(str):
    __slots__ = ()
    encode = __str__ = __getitem__ = lambda self, *args: "other"


class Pairs(dict):
    items = __iter__ = keys = lambda self: iter([("other", 1)])


class Colour(enum.IntEnum):
    RED = 3


OF_ONES_OWN = {
    "whole number": (Number(5), 5),
    "large whole number": (Number(2**60), 2**60),
    "number": (Real(0.5), 0.5),
    "NumPy's number": (np.float64(0.5), 0.5),
    "text": (Text("mine"), "mine"),
    "dictionary": (Pairs(a=1), {"a": 1}),
    "enumeration": (Colour.RED, 3),
}


@pytest.mark.parametrize("name", OF_ONES_OWN)
def test_value_of_a_type_of_ones_own_crosses_as_what_it_holds(name):
    value, arrives = OF_ONES_OWN[name]
    tree, _ = pack(value)
    assert json.loads(json.dumps(tree)) == tree
    there = cross(value)
    assert there == arrives and type(there) is type(arrives)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, print, "text".encode, (i for i in "ab"), Lies(), [Lies()], {"a": Lies()}, Lies], ids=range(9)
)
def test_values_that_no_check_could_use_are_refused(value):
    with pytest.raises((WireError, TypeError)):
        cross(value)


def test_endless_nesting_is_refused():
    value = []
    value.append(value)
    with pytest.raises(WireError, match="nested too deeply"):
        cross({"value": {"deep": value}}, lists_as_arrays=False)


@pytest.mark.parametrize(
    "value, says",
    [
        (np.broadcast_to(np.float64(1), (10**6, 10**6)), "too large"),
        ([np.broadcast_to(np.float64(1), (2**13, 2**12))] * 3, "too large"),
        (10**400, "400 digits"),
        ([None] * (MAX_ITEMS + 1), "parts"),
    ],
)
def test_too_much_is_refused_before_it_is_sent(value, says):
    with pytest.raises(WireError, match=says):
        pack(value)


class Poisoned:
    """Does something wherever it is asked."""

    def __array__(self, *args, **kwargs):
        raise SystemError("asked for numbers")

    def __reduce__(self):
        raise SystemError("pickled")

    def __repr__(self):
        raise SystemError("printed")


def test_poisoned_value_harms_only_the_call_that_returned_it():
    with pytest.raises(SystemError, match="asked for numbers"):
        pack(Poisoned())


# --- what the other side may send instead ---


def test_other_generators_are_refused():
    # the state of a Mersenne Twister names the position in memory that is read next
    with pytest.raises(WireError, match="default_rng"):
        cross(np.random.Generator(np.random.MT19937(1)))


STATE = np.random.default_rng(7).bit_generator.state
SEEDS = np.random.default_rng(7).bit_generator.seed_seq.state


@pytest.mark.parametrize(
    "state",
    [
        {},
        3,
        None,
        {"state": 3},
        {"bit_generator": "PCG64"},
        {"bit_generator": "PCG64", "state": {"state": -1, "inc": 2**200}},
        STATE | {"bit_generator": "MT19937"},
        STATE | {"state": {"state": 2**128, "inc": 1}},
        STATE | {"state": {"state": 1.5, "inc": 1}},
        STATE | {"has_uint32": 7},
        STATE | {"uinteger": 2**32},
        STATE | {"uinteger": True},
    ],
)
def test_damaged_generators_are_refused(state):
    with pytest.raises(WireError, match="random generator"):
        unpack({"generator": pack({"state": state, "seeds": None})[0]}, [])


@pytest.mark.parametrize("entropy", [-1, None, "7", [0.5], [[1, 2]], list(range(1000))])
def test_damaged_entropy_is_refused(entropy):
    tree, buffers = pack({"state": STATE, "seeds": SEEDS | {"entropy": entropy}}, lists_as_arrays=False)
    with pytest.raises(WireError):
        unpack({"generator": tree}, buffers)


@pytest.mark.parametrize(
    "change", [{"pool_size": 10**9}, {"spawn_key": [1] * 200}, {"spawn_key": 3}, {"n_children_spawned": 2**40}, {"n_children_spawned": -1}]
)
def test_damaged_seeds_are_refused(change):
    tree, buffers = pack({"state": STATE, "seeds": {**SEEDS, **change}}, lists_as_arrays=False)
    with pytest.raises(WireError):
        unpack({"generator": tree}, buffers)


def test_seeds_with_other_keys_are_refused():
    for seeds in ({"names": 1}, 3, []):
        tree, buffers = pack({"state": STATE, "seeds": seeds})
        with pytest.raises(WireError, match="seeds"):
            unpack({"generator": tree}, buffers)


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


def saved(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npy(descr="<f8", shape="(2,)", content=bytes(16), fortran="False", more="", version=b"\x01\x00", length=None):
    """A file of one array whose header says anything."""
    text = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, {more}}}".encode("latin-1")
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + version + (length or len(text)).to_bytes(2, "little") + text + content


def test_header_by_hand_is_read():
    assert unpack({"array": 0}, [npy()]).tolist() == [0, 0]
    assert unpack({"array": 0}, [npy(shape="()", content=bytes(8))]).shape == ()


@pytest.mark.parametrize(
    "buffer",
    [
        saved(np.array([Bomb()], dtype=object), allow_pickle=True),
        pickle.dumps(Bomb()),
        saved(np.array(["text"])),
        saved(np.array([b"bytes"])),
        saved(np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])),
        saved(np.array(["2026-01-01"], dtype="datetime64[D]")),
        saved(np.zeros(2, dtype="V8")),
        b"",
        b"\x93NUMPY",
        npy(version=b"\x02\x00"),
        npy(length=65_535),
        npy(length=1),
        npy(descr="O"),
        npy(descr="|O8"),
        npy(descr="<U4", content=bytes(32)),
        npy(descr="<f16", content=bytes(32)),
        npy(descr="=f8"),
        npy(descr="<f7"),
        npy(descr="<f8', 'descr': '<f8"),
        npy(shape="[2]"),
        npy(shape="(2)"),
        npy(shape="(-2,)"),
        npy(shape="(True,)"),
        npy(shape="(1 + 1,)"),
        npy(shape="(2,), 'shape': (2,)"),
        npy(shape="(" + "(" * 90 + "2," + ")" * 90 + ")"),
        npy(shape="(2, 2)"),
        npy(shape="(3,)"),
        npy(shape="(1,)"),
        npy(shape=f"({10**12},)"),
        npy(shape=f"({2**32}, {2**32}, 0)", content=b""),
        npy(shape=f"({2**63},)"),
        npy(shape=f"({2**64}, 2)"),
        npy(shape="(0, 999999999)", content=b""),
        npy(shape="(" + "1, " * 17 + "2)"),
        npy(shape="(" + "1, " * 5000 + "2)"),
        npy(more="'x': 1"),
        npy(fortran="None"),
        npy(fortran="1"),
        b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65_535,
        b"\x93NUMPY\x01\x00\xff\xff" + b"-" * 65_535,
    ],
)
def test_buffer_that_is_no_array_of_ours_is_refused(buffer):
    with pytest.raises(WireError):
        unpack({"array": 0}, [buffer])


@pytest.mark.parametrize("index", [1, -1, True, False, 0.0, None, "0", [0], 10**30])
def test_only_a_whole_number_names_a_buffer(index):
    with pytest.raises(WireError):
        unpack({"array": index}, [npy()])


def test_booleans_that_are_neither_arrive_as_one():
    there = unpack({"array": 0}, [npy("|b1", "(3,)", bytes([0, 1, 7]))])
    assert there.tolist() == [False, True, True] and there.view(np.uint8).tolist() == [0, 1, 1]


def test_buffer_is_used_once():
    with pytest.raises(WireError):
        unpack({"list": [{"array": 0}, {"array": 0}], "tuple": False}, [npy()])


@pytest.mark.parametrize(
    "tree",
    [
        [],
        [1, 2],
        {},
        {"unknown": 1},
        {"int": "1", "array": 0},
        {"int": 1},
        {"int": "1_0"},
        {"int": "١"},
        {"int": "9" * 401},
        {"int": "--1"},
        2**60,
        {"float": "1"},
        {"float": "infinity"},
        {"list": [], "tuple": 1},
        {"list": []},
        {"list": {"a": 1}, "tuple": False},
        {"dict": [[1]]},
        {"dict": [[1, 2, 3]]},
        {"dict": {"a": 1}},
        {"dict": [[{"list": [], "tuple": True}, 1]]},
        {"dict": [[{"int": str(2**61 - 1) + "0" * 10}, 1]]},
        {"model": {}},
        {"model": {"config": {}, "compile": None, "weights": [{"array": 0}, 1]}},
        {"model": {"config": {}, "compile": None, "weights": {"array": 0}}},
        {"model": {"config": [], "compile": None, "weights": None}},
        b"bytes",
        {1: 2},
    ],
)
def test_tree_that_pack_never_makes_is_refused(tree):
    with pytest.raises(WireError):
        unpack(tree, [])


@pytest.mark.parametrize(
    "described",
    [
        [1],
        3,
        {},
        {"history": {}, "epoch": []},
        {"history": {}, "epoch": {}, "params": {}},
        {"history": [], "epoch": [], "params": {}},
        {"history": {"loss": [np.ones(3)]}, "epoch": [], "params": {}},
        {"history": {"loss": [curves()]}, "epoch": [], "params": {}},
        {"history": {}, "epoch": [np.random.default_rng(1)], "params": {}},
    ],
)
def test_history_of_anything_but_numbers_is_refused(described):
    tree, buffers = pack(described, lists_as_arrays=False)
    with pytest.raises(WireError):
        unpack({"history": tree}, buffers)


LINE = {"x": [1], "y": [2], "label": "a"}
PANEL = {"xlabel": "", "ylabel": "", "title": "", "legend": [], "lines": [LINE]}


def test_panel_by_hand_is_read():
    tree, buffers = pack([PANEL])
    assert unpack({"figure": tree}, buffers).axes[0].lines[0].label == "a"


@pytest.mark.parametrize(
    "described",
    [
        3,
        PANEL,
        [PANEL | {"xlabel": 3}],
        [PANEL | {"legend": "a"}],
        [PANEL | {"legend": ["a", 3]}],
        [PANEL | {"lines": LINE}],
        [PANEL | {"lines": [3]}],
        [PANEL | {"lines": [LINE | {"label": None}]}],
        [PANEL | {"lines": [LINE | {"x": "text"}]}],
        [PANEL | {"lines": [LINE | {"y": np.random.default_rng(1)}]}],
        [PANEL | {"lines": [LINE | {"y": [curves(), 1]}]}],
        [{key: value for key, value in PANEL.items() if key != "lines"}],
    ],
)
def test_figure_of_anything_but_texts_and_curves_is_refused(described):
    tree, buffers = pack(described)
    with pytest.raises(WireError):
        unpack({"figure": tree}, buffers)


def test_sentence_about_what_was_sent_is_short_and_can_be_printed():
    for tree in (
        {"float": "\x1b[2J"},
        {"\x1b[2J" * 1000: 1},
        {"model": {"config": {"class_name": "\x1b[2J" * 1000}, "compile": None, "weights": None}},
    ):
        with pytest.raises(WireError) as refusal:
            unpack(tree, [])
        assert str(refusal.value).isprintable() and len(str(refusal.value)) < 250


# --- as much as can be sent ---


def nested(levels, tree=None):
    for _ in range(levels):
        tree = {"list": [tree], "tuple": False}
    return tree


def colliding(n):
    """Whole numbers with the same hash."""
    return {"dict": [[{"int": str(i * sys.hash_info.modulus)}, 1] for i in range(n)]}


MUCH = {
    "a list": lambda: ({"list": [1] * (MAX_ITEMS + 1), "tuple": False}, []),
    "lists of lists": lambda: ({"list": [nested(9) for _ in range(MAX_ITEMS // 9)], "tuple": False}, []),
    "a dictionary": lambda: ({"dict": [[i, None] for i in range(MAX_ITEMS // 2 + 1)]}, []),
    "keys that collide": lambda: (colliding(50_000), []),
    "texts": lambda: ({"list": ["x" * MAX_TEXT] * 50, "tuple": False}, []),
    "a deep tree": lambda: (nested(5000), []),
    "a tree that is deep in the other way": lambda: ({"history": {"figure": {"generator": nested(5000)}}}, []),
    "one buffer many times": lambda: (
        {"list": [{"array": 0}] * 100_000, "tuple": False},
        [npy(shape="(1000000,)", content=bytes(8 * 10**6))],
    ),
    "more numbers than a check can hold": lambda: ({"array": 0}, [npy("|u1", f"({MAX_NUMBERS + 1},)", bytes(MAX_NUMBERS + 1))]),
    "the same in two arrays": lambda: (
        {"list": [{"array": 0}, {"array": 1}], "tuple": False},
        [npy("|u1", f"({n},)", bytes(n)) for n in [MAX_NUMBERS // 2 + 1] * 2],
    ),
    "empty arrays with long axes": lambda: (
        {"list": [{"array": i} for i in range(70)], "tuple": False},
        [npy(shape="(1000000, 0)", content=b"")] * 70,
    ),
    "models": lambda: ({"list": [{"model": {"config": MODEL["config"], "compile": None, "weights": None}}] * 50, "tuple": False}, []),
    "a description": lambda: ({"model": {"config": nested(300_000), "compile": None, "weights": None}}, []),
    "whole numbers": lambda: ({"list": [{"int": "9" * 100_000}], "tuple": False}, []),
}


@pytest.mark.parametrize("name", MUCH)
def test_much_is_refused_in_no_more_time_and_memory_than_it_took_to_receive(name):
    tree, buffers = MUCH[name]()
    started = time.process_time()
    with pytest.raises(WireError):
        unpack(tree, buffers)
    assert time.process_time() - started < 5
    tracemalloc.start()
    with pytest.raises(WireError):
        unpack(tree, buffers)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**27


def test_message_larger_than_any_is_refused():
    huge = np.zeros(MAX_BYTES + 2**20, np.uint8)  # never written to, so it takes no memory
    with pytest.raises(WireError, match="too large"):
        unpack({"array": 0}, [memoryview(huge)])


def test_arrays_cost_no_more_than_their_bytes():
    tree, buffers = pack([np.ones(10**6, dtype) for dtype in ("u1", "?", ">f8", "f4")])
    sent = [bytes(buffer) for buffer in buffers]
    tracemalloc.start()
    unpack(tree, sent)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * sum(map(len, sent))


# --- messages at random ---


def messages():
    """Real messages, one of each kind."""
    history = keras.callbacks.History()
    history.history, history.epoch = {"loss": [1.5, float("nan")], "accuracy": [0.5, 0.75]}, [0, 1]
    rng = np.random.default_rng([7, 8])
    rng.spawn(2)
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 3, activation="relu"), layers.Flatten(), layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    values = [
        {"value": np.arange(6.0).reshape(2, 3), "arguments": {0: np.asfortranarray(np.ones((2, 3), "f4")), 1: np.array([True, False])}},
        {"value": [{"epoch": 1, "loss": 2**70}, (None, "text", float("inf"))], "arguments": {0: 1, 1: (2, 3)}},
        history,
        rng,
        curves(),
        model,
    ]
    packed = [pack(value) for value in values]
    return [(json.loads(json.dumps(tree)), [bytes(buffer) for buffer in buffers]) for tree, buffers in packed]


MESSAGES = messages()
MODEL = MESSAGES[-1][0]["model"]
KINDS = [
    "int",
    "float",
    "dict",
    "list",
    "tuple",
    "array",
    "model",
    "history",
    "figure",
    "generator",
    "config",
    "weights",
    "compile",
    "state",
    "seeds",
]
LEAVES = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    10**6,
    2**53,
    2**64,
    -(2**200),
    0.5,
    float("nan"),
    float("inf"),
    "",
    "nan",
    "1",
    "PCG64",
    [],
    {},
    *KINDS,
]


def places(value):
    """Every container in a tree, with the key of each of its values."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()):
        yield value, key
        yield from places(inner)


def mutated_tree(tree, random):
    """A copy of a tree with one to four changes somewhere in it."""
    tree = {"root": copy.deepcopy(tree)}
    for _ in range(random.randint(1, 4)):
        everywhere = list(places(tree))
        (container, key), (other, other_key) = random.choice(everywhere), random.choice(everywhere)
        change = random.randrange(5)
        if change == 0 and container is not tree:
            del container[key]
        elif change == 1:
            container[key] = copy.deepcopy(other[other_key])
        elif change == 2 and isinstance(container, list):
            container[key:key] = copy.deepcopy(container[key : key + 1]) * random.choice([1, 2, 1000])
        elif change == 3:
            container[key] = {random.choice(KINDS): container[key]}
        else:
            container[key] = copy.deepcopy(random.choice(LEAVES))
    return tree["root"]


def mutated_bytes(buffer, random):
    """A copy of a buffer with some bytes changed, most of them in its header, or with some left out or put in."""
    changed = bytearray(buffer)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(max(1, min(len(changed), random.choice([12, 128, 10**9]))))
        match random.randrange(3):
            case 0:
                changed[at : at + 1] = bytes([random.randrange(256)])
            case 1:
                changed[at : at + random.choice([1, 8, 64])] = b""
            case 2:
                changed[at:at] = random.choice([b"0", b"9" * 9, b"(", b"-", b"'", bytes(8), bytes(changed[:64])])
    return bytes(changed)


@settings(max_examples=5000)
@given(st.sampled_from(range(len(MESSAGES))), st.randoms(use_true_random=False))
def test_damaged_message_is_refused_or_read(number, random):
    tree, buffers = MESSAGES[number]
    what = random.choice(["tree", "bytes", "both"] if buffers else ["tree"])
    tree = mutated_tree(tree, random) if what != "bytes" else tree
    buffers = [mutated_bytes(buffer, random) if what != "tree" and random.random() < 0.5 else buffer for buffer in buffers]
    started = time.process_time()
    with contextlib.suppress(WireError):
        unpack(tree, buffers)
    assert time.process_time() - started < 5


def test_undamaged_messages_are_read():
    for tree, buffers in MESSAGES:
        unpack(tree, buffers)


@settings(max_examples=1000)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*KINDS, "x"]), inner, max_size=3),
        max_leaves=15,
    ),
    st.lists(st.binary(max_size=200), max_size=3),
)
def test_garbage_is_refused_or_read_but_never_crashes_the_reader(tree, buffers):
    with contextlib.suppress(WireError):
        unpack(tree, buffers)


# --- where nothing else is to be had ---


def test_packing_imports_nothing():
    # In the sandbox only what was imported before student code ran is certain to be there, and to be what it was.
    script = "\n".join(
        [
            "import sys",
            "import keras, matplotlib.figure, numpy",
            "import autograder.wire",
            "values = [1, 'a', {'a': [1, 2.5]}, numpy.ones(3), numpy.random.default_rng(1), matplotlib.figure.Figure()]",
            "values.append(keras.callbacks.History())",
            "values.append(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))",
            "before = {name for name in sys.modules if name.startswith('autograder')}",
            "for value in values: autograder.wire.pack(value)",
            "print(sorted({name for name in sys.modules if name.startswith('autograder')} - before))",
        ]
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    assert done.stdout.strip() == "[]"


def test_reading_the_module_imports_neither_numpy_nor_keras():
    script = "import sys, autograder.wire; print(sorted({'numpy', 'keras', 'tensorflow', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    assert done.stdout.strip() == "[]"


def test_limits_leave_room_for_the_course():
    sizes = itertools.accumulate([1000 * 26 * 26 * 28, 1000 * 28 * 28])  # what lesson 2's convolution may return, and what it was given
    assert 3 * max(sizes) < MAX_NUMBERS
