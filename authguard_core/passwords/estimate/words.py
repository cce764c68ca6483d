"""Words, names and common passwords within a password, in every reading of it."""

from collections.abc import Iterable, Iterator
from math import log10
from typing import Final

from authguard_core.passwords.estimate.capitals import capitals_cost
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.estimate.sieve import Sieve, Span, Word
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import typed_keys, without_signs

__all__ = ["word_matches"]

SHORTEST: Final = 3
LONGEST: Final = 16
"""Of a window. A longer entry of a list is found as a whole password."""
_TWICE: Final = log10(2)
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
    for word in sieve.words(folded, _all_spans(folded)):
        yield _match(shown, word, 0.0, _PLAIN)
    for reading in without_signs(folded):
        for word in sieve.words(reading, _changed_spans(reading, folded)):
            yield _match(shown, word, _TWICE * _signs(reading, folded, word), _SIGNS)
    typed = typed_keys(folded)
    if typed != folded:
        for word in sieve.words(typed, _changed_spans(typed, folded)):
            yield _match(shown, word, _TWICE, _PLAIN)
    yield from _reversed(shown, folded, sieve)


def _reversed(shown: str | None, folded: str, sieve: Sieve) -> Iterator[Match]:
    """Yield words that are spelled backwards. A palindrome was found forwards."""
    backwards = folded[::-1]
    length = len(folded)
    for start, end, rank in sieve.words(backwards, _letter_spans(backwards)):
        if backwards[start:end] != folded[length - end : length - start]:
            yield _match(shown, Word(length - end, length - start, rank), _TWICE, _REVERSED)


def _match(shown: str | None, word: Word, more: float, codes: tuple[Code, ...]) -> Match:
    """Return the match of a word; ``shown`` is the password if it has capitals, None if it has none."""
    start, end, rank = word
    capitals = capitals_cost(shown[start:end]) if shown else 0.0
    return Match(start, end, log10(rank) + more + capitals, codes)


def _all_spans(folded: str) -> Iterator[Span]:
    length = len(folded)
    for start in range(length - SHORTEST + 1):
        yield Span(start, start + SHORTEST, min(start + LONGEST, length))


def _letter_spans(reading: str) -> Iterator[Span]:
    """Yield only windows of letters: digits backwards are digits."""
    end = _next(not character.isalpha() for character in reading)
    for start in range(len(reading) - SHORTEST + 1):
        yield Span(start, start + SHORTEST, min(start + LONGEST, end[start]))


def _changed_spans(reading: str, folded: str) -> Iterator[Span]:
    """Yield only windows of letters in which some are read otherwise, and some are as they were typed."""
    end = _next(not character.isalpha() for character in reading)
    changed = _next(new != old for new, old in zip(reading, folded, strict=True))
    letter = _next(character.isalpha() for character in folded)
    for start in range(len(reading) - SHORTEST + 1):
        first = max(start + SHORTEST, changed[start] + 1, letter[start] + 1)
        yield Span(start, first, min(start + LONGEST, end[start]))


def _next(flags: Iterable[bool]) -> list[int]:
    """Return for each place the next one whose flag is set, itself included; the length if there is none."""
    found: list[int] = []
    flagged = list(flags)
    place = len(flagged)
    for number in range(len(flagged) - 1, -1, -1):
        place = number if flagged[number] else place
        found.append(place)
    return found[::-1]


def _signs(reading: str, folded: str, word: Word) -> int:
    """Return how many different signs were read as letters."""
    pairs = zip(reading[word.start : word.end], folded[word.start : word.end], strict=True)
    return len({pair for pair in pairs if pair[0] != pair[1]})
