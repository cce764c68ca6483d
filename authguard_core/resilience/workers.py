"""Threads that make calls which may hang, for callers that wait no longer than they want to.

A driver's own time-outs are no deadline: looking up a name, connecting, greeting and each part of a reply
have one of their own. So a call runs on another thread, and whoever asked for it goes on when time is up.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

__all__ = ["Workers"]

MOST = 64
IDLE_SECONDS = 60.0

T = TypeVar("T")


class _Job:
    """One call. Its lock is held until it is done."""

    __slots__ = ("call", "done", "error", "given_up", "result")

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.result: object = None
        self.error: BaseException | None = None
        self.given_up = False
        self.done = threading.Lock()
        self.done.acquire()

    def run(self) -> None:
        if not self.given_up:
            try:
                self.result = self.call()
            except BaseException as error:  # noqa: BLE001 - it is raised where the call was asked for
                self.error = error
        self.done.release()


class Workers:
    """Up to so many threads, started when they are needed. They end after a minute with nothing to do.

    Args:
        most: how many calls may hang at once; further ones wait, and time runs out for them.

    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        # A token for each thread that waits for a job and that no caller counts on yet.
        self._idle: deque[None] = deque()
        self._lock = threading.Lock()
        self._count = 0

    def run(self, call: Callable[[], T], seconds: float) -> T:
        """Return what a call returns, or raise what it raises.

        Raises:
            TimeoutError: time ran out. The call may go on, but nobody hears of it; one that had
                not begun never does.

        """
        if self._process != os.getpid():
            self._begin()  # a fork has none of its parent's threads
        job = _Job(call)
        self._jobs.put(job)
        self._see_to_a_thread()
        if not job.done.acquire(timeout=seconds):
            job.given_up = True
            raise TimeoutError
        if job.error is not None:
            raise job.error
        return cast("T", job.result)

    def _see_to_a_thread(self) -> None:
        """Count on a thread that waits, or start one. The job is there before: who finds none waits."""
        try:
            self._idle.pop()
        except IndexError:
            with self._lock:
                if self._count >= self._most:
                    return
                self._count += 1
            threading.Thread(
                target=self._work, args=(self._jobs, self._idle), name="authguard", daemon=True
            ).start()

    def _work(self, jobs: "SimpleQueue[_Job]", idle: "deque[None]") -> None:
        while True:
            try:
                job = jobs.get_nowait()
            except Empty:
                idle.append(None)
                try:
                    job = jobs.get(timeout=IDLE_SECONDS)
                except Empty:
                    if self._may_end(idle):
                        return
                    continue
            job.run()

    def _may_end(self, idle: "deque[None]") -> bool:
        try:
            idle.pop()
        except IndexError:
            return False  # somebody counts on this thread
        with self._lock:
            self._count -= 1
        return True
