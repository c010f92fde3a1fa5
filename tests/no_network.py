"""Refuses connections to other machines in every Python process of a test run, and fails the run if one was tried.

As a pytest plug-in it sets this up; as `sitecustomize` (tests/no_network_everywhere is on the path of child processes) it takes effect in them.
"""

import os
import socket
import sys
import tempfile
from pathlib import Path

LOG = "TESTS_NETWORK_LOG"
HERE = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::", socket.gethostname()}


def _host(event: str, args: tuple) -> object:
    match event, args:
        case ("socket.connect" | "socket.sendto", (_, (host, *_))):
            return host
        case ("socket.getaddrinfo" | "socket.gethostbyname", (host, *_)):
            return host
    return None


def _refuse(event: str, args: tuple) -> None:
    if not event.startswith("socket."):
        return
    host = _host(event, args)
    host = host.decode() if isinstance(host, bytes) else host
    if host not in HERE and not str(host).startswith("127."):
        with open(os.environ[LOG], "a") as log:
            log.write(f"{event} {host} by {' '.join(sys.argv[:3])}\n")
        raise ConnectionRefusedError(f"tests run without a network, and this wanted {host}")


def guard() -> None:
    """From now on, in this process, only this machine can be reached. An audit hook cannot be taken off again."""
    sys.addaudithook(_refuse)


def pytest_configure(config) -> None:
    if LOG not in os.environ:  # xdist's workers inherit it
        handle, os.environ[LOG] = tempfile.mkstemp(prefix="network-")
        os.close(handle)
        everywhere = str(Path(__file__).with_name("no_network_everywhere"))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [everywhere, os.environ.get("PYTHONPATH")]))
    guard()


def pytest_sessionfinish(session) -> None:
    if not hasattr(session.config, "workerinput"):
        tried = Path(os.environ[LOG]).read_text()
        if tried:
            print(f"\nThe network was wanted:\n{tried}", file=sys.stderr)
            session.exitstatus = 1
