"""Many workers at once while things go wrong; ``SIMULATION_SEEDS=7`` or ``0-5000`` chooses other seeds."""

import os

import pytest

from authguard_core import AsyncMemoryStorage, MemoryStorage, Settings
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import StoreFactory
from authguard_core.testing.reference import ReferenceStorage
from authguard_core.testing.simulation import Simulation

# By default as many as planted faults are found with, see tests/faults.
SEEDS = os.environ.get("SIMULATION_SEEDS", "0-59")
AT_ONCE = 10
STORES: dict[str, tuple[StoreFactory, int]] = {
    "memory": (lambda clock: MemoryStorage(clock=clock), 1),
    "awaited": (lambda clock: AsyncMemoryStorage(MemoryStorage(clock=clock)), 5),
}
"""Each store that is proven, and of how many seeds it takes one."""
# What the seeds choose from, without the token buckets, which the reference doesn't know.
EXACT = Settings.load(
    secret_key="a secret for tests of forty-odd characters",
    trusted_proxies="10.0.0.0/8",
    login={
        "account_limit": "4/20s",
        "device_limit": "3/20s",
        "ip_limit": "7/20s",
        "subnet_limit": "15/20s",
        "lock": "20s",
        "lock_max": "80s",
        "delay_after": 3,
        "delay_max": "4s",
        "failure_cap": 14,
    },
)


def seeds() -> list[range]:
    """Read the seeds, a number or the first and the last, and group them: a test each would be many."""
    first, _, last = SEEDS.partition("-")
    start, stop = int(first), int(last or first) + 1
    return [range(at, min(at + AT_ONCE, stop)) for at in range(start, stop, AT_ONCE)]


GROUPS = pytest.mark.parametrize("group", seeds(), ids=lambda group: f"{group[0]}-{group[-1]}")


@GROUPS
@pytest.mark.parametrize(("store", "every"), STORES.values(), ids=STORES)
def test_a14_a16_a61_whatever_goes_wrong_the_promises_hold(
    store: StoreFactory, every: int, group: range
) -> None:
    """G1 to G6: replies get lost, workers die, tasks are cancelled, the clock jumps; all is recounted."""
    for seed in group[::every]:
        Simulation(seed, open_storage=store).run()


@GROUPS
@pytest.mark.parametrize("time_per_key", [False, True], ids=["one clock", "a clock per key"])
def test_a61_the_reference_keeps_the_promises_too(group: range, *, time_per_key: bool) -> None:
    """Two counts that share no code agree: the model's, and the one from the history; by either clock."""

    def store(clock: FrozenClock) -> ReferenceStorage:
        return ReferenceStorage(clock=clock, time_per_key=time_per_key)

    for seed in group[::10]:
        Simulation(seed, open_storage=store, settings=EXACT, time_per_key=time_per_key).run()


@GROUPS
def test_a67_in_a_store_too_small_the_bounds_hold_too(group: range) -> None:
    """G1, G2, G5 and G6 hold for everybody where keys share counters, and owners still get in."""

    def store(clock: FrozenClock) -> MemoryStorage:
        return MemoryStorage(clock=clock, max_keys=24)

    for seed in group[::4]:
        Simulation(seed, open_storage=store, bounded=True).run()


@GROUPS
def test_a12_without_faults_twenty_workers_keep_the_defaults(group: range) -> None:
    """The limits that everybody begins with: five in fifteen minutes, delays, locks, a hundred in a row."""
    settings = Settings.load(secret_key="a secret for tests of forty-odd characters")
    for seed in group[::10]:
        Simulation(seed, settings=settings, workers=20, attempts=400).run()
