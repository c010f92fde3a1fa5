"""What the measured runs say, as functions of their numbers alone: comparison, threshold, figure and page.

Runs are arrays `(runs, epochs, columns)` and the published table is one `(epochs, columns)`, the columns in the order of COLUMNS.
"""

import io
import re

import numpy as np

from mnist_cnn import COLUMNS

NAMES = {"loss": "training loss", "accuracy": "training accuracy", "val_loss": "test loss", "val_accuracy": "test accuracy"}
LOSS, TEST_ACCURACY = COLUMNS.index("loss"), COLUMNS.index("val_accuracy")
SYLLABUS_THRESHOLD, LARGEST_CHANCE = 0.975, 0.001


def outside(table: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Where the table lies outside the spread of the runs, all rounded to four places as the published one is."""
    values, table = values.round(4), table.round(4)
    return (table < values.min(axis=0)) | (table > values.max(axis=0))


def misses(values: np.ndarray, table: np.ndarray) -> np.ndarray:
    """How many cells of the table, and of each run, lie outside the spread of all the others: `(1 + runs,)`, the table's first."""
    tables = np.concatenate([table[None], values])
    return np.array([outside(one, np.delete(tables, i, axis=0)).sum() for i, one in enumerate(tables)])


def compare(values: np.ndarray, table: np.ndarray) -> list[dict]:
    """Rows of comparison.csv: every cell of the published table beside the spread of the raw runs."""
    rows, beyond = [], outside(table, values)
    for (epoch, column), number in np.ndenumerate(table):
        cell, inside = values[:, epoch, column], "no" if beyond[epoch, column] else "yes"
        row = {"epoch": epoch + 1, "column": COLUMNS[column], "published": f"{number:.4f}"}
        row |= {"mean": f"{cell.mean():.6f}", "standard_deviation": f"{cell.std(ddof=1):.6f}"}
        rows.append(row | {"minimum": f"{cell.min():.4f}", "maximum": f"{cell.max():.4f}", "inside": inside})
    return rows


def calibrate(accuracies: dict[str, np.ndarray], wanted: float = SYLLABUS_THRESHOLD, largest_chance: float = LARGEST_CHANCE) -> dict:
    """The threshold of lesson 9: `wanted`, or else the highest multiple of 0.0005 that an honest run misses rarely enough.

    One more run from the normal distribution that n measured runs came from lies below x with the chance that Student's t with
    n-1 degrees of freedom lies below (x - mean) / (sd * sqrt(1 + 1/n)): Hahn and Meeker, Statistical Intervals (1991), chapter 4.
    """
    from scipy.stats import t

    fits = {pixels: (len(a), a.mean(), a.std(ddof=1) * (1 + 1 / len(a)) ** 0.5) for pixels, a in accuracies.items()}
    supported = min(mean + t.ppf(largest_chance, n - 1) * spread for n, mean, spread in fits.values())
    threshold = min(wanted, float(np.floor(supported * 2000) / 2000))
    result = {
        "threshold": threshold,
        "wanted": wanted,
        "largest_chance": largest_chance,
        "highest_supported": round(float(supported), 6),
        "how": "The threshold is 'wanted', or else the highest multiple of 0.0005 that an honest run misses with a chance below "
        "'largest_chance'; the worse of raw and scaled pixels counts. 'chance_below' is the chance that Student's t with n-1 degrees "
        "of freedom lies below (threshold - mean) / (sd * sqrt(1 + 1/n)), over the test accuracies after the last epoch. "
        "Computed by solutions/reproduce.py.",
    }
    for pixels, (n, mean, spread) in fits.items():
        a, chance = accuracies[pixels], t.cdf((threshold - mean) / spread, n - 1)
        result[pixels] = {"n": n} | {key: round(float(x), 6) for key, x in [("mean", mean), ("sd", a.std(ddof=1)), ("minimum", a.min())]}
        result[pixels]["chance_below"] = float(f"{chance:.3g}")
    return result


def curves(raw: np.ndarray, scaled: np.ndarray, table: np.ndarray) -> str:
    """The figure, as SVG without a date: every run, the bands they span, the published table on top. Its ink is the page's text colour."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    ink, epochs = "#010203", np.arange(1, len(table) + 1)
    style = {"svg.hashsalt": "curves", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.titlesize": 9}
    style |= dict.fromkeys(["text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"], ink)
    with rc_context(style):
        figure = Figure(figsize=(8, 5.6), layout="constrained")
        for column, axis in enumerate(figure.subplots(2, 2, sharex=True).T.flat):
            for values, colour, stroke, name in [(raw, "#2f7fd1", "-", "raw pixels"), (scaled, "#c96a00", "--", "scaled pixels")]:
                lines = values[..., column]
                axis.fill_between(epochs, lines.min(axis=0), lines.max(axis=0), color=colour, alpha=0.25, linewidth=0)
                axis.plot(epochs, lines.T, color=colour, alpha=0.45, linewidth=0.6)
                label = f"{name}: {len(lines)} runs, mean and spread"
                axis.plot(epochs, lines.mean(axis=0), stroke, color=colour, linewidth=1.6, label=label)
            axis.plot(epochs, table[:, column], "o", color=ink, fillstyle="none", markersize=4.5, label="published table")
            axis.set_title(NAMES[COLUMNS[column]])
            axis.grid(color="#808080", alpha=0.25, linewidth=0.6)
            axis.spines[["top", "right"]].set_visible(False)
            axis.patch.set_visible(False)
            if column == LOSS:
                ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
                axis.set(yscale="log", title=NAMES["loss"] + ", logarithmic")
                axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
                axis.minorticks_off()
        for axis in figure.axes[2:]:  # the lower two
            axis.set(xlabel="epoch", xticks=epochs)
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = re.sub(r"(\.\d\d)\d\d+", r"\1", text.getvalue().replace(ink, "currentColor"))  # coordinates to a hundredth of a point
    theme = "<style>#curves{color:#1f2328}@media(prefers-color-scheme:dark){#curves{color:#e6edf3}}</style>"
    svg = re.sub(r"<svg [^>]*>", lambda tag: tag[0].replace("<svg ", '<svg id="curves" role="img" ') + theme, svg, count=1)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def one_in(chance: float) -> str:
    """`1 in 12,000`, to two figures; so far out in the tail that no one knows its shape, `less than 1 in 100,000`."""
    return "less than 1 in 100,000" if chance < 1e-5 else f"1 in {float(f'{1 / chance:.2g}'):,.0f}"


def listed(cells: np.ndarray) -> str:
    """`epoch 3 test loss, epoch 9 test accuracy` for the true cells `(epochs, columns)`; `none` if there are none."""
    return ", ".join(f"epoch {epoch + 1} {NAMES[COLUMNS[column]]}" for epoch, column in np.argwhere(cells)) or "none"


def spread_table(values: np.ndarray, table: np.ndarray) -> str:
    """The published table in Markdown, each value with the spread of the runs behind it; what lies outside is bold."""
    beyond, lines = outside(table, values), ["| epoch | " + " | ".join(NAMES.values()) + " |", "|---:|" + "---|" * len(NAMES)]
    for epoch, row in enumerate(table):
        low, high = values[:, epoch].min(axis=0), values[:, epoch].max(axis=0)
        cells = [f"{x:.4f} in {a:.4f} to {b:.4f}" for x, a, b in zip(row, low, high, strict=True)]
        cells = [f"**{cell.replace(' in ', ' not in ')}**" if out else cell for cell, out in zip(cells, beyond[epoch], strict=True)]
        lines.append(f"| {epoch + 1} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def timing_text(timing: list[dict], raw: np.ndarray) -> str:
    """What --timing measured, as a paragraph and a table; a sentence if it has not been run."""
    if not timing:
        return "Not measured yet: run `python solutions/reproduce.py --timing` on a machine with nothing else to do."
    seconds = {}
    for row in timing:
        seconds.setdefault(row["arrangement"], []).append(float(row["seconds"]))
    medians = {name: float(np.median(values)) for name, values in seconds.items()}
    (first, base), *others = medians.items()
    lines = ["| two seeds, one epoch each | median | measured |", "|---|---:|---|"]
    lines += [f"| {name} | {medians[name]:.1f} s | {', '.join(f'{x:.1f}' for x in values)} |" for name, values in seconds.items()]
    ratios = " and ".join(f"{median / base:.2f} times as long {name}" for name, median in others)
    single = [row for row in timing if "one thread" in row["arrangement"]]
    same = all(float(row[f"loss_seed_{seed}"]) == raw[seed, 0, LOSS] for row in single for seed in (0, 1))
    stable = len({(row["loss_seed_0"], row["loss_seed_1"]) for row in timing if row not in single}) == 1
    digits = f"In the {len(single)} measurements with one thread, the first training losses were "
    digits += "those of the runs above, digit for digit; " if same else "not always those of the runs above; "
    digits += "with all threads they " + ("too repeated exactly." if stable else "differed from one measurement to the next.")
    return f"Two seeds that take {base:.1f} s {first} take {ratios}. {digits}\n\n" + "\n".join(lines)


def capstone_table(runs: list[dict]) -> str:
    """The runs of the capstone's reference network, a row each."""
    lines = ["| seed | parameters | validation accuracy | test accuracy | minutes | CPU minutes |", "|---:|---:|---:|---:|---:|---:|"]
    for run in runs:
        validation, test = (float(run[f"{pile}_accuracy"]) for pile in ("validation", "test"))
        minutes, cpu = (int(run[f"{clock}_seconds"]) / 60 for clock in ("wall", "cpu"))
        lines.append(f"| {run['seed']} | {int(run['parameters']):,} | {validation:.2%} | {test:.2%} | {minutes:.1f} | {cpu:.1f} |")
    return "\n".join(lines)


def page(
    template: str,
    raw: np.ndarray,
    scaled: np.ndarray,
    table: np.ndarray,
    calibration: dict,
    timing: list,
    capstone: list,
    made_with: dict,
) -> str:
    """The README of the results: the template with every number computed."""
    from scipy.stats import shapiro

    beyond, cells, final = outside(table, raw), table.size, table[-1, TEST_ACCURACY]
    missed = misses(raw, table)
    first = raw[:, 0, LOSS]
    normal = shapiro(raw[:, -1, TEST_ACCURACY]).pvalue
    late = raw[:, len(table) // 2 :, TEST_ACCURACY]
    accuracies = ["| pixels | runs | mean | standard deviation | lowest | highest |", "|---|---:|---:|---:|---:|---:|"]
    for name, values in [("raw", raw), ("scaled", scaled)]:
        a = values[:, -1, TEST_ACCURACY]
        accuracies.append(f"| {name} | {len(a)} | {a.mean():.4f} | {a.std(ddof=1):.4f} | {a.min():.4f} | {a.max():.4f} |")
    accuracies.append(f"| published | 1 | {final:.4f} | | | |")
    supports = calibration["threshold"] == calibration["wanted"]
    numbers = {
        "accuracies": "\n".join(accuracies),
        "calibration_verdict": f"The measured runs support the {calibration['wanted']:.3f} that the course set out with"
        if supports
        else f"The measured runs do not support the {calibration['wanted']:.3f} that the course set out with, so the threshold is lower",
        "capstone": capstone_table(capstone),
        "capstone_runs": len(capstone),
        "cells": cells,
        "chance_raw": one_in(calibration["raw"]["chance_below"]),
        "chance_scaled": one_in(calibration["scaled"]["chance_below"]),
        "expected": f"{cells * 2 / (len(raw) + 1):.1f}",
        "final": f"{final:.4f}",
        "final_place": f"{(raw[:, -1, TEST_ACCURACY] < final).sum()} of the {len(raw)} raw runs end below it",
        "final_word": "outside" if beyond[-1, TEST_ACCURACY] else "inside",
        "first": f"{table[0, LOSS]:.4f}",
        "first_place": f"{(first < table[0, LOSS]).sum()} of {len(raw)} runs are below it",
        "first_ratio": f"{first.std(ddof=1) / scaled[:, 0, LOSS].std(ddof=1):.0f}",
        "first_spread": f"{first.min():.4f} to {first.max():.4f}",
        "first_word": "outside" if beyond[0, LOSS] else "inside",
        "inside": cells - beyond.sum(),
        "largest_chance": one_in(calibration["largest_chance"]),
        "late_below": (late < calibration["threshold"]).sum(),
        "late_epochs": f"{len(table) // 2 + 1} to {len(table)}",
        "late_lowest": f"{late.min():.4f}",
        "late_runs": late.size,
        "listed": listed(beyond),
        "margin": f"{(calibration['raw']['mean'] - calibration['threshold']) / calibration['raw']['sd']:.1f}",
        "missed": beyond.sum(),
        "missed_as_much": (missed[1:] >= missed[0]).sum(),
        "missed_own": f"{missed[1:].min()} to {missed[1:].max()}, {missed[1:].mean():.1f} on average",
        "normal": f"p = {normal:.2f}: {'no' if normal >= 0.05 else 'a'} sign that the assumption is wrong",
        "raw_runs": len(raw),
        "raw_runs_and_table": len(raw) + 1,
        "scaled_inside": cells - outside(table, scaled).sum(),
        "scaled_runs": len(scaled),
        "spread": spread_table(raw, table),
        "supported": f"{calibration['highest_supported']:.4f}",
        "threshold": f"{calibration['threshold']:.4f}".rstrip("0"),
        "timing": timing_text(timing, raw),
        "verdict": "With raw pixels, yes, as far as a table of one run can be."
        if (missed[1:] >= missed[0]).any() and not beyond[-1, TEST_ACCURACY]
        else "With raw pixels, in part: the table lies further out than any one of our own runs.",
    }
    return template.format(**numbers, **made_with)
