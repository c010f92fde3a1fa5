"""Write the table of seeds in lesson 09 again, from the measured runs: `python tools/spread.py`, after `make results`."""

import csv
import json
from pathlib import Path

from canonical import canonical

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "lessons" / "09-training" / "09-training.ipynb"
HISTORIES = ROOT / "solutions" / "results" / "histories.csv"


def spread_table(runs: list[dict]) -> str:
    """How far apart the runs on the same pixels lie, largest less smallest, as a table in Markdown; `runs` are the lines of histories.csv."""
    groups = [(epoch, pixels) for epoch in ("1", "10") for pixels in ("raw", "scaled")]
    head = ["largest − smallest", *(f"epoch {epoch}, {pixels}" for epoch, pixels in groups)]
    rows = [head, ["---"] + ["---:"] * len(groups)]
    for column in ["loss", "accuracy", "val_loss", "val_accuracy"]:
        values = [[float(run[column]) for run in runs if (run["epoch"], run["pixels"]) == group] for group in groups]
        rows.append([f"`{column}`", *(f"{max(group) - min(group):.4f}" for group in values)])
    return "\n".join(f"|{'|'.join(row)}|" if row[0] == "---" else f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    with HISTORIES.open(newline="") as file:
        table = spread_table(list(csv.DictReader(file)))
    notebook = json.loads(LESSON.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "spread-of-seeds")
    cell["source"] = table
    LESSON.write_text(canonical(notebook), encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
