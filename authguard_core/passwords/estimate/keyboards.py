"""Walks over neighbouring keys."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from math import comb, log10
from typing import Final

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.findings import Code

__all__ = ["keyboard_matches"]

SHORTEST: Final = 3
_QWERTY: Final = ("`1234567890-=", " qwertyuiop[]\\", " asdfghjkl;'", " zxcvbnm,./")
_QWERTY_SHIFTED: Final = ("~!@#$%^&*()_+", " qwertyuiop{}|", ' asdfghjkl:"', " zxcvbnm<>?")
_QWERTZ: Final = ("^1234567890ß\u00b4", " qwertzuiopü+", " asdfghjklöä#", " yxcvbnm,.-")
_AZERTY: Final = ("²&é\"'(-è_çà)=", " azertyuiop^$", " qsdfghjklmù*", " wxcvbn,;:!")
_JCUKEN: Final = ("ё1234567890-=", " йцукенгшщзхъ\\", " фывапролджэ", " ячсмитьбю.")
_KEYPAD: Final = ("789", "456", "123", "0")
_SLANTED: Final = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))
"""Where the neighbours of a key are, in rows down and keys to the right: rows stand half a key apart."""
_SQUARE: Final = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)

Place = tuple[int, int]
"""Row and column of a key."""


def _steps(directions: Sequence[Place], *layers: Sequence[str]) -> Mapping[str, int]:
    """Return for each two characters of neighbouring keys the direction from the one to the other."""
    places = [
        ((row, column), character)
        for layer in layers
        for row, keys in enumerate(layer)
        for column, character in enumerate(keys)
        if character != " "
    ]
    on_key: dict[Place, list[str]] = defaultdict(list)
    for place, character in places:
        on_key[place].append(character)
    return {
        character + other: direction
        for (row, column), character in places
        for direction, (down, right) in enumerate(directions)
        for other in on_key.get((row + down, column + right), ())
    }


_LAYOUTS: Final = (
    _steps(_SLANTED, _QWERTY, _QWERTY_SHIFTED),
    _steps(_SLANTED, _QWERTZ),
    _steps(_SLANTED, _AZERTY),
    _steps(_SLANTED, _JCUKEN),
    _steps(_SQUARE, _KEYPAD),
)
_LAYOUTS_OF: Final = {
    pair: sum(1 << number for number, layout in enumerate(_LAYOUTS) if pair in layout)
    for pair in frozenset[str]().union(*_LAYOUTS)
}
"""On which layouts two characters are neighbours, a bit for each."""
_KEYS: Final = 47
_DEGREE: Final = 4.6
"""Neighbours of a key, on average."""
_CODES: Final = (Code.KEYBOARD_WALK,)


def keyboard_matches(folded: str) -> Iterator[Match]:
    """Yield the longest walks of three keys and more, on each layout."""
    pairs = [first + second for first, second in pairwise(folded)]
    layouts = [_LAYOUTS_OF.get(pair, 0) for pair in pairs]
    walked = 0
    for one, other in pairwise(layouts):
        walked |= one & other
    for number, layout in enumerate(_LAYOUTS):
        if walked >> number & 1:
            yield from _walks([layout.get(pair) for pair in pairs])


def _walks(steps: Sequence[int | None]) -> Iterator[Match]:
    """Yield the walks; ``steps`` are the directions between each two characters, None where there is none."""
    start = 0
    for is_step, run in groupby(steps, lambda step: step is not None):
        directions = list(run)
        if is_step and len(directions) >= SHORTEST - 1:
            turns = len(list(groupby(directions)))
            yield Match(start, start + len(directions) + 1, _cost(len(directions) + 1, turns), _CODES)
        start += len(directions)


def _cost(length: int, turns: int) -> float:
    """Where it begins, where it turns, and in which directions."""
    return log10(_KEYS * length * comb(length - 1, turns - 1)) + turns * log10(_DEGREE)
