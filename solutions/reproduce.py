"""Train the reference network from many seeds and say how the published table compares: `make results`.

    python solutions/reproduce.py                # train the seeds that are missing, then summarise
    python solutions/reproduce.py --summarise    # only take over finished runs and compute tables, figure, page and threshold again
    python solutions/reproduce.py --timing       # measure two seeds side by side against one after the other, then summarise
    python solutions/reproduce.py --check        # exit code 1 if a computed file is not what the measured runs give

An interrupted command goes on where it stopped: a seed that has all of its epochs is not trained again.
"""

import argparse
import csv
import io
import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import numpy as np

from mnist_cnn import COLUMNS, HERE, positive, published, save_history, seeds_from
from report import TEST_ACCURACY, calibrate, compare, curves, page

ROOT = HERE.parent
RESULTS = Path("solutions", "results")  # paths below the repository's root, so that a test can summarise a copy of it
CALIBRATION = Path("autograder", "checks", "calibration.json")
EPOCHS = 10
FEWEST_RUNS = 10  # of each kind, for a summary
ALL_THREADS = {"TF_ENABLE_ONEDNN_OPTS": "1"}
ONE_THREAD = ALL_THREADS | {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}
ARRANGEMENTS = {  # what --timing compares: how many seeds at a time, and in which environment
    "side by side with one thread each": (2, ONE_THREAD),
    "one after the other with one thread": (1, ONE_THREAD),
    "one after the other with all threads": (1, ALL_THREADS),
}


def train_seed(pixels: str, seed: int, folder: Path, epochs: int = EPOCHS, environment: dict = ONE_THREAD) -> list[dict]:
    """Train one seed in a process of its own, outputs in `folder`; returns a dict of COLUMNS an epoch. Raises RuntimeError if it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, HERE / "mnist_cnn.py", "--quiet", "--pixels", pixels, "--seeds", f"{seed},"]
    command += ["--epochs", str(epochs), "--output", folder]
    inherited = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    with (folder / "log.txt").open("w") as log:
        code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, env=inherited | environment).returncode
    if code:
        raise RuntimeError(f"training {pixels} seed {seed} ended with exit code {code}: see {folder / 'log.txt'}")
    return read_runs(folder / "histories.csv", epochs=epochs)[pixels, seed]


def train_missing(wanted: list[tuple[str, int]], work: Path, jobs: int) -> int:
    """Train those (pixels, seed) that have no complete run below the folder `work`, `jobs` at a time; returns how many it trained."""
    missing = [run for run in wanted if run not in finished(work)]
    print(f"{len(wanted) - len(missing)} of {len(wanted)} runs are there; {len(missing)} to train, {jobs} at a time", flush=True)
    start = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(train_seed, *run, work / run[0] / f"seed-{run[1]}"): run for run in missing}
        try:
            for number, future in enumerate(as_completed(futures), 1):
                accuracy, (pixels, seed) = future.result()[-1]["val_accuracy"], futures[future]
                left = (time.monotonic() - start) / number * (len(missing) - number) / 60
                print(f"{pixels} seed {seed}: test accuracy {accuracy:.4f}; about {left:.0f} minutes left", flush=True)
        finally:
            pool.shutdown(cancel_futures=True)
    return len(missing)


def measure_timing(folder: Path, repetitions: int = 3) -> list[dict]:
    """Rows of timing.csv: the seconds, process start included, that raw seeds 0 and 1 take for one epoch in each arrangement in turn."""
    rows = []
    for repetition in range(1, repetitions + 1):
        for arrangement, (jobs, environment) in ARRANGEMENTS.items():
            start = time.perf_counter()
            with ThreadPoolExecutor(jobs) as pool:
                futures = [pool.submit(train_seed, "raw", seed, folder / f"seed-{seed}", 1, environment) for seed in (0, 1)]
            row = {"arrangement": arrangement, "repetition": repetition, "seconds": f"{time.perf_counter() - start:.2f}"}
            rows.append(row | {f"loss_seed_{seed}": f"{future.result()[0]['loss']:.6f}" for seed, future in enumerate(futures)})
            print(f"{row['seconds']} s {arrangement}", flush=True)
    return rows


def environment() -> dict:
    """What the runs were made with."""
    cpuinfo = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")]
    packages = {package: version(package) for package in ["tensorflow", "keras", "numpy"]}
    return {"python": platform.python_version()} | packages | {"processor": (names or [platform.processor()])[0], "cores": os.cpu_count()}


def read_csv(path: Path) -> list[dict]:
    """The rows of a CSV file; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def csv_text(rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_runs(*paths: Path, epochs: int = EPOCHS) -> dict[tuple[str, int], list[dict]]:
    """The complete runs in CSV files of runs: `{("raw", 0): [{"loss": …}, …]}`, sorted; a later file's run replaces an earlier one's.

    Raises ValueError if a file is something else.
    """
    runs = {}
    for path in paths:
        found = {}
        try:
            for line in read_csv(path):
                epoch = {column: float(line[column]) for column in COLUMNS}
                found.setdefault((line["pixels"], int(line["seed"])), {})[int(line["epoch"])] = epoch
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a CSV file of runs with the columns pixels, seed, epoch, {', '.join(COLUMNS)}") from error
        runs |= {run: [rows[e] for e in sorted(rows)] for run, rows in found.items() if sorted(rows) == list(range(1, epochs + 1))}
    return dict(sorted(runs.items()))


def finished(work: Path) -> dict[tuple[str, int], list[dict]]:
    """The complete runs below the folder `work`."""
    return read_runs(*(path for pixels in ["raw", "scaled"] for path in sorted((work / pixels).rglob("histories.csv"))))


def derive(root: Path) -> dict[Path, str]:
    """The text of every computed file, by its path: a function of histories.csv, timing.csv, capstone.csv, environment.json and the template.

    Raises ValueError if there are fewer than FEWEST_RUNS complete runs of a kind.
    """
    results, columns = root / RESULTS, lambda rows: [[row[column] for column in COLUMNS] for row in rows]
    measured = read_runs(results / "histories.csv")
    runs = {pixels: np.array([columns(rows) for (kind, _), rows in measured.items() if kind == pixels]) for pixels in ["raw", "scaled"]}
    for pixels, values in runs.items():
        if len(values) < FEWEST_RUNS:
            raise ValueError(f"{RESULTS / 'histories.csv'} has {len(values)} complete {pixels} runs; a summary needs {FEWEST_RUNS}")
    table = np.array(columns(published()))
    calibration = calibrate({pixels: values[:, -1, TEST_ACCURACY] for pixels, values in runs.items()})
    template = (results / "README.template.md").read_text()
    made_with = json.loads((results / "environment.json").read_text())
    return {
        RESULTS / "comparison.csv": csv_text(compare(runs["raw"], table)),
        RESULTS / "curves.svg": curves(runs["raw"], runs["scaled"], table),
        RESULTS / "README.md": page(
            template,
            runs["raw"],
            runs["scaled"],
            table,
            calibration,
            read_csv(results / "timing.csv"),
            read_csv(results / "capstone.csv"),
            made_with,
        ),
        CALIBRATION: json.dumps(calibration, indent=1) + "\n",
    }


def stale(root: Path) -> list[Path]:
    """The computed files that are missing or are not what the measured runs give."""
    return [path for path, text in derive(root).items() if not (root / path).exists() or (root / path).read_text() != text]


def summarise(root: Path, work: Path) -> None:
    """Take the complete runs below `work` into histories.csv and write the computed files."""
    for (pixels, seed), rows in finished(work).items():
        save_history(root / RESULTS / "histories.csv", pixels, seed, rows)
    for path, text in derive(root).items():
        (root / path).write_text(text)
        print(f"wrote {path}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the reference network from many seeds; compare the runs with the published table.")
    parser.add_argument("--raw", type=seeds_from, default="20", metavar="N", help="how many seeds on raw pixels, or which (20)")
    parser.add_argument("--scaled", type=seeds_from, default="10", metavar="N", help="how many seeds on scaled pixels, or which (10)")
    parser.add_argument("--jobs", type=positive, default=2, metavar="N", help="how many seeds to train at a time, one thread each (2)")
    work = ROOT / "build" / "reproduction"
    parser.add_argument("--work", type=Path, default=work, metavar="DIR", help="where runs are kept (build/reproduction)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--summarise", action="store_true", help="train nothing")
    mode.add_argument("--timing", action="store_true", help="time two seeds side by side; the machine must have nothing else to do")
    mode.add_argument("--check", action="store_true", help="write nothing; say which computed files are not what the runs give")
    options = parser.parse_args(arguments)
    results = ROOT / RESULTS
    try:
        if options.check:
            for path in (wrong := stale(ROOT)):
                print(f"{path} is not what the measured runs give: run `make results`", file=sys.stderr)
            sys.exit(1 if wrong else 0)
        trained = 0
        if options.timing:
            (results / "timing.csv").write_text(csv_text(measure_timing(options.work / "timing")))
        elif not options.summarise:
            wanted = [(pixels, seed) for pixels in ["raw", "scaled"] for seed in getattr(options, pixels)]
            trained = train_missing(wanted, options.work, options.jobs)
        if trained or not (results / "environment.json").exists():
            (results / "environment.json").write_text(json.dumps(environment(), indent=1) + "\n")
        summarise(ROOT, options.work)
    except (OSError, RuntimeError, ValueError) as error:
        parser.exit(2, f"reproduce.py: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "interrupted; the same command goes on where it stopped\n")


if __name__ == "__main__":
    main()
