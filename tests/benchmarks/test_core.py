"""The core beside the limiters that users stitch a login guard from: admit and settle, in memory.

The peers check two limits, as their users do: ask both, then hit both.
"""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import parse
from limits.storage import MemoryStorage as LimitsStorage
from limits.strategies import MovingWindowRateLimiter

from authguard_core import Attempt, Guard, MemoryStorage, Outcome, Settings
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Admit, Admitted, Charge, Settle
from authguard_core.counting.refusal import Scope
from tests.benchmarks.harness import Step, measure, show, versions

KEYS = 1_000
ADDRESS = Rule(limit=30, window=900_000)
SUBNET = Rule(limit=300, window=900_000)
ACCOUNT = Rule(5, 900_000, 0, 3, 1_000, 30_000, 900_000, 3_600_000, 100)


def store_step() -> Step:
    """Memory storage alone: address, subnet and account with delay, lock and cap."""
    storage = MemoryStorage()

    def step(number: int) -> None:
        key = (number % KEYS).to_bytes(15, "big")
        charges = (
            Charge(Scope.ADDRESS, b"a" + key, ADDRESS),
            Charge(Scope.SUBNET, b"s" + key, SUBNET),
            Charge(Scope.ACCOUNT, b"c" + key, ACCOUNT),
        )
        (admitted,) = storage.execute((Admit(number + 1, 7, charges),))
        assert isinstance(admitted, Admitted)
        storage.execute((Settle(number + 1, 7, admitted.charged),))

    return step


def guard_step() -> Step:
    """The whole guard: normalise, key, plan, execute, decide, tell."""
    guard = Guard(Settings.load(secret_key="benchmark " * 4))

    def step(number: int) -> None:
        one = number % KEYS
        decision = guard.check(Attempt(identifier=f"user{one}", peer=f"10.{one >> 8}.{one & 255}.1"))
        assert decision.ticket
        guard.settle(decision.ticket, Outcome.SUCCESS, remember=False)

    return step


def limits_step() -> Step:
    """Two moving windows of ``limits``: test and hit, twice."""
    limiter = MovingWindowRateLimiter(LimitsStorage())
    address, account = parse("100000/15 minutes"), parse("100000/15 minutes")

    def step(number: int) -> None:
        one = number % KEYS
        name, ip = f"user{one}", f"10.{one >> 8}.{one & 255}.1"
        assert limiter.test(address, "ip", ip)
        assert limiter.test(account, "user", name)
        limiter.hit(address, "ip", ip)
        limiter.hit(account, "user", name)

    return step


def parallel(check: Callable[[], bool]) -> str:
    """Let fifty threads guess at once, and count those whose guess is checked."""
    barrier = threading.Barrier(50)

    def guess(_: int) -> bool:
        barrier.wait()
        return check()

    with ThreadPoolExecutor(50) as pool:
        return str(sum(pool.map(guess, range(50))))


def guard_race() -> str:
    """Ask the guard."""
    guard = Guard(Settings.load(secret_key="benchmark " * 4, login={"delay_after": 5}))
    return parallel(lambda: guard.check(Attempt(identifier="alice", peer="192.0.2.1")).allowed)


def limits_race() -> str:
    """Count failures only, as a login must: ask, check the password, hit when it was wrong."""
    limiter, account = MovingWindowRateLimiter(LimitsStorage()), parse("5/15 minutes")
    checking = threading.Barrier(50)

    def check() -> bool:
        allowed = limiter.test(account, "alice")
        checking.wait()  # while all of them verify
        if allowed:
            limiter.hit(account, "alice")
        return allowed

    return parallel(check)


def test_admit_and_settle_beside_limits() -> None:
    """Print the cost of a guarded success as ratios."""
    steps = {
        "limits: test and hit, twice": limits_step(),
        "authguard: memory storage, three counters": store_step(),
        "authguard: the whole guard": guard_step(),
    }
    notes = {"limits: test and hit, twice": limits_race(), "authguard: the whole guard": guard_race()}
    assert notes["authguard: the whole guard"] == "5"
    timings = measure(steps)
    show(f"admit + success, {versions('limits')}", timings, floor="limits: test and hit, twice", notes=notes)


@pytest.mark.parametrize("keys", [1_000, 1_000_000])
def test_cost_and_size_of_a_key(keys: int) -> None:
    """Print what an admission costs, and how large a tracked key is, with few and many keys."""
    storage, before, number = MemoryStorage(max_keys=2_000_000), _resident(), itertools.count(1)

    def admit(one: int) -> None:
        key = (one % keys * 0x9E3779B97F4A7C15 % 2**128).to_bytes(16, "big")
        storage.execute((Admit(next(number), 7, (Charge(Scope.ACCOUNT, key, ACCOUNT),)),))

    for one in range(keys):
        admit(one)
    size = (_resident() - before) / keys
    # A stride that meets the keys in no order, as attackers do.
    (timing,) = measure({"admit": lambda one: admit(one * 7_919)})
    print(f"\n{keys:>9} keys: {timing.microseconds:.1f} µs an admission, {size:.0f} bytes a key")
    assert len(storage) == keys


def _resident() -> int:
    """Return the resident set in bytes."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - not a file of ours
        return int(statm.read().split()[1]) * 4_096
