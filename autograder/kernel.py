"""Runs a student's notebook in a kernel of its own and lets checks ask that kernel for values."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import nbformat
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from autograder import values
from autograder.harness import TARGET
from autograder.student import KernelFailed, Student, StudentError, TimedOut, Unreadable
from autograder.wire import Buffer

CELL_SECONDS = 120
CALL_SECONDS = 60
SUBMISSION_SECONDS = 1200  # for all cells and calls of a notebook
GRACE_SECONDS = 5
ENVIRONMENT = {
    "AUTOGRADER_GRADING": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
# Figures are made but not rendered: no check looks at their pixels, and rendering is two thirds of the time a lesson takes.
ARGUMENTS = ["--InlineBackend.figure_formats=set()"]
ENDED, FLOODED = "ended the kernel", "was stopped: its output never ended"
KEPT_OUTPUT = 2**20  # characters of a cell's output that are kept
OUTPUT = 64 * 2**20  # characters after which a cell is stopped
KEPT_FORMS = ("text/plain", "image/png", "image/jpeg")  # of an output; HTML of a student's has no place in an instructor's browser


class Place(Protocol):
    """Where kernels run."""

    isolated: bool
    serve: str  # the code by which a new kernel begins to answer requests
    options: Mapping[str, Any]  # for the start of a kernel

    def manager(self) -> AsyncKernelManager:
        """What starts and ends one kernel."""

    def ask(self, client: AsyncKernelClient, request: dict, buffers: list[Buffer], seconds: float) -> tuple[dict, list[Buffer]]:
        """The kernel's reply to a request. Raises TimeoutError, values.Ended or values.NoFrame."""

    def answers(self, client: AsyncKernelClient) -> bool:
        """Whether the kernel is alive and answers between cells; a guess where it costs much to find out."""

    def trouble(self) -> str:
        """What the place itself did to the kernel, "" if nothing."""


class Kernel:
    """A kernel that runs one notebook's cells in order and answers a `Student`'s requests in between."""

    def __init__(self, notebook: NotebookNode, place: Place):
        self._notebook = notebook
        self._place = place
        self._ran: list[NotebookNode] = []  # cells to run again if the kernel has to be replaced
        self._life = contextlib.ExitStack()  # of the kernel in use
        self._usable = False
        self._used = False  # whether code of theirs has run in it other than what is run again in a new one
        self._until = 0.0

    @contextmanager
    def running(self) -> Iterator["Kernel"]:
        self._until = time.monotonic() + SUBMISSION_SECONDS
        try:
            self._begin()
            yield self
        finally:
            self._life.close()

    def student(self) -> Student:
        """The student whose notebook this is."""
        self._must_answer()
        return Student(self._request, CALL_SECONDS)

    def _must_answer(self) -> None:
        """Notice a kernel that something before now has ended or brought to a halt: what comes next is not to blame."""
        self._usable = self._usable and self._place.answers(self._client.kc)

    def run(self, cell: NotebookNode, index: int) -> str | None:
        """Run a code cell and keep its outputs in it. Returns what is to be said of it if it ran out of time or ended the kernel."""
        if time.monotonic() > self._until:
            return f"was not run: the notebook had taken {SUBMISSION_SECONDS // 60} minutes"
        self._must_answer()
        self._revive()
        used, self._used = self._used, True
        trouble = self._execute(cell, index)
        # Perhaps what an earlier cell or call left behind is to blame: in a new kernel there are no such calls, and then no such cells of their own.
        if trouble and used:
            self._revive()
            trouble = self._execute(cell, index)
            if trouble == ENDED and (answers := [ran for ran in self._ran if "nbgrader" in ran.metadata]) != self._ran:
                self._ran = answers
                self._revive()
                trouble = self._execute(cell, index)
        cell.outputs, cell.execution_count = _kept(cell.outputs), None
        if trouble is None:
            self._ran.append(cell)
        return trouble

    def _execute(self, cell: NotebookNode, index: int) -> str | None:
        started = time.monotonic()
        client = self._client
        try:
            run_sync(_alone)(client.async_execute_cell(cell, index))
            self._must_answer()
        except KernelFailed:
            raise
        except TooLarge:
            self._usable, client.flooded = False, True
        except (Exception, asyncio.CancelledError):  # the kernel died or took too long, or what came from it is not Jupyter's protocol
            self._usable = False
        if client.flooded:
            return FLOODED
        if time.monotonic() - started >= CELL_SECONDS:
            return f"was stopped after {CELL_SECONDS} seconds"
        return None if self._usable else self._place.trouble() or ENDED

    def _begin(self) -> None:
        try:
            self._start()
        except TimeoutError:  # it never said a word, as a process may that was forked at a bad moment; no code of theirs had begun
            try:
                self._start()
            except TimeoutError:
                raise KernelFailed("The kernel cannot be reached: it started, and never said so.") from None
        self._usable, self._used = True, False
        if trouble := self._run_unseen(self._place.serve):
            raise KernelFailed(f"The kernel cannot be reached: it {trouble}.")

    def _start(self) -> None:
        self._life.close()
        self._client = _Client(
            self._notebook,
            km=self._place.manager(),
            timeout=CELL_SECONDS,
            allow_errors=True,
            interrupt_on_timeout=True,
            store_widget_state=False,
            shutdown_kernel="immediate",
            extra_arguments=list(ARGUMENTS),
        )
        try:
            # What the kernel process itself writes is nobody's output: TensorFlow's banners, ipykernel's remarks on its transport.
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            self._life.enter_context(
                self._client.setup_kernel(cleanup_kc=True, env=os.environ | ENVIRONMENT, **quiet, **self._place.options)
            )
        except RuntimeError as error:
            raise KernelFailed(f"The kernel cannot be started: {error}.") from None

    def _revive(self) -> None:
        """Replace a kernel that died or hung, and bring the new one to where the old one was, without cells that now fail to return."""
        while not self._usable:
            self._begin()
            for cell in list(self._ran):
                if time.monotonic() > self._until:
                    return
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
        if time.monotonic() > self._until:
            raise TimedOut(f"The notebook as a whole took more than {SUBMISSION_SECONDS // 60} minutes.")
        self._revive()
        used, self._used = self._used, True
        try:
            return self._place.ask(self._client.kc, request, buffers, seconds)
        except TimeoutError:
            self._usable = False
            raise TimedOut(f"No answer after {seconds:g} seconds: look for a loop that never ends, or one that is far too slow.") from None
        except values.NoFrame:
            self._usable = False
            raise Unreadable("What your code sent in place of its result cannot be read.") from None
        except Exception:
            self._usable = False
            if trouble := self._place.trouble():
                raise StudentError(f"Your code {trouble}.") from None
            if used:  # perhaps what an earlier call left behind has ended it
                return self._request(request, buffers, seconds)
            raise StudentError("Your code ended Python itself: look for exit() or a crash.") from None


async def _alone(cell: Coroutine) -> None:
    """Wait for a cell no longer than it may take, and leave none of nbclient's tasks behind.

    nbclient interrupts at the cell's deadline and then waits for ever; a cell that shrugs off the interrupt loses its kernel.
    """
    try:
        await asyncio.wait_for(cell, CELL_SECONDS + GRACE_SECONDS)
    finally:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


class TooLarge(Exception):
    """A message of the kernel's is larger than any that is needed."""


class _Client(NotebookClient):
    """nbclient, with a limit to what it keeps of a cell's output, and no more of Jupyter's protocol than that."""

    flooded = False

    async def async_execute_cell(self, cell: NotebookNode, *arguments: Any, **options: Any) -> NotebookNode:
        self._received = 0
        return await super().async_execute_cell(cell, *arguments, **options)

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        content = msg["content"]
        content.pop("transient", None)  # outputs are not changed afterwards
        if msg["msg_type"] not in ("status", "execute_input"):
            before, self._received = self._received, self._received + _size(content) + 100
            if self._received > OUTPUT:
                self.flooded = True
                self.task_poll_for_reply.cancel()
            if self._received > KEPT_OUTPUT:
                if before <= KEPT_OUTPUT:
                    text = f"\n… what the cell showed after its first {KEPT_OUTPUT // 2**20} MB is left out\n"
                    cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=text))
                return None
        return super().process_message(msg, cell, cell_index)

    def handle_comm_msg(self, *_: Any) -> None:
        pass

    async def _async_check_alive(self) -> None:
        if self.kc is None:  # it has been replaced, and this comes from what once watched it
            raise DeadKernelError("Kernel died")
        await super()._async_check_alive()
        if getattr(self.kc, "is_cut_off", bool)():
            self.flooded = True
            raise DeadKernelError("Kernel cannot be heard")


def _size(content: Any) -> int:
    """Characters in a message's texts, wherever they are in it."""
    total, waiting = 0, [content]
    while waiting:
        match waiting.pop():
            case str() as text:
                total += len(text)
            case dict() as inner:
                waiting += [*inner, *inner.values()]
            case list() as inner:
                waiting += inner
                total += len(inner)
    return total


def _kept(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs made anew from those parts of a student's that are well formed and harmless wherever they are shown."""
    kept = []
    for output in outputs:
        match output:
            case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
                if kept and kept[-1].get("name") == name:
                    kept[-1].text += text
                else:
                    kept.append(nbformat.v4.new_output("stream", name=name, text=text))
            case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
                if data := {form: data[form] for form in KEPT_FORMS if isinstance(data.get(form), str)}:
                    kept.append(nbformat.v4.new_output("display_data" if kind == "display_data" else kind, data=data))
            case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
                lines = [line for line in lines if isinstance(line, str)]
                kept.append(nbformat.v4.new_output("error", ename=name, evalue=value, traceback=lines))
    return kept


# --- without a sandbox ---


class Unsandboxed:
    """Kernels that are processes like any other, with the rights of whoever runs the grader: for a student's own work, in its own folder."""

    isolated = False
    serve = "from autograder.harness import serve_comm; serve_comm(); del serve_comm"

    def __init__(self, folder: Path):
        self.options = {"cwd": str(folder)}
        self._opened_for: AsyncKernelClient | None = None

    def manager(self) -> AsyncKernelManager:
        # The interpreter that runs us, whatever kernels are installed for the user.
        self._manager = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        return self._manager

    def ask(self, client: AsyncKernelClient, request: dict, buffers: list[Buffer], seconds: float) -> tuple[dict, list[Buffer]]:
        return run_sync(self._exchange)(client, request, buffers, seconds)

    def answers(self, client: AsyncKernelClient) -> bool:
        return True

    def trouble(self) -> str:
        return ""

    async def _exchange(self, client: AsyncKernelClient, request: dict, buffers: list[Buffer], seconds: float) -> tuple[dict, list[Buffer]]:
        session, shell = client.session, client.shell_channel
        if client is not self._opened_for:
            shell.send(session.msg("comm_open", {"comm_id": TARGET, "target_name": TARGET, "data": {}}))
            self._opened_for = client
        message = session.msg("comm_msg", {"comm_id": TARGET, "data": request})
        message["buffers"] = buffers
        shell.send(message)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                reply = await asyncio.wait_for(client.iopub_channel.get_msg(), timeout=min(1, max(0.01, deadline - time.monotonic())))
            except TimeoutError:
                if not await self._manager.is_alive():
                    raise values.Ended from None
                continue
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"] and reply["msg_type"] == "comm_msg":
                return reply["content"]["data"], reply["buffers"]
        raise TimeoutError
