"""One counter, counted again: plain claims about the plain count."""

import pytest

from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason
from authguard_core.testing.simulation.ledger import Ledger

PLAIN = Rule(3, 1_000)
FULL = Rule(3, 1_000, delay_after=2, delay=100, delay_max=300, lock=1_000, lock_max=4_000, cap=6)
HERE, THERE = "here", "there"


def charged(rule: Rule, *times: int, source: str = HERE) -> Ledger:
    ledger = Ledger(rule)
    for number, at in enumerate(times):
        ledger.charge(number, at, source)
    return ledger


def test_an_entry_counts_for_exactly_one_window() -> None:
    """One millisecond before its end it is there, at its end it isn't."""
    ledger = charged(PLAIN, 0, 1)
    assert ledger.seen(999).held == [0, 1]
    assert ledger.seen(1_000).held == [1]


def test_a_look_changes_nothing() -> None:
    """A key whose own time goes back afterwards holds what it held."""
    ledger = charged(PLAIN, 0)
    assert ledger.seen(5_000).held == []
    assert ledger.held == [0]


def test_any_window_can_be_counted_afterwards() -> None:
    """Time takes nothing from what stands."""
    ledger = charged(PLAIN, 0, 500, 1_400)
    assert ledger.within(1_000) == [1, 2]
    assert list(ledger.standing) == [0, 1, 2]


@pytest.mark.parametrize(
    ("times", "at", "told"),
    [
        ([], 0, None),
        ([0], 0, None),
        ([0, 0], 0, (Reason.DELAYED, 100)),
        ([0, 0], 100, None),
        ([0, 0, 0], 0, (Reason.LOCKED, 1_000)),
        ([0, 0, 0], 1_000, None),
        ([0, 0, 0, 2_000, 4_000, 6_000], 6_000, (Reason.CAPPED, None)),
    ],
)
def test_the_next_attempt_is_told_why_not(
    times: list[int], at: int, told: tuple[Reason, int | None] | None
) -> None:
    """Delay, lock and cap, in this order, and nothing when they are over."""
    assert charged(FULL, *times).seen(at).refusal(at) == told


def test_where_there_is_no_lock_the_oldest_entry_makes_room() -> None:
    """A full window without a lock."""
    assert charged(PLAIN, 0, 10, 20).refusal(30) == (Reason.LIMITED, 970)


def test_a_lock_that_ended_empties_the_log_and_doubles_the_next() -> None:
    """A quiet day halves it again."""
    ledger = charged(FULL, 0, 0, 0)
    ledger.advance(1_000)
    assert (ledger.held, ledger.level) == ([], 1)
    for number in range(3, 6):
        ledger.charge(number, 1_000, HERE)
    ledger.run = ledger.longest_run = []
    assert ledger.refusal(1_000) == (Reason.LOCKED, 2_000)
    assert (ledger.seen(3_000).level, ledger.seen(3_000).level_now(3_000 + DAY)) == (2, 1)


def test_during_a_lock_nothing_expires() -> None:
    """Even where the lock is longer than the window."""
    ledger = charged(FULL, 0, 0, 0)
    ledger.level = 1
    assert ledger.seen(1_500).held == [0, 1, 2]


def test_a_refund_takes_one_attempt_back() -> None:
    """And no other."""
    ledger = charged(PLAIN, 0, 0, 0)
    ledger.give_back(1, 0)
    assert ledger.held == list(ledger.standing) == [0, 2]
    assert not ledger.uncertain


def test_a_success_takes_older_ones_of_its_source_back() -> None:
    """Others stay, and those that began later."""
    ledger = charged(PLAIN, 0, source=THERE)
    for number in range(1, 4):
        ledger.charge(number, 0, HERE)
    ledger.succeed(2, 0)
    assert ledger.held == [0, 3]


def test_a_second_success_of_one_attempt_changes_nothing() -> None:
    """It is gone already."""
    ledger = charged(PLAIN, 0, 0)
    ledger.succeed(1, 0)
    ledger.charge(2, 0, HERE)
    ledger.succeed(1, 0)
    assert ledger.held == [2]


def test_a_settlement_after_the_end_of_a_lock_leaves_two_truths() -> None:
    """Whether anybody had seen the end in between, no history tells."""
    ledger = charged(FULL, 0, 0, 0)
    ledger.give_back(7, 2_000)
    assert not ledger.uncertain
    ledger.give_back(1, 2_000)
    assert ledger.uncertain
    ledger.clear(2_000)
    assert not ledger.uncertain


def test_a_success_forgets_the_row_up_to_its_place() -> None:
    """What was asked twice may have forgotten less."""
    ledger = charged(FULL, 0, 0, 0)
    ledger.forget(1, certain=False)
    assert (ledger.run, ledger.longest_run) == ([2, 3], [1, 2, 3])
    ledger.forget(2, certain=True)
    assert (ledger.run, ledger.longest_run) == ([3], [3])


def test_a_counter_that_meant_nothing_forgets_no_failure_that_came_since() -> None:
    """A success from before that moment is told too late."""
    ledger = charged(FULL, 0, 0)
    ledger.forget(2, certain=True)
    ledger.charge(2, 5_000, HERE)
    ledger.forget(2, certain=True)
    assert (ledger.run, ledger.longest_run) == ([3], [3])


def test_a_release_leaves_the_row_one_too_long_at_most() -> None:
    """It clears nothing but itself."""
    ledger = charged(FULL, 0, 0)
    ledger.release(0, 0)
    assert (ledger.held, ledger.run, ledger.longest_run) == ([1], [2], [1, 2])


def test_it_says_in_words_how_it_stands() -> None:
    """With a refusal and without."""
    assert charged(FULL, 0).describe(0) == "1 failures, 1 to 1 in a row, level 0, open"
    assert charged(FULL, 0, 0).describe(0) == "2 failures, 2 to 2 in a row, level 0, delayed, 100 ms"
