"""Claims about outcomes and operators' words: what is given back, and what is not."""

import pytest

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Admitted, Clear, Cleared, Inspect, Inspected, Settled
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.testing.suite.lab import (
    ACCOUNT,
    ADDRESS,
    EVERYTHING,
    HERE,
    SUBNET,
    THERE,
    WINDOW,
    Lab,
    Suite,
    charge,
)

__all__ = ["OutcomeClaims"]

OTHER = charge("another account", ACCOUNT.rule)
DELAYING = charge("delaying", Rule(20, WINDOW, delay_after=3, delay=1_000, delay_max=5_000, cap=50))


class OutcomeClaims(Suite):
    """What a success, an unchecked attempt and a clearing take back."""

    def test_a_success_gives_an_address_its_own_entry_back_and_no_other(self, lab: Lab) -> None:
        """Who signs in to an account of his own gets no fresh budget for the others."""
        lab.fail(ADDRESS, SUBNET, times=3)
        lab.settle(lab.admit())
        assert lab.failures() == [3, 3, 0]

    def test_a_success_clears_the_accounts_older_entries_of_its_source_alone(self, lab: Lab) -> None:
        """Those of other sources stay, and so do those that began later."""
        for source in (HERE, THERE, HERE):
            lab.admit(ACCOUNT, source=source)
        right = lab.admit(ACCOUNT, source=HERE)
        lab.admit(ACCOUNT, source=HERE)
        lab.settle(right)
        assert lab.failures(ACCOUNT) == [2]

    def test_a_success_clears_no_other_account(self, lab: Lab) -> None:
        """Not even from the same address."""
        lab.fail(ADDRESS, OTHER, times=3)
        lab.settle(lab.admit(ADDRESS, ACCOUNT))
        assert lab.failures(OTHER) == [3]

    def test_a_success_ends_the_run_of_failures_up_to_itself(self, lab: Lab) -> None:
        """Those from other sources too; what began after it stays in the run, whichever ends first."""
        lab.fail(ACCOUNT, times=2, source=THERE)
        right = lab.admit(ACCOUNT)
        lab.admit(ACCOUNT, source=THERE)
        lab.settle(right)
        assert (lab.view(ACCOUNT).failures, lab.view(ACCOUNT).consecutive) == (3, 1)

    def test_an_older_success_ends_no_newer_run(self, lab: Lab) -> None:
        """A success that is reported late takes back nothing that a later one left."""
        old, new = lab.admit(ACCOUNT), lab.admit(ACCOUNT)
        lab.fail(ACCOUNT, times=2)
        lab.settle(new)
        lab.settle(old)
        assert (lab.view(ACCOUNT).failures, lab.view(ACCOUNT).consecutive) == (2, 2)

    def test_a_lock_that_a_right_password_began_is_as_if_it_never_was(self, lab: Lab) -> None:
        """Neither the lock nor its level stays."""
        lab.fail(ACCOUNT, times=4, source=THERE)
        right = lab.admit(ACCOUNT)
        assert lab.refusal(ACCOUNT) == Refusal(Reason.LOCKED, WINDOW)
        lab.settle(right)
        assert lab.view(ACCOUNT)[1:] == (4, 0, 0, None)

    def test_a_success_from_before_a_lock_leaves_the_budget_after_it_alone(self, lab: Lab) -> None:
        """Its entry went with the lock."""
        old = lab.admit(ACCOUNT)
        lab.lock(ACCOUNT)
        lab.pass_time(WINDOW)
        lab.fail(ACCOUNT, times=2)
        lab.settle(old)
        assert lab.view(ACCOUNT)[1:4] == (2, 6, 1)

    def test_a_success_ends_the_wait_that_it_began(self, lab: Lab) -> None:
        """A delay is computed from the entries that survive."""
        right = lab.fail(DELAYING, times=3)[-1]
        assert lab.refusal(DELAYING) == Refusal(Reason.DELAYED, 1_000)
        lab.settle(right)
        assert lab.view(DELAYING).refusal is None

    def test_what_was_never_looked_at_is_given_back_and_clears_nothing(self, lab: Lab) -> None:
        """Every counter gets its own entry back, and the run is one shorter."""
        lab.fail(times=2)
        lab.settle(lab.admit(), checked=False)
        assert lab.failures() == [2, 2, 2]
        assert lab.view(ACCOUNT).consecutive == 2

    @pytest.mark.parametrize("checked", [True, False], ids=["success", "unchecked"])
    def test_settling_twice_gives_nothing_back_twice(self, lab: Lab, *, checked: bool) -> None:
        """The reply was lost and it comes again, maybe later."""
        lab.fail(ADDRESS, SUBNET, ACCOUNT, times=2, source=THERE)
        running = lab.admit()
        assert lab.settle(running, checked=checked) == Settled()
        lab.fail(times=2)
        before = lab.views(*EVERYTHING)
        assert lab.settle(running, checked=checked) == Settled()
        assert lab.views(*EVERYTHING) == before

    @pytest.mark.parametrize("checked", [True, False], ids=["success", "unchecked"])
    def test_an_attempt_that_was_never_admitted_gives_nothing_back(self, lab: Lab, *, checked: bool) -> None:
        """Another's id takes no entry of anybody's."""
        lab.fail(times=3)
        forged = lab.attempt().attempt
        charged = tuple([one._replace(seq=0) for one in lab.admit().admitted.charged])
        before = lab.views(*EVERYTHING)
        lab.one(lab.admit(OTHER).settling(checked=checked)._replace(attempt=forged, charged=charged))
        assert lab.views(*EVERYTHING) == before

    def test_settling_where_nothing_is_kept_keeps_nothing(self, lab: Lab) -> None:
        """A counter that was forgotten is not made anew."""
        running = lab.admit(ACCOUNT)
        counters = tuple([charged._replace(key=OTHER.key) for charged in running.admitted.charged])
        lab.one(running.settling()._replace(charged=counters))
        assert lab.view(OTHER)[1:] == (0, 0, 0, None)

    def test_settling_nothing_says_nothing(self, lab: Lab) -> None:
        """An attempt without counters has nothing to give back."""
        assert lab.one(lab.admit(ACCOUNT).settling()._replace(charged=())) == Settled()
        assert lab.failures(ACCOUNT) == [1]

    # Looking and clearing

    def test_looking_changes_nothing(self, lab: Lab) -> None:
        """However often; not even for a key that was never charged."""
        assert lab.views(*EVERYTHING) == tuple([(one.scope, 0, 0, 0, None) for one in EVERYTHING])
        lab.lock(ACCOUNT)
        looks = [lab.view(ACCOUNT) for _ in range(3)]
        assert looks == [(Scope.ACCOUNT, 5, 5, 0, Refusal(Reason.LOCKED, WINDOW))] * 3
        lab.pass_time(WINDOW)
        assert [lab.view(ACCOUNT).level for _ in range(3)] == [1] * 3
        assert lab.lock(ACCOUNT) == Refusal(Reason.LOCKED, 2 * WINDOW)

    def test_a_look_shows_counters_in_the_order_asked_for(self, lab: Lab) -> None:
        """One view each."""
        lab.fail(ADDRESS, times=2)
        assert [view.scope for view in lab.views(ACCOUNT, ADDRESS)] == [Scope.ACCOUNT, Scope.ADDRESS]
        assert lab.failures(ACCOUNT, ADDRESS) == [0, 2]
        assert list(lab.views()) == []

    def test_clearing_gives_the_whole_budget_back(self, lab: Lab) -> None:
        """Entries, lock, level and run, of what is named and of nothing else."""
        for _ in range(2):
            lab.lock(ACCOUNT)
            lab.pass_time(2 * WINDOW)
        lab.lock(ACCOUNT)
        lab.lock(OTHER)
        assert lab.one(Clear((ACCOUNT,))) == Cleared()
        assert lab.view(ACCOUNT)[1:] == (0, 0, 0, None)
        assert lab.view(OTHER).refusal == Refusal(Reason.LOCKED, WINDOW)
        assert lab.lock(ACCOUNT) == Refusal(Reason.LOCKED, WINDOW)

    def test_an_attempt_from_before_a_clearing_takes_nothing_back_after_it(self, lab: Lab) -> None:
        """Its entry went, and the run that began since is not its own."""
        old = lab.admit(ACCOUNT)
        lab.one(Clear((ACCOUNT,)))
        lab.fail(ACCOUNT, times=2)
        lab.settle(old)
        assert lab.view(ACCOUNT)[1:3] == (2, 2)

    def test_what_a_success_gives_back_can_be_used_at_once(self, lab: Lab) -> None:
        """Twenty right passwords in a row are no twenty failures."""
        for _ in range(20):
            result = lab.settle(lab.admit(ACCOUNT))
            assert result == Settled()
        assert lab.admitted(ACCOUNT, of=6) == 5

    def test_one_trip_may_hold_operations_of_every_kind(self, lab: Lab) -> None:
        """Each sees what the ones before it did."""
        lab.fail(ACCOUNT, times=4)
        admit, look = lab.attempt(ACCOUNT), Inspect((ACCOUNT,))
        results = lab.store.execute((look, admit, look, Clear((ACCOUNT,)), look))
        assert isinstance(results[1], Admitted)
        kinds = [type(result).__name__ for result in results]
        assert kinds == ["Inspected", "Admitted", "Inspected", "Cleared", "Inspected"]
        views = [result.views[0].failures for result in results if isinstance(result, Inspected)]
        assert views == [4, 5, 0]
