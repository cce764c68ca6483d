"""Claims about the suite's claims on bounded stores: memory meets them, a faulty store doesn't."""

from collections.abc import Sequence

import pytest

from authguard_core import MemoryStorage
from authguard_core.counting.ops import Admit, Admitted, Op, Result
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.bounded import PLACES, BoundedClaims, fill
from tests.core.testing_faults import claimed


class TestMemory(BoundedClaims):
    @staticmethod
    def open_store(clock: FrozenClock, places: int) -> Made:
        return MemoryStorage(max_keys=places, clock=clock)


class Emptied:
    """A store that makes room by forgetting everything."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock, self.inner = clock, MemoryStorage(clock=clock)

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        if len(self.inner) >= PLACES and isinstance(ops[0], Admit):
            self.inner = MemoryStorage(clock=self.clock)
            return [one._replace(shared=True) for one in self.inner.execute(ops) if isinstance(one, Admitted)]
        return self.inner.execute(ops)


def test_a_store_that_forgets_a_lock_for_want_of_space_is_found_out() -> None:
    """The claim fails."""
    with pytest.raises(AssertionError):
        claimed(BoundedClaims().test_a_flood_frees_no_locked_key, Emptied)


def test_a_store_without_a_bound_is_found_out() -> None:
    """It never was full."""
    with pytest.raises(AssertionError, match="a store of 24 places was to be full"):
        claimed(BoundedClaims().test_a_flood_frees_no_locked_key, lambda clock: MemoryStorage(clock=clock))
    with pytest.raises(AssertionError, match="after 300 values a store of 24 places was to be full"):
        claimed(fill, lambda clock: MemoryStorage(clock=clock))
