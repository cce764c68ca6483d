"""Claims about a store that holds only so many keys: a flood of new ones frees nobody."""

from collections.abc import Generator
from typing import ClassVar

import pytest

from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import (
    Admitted,
    Advance,
    Charge,
    Clear,
    Cleared,
    Issue,
    Known,
    Op,
    PutOnce,
    Refused,
    Settled,
    Stored,
    Take,
    Taken,
)
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import Proof
from authguard_core.errors import StorageError
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made, opened
from authguard_core.testing.suite.lab import ACCOUNT, WINDOW, Lab, charge, key

__all__ = ["PLACES", "BoundedClaims"]

PLACES = 24
"""How many keys the store is told to hold."""
STRANGERS = 300
REGISTRY = key("registry")
RULES = [ACCOUNT.rule, Rule(5, WINDOW), Rule(60, WINDOW, burst=5)]


def stranger(number: int) -> Charge:
    """Return the counter of an account that nobody knows."""
    return charge(f"stranger {number}", ACCOUNT.rule)


class BoundedClaims:
    """What a store says when there is no place for another key."""

    open_store: ClassVar["staticmethod[[FrozenClock, int], Made]"]

    @pytest.fixture
    def lab(self) -> Generator[Lab, None, None]:
        """An empty store of few places, and a clock that stands still."""
        clock = FrozenClock()
        with opened(lambda clock: self.open_store(clock, PLACES), clock) as store:
            yield Lab(store, clock)

    @pytest.fixture
    def full(self, lab: Lab) -> Lab:
        """A store in which every place is taken by a key that is in use."""
        flood(lab)
        return lab

    def test_a_flood_frees_no_locked_key(self, lab: Lab) -> None:
        """The lock lasts to its last millisecond."""
        lab.lock(ACCOUNT)
        flood(lab)
        lab.pass_time(WINDOW - 1)
        flood(lab)
        assert lab.refusal(ACCOUNT) == Refusal(Reason.LOCKED, 1)

    def test_a_flood_takes_no_entry_from_a_window(self, lab: Lab) -> None:
        """A key with one failure has one afterwards."""
        lab.admit(ACCOUNT)
        flood(lab)
        assert lab.admitted(ACCOUNT, of=10) == 4

    def test_a_flood_makes_no_lock_shorter(self, lab: Lab) -> None:
        """The level that makes the next lock longer stays."""
        lab.lock(ACCOUNT)
        lab.pass_time(WINDOW)
        flood(lab)
        assert lab.lock(ACCOUNT) == Refusal(Reason.LOCKED, 2 * WINDOW)

    def test_a_flood_makes_no_known_source_unknown(self, lab: Lab) -> None:
        """Else the flood would lock its owner out."""
        lab.settle(lab.admit(ACCOUNT), issue=Issue(REGISTRY, fresh=True))
        flood(lab)
        device = charge("device", ACCOUNT.rule, Scope.DEVICE)
        assert lab.admit(ACCOUNT, known=Known(REGISTRY, Proof(0, 1), device)).admitted.known

    @pytest.mark.parametrize("rule", RULES, ids=["lock", "log", "bucket"])
    def test_nobody_is_unlimited_in_a_full_store(self, full: Lab, rule: Rule) -> None:
        """A key without a place is held to no weaker a limit, and the answer says that it was shared."""
        results = [full.ask(charge("new", rule)) for _ in range(20)]
        assert sum(isinstance(result, Admitted) for result in results) <= 5
        assert all(result.shared for result in results)

    def test_a_success_gives_a_shared_counter_its_own_entry_back_and_no_other(self, full: Lab) -> None:
        """Strangers share it."""
        counter = charge("new", ACCOUNT.rule)
        running = full.fail(counter, times=3)
        before = full.failures(counter)[0]
        full.settle(running[-1])
        assert full.failures(counter)[0] == before - 1

    def test_the_cap_does_not_apply_to_a_shared_counter(self, full: Lab) -> None:
        """Strangers together can't bring about what no time would end."""
        capped = charge("capped", Rule(50, WINDOW, cap=10))
        last = [full.ask(capped) for _ in range(60)][-1]
        assert isinstance(last, Refused)
        assert [refusal.reason for _, refusal in last.refusals] == [Reason.LIMITED]

    def test_clearing_an_account_in_a_full_store_frees_it_and_no_stranger(self, full: Lab) -> None:
        """An operator's word reaches its own account alone."""
        one, other = charge("one", ACCOUNT.rule), charge("other", ACCOUNT.rule)
        full.lock(one)
        full.lock(other)
        assert full.one(Clear((one,), REGISTRY)) == Cleared(Proof(1, 1))
        assert isinstance(full.ask(one), Admitted)
        assert isinstance(full.ask(other), Refused)

    def test_a_sign_in_to_a_full_store_succeeds(self, full: Lab) -> None:
        """It may only be that its browser stays unknown."""
        for number in range(50):
            running = full.admit(charge(f"guest {number}", Rule(1_000, WINDOW)))
            issue = Issue(key(f"registry {number}"), fresh=True)
            assert full.settle(running, issue=issue) in {Settled(Proof(0, 1)), Settled()}

    @pytest.mark.parametrize(
        "op", [PutOnce(key("new"), b"", DAY), Advance(key("new"), 1, DAY)], ids=["put", "advance"]
    )
    def test_a_full_store_refuses_new_values_rather_than_forget_one(self, lab: Lab, op: Op) -> None:
        """Forgetting one would let a code be used twice."""
        kept = fill(lab)
        with pytest.raises(StorageError):
            lab.one(op)
        assert [lab.one(PutOnce(name, b"", WINDOW)) for name in kept] == [Stored(stored=False)] * len(kept)
        assert [lab.one(Take(name)) for name in kept] == [Taken(b"data")] * len(kept)
        lab.pass_time(DAY)
        assert lab.one(op) == Stored(stored=True)

    def test_the_places_are_used_again(self, full: Lab) -> None:
        """When the flood is over, keys have places of their own."""
        full.pass_time(200 * DAY)
        for number in range(3 * PLACES):
            assert not full.ask(charge(f"late {number}", ACCOUNT.rule)).shared
            full.pass_time(200 * DAY)


def flood(lab: Lab) -> None:
    """Let so many unheard-of accounts fail once that there is no place for another."""
    shared = [lab.ask(stranger(number)).shared for number in range(STRANGERS)]
    assert shared[-1], f"after {STRANGERS} new keys a store of {PLACES} places was to be full"


def fill(lab: Lab) -> list[bytes]:
    """Put values until there is no place for another, and return their keys."""
    names = [key(f"value {number}") for number in range(STRANGERS)]
    for number, name in enumerate(names):
        try:
            lab.one(PutOnce(name, b"data", WINDOW))
        except StorageError:
            return names[:number]
    message = f"after {STRANGERS} values a store of {PLACES} places was to be full"
    raise AssertionError(message)
