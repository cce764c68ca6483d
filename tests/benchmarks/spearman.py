"""How well a meter orders passwords as their frequencies do: the weighted Spearman correlation.

Golla and Dürmuth, "On the Accuracy of Password Strength Meters" (CCS 2018), found it to be what compares
meters best: a common password at a wrong place counts as much as its users do. A value's rank is the weight
of all smaller values and half the weight of its equals; the coefficient is the weighted Pearson correlation
of the ranks.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import fsum, sqrt

__all__ = ["weighted_ranks", "weighted_spearman"]


def weighted_ranks(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return for each value the weight of all smaller ones, and half that of its equals."""
    ranks = [0.0] * len(values)
    below = 0.0
    for _, group in groupby(sorted(range(len(values)), key=values.__getitem__), key=values.__getitem__):
        equals = list(group)
        weight = fsum(weights[place] for place in equals)
        for place in equals:
            ranks[place] = below + weight / 2
        below += weight
    return ranks


def weighted_spearman(
    these: Sequence[float], those: Sequence[float], weights: Sequence[float]
) -> float | None:
    """Return the coefficient, -1 to 1; None where nothing is ordered: all values of one side are equal."""
    one = _centred(weighted_ranks(these, weights), weights)
    other = _centred(weighted_ranks(those, weights), weights)
    spread = sqrt(_moment(one, one, weights) * _moment(other, other, weights))
    return _moment(one, other, weights) / spread if spread else None


def _centred(ranks: Sequence[float], weights: Sequence[float]) -> list[float]:
    mean = _moment(ranks, [1.0] * len(ranks), weights) / fsum(weights) if ranks else 0.0
    # Equal ranks differ from their mean by what is rounded, which is no order.
    return [0.0] * len(ranks) if len(set(ranks)) < 2 else [rank - mean for rank in ranks]


def _moment(one: Iterable[float], other: Iterable[float], weights: Iterable[float]) -> float:
    return fsum(weight * x * y for weight, x, y in zip(weights, one, other, strict=True))
