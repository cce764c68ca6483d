"""Claims about refusals that are remembered for a moment."""

import pytest

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Admit, Charge, Known, Refused
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import Proof
from authguard_core.resilience.refusals import RememberedRefusals
from tests.core.resilient_world import ACCOUNT, ADDRESS, attempt

LOCKED = Refused(((Scope.ACCOUNT, Refusal(Reason.LOCKED, 900_000)),))


def remembering(refused: Refused) -> RememberedRefusals:
    """What was refused at the moment 0."""
    refusals = RememberedRefusals()
    refusals.remember(attempt(1), refused, 0)
    return refusals


def test_a_lock_is_remembered_for_two_seconds_with_what_is_left_of_it() -> None:
    """The next attempt is told so without a trip, and waits as long as the store would say."""
    refusals = remembering(LOCKED)

    assert refusals.answer(attempt(2), 1.5) == Refused(((Scope.ACCOUNT, Refusal(Reason.LOCKED, 898_500)),))
    assert refusals.answer(attempt(2), 2.0) is None


def test_it_is_remembered_no_longer_than_it_lasts() -> None:
    """A lock that is over a second later is over then."""
    refusals = remembering(Refused(((Scope.ACCOUNT, Refusal(Reason.LOCKED, 1_000)),)))

    assert refusals.answer(attempt(2), 0.999)
    assert refusals.answer(attempt(2), 1.0) is None
    assert len(refusals) == 0


def test_the_cap_is_remembered_though_time_alone_doesnt_end_it() -> None:
    """Two seconds, as anything else: an operator may end it."""
    capped = Refused(((Scope.ACCOUNT, Refusal(Reason.CAPPED, None)),))
    refusals = remembering(capped)

    assert refusals.answer(attempt(2), 1.0) == capped
    assert refusals.answer(attempt(2), 2.0) is None


@pytest.mark.parametrize(
    "refused",
    [
        Refused(((Scope.ACCOUNT, Refusal(Reason.DELAYED, 1_000)),)),
        Refused(((Scope.DEVICE, Refusal(Reason.LOCKED, 900_000)),), known=True),
        Refused(()),
    ],
    ids=["a delay", "a known source's lock", "nothing"],
)
def test_what_is_soon_over_or_a_known_sources_is_not_remembered(refused: Refused) -> None:
    """A delay ends sooner than memory, and a known source never meets what was said to a stranger."""
    assert len(remembering(refused)) == 0


def test_who_may_be_known_is_asked_for() -> None:
    """The account's lock is not the owner's."""
    device = Charge(Scope.DEVICE, b"device", Rule(5, 900_000))
    op = attempt(2)._replace(known=Known(b"registry", Proof(0, 1), device))

    assert remembering(LOCKED).answer(op, 0) is None


def test_a_key_is_refused_whoever_else_is_charged() -> None:
    """From another address, too; and all that is remembered of its keys is told."""
    both = Refused(
        ((Scope.ADDRESS, Refusal(Reason.LIMITED, 60_000)), (Scope.ACCOUNT, Refusal(Reason.LOCKED, 900_000)))
    )
    refusals = remembering(both)

    assert refusals.answer(Admit(2, 1, (ADDRESS._replace(key=b"other"), ACCOUNT)), 0) == LOCKED
    assert refusals.answer(attempt(3), 0) == both


def test_what_was_changed_here_is_forgotten_at_once() -> None:
    """A success, or an operator's word, in this process is seen by its next attempt."""
    refusals = remembering(LOCKED)
    refusals.forget([ACCOUNT.key, b"unheard of"])

    assert refusals.answer(attempt(2), 0) is None


def test_only_so_many_are_kept_and_the_oldest_go() -> None:
    """A flood costs trips again, and no memory."""
    refusals = RememberedRefusals(most=2)
    ops = [Admit(number, 1, (ACCOUNT._replace(key=bytes([number])),)) for number in range(3)]
    for op in (ops[0], ops[1], ops[0], ops[2]):
        refusals.remember(op, LOCKED, 0)

    assert [refusals.answer(op, 0) is not None for op in ops] == [True, False, True]
