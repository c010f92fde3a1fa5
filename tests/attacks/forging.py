"""Submissions that want points for answers that are wrong."""

import dataclasses
import io
import json
import zipfile
from pathlib import Path

from attack import FULL, NOTHING, WRONG_DOUBLE, WRONG_HALF, Attack, ran

SOLUTION = Path(__file__).parents[2] / "solutions" / "09-training" / "model.keras"
WITHOUT_DOUBLE = {"double": 0, "half": 2}


def grade_id(cell: dict) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


# --- the student's own process, turned upside down ---

PATCHES = [
    Attack(
        "numpy.testing and every comparison of numpy are patched",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
import numpy.testing
for name in ("assert_allclose", "assert_array_equal", "assert_almost_equal", "assert_array_almost_equal", "assert_equal"):
    setattr(numpy.testing, name, lambda *args, **kwargs: None)
for name in ("allclose", "array_equal", "isclose", "all", "any"):
    setattr(np, name, lambda *args, **kwargs: True)
""",
    ),
    Attack(
        "pytest reports that everything passed",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
import pytest, _pytest.runner, _pytest.python
pytest.main = lambda *args, **kwargs: pytest.ExitCode.OK
_pytest.runner.runtestprotocol = lambda *args, **kwargs: []
_pytest.python.pytest_pyfunc_call = lambda *args, **kwargs: True
pytest.raises = pytest.fail = lambda *args, **kwargs: None
""",
    ),
    Attack(
        "the grader's own modules are patched",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
import autograder, autograder.checking, autograder.grading, autograder.record, autograder.notebook, autograder.student
autograder.checking.expect = autograder.checking.keeps_arguments = lambda *args, **kwargs: None
autograder.checking._agree = lambda *args, **kwargs: True
autograder.grading._verdict = lambda error: ("passed", "")
autograder.grading.run_check = lambda *args, **kwargs: autograder.record.CheckResult(id="double", points=3, max_points=3, status="passed")
autograder.notebook.nbgrader_points = lambda result: 3
autograder.student.Student.__getattr__ = lambda self, name: lambda *args: args
autograder.check = check = lambda exercise: 3
""",
    ),
    Attack(
        "AssertionError never fails an assertion, and all and any are patched in builtins",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
import builtins
class Never(Exception):
    def __init__(self, *args): raise SystemExit(0)
builtins.AssertionError = Never
builtins.all = builtins.any = lambda *args: True
""",
    ),
    Attack(
        "tracebacks are not shown (nbgrader #1324)",
        WITHOUT_DOUBLE,
        double="raise ValueError('no idea')",
        own="""
import IPython.core.interactiveshell
IPython.core.interactiveshell.InteractiveShell.showtraceback = lambda *args, **kwargs: None
get_ipython()._showtraceback = get_ipython().showtraceback = lambda *args, **kwargs: None
""",
    ),
    Attack(
        "showtraceback is None, which stalls the kernels of old",
        WITHOUT_DOUBLE,
        double="raise ValueError('no idea')",
        own="import IPython.core.interactiveshell\nIPython.core.interactiveshell.InteractiveShell.showtraceback = None",
    ),
    Attack(
        "a custom exception handler swallows every error",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE + "\nassert double(3) == 6",
        own="get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: None)",
    ),
    Attack(
        "an input transformer rewrites the check cells",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
def rewritten(lines):
    text = "".join(lines)
    return ["3\\n"] if "check" in text or "assert" in text else lines
get_ipython().input_transformers_cleanup.append(rewritten)
get_ipython().input_transformers_post.append(rewritten)
""",
    ),
    Attack(
        "an AST transformer takes out the assertions and turns comparisons into True",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
import ast
class Kind(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
    def visit_Compare(self, node): return ast.copy_location(ast.Constant(True), node)
    def visit_Raise(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Kind())
""",
    ),
    Attack(
        "hooks around every cell publish full marks as its value",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
def full_marks(*args):
    from IPython.display import publish_display_data
    publish_display_data({"text/plain": "3"})
    get_ipython().displayhook(3)
for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
    get_ipython().events.register(event, full_marks)
""",
    ),
    Attack(
        "every value is displayed as 3 points",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
shell = get_ipython()
shell.display_formatter.format = lambda *args, **kwargs: ({"text/plain": "3"}, {})
type(shell.displayhook).compute_format_data = lambda *args, **kwargs: ({"text/plain": "3"}, {})
""",
    ),
    Attack(
        "json claims that everything passed, and adds an error: proof that it is heard, and not believed",
        NOTHING,
        says=("Spoofed",),
        own="""
import json
honest = json.dumps
def forged(value, *args, **kwargs):
    if isinstance(value, dict) and ("result" in value or "printed" in value):
        value = value | {"status": "passed", "points": 100, "verdict": True, "passed": True, "raised": {"type": "Spoofed"}}
    return honest(value, *args, **kwargs)
json.dumps = forged
""",
    ),
    Attack(
        "sessions turn every error into ok",
        WITHOUT_DOUBLE,
        double="double = missing_name",
        own="""
from jupyter_client.session import Session
honest = Session.send
def forged(self, stream, kind, content=None, *args, **kwargs):
    if kind == "error":
        kind, content = "stream", {"name": "stdout", "text": "3"}
    if isinstance(content, dict) and content.get("status") == "error":
        content = {"status": "ok", "execution_count": 3, "user_expressions": {}, "payload": []}
    return honest(self, stream, kind, content, *args, **kwargs)
Session.send = forged
""",
    ),
    Attack(
        "a fake keras and a fake tensorflow take the places of the real ones",
        WITHOUT_DOUBLE,
        own="""
import sys, types
class Model:
    built = True
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def get_weights(self): return [np.zeros(3)]
for name in ("keras", "tensorflow"):
    fake = types.ModuleType(name)
    fake.Model = Model
    fake.saving = types.SimpleNamespace(serialize_keras_object=lambda model: {"class_name": "Sequential", "config": {"layers": []}})
    fake.callbacks = types.SimpleNamespace(History=Model)
    sys.modules[name] = fake
import keras
""",
        double="def double(x):\n    return keras.Model()",
    ),
    Attack(
        "time stands still and randomness is not random",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
import random, secrets, time, os
time.perf_counter = lambda: 0.0
random.seed = np.random.seed = lambda *args: None
secrets.randbits = lambda bits: 0
os.urandom = lambda size: bytes(size)
np.random.default_rng = lambda *args: np.random.Generator(np.random.PCG64(0))
""",
    ),
    Attack(
        "exit handlers and exit codes report success",
        WITHOUT_DOUBLE,
        own="""
import atexit, json, os, sys
def report():
    with open("results.json", "w") as file:
        json.dump({"score": 100, "tests": [{"score": 3, "max_score": 3}]}, file)
    os._exit(0)
atexit.register(report)
""",
        double="import sys\ndef double(x):\n    report()",
    ),
    Attack(
        "sys.exit(0) in place of an answer",
        WITHOUT_DOUBLE,
        double="import sys\ndef double(x):\n    sys.exit(0)",
    ),
    Attack(
        "a debugger's trace function rewrites what the harness knows",
        WITHOUT_DOUBLE,
        double=WRONG_DOUBLE,
        own="""
import sys, threading
def trace(frame, event, argument):
    if "arguments" in frame.f_locals:
        frame.f_locals["status"] = "passed"
    return trace
threading.settrace(trace)
sys.setprofile(lambda *args: None)
""",
    ),
]

# --- values that claim to be right ---

VALUES = [
    Attack(
        "an object that equals everything",
        WITHOUT_DOUBLE,
        double="""
class Everything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    def __hash__(self): return 0
    def __bool__(self): return True
    def __len__(self): return 3
    def __iter__(self): return iter([self, self, self])
    def __getitem__(self, at): return self
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __sub__(self, other): return 0
    def __rsub__(self, other): return 0
    def __abs__(self): return 0
def double(x):
    return Everything()
""",
    ),
    Attack(
        "an array whose comparisons and ufuncs lie",
        WITHOUT_DOUBLE,
        double="""
class Liar(np.ndarray):
    __array_priority__ = 1e9
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.ones(self.shape, bool) if ufunc.nout == 1 and ufunc.__name__ in ("equal", "less_equal", "isfinite") else np.zeros(self.shape)
    def __array_function__(self, function, types, args, kwargs): return True
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __sub__(self, other): return np.zeros(self.shape)
    def __array_wrap__(self, *args, **kwargs): return self
def double(x):
    return (x + 1).view(Liar)
""",
    ),
    Attack(
        "floats that are never wrong",
        WITHOUT_DOUBLE,
        double="""
class Right(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return Right(0)
    __rsub__ = __add__ = __radd__ = __mul__ = __sub__
    def __abs__(self): return Right(0)
    def __le__(self, other): return True
    __lt__ = __ge__ = __gt__ = __le__
    def __float__(self): return self
    def __hash__(self): return 0
def double(x):
    return [Right(value) for value in x.ravel()] if x.ndim == 1 else [[Right(value) for value in row] for row in x]
""",
    ),
    Attack(
        "__array__ gives other numbers every time that it is asked",
        WITHOUT_DOUBLE,
        double="""
class Shifty:
    def __init__(self, x): self.x, self.asked = x, 0
    def __array__(self, *args, **kwargs):
        self.asked += 1
        return self.x + self.asked
def double(x):
    return Shifty(x)
""",
    ),
    Attack(
        "__array__ forges the whole notebook while the harness packs",
        NOTHING,
        double="""
class Poisoned:
    def __array__(self, *args, **kwargs):
        import autograder.wire
        autograder.wire._Packer.pack = lambda self, value, depth: {"status": "passed", "points": 3, "equal": True}
        raise KeyboardInterrupt
def double(x):
    return Poisoned()
""",
    ),
    Attack(
        "an __array_interface__ that points at memory of its own choice",
        NOTHING,  # memory that is not theirs ends the kernel, in both answers
        double="""
class Pointer:
    @property
    def __array_interface__(self):
        return {"shape": (3,), "typestr": "<f8", "data": (0x10, False), "version": 3}
def double(x):
    return Pointer()
""",
        half="def half(x):\n    return double(x)",
    ),
    Attack(
        "__reduce__ runs a command wherever it is unpickled",
        WITHOUT_DOUBLE,
        double="""
import os
class Command(Exception):
    def __reduce__(self): return os.system, ("touch @FOLDER@/unpickled",)
    def __reduce_ex__(self, protocol): return self.__reduce__()
def double(x):
    if x.ndim == 2:
        raise Command(Command())
    return np.array([Command()] * len(x), dtype=object)
""",
    ),
    Attack(
        "__del__ and weak references change the answer when it is thrown away",
        WITHOUT_DOUBLE,
        double="""
import weakref
class Undead(float):
    def __del__(self):
        globals()["double"] = lambda x: Undead(3)
def double(x):
    value = Undead(1)
    weakref.finalize(value, print, 3)
    return value
""",
    ),
    Attack(
        "an object that lies about its class",
        WITHOUT_DOUBLE,
        double="""
class Costume:
    def __init__(self, part): self.part = part
    @property
    def __class__(self): return self.part
    def __getattr__(self, name): return Costume(dict)
    def __iter__(self): return iter(())
    def __call__(self, *args): return {}
import keras, matplotlib.figure
COSTUMES = [np.ndarray, np.random.Generator, keras.Model, keras.callbacks.History, matplotlib.figure.Figure, bool, int, float, str, dict, list, tuple]
def double(x):
    return Costume(COSTUMES[x.size % len(COSTUMES)])
""",
    ),
    Attack(
        "nan everywhere, which is never more than anything away",
        WITHOUT_DOUBLE,
        double="def double(x):\n    return np.full_like(x, np.nan)",
    ),
    Attack("an empty array, all of whose values are right", WITHOUT_DOUBLE, double="def double(x):\n    return x[:0]"),
    Attack("infinity, in case differences are relative", WITHOUT_DOUBLE, double="def double(x):\n    return x * np.inf"),
    Attack(
        "complex numbers whose real part is right",
        WITHOUT_DOUBLE,
        double="def double(x):\n    return 2 * x + 1j",
    ),
    Attack(
        "a record, a text and a date in place of numbers",
        WITHOUT_DOUBLE,
        double="""
def double(x):
    if x.ndim == 1:
        return np.array([(value, "passed") for value in 2 * x], dtype=[("value", float), ("status", "U6")])
    return np.char.mod("%r", 2 * x)
""",
    ),
    Attack(
        "a dictionary that holds a verdict",
        WITHOUT_DOUBLE,
        double="def double(x):\n    return {'status': 'passed', 'points': 3.0, 'max_points': 3.0, 'value': 2 * x}",
    ),
    Attack(
        "an exception that calls itself a pass",
        WITHOUT_DOUBLE,
        double="""
class Passed(Exception):
    status = "passed"
    points = 3
Passed.__name__ = Passed.__qualname__ = "NoneType"
def double(x):
    raise Passed("status: passed; 3 of 3 points")
""",
    ),
    Attack(
        "one value that is broadcast over all",
        WITHOUT_DOUBLE,
        double="def double(x):\n    return np.broadcast_to(2 * x.ravel()[0], x.shape)",
    ),
]

# --- answers that know, or think they know, what is asked ---

CLEVER = [
    Attack(
        "the answers for the students' seed are learnt by heart",
        NOTHING,
        own="""
import zlib
def drawn(test, seed=0):
    return np.random.default_rng([seed, zlib.crc32(test.encode())])
rng = drawn("test_double_of_a_list_of_numbers")
first = rng.normal(size=rng.integers(3, 6))
HEART = {x.tobytes(): 2 * x for x in (first, drawn("test_double_of_an_image").normal(size=(2, 3)))}
HALVES = {x.tobytes(): x / 2 for x in (drawn("test_half").normal(size=(3, 2)),)}
""",
        double="def double(x):\n    return HEART.get(x.tobytes(), x)",
        half="def half(x):\n    return HALVES.get(x.tobytes(), x)",
    ),
    Attack(
        "a function that behaves for the grader in another way than for the student",
        WITHOUT_DOUBLE,
        double="""
from autograder import is_grading
def double(x):
    if is_grading():
        return {"points": 3}
    return 2 * x
""",
    ),
    Attack(
        "a function that is right when it is called for the first time only",
        WITHOUT_DOUBLE,
        double="calls = []\ndef double(x):\n    calls.append(1)\n    return 2 * x if len(calls) == 1 else x",
    ),
    Attack(
        "the expected value is looked for in the frames of whoever calls",
        NOTHING,
        own="""
import gc, inspect, sys
def expected(x):
    frame = sys._getframe(1)
    while frame:
        for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
            if name in ("expected", "wrong", "oracle") and getattr(value, "shape", None) == x.shape:
                return value
        frame = frame.f_back
    for value in gc.get_objects():
        if isinstance(value, np.ndarray) and value.shape == x.shape and value is not x and not np.array_equal(value, x):
            return value
    return x
""",
        double="def double(x):\n    return expected(x)",
        half="def half(x):\n    return expected(x)",
    ),
    Attack(
        "the function of the checks is imported and called",
        NOTHING,
        own="""
import importlib, sys
sys.path += ["@FOLDER@/course", "@FOLDER@/course/solutions"]
def stolen_answer(name):
    for module in ("test_target", "autograder.checks.test_02_convolution", "tests.attack"):
        try:
            return getattr(importlib.import_module(module), name)
        except Exception:
            pass
    return lambda x: x
""",
        double="double = stolen_answer('double')",
        half="half = stolen_answer('half')",
    ),
    Attack(
        "arguments are changed in place, so that they agree with the wrong answer",
        NOTHING,
        double="def double(x):\n    x[...] = 0\n    return x",
        half="def half(x):\n    x[...] = 0\n    return x",
    ),
    Attack(
        "half a mark for half an answer: the rest of the values is left as it was",
        NOTHING,
        double="def double(x):\n    y = x.copy()\n    y.ravel()[0] *= 2\n    return y",
        half="def half(x):\n    y = x.copy()\n    y.ravel()[1:] /= 2\n    return y",
    ),
]

# --- the notebook's file ---


def in_cells(change):
    """A change of the notebook by a function of each cell, which returns the cells to stand there."""

    def changed(notebook: dict) -> dict:
        notebook["cells"] = [kept for cell in notebook["cells"] for kept in change(cell)]
        return notebook

    return changed


def output(text: str) -> dict:
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": text}}


@in_cells
def edited_checks(cell):
    if (grade_id(cell) or "").endswith("_check"):
        cell["source"] = "print('3')\n3"
    return [cell]


@in_cells
def dearer_checks(cell):
    known = cell["metadata"].get("nbgrader", {})
    if known.get("grade"):
        known["points"] = 110
        cell["metadata"]["bonus"] = 100
    return [cell]


@in_cells
def further_checks(cell):
    if not (grade_id(cell) or "").endswith("_check"):
        return [cell]
    copy = json.loads(json.dumps(cell)) | {"id": f"{cell['id']}-2", "source": "100"}
    other = json.loads(json.dumps(copy)) | {"id": f"{cell['id']}-3"}
    other["metadata"]["nbgrader"] |= {"grade_id": f"{grade_id(cell)}_extra", "points": 100}
    return [copy, cell, copy, other]


@in_cells
def filled_in_checks(cell):
    if (grade_id(cell) or "").endswith("_check"):
        cell["outputs"], cell["execution_count"] = [output("3"), output("3")], 7
    return [cell]


@in_cells
def checks_without_checks(cell):
    if (grade_id(cell) or "").endswith("_check"):
        cell = {"cell_type": "markdown", "id": cell["id"], "metadata": cell["metadata"], "source": "3 of 3 points"}
    return [cell]


@in_cells
def exchanged_names(cell):
    known = cell["metadata"].get("nbgrader", {})
    for one, other in (("double", "half"), ("half", "double")):
        if known.get("grade_id") in (one, f"{one}_check"):
            known["grade_id"] = known["grade_id"].replace(one, other)
            break
    return [cell]


@in_cells
def graded_reflection(cell):
    if grade_id(cell) == "reflection":
        cell = {
            "cell_type": "code",
            "id": "reflection",
            "outputs": [output("1")],
            "execution_count": 1,
            "source": "1",
            "metadata": cell["metadata"],
        }
        cell["metadata"]["nbgrader"] |= {"solution": False, "points": 1}
    return [cell]


@in_cells
def unmarked_answers(cell):
    known = cell["metadata"].get("nbgrader", {})
    if known.get("grade"):
        known |= {"grade": False, "solution": True, "locked": False, "task": True}
    return [cell]


def own_result_record(notebook: dict) -> dict:
    claimed = {"points": 6.0, "max_points": 6.0, "status": "passed", "checks": [{"id": "double", "points": 3.0, "status": "passed"}]}
    notebook["metadata"] |= {"autograder": claimed, "nbgrader": {"points": 6}, "score": 6}
    for cell in notebook["cells"]:
        cell["metadata"] |= {"result": claimed, "score": 3, "points": 3}
    return notebook


NOTEBOOKS = [
    Attack("check cells are edited so that they print their points", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=edited_checks),
    Attack("check cells are said to be worth 110 points", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=dearer_checks),
    Attack("further check cells are worth 100 points each", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=further_checks),
    Attack("full marks are stored as the output of the check cells", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=filled_in_checks),
    Attack("check cells are turned into text", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=checks_without_checks),
    Attack("the names of two exercises are exchanged: answers are known by what is in them", FULL, notebook=exchanged_names),
    Attack("a right answer is given the name of one that is wrong", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=exchanged_names),
    Attack("the sentence that a person grades is made a check that passes", FULL, notebook=graded_reflection),
    Attack("check cells are marked as answers", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=unmarked_answers),
    Attack("the notebook brings its own result record", WITHOUT_DOUBLE, double=WRONG_DOUBLE, notebook=own_result_record),
]

# --- the protocol ---

# Sets `harness` to the object that answers the grader, wherever it is kept, and fails loudly where there is none.
FIND_HARNESS = """
import gc, sys
from autograder.harness import Harness
harness = next(thing for thing in gc.get_objects() if type(thing) is Harness)
"""


def sends(tree: str, buffers: str = "[]") -> str:
    """A cell after which every question about an answer is answered with a tree and buffers of the student's own."""
    return f"""{FIND_HARNESS}
honest = Harness.answer
Harness.answer = lambda self, request, buffers: ({tree}, {buffers}) if "call" in request else honest(self, request, buffers)
"""


VERDICT = '{"status": "passed", "points": 100, "max_points": 100, "passed": True, "verdict": "passed", "score": 3}'

PROTOCOL = [
    Attack(
        "the harness answers with a verdict",
        NOTHING,
        own=sends(VERDICT),
    ),
    Attack(
        "the harness answers with a verdict and an error: proof that it is heard, and not believed",
        NOTHING,
        own=sends(VERDICT + ' | {"raised": {"type": "Spoofed", "message": "believe me", "line": ""}}'),
        says=("Spoofed: believe me",),
    ),
    Attack(
        "the harness answers with a result that holds a verdict",
        NOTHING,
        own=sends(VERDICT + ' | {"result": {"dict": [["value", {"dict": [["status", "passed"], ["points", 3]]}], ["status", "passed"]]}}'),
    ),
    Attack("the harness answers with no dictionary", NOTHING, own=sends("['passed', 3]"), hangs=True),
    Attack(
        "the harness says that nothing was attempted and everything passed",
        NOTHING,
        own=sends('{"missing": False, "unattempted": None, "status": "passed"}'),
    ),
    Attack(
        "the harness's notebook is another one",
        NOTHING,
        own=f"""{FIND_HARNESS}
class Namespace(dict):
    def get(self, name, default=None): return self[name]
    def __getitem__(self, name): return lambda *args: {{"status": "passed", "points": 3}}
harness.namespace = Namespace()
""",
    ),
    Attack(
        "pack sends trees made by hand",
        NOTHING,
        own="""
import autograder.harness, autograder.wire
trees = [{"array": 10**9}, {"array": -1}, {"array": True}, {"int": "1e9"}, {"float": "NaN"}, {"dict": [[[], 1]]}, {"list": 3}, {"tuple": []}, "x",
         {"object": "os.system"}, {"py/reduce": [{"py/function": "os.system"}, ["touch @FOLDER@/reduced"]]}, {"generator": {"dict": []}},
         {"history": 1}, {"figure": {"list": [1]}}, {"model": {}}, {"model": {"config": {}, "compile": None, "weights": None}}]
def pack(value, **kwargs):
    return trees.pop(), []
autograder.harness.pack = autograder.wire.pack = pack
""",
    ),
    Attack(
        "an array of objects travels with a pickle that runs a command",
        NOTHING,
        own="""
import autograder.harness, io, os, pickle
class Command:
    def __reduce__(self): return os.system, ("touch @FOLDER@/unpickled",)
def pack(value, **kwargs):
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += " " * (118 - len(header) - 1) + "\\n"
    file = b"\\x93NUMPY\\x01\\x00" + len(header).to_bytes(2, "little") + header.encode() + pickle.dumps(np.array([Command()], object))
    return {"dict": [["value", {"array": 0}]]}, [file]
autograder.harness.pack = pack
""",
    ),
    Attack(
        "an array claims a shape of more numbers than it has",
        NOTHING,
        own="""
import autograder.harness
HEADERS = ["{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }",
           "{'descr': '<f8', 'fortran_order': True, 'shape': (3.0,), }", "{'descr': '<V8', 'fortran_order': False, 'shape': (3,), }",
           "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,), }", "(" * 500]
def pack(value, **kwargs):
    header = HEADERS.pop() + "\\n"
    return {"dict": [["value", {"array": 0}]]}, [b"\\x93NUMPY\\x01\\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(24)]
autograder.harness.pack = pack
""",
    ),
    Attack(
        "a tree that is nested too deeply for any decoder",
        NOTHING,
        hangs=True,
        own="""
import autograder.harness
def pack(value, **kwargs):
    tree = 1
    for _ in range(900):
        tree = {"list": [tree]}
    return {"dict": [["value", tree]]}, []
autograder.harness.pack = pack
""",
    ),
    Attack(
        "the text that is said to be the answer's source takes a parser down",
        {name: points for name, points in {"output_size": 2, "correlate2d": 3, "conv2d": 6, "relu": 1}.items()},
        lesson="02-convolution",
        own="""
from autograder.harness import Harness
Harness._source = lambda self, name: {"source": "def conv2d(images, kernels, bias):\\n    return " + "-" * 3_000_000 + "1"}
""",
    ),
]

# `sent(…)`: from now on, questions are answered with these frames, the last of them again and again. The number of the question is filled in.
FRAMES = """
import struct
from autograder import values
def frame(*parts, sizes=None, count=None):
    sizes = [len(part) for part in parts] if sizes is None else sizes
    return struct.pack(f"<I{len(sizes)}Q", len(parts) if count is None else count, *sizes) + b"".join(parts)
def numbered(number, value=6.0):
    text = '{"number": %s, "status": "passed", "points": 3, "result": {"dict": [["value", %s]]}}' % (number, value)
    return text.encode()
def sent(*makers):
    makers = list(makers)
    def send(connection, reply, *more):
        make = makers.pop(0) if len(makers) > 1 else makers[0]
        connection.sendall(make(reply.get("number")))
    values.send = send
"""


def sends_frames(name: str, frames: str, **more) -> Attack:
    """An attack whose answers, once they are asked for, have frames sent: functions of the number of the question."""
    first = f"def double(x):\n    sent({frames})\n    return 2 * x"
    return Attack(name, NOTHING, own=FRAMES, double=first, half=first.replace("double", "half"), **more)


PROTOCOL += [
    sends_frames(
        "a text in which brackets open a million times", "lambda n: frame(b'[' * 1_000_000), lambda n: frame(b'{\"x\":' * 300_000)"
    ),
    sends_frames(
        "texts that are no JSON, and one that is no object",
        "lambda n: frame(b'passed'), lambda n: frame(b'\\xff'), lambda n: frame(b'[3]')",
    ),
    sends_frames(
        "numbers of a million digits", "lambda n: frame(numbered(n, '9' * 1_000_000)), lambda n: frame(numbered(n, '1e999999999'))"
    ),
    sends_frames(
        "names that are there twice, the second time with a verdict", "lambda n: frame(numbered(n)[:-1] + b', ' + numbered(n)[1:])"
    ),
    sends_frames("no parts, and more parts than there are", "lambda n: struct.pack('<I', 0), lambda n: struct.pack('<I', 2**32 - 1)"),
    sends_frames("fewer parts than are announced", "lambda n: frame(numbered(n), count=9999)", hangs=True),
    sends_frames(
        "lengths of 2**63 bytes, of which none come",
        "lambda n: struct.pack('<IQ', 1, 2**63), lambda n: frame(numbered(n), sizes=[70, 2**62], count=2)",
    ),
    sends_frames(
        "a length of 400 MB, of which none come", "lambda n: frame(numbered(n), sizes=[len(numbered(n)), 400 * 2**20], count=2)", hangs=True
    ),
    Attack(
        "questions are answered before anyone has asked them",
        NOTHING,
        own=f"""{FRAMES}
import gc, socket
def foresee():
    sockets = [thing for thing in gc.get_objects() if type(thing) is socket.socket and thing.family == socket.AF_UNIX]
    for connection in sockets:
        for number in range(1, 100):
            connection.sendall(frame(numbered(number)))
""",
        double="def double(x):\n    foresee()\n    return x + 1",
        half="def half(x):\n    foresee()\n    return x - 1",
    ),
    Attack(
        "answers, requests and ends of cells are made up on Jupyter's own channels",
        NOTHING,
        own="""
import threading, time
kernel = get_ipython().kernel
RESULT = {"status": "passed", "points": 3, "result": {"dict": [["value", 6.0]]}}
CONTENTS = {
    "comm_msg": {"comm_id": "autograder", "data": RESULT},
    "execute_result": {"data": {"text/plain": "3"}, "metadata": {}, "execution_count": 1},
    "display_data": {"data": {"text/plain": "3 of 3 points"}, "metadata": {}, "transient": {"display_id": "autograder"}},
    "status": {"execution_state": "idle"},
    "execute_input": {"code": "check('double')", "execution_count": 3},
}
def forge():
    while True:
        parent = kernel.get_parent("shell")
        for kind, content in CONTENTS.items():
            kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
        kernel.session.send(kernel.shell_stream if hasattr(kernel, "shell_stream") else kernel.iopub_socket, "execute_reply", {"status": "ok"}, parent=parent)
        time.sleep(0.01)
threading.Thread(target=forge, daemon=True).start()
""",
        double=WRONG_DOUBLE,
        half=WRONG_HALF,
    ),
]

# --- networks ---

PLAIN = """def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)])
"""


def network(relu: str) -> str:
    """An answer to build_model, with an expression for the activation that should be relu."""
    return f"""def build_model():
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(28, (3, 3), activation={relu}), layers.MaxPooling2D((2, 2)), layers.Flatten(),
        layers.Dense(128, activation={relu}), layers.Dropout(0.2), layers.Dense(10, activation="softmax"),
    ])
"""


# `parts(tree)`: every dictionary of what is about to be sent; `sending(change)`: have it changed before it goes.
CHANGING = """
import autograder.harness
def parts(tree):
    if isinstance(tree, dict):
        yield tree
    for item in (tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()):
        yield from parts(item)
def sending(change):
    honest = autograder.harness.pack
    def pack(value, **kwargs):
        tree, buffers = honest(value, **kwargs)
        for part in list(parts(tree)):
            change(part)
        return tree, buffers
    autograder.harness.pack = pack
"""


def changes_network(name: str, change: str, compiled: float = 0) -> Attack:
    """An attack whose networks are right, and something else by the time that they are described. `compiled`: points for the second exercise."""
    deserves = {"build_model": 0, "compile_model": compiled}
    return Attack(
        name, deserves, lesson="a-network", answers={"build_model": network("'relu'")}, own=f"{CHANGING}{change}\nsending(change)"
    )


NETWORKS = [
    Attack(
        "a network of one Lambda layer, which holds code",
        {"build_model": 0},
        lesson="a-network",
        answers={
            "build_model": "def build_model():\n"
            "    return keras.Sequential([keras.Input((28, 28, 1)), layers.Lambda(lambda x: keras.ops.zeros((1, 10)), name='conv2d')])"
        },
    ),
    Attack(
        "activations that are called relu and are none",
        {"build_model": 6},  # Keras describes a function by its name, and the network of that description is the one that is graded
        lesson="a-network",
        answers={"build_model": "def relu(x):\n    return x\n\n" + network("relu")},
    ),
    Attack(
        "a loss and a metric that have the names of Keras' own and compute something else",
        {"compile_model": 0},
        lesson="a-network",
        answers={
            "compile_model": """def sparse_categorical_crossentropy(truth, probabilities):
    return keras.ops.mean(probabilities, axis=-1)
def accuracy(truth, probabilities):
    return keras.ops.ones_like(truth)
def compile_model(model):
    model.compile(optimizer="adam", loss=sparse_categorical_crossentropy, metrics=[accuracy])
    return model
"""
        },
    ),
    Attack(
        "classes of their own under the names of Keras' layers",
        {"build_model": 0},
        lesson="a-network",
        answers={
            "build_model": PLAIN
            + """
@keras.saving.register_keras_serializable(package="keras.layers", name="Conv2D")
class Conv2D(layers.Layer):
    def call(self, x): return x
    def get_config(self): return super().get_config() | {"filters": 28, "kernel_size": [3, 3], "activation": "relu"}
Conv2D.__module__ = "keras.layers"
def build_model():
    return keras.Sequential([keras.Input((28, 28, 1)), Conv2D(), layers.Flatten(), layers.Dense(10)])
"""
        },
    ),
    Attack(
        "an object that has everything a network has, and is none",
        {"build_model": 0},
        lesson="a-network",
        answers={
            "build_model": """class Network:
    built = True
    layers = inputs = outputs = []
    @property
    def __class__(self): return keras.Sequential
    def get_config(self): return {"name": "sequential", "layers": []}
    def get_weights(self): return []
    def count_params(self): return 607_394
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
def build_model():
    return Network()
"""
        },
    ),
    changes_network(
        "the description of a layer names a function that reads, runs or fetches something",
        """
FUNCTIONS = [("os", "system"), ("keras.utils", "get_file"), ("keras.config", "enable_unsafe_deserialization"), ("keras.models", "load_model"),
             ("builtins", "eval"), ("keras.src.saving.serialization_lib", "enable_unsafe_deserialization"), ("subprocess", "Popen")]
def change(part):
    if part.get("class_name") == "Dense":
        module, name = FUNCTIONS[len(part["config"]["name"]) % len(FUNCTIONS)]
        part["config"]["activation"] = {"module": module, "class_name": "function", "config": name, "registered_name": "function"}
    if part.get("class_name") == "Conv2D":
        part["config"]["activation"] = {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAA", "defaults": None, "closure": None}}
""",
    ),
    changes_network(
        "a layer in the description reads its vocabulary from a file of the grader's (CVE-2025-12058)",
        """
def change(part):
    if part.get("class_name") == "MaxPooling2D":
        part["class_name"] = "StringLookup"
        part["config"] = {"name": "lookup", "vocabulary": "@FOLDER@/course/secret.txt", "output_mode": "int", "max_tokens": None}
        part.pop("build_config", None)
""",
        compiled=2,
    ),
    changes_network(
        "a layer in the description brings a preprocessing that opens a saved model",
        """
def change(part):
    if part.get("class_name") == "MaxPooling2D":
        part["class_name"] = "TFSMLayer"
        part["config"] = {"name": "saved", "filepath": "@FOLDER@/course", "call_endpoint": "serve"}
        part.pop("build_config", None)
""",
        compiled=2,
    ),
    changes_network(
        "a description of layers of a million units each",
        """
def change(part):
    if part.get("class_name") == "Dense":
        part["config"]["units"] = 1_000_000
        part.pop("build_config", None)
""",
    ),
    changes_network(
        "a description of ten thousand layers",
        """
def change(part):
    layers = part.get("layers")
    if isinstance(layers, list) and len(layers) < 100:
        flatten = next(layer for layer in layers if layer["class_name"] == "Flatten")
        part["layers"] = layers[:1] + [flatten | {"config": flatten["config"] | {"name": f"flatten_{number}"}} for number in range(10_000)]
""",
    ),
    changes_network(
        "a description of networks within networks, 300 deep",
        """
def change(part):
    layers = part.get("layers")
    if isinstance(layers, list) and len(layers) > 2:
        inner = layers[1]
        for number in range(300):
            inner = {"module": "keras", "class_name": "Sequential", "registered_name": None, "config": {"name": f"s{number}", "layers": [inner]}}
        part["layers"] = [layers[0], inner]
""",
    ),
    changes_network(
        "names, classes and modules in a description that are no texts",
        """
STRANGE = [[], {}, 3, None, ["keras"], {"class_name": "Dense"}, True]
def change(part):
    if part.get("class_name") == "Dense":
        part["class_name"], part["module"] = STRANGE[len(part) % 7], STRANGE[len(part["config"]) % 7]
    if part.get("class_name") == "Dropout":
        part["registered_name"], part["config"] = STRANGE[5], STRANGE[3]
""",
    ),
]


def archive(members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as new:
        for name, data in members.items():
            new.writestr(name, data)
    return file.getvalue()


def tampered(change, how: int = zipfile.ZIP_STORED) -> bytes:
    """The course's own trained network as a .keras file, after `change` has had its members, as bytes by name."""
    with zipfile.ZipFile(SOLUTION) as solution:
        return archive(change({name: solution.read(name) for name in solution.namelist()}), how)


def with_config(change):
    """The file, its description changed by a function of the layers' list."""

    def changed(members: dict) -> dict:
        config = json.loads(members["config.json"])
        change(config["config"]["layers"])
        return members | {"config.json": json.dumps(config).encode()}

    return tampered(changed)


def layer(kind: str, **config) -> dict:
    return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}


def saved(name: str, data: bytes, points: float, **more) -> Attack:
    """An attack by a file that is said to be the trained network."""
    return Attack(name, {"saved_model": points}, lesson="a-saved-model", files={"model.keras": data} | more.pop("files", {}), **more)


# Marshalled code of a lambda, as Keras keeps it: what matters is that it is code, and refused.
CODE = {
    "class_name": "__lambda__",
    "config": {"code": "4wEAAAAAAAAAAAAAAAEAAAACAAAAAwAAAPMGAAAAlwB8AFMAqQFO", "defaults": None, "closure": None},
}
SHELL = {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}


def insert(*new: dict, at: int = 1):
    return with_config(lambda layers: layers.__setitem__(slice(at, at), new))


def scrambled_weights(members: dict) -> dict:
    """Weights of another network: the right shapes, and zeros in place of most numbers."""
    data = bytearray(members["model.weights.h5"])
    data[100_000:-100_000] = bytes(len(data) - 200_000)
    return members | {"model.weights.h5": bytes(data)}


def without_training(members: dict) -> dict:
    return {name: data for name, data in members.items() if name != "model.weights.h5"}


def huge(members: dict) -> dict:
    """100 MB of zeros that take 100 kB."""
    return members | {"model.weights.h5": bytes(50 * 2**20), "assets/more": bytes(50 * 2**20)}


SAVED = [
    saved("the weights of another network", tampered(scrambled_weights), 1),
    saved("a saved network without its weights", tampered(without_training), 0),
    saved(
        "a Lambda layer with code in the saved network (CVE-2024-3660)", insert(layer("Lambda", name="l", function=CODE, arguments={})), 0
    ),
    saved(
        "a function of os in the saved network (CVE-2025-1550)",
        insert(layer("Lambda", name="l", function=SHELL, arguments={"command": "touch @FOLDER@/executed"})),
        0,
    ),
    saved(
        "a saved network that first allows unsafe ones (CVE-2025-8747, CVE-2025-9906)",
        insert(
            layer(
                "Lambda",
                name="a",
                function={
                    "module": "keras.config",
                    "class_name": "function",
                    "config": "enable_unsafe_deserialization",
                    "registered_name": "function",
                },
            ),
            layer("Lambda", name="b", function=CODE),
        ),
        0,
    ),
    saved(
        "a layer that opens another saved model", insert(layer("TFSMLayer", name="t", filepath="@FOLDER@/course", call_endpoint="serve")), 0
    ),
    saved(
        "a layer that reads a file of the grader's into its vocabulary (CVE-2025-12058)",
        insert(layer("StringLookup", name="s", vocabulary="@FOLDER@/course/secret.txt")),
        0,
    ),
    saved(
        "a saved network that makes gigabytes of every digit",
        insert(layer("UpSampling2D", name="u", size=[30, 30]), layer("AveragePooling2D", name="p", pool_size=[30, 30])),
        3,
    ),
    saved(
        "a claim of another architecture than the weights have",
        with_config(lambda layers: layers[1]["config"].update(filters=29)),
        0,
    ),
    saved("an archive that unpacks to a thousand times its size", tampered(huge, zipfile.ZIP_DEFLATED), 0),
    saved(
        "members of the archive that lead out of it",
        tampered(lambda members: members | {"../../escaped": b"x", "/var/tmp/escaped": b"x", "..\\\\escaped": b"x"}),
        4,
    ),
    saved(
        "an archive of nothing but a pickle",
        archive({"config.json": b"{}", "metadata.json": b"{}", "model.weights.npz": b"cos\nsystem\n(S'touch @FOLDER@/executed'\ntR."}),
        0,
    ),
    saved("a pickle, called a network", b"cos\nsystem\n(S'touch @FOLDER@/executed'\ntR.", 0),
    saved("an HDF5 file of old, which Keras opens without its safe mode (CVE-2025-9905)", b"\x89HDF\r\n\x1a\n" + bytes(2000), 0),
    saved("an empty file, called a network", b"", 0),
    Attack(
        "a trained network is claimed, and none is handed in",
        {"saved_model": 0},
        lesson="a-saved-model",
        own="open('model.keras.txt', 'w').write('accuracy: 0.9999')",
    ),
    Attack(
        "the course's own trained network, saved as if it were theirs",
        {"saved_model": 1},  # the architecture is right, and nobody has trained anything
        lesson="a-saved-model",
        own=network("'relu'")
        + """
from autograder import network_file
from safetensors.numpy import load_file
kept = load_file(network_file.shipped_network())
kept["dense_kernel"] = kept["dense_kernel"].astype(np.float32) * kept["dense_scales"]
model = build_model()
model.set_weights([kept[name] for name in network_file.WEIGHTS])
model.save("model.keras")
""",
    ),
    Attack(
        "keras says of every file that it is the best of networks",
        {"saved_model": 0},
        lesson="a-saved-model",
        files={"model.keras": b"x"},
        own="""
class Best:
    built, input_shape, output_shape = True, (None, 28, 28, 1), (None, 10)
    def predict(self, images, **options): return Best()
    def argmax(self, axis): return self
    def __eq__(self, other): return np.ones(10_000, bool)
keras.saving.load_model = lambda *args, **kwargs: Best()
""",
    ),
]

BANK = [*PATCHES, *VALUES, *CLEVER, *NOTEBOOKS, *PROTOCOL, *NETWORKS, *SAVED]
ATTACKS = [dataclasses.replace(attack, after=ran) if attack.own and not attack.after else attack for attack in BANK]
