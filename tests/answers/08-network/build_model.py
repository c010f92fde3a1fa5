"""What students write for build_model."""

import keras
from bank import right, wrong
from keras import layers


def network(before=(), convolution=None, pooling=None, flatten=None, dense=None, dropout=None, output=None):
    """The network of the table with some of its layers replaced."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *before,
            convolution or layers.Conv2D(28, (3, 3), activation="relu"),
            pooling or layers.MaxPooling2D((2, 2)),
            flatten or layers.Flatten(),
            dense or layers.Dense(128, activation="relu"),
            dropout or layers.Dropout(0.2),
            output or layers.Dense(10, activation="softmax"),
        ]
    )


@right("Sequential, compiled already")
def build_model():
    model = network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@right("with add, an InputLayer, names and seeds")
def build_model():
    model = keras.Sequential(name="digits")
    model.add(layers.InputLayer(shape=(28, 28, 1), name="image"))
    model.add(
        layers.Conv2D(
            filters=28, kernel_size=3, strides=1, padding="valid", activation="relu", kernel_initializer="he_normal", name="filters"
        )
    )
    model.add(layers.MaxPooling2D(pool_size=2, strides=2, name="strongest"))
    model.add(layers.Flatten(name="row"))
    model.add(layers.Dense(128, "relu", kernel_initializer=keras.initializers.HeUniform(seed=1), name="hidden"))
    model.add(layers.Dropout(0.2, seed=7, name="forget"))
    model.add(layers.Dense(10, "softmax", bias_initializer="zeros", name="digits"))
    return model


@right("input_shape as the first layer's argument")
def build_model():
    return keras.Sequential(
        [
            layers.Conv2D(28, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


@right("built afterwards, with model.build")
def build_model():
    model = keras.Sequential(
        [
            layers.Conv2D(28, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.build((None, 28, 28, 1))
    return model


@right("functional, activations as functions")
def build_model():
    image = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(28, (3, 3), activation=keras.activations.relu)(image)
    x = layers.MaxPooling2D((2, 2))(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation=keras.ops.relu)(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs=image, outputs=layers.Dense(10, activation=keras.activations.softmax)(x))


@right("activations as layer objects")
def build_model():
    return network(
        convolution=layers.Conv2D(28, (3, 3), activation=layers.ReLU()),
        dense=layers.Dense(128, activation=layers.Activation("relu")),
        output=layers.Dense(10, activation=layers.Softmax()),
    )


@right("TensorFlow's functions as activations")
def build_model():
    import tensorflow as tf

    return network(
        convolution=layers.Conv2D(28, (3, 3), activation=tf.nn.relu),
        dense=layers.Dense(128, activation=tf.keras.activations.relu),
        output=layers.Dense(10, activation=tf.keras.activations.softmax),
    )


@right("two models, one inside the other")
def build_model():
    features = keras.Sequential([layers.Conv2D(28, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()])
    classifier = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dropout(0.2), layers.Dense(10, activation="softmax")])
    return keras.Sequential([keras.Input((28, 28, 1)), features, classifier])


@right("activations as layers of their own")
def build_model():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(28, (3, 3)),
            layers.ReLU(),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128),
            layers.Activation("relu"),
            layers.Dropout(0.2),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


@right("Reshape in the part of Flatten")
def build_model():
    return network(flatten=layers.Reshape((-1,)))


@wrong("32 filters", says="32 filters in place of 28")
def build_model():
    return network(convolution=layers.Conv2D(32, (3, 3), activation="relu"))


@wrong("kernels of 5 by 5", says="(5, 5) in place of (3, 3)")
def build_model():
    return network(convolution=layers.Conv2D(28, (5, 5), activation="relu"))


@wrong("padding same", says="padding='same' puts a border of zeros around the image, which keeps 28 × 28")
def build_model():
    return network(convolution=layers.Conv2D(28, (3, 3), padding="same", activation="relu"))


@wrong("strides of 2", says="The convolution moves by (2, 2)")
def build_model():
    return network(convolution=layers.Conv2D(28, (3, 3), strides=2, activation="relu"))


@wrong("no activation in the convolution", says="The convolution has no activation")
def build_model():
    return network(convolution=layers.Conv2D(28, (3, 3)))


@wrong("no bias in the convolution", says="The convolution has no bias")
def build_model():
    return network(convolution=layers.Conv2D(28, (3, 3), activation="relu", use_bias=False))


@wrong("ReLU6 in place of ReLU", says="The activation of the convolution is relu6 in place of relu")
def build_model():
    return network(convolution=layers.Conv2D(28, (3, 3), activation="relu6"))


@wrong("a separable convolution", says="where your network has SeparableConv2D")
def build_model():
    return network(convolution=layers.SeparableConv2D(28, (3, 3), activation="relu"))


@wrong("no input shape", says="does not know which shape an image has")
def build_model():
    return keras.Sequential(
        [
            layers.Conv2D(28, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


@wrong("color images", says="expects images of shape (28, 28, 3)")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 3)), *fresh()])


def fresh():
    return [
        layers.Conv2D(28, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ]


@wrong("a batch size of its own", says="takes 32 images at a time")
def build_model():
    return keras.Sequential([keras.Input(batch_shape=(32, 28, 28, 1)), *fresh()])


@wrong("average pooling", says="keeps the strongest value of each window, not the mean")
def build_model():
    return network(pooling=layers.AveragePooling2D((2, 2)))


@wrong("pooling windows of 3 by 3", says="The pooling windows are (3, 3) in place of (2, 2)")
def build_model():
    return network(pooling=layers.MaxPooling2D((3, 3)))


@wrong("pooling that overlaps", says="they overlap")
def build_model():
    return network(pooling=layers.MaxPooling2D((2, 2), strides=1))


@wrong("no pooling", says="MaxPooling2D of (2, 2) is missing")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), *fresh()[:1], *fresh()[2:]])


@wrong("pooling before the convolution", says="MaxPooling2D comes before the convolution")
def build_model():
    convolution, pooling, *others = fresh()
    return keras.Sequential([keras.Input((28, 28, 1)), pooling, convolution, *others])


@wrong("no Flatten", says="Flatten is missing")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), *fresh()[:2], *fresh()[3:]])


@wrong("global average pooling in place of Flatten", says="Flatten keeps all 4,732 numbers")
def build_model():
    return network(flatten=layers.GlobalAveragePooling2D())


@wrong("64 hidden units", says="The hidden dense layer has 64 units in place of 128")
def build_model():
    return network(dense=layers.Dense(64, activation="relu"))


@wrong("no activation in the hidden layer", says="The hidden dense layer has no activation")
def build_model():
    return network(dense=layers.Dense(128))


@wrong("sigmoid in the hidden layer", says="The activation of the hidden dense layer is sigmoid in place of relu")
def build_model():
    return network(dense=layers.Dense(128, activation="sigmoid"))


@wrong("no hidden layer", says="Dense with 128 units and relu is missing")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), *fresh()[:3], *fresh()[4:]])


@wrong("a second hidden layer", says="one layer too many after the hidden dense layer: Dense(64)")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), *fresh()[:4], layers.Dense(64, activation="relu"), *fresh()[4:]])


@wrong("dropout of 0.5", says="The rate of Dropout is 0.5 in place of 0.2")
def build_model():
    return network(dropout=layers.Dropout(0.5))


@wrong("the fraction that is kept as the rate", says="You gave 0.8, the fraction that is kept")
def build_model():
    return network(dropout=layers.Dropout(0.8))


@wrong("no dropout", says="Dropout of 0.2 is missing")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), *fresh()[:4], *fresh()[5:]])


@wrong("dropout before the hidden layer", says="Dropout comes before the hidden dense layer")
def build_model():
    convolution, pooling, flatten, dense, dropout, output = fresh()
    return keras.Sequential([keras.Input((28, 28, 1)), convolution, pooling, flatten, dropout, dense, output])


@wrong("dropout after the pooling layer", says="Dropout comes before the hidden dense layer")
def build_model():
    convolution, pooling, flatten, dense, dropout, output = fresh()
    return keras.Sequential([keras.Input((28, 28, 1)), convolution, pooling, dropout, flatten, dense, output])


@wrong("dropout at the very end", says="Dropout comes after the output layer")
def build_model():
    convolution, pooling, flatten, dense, dropout, output = fresh()
    return keras.Sequential([keras.Input((28, 28, 1)), convolution, pooling, flatten, dense, output, dropout])


@wrong("dropout that never stops", says="training=True")
def build_model():
    convolution, pooling, flatten, dense, dropout, output = fresh()
    image = keras.Input((28, 28, 1))
    hidden = dense(flatten(pooling(convolution(image))))
    return keras.Model(image, output(dropout(hidden, training=True)))


@wrong("no softmax", says="The output layer lacks softmax")
def build_model():
    return network(output=layers.Dense(10))


@wrong("sigmoid at the end", says="sigmoid in place of softmax")
def build_model():
    return network(output=layers.Dense(10, activation="sigmoid"))


@wrong("relu at the end", says="The activation of the output layer is relu in place of softmax")
def build_model():
    return network(output=layers.Dense(10, activation="relu"))


@wrong("one output unit", says="The output layer has 1 unit. There are ten digits")
def build_model():
    return network(output=layers.Dense(1, activation="softmax"))


@wrong("nothing after dropout", says="Dense with 10 units and softmax is missing")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), *fresh()[:5]])


@wrong("a rescaling layer in front", says="one layer too many before the convolution: Rescaling")
def build_model():
    return network(before=[layers.Rescaling(1 / 255)])


@wrong("a second convolution and pooling", says="one layer too many after the pooling layer: Conv2D(64, …)")
def build_model():
    return keras.Sequential(
        [keras.Input((28, 28, 1)), *fresh()[:2], layers.Conv2D(64, (3, 3), activation="relu"), layers.MaxPooling2D((2, 2)), *fresh()[2:]]
    )


@wrong("batch normalization", says="one layer too many after the convolution: BatchNormalization")
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), *fresh()[:1], layers.BatchNormalization(), *fresh()[1:]])


@wrong("returns nothing", says="returned None")
def build_model():
    network()


@wrong("returns the summary", says="returned None")
def build_model():
    return network().summary()


@wrong("returns the layers", says="should return one keras.Model")
def build_model():
    return fresh()


@wrong("a subclass of Model", says="Sequential")
def build_model():
    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = fresh()

        def call(self, x):
            for part in self.parts:
                x = part(x)
            return x

    return Network()


@wrong("the two dense layers exchanged", says="The hidden dense layer has 10 units in place of 128")
def build_model():
    return network(dense=layers.Dense(10, activation="softmax"), output=layers.Dense(128, activation="relu"))


@wrong("a network from elsewhere", says="The convolution has 32 filters in place of 28")
def build_model():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


@wrong("takes an argument", says="TypeError")
def build_model(images):
    return network()


@wrong("an image without its channel axis", says="What reaches the convolution is no image of rows, columns and channels")
def build_model():
    return keras.Sequential([keras.Input((28, 28)), *network().layers])


@wrong("the number of images in the input's shape", says="The input has an axis too many")
def build_model():
    model = keras.Sequential()
    model.add(layers.Conv2D(28, (3, 3), activation="relu", input_shape=(60000, 28, 28, 1)))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10, activation="softmax"))
    return model


@wrong("the channel first", says="Is the channel the last number")
def build_model():
    return keras.Sequential(
        [
            keras.Input((1, 28, 28)),
            layers.Conv2D(28, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


@wrong("an image as a row of 784", says="begin with keras.Input((28, 28, 1)), and let Flatten come after")
def build_model():
    image = keras.Input((784,))
    x = layers.Conv2D(28, (3, 3), activation="relu")(image)
    return keras.Model(image, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))


@wrong("Flatten before the pooling layer", says="What reaches the pooling layer has lost its rows and columns")
def build_model():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(28, (3, 3), activation="relu"),
            layers.Flatten(),
            layers.MaxPooling2D((2, 2)),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


@wrong("the kernel's two sizes as two arguments", says="The third argument of Conv2D is strides")
def build_model():
    return network(convolution=layers.Conv2D(28, 3, 3, activation="relu"))


@wrong("softmax in the hidden layer too", says="The activation of the hidden dense layer is softmax in place of relu")
def build_model():
    return network(dense=layers.Dense(128, activation="softmax"))


@right("relu as an operation of keras.ops")
def build_model():
    return network(
        convolution=layers.Conv2D(28, 3, activation=keras.ops.relu),
        dense=layers.Dense(128, activation=keras.ops.relu),
        output=layers.Dense(10, activation=keras.ops.softmax),
    )


@right("an input with its batch axis left open, functional, the batch named")
def build_model():
    image = keras.Input(batch_shape=(None, 28, 28, 1), dtype="float32", name="images")
    x = image
    for layer in network().layers:
        x = layer(x)
    return keras.models.Model(inputs=[image], outputs=x, name="whole")
