"""Measure several things in one run, in turn, so that what disturbs one disturbs all; tell ratios.

Every contender is a library as its users wire it into a login. It begins each round anew, is brought
into the wanted state outside the clock, and is then timed over many attempts. Rounds are interleaved,
and each begins with another contender. Time is the process's CPU time, that of a contender's own threads
included: what else runs on the machine disturbs it less.
"""

import asyncio
import gc
import statistics
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar, Literal, NamedTuple, TypeVar

T = TypeVar("T")

CALLS = 300
ROUNDS = 11
SETTLING = 0.02
"""Seconds between two timed runs, in which a contender's background thread comes to its end."""

Kind = Literal["wrong", "right", "blocked"]
"""What happens to an attempt: its password is wrong, or right, or never looked at."""


class Key(NamedTuple):
    """Who tries to sign in, and from where."""

    user: str
    address: str


KEYS = [Key(f"user{one}@example.org", f"10.{one >> 8}.{one & 255}.1") for one in range(CALLS)]
"""Each from an address, and a subnet, of its own."""


class Contender(ABC):
    """A library, wired into a login."""

    name: ClassVar[str]

    @abstractmethod
    def fail(self, key: Key) -> None:
        """One failed attempt, outside the clock."""

    @abstractmethod
    def run(self, kind: Kind) -> None:
        """An attempt for each of :data:`KEYS`: what is timed."""

    def wait(self, seconds: float) -> None:  # noqa: B027 - most need none
        """Let time pass, for those who can turn their clock."""

    def close(self) -> None:  # noqa: B027 - most began nothing
        """End what was begun."""


class SyncContender(Contender):
    """A contender of plain calls: one method for each kind, given the key's number."""

    def run(self, kind: Kind) -> None:
        step: Callable[[int], None] = getattr(self, kind)
        for one in range(CALLS):
            step(one)


class AsyncContender(Contender):
    """A contender of coroutines, on an event loop of its own."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._runner.run(self.begin())

    async def begin(self) -> None:
        """Build what must be built on the loop."""

    @abstractmethod
    async def fail_once(self, key: Key) -> None:
        """One failed attempt."""

    def fail(self, key: Key) -> None:
        self._runner.run(self.fail_once(key))

    def run(self, kind: Kind) -> None:
        self._runner.run(self._all(kind))

    async def _all(self, kind: Kind) -> None:
        step = getattr(self, kind)
        for one in range(CALLS):
            await step(one)

    def close(self) -> None:
        self._runner.close()


# The states in which an attempt finds the counters


def fresh(_contender: Contender) -> None:
    """Nobody came before."""


def third_try(contender: Contender) -> None:
    """The account failed twice from this address, and so did two others."""
    for key in KEYS:
        for user in (key.user, key.user, f"x{key.user}", f"y{key.user}"):
            contender.fail(Key(user, key.address))


def full(contender: Contender) -> None:
    """The account's five failures have filled its window."""
    for number in range(5):
        contender.wait(max(0, number - 2))
        for key in KEYS:
            contender.fail(key)


State = Callable[[Contender], None]


class Case(NamedTuple):
    """What is done to whom."""

    state: State
    kind: Kind


def measure(
    contenders: Sequence[Callable[[], Contender]], cases: Sequence[Case], *, rounds: int = ROUNDS
) -> dict[tuple[int, int], list[float]]:
    """Return, for each contender's and case's place, the microseconds an attempt took, round by round."""
    runs = [(one, case) for case in range(len(cases)) for one in range(len(contenders))]
    taken: dict[tuple[int, int], list[float]] = {run: [] for run in runs}
    with frozen():
        for one, case in rotated(runs, rounds):
            taken[one, case].append(_round(contenders[one], *cases[case]))
    return taken


def rotated(turns: Sequence[T], rounds: int) -> Iterator[T]:
    """Yield every turn in each round; each round begins with another one."""
    for current in range(rounds):
        yield from (turns[(place + current) % len(turns)] for place in range(len(turns)))


@contextmanager
def frozen() -> Iterator[None]:
    """Leave what is there already to no garbage collection: it belongs to no contender."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _round(make: Callable[[], Contender], state: State, kind: Kind) -> float:
    contender = make()
    try:
        state(contender)
        gc.collect()
        time.sleep(SETTLING)
        return cpu_seconds(lambda: contender.run(kind)) / CALLS * 1e6
    finally:
        contender.close()


def cpu_seconds(call: Callable[[], object]) -> float:
    """Return the seconds of CPU time that a call takes."""
    started = time.process_time()
    call()
    return time.process_time() - started


def interleave(runs: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, list[float]]:
    """Call in turn what tells how many seconds it took; return every name's seconds, round by round.

    What is called may have run in another process.
    """
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for name in rotated(list(runs), rounds):
        taken[name].append(runs[name]())
    return taken


def median_difference(these: Sequence[float], those: Sequence[float]) -> float:
    """Return the median of the differences, round by round: what disturbed a round disturbed both."""
    return statistics.median(one - other for one, other in zip(these, those, strict=True))


def median_ratio(these: Sequence[float], those: Sequence[float]) -> float:
    """Return the median of the ratios, round by round."""
    return statistics.median(one / other for one, other in zip(these, those, strict=True))
