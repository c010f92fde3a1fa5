"""The socket between the grader and the harness in a sandboxed kernel: a JSON text and binary buffers in a frame, read within limits of size and time.

Jupyter's own channels would do for the honest. But what arrives there is kept until it is read, however much it is, and each message costs a millisecond.
"""

import json
import os
import select
import socket
import struct
import time

import numpy as np

from autograder.wire import MAX_BYTES, Buffer

MAX_JSON = 8 * 2**20  # bytes; numbers travel as buffers, so this is texts and small numbers
MAX_BUFFERS = 10_000


class NoFrame(Exception):
    """What arrived is no frame."""


class Ended(Exception):
    """The other side has ended."""


def send(connection: socket.socket, message: dict, buffers: list[Buffer], seconds: float | None = None) -> None:
    """Write a frame: how many parts, their lengths, the parts. Raises TimeoutError when they are not read within `seconds`, Ended when nobody is there."""
    parts = [json.dumps(message).encode(), *buffers]
    connection.settimeout(seconds)
    try:
        connection.sendall(struct.pack(f"<I{len(parts)}Q", len(parts), *map(len, parts)))
        for part in parts:
            connection.sendall(part)
    except TimeoutError:
        raise
    except OSError:
        raise Ended from None


def receive(connection: socket.socket, seconds: float | None = None, pidfd: int | None = None) -> tuple[dict, list[Buffer]]:
    """Read a frame whose first part is a JSON object. `pidfd` is of the process that should write it.

    Raises TimeoutError after `seconds`, Ended when the process ends or hangs up, NoFrame for anything but a frame within the limits.
    """
    reader = _Reader(connection, seconds, pidfd)
    (count,) = struct.unpack("<I", reader.read(4))
    if not 1 <= count <= MAX_BUFFERS + 1:
        raise NoFrame
    text, *sizes = struct.unpack(f"<{count}Q", reader.read(8 * count))
    if text > MAX_JSON or sum(sizes) > MAX_BYTES + 2**20:
        raise NoFrame
    try:
        message = json.loads(bytes(reader.read(text)))
    except (ValueError, RecursionError):
        raise NoFrame from None
    if not isinstance(message, dict):
        raise NoFrame
    return message, [reader.read(size) for size in sizes]


class _Reader:
    def __init__(self, connection: socket.socket, seconds: float | None, pidfd: int | None):
        self._connection = connection
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._waiting = select.poll()
        self._waiting.register(connection, select.POLLIN)
        if pidfd is not None:
            self._waiting.register(pidfd, select.POLLIN)

    def read(self, size: int) -> memoryview:
        content = memoryview(np.empty(size, np.uint8))  # memory that is taken as it is filled, and not as it is announced
        filled = 0
        while filled < size:
            left = None if self._deadline is None else max(0, self._deadline - time.monotonic()) * 1000
            ready = dict(self._waiting.poll(left))
            if not ready:
                raise TimeoutError
            if not ready.get(self._connection.fileno()):  # the process has ended, and has left nothing to be read
                raise Ended
            try:
                got = self._connection.recv_into(content[filled:])
            except OSError:
                raise Ended from None
            if not got:
                raise Ended
            filled += got
        return content


def adopt(descriptor: int) -> socket.socket:
    """The socket behind a descriptor that this process was born with. It is not passed on to programs that this process starts."""
    os.set_inheritable(descriptor, False)
    return socket.socket(fileno=descriptor)
