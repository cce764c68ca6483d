"""Claims about opening a store for a test: either kind, however it is made, and closed in the end."""

import threading
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

import pytest

from authguard_core import AsyncMemoryStorage, MemoryStorage
from authguard_core.counting.ops import Op, PutOnce, Result, Stored, Take, Taken
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import StoreFactory, opened

PUT = PutOnce(b"key", b"data", 1_000)


class Plain:
    """A store that says who called it and when it was closed."""

    def __init__(self) -> None:
        self.inner = MemoryStorage()
        self.closed = 0
        self.callers: set[int] = set()

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        self.callers.add(threading.get_ident())
        return self.inner.execute(ops)


class Closing(Plain):
    def close(self) -> None:
        self.closed += 1


class Loop(AsyncMemoryStorage):
    def __init__(self) -> None:
        super().__init__()
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


def test_a_store_keeps_the_time_of_the_clock_it_is_given() -> None:
    """The factory gets it."""
    clock, seen = FrozenClock(), list[FrozenClock]()

    def factory(given: FrozenClock) -> MemoryStorage:
        seen.append(given)
        return MemoryStorage(clock=given)

    with opened(factory, clock) as store:
        store.execute((PUT,))
        clock.advance(1)
        assert store.execute((PUT,))[0] == Stored(stored=True)
    assert seen == [clock]


@pytest.mark.parametrize("made", [Closing, Loop])
def test_a_store_that_can_be_closed_is_closed_once(made: type[Closing] | type[Loop]) -> None:
    """Whether closing must be awaited or not."""
    store = made()
    with opened(lambda _: store, FrozenClock()) as open_store:
        assert open_store.execute((PUT,))[0] == Stored(stored=True)
        assert store.closed == 0
    assert store.closed == 1


def test_a_store_is_closed_when_a_claim_fails() -> None:
    """No connection is left behind."""
    store = Closing()
    with pytest.raises(ZeroDivisionError), opened(lambda _: store, FrozenClock()):
        raise ZeroDivisionError
    assert store.closed == 1


def test_a_factory_may_be_a_context_manager_of_either_kind() -> None:
    """It is entered before and left after."""
    steps: list[str] = []

    @contextmanager
    def plain(_: FrozenClock) -> Generator[MemoryStorage, None, None]:
        steps.append("in")
        yield MemoryStorage()
        steps.append("out")

    @asynccontextmanager
    async def waiting(_: FrozenClock) -> AsyncGenerator[AsyncMemoryStorage, None]:
        steps.append("async in")
        yield AsyncMemoryStorage()
        steps.append("async out")

    factories: list[StoreFactory] = [plain, waiting]
    for factory in factories:
        with opened(factory, FrozenClock()) as store:
            assert store.execute((PUT,))[0] == Stored(stored=True)
    assert steps == ["in", "out", "async in", "async out"]


def test_a_factory_may_have_to_be_awaited() -> None:
    """A pool that connects, say."""

    async def factory(_: FrozenClock) -> AsyncMemoryStorage:
        return AsyncMemoryStorage()

    with opened(factory, FrozenClock()) as store:
        assert store.execute((PUT,))[0] == Stored(stored=True)


def test_rivals_have_a_thread_each() -> None:
    """They all begin at the same time, and each gets the results of its own operations in order."""
    plain = Plain()
    with opened(lambda _: plain, FrozenClock()) as store:
        names = [bytes([rival]) for rival in range(20)]
        results = store.at_once([[PutOnce(name, name, 1_000), Take(name)] for name in names])
    assert results == [[Stored(stored=True), Taken(name)] for name in names]
    assert len(plain.callers) == 20


def test_rivals_of_an_asynchronous_store_are_tasks() -> None:
    """They take turns between their operations."""
    with opened(lambda _: AsyncMemoryStorage(), FrozenClock()) as store:
        results = store.at_once([[PUT, PUT]] * 10)
    assert [result for run in results for result in run].count(Stored(stored=True)) == 1


def test_an_error_in_a_race_is_raised_and_nobody_waits_for_ever() -> None:
    """It is the store's own, not that of those who waited."""

    class Broken(Plain):
        def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
            if ops == (Take(b"key"),):
                raise ZeroDivisionError
            return super().execute(ops)

    breaking: list[Op] = [PUT, Take(b"key")]
    with opened(lambda _: Broken(), FrozenClock()) as store, pytest.raises(ZeroDivisionError):
        store.at_once([[PUT, PUT], breaking, [PUT, PUT]])
