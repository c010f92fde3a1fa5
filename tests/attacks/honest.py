"""Submissions of people who mean no harm: what they do is odd, untidy or unlucky, and their answers are right.

All of them earn everything. Each is something that some grader, somewhere, gave no marks for.
"""

import json
from collections.abc import Callable

from attack import FULL, RIGHT_DOUBLE, RIGHT_HALF, Attack, World


def with_cells(*sources: str, kind: str = "code", **more: object) -> Callable[[dict], dict]:
    """A change to a notebook: cells of the student's own after the set-up cell, one for each source."""

    def changed(notebook: dict) -> dict:
        extra = more | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        cells = [
            {"cell_type": kind, "id": f"own-{number}", "metadata": {}, "source": source, **extra} for number, source in enumerate(sources)
        ]
        return notebook | {"cells": [*notebook["cells"][:1], *cells, *notebook["cells"][1:]]}

    return changed


def each_cell(change: Callable[[dict], dict]) -> Callable[[dict], dict]:
    """A change to a notebook: the same one to each of its cells."""
    return lambda notebook: notebook | {"cells": [change(cell) for cell in notebook["cells"]]}


def ran_before(text: str) -> Callable[[dict], dict]:
    """A change to a notebook: it was run by its student, and every code cell kept this output."""
    output = {"output_type": "stream", "name": "stdout", "text": text}
    return each_cell(lambda cell: cell | {"outputs": [output], "execution_count": 7} if cell["cell_type"] == "code" else cell)


def honest(name: str, shows: tuple[str, ...] = (), **parts) -> Attack:
    """A submission that earns everything, that nothing is remarked of, and whose graded notebook shows these words."""

    def after(world: World) -> None:
        shown = world.shown()
        assert all(word in shown for word in shows), f"not all of {shows} in {shown!r}"
        assert not world.record.flags, f"remarks were made: {world.record.flags}"

    return Attack(name, FULL, after=after, **parts)


NOISE = [
    honest(
        "a warning is the first that is written to standard error",
        own="""
import warnings
warnings.warn("this is deprecated")
""",
        shows=("this is deprecated",),
    ),
    honest(
        "answers warn when they are called",
        double="""
import warnings
def double(x):
    warnings.warn("careful", RuntimeWarning)
    np.log(np.zeros(2))
    np.array([1.0]) / 0
    return 2 * x
""",
    ),
    honest(
        "warnings are errors",
        own="""
import warnings
warnings.simplefilter("error")
warnings.filterwarnings("error")
""",
    ),
    honest(
        "floating point errors are raised",
        own="""
np.seterr(all="raise")
""",
    ),
    honest(
        "debugging prints were left in",
        double="""
def double(x):
    print("x is", x, x.shape)
    print("no end of line", end="")
    print("result:", 2 * x, flush=True)
    return 2 * x
""",
    ),
    honest(
        "output in every script",
        own="""
import sys
print("no end of line", end="")
print("été, Ωμέγα, 数字, ספרות, 🧠👩‍🔬🇫🇷, \\u00a0\\u2028\\u202e\\u0301")
sys.stdout.write("7")
sys.stderr.write("🧨")
sys.stdout.buffer.write("bytes".encode()) if hasattr(sys.stdout, "buffer") else None
""",
        shows=("Ωμέγα", "🧠👩‍🔬🇫🇷", "🧨"),
    ),
    honest(
        "a progress bar on standard error",
        double="""
import sys, time
try:
    from tqdm.auto import tqdm
except ImportError:
    def tqdm(items):
        items = list(items)
        for number, item in enumerate(items, 1):
            yield item
            sys.stderr.write(f"\\r{100 * number // len(items):3d}%|{'█' * number:<10}| {number}/{len(items)} [00:00<00:00, 9000.00it/s]")
            sys.stderr.flush()
        sys.stderr.write("\\n")
def double(x):
    result = np.empty_like(x)
    for index in tqdm(range(x.size)):
        result.flat[index] = 2 * x.flat[index]
    return result
for _ in tqdm(range(10)):
    time.sleep(0.01)
""",
    ),
    honest(
        "logging is set up, and talkative",
        own="""
import logging, sys
logging.basicConfig(stream=sys.stderr, level=logging.DEBUG, force=True)
""",
        double="""
def double(x):
    logging.getLogger(__name__).debug("doubling %s", x)
    logging.critical("done")
    return 2 * x
""",
    ),
    honest(
        "figures are drawn, shown and left open",
        own="""
import matplotlib.pyplot as plt
for number in range(25):
    plt.figure()
    plt.plot([1, 2, 3])
plt.hist(np.arange(10))
""",
        double="""
def double(x):
    plt.figure()
    plt.imshow(np.atleast_2d(x))
    plt.show()
    return 2 * x
""",
    ),
    honest("a cell of their own fails", own="1 / 0"),
    honest("a cell of their own is not Python", own="this is a note to myself, in the wrong kind of cell"),
    honest(
        "a cell of their own asks for input",
        own="""
name = input("What is your name? ")
print(name)
""",
    ),
    honest(
        "a cell of their own asks for a password",
        own="""
import getpass
getpass.getpass()
""",
    ),
    honest(
        "the last cell says goodbye",
        last="""
import sys
sys.exit("all done")
""",
    ),
    honest(
        "a cell takes a second",
        own="""
import time
time.sleep(1)
""",
    ),
]

JUPYTER = [
    honest(
        "magics, each in a cell of its own",
        notebook=with_cells(
            "%matplotlib inline",
            "%time sum(range(1000))",
            "%timeit -n 2 -r 2 sum(range(1000))",
            "%%time\ntotal = sum(range(1000))",
            "%%capture caught\nprint('hidden')",
            "%%bash\necho from the shell",
            "!ls -la",
            "files = !ls",
            "%pwd",
            "%who",
            "%load_ext autoreload\n%autoreload 2",
            "%config InlineBackend.figure_format = 'retina'",
            "%precision 3",
            "%xmode Minimal",
            "%%html\n<b>bold</b>",
            "%%writefile made_here.py\nfactor = 2",
            "%run made_here.py",
            "%env COURSE=layers",
            "np.sum?",
            "%lsmagic",
            "%history -n 1-3",
            "%no_such_magic",
            "%%no_such_magic\nx",
            "%cd /tmp",
            "%pdb on",
        ),
        shows=("from the shell",),
    ),
    honest(
        "an answer's cell begins with a magic",
        double="%%time\ndef double(x):\n    return 2 * x",
        half="%time pass\ndef half(x):\n    return x / 2",
    ),
    honest(
        "packages are installed, which takes a network",
        notebook=with_cells("%pip install --quiet some-package", "!pip install tqdm > /dev/null 2>&1"),
    ),
    honest(
        "top-level await and asynchronous helpers",
        own="""
import asyncio
async def slowly(value):
    await asyncio.sleep(0.01)
    return value
factor = await slowly(2)
both = await asyncio.gather(slowly(1), slowly(2))
""",
        double="""
def double(x):
    return factor * x
""",
    ),
    honest(
        "asyncio.run, which does not work in notebooks",
        own="""
import asyncio
async def nothing():
    pass
asyncio.run(nothing())
""",
    ),
    honest(
        "widgets and rich displays",
        own="""
from IPython.display import HTML, JSON, Image, Latex, Markdown, clear_output, display
import ipywidgets
display(HTML("<b>bold</b>"), Markdown("*cursive*"), Latex("$x$"), JSON({"a": 1}), Image(data=b"\\x89PNG\\r\\n\\x1a\\n", format="png"))
print("soon gone")
clear_output()
handle = display("one", display_id=True)
handle.update("two")
ipywidgets.interact(lambda x: 2 * x, x=(0, 10))
slider = ipywidgets.IntSlider()
output = ipywidgets.Output()
with output:
    print("in a widget")
display(slider, output)
""",
    ),
    honest(
        "names of the course's and of Python's own are taken",
        own="""
def check(name):
    return "mine"
student = rng = harness = display = In = Out = _ = __ = exit = quit = None
get_ipython = None
""",
    ),
    honest(
        "everything is taken from numpy",
        own="""
from numpy import *
from numpy.random import *
""",
    ),
    honest("names of the set-up are reused afterwards", double=RIGHT_DOUBLE + "\nimport sys\n", half=RIGHT_HALF, last="np = sys = None"),
    honest(
        "the answer uses what only a cell of its own defines",
        own="""
FACTOR = 2
def helper(x):
    return FACTOR * x
""",
        double="def double(x):\n    return helper(x)",
    ),
    honest("the prompt's history is used", own="21 * 2", double="def double(x):\n    return x * (_ / 21) if isinstance(_, int) else 2 * x"),
    honest(
        "the notebook is guarded like a program",
        double="""
if __name__ == "__main__":
    def double(x):
        return 2 * x
""",
    ),
    honest(
        "an answer's cell tests itself, shows a picture and ends in a value",
        double=RIGHT_DOUBLE
        + """
import matplotlib.pyplot as plt
assert double(2) == 4
plt.plot(double(np.arange(5)))
plt.show()
double(np.arange(5))
""",
    ),
]

STATE = [
    honest(
        "the random generators are seeded globally",
        own="""
import random
random.seed(0)
np.random.seed(0)
import keras, tensorflow as tf
keras.utils.set_random_seed(1)
tf.random.set_seed(2)
""",
    ),
    honest(
        "settings of Keras and TensorFlow are changed",
        own="""
import keras, tensorflow as tf
keras.backend.set_floatx("float64")
keras.mixed_precision.set_global_policy("mixed_float16")
keras.config.disable_traceback_filtering()
tf.config.run_functions_eagerly(True)
tf.get_logger().setLevel("DEBUG")
print(tf.config.list_physical_devices())
""",
    ),
    honest(
        "settings of NumPy, of matplotlib and of Python are changed",
        own="""
import decimal, gc, locale, sys
import matplotlib.pyplot as plt
np.set_printoptions(precision=1, threshold=3, suppress=True, formatter={"float": "~{:.1f}~".format})
plt.style.use("dark_background")
plt.rcParams["figure.dpi"] = 300
decimal.getcontext().prec = 3
sys.setrecursionlimit(20_000)
sys.set_int_max_str_digits(0)
gc.disable()
try:
    locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
except locale.Error:
    print("no German here")
""",
    ),
    honest(
        "the environment is changed",
        own="""
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = "0"
os.environ["HOME"] = "/tmp"
os.environ["PYTHONPATH"] = ""
os.environ.pop("PATH", None)
sys.path.insert(0, "..")
sys.path.append("/content/drive/MyDrive")
os.umask(0o077)
""",
    ),
    honest(
        "the working folder is changed",
        own="""
import os
os.makedirs("results", exist_ok=True)
os.chdir("results")
""",
    ),
    honest(
        "files are written and read in the working folder",
        own="""
import os, pathlib, tempfile
np.save("cache.npy", np.array([2.0]))
with open("notes with spaces é.txt", "w", encoding="utf-8") as file:
    file.write("remember ✓")
pathlib.Path("sub/folder").mkdir(parents=True)
""",
        double="""
def double(x):
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        np.save(file, x)
        file.seek(0)
        np.savez(os.path.join(folder, "a.npz"), x=x)
        return np.load("cache.npy") * np.load(file)
""",
    ),
    honest(
        "the digits are loaded, as every lesson does",
        own="""
from autograder.mnist import load_mnist
(x_train, y_train), (x_test, y_test) = load_mnist()
assert x_train.shape == (60000, 28, 28) and y_test[0] == 7
x_train /= 1 if x_train.dtype.kind == "f" else x_train[0, 0, 0].__class__(1)
""",
        double="""
def double(x):
    assert x_test[0].max() == 255
    return 2 * x
""",
    ),
    honest(
        "results are kept for the next call",
        double="""
known, calls = {}, 0
def double(x):
    global calls
    calls += 1
    key = x.tobytes()
    if key not in known:
        known[key] = 2 * x
    return known[key]
""",
    ),
    honest(
        "exit functions and signal handlers are left behind",
        own="""
import atexit, faulthandler, signal
atexit.register(print, "goodbye")
faulthandler.enable(open("faults.txt", "w"))
signal.signal(signal.SIGTERM, lambda *args: print("terminated"))
signal.signal(signal.SIGINT, signal.default_int_handler)
""",
    ),
]

FILES = [
    honest(
        "a helper module lies beside the notebook",
        files={"helpers.py": b"def twice(x):\n    return 2 * x\n"},
        own="from helpers import twice",
        double="def double(x):\n    return twice(x)",
    ),
    honest(
        "a data file lies beside the notebook",
        files={"factor.txt": "2 # décalage\n".encode(), "weights.bin": bytes(range(256))},
        own="""
factor = int(open("factor.txt", encoding="utf-8").read().split()[0])
assert open("weights.bin", "rb").read() == bytes(range(256))
""",
        double="def double(x):\n    return factor * x",
    ),
    honest(
        "files beside the notebook have the names of modules",
        files={
            name: b"raise ImportError('this is no module of mine')"
            for name in ("random.py", "numpy.py", "keras.py", "string.py", "token.py", "autograder.py", "test.py")
        },
        own="import random, string, token",
    ),
    honest(
        "a file beside the notebook has an awkward name",
        files={"mes réponses (copie) ✓.txt": b"", "-rf": b"", "a b;c": b"", ".hidden": b""},
    ),
]

ANSWERS = [
    honest("answers are lambdas", double="double = lambda x: 2 * x", half="half = lambda *args: args[0] / 2"),
    honest(
        "answers are objects with __call__",
        double="""
class Times:
    def __init__(self, factor):
        self.factor = factor
    def __call__(self, x):
        return self.factor * x
double = Times(2)
""",
        half="half = Times(0.5)",
    ),
    honest(
        "answers are partial functions, methods and functions of numpy's",
        double="""
import functools, operator
double = functools.partial(operator.mul, 2)
""",
        half="half = np.array(0.5).__mul__",
    ),
    honest(
        "answers are static, class and bound methods",
        double="""
class Answers:
    factor = 2
    @classmethod
    def double(cls, x):
        return cls.factor * x
    @staticmethod
    def half(x):
        return x / 2
double = Answers.double
""",
        half="half = Answers().half",
    ),
    honest(
        "answers are a vectorised function and a polynomial",
        double="double = np.vectorize(lambda v: 2 * v, otypes=[float])",
        half="half = np.poly1d([0.5, 0])",
    ),
    honest(
        "answers are decorated without functools.wraps",
        double="""
def njit(*args, **options):
    def decorate(function):
        def compiled(*args, **kwargs):
            return function(*args, **kwargs)
        return compiled
    return decorate(args[0]) if args else decorate
@njit
def double(x):
    return 2 * x
""",
        half="@njit(parallel=True)\ndef half(x):\n    return x / 2",
    ),
    honest(
        "answers are compiled by tf.function",
        double="""
import tensorflow as tf
@tf.function
def double(x):
    return 2 * x
""",
    ),
    honest(
        "answers have more parameters than they need",
        double="""
def double(x, /, factor: "a number" = 2, *rest, out=None, **options) -> "an array":
    return factor * x
""",
        half="def half(x=None, *, by=2):\n    return x / by",
    ),
    honest(
        "answers are written with what is new in Python",
        double="""
from __future__ import annotations
from dataclasses import dataclass
@dataclass(slots=True, frozen=True)
class Factor:
    value: float
def double(x: np.ndarray[Any, Unknown]) -> Undefined:
    match Factor(2):
        case Factor(value=v) if (w := v):
            return w * x
""",
    ),
    honest(
        "lists come back",
        double="def double(x):\n    return [2 * v for v in x]",
        half="def half(x):\n    return [[v / 2 for v in row] for row in x]",
    ),
    honest("tuples of scalars come back", double="def double(x):\n    return tuple(2 * v if v.ndim == 0 else tuple(2 * v) for v in x)"),
    honest(
        "float32 comes back",
        double="def double(x):\n    return (2 * x).astype('float32')",
        half="def half(x):\n    return np.float32(x) / np.float32(2)",
    ),
    honest(
        "fractions and decimals come back",
        double="""
from decimal import Decimal
from fractions import Fraction
def double(x):
    return np.vectorize(lambda v: 2 * Fraction(v), otypes=[object])(x)
""",
        half="""
def half(x):
    return [[Decimal(v) / 2 for v in row] for row in x.tolist()]
""",
    ),
    honest(
        "tensors and results of keras.ops come back",
        double="""
import keras, tensorflow as tf
def double(x):
    return tf.constant(x) * 2
""",
        half="def half(x):\n    return keras.ops.divide(x, 2)",
    ),
    honest(
        "a TensorFlow variable comes back",
        double="""
import tensorflow as tf
def double(x):
    return tf.Variable(2 * x)
""",
    ),
    honest(
        "masked arrays and arrays of a class of its own come back",
        double="""
def double(x):
    return np.ma.masked_array(2 * x, mask=False)
""",
        half="""
class Labelled(np.ndarray):
    label = "half"
def half(x):
    return (x / 2).view(Labelled)
""",
    ),
    honest(
        "arrays come back in unusual layouts",
        double="""
def double(x):
    wide = np.repeat(2 * x[..., None], 3, axis=-1)
    return wide.astype(">f8")[..., 1]
""",
        half="""
def half(x):
    result = np.asfortranarray(x / 2)
    result.flags.writeable = False
    return result[::-1][::-1]
""",
    ),
    honest(
        "a view of the argument is read, and never written to",
        double="""
def double(x):
    x.flags.writeable = False
    flat = x.reshape(-1)
    return (flat + flat).reshape(x.shape)
""",
    ),
    honest(
        "an answer recurses, and its helper is a generator",
        double="""
def doubled(values):
    for value in values:
        yield 2 * value
def double(x):
    return np.array([double(row) for row in x]) if x.ndim > 1 else np.fromiter(doubled(x), float)
""",
        half="""
def down(n):
    return 0 if n == 0 else 1 + down(n - 1)
def half(x):
    return x / 2 + down(900) - 900
""",
    ),
    honest(
        "an answer uses a pool of processes",
        double="""
import multiprocessing
def twice(value):
    return 2 * value
def double(x):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return np.array(pool.map(twice, list(x)))
""",
    ),
    honest(
        "an answer uses a pool of processes made for a machine with many cores",
        double="""
import multiprocessing, time
def twice(value):
    time.sleep(0.05)
    return 2 * value
def double(x):
    import tensorflow
    with multiprocessing.get_context("fork").Pool(32) as pool:
        return np.array(pool.map(twice, list(x) * 10, chunksize=1))[: len(x)]
""",
    ),
    honest(
        "an answer uses a pool of threads",
        double="""
from concurrent.futures import ThreadPoolExecutor
def double(x):
    with ThreadPoolExecutor(4) as pool:
        return np.array(list(pool.map(lambda value: 2 * value, x)))
""",
    ),
    honest(
        "an answer runs another Python",
        double="""
import json, subprocess, sys
def double(x):
    program = "import json; from sys import stdin; print(json.dumps([2 * v for v in json.load(stdin)]))"
    done = subprocess.run([sys.executable, "-c", program], input=json.dumps(x.ravel().tolist()), capture_output=True, text=True, check=True)
    return np.reshape(json.loads(done.stdout), x.shape)
""",
    ),
    honest(
        "an answer captures what it prints",
        double="""
import contextlib, io
def double(x):
    with contextlib.redirect_stdout(io.StringIO()) as caught:
        print(*x.ravel(), sep="\\n")
    return 2 * np.array([float(line) for line in caught.getvalue().split()]).reshape(x.shape)
""",
    ),
    honest(
        "names and comments are in the student's own language",
        double="""
def double(x):
    \"\"\"Le résultat est « doublé » — naïveté, œuvre, ½ 🧠\"\"\"
    éléments, π, 倍 = x, 3.14159, 2  # ça marche ✓
    return 倍 * éléments
""",
    ),
    honest(
        "indented with tabs, ended as on Windows",
        double="def double(x):\r\n\tif True:\r\n\t\treturn 2 * x\r\n",
        half="\n\n\tdef half(x):\n\t\treturn x / 2\n\n",
    ),
    honest(
        "a very long cell",
        double="# " + "why this is right " * 2_000 + "\n" + "".join(f"a_{n} = {n}\n" for n in range(3_000)) + RIGHT_DOUBLE,
    ),
    honest(
        "both answers are in one cell, and the other holds the same once more",
        double=f"{RIGHT_DOUBLE}\n{RIGHT_HALF}",
        half=f"{RIGHT_HALF}\n{RIGHT_DOUBLE}",
    ),
    honest(
        "an earlier attempt was kept, in the cell and commented out",
        double="""
# def double(x):
#     return x ** 2
def double(x):
    raise NotImplementedError()
'''
def double(x):
    return x + x + 1
'''
def double(x):
    return np.add(x, x)
""",
    ),
]


def _old(notebook: dict) -> dict:
    """As nbformat 4.0 saved it: cells have no ids."""
    cells = [{key: value for key, value in cell.items() if key != "id"} for cell in notebook["cells"]]
    return notebook | {"cells": cells, "nbformat_minor": 0}


def _very_old(notebook: dict) -> dict:
    """As IPython 2 saved it, nbformat 3."""
    cells = []
    for cell in notebook["cells"]:
        shared = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        text = {"input": cell["source"], "language": "python", "collapsed": False, "outputs": [], "prompt_number": 1}
        cells.append(shared | (text if cell["cell_type"] == "code" else {"source": cell["source"]}))
    return {"metadata": {"name": "target"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells, "metadata": {}}]}


def _colab(notebook: dict) -> dict:
    """As Google Colab saves it: ids are in the metadata, and there is much else in there."""

    def moved(cell: dict) -> dict:
        known = {
            "id": cell["id"][:12],
            "colab": {"base_uri": "https://localhost:8080/", "height": 1000},
            "executionInfo": {"status": "ok", "user": {"displayName": "A", "userId": ""}},
        }
        return {key: value for key, value in cell.items() if key != "id"} | {"metadata": cell["metadata"] | known}

    metadata = {
        "accelerator": "GPU",
        "colab": {"name": "Copy of target (1).ipynb", "provenance": [], "gpuType": "T4"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    return each_cell(moved)(notebook) | {"metadata": metadata, "nbformat_minor": 0}


def _vs_code(notebook: dict) -> dict:
    """As Visual Studio Code saves it."""
    kernel = {"display_name": ".venv (3.12.3)", "language": "python", "name": "python3"}
    language = {"name": "python", "version": "3.12.3", "codemirror_mode": {"name": "ipython", "version": 3}, "pygments_lexer": "ipython3"}
    changed = each_cell(
        lambda cell: cell | {"metadata": cell["metadata"] | {"vscode": {"languageId": "python"}, "tags": ["answer"], "scrolled": True}}
    )
    return changed(notebook) | {"metadata": {"kernelspec": kernel, "language_info": language, "orig_nbformat": 4}}


def _exotic_kernel(notebook: dict) -> dict:
    return notebook | {
        "metadata": {
            "kernelspec": {"display_name": "R", "language": "R", "name": "conda-env-deep-r"},
            "language_info": {"name": "R"},
            "toc": {},
            "widgets": {"x": 1},
        }
    }


def _lines(cell: dict) -> dict:
    return cell | {"source": cell["source"].splitlines(keepends=True)}


SAVED = [
    honest("saved as nbformat 4.0, without ids", notebook=_old),
    honest("saved as nbformat 3, with worksheets", notebook=_very_old),
    honest("saved by Colab", notebook=_colab),
    honest("saved by Visual Studio Code", notebook=_vs_code),
    honest("made for a kernel that is not here", notebook=_exotic_kernel),
    honest("sources are lists of lines", notebook=each_cell(_lines)),
    honest("5 MB of outputs were kept in", notebook=ran_before("x" * 79 + "\n" * 1 + "y" * 1_000_000)),
    honest(
        "with a byte order mark, as some editors on Windows write it",
        notebook=lambda notebook: b"\xef\xbb\xbf" + json.dumps(notebook).encode(),
    ),
    honest(
        "with pictures pasted into notes of their own",
        notebook=with_cells(
            "![a photo](attachment:photo.png)",
            "<details>my notes</details>",
            kind="markdown",
            attachments={"photo.png": {"image/png": "iVBORw0KGgo="}},
        ),
    ),
    honest("fifty cells of their own", notebook=with_cells(*(f"step_{number} = {number}" for number in range(50)))),
    honest("outputs of another check are kept below the check cells", notebook=ran_before("double: 0 of 3 points")),
]

ATTACKS = [*NOISE, *JUPYTER, *STATE, *FILES, *ANSWERS, *SAVED]
