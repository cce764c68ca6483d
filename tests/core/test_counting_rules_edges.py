"""Claims about the arithmetic of counters at its edges, where the general ones find no example by chance."""

from authguard_core.counting import rules
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.state import Counter, Entry
from tests.core.counting_key import CAPPED, LOCKING, LOGIN, MINUTE, PLAIN, START, THERE, WINDOW, Key

LONG = Rule(5, 10 * DAY, lock=10 * DAY, lock_max=10 * DAY)
"""A window of several days, in which the level falls."""
MEMORY = 180 * DAY


def failed(rule: Rule, count: int) -> Counter:
    """Return a counter whose entries have left the window while its failures are remembered."""
    key = Key(rule)
    key.attempts(count)
    key.clock += rule.window
    assert key.ask() is None
    assert key.counter.entries == []
    return key.counter


# ------------------------------------------------------------ how long it matters


def test_a66_more_than_a_tenth_of_the_cap_is_never_evicted() -> None:
    """Eleven of a hundred consecutive failures stay for 180 days, ten only as long as an outcome may come."""
    rule = LOGIN._replace(limit=1_000, delay_after=0)
    eleven, ten = failed(rule, 11), failed(rule, 10)
    assert rules.hot_until(eleven, rule) == eleven.last + MEMORY
    assert rules.hot_until(ten, rule) == ten.last + WINDOW


def test_a_counter_without_a_trace_may_go_at_once() -> None:
    """Nothing is hot about a key that nobody has tried."""
    assert rules.hot_until(Counter(), PLAIN) == 0


def test_a_level_matters_until_it_has_fallen_to_nothing() -> None:
    """Three locks later a key stays for three days, though nothing is in its window."""
    key = Key(LOCKING)
    for _ in range(3):
        key.clock = key.lock()
        assert key.ask() is None
    assert key.counter.level == 3
    assert rules.hot_until(key.counter, LOCKING) == key.clock + 3 * DAY


def test_the_level_of_a_lock_is_that_at_its_beginning() -> None:
    """In a window of days the level falls meanwhile; what the newest entry met is what counts."""
    counter = Counter()
    counter.level, counter.level_at = 9, START
    for attempt in range(LONG.limit):
        rules.charge(counter, LONG, Entry(START + attempt * DAY, attempt, THERE))
    end = START + 4 * DAY + LONG.lock
    assert rules.lock_end(counter, LONG) == end
    assert rules.hot_until(counter, LONG) == end + (9 - 4 + 1) * DAY


def test_the_level_rises_to_thirty_and_no_higher() -> None:
    """However often a key is locked, a month of quiet makes its locks short again."""
    rule = Rule(1, 2 * MINUTE, lock=2 * MINUTE, lock_max=2 * MINUTE)
    key = Key(rule)
    for _ in range(40):
        key.clock = key.lock()
    assert key.ask() is None
    assert key.counter.level == 30


# ------------------------------------------------------------ what is not there


def test_no_delay_and_no_window_end_while_there_is_room() -> None:
    """A counter below its limit and its delays says 0, which is never after now."""
    key = Key(LOGIN)
    key.attempts(1)
    assert rules.delay_end(key.counter, LOGIN) == 0
    assert rules.window_end(key.counter, LOGIN) == 0


def test_releasing_what_a_success_forgot_forgets_nothing_more() -> None:
    """A known source's success forgot the attempt already, so giving it back clears no later failure."""
    key = Key(CAPPED)
    key.attempts(1)
    rules.forget(key.counter, key.counter.total)
    key.attempts(1)
    key.release(0)
    assert rules.consecutive(key.counter) == 1


def test_a_reset_leaves_no_level() -> None:
    """The next lock after it is as short as the first, whatever the clock says."""
    counter = Counter()
    counter.level, counter.level_at = 4, MINUTE
    rules.reset(counter, LOCKING, MINUTE)
    assert rules.level_at(counter, MINUTE) == 0
    assert rules.hot_until(counter, LOCKING) == 0
