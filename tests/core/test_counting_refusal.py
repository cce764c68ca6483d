"""Claims about the words for refusals: they go into logs and metrics, so they stay."""

import pytest

from authguard_core.counting.refusal import Reason, Refusal, Scope


def test_reasons_are_a_closed_set_of_stable_words() -> None:
    """Dashboards and alerts name them, so none may change its text."""
    assert {reason.value for reason in Reason} == {
        "admitted",
        "limited",
        "delayed",
        "locked",
        "capped",
        "unidentified",
        "storage_failed",
        "succeeded",
        "failed",
        "released",
    }


def test_scopes_are_a_closed_set_of_stable_words() -> None:
    """Counting keys are made from them, so a changed text would forget every count."""
    assert {scope.value for scope in Scope} == {"address", "subnet", "account", "device", "shared"}


@pytest.mark.parametrize("wait", [1_000, None])
def test_a_refusal_is_a_reason_and_a_duration(wait: int | None) -> None:
    """A duration needs no common clock; None says that waiting doesn't help."""
    assert Refusal(Reason.LOCKED, wait) == (Reason.LOCKED, wait)
