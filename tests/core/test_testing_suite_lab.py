"""Claims about the words in which the suites drive a store."""

from collections.abc import Sequence

import pytest

from authguard_core import MemoryStorage
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Inspect, Op, Result, Settled, Take
from authguard_core.counting.refusal import Reason, Refusal
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.lab import ACCOUNT, ADDRESS, EVERYTHING, WINDOW, Lab, Suite, charge, key
from tests.core.testing_faults import Claim, Tampered, claimed


class TestWords(Suite):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)

    def test_each_test_has_an_empty_store(self, lab: Lab) -> None:
        """And a clock that moves it, both ways."""
        assert lab.failures() == [0, 0, 0]
        lab.fail(times=2)
        lab.pass_time(WINDOW + 1)
        lab.pass_time(-1)
        assert lab.failures() == [0, 0, 0]

    def test_attempts_have_ids_of_their_own(self, lab: Lab) -> None:
        """So none is another's retry."""
        assert lab.attempt().attempt != lab.attempt().attempt

    def test_a_lock_is_filled_and_told(self, lab: Lab) -> None:
        """Whatever the counter holds already."""
        lab.fail(ACCOUNT, times=2)
        assert lab.lock(ACCOUNT) == lab.refusal(ACCOUNT) == Refusal(Reason.LOCKED, WINDOW)
        assert lab.admitted(ACCOUNT, of=3) == 0

    def test_an_outcome_gives_back(self, lab: Lab) -> None:
        """A success or an unchecked attempt."""
        for checked in (True, False):
            assert lab.settle(lab.admit(), checked=checked) == Settled()
        assert [view.failures for view in lab.views(*EVERYTHING)] == [0, 0, 0]


def test_a_key_looks_like_the_cores() -> None:
    """24 bytes that differ from name to name; those of an account begin alike, those of a place too."""
    assert len({key("name"), key("other"), key("address")}) == 3
    assert [len(key(name)) for name in ("name", "address")] == [24, 24]
    assert key("name")[:6] == key("other")[:6] != key("address")[:6] == key("subnet 1")[:6]


def answered_by(result: Result) -> Tampered:
    return Tampered(MemoryStorage(), result=lambda _: result)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (Lab.ask, "an Admit was answered by Taken"),
        (lambda lab: lab.view(ACCOUNT), "an Inspect was answered by Taken"),
    ],
    ids=["ask", "view"],
)
def test_an_answer_of_another_kind_is_named(word: Claim, message: str) -> None:
    """Not what it holds."""
    (taken,) = MemoryStorage().execute((Take(b"key"),))
    with pytest.raises(AssertionError, match=message):
        claimed(word, lambda _: answered_by(taken))


def test_a_settlement_that_is_answered_otherwise_is_named() -> None:
    """Not what it holds."""
    storage = MemoryStorage()
    (seen,) = storage.execute((Inspect(()),))

    def result(result: Result) -> Result:
        return seen if isinstance(result, Settled) else result

    with pytest.raises(AssertionError, match="a Settle was answered by Inspected"):
        claimed(lambda lab: lab.settle(lab.admit()), lambda _: Tampered(storage, result=result))


def test_a_result_too_many_is_counted() -> None:
    """One operation has one."""

    class Doubling(Tampered):
        def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
            return [*super().execute(ops)] * 2

    with pytest.raises(AssertionError, match="one operation, and 2 results"):
        claimed(lambda lab: lab.view(ACCOUNT), lambda _: Doubling(MemoryStorage()))


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (lambda lab: lab.fail(ACCOUNT, times=6), "an attempt was to be admitted"),
        (lambda lab: lab.refusal(ADDRESS), "an attempt was to be refused"),
        (lambda lab: lab.lock(charge("plain", Rule(1, WINDOW))), "a full window was to lock"),
    ],
    ids=["admitted", "refused", "locked"],
)
def test_what_was_expected_is_said(claim: Claim, message: str) -> None:
    """In words."""
    with pytest.raises(AssertionError, match=message):
        claimed(claim, lambda clock: MemoryStorage(clock=clock))
