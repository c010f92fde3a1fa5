"""Submissions that reach for what lies outside of their sandbox: the network, the grader's machine, its other processes.

Each of them tries something in a cell of its own and prints what came of it, so that one that was not even able to try is noticed, too.
"""

import atexit
import contextlib
import ctypes
import os
import re
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from attack import FULL, Attack, World

# What anyone on this machine may use, and a submission may not: sockets on which someone listens, with a path and without one, and memory.
_libc = ctypes.CDLL(None)
_open = contextlib.ExitStack()
atexit.register(_open.close)
FOLDER = _open.enter_context(tempfile.TemporaryDirectory(prefix="listeners-", dir="/var/tmp"))
PATH = f"{FOLDER}/socket"
ABSTRACT = f"layer-by-layer-{os.getpid()}"
SHARED = _open.enter_context(tempfile.TemporaryDirectory(prefix="shared-", dir="/dev/shm"))
SEGMENT = _libc.shmget(0, ctypes.c_size_t(4096), 0o1666)
_open.callback(_libc.shmctl, SEGMENT, 0, None)


def _listening(address: str) -> socket.socket:
    listener = _open.enter_context(socket.socket(socket.AF_UNIX))
    listener.bind(address)
    listener.listen()
    listener.setblocking(False)
    return listener


LISTENERS = {address: _listening(address) for address in (PATH, f"\0{ABSTRACT}")}
Path(SHARED, "memory").touch()
for path in (FOLDER, PATH, SHARED, f"{SHARED}/memory"):
    os.chmod(path, 0o777)


TRYING = '''
import ctypes, errno, fcntl, os, signal, socket, stat, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def system_call(*arguments):
    """The result of a system call by its number; OSError where it fails."""
    result = libc.syscall(*(ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def call(name, *arguments):
    """The same by the name of the C library's function."""
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
def attempt(what, deed, *arguments):
    try:
        result = deed(*arguments)
    except Exception as error:
        print(f"<{what}: refused> {type(error).__name__}: {error}")
    else:
        print(f"<{what}: reached>", repr(result)[:200])
def connect(address, family=socket.AF_UNIX, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as connection:
        connection.settimeout(1)
        connection.connect(address)
def write(path, text="1"):
    with open(path, "r+") as file:
        file.write(text)
def read(path):
    with open(path, "rb") as file:
        return file.read(100)
def some(found):
    found = list(found)
    if not found:
        raise LookupError("nothing")
    return found
'''


def refused(number: int) -> Callable[[World], None]:
    """That so many attempts were made, that each was refused, and by the sandbox; and that no one who listens was called."""

    def after(world: World) -> None:
        shown = world.shown()
        tried = re.findall(r"<([^<>]+): (refused|reached)>(.*)", shown)
        reached = [f"{what}: {result}" for what, outcome, result in tried if outcome == "reached"]
        assert not reached, f"it reached {reached}"
        assert len(tried) == number, f"it tried {len(tried)} things instead of {number}: {tried}"
        assert "tests run without a network" not in shown, "the tests' own guard was in the way, not the sandbox"
        no_calls(world)

    return after


def no_calls(world: World) -> None:
    """No one who listens was called."""
    for address, listener in LISTENERS.items():
        with contextlib.suppress(BlockingIOError):
            listener.accept()[0].close()
            raise AssertionError(f"it reached the socket {address!r} of the grader's machine")


def trying(name: str, number: int, code: str, **also: str) -> Attack:
    """An attack that makes `number` attempts in a cell of its own, all of which fail, and answers rightly."""
    return Attack(name, FULL, own=TRYING + code.strip("\n"), after=refused(number), **also)


NETWORK = [
    trying(
        "names are looked up",
        3,
        """
for name in ("example.org", "localhost.localdomain", socket.gethostname()):
    attempt(name, socket.getaddrinfo, name, 80)
""",
    ),
    trying(
        "TCP to addresses in the network",
        5,
        """
for host, port in [("192.0.2.1", 80), ("169.254.169.254", 80), ("10.0.0.1", 22), ("172.17.0.1", 2375)]:
    attempt(host, connect, (host, port), socket.AF_INET)
attempt("IPv6", connect, ("2001:db8::1", 80), socket.AF_INET6)
""",
    ),
    trying(
        "TCP to the grader's own machine",
        3,
        """
for host in ("127.0.0.1", "127.0.1.1", "0.0.0.0"):
    attempt(host, connect, (host, @PORT@), socket.AF_INET)
""",
    ),
    trying(
        "UDP and broadcasts",
        3,
        """
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    for host in ("192.0.2.1", "255.255.255.255", "224.0.0.1"):
        attempt(host, out.sendto, b"hello", (host, 9))
""",
    ),
    trying(
        "raw packets, and the families of sockets that know no network namespace",
        9,
        """
attempt("ping", socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
stream, raw, packets = 1, 3, 5
for name, family, kind in [("packet", 17, raw), ("vsock", 40, stream), ("vsock, packets", 40, packets), ("crypto", 38, packets),
                           ("bluetooth", 31, raw), ("tipc", 30, packets), ("can", 29, raw), ("keys", 15, raw)]:
    attempt(name, socket.socket, family, kind, 2 if name == "keys" else 0)
""",
    ),
    trying(
        "the network's settings, by netlink and by ioctl",
        4,
        """
import struct
def netlink(kind, flags, body):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.settimeout(1)
        link.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
        (failed,) = struct.unpack("=i", link.recv(4096)[16:20])
        if failed:
            raise OSError(-failed, os.strerror(-failed))
attempt("an interface of its own", netlink, 16, 0x605, struct.pack("=BBHiII", 0, 0, 0, 0, 0, 0))
attempt("lo is taken down", netlink, 16, 5, struct.pack("=BBHiII", 0, 0, 0, 1, 0, 1))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    attempt("SIOCSIFFLAGS", fcntl.ioctl, out, 0x8914, struct.pack("16sH14s", b"lo", 0, b""))
attempt("other interfaces", lambda: some({name for _, name in socket.if_nameindex()} - {"lo"}))
""",
    ),
    trying(
        "a Unix socket of the grader's machine, behind a path",
        3,
        f"""
attempt("stream", connect, "{PATH}")
attempt("datagram", connect, "{PATH}", socket.AF_UNIX, socket.SOCK_DGRAM)
attempt("through the first process", connect, "/proc/1/root{PATH}")
""",
    ),
    trying(
        "a Unix socket of the grader's machine, behind a name without a path",
        2,
        f"""
attempt("stream", connect, "\\0{ABSTRACT}")
def known():
    return open("/proc/net/unix").read().split().index("@{ABSTRACT}")
attempt("the list of sockets", known)
""",
    ),
    trying(
        "the desktop, the session bus, the clipboard, agents and container engines",
        17,
        """
for path in ("/run/dbus/system_bus_socket", "/run/user/0/bus", "/run/user/1000/bus", "/tmp/.X11-unix/X0", "\\0/tmp/.X11-unix/X0",
             "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock",
             "/run/systemd/private", "/run/systemd/journal/socket", "/run/user/1000/wayland-0"):
    attempt(path, connect, path)
for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"):
    attempt(name, os.environ.__getitem__, name)
""",
    ),
]

KERNEL = [
    trying(
        "file systems are mounted, unmounted and swapped",
        9,
        """
attempt("tmpfs", call, "mount", b"tmpfs", b"/tmp", b"tmpfs", 0, None)
attempt("proc", call, "mount", b"proc", b"/tmp", b"proc", 0, None)
attempt("bind", call, "mount", b"/", b"/tmp", None, 4096, None)
attempt("read-write", call, "mount", b"none", b"/usr", None, 32 | 4096, None)
attempt("umount", call, "umount2", b"/course", 2)
attempt("pivot_root", system_call, 155 if os.uname().machine == "x86_64" else 41, b"/tmp", b"/tmp")
attempt("fsopen", system_call, 430, b"tmpfs", 0)
attempt("open_tree", system_call, 428, -100, b"/", 1)
attempt("chroot", os.chroot, "/tmp")
""",
    ),
    trying(
        "namespaces of its own, in which it would have all rights",
        7,
        """
arm = os.uname().machine != "x86_64"
for name, flag in [("user", 0x10000000), ("mount", 0x20000), ("network", 0x40000000), ("all", 0x7E020000)]:
    attempt(name, call, "unshare", flag)
def clone(flag):
    if system_call(220 if arm else 56, flag | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)
attempt("clone", clone, 0x10000000)
arguments = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, signal.SIGCHLD)
def clone3():
    if system_call(435, arguments, 64) == 0:
        os._exit(0)
attempt("clone3", clone3)
attempt("the program unshare", subprocess.check_output, ["unshare", "--user", "--map-root-user", "true"])
""",
    ),
    trying(
        "the namespaces of other processes are entered",
        6,
        """
for kind in ("user", "mnt", "net", "pid"):
    attempt(kind, lambda: call("setns", os.open(f"/proc/1/ns/{kind}", os.O_RDONLY), 0))
attempt("pidfd", lambda: call("setns", os.pidfd_open(1), 0x20000))
attempt("the program nsenter", subprocess.check_output, ["nsenter", "--target", "1", "--mount", "--net", "true"])
""",
    ),
    trying(
        "devices are made and opened",
        15,
        """
attempt("disk", os.mknod, "/tmp/disk", stat.S_IFBLK | 0o600, os.makedev(8, 0))
attempt("memory", os.mknod, "/tmp/memory", stat.S_IFCHR | 0o600, os.makedev(1, 1))
for name in ("mem", "kmsg", "kvm", "fuse", "tty", "ptmx", "console", "sda", "vda", "nvme0n1", "net/tun", "vhost-vsock", "loop-control"):
    attempt(name, os.open, f"/dev/{name}", os.O_RDWR)
""",
    ),
    trying(
        "other processes are traced and read",
        8,
        """
arm = os.uname().machine != "x86_64"
for target in (1, @PID@, os.getppid() or 1):
    attempt(f"attach {target}", call, "ptrace", 16, target, None, None)
def memory(number):
    start = int(open(f"/proc/{number}/maps").readline().split("-")[0], 16)
    with open(f"/proc/{number}/mem", "r+b", buffering=0) as file:
        file.seek(start)
        return file.read(8)
for number in ("1",):  # the one besides the kernel
    attempt(f"memory of {number}", memory, number)
space = ctypes.create_string_buffer(64)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(space), 64)
attempt("process_vm_readv", system_call, 270 if arm else 310, 1, vector, 1, vector, 1, 0)
attempt("pidfd_getfd", system_call, 438, os.pidfd_open(1), 0, 0)
attempt("kcmp", system_call, 272 if arm else 312, 1, os.getpid(), 0, 0, 0)
attempt("the kernel's log", call, "klogctl", 3, space, 64)
""",
    ),
    trying(
        "keyrings, io_uring, bpf, userfaultfd, perf and other calls that break-outs went through",
        12,
        """
arm = os.uname().machine != "x86_64"
space = ctypes.create_string_buffer(256)
attempt("keyctl", system_call, 219 if arm else 250, 0, -3, 1)
attempt("add_key", system_call, 217 if arm else 248, b"user", b"name", b"x", 1, -3)
attempt("request_key", system_call, 218 if arm else 249, b"user", b"name", None, -3)
attempt("io_uring", system_call, 425, 8, space)
attempt("bpf", system_call, 280 if arm else 321, 0, space, 72)
attempt("userfaultfd", system_call, 282 if arm else 323, 1)
attempt("perf_event_open", system_call, 241 if arm else 298, space, 0, -1, -1, 0)
attempt("open_by_handle_at", system_call, 265 if arm else 304, -100, space, 0)
attempt("fanotify_init", system_call, 262 if arm else 300, 0, 0)
attempt("init_module", system_call, 105 if arm else 175, space, 0, b"")
attempt("quotactl", system_call, 60 if arm else 179, 0, None, 0, space)
attempt("the 32-bit door", system_call, 0x40000000 + 101, 16, 1, 0, 0)
""",
    ),
    trying(
        "the machine's clock, name, priorities and power",
        8,
        """
attempt("clock", time.clock_settime, time.CLOCK_REALTIME, time.time())
attempt("name", socket.sethostname, "pwned")
attempt("reboot", call, "reboot", 0)
attempt("swap", call, "swapoff", b"/swapfile")
attempt("accounting", call, "acct", b"/tmp/log")
attempt("nice", os.setpriority, os.PRIO_PROCESS, 0, -20)
attempt("real time", os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(50))
attempt("hung up", call, "vhangup")
""",
    ),
    trying(
        "rights are taken back: users, groups, capabilities and setuid programs",
        13,
        """
for name, deed in [("uid", os.setuid), ("gid", os.setgid), ("euid", os.seteuid)]:
    attempt(name, deed, 0)
attempt("groups", os.setgroups, [0])
attempt("ambient", call, "prctl", 47, 2, 21, 0, 0)
attempt("new privileges", call, "prctl", 38, 0, 0, 0, 0)
attempt("securebits", call, "prctl", 28, 0, 0, 0, 0)
attempt("owner", os.chown, "/tmp", 0, 0)
programs = ["su -c id", "sudo -n id", "pkexec id", "mount -t tmpfs x /tmp", f"newuidmap {os.getpid()} 0 0 1"]
for program in map(str.split, programs):
    attempt(program[0], subprocess.check_output, program)
""",
    ),
    trying(
        "what rights this process says that it has",
        7,
        """
def status(name):
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith(f"{name}:"))
def differs(name, expected):
    value = status(name)
    if value == expected:
        raise PermissionError(value)
    return value
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    attempt(name, differs, name, "0" * 16)
attempt("NoNewPrivs", differs, "NoNewPrivs", "1")
attempt("Seccomp", differs, "Seccomp", "2")
""",
    ),
    trying(
        "settings of the machine's are written, in /proc and /sys",
        11,
        """
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory",
             "/proc/sys/fs/binfmt_misc/register", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/user/max_user_namespaces", "/sys/power/state",
             "/sys/kernel/uevent_helper", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
    attempt(path, write, path)
attempt("uid_map", write, "/proc/self/uid_map", "0 0 1")
""",
    ),
    trying(
        "its own limits on memory and its place in the queue of those to be ended",
        4,
        """
import resource
attempt("oom_score_adj", write, "/proc/self/oom_score_adj", "-1000")
for name in ("DATA", "NPROC", "FSIZE"):
    limit = getattr(resource, f"RLIMIT_{name}")
    attempt(name, resource.setrlimit, limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
""",
    ),
    trying(
        "keys are typed into the terminal",
        7,
        """
for number in (0, 1, 2):
    attempt(f"TIOCSTI {number}", fcntl.ioctl, number, 0x5412, b"x")
    attempt(f"TIOCLINUX {number}", fcntl.ioctl, number, 0x541C, bytes([2, 0]))
attempt("/dev/tty", read, "/dev/tty")
""",
    ),
]

MACHINE = [
    trying(
        "files of the grader's machine",
        12,
        f"""
for path in ("@FOLDER@", "@FOLDER@/course/secret.txt", "@FOLDER@/home/.ssh/id_rsa", "{FOLDER}", "/etc/shadow", "/etc/hostname",
             "/root/.bashrc", "/home/student", "/mnt", "/boot", "/var/lib", "/opt/hostedtoolcache"):
    attempt(path, os.listdir if os.path.isdir(path) else read, path)
""",
    ),
    trying(
        "files of the grader's machine, through other processes' views of it",
        5,
        """
import glob
def roots(path):
    views = [f"/proc/{view}" for view in ("[0-9]*/root", "[0-9]*/cwd", "[0-9]*/task/*/root")]
    return some(root for view in views for root in glob.glob(view) if os.path.exists(root + path))
attempt("roots", roots, "@FOLDER@/course/secret.txt")
attempt("the grader's memory", read, "/proc/@PID@/mem")
attempt("the grader's environment", read, "/proc/@PID@/environ")
attempt("the grader's files", os.listdir, "/proc/@PID@/fd")
attempt("files that are mapped", lambda: [os.open(path, os.O_RDWR) for path in glob.glob("/proc/*/map_files/*")][0])
""",
    ),
    trying(
        "a folder that was left open when the sandbox was entered (runc's CVE-2024-21626)",
        2,
        """
def left_open():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            if stat.S_ISDIR(os.fstat(int(name)).st_mode):
                found.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            pass
    return some(found)
attempt("descriptors", left_open)
def up():
    folder = os.open(".", os.O_RDONLY)
    for _ in range(100):
        folder = os.open("..", os.O_RDONLY, dir_fd=folder)
    return open("@FOLDER@/course/secret.txt".lstrip("/"), opener=lambda path, flags: os.open(path, flags, dir_fd=folder)).read()
attempt("..", up)
""",
    ),
    trying(
        "files that were left open when the sandbox was entered",
        1,
        """
def left_open():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if target.startswith("/") and not target.startswith(("/dev/", "/proc/", "/tmp/", "/run/", "/course/")):
            found.append(target)
    return some(found)
attempt("files", left_open)
""",
    ),
    trying(
        "sockets of other kernels and of the process that starts kernels",
        2,
        """
import glob
def strangers():
    known = ("/proc", "/sys", "/usr", sys.prefix, sys.base_prefix)
    found = [line.split()[7] for line in open("/proc/net/unix") if " /" in line]
    for folder, folders, names in os.walk("/"):
        folders[:] = [inner for inner in folders if os.path.join(folder, inner) not in known]
        found += [path for path in (os.path.join(folder, name) for name in names) if stat.S_ISSOCK(os.lstat(path).st_mode)]
    return some(path for path in found if not path.startswith("/run/kernel-"))
attempt("sockets", strangers)
def born_elsewhere():
    here = {line.split()[6] for line in open("/proc/net/unix").read().splitlines()[1:]}
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            with socket.socket(fileno=os.dup(int(name))) as one:
                if not one.getsockname() and str(os.fstat(int(name)).st_ino) not in here:
                    found.append(name)
        except OSError:
            pass
    return some(found[1:])  # on one of them, results go to the grader
attempt("sockets from outside", born_elsewhere)
""",
    ),
    trying(
        "processes outside are signalled and looked at",
        5,
        """
attempt("the grader", os.kill, @PID@, 0)
attempt("the grader's priority", os.getpriority, os.PRIO_PROCESS, @PID@)
attempt("a handle on the grader", os.pidfd_open, @PID@)
attempt("the list of processes", os.listdir("/proc").index, "@PID@")
def siblings():
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    return some(name for name in others if b"python" in read(f"/proc/{name}/cmdline"))
attempt("other kernels", siblings)
""",
    ),
    trying(
        "Python, the system and the course's package are written to",
        18,
        """
import autograder, tensorflow
modules = [module.__file__ for module in (np, autograder, tensorflow, os)]
for path in (sys.executable, os.path.realpath(sys.executable), "/proc/self/exe", "/proc/1/exe", "/usr/bin/env", "/etc/passwd", *modules):
    attempt(path, write, path)
for folder in (sys.prefix, "/usr/lib", "/etc", "/", *map(os.path.dirname, modules)):
    attempt(folder, lambda: os.close(os.open(os.path.join(folder, "sitecustomize.py"), os.O_CREAT | os.O_WRONLY)))
""",
    ),
    trying(
        "the grader's own program, while it runs (runc's CVE-2019-5736)",
        3,
        """
import glob
def replace(path):
    handle = os.open(path, os.O_PATH)
    deadline = time.monotonic() + 0.2
    while True:
        try:
            return os.open(f"/proc/self/fd/{handle}", os.O_WRONLY)
        except OSError as error:
            if error.errno != errno.ETXTBSY or time.monotonic() > deadline:
                raise
for path in ("/proc/self/exe", "/proc/1/exe", "/proc/2/exe"):
    attempt(path, replace, path)
""",
    ),
    trying(
        "the secrets of whoever grades, in the environment",
        4,
        """
for name in ("CLASS_SECRET", "PYTHONPATH", "VIRTUAL_ENV", "LOGNAME"):
    attempt(name, os.environ.__getitem__, name)
""",
    ),
    trying(
        "shared memory of the grader's machine",
        4,
        f"""
attempt("a file", write, "{SHARED}/memory")
attempt("its folder", lambda: os.listdir("/dev/shm")[0])
attempt("a segment", lambda: libc.shmat({SEGMENT}, None, 0) + 1 or call("shmctl", -1, -1, None))
attempt("the list of segments", lambda: open("/proc/sysvipc/shm").read().splitlines()[1])
""",
    ),
]

# Every socket in the box is replaced by something else, then everyone who is connected hung up on, so that they come again.
REPLACED = (
    TRYING
    + f"""
import glob
def replace(put):
    for path in glob.glob("/run/*"):
        if stat.S_ISSOCK(os.lstat(path).st_mode):
            os.unlink(path)
            put(path)
    print("<replaced>")
def hang_up():
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{{name}}").startswith("socket:"):
                socket.socket(fileno=int(name)).shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    time.sleep(2)
host = "{PATH}"
"""
)


PLANTED = [
    Attack(
        "the sockets in the box become links to one of the grader's machine, and the kernel hangs up",
        FULL,
        own=REPLACED
        + """
replace(lambda path: os.symlink(host, path))
hang_up()
""",
        after=no_calls,
        hangs=True,
    ),
    Attack(
        "the sockets in the box become links to one of the grader's machine, and the kernel ends",
        {"double": 0, "half": 2},
        own=REPLACED
        + """
replace(lambda path: os.symlink(host, path))
""",
        double="""
import os
def double(x):
    os._exit(1)
""",
        after=no_calls,
    ),
    Attack(
        "the folder of the sockets becomes a link into the grader's machine",
        FULL,
        own=REPLACED
        + """
for path in glob.glob("/run/*"):
    os.unlink(path)
try:
    os.rmdir("/run")
    os.symlink(os.path.dirname(host), "/run")
except OSError as error:
    print(error)
os._exit(1)
""",
        after=no_calls,
    ),
    Attack(
        "the sockets in the box become others, which accept everyone and never say a word",
        FULL,
        own=REPLACED
        + """
kept = []
def silent(path):
    kept.append(socket.socket(socket.AF_UNIX))
    kept[-1].bind(path)
    kept[-1].listen()
replace(silent)
hang_up()
""",
        after=no_calls,
        hangs=True,
    ),
    Attack(
        "the sockets in the box become others, which send noise for ever",
        FULL,
        own=REPLACED
        + """
import threading
def noisy(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    def pour():
        while True:
            connection, _ = server.accept()
            try:
                connection.sendall(b"\\xff" + bytes(8) + b"\\x01\\x7f\\x03\\x00NULL" + bytes(48))
                while True:
                    connection.sendall(os.urandom(2**20))
            except OSError:
                pass
    threading.Thread(target=pour, daemon=True).start()
replace(noisy)
hang_up()
""",
        after=no_calls,
        hangs=True,
    ),
    Attack(
        "the sockets in the box become pipes that no one writes to",
        FULL,
        own=REPLACED
        + """
replace(os.mkfifo)
hang_up()
""",
        after=no_calls,
        hangs=True,
    ),
    Attack(
        "a thousand descriptors are sent to whoever is connected",
        {"double": 0, "half": 2},
        double=TRYING
        + """
def double(x):
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                with socket.socket(fileno=os.dup(int(name))) as out:
                    socket.send_fds(out, [b"x"], [os.open("/", os.O_PATH), 1, 2] * 80)
        except (OSError, ValueError):
            pass
    return 2 * x
""",
        after=no_calls,
        hangs=True,
    ),
]


def planted(name: str, code: str, **also: bool) -> Attack:
    """An attack by what lies where the trained network is looked for."""
    return Attack(name, {"saved_model": 0}, lesson="a-saved-model", answers={"saved_model": f"import os\n{code}"}, after=no_calls, **also)


MODELS = [
    planted("model.keras is a link to a file of the grader's machine", 'os.symlink("@FOLDER@/course/secret.txt", "model.keras")'),
    planted("model.keras is a pipe that no one writes to", 'os.mkfifo("model.keras")', hangs=True),
    planted("model.keras is a link to what never ends", 'os.symlink("/dev/zero", "model.keras")', hangs=True),
    planted("model.keras is a folder", 'os.makedirs("model.keras/model.keras")'),
]

ATTACKS = [*NETWORK, *KERNEL, *MACHINE, *PLANTED, *MODELS]
