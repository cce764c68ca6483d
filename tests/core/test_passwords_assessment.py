"""Claims about the answer of a policy: what it says, and that it says nothing of the password."""

import math
from dataclasses import FrozenInstanceError

import pytest

from authguard_core.passwords import Assessment, Code, CrackTimes, Finding
from authguard_core.passwords.assessment import score_of

REASON = Finding(code=Code.TOO_SHORT, blocks=True, params={"minimum": 15})
EXPLANATION = Finding(code=Code.SEQUENCE)


def assessed(*findings: Finding) -> Assessment:
    return Assessment(
        ok=not any(finding.blocks for finding in findings),
        score=1,
        guesses_log10=4.25,
        crack_times=CrackTimes.of(4.25, online_per_second=1),
        findings=findings,
    )


@pytest.mark.parametrize(
    ("guesses_log10", "score"),
    [(0, 0), (2.99, 0), (3, 1), (5.99, 1), (6, 2), (7.99, 2), (8, 3), (9.99, 3), (10, 4), (400, 4)],
)
def test_the_score_is_a_step_of_the_guesses(guesses_log10: float, score: int) -> None:
    """At 10³, 10⁶, 10⁸ and 10¹⁰, so that scores compare with zxcvbn's."""
    assert score_of(guesses_log10) == score


def test_reasons_are_the_findings_that_block() -> None:
    """What only explains is no reason."""
    assert assessed(REASON, EXPLANATION).reasons == (REASON,)


def test_the_feedback_of_a_refusal_explains_it() -> None:
    """The reason first, and what would otherwise be missed: a code and a sentence each."""
    assert assessed(REASON, EXPLANATION).feedback == [
        {"code": "too_short", "message": "Use at least 15 characters."},
        {"code": "sequence", "message": "A sequence like abc or 4321 is easy to guess."},
    ]


def test_a_password_that_is_accepted_has_no_feedback() -> None:
    """An answer may go out exactly if there is none."""
    assert assessed(EXPLANATION).feedback == []


def test_a82_the_repr_is_the_verdict_alone() -> None:
    """How many guesses a password takes helps to guess it: not in a log."""
    assert "4.25" not in repr(assessed(REASON))
    assert "guesses" not in repr(assessed(REASON))
    assert "ok=False" in repr(assessed(REASON))


def test_an_assessment_can_not_be_changed() -> None:
    """It may be shared."""
    with pytest.raises(FrozenInstanceError):
        assessed().ok = False  # type: ignore[misc]


def test_times_are_guesses_divided_by_their_speed() -> None:
    """In seconds: through a guarded login, with a slow hash, with a fast one."""
    times = CrackTimes.of(6, online_per_second=0.5)
    assert (times.online_throttled, times.offline_slow, times.offline_fast) == pytest.approx((2e6, 100, 1e-4))


def test_times_stay_finite() -> None:
    """They go into JSON, which has no infinity."""
    times = CrackTimes.of(2_000, online_per_second=1e-3)
    assert math.isfinite(times.online_throttled)
