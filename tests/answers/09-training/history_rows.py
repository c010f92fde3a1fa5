"""What students write for history_rows."""

import numpy as np
from bank import right, wrong

# --- right ---


@right("a loop over the epochs")
def history_rows(history):
    rows = []
    for i in range(len(history.history["loss"])):
        rows.append({"epoch": i + 1, **{k: history.history[k][i] for k in ["loss", "accuracy", "val_loss", "val_accuracy"]}})
    return rows


@right("zip")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    columns = zip(*[history.history[name] for name in names], strict=True)
    return [{"epoch": epoch} | dict(zip(names, values, strict=True)) for epoch, values in enumerate(columns, 1)]


@right("from history.epoch, keys in another order")
def history_rows(history):
    h = history.history
    return [
        dict(val_accuracy=h["val_accuracy"][e], val_loss=h["val_loss"][e], accuracy=h["accuracy"][e], loss=h["loss"][e], epoch=e + 1)
        for e in history.epoch
    ]


@right("NumPy numbers")
def history_rows(history):
    table = np.array([history.history[name] for name in ["loss", "accuracy", "val_loss", "val_accuracy"]], np.float32)
    return [
        dict(zip(["epoch", "loss", "accuracy", "val_loss", "val_accuracy"], [np.int64(i + 1), *row], strict=True))
        for i, row in enumerate(table.T)
    ]


@right("to four decimals, as Keras prints them")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": i + 1} | {n: round(history.history[n][i], 4) for n in names} for i in range(len(history.history["loss"]))]


@right("a copy that is emptied from the front")
def history_rows(history):
    copy = {name: list(values) for name, values in history.history.items() if name in ("loss", "accuracy", "val_loss", "val_accuracy")}
    rows = []
    while copy["loss"]:
        row = {name: values.pop(0) for name, values in copy.items()}
        row["epoch"] = len(rows) + 1
        rows.append(row)
    return rows


@right("a tuple of dicts, epochs as floats")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return tuple({"epoch": i + 1.0} | {n: history.history[n][i] for n in names} for i in range(len(history.history["loss"])))


# --- wrong ---


@wrong("not begun", says="not written yet")
def history_rows(history):
    raise NotImplementedError()


@wrong("returns nothing", says="returned None")
def history_rows(history):
    rows = [{"epoch": i + 1, "loss": history.history["loss"][i]} for i in history.epoch]
    print(rows)


@wrong("epochs from 0", says="count from 0")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": i} | {n: history.history[n][i] for n in names} for i in range(len(history.history["loss"]))]


@wrong("always ten rows", says="not always 10")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": i + 1} | {n: history.history[n][i] for n in names} for i in range(10)]


@wrong("loses an epoch", says="has one less")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": i} | {n: history.history[n][i] for n in names} for i in range(1, len(history.history["loss"]))]


@wrong("each row the epoch before's values", says="epoch before or after")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    n = len(history.history["loss"])
    return [{"epoch": i + 1} | {name: history.history[name][max(i - 1, 0)] for name in names} for i in range(n)]


@wrong("treats the History as a dict", says="not subscriptable")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": i + 1} | {n: history[n][i] for n in names} for i in range(len(history["loss"]))]


@wrong("returns the columns", says="other way round")
def history_rows(history):
    return {"epoch": [e + 1 for e in history.epoch]} | history.history


@wrong("lists in place of dicts", says="a list with a dict for each epoch")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [[i + 1] + [history.history[n][i] for n in names] for i in range(len(history.history["loss"]))]


@wrong("a row for each column", says="not for each column")
def history_rows(history):
    return [{name: values} for name, values in history.history.items()]


@wrong("columns by their order", says="Fetch each column by its name")
def history_rows(history):
    columns = list(history.history.values())
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": i + 1} | {n: c[i] for n, c in zip(names, columns)} for i in range(len(columns[0]))]  # noqa: B905


@wrong("every column there is", says="does not belong there")
def history_rows(history):
    return [{"epoch": e + 1} | {name: values[e] for name, values in history.history.items()} for e in history.epoch]


@wrong("training columns only", says="no key 'val_loss'")
def history_rows(history):
    return [{"epoch": e + 1, "loss": history.history["loss"][e], "accuracy": history.history["accuracy"][e]} for e in history.epoch]


@wrong("old names of the columns", says="no key 'accuracy'")
def history_rows(history):
    h = history.history
    return [
        {"epoch": e + 1, "loss": h["loss"][e], "acc": h["accuracy"][e], "val_loss": h["val_loss"][e], "val_acc": h["val_accuracy"][e]}
        for e in history.epoch
    ]


@wrong("without the epoch", says="no key 'epoch'")
def history_rows(history):
    return [{n: history.history[n][e] for n in ["loss", "accuracy", "val_loss", "val_accuracy"]} for e in history.epoch]


@wrong("one dict for all rows", says="Make a new dict for each epoch")
def history_rows(history):
    rows, row = [], {}
    for epoch in history.epoch:
        row["epoch"] = epoch + 1
        for name in ["loss", "accuracy", "val_loss", "val_accuracy"]:
            row[name] = history.history[name][epoch]
        rows.append(row)
    return rows


@wrong("validation under training", says="Fetch each column by its name")
def history_rows(history):
    h = history.history
    return [
        {
            "epoch": e + 1,
            "loss": h["loss"][e],
            "val_loss": h["val_loss"][e],
            "accuracy": h["val_accuracy"][e],
            "val_accuracy": h["accuracy"][e],
        }
        for e in history.epoch
    ]


@wrong("percentages", says="percentages")
def history_rows(history):
    h = history.history
    return [
        {
            "epoch": e + 1,
            "loss": h["loss"][e],
            "val_loss": h["val_loss"][e],
            "accuracy": 100 * h["accuracy"][e],
            "val_accuracy": 100 * h["val_accuracy"][e],
        }
        for e in history.epoch
    ]


@wrong("two decimals", says="rounded")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": e + 1} | {n: round(history.history[n][e], 2) for n in names} for e in history.epoch]


@wrong("texts in place of numbers", says="should be a number")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": e + 1} | {n: f"{history.history[n][e]:.4f}" for n in names} for e in history.epoch]


@wrong("whole columns in every row", says="should be a number")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": e + 1} | {n: history.history[n] for n in names} for e in history.epoch]


@wrong("the last epoch first", says="should count 1, 2, 3")
def history_rows(history):
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    return [{"epoch": e + 1} | {n: history.history[n][e] for n in names} for e in reversed(history.epoch)]


@wrong("empties the history", says="changed the history")
def history_rows(history):
    h, rows = history.history, []
    while h["loss"]:
        rows.append({"epoch": len(rows) + 1} | {n: h[n].pop(0) for n in ["loss", "accuracy", "val_loss", "val_accuracy"]})
    return rows


@wrong("returns after the first epoch", says="has 1 row")
def history_rows(history):
    rows = []
    for e in history.epoch:
        rows.append({"epoch": e + 1} | {n: history.history[n][e] for n in ["loss", "accuracy", "val_loss", "val_accuracy"]})
        return rows


@wrong("asks for the old names of the columns", says="The history has no column 'acc'")
def history_rows(history):
    columns = history.history
    return [
        {
            "epoch": i + 1,
            "loss": columns["loss"][i],
            "accuracy": columns["acc"][i],
            "val_loss": columns["val_loss"][i],
            "val_accuracy": columns["val_acc"][i],
        }
        for i in range(len(columns["loss"]))
    ]


@wrong("looks for the epochs among the columns", says="The history has no column 'epoch'")
def history_rows(history):
    columns = history.history
    names = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    return [{name: columns[name][i] for name in names} for i in range(len(columns["epoch"]))]
