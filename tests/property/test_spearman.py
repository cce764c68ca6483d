"""Claims about the coefficient by which meters are compared."""

from math import atan, exp

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.benchmarks.spearman import weighted_ranks, weighted_spearman

PAIRS = st.lists(
    st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 1000)), min_size=2, max_size=40
)
"""Two values, and their weight."""


def columns(pairs: list[tuple[int, int, int]]) -> tuple[list[float], list[float], list[float]]:
    these, those, weights = zip(*pairs, strict=True)
    return list(these), list(those), list(weights)


def test_a_rank_is_the_weight_below_and_half_the_weight_of_the_equals() -> None:
    """By hand: of weight 1 nothing is below; the two sevens share the next 5; and 6 lie below the nine."""
    assert weighted_ranks([7, 9, 7, 3], [2, 4, 3, 1]) == [3.5, 8.0, 3.5, 0.5]


def test_the_coefficient_of_three_by_hand() -> None:
    """Ranks 1, 2.5, 3.5 and 3, 1.5, 0.5 with weights 2, 1, 1: both means are 2, the moments -5 and 5, 5."""
    assert weighted_ranks([10, 20, 30], [2, 1, 1]) == [1, 2.5, 3.5]
    assert weighted_spearman([10, 20, 30], [3, 2, 1], [2, 1, 1]) == pytest.approx(-1)
    # Ranks 1, 2.5, 3.5 beside 1, 3.5, 2.5: the moment is 2 + 0.75 + 0.75, each spread 2 + 0.25 + 2.25.
    assert weighted_spearman([10, 20, 30], [1, 3, 2], [2, 1, 1]) == pytest.approx(3.5 / 4.5)


def test_equal_weights_give_spearmans_own_coefficient() -> None:
    """A textbook's ranks: of differences 1, -1, 0, 0 the coefficient is 1 - 6·2 / (4·15) = 0.8."""
    assert weighted_spearman([1, 2, 3, 4], [2, 1, 3, 4], [1, 1, 1, 1]) == pytest.approx(0.8)


def test_a_mistake_at_a_heavy_value_costs_more() -> None:
    """Two neighbours exchanged at the heavy end spoil more than two at the light end."""
    weights = [100, 80, 2, 1]
    heavy = weighted_spearman([1, 2, 3, 4], [2, 1, 3, 4], weights)
    light = weighted_spearman([1, 2, 3, 4], [1, 2, 4, 3], weights)
    assert heavy is not None
    assert light is not None
    assert heavy < light


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0]])
def test_where_nothing_is_ordered_there_is_no_coefficient(values: list[float]) -> None:
    """No values, one, or only equal ones."""
    weights = [0.1] * len(values)
    assert weighted_spearman(values, [float(place) for place in range(len(values))], weights) is None
    assert weighted_spearman([float(place) for place in range(len(values))], values, weights) is None


@given(PAIRS)
def test_the_same_order_is_one_and_the_reverse_is_minus_one(pairs: list[tuple[int, int, int]]) -> None:
    """Whatever the weights and the ties."""
    these, _, weights = columns(pairs)
    assume(len(set(these)) > 1)
    assert weighted_spearman(these, these, weights) == pytest.approx(1)
    assert weighted_spearman(these, [-one for one in these], weights) == pytest.approx(-1)


@given(PAIRS)
def test_only_the_order_counts(pairs: list[tuple[int, int, int]]) -> None:
    """Any scale that rises gives the same: guesses, their logarithm, seconds."""
    these, those, weights = columns(pairs)
    assume(len(set(these)) > 1 and len(set(those)) > 1)
    found = weighted_spearman(these, those, weights)
    assert weighted_spearman([exp(one) for one in these], [atan(one) for one in those], weights) == found


@given(PAIRS, st.integers(1, 9))
def test_who_is_compared_with_whom_makes_no_difference(pairs: list[tuple[int, int, int]], times: int) -> None:
    """The two sides are equal, and so are weights in other units; the coefficient is between -1 and 1."""
    these, those, weights = columns(pairs)
    assume(len(set(these)) > 1 and len(set(those)) > 1)
    found = weighted_spearman(these, those, weights)
    assert found is not None
    assert -1 - 1e-9 <= found <= 1 + 1e-9
    assert weighted_spearman(those, these, [times * one for one in weights]) == pytest.approx(found)


@given(PAIRS)
def test_a_value_of_weight_two_is_two_values(pairs: list[tuple[int, int, int]]) -> None:
    """Ties share their weight by halves, so a password of two users counts as two of one user each."""
    these, those, weights = columns(pairs)
    assume(len(set(these)) > 1 and len(set(those)) > 1)
    found = weighted_spearman(these, those, [2 * one for one in weights])
    assert weighted_spearman(these * 2, those * 2, weights * 2) == pytest.approx(found)
