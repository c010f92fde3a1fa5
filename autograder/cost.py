"""What a Keras model would cost for one digit: parameters, memory and multiplications, found with shapes and without a single number."""

import copy
import inspect
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from autograder.blueprint import MAX_CALLS, Layer, ModelRefused, Network, flat, inputs_of, shown, walk, words

# The largest honest networks have 700,000 parameters (lesson 11 allows no more) and do half a billion multiplications with them.
MAX_PARAMETERS = 10_000_000
MAX_NUMBERS = 2**20  # at hand at a time, for one digit; densely connected networks of 700,000 parameters have more than half of them
MAX_MULTIPLICATIONS = 1_000_000_000  # for one digit
BATCH = 500  # the most digits that a check shows a network at a time: what it does across them counts too
SIDE = 28  # of a digit; stands for what an input leaves open
STEP = 10_000  # multiplications that take as long as one step of a recurrent layer does besides its own
RESIZED = 300  # multiplications that take as long as one number of a resized digit
POOLED = 100  # the same for one number of a pooling window
GROUPED = 10  # times that a multiplication takes longer where a convolution has groups, and it does those between the groups too


def made(layer: Layer) -> Any:
    """The layer of Keras' own. Raises whatever Keras does for a configuration that makes none."""
    import keras

    return keras.saving.deserialize_keras_object(copy.deepcopy(layer.part), safe_mode=True)  # some layers take their configuration apart


@contextmanager
def without_memory() -> Iterator[list]:
    """Variables that are made inside have a shape and no value, and Keras forgets them afterwards. Yields the list of them, which grows."""
    import keras
    from keras.src.backend.common import global_state

    others = global_state.get_global_attribute("uninitialized_variables")
    variables: list = []
    global_state.set_global_attribute("uninitialized_variables", variables)
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield variables
    finally:
        global_state.set_global_attribute("uninitialized_variables", others or [])


@dataclass(frozen=True)
class Cost:
    """What a network needs for one digit: parameters, numbers at hand at a time, and multiplications, or work that takes as long."""

    parameters: int
    numbers: int
    multiplications: int


def measure(network: Network, inputs: list[dict]) -> Cost:
    """What a network costs for one digit. `inputs` are the configurations of its inputs; sizes that they leave open are those of a digit.

    Raises ModelRefused beyond the limits, and whatever Keras does when layers do not fit each other.
    """
    import keras

    tensors = [keras.KerasTensor((BATCH, *_one(config["batch_shape"])), dtype=config["dtype"]) for config in inputs]
    if (taken := max(_numbers(tensor.shape) for tensor in tensors)) > MAX_NUMBERS:
        raise ModelRefused(f"it takes {min(taken, 10**18):,} numbers for one digit, more than any network of this course needs")
    with without_memory() as variables:
        meter = _Meter(variables)
        meter.arrive(tensors)
        walk(network, tensors, meter.use)
    cost = Cost(meter.parameters, meter.peak(), meter.multiplications)
    if cost.numbers > MAX_NUMBERS:
        raise ModelRefused(
            f"it has {min(cost.numbers, 10**18):,} numbers at hand at a time for one digit, more than any network of this course needs"
        )
    return cost


def _one(shape: list[int | None]) -> list[int]:
    """The shape of one digit where the shape of a batch may leave sizes open."""
    if len(shape) == 2:
        return [shape[1] or SIDE * SIDE]
    return [size or (SIDE if place < 2 else 1) for place, size in enumerate(shape[1:])]


def _fits(tensor: Any, declared: list[int | None]) -> bool:
    given = list(tensor.shape)
    return len(given) == len(declared) and all(size in (None, actual) for size, actual in zip(declared[1:], given[1:], strict=True))


@dataclass
class _Meter:
    """Adds up what a network costs, use by use of its layers, and refuses as soon as it is too much.

    TensorFlow works on whatever is ready, first come first served. So a tensor lives from the step in which all that it is made of is
    there until the last step that needs it, whatever the order of the calls, and the step in which most numbers live is the peak.
    """

    variables: list
    counted: int = 0  # of the variables
    parameters: int = 0
    multiplications: int = 0
    calls: int = 0
    layers: dict = field(default_factory=dict)  # made so far, by their descriptions
    # By id: the tensor itself (so that no other gets its id), its numbers, its first and its last step.
    tensors: dict = field(default_factory=dict)

    def arrive(self, tensors: list, step: int = 0) -> None:
        for tensor in tensors:
            self.tensors[id(tensor)] = [tensor, _numbers(tensor.shape), step, step]

    def use(self, part: "Layer | Network", args: list, kwargs: dict) -> list:
        """What comes out of a layer."""
        import keras
        import numpy as np

        inputs = [value for value in flat([args, kwargs]) if isinstance(value, keras.KerasTensor)]
        if isinstance(part, Network):
            declared = inputs_of(part)
            if declared is not None and not all(map(_fits, inputs, (config["batch_shape"] for config in declared))):
                # Keras would build it as it was declared, and only then see what it gets.
                raise ModelRefused(f"its model {shown(part.name)} was made for numbers of another shape than it gets")
            arrived = walk(part, list(flat(args)), self.use)
            return [arrived[tensor[:2]][tensor.output] for tensor in flat(part.outputs)]
        if part.kind == "Normalization" and any(axis % len(inputs[0].shape) == 0 for axis in flat(part.part["config"]["axis"] or [])):
            raise ModelRefused(f"its layer {shown(part.name)} normalizes across digits")  # and would take memory for all of them at once
        layer = self.layers[part] if part in self.layers else self.layers.setdefault(part, made(part))
        outputs = keras.tree.flatten(layer(*args, **kwargs))
        constants = [value.shape for value in flat([args, kwargs]) if isinstance(value, np.ndarray)]
        if any(None in tensor.shape for tensor in outputs):
            raise ModelRefused(f"its layer {shown(part.name)} makes a number of values that depends on the digits")
        step, hidden = self._add(part.name, layer, inputs, outputs, constants)
        if part.kind not in TRUE:
            really, largest = _traced(layer, args, kwargs)
            if [tuple(tensor.shape) for tensor in outputs] != really:
                raise ModelRefused(f"its layer {shown(part.name)} makes numbers of another shape than Keras says")
            hidden = max(hidden, largest)
        self._hide(part.name, step, hidden)
        return outputs

    def _add(self, name: str, layer: Any, inputs: list, outputs: list, constants: list[tuple]) -> tuple[int, int]:
        """Add one use. Returns the step that it is in, and how many numbers it is known to need besides."""
        import keras

        for variable in self.variables[self.counted :]:
            self.parameters += math.prod(variable.shape)
            variable._initializer = keras.initializers.Zeros()  # some others take long, even to be traced
        self.counted = len(self.variables)
        if self.parameters > MAX_PARAMETERS:
            raise ModelRefused(f"it has more than {MAX_PARAMETERS:,} parameters, and no network of this course needs so many")
        hidden, multiplications, calls = _work(layer, [tensor.shape for tensor in inputs], [tensor.shape for tensor in outputs], constants)
        self.calls += calls
        if self.calls > MAX_CALLS:
            raise ModelRefused(f"its layers are used more than {MAX_CALLS} times for one digit, and no network of this course needs that")
        step = 1 + max(self.tensors[id(tensor)][2] for tensor in inputs)
        for tensor in inputs:
            self.tensors[id(tensor)][3] = max(step, self.tensors[id(tensor)][3])
        self.arrive(outputs, step)
        _allow(name, max([hidden, *(_numbers(tensor.shape) for tensor in outputs)]))
        self.multiplications += multiplications
        if self.multiplications > MAX_MULTIPLICATIONS:
            raise ModelRefused(
                f"it does more than {MAX_MULTIPLICATIONS / 1e6:,.0f} million multiplications for one digit, "
                "and no network of this course needs so many"
            )
        return step, hidden

    def _hide(self, name: str, step: int, numbers: int) -> None:
        _allow(name, numbers)
        self.tensors[name, self.calls] = [None, numbers, step, step]

    def peak(self) -> int:
        changes: dict[int, int] = {}
        for _, numbers, first, last in self.tensors.values():
            changes[first] = changes.get(first, 0) + numbers
            changes[last + 1] = changes.get(last + 1, 0) - numbers
        alive = most = 0
        for step in sorted(changes):
            alive += changes[step]
            most = max(most, alive)
        return most


def _allow(name: str, numbers: int) -> None:
    if numbers > MAX_NUMBERS:
        raise ModelRefused(
            f"its layer {shown(name)} makes {min(numbers, 10**18):,} numbers of one digit, more than any network of this course needs"
        )


# Layers of which Keras says what is so. It takes milliseconds to ask TensorFlow.
TRUE = words("""
    Activation Add AveragePooling2D BatchNormalization Conv2D Dense Dropout Flatten GaussianNoise GlobalAveragePooling2D GlobalMaxPooling2D
    LeakyReLU MaxPooling2D ReLU Rescaling Reshape Softmax SpatialDropout2D ZeroPadding2D
    """)


def _traced(layer: Any, args: list, kwargs: dict) -> tuple[list[tuple], int]:
    """The shapes that a layer really makes when it answers, and the numbers of one digit in the largest tensor on the way there.

    What Keras says before a layer is run is not always so: one that crops at random does so in training only. TensorFlow knows.
    """
    import keras
    import tensorflow as tf
    from keras.src import backend

    largest = 0

    def run(*args: Any, **kwargs: Any) -> Any:
        nonlocal largest
        outputs = layer(*args, **kwargs)
        operations = tf.compat.v1.get_default_graph().get_operations()
        on_the_way = [tensor.shape for operation in operations if operation.type != "Placeholder" for tensor in operation.outputs]
        made = [math.prod(shape) for shape in on_the_way if shape.is_fully_defined()]
        ends = [math.prod(tensor.shape) for tensor in keras.tree.flatten((args, kwargs, outputs)) if tf.is_tensor(tensor)]
        largest = max((size for size in made if size > max(ends)), default=0)
        return outputs

    args, kwargs = keras.tree.map_structure(_dense, (args, kwargs))
    if "training" in inspect.signature(layer.call).parameters:
        kwargs["training"] = False
    outputs = backend.compute_output_spec(run, *args, **kwargs)
    return [tuple(tensor.shape) for tensor in keras.tree.flatten(outputs)], -(-largest // BATCH)


def _dense(value: Any) -> Any:
    """A tensor without Keras' opinion on whether it is sparse, which is wrong for the product with a constant."""
    import keras

    return keras.KerasTensor(value.shape, value.dtype) if isinstance(value, keras.KerasTensor) else value


def _numbers(shape: tuple) -> int:
    """How many numbers of one digit are in a tensor of the whole batch."""
    return -(-math.prod(shape) // BATCH)


# Layers whose weights meet each number once: no weight is used at every place.
ONCE = words("BatchNormalization Embedding GroupNormalization LayerNormalization Normalization PReLU RMSNormalization")


def _work(layer: Any, arrives: list[tuple], leaves: list[tuple], constants: list[tuple]) -> tuple[int, int, int]:
    """What one use of a layer costs for one digit: numbers besides those that leave it, multiplications, and building, in layers.

    Estimates from above, since nobody needs a close one: every weight meets the numbers of every place in what arrives or leaves.
    """
    building = 1
    if type(layer).__name__ == "TimeDistributed":
        building = arrives[0][1]  # it repeats its layer for every step
        layer, arrives, leaves = layer.layer, *([(shape[0] * shape[1], *shape[2:]) for shape in shapes] for shapes in (arrives, leaves))
    weights = [tuple(weight.shape) for weight in getattr(layer, "weights", ())]
    layer = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None) or layer
    name = type(layer).__name__
    channels = 1 if getattr(layer, "data_format", None) == "channels_first" else -1
    places = max(_numbers(shape) // max(1, shape[channels]) if len(shape) > 1 else 1 for shape in arrives + leaves)
    hidden, work, leaving = 0, 0, sum(map(_numbers, leaves))
    if name not in ONCE:
        work = sum(map(math.prod, weights + constants)) * places
    if name.startswith(("Conv", "DepthwiseConv", "SeparableConv")):
        hidden, work = _convolution(layer, arrives[0], channels, work // places, places)
    elif hasattr(layer, "pool_size"):
        size = layer.pool_size
        work = POOLED * leaving * (size ** (len(arrives[0]) - 2) if isinstance(size, int) else math.prod(size))
    elif name in ("Resizing", "CenterCrop") or getattr(layer, "interpolation", "nearest") != "nearest":
        work = RESIZED * leaving
    elif name in ("Dot", "Matmul") and len(arrives) > 1:
        work = math.isqrt(math.prod(_numbers(shape) for shape in (*arrives[:2], leaves[0])))  # rows · inner · columns
    elif name.endswith("Attention"):
        asked = math.prod(arrives[0][1:-1])
        known = max(math.prod(shape[1:-1]) if len(shape) > 2 else BATCH for shape in arrives)  # rows of numbers attend to each other's
        width = (
            layer.num_heads * max(layer.key_dim, layer.value_dim) if name == "MultiHeadAttention" else max(shape[-1] for shape in arrives)
        )
        work += 2 * asked * known * width
        building = 3
    elif hasattr(layer, "unroll"):  # recurrent
        steps = arrives[0][1]
        hidden, work = steps * sum(shape[-1] for shape in weights), work + steps * STEP
        building = steps if layer.unroll else 5
    return hidden, work + leaving + hidden, building


def _convolution(layer: Any, arrives: tuple, channels: int, weights: int, places: int) -> tuple[int, int]:
    spatial = arrives[2:] if channels == 1 else arrives[1:-1]
    depth = max(arrives[channels] * getattr(layer, "depth_multiplier", 1), getattr(layer, "filters", 1))
    hidden = 0
    if max(layer.dilation_rate) > 1:  # TensorFlow really adds the border that a kernel spread out so far may need
        spread = [size + (kernel - 1) * rate for size, kernel, rate in zip(spatial, layer.kernel_size, layer.dilation_rate, strict=True)]
        places = max(places, math.prod(spread))
        hidden = places * depth
    if getattr(layer, "groups", 1) > 1 or (channels == 1 and len(spatial) == 3):  # left to XLA, which is slow at it
        return places * (8 * arrives[channels] + 2 * layer.filters), GROUPED * getattr(layer, "groups", 1) * weights * places
    return hidden, weights * places
