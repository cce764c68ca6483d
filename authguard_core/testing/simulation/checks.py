"""What must hold of every history, whatever went wrong in it: the promises, recounted.

Nothing here asks the library. Who was charged, for how long and why somebody was refused is
counted again from the history, by the people, networks and cookies that really took part.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from authguard_core.counting.refusal import Reason, Scope
from authguard_core.counting.registry import LIVE_SOURCES
from authguard_core.testing.simulation.history import (
    Act,
    Began,
    Checked,
    Counted,
    Disturbed,
    Entry,
    Executed,
    Generation,
    Got,
    History,
    Operation,
    Refusing,
    Returned,
    Viewed,
    label_of,
)
from authguard_core.testing.simulation.ledger import Ledger

__all__ = ["BrokenPromiseError", "check"]


class BrokenPromiseError(AssertionError):
    """A history breaks a promise.

    Args:
        message: which one, and how.
        told: how many entries of the history it takes to see it.

    """

    def __init__(self, message: str, told: int) -> None:
        super().__init__(message)
        self.told = told


def check(history: History) -> None:
    """Check a history.

    Raises:
        BrokenPromiseError: a promise was broken. The message names it.

    """
    recount = _Recount(history)
    for told, entry in enumerate(history.entries, start=1):
        try:
            recount.take(entry)
        except AssertionError as error:
            raise BrokenPromiseError(str(error), told) from None


def _claim(holds: object, message: str) -> None:
    if not holds:
        raise AssertionError(message)


class _Known(NamedTuple):
    """Whose a device cookie is, of which generation, and its serial in it."""

    person: str
    generation: int
    serial: int


class _Recount:
    """Everything that must be true so far."""

    def __init__(self, history: History) -> None:
        self.rules = history.rules
        self.reached = {entry.number for entry in history.entries if isinstance(entry, Checked)}
        self.time_per_key = history.time_per_key
        shared = any(isinstance(entry, Executed) and entry.shared for entry in history.entries)
        self.full = history.bounded or shared
        self.began: dict[int, Began] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.admissions: dict[int, list[Executed]] = {}
        self.accounts_were_at: dict[int, int] = {}
        self.keys: dict[str, int] = {}
        self.owners: dict[int, str] = {}
        self.generations: dict[str, int] = {}
        self.serials: dict[str, int] = {}
        self.issued: dict[int, _Known] = {}
        self.cookies: dict[int, _Known] = {}

    def take(self, entry: Entry) -> None:
        """Take the next thing that happened."""
        match entry:
            case Began():
                self.began[entry.number] = entry
            case Executed():
                self._executed(entry)
            case Checked():
                _claim(entry.number in self.admissions, f"G1: #{entry.number} was checked and never charged")
            case Got():
                self.cookies[entry.cookie] = self.issued[entry.number]
            case _:
                self._observed(entry)

    def _observed(self, entry: Entry) -> None:
        match entry:
            case Disturbed():
                changed = ", ".join(entry.labels)
                _claim(self.full, f"G4: the settlement of #{entry.number} changed {changed}")
            case Returned():
                in_at_once = entry.signed_in and entry.refusals <= 1
                _claim(in_at_once, f"liveness: {entry.person} waited as told, and isn't in")
            case Viewed():
                self._viewed(entry)
            case Generation():
                expected = self.generations.get(entry.person, 0)
                _claim(entry.generation == expected, f"recount: {entry}, expected {expected}")
            case _:
                pass

    # Counters, and whose they are

    def _ledger(self, scope: Scope, label: str) -> Ledger | None:
        rule = self.rules.of(scope)
        return None if rule is None else self.ledgers.setdefault(label, Ledger(rule))

    def _time(self, entry: Executed | Viewed, ledger: Ledger) -> int:
        """Return the time for a counter. It never goes back."""
        return max(entry.at, ledger.last) if self.time_per_key else entry.now

    def _account(self, began: Began) -> Ledger:
        return self.ledgers.setdefault(label_of(Scope.ACCOUNT, began), Ledger(self.rules.account))

    def _ledgers(self, began: Began, scopes: Iterable[Scope]) -> list[tuple[Scope, str, Ledger]]:
        labels = [(scope, label_of(scope, began)) for scope in scopes]
        found = [(scope, label, self._ledger(scope, label)) for scope, label in labels]
        return [(scope, label, ledger) for scope, label, ledger in found if ledger is not None]

    def _charged(self, entry: Executed) -> list[tuple[Scope, str, Ledger]]:
        began = self.began[entry.number]
        if entry.known:
            return self._ledgers(began, [Scope.DEVICE])
        named = [Scope.ACCOUNT] if began.person else []
        return self._ledgers(began, [Scope.ADDRESS, Scope.SUBNET, *named])

    def _named(self, began: Began, counted: Counted) -> None:
        """G6: one identity, one counter; two never share one, and nobody has none."""
        somebody = began.person or counted.scope in (Scope.ADDRESS, Scope.SUBNET)
        _claim(somebody, f"G6: #{began.number} names nobody, and is counted under {counted.label!r}")
        one_key = self.keys.setdefault(counted.label, counted.key) == counted.key
        _claim(one_key, f"G6: {counted.label} is counted under a second key for #{began.number}")
        owner = self.owners.setdefault(counted.key, counted.label)
        _claim(owner == counted.label, f"G6: {counted.label} shares the counter of {owner}")

    # What the store did

    def _executed(self, entry: Executed) -> None:
        began = self.began[entry.number]
        for counted in entry.counted:
            self._named(began, counted)
        steps: dict[Operation, Callable[[Executed, Began], None]] = {
            Operation.ADMIT: self._asked,
            Operation.SETTLE: self._succeeded,
            Operation.RELEASE: self._released,
            Operation.CLEAR: self._cleared,
        }
        steps[entry.operation](entry, began)
        if entry.issued:
            self.serials[began.person] = self.serials.get(began.person, 0) + 1
            serial, generation = self.serials[began.person], self.generations.get(began.person, 0)
            self.issued[began.number] = _Known(began.person, generation, serial)

    def _asked(self, entry: Executed, began: Began) -> None:
        alive = self._is_alive(began)
        _claim(alive or not entry.known, f"G5: #{entry.number} is taken for a known device, and is none")
        _claim(entry.known or not alive, f"G5: #{entry.number} comes from a known device, and isn't known")
        for refusing in entry.refusals:
            self._explained(entry, began, refusing)
        if not entry.refusals:
            self._admitted(entry, began)

    def _is_alive(self, began: Began) -> bool:
        known = None if began.cookie is None else self.cookies[began.cookie]
        if known is None or self.rules.device is None:
            return False
        owner, generation, serial = known
        present = generation == self.generations.get(owner, 0)
        return began.person == owner and present and serial > self.serials[owner] - LIVE_SOURCES

    def _admitted(self, entry: Executed, began: Began) -> None:
        number, charged = entry.number, self._charged(entry)
        self.admissions.setdefault(number, []).append(entry)
        self.accounts_were_at[number] = self._account(began).charges
        logs = [ledger for _, _, ledger in charged if not ledger.rule.burst]
        if any(number in ledger.seen(self._time(entry, ledger)).held for ledger in logs):
            return  # its first reply was lost: it must be charged once
        for scope, label, ledger in charged:
            source = "" if scope is Scope.DEVICE else began.place.network
            ledger.charge(number, self._time(entry, ledger), source)
            self._bounded(label, ledger)

    def _bounded(self, label: str, ledger: Ledger) -> None:
        rule = ledger.rule
        most = rule.burst + rule.limit
        standing = ledger.within(rule.window)
        checked = self.reached.intersection(standing)
        within = f"{label}: within {rule.window} ms {{}} unproven attempts {{}}, at most {most} may"
        _claim(len(checked) <= most, "G1: " + within.format(len(checked), "reached the check"))
        _claim(len(standing) <= most, "G2: " + within.format(len(standing), "were admitted"))
        in_a_row = len(ledger.run)
        capped = not rule.cap or in_a_row <= rule.cap or self.full
        _claim(capped, f"G3: {label}: {in_a_row} consecutive failures, at most {rule.cap} may be")

    def _explained(self, entry: Executed, began: Began, refusing: Refusing) -> None:
        """G5: everybody is refused for what counts for him, and not for longer than promised."""
        if refusing.scope is Scope.SHARED:
            return
        label = label_of(refusing.scope, began)
        ledger = self._ledger(refusing.scope, label)
        said = f"{label}: #{entry.number} is refused ({refusing.reason.value})"
        if ledger is None or ledger.uncertain or self.full:
            return
        now = self._time(entry, ledger)
        found = ledger.seen(now)
        _claim(_has_cause(found, refusing.reason), f"G5: {said} without a cause of its own")
        in_time = _ends_in_time(found, refusing, now)
        _claim(in_time, f"G5: {said} for {refusing.wait} ms, which is too long")

    def _succeeded(self, entry: Executed, began: Began) -> None:
        number, admission = entry.number, self.admissions[entry.number][-1]
        certain = len(self.admissions[number]) == 1
        for scope, _, ledger in self._charged(admission):
            if scope in (Scope.ADDRESS, Scope.SUBNET):
                ledger.give_back(number, self._time(entry, ledger))
                continue
            ledger.succeed(number, self._time(entry, ledger))
            ledger.forget(ledger.places[number], certain=certain)
        if admission.known:
            self._account(began).forget(self.accounts_were_at[number], certain=certain)

    def _released(self, entry: Executed, _began: Began) -> None:
        for _, _, ledger in self._charged(self.admissions[entry.number][-1]):
            ledger.release(entry.number, self._time(entry, ledger))

    def _cleared(self, entry: Executed, began: Began) -> None:
        addresses = began.act is Act.UNLOCK_ADDRESS
        scopes = [Scope.ADDRESS, Scope.SUBNET] if addresses else [Scope.ACCOUNT]
        for _, _, ledger in self._ledgers(began, scopes):
            ledger.clear(self._time(entry, ledger))
        if began.act is Act.RESET:
            self.generations[began.person] = self.generations.get(began.person, 0) + 1
            self.serials[began.person] = 0

    # What a look at the end says

    def _viewed(self, view: Viewed) -> None:
        ledger = self._ledger(view.scope, view.label)
        if ledger is None or ledger.uncertain or ledger.rule.burst or self.full:
            return
        now = self._time(view, ledger)
        ledger = ledger.seen(now)
        certain = len(ledger.run) == len(ledger.longest_run)
        told = None if view.reason is None else (view.reason, view.wait)
        expected = ledger.refusal(now) if certain else told
        # Without a cap nobody asks for it, and a quiet counter may be forgotten.
        in_a_row = len(ledger.run) <= view.consecutive <= len(ledger.longest_run) or not ledger.rule.cap
        level = ledger.level_now(now)
        agrees = in_a_row and (view.failures, view.level, told) == (len(ledger.held), level, expected)
        _claim(agrees, f"recount: {view}; but by the history {ledger.describe(now)}")


def _has_cause(ledger: Ledger, reason: Reason) -> bool:
    rule, held = ledger.rule, len(ledger.held)
    if reason is Reason.CAPPED:
        return len(ledger.longest_run) >= rule.cap
    if reason is Reason.DELAYED:
        return held >= rule.delay_after
    return bool(ledger.standing) if rule.burst else held >= rule.limit


def _ends_in_time(ledger: Ledger, refusing: Refusing, at: int) -> bool:
    """No wait is longer than its rule's, and no lock outlasts LOCK_MAX, counted from what began it."""
    rule, wait = ledger.rule, refusing.wait
    if wait is None:
        return refusing.reason is Reason.CAPPED
    if refusing.reason is Reason.LOCKED:
        return at + wait <= ledger.newest() + rule.lock_max
    return wait <= (rule.delay_max if refusing.reason is Reason.DELAYED else rule.window)
