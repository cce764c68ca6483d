"""A guard over real memory, a clock turned by hand, and a store that fails when told to."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from authguard_core import (
    Attempt,
    Decision,
    Event,
    EventKind,
    Guard,
    MemoryStorage,
    Outcome,
    Settings,
    StorageError,
    Ticket,
)
from authguard_core.counting.ops import Op, Result
from authguard_core.guard import Resolve
from authguard_core.resilience import ResilientStorage
from authguard_core.storage import Storage

SECRET = "the first secret of these tests; it is long enough"
OLD_SECRET = "a former secret of these tests; it is long enough"
HOME = "203.0.113.1"
ELSEWHERE = "198.51.100.7"
MINUTE = 60.0
DAY = 86_400.0
UNDELAYED = {"delay": "off"}
"""So that five wrong passwords in a row reach the check."""


@dataclass
class Clock:
    """Seconds that pass when they are told to."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Outages:
    """A store that is down for some of its calls; ``late`` ones are carried out and their reply is lost."""

    inner: Storage
    down: Container[int]
    late: bool = False
    calls: int = 0

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        self.calls += 1
        if self.calls not in self.down:
            return self.inner.execute(ops)
        if self.late:
            self.inner.execute(ops)
        raise StorageError("down")


@dataclass
class AsyncOutages:
    """The same for an event loop."""

    outages: Outages

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        return self.outages.execute(ops)


def settings(**code: Any) -> Settings:  # noqa: ANN401 - any setting
    """The defaults, but for what is set here."""
    return Settings.load(**{"secret_key": SECRET, **code})


@dataclass
class Scene:
    """A guard and what it told its observer."""

    guard: Guard
    clock: Clock
    events: list[Event] = field(default_factory=list[Event])

    def check(self, name: str | None = "alice", *, peer: str | None = HOME, **attempt: Any) -> Decision:  # noqa: ANN401 - any field
        """Ask whether a password may be looked at."""
        return self.guard.check(Attempt(identifier=name, peer=peer, **attempt))

    def ticket(self, name: str = "alice", *, peer: str | None = HOME, **attempt: Any) -> Ticket:  # noqa: ANN401 - any field
        """Begin an attempt that is admitted."""
        ticket = self.check(name, peer=peer, **attempt).ticket
        assert ticket
        return ticket

    def fail(
        self,
        name: str = "alice",
        *,
        times: int = 1,
        peer: str | None = HOME,
        **attempt: Any,  # noqa: ANN401 - any field
    ) -> None:
        """Try wrong passwords, all of which are looked at."""
        for _ in range(times):
            self.guard.settle(self.ticket(name, peer=peer, **attempt), Outcome.FAILURE)

    def sign_in(self, name: str = "alice", *, peer: str | None = HOME, **attempt: Any) -> Decision:  # noqa: ANN401 - any field
        """Try the right password."""
        return self.guard.settle(self.ticket(name, peer=peer, **attempt), Outcome.SUCCESS)

    def cookie(self, name: str = "alice", *, peer: str | None = HOME, **attempt: Any) -> str:  # noqa: ANN401 - any field
        """Sign in, and return the device cookie's value."""
        device = self.sign_in(name, peer=peer, **attempt).device
        assert device
        return device.value

    def heard(self) -> list[EventKind]:
        """The kinds of the events since the last time, in order."""
        kinds = [event.kind for event in self.events]
        self.events.clear()
        return kinds


def scene(
    *,
    resolve: Resolve | None = None,
    down: Container[int] = (),
    late: bool = False,
    max_keys: int = 1_000_000,
    **code: Any,  # noqa: ANN401 - any setting
) -> Scene:
    """A guard without delays (unless ``login`` is given), and a store that fails for the calls ``down``."""
    clock = Clock()
    events: list[Event] = []
    storage = Outages(MemoryStorage(clock=clock, max_keys=max_keys), down, late=late)
    guard = Guard(
        settings(**{"login": UNDELAYED, **code}),
        storage=storage,
        resolve=resolve,
        observers=[events.append],
        clock=clock,
    )
    return Scene(guard, clock, events)


def outage(*, calls: int = 2) -> Scene:
    """A guard whose store fails so many times, behind a resilient one that then asks it again in a minute."""
    world = scene()
    world.guard.storage = ResilientStorage(
        Outages(world.guard.storage, down=range(1, calls + 1)), clock=world.clock, timeout=60
    )
    return world
