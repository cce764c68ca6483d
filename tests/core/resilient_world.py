"""Stores that misbehave when told to, and the operations that the tests of resilience ask of them."""

import asyncio
import threading
from collections.abc import Callable, Sequence

from authguard_core import MemoryStorage, StorageError
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Admit, Admitted, Charge, Charged, Op, Refused, Result, Settle
from authguard_core.counting.refusal import Scope
from authguard_core.facts import Fact, Level
from authguard_core.testing.clock import FrozenClock

WINDOW = 900_000
ADDRESS = Charge(Scope.ADDRESS, b"address", Rule(30, WINDOW))
ACCOUNT = Charge(Scope.ACCOUNT, b"account", Rule(4, WINDOW, lock=WINDOW, lock_max=4 * WINDOW, cap=100))
LOCAL = (ADDRESS._replace(rule=Rule(15, WINDOW)), ACCOUNT._replace(rule=ACCOUNT.rule._replace(limit=2)))
LONG = 30.0
"""A deadline that no test reaches."""
FACT = Fact(code="test-store", level=Level.OK, got="a store of the tests")
SHORT = 0.02
"""A deadline that a store that hangs will miss."""


def attempt(number: int) -> Admit:
    """A new attempt."""
    return Admit(number, 1, (ADDRESS, ACCOUNT), local=LOCAL)


def right(op: Admit, result: Result, *, local: bool = False) -> Settle:
    """The report that its password was right."""
    charged: tuple[Charged, ...] = result.charged if isinstance(result, Admitted) else ()
    return Settle(op.attempt, op.source, charged, local=local)


class Store:
    """Memory behind a bad connection: ``how`` says what happens to each call, and last to all later ones."""

    def __init__(self, *how: str, clock: FrozenClock | None = None) -> None:
        self.clock = clock or FrozenClock()
        self.memory = MemoryStorage(clock=self.clock)
        self.how = list(how) or ["answer"]
        self.calls = 0
        self.closed = False
        self.release = threading.Event()

    def next(self) -> str:
        """Say what happens to this call."""
        self.calls += 1
        return self.how.pop(0) if len(self.how) > 1 else self.how[0]

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Do it."""
        how = self.next()
        if how == "hang":
            self.release.wait()
        if how == "raise":
            raise RuntimeError("canary")
        if how == "fail":
            raise StorageError("down")
        results = self.memory.execute(ops)
        if how == "lose":
            raise StorageError("the reply was lost")
        return results

    def facts(self) -> Sequence[Fact]:
        """Tell something of itself."""
        return [FACT]

    def close(self) -> None:
        """Let go of what hangs."""
        self.closed = True
        self.release.set()


class AsyncStore:
    """The same for an event loop."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Do it."""
        if self.store.how[0] == "hang":
            self.store.next()
            await asyncio.Event().wait()
        return self.store.execute(ops)

    async def facts(self) -> Sequence[Fact]:
        """Tell something of itself."""
        return self.store.facts()

    async def aclose(self) -> None:
        """Let go."""
        self.store.close()


def told(results: Sequence[Result]) -> tuple[bool, bool]:
    """Whether an attempt was admitted, and whether this process decided on its own."""
    (result,) = results
    assert isinstance(result, Admitted | Refused)
    return isinstance(result, Admitted), result.local


class Listener:
    """Remembers what it is told, and fails if it is told to."""

    def __init__(self, fails: Callable[[], bool] = lambda: False) -> None:
        self.heard: list[tuple[bool, str | None]] = []
        self._fails = fails

    def __call__(self, health: tuple[bool, str | None]) -> None:
        """Take note."""
        self.heard.append((health[0], health[1]))
        if self._fails():
            raise RuntimeError("canary")
