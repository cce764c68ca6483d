"""What is said several times: ``aaaa``, ``abcabc``, ``passwordpassword``."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

__all__ = ["Repeat", "repeats"]

LONGEST: Final = 16
"""Of what is repeated."""
SHORTEST: Final = 3
"""Of a repetition as a whole: two equal letters are no pattern."""


class Repeat(NamedTuple):
    """A part of a password that is the same thing several times."""

    start: int
    period: int
    times: int


def repeats(folded: str) -> Iterator[Repeat]:
    """Yield repetitions from left to right, at each place the one that reaches farthest.

    Those that are yielded don't overlap, so what is made of them takes linear time.
    """
    periods = range(1, min(LONGEST, len(folded) // 2) + 1)
    reaches = [(period, reach) for period in periods if (reach := _reaches(folded, period))]
    place = 0
    while reaches and place < len(folded):
        found = _farthest(reaches, place)
        if found:
            yield found
        place += found.period * found.times if found else 1


def _farthest(reaches: Sequence[tuple[int, Sequence[int]]], place: int) -> Repeat | None:
    """Return the repetition that reaches farthest from a place; of two, the one of the shorter thing."""
    best, farthest = None, SHORTEST - 1
    for period, reach in reaches:
        times = reach[place] // period
        if times > 1 and times * period > farthest:
            best, farthest = Repeat(place, period, times), times * period
    return best


def _reaches(folded: str, period: int) -> list[int]:
    """Return for each place how many characters from there on repeat with a period; nothing if none does."""
    same = [one == other for one, other in zip(folded, folded[period:], strict=False)]
    if True not in same:
        return []
    reaches = [0] * len(folded)
    equal = 0
    for place in range(len(same) - 1, -1, -1):
        equal = equal + 1 if same[place] else 0
        reaches[place] = equal + period if equal else 0
    return reaches
