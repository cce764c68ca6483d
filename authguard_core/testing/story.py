"""A guard and the model, living through the same story."""

from collections.abc import Mapping
from typing import NamedTuple

from authguard_core.attempt import Attempt, Decision, Outcome, Ticket
from authguard_core.counting.refusal import Reason
from authguard_core.decisions.operations import AccountStatus
from authguard_core.device import DeviceCookie
from authguard_core.guard import Guard
from authguard_core.settings import Settings
from authguard_core.storage import Storage
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.expected import Browser, ExpectedGuard, Pass, Place, Verdict

__all__ = ["ACCOUNTS", "PLACES", "Cookie", "Running", "Story"]

ACCOUNTS = ("alice", "bob")
PLACES: Mapping[str, Place] = {
    place.name: place
    for place in (
        Place("home", "203.0.113.1", "203.0.113.0/24"),
        Place("next door", "203.0.113.2", "203.0.113.0/24"),
        Place("abroad", "2001:db8:1:2::3", "2001:db8:1::/48"),
    )
}


class Cookie(NamedTuple):
    """A device cookie, and what the model knows of its browser."""

    value: str
    browser: Browser


class Running(NamedTuple):
    """An admitted attempt: the guard's ticket and the model's."""

    ticket: Ticket
    expected: Pass


class Story:
    """Asks both, and fails where they differ.

    Args:
        storage: an empty store.
        clock: its clock, and the guard's.
        settings: whose purpose ``login`` is told of.
        bounded: whether the store may count keys together for want of space. Then the model
            is a bound: what it refuses must be refused, and no more is said.
        time_per_key: see :class:`~authguard_core.testing.reference.ReferenceStorage`.

    """

    def __init__(
        self,
        storage: Storage,
        clock: FrozenClock,
        settings: Settings,
        *,
        bounded: bool = False,
        time_per_key: bool = False,
    ) -> None:
        self._storage, self.clock, self._settings, self._bounded = storage, clock, settings, bounded
        self._capped = settings.login.failure_cap is not None
        self._model = ExpectedGuard(settings.login.policy(), clock, time_per_key=time_per_key)
        self._guard = self._started()
        self.told: float | None = None
        """How many seconds the last refusal named."""

    def _started(self) -> Guard:
        return Guard(self._settings, storage=self._storage, clock=self.clock)

    def restart(self) -> None:
        """Replace the guard, as a new process does. The store stays."""
        self._guard = self._started()

    def tries(self, account: str, place: str, cookie: Cookie | None = None) -> Running | None:
        """Begin an attempt, and return it if it was admitted."""
        shown = cookie.value if cookie else None
        attempt = Attempt(identifier=account, peer=PLACES[place].address, device=shown)
        decision = self._guard.check(attempt)
        self.told = None if decision.allowed else decision.wait
        if self._bounded and not decision.allowed:
            return None
        verdict = self._model.check(account, PLACES[place], cookie.browser if cookie else None)
        what = f"{account} tries from {place}{' with a cookie' if cookie else ''}"
        _agree(what, _said(verdict), _heard(decision))
        if decision.ticket is None or verdict.admitted is None:
            return None
        _agree(
            f"{what}: is it a known browser", str(verdict.admitted.admitted.known), str(decision.ticket.known)
        )
        return Running(decision.ticket, verdict.admitted)

    def strangers(self, count: int, first: int) -> None:
        """Let so many accounts that nobody knows fail once, each from a place of its own."""
        for number in range(first, first + count):
            address = f"2001:db8:{number + 2:x}::1"
            self._guard.check(Attempt(identifier=f"stranger {number}", peer=address))

    def succeeds(self, running: Running, *, remember: bool) -> Cookie | None:
        """Report a right password, and return the cookie that it brings."""
        if self._model.is_overdue(running.expected):
            return None
        made = self._guard.settle(running.ticket, Outcome.SUCCESS, remember=remember).device
        kept = remember and not (self._bounded and made is None)
        return self._cookie(
            running.expected.account, made, self._model.succeed(running.expected, remember=kept)
        )

    def fails(self, running: Running) -> None:
        """Report a wrong password. The model need not hear of it: it counts already."""
        self._guard.settle(running.ticket, Outcome.FAILURE)

    def is_released(self, running: Running) -> None:
        """Report that nobody looked at the password."""
        if not self._model.is_overdue(running.expected):
            self._guard.settle(running.ticket, Outcome.UNCHECKED)
            self._model.release(running.expected)

    def unlocks(self, account: str) -> None:
        """Let an operator give an account its budget back."""
        self._guard.unlock(account)
        self._model.unlock(account)

    def unlocks_address(self, place: str) -> None:
        """Let an operator give an address and its subnet their budgets back."""
        self._guard.unlock_address(PLACES[place].address)
        self._model.unlock_address(PLACES[place])

    def resets(self, account: str) -> Cookie | None:
        """Complete a reset, and return the cookie that it brings."""
        made = self._guard.reset_completed(account, peer=PLACES["home"].address).device
        return self._cookie(account, made, self._model.reset(account))

    def looks(self) -> None:
        """Look at every account."""
        for account in ACCOUNTS:
            status = self._guard.inspect(account)
            view, generation = self._model.look(account)
            if self._bounded:
                fewest = f"{view.failures} failures at least"
                enough = status.failures >= view.failures
                _agree(f"an operator looks at {account}", fewest, fewest if enough else f"{status.failures}")
                continue
            refused = view.refusal
            verdict = Verdict(refused.reason, refused.wait) if refused else Verdict(Reason.ADMITTED)
            run = view.consecutive if self._capped else status.consecutive
            expected = _standing(view.failures, run, view.level, generation)
            seen = _standing(status.failures, status.consecutive, status.level, status.generation)
            what = f"an operator looks at {account}"
            _agree(what, f"{expected}, {_said(verdict)}", f"{seen}, {_seen(status)}")

    def _cookie(self, account: str, made: DeviceCookie | None, browser: Browser | None) -> Cookie | None:
        _agree(f"{account} is to get a cookie", str(browser is not None), str(made is not None))
        return Cookie(made.value, browser) if made and browser else None


def _agree(what: str, model: str, guard: str) -> None:
    """Fail, in words, where the two differ."""
    if model != guard:
        message = f"{what}:\n  the model says: {model}\n  the guard says: {guard}"
        raise AssertionError(message)


def _said(verdict: Verdict) -> str:
    return _words(verdict.reason, verdict.wait)


def _heard(decision: Decision) -> str:
    return _words(decision.reason, None if decision.wait is None else round(decision.wait * 1_000))


def _seen(status: AccountStatus) -> str:
    return _words(status.reason, None if status.wait is None else round(status.wait * 1_000))


def _words(reason: Reason, wait: int | None) -> str:
    if reason is Reason.ADMITTED:
        return "admitted"
    until = "time alone doesn't help" if wait is None else f"again in {wait / 1_000:.3f} s"
    return f"refused, {reason.value}, {until}"


def _standing(failures: int, run: int, level: int, generation: int) -> str:
    return f"{failures} failures, {run} in a row, level {level}, {generation} resets"
