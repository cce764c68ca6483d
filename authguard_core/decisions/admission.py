"""May this attempt look at the secret? Planned and decided in one storage trip."""

from typing import NamedTuple

from authguard_core.attempt import Attempt, Decision, Ticket, Verdict
from authguard_core.clientip import ClientAddress, Suspicion, client_address
from authguard_core.counting.ops import Admit, Admitted, Charge, Known, Refused
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.decisions.policy import BY_ADDRESS, Account, Place, Plan, Policy, Results, stricter
from authguard_core.device import Device, Subject, read
from authguard_core.errors import StorageError
from authguard_core.events import Event, EventKind

__all__ = ["STORAGE_FAILURE_WAIT", "plan", "unresolved"]

STORAGE_FAILURE_WAIT = 2.0
"""Seconds after which an attempt may come again that the store could not decide on."""


NOWHERE = Place((), "", 0, ())


class _Facts(NamedTuple):
    """What is known of an attempt before the store is asked."""

    policy: Policy
    attempt: Attempt
    subject: Subject | None
    account: Account | None
    address: ClientAddress | None
    place: Place
    device: Device | None
    cookies: bool
    now: float
    id: int

    def event(self, kind: EventKind, reason: Reason | None = None, scope: Scope | None = None) -> Event:
        account = self.account.ref if self.account else None
        address = self.place.ref or None
        return Event(kind, self.now, self.attempt.purpose, reason, scope, account, address, f"{self.id:016x}")


def plan(
    policy: Policy, attempt: Attempt, subject: Subject | None, *, now: float, nonce: bytes
) -> Plan[Decision] | Decision:
    """Plan the admission of an attempt.

    Args:
        policy: the rules.
        attempt: what somebody wants to try.
        subject: who is counted; None where the attempt names nobody.
        now: Unix time in seconds.
        nonce: at least 8 random bytes, for the attempt's id.

    """
    facts = _gather(policy, attempt, subject, now, nonce)
    place, account = facts.place, facts.account
    charges = (*place.charges, account.charge) if account else place.charges
    if not charges:
        return _unidentified(facts, _notices(facts))
    known = _known(facts)
    registry = account.registry if account else None
    op = Admit(facts.id, place.source, charges, known, registry, _local(facts, known))

    def decide(results: Results) -> Decision:
        return _decide(facts, results)

    return Plan((op,), decide)


def _gather(policy: Policy, attempt: Attempt, subject: Subject | None, now: float, nonce: bytes) -> _Facts:
    peer, purpose = attempt.peer, attempt.purpose
    address, place = None, NOWHERE
    if peer is not None:
        address = client_address(peer, attempt.headers, policy.trusted)
        place = policy.place(purpose, address.network, address.subnet)
    account = policy.account(purpose, subject) if subject else None
    cookies = policy.may_set_cookie(peer)
    device = None
    if attempt.device and cookies and subject and policy.purpose(purpose).device:
        device = read(policy.keys, subject, attempt.device, now=now)
    number = int.from_bytes(nonce[:8], "big") >> 1
    return _Facts(policy, attempt, subject, account, address, place, device, cookies, now, number)


def _known(facts: _Facts) -> Known | None:
    """Return what a source that may be known shows: its cookie, else its address."""
    policy, subject, purpose = facts.policy, facts.subject, facts.attempt.purpose
    if subject is None:
        return None
    if facts.device:
        charge = policy.known_charge(purpose, subject, facts.device.id)
        registry = policy.registry_key(subject, facts.device.secret)
        return Known(registry, facts.device.proof, charge) if charge else None
    if policy.purpose(purpose).known_by_address and facts.address:
        network = facts.address.network
        charge = policy.known_charge(purpose, subject, *BY_ADDRESS, network)
        proof = policy.proof_key(subject, network)
        return Known(policy.registry_key(subject), proof, charge) if charge else None
    return None


def _local(facts: _Facts, known: Known | None) -> tuple[Charge, ...]:
    """Return what is charged while the store is out.

    Whether a device is still known only the store can tell. Its signature alone must do then, so that
    nobody can lock the owner out by guessing during an outage.
    """
    if known and facts.device:
        return (stricter(known.charge),)
    account = facts.account
    return (*facts.place.local, account.local) if account else facts.place.local


def _decide(facts: _Facts, results: Results) -> Decision:
    if isinstance(results, StorageError):
        return _failed(facts.event(EventKind.STORAGE_FAILED, Reason.STORAGE_FAILED))
    result = results[0]
    if isinstance(result, Refused):
        return _refuse(facts, result)
    if not isinstance(result, Admitted):
        raise TypeError(type(result))
    if facts.subject is None:
        return _unidentified(facts, _notices(facts, result))
    return _allow(facts, facts.subject, result)


def unresolved(policy: Policy, attempt: Attempt, *, now: float, nonce: bytes) -> Decision:
    """Refuse because nobody could say whose identifier it is: never count the raw name instead."""
    facts = _gather(policy, attempt, None, now, nonce)
    return _failed(facts.event(EventKind.RESOLVE_FAILED, Reason.STORAGE_FAILED))


def _failed(event: Event) -> Decision:
    reason = Reason.STORAGE_FAILED
    return Decision(verdict=Verdict.REFUSE, reason=reason, wait=STORAGE_FAILURE_WAIT, events=(event,))


def _unidentified(facts: _Facts, notices: tuple[Event, ...]) -> Decision:
    event = facts.event(EventKind.REFUSED, Reason.UNIDENTIFIED)
    return Decision(verdict=Verdict.REFUSE, reason=Reason.UNIDENTIFIED, events=(*notices, event))


def _refuse(facts: _Facts, result: Refused) -> Decision:
    scope, worst = max(result.refusals, key=_severity)
    event = facts.event(EventKind.REFUSED, worst.reason, scope)
    return Decision(
        verdict=Verdict.REFUSE,
        reason=worst.reason,
        wait=None if worst.wait is None else worst.wait / 1_000,
        events=(*_notices(facts, result), event),
    )


def _severity(refusal: tuple[Scope, Refusal]) -> float:
    wait = refusal[1].wait
    return float("inf") if wait is None else wait


def _allow(facts: _Facts, subject: Subject, result: Admitted) -> Decision:
    event = facts.event(*ADMITTED)
    ticket = Ticket(  # by position: named arguments take longer
        facts.id,
        facts.attempt.purpose,
        subject,
        facts.place.source,
        result.charged,
        result.observed,
        result.generation,
        result.known,
        facts.device if result.known else None,
        facts.address.network if facts.address else None,
        facts.cookies,
        event.account or "",
        event.address,
        event.attempt or "",
        result.local,
    )
    closed = [
        event._replace(kind=CLOSING[charged.closes], reason=charged.closes, scope=charged.scope)
        for charged in result.charged
        if charged.closes
    ]
    notices = _notices(facts, result)
    return Decision(ALLOW, ADMITTED[1], None, ticket, None, (*notices, event, *closed))


ALLOW = Verdict.ALLOW
ADMITTED = (EventKind.ADMITTED, Reason.ADMITTED)
CLOSING = {Reason.LOCKED: EventKind.LOCKED, Reason.CAPPED: EventKind.CAPPED}


NOTHING_SAID = Refused(())


def _notices(facts: _Facts, result: Admitted | Refused = NOTHING_SAID) -> tuple[Event, ...]:
    """Return the events that have nothing to do with the verdict."""
    kinds: list[EventKind] = []
    if facts.address and facts.address.suspect and facts.address.suspect is not Suspicion.ALL_TRUSTED:
        # A request from inside, all of whose hops are trusted, is everyday traffic.
        kinds.append(EventKind.ADDRESS_SUSPECT)
    if not facts.cookies:
        kinds.append(EventKind.COOKIE_WITHHELD)
    elif facts.attempt.device and not result.local and _is_rejected(facts, known=result.known):
        kinds.append(EventKind.DEVICE_REJECTED)
    if result.shared:
        kinds.append(EventKind.STORE_SHARED)
    if result.local:
        kinds.append(EventKind.DECIDED_LOCALLY)
    if result.damaged:
        kinds.append(EventKind.RECORD_DAMAGED)
    return tuple([facts.event(kind) for kind in kinds])


def _is_rejected(facts: _Facts, *, known: bool) -> bool:
    """Say whether a device cookie came where one is read, and bought nothing.

    Its signature may be right and its place gone: another reset, or ten newer browsers.
    """
    read_here = facts.account is not None and facts.account.registry is not None
    return read_here and not (known and facts.device)
