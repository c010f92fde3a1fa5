"""What students hand in as model.keras. An answer writes the file into a folder."""

import zipfile
from pathlib import Path

from bank import right, wrong

TRAINED = Path(__file__).resolve().parents[3] / "solutions" / "09-training" / "model.keras"  # fed raw pixels


def trained():
    import keras

    return keras.saving.load_model(TRAINED)


def network(hidden=128, rate=0.2, relu="relu", output="softmax", compiled=True, before=(), filters=28, dropout=True, **convolution):
    """The network of lesson 8, or one that differs from it."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *before,
            layers.Conv2D(filters, (3, 3), activation=relu, **convolution),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(hidden, activation=relu),
            *([layers.Dropout(rate)] if dropout else []),
            layers.Dense(10, activation=output),
        ]
    )
    if compiled:
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def with_trained_weights(model, scaled=False):
    """A model with the trained parameters; `scaled` makes it one for pixels from 0 to 1."""
    weights = trained().get_weights()
    if scaled:
        weights[0] = weights[0] * 255
    model.set_weights(weights)
    return model


# --- right ---


@right("trained on raw pixels")
def saved_model(folder):
    (folder / "model.keras").write_bytes(TRAINED.read_bytes())


@right("trained on scaled pixels")
def saved_model(folder):
    with_trained_weights(network(), scaled=True).save(folder / "model.keras")


@right("the functional API, names of its own, never compiled")
def saved_model(folder):
    import keras

    layers = keras.layers
    images = keras.Input((28, 28, 1), name="digits")
    x = layers.Conv2D(28, 3, activation=keras.activations.relu, kernel_initializer="he_normal", name="edges")(images)
    x = layers.MaxPooling2D(name="strongest")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation=keras.activations.relu)(x)
    x = layers.Dropout(0.2, seed=3)(x)
    outputs = layers.Dense(10, activation=keras.activations.softmax, name="answer")(x)
    with_trained_weights(keras.Model(images, outputs, name="my_network")).save(folder / "model.keras")


@right("saved with the optimizer's state and another optimizer")
def saved_model(folder):
    import numpy as np

    model = with_trained_weights(network(compiled=False))
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.0
    model.fit(np.zeros((32, 28, 28, 1), np.float32), np.zeros(32), verbose=0)
    model.save(folder / "model.keras")


@right("activations as layers of their own")
def saved_model(folder):
    import keras

    layers = keras.layers
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(28, (3, 3)), layers.ReLU(), layers.MaxPooling2D(), layers.Flatten()])
    for layer in [layers.Dense(128), layers.Activation("relu"), layers.Dropout(0.2), layers.Dense(10), layers.Softmax()]:
        model.add(layer)
    with_trained_weights(model).save(folder / "model.keras")


# --- wrong ---


@wrong("nothing handed in", says="There is no file model.keras")
def saved_model(folder):
    pass


@wrong("under another name", says="There is no file model.keras")
def saved_model(folder):
    (folder / "my_model.keras").write_bytes(TRAINED.read_bytes())


@wrong("cut short by an upload", says="cannot be opened by Keras")
def saved_model(folder):
    content = TRAINED.read_bytes()
    (folder / "model.keras").write_bytes(content[: len(content) // 2])


@wrong("an empty file", says="cannot be opened by Keras")
def saved_model(folder):
    (folder / "model.keras").touch()


@wrong("some other zip file", says="cannot be opened by Keras")
def saved_model(folder):
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("history.json", "{}")


@wrong("not trained", says="That is guessing")
def saved_model(folder):
    network().save(folder / "model.keras")


@wrong("trained for a moment", says="are needed")
def saved_model(folder):
    from autograder.mnist import load_mnist

    (x_train, y_train), _ = load_mnist()
    model = network()
    model.fit(x_train[:2000, ..., None] / 255, y_train[:2000], batch_size=32, verbose=0)
    model.save(folder / "model.keras")


@wrong("broken by infinite weights", says="That is guessing")
def saved_model(folder):
    model = with_trained_weights(network())
    model.set_weights([array * float("nan") for array in model.get_weights()])
    model.save(folder / "model.keras")


@wrong("scales the pixels in a layer of its own", says="extra layer, Rescaling")
def saved_model(folder):
    import keras

    with_trained_weights(network(before=[keras.layers.Rescaling(1 / 255)]), scaled=True).save(folder / "model.keras")


@wrong("without dropout", says="Dropout, is missing")
def saved_model(folder):
    with_trained_weights(network(dropout=False)).save(folder / "model.keras")


@wrong("drops half", says="should be Dropout with rate 0.2, but has rate 0.5")
def saved_model(folder):
    with_trained_weights(network(rate=0.5)).save(folder / "model.keras")


@wrong("without softmax", says="activation linear")
def saved_model(folder):
    with_trained_weights(network(output=None)).save(folder / "model.keras")


@wrong("sigmoid in place of softmax", says="activation sigmoid")
def saved_model(folder):
    with_trained_weights(network(output="sigmoid")).save(folder / "model.keras")


@wrong("tanh in place of relu, so it cannot read any more", says="activation tanh")
def saved_model(folder):
    with_trained_weights(network(relu="tanh")).save(folder / "model.keras")


@wrong("64 hidden units, untrained", says="Dense with 128 units and relu, but has 64 units")
def saved_model(folder):
    network(hidden=64).save(folder / "model.keras")


@wrong("padding the images, untrained", says="stride or padding changed")
def saved_model(folder):
    network(padding="same").save(folder / "model.keras")


@wrong("a dense network on rows of pixels, untrained", says="its layers are Dense, Dense")
def saved_model(folder):
    import keras

    keras.Sequential([keras.Input((784,)), keras.layers.Dense(128, "relu"), keras.layers.Dense(10, "softmax")]).save(folder / "model.keras")


@wrong("gives one number a digit", says="not ten probabilities")
def saved_model(folder):
    import keras

    keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]).save(folder / "model.keras")


@wrong("takes other images", says="cannot be shown digits of 28 × 28")
def saved_model(folder):
    import keras

    keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10)]).save(folder / "model.keras")


@wrong("hides code in a Lambda layer", says="cannot")
def saved_model(folder):
    import keras

    layers = keras.layers
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Lambda(lambda x: x / 255), layers.Flatten(), layers.Dense(10, "softmax")])
    model.save(folder / "model.keras")
