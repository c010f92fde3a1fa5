"""Blueprints of Keras models: a description that came from student code, read into layers and calls, of which every part is on a list.

Keras is given single layers to make from configurations that have been read here, and never a description of a model: its own readers can
be made to loop, to allocate, to open files and to look for code, `safe_mode` or not (CVE-2024-3660, CVE-2025-1550, CVE-2025-8747,
CVE-2025-9905, CVE-2025-9906, CVE-2025-12058, CVE-2026-1462).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

MAX_CALLS = 500  # of layers, on the way of one digit
MAX_DESCRIPTION = 4_000_000  # characters of its JSON: 300 layers are half a million
MAX_TEXT = 200
MAX_AXES = 8  # of what a model takes
MAX_DEPTH = 8  # models inside of models
MAX_COMPILED = 50  # losses, metrics and the like
LARGEST_NUMBER = 1_000_000  # in a description, apart from seeds
LARGEST_METRIC = 10_000  # the same in losses and metrics, some of which hold as many numbers or the square of that
# The same under these keys. TensorFlow aborts the process for some kernels of 255 rows.
LARGEST = {"kernel_size": 128, "pool_size": 128, "power_iterations": 10}


class ModelRefused(ValueError):
    """The model cannot cross; the message ends a sentence about it that begins "What build_model returned cannot be checked:"."""


# --- what a description may name: Keras' own parts that compute, and nothing that holds code, reads files or loads other models ---


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _named(module: str, names: str) -> frozenset[str]:
    return frozenset(f"{module}.{name}" for name in words(names))


ACTIVATION_LAYERS = _named("keras.layers", "Activation ELU LeakyReLU ReLU Softmax")
RECURRENT = _named("keras.layers", "GRU LSTM RNN SimpleRNN")
PLAIN = ACTIVATION_LAYERS | _named(
    "keras.layers",
    """
    Add Average Concatenate Dot Maximum Minimum Multiply Subtract
    AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    BatchNormalization GroupNormalization LayerNormalization RMSNormalization UnitNormalization
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    Dense EinsumDense Embedding Flatten Identity Masking PReLU Permute RepeatVector Reshape
    ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D SpatialDropout3D
    CenterCrop Normalization Rescaling Resizing
    RandomBrightness RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomInvert
    RandomPerspective RandomRotation RandomSharpness RandomShear RandomTranslation RandomZoom
    """,
)
LAYERS = (
    PLAIN
    | RECURRENT
    | _named("keras.layers", "InputLayer Attention MultiHeadAttention Bidirectional SpectralNormalization TimeDistributed")
)
# What `a + b`, `x[:, 1:]` and `keras.ops.relu(a)` become in a functional model.
OPERATIONS = (
    _named(
        "keras.src.ops.numpy",
        """
        Abs Absolute Add All Amax Amin Any Argmax Argmin BroadcastTo Ceil Clip Concatenate Cos CountNonzero Cumsum Divide Equal Exp
        ExpandDims Flip Floor GetItem Greater GreaterEqual Less LessEqual Log Log10 Log1p Log2 LogicalAnd LogicalNot LogicalOr Matmul
        Max Maximum Mean Min Minimum Mod Moveaxis Multiply Negative NotEqual OnesLike Pad Power Prod Ravel Reciprocal Repeat Reshape
        Roll Round Sign Sin Sqrt Square Squeeze Stack Std Subtract Sum Swapaxes Take Tanh Tile Transpose TrueDivide Var Where ZerosLike
        """,
    )
    | _named(
        "keras.src.ops.nn",
        """
        AveragePool Celu Elu Gelu Glu HardSigmoid HardSilu HardTanh LeakyRelu LogSigmoid LogSoftmax MaxPool Normalize Relu Relu6 Selu
        Sigmoid Silu Softmax Softplus Softsign
        """,
    )
    | _named("keras.src.ops.core", "Cast StopGradient")
)
MODELS = {"keras.Sequential", "keras.src.models.functional.Functional"}
REGULARIZERS = _named("keras.regularizers", "L1 L1L2 L2")
LOSSES = _named(
    "keras.losses",
    """
    BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy
    CategoricalHinge Circle CosineSimilarity CTC Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError
    MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky
    """,
)
METRICS = LOSSES | _named(
    "keras.metrics",
    """
    Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy SparseTopKCategoricalAccuracy TopKCategoricalAccuracy AUC
    FalseNegatives FalsePositives Precision PrecisionAtRecall Recall RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity
    TrueNegatives TruePositives ConcordanceCorrelation PearsonCorrelation F1Score FBetaScore CategoricalHinge Hinge SquaredHinge
    BinaryIoU IoU MeanIoU OneHotIoU OneHotMeanIoU BinaryCrossentropy CategoricalCrossentropy KLDivergence Poisson
    SparseCategoricalCrossentropy Mean Sum CosineSimilarity LogCoshError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
    MeanSquaredLogarithmicError R2Score RootMeanSquaredError
    """,
)
OPTIMIZERS = _named(
    "keras.optimizers",
    "Adadelta Adafactor Adagrad Adam Adamax AdamW Ftrl Lamb Lion LossScaleOptimizer Muon Nadam RMSprop ScheduleFreeAdamW SGD",
)

# The parts that may stand under a key of a configuration, or under one that ends in "_" and that word: `kernel_initializer`.
PARTS = {
    "activation": ACTIVATION_LAYERS,
    "activity_regularizer": REGULARIZERS,
    "cell": _named("keras.layers", "GRUCell LSTMCell SimpleRNNCell StackedRNNCells"),
    "cells": _named("keras.layers", "GRUCell LSTMCell SimpleRNNCell"),
    "constraint": _named("keras.constraints", "MaxNorm MinMaxNorm NonNeg UnitNorm"),
    "initializer": _named(
        "keras.initializers",
        """
        Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal RandomNormal RandomUniform
        TruncatedNormal VarianceScaling Zeros
        """,
    ),
    "layer": PLAIN,
    "learning_rate": _named(
        "keras.optimizers.schedules",
        "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay",
    ),
    "loss": LOSSES,
    "metrics": METRICS,
    "optimizer": OPTIMIZERS,
    "regularizer": REGULARIZERS | _named("keras.regularizers", "OrthogonalRegularizer"),
}
MEASURES = words("""
    binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy categorical_crossentropy
    categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge circle concordance_correlation
    cosine_similarity ctc dice hinge huber kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error
    mean_squared_logarithmic_error pearson_correlation poisson sparse_categorical_accuracy sparse_categorical_crossentropy
    sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy tversky
    """)
FUNCTIONS = {
    "activation": words("""
        celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid log_softmax
        mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish
        tanh tanh_shrink threshold
        """),
    "loss": MEASURES,
    "metrics": MEASURES,
}
# Those that begin with "int8" and the like quantize layers.
DTYPES = words("bool uint8 int16 int32 int64 float16 bfloat16 float32 float64 mixed_float16 mixed_bfloat16")
COMPILED = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")


# --- reading ---


class Tensor(NamedTuple):
    """What comes out of a call: its place in the outputs of the layer's `call`-th call."""

    layer: str
    call: int
    output: int


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer, and the configuration from which Keras makes it."""

    name: str
    kind: str
    part: dict


@dataclass(frozen=True, eq=False)
class Call:
    """A use of a layer: what it is called with, and the tensors in that."""

    layer: str
    number: int
    args: list
    kwargs: dict
    needs: frozenset


@dataclass(frozen=True, eq=False)
class Network:
    """A model: its layers by name, in order, their calls, and the tensors that go in and come out."""

    name: str
    trainable: bool
    sequential: bool
    layers: dict[str, "Layer | Network"]
    calls: list[Call]
    inputs: Any
    outputs: Any


def read(description: Any) -> Network:
    """The layers and calls of a description of a model. Raises ModelRefused for one with parts that are on no list, or beyond the limits.

    Descriptions that are no such thing at all may raise other exceptions.
    """
    network = _network(_bounded(description), 0)
    if (layers := _count(network)) > MAX_CALLS:
        raise ModelRefused(f"it has {layers:,} layers, more than any network of this course needs")
    return network


def _count(layer: Layer | Network) -> int:
    return 1 if isinstance(layer, Layer) else 1 + sum(map(_count, layer.layers.values()))


def _bounded(description: Any) -> Any:
    """A copy of a description, if it is small enough to be worth reading."""
    text = json.dumps(description)
    if len(text) > MAX_DESCRIPTION:
        raise ModelRefused(f"its description has {len(text):,} characters, more than that of any network of this course")
    return json.loads(text)


def _network(described: Any, depth: int) -> Network:
    if not isinstance(described, dict) or _full_name(described) not in MODELS or not isinstance(config := described.get("config"), dict):
        raise ModelRefused("it is neither a keras.Sequential nor a functional keras.Model")
    if depth > MAX_DEPTH:
        raise ModelRefused("it has models inside of models inside of models, more than can be graded")
    parts = config["layers"]
    layers: dict[str, Layer | Network] = {}
    for part in parts:
        layer = _network(part, depth + 1) if _full_name(part) in MODELS else _layer(part)
        if layers.setdefault(layer.name, layer) is not layer:
            raise ModelRefused(f"two of its layers have the name {shown(layer.name)}")
    name, trainable = _text(config["name"]), config.get("trainable", True) is not False
    if described["class_name"] == "Sequential":
        return _sequential(name, trainable, layers)
    nodes = [(layer, number, node) for layer, part in zip(layers, parts, strict=True) for number, node in enumerate(part["inbound_nodes"])]
    if len(nodes) > MAX_CALLS:
        raise ModelRefused(f"its layers are used {len(nodes):,} times, and no network of this course needs that")
    used = {name for name, _, _ in nodes}
    if idle := [name for name, layer in layers.items() if name not in used and not _is_input(layer)]:
        raise ModelRefused(f"its layer {shown(idle[0])} is never used")  # and would be built without having been measured
    # Among the outputs, and only there, Keras counts the calls of a functional model from 1.
    first = {name: 1 for name, layer in layers.items() if isinstance(layer, Network) and not layer.sequential}
    inputs, outputs = _tensors(config["input_layers"], {}), _tensors(config["output_layers"], first)
    return Network(name, trainable, False, layers, [_call(*node) for node in nodes], inputs, outputs)


def _sequential(name: str, trainable: bool, layers: dict) -> Network:
    calls, last = [], Tensor("", 0, 0)
    for layer in layers.values():
        if not _is_input(layer):
            calls.append(Call(layer.name, 0, [last], {}, frozenset([last[:2]])))
            last = Tensor(layer.name, 0, 0)
    return Network(name, trainable, True, layers, calls, [Tensor("", 0, 0)], [last])


def _is_input(layer: Layer | Network) -> bool:
    return isinstance(layer, Layer) and layer.kind == "InputLayer"


def _layer(described: Any) -> Layer:
    part = _part(described, LAYERS | OPERATIONS)
    kind, config = part["class_name"], part["config"]
    name = _text(config["name"])
    if config.get("pad_to_aspect_ratio"):
        raise ModelRefused(f"its layer {shown(name)} adds borders of any size to the digits before it resizes them")
    if kind == "InputLayer":
        if config.get("sparse") or config.get("ragged"):
            raise ModelRefused("its input is sparse or ragged, and digits are neither")
        config = {"name": name, "dtype": config["dtype"], "batch_shape": shape_of(config["batch_shape"]), "optional": False}
    return Layer(name, kind, part | {"config": config})


def shape_of(shape: Any) -> list[int | None]:
    """The shape of a batch, as a list. Raises ModelRefused for what is none."""
    sizes = shape if isinstance(shape, list | tuple) and len(shape) <= MAX_AXES else [-1]
    if not all(size is None or (type(size) is int and 0 <= size <= LARGEST_NUMBER) for size in sizes):
        raise ModelRefused("its input has no shape that digits could have")
    return list(shape)


def _part(described: Any, allowed: frozenset[str], largest: int = LARGEST_NUMBER) -> dict:
    """A description of one of Keras' own parts, with the keys that matter and a configuration of which the same is true."""
    full = _full_name(described)
    if (
        full not in allowed
        or not isinstance(described.get("config"), dict)
        or described.get("registered_name") not in (None, full.rpartition(".")[2])
    ):
        raise ModelRefused(f"its part {shown(described.get('class_name'))} is not one of Keras' own that can be graded")
    module, _, name = full.rpartition(".")
    config = {_text(key): _value(value, key, name, largest) for key, value in described["config"].items()}
    return {"module": module, "class_name": name, "config": config, "registered_name": None if full not in OPERATIONS else name}


def _full_name(described: Any) -> str:
    if not isinstance(described, dict):
        raise ModelRefused("it is a Keras model with something among its layers that is none")
    return f"{described.get('module')}.{described.get('class_name')}"


def _value(value: Any, key: str, owner: str, largest: int) -> Any:
    """A value in a configuration of `owner`, under `key`."""
    match value:
        case None | bool():
            return value
        case float() if key not in LARGEST:
            return value
        case int():
            if abs(value) > min(largest, LARGEST.get(key, largest)) and key != "seed":
                raise ModelRefused(f"its {key} of {f'{value:,}'[:60]} is larger than any network of this course needs")
            return value
        case str():
            if key == "dtype" and value not in DTYPES:
                raise ModelRefused(f"its dtype {shown(value)} is none that can be graded")
            return _text(value)
        case list():
            return [_value(item, key, owner, largest) for item in value]
        case {"module": "keras", "class_name": "DTypePolicy", "config": {"name": str(name)}} if key == "dtype":
            return _value(name, key, owner, largest)
        case {"class_name": name, **rest}:
            kind = key if key in PARTS else key.rpartition("_")[2]
            if name == "function" and isinstance(function := rest.get("config"), str) and function in FUNCTIONS.get(kind, ()):
                return {"module": "builtins", "class_name": "function", "config": function, "registered_name": "function"}
            allowed = RECURRENT if owner == "Bidirectional" and kind == "layer" else PARTS.get(kind, frozenset())
            return _part(value | ({"class_name": rest.get("config")} if name == "function" else {}), allowed, largest)
        case dict():  # of losses or metrics, by output
            return {_text(name): _value(item, key, owner, largest) for name, item in value.items()}
    raise ModelRefused("it is a Keras model that cannot be rebuilt from its layers")


def _text(text: Any) -> str:
    if not isinstance(text, str) or len(text) > MAX_TEXT or not text.isprintable():
        raise ModelRefused(f"the text {shown(text)} in it is too long, or cannot be printed")
    return text


def shown(value: Any) -> str:
    """A value from the other side as it may stand in a sentence."""
    return repr(str(value)[:60])


def _call(layer: str, number: int, node: dict) -> Call:
    args, kwargs = _argument(node["args"]), _argument(node["kwargs"])
    return Call(layer, number, args, kwargs, frozenset(tensor[:2] for tensor in flat([args, kwargs]) if isinstance(tensor, Tensor)))


def _argument(value: Any) -> Any:
    """What a layer is called with: tensors, plain values, slices and constants."""
    import numpy as np

    match value:
        case {"class_name": "__keras_tensor__", "config": {"keras_history": [str(layer), int(call), int(output)]}}:
            return Tensor(layer, call, output)
        case {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}:
            return slice(*(_value(bound, "", "", LARGEST_NUMBER) for bound in (start, stop, step)))
        case {"class_name": "__ellipsis__"}:
            return ...
        case {"class_name": "__numpy__" | "__tensor__", "config": {"value": content, "dtype": str(dtype)}} if dtype in DTYPES:
            with np.errstate(all="ignore"):
                return np.array(content, dtype)
        case {"class_name": name}:
            raise ModelRefused(f"its part {shown(name)} is not one of Keras' own that can be graded")
        case list():
            return [_argument(item) for item in value]
        case dict():
            return {_text(key): _argument(item) for key, item in value.items()}
    return _value(value, "", "", LARGEST_NUMBER)


def _tensors(described: Any, first: dict[str, int]) -> Any:
    """The tensors of `[layer, call, output]`, or of lists and dictionaries of them. `first`: a layer's first call, if that is not 0."""
    match described:
        case [str(layer), int(call), int(output)]:
            return Tensor(layer, call - first.get(layer, 0), output)
        case list():
            return [_tensors(item, first) for item in described]
        case dict():
            return {_text(key): _tensors(item, first) for key, item in described.items()}
    raise ModelRefused("it is a Keras model that cannot be rebuilt from its layers")


def flat(value: Any) -> Iterator[Any]:
    """The values in lists and dictionaries, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    elif isinstance(value, dict):
        for _, item in sorted(value.items()):  # as Keras orders them
            yield from flat(item)
    else:
        yield value


def read_compilation(described: Any) -> dict:
    """The arguments of `model.compile`, as configurations that Keras may make its parts from. Raises as `read` does."""
    if not isinstance(described, dict):
        raise ModelRefused("it is a Keras model that was compiled in an unusual way")
    described = _bounded(described)
    if json.dumps(described).count('"class_name"') > MAX_COMPILED:
        raise ModelRefused(f"it was compiled with more than {MAX_COMPILED} losses, metrics and the like")
    return {
        key: _value(described.get(key), key, "", LARGEST_NUMBER if key == "optimizer" else LARGEST_METRIC)
        for key in COMPILED
        if described.get(key) is not None
    }


# --- going through a network, with layers or with shapes ---


def walk(network: Network, tensors: list, use: Callable[["Layer | Network", list, dict], list]) -> dict[tuple, list]:
    """Make all calls of a network in an order in which they can be made, `use(layer, args, kwargs)`. Returns the outputs of each."""
    arrived = {tensor[:2]: [given] for tensor, given in zip(flat(network.inputs), tensors, strict=True)}
    pending = network.calls
    while pending:
        later = []
        for call in pending:
            if call.needs <= arrived.keys() and (call.number == 0 or (call.layer, call.number - 1) in arrived):
                args, kwargs = arrived_for(call.args, arrived), arrived_for(call.kwargs, arrived)
                arrived[call.layer, call.number] = use(network.layers[call.layer], args, kwargs)
            else:
                later.append(call)
        if len(later) == len(pending):
            raise ModelRefused("it is a Keras model whose layers wait for each other")
        pending = later
    return arrived


def arrived_for(value: Any, arrived: dict[tuple, list]) -> Any:
    """A value, or a structure of values, with every tensor replaced by what has arrived for it."""
    if isinstance(value, Tensor):
        return arrived[value[:2]][value.output]
    if isinstance(value, list):
        return [arrived_for(item, arrived) for item in value]
    if isinstance(value, dict):
        return {key: arrived_for(item, arrived) for key, item in value.items()}
    return value


def inputs_of(network: Network) -> list[dict] | None:
    """The configurations of a network's inputs, or None where it was never told what it takes."""
    if network.sequential:
        first = next(iter(network.layers.values()), None)
        if isinstance(first, Network):
            return inputs_of(first)
        return [first.part["config"]] if first and _is_input(first) else None
    layers = [network.layers[tensor.layer] for tensor in flat(network.inputs)]
    if not layers or not all(map(_is_input, layers)):
        raise ModelRefused("it is a Keras model without an input")
    return [layer.part["config"] for layer in layers]
