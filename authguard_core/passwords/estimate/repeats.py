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
    longest = min(LONGEST, len(folded) // 2)
    reaches = [_reaches(folded, period) for period in range(1, longest + 1)]
    place = 0
    while place < len(folded):
        found = _farthest(reaches, place)
        if found:
            yield found
        place += found.period * found.times if found else 1


def _farthest(reaches: Sequence[Sequence[int]], place: int) -> Repeat | None:
    """Return the repetition that reaches farthest from a place; of two, the one of the shorter thing."""
    best = None
    for period, reach in enumerate(reaches, 1):
        times = reach[place] // period
        if (
            times > 1
            and times * period >= SHORTEST
            and (best is None or times * period > best.times * best.period)
        ):
            best = Repeat(place, period, times)
    return best


def _reaches(folded: str, period: int) -> list[int]:
    """Return for each place how many characters from there on repeat with a period."""
    reaches = [0] * len(folded)
    equal = 0
    for place in range(len(folded) - period - 1, -1, -1):
        equal = equal + 1 if folded[place] == folded[place + period] else 0
        reaches[place] = equal + period if equal else 0
    return reaches
