"""Windows and clocks: what any stretch of time holds, wherever it begins and however the clock runs."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core import Attempt, Guard, MemoryStorage, Reason, Settings, Verdict
from tests.attacks.world import DAY, MINUTE, SECRET, Clock, Login, make_login

WINDOW = 15 * MINUTE
STEPS = (1, 2, 4, 8, 15, 30, 60, 300, 900, 3_600)

# Eighths of a second, which floats hold exactly.
GAPS = st.lists(st.integers(min_value=0, max_value=8 * 1_200).map(lambda eighths: eighths / 8), max_size=60)


def most_in_a_window(times: list[float], window: float) -> int:
    """How many of the times the fullest half-open window of this length holds, wherever it begins."""
    return max((sum(first <= other < first + window for other in times) for first in times), default=0)


def checked_at(login: Login, gaps: Iterable[float], names: Iterable[str]) -> list[float]:
    """Guess after each gap, and return when a password was looked at."""
    times: list[float] = []
    for gap, name in zip(gaps, names, strict=False):
        login.clock.advance(gap)
        before = login.checked.total()
        login.attempt(name)
        times += [login.clock.now] * (login.checked.total() - before)
    return times


def test_a02_a_botnet_gets_five_guesses_in_any_window_of_a_day() -> None:
    """G1: 10,000 tries in a day, each from an address never seen before: no quarter of an hour holds six."""
    login, times = make_login(), list[float]()
    for number in range(10_000):
        login.clock.advance(DAY / 10_000)
        if login.attempt("alice", address=f"10.{number >> 8}.{number & 255}.1").reason is Reason.FAILED:
            times.append(login.clock.now)
    assert most_in_a_window(times, WINDOW) <= 5
    assert login.checked["alice"] == len(times) <= 100


@given(GAPS, st.sampled_from(["off", "15m"]))
def test_a07_no_sliding_window_of_an_account_holds_more_than_five(gaps: list[float], lock: str) -> None:
    """G1: whenever the guesses come, any fifteen minutes hold five checks at most, with a lock or without."""
    login = make_login(delay_after=5, lock=lock)
    times = checked_at(login, gaps, ["alice"] * len(gaps))
    assert most_in_a_window(times, WINDOW) <= 5


@given(GAPS)
def test_a07_no_sliding_window_of_an_address_holds_more_than_its_limit(gaps: list[float]) -> None:
    """The address's limit has no boundary to burst at either, whatever names are tried."""
    login = make_login(ip_limit="4/15m")
    times = checked_at(login, gaps, (f"user{number}" for number in range(len(gaps))))
    assert most_in_a_window(times, WINDOW) <= 4


def test_a07_a_window_frees_a_place_exactly_when_its_oldest_guess_leaves_it() -> None:
    """Not a millisecond earlier, and not later: five at the end of one window block the next one's begin."""
    login = make_login(delay_after=5, lock="off")
    times = checked_at(login, [0, 0, 0, 0, 0, WINDOW - 0.001, 0.001], ["alice"] * 7)
    assert [round(later - earlier, 3) for earlier, later in pairwise(times)] == [0, 0, 0, 0, WINDOW]


def test_a09_threads_that_waited_for_the_end_of_a_lock_share_one_budget(undelayed: Login) -> None:
    """Ending the lock and charging are one step: a hundred threads at that moment get five and lock again."""
    undelayed.exhaust("alice")
    undelayed.clock.advance(15 * MINUTE)
    barrier = Barrier(100)

    def guess(_: int) -> bool:
        barrier.wait()
        return undelayed.guard.check(Attempt(identifier="alice", peer="203.0.113.1")).allowed

    with ThreadPoolExecutor(100) as pool:
        assert sum(pool.map(guess, range(100))) == 5
    assert undelayed.attempt("alice").wait == 30 * MINUTE


@given(st.lists(st.sampled_from([-3_600.0, -1.0, 0.0, 1.0, 3_600.0]), min_size=10, max_size=60))
def test_a61_no_wait_is_negative_or_longer_than_the_longest_lock(steps: list[float]) -> None:
    """With the clock an hour off at every step, each refusal names a wait above nothing and up to an hour."""
    login = make_login()
    for step in steps:
        decision = login.attempt("alice")
        login.clock.advance(step)
        if decision.reason in {Reason.LOCKED, Reason.DELAYED, Reason.LIMITED}:
            assert decision.wait is not None
            assert 0 < decision.wait <= 3_600
        assert decision.retry_after in STEPS


@pytest.mark.parametrize("skew", [-3_600, -1, 1, 3_600])
def test_a61_the_applications_clock_changes_no_limit(skew: int) -> None:
    """The store's clock alone counts: an application an hour off opens no window and lengthens no lock."""
    clock, settings = Clock(), Settings.load(secret_key=SECRET, login={"delay_after": 5})
    store = MemoryStorage(clock=clock)
    skewed = Clock(clock.now + skew)
    logins = [
        Login(Guard(settings, storage=store, clock=own), clock, store) for own in (Clock(clock.now), skewed)
    ]
    cookies = [login.device_of("alice") for login in logins]
    for login in logins * 4:
        login.attempt("alice")
    assert sum(login.checked["alice"] for login in logins) - len(cookies) == 5
    for login in logins:
        assert login.attempt("alice", "right").reason is Reason.LOCKED
        for cookie in cookies:
            assert login.attempt("alice", "right", device=cookie).verdict is Verdict.COMPLETE
    clock.advance(15 * MINUTE)
    for login in logins:
        assert login.attempt("alice", "right").verdict is Verdict.COMPLETE
