"""What was tried and what came of it: counting, without any I/O."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Final, NamedTuple

__all__ = ["Aim", "Row", "Scenario", "Try", "tally"]

_IN: Final = HTTPStatus.OK
_CHECKED: Final = frozenset({HTTPStatus.OK, HTTPStatus.UNAUTHORIZED})
# 503 is the hasher's overload: like 429 it is answered before the password is looked at.
_REFUSED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Scenario(Enum):
    """The attacks, in the order in which they are played."""

    BRUTE_FORCE = "Brute force"
    SPRAYING = "Spraying"
    STUFFING = "Stuffing"
    RACE = "50-way race"
    LOCK_OUT = "Lock-out"


class Aim(Enum):
    """What whoever tries knows about the password."""

    WRONG_GUESS = "guesses, and is wrong"
    RIGHT_GUESS = "guesses, and would be right, but only after the limit"
    STOLEN_PAIR = "knows it, from a leak"
    OWNER = "owns the account, in a browser that has signed in before"


class Try(NamedTuple):
    """One answered sign-in. ``wait`` is for how many seconds a refusal asks."""

    scenario: Scenario
    aim: Aim
    account: str
    address: str
    status: int
    wait: float = 0.0

    @property
    def checked(self) -> bool:
        """Whether the password was compared, rightly or not."""
        return self.status in _CHECKED

    @property
    def refused(self) -> bool:
        """Whether it was turned away before the password was looked at."""
        return self.status in _REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of one scenario. The owner's own tries count in the last two fields alone.

    Attributes:
        right_guesses: Tries with the right password, sent when the limit had been used up.
        unexpected: Statuses that are neither a checked nor a refused password.
        taken: Accounts entered by guessing.
        stolen: Accounts entered with a valid pair from a leak.
    """

    scenario: Scenario
    tries: int = 0
    checked: int = 0
    most_per_account: int = 0
    most_per_address: int = 0
    refused: int = 0
    right_guesses: int = 0
    unexpected: tuple[int, ...] = ()
    taken: int = 0
    stolen: int = 0
    owner_tries: int = 0
    owner_successes: int = 0


def tally(tries: Collection[Try]) -> tuple[Row, ...]:
    """Count the tries of each scenario that was played."""
    played = {attempt.scenario for attempt in tries}
    return tuple(
        _row(scenario, [attempt for attempt in tries if attempt.scenario is scenario])
        for scenario in Scenario
        if scenario in played
    )


def _row(scenario: Scenario, tries: Sequence[Try]) -> Row:
    attack = [attempt for attempt in tries if attempt.aim is not Aim.OWNER]
    owner = [attempt for attempt in tries if attempt.aim is Aim.OWNER]
    checked = [attempt for attempt in attack if attempt.checked]
    return Row(
        scenario=scenario,
        tries=len(attack),
        checked=len(checked),
        most_per_account=_most(attempt.account for attempt in checked),
        most_per_address=_most(attempt.address for attempt in checked),
        refused=sum(attempt.refused for attempt in attack),
        right_guesses=sum(attempt.aim is Aim.RIGHT_GUESS for attempt in attack),
        unexpected=tuple(sorted({each.status for each in tries if not (each.checked or each.refused)})),
        taken=len(_entered(attack, Aim.WRONG_GUESS, Aim.RIGHT_GUESS)),
        stolen=len(_entered(attack, Aim.STOLEN_PAIR)),
        owner_tries=len(owner),
        owner_successes=sum(attempt.status == _IN for attempt in owner),
    )


def _most(keys: Iterable[str]) -> int:
    return max(Counter(keys).values(), default=0)


def _entered(tries: Iterable[Try], *aims: Aim) -> set[str]:
    return {attempt.account for attempt in tries if attempt.aim in aims and attempt.status == _IN}
