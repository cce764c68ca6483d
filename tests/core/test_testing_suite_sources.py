"""Claims about the suite's claims on known sources: memory meets them, a faulty store doesn't."""

import pytest

from authguard_core import MemoryStorage
from authguard_core.counting.ops import Admit, Clear, Op
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.sources import SourceClaims
from tests.core.testing_faults import Claim, Fault, Tampered, claimed


class TestMemory(SourceClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)


def nobody_is_known(op: Op) -> Op:
    return op._replace(known=None) if isinstance(op, Admit) else op


def no_generation_ends(op: Op) -> Op:
    return op._replace(registry=None) if isinstance(op, Clear) else op


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (SourceClaims().test_a_known_source_is_charged_to_its_own_counter_alone, nobody_is_known),
        (
            SourceClaims().test_a_new_generation_ends_every_source_but_the_one_that_began_it,
            no_generation_ends,
        ),
    ],
    ids=["nobody is known", "no generation ends"],
)
def test_a_fault_is_found_out(claim: Claim, fault: Fault) -> None:
    """The claim fails."""
    with pytest.raises(AssertionError):
        claimed(claim, lambda clock: Tampered(MemoryStorage(clock=clock), op=fault))
