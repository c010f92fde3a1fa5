"""What a forked kernel does to itself before it runs a line of a student's: enter the sandbox, give up every right, accept its limits.

Namespaces are made by bubblewrap (autograder/sandbox.py). What bubblewrap does besides (no new privileges, capabilities, limits, system call
filter) belongs to its own process and does not carry over to one that enters later, so it is done here again.
"""

import ctypes
import errno
import functools
import os
import platform
import struct
from collections.abc import Iterable

NAMESPACES = {"mnt": 0x00020000, "uts": 0x04000000, "ipc": 0x08000000, "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000}
NEW_CGROUP = 0x02000000

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 4, 22, 24
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def enter(pidfd: int, namespaces: Iterable[str]) -> None:
    """Move this process into the namespaces of the process behind `pidfd`; its next children are born in the pid namespace.

    Takes a process of one thread. Raises OSError.
    """
    _checked(_libc().setns(pidfd, sum(NAMESPACES[name] for name in namespaces)))  # os.setns came with Python 3.12


def become_reaper() -> None:
    """From now on, descendants whose parents end become children of this process."""
    _checked(_libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def limit(process: int, limits: dict[str, int]) -> None:
    """Give a process these limits for good, by their names in setrlimit; 0 is this one. Raises OSError."""
    import resource  # Windows, where this module is imported but not used, has none

    for name, value in limits.items():
        resource.prlimit(process, getattr(resource, f"RLIMIT_{name}"), (value, value))


def confine(limits: dict[str, int], user: int | None) -> None:
    """Give up all rights for good. `limits` are those of setrlimit by name; `user`: the uid and gid to become, where this process is root.

    Raises OSError when the kernel refuses any of it: then nothing of a student's may run here.
    """
    limit(0, limits)
    for capability in range(64):
        if _libc().prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:  # past the last one, or already without the right to drop any
            break
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _checked(_libc().prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0))  # clear all
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _checked(_libc().capset(header, nothing))
    _checked(_libc().prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))  # else /proc/self belongs to root
    _checked(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _filter_system_calls()
    if 0 in os.getresuid() and user is not None:
        raise OSError(errno.EPERM, "root's rights could not be given up")


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


# --- the system call filter ---
# System calls that no notebook needs, that past break-outs went through or that take memory which nobody is seen to hold: by name, the numbers on x86-64 and on 64-bit Arm.
REFUSED = {
    "acct": (163, 89), "add_key": (248, 217), "bpf": (321, 280), "chroot": (161, 51), "delete_module": (176, 106),
    "fanotify_init": (300, 262), "finit_module": (313, 273), "fsconfig": (431, 431), "fsmount": (432, 432), "fsopen": (430, 430),
    "fspick": (433, 433), "init_module": (175, 105), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425), "kcmp": (312, 272), "kexec_file_load": (320, 294), "kexec_load": (246, 104), "keyctl": (250, 219),
    "lookup_dcookie": (212, 18), "memfd_create": (319, 279), "memfd_secret": (447, 447), "mount": (165, 40), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "open_tree": (428, 428), "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438), "pivot_root": (155, 41), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "ptrace": (101, 117), "quotactl": (179, 60), "reboot": (169, 142), "request_key": (249, 218), "setns": (308, 268), "shmget": (29, 194),
    "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116), "umount2": (166, 39), "unshare": (272, 97),
    "userfaultfd": (323, 282), "vmsplice": (278, 75),
}  # fmt: skip
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # the column above, and what the kernel calls the machine
SOCKETS = (1, 2, 10, 16)  # Unix, IPv4, IPv6, netlink: none of them leads out of an empty network namespace, as AF_VSOCK may
FOREIGN = 0x40000000  # bit of the numbers of the x32 machine, which would go round the list

_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def supported() -> bool:
    """Whether there is a system call filter for this machine."""
    return platform.machine() in MACHINES


def filter_program(machine: str) -> bytes:
    """The filter as a classic BPF program, for `x86_64` or `aarch64`: refused calls fail with EPERM, unknown machines' calls kill."""
    column, architecture = MACHINES[machine]
    refused = sorted(numbers[column] for numbers in REFUSED.values())
    new = sum(NAMESPACES.values()) | NEW_CGROUP

    def refuse(number: int) -> tuple[int, int, int, int]:
        return _RETURN, 0, 0, _ERRNO | number

    program: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, 4),  # the machine
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the call's number
        (_JUMP_ABOVE, 0, 1, FOREIGN),
        refuse(errno.ENOSYS),
    ]
    for number in refused:
        program += [(_JUMP_EQUAL, 0, 1, number), refuse(errno.EPERM)]
    # clone3 hides its flags behind a pointer; the C library then falls back to clone, whose flags can be read
    program += [(_JUMP_EQUAL, 0, 1, CLONE3[column]), refuse(errno.ENOSYS)]
    program += [
        (_JUMP_EQUAL, 0, 4, CLONE[column]),
        (_LOAD, 0, 0, 16),
        (_JUMP_ANY_BIT, 0, 1, new),
        refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    program += [(_JUMP_EQUAL, 0, len(SOCKETS) + 2, SOCKET[column]), (_LOAD, 0, 0, 16)]
    program += [(_JUMP_EQUAL, len(SOCKETS) - place, 0, family) for place, family in enumerate(SOCKETS)]
    program += [refuse(errno.EAFNOSUPPORT), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in program)


def _filter_system_calls() -> None:
    steps = ctypes.create_string_buffer(filter_program(platform.machine()))
    program = struct.pack("HP", len(steps) // 8, ctypes.addressof(steps))
    _checked(_libc().prctl(_PR_SET_SECCOMP, 2, ctypes.c_char_p(program), 0, 0))
