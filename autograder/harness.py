"""The student's side of the boundary: answers the grader's requests about the names in one student's notebook.

It runs where student code runs, so nothing it says is trusted: it sends values, never verdicts.
"""

import asyncio
import contextlib
import inspect
import io
import linecache
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from autograder import is_grading, values
from autograder.wire import Buffer, WireError, pack, plain, unpack

PRINTED = 2_000  # characters of what their code prints that are kept


class Harness:
    """Answers requests about `namespace`, a notebook's variables, whose files lie in `folder`."""

    def __init__(self, namespace: dict[str, Any], folder: Path):
        self.namespace = namespace
        self.folder = folder

    def answer(self, request: dict, buffers: list[Buffer]) -> tuple[dict, list[Buffer]]:
        """The reply to a request, `{"call": name, …}`, `{"source": name}`, `{"saved_model": file}` or `{"ping": True}`, and its buffers."""
        if "ping" in request:
            return {}, []
        if "source" in request:
            return self._source(request["source"]), []
        if "saved_model" in request:
            return self._saved_model(request["saved_model"])
        return self._call(request, buffers)

    def _call(self, request: dict, buffers: list[Buffer]) -> tuple[dict, list[Buffer]]:
        name = request["call"]
        function = self.namespace.get(name)
        if function is None:
            return {"missing": True}, []
        arguments = unpack(request["arguments"], buffers)
        printed = _Printed()
        reply: dict = {}
        sent: list[Buffer] = []
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                value = function(*arguments["args"].values(), **arguments["kwargs"])
                after = {"arguments": arguments["args"]} if request.get("and_arguments") else {}
                reply["result"], sent = pack({"value": value} | after)
                _close_figure(value)
            except NotImplementedError as error:
                reply = {"raised": _described(error)} if error.args else {"unattempted": _unwritten(error, function, name)}
            except WireError as error:
                reply = {"unreadable": str(error)}
            except KeyboardInterrupt as error:
                if not is_grading():  # the student stopped the check
                    raise
                reply = {"raised": _described(error)}
            except BaseException as error:  # SystemExit, and what they derive from BaseException
                reply = {"raised": _described(error)}
        reply["printed"] = printed.getvalue()
        return reply, sent

    def _source(self, name: str) -> dict:
        try:
            return {"source": inspect.getsource(self.namespace[name])}
        except (KeyError, OSError, TypeError):
            return {"source": ""}

    def _saved_model(self, file: str) -> tuple[dict, list[Buffer]]:
        path = self.folder / Path(file).name
        if not path.is_file():
            return {"missing": True}, []
        try:
            result, sent = pack({"value": _load_model(path)})
            return {"result": result}, sent
        except WireError as error:
            return {"unreadable": f"{path.name} holds something else: {error}"}, []
        except Exception as error:
            return {"unreadable": f"{path.name} cannot be opened{_why_not(error)}"}, []


def _load_model(path: Path) -> Any:
    """A model from its file; one that was compiled with a loss or a schedule of the student's own comes without its compilation."""
    import keras

    try:
        return keras.saving.load_model(path, safe_mode=True)
    except Exception:
        return keras.saving.load_model(path, safe_mode=True, compile=False)


def _why_not(error: Exception) -> str:
    """What keeps Keras from opening a file, and what to do about it."""
    if "lambda" in str(error).lower():
        return ": it has a Lambda layer, which holds code; use a layer of Keras' own instead"
    if "Could not locate" in str(error):  # Keras' words for a class or function that it does not know
        return ": it needs a class or function of your own; build it of Keras' own layers"
    return " by Keras; it may be damaged, so run the cell that saves it again"


class _Printed(io.StringIO):
    """Keeps the beginning of what is printed, however much it is."""

    def write(self, text: str) -> int:
        super().write(plain(text[: max(0, PRINTED - self.tell())]))
        return len(text)


def _close_figure(value: Any) -> None:
    # A figure that a check looked at would otherwise be shown below the student's check cell.
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and isinstance(value, pyplot.Figure):
        pyplot.close(value)


def _described(error: BaseException) -> dict:
    """What went wrong and in which line of the student's code, in words."""
    try:
        message = plain(str(error)[:500])
    except Exception:  # a class of theirs
        message = ""
    described = {"type": type(error).__name__, "message": message, "line": ""}
    for frame, number in _their_frames(error):
        if line := linecache.getline(frame.f_code.co_filename, number).strip():
            described["line"] = f"line {number}: {plain(line)[:200]}"
    return described


def _unwritten(error: NotImplementedError, function: Any, name: str) -> str:
    """Which function is not written yet: `name`, the one that was called, or one that it uses."""
    *_, innermost = [name, *(frame.f_code.co_name for frame, _ in _their_frames(error))]
    return innermost if innermost.isidentifier() and innermost != getattr(function, "__name__", name) else name


def _their_frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    """The frames of student code that an error passed through, outermost first, and their line numbers."""
    ours = (sys.prefix, sys.base_prefix, os.path.dirname(__file__), "<frozen")
    for frame, number in traceback.walk_tb(error.__traceback__):
        if not frame.f_code.co_filename.startswith(ours):
            yield frame, number


TARGET = "autograder"  # the name of the comm by which the grader reaches a kernel without a sandbox


def _harness() -> Harness:
    from IPython import get_ipython

    return Harness(get_ipython().user_ns, Path.cwd())


def serve_comm() -> None:
    """Answer the grader's requests in the running IPython kernel, over a comm: JSON and binary buffers, Jupyter's own protocol."""
    from IPython import get_ipython

    harness = _harness()

    def opened(comm: Any, message: dict) -> None:
        def answer(message: dict) -> None:
            reply, buffers = harness.answer(message["content"]["data"], message["buffers"])
            comm.send(data=reply, buffers=buffers)

        comm.on_msg(answer)

    get_ipython().kernel.comm_manager.register_target(TARGET, opened)


def serve_socket(descriptor: int) -> None:
    """Answer the grader's requests in the running IPython kernel, between cells, over the socket with this descriptor (autograder/values.py)."""
    from IPython import get_ipython

    harness, connection, shell, ours = _harness(), values.adopt(descriptor), get_ipython(), os.getpid()

    def answer() -> None:
        only_the_kernel()
        request, buffers = values.receive(connection)
        reply, sent = harness.answer(request, buffers)
        values.send(connection, reply | {"number": request.get("number")}, sent)

    def only_the_kernel() -> None:  # and no fork of it that goes on as if it were
        if os.getpid() != ours:
            os._exit(0)

    shell.events.register("post_execute", only_the_kernel)
    asyncio.get_running_loop().add_reader(connection, answer)
