"""What docs/grading.md says of limits, fields and statuses is what the code does."""

import re
from pathlib import Path
from typing import get_args

from autograder import kernel, record, sandbox, zygote

PAGE = Path(__file__).parents[1] / "docs" / "grading.md"
ROWS = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
MEGABYTE, GIGABYTE = 2**20, 2**30


def test_limits_are_those_of_the_code():
    limits = {
        "one cell": f"{kernel.CELL_SECONDS} seconds",
        "one call of a student's function": f"{kernel.CALL_SECONDS} seconds",
        "a whole notebook": f"{kernel.SUBMISSION_SECONDS / 60:g} minutes",
        "memory of one process": f"{zygote.LIMITS['DATA'] / GIGABYTE:g} GB",
        "memory of all processes together": f"{sandbox.MEMORY / GIGABYTE:g} GB",
        "processes and threads": f"{zygote.LIMITS['NPROC']}",
        "one file": f"{zygote.LIMITS['FSIZE'] / MEGABYTE:g} MB",
        "output of a cell that is kept": f"{kernel.KEPT_OUTPUT / MEGABYTE:g} MB",
        "output of a cell after which it is stopped": f"{kernel.OUTPUT / MEGABYTE:g} MB",
    }
    assert {what: ROWS.get(what) for what in limits} == limits


def test_fields_and_statuses_are_those_of_the_record():
    described = set(re.findall(r"`(\w+)`", " ".join(ROWS)))
    assert described == record.Record.model_fields.keys() - {"schema_"}
    assert set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8").split("A status is")[1].split("\n\n")[0])) == set(
        get_args(record.Status)
    )
