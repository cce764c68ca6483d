"""Claims about counters: windows, locks, delays and the cap, to the millisecond."""

import pytest

from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import Admitted, Charge, Refused
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.testing.suite.lab import ACCOUNT, ADDRESS, EVERYTHING, WINDOW, Lab, Suite, charge, key

__all__ = ["CounterClaims"]

PLAIN = charge("plain", Rule(5, WINDOW))
DELAYING = charge("delaying", Rule(20, WINDOW, delay_after=3, delay=1_000, delay_max=5_000))
LONG_LOCK = charge("long lock", Rule(2, 1_000, lock=3_600_000, lock_max=3_600_000))
CAPPED = charge("capped", Rule(50, WINDOW, cap=10))
HALF_A_YEAR = 180 * DAY


class CounterClaims(Suite):
    """What a store says to attempts of which none succeeds."""

    def test_a_full_window_refuses_for_exactly_as_long_as_it_says(self, lab: Lab) -> None:
        """A millisecond before the entries' window ends it refuses for one; then it has room."""
        lab.fail(PLAIN, times=5)
        assert lab.refusal(PLAIN) == Refusal(Reason.LIMITED, WINDOW)
        lab.pass_time(WINDOW - 1)
        assert lab.refusal(PLAIN) == Refusal(Reason.LIMITED, 1)
        lab.pass_time(1)
        assert lab.admitted(PLAIN, of=6) == 5

    def test_the_window_slides(self, lab: Lab) -> None:
        """Each entry leaves when its own window ends: no boundary lets two budgets through at once."""
        for _ in range(5):
            lab.admit(PLAIN)
            lab.pass_time(100)
        lab.pass_time(WINDOW - 501)
        for _ in range(4):
            assert lab.refusal(PLAIN) == Refusal(Reason.LIMITED, 1)
            lab.pass_time(1)
            lab.admit(PLAIN)
            assert lab.refusal(PLAIN) == Refusal(Reason.LIMITED, 100)
            lab.pass_time(99)

    def test_a_refused_attempt_is_not_charged(self, lab: Lab) -> None:
        """However many come while the window is full, it has room when it said so."""
        lab.fail(PLAIN, times=5)
        for _ in range(10):
            assert isinstance(lab.ask(PLAIN), Refused)
            lab.pass_time(WINDOW // 10)
        assert lab.view(PLAIN).failures == 0

    def test_all_counters_are_charged_or_none(self, lab: Lab) -> None:
        """An address that is refused eats no account's budget, nor an account its address's."""
        lab.fail(PLAIN, times=5)
        for counters in ((PLAIN, *EVERYTHING), (*EVERYTHING, PLAIN)):
            assert lab.refusal(*counters) == Refusal(Reason.LIMITED, WINDOW)
        assert lab.failures() == [0, 0, 0]

    def test_every_counter_that_refuses_is_named_in_order(self, lab: Lab) -> None:
        """Those that wouldn't are left out."""
        lab.fail(PLAIN, times=5)
        lab.lock(ACCOUNT)
        refused = lab.ask(ACCOUNT, ADDRESS, PLAIN._replace(scope=Scope.SUBNET))
        locked, limited = Refusal(Reason.LOCKED, WINDOW), Refusal(Reason.LIMITED, WINDOW)
        assert refused == Refused(((Scope.ACCOUNT, locked), (Scope.SUBNET, limited)))

    def test_every_counter_that_was_charged_is_named_in_order(self, lab: Lab) -> None:
        """As it was asked for, and the numbers rise."""
        first, second = lab.admit().admitted, lab.admit().admitted
        assert [Charge(*charged[:3]) for charged in first.charged] == list(EVERYTHING)
        later = zip(first.charged, second.charged, strict=True)
        assert all(old.seq < new.seq for old, new in later)
        assert (first.known, first.observed, first.shared) == (False, (), False)

    def test_an_attempt_that_comes_again_is_charged_once(self, lab: Lab) -> None:
        """Its reply was lost: it is told that it was admitted, also when the window is full by now."""
        op = lab.attempt()
        assert isinstance(lab.one(op), Admitted)
        lab.fail(ACCOUNT, times=4)
        assert isinstance(lab.one(op), Admitted)
        assert lab.failures() == [1, 1, 5]

    def test_many_operations_in_one_trip_are_carried_out_in_order(self, lab: Lab) -> None:
        """Their results have the same order, and each sees what came before it."""
        results = lab.store.execute([lab.attempt(PLAIN) for _ in range(200)])
        assert [isinstance(result, Admitted) for result in results] == [True] * 5 + [False] * 195

    def test_no_operation_is_answered_by_no_result(self, lab: Lab) -> None:
        """An empty trip is legal."""
        assert list(lab.store.execute(())) == []

    # Locks

    def test_a_lock_ends_exactly_when_it_says(self, lab: Lab) -> None:
        """Whoever tries while it lasts makes it no longer."""
        assert lab.lock(ACCOUNT) == Refusal(Reason.LOCKED, WINDOW)
        lab.pass_time(WINDOW - 1)
        assert lab.refusal(ACCOUNT) == Refusal(Reason.LOCKED, 1)
        lab.pass_time(1)
        assert lab.admitted(ACCOUNT, of=6) == 5

    def test_a_lock_outlasts_its_window(self, lab: Lab) -> None:
        """A record that is dropped when its window ends would free it."""
        lab.lock(LONG_LOCK)
        for _ in range(35):
            lab.pass_time(100_000)
            assert lab.refusal(LONG_LOCK).reason is Reason.LOCKED
        lab.pass_time(100_000)
        assert lab.admitted(LONG_LOCK, of=3) == 2

    def test_every_lock_is_twice_as_long_as_the_one_before_up_to_a_maximum(self, lab: Lab) -> None:
        """And each ends with the whole budget."""
        for times in (1, 2, 4, 4, 4):
            refused = lab.lock(ACCOUNT)
            assert refused == Refusal(Reason.LOCKED, times * WINDOW)
            lab.pass_time(times * WINDOW)
            assert lab.view(ACCOUNT).failures == 0

    def test_the_level_falls_by_one_each_quiet_day(self, lab: Lab) -> None:
        """The time of a lock itself is not quiet."""
        for times in (1, 2):
            lab.lock(ACCOUNT)
            lab.pass_time(times * WINDOW)
        for level in (2, 1):
            lab.pass_time(DAY - 1)
            assert lab.view(ACCOUNT).level == level
            lab.pass_time(1)
            assert lab.view(ACCOUNT).level == level - 1
        assert lab.lock(ACCOUNT) == Refusal(Reason.LOCKED, WINDOW)

    def test_the_charge_that_fills_the_window_says_that_it_locks(self, lab: Lab) -> None:
        """That one and no other."""
        closes = [running.admitted.charged[0].closes for running in lab.fail(ACCOUNT, times=5)]
        assert closes == [None] * 4 + [Reason.LOCKED]

    # Delays

    def test_each_failure_doubles_the_wait_up_to_a_maximum(self, lab: Lab) -> None:
        """From the third on; exactly when the wait is over the next is admitted."""
        lab.fail(DELAYING, times=3)
        for seconds in (1, 2, 4, 5, 5):
            assert lab.refusal(DELAYING) == Refusal(Reason.DELAYED, seconds * 1_000)
            lab.pass_time(seconds * 1_000 - 1)
            assert lab.refusal(DELAYING) == Refusal(Reason.DELAYED, 1)
            lab.pass_time(1)
            lab.admit(DELAYING)

    # The cap

    def test_a_run_of_failures_ends_at_the_cap_whatever_the_windows(self, lab: Lab) -> None:
        """Time alone doesn't help."""
        running = lab.fail(CAPPED, times=9)[-1]
        lab.pass_time(30 * DAY)
        assert running.admitted.charged[0].closes is None
        assert lab.admit(CAPPED).admitted.charged[0].closes is Reason.CAPPED
        lab.pass_time(30 * DAY)
        assert lab.refusal(CAPPED) == Refusal(Reason.CAPPED, None)

    def test_a_run_is_remembered_for_half_a_year(self, lab: Lab) -> None:
        """Not a millisecond less, nor more."""
        lab.fail(CAPPED, times=10)
        lab.pass_time(HALF_A_YEAR - 1)
        assert lab.refusal(CAPPED) == Refusal(Reason.CAPPED, None)
        lab.pass_time(1)
        assert lab.view(CAPPED).consecutive == 0
        lab.admit(CAPPED)

    # Time

    @pytest.mark.parametrize("back", [1, WINDOW, DAY], ids=["a millisecond", "a window", "a day"])
    def test_a_clock_that_goes_back_frees_nothing(self, lab: Lab, back: int) -> None:
        """For a key time never goes back, so a lock is neither shortened nor lengthened for good."""
        lab.pass_time(10 * DAY)
        lab.lock(ACCOUNT)
        lab.fail(PLAIN, times=5)
        lab.pass_time(-back)
        assert lab.refusal(ACCOUNT) == Refusal(Reason.LOCKED, WINDOW)
        assert lab.refusal(PLAIN) == Refusal(Reason.LIMITED, WINDOW)
        lab.pass_time(back + WINDOW)
        assert lab.admitted(ACCOUNT, of=6) == lab.admitted(PLAIN, of=6) == 5

    def test_a_clock_that_went_back_still_bounds_a_window(self, lab: Lab) -> None:
        """What is charged afterwards counts as from the key's newest time."""
        lab.fail(PLAIN, times=3)
        lab.pass_time(-DAY)
        assert lab.admitted(PLAIN, of=5) == 2
        lab.pass_time(DAY + WINDOW - 1)
        assert lab.refusal(PLAIN) == Refusal(Reason.LIMITED, 1)

    # Keys and numbers

    def test_keys_never_mix(self, lab: Lab) -> None:
        """Not those that begin alike, differ in a bit or in case, or hold what a store may give a meaning."""
        same = key("same")
        names = [
            same,
            same[:-1],
            same + b"\0",
            bytes([same[0] ^ 1]) + same[1:],
            b"",
            b"\0",
            b"\0\0",
            b"a",
            b"A",
        ]
        names += [
            b"{a}",
            b"a:b",
            b"a b",
            b"a\r\n",
            b"*",
            b"%",
            b"_",
            b"'",
            b'"',
            b"\\",
            b"\xff",
            b"\xff\xfe",
            "ä".encode(),
        ]
        for name in names:
            assert lab.view(PLAIN._replace(key=name)).failures == 0, name
            lab.fail(PLAIN._replace(key=name), times=5)
        for name in names:
            assert lab.refusal(PLAIN._replace(key=name)) == Refusal(Reason.LIMITED, WINDOW), name

    def test_numbers_may_be_as_large_as_they_get(self, lab: Lab) -> None:
        """Ids and sources of 63 bits, a window of ten years, a limit of hundreds."""
        window, largest = 3_660 * DAY, 2**63 - 1
        counter = charge("large", Rule(200, window, lock=window, lock_max=window, cap=100_000))
        lab.store.execute([lab.attempt(counter, source=largest - number) for number in range(199)])
        op = lab.attempt(counter, source=largest)._replace(attempt=largest)
        assert isinstance(lab.one(op), Admitted)
        assert lab.view(counter)[1:] == (200, 200, 0, Refusal(Reason.LOCKED, window))
        lab.pass_time(window - 1)
        assert lab.refusal(counter) == Refusal(Reason.LOCKED, 1)
