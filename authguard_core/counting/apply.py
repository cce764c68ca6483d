"""What each storage operation does to the records: the same for every store.

A store reads the records of :func:`keys_of` under its own lock or transaction, hands
them over as :class:`Records`, and writes what was put. It adds nothing of its own.
Nothing in here waits, and nothing reads a clock.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from authguard_core.counting import bucket, registry, rules
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Charge,
    Charged,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Issue,
    Known,
    Op,
    PutOnce,
    Refused,
    Result,
    Settle,
    Settled,
    Stored,
    Take,
    Taken,
    View,
)
from authguard_core.counting.refusal import Reason, Scope
from authguard_core.counting.state import NO_DEVICES, Counter, Proof, Record, Registry, Value

__all__ = ["Records", "apply", "keys_of"]

NUMBER_BYTES = 8


class Records(Protocol):
    """The records an operation works on, as a store hands them over."""

    def get(self, key: bytes, /) -> Record | None:
        """Return the living record under a key, or None."""
        ...

    def put(self, key: bytes, record: Record, /, *, rule: Rule | None = None, until: int = 0) -> None:
        """Keep a record: a counter with its rule, anything else until a time."""
        ...

    def remove(self, key: bytes, /) -> None:
        """Remove the record under a key."""
        ...


def apply(op: Op, records: Records, clock: int) -> Result:
    """Carry out one operation.

    Args:
        op: the operation.
        records: the records of its :func:`keys_of`.
        clock: the store's time in milliseconds.

    """
    return _STEPS[type(op)](op, records, clock)


def keys_of(op: Op) -> tuple[bytes, ...]:
    """Return every key the operation may read or write."""
    match op:
        case Admit():
            return tuple(charge.key for charge in op.charges) + (_known_keys(op.known) if op.known else ())
        case Settle():
            keys = tuple(charged.key for charged in (*op.charged, *op.observed))
            return keys + (_issue_keys(op.issue) if op.issue else ())
        case Inspect() | Clear():
            keys = tuple(charge.key for charge in op.charges)
            return (*keys, op.registry) if op.registry else keys
        case _:
            return (op.key,)


def _known_keys(known: Known) -> tuple[bytes, ...]:
    stored = (known.proof,) if isinstance(known.proof, bytes) else ()
    return (known.registry, known.charge.key, *stored)


def _issue_keys(issue: Issue) -> tuple[bytes, ...]:
    stored = (issue.proof,) if issue.proof else ()
    counter = (issue.charge.key,) if issue.charge else ()
    return (issue.registry, *stored, *counter)


# Counters


class _Found(NamedTuple):
    """A counter as an operation finds it, brought to its time."""

    charge: Charge
    counter: Counter
    now: int


def _find(charge: Charge, records: Records, clock: int) -> _Found:
    record = records.get(charge.key)
    counter = record if isinstance(record, Counter) else Counter()
    now = rules.tick(counter, clock)
    rules.advance(counter, charge.rule, now)
    return _Found(charge, counter, now)


def _admit(op: Admit, records: Records, clock: int) -> Admitted | Refused:
    known = op.known if op.known and _is_known(op.known, records) else None
    observed = _observe(op, records) if known else ()
    found = [_find(charge, records, clock) for charge in ((known.charge,) if known else op.charges)]
    if any(rules.is_charged(one.counter, op.attempt) for one in found):
        return Admitted(tuple([_recall(op, one) for one in found]), known is not None, observed)
    refusals = [
        (charge.scope, refusal)
        for charge, counter, now in found
        if (refusal := rules.refusal(counter, charge.rule, now))
    ]
    if refusals:
        return Refused(tuple(refusals), known is not None)
    return Admitted(tuple([_charge(op, one, records) for one in found]), known is not None, observed)


def _is_known(known: Known, records: Records) -> bool:
    proof = records.get(known.proof) if isinstance(known.proof, bytes) else known.proof
    return isinstance(proof, Proof) and registry.is_alive(_registry(records, known.registry), proof)


def _observe(op: Admit, records: Records) -> tuple[Charged, ...]:
    """Note where the account's consecutive count stands, for the known source's success."""
    accounts = [charge for charge in op.charges if charge.scope is Scope.ACCOUNT and not charge.rule.burst]
    counters = [(charge, records.get(charge.key)) for charge in accounts]
    return tuple(
        [Charged(*charge, counter.total) for charge, counter in counters if isinstance(counter, Counter)]
    )


def _charge(op: Admit, found: _Found, records: Records) -> Charged:
    (scope, key, rule), counter, now = found
    rules.charge(counter, rule, now, attempt=op.attempt, source=_source(op, scope))
    records.put(key, counter, rule=rule)
    return Charged(scope, key, rule, counter.total, _closes(counter, rule))


def _source(op: Admit | Settle, scope: Scope) -> int:
    """Return where an entry comes from: a known source is one, from whatever address it comes."""
    return 0 if scope is Scope.DEVICE else op.source


def _closes(counter: Counter, rule: Rule) -> Reason | None:
    if rule.cap and rules.consecutive(counter) >= rule.cap:
        return Reason.CAPPED
    return Reason.LOCKED if rule.lock and len(counter.times) >= rule.limit else None


def _recall(op: Admit, found: _Found) -> Charged:
    """Say again what an attempt was told whose reply was lost on the way."""
    charge, counter, _ = found
    charged = rules.is_charged(counter, op.attempt)
    # Where the counter no longer tells when it came, its success clears nothing that came since.
    return Charged(*charge, rules.position(counter, op.attempt) if charged else 0)


def _settle(op: Settle, records: Records, clock: int) -> Settled:
    logs = [charged for charged in op.charged if not charged.rule.burst]
    began = {
        charged.scope: when for charged in logs if (when := _settle_log(op, charged, records)) is not None
    }
    if began:
        buckets = [charged for charged in op.charged if charged.rule.burst]
        _refill(buckets, records, began=min(began.values()), clock=clock)
    if not op.checked:
        return Settled()
    _forget(op, records)
    # Where the account's log holds the attempt no more, it was settled before, or a reset came in between.
    held = Scope.ACCOUNT in began or Scope.DEVICE in began
    return Settled(_issue(op.issue, records, clock) if op.issue and held else None)


def _settle_log(op: Settle, charged: Charged, records: Records) -> int | None:
    """Give back in a log, and return when the attempt was charged if it is there still."""
    counter = records.get(charged.key)
    if not isinstance(counter, Counter):
        return None
    began = rules.charged_at(counter, op.attempt) if rules.is_charged(counter, op.attempt) else None
    _give_back(op, charged, counter)
    records.put(charged.key, counter, rule=charged.rule)
    return began


def _give_back(op: Settle, charged: Charged, counter: Counter) -> None:
    if not op.checked:
        rules.release(counter, attempt=op.attempt, seq=charged.seq)
    elif charged.scope is Scope.ACCOUNT or charged.scope is Scope.DEVICE:
        rules.succeed(counter, attempt=op.attempt, source=_source(op, charged.scope), seq=charged.seq)
    else:
        rules.refund(counter, op.attempt)


def _refill(buckets: list[Charged], records: Records, *, began: int, clock: int) -> None:
    """Give tokens back. A bucket can't tell who took one, so a log that held the attempt vouches for it."""
    for _, key, rule, seq, _ in buckets:
        counter = records.get(key)
        if isinstance(counter, Counter):
            now = rules.tick(counter, clock)
            bucket.refund(counter, rule, began=began, seq=seq, now=now)
            records.put(key, counter, rule=rule)


def _forget(op: Settle, records: Records) -> None:
    for observed in op.observed:
        counter = records.get(observed.key)
        if isinstance(counter, Counter):
            rules.forget(counter, observed.seq)
            records.put(observed.key, counter, rule=observed.rule)


def _inspect(op: Inspect, records: Records, clock: int) -> Inspected:
    views = tuple([_view(_find(charge, records, clock)) for charge in op.charges])
    return Inspected(views, _registry(records, op.registry) if op.registry else NO_DEVICES)


def _view(found: _Found) -> View:
    (scope, _, rule), counter, now = found
    return View(
        scope,
        0 if rule.burst else len(counter.times),
        0 if rule.burst else rules.consecutive(counter),
        rules.level_at(counter, now),
        rules.refusal(counter, rule, now),
    )


def _clear(op: Clear, records: Records, clock: int) -> Cleared:
    for charge in op.charges:
        _reset(charge, records, clock)
    if not op.registry:
        return Cleared()
    renewed = registry.issue(registry.next_generation(_registry(records, op.registry)))
    records.put(op.registry, renewed, until=clock + registry.LIFETIME)
    return Cleared(Proof(*renewed))


def _reset(charge: Charge, records: Records, clock: int) -> None:
    _, counter, now = _find(charge, records, clock)
    rules.reset(counter, now)
    records.put(charge.key, counter, rule=charge.rule)


# Known sources


def _registry(records: Records, key: bytes) -> Registry:
    record = records.get(key)
    return record if isinstance(record, Registry) else NO_DEVICES


def _issue(issue: Issue, records: Records, clock: int) -> Proof | None:
    until = clock + registry.LIFETIME
    before = _registry(records, issue.registry)
    after = registry.issue(before) if issue.fresh else before
    if after != NO_DEVICES:
        records.put(issue.registry, after, until=until)
    if issue.proof:
        stored = Proof(*after) if issue.fresh else records.get(issue.proof)
        if isinstance(stored, Proof):
            records.put(issue.proof, stored, until=until)
    if issue.fresh and issue.charge and records.get(issue.charge.key) is not None:
        _reset(issue.charge, records, clock)
    return Proof(*after) if issue.fresh else None


# Single-use values


def _put_once(op: PutOnce, records: Records, clock: int) -> Stored:
    free = records.get(op.key) is None
    if free:
        records.put(op.key, Value(op.data), until=clock + op.ttl)
    return Stored(free)


def _advance(op: Advance, records: Records, clock: int) -> Stored:
    held = records.get(op.key)
    ahead = not isinstance(held, Value) or int.from_bytes(held.data, "big", signed=True) < op.number
    if ahead:
        number = op.number.to_bytes(NUMBER_BYTES, "big", signed=True)
        records.put(op.key, Value(number), until=clock + op.ttl)
    return Stored(ahead)


def _take(op: Take, records: Records, _: int) -> Taken:
    held = records.get(op.key)
    if not isinstance(held, Value):
        return Taken(None)
    records.remove(op.key)
    return Taken(held.data)


_STEPS: dict[type[Op], Callable[..., Result]] = {
    Admit: _admit,
    Settle: _settle,
    Inspect: _inspect,
    Clear: _clear,
    PutOnce: _put_once,
    Advance: _advance,
    Take: _take,
}
