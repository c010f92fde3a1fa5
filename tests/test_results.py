"""The measured runs: complete, summarised by the files beside them, and good enough for the threshold of lesson 9.

Each gate is a function of files or numbers, and is held against a planted fault as well.
"""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "solutions"))

import report
import reproduce
from mnist_cnn import COLUMNS, published, save_history

HISTORIES, TIMING = reproduce.RESULTS / "histories.csv", reproduce.RESULTS / "timing.csv"
ONE_IN_A_THOUSAND = {10: 4.297, 20: 3.579}  # Student's t for n runs, from printed tables: exceeded with a chance of 0.001
TABLE = np.array([[row[column] for column in COLUMNS] for row in published()])


# The gates


def gaps(histories: Path, fewest: int = 10, epochs: int = 10) -> list[str]:
    """What is missing or impossible in a file of runs, as sentences."""
    runs, found = {}, []
    for line in reproduce.read_csv(histories):
        runs.setdefault(line["pixels"], {}).setdefault(int(line["seed"]), []).append(line)
    for pixels in ["raw", "scaled"]:
        seeds = runs.pop(pixels, {})
        if len(seeds) < fewest:
            found.append(f"{len(seeds)} {pixels} runs, not {fewest}")
        if sorted(seeds) != list(range(len(seeds))):
            found.append(f"{pixels} seeds are not 0, 1, 2, …")
        for seed, lines in seeds.items():
            if [int(line["epoch"]) for line in lines] != list(range(1, epochs + 1)):
                found.append(f"{pixels} seed {seed} does not have epochs 1 to {epochs}")
            if not all(0 < float(line[column]) < 1 for line in lines for column in COLUMNS):
                found.append(f"{pixels} seed {seed} has an impossible value")
    return found + [f"unknown pixels {pixels}" for pixels in runs]


def final_accuracies(histories: Path, pixels: str) -> np.ndarray:
    """Test accuracies after the last epoch, a number a run."""
    return np.array([rows[-1]["val_accuracy"] for (kind, _), rows in reproduce.read_runs(histories).items() if kind == pixels])


def plausible(raw: np.ndarray) -> bool:
    """Whether raw runs end where the published one does: at a mean test accuracy from 98.0 to 98.5 %."""
    return 0.980 <= raw.mean() <= 0.985


def rule_holds(threshold: float, runs: list[np.ndarray]) -> bool:
    """Whether an honest run falls below the threshold with a chance under 1 in 1,000, whichever of the kinds of runs it is."""
    for values in runs:
        n = max(size for size in ONE_IN_A_THOUSAND if size <= len(values))  # fewer runs than measured: the stricter side
        if threshold >= values.mean() - ONE_IN_A_THOUSAND[n] * values.std(ddof=1) * (1 + 1 / len(values)) ** 0.5:
            return False
    return True


# The repository passes them


@pytest.fixture
def copy(tmp_path):
    """A copy of the results, and of nothing else, to tamper with."""
    shutil.copytree(ROOT / reproduce.RESULTS, tmp_path / reproduce.RESULTS)
    (tmp_path / reproduce.CALIBRATION).parent.mkdir(parents=True)
    shutil.copy(ROOT / reproduce.CALIBRATION, tmp_path / reproduce.CALIBRATION)
    return tmp_path


def test_the_runs_are_complete():
    assert gaps(ROOT / HISTORIES) == []


def test_every_computed_file_is_what_the_runs_give():
    assert reproduce.stale(ROOT) == []


def test_raw_runs_end_where_the_published_run_ends():
    assert plausible(final_accuracies(ROOT / HISTORIES, "raw"))


def test_honest_runs_pass_the_threshold():
    calibration = json.loads((ROOT / reproduce.CALIBRATION).read_text())
    assert rule_holds(calibration["threshold"], [final_accuracies(ROOT / HISTORIES, pixels) for pixels in ("raw", "scaled")])
    assert max(calibration[pixels]["chance_below"] for pixels in ("raw", "scaled")) < 0.001


def test_the_published_table_is_one_of_the_raw_runs_and_none_of_the_scaled_ones():
    runs = reproduce.read_runs(ROOT / HISTORIES)
    raw, scaled = (
        np.array([[list(row.values()) for row in rows] for (kind, _), rows in runs.items() if kind == p]) for p in ("raw", "scaled")
    )
    table, *own = report.misses(raw, TABLE)
    assert table <= max(own)  # no further out than one of our own runs is
    assert report.outside(TABLE, scaled).mean() > 0.9


def test_two_seeds_were_timed_three_times_in_each_arrangement():
    rows = reproduce.read_csv(ROOT / TIMING)
    measured = sorted((row["arrangement"], int(row["repetition"])) for row in rows)
    assert measured == sorted((arrangement, repetition) for arrangement in reproduce.ARRANGEMENTS for repetition in (1, 2, 3))
    assert all(float(row["seconds"]) > 0 for row in rows)


# And they fail when they should


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("pattern", "replacement", "sentence"),
    [
        ("raw,3,", "raw,99,", "raw seeds are not 0, 1, 2"),
        ("raw,3,7,", "raw,3,6,", "raw seed 3 does not have epochs 1 to 10"),
        ("scaled,0,10,0.", "scaled,0,10,1.", "scaled seed 0 has an impossible value"),
        ("raw,3,10,", "half,3,10,", "unknown pixels half"),
    ],
)
def test_a_tampered_history_is_noticed(copy, pattern, replacement, sentence):
    edit(copy / HISTORIES, pattern, replacement)
    assert sentence in "; ".join(gaps(copy / HISTORIES))


def test_too_few_runs_are_noticed(copy):
    lines = (copy / HISTORIES).read_text().splitlines(keepends=True)
    (copy / HISTORIES).write_text("".join(line for line in lines if not line.startswith("scaled") or int(line.split(",")[1]) < 9))
    assert gaps(copy / HISTORIES) == ["9 scaled runs, not 10"]
    with pytest.raises(ValueError, match="has 9 complete scaled runs; a summary needs 10"):
        reproduce.derive(copy)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (reproduce.RESULTS / "comparison.csv", "1,loss,0.5375", "1,loss,0.5376"),
        (reproduce.RESULTS / "README.md", "0.9808", "0.9809"),
        (reproduce.RESULTS / "curves.svg", "published table", "published"),
        (reproduce.CALIBRATION, '"threshold": 0.97', '"threshold": 0.96'),
    ],
)
def test_a_tampered_file_is_noticed(copy, path, old, new):
    edit(copy / path, old, new)
    assert reproduce.stale(copy) == [path]


def test_a_missing_file_is_noticed(copy):
    (copy / reproduce.RESULTS / "comparison.csv").unlink()
    assert reproduce.stale(copy) == [reproduce.RESULTS / "comparison.csv"]


def test_a_number_changed_in_one_run_reaches_every_file(copy):
    rows = reproduce.read_runs(copy / HISTORIES)["raw", 0]
    rows[-1]["val_accuracy"] = 0.99
    save_history(copy / HISTORIES, "raw", 0, rows)
    assert len(reproduce.stale(copy)) == 4


def test_check_names_the_stale_file_and_exits_with_1(copy, monkeypatch, capsys):
    monkeypatch.setattr(reproduce, "ROOT", copy)
    with pytest.raises(SystemExit) as stop:
        reproduce.main(["--check"])
    assert stop.value.code == 0
    edit(copy / reproduce.CALIBRATION, "0.97", "0.96")
    with pytest.raises(SystemExit) as stop:
        reproduce.main(["--check"])
    assert stop.value.code == 1
    assert str(reproduce.CALIBRATION) in capsys.readouterr().err


def test_scaled_runs_called_raw_are_noticed():
    assert not plausible(final_accuracies(ROOT / HISTORIES, "scaled"))


def test_a_threshold_too_high_is_noticed():
    raw, scaled = (final_accuracies(ROOT / HISTORIES, pixels) for pixels in ("raw", "scaled"))
    assert not rule_holds(0.980, [raw, scaled])
    assert not rule_holds(0.980, [scaled, raw])
    wider = raw.mean() + 5 * (raw - raw.mean())
    assert not rule_holds(0.975, [wider, scaled])


# The threshold is computed as the page says


def accuracies(mean: float, sd: float, n: int) -> np.ndarray:
    """n numbers with exactly this mean and standard deviation."""
    values = np.linspace(-1, 1, n)
    return mean + sd * values / values.std(ddof=1)


def test_the_wanted_threshold_stays_if_the_runs_support_it():
    calibration = report.calibrate({"raw": accuracies(0.981, 0.001, 20), "scaled": accuracies(0.988, 0.001, 10)})
    assert calibration["threshold"] == 0.975
    assert calibration["highest_supported"] == pytest.approx(0.981 - 3.579 * 0.001 * (21 / 20) ** 0.5, abs=1e-5)


@pytest.mark.parametrize(("raw", "scaled"), [((0.981, 0.0018), (0.988, 0.001)), ((0.988, 0.001), (0.981, 0.0018))])
def test_otherwise_it_is_the_highest_multiple_of_0_0005_for_the_worse_kind(raw, scaled):
    runs = {"raw": accuracies(*raw, 20), "scaled": accuracies(*scaled, 20)}
    calibration = report.calibrate(runs)
    assert calibration["threshold"] == 0.974
    assert rule_holds(0.974, list(runs.values()))
    assert not rule_holds(0.9745, list(runs.values()))
    assert max(calibration[pixels]["chance_below"] for pixels in runs) < 0.001


def test_the_chance_is_that_of_one_more_run_from_the_same_distribution():
    rng = np.random.default_rng(1)
    n, draws = 10, rng.normal(size=(200_000, 11))
    measured, following = draws[:, :n], draws[:, n]
    calibration = report.calibrate({"raw": accuracies(0.98, 0.001, n)}, wanted=0.978, largest_chance=0.5)
    below = following < measured.mean(axis=1) - 2 * measured.std(axis=1, ddof=1)  # 0.978 is two standard deviations below the mean
    assert calibration["raw"]["chance_below"] == pytest.approx(below.mean(), abs=0.002)


# The comparison counts as the page says


def test_a_value_is_inside_if_it_would_be_printed_as_one_of_the_spread():
    runs = np.array([0.10004, 0.20004]).reshape(2, 1, 1)
    inside = [not report.outside(np.array([[value]]), runs).any() for value in (0.0999, 0.1, 0.15, 0.2, 0.2001)]
    assert inside == [False, True, True, True, False]


def test_one_more_run_of_the_same_kind_misses_as_often_as_the_page_expects():
    tables = np.random.default_rng(2).random((21, 100, 40))
    assert report.misses(tables[1:], tables[0]).mean() / 4000 == pytest.approx(2 / 21, rel=0.1)


def test_the_page_names_the_cells_outside():
    cells = np.zeros((10, 4), bool)
    assert report.listed(cells) == "none"
    cells[0, 0] = cells[8, 2] = True
    assert report.listed(cells) == "epoch 1 training loss, epoch 9 test loss"


def test_chances_are_given_to_two_figures_and_no_further_than_anyone_knows():
    assert report.one_in(0.000775) == "1 in 1,300"
    assert report.one_in(3.7e-7) == "less than 1 in 100,000"


def test_the_figure_follows_the_reader_s_theme_and_carries_no_date():
    svg = (ROOT / reproduce.RESULTS / "curves.svg").read_text()
    assert "prefers-color-scheme:dark" in svg
    assert "currentColor" in svg
    assert "dc:date" not in svg
    assert len(svg) < 150_000


def test_a_page_without_a_timing_says_so(copy):
    (copy / TIMING).unlink(missing_ok=True)
    assert "Not measured yet" in reproduce.derive(copy)[reproduce.RESULTS / "README.md"]


# Runs are resumed, and taken over only when complete


def run_of(value: float, epochs: int = 10) -> list[dict]:
    return [dict.fromkeys(COLUMNS, value)] * epochs


def test_only_complete_runs_count_and_a_later_file_wins(tmp_path):
    first, second = tmp_path / "raw" / "histories.csv", tmp_path / "raw" / "seed-0" / "histories.csv"
    second.parent.mkdir(parents=True)
    save_history(first, "raw", 0, run_of(0.1))
    save_history(first, "raw", 1, run_of(0.1, epochs=9))
    save_history(second, "raw", 0, run_of(0.2))
    assert reproduce.finished(tmp_path) == {("raw", 0): run_of(0.2)}


def test_a_file_that_is_no_history_is_named(tmp_path):
    (tmp_path / "histories.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"histories\.csv is not a CSV file of runs with the columns pixels, seed, epoch"):
        reproduce.read_runs(tmp_path / "histories.csv")


def test_only_missing_seeds_are_trained(tmp_path, monkeypatch, capsys):
    (tmp_path / "raw").mkdir()
    save_history(tmp_path / "raw" / "histories.csv", "raw", 0, run_of(0.1))
    trained = []
    monkeypatch.setattr(reproduce, "train_seed", lambda *run: trained.append(run) or run_of(0.5))
    wanted = [("raw", 0), ("raw", 1), ("scaled", 0)]
    assert reproduce.train_missing(wanted, tmp_path, jobs=2) == 2
    assert sorted(trained) == [("raw", 1, tmp_path / "raw" / "seed-1"), ("scaled", 0, tmp_path / "scaled" / "seed-0")]
    assert capsys.readouterr().out.startswith("1 of 3 runs are there; 2 to train, 2 at a time\n")


def test_a_seed_is_trained_by_the_reference_program_with_one_thread(tmp_path, monkeypatch):
    def program(command, stdout, stderr, env):
        assert [str(part) for part in command[1:]] == [
            *[str(ROOT / "solutions" / "mnist_cnn.py"), "--quiet", "--pixels", "scaled", "--seeds", "7,", "--epochs", "10"],
            *["--output", str(tmp_path)],
        ]
        assert env["TF_NUM_INTRAOP_THREADS"] == env["TF_NUM_INTEROP_THREADS"] == env["OMP_NUM_THREADS"] == "1"
        save_history(tmp_path / "histories.csv", "scaled", 7, run_of(0.3))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(reproduce.subprocess, "run", program)
    assert reproduce.train_seed("scaled", 7, tmp_path) == run_of(0.3)


def test_a_failed_training_says_where_its_log_is(tmp_path, monkeypatch):
    monkeypatch.setattr(reproduce.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 3))
    with pytest.raises(RuntimeError, match=r"training raw seed 0 ended with exit code 3: see .*log\.txt"):
        reproduce.train_missing([("raw", 0), ("raw", 1)], tmp_path, jobs=1)


def test_timing_takes_the_arrangements_in_turn(tmp_path, monkeypatch):
    monkeypatch.setattr(reproduce, "train_seed", lambda pixels, seed, *_: [{"loss": seed + 0.5}])
    rows = reproduce.measure_timing(tmp_path, repetitions=2)
    assert [row["arrangement"] for row in rows] == [*reproduce.ARRANGEMENTS] * 2
    assert (rows[0]["loss_seed_0"], rows[0]["loss_seed_1"]) == ("0.500000", "1.500000")
    assert list(csv.DictReader(reproduce.csv_text(rows).splitlines()))[-1]["repetition"] == "2"
