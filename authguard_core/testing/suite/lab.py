"""What the claims share: an open store with its clock, and words to drive it."""

import hashlib
import itertools
from collections.abc import Generator, Sequence
from typing import ClassVar, NamedTuple

import pytest

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Charge,
    Inspect,
    Inspected,
    Issue,
    Known,
    Op,
    Refused,
    Result,
    Settle,
    Settled,
    View,
)
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.keys import MEMBER_BYTES
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made, Opened, opened

__all__ = [
    "ACCOUNT",
    "ADDRESS",
    "DEVICE",
    "EVERYTHING",
    "HERE",
    "SUBNET",
    "THERE",
    "WINDOW",
    "Lab",
    "Running",
    "Suite",
    "charge",
    "key",
]

SECOND = 1_000
WINDOW = 900_000
HERE, THERE = 1, 2**63 - 1
"""Where attempts come from. A source is any number that fits 63 bits."""


def key(name: str) -> bytes:
    """Return a key as the core makes it: 6 bytes of its group, and 18 of its own, of any value.

    Addresses and subnets are one group; what belongs to an account is another.
    """
    group = b"places" if name.startswith(("address", "subnet")) else b"\0\xff}\r\n{"
    return group + hashlib.sha256(name.encode()).digest()[:MEMBER_BYTES]


def charge(name: str, rule: Rule, scope: Scope = Scope.ACCOUNT) -> Charge:
    """Return the counter of that name."""
    return Charge(scope, key(name), rule)


ADDRESS = charge("address", Rule(30, WINDOW), Scope.ADDRESS)
SUBNET = charge("subnet", Rule(60, WINDOW), Scope.SUBNET)
ACCOUNT = charge("account", Rule(5, WINDOW, lock=WINDOW, lock_max=4 * WINDOW, cap=100))
DEVICE = charge("device", ACCOUNT.rule, Scope.DEVICE)
EVERYTHING = (ADDRESS, SUBNET, ACCOUNT)


class Running(NamedTuple):
    """An admitted attempt that has no outcome yet."""

    attempt: int
    source: int
    admitted: Admitted

    def settling(self, *, checked: bool = True, issue: Issue | None = None) -> Settle:
        """Return the operation that reports a right password, or that nobody looked at it."""
        charged, observed = self.admitted.charged, self.admitted.observed
        return Settle(self.attempt, self.source, charged, observed, checked, issue)


class Lab:
    """An open store, its clock, and running numbers for attempts."""

    def __init__(self, store: Opened, clock: FrozenClock) -> None:
        self.store = store
        self.clock = clock
        self._attempts = itertools.count(1)

    def pass_time(self, milliseconds: int) -> None:
        """Move the clock; back, where the number is negative."""
        self.clock.advance(milliseconds / 1_000)

    def one(self, op: Op) -> Result:
        """Carry out one operation."""
        results = self.store.execute((op,))
        assert len(results) == 1, f"one operation, and {len(results)} results"
        return results[0]

    def attempt(self, *charges: Charge, source: int = HERE, known: Known | None = None) -> Admit:
        """Return the operation of a new attempt."""
        return Admit(next(self._attempts), source, charges or EVERYTHING, known)

    def ask(self, *charges: Charge, source: int = HERE, known: Known | None = None) -> Admitted | Refused:
        """Ask for admission of a new attempt."""
        result = self.one(self.attempt(*charges, source=source, known=known))
        assert isinstance(result, Admitted | Refused), f"an Admit was answered by {type(result).__name__}"
        return result

    def admit(self, *charges: Charge, source: int = HERE, known: Known | None = None) -> Running:
        """Begin an attempt, which must be admitted."""
        op = self.attempt(*charges, source=source, known=known)
        result = self.one(op)
        assert isinstance(result, Admitted), f"an attempt was to be admitted, and got {result}"
        return Running(op.attempt, source, result)

    def fail(self, *charges: Charge, times: int, source: int = HERE) -> list[Running]:
        """Begin attempts that all fail."""
        return [self.admit(*charges, source=source) for _ in range(times)]

    def admitted(self, *charges: Charge, of: int) -> int:
        """Return how many of so many attempts are admitted now."""
        return sum(isinstance(self.ask(*charges), Admitted) for _ in range(of))

    def refusal(self, *charges: Charge) -> Refusal:
        """Be refused by exactly one counter."""
        result = self.ask(*charges)
        assert isinstance(result, Refused), f"an attempt was to be refused, and got {result}"
        ((_, refusal),) = result.refusals
        return refusal

    def settle(self, running: Running, *, checked: bool = True, issue: Issue | None = None) -> Settled:
        """Report a right password, or that nobody looked at it."""
        result = self.one(running.settling(checked=checked, issue=issue))
        assert isinstance(result, Settled), f"a Settle was answered by {type(result).__name__}"
        return result

    def view(self, counter: Charge) -> View:
        """Look at one counter."""
        return self.views(counter)[0]

    def views(self, *counters: Charge) -> Sequence[View]:
        """Look at counters."""
        result = self.one(Inspect(counters))
        assert isinstance(result, Inspected), f"an Inspect was answered by {type(result).__name__}"
        return result.views

    def failures(self, *counters: Charge) -> list[int]:
        """Return how many attempts each counter holds."""
        return [view.failures for view in self.views(*(counters or EVERYTHING))]

    def lock(self, counter: Charge) -> Refusal:
        """Fill a counter's window, and return what the next attempt is told."""
        while isinstance(result := self.ask(counter), Admitted):
            pass
        ((_, refusal),) = result.refusals
        assert refusal.reason is Reason.LOCKED, f"a full window was to lock, and says {refusal}"
        return refusal


class Suite:
    """Claims about a store. Each opens one of its own."""

    open_store: ClassVar["staticmethod[[FrozenClock], Made]"]

    @pytest.fixture
    def lab(self) -> Generator[Lab, None, None]:
        """An empty store, and a clock that stands still."""
        clock = FrozenClock()
        with opened(self.open_store, clock) as store:
            yield Lab(store, clock)
