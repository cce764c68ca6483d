"""Claims about the suite's claims on counters: memory meets them, a faulty store doesn't."""

import pytest

from authguard_core import MemoryStorage
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.counters import CounterClaims
from tests.core.testing_faults import (
    Claim,
    Factory,
    Tampered,
    claimed,
    too_generous,
    too_short,
    under_another_rule,
)


class TestMemory(CounterClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)


def without_levels(clock: FrozenClock) -> Tampered:
    op = under_another_rule(lambda rule: rule._replace(lock_max=rule.lock))
    return Tampered(MemoryStorage(clock=clock), op=op)


def without_cap(clock: FrozenClock) -> Tampered:
    return Tampered(MemoryStorage(clock=clock), op=under_another_rule(lambda rule: rule._replace(cap=0)))


@pytest.mark.parametrize(
    ("claim", "factory"),
    [
        (CounterClaims().test_a_full_window_refuses_for_exactly_as_long_as_it_says, too_short),
        (CounterClaims().test_the_window_slides, too_generous),
        (CounterClaims().test_every_lock_is_twice_as_long_as_the_one_before_up_to_a_maximum, without_levels),
        (CounterClaims().test_a_run_of_failures_ends_at_the_cap_whatever_the_windows, without_cap),
    ],
    ids=["window off by one", "one more", "level not rising", "cap ignored"],
)
def test_a_fault_is_found_out(claim: Claim, factory: Factory) -> None:
    """The claim fails."""
    with pytest.raises(AssertionError):
        claimed(claim, factory)
