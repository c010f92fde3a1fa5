"""A submission runs in a kernel of its own; whatever happens there, the rest of it is graded."""

import os
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder import kernel
from autograder.kernel import Unsandboxed
from autograder.lessons import Lesson
from autograder.record import Record
from autograder.sandboxed import Sandboxed
from autograder.submission import grade_notebook
from autograder.zygote import Zygote

CHECKS = """
import numpy as np
from autograder.checking import exercise, expect

@exercise("double")
def test_double(student, rng):
    x = rng.normal(size=3)
    expect(student.double(x), 2 * x, "double(x)")

@exercise("half")
def test_half(student):
    expect(student.half(4), 2, "half(4)")
"""


class Example(Lesson):
    @property
    def checks_file(self) -> Path:
        return self.path.with_name("test_example.py")


def cell(name, source, grade=False, solution=False, points=None, markdown=False):
    make = nbformat.v4.new_markdown_cell if markdown else nbformat.v4.new_code_cell
    meta = {"grade": grade, "grade_id": name, "locked": not solution, "schema_version": 3, "solution": solution, "task": False}
    return make(source, id=name, metadata={"nbgrader": meta | ({"points": points} if points else {})})


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as started:
        yield started


@pytest.fixture(params=[Unsandboxed, Sandboxed])
def grade(tmp_path, request):
    if request.param is Sandboxed:
        place = Sandboxed(request.getfixturevalue("zygote"), "99-example", {})
    else:
        place = Unsandboxed(tmp_path)

    def graded(double="def double(x): return 2 * x", half="def half(x): return x / 2", before="", seed=None):
        cells = [
            cell("setup", "import sys, warnings"),
            nbformat.v4.new_code_cell(before),
            cell("double", double, solution=True),
            cell("double_check", 'check("double")', grade=True, points=3),
            cell("half", half, solution=True),
            cell("half_check", 'check("half")', grade=True, points=2),
            cell("reflection", "Because.", grade=True, solution=True, points=1, markdown=True),
        ]
        notebook = nbformat.v4.new_notebook(cells=cells)
        path = tmp_path / "example.ipynb"
        nbformat.write(notebook, path)
        (tmp_path / "test_example.py").write_text(CHECKS)
        return grade_notebook(notebook, Example("99-example", path), place, "ada", f"sha256:{0:064}", [], seed)

    return graded


def statuses(graded):
    return {check.id: check.status for check in graded.record.checks}


def test_right_answers_earn_their_points_and_the_record_says_so(grade):
    record = grade(seed=7).record
    assert [(c.id, c.points, c.max_points, c.status) for c in record.checks] == [
        ("double", 3, 3, "passed"),
        ("half", 2, 2, "passed"),
        ("reflection", 0, 1, "manual"),
    ]
    assert (record.lesson, record.student, record.points, record.max_points, record.seed, record.flags) == (
        "99-example",
        "ada",
        5,
        6,
        7,
        [],
    )
    assert Record.model_validate_json(record.to_json()) == record


def test_fresh_seeds_are_drawn(grade):
    assert grade().record.seed != grade().record.seed


def test_warnings_and_prints_cost_no_marks(grade):
    noisy = "def double(x):\n    warnings.warn('careful'); print('hello'); print('oh', file=sys.stderr)\n    return 2 * x"
    graded = grade(double=noisy, before="import warnings, sys; warnings.warn('hm'); print('noise', file=sys.stderr)")
    assert graded.record.points == 5
    outputs = next(c for c in graded.notebook.cells if c.id == "double_check").outputs
    assert [output.output_type for output in outputs] == ["display_data", "execute_result"]
    assert outputs[1].data["text/plain"] == "3"


def test_failing_cells_do_not_stop_the_rest(grade):
    assert grade(before="1 / 0").record.points == 5
    graded = grade(double="def double(x: return")
    assert statuses(graded) == {"double": "error", "half": "passed", "reflection": "manual"}
    assert "The cell of double stopped with SyntaxError" in graded.record.checks[0].message


def test_diagnosis_stands_below_the_check(grade):
    graded = grade(double="def double(x): return x")
    check = next(c for c in graded.notebook.cells if c.id == "double_check")
    assert "3 of 3 values differ" in check.outputs[0].data["text/plain"]
    assert check.outputs[1].data["text/plain"] == "0"


def test_dead_kernel_is_replaced_and_knows_what_it_knew(grade):
    graded = grade(before="known = 2", double="import os\ndef double(x): os._exit(1)", half="def half(x): return x / known")
    assert statuses(graded) == {"double": "error", "half": "passed", "reflection": "manual"}
    assert "ended Python itself" in graded.record.checks[0].message


def test_cell_that_ends_the_kernel_is_flagged(grade):
    graded = grade(double="import os; os._exit(1)")
    assert statuses(graded) == {"double": "error", "half": "passed", "reflection": "manual"}
    assert graded.record.flags == ["cell 'double' ended the kernel"]


def test_endless_loops_run_out_of_time(grade, monkeypatch):
    monkeypatch.setattr(kernel, "CALL_SECONDS", 2)
    monkeypatch.setattr(kernel, "CELL_SECONDS", 3)
    graded = grade(double="def double(x):\n    while True: pass", half="while True: pass")
    assert statuses(graded) == {"double": "timeout", "half": "error", "reflection": "manual"}
    assert "No answer after 2 seconds" in graded.record.checks[0].message
    assert graded.record.flags == ["cell 'half' was stopped after 3 seconds"]


def test_cell_that_shrugs_off_the_interrupt_loses_its_kernel(grade, monkeypatch):
    monkeypatch.setattr(kernel, "CELL_SECONDS", 3)
    monkeypatch.setattr(kernel, "GRACE_SECONDS", 1)
    stubborn = "import time\nwhile True:\n    try: time.sleep(1)\n    except BaseException: pass"
    graded = grade(double=stubborn)
    assert statuses(graded) == {"double": "error", "half": "passed", "reflection": "manual"}
    assert graded.record.flags == ["cell 'double' was stopped after 3 seconds"]


def test_cell_that_ends_the_kernel_only_when_run_again_is_left_out(grade):
    twice = "from pathlib import Path\nimport os\nflag = Path('flag')\nif flag.exists(): os._exit(1)\nflag.touch()"
    graded = grade(before=twice, double="import os; os._exit(3)")
    assert statuses(graded) == {"double": "error", "half": "passed", "reflection": "manual"}


def test_student_code_cannot_reach_the_assertions(grade):
    forging = "import numpy, pytest, autograder.checking as c, autograder.record as r\nc.expect = lambda *a, **k: None\nnumpy.allclose = numpy.array_equal = lambda *a, **k: True"
    assert statuses(grade(before=forging, double="def double(x): return x"))["double"] == "failed"


def test_notebook_knows_that_it_is_being_graded(grade):
    graded = grade(
        before="from autograder import is_grading, check; assert is_grading() and check('double') is None; graded = 1",
        half="def half(x): return 2 * graded",
    )
    assert graded.record.points == 5


@pytest.mark.parametrize("grade", [Unsandboxed], indirect=True)
@pytest.mark.parametrize("double", ["def double(x): return 2 * x", "import os; os._exit(1)"])
def test_no_kernel_is_left(grade, double, tmp_path):
    tell = f"import os; open({str(tmp_path / 'pids')!r}, 'a').write(str(os.getpid()) + '\\n')"
    grade(before=tell, double=double)
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("grade", [Sandboxed], indirect=True)
@pytest.mark.parametrize("double", ["def double(x): return 2 * x", "import os; os._exit(1)"])
def test_no_process_of_the_students_is_left(grade, double):
    marker = f"sleep(600)  # {os.getpid()}"
    stay = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.{marker}'], start_new_session=True)"
    assert statuses(grade(half=f"{stay}\ndef half(x): return x / 2", double=double))["half"] == "passed"
    assert not [process for process in psutil.process_iter(["cmdline"]) if marker in " ".join(process.info["cmdline"] or [])]
