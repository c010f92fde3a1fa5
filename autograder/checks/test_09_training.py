"""Lesson 09-training: training the network, keeping its record, and the trained network itself."""

import json
import math
import re
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import autograder.quiet  # noqa: F401 (before Keras, which is imported where it is used)
from autograder.checking import Mistake, exercise
from autograder.student import StudentError, Unreadable

COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")

train = exercise("train")
history_rows = exercise("history_rows")
plot_history = exercise("plot_history")
saved_architecture = exercise("saved_model", part="architecture", weight=1)
saved_accuracy = exercise("saved_model", part="accuracy", weight=3)


# --- train ---
#
# The model that is handed over keeps a record of its own training. Its BatchNormalization layer remembers, for every pixel, a moving mean and
# variance, so four pixels with chosen values tell how many steps were taken, and on which images:
#
#   blank     0 in every image: its variance starts at 1 and shrinks by MOMENTUM in every step
#   member    1 in every training image, 0 in every test image
#   tail      1 in the last training images only, which `validation_split` would hold back
#   ramp      another number in every training image, so that the order of the batches leaves its trace

BLANK, MEMBER, TAIL, RAMP = range(4)
MOMENTUM = 0.8
TAIL_LENGTH = 3
CLASSES = 8
SIZE = (6, 7)


def tiny_model():
    """A compiled classifier of SIZE images that starts with zero weights, so that any training leaves a trace."""
    from keras import Input, Sequential, layers, losses, metrics, optimizers

    model = Sequential(
        [
            Input((*SIZE, 1)),
            layers.Flatten(),
            layers.BatchNormalization(momentum=MOMENTUM, center=False, scale=False),
            layers.Dense(CLASSES, activation="softmax", kernel_initializer="zeros"),
        ]
    )
    loss = losses.SparseCategoricalCrossentropy()  # as objects: lesson 08's answer is not to be read here
    model.compile(optimizers.Adam(), loss, metrics=[metrics.SparseCategoricalAccuracy("accuracy")])
    return model


def tiny_images(rng, n: int, training: bool):
    """Images whose class is the part of the picture that has ink, and their labels."""
    labels = rng.permutation(np.arange(n) % CLASSES).astype(np.uint8)
    flat = rng.random((n, math.prod(SIZE))) * 0.3
    for label, pixels in enumerate(np.array_split(np.arange(4, flat.shape[1]), CLASSES)):
        flat[np.ix_(labels == label, pixels)] += 0.7
    flat[:, BLANK] = 0
    flat[:, MEMBER] = training
    flat[:, TAIL] = training * (np.arange(n) >= n - TAIL_LENGTH)
    flat[:, RAMP] = training * rng.permutation(np.arange(n)) / n
    return flat.reshape(n, *SIZE, 1).astype(np.float32), labels


def moving_statistics(model) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = model.get_weights()[:2]
    return mean.astype(float), variance.astype(float)


def steps_taken(model) -> int:
    return round(math.log(max(moving_statistics(model)[1][BLANK], 1e-300)) / math.log(MOMENTUM))


def accuracy_and_loss(model, images, labels) -> tuple[float, float]:
    probabilities = np.asarray(model(images, training=False), float)[np.arange(len(labels)), :]
    right = probabilities[np.arange(len(labels)), labels]
    return float(np.mean(probabilities.argmax(axis=1) == labels)), float(-np.log(np.clip(right, 1e-7, 1)).mean())


def ramp_in_given_order(images, epochs: int) -> float:
    """The moving mean of the ramp if the images come in their given order in every epoch."""
    mean = 0.0
    for _ in range(epochs):
        for start in range(0, len(images), 32):
            mean = MOMENTUM * mean + (1 - MOMENTUM) * images[start : start + 32].reshape(-1, math.prod(SIZE))[:, RAMP].mean()
    return mean


def history_of(returned, call: str) -> dict:
    """The columns of the History that was returned, as lists of numbers."""
    import keras

    if returned is None:
        raise Mistake(f"{call} returned None. `model.fit` gives back the History of the training: return it.")
    if isinstance(returned, dict):
        raise Mistake(f"{call} returned a dict. Return the History object that `model.fit` gives back, not its attribute `.history`.")
    if isinstance(returned, keras.Model):
        raise Mistake(
            f"{call} returned the model. Whoever called it has the model already; return the History that `model.fit` gives back."
        )
    if not isinstance(returned, keras.callbacks.History):
        raise Mistake(
            f"{call} returned a {type(returned).__name__}. Return the keras History that `model.fit` gives back, and nothing else."
        )
    try:
        return {str(name): [float(value) for value in values] for name, values in returned.history.items()}
    except (TypeError, ValueError):
        raise Mistake(f"The history that {call} returned does not hold a list of numbers for every column.") from None


def check_steps(model, images, epochs: int, rows: int, call: str) -> None:
    """Raise Mistake unless the model took the steps of so many epochs of batches of 32 and the history has a row for each."""
    n = len(images)
    each = math.ceil(n / 32)
    steps = steps_taken(model)
    if steps == epochs * each and rows == epochs:
        return
    if steps == epochs * each and rows == 1:
        raise Mistake(
            f"{call} trained for {epochs} epochs, but its history has only the last one. Each call of `model.fit` makes a History of its own: "
            "let a single call do all the epochs."
        )
    if rows == epochs and steps == epochs * epochs * each:
        raise Mistake(
            f"{call} trained for {epochs * epochs} epochs in all: a loop over the epochs around a `model.fit` that does all of them."
        )
    if rows == epochs and steps == 2 * epochs * each:
        raise Mistake(
            f"{call} trained the model twice: {2 * epochs} epochs in all. One call of `model.fit` trains, and gives back the History that you return."
        )
    if rows != epochs and steps == rows * each:
        why = ""
        if rows == 10:
            why = " Is the 10 written into it? Use the argument `epochs`."
        elif rows == 1:
            why = " Unless it is told `epochs=epochs`, `model.fit` trains for one epoch."
        raise Mistake(f"{call} should train for {epochs} epochs, but its history has {rows}.{why}")
    if rows == epochs and steps % epochs == 0:
        taken = steps // epochs
        guess = f" You took batches of {n} or more." if taken == 1 else " You took one image at a time." if taken == n else ""
        raise Mistake(
            f"{call} took {taken} steps in an epoch. {n} images in batches of 32 make {each}.{guess} `model.fit` has the argument `batch_size`."
        )
    raise Mistake(
        f"{call} took {steps} steps in all and reports {rows} epochs. {epochs} epochs of {n} images in batches of 32 take {epochs * each} steps."
    )


@train
def test_train_trains_the_model_as_asked(student, rng, note):
    n, epochs = 66, 3  # three batches of 32, two of 33, five of 16
    x_train, y_train = tiny_images(rng, n, training=True)
    x_test, y_test = tiny_images(rng, 22, training=False)
    y_test = rng.permutation(y_test)  # so that a loss on these images differs from any on the training images
    call = "train(model, x_train, y_train, x_test, y_test, 3)"
    returned, after = student.train.and_arguments(tiny_model(), x_train, y_train, x_test, y_test, epochs)

    columns = history_of(returned, call)
    model = after[0]
    mean, _ = moving_statistics(model)
    if steps_taken(model) == 0 and not np.any(mean):
        raise Mistake(
            "train left the parameters of the model as they were. Train the model that it is given: not a copy, and not a new one."
        )

    steps = steps_taken(model)
    fully = 1 - MOMENTUM**steps  # the moving mean of a pixel that was 1 in every step
    share = mean[MEMBER] / fully
    if share < 0.01:
        if abs(share - 1 / 255) < 2e-4:
            raise Mistake(
                "train divided the pixels by 255. The images arrive ready for the network: which pixels it gets is the caller's choice."
            )
        raise Mistake(
            "train learnt from the test images. The model must learn from x_train and y_train; x_test and y_test are for validation."
        )
    if share < 0.99:
        raise Mistake(
            "The model learnt from other images than x_train. Are the test images among them? They must be kept for validation, "
            "and the training images must go in unchanged."
        )
    if share > 1.01:
        raise Mistake("train changed the pixels before it trained. The images arrive ready for the network: hand them on as they are.")

    has_validation = any(name.startswith("val_") for name in columns)
    if not has_validation:
        raise Mistake(
            "The history has no val_loss and no val_accuracy: the model was not validated. Give `model.fit` the test images and labels as `validation_data`."
        )
    if mean[TAIL] < 1e-9:
        raise Mistake(
            "The last training images were never learnt from: `validation_split` takes them away and validates on them. "
            "Train on all of x_train, and give the test images as `validation_data`."
        )
    if missing := [name for name in COLUMNS if name not in columns]:
        raise Mistake(f"The history has no {missing[0]}. Train the model as it was compiled, with its metric accuracy.")
    rows = len(columns["loss"])
    if {len(columns[name]) for name in COLUMNS} != {rows} or not rows:
        raise Mistake("The history must have one value of loss, accuracy, val_loss and val_accuracy for each epoch.")
    check_steps(model, x_train, epochs, rows, call)

    accuracy, loss = accuracy_and_loss(model, x_test, y_test)
    if not np.isclose(columns["val_loss"][-1], loss, rtol=1e-3, atol=1e-4):
        _, on_training = accuracy_and_loss(model, x_train, y_train)
        if np.isclose(columns["val_loss"][-1], on_training, rtol=1e-3, atol=1e-4):
            raise Mistake(
                "The validation figures are those of the training images. Validate on the test images: `validation_data=(x_test, y_test)`."
            )
        raise Mistake(
            f"The last val_loss in the history is {columns['val_loss'][-1]:.4f}, but the trained model has {loss:.4f} on the test images. "
            "Validate on all of x_test and y_test, and return the history of the training that the model had."
        )
    if not np.isclose(columns["val_accuracy"][-1], accuracy, atol=1e-3):
        raise Mistake(
            f"The last val_accuracy is {columns['val_accuracy'][-1]:.4f}, but the trained model has {accuracy:.4f} on the test images."
        )
    learnt, _ = accuracy_and_loss(model, x_train, y_train)
    if learnt < 0.7:
        raise Mistake(
            "The model took its steps, but did not learn which label belongs to which image. If you shuffle, images and labels need the same order; "
            "`model.fit` shuffles them together by itself."
        )
    unchanged = zip(("x_train", "y_train", "x_test", "y_test"), (x_train, y_train, x_test, y_test), after[1:5], strict=True)
    for name, before, now in unchanged:
        if not np.array_equal(before, now):
            raise Mistake(
                f"train changed {name}. Whoever called it still needs that: shuffle or change a copy, or leave it to `model.fit`."
            )
    if abs(mean[RAMP] - ramp_in_given_order(x_train, epochs)) < 1e-6:
        note(
            "Your train shows the images in the same order in every epoch. Leave the shuffling to model.fit: it does it unless told `shuffle=False`."
        )


@train
def test_train_does_ten_epochs_unless_told_otherwise(student, rng):
    x_train, y_train = tiny_images(rng, 63, training=True)  # two batches of 32, and three of 31
    x_test, y_test = tiny_images(rng, 9, training=False)
    call = "train(model, x_train, y_train, x_test, y_test)"
    returned, after = student.train.and_arguments(tiny_model(), x_train, y_train, x_test, y_test)
    columns = history_of(returned, call)
    check_steps(after[0], x_train, 10, len(columns.get("loss", [])), call)


# --- history_rows ---


def make_history(rng, epochs: int, **extra):
    """A keras History with plausible columns, in the order in which Keras has them: by their names."""
    import keras

    falling = np.sort(rng.uniform(0.02, 0.6, (2, epochs)))[:, ::-1]
    rising = np.sort(rng.uniform(0.85, 0.999, (2, epochs)))
    columns = {"accuracy": rising[0], "loss": falling[0], "val_accuracy": rising[1], "val_loss": falling[1]} | extra
    history = keras.callbacks.History()
    history.history = {name: [float(value) for value in columns[name]] for name in sorted(columns)}
    history.epoch = list(range(epochs))
    history.set_params({"verbose": 0, "epochs": epochs, "steps": 1875})
    return history


def column(rows: list[dict], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows])


@contextmanager
def naming_columns():
    """Say which columns a history has when their code asks for one that it has not."""
    try:
        yield
    except StudentError as error:
        if asked := re.search(r"KeyError: '(\w+)'", str(error)):
            old = " (Before 2019 Keras called it 'acc'.)" if "acc" in asked[1] else ""
            raise Mistake(
                f"The history has no column {asked[1]!r}. Its columns are accuracy, loss, val_accuracy and val_loss: print `history.history.keys()`.{old}"
            ) from None
        if "'History' object is not subscriptable" in str(error):
            raise Mistake(
                "A History is not a dictionary; its attribute `.history` is one. Write `history.history[…]` to get a column. "
                f"({str(error)[:200]})"
            ) from None
        raise


def check_rows(rows, history) -> None:
    """Raise Mistake unless `rows` are those of `history`."""
    call = "history_rows(history)"
    columns, epochs = history.history, len(history.epoch)
    if rows is None:
        raise Mistake(f"{call} returned None. A function gives its result back with `return`; `print` only shows it.")
    if isinstance(rows, dict):
        raise Mistake(
            f"{call} returned a dict, with a list for each column. It should be the other way round: a list, with a dict for each epoch."
        )
    if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
        raise Mistake(f"{call} should return a list with a dict for each epoch, such as {{'epoch': 1, 'loss': 0.5375, …}}.")
    if len(rows) != epochs:
        hint = ""
        if len(rows) == 10:
            hint = " The number of epochs is the length of the history's lists, not always 10."
        elif len(rows) == epochs - 1:
            hint = " One is missing: `range(n)` counts from 0 and has n numbers, `range(1, n)` has one less."
        elif len(rows) == len(columns):
            hint = " There should be a row for each epoch, not for each column."
        raise Mistake(f"For a history of {epochs} epoch{'s' * (epochs != 1)}, {call} has {len(rows)} row{'s' * (len(rows) != 1)}.{hint}")
    wanted = {"epoch", *COLUMNS}
    for row in rows:
        if missing := [name for name in ("epoch", *COLUMNS) if name not in row]:
            raise Mistake(f"A row has no key {missing[0]!r}. Its keys must be exactly epoch, loss, accuracy, val_loss and val_accuracy.")
        if extra := [name for name in row if name not in wanted]:
            raise Mistake(
                f"A row has the key {extra[0]!r}, which does not belong there: take only the columns loss, accuracy, val_loss and val_accuracy."
            )
        for name, value in row.items():
            if isinstance(value, bool | str) or np.ndim(value) or np.asarray(value).dtype.kind not in "iuf":
                raise Mistake(f"In a row, {name!r} should be a number, but is {value!r}.")
    numbers = column(rows, "epoch")
    given = {name: column(rows, name) for name in COLUMNS}
    if epochs > 1 and all(np.ptp(values) == 0 for values in [numbers, *given.values()]):
        raise Mistake(
            "All rows are the same. Make a new dict for each epoch, inside the loop: one dict that is appended again and again stays one dict."
        )
    if not np.array_equal(numbers, np.arange(1, epochs + 1)):
        if np.array_equal(numbers, np.arange(epochs)):
            raise Mistake("The epochs count from 0. Python's indices and `history.epoch` do so, but the rows should count from 1.")
        raise Mistake(f"The key epoch should count 1, 2, 3, …, but the first rows have {[f'{number:g}' for number in numbers[:3]]}.")
    for name in COLUMNS:
        check_column(name, given[name], {key: np.array(values) for key, values in columns.items()})


def check_column(name: str, given: np.ndarray, columns: dict[str, np.ndarray]) -> None:
    right = columns[name]
    # Four decimals, as Keras prints them, are as good as all of them.
    if np.allclose(given, right, rtol=0, atol=1e-4 * np.abs(right).max() + 5.1e-5):
        return
    for other, values in columns.items():
        if other != name and np.allclose(given, values, rtol=0, atol=1e-4):
            raise Mistake(
                f"Under {name!r} the rows hold the history's {other}. Fetch each column by its name; their order in the history is Keras' own."
            )
    if np.allclose(given, right[::-1], atol=1e-4):
        raise Mistake("The rows come in reverse: the first epoch must come first.")
    if np.allclose(given, 100 * right, rtol=1e-3):
        raise Mistake(f"Under {name!r} the rows hold percentages. Take the values as they are.")
    if len(right) > 1 and (np.allclose(given[:-1], right[1:], atol=1e-4) or np.allclose(given[1:], right[:-1], atol=1e-4)):
        raise Mistake(f"Under {name!r} each row holds the value of the epoch before or after it.")
    if np.allclose(given, right, atol=0.06):
        raise Mistake(f"Under {name!r} the values are rounded. Keep all of their digits.")
    at = int(np.argmax(np.abs(given - right)))
    raise Mistake(f"In the row of epoch {at + 1}, {name!r} should be {right[at]:.6g}, but is {given[at]:.6g}.")


@history_rows
def test_history_rows_of_twelve_epochs(student, rng):
    history = make_history(rng, 12)
    with naming_columns():
        check_rows(student.history_rows(history), history)


@history_rows
def test_history_rows_with_a_further_column(student, rng):
    history = make_history(rng, 4, learning_rate=[0.001] * 4)
    with naming_columns():
        check_rows(student.history_rows(history), history)


@history_rows
def test_history_rows_of_a_single_epoch(student, rng):
    history = make_history(rng, 1)
    with naming_columns():
        check_rows(student.history_rows(history), history)


@history_rows
def test_history_rows_leaves_the_history_alone(student, rng):
    history = make_history(rng, 3)
    with naming_columns():
        _, after = student.history_rows.and_arguments(history)
    if not after or getattr(after[0], "history", None) != history.history or list(after[0].epoch) != history.epoch:
        raise Mistake(
            "history_rows changed the history that it was given. Whoever called it still needs that: read from it, and take nothing out."
        )


# --- plot_history ---


def figure_of(student, history):
    """The description of the figure that plot_history returns."""
    advice = "Return the matplotlib Figure: `figure, axes = plt.subplots()` at the start, `return figure` at the end."
    try:
        with naming_columns():
            figure = student.plot_history(history)
    except Unreadable:  # axes, a list of lines, …
        raise Mistake(f"plot_history returned something that is not a figure. {advice}") from None
    if figure is None:
        raise Mistake(f"plot_history returned None. {advice} `plt.show()` shows a figure and returns nothing.")
    if not hasattr(figure, "axes"):
        raise Mistake(f"plot_history returned a {type(figure).__name__}. {advice}")
    return figure


def numbers(values) -> np.ndarray:
    try:
        return np.asarray(values, float).reshape(-1)
    except (TypeError, ValueError):
        return np.array([])


def shows(line, values) -> bool:
    """Whether a line's heights are these values, as fractions or percentages."""
    y, values = numbers(line.y), np.asarray(values)
    return y.shape == values.shape and any(np.allclose(y, values * unit, rtol=0, atol=1e-3 * unit) for unit in (1, 100))


def find_lines(figure, values) -> list:
    """Every line of these heights, with the axes it is on."""
    return [(axes, line) for axes in figure.axes for line in axes.lines if shows(line, values)]


def check_lines(figure, history) -> None:
    columns = history.history
    if not any(axes.lines for axes in figure.axes):
        raise Mistake("The figure has no lines. Draw them with `axes.plot` on the figure that you return, before you return it.")
    training, validation = (find_lines(figure, columns[name]) for name in ("accuracy", "val_accuracy"))
    if not training and not validation:
        if find_lines(figure, columns["loss"]) or find_lines(figure, columns["val_loss"]):
            raise Mistake("The figure shows the loss. Draw the accuracy: the columns accuracy and val_accuracy.")
        raise Mistake(
            f"No line of the figure shows the training accuracy of the history's {len(history.epoch)} epochs. "
            'Draw all values of `history.history["accuracy"]` as one line, and those of val_accuracy as another.'
        )
    if not training:
        raise Mistake("The figure shows the validation accuracy, but not the training accuracy, the history's column accuracy.")
    if not validation:
        raise Mistake("The figure shows the training accuracy, but not the validation accuracy, the history's column val_accuracy.")
    for _, line in training + validation:
        x = numbers(line.x)
        if not any(np.array_equal(x, np.arange(first, first + len(history.epoch))) for first in (0, 1)):
            raise Mistake(
                f"The epochs under a line should be 0, 1, 2, … or 1, 2, 3, …, but begin with {[f'{number:g}' for number in x[:3]]}. "
                "The first argument of `axes.plot` is where the points are from left to right."
            )


@plot_history
def test_plot_history_draws_both_accuracies(student, rng):
    history = make_history(rng, 12)
    check_lines(figure_of(student, history), history)


@plot_history
def test_plot_history_labels_what_it_draws(student, rng):
    history = make_history(rng, 5)
    figure = figure_of(student, history)
    check_lines(figure, history)
    lines = [find_lines(figure, history.history[name]) for name in ("accuracy", "val_accuracy")]
    panels = [axes for found in lines for axes, _ in found]
    if not any(axes.xlabel.strip() for axes in figure.axes):  # panels may share the x axis
        raise Mistake("The x axis has no label. `axes.set_xlabel` gives it one: what is counted from left to right?")
    if not all(axes.ylabel.strip() for axes in panels):
        raise Mistake(
            "The y axis of the accuracies has no label. `axes.set_ylabel` gives it one: a title does not say what an axis measures."
        )
    check_legend(figure, lines)


def check_legend(figure, lines) -> None:
    labels = [[line.label for _, line in found if not line.label.startswith("_")] for found in lines]
    texts = [text for axes in figure.axes for text in axes.legend if text.strip() and not text.startswith("_")]
    if not texts:
        if all(labels):
            raise Mistake("The lines have names, but no legend shows them. Call `axes.legend()` after both lines are drawn.")
        raise Mistake(
            "The figure has no legend, so nobody can tell the lines apart. Give each `axes.plot` a `label`, and call `axes.legend()` afterwards."
        )
    if len(set(texts)) < 2:
        raise Mistake(
            "The legend has to name both lines, with different words. Give each `axes.plot` a `label`, and call `axes.legend()` after both."
        )
    training, validation = (" ".join(found).lower() for found in labels)
    if re.search(r"\bval|test", training) and "train" in validation:
        raise Mistake("The names in the legend are swapped: `accuracy` is the training accuracy, `val_accuracy` that of validation.")


@plot_history
def test_plot_history_leaves_the_history_alone(student, rng):
    history = make_history(rng, 3)
    _, after = student.plot_history.and_arguments(history)
    if not after or getattr(after[0], "history", None) != history.history:
        raise Mistake(
            "plot_history changed the history that it was given. Whoever called it still needs that: draw it, and take nothing out."
        )


# --- saved_model ---


def activation_of(layer) -> str:
    """`relu`, `softmax`, `linear`, or another name: what a layer's activation computes, whether it was given as a text, a function or a layer."""
    import keras

    x = np.array([[-9, 0.5, 2, 0], [1, 3, -20, 7]], np.float32)
    function = layer if isinstance(layer, keras.layers.Activation | keras.layers.ReLU | keras.layers.Softmax) else layer.activation
    computed = np.asarray(function(keras.ops.convert_to_tensor(x)))
    softmax = np.exp(x - x.max(axis=1, keepdims=True))
    for name, wanted in {"linear": x, "relu": np.maximum(x, 0), "softmax": softmax / softmax.sum(axis=1, keepdims=True)}.items():
        if np.allclose(computed, wanted, atol=1e-5):
            return name
    return str(getattr(function, "__name__", None) or type(function).__name__)


def described(layer) -> tuple:
    """What makes this layer the one that it is: its kind and settings, as lesson 8 lists them."""
    kind = type(layer).__name__
    match kind:
        case "Conv2D":
            moved = (tuple(layer.strides), layer.padding, tuple(layer.dilation_rate), layer.groups) != ((1, 1), "valid", (1, 1), 1)
            return kind, activation_of(layer), layer.use_bias, layer.filters, tuple(layer.kernel_size), moved
        case "Dense":
            return kind, activation_of(layer), layer.use_bias, layer.units
        case "MaxPooling2D":
            return kind, tuple(layer.pool_size), tuple(layer.strides)
        case "Dropout":
            return kind, round(float(layer.rate), 6)
        case "Reshape" if len(layer.target_shape) == 1:
            return ("Flatten",)  # computes the same
    return (kind,)


NETWORK = [
    (("Conv2D", "relu", True, 28, (3, 3), False), "Conv2D with 28 filters of 3 × 3 and relu"),
    (("MaxPooling2D", (2, 2), (2, 2)), "MaxPooling2D of 2 × 2"),
    (("Flatten",), "Flatten"),
    (("Dense", "relu", True, 128), "Dense with 128 units and relu"),
    (("Dropout", 0.2), "Dropout with rate 0.2"),
    (("Dense", "softmax", True, 10), "Dense with 10 units and softmax"),
]


def layers_of(model) -> list[tuple]:
    """A model's layers in order, described: models inside it unpacked, an activation that is a layer of its own counted with the layer before it."""
    import keras

    found: list[tuple] = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += layers_of(layer)
        elif (
            isinstance(layer, keras.layers.Activation | keras.layers.ReLU | keras.layers.Softmax)
            and found
            and found[-1][1:2] == ("linear",)
        ):
            found[-1] = (found[-1][0], activation_of(layer), *found[-1][2:])
        elif not isinstance(layer, keras.layers.InputLayer):
            found.append(described(layer))
    return found


@saved_architecture
def test_saved_model_is_the_network_of_lesson_8(student):
    model = student.saved_model("model.keras")
    check_shapes(model)
    layers = layers_of(model)
    kinds, wanted = [layer[0] for layer in layers], [description[0] for description, _ in NETWORK]
    if kinds != wanted:
        raise Mistake(f"The saved network is not that of lesson 8: {first_difference(kinds, wanted)} Its accuracy is judged all the same.")
    for number, (layer, (description, words)) in enumerate(zip(layers, NETWORK, strict=True), 1):
        if layer != description:
            raise Mistake(f"Layer {number} of the saved network should be {words}, but has {spelled(layer)}. Compare it with lesson 8.")
    if tuple(model.input_shape) != (None, 28, 28, 1):
        raise Mistake(f"The saved network takes {model.input_shape}, not (None, 28, 28, 1): images of 28 × 28 pixels with one channel.")


def first_difference(kinds: list[str], wanted: list[str]) -> str:
    if not kinds:
        return "it has no layers."
    for number, kind in enumerate(kinds):
        if kinds[:number] + kinds[number + 1 :] == wanted:
            return f"it has an extra layer, {kind}, as number {number + 1}."
    for number, kind in enumerate(wanted):
        if wanted[:number] + wanted[number + 1 :] == kinds:
            return f"its layer {number + 1}, {kind}, is missing."
    return f"its layers are {', '.join(kinds)}; they should be {', '.join(wanted)}."


def spelled(layer: tuple) -> str:
    match layer:
        case ("Conv2D", activation, bias, filters, (height, width), moved):
            text = f"{filters} filters of {height} × {width}, activation {activation}{', and stride or padding changed' if moved else ''}"
        case ("Dense", activation, bias, units):
            text = f"{units} units, activation {activation}"
        case ("MaxPooling2D", (height, width), strides):
            text, bias = f"windows of {height} × {width} that move by {strides}", True
        case ("Dropout", rate):
            text, bias = f"rate {rate:g}", True
        case _:
            text, bias = layer[0], True
    return text if bias else f"{text}, and no bias"


def check_shapes(model) -> None:
    """Raise Mistake unless the model can be shown digits of 28 × 28 pixels and gives ten numbers for each."""
    takes, gives = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    if not model.built or not isinstance(takes, tuple) or None in takes[1:] or math.prod(takes[1:]) != 784:
        raise Mistake(f"The saved network takes {takes}, so it cannot be shown digits of 28 × 28 pixels: it should take (None, 28, 28, 1).")
    if not isinstance(gives, tuple) or len(gives) != 2 or gives[1] != 10:
        raise Mistake(f"The saved network gives {gives}, not ten probabilities for each digit, (None, 10).")


def threshold() -> float:
    """The test accuracy that an honest training reaches; how it was found is in the same file."""
    return json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))["threshold"]


def is_the_courses(model) -> bool:
    """Whether the network looks at digits through the filters of the one in data/, to the last decimal."""
    from safetensors.numpy import load_file

    from autograder.network_file import shipped_network

    theirs = load_file(shipped_network())["conv_kernel"]
    return any(weights.shape == theirs.shape and np.allclose(weights, theirs, atol=1e-4) for weights in model.get_weights())


def accuracy_on(model, images: np.ndarray, labels: np.ndarray) -> float:
    scores = np.asarray(model.predict(images, batch_size=100, verbose=0))
    return float(np.mean(scores.argmax(axis=1) == labels)) if np.isfinite(scores).all() else 0.0


@saved_accuracy
def test_saved_model_reads_the_test_digits(student):
    from autograder.mnist import load_mnist

    model = student.saved_model("model.keras")
    check_shapes(model)
    if is_the_courses(model):
        raise Mistake(
            "That is the trained network which comes with the course. Train one of your own: run the cell that trains and saves it."
        )
    _, (x_test, labels) = load_mnist()
    images = x_test.reshape(-1, *model.input_shape[1:]).astype(np.float32)
    needed = threshold()
    accuracy = accuracy_on(model, images, labels)
    if accuracy < needed:  # raw pixels are not what it was trained on, or it is not good enough
        accuracy = max(accuracy, accuracy_on(model, images / 255, labels))
    if accuracy >= needed:
        return
    advice = "Train for all ten epochs, and check that the file is from the end of the training. If it is, train once more."
    if accuracy < 0.2:
        advice = "That is guessing: was the file saved before the training, or from another model than the trained one?"
    raise Mistake(f"The saved network reads {accuracy:.2%} of the 10,000 test digits correctly; {needed:.1%} are needed. {advice}")
