"""The cheapest way to put a password together from what the matchers found."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from authguard_core.passwords.estimate.matches import Match

__all__ = ["Cover", "cover"]

PIECE: Final = 0.3
"""What one more piece costs: there are so many ways to put pieces together."""


class Cover(NamedTuple):
    """How a part of a password is put together."""

    cost: float
    """The decimal logarithm of the guesses it takes."""
    pieces: tuple[Match, ...]
    """The patterns in it, from left to right. Between them stand characters of no pattern."""


def cover(costs: Sequence[float], ending: Sequence[Sequence[Match]], start: int, end: int) -> Cover:
    """Find the cheapest cover of the places from ``start`` to ``end``, by dynamic programming.

    Args:
        costs: what each character costs by itself.
        ending: for each place the matches that end there.
        start: where the part begins.
        end: the place after its last character.
    """
    least = [0.0]
    chosen: list[Match | None] = [None]
    for place in range(start + 1, end + 1):
        best, by = least[-1] + costs[place - 1], None
        for match in ending[place]:
            if match.start >= start and (cost := least[match.start - start] + match.cost + PIECE) < best:
                best, by = cost, match
        least.append(best)
        chosen.append(by)
    return Cover(least[-1], _pieces(chosen, start, end))


def _pieces(chosen: Sequence[Match | None], start: int, end: int) -> tuple[Match, ...]:
    """Go back from the end, piece by piece."""
    pieces: list[Match] = []
    while end > start:
        match = chosen[end - start]
        if match:
            pieces.append(match)
        end = match.start if match else end - 1
    return tuple(reversed(pieces))
