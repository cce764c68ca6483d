"""Claims about the public vocabulary: attempts, tickets and decisions."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core import Attempt, Decision, Outcome, Reason, Verdict
from authguard_core.attempt import RETRY_STEPS
from tests.core.scene import scene


def refusal(wait: float | None) -> Decision:
    return Decision(verdict=Verdict.REFUSE, reason=Reason.LIMITED, wait=wait)


@pytest.mark.parametrize(
    ("wait", "step"),
    [
        (0.0, 1),
        (0.001, 1),
        (1.0, 1),
        (1.001, 2),
        (2.0, 2),
        (3.0, 4),
        (4.5, 8),
        (8.001, 15),
        (15.0, 15),
        (15.5, 30),
        (30.001, 60),
        (61.0, 300),
        (300.0, 300),
        (301.0, 900),
        (900.0, 900),
        (900.001, 3_600),
        (3_600.0, 3_600),
    ],
)
def test_a49_the_wait_is_rounded_up_to_a_step(wait: float, step: int) -> None:
    """Retry-After is the next of ten steps, so that it doesn't tell which limit fired."""
    assert refusal(wait).retry_after == step


@given(st.floats(0, 3_600))
def test_whoever_waits_as_told_has_waited_long_enough(wait: float) -> None:
    """Within an hour the step is never shorter than the exact wait."""
    assert refusal(wait).retry_after in RETRY_STEPS
    assert refusal(wait).retry_after >= wait


@pytest.mark.parametrize("wait", [None, 3_600.001, 1e9])
def test_nobody_is_sent_away_for_more_than_an_hour(wait: float | None) -> None:
    """A longer wait, or one that time doesn't end, is answered with an hour: come and see."""
    assert refusal(wait).retry_after == 3_600


@pytest.mark.parametrize("verdict", Verdict)
def test_only_an_allowed_attempt_may_look_at_the_secret(verdict: Verdict) -> None:
    """COMPLETE is what a settlement says; it allows no other look."""
    assert Decision(verdict=verdict, reason=Reason.ADMITTED).allowed == (verdict is Verdict.ALLOW)


def test_a82_an_attempt_shows_nothing_that_somebody_sent() -> None:
    """Name, address, headers and cookie are in no repr; the purpose, the developer's own word, is."""
    attempt = Attempt(
        identifier="canary", peer="canary", headers=[("canary", "canary")], device="canary", purpose="otp"
    )

    assert repr(attempt) == "Attempt(purpose='otp')"


def test_a82_a_ticket_and_its_decision_show_only_pseudonyms() -> None:
    """The receipt of an attempt, and the cookie of its success, can be logged."""
    world = scene()
    cookie = world.cookie("canary-name", peer="203.0.113.77")
    decision = world.check("canary-name", peer="203.0.113.77", device=cookie)
    assert decision.ticket
    done = world.guard.settle(decision.ticket, Outcome.SUCCESS)

    written = json.dumps([decision, decision.ticket, done], default=repr)
    shown = f"{decision!r}{decision.ticket!r}{done!r}{written}"
    assert [text for text in ("canary", "203.0.113", cookie) if text in shown] == []


def test_what_was_said_stays_said() -> None:
    """Attempts, decisions and tickets are frozen: no observer or view changes one under another's hands."""
    decision = refusal(1.0)

    with pytest.raises(dataclasses.FrozenInstanceError):
        decision.verdict = Verdict.ALLOW  # type: ignore[misc]


def test_a_ticket_fits_the_account_that_was_counted() -> None:
    """As text, whatever the application's ids are; who names no account says nothing against it."""
    ticket = scene(resolve=lambda _: "7").ticket("alice")
    assert [ticket.fits(account) for account in (7, "7", None, 8, "alice")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_ticket_that_was_counted_by_its_name_fits_every_account() -> None:
    """Without a look-up nobody knows whose name it is."""
    assert scene().ticket("alice").fits("7")
