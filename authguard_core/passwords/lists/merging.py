"""Merges ranked lists into one: every list votes, and a word that several place high comes first."""

from collections import defaultdict
from collections.abc import Iterable
from math import fsum
from typing import Final, NamedTuple

__all__ = ["Vote", "best_ranks", "keep", "merge"]

SMOOTHING: Final = 10
"""Added to each place, so that the first of one list doesn't outweigh the second of all others."""


class Vote(NamedTuple):
    """A list of words, the most common first."""

    words: Iterable[str]
    weight: float = 1.0
    """How much it is believed, beside the others'."""


def merge(votes: Iterable[Vote]) -> list[str]:
    """Return the words of all lists, each once, the most common first.

    A list gives each of its words ``weight / (place + 10)``, and those it doesn't hold nothing: reciprocal
    rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009). Ties fall in alphabetical order.
    """
    votes_for: defaultdict[str, list[float]] = defaultdict(list)
    for vote in votes:
        for place, word in enumerate(dict.fromkeys(vote.words), 1):
            votes_for[word].append(vote.weight / (place + SMOOTHING))
    # Added exactly, so that the order of the lists makes no difference.
    return sorted(votes_for, key=lambda word: (-fsum(votes_for[word]), word))


def best_ranks(lists: Iterable[Iterable[tuple[str, int]]]) -> list[tuple[str, int]]:
    """Return each word with the best of its ranks, the most common first: for lists that share no scale."""
    ranks: dict[str, int] = {}
    for ranked in lists:
        for word, rank in ranked:
            ranks[word] = min(rank, ranks.get(word, rank))
    return sorted(ranks.items(), key=lambda entry: (entry[1], entry[0]))


def keep(words: Iterable[str], *, entries: int, always_from: int) -> list[tuple[str, int]]:
    """Return so many of the words with their places, the most common first, but every long one.

    Args:
        words: the most common first, each once.
        entries: how many to keep.
        always_from: from how many characters on a word is kept whatever its place: OWASP ASVS 5.0, 6.2.4,
            counts only those that the policy's minimum length lets through.
    """
    ranked = [(word, rank) for rank, word in enumerate(words, 1)]
    short = max(entries - sum(len(word) >= always_from for word, _ in ranked), 0)
    kept: list[tuple[str, int]] = []
    for word, rank in ranked:
        short -= len(word) < always_from
        if len(word) >= always_from or short >= 0:
            kept.append((word, rank))
    return kept
