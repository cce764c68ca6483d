"""Claims about what a matcher finds."""

import pytest

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.findings import Code


def test_a_match_says_where_it_stands_what_it_costs_and_why() -> None:
    """Its fields are its places, its cost and its codes, in this order."""
    assert Match(2, 6, 1.5, (Code.DATE,)) == (2, 6, 1.5, (Code.DATE,))


def test_what_joins_words_needs_no_reason() -> None:
    """Without codes a match accuses nobody."""
    assert Match(0, 1, 0.3).codes == ()


def test_a_match_cannot_change() -> None:
    """One match is shared by every cover it belongs to."""
    with pytest.raises(AttributeError):
        Match(0, 1, 0.3).cost = 0.0  # type: ignore[misc]
