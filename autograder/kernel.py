"""Runs a student's notebook in a kernel of its own and lets checks ask that kernel for values."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.harness import TARGET
from autograder.student import Student, StudentError, TimedOut
from autograder.wire import Buffer

CELL_SECONDS = 120
CALL_SECONDS = 60
GRACE_SECONDS = 5
ENVIRONMENT = {
    "AUTOGRADER_GRADING": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
# Figures are made but not rendered: no check looks at their pixels, and rendering is two thirds of the time a lesson takes.
ARGUMENTS = ["--InlineBackend.figure_formats=set()"]
SERVE = "from autograder.harness import serve; serve(); del serve"


class KernelFailed(Exception):
    """No kernel can be had; the message says why."""


class Kernel:
    """A kernel that runs one notebook's cells in order and answers a `Student`'s requests in between."""

    def __init__(self, notebook: NotebookNode, folder: Path):
        # The interpreter that runs us, whatever kernels are installed for the user.
        manager = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        self._client = NotebookClient(
            notebook,
            km=manager,
            timeout=CELL_SECONDS,
            allow_errors=True,
            interrupt_on_timeout=True,
            extra_arguments=list(ARGUMENTS),
            resources={"metadata": {"path": str(folder)}},
        )
        self._ran: list[NotebookNode] = []  # cells to run again if the kernel has to be replaced
        self._usable = False

    @contextmanager
    def running(self) -> Iterator["Kernel"]:
        # What the kernel process itself writes is nobody's output: TensorFlow's banners, ipykernel's remarks on its transport.
        with self._client.setup_kernel(cleanup_kc=True, env=os.environ | ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            self._open()
            yield self

    def student(self) -> Student:
        """The student whose notebook this is."""
        return Student(self._request, CALL_SECONDS)

    def run(self, cell: NotebookNode, index: int) -> str | None:
        """Run a code cell and keep its outputs in it. Returns what is to be said of it if it ran out of time or ended the kernel."""
        self._revive()
        trouble = self._execute(cell, index)
        if trouble is None:
            self._ran.append(cell)
        return trouble

    def _execute(self, cell: NotebookNode, index: int) -> str | None:
        started = time.monotonic()
        try:
            # nbclient interrupts at the cell's deadline and then waits for ever; a cell that shrugs off the interrupt loses its kernel.
            run_sync(asyncio.wait_for)(self._client.async_execute_cell(cell, index), CELL_SECONDS + GRACE_SECONDS)
        except (TimeoutError, CellTimeoutError, DeadKernelError):
            self._usable = False
        if time.monotonic() - started >= CELL_SECONDS:
            return f"was stopped after {CELL_SECONDS} seconds"
        return None if self._usable else "ended the kernel"

    def _open(self) -> None:
        kernel = self._client.kc
        self._usable = True
        if trouble := self._run_unseen(SERVE):
            raise KernelFailed(f"The kernel cannot be reached: it {trouble}.")
        kernel.shell_channel.send(kernel.session.msg("comm_open", {"comm_id": TARGET, "target_name": TARGET, "data": {}}))

    def _revive(self) -> None:
        """Replace a kernel that died or hung, and bring the new one to where the old one was, without cells that now fail to return."""
        while not self._usable:
            try:
                run_sync(self._client.km.restart_kernel)(now=True)
                run_sync(self._client.kc.wait_for_ready)(timeout=60)
            except RuntimeError as error:
                raise KernelFailed(f"The kernel cannot be started again: {error}.") from None
            self._open()
            for cell in list(self._ran):
                if self._run_unseen(cell.source):
                    self._ran.remove(cell)
                    break

    def _run_unseen(self, source: str) -> str | None:
        """Run code that is not in the notebook; returns what `run` does."""
        cells = self._client.nb.cells
        cells.append(nbformat.v4.new_code_cell(source))  # nbclient writes to the notebook that it was given
        try:
            return self._execute(cells[-1], len(cells) - 1)
        finally:
            cells.pop()

    def _request(self, request: dict, buffers: list[Buffer], seconds: float) -> tuple[dict, list[Buffer]]:
        self._revive()
        try:
            return run_sync(self._exchange)(request, buffers, seconds)
        except StudentError:
            self._usable = False
            raise

    async def _exchange(self, request: dict, buffers: list[Buffer], seconds: float) -> tuple[dict, list[Buffer]]:
        kernel = self._client.kc
        message = kernel.session.msg("comm_msg", {"comm_id": TARGET, "data": request})
        message["buffers"] = buffers
        kernel.shell_channel.send(message)
        deadline = time.monotonic() + seconds
        while True:
            try:
                reply = await asyncio.wait_for(kernel.iopub_channel.get_msg(), timeout=min(1, max(0.01, deadline - time.monotonic())))
            except TimeoutError:
                if not await self._client.km.is_alive():
                    raise StudentError("Your code ended Python itself: look for exit() or a crash.") from None
                if time.monotonic() > deadline:
                    raise TimedOut(
                        f"No answer after {seconds:g} seconds: look for a loop that never ends, or one that is far too slow."
                    ) from None
                continue
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"] and reply["msg_type"] == "comm_msg":
                return reply["content"]["data"], reply["buffers"]
