"""Whether a password is a common one, as it stands or in another dress."""

from collections.abc import Iterator
from math import log10
from typing import Final, NamedTuple, Protocol

from authguard_core.passwords.derived import cores, forms
from authguard_core.passwords.estimate.capitals import capitals_cost
from authguard_core.passwords.estimate.estimator import Patterns
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import fold

__all__ = ["Listed", "Ranks", "as_listed", "nearest_listed"]

COMMON: Final = 6.0
"""What a common password and the digits and signs around it may cost together to be called common."""

FEW: Final = log10(4)
"""How many ways to write a listed password in capitals are tried with it."""


class Ranks(Protocol):
    """A list of common passwords: :class:`~authguard_core.passwords.lists.PackedList`, or one of your own."""

    def rank(self, word: str) -> int | None:
        """Return how common a word is, 1 for the most common, or None if it isn't in the list."""
        ...

    def __len__(self) -> int: ...


class Listed(NamedTuple):
    """Where a password stands in the order of guesses of somebody who has the list."""

    cost: float
    """The decimal logarithm of the guesses."""
    codes: tuple[Code, ...] = ()
    """What was changed."""


def as_listed(text: str, common: Ranks) -> Listed | None:
    """Return where a password stands in the list: as it was typed, or folded as the built-in list is."""
    ranks = [rank for word in {text, fold(text)} if (rank := common.rank(word)) is not None]
    return Listed(log10(min(ranks)) + min(capitals_cost(text), FEW)) if ranks else None


def nearest_listed(text: str, folded: str, common: Ranks, patterns: Patterns) -> Listed | None:
    """Return the cheapest way from a listed password to one that isn't, or None if there is none."""
    return min(_changed(text, common) or _surrounded(folded, common, patterns), default=None)


def _changed(text: str, common: Ranks) -> list[Listed]:
    return [
        Listed(log10(rank) + form.cost, form.codes)
        for form in forms(text)
        if (rank := common.rank(form.word)) is not None
    ]


def _surrounded(folded: str, common: Ranks, patterns: Patterns) -> list[Listed]:
    """Find listed passwords with digits and signs around that are guessable themselves."""
    return [one for one in _around(folded, common, patterns) if one.cost <= COMMON]


def _around(folded: str, common: Ranks, patterns: Patterns) -> Iterator[Listed]:
    for form, start, end in cores(folded):
        rank = common.rank(form.word)
        if rank is not None:
            around = patterns.cover(0, start).cost + patterns.cover(end, len(folded)).cost
            yield Listed(log10(rank) + form.cost + around, form.codes)
