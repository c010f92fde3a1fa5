"""What students hand in as capstone.keras. An answer writes the file into a folder."""

import functools
import zipfile
from pathlib import Path

from bank import right, wrong

SOLUTIONS = Path(__file__).resolve().parents[3] / "solutions"
TRAINED = SOLUTIONS / "11-capstone" / "capstone.keras"  # reads more than 99.5 % of the test digits


def trained():
    """The reference, opened anew: pixels from 0 to 1, batch normalisation, softmax."""
    import keras

    return keras.saving.load_model(TRAINED)


def around(inner, before=(), after=(), shape=(28, 28, 1)):
    """A network that does something to the digits, lets another one read them, and does something to its answer."""
    import keras

    return keras.Sequential([keras.Input(shape), *before, inner, *after])


def save(model, folder):
    model.save(folder / "capstone.keras")


def course_network():
    """The network of lesson 10: 98.8 %, pixels from 0 to 1."""
    from autograder.network_file import load_network, shipped_network

    return load_network(shipped_network())[0]


@functools.cache
def fed(shift, factor):
    """The reference's layers and weights, changed so that they read as before when they are shown (pixel - shift) * factor."""
    import keras
    import numpy as np

    first, *others = trained().layers
    kernel = first.get_weights()[0]
    config = first.get_config() | {"use_bias": True, "padding": "valid"}
    convolution = keras.layers.Conv2D.from_config(config)
    edge = keras.layers.ZeroPadding2D(((1, 2), (1, 2)))  # what "same" adds for 5 x 5 with strides of 2; paper must be 0 where it is added
    back = keras.layers.Rescaling(1 / factor, offset=shift)
    model = keras.Sequential([keras.Input((28, 28, 1)), back, edge, convolution, *others])
    convolution.set_weights([kernel, np.zeros(kernel.shape[-1])])
    return model


def functional(model):
    """The same layers, put together by the functional API."""
    import keras

    images = x = keras.Input((28, 28, 1), name="digits")
    for layer in model.layers:
        x = layer(x)
    return keras.Model(images, x, name="mine")


# --- right ---


@right("the reference")
def capstone(folder):
    (folder / "capstone.keras").write_bytes(TRAINED.read_bytes())


@right("on raw pixels, which a first layer rescales")
def capstone(folder):
    import keras

    save(around(trained(), before=[keras.layers.Rescaling(1 / 255)]), folder)


@right("the functional API, saved with an optimizer that has worked")
def capstone(folder):
    import keras
    import numpy as np

    model = functional(trained())
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
    weights = model.get_weights()
    model.fit(np.zeros((32, 28, 28, 1), "float32"), np.zeros(32), verbose=0)
    model.set_weights(weights)  # batch normalisation moves while it trains, whatever the learning rate
    save(model, folder)


@right("scores in place of probabilities")
def capstone(folder):
    import keras

    model = trained()
    config = model.get_config()
    config["layers"][-1]["config"]["activation"] = "linear"
    scores = keras.Sequential.from_config(config)
    scores.set_weights(model.get_weights())
    save(scores, folder)


@right("layers that wobble the digits in training and leave them alone in reading")
def capstone(folder):
    import keras

    layers = keras.layers
    wobble = keras.Sequential(
        [layers.RandomTranslation(0.1, 0.1), layers.RandomRotation(0.03), layers.RandomZoom(0.1), layers.GaussianNoise(0.1)]
    )
    save(around(trained(), before=[wobble]), folder)


@right("takes rows of 784 pixels")
def capstone(folder):
    import keras

    save(around(trained(), before=[keras.layers.Reshape((28, 28, 1))], shape=(784,)), folder)


@right("takes images without a channel")
def capstone(folder):
    import keras

    save(around(trained(), before=[keras.layers.Reshape((28, 28, 1))], shape=(28, 28)), folder)


@right("standardises the pixels in a layer, and has a border and a crop")
def capstone(folder):
    import keras

    layers = keras.layers
    there = layers.Normalization(mean=0.1307, variance=0.3081**2, axis=None)
    back = layers.Rescaling(0.3081, offset=0.1307)
    save(around(trained(), before=[there, back, layers.ZeroPadding2D(2), layers.Cropping2D(2)]), folder)


@right("two networks, averaged")
def capstone(folder):
    import keras

    first, second = trained(), trained()
    second.name = "another"
    images = keras.Input((28, 28, 1))
    save(keras.Model(images, keras.layers.Average()([first(images), second(images)])), folder)


@right("a residual branch that is added")
def capstone(folder):
    import keras

    layers = keras.layers
    images = keras.Input((28, 28, 1))
    branch = layers.DepthwiseConv2D(3, padding="same", depthwise_initializer="zeros")(images)
    branch = layers.LeakyReLU()(layers.GroupNormalization(1, gamma_initializer="zeros")(branch))
    save(keras.Model(images, trained()(layers.Add()([images, branch]))), folder)


# --- wrong ---


@wrong("nothing handed in", says="There is no file capstone.keras")
def capstone(folder):
    pass


@wrong("under another name", says="There is no file capstone.keras")
def capstone(folder):
    (folder / "best_model.keras").write_bytes(TRAINED.read_bytes())


@wrong("cut short by an upload", says="cannot be opened by Keras")
def capstone(folder):
    content = TRAINED.read_bytes()
    (folder / "capstone.keras").write_bytes(content[: len(content) // 2])


@wrong("some other zip file", says="cannot be opened by Keras")
def capstone(folder):
    with zipfile.ZipFile(folder / "capstone.keras", "w") as archive:
        archive.writestr("attempts.csv", "attempt,validation_accuracy\n")


@wrong("the weights alone, without a network", says="cannot be opened by Keras")
def capstone(folder):
    trained().save_weights(folder / "capstone.weights.h5")
    (folder / "capstone.weights.h5").rename(folder / "capstone.keras")


@wrong("lesson 9's network on raw pixels", says="the next mark is 98.8%")
def capstone(folder):
    (folder / "capstone.keras").write_bytes((SOLUTIONS / "09-training" / "model.keras").read_bytes())


@wrong("lesson 10's network, which reaches the first mark or nearly", says="the next mark is 9")
def capstone(folder):
    save(course_network(), folder)


@wrong("reads digits that are a little out of place, since it crops on one side", says="the next mark is 9")
def capstone(folder):
    import keras

    shift = [keras.layers.Cropping2D(((3, 0), (3, 0))), keras.layers.ZeroPadding2D(((0, 3), (0, 3)))]
    save(around(trained(), before=shift), folder)


@wrong("saved before the training", says="That is guessing")
def capstone(folder):
    import keras

    keras.utils.set_random_seed(3)
    save(keras.Sequential.from_config(trained().get_config()), folder)


@wrong("labels in another order than the images", says="That is guessing")
def capstone(folder):
    import numpy as np

    model = trained()
    weights = model.get_weights()
    weights[-2], weights[-1] = np.roll(weights[-2], 1, axis=1), np.roll(weights[-1], 1)
    model.set_weights(weights)
    save(model, folder)


@wrong("never told what it reads", says="no parameters yet")
def capstone(folder):
    import keras

    save(keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)]), folder)


@wrong("a large dense layer behind Flatten", says="24,596 more than the 700,000 that are allowed")
def capstone(folder):
    import keras

    layers = keras.layers
    head = [layers.Conv2D(28, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(152, activation="relu")]
    model = keras.Sequential([keras.Input((28, 28, 1)), *head, layers.Dense(30), layers.Dense(10)])
    save(model, folder)


@wrong("training broke down: nan", says="nan (not a number)")
def capstone(folder):
    model = trained()
    model.set_weights([weight * float("nan") for weight in model.get_weights()])
    save(model, folder)


@wrong("standardised the pixels outside of the network", says="(pixel − 0.1307) / 0.3081")
def capstone(folder):
    save(fed(0.1307, 1 / 0.3081), folder)


@wrong("scaled to −1 to 1 outside of the network", says="pixels from −1 to 1")
def capstone(folder):
    save(fed(0.5, 2), folder)


@wrong("swapped paper and ink outside of the network", says="1 for paper and 0 for ink")
def capstone(folder):
    save(fed(1, -1), folder)


@wrong("divided by 255 twice outside of the network", says="divided by 255 twice")
def capstone(folder):
    save(fed(0, 1 / 255), folder)


@wrong("made for 32 × 32 images", says="ZeroPadding2D(2)")
def capstone(folder):
    import keras

    save(around(trained(), before=[keras.layers.Cropping2D(2)], shape=(32, 32, 1)), folder)


@wrong("made for three colours", says="A digit has one channel")
def capstone(folder):
    import keras

    save(around(trained(), before=[keras.layers.Conv2D(1, 1)], shape=(28, 28, 3)), folder)


@wrong("one number a digit", says="One number cannot say")
def capstone(folder):
    import keras

    save(around(trained(), after=[keras.layers.Dense(1)]), folder)


@wrong("nine classes", says="There are ten digits")
def capstone(folder):
    import keras

    save(around(trained(), after=[keras.layers.Dense(9)]), folder)


@wrong("two outputs", says="gives 2 outputs")
def capstone(folder):
    import keras

    images = keras.Input((28, 28, 1))
    answer = trained()(images)
    save(keras.Model(images, [answer, keras.layers.Softmax()(answer)]), folder)


@wrong("two inputs", says="takes 2 inputs")
def capstone(folder):
    import keras

    one, two = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
    save(keras.Model([one, two], trained()(keras.layers.Average()([one, two]))), folder)


@wrong("works too long on a digit", says="million multiplications")
def capstone(folder):
    import keras

    layers = keras.layers
    body = [layers.UpSampling2D(4), *[layers.Conv2D(64, 3, padding="same") for _ in range(4)], layers.GlobalAveragePooling2D()]
    save(keras.Sequential([keras.Input((28, 28, 1)), *body, layers.Dense(10)]), folder)


@wrong("hides code in a Lambda layer", says="cannot be")
def capstone(folder):
    import keras

    save(around(trained(), before=[keras.layers.Lambda(lambda x: x * 1)]), folder)


@wrong("a layer of a class of its own", says="cannot be")
def capstone(folder):
    import keras

    class Wobble(keras.layers.Layer):
        def call(self, x):
            return x

    save(around(trained(), before=[Wobble()]), folder)


@wrong("a model of a class of its own", says="cannot be")
def capstone(folder):
    import keras

    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = trained()

        def call(self, x):
            return self.inner(x)

    model = Mine()
    model.build((None, 28, 28, 1))
    save(model, folder)
