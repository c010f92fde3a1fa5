"""The one canonical form of a lesson notebook, so that a diff shows what an author changed: `python tools/canonical.py [--check]`."""

import json
import sys
from pathlib import Path

LESSONS = Path(__file__).resolve().parents[1] / "lessons"
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
CELL_METADATA = {"alt", "bonus", "nbgrader", "tags"}


def canonical(notebook: dict) -> str:
    """The text of a notebook file: no outputs, no execution counts, no metadata but what the course uses, keys sorted, ids that are grade ids."""
    cells = [_cell(cell) for cell in notebook["cells"]]
    form = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(form, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell(cell: dict) -> dict:
    text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    metadata = {key: value for key, value in cell["metadata"].items() if key in CELL_METADATA}
    grade_id = metadata.get("nbgrader", {}).get("grade_id")
    form = {
        "cell_type": cell["cell_type"],
        "id": grade_id or cell["id"],
        "metadata": metadata,
        "source": [line + "\n" for line in lines[:-1]] + lines[-1:],
    }
    if cell["cell_type"] == "code":
        form |= {"execution_count": None, "outputs": []}
    return form


def main() -> None:
    unformatted = []
    for path in sorted(LESSONS.glob("*/*.ipynb")):
        text = path.read_text(encoding="utf-8")
        form = canonical(json.loads(text))
        if form != text:
            unformatted.append(path)
            if "--check" not in sys.argv:
                path.write_text(form, encoding="utf-8")
    for path in unformatted:
        print(
            f"{path.relative_to(LESSONS.parent)}: {'not in canonical form; `make format` mends it' if '--check' in sys.argv else 'put in canonical form'}"
        )
    if unformatted and "--check" in sys.argv:
        sys.exit(1)


if __name__ == "__main__":
    main()
