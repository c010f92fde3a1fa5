"""What a command costs, with all the processes that it starts: processing time, time, memory."""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLES = 0.2  # seconds between two looks at the memory


class CommandFailed(Exception):
    """A command that is measured did not do what it should; the message is the end of what it said."""


@dataclass(frozen=True)
class Cost:
    """What a command took.

    seconds: by the clock. cpu: processing seconds of all its processes, user and system, or of the whole machine where they cannot be counted (see Group).
    busy: processing seconds of the whole machine meanwhile; on an idle machine a little more than `cpu`, on another one far more. memory: most bytes at once of all its processes, pages
    that they share counted once (PSS); 0 where it was not looked at.
    """

    seconds: float
    cpu: float
    busy: float
    memory: int = 0


def cost(command: Sequence[str], folder: Path, environment: Mapping[str, str], memory: bool = False) -> Cost:
    """Run a command in `folder` to its end. Raises CommandFailed when it does not end with 0.

    With `memory`, its processes are looked at five times a second, which takes processing time: such a run is not to be timed.
    """
    with tempfile.TemporaryFile() as said, Group() as group:
        started, busy = time.perf_counter(), machine_busy()
        process = subprocess.Popen(
            group.within(command), cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        largest = 0
        if memory:
            while process.poll() is None:
                largest = max(largest, together(group.processes() or family(process.pid)))
                time.sleep(SAMPLES)
        code = process.wait()
        seconds = time.perf_counter() - started
        group.wait()
        cpu, busy = group.cpu(), machine_busy() - busy
        if code:
            said.seek(0)
            tail = said.read().decode(errors="replace")[-3000:]
            raise CommandFailed(f"`{' '.join(command)}` ended with {code}:\n{tail}")
    return Cost(seconds, cpu if group.counts else busy, busy, largest)


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    with contextlib.suppress(psutil.Error):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return []


def together(processes: Sequence[int]) -> int:
    """Bytes of memory that these processes take: of pages that several share, each counts its part."""
    total = 0
    for pid in processes:
        with contextlib.suppress(psutil.Error):
            total += psutil.Process(pid).memory_full_info().pss
    return total


def machine_busy() -> float:
    """Seconds that the machine's processors have worked since it was started."""
    times = psutil.cpu_times()
    return sum(getattr(times, kind, 0) for kind in ("user", "nice", "system", "irq", "softirq"))


class Group:
    """A control group of the system's, in a `with` statement: it counts the processing time of every process that was ever in it.

    Nothing else does. A process that a parent does not wait for, as the grader's kernels are, is in no one's account of its children
    (`getrusage`), and sampling misses what ends between two looks. Where no group can be made (by an ordinary user outside of systemd, in a
    container), `counts` is False.
    """

    counts = False

    def __enter__(self) -> "Group":
        with contextlib.suppress(OSError, StopIteration):
            self._folder = Path(tempfile.mkdtemp(prefix="benchmark-", dir=_own_group()))
            if subprocess.run(self._moved(["/bin/true"]), stderr=subprocess.DEVNULL).returncode:  # it may be there, and nothing may enter
                self._folder.rmdir()
            else:
                self._account = os.open(self._folder / "cpu.stat", os.O_RDONLY)
                self.counts = True
        return self

    def __exit__(self, *_: object) -> None:
        if self.counts:
            self.wait()
            os.close(self._account)
            self._folder.rmdir()

    def within(self, command: Sequence[str]) -> list[str]:
        """The command that runs `command` in the group."""
        return self._moved(command) if self.counts else [*command]

    def _moved(self, command: Sequence[str]) -> list[str]:
        return ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self._folder / "cgroup.procs"), *command]

    @contextlib.contextmanager
    def joined(self) -> Iterator[None]:
        """This process in the group, and with it what it starts meanwhile."""
        if not self.counts:
            yield
            return
        before = _own_group()
        _join(self._folder)
        try:
            yield
        finally:
            _join(before)

    def cpu(self) -> float:
        """Processing seconds so far, of its living and its dead; 0 where no group can be made."""
        if not self.counts:
            return 0.0
        time.process_time()  # has the system count what this process did since it was last interrupted
        return int(os.pread(self._account, 40, 0).split()[1]) / 1e6  # usage_usec is the first

    def processes(self) -> list[int]:
        """Those alive; none where no group can be made."""
        return [int(line) for line in (self._folder / "cgroup.procs").read_text().split()] if self.counts else []

    def wait(self, seconds: float = 10) -> None:
        """Wait until all of its processes have ended: what a command leaves to end by itself belongs to what it costs. Raises CommandFailed."""
        until = time.monotonic() + seconds
        while left := self.processes():
            if time.monotonic() > until:
                raise CommandFailed(f"{len(left)} processes were left running.")
            time.sleep(0.01)


def _join(group: Path) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))


def _own_group() -> Path:
    """The folder of the control group that this process is in. Raises StopIteration where there are none."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    name = next(line.removeprefix("0::") for line in lines if line.startswith("0::"))
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return Path(next(place for _, place, kind, *_ in mounts if kind == "cgroup2"), name.lstrip("/"))
