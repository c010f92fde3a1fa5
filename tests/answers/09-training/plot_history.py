"""What students write for plot_history."""

import matplotlib.pyplot as plt
import numpy as np
from bank import right, wrong

# --- right ---


@right("subplots, two lines")
def plot_history(history):
    figure, axes = plt.subplots()
    epochs = range(1, len(history.history["accuracy"]) + 1)
    axes.plot(epochs, history.history["accuracy"], label="training")
    axes.plot(epochs, history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@right("pyplot's current figure, epochs from 0, the names given to the legend")
def plot_history(history):
    figure = plt.figure(figsize=(5, 3))
    plt.plot(history.history["accuracy"])
    plt.plot(history.history["val_accuracy"])
    plt.xlabel("Epoch")
    plt.ylabel("Accuracy")
    plt.title("how it learned")
    plt.legend(["train", "test"])
    return figure


@right("a further panel for the losses, sharing the x axis")
def plot_history(history):
    figure, (upper, lower) = plt.subplots(2, 1, sharex=True)
    h, epochs = history.history, np.array(history.epoch) + 1
    upper.plot(epochs, h["accuracy"], "o", label="learned from")
    upper.plot(epochs, h["val_accuracy"], "x--", label="never learned from")
    upper.set_ylabel("accuracy")
    upper.legend()
    lower.plot(epochs, h["loss"], label="training loss")
    lower.plot(epochs, h["val_loss"], label="validation loss")
    lower.set(xlabel="epoch", ylabel="loss")
    lower.legend()
    return figure


@right("in percent")
def plot_history(history):
    figure, axes = plt.subplots()
    for name, label in [("accuracy", "Training"), ("val_accuracy", "Validierung")]:
        axes.plot(history.epoch, [100 * value for value in history.history[name]], label=label)
    axes.set_xlabel("Epoche")
    axes.set_ylabel("richtig (%)")
    axes.legend(loc="lower right")
    return figure


@right("losses on a second y axis")
def plot_history(history):
    figure, axes = plt.subplots()
    h = history.history
    epochs = list(range(1, len(h["loss"]) + 1))
    axes.plot(epochs, h["accuracy"], color="k", label="accuracy, training")
    axes.plot(epochs, h["val_accuracy"], color="k", ls=":", label="accuracy, validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend(loc="center left")
    right_axes = axes.twinx()
    right_axes.plot(epochs, h["loss"], color="gray", label="loss")
    right_axes.set_ylabel("loss")
    right_axes.legend(loc="center right")
    return figure


@right("without pyplot, one legend for the figure")
def plot_history(history):
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    n = len(history.history["accuracy"])
    axes.plot(np.arange(1, n + 1), history.history["accuracy"], label="training")
    axes.plot(np.arange(1, n + 1), history.history["val_accuracy"], label="validation")
    axes.set_xlabel("epoch")
    axes.set_ylabel("accuracy")
    figure.legend()
    return figure


@right("lines for the two in panels of their own")
def plot_history(history):
    figure, panels = plt.subplots(1, 2, sharey=True)
    for panel, name, label in zip(panels, ["accuracy", "val_accuracy"], ["training", "validation"], strict=True):
        panel.plot(range(1, len(history.epoch) + 1), history.history[name], label=label)
        panel.set(xlabel="epoch", ylabel="accuracy")
        panel.legend()
    return figure


@right("the current figure, whatever was drawn before")
def plot_history(history):
    h = history.history
    plt.plot(h["accuracy"], label="acc")
    plt.plot(h["val_accuracy"], label="val_acc")
    plt.plot(h["loss"], label="loss")
    plt.plot(h["val_loss"], label="val_loss")
    plt.xlabel("epoch")
    plt.ylabel("accuracy, loss")
    plt.legend()
    return plt.gcf()


# --- wrong ---


@wrong("not begun", says="not written yet")
def plot_history(history):
    raise NotImplementedError()


@wrong("shows and returns nothing", says="returned None")
def plot_history(history):
    plt.figure()
    plt.plot(history.history["accuracy"], label="training")
    plt.plot(history.history["val_accuracy"], label="validation")
    plt.xlabel("epoch")
    plt.ylabel("accuracy")
    plt.legend()


@wrong("returns the axes", says="not a figure")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return axes


@wrong("returns figure and axes", says="not a figure")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure, axes


@wrong("draws the loss", says="shows the loss")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["loss"], label="training")
    axes.plot(history.history["val_loss"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("training only", says="not the validation accuracy")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("training accuracy against validation loss", says="not the validation accuracy")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_loss"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("validation only", says="not the training accuracy")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("a second figure is drawn on", says="has no lines")
def plot_history(history):
    figure = plt.figure()
    _, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("a cloud of points", says="has no lines")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.scatter(history.epoch, history.history["accuracy"], label="training")
    axes.scatter(history.epoch, history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("one against the other", says="not the training accuracy")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], history.history["val_accuracy"], label="validation over training")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("no legend", says="no legend")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"])
    axes.plot(history.history["val_accuracy"])
    axes.set(xlabel="epoch", ylabel="accuracy")
    return figure


@wrong("names, but no legend", says="no legend shows them")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    return figure


@wrong("the legend comes first", says="after both lines are drawn")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.legend()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    return figure


@wrong("names one line only", says="name both lines")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"])
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("the same name twice", says="different words")
def plot_history(history):
    figure, axes = plt.subplots()
    for name in ["accuracy", "val_accuracy"]:
        axes.plot(history.history[name], label="accuracy")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("names swapped", says="swapped")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["val_accuracy"], label="training")
    axes.plot(history.history["accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("axes without labels", says="x axis has no label")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set_title("accuracy over the epochs")
    axes.legend()
    return figure


@wrong("y axis without label", says="y axis of the accuracies has no label")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"], label="training")
    axes.plot(history.history["val_accuracy"], label="validation")
    axes.set(title="accuracy", xlabel="epoch")
    axes.legend()
    return figure


@wrong("always ten epochs", says="stopped with ValueError")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(range(1, 11), history.history["accuracy"], label="training")
    axes.plot(range(1, 11), history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("only the first ten epochs", says="history's 12 epochs")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["accuracy"][:10], label="training")
    axes.plot(history.history["val_accuracy"][:10], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("epochs from right to left", says="The epochs under a line")
def plot_history(history):
    figure, axes = plt.subplots()
    epochs = range(len(history.epoch), 0, -1)
    axes.plot(epochs, history.history["accuracy"], label="training")
    axes.plot(epochs, history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("epochs from 0 to 1", says="The epochs under a line")
def plot_history(history):
    figure, axes = plt.subplots()
    epochs = np.linspace(0, 1, len(history.epoch))
    axes.plot(epochs, history.history["accuracy"], label="training")
    axes.plot(epochs, history.history["val_accuracy"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("empties the history while drawing", says="changed the history")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history.pop("accuracy"), label="training")
    axes.plot(history.history.pop("val_accuracy"), label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure


@wrong("treats the History as a dict", says="not subscriptable")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history["accuracy"], label="training")
    axes.plot(history["val_accuracy"], label="validation")
    return figure


@wrong("asks for the old names of the columns", says="The history has no column 'acc'")
def plot_history(history):
    figure, axes = plt.subplots()
    axes.plot(history.history["acc"], label="training")
    axes.plot(history.history["val_acc"], label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy")
    axes.legend()
    return figure
