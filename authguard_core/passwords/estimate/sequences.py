"""Sequences such as ``abcd``, ``9876`` or ``aceg``, in any alphabet."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from math import log10
from typing import Final

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.findings import Code

__all__ = ["sequence_matches"]

SHORTEST: Final = 3
WIDEST_STEP: Final = 5
_OBVIOUS: Final = frozenset("az019")
_CODES: Final = (Code.SEQUENCE,)


def sequence_matches(folded: str) -> Iterator[Match]:
    """Yield the longest runs of characters at an equal distance of at most five code points."""
    start = 0
    for step, run in groupby(second - first for first, second in pairwise(map(ord, folded))):
        length = len(list(run)) + 1
        if length >= SHORTEST and 0 < abs(step) <= WIDEST_STEP:
            yield Match(start, start + length, _cost(folded[start], length, step), _CODES)
        start += length - 1


def _cost(first: str, length: int, step: int) -> float:
    """Where it begins, how long it is, how it goes on."""
    starts = 4 if first in _OBVIOUS else 10 if first.isdigit() else 26
    return log10(starts * length * (1 if step == 1 else 2 * abs(step)))
