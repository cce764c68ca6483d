"""How many guesses a password takes, in time linear in its length.

The idea is zxcvbn's (Wheeler, USENIX Security 2016): an attacker puts common pieces together, the most common
first. Here the time is linear: windows are bounded, signs are read by one map, and one pass of dynamic
programming finds the cheapest cover.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from math import log10
from typing import Final

from authguard_core.passwords.estimate.characters import character_costs
from authguard_core.passwords.estimate.cover import Cover, cover
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.estimate.repeats import repeats
from authguard_core.passwords.estimate.shapes import farthest, shapes_of
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.estimate.words import word_matches
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import SEPARATORS

__all__ = ["Patterns"]

_SEPARATOR_COST: Final = 0.3


class Patterns:
    """Everything that the matchers find in one password.

    Args:
        text: the password, composed.
        folded: the same, folded character by character.
        sieve: words with their ranks.
        more: matches of what is expected of this account.
    """

    def __init__(self, text: str, folded: str, sieve: Sieve, more: Iterable[Match] = ()) -> None:
        self._costs = character_costs(text)
        self._ending: list[list[Match]] = [[] for _ in range(len(text) + 1)]
        self._shapes = list(shapes_of(folded))
        self._add(chain(more, word_matches(text, folded, sieve), self._shapes, _separators(folded)))
        # A repetition costs what is repeated, so the other patterns come first.
        repetitions = list(self._repetitions(folded))
        self._shapes += repetitions
        self._add(repetitions)

    def cover(self, start: int, end: int) -> Cover:
        """Return the cheapest way to put a part of the password together."""
        return cover(self._costs, self._ending, start, end)

    def explained(self, pieces: Iterable[Match]) -> list[Match]:
        """Return pieces with better reasons: a walk, sequence, date or repetition isn't called a word."""
        reaching = farthest(self._shapes, len(self._costs))
        return [
            shape._replace(start=piece.start, end=piece.end)
            if Code.DICTIONARY_WORD in piece.codes
            and (shape := reaching[piece.start]) is not None
            and shape.end >= piece.end
            else piece
            for piece in pieces
        ]

    def _add(self, matches: Iterable[Match]) -> None:
        for match in matches:
            self._ending[match.end].append(match)

    def _repetitions(self, folded: str) -> Iterator[Match]:
        for start, period, times in repeats(folded):
            once = self.cover(start, start + period)
            codes = [code for piece in once.pieces for code in piece.codes]
            yield Match(start, start + period * times, once.cost + log10(times), (*codes, Code.REPEATED))


def _separators(folded: str) -> Iterator[Match]:
    """Yield single characters that join words: which one it is says little."""
    for place in range(1, len(folded) - 1) if not folded.isalnum() else ():
        if folded[place] in SEPARATORS and folded[place - 1].isalnum() and folded[place + 1].isalnum():
            yield Match(place, place + 1, _SEPARATOR_COST)
