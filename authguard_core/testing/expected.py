"""What a guard must say: the model, in the guard's own words."""

import itertools
from collections.abc import Callable
from typing import NamedTuple, cast

from authguard_core.counting.limits import DAY
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Charge,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Issue,
    Known,
    Op,
    Refused,
    Result,
    Settle,
    Settled,
    View,
)
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import Proof
from authguard_core.decisions.policy import PurposePolicy
from authguard_core.errors import ConfigurationError
from authguard_core.testing.reference import ReferenceStorage

__all__ = ["Browser", "ExpectedGuard", "Pass", "Place", "Verdict"]

COOKIE_SECONDS = 180 * DAY // 1_000


class Place(NamedTuple):
    """Where attempts come from."""

    name: str
    address: str
    subnet: str
    """Places of one subnet share its counter."""


class Browser(NamedTuple):
    """A browser that signed in before, as its cookie says."""

    account: str
    number: int
    proof: Proof
    ends: int
    """Unix time in seconds."""


class Pass(NamedTuple):
    """An admitted attempt."""

    number: int
    account: str
    place: Place
    admitted: Admitted
    browser: Browser | None
    """The known browser that was charged in the account's stead."""


class Verdict(NamedTuple):
    """What an attempt must be told."""

    reason: Reason
    wait: int | None = None
    """Milliseconds."""
    admitted: Pass | None = None


class ExpectedGuard:
    """Says what a guard must say, for one purpose.

    Args:
        rules: the purpose's rules. The model knows no token bucket.
        clock: returns Unix time in seconds, for counters and cookies.
        time_per_key: see :class:`~authguard_core.testing.reference.ReferenceStorage`.

    Raises:
        ConfigurationError: a token bucket.

    """

    def __init__(
        self, rules: PurposePolicy, clock: Callable[[], float], *, time_per_key: bool = False
    ) -> None:
        if any(rule and rule.burst for rule in (rules.address, rules.subnet)):
            raise ConfigurationError.of(
                "rules", got="a token bucket", expected="exact limits", do="Leave out the burst."
            )
        self._rules = rules
        self._clock = clock
        self._store = ReferenceStorage(clock, time_per_key=time_per_key)
        self._numbers = itertools.count(1)

    def check(self, account: str, place: Place, browser: Browser | None = None) -> Verdict:
        """Say what an attempt must be told."""
        op = self._attempt(account, place, browser)
        result = self._one(op)
        if isinstance(result, Admitted):
            used = browser if result.known and op.known and isinstance(op.known.proof, Proof) else None
            return Verdict(Reason.ADMITTED, None, Pass(op.attempt, account, place, result, used))
        longest = max([refusal for _, refusal in cast("Refused", result).refusals], key=_how_long)
        return Verdict(longest.reason, longest.wait)

    def succeed(self, settled: Pass, *, remember: bool) -> Browser | None:
        """Report a right password, and return the browser that is known from now on, if one is."""
        issue = self._issue(settled) if remember and self._rules.device else None
        proof = cast("Settled", self._one(self._settle(settled, issue=issue))).proof
        if proof:
            return self._browser(settled.account, proof)
        if issue is None or settled.browser is None:
            return None
        return settled.browser._replace(ends=int(self._clock()) + COOKIE_SECONDS)

    def release(self, settled: Pass) -> None:
        """Report that nobody looked at the password."""
        self._one(self._settle(settled, checked=False))

    def is_overdue(self, settled: Pass) -> bool:
        """Say whether an outcome comes so late that what it does is not promised."""
        charged = (*settled.admitted.charged, *settled.admitted.observed)
        return any(self._store.is_overdue(one, settled.number) for one in charged)

    def unlock(self, account: str) -> None:
        """Give an account its whole budget back."""
        self._one(Clear((self._account(account),)))

    def unlock_address(self, place: Place) -> None:
        """Give an address and its subnet their whole budgets back."""
        self._one(Clear(self._addresses(place)))

    def reset(self, account: str) -> Browser | None:
        """Report a completed reset, and return the browser that did it."""
        registry = _registry(account) if self._rules.device else None
        op = Clear((self._account(account),), registry, int(self._clock()))
        proof = cast("Cleared", self._one(op)).proof
        return self._browser(account, proof) if proof else None

    def look(self, account: str) -> tuple[View, int]:
        """Say how an account stands, and how many resets it had."""
        seen = cast("Inspected", self._one(Inspect((self._account(account),), _registry(account))))
        return seen.views[0], seen.registry.generation

    # The operations of an attempt

    def _one(self, op: Op) -> Result:
        return self._store.execute((op,))[0]

    def _attempt(self, account: str, place: Place, browser: Browser | None) -> Admit:
        charges = (*self._addresses(place), self._account(account))
        known = self._known(account, place, browser)
        return Admit(next(self._numbers), _source(place), charges, known)

    def _known(self, account: str, place: Place, browser: Browser | None) -> Known | None:
        if self._rules.device is None:
            return None
        if browser and browser.account == account and self._clock() < browser.ends:
            return Known(_registry(account), browser.proof, self._device(account, str(browser.number)))
        if self._rules.known_by_address:
            return Known(_registry(account), _proof(account, place), self._device(account, place.address))
        return None

    def _settle(self, settled: Pass, *, checked: bool = True, issue: Issue | None = None) -> Settle:
        admitted = settled.admitted
        source = _source(settled.place)
        return Settle(settled.number, source, admitted.charged, admitted.observed, checked, issue)

    def _issue(self, settled: Pass) -> Issue:
        account, place, fresh = settled.account, settled.place, not settled.admitted.known
        if settled.browser or not self._rules.known_by_address:
            return Issue(_registry(account), fresh, epoch=int(self._clock()))
        device = self._device(account, place.address)
        return Issue(_registry(account), fresh, _proof(account, place), device, int(self._clock()))

    def _browser(self, account: str, proof: Proof) -> Browser:
        return Browser(account, next(self._numbers), proof, int(self._clock()) + COOKIE_SECONDS)

    # Counters, and the keys they have here

    def _addresses(self, place: Place) -> tuple[Charge, ...]:
        named = (
            (Scope.ADDRESS, place.address, self._rules.address),
            (Scope.SUBNET, place.subnet, self._rules.subnet),
        )
        return tuple([Charge(scope, _key(scope.value, name), rule) for scope, name, rule in named if rule])

    def _account(self, account: str) -> Charge:
        return Charge(Scope.ACCOUNT, _key("account", account), self._rules.account)

    def _device(self, account: str, name: str) -> Charge:
        return Charge(Scope.DEVICE, _key("device", account, name), self._rules.device or self._rules.account)


def _key(*parts: str) -> bytes:
    return repr(parts).encode()


def _how_long(refusal: Refusal) -> float:
    return float("inf") if refusal.wait is None else refusal.wait


def _registry(account: str) -> bytes:
    return _key("known sources", account)


def _proof(account: str, place: Place) -> bytes:
    return _key("known address", account, place.address)


def _source(place: Place) -> int:
    return int.from_bytes(place.address.encode(), "big")
