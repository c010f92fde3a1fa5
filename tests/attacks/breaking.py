"""Submissions that crash, hang, flood or litter, out of malice or by mistake.

What such code spoils is its own exercise: the others, those after it above all, earn what they are worth.
"""

import json

from attack import FULL, Attack, World

ONLY_HALF = {"double": 0, "half": 2}
ONLY_DOUBLE = {"double": 3, "half": 0}
NO_ANSWER = ("No answer after",)
ENDED = ("ended Python itself",)

# A daemon, the old way: two forks, a session of its own, no terminal, deaf to every signal that can be ignored.
DAEMON = """
import ctypes, os, signal, time
def daemon(work):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN)
            while True:
                work()
        os._exit(0)
    os.wait()
"""

# Every descriptor of the kernel's that is a socket.
SOCKETS = """
import os
sockets = []
for name in os.listdir("/proc/self/fd"):
    try:
        if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
            sockets.append(int(name))
    except OSError:
        pass
"""


def few_words(world: World) -> None:
    """Of a flood, a notebook keeps no more than a person reads."""
    size = len(json.dumps(world.notebook)) + len(world.record.to_json())
    assert size < 2_000_000, f"notebook and record have {size:,} characters"


def shows(*words: str, never: tuple[str, ...] = ()):
    """That the cells of their own got as far as to print these words, and did not print those."""

    def after(world: World) -> None:
        shown = world.shown()
        assert all(word in shown for word in words), f"not all of {words} in {shown!r}"
        assert not any(word in shown for word in never), f"one of {never} in {shown!r}"

    return after


ENDING = [
    Attack(
        "an answer calls sys.exit",
        ONLY_HALF,
        double="""
import sys
def double(x):
    sys.exit(0)
""",
        says=("SystemExit",),
    ),
    Attack(
        "an answer calls os._exit",
        ONLY_HALF,
        double="""
import os
def double(x):
    os._exit(0)
""",
        says=ENDED,
    ),
    Attack(
        "an answer aborts",
        ONLY_HALF,
        double="""
import os
def double(x):
    os.abort()
""",
        says=ENDED,
    ),
    Attack(
        "an answer kills its own process",
        ONLY_HALF,
        double="""
import os, signal
def double(x):
    os.kill(os.getpid(), signal.SIGKILL)
""",
        says=ENDED,
    ),
    Attack(
        "an answer reads memory at address 0",
        ONLY_HALF,
        double="""
import ctypes
def double(x):
    return ctypes.string_at(0)
""",
        says=ENDED,
    ),
    Attack(
        "an answer overwrites the memory of Python's None",
        ONLY_HALF,
        double="""
import ctypes
def double(x):
    ctypes.memset(id(None), 255, 16)
    ctypes.memset(id(type(None)), 255, 256)
    return type(None)()
""",
    ),
    Attack(
        "the cell of an answer ends the kernel",
        ONLY_HALF,
        double="""
import os
os._exit(3)
""",
        says=("ended the kernel",),
    ),
    Attack(
        "a cell of their own ends the kernel",
        FULL,
        own="""
import os
os._exit(3)
""",
    ),
    Attack(
        "a cell ends the kernel with exit(), as one leaves Python",
        FULL,
        own="""
exit()
""",
    ),
    Attack(
        "a cell says goodbye with quit(keep_kernel=True) and sys.exit",
        FULL,
        own="""
import sys
quit(keep_kernel=True)
sys.exit("goodbye")
""",
    ),
    Attack(
        "the last cell ends the kernel",
        FULL,
        last="""
import os
os._exit(1)
""",
    ),
    Attack(
        "an answer becomes another program",
        ONLY_HALF,
        double="""
import os
def double(x):
    os.execv("/usr/bin/sleep", ["sleep", "86399"])
""",
    ),
    Attack(
        "an answer stops its own process, as Ctrl-Z does",
        ONLY_HALF,
        double="""
import os, signal
def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 2 * x
""",
        says=NO_ANSWER,
        hangs=True,
    ),
    Attack(
        "an answer kills its parent, the first process, its group and everyone",
        ONLY_HALF,
        double="""
import os, signal
def double(x):
    for target in (os.getppid(), 1, -1, 0):
        try:
            (os.kill if target else os.killpg)(target, signal.SIGKILL)
        except OSError:
            pass
    return x
""",
    ),
    Attack(
        "every process that can be seen is killed, from a child in a session of its own",
        FULL,
        own="""
import os, signal, time
if os.fork() == 0:
    os.setsid()
    for _ in range(50):
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                try:
                    os.kill(int(name), signal.SIGKILL)
                except OSError:
                    pass
    os._exit(0)
time.sleep(1)
""",
    ),
    Attack(
        "the kernel dies while no one asks it for anything",
        FULL,
        double="""
import os, threading
def double(x):
    if x.ndim > 1:  # the last test of this exercise
        threading.Timer(0.02, os._exit, [1]).start()
    return 2 * x
""",
    ),
    Attack(
        "an alarm clock is left behind, and no one to hear it",
        FULL,
        double="""
import signal
def double(x):
    if x.ndim > 1:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
    return 2 * x
""",
    ),
    Attack(
        "faulthandler is told to end Python a little later",
        FULL,
        double="""
import faulthandler
log = open("/tmp/log", "w")
def double(x):
    if x.ndim > 1:
        faulthandler.dump_traceback_later(0.02, exit=True, file=log)
    return 2 * x
""",
    ),
    Attack(
        "the kernel is shut down through its own control channel",
        FULL,
        own="""
from ipykernel.connect import get_connection_file
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=get_connection_file())
client.load_connection_file()
client.start_channels()
client.shutdown()
""",
    ),
    Attack(
        "the kernel is interrupted through its own control channel, again and again",
        FULL,
        own="""
import threading, time
from ipykernel.connect import get_connection_file
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=get_connection_file())
client.load_connection_file()
client.start_channels()
for _ in range(20):
    client.control_channel.send(client.session.msg("interrupt_request", {}))
time.sleep(0.5)
""",
        hangs=True,
    ),
    Attack(
        "the kernel is asked to restart, from inside",
        FULL,
        own="""
get_ipython().kernel.do_shutdown(restart=True)
""",
    ),
    Attack(
        "an answer asks for more stack than there is",
        ONLY_HALF,
        double="""
import sys
sys.setrecursionlimit(10**9)
class Deep:
    def __getattr__(self, name):
        return getattr(Deep(), name)
def double(x):
    return Deep().value
""",
    ),
    Attack(
        "an answer calls itself for ever",
        ONLY_HALF,
        double="""
def double(x):
    return double(x)
""",
        says=("RecursionError",),
    ),
]

ENDLESS = [
    Attack(
        "an answer never returns",
        ONLY_HALF,
        double="""
def double(x):
    while True:
        pass
""",
        says=NO_ANSWER,
        hangs=True,
    ),
    Attack(
        "an answer computes a number that will never be ready, and lets no signal in",
        ONLY_HALF,
        double="""
def double(x):
    return 3 ** 10**10
""",
        hangs=True,
    ),
    Attack(
        "a cell of their own never ends",
        FULL,
        own="""
while True:
    pass
""",
        says=("was stopped after",),
        hangs=True,
    ),
    Attack(
        "a loop shrugs off KeyboardInterrupt and SystemExit",
        FULL,
        own="""
import time
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
""",
        hangs=True,
    ),
    Attack(
        "the cell of an answer blocks every signal and waits",
        ONLY_HALF,
        double="""
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
while True:
    time.sleep(1)
""",
        says=("was stopped after",),
        hangs=True,
    ),
    Attack(
        "SIGINT and SIGTERM are ignored by an endless loop in C",
        FULL,
        own="""
import re, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
re.match("(a+)+$", "a" * 64 + "b")
""",
        hangs=True,
    ),
    Attack(
        "an answer waits for input",
        ONLY_HALF,
        double="""
def double(x):
    return float(input("A number? "))
""",
        hangs=True,
    ),
    Attack(
        "an answer reads the standard input, where no one writes",
        ONLY_HALF,
        double="""
import sys
def double(x):
    return float(sys.__stdin__.readline())
""",
    ),
    Attack(
        "an answer reads a pipe that no one writes to",
        ONLY_HALF,
        double="""
import os
def double(x):
    read, write = os.pipe()
    return os.read(read, 1)
""",
        says=NO_ANSWER,
        hangs=True,
    ),
    Attack(
        "the event loop is stopped",
        FULL,
        own="""
import asyncio
asyncio.get_event_loop().stop()
""",
    ),
    Attack(
        "the event loop is closed and replaced",
        FULL,
        own="""
import asyncio
loop = asyncio.get_event_loop()
loop.call_soon(loop.stop)
loop.call_later(0.01, loop.close)
asyncio.set_event_loop(asyncio.new_event_loop())
asyncio.set_event_loop_policy(None)
""",
    ),
    Attack(
        "an answer leaves a task in the event loop that never gives way",
        FULL,
        double="""
import asyncio, time
async def hog():
    while True:
        time.sleep(1)
def double(x):
    if x.ndim > 1:
        asyncio.get_event_loop().create_task(hog())
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "a top-level await that nothing ends",
        FULL,
        own="""
import asyncio
await asyncio.Event().wait()
""",
        says=("was stopped after",),
        hangs=True,
    ),
    Attack(
        "an answer's result cannot be freed in finite time",
        ONLY_HALF,
        double="""
import time
class Clinging(np.ndarray):
    def __del__(self):
        while True:
            time.sleep(1)
def double(x):
    return (2 * x).view(Clinging)
""",
        hangs=True,
    ),
    Attack(
        "an answer's result never ends: __array__, __len__ and __iter__",
        ONLY_HALF,
        double="""
class Endless:
    def __array__(self, *args, **kwargs):
        while True:
            pass
    __len__ = __iter__ = __getitem__ = __array__
def double(x):
    return Endless()
""",
        says=NO_ANSWER,
        hangs=True,
    ),
    Attack(
        "an answer's result never says what class it is of",
        ONLY_HALF,
        double="""
class Shy:
    @property
    def __class__(self):
        while True:
            pass
def double(x):
    return Shy()
""",
        says=NO_ANSWER,
        hangs=True,
    ),
    Attack(
        "an answer raises an error whose text never ends",
        ONLY_HALF,
        double="""
class Wordy(Exception):
    def __str__(self):
        while True:
            pass
def double(x):
    raise Wordy
""",
        says=NO_ANSWER,
        hangs=True,
    ),
    Attack(
        "an answer raises an error with a traceback in a circle",
        ONLY_HALF,
        double="""
class Circle:
    @property
    def tb_next(self):
        return self
    import sys
    tb_frame, tb_lineno = sys._getframe(), 1
class Dizzy(Exception):
    __traceback__ = Circle()
def double(x):
    raise Dizzy
""",
        hangs=True,
    ),
    Attack(
        "an answer raises what is no Exception",
        ONLY_HALF,
        double="""
class Bare(BaseException):
    pass
def double(x):
    raise Bare("caught by no one")
""",
        says=("Bare",),
        hangs=True,
    ),
    Attack(
        "an answer raises an error with a text of 300 MB",
        ONLY_HALF,
        double="""
def double(x):
    raise ValueError("x" * 300_000_000)
""",
        says=("ValueError: xxx",),
        after=few_words,
    ),
    Attack(
        "an answer raises an error whose text cannot be had",
        ONLY_HALF,
        double="""
class Mute(Exception):
    def __str__(self):
        raise Mute
    __repr__ = __str__
def double(x):
    raise Mute
""",
        says=("Mute",),
        hangs=True,
    ),
    Attack(
        "an answer raises an error whose text is half a character and control codes",
        ONLY_HALF,
        double="""
def double(x):
    raise ValueError("\\ud800\\x00\\x1b[2J\\x07\\r\\u202e")
""",
        says=("ValueError",),
    ),
]

MEMORY = [
    Attack(
        "an answer wants one huge list",
        ONLY_HALF,
        double="""
def double(x):
    return [0] * 10**11
""",
        says=("MemoryError",),
    ),
    Attack(
        "an answer keeps every array that it makes",
        ONLY_HALF,
        double="""
kept = []
def double(x):
    while True:
        kept.append(np.frombuffer(bytearray(2**26)))
""",
    ),
    Attack(
        "an answer swallows MemoryError and asks again",
        ONLY_HALF,
        double="""
def double(x):
    kept, size = [], 2**28
    while True:
        try:
            kept.append(bytearray(size))
        except MemoryError:
            size = max(1, size // 2)
""",
        hangs=True,
    ),
    Attack(
        "memory that belongs to no process in particular: shared mappings",
        FULL,
        own="""
import mmap, time
kept = []
for number in range(48):
    kept.append(mmap.mmap(-1, 128 * 2**20))
    for place in range(0, 128 * 2**20, 4096):
        kept[-1][place] = 1
    time.sleep(0.02)
time.sleep(2)
print("has", "taken", "6 GB")
""",
        after=shows(never=("has taken 6 GB",)),
    ),
    Attack(
        "memory that no process has mapped: files without a name",
        FULL,
        own="""
import os, time
block, kept = bytes(2**24), []
for number in range(48):
    kept.append(os.memfd_create("hoard"))
    for _ in range(8):
        os.write(kept[-1], block)
    time.sleep(0.02)
time.sleep(2)
print("has", "taken", "6 GB")
""",
        after=shows(never=("has taken 6 GB",)),
    ),
    Attack(
        "memory that outlives its process: System V segments",
        FULL,
        own="""
import ctypes, time
libc = ctypes.CDLL(None)
libc.shmat.restype, libc.shmdt.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
size = 128 * 2**20
for number in range(48):
    segment = libc.shmget(0, ctypes.c_size_t(size), 0o1600)
    if segment < 0:
        raise OSError("no segment")
    address = libc.shmat(segment, None, 0)
    ctypes.memset(address, 1, size)
    libc.shmdt(address)
    time.sleep(0.02)
time.sleep(2)
print("has", "taken", "6 GB")
""",
        after=shows(never=("has taken 6 GB",)),
    ),
    Attack(
        "memory in the buffers of sockets that no one reads",
        FULL,
        own="""
import subprocess, sys
program = '''
import socket, time
pairs = []
try:
    while True:
        pairs.append(socket.socketpair())
        for end in pairs[-1]:
            end.setblocking(False)
            try:
                while True:
                    end.send(bytes(2**15))
            except BlockingIOError:
                pass
except OSError:
    print("full", flush=True)
    time.sleep(10)
'''
def available():
    return int(next(line for line in open("/proc/meminfo") if line.startswith("MemAvailable")).split()[1])
before = available()
fillers = [subprocess.Popen([sys.executable, "-S", "-c", program], stdout=subprocess.PIPE) for _ in range(20)]
for filler in fillers:
    filler.stdout.readline()
print("took", (before - available()) // 2**10, "MB")
if before - available() > 4 * 2**20:
    print("has", "taken", "4 GB")
""",
        after=shows("took", never=("has taken 4 GB",)),
    ),
    Attack(
        "children that take 1.5 GB each",
        FULL,
        own="""
import os, time
ready, tell = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        hoard = bytearray(3 * 2**29)
        os.write(tell, b"x")
        time.sleep(10)
        os._exit(0)
taken = sum(len(os.read(ready, 1)) for _ in range(4))
time.sleep(1)
print("has", "taken", "6 GB")
""",
        after=shows(never=("has taken 6 GB",)),
    ),
    Attack(
        "every folder that can be written to is filled up",
        FULL,
        own="""
import os, tempfile
total = 0
for folder in (".", os.path.expanduser("~"), "/tmp", "/var/tmp", "/dev/shm", "/run", "/dev", "/"):
    try:
        for number in range(1000):
            with open(f"{folder}/fill-{number}", "wb", buffering=0) as file:
                while written := file.write(bytes(2**20)):
                    total += written
                    if file.tell() > 200 * 2**20:
                        break
    except OSError:
        pass
print("took less than a gigabyte" if total < 2**30 else "took", total)
""",
        after=shows("took less than a gigabyte"),
    ),
    Attack(
        "a file of ten terabytes",
        FULL,
        own="""
with open("/tmp/huge", "wb") as file:
    file.truncate(10**13)
print("ten", "terabytes")
""",
        after=shows(never=("ten terabytes",)),
    ),
    Attack(
        "a million empty files",
        FULL,
        own="""
import os
for number in range(1_000_000):
    os.close(os.open(f"/tmp/{number}", os.O_CREAT))
""",
        hangs=True,
    ),
]

CROWDS = [
    Attack(
        "an answer is a fork bomb",
        ONLY_HALF,
        double="""
import os
def double(x):
    while True:
        try:
            os.fork()
        except OSError:
            pass
""",
        hangs=True,
    ),
    Attack(
        "a fork bomb of the shell's is left behind",
        FULL,
        own="""
import subprocess, time
subprocess.Popen(["bash", "-c", "b() { b | b & }; b"], start_new_session=True)
time.sleep(0.5)
""",
    ),
    Attack(
        "an answer is a thread bomb",
        ONLY_HALF,
        double="""
import threading, time
def double(x):
    while True:
        threading.Thread(target=time.sleep, args=(1000,)).start()
""",
    ),
    Attack(
        "a cell forks and carries on in all four processes",
        FULL,
        own="""
import os
os.fork()
os.fork()
""",
    ),
    Attack(
        "a hundred children have ended and no one waits for them",
        FULL,
        own="""
import os, time
for _ in range(100):
    if os.fork() == 0:
        os._exit(0)
time.sleep(0.2)
""",
    ),
    Attack(
        "daemons in sessions of their own, deaf to signals",
        FULL,
        own=DAEMON
        + """
for _ in range(5):
    daemon(lambda: time.sleep(1))
""",
    ),
    Attack(
        "a daemon is left behind by an answer that ends the kernel",
        ONLY_HALF,
        double=DAEMON
        + """
def double(x):
    daemon(lambda: time.sleep(1))
    os._exit(0)
""",
        says=ENDED,
    ),
    Attack(
        "daemons that compute on all cores",
        FULL,
        own=DAEMON
        + """
for _ in range(8):
    daemon(lambda: sum(range(10**7)))
""",
    ),
    Attack(
        "a daemon that keeps forking, so that no list of processes is ever complete",
        FULL,
        own=DAEMON
        + """
def hop():
    if os.fork():
        os._exit(0)
    os.setsid()
daemon(hop)
""",
    ),
    Attack(
        "a shell job is left running",
        FULL,
        own="""
import subprocess
subprocess.Popen("nohup sleep 86399 & disown", shell=True, start_new_session=True, executable="/bin/bash")
get_ipython().system("sleep 86398 &")
""",
    ),
    Attack(
        "a pool of processes that is never closed",
        FULL,
        own="""
import multiprocessing
pool = multiprocessing.get_context("fork").Pool(4)
pool.map(abs, range(8))
""",
    ),
    Attack(
        "threads go on printing after their cell",
        FULL,
        own="""
import threading, time
def chatter():
    while True:
        print("blah " * 200)
        time.sleep(0.001)
for _ in range(3):
    threading.Thread(target=chatter, daemon=True).start()
""",
        after=few_words,
    ),
    Attack(
        "a thread goes on patching after its cell",
        FULL,
        own="""
import threading, time
def patch():
    while True:
        np.testing.assert_allclose = np.allclose = np.array_equal = lambda *args, **kwargs: False
        time.sleep(0.001)
threading.Thread(target=patch, daemon=True).start()
""",
    ),
    Attack(
        "a thread that is no daemon, and exit functions that do not return",
        FULL,
        own="""
import atexit, threading, time
threading.Thread(target=time.sleep, args=(86399,)).start()
atexit.register(time.sleep, 86399)
""",
    ),
]

FLOODS = [
    Attack(
        "ten million lines are printed",
        FULL,
        own="""
for number in range(10_000_000):
    print("line", number)
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "200,000 lines are printed by the cell of an answer, behind it",
        FULL,
        double="""
def double(x):
    return 2 * x
for number in range(200_000):
    print("line", number, flush=number % 100 == 0)
""",
        after=few_words,
    ),
    Attack(
        "an answer prints 100,000 lines and is right",
        FULL,
        double="""
def double(x):
    for number in range(100_000):
        print("line", number)
    return 2 * x
""",
        after=few_words,
    ),
    Attack(
        "one print of 200 MB",
        FULL,
        own="""
print("x" * 200_000_000)
""",
        after=few_words,
    ),
    Attack(
        "a value whose repr is 200 MB",
        FULL,
        own="""
class Wordy:
    def __repr__(self):
        return "x" * 200_000_000
Wordy()
""",
        after=few_words,
    ),
    Attack(
        "an error whose text is 200 MB",
        FULL,
        own="""
raise ValueError("x" * 200_000_000)
""",
        after=few_words,
    ),
    Attack(
        "standard error is flooded",
        FULL,
        own="""
import sys
while True:
    sys.stderr.write("x" * 10_000)
    sys.stderr.flush()
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "the terminal's own descriptors are flooded",
        FULL,
        own="""
import os
for _ in range(2_000):
    os.write(1, b"x" * 100_000)
    os.write(2, b"x" * 100_000)
""",
        after=few_words,
    ),
    Attack(
        "a program floods what the notebook shows",
        FULL,
        own="""
get_ipython().system("yes")
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "display is called for ever",
        FULL,
        own="""
from IPython.display import HTML, display
while True:
    display(HTML("x" * 10_000))
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "one display is updated for ever",
        FULL,
        own="""
from IPython.display import display
handle = display("0", display_id=True)
while True:
    handle.update("x" * 10_000)
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "a million displays, each with a name of its own",
        FULL,
        own="""
from IPython.display import display
for number in range(1_000_000):
    display(number, display_id=f"{number}")
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "output is cleared for ever",
        FULL,
        own="""
from IPython.display import clear_output
while True:
    print("x" * 1_000)
    clear_output(wait=True)
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "widgets are opened for ever, each with a megabyte of state",
        FULL,
        own="""
from comm import create_comm
while True:
    create_comm(target_name="jupyter.widget", data={"state": {"value": "x" * 1_000_000}, "buffer_paths": []}).send(
        {"method": "update", "state": {"value": "y" * 1_000_000}})
""",
        after=few_words,
        hangs=True,
    ),
    Attack(
        "a picture of 100 MB is displayed",
        FULL,
        own="""
from IPython.display import display
display({"image/png": "A" * 100_000_000, "text/plain": "a picture"}, raw=True)
""",
        after=few_words,
    ),
    Attack(
        "an answer floods the channel on which outputs travel",
        FULL,
        double="""
def double(x):
    kernel = get_ipython().kernel
    for _ in range(100):
        kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "x" * 1_000_000})
    return 2 * x
""",
        after=few_words,
    ),
    Attack(
        "outputs that no schema of Jupyter's knows",
        FULL,
        own="""
kernel = get_ipython().kernel
for kind, content in [
    ("stream", {"name": "stdnone", "text": 3}), ("stream", {}), ("display_data", {"data": []}), ("error", {"traceback": None}),
    ("execute_result", {"data": {"text/plain": {"a": 1}}, "metadata": 7}), ("clear_output", None), ("comm_open", {}), ("comm_msg", []),
    ("update_display_data", {"transient": {"display_id": []}}), ("status", {"execution_state": "dancing"}), ("no_such_thing", "x"),
]:
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"), ident=b"x")
""",
    ),
    Attack(
        "bytes that are no message on the channel on which outputs travel",
        FULL,
        own="""
kernel = get_ipython().kernel
for parts in ([b""], [b"stream", b"<IDS|MSG>"], [b"\\xff" * 100] * 7, [b"x", b"<IDS|MSG>", b"0" * 64, b"{", b"{", b"{", b"{"]):
    kernel.iopub_thread.send_multipart(parts)
""",
    ),
    Attack(
        "half a character is printed, and every control code",
        FULL,
        own="""
print("\\ud800", *map(chr, range(32)), "\\x7f\\u202e\\ufffe")
""",
    ),
    Attack(
        "a figure of ten billion pixels",
        FULL,
        own="""
import matplotlib.pyplot as plt
plt.figure(figsize=(1_000, 1_000), dpi=100).add_subplot().imshow(np.zeros((100, 100)))
plt.show()
""",
    ),
]

VALUES = [
    Attack(
        "an answer returns 10 GB that take no memory",
        ONLY_HALF,
        double="""
def double(x):
    return np.broadcast_to(1.0, (100_000, 12_500))
""",
        says=("too large",),
    ),
    Attack(
        "an answer returns 1 GB",
        ONLY_HALF,
        double="""
def double(x):
    return np.zeros(2**27)
""",
        says=("too large",),
    ),
    Attack(
        "an answer returns a range of 10**9 numbers",
        ONLY_HALF,
        double="""
def double(x):
    return range(10**9)
""",
    ),
    Attack(
        "an answer returns a list of 30 million numbers",
        ONLY_HALF,
        double="""
def double(x):
    return [0.5] * 30_000_000
""",
    ),
    Attack(
        "an answer returns a list in a list, a million deep",
        ONLY_HALF,
        double="""
def double(x):
    for _ in range(1_000_000):
        x = [x]
    return x
""",
    ),
    Attack(
        "an answer returns a list that contains itself",
        ONLY_HALF,
        double="""
def double(x):
    x = [1, 2]
    x.append(x)
    return x
""",
    ),
    Attack(
        "an answer returns lists that share their parts, 2**60 of them",
        ONLY_HALF,
        double="""
def double(x):
    x = ["a", "b"]
    for _ in range(60):
        x = [x, x, "c"]
    return x
""",
        hangs=True,
    ),
    Attack(
        "an answer returns lists that share their parts, 3**18 of them",
        ONLY_HALF,
        double="""
def double(x):
    x = "a"
    for _ in range(18):
        x = [x, x, x]
    return x
""",
        hangs=True,
    ),
    Attack(
        "an answer returns a dictionary with a million keys",
        ONLY_HALF,
        double="""
def double(x):
    return {number: number for number in range(1_000_000)}
""",
    ),
    Attack(
        "an answer returns 50,000 arrays",
        ONLY_HALF,
        double="""
def double(x):
    return [np.zeros(number % 7) for number in range(50_000)]
""",
    ),
    Attack(
        "an answer returns a text of a megabyte",
        ONLY_HALF,
        double="""
def double(x):
    return "2" * 1_000_000
""",
        after=few_words,
    ),
    Attack(
        "an answer returns a whole number of 100,000 digits",
        ONLY_HALF,
        double="""
def double(x):
    return 10**100_000
""",
        after=few_words,
    ),
    Attack(
        "an answer returns nothing but nan, inf and numbers on the edge",
        ONLY_HALF,
        double="""
def double(x):
    return np.resize([np.nan, np.inf, -np.inf, np.finfo(float).max, 5e-324, -0.0], x.shape)
""",
        says=("nan",),
    ),
    Attack(
        "an answer returns an array of objects",
        ONLY_HALF,
        double="""
def double(x):
    return np.array([object(), None, {}, [1], lambda: 1], dtype=object)
""",
    ),
    Attack(
        "an answer returns an array of texts",
        ONLY_HALF,
        double="""
def double(x):
    return np.array(["1.0"] * len(x))
""",
    ),
    Attack(
        "an answer returns a structured array",
        ONLY_HALF,
        double="""
def double(x):
    return np.zeros(len(x), dtype=[("a", "f8"), ("b", "O")])
""",
    ),
    Attack(
        "an answer returns dates",
        ONLY_HALF,
        double="""
def double(x):
    return np.array(["2026-11-22"] * len(x), dtype="datetime64[D]")
""",
    ),
    Attack(
        "an answer returns an array with more axes than any image",
        ONLY_HALF,
        double="""
def double(x):
    return np.zeros((1,) * 32)
""",
    ),
    Attack(
        "an answer returns an empty array of a huge shape",
        ONLY_HALF,
        double="""
def double(x):
    return np.zeros((0, 2**62))
""",
    ),
    Attack(
        "an answer returns a generator without end",
        ONLY_HALF,
        double="""
import itertools
def double(x):
    return itertools.count()
""",
    ),
    Attack(
        "an answer returns numbers at addresses that are not its own",
        ONLY_HALF,
        double="""
def double(x):
    return np.lib.stride_tricks.as_strided(x, (10**6,), (2**20,))
""",
    ),
    Attack(
        "an answer returns an array that says it has no bytes",
        ONLY_HALF,
        double="""
class Small(np.ndarray):
    nbytes = size = 0
    dtype = np.dtype("f8")
def double(x):
    return np.zeros(2**27).view(Small)
""",
    ),
    Attack(
        "an answer's result exits when it is read",
        ONLY_HALF,
        double="""
import os
class Trap:
    def __array__(self, *args, **kwargs):
        raise SystemExit
def double(x):
    return Trap()
""",
    ),
]

SABOTAGE = [
    Attack(
        "descriptors 0 to 99 are closed",
        FULL,
        own="""
import os
os.closerange(0, 100)
""",
        hangs=True,
    ),
    Attack(
        "an answer closes every socket of the kernel's",
        ONLY_HALF,
        double=SOCKETS
        + """
def double(x):
    for number in sockets:
        os.close(number)
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "an answer puts /dev/zero in place of every socket of the kernel's",
        ONLY_HALF,
        double=SOCKETS
        + """
def double(x):
    for number in sockets:
        os.dup2(os.open("/dev/zero", os.O_RDWR), number)
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "an answer writes noise into every socket of the kernel's",
        ONLY_HALF,
        double=SOCKETS
        + """
def double(x):
    for number in sockets:
        os.set_blocking(number, False)
        try:
            os.write(number, os.urandom(100_000))
        except OSError:
            pass
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "an answer says that 2**63 bytes follow",
        ONLY_HALF,
        double=SOCKETS
        + """
import struct
def double(x):
    for number in sockets:
        try:
            os.write(number, struct.pack("<IQ", 1, 2**63) + bytes(100))
            os.write(number, struct.pack("<I", 2**32 - 1) + bytes(100))
        except OSError:
            pass
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "an answer sends its result byte after byte, a thousand in all",
        ONLY_HALF,
        double=SOCKETS
        + """
import struct, time
def double(x):
    for byte in struct.pack("<IQ", 1, 1000) + b"{" * 1000:
        for number in sockets:
            try:
                os.write(number, bytes([byte]))
            except OSError:
                pass
        time.sleep(0.2)
""",
        hangs=True,
    ),
    Attack(
        "an answer's result comes after the deadline",
        ONLY_HALF,
        double="""
import time
def double(x):
    time.sleep(3.5)
    return 2 * x
""",
        says=NO_ANSWER,
        hangs=True,
    ),
    Attack(
        "everything that the kernel says is said twice",
        FULL,
        own="""
session = get_ipython().kernel.session
send = session.send
session.send = lambda *args, **kwargs: (send(*args, **kwargs), send(*args, **kwargs))[0]
""",
    ),
    Attack(
        "a question is answered before it is asked",
        FULL,
        double=SOCKETS
        + """
import json, socket, struct, threading
def answer():
    text = json.dumps({"result": {"dict": [["value", 7]]}, "printed": ""}).encode()
    for number in sockets:
        with socket.socket(fileno=os.dup(number)) as out:
            if out.getsockname() == "":  # of a pair, and so none of Jupyter's
                out.sendall(struct.pack("<IQ", 1, len(text)) + text)
def double(x):
    if x.ndim > 1:
        threading.Timer(0.01, answer).start()
    return 2 * x
""",
    ),
    Attack(
        "an answer sees to it that no later question is answered: the comm manager",
        FULL,
        double="""
def double(x):
    if x.ndim > 1:
        manager = get_ipython().kernel.comm_manager
        manager.comm_msg = manager.comm_open = lambda *args: None
        manager.comms.clear()
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "an answer sees to it that no later question is answered: the harness",
        FULL,
        double="""
def double(x):
    if x.ndim > 1:
        import time
        from autograder.harness import Harness
        Harness.answer = Harness._call = lambda *args: time.sleep(1000)
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "an answer leaves a hook that ends Python before the next cell",
        FULL,
        double="""
import os
def double(x):
    if x.ndim > 1:
        get_ipython().events.register("pre_run_cell", lambda info: os._exit(1))
    return 2 * x
""",
    ),
    Attack(
        "an answer stops the thread that sends outputs",
        FULL,
        double="""
def double(x):
    if x.ndim > 1:
        get_ipython().kernel.iopub_thread.stop()
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "an answer replaces builtins",
        ONLY_HALF,
        double="""
import builtins
def double(x):
    for name in ("print", "len", "isinstance", "open", "str", "dict", "list", "range", "repr", "__import__", "__build_class__"):
        setattr(builtins, name, None)
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "print and len are redefined",
        FULL,
        own="""
import builtins
builtins.print = lambda *args, **kwargs: None
len = list = sum = max = dict = None
""",
    ),
    Attack(
        "an answer empties sys.modules",
        ONLY_HALF,
        double="""
import sys
def double(x):
    sys.modules.clear()
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "a call leaves behind a hook that never lets the next cell begin",
        FULL,
        double="""
import time
def wait_for_ever(*_):
    while True:
        try:
            time.sleep(3600)
        except KeyboardInterrupt:
            pass
def double(x):
    get_ipython().events.register("pre_run_cell", wait_for_ever)
    return 2 * x
""",
        hangs=True,
    ),
    Attack(
        "the course's package is unloaded and deleted",
        FULL,
        own="""
import sys
import autograder
del autograder
for name in list(sys.modules):
    if name.split(".")[0] == "autograder":
        del sys.modules[name]
sys.path.clear()
""",
    ),
    Attack(
        "%reset -f between the answers",
        FULL,
        double="""
def double(x):
    if x.ndim > 1:
        get_ipython().run_line_magic("reset", "-f")
    return 2 * x
""",
        own="%reset -f\nimport numpy as np",
        last="%reset -f",
    ),
    Attack(
        "an answer empties the notebook's variables",
        FULL,
        double="""
def double(x):
    if x.ndim > 1:
        get_ipython().user_ns.clear()
    return 2 * x
""",
    ),
    Attack(
        "the garbage collector calls back what raises, prints and sleeps",
        FULL,
        own="""
import gc, time
def nag(phase, info):
    print("collecting")
    time.sleep(0.001)
    raise RuntimeError
gc.callbacks.append(nag)
gc.set_threshold(1_000)
""",
        after=few_words,
    ),
    Attack(
        "every line is traced and profiled",
        FULL,
        own="""
import sys, threading
def trace(frame, event, arg):
    return trace
sys.settrace(trace)
sys.setprofile(lambda *args: None)
threading.settrace(trace)
threading.setprofile(lambda *args: None)
""",
    ),
    Attack(
        "a trace function that raises",
        ONLY_HALF,
        double="""
import sys
def trace(frame, event, arg):
    raise RuntimeError("traced")
def double(x):
    sys.settrace(trace)
    return 2 * x
""",
    ),
    Attack(
        "an audit hook that forbids files, sockets, processes and memory",
        FULL,
        own="""
import sys
def forbid(event, args):
    if event.startswith(("open", "os.", "socket.", "subprocess.", "ctypes.", "mmap.", "shutil.", "tempfile.")):
        raise RuntimeError(f"{event} is forbidden")
sys.addaudithook(forbid)
""",
    ),
    Attack(
        "limits are lowered to nothing, and raised",
        FULL,
        own="""
import resource
for name in ("CORE", "FSIZE", "NPROC", "MEMLOCK", "MSGQUEUE", "NICE", "RTPRIO", "SIGPENDING"):
    limit = getattr(resource, f"RLIMIT_{name}")
    resource.setrlimit(limit, (0, 0))
    for more in (10, resource.RLIM_INFINITY):
        try:
            resource.setrlimit(limit, (more, more))
            print("raised", "the", "limit")
        except (OSError, ValueError):
            pass
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
""",
        after=shows(never=("raised the limit",)),
    ),
    Attack(
        "the process is given the lowest priority and one core",
        FULL,
        own="""
import os
os.nice(19)
os.sched_setaffinity(0, {next(iter(os.sched_getaffinity(0)))})
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
""",
    ),
    Attack(
        "the process makes itself unreadable for all others, then ends",
        ONLY_HALF,
        own="""
import ctypes
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
""",
        double="""
import os
os._exit(1)
""",
    ),
    Attack(
        "the working folder is changed",
        FULL,
        own="""
import os
os.chdir("/")
""",
    ),
    Attack(
        "the working folder and the home folder are deleted",
        FULL,
        own="""
import os, shutil
home = os.path.expanduser("~")
for folder in (os.getcwd(), home, "/tmp", "/run", "/dev/shm", "/course"):
    shutil.rmtree(folder, ignore_errors=True)
""",
    ),
    Attack(
        "the working folder, its sockets and all, is deleted, then the kernel ended",
        ONLY_HALF,
        own="""
import os, shutil
for folder in (os.getcwd(), os.path.expanduser("~"), "/tmp", "/run", "/dev/shm"):
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.chmod(folder, 0)
    except OSError:
        pass
""",
        double="""
import os
os._exit(1)
""",
    ),
    Attack(
        "the packages that everyone uses are deleted and overwritten",
        FULL,
        own="""
import os, shutil, sys, tensorflow
import autograder
for module in (tensorflow, np, autograder):
    folder = os.path.dirname(module.__file__)
    shutil.rmtree(folder, ignore_errors=True)
    for name in (module.__file__, os.path.join(folder, "new.py")):
        try:
            open(name, "w").write("raise SystemExit")
            print("wrote", "there")
        except OSError:
            pass
    print("still there" if os.path.exists(module.__file__) else "gone")
""",
        after=shows("still there", never=("wrote there", "gone")),
    ),
    Attack(
        "a hook that runs before every cell ends Python, from the last answer on",
        FULL,
        half="""
def half(x):
    return x / 2
import os
get_ipython().events.register("pre_run_cell", lambda info: os._exit(1))
get_ipython().events.register("post_run_cell", lambda result: 1 / 0)
""",
        last="print('never')",
    ),
    Attack("a cell of 100,000 signs", FULL, own="-" * 100_000 + "1"),
    Attack("a cell of 100,000 brackets", FULL, own="(" * 50_000 + ")" * 50_000),
]

ATTACKS = [*ENDING, *ENDLESS, *MEMORY, *CROWDS, *FLOODS, *VALUES, *SABOTAGE]
