"""Guessing: what reaches the password's check, however it is tried."""

import pytest

from authguard_core import Attempt, Outcome, Reason, Verdict
from tests.attacks.world import DAY, MINUTE, Login, make_login


def test_a01_one_account_from_one_address_gets_five_checks_and_then_a_lock(undelayed: Login) -> None:
    """G1: of 55 guesses in a frozen moment exactly five reach the check."""
    for _ in range(55):
        undelayed.attempt("alice")
    assert undelayed.checked["alice"] == 5


def test_a01_a_lock_refuses_the_right_password_too(undelayed: Login) -> None:
    """The sixth attempt is refused although its password is right."""
    undelayed.exhaust("alice")
    assert undelayed.attempt("alice", "right").reason is Reason.LOCKED
    assert undelayed.checked["alice"] == 5


def test_a01_the_lock_ends_exactly_when_it_said(undelayed: Login) -> None:
    """A millisecond before the end it refuses; at the end the right password gets in."""
    undelayed.exhaust("alice")
    undelayed.clock.advance(15 * MINUTE - 0.001)
    assert undelayed.attempt("alice", "right").verdict is Verdict.REFUSE
    undelayed.clock.advance(0.001)
    assert undelayed.attempt("alice", "right").verdict is Verdict.COMPLETE


def test_a02_ten_thousand_addresses_share_the_accounts_one_budget(undelayed: Login) -> None:
    """Every guess from an address of its own: still five reach the check."""
    for number in range(10_000):
        undelayed.attempt("alice", address=f"10.{number >> 8}.{number & 255}.1")
    assert undelayed.checked["alice"] == 5


def test_a02_a_hundred_failures_in_a_row_are_the_end_whatever_the_windows(login: Login) -> None:
    """G3: a patient botnet gets a hundred checks in all, and then none, for half a year of waiting."""
    for number in range(2_000):
        login.attempt("alice", address=f"10.{number >> 8}.{number & 255}.1")
        login.clock.advance(20 * MINUTE)
    assert login.checked["alice"] == 100
    assert login.attempt("alice", "right").reason is Reason.CAPPED


def test_a04_spraying_many_accounts_from_one_address_stops_at_the_addresses_limit(login: Login) -> None:
    """A thousand accounts, one guess each: thirty are checked."""
    for number in range(1_000):
        login.attempt(f"user{number}")
    assert login.checked.total() == 30


def test_a04_spraying_from_a_whole_subnet_stops_at_the_subnets_limit(login: Login) -> None:
    """The same from 256 neighbours: three hundred are checked."""
    for number in range(2_000):
        login.attempt(f"user{number}", address=f"203.0.113.{number % 256}")
    assert login.checked.total() == 300


def test_a06_just_under_every_window_for_ninety_days_reaches_the_cap(login: Login) -> None:
    """G3: four guesses each quarter of an hour for ninety days: a hundred are checked."""
    for _ in range(90 * 96):
        for _ in range(4):
            login.attempt("alice")
            login.clock.advance(4)
        login.clock.advance(15 * MINUTE)
    assert login.checked["alice"] == 100


def test_a06_one_guess_a_day_is_counted_as_consecutive_too(login: Login) -> None:
    """G3: two hundred days with one guess each: a hundred are checked."""
    for _ in range(200):
        login.attempt("alice")
        login.clock.advance(DAY)
    assert login.checked["alice"] == 100


def test_a07_no_burst_at_the_boundary_of_a_window() -> None:
    """Five just before a boundary leave none just after it: any window holds five."""
    login = make_login(delay_after=5, lock="off")
    login.clock.advance(15 * MINUTE - 1)
    for _ in range(10):
        login.attempt("alice")
    login.clock.advance(2)
    for _ in range(10):
        login.attempt("alice")
    assert login.checked["alice"] == 5


def test_a08_the_lock_is_armed_again_after_each_end(undelayed: Login) -> None:
    """Five cycles: each gives five checks, and waits of 15, 30, 60, 60, 60 minutes."""
    waits: list[float | None] = []
    for cycle in range(1, 6):
        undelayed.exhaust("alice")
        assert undelayed.checked["alice"] == 5 * cycle
        waits.append(undelayed.attempt("alice").wait)
        undelayed.clock.advance(waits[-1] or 0)
    assert waits == [900, 1_800, 3_600, 3_600, 3_600]


def test_a09_one_failure_after_the_lock_does_not_lock_again(undelayed: Login) -> None:
    """After its end the account has its whole budget: four failures more leave it open."""
    undelayed.exhaust("alice")
    undelayed.clock.advance(15 * MINUTE)
    for _ in range(4):
        undelayed.attempt("alice")
    assert undelayed.attempt("alice", "right").verdict is Verdict.COMPLETE


def test_a08_a_quiet_day_takes_one_level_off(undelayed: Login) -> None:
    """Two locks make the third an hour; with a quiet day in between it is half an hour."""
    undelayed.exhaust("alice")
    undelayed.clock.advance(15 * MINUTE)
    undelayed.exhaust("alice")
    undelayed.clock.advance(30 * MINUTE + DAY)
    undelayed.exhaust("alice")
    assert undelayed.attempt("alice").wait == 1_800


def test_a42_the_delay_is_told_and_doubles() -> None:
    """From the third failure on the next attempt is told to wait 1, 2, 4 ... seconds up to the most."""
    login = make_login(account_limit="9/15m", delay_max="16s")
    waits: list[float | None] = []
    for _ in range(8):
        login.attempt("alice")
        refused = login.guard.inspect("alice")
        waits.append(refused.wait)
        login.clock.advance(refused.wait or 0)
    assert waits == [None, None, 1, 2, 4, 8, 16, 16]


def test_a42_attempts_during_a_delay_or_lock_extend_nothing(login: Login) -> None:
    """A thousand impatient attempts later the wait is the same."""
    login.exhaust("alice")
    before = login.guard.inspect("alice")
    for _ in range(1_000):
        login.attempt("alice")
    assert login.guard.inspect("alice") == before


@pytest.mark.parametrize("purpose", ["login", "otp"])
def test_a50_each_purpose_has_one_budget_of_its_own(login: Login, purpose: str) -> None:
    """One account budget is shared by all routes of one purpose, and none by two purposes."""
    guesses = [login.guard.check(Attempt(identifier="alice", peer=None, purpose=purpose)) for _ in range(4)]
    assert [guess.allowed for guess in guesses] == [True, True, True, False]
    other = {"login": "otp", "otp": "login"}[purpose]
    assert login.guard.check(Attempt(identifier="alice", peer=None, purpose=other)).allowed


def test_g2_a_forgotten_outcome_counts_as_a_failure(undelayed: Login) -> None:
    """An attempt that nobody settles is never given back."""
    for _ in range(5):
        assert undelayed.guard.check(Attempt(identifier="alice", peer="203.0.113.1")).allowed
    assert undelayed.attempt("alice", "right").reason is Reason.LOCKED


def test_g2_settling_twice_gives_back_once(undelayed: Login) -> None:
    """A second success with the same ticket changes nothing."""
    for address in ("203.0.113.2", "203.0.113.3", "203.0.113.4"):
        undelayed.attempt("alice", address=address)
    decision = undelayed.guard.check(Attempt(identifier="alice", peer="203.0.113.1"))
    assert decision.ticket
    for _ in range(3):
        undelayed.guard.settle(decision.ticket, Outcome.SUCCESS)
    assert undelayed.guard.inspect("alice").failures == 3


def patient(login: Login, *, hours: float, cookie: str | None = None) -> int:
    """Guess whenever it is allowed, for hours; with a cookie the owner lifts each cap. Return the checks."""
    end, before, owner = login.clock.now + hours * 60 * MINUTE, login.checked["alice"], 0
    while login.clock.now < end:
        decision = login.attempt("alice")
        if decision.reason is Reason.CAPPED and cookie:
            owner += login.attempt("alice", "right", device=cookie).verdict is Verdict.COMPLETE
        login.clock.advance(decision.wait or (MINUTE if decision.reason is Reason.CAPPED else 0))
    return login.checked["alice"] - before - owner


def test_a06_the_cap_is_reached_within_18_hours_and_then_nothing_is_checked(login: Login) -> None:
    """Who runs into every lock: a hundred checks in 17 h 46 min, then none for a week."""
    assert patient(login, hours=17.7) == 95
    assert patient(login, hours=0.07) == 5
    assert patient(login, hours=7 * 24) == 0


def test_a02_an_owner_who_lifts_each_cap_leaves_120_guesses_a_day(login: Login) -> None:
    """Who runs into every lock: 130 on the first day, 120 on each further one."""
    cookie = login.device_of("alice")
    days = [patient(login, hours=24, cookie=cookie) for _ in range(3)]
    assert days == [130, 120, 120]


def test_a06_a11_a_success_clears_no_failure_that_began_after_it_however_late_it_is_told() -> None:
    """The account meant nothing for a while, and the store forgot it: no number comes again."""
    login = make_login(account_limit="9/20s", delay="off", lock="off", ip_limit="off", subnet_limit="off")
    for _ in range(5):
        login.begin("alice", address="198.51.100.9")
    late = login.begin("alice")
    login.attempt("alice", "right")
    login.clock.advance(60)
    for number in range(10):
        login.begin(f"other{number}")
    for _ in range(3):
        login.begin("alice", address="203.0.113.5")
    assert late
    login.guard.settle(late, Outcome.SUCCESS)
    assert login.guard.inspect("alice").consecutive == 3


def test_a08_an_operators_look_changes_nothing(undelayed: Login) -> None:
    """A right password told after the lock has ended takes it back, whether somebody looked or not."""
    levels = list[int]()
    for name, looks in (("alice", True), ("bob", False)):
        last = [undelayed.begin(name, address=f"198.51.100.{number}") for number in range(5)][-1]
        undelayed.clock.advance(15 * MINUTE)
        if looks:
            undelayed.guard.inspect(name)
        assert last
        undelayed.guard.settle(last, Outcome.SUCCESS)
        levels.append(undelayed.guard.inspect(name).level)
    assert levels == [0, 0]
