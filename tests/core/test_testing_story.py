"""Claims about a story that a guard and the model live through: it ends where they differ, in words."""

from collections.abc import Callable

import pytest

from authguard_core import MemoryStorage, Settings
from authguard_core.counting.ops import Admit, Op, Settle, Settled
from authguard_core.counting.state import Proof
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.machine import small_settings
from authguard_core.testing.story import Cookie, Running, Story
from tests.core.testing_faults import Fault, Tampered, under_another_rule

SMALL = small_settings()


def story(
    fault: Fault = lambda op: op, *, settings: Settings = SMALL, bounded: bool = False, max_keys: int = 1_000
) -> Story:
    clock = FrozenClock()
    storage = Tampered(MemoryStorage(max_keys=max_keys, clock=clock), op=fault)
    return Story(storage, clock, settings, bounded=bounded)


def begin(told: Story, account: str = "alice", place: str = "home", cookie: Cookie | None = None) -> Running:
    running = told.tries(account, place, cookie)
    assert running
    return running


def sign_in(told: Story, account: str = "alice", cookie: Cookie | None = None) -> Cookie:
    known = told.succeeds(begin(told, account, cookie=cookie), remember=True)
    assert known
    return known


def test_a_sound_guard_gets_through_a_day() -> None:
    """Attempts, outcomes, cookies, operators, a reset and a restart."""
    told = story()
    cookie = sign_in(told)
    told.fails(begin(told))
    told.is_released(begin(told, place="abroad"))
    told.tries("alice", "home", cookie)
    told.restart()
    told.tries("bob", "next door", cookie)
    told.unlocks("alice")
    told.unlocks_address("home")
    assert told.resets("alice")
    told.looks()
    assert told.succeeds(begin(told, "bob", "abroad"), remember=False) is None


def test_a_refusal_says_how_long() -> None:
    """For those who come back as told."""
    told = story()
    begin(told)
    begin(told)
    assert told.tries("alice", "home") is None
    assert told.told == 1.0
    told.clock.advance(1)
    begin(told)
    assert told.told is None


def test_an_outcome_that_is_overdue_is_not_reported() -> None:
    """What it would do isn't promised."""
    told = story()
    first, second = begin(told), begin(told)
    told.clock.advance(900)
    assert told.succeeds(first, remember=True) is None
    told.is_released(second)
    told.looks()


one_more = under_another_rule(lambda rule: rule._replace(delay_after=rule.delay_after and 9))


def nobody_known(op: Op) -> Op:
    return op._replace(known=None) if isinstance(op, Admit) else op


def nothing_given_back(op: Op) -> Op:
    return op._replace(charged=()) if isinstance(op, Settle) else op


def too_late(told: Story) -> None:
    for _ in range(3):
        begin(told)


def known(told: Story) -> None:
    told.tries("alice", "home", sign_in(told))


def cleared(told: Story) -> None:
    told.succeeds(begin(told), remember=False)
    told.looks()


def words(what: str, model: str, guard: str) -> str:
    return f"{what}:\n  the model says: {model}\n  the guard says: {guard}"


@pytest.mark.parametrize(
    ("fault", "happens", "message"),
    [
        (
            one_more,
            too_late,
            words("alice tries from home", "refused, delayed, again in 1.000 s", "admitted"),
        ),
        (
            nobody_known,
            known,
            words("alice tries from home with a cookie: is it a known browser", "True", "False"),
        ),
        (
            nothing_given_back,
            cleared,
            words(
                "an operator looks at alice",
                "0 failures, 0 in a row, level 0, 0 resets, admitted",
                "1 failures, 1 in a row, level 0, 0 resets, admitted",
            ),
        ),
        (
            nothing_given_back,
            sign_in,
            words("alice is to get a cookie", "True", "False"),
        ),
    ],
    ids=["one more", "not known", "not given back", "no cookie"],
)
def test_a_fault_ends_the_story_in_words(
    fault: Fault, happens: Callable[[Story], object], message: str
) -> None:
    """What happened, what the model says, what the guard says."""
    with pytest.raises(AssertionError) as failed:
        happens(story(fault))
    assert str(failed.value) == message


def test_an_endless_refusal_is_said_to_be_one() -> None:
    """Time alone doesn't end the cap."""
    told = story(under_another_rule(lambda rule: rule._replace(cap=0)))
    for _ in range(10):
        begin(told)
        told.clock.advance(3_600)
    with pytest.raises(AssertionError, match="refused, capped, time alone doesn't help"):
        told.tries("alice", "home")


def test_the_run_is_compared_only_where_there_is_a_cap() -> None:
    """Without one a store may forget it or not."""
    told = story(settings=small_settings(cap="off"))
    told.fails(begin(told))
    told.clock.advance(200 * 86_400)
    told.looks()


# In a store for few keys


def crowded(fault: Fault = lambda op: op) -> Story:
    """A bounded story after a flood."""
    told = story(fault, settings=small_settings(cap="off"), bounded=True, max_keys=8)
    told.strangers(20, 0)
    return told


def test_a_bounded_store_may_refuse_what_the_model_admits() -> None:
    """It is stricter when it is full."""
    told = crowded(under_another_rule(lambda rule: rule._replace(limit=1)))
    begin(told)
    assert told.tries("alice", "home") is None
    told.looks()


def test_a_bounded_store_may_not_admit_what_the_model_refuses() -> None:
    """The model is the bound."""
    told = crowded(one_more)
    with pytest.raises(AssertionError, match="the guard says: admitted"):
        too_late(told)


def test_a_bounded_store_may_not_forget_a_failure() -> None:
    """An operator sees at least as many as the model."""
    told = crowded(under_another_rule(lambda rule: rule._replace(window=1_000)))
    begin(told)
    told.clock.advance(1)
    with pytest.raises(AssertionError, match=r"the model says: 1 failures at least\n  the guard says: 0"):
        told.looks()


def test_a_bounded_store_may_leave_a_browser_unknown() -> None:
    """There was no place for it; the model then knows it no more than the guard."""
    told = crowded()
    assert told.succeeds(begin(told), remember=True) is None
    cookie = told.resets("alice")
    assert cookie
    assert begin(told, cookie=cookie).expected.browser == cookie.browser


def test_a_cookie_that_the_model_would_not_give_is_noticed() -> None:
    """A guard must not make a browser known that isn't."""
    storage = Tampered(
        MemoryStorage(),
        result=lambda result: Settled(Proof(0, 1)) if isinstance(result, Settled) else result,
    )
    told = Story(storage, FrozenClock(), SMALL)
    running = begin(told)
    told.unlocks("alice")
    with pytest.raises(AssertionError, match="the model says: False\n  the guard says: True"):
        told.succeeds(running, remember=True)
