"""Words that an attacker expects of this account and this site, and where they stand in a password."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from math import log10
from typing import Final

from authguard_core.passwords.context import PasswordContext
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import (
    fold,
    fold_each,
    unaccented,
    unaccented_each,
    without_signs,
)

__all__ = ["PERSONAL", "personal_matches", "personal_words", "site_words"]

PERSONAL: Final = frozenset(
    {
        Code.CONTAINS_USERNAME,
        Code.CONTAINS_EMAIL,
        Code.CONTAINS_NAME,
        Code.CONTAINS_SITE,
        Code.CONTAINS_WORD,
    }
)
SHORTEST: Final = 3
LONGEST: Final = 128
"""Of a word. Nobody's name is longer, but a form may send anything."""
MOST_WORDS: Final = 32
"""That are taken from each part of a context."""
MOST_FORMS: Final = 64
"""That are looked for of each part of a context."""
_TWICE: Final = log10(2)

Words = dict[str, Code]
"""Folded words, and what is said when a password holds them."""


def site_words(words: Iterable[str]) -> Words:
    """Return what a site is called."""
    return dict.fromkeys(_usable(_forms(words)), Code.CONTAINS_SITE)


def personal_words(context: PasswordContext) -> Words:
    """Return what an attacker knows of an account. The first meaning of a word counts."""
    email = context.email[:LONGEST]
    local, _, domain = email.rpartition("@")
    sources = (
        (Code.CONTAINS_USERNAME, _forms([context.username])),
        (Code.CONTAINS_NAME, _forms(islice(context.names, MOST_WORDS))),
        (Code.CONTAINS_EMAIL, chain([fold_each(email)], _forms([local, domain.rpartition(".")[0]]))),
        (Code.CONTAINS_WORD, _forms(islice(context.words, MOST_WORDS))),
    )
    found: Words = {}
    for code, words in sources:
        for word in islice(_usable(words), MOST_FORMS):
            found.setdefault(word, code)
    return found


def _usable(words: Iterable[str]) -> Iterator[str]:
    """Yield each word once that is long enough to mean something."""
    seen: set[str] = set()
    for word in words:
        if len(word) >= SHORTEST and word not in seen:
            seen.add(word)
            yield word


def _forms(words: Iterable[str]) -> Iterator[str]:
    """Yield words as they are, joined, in their parts, and without accents."""
    for cut in dict.fromkeys(word[:LONGEST] for word in words):
        for folded in dict.fromkeys((fold_each(cut), fold(cut), unaccented(fold(cut)))):
            parts = _parts(folded, str.isalnum)
            yield from (folded, "".join(parts), *parts, *_parts(folded, str.isalpha))


def _parts(text: str, belongs: Callable[[str], bool]) -> list[str]:
    """Return the runs of characters that belong."""
    return "".join(character if belongs(character) else " " for character in text).split()


def personal_matches(folded: str, words: Words) -> Iterator[Match]:
    """Yield where a password holds the words: plain, unaccented, with signs for letters, or backwards."""
    if not words:
        return
    cost = log10(len(words) + 1)
    length = len(folded)
    for start, end, code in _places(folded, words):
        yield Match(start, end, cost, (code,))
    for reading, why in _readings(folded):
        for start, end, code in _places(reading, words):
            if reading[start:end] != folded[start:end]:
                yield Match(start, end, cost + _TWICE, (code, *why))
    for start, end, code in _places(folded[::-1], words):
        yield Match(length - end, length - start, cost + _TWICE, (code, Code.REVERSED))


def _readings(folded: str) -> Iterator[tuple[str, tuple[Code, ...]]]:
    """Yield other readings of a text, and what makes them so."""
    plain = unaccented_each(folded)
    if plain != folded:
        yield plain, ()
    for reading in without_signs(folded):
        yield reading, (Code.SUBSTITUTION,)


def _places(text: str, words: Words) -> Iterator[tuple[int, int, Code]]:
    """Yield where words begin and end, and what is said of them; the places of a word don't overlap."""
    for word, code in words.items():
        start = text.find(word)
        while start >= 0:
            yield start, start + len(word), code
            start = text.find(word, start + len(word))
