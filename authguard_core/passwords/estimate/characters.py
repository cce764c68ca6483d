"""What a character costs that belongs to no pattern."""

from typing import Final
from unicodedata import category

__all__ = ["character_costs"]

_DIGIT: Final = 1.0
_LOWER: Final = 1.0
_UPPER: Final = 1.1
_SIGN: Final = 1.2
_FOREIGN_LETTER: Final = 0.6
_IDEOGRAPH: Final = 1.3


def character_costs(text: str) -> list[float]:
    """Return the decimal logarithm of the guesses that each character takes."""
    return [_cost(character) for character in text]


def _cost(character: str) -> float:
    if character.isascii():
        if character.isdigit():
            return _DIGIT
        if character.isalpha():
            return _LOWER if character.islower() else _UPPER
        return _SIGN
    kind = category(character)
    if kind == "Lo" and "\u3400" <= character <= "\u9fff":
        return _IDEOGRAPH
    if kind[0] in "LMN":
        return _FOREIGN_LETTER
    return _SIGN
