"""Open a store of either kind for a test, drive it alike, and close it again."""

import asyncio
import inspect
import sys
import threading
from collections.abc import Awaitable, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    closing,
    contextmanager,
)
from types import TracebackType
from typing import TypeVar, cast

from authguard_core.counting.ops import Op, Result
from authguard_core.storage import AsyncStorage, Storage
from authguard_core.testing.clock import FrozenClock

__all__ = ["Made", "Opened", "StoreFactory", "opened"]

T = TypeVar("T")

AnyStorage = Storage | AsyncStorage
Made = (
    AnyStorage
    | Awaitable[AnyStorage]
    | AbstractContextManager[AnyStorage]
    | AbstractAsyncContextManager[AnyStorage]
)
"""What a factory may return: a store of either kind, or something that becomes one when it
is awaited or entered. A store with ``close()`` or ``aclose()`` is closed after the test."""

StoreFactory = Callable[[FrozenClock], Made]
"""Opens an empty store that keeps the time of the clock it is given."""

HASTE = 10_000


class Opened:
    """An open store of either kind, as one that doesn't wait."""

    def __init__(self, store: AnyStorage, runner: asyncio.Runner) -> None:
        self.store = store
        self._runner = runner

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry operations out in one trip, on the test's own event loop where it must be awaited."""
        results = self.store.execute(ops)
        return _wait(self._runner, results) if isinstance(results, Awaitable) else results

    def at_once(self, runs: Sequence[Sequence[Op]]) -> list[list[Result]]:
        """Carry out runs of one length side by side, in a thread each or as a task each.

        An operation is a trip, and all runs begin theirs at the same moment.
        """
        if inspect.iscoroutinefunction(self.store.execute):
            return self._runner.run(_in_tasks(cast("AsyncStorage", self.store), runs))
        return _in_threads(cast("Storage", self.store), runs)


@contextmanager
def opened(factory: StoreFactory, clock: FrozenClock) -> Generator[Opened, None, None]:
    """Open a store, and close it in the end."""
    with closing(asyncio.Runner()) as runner, ExitStack() as stack:
        made = factory(clock)
        store = _wait(runner, made) if isinstance(made, Awaitable) else made
        yield Opened(_entered(store, runner, stack), runner)


def _entered(
    made: AnyStorage | AbstractContextManager[AnyStorage] | AbstractAsyncContextManager[AnyStorage],
    runner: asyncio.Runner,
    stack: ExitStack,
) -> AnyStorage:
    """Return the open store, and leave word how it is closed."""
    if isinstance(made, AbstractContextManager):
        return stack.enter_context(made)
    if isinstance(made, AbstractAsyncContextManager):
        return stack.enter_context(_Waited(made, runner))
    close: Callable[[], object] | None = getattr(made, "aclose", None) or getattr(made, "close", None)
    if close is not None:
        stack.callback(_close, close, runner)
    return made


class _Waited(AbstractContextManager[AnyStorage]):
    """An asynchronous context for code that can't wait."""

    def __init__(self, context: AbstractAsyncContextManager[AnyStorage], runner: asyncio.Runner) -> None:
        self._context, self._runner = context, runner

    def __enter__(self) -> AnyStorage:
        return _wait(self._runner, self._context.__aenter__())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return _wait(self._runner, self._context.__aexit__(kind, error, traceback))


def _close(close: Callable[[], object], runner: asyncio.Runner) -> None:
    closing = close()
    if isinstance(closing, Awaitable):
        _wait(runner, cast("Awaitable[object]", closing))


def _wait(runner: asyncio.Runner, awaitable: Awaitable[T]) -> T:
    async def wait() -> T:
        return await awaitable

    return runner.run(wait())


async def _in_tasks(store: AsyncStorage, runs: Sequence[Sequence[Op]]) -> list[list[Result]]:
    async def run(ops: Sequence[Op]) -> list[Result]:
        results: list[Result] = []
        for op in ops:
            await asyncio.sleep(0)
            results.extend(await store.execute((op,)))
        return results

    return await asyncio.gather(*[run(ops) for ops in runs])


def _in_threads(store: Storage, runs: Sequence[Sequence[Op]]) -> list[list[Result]]:
    barrier = threading.Barrier(len(runs))

    def run(ops: Sequence[Op]) -> list[Result]:
        results: list[Result] = []
        try:
            for op in ops:
                barrier.wait()
                results.extend(store.execute((op,)))
        except BaseException:
            barrier.abort()  # nobody waits for one that failed
            raise
        return results

    with _haste(), ThreadPoolExecutor(len(runs)) as pool:
        racing = [pool.submit(run, ops) for ops in runs]
    errors = [error for one in racing if (error := one.exception())]
    for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
        raise error
    return [one.result() for one in racing]


@contextmanager
def _haste() -> Generator[None, None, None]:
    """Let threads take turns far more often than usual, so that a race is lost if it can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / HASTE)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
