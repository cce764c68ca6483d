"""What a store tells an operator of the servers behind it, and what to do about it.

A store may offer ``facts()`` besides :meth:`~authguard_core.storage.Storage.execute`. A guard never asks for
them: they are for the person who runs it::

    for fact in guard.storage.facts():
        print(fact.level.name, fact.code, fact.got, fact.do)
"""

import enum
from dataclasses import dataclass

__all__ = ["Fact", "Level"]


class Level(enum.IntEnum):
    """How bad it is; the worse, the greater."""

    OK = 0
    WARNING = 1
    """Something may be lost, or nobody could tell."""
    ERROR = 2
    """A promise doesn't hold as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that was looked at."""

    code: str
    """What was looked at, as ``redis-eviction``. It doesn't change from release to release."""
    level: Level
    got: str
    """What was found: no host, no name, no password."""
    do: str = ""
    """What to do about it; empty where nothing is to be done."""
