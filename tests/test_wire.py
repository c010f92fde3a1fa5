"""What crosses between student code and the grader arrives as it was; what must not cross is refused."""

import contextlib
import io
import json
import math
import pickle
from fractions import Fraction

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import layers

from autograder.wire import LARGEST_NUMBER, WireError, pack, unpack


def cross(value, **options):
    tree, buffers = pack(value, **options)
    return unpack(json.loads(json.dumps(tree)), [bytes(buffer) for buffer in buffers])


def small_model(*extra):
    return keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), *extra, layers.Dense(3, activation="softmax")])


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


@given(hnp.arrays(st.sampled_from(["u1", "i2", "i8", "f2", "f4", "f8", "?", "c16"]), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0)))
def test_arrays_arrive_with_their_dtype_and_shape(array):
    there = cross(array)
    assert (there.dtype, there.shape) == (array.dtype, array.shape)
    assert np.array_equal(there, array, equal_nan=array.dtype.kind in "fc")


def test_arrays_arrive_writable_and_in_their_memory_order():
    there = cross(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    there[0, 0] = 7
    assert there.flags.f_contiguous and not there.flags.c_contiguous


@pytest.mark.parametrize(
    "value", [[[1, 2], [3, 4.5]], ((1, 2), (3, 4)), range(3), [Fraction(1, 2), 3], keras.ops.ones((2, 3)), np.array([1, 2.5], dtype=object)]
)
def test_whatever_numpy_takes_arrives_as_an_array(value):
    assert np.array_equal(cross(value), np.asarray(value, float))


def test_arguments_keep_their_lists_and_tuples():
    assert cross({"a": (3, 3), "b": [1, 2]}, lists_as_arrays=False) == {"a": (3, 3), "b": [1, 2]}


def test_generator_arrives_in_its_state():
    rng = np.random.default_rng(7)
    rng.random(3)
    there = cross(rng)
    assert there is not rng
    assert np.array_equal(there.random(5), rng.random(5))


@pytest.mark.parametrize("seed", [7, np.int64(7), [7, 8], np.array([7, 8]), 2**100])
def test_generator_brings_what_it_makes_others_of(seed):
    rng = np.random.default_rng(seed)
    rng.spawn(2)
    here, there = (generator.spawn(1)[0].random(5) for generator in (rng, cross(rng)))
    assert np.array_equal(here, there)


def test_other_generators_are_refused():
    # the state of a Mersenne Twister names the position in memory that is read next
    with pytest.raises(WireError, match="default_rng"):
        cross(np.random.Generator(np.random.MT19937(1)))


@pytest.mark.parametrize(
    "state", [{}, {"state": 3}, {"bit_generator": "PCG64"}, {"bit_generator": "PCG64", "state": {"state": -1, "inc": 2**200}}]
)
def test_damaged_generators_are_refused(state):
    with pytest.raises(WireError):
        unpack({"generator": pack({"state": state, "seeds": None})[0]}, [])


@pytest.mark.parametrize("seeds", [{"pool_size": 10**9}, {"entropy": -1}, {"names": 1}, 3])
def test_damaged_seeds_are_refused(seeds):
    state = np.random.default_rng(7).bit_generator.state
    with pytest.raises(WireError):
        unpack({"generator": pack({"state": state, "seeds": seeds})[0]}, [])


def test_tuple_of_different_arrays_stays_a_tuple():
    first, second = cross((np.ones((2, 3)), np.zeros(3)))
    assert first.shape == (2, 3) and second.shape == (3,)


@pytest.mark.parametrize("value", [object(), {1, 2}, print, "text".encode, (i for i in "ab")])
def test_values_that_no_check_could_use_are_refused(value):
    with pytest.raises(WireError):
        cross(value)


def test_endless_nesting_is_refused():
    value = []
    value.append(value)
    with pytest.raises(WireError, match="nested too deeply"):
        cross({"value": {"deep": value}}, lists_as_arrays=False)


@settings(max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["int", "float", "dict", "list", "array", "model", "history", "figure", "x"]), inner, max_size=3
            )
        ),
        max_leaves=15,
    ),
    st.lists(st.binary(max_size=200), max_size=3),
)
def test_garbage_is_refused_or_read_but_never_crashes_the_reader(tree, buffers):
    with contextlib.suppress(WireError):
        unpack(tree, buffers)


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


def test_pickled_array_is_refused():
    file = io.BytesIO()
    np.save(file, np.array([Bomb()], dtype=object), allow_pickle=True)
    with pytest.raises(WireError):
        unpack({"array": 0}, [file.getvalue()])
    with pytest.raises(WireError):
        unpack({"array": 0}, [pickle.dumps(1)])


def test_array_whose_header_promises_more_than_it_brings_is_refused():
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with pytest.raises(WireError):
        unpack({"array": 0}, [file.getvalue()])


def test_model_arrives_with_layers_weights_and_compilation():
    model = small_model(layers.Dense(5, activation=layers.ReLU(), kernel_regularizer="l2"), layers.Dropout(0.2, seed=3))
    model.compile(keras.optimizers.Adam(), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    there = cross(model)
    images = np.random.default_rng(0).random((3, 4, 4, 1))
    assert np.allclose(model.predict(images, verbose=0), there.predict(images, verbose=0))
    assert isinstance(there.optimizer, keras.optimizers.Adam)
    assert there.get_compile_config()["metrics"] == ["accuracy"]


def test_functional_model_arrives():
    inputs = keras.Input((4, 4, 1))
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(inputs)))
    assert cross(model).count_params() == model.count_params()


def test_operations_of_a_functional_model_arrive():
    inputs = keras.Input((4, 4, 1))
    branch = layers.Conv2D(2, 3, padding="same")(inputs / 255)
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(keras.ops.relu(branch) + inputs)))
    images = np.random.default_rng(0).random((3, 4, 4, 1))
    assert np.allclose(model.predict(images, verbose=0), cross(model).predict(images, verbose=0))


def test_layer_adapted_to_data_arrives_adapted():
    images = np.random.default_rng(0).random((30, 4, 4, 1))
    adapted = layers.Normalization(axis=None)
    adapted.adapt(images)
    model = small_model(adapted)
    assert np.allclose(model.predict(images, verbose=0), cross(model).predict(images, verbose=0), atol=1e-6)


def test_model_without_input_shape_arrives_unbuilt():
    assert not cross(keras.Sequential([layers.Dense(3)])).built


def test_tensorflows_own_functions_count_as_kerass():
    import tensorflow as tf

    there = cross(small_model(layers.Dense(2, activation=tf.nn.softmax), layers.Dense(2, activation=tf.nn.relu)))
    assert [layer.activation.__name__ for layer in there.layers[1:3]] == ["softmax", "relu"]


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_model_with_code_in_it_is_refused():
    with pytest.raises(WireError, match="Lambda"):
        cross(small_model(layers.Lambda(lambda x: x)))


class Subclassed(keras.Model):
    def call(self, inputs):
        return inputs


def test_subclassed_model_is_refused_with_advice():
    with pytest.raises(WireError, match=r"keras\.Sequential"):
        cross(Subclassed())


def forged(change):
    tree, buffers = pack(small_model())
    tree = json.loads(json.dumps(tree))
    change(tree["model"])
    return unpack(tree, buffers)


def rename(part, **names):
    return lambda model: model["config"]["config"]["layers"][part].update(names)


@pytest.mark.parametrize(
    "change",
    [
        rename(1, module="os", class_name="system"),
        rename(1, module="keras.layers", class_name="Lambda"),
        rename(1, module="keras.src.utils.file_utils", class_name="get_file"),
        rename(1, registered_name="my>Thing"),
        rename(1, module="keras.src.ops.numpy", class_name="KerasTensor", registered_name="KerasTensor"),
        rename(1, module="keras.src.ops.numpy", class_name="np", registered_name="np"),
        rename(1, module="builtins", class_name="function", config="exec"),
        lambda model: model["config"].update(class_name="Subclassed"),
        lambda model: model["config"]["config"]["layers"][-1]["config"].update(units=LARGEST_NUMBER + 1),
        lambda model: model.update(weights=model["weights"][:1]),
        lambda model: model.update(compile={"optimizer": {"module": "os", "class_name": "system", "config": {}}}),
    ],
)
def test_forged_model_configuration_is_refused(change):
    with pytest.raises(WireError):
        forged(change)


def test_unforged_configuration_is_read():
    assert forged(lambda model: None).count_params() == 17 * 3


def test_history_arrives_as_a_history():
    history = keras.callbacks.History()
    history.history, history.epoch = {"loss": [1.5, float("nan")], "accuracy": [np.float32(0.5), 0.75]}, [0, 1]
    there = cross(history)
    assert isinstance(there, keras.callbacks.History)
    assert there.history["accuracy"] == [0.5, 0.75] and math.isnan(there.history["loss"][1]) and there.epoch == [0, 1]


def test_diverged_training_arrives_as_it_was_also_as_json():
    history = keras.callbacks.History()
    history.history, history.epoch, history.params = {"loss": [float("nan"), float("inf"), 1.0]}, [0, 1, 2], {"epochs": 3}
    tree, buffers = pack(history)
    there = unpack(json.loads(json.dumps(tree, allow_nan=False)), buffers)
    assert str(there.history["loss"]) == "[nan, inf, 1.0]" and there.epoch == [0, 1, 2]


def test_dictionary_may_have_numpys_numbers_as_keys():
    assert cross({np.int64(1): 2}) == {1: 2}


def test_figure_arrives_as_what_can_be_read_off_it():
    from matplotlib.figure import Figure

    figure = Figure()
    axis = figure.subplots()
    axis.plot([1, 2], [3, 4], label="training")
    axis.set(xlabel="epoch", ylabel="accuracy", title="run 1")
    axis.legend()
    (there,) = cross(figure).axes
    assert (there.xlabel, there.ylabel, there.title, there.legend) == ("epoch", "accuracy", "run 1", ["training"])
    assert list(there.lines[0].y) == [3, 4] and there.lines[0].label == "training"
