"""The warm process: it has imported what notebooks import, and forks a kernel into a sandbox in a moment. No code of a student's ever runs in it.

Importing Keras costs seconds; a fork of a process that has imported it costs milliseconds. The zygote imports and does nothing else: after one TensorFlow
operation there would be threads, and a fork of a process with threads hangs.
"""

import contextlib
import gc
import importlib
import json
import os
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

    Raises SandboxUnavailable on entering where no sandbox can be had, KernelFailed where Python itself does not start.
    """

    def __init__(self) -> None:
        self._connection: socket.socket | None = None

    def __enter__(self) -> "Zygote":
        must_be_possible()  # before seconds are spent on imports
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process. Kernels that it has forked live on in their boxes."""
        if self._connection is not None:
            self._connection.close()  # which ends it
            self._process.wait(10)
            self._folder.cleanup()
            self._connection = None

    def _start(self) -> None:
        self._connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folder = tempfile.TemporaryDirectory(prefix="zygote-")
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment = ENVIRONMENT | kept | {"MPLCONFIGDIR": self._folder.name, "MPLBACKEND": "agg"}
        with theirs:
            self._process = subprocess.Popen(
                # -P, -s: what can be imported depends neither on the folder that we are in nor on the user's own packages
                [sys.executable, "-P", "-s", "-c", f"from autograder.zygote import serve; serve({theirs.fileno()})"],
                pass_fds=[theirs.fileno()],
                env=environment,
                cwd=self._folder.name,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._connection.settimeout(STARTING)
        try:
            said = self._connection.recv(MESSAGE).decode()
        except OSError as error:
            said = f"no answer ({error})"
        if said != "ready":
            self.close()
            raise KernelFailed(f"The process that starts kernels could not be started: {said or 'it ended'}.")

    def fork(self, box: Box, connection: dict, arguments: list[str]) -> tuple[int, socket.socket]:
        """A new kernel in `box`, listening: a pidfd of it, and our end of the socket on which its harness answers.

        `connection` is the content of Jupyter's connection file, `arguments` are the kernel's further ones. A zygote that has died (of a lack of memory, say) is replaced. Raises KernelFailed.
        """
        if self._process.poll() is not None:
            self.close()
            self._start()
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


def serve(descriptor: int) -> None:
    """Import everything, say so, and fork a kernel for each request, until the grader hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end are gone; until one is, its box cannot end
    confinement.become_reaper()  # of kernels too, whose parent ends at once; PID 1 of a container may never reap
    connection = socket.socket(fileno=descriptor)
    connection.set_inheritable(False)
    try:
        _preload()
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}"[:MESSAGE].encode())
        return
    connection.send(b"ready")
    while True:
        try:
            request, descriptors, _, _ = socket.recv_fds(connection, MESSAGE, 2)
        except ConnectionResetError:  # the grader was ended before it read an answer
            return
        if not request:
            return
        box, values = descriptors
        if os.fork() == 0:
            _enter(json.loads(request), box, values, connection)
        os.close(box)
        os.close(values)


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
