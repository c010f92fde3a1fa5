"""The socket between grader and kernel: frames arrive whole; whatever else is sent ends in an exception, in bounded time and memory."""

import contextlib
import os
import socket
import struct
import subprocess
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import values
from autograder.values import Ended, NoFrame, receive, send


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4), st.lists(st.binary(max_size=50), max_size=5))
def test_frame_arrives_as_it_was_sent(message, buffers):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(theirs, message, buffers)
        there, parts = receive(ours, 5)
        assert (there, [bytes(part) for part in parts]) == (message, buffers)


def test_large_buffers_arrive(pair):
    ours, theirs = pair
    content = os.urandom(2**20) * 32
    thread = threading.Thread(target=send, args=(theirs, {}, [content, b""]))
    thread.start()
    assert bytes(receive(ours, 30)[1][0]) == content
    thread.join()


@given(st.binary(max_size=300))
def test_garbage_is_no_frame(garbage):
    ours, theirs = socket.socketpair()
    with ours, theirs, contextlib.suppress(NoFrame, Ended):
        theirs.sendall(garbage)
        theirs.shutdown(socket.SHUT_WR)
        message, _ = receive(ours, 5)
        assert isinstance(message, dict)


def frame(*parts, count=None, sizes=None):
    sizes = [len(part) for part in parts] if sizes is None else sizes
    return struct.pack(f"<I{len(sizes)}Q", len(sizes) if count is None else count, *sizes) + b"".join(parts)


@pytest.mark.parametrize(
    "sent",
    [
        frame(count=0),
        frame(count=2**32 - 1),
        frame(b"{}", sizes=[values.MAX_JSON + 1]),
        frame(b"{}", sizes=[2, 2**63]),
        frame(b"{}", sizes=[2, *[2**40] * 100]),
        frame(b"[1]"),
        frame(b"null"),
        frame(b"{"),
        frame(b"\xff\xfe"),
        frame(b"[" * 500_000),
        frame(b'{"a": ' + b"9" * 5_000 + b"}"),
    ],
    ids=range(11),
)
def test_forged_frames_are_refused_at_once(pair, sent):
    ours, theirs = pair
    threading.Thread(target=theirs.sendall, args=(sent,), daemon=True).start()
    started = time.monotonic()
    with pytest.raises(NoFrame):
        receive(ours, 20)
    assert time.monotonic() - started < 10


def test_announced_memory_is_not_taken(pair):
    ours, theirs = pair
    theirs.sendall(frame(b"{}", b"x", sizes=[2, values.MAX_BYTES]))
    theirs.shutdown(socket.SHUT_WR)
    before = resident()
    with pytest.raises(Ended):
        receive(ours, 5)
    assert resident() - before < 50 * 2**20


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_silence_and_a_trickle_run_out_of_time(pair):
    ours, theirs = pair
    with pytest.raises(TimeoutError):
        receive(ours, 0.2)
    theirs.sendall(frame(b"{}", b"", sizes=[2, 1000]))

    def trickle():
        with contextlib.suppress(OSError):
            while True:
                theirs.sendall(b"x")
                time.sleep(0.05)

    threading.Thread(target=trickle, daemon=True).start()
    with pytest.raises(TimeoutError):
        receive(ours, 0.5)


def test_reader_that_never_reads_runs_out_of_time(pair):
    ours, _ = pair
    with pytest.raises(TimeoutError):
        send(ours, {}, [b"x" * 2**24], 0.2)


def test_end_of_the_process_is_noticed_though_its_socket_lives_on(pair):
    ours, _ = pair
    process = subprocess.Popen(["sleep", "0.3"])
    pidfd = os.pidfd_open(process.pid)
    with pytest.raises(Ended):
        receive(ours, 20, pidfd)
    process.wait()
    os.close(pidfd)


def test_what_a_process_left_behind_is_still_read(pair):
    ours, theirs = pair
    process = subprocess.Popen(["true"])
    pidfd = os.pidfd_open(process.pid)
    process.wait()
    send(theirs, {"a": 1}, [])
    assert receive(ours, 5, pidfd)[0] == {"a": 1}
    os.close(pidfd)
