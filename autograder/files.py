"""Reads files from folders that others fill, and may fill with traps: links, pipes, devices, files without an end."""

import contextlib
import errno
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path

MOST_ENTRIES = 10_000  # of a folder that are looked at
MEGABYTE = 1_000_000
# What is opened neither leads elsewhere nor makes us wait, even if it was exchanged after it was looked at. (Windows knows fewer of these.)
SAFELY = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY"))


class Refused(Exception):
    """A file was not read; the message says what it is instead, in a few words."""


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[int | None]:
    """The folder as a descriptor for `read` and `names`, so that nobody can put another in its place. None where there is no such thing (Windows).

    Raises Refused for what is no folder, and for a symbolic link to one.
    """
    if os.open not in os.supports_dir_fd:
        yield None
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | SAFELY)
    except OSError as error:
        raise Refused(_in_words(error, folder)) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def names(folder: Path, descriptor: int | None = None) -> list[str]:
    """The names of what is in a folder, in order. Raises Refused."""
    try:
        with os.scandir(folder if descriptor is None else descriptor) as entries:
            return sorted(entry.name for entry in itertools.islice(entries, MOST_ENTRIES))
    except OSError as error:
        raise Refused(_in_words(error, folder)) from None


def read(path: Path, most: int, descriptor: int | None = None) -> bytes:
    """The content of a regular file of at most `most` bytes; with a `descriptor`, of the file of that name in that folder. Raises Refused."""
    name = path if descriptor is None else path.name
    try:
        _must_be_regular(os.stat(name, dir_fd=descriptor, follow_symlinks=False))  # a device is not even opened
        with open(name, "rb", opener=lambda name, flags: os.open(name, flags | SAFELY, dir_fd=descriptor)) as file:
            status = os.fstat(file.fileno())
            _must_be_regular(status)
            if status.st_size > most:
                raise Refused(f"more than {most / MEGABYTE:g} MB")
            content = file.read(status.st_size + 1)
    except OSError as error:
        raise Refused(_in_words(error, path)) from None
    if len(content) > status.st_size:
        raise Refused("still being written")
    return content


def is_plain(name: str) -> bool:
    """Whether a file can be made under this name, on any system, in a folder and nowhere else."""
    return name.isprintable() and not set(name) & set("/\\:") and name.strip(". ") != "" and len(name.encode("utf-8", "replace")) <= 200


def _must_be_regular(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Refused("a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise Refused("a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file")


def _in_words(error: OSError, path: Path) -> str:
    if error.errno in (errno.ELOOP, errno.EMLINK) or (error.errno == errno.ENOTDIR and path.is_symlink()):
        return "a symbolic link"
    return error.strerror or "unreadable"
