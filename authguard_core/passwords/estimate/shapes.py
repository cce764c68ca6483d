"""Shapes: sequences, walks, dates and repetitions, which are easy to guess whatever they spell."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from authguard_core.passwords.estimate.dates import date_matches
from authguard_core.passwords.estimate.keyboards import keyboard_matches
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.estimate.repeats import repeats
from authguard_core.passwords.estimate.sequences import sequence_matches
from authguard_core.passwords.findings import Code

__all__ = ["farthest", "shape_of", "shapes_of"]

_REPEATED: Final = (Code.REPEATED,)


def shape_of(folded: str) -> tuple[Code, ...]:
    """Return which single walk, sequence, date or repetition makes up most of a password."""
    repetitions = (
        Match(start, start + period * times, 0.0, _REPEATED) for start, period, times in repeats(folded)
    )
    codes = (
        shape.codes
        for shape in chain(shapes_of(folded), repetitions)
        if 2 * (shape.end - shape.start) > len(folded)
    )
    return tuple(dict.fromkeys(chain(*codes)))


def shapes_of(folded: str) -> Iterator[Match]:
    """Yield sequences before walks: that is what people call ``123456``."""
    yield from sequence_matches(folded)
    yield from keyboard_matches(folded)
    yield from date_matches(folded)


def farthest(shapes: Iterable[Match], length: int) -> list[Match | None]:
    """Return for each place the shape that begins there or before and reaches farthest."""
    found: list[Match | None] = [None] * length
    for shape in shapes:
        before = found[shape.start]
        if before is None or shape.end > before.end:
            found[shape.start] = shape
    for place in range(1, length):
        before, here = found[place - 1], found[place]
        if before is not None and (here is None or before.end > here.end):
            found[place] = before
    return found
