"""A cluster without its machines: the course's own scheduler, client and writer, and as many Dask workers as are wanted, all in one process.

Instead of grading, a worker waits and then sends a result that was made before. So all that does not get faster with more workers is real.
`python cluster.py scheduler FILE`, `python cluster.py workers FILE NUMBER`: what `python inside.py central` starts, and ends.
"""

import asyncio
import contextlib
import functools
import json
import os
import sys
import time
from pathlib import Path

import dask
from distributed import Scheduler, Worker

from autograder.intake import Submission

RESULTS, WAITING = "BENCHMARK_RESULTS", "BENCHMARK_WAITING"  # a JSON file of results [record, notebook], and seconds


def answer(submission: Submission, seed: int, plugin: str) -> tuple[str, str]:
    """Takes the place of autograder.worker.grade_one."""
    time.sleep(float(os.environ[WAITING]))
    results = _results()
    record, notebook = results[int(submission.student.removeprefix("student")) % len(results)]
    return json.dumps(record | {"student": submission.student, "digest": submission.digest, "seed": seed}), notebook


@functools.cache
def _results() -> list:
    return json.loads(Path(os.environ[RESULTS]).read_text(encoding="utf-8"))


async def scheduler(file: str) -> None:
    """A scheduler that writes its address into a file, and runs until it is ended."""
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address=None) as started:
        Path(file).write_text(started.address)
        await started.finished()


async def workers(file: str, number: str) -> None:
    """Workers of the scheduler whose address is in a file, until they are ended."""
    address = Path(file).read_text()
    dask.config.set({"distributed.worker.memory.terminate": False, "distributed.worker.memory.pause": False})
    async with contextlib.AsyncExitStack() as life:
        started = [Worker(address, nthreads=1, memory_limit=0, dashboard_address=None, dashboard=False) for _ in range(int(number))]
        await asyncio.gather(*map(life.enter_async_context, started))
        await asyncio.gather(*(worker.finished() for worker in started))


def main() -> None:
    what, *arguments = sys.argv[1:]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run({"scheduler": scheduler, "workers": workers}[what](*arguments))


if __name__ == "__main__":
    main()
