"""Claims about the answers over HTTP."""

import pytest

from authguard_core import ConfigurationError, Decision, Reason, Verdict
from authguard_core.answers import (
    BUSY,
    FAILED,
    UNREADABLE,
    Answer,
    problem,
    refused,
    unreadable,
    unusable_password,
)

EVERY_PROBLEM = [
    FAILED,
    BUSY,
    *(unreadable(status) for status in UNREADABLE),
    *(refused(Decision(verdict=Verdict.REFUSE, reason=reason, wait=3)) for reason in Reason),
]


def refusal(reason: Reason, wait: float | None) -> Answer:
    return refused(Decision(verdict=Verdict.REFUSE, reason=reason, wait=wait))


@pytest.mark.parametrize("answer", EVERY_PROBLEM)
def test_every_answer_is_a_problem_that_nobody_caches(answer: Answer) -> None:
    """RFC 9457: the media type, a stable type, a title, the status and a detail; and no-store."""
    assert ("Content-Type", "application/problem+json") in answer.headers
    assert ("Cache-Control", "no-store") in answer.headers
    assert answer.content.keys() == {"type", "title", "status", "detail"}
    assert answer.content["status"] == answer.status
    assert str(answer.content["type"]).startswith("urn:authguard:problem:")


def test_a45_all_limits_answer_alike() -> None:
    """Which limit fired is told nobody: for equal waits the whole answer is the same."""
    limits = [Reason.LIMITED, Reason.DELAYED, Reason.LOCKED, Reason.CAPPED]

    assert len({refusal(reason, 12.0) for reason in limits}) == 1


def test_a45_the_cap_answers_as_the_longest_lock_does() -> None:
    """An account at its cap looks like one that is locked for an hour."""
    assert refusal(Reason.CAPPED, None) == refusal(Reason.LOCKED, 3_600.0)


def test_a_refused_attempt_is_told_when_to_come_back() -> None:
    """429 with Retry-After, rounded up to a step."""
    answer = refusal(Reason.LOCKED, 61.0)

    assert (answer.status, answer.content["type"]) == (429, "urn:authguard:problem:too-many-attempts")
    assert ("Retry-After", "300") in answer.headers


def test_an_outage_is_the_servers_fault() -> None:
    """Where the store or the look-up failed the answer is 503, and when to come back."""
    answer = refusal(Reason.STORAGE_FAILED, 2.0)

    assert (answer.status, answer.content["type"]) == (503, "urn:authguard:problem:unavailable")
    assert ("Retry-After", "2") in answer.headers


def test_a23_an_attempt_that_names_nobody_is_an_unreadable_body() -> None:
    """An empty name is answered like a missing field, without Retry-After."""
    assert refusal(Reason.UNIDENTIFIED, None) == unreadable(422)


def test_a_body_has_no_other_faults() -> None:
    """A status that says something else is refused, with those that there are."""
    with pytest.raises(ConfigurationError, match=r"status: got 418, expected one of \[400, "):
        unreadable(418)


def test_an_answer_knows_its_own_wait() -> None:
    """Whoever makes a page of it needn't look through its headers; without a wait there is none."""
    assert refusal(Reason.LOCKED, 61.0).retry_after == 300
    assert FAILED.retry_after is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "malformed-body"),
        (408, "slow-body"),
        (413, "body-too-large"),
        (415, "unsupported-media-type"),
        (422, "unreadable-body"),
    ],
)
def test_every_unreadable_body_has_a_type_of_its_own(status: int, kind: str) -> None:
    """What was wrong with the request's form can be told by the type, which is stable."""
    answer = unreadable(status)

    assert (answer.status, answer.content["type"]) == (status, f"urn:authguard:problem:{kind}")
    assert [name for name, _ in answer.headers] == ["Content-Type", "Cache-Control"]


def test_a44_every_failure_has_one_answer() -> None:
    """A wrong password and an unknown user are told the same, and that isn't which of both it was."""
    assert FAILED.status == 401
    assert FAILED.content["detail"] == "The user name or password is wrong."


def test_a75_a_full_pool_is_told_to_come_back_at_once() -> None:
    """503 with a Retry-After of one second: nothing was hashed and nothing is amiss."""
    assert BUSY.status == 503
    assert ("Retry-After", "1") in BUSY.headers


def test_a76_the_body_is_ascii() -> None:
    """Whatever text goes in, the body has no byte that a header or a proxy could misread."""
    answer = problem(400, "k", "t", "caf\u00e9 \u2028\r\n")

    assert answer.body.isascii()
    assert b"\n" not in answer.body
    assert answer.content["detail"] == "caf\u00e9 \u2028\r\n"


def test_a_refused_password_is_answered_with_its_reasons() -> None:
    """A problem like the others, and beside it what its owner should know (NIST SP 800-63B-4, 3.1.1.2)."""
    feedback = [{"code": "too_common", "message": "Many people use it."}]
    answer = unusable_password(feedback)
    assert (answer.status, answer.content["feedback"]) == (422, feedback)
    assert answer.content["type"] == "urn:authguard:problem:unusable-password"
    assert ("Content-Type", "application/problem+json") in answer.headers
    assert ("Cache-Control", "no-store") in answer.headers
