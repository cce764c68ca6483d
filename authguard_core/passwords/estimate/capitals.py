"""What capitals add to a word."""

from math import comb, log10
from typing import Final

__all__ = ["capitals_cost"]

_TWICE: Final = log10(2)


def capitals_cost(part: str) -> float:
    """Return what capitals add: nothing, or a factor of two where they stand as everybody puts them."""
    lower = part.lower()
    if part == lower:
        return 0.0
    if part == part.upper() or part[1:] == lower[1:] or part[:-1] == lower[:-1]:
        return _TWICE
    capitals = sum(map(str.isupper, part))
    letters = sum(map(str.isalpha, part))
    few = min(capitals, letters - capitals)
    return log10(sum(comb(letters, count) for count in range(1, few + 1))) if few > 0 else _TWICE
