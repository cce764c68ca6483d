"""Claims about the storage operations: a small closed set of plain data."""

from typing import get_args

import pytest

from authguard_core.counting import ops
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Admit, Charge, Charged, Known, Op, Refused, Result, Settle
from authguard_core.counting.refusal import Scope
from authguard_core.counting.state import Proof

ACCOUNT = Charge(Scope.ACCOUNT, b"key", Rule(5, 900_000))


def test_the_set_of_operations_is_closed() -> None:
    """A backend that carries these out is complete."""
    assert {op.__name__ for op in get_args(Op)} == {
        "Admit",
        "Settle",
        "Inspect",
        "Clear",
        "PutOnce",
        "Advance",
        "Take",
    }


def test_the_set_of_results_is_closed() -> None:
    """Whoever decides has these cases to tell apart."""
    assert {result.__name__ for result in get_args(Result)} == {
        "Admitted",
        "Refused",
        "Settled",
        "Inspected",
        "Cleared",
        "Stored",
        "Taken",
    }


@pytest.mark.parametrize("kind", [*get_args(Op), *get_args(Result)], ids=lambda kind: kind.__name__)
def test_every_operation_and_result_is_public_and_can_not_be_changed(kind: type[tuple[object, ...]]) -> None:
    """A backend in another process, or another thread, sees what was planned."""
    assert kind.__name__ in ops.__all__
    assert issubclass(kind, tuple)


def test_equal_plans_are_equal() -> None:
    """An operation is data: it can be compared, hashed and repeated."""
    known = Known(b"registry", Proof(0, 1), ACCOUNT)
    assert len({Admit(1, 2, (ACCOUNT,), known), Admit(1, 2, (ACCOUNT,), known)}) == 1


def test_a_charged_counter_begins_with_its_charge() -> None:
    """A ticket carries what settling needs, and the charge can be had back from it."""
    charged = Charged(*ACCOUNT, seq=1)
    assert Charge(*charged[:3]) == ACCOUNT
    assert charged.closes is None


def test_a_settlement_is_a_success_unless_it_says_otherwise() -> None:
    """A failure needs no operation, so what is settled was checked, and right."""
    settle = Settle(1, 2, ())
    assert (settle.checked, settle.observed, settle.issue) == (True, (), None)


def test_a_refusal_is_of_an_unknown_source_unless_it_says_otherwise() -> None:
    """Known and shared, decided here and damaged are the exceptions."""
    assert Refused(()) == ((), False, False, False, False)
