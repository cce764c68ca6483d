"""Claims about the cheapest way to put a password together."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.cover import PIECE, Cover, cover
from authguard_core.passwords.estimate.matches import Match

LENGTH = 7


def ending(matches: Sequence[Match], length: int = LENGTH) -> list[list[Match]]:
    """The matches by the place where they end."""
    return [[match for match in matches if match.end == place] for place in range(length + 1)]


def test_without_matches_every_character_is_paid() -> None:
    """The cost is the sum, and there are no pieces."""
    assert cover([1, 2, 4], ending([], 3), 0, 3) == Cover(7, ())


def test_nothing_costs_nothing() -> None:
    """An empty part has an empty cover, wherever it lies."""
    assert cover([1, 2, 4], ending([], 3), 2, 2) == Cover(0, ())


def test_a_match_is_taken_where_it_is_cheaper_than_its_characters() -> None:
    """Together with what one more piece costs."""
    match = Match(1, 3, 1.0)
    assert cover([1, 1, 1, 1], ending([match], 4), 0, 4) == Cover(1 + (match.cost + PIECE) + 1, (match,))


def test_a_match_that_is_dearer_than_its_characters_is_left() -> None:
    """A pattern never makes a password stronger."""
    assert cover([1, 1, 1, 1], ending([Match(1, 3, 1.9)], 4), 0, 4) == Cover(4, ())


def test_of_matches_that_overlap_the_cheapest_choice_is_made() -> None:
    """Two short ones beat a long one that costs more than both, and their order is that of the text."""
    one, other, both = Match(0, 3, 0.5), Match(3, 6, 0.5), Match(0, 6, 2.0)
    assert cover([1] * 6, ending([both, other, one], 6), 0, 6).pieces == (one, other)
    cheap = both._replace(cost=1.0)
    assert cover([1] * 6, ending([cheap, other, one], 6), 0, 6).pieces == (cheap,)


def test_a_part_takes_no_match_from_outside() -> None:
    """What begins before it or ends after it belongs to another part."""
    matches = [Match(0, 3, 0.1), Match(2, 5, 0.1)]
    assert cover([1] * 5, ending(matches, 5), 1, 4) == Cover(3, ())


def test_a_part_takes_the_matches_within() -> None:
    """Up to its edges."""
    match = Match(1, 4, 0.1)
    assert cover([1] * 5, ending([match], 5), 1, 4).pieces == (match,)


MATCHES = st.builds(
    lambda start, size, cost: Match(start, min(start + size, LENGTH), cost),
    st.integers(0, LENGTH - 1),
    st.integers(1, LENGTH),
    st.floats(0, 5),
)


def cheapest(costs: Sequence[float], matches: Sequence[Match], start: int, end: int) -> float:
    """Try every way: what the dynamic programming must agree with."""
    if start == end:
        return 0.0
    ways = [match for match in matches if match.start == start and match.end <= end]
    steps = [match.cost + PIECE + cheapest(costs, matches, match.end, end) for match in ways]
    return min([costs[start] + cheapest(costs, matches, start + 1, end), *steps])


@given(
    st.lists(st.floats(0, 3), min_size=LENGTH, max_size=LENGTH),
    st.lists(MATCHES, max_size=8),
    st.integers(0, LENGTH),
    st.integers(0, LENGTH),
)
def test_no_way_is_cheaper(costs: list[float], matches: list[Match], one: int, other: int) -> None:
    """The cover costs what the best of all ways costs, and its pieces are one of those ways."""
    start, end = sorted((one, other))
    found = cover(costs, ending(matches), start, end)
    assert found.cost == pytest.approx(cheapest(costs, matches, start, end))
    places = [place for match in found.pieces for place in range(match.start, match.end)]
    assert len(set(places)) == len(places)
    paid = sum(costs[place] for place in range(start, end) if place not in places)
    assert found.cost == pytest.approx(paid + sum(match.cost + PIECE for match in found.pieces))
