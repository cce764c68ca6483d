"""Claims about the arithmetic of counters: windows, what is given back, and how long it matters.

Delays and locks are in ``test_counting_locks.py``, the consecutive cap is in ``test_counting_cap.py``.
"""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from authguard_core.counting import rules
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason, Refusal
from authguard_core.counting.state import Counter
from tests.core.counting_key import (
    CAPPED,
    HERE,
    HOUR,
    LOCKING,
    LOGIN,
    MINUTE,
    PLAIN,
    SECOND,
    START,
    THERE,
    WINDOW,
    Key,
)

RULES = st.builds(
    Rule,
    limit=st.integers(min_value=1, max_value=6),
    window=st.just(100),
    burst=st.just(0),
    delay_after=st.integers(min_value=0, max_value=7),
    delay=st.sampled_from([0, 3]),
    delay_max=st.just(20),
    lock=st.sampled_from([0, 100, 130]),
    lock_max=st.just(500),
    cap=st.just(0),
)


# ------------------------------------------------------------ the window


@given(
    RULES,
    st.lists(
        st.tuples(
            st.integers(min_value=-150, max_value=150) | st.integers(min_value=0, max_value=12),
            st.sampled_from(["attempt", "attempt", "attempt", "succeed", "release"]),
            st.integers(min_value=0, max_value=99),
        ),
        max_size=60,
    ),
)
def test_a07_a61_no_window_holds_more_unproven_attempts_than_the_limit(
    rule: Rule, steps: list[tuple[int, str, int]]
) -> None:
    """Whatever succeeds, and wherever the clock goes, any window of the key's time holds at most N."""
    key, proven = Key(rule), set[int]()
    for step, what, which in steps:
        key.clock += step
        running = [attempt for attempt in range(len(key.charged)) if attempt not in proven]
        if what == "attempt":
            key.attempt(source=len(key.charged))
        elif running:
            attempt = running[which % len(running)]
            proven.add(attempt)
            key.succeed(attempt, source=attempt) if what == "succeed" else key.release(attempt)
    unproven = [when for attempt, when in enumerate(key.charged) if attempt not in proven]
    windows = [sum(begin <= when < begin + rule.window for when in unproven) for begin in unproven]
    assert max(windows, default=0) <= rule.limit


def test_a07_a_burst_on_each_side_of_a_boundary_is_one_burst() -> None:
    """There is no boundary: N just before and N just after any moment are refused as 2 N."""
    key = Key(PLAIN, clock=START + WINDOW - 1)
    assert [key.attempt() for _ in range(5)] == [None] * 5
    key.clock = START + WINDOW + 1
    assert key.attempt() == Refusal(Reason.LIMITED, WINDOW - 2)


@given(st.lists(st.sampled_from([-HOUR, HOUR, -WINDOW, WINDOW, 0]), max_size=60))
def test_a61_a_clock_that_swings_frees_one_window_at_most(steps: list[int]) -> None:
    """Between two turns of the clock, however many there are, nobody gets a third budget."""
    key, clock = Key(PLAIN), START
    for step in steps:
        clock = min(max(clock + step, START), START + HOUR)
        key.clock = clock
        while key.attempt() is None:
            pass
    highest = max(key.charged, default=START)
    assert len(key.charged) <= PLAIN.limit * (1 + (highest - START) // WINDOW)


def test_an_entry_counts_for_exactly_one_window() -> None:
    """A full window has room again when its oldest entry is one window old, not a millisecond before."""
    key = Key(PLAIN)
    key.attempts(5)
    key.clock = START
    assert key.attempt() == Refusal(Reason.LIMITED, START + WINDOW - key.now)
    key.clock = START + WINDOW - 1
    assert key.attempt() == Refusal(Reason.LIMITED, 1)
    key.clock = START + WINDOW
    assert key.attempt() is None


def test_a_limit_that_was_lowered_holds_at_once() -> None:
    """A window with more entries than the limit waits until all but N - 1 have gone."""
    key = Key(PLAIN)
    key.attempts(5)
    key.rule = PLAIN._replace(limit=2)
    assert key.attempt() == Refusal(Reason.LIMITED, START + 3 * MINUTE + WINDOW - key.clock)


def test_the_time_of_a_key_never_goes_back() -> None:
    """A clock that was set back stands still for the key."""
    key = Key(PLAIN)
    key.attempts(1)
    key.clock -= HOUR
    assert key.now == START


# ------------------------------------------------------------ a reference model


@dataclass
class Plain:
    """The same rules, told in the plainest way: every attempt ever, and the locks that came."""

    rule: Rule
    survivors: list[int] = field(default_factory=list)
    level: int = 0
    level_since: int = 0

    def level_on(self, when: int) -> int:
        return max(self.level - (when - self.level_since) // DAY, 0)

    def verdict(self, now: int) -> Refusal | None:
        rule, survivors = self.rule, self.survivors
        if rule.lock and len(survivors) == rule.limit:
            level = self.level_on(survivors[-1])
            end = survivors[-1] + min(rule.lock * 2**level, rule.lock_max)
            if now < end:
                return Refusal(Reason.LOCKED, end - now)
            self.survivors, self.level, self.level_since = [], level + 1, end
            return None
        self.survivors = survivors = [when for when in survivors if now - when < rule.window]
        if len(survivors) == rule.limit:
            return Refusal(Reason.LIMITED, survivors[0] + rule.window - now)
        over = len(survivors) - rule.delay_after
        wait = min(rule.delay * 2**over, rule.delay_max) if rule.delay_after and over >= 0 else 0
        due = survivors[-1] + wait if wait else now
        return Refusal(Reason.DELAYED, due - now) if due > now else None


@given(
    RULES.map(lambda rule: rule._replace(window=100 * MINUTE, lock=rule.lock * MINUTE, lock_max=DAY)),
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2, 5, 20, 50 * MINUTE, 100 * MINUTE, 130 * MINUTE, DAY, 3 * DAY]),
            st.sampled_from(["attempt", "attempt", "attempt", "take back"]),
        ),
        max_size=60,
    ),
)
def test_the_rules_say_what_the_plain_model_says(rule: Rule, steps: list[tuple[int, str]]) -> None:
    """Reason and wait are those of the model, after any history of attempts and refunds."""
    key, model = Key(rule), Plain(rule)
    for step, what in steps:
        key.clock += step
        if what == "attempt":
            refusal = key.attempt()
            assert refusal == model.verdict(key.clock)
            if refusal is None:
                model.survivors.append(key.clock)
        elif key.surviving:
            rules.refund(key.counter, key.surviving[-1])
            model.survivors.pop()


# ------------------------------------------------------------ success, refund, reset


def test_a10_a_success_takes_older_entries_of_its_own_source_alone() -> None:
    """Another source's failures stay in the window, and so does whatever began later."""
    key = Key(CAPPED)
    for source in (HERE, THERE, HERE, HERE, THERE, HERE):
        key.attempts(1, source=source)
    key.succeed(3)
    assert key.surviving == [1, 4, 5]
    assert [entry.source for entry in key.counter.entries] == [THERE, THERE, HERE]


def test_a_success_that_left_the_window_takes_nothing_from_it() -> None:
    """It only begins the consecutive count anew, up to itself."""
    key = Key(CAPPED)
    key.attempts(1)
    key.clock += WINDOW
    key.attempts(2)
    key.succeed(0)
    assert key.surviving == [1, 2]
    assert rules.consecutive(key.counter) == 2


def test_a64_settling_twice_changes_nothing_more() -> None:
    """A success, a release and a refund are given back once."""
    key = Key(CAPPED)
    key.attempts(6)
    for _ in range(2):
        key.succeed(0)
        key.release(2)
        rules.refund(key.counter, 4)
    assert key.surviving == [1, 3, 5]
    assert rules.consecutive(key.counter) == 4


@given(st.integers(min_value=0, max_value=40), st.integers(min_value=-5, max_value=60))
def test_no_running_number_forgets_what_never_was(charged: int, seq: int) -> None:
    """The count stays between none and all, whatever number comes with a ticket."""
    key = Key(CAPPED._replace(cap=0))
    key.attempts(charged)
    rules.forget(key.counter, START + seq)
    assert rules.consecutive(key.counter) == min(charged, max(0, charged - seq))


def test_a_reset_gives_the_whole_budget_back() -> None:
    """No entry, no lock, no level and no consecutive failure is left."""
    key = Key(LOGIN)
    key.clock = key.lock()
    key.clock = key.lock()
    rules.reset(key.counter, key.rule, key.clock)
    assert key.attempt() is None
    assert (rules.consecutive(key.counter), rules.level_at(key.counter, key.clock)) == (1, 0)


def test_a11_what_began_before_a_reset_clears_nothing_after_it() -> None:
    """The running numbers go on."""
    key = Key(CAPPED)
    key.attempts(4)
    rules.reset(key.counter, key.rule, key.clock)
    key.attempts(3)
    key.succeed(2)
    key.release(3)
    assert rules.consecutive(key.counter) == 3


def test_the_log_tells_when_an_attempt_came_and_which_it_was() -> None:
    """So a lost reply can be given again."""
    key = Key(PLAIN)
    key.attempts(3)
    assert rules.is_charged(key.counter, 1)
    assert rules.position(key.counter, 1) == key.number(1)
    assert not rules.is_charged(key.counter, 3)
    assert rules.refund(key.counter, 1) == START + MINUTE
    assert rules.refund(key.counter, 1) is None


# ------------------------------------------------------------ delay and cap


def test_a_delay_has_no_end_before_it_begins() -> None:
    """Below the number it begins at, no delay runs."""
    assert rules.delay_end(Counter(), LOGIN) == 0


def test_only_a_refusal_by_the_cap_has_no_duration() -> None:
    """Time alone doesn't end it, so there is nothing to wait for."""
    key = Key(CAPPED)
    key.attempts(10)
    assert key.attempt() == Refusal(Reason.CAPPED, None)


# ------------------------------------------------------------ the token bucket


def test_a_bucket_refuses_until_its_next_token() -> None:
    """A rule with a burst is a bucket: it neither lists entries nor locks."""
    key = Key(Rule(60, MINUTE, burst=2))
    assert [key.attempt(), key.attempt()] == [None, None]
    assert key.attempt() == Refusal(Reason.LIMITED, SECOND)
    assert key.counter.entries == []
    assert rules.expires(key.counter, key.rule) == START + 2 * SECOND


# ------------------------------------------------------------ how long it matters


@st.composite
def histories(draw: st.DrawFn) -> Key:
    """A counter after any history."""
    key = Key(draw(st.sampled_from([PLAIN, LOCKING, LOGIN, CAPPED, Rule(60, MINUTE, burst=3)])))
    waits = st.sampled_from([0, SECOND, MINUTE, WINDOW, HOUR, DAY])
    for wait, settled in draw(st.lists(st.tuples(waits, st.booleans()), max_size=25)):
        key.clock += wait
        if key.attempt() is None and settled and not key.rule.burst:
            key.succeed(len(key.charged) - 1)
    return key


@given(histories())
def test_an_expired_counter_says_no_more_than_none(key: Key) -> None:
    """A store may drop it then: no entry, level or consecutive failure is lost."""
    key.clock = max(rules.expires(key.counter, key.rule), key.now)
    now = key.now
    rules.advance(key.counter, key.rule, now)
    assert rules.refusal(key.counter, key.rule, now) is None
    assert key.counter.entries == []
    assert rules.level_at(key.counter, now) == 0
    assert not key.rule.cap or rules.consecutive(key.counter) == 0


@given(histories(), st.integers(min_value=0, max_value=400 * DAY))
def test_a66_a_counter_that_refuses_or_counts_is_hot(key: Key, later: int) -> None:
    """While an entry, a lock or a level lasts, or the cap is near, space may not run out for it."""
    key.clock += later
    now, hot = key.now, rules.hot_until(key.counter, key.rule) > key.now
    assert hot <= (rules.expires(key.counter, key.rule) > now)
    rules.advance(key.counter, key.rule, now)
    refused = rules.refusal(key.counter, key.rule, now) is not None
    near = key.rule.cap and rules.consecutive(key.counter) > key.rule.cap / 10
    if refused or near or key.counter.entries or rules.level_at(key.counter, now):
        assert hot


def test_a66_a_single_failure_long_ago_is_not_hot_but_remembered() -> None:
    """It gives way when space runs out, and only then."""
    key = Key(LOGIN)
    key.attempts(1)
    assert rules.hot_until(key.counter, LOGIN) == START + WINDOW
    assert rules.expires(key.counter, LOGIN) == START + 180 * DAY


def test_only_a_counter_that_says_no_more_than_none_is_idle() -> None:
    """An entry, a level, a bucket, or a count of failures in a row says more."""
    key = Key(LOCKING._replace(cap=0))
    assert key.attempt() is None
    assert not rules.is_idle(key.counter)
    rules.refund(key.counter, 0)
    assert rules.is_idle(key.counter)
    key.counter.level = 1
    assert not rules.is_idle(key.counter)
    for rule in (CAPPED, Rule(5, WINDOW, burst=5)):
        other = Counter()
        other.rule = rule
        assert not rules.is_idle(other)


def test_a_counter_of_nothing_has_expired() -> None:
    """What was never charged need not be kept."""
    assert rules.expires(Counter(), PLAIN) < START


def test_with_a_cap_a_counter_outlives_its_entries_by_a_window() -> None:
    """An attempt that began just before may still report its outcome."""
    key = Key(LOGIN)
    key.attempts(1)
    key.succeed(0)
    assert rules.expires(key.counter, LOGIN) == START + WINDOW


def test_a_lock_is_remembered_until_its_level_has_gone() -> None:
    """The nth lock's level takes n quiet days to fall to nothing."""
    key = Key(LOCKING)
    end = key.lock()
    assert rules.expires(key.counter, LOCKING) == end + DAY
    key.clock = end
    end = key.lock()
    assert rules.expires(key.counter, LOCKING) == end + 2 * DAY
