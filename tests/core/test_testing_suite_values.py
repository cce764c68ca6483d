"""Claims about the suite's claims on single-use values: memory meets them, a faulty store doesn't."""

import pytest

from authguard_core import MemoryStorage
from authguard_core.counting.ops import Advance, Op, PutOnce, Take
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.values import ValueClaims
from tests.core.testing_faults import Claim, Fault, Tampered, claimed


class TestMemory(ValueClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)


def another_to_take(op: Op) -> Op:
    return Take(op.key + b"\0") if isinstance(op, Take) else op


def never_over(op: Op) -> Op:
    return op._replace(ttl=10 * op.ttl) if isinstance(op, PutOnce | Advance) else op


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (ValueClaims().test_a_value_is_taken_once, another_to_take),
        (ValueClaims().test_a_value_is_put_once, never_over),
        (ValueClaims().test_a_number_is_forgotten_when_its_time_is_over, never_over),
    ],
    ids=["not taken", "never over", "never forgotten"],
)
def test_a_fault_is_found_out(claim: Claim, fault: Fault) -> None:
    """The claim fails."""
    with pytest.raises(AssertionError):
        claimed(claim, lambda clock: Tampered(MemoryStorage(clock=clock), op=fault))
