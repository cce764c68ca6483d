"""Fifty guesses at one account at once, at a limit of five, against each library's ways to be used."""

from collections.abc import Callable
from typing import NamedTuple

from limits import parse
from limits.storage import MemoryStorage as LimitsStorage
from limits.strategies import MovingWindowRateLimiter
from throttled import MemoryStore, RateLimiterType, Throttled

from authguard_core import Attempt, Guard, Outcome, Settings
from tests.benchmarks.contenders import per_name, quota
from tests.benchmarks.gates import MANY_ADDRESSES, ONE_ADDRESS, ThreadGate
from tests.benchmarks.harness import Key


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
    gate = ThreadGate(len(keys))
    return gate.race(lambda key: guess(key, gate.verify), keys)


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
