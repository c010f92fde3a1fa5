"""The attack bank in tests/attacks: how a hostile, broken or unlucky submission is written, handed in, graded and judged.

In every source and file of an attack, `@FOLDER@` is a folder of the grader's machine that anyone there may read, `@PORT@` a port of it on which
someone listens, and `@PID@` the grader's process. In the folder lies what must not be read: a class's files, each with the secret in it.
"""

import contextlib
import dataclasses
import gc
import importlib.util
import io
import json
import os
import secrets
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil

from autograder import kernel, lessons
from autograder.lessons import Lesson, find_lesson
from autograder.record import Record
from autograder.submission import Graded, Submission, grade_submission

ATTACKS = Path(__file__).with_name("attacks")
SECONDS = 90  # that any submission may take, however it tries to hang the grader
BUSY_SECONDS = 20  # of them that the grader itself may compute
MEMORY = 1_000  # MB by which it may grow meanwhile; a message of the largest size that is read takes half of that

SETUP = "import numpy as np"
RIGHT_DOUBLE = "def double(x):\n    return 2 * x"
RIGHT_HALF = "def half(x):\n    return x / 2"
WRONG_DOUBLE = "def double(x):\n    return x + 1"
WRONG_HALF = "def half(x):\n    return x - 1"
FULL = {"double": 3.0, "half": 2.0}
NOTHING = {"double": 0.0, "half": 0.0}

# For attacks that steal: what they found is printed behind a word that no source and no traceback contains in one piece.
TELL = 'def stolen(what):\n    print("STOLEN" + ":", repr(what)[:2000])\n'
STOLEN = ("STOLEN:",)

CHECKS = """
from autograder.checking import exercise, expect, keeps_arguments

double = exercise("double")
half = exercise("half")

@double
def test_double_of_a_list_of_numbers(student, rng):
    x = rng.normal(size=rng.integers(3, 6))
    expect(student.double(x), 2 * x, "double(x)")

@double
def test_double_of_an_image(student, rng):
    x = rng.normal(size=(2, 3))
    expect(student.double(x), 2 * x, "double(x)")

@half
def test_half(student, rng):
    x = rng.normal(size=(3, 2))
    expect(student.half(x), x / 2, "half(x)")
    keeps_arguments(student, "half", x)
"""


@dataclass(frozen=True)
class Attack:
    """One hostile, broken or unlucky submission, and what it deserves."""

    name: str  # what it does: "numpy.testing is patched"
    deserves: Mapping[str, float]  # points by exercise; those of a real lesson that are not named deserve all of theirs
    double: str = RIGHT_DOUBLE
    half: str = RIGHT_HALF
    own: str = ""  # a cell of the student's own before the answers
    last: str = ""  # and one at the end
    notebook: Callable[[dict], dict | bytes] | None = None  # what they did to the notebook's JSON; bytes: the file as handed in
    files: Mapping[str, bytes] = field(default_factory=dict)  # handed in beside it
    says: tuple[str, ...] = ()  # each must be somewhere in the messages or flags of the record
    never_says: tuple[str, ...] = ()  # none may be anywhere in the record or in what the notebook shows
    lesson: str = "target"  # or a real one, or one of PARTS: then `answers` by exercise replace the course's own
    answers: Mapping[str, str] = field(default_factory=dict)
    after: Callable[["World"], None] | None = None  # further assertions
    hangs: bool = False  # it runs into the deadlines, which are a few seconds then
    student: str = "mallory"

    def __str__(self) -> str:
        return self.name


@dataclass
class World:
    """What an attack can do damage to, and what came of it."""

    folder: Path
    secret: str
    connections: socket.socket  # someone who listens
    watch: "Watch"
    record: Record | None = None
    notebook: nbformat.NotebookNode | None = None

    @property
    def port(self) -> int:
        return self.connections.getsockname()[1]

    def fill_in(self, text: str) -> str:
        return text.replace("@FOLDER@", str(self.folder)).replace("@PORT@", str(self.port)).replace("@PID@", str(os.getpid()))

    def shown(self) -> str:
        """Everything that a person gets to see of the result, one text under the other; the student's own sources are not among it."""
        cells = [{key: value for key, value in cell.items() if key != "source"} for cell in self.notebook.cells]
        return "\n".join(_texts([self.record.model_dump(), self.notebook.metadata, cells]))

    def said(self) -> str:
        """The messages and flags of the record."""
        return "\n".join([*self.record.flags, *(check.message for check in self.record.checks)])

    def checks(self) -> list[nbformat.NotebookNode]:
        """The check cells of the notebook."""
        graded = [cell for cell in self.notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        return [cell for cell in graded if cell.cell_type == "code"]

    def state(self) -> dict[str, bytes | None]:
        """All that is in the folder."""
        return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(self.folder.rglob("*"))}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def ran(world: World) -> None:
    """The cells of their own came to their ends: an attack that stumbles over its own code proves nothing."""
    own = [cell for cell in world.notebook.cells if cell.id.startswith("own-") and cell.cell_type == "code"]
    errors = [output for cell in own for output in cell.outputs if output.output_type == "error"]
    assert own and not errors, f"the attack did not get to its end: {[(error.ename, error.evalue) for error in errors]}"
    assert not (stopped := [flag for flag in world.record.flags if "cell 'own-" in flag]), f"the attack did not get to its end: {stopped}"


# --- the lesson that most attacks answer ---


class Target(Lesson):
    @property
    def checks_file(self) -> Path:
        return self.path.with_name("test_target.py")


def _cell(name: str, source: str, **meta: Any) -> nbformat.NotebookNode:
    make = nbformat.v4.new_markdown_cell if name.startswith("reflection") else nbformat.v4.new_code_cell
    known = {"grade": False, "grade_id": name, "locked": True, "schema_version": 3, "solution": False, "task": False} | meta
    return make(source, id=name, metadata={"nbgrader": known} if meta else {})


def target(folder: Path) -> Target:
    """A lesson of two exercises, written into `folder`: `double` is worth 3 points, `half` 2, and a person grades a sentence with 1."""
    solution = {"solution": True, "locked": False}
    cells = [
        _cell("setup", SETUP, locked=True),
        _cell("double", RIGHT_DOUBLE, **solution),
        _cell("double_check", 'check("double")', grade=True, points=3),
        _cell("half", RIGHT_HALF, **solution),
        _cell("half_check", 'check("half")', grade=True, points=2),
        _cell("reflection", "Because.", grade=True, points=1, **solution),
    ]
    path = folder / "target.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    path.with_name("test_target.py").write_text(CHECKS)
    return Target("target", path)


# Of real lessons only the exercises that attacks are about, for those are graded in a second: name, lesson, exercises.
PARTS = {"a-network": ("08-network", ["build_model", "compile_model"]), "a-saved-model": ("09-training", ["saved_model"])}


class Part(Lesson):
    @property
    def checks_file(self) -> Path:
        return find_lesson(PARTS[self.name][0]).checks_file


def part(name: str, folder: Path) -> Part:
    """A lesson that consists of some of another one's exercises, written into `folder`."""
    lesson, exercises = PARTS[name]
    wanted = {*exercises, *(f"{exercise}_check" for exercise in exercises)}
    cells = [_cell("setup", "import keras\nimport numpy as np\nfrom keras import layers", locked=True)]
    for cell in nbformat.from_dict(find_lesson(lesson).notebook).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in wanted:
            cells.append(_cell(cell.id, "".join(cell.source), **cell.metadata.nbgrader))
    path = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return Part(name, path)


# --- from an attack to a submission ---


def submission(attack: Attack, world: World) -> Submission:
    """What the student of an attack hands in."""
    lesson = find_lesson(attack.lesson)
    answers = {"double": attack.double, "half": attack.half} if attack.lesson == "target" else attack.answers
    content = json.loads(json.dumps(lesson.notebook))
    cells = []
    for cell in content["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        lines = "".join(cell["source"]).splitlines()
        cell["source"] = answers.get(name, "\n".join(line for line in lines if "### " not in line or cell["cell_type"] == "markdown"))
        cells.append(cell)
    first = next(index for index, cell in enumerate(cells) if cell["id"] == "setup") + 1
    cells[first:first] = _own_cells(attack.own, "of-their-own")
    cells += _own_cells(attack.last, "at-the-end")
    content["cells"] = cells
    handed_in = attack.notebook(content) if attack.notebook else content
    return Submission(
        student=attack.student,
        lesson=attack.lesson,
        notebook=_filled_in(handed_in if isinstance(handed_in, bytes) else json.dumps(handed_in).encode(), world),
        files={world.fill_in(name): _filled_in(data, world) for name, data in attack.files.items()},
    )


def _own_cells(source: str, name: str) -> list[dict]:
    own = {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    return [own] if source else []


def _filled_in(data: bytes, world: World) -> bytes:
    try:
        return world.fill_in(data.decode()).encode()
    except UnicodeDecodeError:
        return data


# --- the world that it must not harm ---


@contextlib.contextmanager
def world() -> Iterator[World]:
    """A class's files, a secret in the grader's environment, someone who listens; the grader's temporary files lie in the folder, too."""
    secret = f"canary-{secrets.token_hex(8)}"
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="class-"))  # a sandbox that hides only /tmp shows it
    folder.chmod(0o755)
    saved = tempfile.tempdir, os.environ.get("TMPDIR"), os.environ.get("CLASS_SECRET")
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            _write_class(folder, secret)
            (folder / "tmp").mkdir(mode=0o1777)
            tempfile.tempdir = os.environ["TMPDIR"] = str(folder / "tmp")
            os.environ["CLASS_SECRET"] = secret
            added = {"target": target(folder / "course")} | {name: part(name, folder / "course") for name in PARTS}
            lessons.all_lessons().update(added)
            adopt_orphans()
            with Watch([folder / name for name in CLASS]) as watch:
                yield World(folder, secret, listener, watch)
    finally:
        for name in ("target", *PARTS):
            lessons.all_lessons().pop(name, None)
        tempfile.tempdir = saved[0]
        for name, value in zip(("TMPDIR", "CLASS_SECRET"), saved[1:], strict=True):
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        shutil.rmtree(folder, ignore_errors=True)


# What lies about on an instructor's machine, readable for all, so that only the sandbox keeps it from being read.
CLASS = (
    "course/gradebook.db",
    "course/secret.txt",
    "course/solutions/target.ipynb",
    "course/submitted/ada/target/target.ipynb",
    "course/autograded/ada/target/result.json",
    "home/.ssh/id_rsa",
    "home/.netrc",
    "home/.bashrc",
)


def _write_class(folder: Path, secret: str) -> None:
    for name in CLASS:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{secret}\n")


class Watch:
    """Notices who opens one of these files, and be it for reading (Linux)."""

    def __init__(self, paths: list[Path]):
        self._paths = dict(enumerate(paths, 1))
        self._descriptor: int | None = None

    def __enter__(self) -> "Watch":
        if sys.platform == "linux":
            import ctypes

            libc = ctypes.CDLL(None)
            self._descriptor = libc.inotify_init1(os.O_NONBLOCK)
            numbers = [libc.inotify_add_watch(self._descriptor, bytes(path), 0x20) for path in self._paths.values()]  # IN_OPEN
            self._paths = dict(zip(numbers, self._paths.values(), strict=True))
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def opened(self) -> list[str]:
        """The names of the files that were opened since the last call."""
        try:
            events = os.read(self._descriptor, 2**16) if self._descriptor is not None else b""
        except BlockingIOError:
            return []
        return sorted({self._paths[number].name for number, *_ in struct.iter_unpack("=iIII", events)})


def adopt_orphans() -> None:
    """From now on a process that loses its parent becomes our child, so that none gets lost (Linux)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def processes() -> dict[int, str]:
    """All processes below this one."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.status() == psutil.STATUS_ZOMBIE and process.ppid() == os.getpid():
                continue  # a dead orphan, or one that its owner has not waited for yet
            found[process.pid] = f"{process.name()} ({process.status()})"
    return found


def handles() -> int:
    """How many descriptors and threads this process has, without those that nothing refers to any more."""
    gc.collect()
    process = psutil.Process()
    return (process.num_fds() if hasattr(process, "num_fds") else process.num_handles()) + process.num_threads()


def processes_left(before: dict[int, str]) -> dict[int, str]:
    """The processes that are new since `before` and do not go away."""
    deadline = time.monotonic() + 5
    while (left := {pid: name for pid, name in processes().items() if pid not in before}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


# --- judging ---

Grader = Callable[..., Graded]


def judge(attack: Attack, world: World, zygote: Any = None, grader: Grader = grade_submission) -> list[str]:
    """Grade an attack, and an honest submission straight after it. Returns everything that went other than it should have, in sentences."""
    state, running = world.state(), processes()
    world.watch.opened()  # by ourselves, just now
    memory, busy = forget_peak_of_memory(), time.process_time()
    complaints = []
    try:
        graded = _graded(attack, world, zygote, grader)
    except Exception as error:
        graded = None
        complaints.append(f"grading raised {type(error).__name__}: {error}")
    grown, busy = peak_of_memory() - memory, time.process_time() - busy
    if grown > MEMORY or busy > BUSY_SECONDS:
        complaints.append(f"the grader itself took {grown:.0f} MB more of memory, and computed for {busy:.1f} seconds")
    if opened := world.watch.opened():
        complaints.append(f"files that are not theirs were opened: {opened}")
    if graded:
        world.record, world.notebook = graded.record, graded.notebook
        complaints += [*_wrong_points(attack, world), *_wrong_words(attack, world), *_invalid(world), *_disappointed(attack, world)]
    if left := processes_left(running):
        complaints.append(f"processes are left: {left}")
    if harmed := changes(state, world.state()):
        complaints.append(f"files on the grader's machine changed: {harmed}")
    with contextlib.suppress(BlockingIOError):
        world.connections.accept()[0].close()
        complaints.append("it reached a port of the grader's machine")
    return complaints + neighbour(world, zygote, grader)


def _graded(attack: Attack, world: World, zygote: Any, grader: Grader) -> Graded:
    with time_limit(SECONDS), short_deadlines() if attack.hangs else contextlib.nullcontext():
        return grader(submission(attack, world), zygote)


def neighbour(world: World, zygote: Any = None, grader: Grader = grade_submission) -> list[str]:
    """What an honest submission lost that is graded now."""
    honest = Attack("an honest neighbour", FULL, student="ada")
    try:
        record = _graded(honest, world, zygote, grader).record
    except Exception as error:
        return [f"grading the neighbour raised {type(error).__name__}: {error}"]
    earned = {check.id: check.points for check in record.checks if check.status != "manual"}
    return [] if earned == FULL and not record.flags else [f"the neighbour got {earned}: {record.to_json()}"]


def _wrong_points(attack: Attack, world: World) -> list[str]:
    record = world.record
    if Record.model_validate_json(record.to_json()) != record:
        return ["the record is not what it says it is"]
    lesson = find_lesson(attack.lesson)
    deserved = {exercise.id: 0.0 if exercise.manual else exercise.points for exercise in lesson.exercises} | dict(attack.deserves)
    got = {check.id: check.points for check in record.checks}
    maximum = {check.id: check.max_points for check in record.checks}
    complaints = [] if got == deserved else [f"it deserves {deserved} and got {got}; the record says: {world.said()!r}"]
    if maximum != {exercise.id: exercise.points for exercise in lesson.exercises} or record.max_points != lesson.max_points:
        complaints.append(f"the maximum changed: {maximum}")
    if abs(record.points - sum(deserved.values())) > 0.01:
        complaints.append(f"the record's total is {record.points}")
    if complaints or attack.lesson != "target":
        return complaints
    values = {cell.id: [o.data["text/plain"] for o in cell.outputs if o.output_type == "execute_result"] for cell in world.checks()}
    expected = {f"{name}_check": [f"{deserved[name]:g}"] for name in FULL}
    return [] if values == expected else [f"nbgrader would read {values} from the check cells"]


def _wrong_words(attack: Attack, world: World) -> list[str]:
    said, shown = world.said(), world.shown()
    missing = [f"nothing says {word!r}, but: {said!r}" for word in attack.says if word not in said]
    found = [f"the result shows {word!r}" for word in (*attack.never_says, world.secret) if word in shown]
    return missing + found


def changes(before: dict[str, bytes | None], after: dict[str, bytes | None]) -> list[str]:
    """The paths that are new, gone or different."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path, 0) != after.get(path, 0))


def _disappointed(attack: Attack, world: World) -> list[str]:
    try:
        if attack.after:
            attack.after(world)
    except AssertionError as error:
        return [str(error) or "its own assertion failed"]
    return []


def _invalid(world: World) -> list[str]:
    """What keeps the graded notebook from being a notebook that nbgrader can write and read."""
    try:
        nbformat.validate(nbformat.reads(nbformat.writes(world.notebook), as_version=4))
    except Exception as error:
        return [f"the graded notebook is none: {type(error).__name__}: {str(error)[:300]}"]
    return []


def forget_peak_of_memory() -> float:
    """MB that this process takes now; from here on, `peak_of_memory` is the most that it takes (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return psutil.Process().memory_info().rss / 2**20


def peak_of_memory() -> float:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 2**10 for line in lines if line.startswith("VmHWM:")), 0)


@contextlib.contextmanager
def short_deadlines() -> Iterator[None]:
    """A few seconds for a cell and for a call, so that what hangs does not hang for long."""
    saved = {name: getattr(kernel, name) for name in ("CELL_SECONDS", "CALL_SECONDS", "GRACE_SECONDS")}
    kernel.CELL_SECONDS, kernel.CALL_SECONDS, kernel.GRACE_SECONDS = 3, 3, 1
    try:
        yield
    finally:
        for name, value in saved.items():
            setattr(kernel, name, value)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer."""

    def stop(*_: Any) -> None:
        raise TimeoutError(f"after {seconds:g} seconds there was still no result")

    former = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def card_of(cell: nbformat.NotebookNode) -> str:
    """The HTML that stands below a check cell."""
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)


def terminal(record: Record) -> str:
    """What `autograder check` and `autograder grade` print of a record on a terminal with colours."""
    from rich.console import Console

    from autograder.classroom import Outcome
    from autograder.cli import show, sum_up

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    with contextlib.redirect_stdout(screen):
        show(record)
        outcome = Outcome(record.student, "graded", record)
        sum_up([outcome, dataclasses.replace(outcome, sentence=f"{record.student} {record.flags}")], Console())
    return screen.getvalue()


# --- the bank ---


def attacks(path: Path) -> list[Attack]:
    """The attacks in one file of the bank."""
    spec = importlib.util.spec_from_file_location(f"attacks_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ATTACKS


def all_attacks() -> dict[str, list[Attack]]:
    """Every attack by kind: forging, stealing, injecting, breaking, reaching_out, honest."""
    return {path.stem: attacks(path) for path in sorted(ATTACKS.glob("*.py"))}
