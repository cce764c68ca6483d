"""Claims about what is said in the store's stead, and about who is told."""

import logging

import pytest

from authguard_core import MemoryStorage, StorageError
from authguard_core.counting.ops import Advance, Clear, Inspect, Op, PutOnce, Refused, Settle, Take
from authguard_core.counting.refusal import Reason
from authguard_core.resilience.desk import Begun, Desk, Health, OnFailure, is_repeatable, refuse_others
from tests.core.resilient_world import ACCOUNT, Listener, attempt, right, told

DOWN = StorageError("down")


def out(desk: Desk, number: int = 1) -> Desk:
    """The store has just failed."""
    op = (attempt(number),)
    desk.failed(op, DOWN, desk.begin(op, 0), 0)
    return desk


def test_g9_each_process_allows_half_while_the_store_is_out() -> None:
    """The limits that the attempt carries for it: two passwords for the account, and then a lock."""
    desk = Desk()
    op = (attempt(0),)
    results = [desk.failed(op, DOWN, desk.begin(op, 0), 0)]
    results += [desk.begin((attempt(number),), 0).results or () for number in range(1, 5)]

    assert [told(one) for one in results] == [(True, True), (True, True), *[(False, True)] * 3]
    last = results[-1][0]
    assert isinstance(last, Refused)
    assert last.refusals[0][1].reason is Reason.LOCKED


def test_a_right_password_gives_its_local_charge_back() -> None:
    """What was charged here is settled here, whether or not the store is back."""
    desk = out(Desk(), 0)
    for number in range(1, 10):
        (result,) = desk.begin((attempt(number),), 0).results or ()
        begun = desk.begin((right(attempt(number), result, local=True),), 0)
        assert begun.results is not None

    assert told(desk.begin((attempt(99),), 0).results or ()) == (True, True)


def test_open_admits_everybody_and_counts_nobody() -> None:
    """It is what it says, and its outcome has nothing to settle."""
    desk = out(Desk(on_failure=OnFailure.OPEN))
    results = [desk.begin((attempt(number),), 0).results or () for number in range(100)]

    assert {told(one) for one in results} == {(True, True)}
    assert desk.begin((right(attempt(1), results[0][0], local=True),), 0).results


def test_closed_refuses() -> None:
    """The failure is the policy's to answer."""
    desk = Desk(on_failure=OnFailure.CLOSED)
    with pytest.raises(StorageError):
        out(desk)
    with pytest.raises(StorageError):
        desk.begin((attempt(2),), 0)


@pytest.mark.parametrize(
    "op",
    [
        Settle(1, 1, ()),
        Inspect((ACCOUNT,)),
        Clear((ACCOUNT,)),
        PutOnce(b"key", b"", 1),
        Advance(b"key", 1, 1),
        Take(b"key"),
    ],
    ids=lambda op: type(op).__name__,
)
@pytest.mark.parametrize("on_failure", OnFailure)
def test_what_only_the_store_knows_nobody_says_in_its_stead(op: Op, on_failure: OnFailure) -> None:
    """Operators hear of the outage, and no code is accepted on suspicion."""
    desk = Desk(on_failure=on_failure)
    with pytest.raises(StorageError):
        desk.failed((op,), DOWN, desk.begin((op,), 0), 0)
    with pytest.raises(StorageError):
        desk.begin((op,), 0)


def test_an_outage_is_told_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    """Once each, with what was the matter; and it shows in the log."""
    listener = Listener()
    desk = out(out(Desk(on_change=listener)), 2)
    assert desk.health == Health(degraded=True)
    op = (attempt(3),)
    desk.done(op, MemoryStorage().execute(op), 2)
    desk.done(op, MemoryStorage().execute(op), 2)

    assert listener.heard == [(True, "down"), (False, None)]
    assert desk.health == Health(degraded=False)
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


def test_a_listener_that_fails_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Its error is logged by its type: the text may be anything."""
    desk = out(Desk(on_change=Listener(fails=lambda: True)))

    assert told(desk.begin((attempt(2),), 0).results or ()) == (True, True)
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text


def test_a_blocked_key_costs_no_trip_until_it_is_freed_here() -> None:
    """Neither an operator's word nor a success in this process waits for two seconds."""
    desk, memory = Desk(), MemoryStorage()
    ops = [attempt(number) for number in range(5)]
    results = [memory.execute((op,)) for op in ops]
    for changed in (Clear((ACCOUNT,)), right(ops[0], results[0][0])):
        desk.done((ops[4],), results[4], 0)
        assert told(desk.begin((attempt(9),), 0).results or ()) == (False, False)
        desk.done((changed,), memory.execute((changed,)), 0)
        assert desk.begin((attempt(9),), 0).results is None


def test_several_operations_are_always_asked_for() -> None:
    """What is remembered answers one attempt, not a trip of several things."""
    desk, memory = Desk(), MemoryStorage()
    for number in range(5):
        desk.done((attempt(number),), memory.execute((attempt(number),)), 0)

    assert desk.begin((attempt(9), Inspect((ACCOUNT,))), 0).results is None
    looked = (Inspect((ACCOUNT,)),)
    assert desk.done(looked, memory.execute(looked), 0)


def test_a_probe_that_nobody_waits_for_makes_room_for_another() -> None:
    """Else a cancelled request would keep the store out for good."""
    desk = out(Desk(chance=lambda: 0))
    probe = desk.begin((attempt(2),), 1)
    assert probe == Begun(probe.allowed)
    assert desk.begin((attempt(3),), 1).results
    desk.given_up(probe)

    assert desk.begin((attempt(4),), 1) == probe


def test_only_what_has_an_id_is_sent_twice() -> None:
    """A value that was taken by the first call would be gone for the second."""
    once: list[Op] = [PutOnce(b"key", b"", 1), Advance(b"key", 1, 1), Take(b"key")]

    assert is_repeatable((attempt(1), Settle(1, 1, ()), Inspect((ACCOUNT,)), Clear((ACCOUNT,))))
    assert [is_repeatable((attempt(1), op)) for op in once] == [False] * 3


def test_a82_whatever_a_store_raises_is_told_by_its_type() -> None:
    """A driver's message may hold a host, a user, a key."""
    assert refuse_others(DOWN) is DOWN
    assert str(refuse_others(RuntimeError("canary"))) == "RuntimeError"
