"""Words that an attacker expects of this account and this site, and where they stand in a password."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import log10
from typing import Final

from authguard_core.passwords.context import PasswordContext
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import fold, without_signs

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
MOST_WORDS: Final = 64
_TWICE: Final = log10(2)

Words = dict[str, Code]
"""Folded words, and what is said when a password holds them."""


def site_words(words: Iterable[str]) -> Words:
    """Return what a site is called."""
    return {word: Code.CONTAINS_SITE for word in _forms(words) if len(word) >= SHORTEST}


def personal_words(context: PasswordContext) -> Words:
    """Return what an attacker knows of an account. The first meaning of a word counts."""
    local, _, domain = context.email[:LONGEST].rpartition("@")
    sources = (
        (Code.CONTAINS_USERNAME, _forms((context.username,))),
        (Code.CONTAINS_NAME, _forms(context.names)),
        (Code.CONTAINS_EMAIL, (fold(context.email[:LONGEST]), *_forms((local, domain.rpartition(".")[0])))),
        (Code.CONTAINS_WORD, _forms(context.words)),
    )
    found: Words = {}
    for code, words in sources:
        for word in words:
            if len(word) >= SHORTEST:
                found.setdefault(word, code)
    return found


def _forms(words: Iterable[str]) -> Iterator[str]:
    """Yield words as they are, joined, and in their parts."""
    return islice(_all_forms(islice(words, MOST_WORDS)), MOST_WORDS)


def _all_forms(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        folded = fold(word[:LONGEST])
        parts = _parts(folded, str.isalnum)
        yield from (folded, "".join(parts), *parts, *_parts(folded, str.isalpha))


def _parts(text: str, belongs: Callable[[str], bool]) -> list[str]:
    """Return the runs of characters that belong."""
    return "".join(character if belongs(character) else " " for character in text).split()


def personal_matches(folded: str, words: Words) -> Iterator[Match]:
    """Yield where a password holds the words: plain, with signs for letters, or backwards."""
    cost = log10(len(words) + 1)
    length = len(folded)
    for word, code in words.items():
        for start in _places(folded, word):
            yield Match(start, start + len(word), cost, (code,))
    for reading in without_signs(folded):
        for word, code in words.items():
            for start in _places(reading, word):
                if reading[start : start + len(word)] != folded[start : start + len(word)]:
                    yield Match(start, start + len(word), cost + _TWICE, (code, Code.SUBSTITUTION))
    backwards = folded[::-1]
    for word, code in words.items():
        for start in _places(backwards, word):
            yield Match(length - start - len(word), length - start, cost + _TWICE, (code, Code.REVERSED))


def _places(text: str, word: str) -> Iterator[int]:
    """Yield where a word begins; its places don't overlap."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + len(word))
