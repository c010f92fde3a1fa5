"""08-network: The whole network in Keras."""

import ast
import functools
import re
import textwrap
import weakref

import autograder.quiet  # noqa: F401

# isort: split
import keras
import numpy as np
import pytest

from autograder.checking import Mistake, exercise, expect, keeps_arguments
from autograder.mnist import dataset_path
from autograder.student import StudentError, Unreadable

convolution = exercise("build_model", part="convolution")
pooling = exercise("build_model", part="pooling")
flatten = exercise("build_model", part="flatten")
dense = exercise("build_model", part="dense")
dropout = exercise("build_model", part="dropout")
output = exercise("build_model", part="output")
learning = exercise("compile_model", part="optimizer and loss")
metric = exercise("compile_model", part="metric")
numpy_forward = exercise("numpy_forward")


# --- build_model: each layer is judged by its own settings, so that a slip in one costs the others nothing ---

PARTS = ["convolution", "pooling", "flatten", "dense", "dropout", "output"]
NAMES = ["the convolution", "the pooling layer", "Flatten", "the hidden dense layer", "Dropout", "the output layer"]
TABLE = [
    "Conv2D with 28 filters of (3, 3) and relu",
    "MaxPooling2D of (2, 2)",
    "Flatten",
    "Dense with 128 units and relu",
    "Dropout of 0.2",
    "Dense with 10 units and softmax",
]
KIND = ["Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dropout", "Dense"]
RELATED = [
    {"Conv1D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "DepthwiseConv1D", "SeparableConv1D"},
    {"AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D", "MaxPooling1D", "MaxPooling3D", "AveragePooling1D"},
    {"Reshape", "GlobalMaxPooling2D", "GlobalAveragePooling2D"},
    {"EinsumDense"},
    {"SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization"},
    {"EinsumDense"},
]


class Row:
    """One layer of a student's network and the activation that acts on its output."""

    def __init__(self, layer):
        self.layer = layer
        self.kind = type(layer).__name__
        self.activation = getattr(layer, "activation", None)

    def __str__(self):
        size = {"Conv2D": "filters", "Dense": "units", "Dropout": "rate", "MaxPooling2D": "pool_size"}.get(self.kind)
        return f"{self.kind}({getattr(self.layer, size)}{', …' if size == 'filters' else ''})" if size else self.kind


def rows_of(model):
    """The layers in order: nested models unpacked, and a separate Activation layer counted as the activation of the layer before it."""
    rows = []

    def visit(layers):
        for layer in layers:
            if isinstance(layer, keras.Model):
                visit(layer.layers)
            elif isinstance(layer, keras.layers.Activation | keras.layers.ReLU | keras.layers.Softmax):
                if rows and rows[-1].kind in ("Conv2D", "Dense") and is_linear(rows[-1].activation):
                    rows[-1].activation = layer
                else:
                    rows.append(Row(layer))
            elif not isinstance(layer, keras.layers.InputLayer):
                rows.append(Row(layer))

    visit(model.layers)
    return rows


# Activations are told by what they compute: a name, a function and a layer object can all be the same one.


def is_linear(activation):
    return activation is None or activation is keras.activations.linear or same_function(activation, lambda x: x)


def is_relu(activation):
    return activation is keras.activations.relu or same_function(activation, lambda x: np.maximum(x, 0))


def is_softmax(activation):
    return activation is keras.activations.softmax or same_function(activation, softmax)


def same_function(activation, function):
    x = np.array([[-300, -1.5, 0, 0.25, 2, 7], [3, 1, -2, 0.5, -20, 250], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]], np.float32)
    try:
        given = keras.ops.convert_to_numpy(activation(keras.ops.convert_to_tensor(x)))
    except Exception:
        return False
    return given.shape == x.shape and bool(np.allclose(given, function(x), rtol=1e-5, atol=1e-5))


def name_of(activation):
    return getattr(activation, "__name__", None) or type(activation).__name__


def convolution_mistakes(row):
    layer = row.layer
    if layer.filters != 28:
        yield f"The convolution has {layer.filters} filters in place of 28."
    if tuple(layer.kernel_size) != (3, 3):
        yield f"The convolution's kernels are {tuple(layer.kernel_size)} in place of (3, 3)."
    if layer.padding == "same":
        yield (
            "padding='same' puts a border of zeros around the image, which keeps 28 × 28. "
            "The ledger's 26 × 26 need no border: padding='valid', the default."
        )
    elif layer.padding != "valid":
        yield f"The convolution has padding={layer.padding!r} in place of 'valid', the default."
    if tuple(layer.strides) != (1, 1):
        words = (
            " The third argument of Conv2D is strides: the kernel's size is one argument, (3, 3)." if tuple(layer.strides) == (3, 3) else ""
        )
        yield (
            f"The convolution moves by {tuple(layer.strides)} pixels (strides). It should move by (1, 1), the default, to visit all 26 × 26 places.{words}"
        )
    if tuple(layer.dilation_rate) != (1, 1) or layer.groups != 1:
        yield "The convolution's dilation_rate and groups should stay as they are by default, (1, 1) and 1."
    if layer.data_format != "channels_last":
        yield "The convolution takes the channels first. In this course they come last: leave out data_format."
    yield from activation_mistakes(row, "The convolution", "relu", is_relu)
    if not layer.use_bias:
        yield "The convolution has no bias: its 28 filters lack one parameter each."


def pooling_mistakes(row):
    layer = row.layer
    if tuple(layer.pool_size) != (2, 2):
        yield f"The pooling windows are {tuple(layer.pool_size)} in place of (2, 2)."
    elif tuple(layer.strides) != (2, 2):
        yield f"The pooling windows move by {tuple(layer.strides)} (strides), so they overlap or leave gaps. They should stand side by side: leave out strides."
    if layer.data_format != "channels_last":
        yield "The pooling layer takes the channels first. In this course they come last: leave out data_format."


def flatten_mistakes(row):
    if row.kind == "Reshape" and len(row.layer.target_shape) != 1:
        yield f"Reshape to {tuple(row.layer.target_shape)} does not put the features of an image into one row. Flatten does."


def dense_mistakes(row):
    if row.layer.units != 128:
        yield f"The hidden dense layer has {row.layer.units} units in place of 128."
    yield from activation_mistakes(row, "The hidden dense layer", "relu", is_relu)
    if not row.layer.use_bias:
        yield "The hidden dense layer has no bias: its 128 units lack one parameter each."


def dropout_mistakes(row):
    rate = row.layer.rate
    if abs(rate - 0.8) < 1e-6:
        yield "Dropout's rate is the fraction that is dropped, 0.2. You gave 0.8, the fraction that is kept."
    elif abs(rate - 0.2) > 1e-6:
        yield f"The rate of Dropout is {rate:g} in place of 0.2."
    if row.layer.noise_shape is not None:
        yield "noise_shape makes Dropout drop several values together. Each value should have a draw of its own: leave it out."
    if any(node.arguments.kwargs.get("training") for node in getattr(row.layer, "_inbound_nodes", [])):
        yield "Dropout is called with training=True, so it goes on dropping when the network is asked for answers. Leave that to Keras."


def output_mistakes(row):
    if row.layer.units != 10:
        yield f"The output layer has {row.layer.units} unit{'s' if row.layer.units != 1 else ''}. There are ten digits, so it needs 10."
    if is_linear(row.activation):
        yield 'The output layer lacks softmax: what it returns are scores, not probabilities. Give it activation="softmax".'
    elif row.activation is keras.activations.sigmoid:
        yield "The output layer has sigmoid in place of softmax. Sigmoid squashes each score for itself, so the ten need not add up to 1."
    elif not is_softmax(row.activation):
        yield f"The activation of the output layer is {name_of(row.activation)} in place of softmax."
    if not row.layer.use_bias:
        yield "The output layer has no bias: its 10 units lack one parameter each."


def activation_mistakes(row, name, wanted, is_wanted):
    if is_linear(row.activation):
        yield f'{name} has no activation, so it stays linear: a layer has none until you say activation="{wanted}".'
    elif not is_wanted(row.activation):
        yield f"The activation of {name[0].lower() + name[1:]} is {name_of(row.activation)} in place of {wanted}."


MISTAKES = [convolution_mistakes, pooling_mistakes, flatten_mistakes, dense_mistakes, dropout_mistakes, output_mistakes]


def is_kind(row, part):
    if PARTS[part] == "flatten" and row.kind == "Reshape":
        return len(row.layer.target_shape) == 1  # computes the same
    return row.kind == KIND[part]


def judge(model):
    """What is wrong with each part of a network, as lists of sentences."""
    rows = rows_of(model)
    pairs = align(rows)
    sentences = {part: [] for part in range(6)}
    at = {part: index for part, index in pairs if part is not None and index is not None}
    missing = [part for part, index in pairs if index is None]
    extra = [(position, index) for position, (part, index) in enumerate(pairs) if part is None]

    for part, index in at.items():
        row = rows[index]
        if is_kind(row, part):
            sentences[part] += MISTAKES[part](row)
        else:
            sentences[part].append(f"The ledger has {TABLE[part]} where your network has {row}.{ABOUT.get((KIND[part], row.kind), '')}")
    for part in missing:
        moved = next((entry for entry in extra if is_kind(rows[entry[1]], part)), None)
        if moved is None:
            sentences[part].append(f"{TABLE[part]} is missing.{GONE.get(PARTS[part], '')}")
            continue
        extra.remove(moved)
        overtaken = [other for other in range(part) if other in at and at[other] > moved[1]]
        behind = [other for other in range(part + 1, 6) if other in at and at[other] < moved[1]]
        where = f"before {NAMES[max(overtaken)]}" if overtaken else f"after {NAMES[min(behind)]}" if behind else "in the wrong place"
        place = {0: "at the beginning", 5: "at the end"}.get(part) or f"between {NAMES[part - 1]} and {NAMES[part + 1]}"
        sentences[part].append(f"{KIND[part]} comes {where}. It belongs {place}.")
    for position, index in extra:
        before = [part for part, other in pairs[:position] if part is not None and other is not None]
        part = before[-1] if before else 0
        where = f"after {NAMES[part]}" if before else f"before {NAMES[0]}"
        sentences[part].append(f"There is one layer too many {where}: {rows[index]} is not in the ledger.")
    return sentences


ABOUT = {
    ("MaxPooling2D", "AveragePooling2D"): " The ledger keeps the strongest value of each window, not the mean.",
    ("MaxPooling2D", "GlobalMaxPooling2D"): " A global pooling layer keeps one value of each map, so all places are lost.",
    ("Flatten", "GlobalAveragePooling2D"): " Flatten keeps all 4,732 numbers; a global pooling layer keeps one for each of the 28 maps.",
    ("Flatten", "GlobalMaxPooling2D"): " Flatten keeps all 4,732 numbers; a global pooling layer keeps one for each of the 28 maps.",
}
GONE = {
    "convolution": " Without it the network has no feature maps.",
    "pooling": " Without it Flatten returns 26 · 26 · 28 = 18,928 numbers in place of 4,732.",
    "flatten": " Without it the dense layers work on each place of the maps by itself, and the network does not return one row of ten for a digit.",
    "dropout": " It has no parameters, so the count of 607,394 does not notice.",
}


def align(rows):
    """Pairs (part, row) that match the six parts with a network's layers in order and disagree least; None stands for a gap on either side.

    Needleman and Wunsch, 1970. What is cheap is blamed first, so layers without weights give way to those with weights.
    """
    gap = [1.0, 0.96, 0.97, 1.0, 0.95, 1.0]

    def pair_cost(part, row):
        if is_kind(row, part):
            return min(0.8, 0.2 * len(list(MISTAKES[part](row))))
        return 0.9 if row.kind in RELATED[part] else 1.5

    def extra_cost(row):
        return min((gap[part] for part in range(6) if is_kind(row, part)), default=0.95)

    @functools.cache
    def best(part, index):
        options = []
        if part < 6 and index < len(rows):
            early = 0.001 * index  # of two layers that fit equally well, the first
            options.append((pair_cost(part, rows[index]) + early, (part, index), (part + 1, index + 1)))
        if part < 6:
            options.append((gap[part], (part, None), (part + 1, index)))
        if index < len(rows):
            options.append((extra_cost(rows[index]), (None, index), (part, index + 1)))
        if not options:
            return 0.0, ()
        return min(((cost + best(*rest)[0], (pair, *best(*rest)[1])) for cost, pair, rest in options), key=lambda option: option[0])

    return best(0, 0)[1]


def input_mistake(model):
    """What is wrong with the shape that the network expects, or None."""
    if not model.built or not getattr(model, "inputs", None):
        return "The network does not know which shape an image has, so it has no weights yet. Begin with keras.Input((28, 28, 1))."
    if len(model.inputs) != 1:
        return f"The network takes {len(model.inputs)} inputs. It should take one: a batch of images."
    shape = tuple(model.inputs[0].shape)
    if shape == (None, 28, 28, 1):
        return None
    if shape[1:] == (28, 28, 1):
        return (
            f"The network takes {shape[0]} images at a time and no other number. Leave the number of images open: keras.Input((28, 28, 1))."
        )
    return f"The network expects images of shape {shape[1:]}. They have the shape (28, 28, 1)."


_judged = weakref.WeakKeyDictionary()  # a student's network and its mistakes, so that six tests need not build it six times


@pytest.fixture
def network(student, request):
    first = request.node.name == "test_convolution"  # this one builds anew: the student may have written another network since
    known = build_and_judge(student) if first or student not in _judged else _judged[student]
    if isinstance(known, Exception):
        raise known
    return known


def build_and_judge(student):
    """The student's network and what is wrong with its parts, or the reason why there is none."""
    try:
        _judged[student] = _build_and_judge(student)
    except Unreadable as error:
        _judged[student] = Mistake(f"{error} build_model should return one keras.Model, made by keras.Sequential or the functional API.")
    except StudentError as error:
        _judged[student] = in_our_words(error, BUILDING)
    except Mistake as error:
        _judged[student] = error
    return _judged[student]


def in_our_words(error, table):
    """A Mistake in place of an exception that Keras raised, if the table has a sentence for it; else the error itself."""
    if type(error) is StudentError:
        for words, sentence in table.items():
            if re.search(words, str(error)):
                return Mistake(sentence)
    return error


BUILDING = {
    r"pooling.*expected ndim=4|pooling.*expected min_ndim=4": (
        "What reaches the pooling layer has lost its rows and columns. Flatten comes after it, and the network begins with keras.Input((28, 28, 1))."
    ),
    r"expected min_ndim=4": (
        "What reaches the convolution is no image of rows, columns and channels. One image has the shape (28, 28, 1), with its one channel: "
        "begin with keras.Input((28, 28, 1)), and let Flatten come after convolution and pooling."
    ),
    r"Kernel shape must have the same length as input": (
        "The input has an axis too many. keras.Input((28, 28, 1)) is the shape of one image; Keras itself puts the number of images in front."
    ),
    r"output size would be zero or negative": (
        "Somewhere a window is larger than what it is laid on. Is the channel the last number of the input's shape, (28, 28, 1)? "
        "And does each layer get what the ledger says?"
    ),
}


def _build_and_judge(student):
    model = student.build_model()
    if model is None:
        raise Mistake("build_model() returned None. A function gives its result back with `return`.")
    if not isinstance(model, keras.Model):
        kind = type(model).__name__
        raise Mistake(f"build_model() should return a keras.Model, made by keras.Sequential or the functional API, but returned a {kind}.")
    sentences = judge(model)
    if mistake := input_mistake(model):
        sentences[0].insert(0, mistake)
    if len(model.outputs if model.built else [0]) != 1:
        sentences[5].insert(0, f"The network returns {len(model.outputs)} results. It should return one: the probabilities.")
    return model, sentences


def expect_no_mistake(network, part):
    if sentences := network[1][PARTS.index(part)]:
        raise Mistake(" ".join(dict.fromkeys(sentences)))


@convolution
def test_convolution(network, note):
    for row in rows_of(network[0]):
        if getattr(row.layer, "kernel_regularizer", None) is not None:
            note(
                f"{row} has a kernel_regularizer, which is not in the ledger. It costs nothing here, but the network will train differently."
            )
        if row.layer.get_config().get("trainable") is False and row.kind in KIND:
            note(f"{row} is frozen (trainable=False), so it will not learn. It costs nothing here.")
    expect_no_mistake(network, "convolution")


@pooling
def test_pooling(network):
    expect_no_mistake(network, "pooling")


@flatten
def test_flatten(network):
    expect_no_mistake(network, "flatten")


@dense
def test_dense(network):
    expect_no_mistake(network, "dense")


@dropout
def test_dropout(network):
    expect_no_mistake(network, "dropout")


@output
def test_output(network):
    expect_no_mistake(network, "output")


# --- compile_model: read from the model that comes back; nothing is trained ---


def compiled(student, rng):
    """What compile_model makes of a small network with weights of its own."""
    given = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
    given.set_weights([rng.normal(0, 0.1, weight.shape).astype("float32") for weight in given.get_weights()])
    try:
        model = student.compile_model(given)
    except Unreadable as error:
        raise Mistake(
            f"{error} Did you give a class, such as keras.losses.SparseCategoricalCrossentropy, in place of an object? An object has brackets behind it."
        ) from None
    except StudentError as error:
        raise in_our_words(error, COMPILING) from None
    if model is None:
        raise Mistake(
            "compile_model(model) returned None. `model.compile(…)` changes the model and returns nothing, "
            "so write `return model` on a line of its own."
        )
    if not isinstance(model, keras.Model):
        raise Mistake(f"compile_model(model) should return the model, but returned a {type(model).__name__}.")
    before, after = given.get_weights(), model.get_weights()
    if [weight.shape for weight in before] != [weight.shape for weight in after]:
        raise Mistake("compile_model returned another model than the one that it was given. Compile the argument `model` and return it.")
    if not all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)):
        raise Mistake(
            "The weights are not those of the model that was given. Compile that model and return it, without building or training one."
        )
    if not model.compiled:
        raise Mistake("The model came back without having been compiled: call model.compile(…) with an optimizer, a loss and metrics.")
    return model


COMPILING = {
    r"optimizer identifier: <class": "optimizer is the class Adam. Give an object, keras.optimizers.Adam() with the brackets, or the name.",
    r"Could not interpret optimizer identifier|Unknown optimizer": "Keras knows no optimizer of that name. The name of Adam is in lower case letters.",
    r"Could not interpret loss identifier|Unknown loss": (
        "Keras knows no loss of that name. Names are written in lower case, words are joined by underscores, and crossentropy is one word."
    ),
    r"Expected `metrics` argument to be a list": "`metrics` is a list, even if there is one of them: put its name into square brackets.",
}


def expect_adam(optimizer):
    if type(optimizer) is not keras.optimizers.Adam:
        raise Mistake(f"The optimizer is {type(optimizer).__name__} in place of Adam.")
    default = keras.optimizers.Adam().get_config()
    actual = optimizer.get_config()
    for key in default.keys() - {"name"}:
        a, b = actual.get(key), default[key]
        same = abs(a - b) <= 1e-5 * abs(b) if isinstance(a, float | int) and isinstance(b, float) else a == b
        if not same:
            shown = f"{a:g}" if isinstance(a, float) else "a schedule" if isinstance(a, dict) else a
            raise Mistake(f"Adam's {key} is {shown}. Here it should have its default, {f'{b:g}' if isinstance(b, float) else b}.")


def expect_sparse_crossentropy(loss):
    while isinstance(loss, list | tuple | dict) and len(loss) == 1:
        (loss,) = loss.values() if isinstance(loss, dict) else loss
    if loss is None:
        raise Mistake("The model has no loss, so there is nothing that training could make smaller.")
    try:
        loss = keras.losses.get(loss)
    except (ValueError, TypeError):
        raise Mistake(
            f"Keras knows no loss called {loss!r}. In its names, words are joined by underscores, and crossentropy is one word."
        ) from None
    name = name_of(loss)
    if loss is keras.losses.sparse_categorical_crossentropy:
        return
    if isinstance(loss, keras.losses.SparseCategoricalCrossentropy):
        config = loss.get_config()
        if config["from_logits"]:
            raise Mistake(
                "from_logits=True says that the network ends with scores. Ours ends with softmax: it returns probabilities, so the switch stays off."
            )
        if config["ignore_class"] is not None:
            raise Mistake(
                f"ignore_class={config['ignore_class']} leaves out every example of that digit. All ten count: leave the argument out."
            )
        if config["reduction"] not in ("sum_over_batch_size", "mean", "mean_with_sample_weight"):
            raise Mistake(f"The loss has reduction={config['reduction']!r}. It should be the mean over the batch, as it is by default.")
        return
    if name.lower().replace("_", "") == "categoricalcrossentropy":
        raise Mistake(
            f"The loss is {name}, which wants each label as a row of ten zeros and ones. Our labels are whole numbers, "
            "so the loss has to be the sparse one: sparse_categorical_crossentropy."
        )
    raise Mistake(f"The loss is {name} in place of sparse_categorical_crossentropy.")


@learning
def test_optimizer_and_loss(student, rng):
    model = compiled(student, rng)
    expect_adam(model.optimizer)
    expect_sparse_crossentropy(model.get_compile_config()["loss"])


@metric
def test_metric(student, rng):
    model = compiled(student, rng)
    # 3 of 8 answers are right, 5 are among the first two, and rows are such that no other metric comes to 3/8.
    labels = rng.permutation(10)[:8]
    probabilities = rng.uniform(0.01, 0.05, (8, 10))
    probabilities[np.arange(8), labels] = [0.7, 0.6, 0.55, 0.3, 0.3, 0.02, 0.02, 0.02]
    probabilities[np.arange(3, 8), (labels[3:] + 1) % 10] = 0.5
    probabilities = (probabilities / probabilities.sum(axis=1, keepdims=True)).astype("float32")
    try:
        reported = model.compute_metrics(None, keras.ops.convert_to_tensor(labels), keras.ops.convert_to_tensor(probabilities))
    except Exception:
        raise Mistake(
            'The metric cannot be computed from whole-number labels and ten probabilities each. Use metrics=["accuracy"].'
        ) from None
    reported = {key: float(value) for key, value in reported.items() if key != "loss"}
    if not reported:
        raise Mistake('The model has no metric: training would report the loss and nothing else. Add metrics=["accuracy"].')
    if "accuracy" not in reported:
        keys = ", ".join(map(repr, reported))
        if any(key.lower() == "accuracy" for key in reported):
            raise Mistake(f"The metric is called {keys}, with a capital, and so would be the history's key. Lesson 9 looks for 'accuracy'.")
        raise Mistake(f"The history's key would be {keys}. Lesson 9 looks for 'accuracy', and the words in metrics are the keys.")
    if abs(reported["accuracy"] - 3 / 8) > 1e-6:
        raise Mistake(
            f"The metric called 'accuracy' says {reported['accuracy']:.3f} where 3 of 8 answers are right, 0.375. "
            'Use metrics=["accuracy"], which fits whole-number labels.'
        )


# --- numpy_forward: networks with biases that are not zero, as training makes them ---


@functools.cache
def real_digits():
    with np.load(dataset_path(), allow_pickle=False) as arrays:
        return arrays["x_test"]


def draw_digits(rng, n):
    """n real digits, float32 `(n, 28, 28, 1)`, from 0 to 255."""
    return rng.choice(real_digits(), n, replace=False)[..., None].astype("float32")


def draw_weights(rng, contrast=1.0):
    """The six arrays of a network as it is some way into training: no bias is zero, no layer idles, and its answers are neither certain nor a shrug."""
    arrays = [
        rng.normal(0, 0.25, (3, 3, 1, 28)),
        rng.uniform(0.02, 0.15, 28) * rng.choice([-1, 1], 28),
        rng.standard_normal((4732, 128), dtype=np.float32) * np.float32(0.03),
        rng.uniform(0.1, 0.5, 128) * rng.choice([-1, 1], 128),
        rng.normal(0, 0.25 * contrast, (128, 10)),
        rng.uniform(0.2, 0.8, 10) * rng.choice([-1, 1], 10),
    ]
    return [array.astype("float32") for array in arrays]


def softmax(scores, axis=-1):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def forward(
    images,
    weights,
    flip=False,
    conv_relu=True,
    pool=np.max,
    order=(0, 1, 2, 3),
    dense_relu=True,
    keep=1.0,
    output_relu=False,
    last=softmax,
    without=(),
    late=(),
):
    """The network in float64, as Keras computes it; the options are what students get wrong."""
    arrays = [np.zeros_like(array) if number in (*without, *late) else np.float64(array) for number, array in enumerate(weights)]
    kernels, conv_bias, dense_weights, dense_bias, output_weights, output_bias = arrays
    after = {number: np.float64(weights[number]) if number in late else 0 for number in (1, 3)}  # biases that are added behind relu
    kernels = kernels[::-1, ::-1] if flip else kernels
    windows = np.lib.stride_tricks.sliding_window_view(np.float64(images), (3, 3), axis=(1, 2))  # (n, 26, 26, 1, 3, 3)
    maps = np.einsum("nhwcij,ijcf->nhwf", windows, kernels) + conv_bias
    maps = (np.maximum(maps, 0) if conv_relu else maps) + after[1]
    pooled = pool(maps.reshape(len(maps), 13, 2, 13, 2, 28), axis=(2, 4))
    hidden = pooled.transpose(order).reshape(len(maps), -1) @ dense_weights + dense_bias
    hidden = (np.maximum(hidden, 0) if dense_relu else hidden) * keep + after[3]
    scores = hidden @ output_weights + output_bias
    return last(np.maximum(scores, 0) if output_relu else scores)


def forward_mistakes(images, weights):
    def but(**options):
        return lambda: forward(images, weights, **options)

    no_bias = "{} was not added. A fresh network would not show it, because its biases are zero; a trained one does."
    yield "The relu after the convolution is missing.", but(conv_relu=False)
    yield "The relu after the hidden dense layer is missing.", but(dense_relu=False)
    yield "Both relus are missing: after the convolution, and after the hidden dense layer.", but(conv_relu=False, dense_relu=False)
    yield "These are scores: softmax is missing at the end.", but(last=np.copy)
    yield "Softmax was taken over the images (axis 0). It goes over the ten scores of each image.", but(last=lambda x: softmax(x, axis=0))
    yield "Softmax was applied twice.", but(last=lambda x: softmax(softmax(x)))
    yield (
        "Softmax was taken over all scores of the batch: only together do the probabilities add up to 1. Each image's ten should, so add up along the last axis.",
        but(last=lambda x: softmax(x, axis=None)),
    )
    yield "The end is sigmoid in place of softmax.", but(last=lambda x: 1 / (1 + np.exp(-x)))
    yield "These are logarithms of probabilities. The network returns the probabilities.", but(last=lambda x: np.log(softmax(x)))
    yield "These are the answers. Return the ten probabilities of each image, as model.predict does.", but(last=lambda x: x.argmax(axis=-1))
    yield "This is one probability for each image. Return all ten, as model.predict does.", but(last=lambda x: softmax(x).max(axis=-1))
    yield "The scores went through relu. The output layer has softmax, and no relu before it.", but(output_relu=True)
    behind = "The bias was added behind relu. It belongs to the weighted sum: first the bias, then relu."
    yield behind, but(late=[1])
    yield behind, but(late=[3])
    yield behind, but(late=[1, 3])
    yield no_bias.format("The convolution's bias"), but(without=[1])
    yield no_bias.format("The hidden dense layer's bias"), but(without=[3])
    yield no_bias.format("The output layer's bias"), but(without=[5])
    yield (
        "The biases were not added. A fresh network would not show it, because its biases are zero; a trained one does.",
        but(without=[1, 3, 5]),
    )
    dropped = "Dropout does nothing when the network is asked: no value is dropped, and none is rescaled by {}."
    yield dropped.format("0.8"), but(keep=0.8)
    yield dropped.format("1 / 0.8"), but(keep=1.25)
    yield dropped.format("0.2"), but(keep=0.2)
    yield (
        "The images were divided by 255. Use them as they are given: whoever calls the network has prepared them.",
        lambda: forward(images / 255, weights),
    )
    yield "The images were multiplied by 255. Use them as they are given.", lambda: forward(images * 255, weights)
    yield "The kernels were flipped. A convolution layer does not flip them.", but(flip=True)
    yield "Pooling took the mean of each window in place of its maximum.", but(pool=np.mean)
    first = "The features are in the wrong order. Flatten goes through rows, then columns, then channels: the channel changes fastest."
    yield first, but(order=(0, 3, 1, 2))
    yield first, but(order=(0, 2, 1, 3))
    yield first, but(order=(0, 3, 2, 1))


def expect_probabilities(actual, images, weights, call):
    expected = forward(images, weights)
    shape = np.shape(actual) if isinstance(actual, np.ndarray) else None
    if shape == (10, len(images)) != expected.shape and np.allclose(actual, expected.T, atol=1e-4):
        raise Mistake(f"Rows and columns are exchanged: the shape is {shape}, and should be {expected.shape}, one row for each image.")
    if len(images) == 1 and shape == (10,):
        raise Mistake("An axis was lost: a batch of one image is still a batch, so the shape should be (1, 10), not (10,).")
    # The contract is an absolute 1e-4; `expect` takes tolerances relative to the largest value.
    expect(actual, expected, call, forward_mistakes(images, weights), tolerance=1e-4 / expected.max())


def same(a, b):
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.shape == b.shape and np.allclose(a, b, atol=1e-5, equal_nan=True)


def asks_a_model(source):
    """Whether a function's source hands the weights or the images to a Keras model."""
    try:
        nodes = ast.walk(ast.parse(textwrap.dedent(source)))
    except (SyntaxError, ValueError, RecursionError):
        return False
    called = {node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    return not called.isdisjoint({"predict", "predict_on_batch", "set_weights"})


@numpy_forward
def test_on_scaled_digits(student, rng, note):
    images, weights = draw_digits(rng, 5) / 255, draw_weights(rng)
    probabilities = student.numpy_forward(images, weights)
    again = student.numpy_forward(images, weights)
    if isinstance(probabilities, np.ndarray) and not same(probabilities, again):
        raise Mistake(
            "The same call twice gave different results. Dropout only drops while the network trains, so nothing here is drawn at random."
        )
    other = student.numpy_forward(images, draw_weights(rng))
    if isinstance(probabilities, np.ndarray) and same(probabilities, other):
        raise Mistake("Other weights gave the same result: numpy_forward has to use the weights that it is given, not those of a model.")
    expect_probabilities(probabilities, images, weights, "numpy_forward(images, weights)")
    if asks_a_model(student.source("numpy_forward")):
        note("You asked a Keras model for its answers. That is allowed here, and it misses the point: compute them from the six arrays.")


@numpy_forward
def test_on_raw_digits(student, rng):
    weights = draw_weights(rng, contrast=6)
    images = draw_digits(rng, 40)
    images = images[forward(images, weights).max(axis=1) > 0.999][:4]  # a near tie would magnify float32's rounding
    probabilities = student.numpy_forward(images, weights)
    if isinstance(probabilities, np.ndarray) and probabilities.dtype.kind == "f" and np.isnan(probabilities).any():
        raise Mistake(
            "With pixels up to 255 the scores can be in the thousands, and np.exp of them is infinite: the result contains nan. "
            "Subtract the largest score first, as in lesson 6."
        )
    expect_probabilities(probabilities, images, weights, "numpy_forward(raw_images, weights)")


@numpy_forward
def test_on_one_digit(student, rng):
    images, weights = draw_digits(rng, 1) / 255, draw_weights(rng)
    expect_probabilities(student.numpy_forward(images, weights), images, weights, "numpy_forward(one_image, weights)")


@numpy_forward
def test_keeps_its_arguments(student, rng):
    keeps_arguments(student, "numpy_forward", draw_digits(rng, 2) / 255, draw_weights(rng))
