"""The places in which hashes are computed: a bound on work at once, and on what may wait.

Hashing is expensive on purpose, so an unbounded queue of it is a way to take a server
down. Here a call that finds every place taken is refused before it costs anything.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from authguard_core.errors import ConfigurationError, HasherBusy

__all__ = ["PENDING_PER_WORKER", "HashPool"]

PENDING_PER_WORKER: Final = 16

T = TypeVar("T")


class HashPool:
    """At most ``workers`` jobs at once, at most ``max_pending`` waiting; the rest is refused.

    Jobs of both flavours count together: :meth:`run` computes in the calling thread,
    :meth:`submit` in a thread of the pool. Threads start with the first job that needs
    them, and the interpreter's exit finishes the jobs that wait instead of hanging.
    """

    def __init__(self, *, workers: int | None, max_pending: int | None) -> None:
        self.workers = _whole("workers", workers, lowest=1, default=os.cpu_count() or 1)
        self.max_pending = _whole(
            "max_pending", max_pending, lowest=0, default=PENDING_PER_WORKER * self.workers
        )
        self._by_process: dict[int, _Places] = {}

    def run(self, job: Callable[[], T]) -> T:
        """Compute the job in the calling thread, when its turn comes.

        Raises:
            HasherBusy: Every place is taken; the job was not started.
        """
        places = self._places()
        places.take()
        try:
            return places.compute(job)
        finally:
            places.give_back()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Compute the job in a thread of the pool.

        Cancelling the future of a job that still waits frees its place; one that runs
        keeps it to its end.

        Raises:
            HasherBusy: Every place is taken; the job was not started.
        """
        return self._places().submit(job)

    def close(self) -> None:
        """End the threads once their jobs are done. The next :meth:`submit` starts new ones."""
        self._places().close()

    def _places(self) -> "_Places":
        # One set for each process: a fork inherits counters, held locks and a list of
        # threads from its parent, but not the threads that would ever free them.
        process = os.getpid()
        try:
            return self._by_process[process]
        except KeyError:
            return self._by_process.setdefault(process, _Places(self.workers, self.max_pending))


class _Places:
    """The places of one process."""

    def __init__(self, workers: int, max_pending: int) -> None:
        self._workers = workers
        self._most = workers + max_pending
        self._lock = threading.Lock()
        self._taken = 0
        self._running = threading.BoundedSemaphore(workers)
        self._threads: ThreadPoolExecutor | None = None

    def take(self) -> None:
        with self._lock:
            self._refuse_if_full()
            self._taken += 1

    def give_back(self, _done: object = None) -> None:
        with self._lock:
            self._taken -= 1

    def compute(self, job: Callable[[], T]) -> T:
        with self._running:
            return job()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        with self._lock:
            self._refuse_if_full()
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="authguard-argon2")
            future = self._threads.submit(self.compute, job)
            self._taken += 1
        # A future runs its callbacks once, whether it is done, failed or cancelled.
        future.add_done_callback(self.give_back)
        return future

    def close(self) -> None:
        with self._lock:
            threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown()

    def _refuse_if_full(self) -> None:
        if self._taken >= self._most:
            raise HasherBusy(
                f"Every hashing place is taken: {self._taken} of {self._most} run or wait. "
                "Nothing was hashed; answer 503 and try again."
            )


def _whole(name: str, value: int | None, *, lowest: int, default: int) -> int:
    if value is None:
        return default
    if type(value) is not int or value < lowest:
        raise ConfigurationError.of(
            name,
            got=value,
            expected=f"a whole number, at least {lowest}",
            do=f"Leave it out for {default}, which fits this machine.",
        )
    return value
