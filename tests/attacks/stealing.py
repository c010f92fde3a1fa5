"""Submissions that look for what is not theirs: tests, solutions, other students' work, secrets of the machine. What they find, they print."""

from attack import FULL, STOLEN, TELL, Attack, ran


def thief(name: str, own: str, **more) -> Attack:
    """An attack whose own cell steals; its answers are right, so it loses nothing by it and gains nothing."""
    return Attack(name, FULL, own=TELL + own, never_says=STOLEN, after=ran, **more)


# Reads a file in every way that there is, and tells what is in it.
READ = """
import os, pathlib
def read(*paths):
    for path in paths:
        for way in ("", "/proc/1/root", "/proc/self/root", "/proc/self/cwd/../../../../..", "/course/../.."):
            try:
                found = pathlib.Path(way + str(path)).read_bytes()
            except OSError:
                continue
            if found:
                stolen((way + str(path), found))
"""

THIEVES = [
    thief(
        "the checks are imported, listed and read",
        READ
        + """
import importlib, pkgutil, autograder
for name in ("autograder.checks.test_02_convolution", "autograder.checks.test_08_network", "checks.test_01_pixels", "test_target", "attack"):
    try:
        stolen(importlib.import_module(name).__file__)
    except ImportError:
        pass
package = pathlib.Path(autograder.__file__).parent
for path in package.rglob("*"):
    if "test_" in path.name or path.suffix == ".ipynb" or path.parent.name == "checks":
        stolen(path)
stolen(list(pkgutil.iter_modules([str(package / "checks")]))) if list(pkgutil.iter_modules([str(package / "checks")])) else None
""",
    ),
    thief(
        "the course's own tree is searched for lessons, solutions, tests and its history",
        """
import os, pathlib, sys, autograder
places = {pathlib.Path(autograder.__file__).parents[1], pathlib.Path(sys.prefix).parent, pathlib.Path.cwd(), *pathlib.Path.cwd().parents}
WANTED = {"lessons", "solutions", "tests", "docs", "tools", ".git", "submitted", "autograded", "gradebook.db", "nbgrader_config.py", "source", "release"}
for place in places:
    try:
        found = WANTED & set(os.listdir(place))
    except OSError:
        continue
    if found:
        stolen((place, found))
""",
    ),
    thief(
        "the lessons are asked for their solutions",
        """
from autograder import lessons
for lesson in lessons.all_lessons().values():
    stolen(lesson.notebook["cells"][0])
for place in (lessons.SOURCE, lessons.RELEASED):
    if any(place.glob("**/*.ipynb")):
        stolen(list(place.glob("**/*.ipynb")))
""",
    ),
    thief(
        "the whole disk is walked through for notebooks, gradebooks and keys",
        """
import os, sys
LOOKED_FOR = (".ipynb", ".db", ".sqlite", ".pem", "id_rsa", "id_ed25519", ".netrc", ".pypirc", "secret.txt", "result.json", ".env", "credentials")
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/usr", sys.prefix, sys.base_prefix)]
    for name in files:
        if name.endswith(LOOKED_FOR):
            stolen(os.path.join(folder, name))
""",
    ),
    thief(
        "the class's gradebook, another student's work and the solution are read where they are known to be",
        READ
        + """
read("@FOLDER@/course/gradebook.db", "@FOLDER@/course/secret.txt", "@FOLDER@/course/solutions/target.ipynb",
     "@FOLDER@/course/submitted/ada/target/target.ipynb", "@FOLDER@/course/autograded/ada/target/result.json")
import sqlite3
for path in ("@FOLDER@/course/gradebook.db", "gradebook.db", "../gradebook.db", "../../gradebook.db"):
    if os.path.exists(path):
        stolen(sqlite3.connect(path))
""",
    ),
    thief(
        "home directories, keys and passwords are read",
        READ
        + """
import glob, pwd
homes = {entry.pw_dir for entry in pwd.getpwall()} | {"/root", "@FOLDER@/home", *glob.glob("/home/*")}
read("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/machine-id", "/run/secrets/kubernetes.io/serviceaccount/token", "/etc/ssh/ssh_host_rsa_key")
for home in homes:
    read(*(f"{home}/{name}" for name in (".ssh/id_rsa", ".ssh/authorized_keys", ".netrc", ".bashrc", ".bash_history", ".pgpass", ".aws/credentials")))
if len(pwd.getpwall()) > 1:
    stolen([entry.pw_name for entry in pwd.getpwall()])
""",
    ),
    thief(
        "environment variables are read, everyone's",
        """
import glob, os
found = dict(os.environ)
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ"):
    try:
        found[path] = open(path, "rb").read().decode()
    except OSError:
        pass
for name, value in found.items():
    for word in ("CLASS_SECRET", "TOKEN", "PASSWORD", "API_KEY", "VIRTUAL_ENV", "SSH_", "PYTEST", "SUDO_"):
        if word in name or word in value:
            stolen((name, value))
""",
    ),
    thief(
        "the kernel's own memory is searched for what it inherited",
        """
import re
memory = open("/proc/self/mem", "rb", 0)
for line in open("/proc/self/maps"):
    span, rights, *_ = line.split()
    start, end = (int(part, 16) for part in span.split("-"))
    if "r" in rights and "w" in rights and end - start < 2**27:
        try:
            memory.seek(start)
            for found in re.findall(rb"canary-[0-9a-f]{16}|CLASS_SEC[R]ET=|BEGIN SOLUTIO[N]", memory.read(end - start)):
                stolen(found)
        except (OSError, ValueError, OverflowError):
            pass
""",
    ),
    thief(
        "the seed is looked for in every object and in every frame",
        """
import gc, sys
def double(x):
    frame = sys._getframe()
    while frame:
        for name in ("seed", "rng", "expected", "secret"):
            if name in frame.f_locals and frame.f_locals[name] is not None:
                stolen((frame.f_code.co_qualname if hasattr(frame.f_code, "co_qualname") else frame.f_code.co_name, name, frame.f_locals[name]))
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, dict) and ("seed" in thing and isinstance(thing["seed"], int) and thing["seed"] > 1000 or "student_under_test" in thing):
            stolen(thing)
    return 2 * x
answer = double
""",
        double="double = answer",
    ),
    thief(
        "requests of the grader are kept and looked through",
        """
from autograder.harness import Harness
honest = Harness.answer
def answer(self, request, buffers):
    for word in ("seed", "expected", "secret", "test_", "canary", "rng"):
        if word in repr(request):
            stolen(request)
    return honest(self, request, buffers)
Harness.answer = answer
""",
    ),
    thief(
        "open descriptors are followed to where they lead",
        """
import os, socket, stat, struct
for name in os.listdir("/proc/self/fd"):
    descriptor = int(name)
    try:
        where, kind = os.readlink(f"/proc/self/fd/{name}"), os.fstat(descriptor).st_mode
    except OSError:
        continue
    if where.startswith(("@FOLDER@", "/home", "/root", "/var")) or "deleted" in where and "memfd" not in where:
        stolen(where)
    if stat.S_ISDIR(kind):
        try:
            up = os.open("../../../..", os.O_RDONLY, dir_fd=descriptor)
            if "var" in os.listdir(up) and os.path.exists("/var/tmp"):
                stolen(os.listdir(up))
        except OSError:
            pass
    if stat.S_ISSOCK(kind):
        end = socket.socket(fileno=os.dup(descriptor))
        try:
            waiting, passed, *_ = end.recvmsg(4096, 1024, socket.MSG_DONTWAIT | socket.MSG_PEEK)
            if passed or b"canary" in waiting:
                stolen((waiting, passed))
        except OSError:
            pass
        try:
            pid, user, group = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            if pid not in (0, os.getpid()):
                stolen(("a peer", pid))
        except OSError:
            pass
        end.detach()
""",
    ),
    thief(
        "other processes are read with ptrace, process_vm_readv and /proc/PID/mem",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
others = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()] + [@PID@, os.getppid()]
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
for pid in others:
    if pid <= 0 or pid == os.getpid():
        continue
    if libc.ptrace(16, pid, None, None) == 0:
        stolen(("ptrace", pid))
        libc.ptrace(17, pid, None, None)
    try:
        maps = open(f"/proc/{pid}/maps").read()
        start = int(maps.split("-")[0], 16)
        here = ctypes.create_string_buffer(64)
        if libc.process_vm_readv(pid, ctypes.byref(Part(ctypes.addressof(here), 64)), 1, ctypes.byref(Part(start, 64)), 1, 0) > 0:
            stolen(("process_vm_readv", pid))
        with open(f"/proc/{pid}/mem", "rb", 0) as memory:
            memory.seek(start)
            stolen(("mem", pid, memory.read(16)))
    except OSError:
        pass
    try:
        if any(word in open(f"/proc/{pid}/cmdline").read() for word in ("pytest", "zygote", "autograder.cli")):
            stolen(("command line", pid))
    except OSError:
        pass
""",
    ),
    thief(
        "the machine's own memory, log and devices are read",
        READ
        + """
import ctypes, glob
read("/dev/mem", "/dev/kmem", "/dev/port", "/var/log/syslog", "/var/log/auth.log", "/var/lib/dpkg/status", "/etc/fstab", "/etc/crontab")
for path in ("/proc/kcore", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/nvme0n1", *glob.glob("/dev/loop*")):
    try:
        with open(path, "rb") as file:
            stolen((path, file.read(16)))
    except OSError:
        pass
buffer = ctypes.create_string_buffer(4096)
if ctypes.CDLL(None).klogctl(3, buffer, 4096) > 0:
    stolen(buffer.value[:80])
""",
    ),
    thief(
        "namespaces are left by setns, unshare and chroot",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup"):
    for pid in (1, @PID@, os.getppid()):
        try:
            descriptor = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(descriptor, 0) == 0:
            stolen(("setns", name, pid))
if libc.unshare(0x10000000) == 0:
    stolen("a user namespace of its own")
for action in (lambda: os.chroot("/proc/1/root"), lambda: os.setuid(0), lambda: os.setgroups([0])):
    try:
        action()
        stolen("root")
    except OSError:
        pass
""",
    ),
    thief(
        "capabilities and set-uid programs are used",
        """
import os, stat, subprocess
rights = dict(line.split(":", 1) for line in open("/proc/self/status"))
for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb", "CapInh"):
    if int(rights[name], 16):
        stolen((name, rights[name]))
if rights["NoNewPrivs"].strip() != "1" or rights["Seccomp"].strip() != "2":
    stolen((rights["NoNewPrivs"], rights["Seccomp"]))
for program in ("sudo", "su", "mount", "pkexec", "newuidmap"):
    for folder in ("/usr/bin", "/bin", "/usr/sbin"):
        path = f"{folder}/{program}"
        if os.path.exists(path) and subprocess.run([path, "-n", "id"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=5).stdout.startswith("uid=0"):
            stolen(path)
""",
    ),
    thief(
        "a verbose traceback shows the variables of whoever called",
        """
get_ipython().run_line_magic("xmode", "Verbose")
def double(x):
    import traceback, sys
    text = "".join(traceback.format_exception(*sys.exc_info())) + "".join(traceback.StackSummary.extract(traceback.walk_stack(None), capture_locals=True).format())
    for word in ("expected =", "seed =", "oracle", "test_double", "checks/test_"):
        if word in text:
            stolen(text)
    return 2 * x
answer = double
""",
        double="double = answer",
    ),
    thief(
        "magics and the shell go looking",
        r"""
found = get_ipython().getoutput("cat @FOLDER@/course/secret.txt /etc/shadow @FOLDER@/home/.ssh/id_rsa 2>/dev/null; ls @FOLDER@ /home /root 2>/dev/null")
if any(line and not line.endswith(":") for line in found):
    stolen(found)
for magic, argument in (("load", "@FOLDER@/course/solutions/target.ipynb"), ("cat", "@FOLDER@/course/secret.txt"), ("pycat", "/etc/shadow")):
    try:
        get_ipython().run_line_magic(magic, argument)
    except BaseException:
        pass
""",
    ),
    thief(
        "links to what is not theirs lie where the grader looks",
        """
import os
for name, target in (("model.keras", "@FOLDER@/course/secret.txt"), ("history.json", "/etc/shadow"), ("target.ipynb", "@FOLDER@/course/solutions/target.ipynb")):
    try:
        if os.path.lexists(name):
            os.remove(name)
        os.symlink(target, name)
        stolen((name, open(name).read()))
    except OSError:
        pass
""",
        answers={},
    ),
]

# Two students who work together: the first leaves something wherever it can, the second looks for it.
NOTE = "for-my-friend-at-the-next-desk"
CONSPIRATORS = [
    thief(
        "a note for the next student is left in every folder, in shared memory and in sockets",
        f"""
import os, socket
from multiprocessing import shared_memory
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/course", "/", os.getcwd(), os.path.dirname(os.__file__), "@FOLDER@", "@FOLDER@/tmp", "/dev/mqueue"):
    try:
        with open(f"{{folder}}/{NOTE}", "w") as file:
            file.write("2 * x")
    except OSError:
        pass
try:
    kept = shared_memory.SharedMemory("{NOTE}"[:30], create=True, size=64)
except OSError:
    pass
try:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("\\0{NOTE}")
    listening.listen()
except OSError:
    pass
import ctypes
ctypes.CDLL(None).shmget(424242, 4096, 0o1666)
""",
    ),
    thief(
        "a note of the student before is looked for",
        f"""
import ctypes, os, socket
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/usr")]
    if "{NOTE}" in files or "{NOTE}"[:30] in files:
        stolen(folder)
try:
    socket.socket(socket.AF_UNIX).connect("\\0{NOTE}")
    stolen("a socket")
except OSError:
    pass
if ctypes.CDLL(None).shmget(424242, 4096, 0) >= 0:
    stolen("shared memory")
if not all(np.allclose(np.asarray(value), expected) for value, expected in ((np.pi, 3.14159265), (np.e, 2.71828183))):
    stolen("a patched module")
import builtins
for module in (np, builtins):
    if hasattr(module, "friend"):
        stolen(module)
np.friend = builtins.friend = "2 * x"
""",
    ),
    thief(
        "modules that the student before changed are looked at",
        """
import builtins
for module in (np, builtins):
    if hasattr(module, "friend"):
        stolen(module)
""",
    ),
]

ATTACKS = [*THIEVES, *CONSPIRATORS]
