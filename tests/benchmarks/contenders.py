"""The core's contenders: authguard, and the limiters that users stitch a login guard from.

A peer checks two limits, as its users do: the address's and the account's. authguard checks three
(the subnet's too), with delay, lock and cap, which none of the peers has. All hold the limits of
authguard's standard preset: 30 in 15 minutes for an address, 5 for an account.
"""

import itertools
import time
from datetime import timedelta
from typing import ClassVar

from limits import parse
from limits.storage import MemoryStorage as LimitsStorage
from limits.strategies import MovingWindowRateLimiter
from pyrate_limiter import (
    AbstractBucket,
    BucketFactory,
    Duration,
    InMemoryBucket,
    Limiter,
    MonotonicClock,
    Rate,
    RateItem,
)
from throttled import MemoryStore, RateLimiterType, Throttled
from throttled.rate_limiter import Quota, per_duration

from authguard_core import Attempt, Guard, MemoryStorage, Outcome, Settings
from authguard_core.counting.ops import Admit, Admitted, Charge, Refused, Settle
from authguard_core.counting.refusal import Scope
from tests.benchmarks.harness import KEYS, Contender, Key, SyncContender

SETTINGS = Settings.load(secret_key="benchmark " * 4)
RULES = SETTINGS.policy().purpose("login")
ADDRESS, ACCOUNT = parse("30/15 minutes"), parse("5/15 minutes")
SOURCE = 7
BIG = 10_000_000


class Clock:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def require(held: object) -> None:
    """Refuse to time something else than was meant."""
    if not held:
        raise AssertionError("an attempt was answered otherwise than the benchmark meant it")


class Store(SyncContender):
    """The memory store alone: address, subnet and account, with delay, lock and cap.

    What a policy would hand over is prepared; the operations themselves are new for every attempt.
    """

    name: ClassVar[str] = "authguard, the memory store"

    def __init__(self) -> None:
        self._clock = Clock()
        self._storage = MemoryStorage(clock=self._clock)
        self._numbers = itertools.count(1)
        self._charges = [self._prepare(key) for key in KEYS]

    def _prepare(self, key: Key) -> tuple[Charge, ...]:
        parts = (
            (Scope.ADDRESS, b"a" + key.address.encode(), RULES.address),
            (Scope.SUBNET, b"s" + key.address.encode(), RULES.subnet),
            (Scope.ACCOUNT, b"u" + key.user.encode(), RULES.account),
        )
        return tuple(Charge(scope, name.ljust(16)[:16], rule) for scope, name, rule in parts if rule)

    def wait(self, seconds: float) -> None:
        self._clock.ahead += seconds

    def fail(self, key: Key) -> None:
        (result,) = self._storage.execute((Admit(next(self._numbers), SOURCE, self._prepare(key)),))
        require(isinstance(result, Admitted))

    def wrong(self, one: int) -> None:
        (result,) = self._storage.execute((Admit(next(self._numbers), SOURCE, self._charges[one]),))
        require(isinstance(result, Admitted))

    def right(self, one: int) -> None:
        number = next(self._numbers)
        (result,) = self._storage.execute((Admit(number, SOURCE, self._charges[one]),))
        if not isinstance(result, Admitted):
            raise TypeError(type(result))
        self._storage.execute((Settle(number, SOURCE, result.charged),))

    def blocked(self, one: int) -> None:
        (result,) = self._storage.execute((Admit(next(self._numbers), SOURCE, self._charges[one]),))
        require(isinstance(result, Refused))


class Whole(SyncContender):
    """The whole guard: normalise, key, plan, execute, decide, tell the observers."""

    name: ClassVar[str] = "authguard, the whole guard"
    remember: ClassVar[bool] = False

    def __init__(self) -> None:
        self._clock = Clock()
        storage = MemoryStorage(clock=self._clock)
        self._guard = Guard(SETTINGS, storage=storage, observers=[lambda _event: None])

    def wait(self, seconds: float) -> None:
        self._clock.ahead += seconds

    def fail(self, key: Key) -> None:
        decision = self._guard.check(Attempt(identifier=key.user, peer=key.address))
        if decision.ticket is None:
            raise AssertionError(decision.reason)
        self._guard.settle(decision.ticket, Outcome.FAILURE)

    def wrong(self, one: int) -> None:
        self.fail(KEYS[one])

    def right(self, one: int) -> None:
        key = KEYS[one]
        decision = self._guard.check(Attempt(identifier=key.user, peer=key.address))
        if decision.ticket is None:
            raise AssertionError(decision.reason)
        self._guard.settle(decision.ticket, Outcome.SUCCESS, remember=self.remember)

    def blocked(self, one: int) -> None:
        key = KEYS[one]
        require(not self._guard.check(Attempt(identifier=key.user, peer=key.address)).allowed)


class Remembering(Whole):
    """The same, and a success makes the browser known: a signed device cookie."""

    name: ClassVar[str] = "authguard, with a device cookie"
    remember: ClassVar[bool] = True


class Limits(SyncContender):
    """``limits``: ask both windows, verify, then hit both where it was wrong."""

    name: ClassVar[str] = "limits, moving window"

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(LimitsStorage())

    def fail(self, key: Key) -> None:
        limiter = self._limiter
        require(limiter.test(ADDRESS, "ip", key.address))
        require(limiter.test(ACCOUNT, "user", key.user))
        limiter.hit(ADDRESS, "ip", key.address)
        limiter.hit(ACCOUNT, "user", key.user)

    def wrong(self, one: int) -> None:
        self.fail(KEYS[one])

    def right(self, one: int) -> None:
        key, limiter = KEYS[one], self._limiter
        require(limiter.test(ADDRESS, "ip", key.address))
        require(limiter.test(ACCOUNT, "user", key.user))
        limiter.clear(ACCOUNT, "user", key.user)

    def blocked(self, one: int) -> None:
        key, limiter = KEYS[one], self._limiter
        require(limiter.test(ADDRESS, "ip", key.address))
        require(not limiter.test(ACCOUNT, "user", key.user))


def quota(limit: int) -> Quota:
    """Return throttled-py's word for so many in 15 minutes."""
    return per_duration(timedelta(minutes=15), limit)


class ThrottledPy(SyncContender):
    """``throttled-py``: peek at both, verify, then take from both where it was wrong."""

    name: ClassVar[str] = "throttled-py, sliding window"

    def __init__(self) -> None:
        store = MemoryStore(options={"MAX_SIZE": BIG})  # its default of 1,024 keys forgets the oldest
        using = RateLimiterType.SLIDING_WINDOW.value
        self._address = Throttled(using=using, quota=quota(30), store=store, key_prefix="ip")
        self._account = Throttled(using=using, quota=quota(5), store=store, key_prefix="user")

    def fail(self, key: Key) -> None:
        require(self._address.peek(key.address).remaining)
        require(self._account.peek(key.user).remaining)
        self._address.limit(key.address)
        self._account.limit(key.user)

    def wrong(self, one: int) -> None:
        self.fail(KEYS[one])

    def right(self, one: int) -> None:
        key = KEYS[one]
        require(self._address.peek(key.address).remaining)
        require(self._account.peek(key.user).remaining)

    def blocked(self, one: int) -> None:
        key = KEYS[one]
        require(self._address.peek(key.address).remaining)
        require(not self._account.peek(key.user).remaining)


class PerName(BucketFactory):
    """A bucket for each name, as pyrate-limiter's documentation shows it."""

    def __init__(self, rate: Rate) -> None:
        self.clock = MonotonicClock()
        self.buckets: dict[str, AbstractBucket] = {}
        self._rate = rate

    def wrap_item(self, name: str, weight: int = 1) -> RateItem:
        """Bring the time to an item."""
        return RateItem(name, self.clock.now(), weight=weight)

    def get(self, item: RateItem) -> AbstractBucket:
        """Find the item's bucket, or make it."""
        if item.name not in self.buckets:
            self.buckets[item.name] = self.create(InMemoryBucket, [self._rate])
        return self.buckets[item.name]


def per_name(limit: int) -> Limiter:
    """Make pyrate-limiter's limiter of so many in 15 minutes for each name."""
    return Limiter(PerName(Rate(limit, 15 * Duration.MINUTE)))


class Pyrate(SyncContender):
    """``pyrate-limiter``: take from both, before it is known whether the password is wrong."""

    name: ClassVar[str] = "pyrate-limiter, log"

    def __init__(self) -> None:
        self._address, self._account = per_name(30), per_name(5)

    def fail(self, key: Key) -> None:
        require(self._address.try_acquire(key.address, blocking=False))
        require(self._account.try_acquire(key.user, blocking=False))

    def wrong(self, one: int) -> None:
        self.fail(KEYS[one])

    def right(self, one: int) -> None:
        self.fail(KEYS[one])

    def blocked(self, one: int) -> None:
        key = KEYS[one]
        require(self._address.try_acquire(key.address, blocking=False))
        require(not self._account.try_acquire(key.user, blocking=False))

    def close(self) -> None:
        self._address.bucket_factory.close()
        self._account.bucket_factory.close()


SYNC: tuple[type[Contender], ...] = (Limits, Store, Whole, Remembering, ThrottledPy, Pyrate)
