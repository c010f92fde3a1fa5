"""Keras models across the boundary: a description of the layers and an array for every weight.

`describe` runs beside student code. `rebuild` runs in the trusted process, on whatever the other side sent: the description is read
(blueprint.py), what the network would cost is measured (cost.py), and only then it is put together and given the weights that were sent.
"""

import json
import math
from typing import Any

from autograder.blueprint import LARGEST_NUMBER, ModelRefused, Network, arrived_for, flat, inputs_of, read, read_compilation, shape_of, walk
from autograder.cost import Cost, made, measure, without_memory

TENSORFLOW_NAMES = {"softmax_v2": "softmax", "relu": "relu", "relu6": "relu6", "leaky_relu": "leaky_relu"}


# --- describing: runs beside student code ---


def describe(model: Any) -> tuple[dict, list | None]:
    """A model's layers and how it was compiled, as JSON, and its weights as arrays, or None for a model that has none yet.

    How it is to be run stays behind: eagerly, by XLA, several steps at a time. Raises ModelRefused for a model that cannot be described.
    """
    import keras

    try:
        config = keras.saving.serialize_keras_object(model)
        compiled = config.pop("compile_config", None) or None
        return {
            "config": _renamed(as_json(config), _tensorflows(model)),
            "compile": as_json(compiled),
        }, model.get_weights() if model.built else None
    except Exception as error:
        raise ModelRefused(
            "it is a Keras model that cannot be described by its layers: use keras.Sequential or the functional API"
        ) from error


def as_json(value: Any) -> Any:
    """Dictionaries, lists, texts and numbers only; what else is in there as its description."""
    return json.loads(json.dumps(value, default=lambda other: other.tolist() if hasattr(other, "tolist") else repr(other)))


def _tensorflows(model: Any) -> set[str]:
    """The names of TensorFlow's own functions among a model's activations: a student's may have the same names."""
    activations = [getattr(layer, "activation", None) for layer in model._flatten_layers(include_self=False)]
    return {function.__name__ for function in activations if str(getattr(function, "__module__", "")).startswith("tensorflow.")}


def _renamed(config: Any, tensorflows: set[str]) -> Any:
    """A configuration with TensorFlow's own functions under Keras' names for them: `activation=tf.nn.softmax` is as good as "softmax"."""
    if isinstance(config, list):
        return [_renamed(item, tensorflows) for item in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "function" and config.get("config") in TENSORFLOW_NAMES.keys() & tensorflows:
        return TENSORFLOW_NAMES[config["config"]]
    return {key: _renamed(value, tensorflows) for key, value in config.items()}


# --- rebuilding: runs in the trusted process, on whatever the other side sent ---


def rebuild(config: Any, compiled: Any, weights: list | None) -> Any:
    """The keras.Model of a description and its weights. Raises ModelRefused for one that is not Keras' own throughout, or too much.

    A model that was never told the shape of its input comes back as it was, without weights. It is measured when it is built, by its first
    call, and raises ModelRefused then.
    """
    import autograder.quiet  # noqa: F401

    try:
        network = read(config)
        compiled = compiled and read_compilation(compiled)
        if (inputs := inputs_of(network)) is not None:
            measure(network, inputs)
        with without_memory() as variables:
            model = _assembled(network)
        if model.built and inputs is None:
            raise ModelRefused("it is a Keras model whose input has no shape")
        _fill(model, variables, weights)
        if not model.built:
            _measure_when_built(model, network)
        if compiled:
            _compile(model, compiled)
    except ModelRefused:
        raise
    except Exception as error:
        raise ModelRefused("it is a Keras model that cannot be rebuilt from its layers") from error
    return model


def measured(model: Any) -> Cost:
    """What a keras.Model costs for one digit. Raises ModelRefused for one that `rebuild` would refuse, or that has no input shape."""
    network = read(describe(model)[0]["config"])
    if (inputs := inputs_of(network)) is None:
        raise ModelRefused("it is a Keras model whose input has no shape")
    return measure(network, inputs)


def _assembled(network: Network) -> Any:
    """The model itself; its variables have no values yet."""
    import keras

    layers = {name: _assembled(layer) if isinstance(layer, Network) else made(layer) for name, layer in network.layers.items()}
    if network.sequential:
        return keras.Sequential(list(layers.values()), trainable=network.trainable, name=network.name)
    arrived = walk(
        network,
        [layers[tensor.layer].output for tensor in flat(network.inputs)],
        lambda part, args, kwargs: keras.tree.flatten(layers[part.name](*args, **kwargs)),
    )
    inputs, outputs = arrived_for(network.inputs, arrived), arrived_for(network.outputs, arrived)
    return keras.Model(inputs, outputs, name=network.name, trainable=network.trainable)


def _fill(model: Any, variables: list, weights: list | None) -> None:
    """Give a model's weights the values that were sent, or else zeros, and its other variables those that they begin with."""
    shapes = [tuple(weight.shape) for weight in model.weights]
    if weights is not None and shapes != [array.shape for array in weights]:
        raise ModelRefused("it is a Keras model whose weights do not have the shapes that its layers give them")
    if weights is not None and any(array.dtype.kind not in "biuf" for array in weights):
        raise ModelRefused("it is a Keras model with weights that are no real numbers")
    for weight, array in zip(model.weights, weights or map(_zeros, shapes), strict=True):
        weight._initializer = lambda shape, dtype, array=array: _as(array, dtype)
    for variable in variables:
        variable._deferred_initialize()
    for layer in model._flatten_layers(include_self=False):
        if hasattr(layer, "finalize_state"):  # of Normalization, which works with numbers made from its weights
            layer.finalize_state()


def _zeros(shape: tuple) -> Any:
    import numpy as np

    return np.zeros(shape, np.float32)


def _as(array: Any, dtype: str) -> Any:
    import numpy as np

    with np.errstate(all="ignore"):  # what is too large for the dtype becomes infinite, and nobody needs to be told
        return array.astype(dtype)


def _measure_when_built(model: Any, network: Network) -> None:
    build = model.build

    def measured_build(input_shape: Any = None) -> None:
        measure(network, [{"batch_shape": shape_of(input_shape), "dtype": "float32"}])
        build(input_shape)

    model.build = measured_build


def _compile(model: Any, described: dict) -> None:
    import keras

    optimizer = keras.saving.deserialize_keras_object(described.pop("optimizer", None), safe_mode=True)
    with without_memory() as variables:
        others = {key: keras.saving.deserialize_keras_object(value, safe_mode=True) for key, value in described.items()}
    if sum(math.prod(variable.shape) for variable in variables) > LARGEST_NUMBER:
        raise ModelRefused("it was compiled with a metric that holds more numbers than any network of this course needs")
    for variable in variables:
        variable._deferred_initialize()
    model.compile(optimizer, **others)
