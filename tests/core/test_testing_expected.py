"""Claims about what the model expects of a guard, worked out by hand."""

from dataclasses import replace

import pytest

from authguard_core import ConfigurationError
from authguard_core.counting.limits import Rule
from authguard_core.counting.refusal import Reason
from authguard_core.decisions.policy import PurposePolicy
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.expected import Browser, ExpectedGuard, Pass, Place, Verdict

WINDOW = 900_000
HOUSE = Place("home", "203.0.113.1", "203.0.113.0/24")
NEIGHBOUR = Place("next door", "203.0.113.2", "203.0.113.0/24")
AWAY = Place("away", "198.51.100.7", "198.51.100.0/24")
ACCOUNT = Rule(3, WINDOW, lock=WINDOW, lock_max=WINDOW, cap=5)
RULES = PurposePolicy(
    address=Rule(4, WINDOW), subnet=Rule(6, WINDOW), account=ACCOUNT, device=Rule(2, WINDOW, cap=5)
)
DAY_SECONDS = 86_400


def guard(rules: PurposePolicy = RULES, clock: FrozenClock | None = None) -> ExpectedGuard:
    return ExpectedGuard(rules, clock or FrozenClock())


def begin(
    expected: ExpectedGuard, account: str = "alice", place: Place = HOUSE, browser: Browser | None = None
) -> Pass:
    admitted = expected.check(account, place, browser).admitted
    assert admitted
    return admitted


def sign_in(
    expected: ExpectedGuard, account: str = "alice", place: Place = HOUSE, browser: Browser | None = None
) -> Browser:
    known = expected.succeed(begin(expected, account, place, browser), remember=True)
    assert known
    return known


def test_an_account_is_counted_wherever_attempts_come_from() -> None:
    """Three, and then it is locked."""
    expected = guard()
    for place in (HOUSE, NEIGHBOUR, AWAY):
        begin(expected, place=place)
    assert expected.check("alice", AWAY) == Verdict(Reason.LOCKED, WINDOW)


def test_an_address_is_counted_whomever_attempts_name() -> None:
    """Four, and then the window is full; its neighbour has two more of the subnet's six."""
    expected = guard()
    for account in "abcd":
        begin(expected, account)
    assert expected.check("e", HOUSE) == Verdict(Reason.LIMITED, WINDOW)
    for account in "ef":
        begin(expected, account, NEIGHBOUR)
    assert expected.check("g", NEIGHBOUR) == Verdict(Reason.LIMITED, WINDOW)
    begin(expected, "g", AWAY)


def test_the_longest_wait_is_told() -> None:
    """The cap's, which has no end, before the address's."""
    clock = FrozenClock()
    expected = guard(clock=clock)
    for place in (HOUSE, NEIGHBOUR, AWAY):
        begin(expected, place=place)
    clock.advance(WINDOW / 1_000)
    for _ in range(2):
        begin(expected)
        begin(expected, "bob")
    assert expected.check("alice", HOUSE) == Verdict(Reason.CAPPED)


def test_a_success_gives_back_and_makes_the_browser_known() -> None:
    """Its later attempts are counted on their own, for its account alone."""
    expected = guard()
    begin(expected)
    browser = sign_in(expected)
    assert expected.look("alice")[0].failures == 0
    assert begin(expected, browser=browser).browser == browser
    assert begin(expected, "bob", browser=browser).browser is None
    assert (expected.look("alice")[0].failures, expected.look("bob")[0].failures) == (0, 1)


def test_a_browser_is_not_made_known_while_a_factor_is_due() -> None:
    """Neither a new one, nor a known one for longer."""
    expected = guard()
    assert expected.succeed(begin(expected), remember=False) is None
    browser = sign_in(expected)
    assert expected.succeed(begin(expected, browser=browser), remember=False) is None


def test_a_known_browser_stays_the_same_when_it_signs_in_again() -> None:
    """For another half a year."""
    clock = FrozenClock()
    expected = guard(clock=clock)
    browser = sign_in(expected)
    clock.advance(DAY_SECONDS)
    assert sign_in(expected, browser=browser) == browser._replace(ends=browser.ends + DAY_SECONDS)


def test_a_cookie_ends() -> None:
    """After half a year its browser is anybody."""
    clock = FrozenClock()
    expected = guard(clock=clock)
    browser = sign_in(expected)
    clock.advance(180 * DAY_SECONDS)
    assert begin(expected, browser=browser).browser is None


def test_a_reset_forgets_browsers_and_knows_the_one_that_did_it() -> None:
    """And ends the lock."""
    expected = guard()
    old = sign_in(expected)
    for _ in range(3):
        begin(expected)
    new = expected.reset("alice")
    assert new
    assert begin(expected, browser=new).browser == new
    assert begin(expected, browser=old).browser is None
    assert expected.look("alice")[1] == 1


def test_without_a_device_limit_nobody_is_known() -> None:
    """Neither by a success nor by a reset."""
    expected = guard(PurposePolicy(address=None, subnet=None, account=ACCOUNT))
    assert expected.succeed(begin(expected), remember=True) is None
    assert expected.reset("alice") is None


def test_a_client_without_cookies_is_known_by_its_address() -> None:
    """From its first success on, with its whole budget, and not elsewhere."""
    expected = guard(
        PurposePolicy(address=None, subnet=None, account=ACCOUNT, device=ACCOUNT, known_by_address=True)
    )
    cookie = sign_in(expected)
    for _ in range(3):
        assert begin(expected).admitted.known
    assert expected.check("alice", HOUSE) == Verdict(Reason.LOCKED, WINDOW)
    assert not begin(expected, place=AWAY).admitted.known
    assert begin(expected, place=AWAY, browser=cookie).browser == cookie
    assert sign_in(expected, place=AWAY, browser=cookie) == cookie


def test_an_operator_unlocks_an_account_or_an_address() -> None:
    """Each for itself."""
    expected = guard()
    for place in (HOUSE, HOUSE, NEIGHBOUR):
        begin(expected, place=place)
    begin(expected, "bob")
    begin(expected, "carol")
    expected.unlock("alice")
    assert expected.check("alice", HOUSE) == Verdict(Reason.LIMITED, WINDOW)
    expected.unlock_address(HOUSE)
    begin(expected)


def test_an_unchecked_attempt_is_given_back() -> None:
    """It clears nothing else."""
    expected = guard()
    begin(expected)
    expected.release(begin(expected))
    view, _ = expected.look("alice")
    assert (view.failures, view.consecutive) == (1, 1)


def test_an_outcome_can_be_overdue() -> None:
    """When its attempt was over long before."""
    clock = FrozenClock()
    expected = guard(clock=clock)
    running = begin(expected)
    assert not expected.is_overdue(running)
    clock.advance(WINDOW / 1_000)
    assert expected.is_overdue(running)


@pytest.mark.parametrize("which", ["address", "subnet"])
def test_a_token_bucket_is_refused(which: str) -> None:
    """The model doesn't know it."""
    bucket = Rule(5, WINDOW, burst=2)
    rules = replace(RULES, address=bucket) if which == "address" else replace(RULES, subnet=bucket)
    with pytest.raises(ConfigurationError, match=r"^rules: got 'a token bucket', expected exact limits"):
        guard(rules)
