"""What the measurements of grading.py say, as functions of their numbers alone: ratios, lines through them, the model of a cluster, and the page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

NAMES = {"stock": "`nbgrader autograde`", "ours": "`autograder grade`"}
PHASES = {
    "intake": "reading the notebook, rebuilding it from ours",
    "start": "a sandbox, and a kernel forked into it",
    "cells": "their cells",
    "functions": "their functions, called by the checks",
    "checks": "the checks around these calls: inputs, right answers, comparison",
    "end": "ending kernel and sandbox",
    "result": "the record, and the graded notebook as text",
}
NUMBER = re.compile(r"(\*\*)?\d[\d.,]*(\*\*|\s|$)")
MOOC = 10_000  # submissions
CLUSTER = (1, 2, 4, 8, 16, 32, 64)  # workers
IDLE = 1.1  # processing time of the whole machine, over that of what was measured, up to which nothing else can have disturbed it


@dataclass(frozen=True)
class Table:
    """A section of the page: what it shows in words, and in rows of text."""

    title: str
    text: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def numbers(self) -> list[bool]:
        """Which columns hold numbers, and so are aligned on the right."""
        return [all(NUMBER.match(cell) for cell in column if cell) for column in zip(*self.rows, strict=True)]


@dataclass(frozen=True)
class Line:
    """A cost that grows with the submissions: `start` once, and `each` for every one."""

    start: float
    each: float

    def at(self, submissions: float) -> float:
        return self.start + self.each * submissions


def line(runs: Iterable[Mapping], what: str) -> Line:
    """The straight line through what runs of several sizes took, by least squares. Raises ValueError for runs of one size only."""
    runs = list(runs)
    sizes = [run["submissions"] for run in runs]
    if len(set(sizes)) < 2:
        raise ValueError("a line takes runs of two sizes")
    each, start = np.polyfit(sizes, [run[what] for run in runs], 1)
    return Line(float(start), float(each))


def chosen(lesson: Mapping, purpose: str, **about: object) -> list[dict]:
    """The runs of a lesson made for a purpose, with such a grader, or so many workers."""
    return [run for run in lesson["runs"] if purpose in run["purposes"] and all(run[key] == value for key, value in about.items())]


def mean_each(runs: Sequence[Mapping], what: str) -> float:
    """Of `seconds` or `cpu`, the mean over runs, for one submission."""
    return float(np.mean([run[what] / run["submissions"] for run in runs]))


def ratio(lesson: Mapping, what: str) -> float:
    """How many times as much the stock grader takes for the same class."""
    return mean_each(chosen(lesson, "side by side", grader="stock"), what) / mean_each(chosen(lesson, "side by side", grader="ours"), what)


def disturbance(results: Mapping) -> float:
    """The largest ratio, over the timed runs, of what the whole machine computed to what was measured. 1: there was nothing else."""
    timed = [run for lesson in results["lessons"].values() for run in lesson["runs"] if "memory" not in run["purposes"]]
    return max(run["busy"] / run["cpu"] for run in timed)


# --- the model of a cluster ---


def duration(submissions: int, workers: int, worker: float, central: float, start: float) -> float:
    """Seconds that a class takes where every worker has a processor to itself.

    worker: seconds that a worker takes for a submission; central: that the scheduler and the one writer take; start: before the first one begins.
    Workers and writer work at the same time, so the slower of the two sets the pace.
    """
    return start + submissions * max(worker / workers, central)


def duration_here(submissions: int, workers: int, worker: float, central: float, start: float, cores: int) -> float:
    """The same where workers and writer share so many cores: then all the work there is has to fit on these, too."""
    return max(duration(submissions, workers, worker, central, start), start + submissions * (worker + central) / cores)


def enough_workers(worker: float, central: float) -> int:
    """The number of workers from which on the writer sets the pace."""
    return int(np.ceil(worker / central))


def model(lesson: Mapping) -> dict[str, float]:
    """What the model takes from the measurements of a lesson."""
    central = lesson["central"]
    return {
        "worker": sum(phase["seconds"] for phase in lesson["profile"]["phases"].values()),
        "central": central["seconds"] / (central["submissions"] - 1),
        "start": max(0.0, line(chosen(lesson, "growth", grader="ours"), "seconds").start),
    }


# --- the page ---


def tables(results: Mapping) -> list[Table]:
    """Everything that the page and the terminal show."""
    lessons = results["lessons"]
    found = [side_by_side(lessons), growth(lessons), workers(lessons, results["machine"]["cores"])]
    return [*found, *(where_it_goes(name, lesson) for name, lesson in lessons.items()), cluster(lessons, results["machine"]["cores"])]


def side_by_side(lessons: Mapping) -> Table:
    rows = []
    for name, lesson in lessons.items():
        for grader in NAMES:
            runs = chosen(lesson, "side by side", grader=grader)
            memory = max(run["memory"] for run in chosen(lesson, "memory", grader=grader))
            rows.append(
                [
                    name,
                    NAMES[grader],
                    f"{60 / mean_each(runs, 'seconds'):.1f}",
                    spread(runs, "seconds"),
                    spread(runs, "cpu"),
                    f"{memory / 1e9:.2f} GB",
                ]
            )
        rows.append([name, "**ratio**", f"**{ratio(lesson, 'seconds'):.1f}**", "", f"**{ratio(lesson, 'cpu'):.1f}**", ""])
    sizes = "; ".join(
        f"{name}: {len(runs)} runs of {runs[0]['submissions']} submissions each"
        for name, lesson in lessons.items()
        if (runs := chosen(lesson, "side by side", grader="ours"))
    )
    agreement = "; ".join(f"{name}: {lesson['same_points']} of {lesson['compared']}" for name, lesson in lessons.items())
    both = chosen(next(iter(lessons.values())), "side by side", grader="ours")[0]["workers"]
    return Table(
        "Side by side",
        f"The same class, graded by the two commands in turn ({sizes}), from start to end, with {both} workers and the sandbox on our side. In brackets the "
        "lowest and the highest run. Processing seconds are those of all processes together. Points that were the same from both: "
        f"{agreement}. Memory was looked at in runs of its own, the largest sum of all processes.",
        ["lesson", "command", "submissions a minute", "seconds each", "processing seconds each", "memory"],
        rows,
    )


def growth(lessons: Mapping) -> Table:
    rows, said = [], []
    for name, lesson in lessons.items():
        sizes = sorted({run["submissions"] for run in chosen(lesson, "growth", grader="ours")})
        for grader in NAMES:
            runs = chosen(lesson, "growth", grader=grader)
            seconds, cpu = line(runs, "seconds"), line(runs, "cpu")
            for size in sizes:
                measured = [run for run in runs if run["submissions"] == size]
                wall, work = (
                    np.mean([run[what] for run in measured]) if measured else fit.at(size)
                    for what, fit in [("seconds", seconds), ("cpu", cpu)]
                )
                rows.append(
                    [
                        name,
                        NAMES[grader],
                        str(size),
                        f"{wall:.1f}",
                        f"{work:.1f}",
                        f"{work / size:.2f}",
                        "measured" if measured else "computed",
                    ]
                )
            said.append(
                f"{name}, {NAMES[grader]}: {max(0.0, cpu.start):.1f} processing seconds once, and {cpu.each:.2f} for each submission"
            )
        for run in chosen(lesson, "resume"):
            said.append(
                f"{name}, {NAMES['ours']} once more, when all {run['submissions']} are graded: {run['seconds']:.1f} seconds, {run['cpu']:.1f} processing seconds"
            )
    return Table(
        "As the class grows",
        "What was not measured is computed from the line through the other sizes. The lines:\n\n"
        + "\n".join(f"- {sentence}" for sentence in said),
        ["lesson", "command", "submissions", "seconds", "processing seconds", "of these each", ""],
        rows,
    )


def workers(lessons: Mapping, cores: int) -> Table:
    rows = []
    for name, lesson in lessons.items():
        for run in chosen(lesson, "workers"):
            about = model(lesson)
            expected = duration_here(run["submissions"], run["workers"], cores=cores, **about)
            rows.append(
                [
                    name,
                    str(run["workers"]),
                    str(run["submissions"]),
                    f"{run['seconds']:.1f}",
                    f"{60 * run['submissions'] / run['seconds']:.0f}",
                    f"{expected:.1f}",
                ]
            )
    return Table(
        "One worker and two",
        f"{NAMES['ours']} on {cores} cores, and what the model of the last section says of the same runs. Here the writer shares the cores with the workers.",
        ["lesson", "workers", "submissions", "seconds", "submissions a minute", "seconds, by the model"],
        rows,
    )


def where_it_goes(name: str, lesson: Mapping) -> Table:
    phases, least = lesson["profile"]["phases"], lesson["floor"]["phases"]
    rows = [
        [words, *(milliseconds(phases[phase][column]) for column in ("seconds", "trusted", "sandbox")), milliseconds(least.get(phase))]
        for phase, words in PHASES.items()
    ]
    central = lesson["central"]
    rows.append(
        ["the gradebook and autograded/, by the one writer", milliseconds(central["writer"]), milliseconds(central["writer_cpu"]), "", ""]
    )
    rest = central["main"] - central["writer_cpu"] + central["scheduler"]
    rows.append(["reading what was handed in, Dask", "", milliseconds(rest), "", ""])
    columns = [[phase[column] for phase in phases.values()] for column in ("trusted", "sandbox")]
    ours, theirs = (sum(column) if None not in column else None for column in columns)
    ours = None if ours is None else ours + central["main"] + central["scheduler"]
    floor = sum(least.values())
    rows.append(
        [
            "**together**",
            milliseconds(model(lesson)["worker"] + central["writer"]),
            milliseconds(ours),
            milliseconds(theirs),
            milliseconds(floor),
        ]
    )
    if ours is None or theirs is None:
        verdict = ""
    else:
        verdict = f" All of it is {(ours + theirs) / floor:.1f} times the floor."
    return Table(
        f"Where the time goes: {name}",
        "Milliseconds a submission, once everything is warm: by the clock, of processing by the grader, and of processing in the sandbox. The floor is the work "
        f"that the checks themselves need: the same cells and the same calls on the same inputs, directly, in one process with nothing around them.{verdict}",
        ["", "by the clock", "grader", "sandbox", "floor"],
        rows,
    )


def cluster(lessons: Mapping, cores: int) -> Table:
    rows, said = [], []
    for name, lesson in lessons.items():
        about, central = model(lesson), lesson["central"]
        for count in CLUSTER:
            limit = "the writer" if count >= enough_workers(about["worker"], about["central"]) else "the workers"
            rows.append([name, str(count), clock(duration(MOOC, count, **about)), limit])
        first, last = central["quarters"][0], central["quarters"][-1]
        said += [
            f"{name}, measured: a worker alone takes {1000 * about['worker']:.0f} ms for a submission (by the clock).",
            f"{name}, measured: {central['workers']} workers that answer at once have {central['submissions']:,} submissions scheduled, collected and written "
            f"at {1 / about['central']:.0f} a second, {first:.0f} in the first quarter and {last:.0f} in the last; the process that writes is at work for "
            f"{1000 * central['main']:.0f} ms of each, the scheduler, another process, for {1000 * central['scheduler']:.0f} ms.",
            f"{name}, computed: from {enough_workers(about['worker'], about['central'])} workers on, the one writer sets the pace.",
        ]
    return Table(
        f"A course of {MOOC:,}",
        f"How long {MOOC:,} submissions take on a cluster, where each worker has a core. The table is computed: start + submissions × the larger of (a worker's time "
        f"for one / workers) and (the scheduler's and the writer's time for one). What goes into it was measured, on {cores} cores that scheduler, writer and "
        "workers shared. Not in it: the network between the machines.\n\n" + "\n".join(f"- {sentence}" for sentence in said),
        ["lesson", "workers", "time", "the pace is set by"],
        rows,
    )


def spread(runs: Sequence[Mapping], what: str) -> str:
    values = [run[what] / run["submissions"] for run in runs]
    return f"{np.mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:.0f}"


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min {rest:02} s"


def page(results: Mapping) -> str:
    """The page, in Markdown."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        "# Grading a class: nbgrader's own command, and ours",
        "",
        "Every number on this page was measured by `make bench`, or is computed from what it measured; where it is computed, the page says so. A test computes "
        "the page again from [grading.json](grading.json). [What is measured, and how](../README.md).",
        "",
        f"The machine: {machine['cores']} cores ({machine['processor']}), {machine['memory']} GB of memory, {versions}. {accounted(results)}",
    ]
    for table in tables(results):
        lines += ["", f"## {table.title}", "", table.text, ""]
        lines += ["| " + " | ".join(table.header) + " |", "|" + "|".join("---:" if right else "---" for right in table.numbers()) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in table.rows]
    return "\n".join(lines) + "\n"


def accounted(results: Mapping) -> str:
    """How processing time was counted, and whether anything else was going on."""
    if results["accounting"] == "machine":
        return "Processing time is what the whole machine spent meanwhile, because no control group could be made here."
    most = disturbance(results)
    if most <= IDLE:
        return (
            f"It was idle otherwise: its processors worked for at most {100 * (most - 1):.0f} % more than the processes that were measured."
        )
    return (
        f"**It was not idle**: its processors worked for up to {most:.1f} times what the processes that were measured took. Measure again."
    )
