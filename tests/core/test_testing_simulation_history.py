"""What a simulation records reads as a story."""

import pytest

from authguard_core.counting.refusal import Reason, Scope
from authguard_core.testing.simulation.history import (
    Act,
    Began,
    Checked,
    Decided,
    Disturbed,
    Entry,
    Executed,
    Faulted,
    Generation,
    Got,
    Operation,
    Refusing,
    Returned,
    Viewed,
    label_of,
)
from tests.core.simulated import ELSEWHERE, HOME, RULES, Story

BEGAN = Began(1_500, 3, Act.SIGN_IN, "alice", " Alice", HOME, 2, right=True)
LOCKED = Refusing(Scope.ACCOUNT, Reason.LOCKED, 900)
CAPPED = Refusing(Scope.DEVICE, Reason.CAPPED, None)


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (BEGAN, "#3  signs in as ' Alice' from 192.0.2.1 with cookie 2, right password"),
        (BEGAN._replace(cookie=None, right=False), "#3  signs in as ' Alice' from 192.0.2.1, wrong password"),
        (BEGAN._replace(act=Act.UNLOCK, cookie=None), "#3  unlocks ' Alice' from 192.0.2.1"),
        (Executed(1_500, 3, 1_500, Operation.ADMIT, ()), "#3  store: admit"),
        (Executed(1_500, 3, 1_500, Operation.SETTLE, (), issued=True), "#3  store: settle issued"),
        (
            Executed(1_500, 3, 1_500, Operation.ADMIT, (), (LOCKED, CAPPED), known=True, shared=True),
            "#3  store: admit refused (account locked 900 ms, device capped) known shared",
        ),
        (Decided(1_500, 3, "refuse", "locked"), "#3  is told refuse (locked)"),
        (Checked(1_500, 3), "#3  has the password checked"),
        (Got(1_500, 3, 9), "#3  gets cookie 9"),
        (Faulted(1_500, None, "the clock is set back"), "fault: the clock is set back"),
        (Disturbed(1_500, 3, ("account bob", "x")), "#3  changed account bob, x"),
        (Returned(1_500, 3, "bob", 1, signed_in=True), "#3  bob is in after 1 refusals"),
        (Returned(1_500, 3, "bob", 2, signed_in=False), "#3  bob is not in after 2 refusals"),
        (
            Viewed(1_500, None, 1_500, Scope.ACCOUNT, "account bob", 2, 3, 1, None, None),
            "account bob: 2 failures, 3 in a row, level 1, open",
        ),
        (
            Viewed(1_500, None, 1_500, Scope.ACCOUNT, "account bob", 2, 3, 1, Reason.LOCKED, 7),
            "account bob: 2 failures, 3 in a row, level 1, locked, 7 ms",
        ),
        (Generation(1_500, None, "bob", 4), "bob: generation 4"),
    ],
)
def test_each_entry_is_one_line_of_a_story(entry: Entry, line: str) -> None:
    """When, who and what, for a reader who knows nothing of keys."""
    story = Story()
    story.entries.append(entry)
    told = story.history().story()
    assert told.split() == ["1.500", "s", *line.split()]
    assert "\n" not in told


def test_the_end_of_a_long_story_can_be_told_alone() -> None:
    """Its last entries."""
    story = Story()
    for _ in range(5):
        story.failed()
    assert story.history().story(2).splitlines() == story.history().story().splitlines()[-2:]


@pytest.mark.parametrize(
    ("scope", "label"),
    [
        (Scope.ADDRESS, "address 192.0.2.1"),
        (Scope.SUBNET, "subnet 192.0.2.0/24"),
        (Scope.ACCOUNT, "account alice"),
        (Scope.DEVICE, "device 2 of alice"),
    ],
)
def test_a_counter_is_named_by_whom_it_must_be_for(scope: Scope, label: str) -> None:
    """By the person, not by the spelling."""
    assert label_of(scope, BEGAN) == label


def test_each_scope_has_its_rule_and_a_shared_counter_none() -> None:
    """Which keys share a counter can't be told from outside."""
    scopes = (Scope.ADDRESS, Scope.SUBNET, Scope.ACCOUNT, Scope.DEVICE)
    assert tuple(RULES.of(scope) for scope in scopes) == RULES
    assert RULES.of(Scope.SHARED) is None
    assert HOME != ELSEWHERE
