"""The network guard can go red: it refuses, and a run in which something tried fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def test_connection_to_another_machine_is_refused_in_child_processes(tmp_path):
    environment = os.environ | {"TESTS_NETWORK_LOG": str(tmp_path / "log")}
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "tests run without a network" in done.stderr
    assert "192.0.2.1" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(("host", "exit_code"), [("192.0.2.1", 1), ("127.0.0.1", 0)])
def test_run_that_wants_the_network_fails(tmp_path, host, exit_code):
    test = tmp_path / "test_it.py"
    test.write_text(
        f"import socket\ndef test_it():\n    try: socket.create_connection(('{host}', 9), timeout=1)\n    except OSError: pass\n"
    )
    environment = {key: value for key, value in os.environ.items() if key not in ("TESTS_NETWORK_LOG", "PYTHONPATH")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no_network", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(test)]
    done = subprocess.run(command, env=environment | {"PYTHONPATH": str(TESTS)}, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == exit_code, done.stdout + done.stderr
