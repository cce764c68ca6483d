"""Claims about the threads that make calls which may hang."""

import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import pytest

from authguard_core.resilience import workers as module
from authguard_core.resilience.workers import Workers
from tests.core.resilient_world import LONG, SHORT


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    """What calls wait for that hang; it is set in the end."""
    event = threading.Event()
    yield event
    event.set()


def test_a_call_returns_what_it_returns() -> None:
    """On another thread, one that is used again."""
    workers = Workers()
    threads = {workers.run(threading.get_ident, LONG) for _ in range(5)}

    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_a_call_raises_what_it_raises() -> None:
    """And the thread is good for the next one."""
    workers = Workers()
    with pytest.raises(ZeroDivisionError):
        workers.run(lambda: 1 // 0, LONG)

    assert workers.run(lambda: 7, LONG) == 7


def test_nobody_waits_longer_than_he_wants(hanging: threading.Event) -> None:
    """Whatever the call does; others get a thread of their own meanwhile."""
    workers = Workers()
    with pytest.raises(TimeoutError):
        workers.run(hanging.wait, SHORT)

    assert workers.run(lambda: 7, LONG) == 7


def test_when_all_threads_hang_time_runs_out_and_what_had_not_begun_never_does(
    hanging: threading.Event,
) -> None:
    """A code must not be taken for somebody who has gone long since."""
    workers, begun = Workers(most=1), threading.Event()
    for call in (hanging.wait, begun.set):
        with pytest.raises(TimeoutError):
            workers.run(call, SHORT)
    hanging.set()

    assert workers.run(lambda: 7, LONG) == 7
    assert not begun.is_set()


def test_many_at_once_share_the_threads() -> None:
    """A hundred callers, four threads: each gets its own answer."""
    workers, answers, seen = Workers(most=4), [0] * 100, set[int]()

    def ask(number: int) -> None:
        def call() -> int:
            seen.add(threading.get_ident())
            return number

        answers[number] = workers.run(call, LONG)

    callers = [threading.Thread(target=ask, args=(number,)) for number in range(100)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert answers == list(range(100))
    assert len(seen) <= 4


def test_a_thread_ends_when_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a new one begins when there is again."""
    monkeypatch.setattr(module, "IDLE_SECONDS", SHORT)
    workers = Workers()
    thread = workers.run(threading.current_thread, LONG)
    thread.join()

    assert workers.run(lambda: 7, LONG) == 7


def test_a_thread_that_somebody_counts_on_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is over at the very moment at which a caller has chosen it: the call is made all the same."""
    counted_on = threading.Event()

    class Idle(deque[None]):
        def pop(self, index: int = -1, /) -> None:  # noqa: ARG002 - as the real one
            super().pop()
            counted_on.set()

    class Jobs(SimpleQueue[object]):
        def get(self, block: bool = True, timeout: float | None = None) -> object:  # noqa: ARG002 - as the real one
            counted_on.wait(timeout)
            raise Empty

    monkeypatch.setattr(module, "deque", Idle)
    monkeypatch.setattr(module, "SimpleQueue", Jobs)
    workers = Workers()

    assert [workers.run(lambda: 7, LONG) for _ in range(3)] == [7] * 3


def test_under_another_process_number_the_threads_of_before_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fork copies what knows them, and not them."""
    workers = Workers()
    before = workers.run(threading.get_ident, LONG)
    monkeypatch.setattr(os, "getpid", lambda: 0)

    assert workers.run(threading.get_ident, LONG) != before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't fork")
def test_a_forked_process_has_threads_of_its_own() -> None:
    """As workers of a server that loads the application before it forks."""
    workers = Workers()
    workers.run(lambda: 7, LONG)
    child = os.fork()
    if not child:
        try:
            os._exit(workers.run(lambda: 7, LONG))
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
