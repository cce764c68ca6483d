"""Claims about the suite's races: memory wins them, a store that looks first and acts later doesn't."""

import threading
from collections.abc import Sequence

import pytest

from authguard_core import MemoryStorage
from authguard_core.counting.ops import Admit, Admitted, Inspect, Inspected, Op, Result
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.races import RIVALS, RaceClaims
from tests.core.testing_faults import claimed


class TestMemory(RaceClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)


class LooksFirst:
    """Admits whoever finds no refusal when he looks; all look before anybody is charged."""

    def __init__(self) -> None:
        self.inner = MemoryStorage()
        self.all_looked = threading.Barrier(RIVALS)

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        (op,) = ops
        if not isinstance(op, Admit):
            return self.inner.execute(ops)
        (seen,) = self.inner.execute((Inspect(op.charges),))
        self.all_looked.wait()
        self.inner.execute(ops)
        assert isinstance(seen, Inspected)
        return [Admitted(())] if not any(view.refusal for view in seen.views) else self.inner.execute(ops)


def test_a_store_that_looks_first_and_charges_later_is_found_out() -> None:
    """A hundred rivals all find the window empty."""
    with pytest.raises(AssertionError):
        claimed(RaceClaims().test_of_a_hundred_at_once_exactly_the_limit_is_admitted, lambda _: LooksFirst())
