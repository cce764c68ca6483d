"""Claims about the suite's claims on outcomes: memory meets them, a faulty store doesn't."""

import pytest

from authguard_core import MemoryStorage
from authguard_core.counting.ops import Admit, Op, Settle
from authguard_core.counting.refusal import Scope
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.outcomes import OutcomeClaims
from tests.core.testing_faults import Claim, Fault, Tampered, claimed


class TestMemory(OutcomeClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)


def all_as_accounts(op: Op) -> Op:
    if not isinstance(op, Settle):
        return op
    return op._replace(charged=tuple([one._replace(scope=Scope.ACCOUNT) for one in op.charged]))


def always_checked(op: Op) -> Op:
    return op._replace(checked=True) if isinstance(op, Settle) else op


def one_source(op: Op) -> Op:
    return op._replace(source=1) if isinstance(op, Admit | Settle) else op


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (OutcomeClaims().test_a_success_gives_an_address_its_own_entry_back_and_no_other, all_as_accounts),
        (OutcomeClaims().test_what_was_never_looked_at_is_given_back_and_clears_nothing, always_checked),
        (OutcomeClaims().test_a_success_clears_the_accounts_older_entries_of_its_source_alone, one_source),
    ],
    ids=["address wiped", "unchecked clears", "other sources wiped"],
)
def test_a_fault_is_found_out(claim: Claim, fault: Fault) -> None:
    """The claim fails."""
    with pytest.raises(AssertionError):
        claimed(claim, lambda clock: Tampered(MemoryStorage(clock=clock), op=fault))
