"""Words, names and common passwords within a password, in every reading of it."""

from collections.abc import Iterable, Iterator
from math import log10
from typing import Final

from authguard_core.passwords.estimate.capitals import capitals_cost
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.estimate.sieve import Sieve, Span
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import typed_keys, without_signs

__all__ = ["word_matches"]

SHORTEST: Final = 3
SHORTEST_READING: Final = 4
SHORTEST_REVERSED: Final = 5
"""Of words that are spelled otherwise. Fewer letters are a word by accident."""
LONGEST: Final = 16
"""Of a window. A longer entry of a list is found as a whole password."""
_TWICE: Final = log10(2)
_AROUND: Final = "0123456789!"
"""What people put before and after words, rather than in place of letters."""
_PLAIN: Final = (Code.DICTIONARY_WORD,)
_SIGNS: Final = (Code.DICTIONARY_WORD, Code.SUBSTITUTION)
_REVERSED: Final = (Code.DICTIONARY_WORD, Code.REVERSED)


def word_matches(text: str, folded: str, sieve: Sieve) -> Iterator[Match]:
    """Find words as they are, with signs for letters, typed on another layout, and backwards.

    Args:
        text: as its owner typed it.
        folded: the same, folded character by character.
        sieve: the words, with their ranks.
    """
    shown = text if text != folded else None
    for start, end, rank in sieve.words(folded, _all_spans(folded)):
        yield _match(shown, start, end, log10(rank), _PLAIN)
    for reading in _spelled_out(folded):
        for start, end, rank in sieve.words(reading, _changed_spans(reading, folded)):
            cost = log10(rank) + _TWICE * _signs(reading, folded, start, end)
            yield _match(shown, start, end, cost, _SIGNS)
    typed = typed_keys(folded)
    if typed != folded:
        for start, end, rank in sieve.words(typed, _changed_spans(typed, folded)):
            yield _match(shown, start, end, log10(rank) + _TWICE, _PLAIN)
    yield from _reversed(shown, folded, sieve)


def _spelled_out(folded: str) -> Iterator[str]:
    """Yield readings with letters in place of signs, but for digits at the beginning and the end."""
    inner = folded.strip(_AROUND)
    if not inner:
        return
    start = folded.index(inner)
    for reading in without_signs(inner):
        yield folded[:start] + reading + folded[start + len(inner) :]


def _reversed(shown: str | None, folded: str, sieve: Sieve) -> Iterator[Match]:
    """Yield words that are spelled backwards. A palindrome was found forwards."""
    backwards = folded[::-1]
    length = len(folded)
    for first, last, rank in sieve.words(backwards, _letter_spans(backwards)):
        start, end = length - last, length - first
        if backwards[first:last] != folded[start:end]:
            yield _match(shown, start, end, log10(rank) + _TWICE, _REVERSED)


def _match(shown: str | None, start: int, end: int, cost: float, codes: tuple[Code, ...]) -> Match:
    """Return the match of a word; ``shown`` is the password if it has capitals, None if it has none."""
    return Match(start, end, cost + capitals_cost(shown[start:end]) if shown else cost, codes)


def _all_spans(folded: str) -> Iterator[Span]:
    length = len(folded)
    for start in range(length - SHORTEST + 1):
        yield start, start + SHORTEST, min(start + LONGEST, length)


def _letter_spans(reading: str) -> Iterator[Span]:
    """Yield only windows of letters: digits backwards are digits."""
    ends = _next(not character.isalpha() for character in reading)
    for start, end in enumerate(ends):
        if start + SHORTEST_REVERSED <= end:
            yield start, start + SHORTEST_REVERSED, min(start + LONGEST, end)


def _changed_spans(reading: str, folded: str) -> Iterator[Span]:
    """Yield only windows of letters in which some are read otherwise, and some are as they were typed."""
    ends = _next(not character.isalpha() for character in reading)
    changed = _next(new != old for new, old in zip(reading, folded, strict=True))
    letter = _next(character.isalpha() for character in folded)
    for start, end in enumerate(ends):
        first = max(start + SHORTEST_READING, changed[start] + 1, letter[start] + 1)
        last = min(start + LONGEST, end)
        if first <= last:
            yield start, first, last


def _next(flags: Iterable[bool]) -> list[int]:
    """Return for each place the next one whose flag is set, itself included; the length if there is none."""
    found: list[int] = []
    flagged = list(flags)
    place = len(flagged)
    for number in range(len(flagged) - 1, -1, -1):
        place = number if flagged[number] else place
        found.append(place)
    return found[::-1]


def _signs(reading: str, folded: str, start: int, end: int) -> int:
    """Return how many different signs were read as letters."""
    pairs = set(zip(reading[start:end], folded[start:end], strict=True))
    return sum(new != old for new, old in pairs)
