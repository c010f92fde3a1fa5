"""Kernels in the sandbox: each forked from the zygote into a box of its own, and spoken to as one speaks to somebody who may lie."""

import asyncio
import contextlib
import functools
import os
import secrets
import select
import signal
import threading
import time
from collections.abc import Mapping
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from jupyter_client.session import Session

from autograder import values
from autograder.kernel import ARGUMENTS, TooLarge
from autograder.sandbox import MEMORY, SOCKETS, Box
from autograder.wire import Buffer
from autograder.zygote import VALUES, Zygote

PING_SECONDS = 10
WATCH_SECONDS = 0.2
MESSAGE = 32 * 2**20  # bytes of one part of a message on Jupyter's channels
RECONNECT = 86_400_000  # milliseconds before a connection that has ended would be made again: by then nobody is there
WAITING = 16  # messages that may wait on a channel to be read


class Sandboxed:
    """Kernels forked from a zygote, each in a box of its own, in a folder that holds the files that were handed in."""

    isolated = True
    serve = f"from autograder.harness import serve_socket; serve_socket({VALUES}); del serve_socket"

    options: Mapping[str, Any] = {}

    def __init__(self, zygote: Zygote, lesson: str, files: Mapping[str, bytes]):
        self._zygote, self._lesson, self._files = zygote, lesson, files

    def manager(self) -> AsyncKernelManager:
        manager = AsyncKernelManager(
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            context=_context(),
            session=_BoundedSession(),
            client_factory=_ReadyClient,
        )
        manager.provisioner = self._provisioner = _Provisioner(parent=manager)
        self._provisioner.open(self._zygote, Box(self._lesson, self._files))
        return manager

    def ask(self, client: AsyncKernelClient, request: dict, buffers: list[Buffer], seconds: float) -> tuple[dict, list[Buffer]]:
        connection, pidfd, until = self._provisioner.values, self._provisioner.pidfd, time.monotonic() + seconds
        number = secrets.token_hex(8)  # a reply that was written before it was asked for does not know it
        values.send(connection, request | {"number": number}, buffers, seconds)
        while True:
            reply, received = values.receive(connection, max(0, until - time.monotonic()), pidfd)
            if reply.get("number") == number:
                return reply, received

    def answers(self, client: AsyncKernelClient) -> bool:
        try:
            self.ask(client, {"ping": True}, [], PING_SECONDS)
        except (TimeoutError, values.Ended, values.NoFrame):
            return False
        return True

    def trouble(self) -> str:
        return self._provisioner.trouble


class _Provisioner(KernelProvisionerBase):
    """Jupyter's name for what starts, watches and ends a kernel's process."""

    box: Box | None = None
    trouble = ""

    def open(self, zygote: Zygote, box: Box) -> None:
        self.zygote, self.box = zygote, box
        self.pidfd: int | None = None

    @property
    def has_process(self) -> bool:
        return self.pidfd is not None

    async def pre_launch(self, **options: Any) -> dict:
        manager = self.parent
        manager.transport, manager.ip = "ipc", f"/proc/self/fd/{self.box.root}{SOCKETS}/kernel"
        manager.shell_port, manager.iopub_port, manager.stdin_port, manager.hb_port, manager.control_port = range(1, 6)
        return options | {"cmd": []}

    async def launch_kernel(self, cmd: list[str], **options: Any) -> dict:
        info = self.parent.get_connection_info()
        self.connection_info = info
        there = info | {"ip": f"{SOCKETS}/kernel", "key": info["key"].decode()}
        self.pidfd, self.values = self.zygote.fork(self.box, there, options.get("extra_arguments") or ARGUMENTS)
        threading.Thread(target=self._watch, args=(self.box,), daemon=True).start()
        return info

    def _watch(self, box: Box) -> None:
        """End the box when it takes too much memory: limits of the system's are for each process, and a box may hold many."""
        while self.box is box:
            if box.takes_more_than(MEMORY):
                self.trouble = f"took more than {MEMORY // 2**30} GB of memory"
                box.kill()
                return
            time.sleep(WATCH_SECONDS)

    async def poll(self) -> int | None:
        return None if self.box is not None and not _has_ended(self.pidfd) else 0

    async def wait(self) -> int | None:
        self._close()
        return 0

    async def send_signal(self, signum: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signum)

    async def kill(self, restart: bool = False) -> None:
        self._close()

    async def terminate(self, restart: bool = False) -> None:
        self._close()

    async def cleanup(self, restart: bool = False) -> None:
        self._close()

    def _close(self) -> None:
        box, self.box = self.box, None
        if box is not None:
            box.close()
            if self.pidfd is not None:
                os.close(self.pidfd)
                self.values.close()
                self.pidfd = None


def _has_ended(pidfd: int) -> bool:
    return bool(select.select([pidfd], [], [], 0)[0])


@functools.cache
def _context() -> zmq.asyncio.Context:
    """What Jupyter's sockets are made of here. A student may replace those in the box by others, so nothing connects to them twice; and what waits to be
    read is limited in size and number."""
    context = zmq.asyncio.Context()
    # Not -1, for never: libzmq then takes an ended connection apart while we read, and a grader has aborted while it read (compare its issue 2780).
    for option, value in [(zmq.RECONNECT_IVL, RECONNECT), (zmq.MAXMSGSIZE, MESSAGE), (zmq.RCVHWM, WAITING), (zmq.LINGER, 0)]:
        context.setsockopt(option, value)
    return context


class _ReadyClient(AsyncKernelClient):
    """The client of a kernel that listens already: it need not knock until somebody answers."""

    def _context_default(self) -> zmq.asyncio.Context:
        return _context()

    def start_channels(self, **_: Any) -> None:
        super().start_channels(hb=False)  # all others at once: what is opened later leads where a student wants
        channels = (self.shell_channel, self.iopub_channel)
        self._monitors = [channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED) for channel in channels]

    def stop_channels(self) -> None:
        for channel in (self.shell_channel, self.iopub_channel):
            channel.socket.disable_monitor()
        super().stop_channels()

    def is_cut_off(self) -> bool:
        """Whether a connection was ended: by the kernel, or because what came over it was too large."""
        return any(monitor.get(zmq.EVENTS) & zmq.POLLIN for monitor in self._monitors)

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        await asyncio.wait_for(self.iopub_channel.get_msg(), timeout)  # the kernel's greeting: from here on, nothing is missed

    wait_for_ready = _async_wait_for_ready


class _BoundedSession(Session):
    """Jupyter's messages, of texts that can be read in a moment and in little memory."""

    def deserialize(self, msg_list: list, content: bool = True, copy: bool = True) -> dict:
        if sum(len(part.bytes if hasattr(part, "bytes") else part) for part in msg_list) > MESSAGE:
            raise TooLarge
        return super().deserialize(msg_list, content, copy)
