"""Operators' verbs: look at an account, unlock it, unlock an address, and a completed reset."""

from dataclasses import dataclass, replace

from authguard_core.attempt import Decision, Verdict
from authguard_core.clientip import client_address
from authguard_core.counting.ops import Clear, Cleared, Inspect, Inspected, Result
from authguard_core.counting.refusal import Reason
from authguard_core.counting.registry import epoch_at
from authguard_core.decisions.policy import Plan, Policy, Results
from authguard_core.decisions.settlement import cookie
from authguard_core.device import Device, Subject
from authguard_core.errors import StorageError
from authguard_core.events import Event, EventKind

__all__ = [
    "AccountStatus",
    "plan_inspect",
    "plan_reset_completed",
    "plan_unlock",
    "plan_unlock_address",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """What an unknown source would find at one account, for one purpose."""

    purpose: str
    failures: int
    """Attempts in the window that weren't proven right, the running ones among them."""
    consecutive: int
    """Failures since the last success; the cap counts them."""
    level: int
    """How many locks came before; each doubles the next. It falls by one a quiet day."""
    reason: Reason
    """What the next attempt would be told: ``ADMITTED``, or why not."""
    wait: float | None
    """For how many seconds; None where it is admitted, or where time alone doesn't help."""
    generation: int
    """How often all known sources were ended by a reset, since the first secret is what it is."""


def plan_inspect(policy: Policy, purpose: str, subject: Subject) -> Plan[AccountStatus]:
    """Plan a look at an account. It changes nothing.

    Raises:
        StorageError: from the plan, if the store could not answer.

    """
    op = Inspect((policy.account(purpose, subject).charge,), policy.registry_key(subject))

    def decide(results: Results) -> AccountStatus:
        inspected = _first(results)
        if not isinstance(inspected, Inspected):
            raise TypeError(type(inspected))
        return _status(purpose, inspected)

    return Plan((op,), decide)


def _status(purpose: str, inspected: Inspected) -> AccountStatus:
    view = inspected.views[0]
    refusal = view.refusal
    return AccountStatus(
        purpose=purpose,
        failures=view.failures,
        consecutive=view.consecutive,
        level=view.level,
        reason=refusal.reason if refusal else Reason.ADMITTED,
        wait=refusal.wait / 1_000 if refusal and refusal.wait is not None else None,
        generation=inspected.registry.generation,
    )


def plan_unlock(policy: Policy, purpose: str, subject: Subject, *, now: float) -> Plan[Decision]:
    """Plan to give an account its whole budget back. Known sources stay known."""
    account = policy.account(purpose, subject)
    op = Clear((account.charge,))
    event = Event(EventKind.UNLOCKED, now, purpose, account=account.ref)
    return _clearing(op, event)


def plan_unlock_address(policy: Policy, purpose: str, address: str, *, now: float) -> Plan[Decision]:
    """Plan to give an address and its subnet their whole budgets back.

    Raises:
        ValueError: it is no address. The message doesn't repeat it.

    """
    found = client_address(address.strip(), (), policy.trusted)
    # A peer without an address (a Unix socket's) is its own subnet, under a plain word for a name.
    # An operator who mistyped an address must hear of it.
    if found.network == found.subnet and not found.text.isalpha():
        raise ValueError("address: got no IP address, expected one such as 192.0.2.1. Correct it.")
    place = policy.place(purpose, found.network, found.subnet)
    op = Clear(place.charges)
    event = Event(EventKind.UNLOCKED, now, purpose, address=place.ref)
    return _clearing(op, event)


def plan_reset_completed(
    policy: Policy, purpose: str, subject: Subject, *, peer: str | None, now: float, nonce: bytes
) -> Plan[Decision]:
    """Plan what a completed password reset brings.

    Lock and cap end, every known source of the account is forgotten, and the browser
    that completed the reset becomes known. The purposes share their known sources, so it
    doesn't matter for which of them the reset is reported.
    """
    known = any(rules.device for rules in policy.purposes.values())
    account, epoch = policy.account(purpose, subject), epoch_at(now)
    op = Clear((account.charge,), policy.registry_key(subject) if known else None, epoch)
    # What a former secret signed ends, too.
    former = [
        Clear((), policy.registry_key(subject, secret), epoch)
        for secret in range(1, len(policy.keys))
        if known
    ]
    event = Event(EventKind.RESET_COMPLETED, now, purpose, account=account.ref)

    def decide(results: Results) -> Decision:
        cleared, done = _first(results), _done(event)
        if not isinstance(cleared, Cleared) or cleared.proof is None or not policy.may_set_cookie(peer):
            return done
        device = cookie(policy, subject, Device(nonce, cleared.proof), now=now)
        return replace(done, device=device)

    return Plan((op, *former), decide)


def _clearing(op: Clear, event: Event) -> Plan[Decision]:
    def decide(results: Results) -> Decision:
        _first(results)
        return _done(event)

    return Plan((op,), decide)


def _first(results: Results) -> Result:
    """Return the one result, or raise the failure: an operator must hear of it."""
    if isinstance(results, StorageError):
        raise results
    return results[0]


def _done(event: Event) -> Decision:
    return Decision(verdict=Verdict.COMPLETE, reason=Reason.SUCCEEDED, events=(event,))
