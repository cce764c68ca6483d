"""Fifty guesses at one account at the same time, at a limit of five: how many reach the password's check?

Nothing is left to chance: whoever is let through to the check waits there until each of the fifty has
either been let through or refused. That is what a password hash of a tenth of a second does.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from limits import parse
from limits.storage import MemoryStorage as LimitsStorage
from limits.strategies import MovingWindowRateLimiter
from throttled import MemoryStore, RateLimiterType, Throttled

from authguard_core import Attempt, Guard, Outcome, Settings
from tests.benchmarks.contenders import per_name, quota
from tests.benchmarks.harness import Key

GUESSES = 50
ONE_ADDRESS = [Key("alice@example.org", "192.0.2.1")] * GUESSES
MANY_ADDRESSES = [Key("alice@example.org", f"10.0.{one}.1") for one in range(GUESSES)]


class Race(NamedTuple):
    """How one way to wire a login fared."""

    name: str
    counts: str
    """What it counts."""
    one_address: int
    """Guesses that were checked, when all came from one address."""
    many_addresses: int
    """And when each came from an address of its own."""


Verify = Callable[[], None]
"""Checks the password, which is wrong. It takes its time."""
Guess = Callable[[Key, Verify], None]
"""One request, as a library's users write it: ask, verify, count; or return where it is refused."""


def race_threads(guess: Guess, keys: list[Key]) -> int:
    """Let fifty threads guess; return how many guesses were checked."""
    undecided, checked, lock, all_decided = len(keys), 0, threading.Lock(), threading.Event()

    def decide() -> None:
        nonlocal undecided
        with lock:
            undecided -= 1
            if not undecided:
                all_decided.set()

    def one(key: Key) -> None:
        nonlocal checked
        verified = False

        def verify() -> None:
            nonlocal verified, checked
            verified = True
            with lock:
                checked += 1
            decide()
            all_decided.wait()

        guess(key, verify)
        if not verified:
            decide()

    with ThreadPoolExecutor(len(keys)) as pool:
        list(pool.map(one, keys))
    return checked


class Gate:
    """The same on an event loop, for applications whose check is :meth:`verify`."""

    def __init__(self) -> None:
        self._undecided = GUESSES
        self._all_decided = asyncio.Event()
        self.checked = 0

    def _decide(self) -> None:
        self._undecided -= 1
        if not self._undecided:
            self._all_decided.set()

    async def verify(self) -> None:
        """Check a wrong password, slowly."""
        self.checked += 1
        self._decide()
        await self._all_decided.wait()

    async def race(self, guess: Callable[[Key], Awaitable[bool]], keys: list[Key]) -> int:
        """Send fifty requests; each tells whether it was refused."""

        async def one(key: Key) -> None:
            if await guess(key):
                self._decide()

        await asyncio.gather(*(one(key) for key in keys))
        return self.checked


# What a user of each library writes


def with_guard(**login: object) -> Guess:
    """Use authguard."""
    guard = Guard(Settings.load(secret_key="benchmark " * 4, login=login))

    def guess(key: Key, verify: Verify) -> None:
        decision = guard.check(Attempt(identifier=key.user, peer=key.address))
        if decision.ticket:
            verify()
            guard.settle(decision.ticket, Outcome.FAILURE)

    return guess


def with_limits_after() -> Guess:
    """Use limits, and count failures: ask, verify, hit."""
    limiter, account = MovingWindowRateLimiter(LimitsStorage()), parse("5/15 minutes")

    def guess(key: Key, verify: Verify) -> None:
        if limiter.test(account, "user", key.user):
            verify()
            limiter.hit(account, "user", key.user)

    return guess


def with_limits_before() -> Guess:
    """Use limits, and count everything: hit, verify."""
    limiter, account = MovingWindowRateLimiter(LimitsStorage()), parse("5/15 minutes")

    def guess(key: Key, verify: Verify) -> None:
        if limiter.hit(account, "user", key.user):
            verify()

    return guess


def _throttled() -> Throttled:
    using = RateLimiterType.SLIDING_WINDOW.value
    return Throttled(using=using, quota=quota(5), store=MemoryStore())


def with_throttled_after() -> Guess:
    """Use throttled-py, and count failures: peek, verify, take."""
    account = _throttled()

    def guess(key: Key, verify: Verify) -> None:
        if account.peek(key.user).remaining:
            verify()
            account.limit(key.user)

    return guess


def with_throttled_before() -> Guess:
    """Use throttled-py, and count everything: take, verify."""
    account = _throttled()

    def guess(key: Key, verify: Verify) -> None:
        if not account.limit(key.user).limited:
            verify()

    return guess


def with_pyrate() -> Guess:
    """Use pyrate-limiter, which can only take: it counts everything."""
    account = per_name(5)

    def guess(key: Key, verify: Verify) -> None:
        if account.try_acquire(key.user, blocking=False):
            verify()

    return guess


FAILURES, EVERYTHING = "failures", "every attempt, right ones too"

PATTERNS: dict[str, tuple[str, Callable[[], Guess]]] = {
    "authguard: check, verify, settle": (FAILURES, lambda: with_guard(delay_after=5)),
    "the same with its default delays": (FAILURES, with_guard),
    "limits: test, verify, hit": (FAILURES, with_limits_after),
    "limits: hit, verify": (EVERYTHING, with_limits_before),
    "throttled-py: peek, verify, limit": (FAILURES, with_throttled_after),
    "throttled-py: limit, verify": (EVERYTHING, with_throttled_before),
    "pyrate-limiter: try_acquire, verify": (EVERYTHING, with_pyrate),
}


def run_patterns() -> list[Race]:
    """Run every pattern, against one address and against many."""
    return [
        Race(name, counts, race_threads(make(), ONE_ADDRESS), race_threads(make(), MANY_ADDRESSES))
        for name, (counts, make) in PATTERNS.items()
    ]
