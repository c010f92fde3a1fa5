"""The grader's side of the boundary: `student.conv2d(…)` asks the student's conv2d for a value.

A `Student` sends requests through a transport: to a `Harness` in the same process, in the student's own notebook, or to one in another process
when grading. Whatever comes back is a value to be tested, or one of the exceptions below.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.flags import printable, printable_lines
from autograder.harness import Harness
from autograder.wire import Buffer, WireError, pack, unpack

LONGEST_SOURCE = 20_000  # characters

# request, buffers, seconds allowed -> reply, buffers
Transport = Callable[[dict, list[Buffer], float], tuple[dict, list[Buffer]]]


class KernelFailed(Exception):
    """No kernel can be had, and so no submission graded; the message says why."""


class StudentError(Exception):
    """Student code gave no value. `status` is that of the result record; the message is for the student."""

    status = "error"


class NotAttempted(StudentError):
    status = "missing"


class Unreadable(StudentError):
    status = "failed"


class TimedOut(StudentError):
    status = "timeout"


class Student:
    """What a check knows of a student: `student.name(…)` calls their function `name`."""

    def __init__(self, transport: Transport, seconds: float = 60):
        self._transport = transport
        self._seconds = seconds
        self._gave_up: dict[str, StudentError] = {}  # functions that hung or ended the kernel: trying once is enough
        self.printed = ""  # what their code printed while it was being checked

    @classmethod
    def here(cls, namespace: dict[str, Any], folder: Path) -> "Student":
        """A student whose variables are in this process and whose files are in `folder`."""
        harness = Harness(namespace, folder)
        return cls(lambda request, buffers, seconds: harness.answer(request, buffers))

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self, name)

    def source(self, name: str) -> str:
        """The source text of their function, or "" where there is none, or none that could be read in a moment."""
        reply, _ = self._transport({"source": name}, [], self._seconds)
        text = reply.get("source")
        return text if isinstance(text, str) and len(text) <= LONGEST_SOURCE else ""

    def saved_model(self, file: str) -> Any:
        """The Keras model in a file beside their notebook, rebuilt. Raises NotAttempted when there is none, Unreadable when it is damaged."""
        reply, buffers = self._transport({"saved_model": file}, [], self._seconds)
        if reply.get("missing"):
            raise NotAttempted(
                f"There is no file {file} beside the notebook: run the cell that trains and saves it, and hand it in with the notebook."
            )
        return self._result("The saved model cannot be graded", reply, buffers)["value"]

    def _ask(self, name: str, args: tuple, kwargs: dict, and_arguments: bool) -> dict:
        if name in self._gave_up:
            raise self._gave_up[name]
        arguments, buffers = pack({"args": dict(enumerate(args)), "kwargs": kwargs}, lists_as_arrays=False)
        request = {"call": name, "arguments": arguments, "and_arguments": and_arguments}
        try:
            reply, buffers = self._transport(request, buffers, self._seconds)
        except StudentError as error:
            self._gave_up[name] = error
            raise
        if reply.get("missing"):
            raise NotAttempted(f"There is no {name} yet: write it and run its cell.")
        if isinstance(stub := reply.get("unattempted"), str):
            uses = "" if stub == name else f"{name} uses {stub[:60]}, and "
            raise NotAttempted(f"{uses}{stub[:60]} is not written yet.")
        return self._result(f"What {name} returned cannot be checked", reply, buffers)

    def _result(self, complaint: str, reply: dict, buffers: list[Buffer]) -> dict:
        if isinstance(printed := reply.get("printed"), str):
            self.printed = printable_lines((self.printed + printed)[:10_000])
        if isinstance(raised := reply.get("raised"), dict):
            raise StudentError(_sentence(raised))
        if isinstance(sentence := reply.get("unreadable"), str):
            raise Unreadable(f"{complaint}: {sentence[:500]}.")
        try:
            result = unpack(reply.get("result"), buffers)
        except WireError as error:
            raise Unreadable(f"{complaint}: {error}.") from None
        if not isinstance(result, dict) or "value" not in result:
            raise Unreadable(f"{complaint}: it cannot be read.")
        return result


class Function:
    """A student's function, wherever it lives."""

    def __init__(self, student: Student, name: str):
        self._student = student
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value their function returns. Raises StudentError when it returns none."""
        return self._student._ask(self._name, args, kwargs, and_arguments=False)["value"]

    def and_arguments(self, *args: Any) -> tuple[Any, list]:
        """The value their function returns and the arguments as they are afterwards."""
        result = self._student._ask(self._name, args, {}, and_arguments=True)
        after = result.get("arguments")
        return result["value"], [after.get(index) for index in range(len(args))] if isinstance(after, dict) else []


def _sentence(raised: dict) -> str:
    kind, message, line = (
        printable(str(raised.get(key, "")), 500) for key in ("type", "message", "line")
    )  # each on one line: it is theirs
    where = f" at {line}" if line else ""
    return f"Your code stopped with {kind}{': ' + message if message else ''}{where}"
