"""What the tallied attack says about the target's promises, and how it is told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from examples.attack.tally import Row, Scenario

__all__ = ["HEADINGS", "STEP_UP", "Limits", "Promise", "Verdict", "cells", "judge"]

HEADINGS: Final = (
    "Scenario",
    "Tries",
    "Passwords checked",
    "Most per account",
    "Refused",
    "Taken by guessing",
    "Entered with a stolen pair",
    "Owner's success",
)

STEP_UP: Final = "step-up is the answer to this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the target promises: at most so many passwords checked in a window."""

    account: int = 5
    address: int = 30


class Promise(NamedTuple):
    """A sentence, and what makes it untrue: the scenarios with what happened in them."""

    text: str
    broken_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Which promises held, and what was not put to the test."""

    promises: tuple[Promise, ...]
    unproven: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0: every promise held. 1: one is broken. 2: the target could not be put to the test."""
        if any(promise.broken_by for promise in self.promises):
            return 1
        return 2 if self.unproven else 0


def judge(rows: Sequence[Row], limits: Limits) -> Verdict:
    """Hold what happened against what is promised. All rows belong to one window."""
    return Verdict(
        promises=(*_held_back(rows, limits), *_let_in(rows)),
        unproven=(*_not_played(rows), *_limit_not_reached(rows), *_owner_absent(rows)),
    )


def cells(row: Row) -> tuple[str, ...]:
    """The row as text, in the order of :data:`HEADINGS`."""
    return (
        f"{row.scenario.value}\n({STEP_UP})" if row.stolen else row.scenario.value,
        str(row.tries),
        str(row.checked),
        str(row.most_per_account),
        str(row.refused),
        str(row.taken),
        str(row.stolen),
        _rate(row.owner_successes, row.owner_tries),
    )


def _held_back(rows: Sequence[Row], limits: Limits) -> Iterator[Promise]:
    """Yield what is promised against attackers."""
    yield _promise(rows, "No account was taken by guessing", lambda row: row.taken, "{} taken")
    yield _promise(
        rows,
        f"At most {limits.account} passwords were checked for an account",
        lambda row: row.most_per_account if row.most_per_account > limits.account else 0,
        "{} checked",
    )
    yield _promise(
        rows,
        f"At most {limits.address} passwords were checked for an address",
        lambda row: row.most_per_address if row.most_per_address > limits.address else 0,
        "{} checked",
    )


def _let_in(rows: Sequence[Row]) -> Iterator[Promise]:
    """Yield what is promised to owners and clients."""
    yield _promise(
        rows,
        "The owner got in each time, in a browser that had signed in before",
        lambda row: row.owner_tries - row.owner_successes,
        "{} times not",
    )
    yield _promise(
        rows,
        "Every answer was one of the contract",
        lambda row: ", ".join(map(str, row.unexpected)),
        "answered {}",
    )


def _promise(rows: Sequence[Row], text: str, fault: Callable[[Row], int | str], told: str) -> Promise:
    faults = ((row.scenario.value, fault(row)) for row in rows)
    return Promise(text, tuple(f"{name}: {told.format(what)}" for name, what in faults if what))


def _not_played(rows: Sequence[Row]) -> list[str]:
    played = {row.scenario for row in rows}
    return [f"{scenario.value}: was not played" for scenario in Scenario if scenario not in played]


def _limit_not_reached(rows: Sequence[Row]) -> list[str]:
    return [
        f"{row.scenario.value}: the limit was not reached, so the right password was never tried"
        for row in rows
        if not row.right_guesses
    ]


def _owner_absent(rows: Sequence[Row]) -> list[str]:
    return [
        f"{row.scenario.value}: the owner did not try to sign in"
        for row in rows
        if row.scenario is Scenario.LOCK_OUT and not row.owner_tries
    ]


def _rate(successes: int, tries: int) -> str:
    # Rounded down, so that 100 % is said of nothing less.
    return f"{100 * successes // tries} %" if tries else "-"
