"""One of several processes that race: ``python -m tests.adapters.redis_racer``.

Its standard input says, a line for each race, with what kind of store, where, and for what; each race begins
with a second, empty line. It answers with how many of its fifty attempts were let through.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from authguard_core.counting.ops import Admit, Admitted, Op, PutOnce, Result, Stored, Take, Taken
from authguard_redis import open_async_storage, open_storage
from tests.adapters.redis_world import ACCOUNT, ADDRESS, CODE, WINDOW

RIVALS = 50


def operation(what: str) -> Op:
    """Return what a rival asks for."""
    if what == "admit":
        return Admit(int.from_bytes(os.urandom(7), "big"), 1, (ADDRESS, ACCOUNT))
    return Take(CODE) if what == "take" else PutOnce(CODE, b"code", WINDOW)


def wins(result: Result) -> bool:
    """Say whether it was let through."""
    return isinstance(result, Admitted) or result in {Stored(stored=True), Taken(b"code")}


def by_threads(url: str, what: str, begin: Callable[[], object]) -> int:
    """Let threads race."""
    barrier = threading.Barrier(RIVALS + 1)
    with open_storage(url) as store, ThreadPoolExecutor(RIVALS) as pool:

        def run() -> bool:
            barrier.wait()
            (result,) = store.execute([operation(what)])
            return wins(result)

        racing = [pool.submit(run) for _ in range(RIVALS)]
        begin()
        barrier.wait()
        return sum(one.result() for one in racing)


def by_tasks(url: str, what: str, begin: Callable[[], object]) -> int:
    """Let tasks of one event loop race."""

    async def race() -> int:
        async with open_async_storage(url) as store:
            begin()
            results = await asyncio.gather(*[store.execute([operation(what)]) for _ in range(RIVALS)])
            return sum(wins(result) for (result,) in results)

    return asyncio.run(race())


def main() -> None:
    """Take part in every race that is announced."""
    for line in sys.stdin:
        kind, url, what = line.split()
        race = by_threads if kind == "threads" else by_tasks
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        won = race(url, what, sys.stdin.readline)
        sys.stdout.write(f"{won}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
