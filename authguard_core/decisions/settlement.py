"""What became of an admitted attempt: a success gives back what was charged in advance.

A failure needs no storage trip. A settlement that can't be stored never fails a
correct sign-in: the attempt merely stays counted.
"""

from dataclasses import replace

from authguard_core import device as cookies
from authguard_core.attempt import Decision, Outcome, Ticket, Verdict
from authguard_core.counting.ops import Issue, Result, Settle, Settled
from authguard_core.counting.refusal import Reason
from authguard_core.counting.registry import epoch_at
from authguard_core.decisions.policy import BY_ADDRESS, Plan, Policy, Results
from authguard_core.device import Device, DeviceCookie, Subject
from authguard_core.errors import StorageError
from authguard_core.events import Event, EventKind

__all__ = ["cookie", "plan"]


def plan(
    policy: Policy, ticket: Ticket, outcome: Outcome, *, remember: bool, now: float, nonce: bytes
) -> Plan[Decision] | Decision:
    """Plan the settlement of an attempt.

    Args:
        policy: the rules.
        ticket: the admitted attempt's receipt.
        outcome: what became of it.
        remember: whether a success makes the source known. Not while a factor is still due.
        now: Unix time in seconds.
        nonce: 16 random bytes, for a new device's id.

    """
    if outcome is Outcome.SUCCESS:
        return _success(policy, ticket, remember=remember, now=now, nonce=nonce)
    if outcome is Outcome.UNCHECKED:
        released = _closed(ticket, EventKind.RELEASED, Reason.RELEASED, now)
        op = Settle(ticket.attempt, ticket.source, ticket.charged, checked=False, local=ticket.local)
        return _noting(op, released, ticket, now)
    # Last, so that whatever else a caller passes is never taken for a success.
    return _closed(ticket, EventKind.FAILED, Reason.FAILED, now)


def _event(ticket: Ticket, kind: EventKind, reason: Reason, now: float) -> Event:
    return Event(kind, now, ticket.purpose, reason, None, ticket.account, ticket.address, ticket.ref)


def _closed(ticket: Ticket, kind: EventKind, reason: Reason, now: float) -> Decision:
    return Decision(Verdict.REFUSE, reason, events=(_event(ticket, kind, reason, now),))


def _noting(op: Settle, decision: Decision, ticket: Ticket, now: float) -> Plan[Decision]:
    def decide(results: Results) -> Decision:
        return _noted(decision, ticket, results, now)

    return Plan((op,), decide)


def _noted(decision: Decision, ticket: Ticket, results: Results, now: float) -> Decision:
    """Add the store's failure to a decision that stands all the same."""
    if not isinstance(results, StorageError):
        return decision
    failed = _event(ticket, EventKind.STORAGE_FAILED, Reason.STORAGE_FAILED, now)
    return replace(decision, events=(*decision.events, failed))


SUCCEEDED = (EventKind.SUCCEEDED, Reason.SUCCEEDED)
COMPLETE = Verdict.COMPLETE


def _success(policy: Policy, ticket: Ticket, *, remember: bool, now: float, nonce: bytes) -> Plan[Decision]:
    # What was charged in this process alone, the store knows nothing of: nobody becomes known by it.
    issue = _issue(policy, ticket, epoch_at(now)) if remember and not ticket.local else None
    op = Settle(ticket.attempt, ticket.source, ticket.charged, ticket.observed, True, issue, ticket.local)  # noqa: FBT003 - its checked
    complete = Decision(COMPLETE, SUCCEEDED[1], None, None, None, (_event(ticket, *SUCCEEDED, now),))
    if issue is None:
        return _noting(op, complete, ticket, now)

    def decide(results: Results) -> Decision:
        if isinstance(results, StorageError):
            return _noted(complete, ticket, results, now)
        device = _device(ticket, results[0], nonce) if ticket.cookies else None
        if device is None:
            return complete
        known = _event(ticket, EventKind.DEVICE_KNOWN, Reason.SUCCEEDED, now)
        events = complete.events if ticket.device else (*complete.events, known)
        return replace(complete, device=cookie(policy, ticket.subject, device, now=now), events=events)

    return Plan((op,), decide)


def _issue(policy: Policy, ticket: Ticket, epoch: int) -> Issue | None:
    """Make an unknown source known; keep a known one's place for another lifetime.

    One whose cookie a former secret signed gets a place under the present one.
    """
    registry = policy.account(ticket.purpose, ticket.subject).registry
    if registry is None:
        return None
    begun = ticket.generation
    fresh = not ticket.known or bool(ticket.device and ticket.device.secret)
    if not policy.purpose(ticket.purpose).known_by_address or ticket.network is None or ticket.device:
        return Issue(registry, fresh, epoch=epoch, generation=begun)
    proof = policy.proof_key(ticket.subject, ticket.network)
    charge = policy.known_charge(ticket.purpose, ticket.subject, *BY_ADDRESS, ticket.network)
    return Issue(registry, fresh, proof, charge, epoch, begun)


def _device(ticket: Ticket, settled: Result, nonce: bytes) -> Device | None:
    """Return the device whose cookie is to be set: a new one, or the known one once more."""
    if isinstance(settled, Settled) and settled.proof:
        return Device(nonce, settled.proof)
    # One that a former secret signed keeps its cookie as it is: under the present one it has no place.
    return None if ticket.device and ticket.device.secret else ticket.device


def cookie(policy: Policy, subject: Subject, device: Device, *, now: float) -> DeviceCookie:
    """Return the cookie that makes a browser known."""
    secure = policy.cookie_secure
    value = cookies.write(policy.keys, subject, device, now=now)
    return DeviceCookie(name=cookies.cookie_name(secure=secure), value=value, secure=secure)
