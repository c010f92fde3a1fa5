"""The warm process: it has imported what notebooks import, and forks a kernel into a sandbox in a moment. No code of a student's ever runs in it.

Importing Keras costs seconds; a fork of a process that has imported it costs milliseconds. The zygote imports and does nothing else: after one TensorFlow
operation there would be threads, and a fork of a process with threads hangs.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback

from autograder import confinement
from autograder.sandbox import COURSE, LIMITS, SOCKETS, Box, must_be_possible
from autograder.student import KernelFailed

PRELOADED = [
    "numpy",
    "autograder.quiet",  # Keras, and TensorFlow with it
    "tensorflow",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "safetensors.numpy",
    "autograder.drawing",
    "autograder.figures",
    "autograder.given",
    "autograder.harness",
    "autograder.mine",
    "autograder.network_file",
]
# One thread each, so that results are the same, bit for bit, in every kernel; and no graphics card, whose driver does not survive a fork.
ENVIRONMENT = {
    "AUTOGRADER_GRADING": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "HOME": COURSE,
    "IPYTHONDIR": "/tmp/ipython",
    "KERAS_BACKEND": "tensorflow",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TMPDIR": "/tmp",
    "USER": "student",
}
KEPT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # how this machine's processor is to be used, where its owner had to say
MESSAGE = 2**16
STARTING = 120  # seconds that a busy machine may take to import TensorFlow


class Zygote:
    """The grader's end. `with Zygote() as zygote:`, then hand it to `grade_submission`, for one submission at a time.

    Graders on one machine can share a process: `Zygote(another.address)` talks to that of `another`, and starts its own only if that has died.
    Raises SandboxUnavailable on entering where no sandbox can be had, KernelFailed where Python itself does not start.
    """

    def __init__(self, address: str = "") -> None:
        self.address = address
        self._connection: socket.socket | None = None
        self._ends_with_us = contextlib.ExitStack()

    def __enter__(self) -> "Zygote":
        self.start()
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if it is ours. Kernels that it has forked live on in their boxes."""
        if self._connection is not None:
            self._connection.close()  # which ends it
            self._connection = None
        self._ends_with_us.close()

    def start(self) -> None:
        """Begin to start the process, which takes seconds, and do not wait for it."""
        must_be_possible()  # before seconds are spent on imports
        if self.address:
            try:
                self._connect()
            except OSError:
                self._start()
        else:
            self._start()

    def _connect(self) -> None:
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._connection.connect(self.address)

    def _start(self) -> None:
        self.close()
        folder = self._ends_with_us.enter_context(tempfile.TemporaryDirectory(prefix="zygote-"))  # where only we can go
        self.address = f"{folder}/socket"
        self._connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment = ENVIRONMENT | kept | {"MPLCONFIGDIR": folder, "MPLBACKEND": "agg"}
        with theirs, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.bind(self.address)
            door.listen()
            passed = [theirs.fileno(), door.fileno()]
            self._process = subprocess.Popen(
                # -P, -s: what can be imported depends neither on the folder that we are in nor on the user's own packages
                [sys.executable, "-P", "-s", "-c", f"from autograder.zygote import serve; serve{tuple(passed)}"],
                pass_fds=passed,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._ends_with_us.callback(self._process.wait, 10)

    def wait(self) -> None:
        """Wait until the process is ready. Raises KernelFailed, and ends it, if that does not come to pass."""
        self._connection.settimeout(STARTING)
        try:
            said = self._connection.recv(MESSAGE).decode()
        except OSError as error:
            said = f"no answer ({error})"
        if said != "ready":
            self.close()
            raise KernelFailed(f"The process that starts kernels could not be started: {said or 'it ended'}.")

    def _has_ended(self) -> bool:
        hung_up = select.poll()
        hung_up.register(self._connection, 0)
        return bool(hung_up.poll(0))

    def fork(self, box: Box, connection: dict, arguments: list[str]) -> tuple[int, socket.socket]:
        """A new kernel in `box`, listening: a pidfd of it, and our end of the socket on which its harness answers.

        `connection` is the content of Jupyter's connection file, `arguments` are the kernel's further ones. A zygote that has died (of a lack of memory, say) is replaced. Raises KernelFailed.
        """
        if self._has_ended():
            self._start()
            self.wait()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        request = {"namespaces": box.namespaces, "user": box.user, "folder": box.folder, "connection": connection, "arguments": arguments}
        with theirs:
            try:
                socket.send_fds(self._connection, [json.dumps(request).encode()], [box.pidfd, theirs.fileno()])
                said, descriptors, _, _ = socket.recv_fds(self._connection, MESSAGE, 1)
            except OSError as error:
                said, descriptors = f"the process that starts kernels does not answer ({error})".encode(), []
        if not descriptors:
            ours.close()
            raise KernelFailed(f"No kernel can be started: {said.decode() or 'the process that starts them ended'}.")
        ours.settimeout(STARTING)
        try:
            said = ours.recv(MESSAGE)
        except OSError as error:
            said = str(error).encode()
        if said != LISTENING:
            ours.close()
            os.close(descriptors[0])
            raise KernelFailed(f"A kernel was started and ended at once: {said.decode(errors='replace').strip() or 'it said nothing'}")
        return descriptors[0], ours


# --- the zygote's own side ---


def serve(owner: int, door: int) -> None:
    """Import everything and fork a kernel for each request, until the owner hangs up: the grader who started us, or another who came by the door.

    Whoever comes is told "ready" first. Both arguments are descriptors of sockets.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end are gone; until one is, its box cannot end
    confinement.become_reaper()  # of kernels too, whose parent ends at once; PID 1 of a container may never reap
    owner, door = socket.socket(fileno=owner), socket.socket(fileno=door)
    for descriptor in (owner, door):
        descriptor.set_inheritable(False)
    try:
        _preload()
    except Exception as error:
        owner.send(f"{type(error).__name__}: {error}"[:MESSAGE].encode())
        return
    owner.send(b"ready")
    waiting = selectors.DefaultSelector()
    waiting.register(owner, selectors.EVENT_READ)
    waiting.register(door, selectors.EVENT_READ)
    while True:
        for connection in [key.fileobj for key, _ in waiting.select()]:
            if connection is door:
                grader, _ = door.accept()
                waiting.register(grader, selectors.EVENT_READ)
                with contextlib.suppress(OSError):
                    grader.send(b"ready")
            elif not _serve_one(connection):
                if connection is owner:
                    return
                waiting.unregister(connection)
                connection.close()


def _serve_one(connection: socket.socket) -> bool:
    """Read a request and fork a kernel for it; False if there will be no more."""
    try:
        request, descriptors, _, _ = socket.recv_fds(connection, MESSAGE, 2)
    except ConnectionResetError:  # the grader was ended before it read an answer
        return False
    if not request:
        return False
    box, values = descriptors
    if os.fork() == 0:
        _enter(json.loads(request), box, values, connection)
    os.close(box)
    os.close(values)
    return True


def _preload() -> None:
    sys.modules["debugpy"] = None  # a kernel without a debugger starts a hundred modules sooner
    for name in PRELOADED:
        importlib.import_module(name)
    from autograder import mnist

    with contextlib.suppress(mnist.DatasetError):  # a notebook that loads it gets to know
        mnist.preload()
    if len(threads := os.listdir("/proc/self/task")) != 1:
        raise RuntimeError(f"an import started {len(threads) - 1} threads, and what is forked now would hang")
    gc.collect()
    gc.freeze()  # else the first collection in every kernel copies the pages of all these modules


def _enter(request: dict, box: int, values: int, connection: socket.socket) -> None:
    """In a fork of the zygote, still outside: enter the box and fork the kernel, the first process born inside; then end.

    This process has rights in the box and a life outside of it, but it is gone before any code of a student's runs.
    """
    try:
        confinement.enter(box, request["namespaces"])
        kernel = os.fork()
        if kernel == 0:
            _become_kernel(request, values)
        pidfd = os.pidfd_open(kernel)
        socket.send_fds(connection, [b"forked"], [pidfd])
    except BaseException as error:
        connection.send(f"{type(error).__name__}: {error}"[:MESSAGE].encode())
    finally:
        os._exit(0)


VALUES = 3  # the descriptor on which a kernel's harness answers
LISTENING = b"listening"  # its first word there


def _become_kernel(request: dict, values: int) -> None:
    """Inside: give up all rights and be a kernel until the end."""
    try:
        os.setsid()
        os.dup2(values, 63)
        nothing = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.dup2(63, VALUES)
        os.closerange(VALUES + 1, os.sysconf("SC_OPEN_MAX"))  # no descriptor of the zygote's survives
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(ENVIRONMENT)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")  # where memory runs out, this process goes first
        confinement.confine(LIMITS, request["user"])
        from ipykernel.kernelapp import IPKernelApp

        with open(f"{SOCKETS}/connection.json", "w") as file:
            json.dump(request["connection"], file)
        sys.path[:0] = [""]
        sys.argv = ["kernel"]
        app = IPKernelApp.instance()
        app.initialize(["-f", f"{SOCKETS}/connection.json", "--HistoryManager.enabled=False", *request["arguments"]])
        os.write(VALUES, LISTENING)
        app.start()
    except BaseException:
        with contextlib.suppress(OSError):
            os.write(VALUES, traceback.format_exc().encode()[-MESSAGE:])
    finally:
        os._exit(1)
