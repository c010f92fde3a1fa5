"""What students write for compile_model."""

import keras
import numpy as np
from bank import right, wrong

LOSS = "sparse_categorical_crossentropy"


@right("by name")
def compile_model(model):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@right("as objects")
def compile_model(model):
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


@right("by position, in capitals")
def compile_model(model):
    model.compile("Adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@right("with further metrics")
def compile_model(model):
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=LOSS,
        metrics=[keras.metrics.SparseTopKCategoricalAccuracy(k=3), "accuracy", "sparse_categorical_crossentropy"],
    )
    return model


@right("the loss as a function")
def compile_model(model):
    model.compile(optimizer="adam", loss=keras.losses.sparse_categorical_crossentropy, metrics=["accuracy"])
    return model


@right("the loss as the name of a class")
def compile_model(model):
    model.compile(optimizer="adam", loss="SparseCategoricalCrossentropy", metrics=["accuracy"])
    return model


@right("everything in lists")
def compile_model(model):
    model.compile(optimizer="adam", loss=[LOSS], metrics=[["accuracy"]])
    return model


@right("run eagerly, several steps at a time")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=["accuracy"], run_eagerly=True, steps_per_execution=1, jit_compile=False)
    return model


@wrong("sgd", says="The optimizer is SGD in place of Adam")
def compile_model(model):
    model.compile(optimizer="sgd", loss=LOSS, metrics=["accuracy"])
    return model


@wrong("no optimizer, which is RMSprop", says="The optimizer is RMSprop in place of Adam")
def compile_model(model):
    model.compile(loss=LOSS, metrics=["accuracy"])
    return model


@wrong("AdamW", says="The optimizer is AdamW in place of Adam")
def compile_model(model):
    model.compile(optimizer="adamw", loss=LOSS, metrics=["accuracy"])
    return model


@wrong("a learning rate of 0.01", says="Adam's learning_rate is 0.01")
def compile_model(model):
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=LOSS, metrics=["accuracy"])
    return model


@wrong("a schedule for the learning rate", says="Adam's learning_rate is a schedule")
def compile_model(model):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.001, 1000, 0.9)
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss=LOSS, metrics=["accuracy"])
    return model


@wrong("categorical cross-entropy", says="wants each label as a row of ten zeros and ones")
def compile_model(model):
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("categorical cross-entropy as an object", says="wants each label as a row of ten zeros and ones")
def compile_model(model):
    model.compile(optimizer="adam", loss=keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])
    return model


@wrong("binary cross-entropy", says="binary_crossentropy in place of sparse_categorical_crossentropy")
def compile_model(model):
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


@wrong("mean squared error", says="in place of sparse_categorical_crossentropy")
def compile_model(model):
    model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
    return model


@wrong("from_logits", says="the switch stays off")
def compile_model(model):
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


@wrong("the sum over the batch", says="reduction='sum'")
def compile_model(model):
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(reduction="sum"), metrics=["accuracy"])
    return model


@wrong("no loss", says="no loss")
def compile_model(model):
    model.compile(optimizer="adam", metrics=["accuracy"])
    return model


@wrong("no metric", says="The model has no metric")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS)
    return model


@wrong("the key acc", says="would be 'acc'")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=["acc"])
    return model


@wrong("a metric with another name", says="would be 'sparse_categorical_accuracy'")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=[keras.metrics.SparseCategoricalAccuracy()])
    return model


@wrong("the loss as the metric", says="Lesson 9 looks for 'accuracy'")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=[LOSS])
    return model


@wrong("another metric called accuracy", says="where 3 of 8 answers are right")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=[keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="accuracy")])
    return model


@wrong("a metric for rows of zeros and ones", says="'accuracy'")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")])
    return model


@wrong("a metric that compares labels with probabilities", says='metrics=["accuracy"]')
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=[keras.metrics.Accuracy(name="accuracy")])
    return model


@wrong("returns what compile returns", says="returned None")
def compile_model(model):
    return model.compile(optimizer="adam", loss=LOSS, metrics=["accuracy"])


@wrong("forgets to return", says="returned None")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=["accuracy"])


@wrong("compiles nothing", says="without having been compiled")
def compile_model(model):
    return model


@wrong("builds another model", says="another model")
def compile_model(model):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(128), keras.layers.Dense(10, activation="softmax")]
    )
    model.compile(optimizer="adam", loss=LOSS, metrics=["accuracy"])
    return model


@wrong("clones the model, which draws new weights", says="The weights are not those of the model")
def compile_model(model):
    model = keras.models.clone_model(model)
    model.compile(optimizer="adam", loss=LOSS, metrics=["accuracy"])
    return model


@wrong("the metric with a capital", says="with a capital")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics=["Accuracy"])
    return model


@wrong("the metric outside of a list", says="square brackets")
def compile_model(model):
    model.compile(optimizer="adam", loss=LOSS, metrics="accuracy")
    return model


@wrong("the class Adam in place of an object", says="with the brackets")
def compile_model(model):
    model.compile(optimizer=keras.optimizers.Adam, loss=LOSS, metrics=["accuracy"])
    return model


@wrong("the class of the loss in place of an object", says="An object has brackets behind it")
def compile_model(model):
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy, metrics=["accuracy"])
    return model


@wrong("the loss as English has it", says="Keras knows no loss called")
def compile_model(model):
    model.compile(optimizer="adam", loss="sparse_categorical_cross_entropy", metrics=["accuracy"])
    return model


@wrong("the optimizer misspelt", says="Keras knows no optimizer of that name")
def compile_model(model):
    model.compile(optimizer="adams", loss=LOSS, metrics=["accuracy"])
    return model


@right("metrics as a tuple, the learning rate as a NumPy number")
def compile_model(model):
    model.compile(keras.optimizers.Adam(np.float64(1e-3), beta_1=0.9), loss=[LOSS], metrics=("accuracy",))
    return model


@right("the metric as a weighted one, which has the same key and value")
def compile_model(model):
    model.compile("adam", loss=LOSS, weighted_metrics=["accuracy"])
    return model
