"""Claims about the reference model: the rules in numbers worked out by hand, and no code shared."""

import ast
import inspect
from pathlib import Path

import pytest

import authguard_core.testing.model
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason, Refusal
from authguard_core.testing.model import Entry, Happened, What, refusal, standing

MINUTE = 60_000
WINDOW = 15 * MINUTE
PLAIN = Rule(3, WINDOW)
LOCKING = Rule(3, WINDOW, lock=WINDOW, lock_max=4 * WINDOW)
DELAYING = Rule(10, WINDOW, delay_after=3, delay=1_000, delay_max=3_000)
CAPPED = Rule(100, WINDOW, cap=4)
START = 1_000 * DAY
HERE, THERE = 1, 2


def charges(count: int, *, first: int = 1, source: int = HERE, when: int = START) -> list[Happened]:
    """So many attempts at one time, numbered from ``first``."""
    return [Happened(What.CHARGE, when, number, source, number) for number in range(first, first + count)]


def outcome(what: What, number: int, *, source: int = HERE, when: int = START) -> Happened:
    return Happened(what, when, number, source, number)


def held(history: list[Happened], rule: Rule = PLAIN, now: int = START) -> list[int]:
    """The attempts that are held against a key."""
    return [entry.attempt for entry in standing(history, rule, now).entries]


def refused(history: list[Happened], rule: Rule, now: int = START) -> Refusal | None:
    return refusal(standing(history, rule, now), rule, now)


def test_it_shares_no_code_with_the_counting() -> None:
    """It imports the vocabulary, and nothing that counts."""
    tree = ast.parse(inspect.getsource(authguard_core.testing.model))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) if node.module}
    ours = {name for name in modules if name.startswith("authguard_core")}
    assert ours == {"authguard_core.counting.limits", "authguard_core.counting.refusal"}


def test_it_can_be_read_in_one_go() -> None:
    """A few dozen lines of code, its vocabulary and words left out."""
    tree = ast.parse(Path(authguard_core.testing.model.__file__).read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    lines = {node.lineno for function in functions for node in ast.walk(function) if hasattr(node, "lineno")}
    assert len(lines) <= 80


def test_nothing_happened_to_a_new_key() -> None:
    """It stands for nothing, and refuses nobody."""
    assert held([]) == []
    assert refused([], LOCKING) is None


def test_an_attempt_is_held_for_one_window() -> None:
    """To its last millisecond."""
    history = charges(2)
    assert held(history, now=START + WINDOW - 1) == [1, 2]
    assert held(history, now=START + WINDOW) == []


def test_a_full_window_refuses_until_its_oldest_leaves() -> None:
    """The wait is exact."""
    history = charges(1) + charges(2, first=2, when=START + MINUTE)
    assert refused(history, PLAIN, START + MINUTE) == Refusal(Reason.LIMITED, WINDOW - MINUTE)
    assert refused(history, PLAIN, START + WINDOW) is None


def test_a_full_window_locks_and_each_lock_doubles() -> None:
    """The first attempt after it finds an empty counter."""
    history = charges(3)
    assert refused(history, LOCKING, START + WINDOW - 1) == Refusal(Reason.LOCKED, 1)
    assert standing(history, LOCKING, START + WINDOW)[:3] == ((), (1, 2, 3), 1)
    history += charges(3, first=4, when=START + WINDOW)
    assert refused(history, LOCKING, START + WINDOW) == Refusal(Reason.LOCKED, 2 * WINDOW)


def test_nothing_leaves_while_a_lock_lasts() -> None:
    """Also when it is longer than the window."""
    history = charges(3) + charges(3, first=4, when=START + WINDOW)
    assert held(history, LOCKING, START + 3 * WINDOW - 1) == [4, 5, 6]


def test_a_lock_has_a_longest() -> None:
    """However many came before."""
    history = charges(3)
    for lock in range(1, 6):
        history += charges(3, first=3 * lock + 1, when=START + lock * 4 * WINDOW)
    assert refused(history, LOCKING, START + 20 * WINDOW) == Refusal(Reason.LOCKED, 4 * WINDOW)


def test_a_level_falls_by_one_each_quiet_day() -> None:
    """So the next lock after it is the first again."""
    later = START + WINDOW + DAY
    history = charges(3) + charges(3, first=4, when=later)
    assert refused(history, LOCKING, later) == Refusal(Reason.LOCKED, WINDOW)


@pytest.mark.parametrize(("failures", "seconds"), [(3, 1), (4, 2), (5, 3), (6, 3)])
def test_a_wait_doubles_with_each_failure(failures: int, seconds: int) -> None:
    """Up to the longest, and ends on time."""
    assert refused(charges(2), DELAYING) is None
    assert refused(charges(failures), DELAYING) == Refusal(Reason.DELAYED, seconds * 1_000)
    assert refused(charges(failures), DELAYING, START + seconds * 1_000) is None


def test_a_success_takes_its_source_and_leaves_the_others() -> None:
    """Its own entry and the older ones of the same source; the later ones stay."""
    history = charges(1) + charges(1, first=2, source=THERE) + charges(2, first=3)
    history.append(outcome(What.SUCCESS, 3))
    assert held(history, DELAYING) == [2, 4]
    assert standing(history, DELAYING, START).run == (4,)


def test_a_success_that_is_held_no_more_takes_nothing() -> None:
    """It still ends the run up to itself, and again changes nothing more."""
    history = [*charges(3), outcome(What.SUCCESS, 2), *charges(1, first=4), outcome(What.SUCCESS, 2)]
    assert held(history, DELAYING) == [3, 4]
    assert standing(history, DELAYING, START).run == (3, 4)


@pytest.mark.parametrize("what", [What.REFUND, What.RELEASE])
def test_what_is_given_back_is_its_own_entry(what: What) -> None:
    """And nothing where it isn't there."""
    history = [*charges(3), outcome(what, 2), outcome(what, 2), outcome(what, 9)]
    assert held(history, DELAYING) == [1, 3]


def test_an_unchecked_attempt_makes_the_run_one_shorter_once() -> None:
    """The run is never too short."""
    history = [*charges(3), outcome(What.RELEASE, 3), outcome(What.RELEASE, 3)]
    assert len(standing(history, DELAYING, START).run) == 2


def test_a_known_browsers_success_ends_the_run_it_saw() -> None:
    """It takes no entry."""
    history = [*charges(3), Happened(What.FORGET, START, number=2)]
    assert standing(history, DELAYING, START)[:2] == (
        tuple([Entry(START, one, HERE) for one in (1, 2, 3)]),
        (3,),
    )


def test_a_reset_leaves_nothing() -> None:
    """Neither entries, nor run, nor level."""
    history = [*charges(3), Happened(What.RESET, START + 2 * WINDOW)]
    assert standing(history, LOCKING, START + 2 * WINDOW)[:3] == ((), (), 0)


def test_a_run_ends_at_the_cap() -> None:
    """Time doesn't help, but for half a year."""
    history = charges(3) + charges(1, first=4, when=START + DAY)
    assert refused(history[:3], CAPPED) is None
    assert refused(history, CAPPED, START + 181 * DAY - 1) == Refusal(Reason.CAPPED, None)
    assert refused(history, CAPPED, START + 181 * DAY) is None
