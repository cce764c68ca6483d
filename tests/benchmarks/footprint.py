"""How large a tracked key is, and what an operation costs with few and with many of them.

``python -m tests.benchmarks.footprint NAME KEYS`` measures one library in a process of its own, and
prints what it found as JSON. A key is an account with one failed attempt. The operation is an attempt on a
key that is there already, drawn at random, in a store of :data:`FEW` keys and in one of KEYS, in turn.
"""

import gc
import json
import random
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple

from limits import parse
from limits.storage import MemoryStorage as LimitsStorage
from limits.strategies import MovingWindowRateLimiter
from throttled import MemoryStore, RateLimiterType, Throttled

from authguard_core import MemoryStorage
from authguard_core.counting.ops import Admit, Admitted, Charge, Settle
from authguard_core.counting.refusal import Scope
from tests.benchmarks.contenders import BIG, RULES, per_name, quota, require
from tests.benchmarks.harness import cpu_seconds, interleave, median_ratio

FEW = 1_000
TOUCHES = 500
ROUNDS = 15
SPREAD = 0x9E3779B97F4A7C15
PLENTY = 1_000
PAGE = 4_096


class Footprint(NamedTuple):
    """What was found."""

    bytes_a_key: float
    few: float
    """Microseconds an operation with few keys."""
    many: float
    ratio: float
    """The one to the other: the median of the rounds' ratios."""
    collection: float
    """Milliseconds in which the garbage collector, on its way through everything, stops the process."""


class Tracked(ABC):
    """A library's store."""

    @abstractmethod
    def insert(self, one: int) -> None:
        """Track a key: one failed attempt."""

    @abstractmethod
    def touch(self, one: int) -> None:
        """Make another attempt on it."""


class OfAuthguard(Tracked):
    """authguard: an attempt is admitted and, as its password was right, given back."""

    def __init__(self) -> None:
        self._storage = MemoryStorage(max_keys=BIG)
        self._number = 0

    def _charge(self, one: int) -> tuple[Charge, ...]:
        # A key is a keyed hash: 16 bytes in no order.
        key = (one * SPREAD % 2**64).to_bytes(8, "big") + one.to_bytes(8, "little")
        return (Charge(Scope.ACCOUNT, key, RULES.account),)

    def insert(self, one: int) -> None:
        self._number += 1
        require(self._storage.execute((Admit(self._number, 1, self._charge(one)),)))

    def touch(self, one: int) -> None:
        self._number += 1
        (result,) = self._storage.execute((Admit(self._number, 2, self._charge(one)),))
        if not isinstance(result, Admitted):
            raise TypeError(type(result))
        self._storage.execute((Settle(self._number, 2, result.charged),))


class OfLimits(Tracked):
    """limits: test and hit."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(LimitsStorage())
        self._item = parse(f"{PLENTY}/15 minutes")

    def insert(self, one: int) -> None:
        self._limiter.hit(self._item, "user", f"user{one}@example.org")

    def touch(self, one: int) -> None:
        require(self._limiter.test(self._item, "user", f"user{one}@example.org"))
        self._limiter.hit(self._item, "user", f"user{one}@example.org")


class OfThrottled(Tracked):
    """throttled-py: peek and limit."""

    def __init__(self) -> None:
        store = MemoryStore(options={"MAX_SIZE": BIG})
        using = RateLimiterType.SLIDING_WINDOW.value
        self._throttled = Throttled(using=using, quota=quota(PLENTY), store=store)

    def insert(self, one: int) -> None:
        self._throttled.limit(f"user{one}@example.org")

    def touch(self, one: int) -> None:
        require(self._throttled.peek(f"user{one}@example.org").remaining)
        self._throttled.limit(f"user{one}@example.org")


class OfPyrate(Tracked):
    """pyrate-limiter: try_acquire."""

    def __init__(self) -> None:
        self._limiter = per_name(PLENTY)

    def insert(self, one: int) -> None:
        require(self._limiter.try_acquire(f"user{one}@example.org", blocking=False))

    def touch(self, one: int) -> None:
        self.insert(one)


STORES: dict[str, type[Tracked]] = {
    "authguard": OfAuthguard,
    "limits": OfLimits,
    "throttled-py": OfThrottled,
    "pyrate-limiter": OfPyrate,
}


def resident() -> int:
    """Return the process's resident set in bytes, as Linux tells it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def filled(name: str, keys: int) -> Tracked:
    """Return a store with so many keys."""
    store = STORES[name]()
    for one in range(keys):
        store.insert(one)
    return store


def touching(store: Tracked, keys: int, rng: random.Random) -> None:
    """Make attempts on keys in no order."""
    for _ in range(TOUCHES):
        store.touch(rng.randrange(keys))


def measure(name: str, keys: int) -> Footprint:
    """Fill, weigh, time."""
    few, rng = filled(name, FEW), random.Random(1)
    touching(few, FEW, rng)
    gc.collect()
    before = resident()
    many = filled(name, keys)
    gc.collect()
    size = (resident() - before) / keys
    started = time.perf_counter()
    gc.collect()
    collection = time.perf_counter() - started
    touching(many, keys, rng)
    taken = interleave(
        {
            "few": lambda: cpu_seconds(lambda: touching(few, FEW, rng)),
            "many": lambda: cpu_seconds(lambda: touching(many, keys, rng)),
        },
        rounds=ROUNDS,
    )
    ratio = median_ratio(taken["many"], taken["few"])
    middle = {run: sorted(times)[ROUNDS // 2] / TOUCHES * 1e6 for run, times in taken.items()}
    return Footprint(size, middle["few"], middle["many"], ratio, collection * 1e3)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))._asdict()))
