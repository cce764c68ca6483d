"""Claims about progressive delays and account locks: when they begin, when they end, how they grow."""

import pytest

from authguard_core.counting import rules
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason, Refusal
from authguard_core.counting.state import Entry, pack, unpack
from tests.core.counting_key import HOUR, LOCKING, LOGIN, MINUTE, PLAIN, SECOND, START, WINDOW, Key

# ------------------------------------------------------------ the delay


def test_the_delay_doubles_from_the_third_surviving_failure_on() -> None:
    """1 s after the third, 2 s after the fourth, and so on up to the longest delay."""
    key = Key(LOGIN._replace(limit=50, lock=0))
    waits = list[int]()
    for _ in range(12):
        refusal = key.attempt()
        if refusal:
            assert refusal.wait is not None
            waits.append(refusal.wait)
            key.clock += refusal.wait
            assert key.attempt() is None
    assert waits == [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000][: len(waits)]
    assert len(waits) >= 7


def test_a_delayed_attempt_is_admitted_exactly_when_it_was_told() -> None:
    """One millisecond before it isn't."""
    key = Key(LOGIN)
    for _ in range(3):
        key.attempt()
    assert key.attempt() == Refusal(Reason.DELAYED, SECOND)
    key.clock += SECOND - 1
    assert key.attempt() == Refusal(Reason.DELAYED, 1)
    key.clock += 1
    assert key.attempt() is None


def test_a13_a_delay_is_computed_from_the_survivors() -> None:
    """Right passwords that are proven within the second delay nobody after them."""
    key = Key(LOGIN)
    for _ in range(3):
        key.attempt()
    assert key.attempt() is not None
    key.succeed(1)
    assert key.attempt() is None


def test_refused_attempts_never_extend_a_delay() -> None:
    """The delay begins at the last charged attempt, however often somebody asks."""
    key = Key(LOGIN)
    for _ in range(3):
        key.attempt()
    for passed in range(0, SECOND, 100):
        key.clock = START + passed
        assert key.attempt() == Refusal(Reason.DELAYED, SECOND - passed)


@pytest.mark.parametrize("after", [5, 6])
def test_a_delay_that_begins_at_the_limit_or_above_never_comes(after: int) -> None:
    """Then parallel guesses reach the check exactly N times."""
    key = Key(LOGIN._replace(delay_after=after))
    assert [key.attempt() for _ in range(6)] == [None] * 5 + [Refusal(Reason.LOCKED, WINDOW)]


@pytest.mark.parametrize(
    "rule", [PLAIN._replace(delay=SECOND, delay_max=SECOND), PLAIN._replace(delay_after=3)]
)
def test_a_delay_of_which_a_part_is_zero_is_off(rule: Rule) -> None:
    """A rule without delay, or without the number it begins at, never delays, from the first attempt on."""
    key = Key(rule)
    assert [key.attempt() for _ in range(5)] == [None] * 5
    assert rules.delay_end(key.counter, rule._replace(delay_after=0)) == 0


def test_a_very_long_row_of_failures_has_the_longest_delay() -> None:
    """Doubling stops long before the numbers grow."""
    key = Key(Rule(3_000, DAY, delay_after=1, delay=1, delay_max=30 * SECOND))
    for _ in range(2_000):
        rules.charge(key.counter, key.rule, Entry(START, 0, 0))
    assert rules.delay_end(key.counter, key.rule) == START + 30 * SECOND


# ------------------------------------------------------------ the lock


def test_a01_a_lock_begins_when_the_window_holds_n_and_ends_exactly_at_t() -> None:
    """The attempt after the Nth is refused for T from the Nth on, to the millisecond."""
    key = Key(LOCKING)
    key.attempts(5)
    last = key.charged[-1]
    for clock in (last, last + 1, last + WINDOW - 1):
        key.clock = clock
        assert key.attempt() == Refusal(Reason.LOCKED, last + WINDOW - clock)
    key.clock = last + WINDOW
    assert key.attempt() is None


def test_a40_attempts_during_a_lock_never_extend_it() -> None:
    """An attacker who hammers a locked account keeps its owner out no longer."""
    key = Key(LOCKING)
    end = key.lock()
    while key.clock < end:
        assert key.attempt() == Refusal(Reason.LOCKED, end - key.clock)
        key.clock = min(key.clock + 10 * SECOND, end)
    assert key.attempt() is None


def test_a09_after_a_lock_the_account_has_its_whole_budget_again() -> None:
    """The first admission after the end empties the log and counts the lock, in one step."""
    key = Key(LOCKING)
    key.clock = key.lock()
    assert key.attempt() is None
    assert len(key.counter.entries) == 1
    assert (key.counter.level, key.counter.level_at) == (1, key.clock)
    for _ in range(4):
        assert key.attempt() is None
    assert key.attempt() == Refusal(Reason.LOCKED, 2 * WINDOW)


def test_a08_each_lock_is_twice_as_long_as_the_one_before_up_to_the_longest() -> None:
    """Locks that follow each other never get shorter, and every one begins after N attempts."""
    key, lengths = Key(LOCKING), list[int]()
    for _ in range(5):
        before = len(key.charged)
        end = key.lock()
        assert len(key.charged) - before == 5
        lengths.append(end - key.charged[-1])
        key.clock = end
    assert lengths == [WINDOW, 2 * WINDOW, HOUR, HOUR, HOUR]


def test_a08_a_lock_longer_than_a_day_doubles_too() -> None:
    """The time of a lock is no quiet day: locks of days still double up to the longest."""
    key, lengths = Key(LOCKING._replace(lock=DAY, lock_max=7 * DAY)), list[int]()
    for _ in range(5):
        end = key.lock()
        lengths.append(end - key.charged[-1])
        key.clock = end
    assert lengths == [DAY, 2 * DAY, 4 * DAY, 7 * DAY, 7 * DAY]


def test_a08_a_lock_across_the_end_of_a_day_counts_as_one_more() -> None:
    """A day that ends while a lock lasts takes nothing from its level."""
    key = Key(LOCKING)
    key.clock = key.lock()
    key.clock += DAY - 10 * MINUTE
    end = key.lock()
    key.clock = end
    assert end - key.charged[-1] == 2 * WINDOW
    assert key.attempt() is None
    assert key.counter.level == 2


def test_the_level_falls_by_one_each_quiet_day() -> None:
    """A whole day, counted from the end of the last lock, takes one level off; a millisecond less doesn't."""
    key = Key(LOCKING)
    for _ in range(3):
        key.clock = key.lock()
    key.ask()
    end = key.clock
    levels = [rules.level_at(key.counter, end + days * DAY) for days in range(5)]
    assert levels == [3, 2, 1, 0, 0]
    assert rules.level_at(key.counter, end + DAY - 1) == 3
    assert rules.level_at(key.counter, end - DAY) == 3


def test_a_quiet_day_halves_the_next_lock() -> None:
    """The length of a lock follows from the level at its beginning."""
    key = Key(LOCKING)
    for _ in range(2):
        key.clock = key.lock()
    key.clock += DAY
    assert key.lock() - key.charged[-1] == 2 * WINDOW


def test_the_level_stops_at_its_highest() -> None:
    """A year of locks leaves a level that a store can keep."""
    key = Key(LOCKING)
    for _ in range(40):
        key.clock = key.lock()
    assert key.ask() is None
    assert key.counter.level == rules.MAX_LEVEL
    assert unpack(pack(key.counter))


def test_a_refund_takes_a_lock_back() -> None:
    """If the attempt that filled the window proves right, the lock is as if it never was."""
    key = Key(LOCKING)
    key.lock()
    rules.refund(key.counter, 4)
    assert key.attempt() is None
    assert key.counter.level == 0


def test_without_a_lock_time_a_full_window_only_waits() -> None:
    """Nothing is counted as a lock, and nothing escalates."""
    key = Key(PLAIN)
    key.attempts(5)
    assert rules.lock_end(key.counter, PLAIN) == 0
    key.clock += WINDOW
    assert key.ask() is None
    assert key.counter.level == 0
