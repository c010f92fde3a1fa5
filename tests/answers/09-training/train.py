"""What students write for train."""

import numpy as np
from bank import right, wrong

# --- right ---


@right("one call of fit")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test))


@right("relies on Keras' default batch size of 32, in silence")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    history = model.fit(x=x_train, y=y_train, epochs=epochs, verbose=0, validation_data=(x_test, y_test), validation_batch_size=500)
    return history


@right("with tf.data")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    import tensorflow as tf

    training = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train)).batch(32)
    test = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(32)
    return model.fit(training, epochs=epochs, validation_data=test, verbose=2)


@right("compiles the model again first")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x_train, y_train, 32, epochs, 0, validation_data=(x_test, y_test))


@right("shuffles copies with one order for both")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    order = np.random.default_rng().permutation(len(x_train))
    return model.fit(
        x_train[order], y_train[order], batch_size=32, epochs=epochs, shuffle=False, validation_data=[x_test, y_test], verbose=0
    )


@right("epoch by epoch, collected into one History")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    import keras

    collected = keras.callbacks.History()
    collected.history, collected.epoch = {}, []
    for epoch in range(epochs):
        part = model.fit(x_train, y_train, batch_size=32, epochs=1, validation_data=(x_test, y_test), verbose=0)
        for name, values in part.history.items():
            collected.history.setdefault(name, []).extend(values)
        collected.epoch.append(epoch)
    return collected


@right("a loop of its own over the batches")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    import keras

    history = keras.callbacks.History()
    history.history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
    history.epoch = list(range(epochs))
    for _ in range(epochs):
        model.reset_metrics()
        order = np.random.permutation(len(x_train))
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            loss, accuracy = model.train_on_batch(x_train[batch], y_train[batch])[:2]
        val_loss, val_accuracy = model.evaluate(x_test, y_test, verbose=0)
        for name, value in zip(history.history, [loss, accuracy, val_loss, val_accuracy], strict=True):
            history.history[name].append(float(value))
    return history


@right("with a callback that never acts")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    import keras

    patience = keras.callbacks.TerminateOnNaN()
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), callbacks=[patience], verbose=0)


@right("shows the images in the given order, which nobody forbade")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, shuffle=False, validation_data=(x_test, y_test), verbose=0)


# --- wrong ---


@wrong("not begun", says="not written yet")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    raise NotImplementedError()


@wrong("forgets to validate", says="no val_loss and no val_accuracy")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)


@wrong("does not hand on epochs", says="trains for one epoch")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, validation_data=(x_test, y_test), verbose=0)


@wrong("always ten epochs", says="Is the 10 written into it?")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=10, validation_data=(x_test, y_test), verbose=0)


@wrong("another default number of epochs", says="should train for 10 epochs, but its history has 5")
def train(model, x_train, y_train, x_test, y_test, epochs=5):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("one epoch too few", says="should train for 3 epochs, but its history has 2")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs - 1, validation_data=(x_test, y_test), verbose=0)


@wrong("returns the dict", says="not its attribute `.history`")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0).history


@wrong("returns the model", says="has the model already")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)
    return model


@wrong("returns nothing", says="returned None")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("returns the model too", says="and nothing else")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model, model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("returns the evaluation", says="Return the keras History")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)


@wrong("swaps training and test", says="learnt from the test images")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_test, y_test, batch_size=32, epochs=epochs, validation_data=(x_train, y_train), verbose=0)


@wrong("learns from the test images as well", says="Are the test images among them?")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    images, labels = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    return model.fit(images, labels, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("splits the training images", says="validation_split")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_split=0.2, verbose=0)


@wrong("splits off very few", says="validation_split")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_split=0.05, verbose=0)


@wrong("validates on the training images", says="figures are those of the training images")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_train, y_train), verbose=0)


@wrong("validates on a few test images", says="all of x_test and y_test")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test[:8], y_test[:8]), verbose=0)


@wrong("batches of 64", says="took 2 steps in an epoch")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=64, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("batches of 128", says="batches of 66 or more")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=128, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("one image at a time", says="one image at a time")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=1, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("drops the last batch", says="took 2 steps in an epoch")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    import tensorflow as tf

    training = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train)).batch(32, drop_remainder=True)
    return model.fit(training, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("keeps only the last epoch's history", says="only the last one")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    for _ in range(epochs):
        history = model.fit(x_train, y_train, batch_size=32, validation_data=(x_test, y_test), verbose=0)
    return history


@wrong("a loop around all epochs", says="trained for 9 epochs in all")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    for _ in range(epochs):
        history = model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)
    return history


@wrong("shuffles the images without their labels", says="images and labels need the same order")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    images = np.random.default_rng(1).permutation(x_train)
    return model.fit(images, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("shuffles in place", says="train changed x_train")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    for array in (x_train, y_train):
        np.random.default_rng(1).shuffle(array)
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("trains a copy", says="not a copy")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    import keras

    fresh = keras.models.clone_model(model)
    fresh.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return fresh.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("scales the pixels by itself", says="divided the pixels by 255")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train / 255, y_train, batch_size=32, epochs=epochs, validation_data=(x_test / 255, y_test), verbose=0)


@wrong("scales the pixels in place", says="divided the pixels by 255")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    x_train /= 255
    x_test /= 255
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("compiles again with a metric of another name", says="no accuracy")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("sizes of MNIST written into it", says="stopped with")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    images = x_train.reshape(-1, 28, 28, 1)
    return model.fit(images, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@wrong("trains once for the eye and once for the result", says="trained the model twice")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=0)


@right("validation data as a list, in larger batches, reported in lines")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    record = model.fit(
        x=x_train, y=y_train, batch_size=32, epochs=epochs, validation_data=[x_test, y_test], validation_batch_size=1000, verbose=2
    )
    return record


@wrong("batches of 16", says="images in batches of 32 make")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    return model.fit(x_train, y_train, batch_size=16, epochs=epochs, validation_data=(x_test, y_test))


@wrong("counts the steps itself and rounds them down", says="images in batches of 32 take")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    steps = len(x_train) // 32
    return model.fit(x_train, y_train, batch_size=32, steps_per_epoch=steps, epochs=epochs, validation_data=(x_test, y_test))


@wrong("stops early when it no longer helps", says="should train for")
def train(model, x_train, y_train, x_test, y_test, epochs=10):
    import keras

    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=0, min_delta=10.0)
    return model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), callbacks=[stop])
