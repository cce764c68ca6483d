"""Claims about the cap of consecutive failures (NIST SP 800-63B-4, 3.2.2), whatever the windows."""

from hypothesis import example, given
from hypothesis import strategies as st

from authguard_core.counting import rules
from authguard_core.counting.limits import DAY
from authguard_core.counting.refusal import Reason, Refusal
from tests.core.counting_key import CAPPED, LOGIN, SECOND, THERE, WINDOW, Key


def test_a06_low_and_slow_guessing_ends_at_the_cap() -> None:
    """Four tries a window, for ninety days, are a hundred tries."""
    key = Key(LOGIN)
    for _ in range(90 * 96):
        for _ in range(4):
            key.attempt()
            key.clock += 40 * SECOND
        key.clock += WINDOW
    assert len(key.charged) == 100
    assert key.attempt() == Refusal(Reason.CAPPED, None)


def test_a06_no_time_ends_a_cap_that_somebody_works_on() -> None:
    """Only half a year without a single attempt does."""
    key = Key(CAPPED)
    key.attempts(10)
    key.clock = key.charged[-1] + 180 * DAY - 1
    assert key.attempt() == Refusal(Reason.CAPPED, None)
    key.clock += 1
    assert key.attempt() is None
    assert rules.consecutive(key.counter) == 1


def test_a_cap_comes_before_a_lock() -> None:
    """Who waits for a lock's end in vain is told so at once."""
    key = Key(LOGIN._replace(cap=5))
    key.attempts(5)
    assert key.attempt() == Refusal(Reason.CAPPED, None)


def test_a_success_begins_the_consecutive_count_anew() -> None:
    """Failures before it, from whatever source, no longer count towards the cap."""
    key = Key(CAPPED)
    key.attempts(8, source=THERE)
    key.attempts(1)
    key.succeed(8)
    assert rules.consecutive(key.counter) == 0
    assert len(key.counter.entries) == 8


def test_a11_a_success_never_clears_a_failure_that_began_after_it() -> None:
    """Whichever of the two settles first."""
    key = Key(CAPPED)
    key.attempts(3)
    key.succeed(0)
    assert rules.consecutive(key.counter) == 2
    assert key.surviving == [1, 2]


@given(
    st.lists(
        st.tuples(st.sampled_from(["charge", "charge", "succeed", "release"]), st.integers(0, 99)),
        max_size=60,
    )
)
@example([("charge", 0), ("charge", 0), ("charge", 0), ("release", 1), ("succeed", 1)])
def test_a11_the_consecutive_count_is_never_below_the_truth(steps: list[tuple[str, int]]) -> None:
    """In any order of charges and outcomes: no failure since the last success is forgotten.

    Where nothing was released the count is exact.
    """
    key, proven, released = Key(CAPPED._replace(cap=1_000)), set[int](), set[int]()
    for what, which in steps:
        running = [attempt for attempt in range(len(key.charged)) if attempt not in proven | released]
        if what == "charge":
            key.attempt(source=len(key.charged))
        elif running and what == "succeed":
            attempt = running[which % len(running)]
            key.succeed(attempt, source=attempt)
            proven.add(attempt)
        elif running:
            attempt = running[which % len(running)]
            key.release(attempt)
            released.add(attempt)
        since = range(max(proven, default=-1) + 1, len(key.charged))
        truth = len([attempt for attempt in since if attempt not in released])
        counted = rules.consecutive(key.counter)
        assert counted == truth if not released else counted >= truth


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=1, max_value=9))
def test_released_attempts_alone_leave_the_consecutive_count_as_it_was(failed: int, released: int) -> None:
    """A full hashing queue brings nobody nearer to the cap, and nobody further from it."""
    key = Key(CAPPED._replace(cap=100))
    assert not any(key.attempt() for _ in range(failed + released))
    for attempt in range(failed, failed + released):
        key.release(attempt)
        key.release(attempt)
    assert rules.consecutive(key.counter) == failed
    assert key.surviving == list(range(failed))


def test_an_attempt_that_a_success_has_forgotten_is_not_forgotten_twice() -> None:
    """Releasing it afterwards takes its entry alone."""
    key = Key(CAPPED)
    key.attempts(3)
    key.succeed(1, source=THERE)
    assert rules.consecutive(key.counter) == 1
    key.release(0)
    assert rules.consecutive(key.counter) == 1
    assert key.surviving == [2]


def test_an_attempt_that_left_the_window_can_not_be_released() -> None:
    """Nobody can say any more that it was there."""
    key = Key(CAPPED)
    key.attempts(1)
    key.clock += WINDOW
    key.attempts(1)
    key.release(0)
    assert rules.consecutive(key.counter) == 2
