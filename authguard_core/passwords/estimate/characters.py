"""What a character costs that belongs to no pattern."""

from typing import Final
from unicodedata import category

__all__ = ["character_costs"]

_COMMON: Final = 1.0
"""A small Latin letter or a digit: people's choices are so uneven that the alphabet's size says little."""
_OTHER_LETTER: Final = 0.75
"""A letter of another alphabet. It costs less, since the lists know fewer of the words that it may be in."""
_UPPER: Final = 1.1
_SIGN: Final = 1.2
_SYLLABLE: Final = 1.3
"""Chinese characters and Hangul syllables, of which some thousands are used."""
_SYLLABLES: Final = ((0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_LAST_LATIN: Final = 0x024F
_MARK: Final = 0.5
"""An accent or vowel sign, which follows from what it stands on."""


def character_costs(text: str) -> list[float]:
    """Return the decimal logarithm of the guesses that each character takes."""
    return [_ascii_cost(one) if one.isascii() else _cost(one) for one in text]


def _ascii_cost(character: str) -> float:
    if character.isalnum():
        return _UPPER if character.isupper() else _COMMON
    return _SIGN


def _cost(character: str) -> float:
    kind = category(character)
    if kind[0] == "M":
        return _MARK
    if kind[0] not in "LN":
        return _SIGN
    code = ord(character)
    if code <= _LAST_LATIN:
        return _COMMON
    return _SYLLABLE if any(first <= code <= last for first, last in _SYLLABLES) else _OTHER_LETTER
