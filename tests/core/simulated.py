"""Histories written by hand: what a simulation would record, entry by entry."""

# ruff: noqa: ANN401 - what is said of an entry has the types of its fields

from typing import Any

from authguard_core.counting.limits import Rule
from authguard_core.counting.refusal import Reason, Scope
from authguard_core.testing.simulation.checks import check
from authguard_core.testing.simulation.history import (
    Act,
    Began,
    Checked,
    Counted,
    Entry,
    Executed,
    Got,
    History,
    Operation,
    Place,
    Refusing,
    Rules,
    Viewed,
    label_of,
)

HOME = Place("192.0.2.1", "192.0.2.1", "192.0.2.0/24")
ELSEWHERE = Place("198.51.100.7", "198.51.100.7", "198.51.100.0/24")
ACCOUNT = Rule(3, 10_000, delay_after=2, delay=1_000, delay_max=4_000, lock=10_000, lock_max=40_000, cap=8)
RULES = Rules(Rule(5, 10_000), Rule(9, 10_000, burst=2), ACCOUNT, ACCOUNT)


class Story:
    """Writes a history down. Time stands still but for :attr:`at`."""

    def __init__(self, rules: Rules = RULES, **options: Any) -> None:
        self.rules, self.options = rules, options
        self.at = 100_000
        self.entries: list[Entry] = []
        self.began: list[Began] = []

    def came(
        self,
        person: str = "alice",
        place: Place = HOME,
        *,
        act: Act = Act.SIGN_IN,
        cookie: int | None = None,
        right: bool = False,
    ) -> int:
        began = Began(self.at, len(self.began), act, person, person, place, cookie, right)
        self.began.append(began)
        self.entries.append(began)
        return began.number

    def executed(self, number: int, operation: Operation, **said: Any) -> None:
        self.entries.append(Executed(self.at, number, self.at, operation, **{"counted": (), **said}))

    def admitted(self, number: int, *, checked: bool = False, **said: Any) -> int:
        self.executed(number, Operation.ADMIT, **said)
        if checked:
            self.entries.append(Checked(self.at, number))
        return number

    def refused(self, number: int, reason: Reason, wait: int | None, **said: Any) -> int:
        scope = said.pop("scope", Scope.ACCOUNT)
        self.executed(number, Operation.ADMIT, refusals=(Refusing(scope, reason, wait),), **said)
        return number

    def failed(self, person: str = "alice", place: Place = HOME, **said: Any) -> int:
        """Somebody comes, is admitted and fails."""
        cookie = said.pop("cookie", None)
        return self.admitted(self.came(person, place, cookie=cookie), checked=True, **said)

    def settled(self, number: int, *, issued: bool = False) -> None:
        self.executed(number, Operation.SETTLE, issued=issued)

    def signed_in(self, person: str = "alice", place: Place = HOME, *, cookie: int) -> int:
        """Somebody signs in and gets a cookie."""
        number = self.failed(person, place)
        self.settled(number, issued=True)
        self.entries.append(Got(self.at, number, cookie))
        return number

    def cleared(self, act: Act, person: str = "alice", place: Place = HOME) -> int:
        number = self.came(person, place, act=act)
        self.executed(number, Operation.CLEAR, issued=act is Act.RESET)
        return number

    def counted(self, number: int, scope: Scope, key: int) -> Counted:
        return Counted(scope, label_of(scope, self.began[number]), key)

    def viewed(self, label: str = "account alice", scope: Scope = Scope.ACCOUNT, **said: Any) -> None:
        plain = {"failures": 0, "consecutive": 0, "level": 0, "reason": None, "wait": None}
        self.entries.append(Viewed(self.at, None, self.at, scope, label, **{**plain, **said}))

    def history(self) -> History:
        return History(1, self.rules, tuple(self.entries), **self.options)

    def holds(self) -> None:
        check(self.history())
