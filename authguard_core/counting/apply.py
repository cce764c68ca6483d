"""What each storage operation does to the records: the same for every store.

A store reads the records of :func:`keys_of` under its own lock or transaction, hands
them over as :class:`Records`, and writes what was put. Unless the answer is
:class:`~authguard_core.counting.ops.Refused`, it writes every counter that it handed over, too: a
refusal changes nothing, and where each key has a clock of its own it must not bring one to its time
either. It adds nothing of its own. Nothing in here waits, and nothing reads a clock.

This is the hot path: each attempt runs through it once or twice, for every counter. So
the loops of admission and settlement are written out.
"""

from collections.abc import Callable
from typing import Protocol

from authguard_core.counting import bucket, registry, rules
from authguard_core.counting.limits import UNRULED, Rule
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
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import NO_DEVICES, Counter, Entry, Proof, Record, Registry, Value

__all__ = ["Records", "apply", "keys_of"]

NUMBER_BYTES = 8
_ACCOUNT, _DEVICE = _OWN = (Scope.ACCOUNT, Scope.DEVICE)
"""What belongs to one account: a success clears more than its own entry there."""

_SETTLED = Settled()


class Records(Protocol):
    """The records an operation works on, as a store hands them over."""

    def get(self, key: bytes, /) -> Record | None:
        """Return the living record under a key, or None.

        What is done to a counter afterwards counts: the store keeps the very object, or
        writes it back when the operation is done.
        """
        ...

    def put(self, key: bytes, record: Record, /, *, until: int = 0) -> None:
        """Keep a record: a new counter as long as its rule says, anything else until a time."""
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
            keys = tuple(charge.key for charge in op.charges) + (_known_keys(op.known) if op.known else ())
            return (*keys, op.registry) if op.registry else keys
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


def _admit(op: Admit, records: Records, clock: int) -> Admitted | Refused:
    known = op.known if op.known and _is_known(op.known, records) else None
    charges = (known.charge,) if known else op.charges
    counters: list[Counter] = []
    refusals: list[tuple[Scope, Refusal]] = []
    charged_before = False
    for scope, key, rule in charges:
        counter = records.get(key)
        if not isinstance(counter, Counter):
            counter = Counter()  # it is kept only if the attempt is admitted
        refusal = rules.stand(counter, rule, clock)
        if refusal:
            refusals.append((scope, refusal))
        if counter.entries and rules.is_charged(counter, op.attempt):
            charged_before = True
        counters.append(counter)
    if charged_before:
        charged = [_recall(op, charge, counter) for charge, counter in zip(charges, counters, strict=True)]
    elif refusals:
        return Refused(tuple(refusals), known is not None)
    else:
        # A known source is one, from whatever address it comes.
        entry = Entry(clock, op.attempt, 0 if known else op.source)
        charged = _charge(entry, charges, counters, records)
    observed = _observe(op, records) if known else ()
    generation = _registry(records, op.registry).generation if op.registry else 0
    return Admitted(tuple(charged), known is not None, observed, generation=generation)


def _counter(records: Records, key: bytes) -> Counter:
    """Return the counter under a key, or a new one that nobody keeps yet."""
    record = records.get(key)
    return record if isinstance(record, Counter) else Counter()


def _is_known(known: Known, records: Records) -> bool:
    proof = records.get(known.proof) if isinstance(known.proof, bytes) else known.proof
    return isinstance(proof, Proof) and registry.is_alive(_registry(records, known.registry), proof)


def _observe(op: Admit, records: Records) -> tuple[Charged, ...]:
    """Note where the account's consecutive count stands, for the known source's success."""
    accounts = [charge for charge in op.charges if charge.scope is _ACCOUNT and not charge.rule.burst]
    counters = [(charge, records.get(charge.key)) for charge in accounts]
    return tuple(
        [Charged(*charge, counter.total) for charge, counter in counters if isinstance(counter, Counter)]
    )


def _charge(
    entry: Entry, charges: tuple[Charge, ...], counters: list[Counter], records: Records
) -> list[Charged]:
    charged: list[Charged] = []
    new: list[tuple[bytes, Counter]] = []
    for (scope, key, rule), counter in zip(charges, counters):  # noqa: B905 - of one length, in the hot path
        if counter.rule is UNRULED:
            new.append((key, counter))
        rules.charge(counter, rule, entry)
        closes = _closes(counter, rule) if rule.lock or rule.cap else None
        charged.append(Charged(scope, key, rule, counter.total, closes))
    for key, counter in new:
        records.put(key, counter)
    return charged


def _closes(counter: Counter, rule: Rule) -> Reason | None:
    if rule.cap and rules.consecutive(counter) >= rule.cap:
        return Reason.CAPPED
    return Reason.LOCKED if rule.lock and len(counter.entries) >= rule.limit else None


def _recall(op: Admit, charge: Charge, counter: Counter) -> Charged:
    """Say again what an attempt was told whose reply was lost on the way."""
    charged = rules.is_charged(counter, op.attempt)
    # Where the counter no longer tells when it came, its success clears nothing that came since.
    return Charged(*charge, rules.position(counter, op.attempt) if charged else 0)


def _settle(op: Settle, records: Records, clock: int) -> Settled:
    began: list[int] = []
    held = refills = False
    for scope, key, rule, seq, _ in op.charged:
        counter = records.get(key)
        if rule.burst or not isinstance(counter, Counter):
            refills = True
            continue
        if not op.checked:
            when = rules.release(counter, op.attempt, seq)
        elif scope in _OWN:
            when = rules.succeed(counter, op.attempt, 0 if scope is _DEVICE else op.source, seq)
        else:
            when = rules.refund(counter, op.attempt)
        if when is not None:
            began.append(when)
            held = held or scope in _OWN
    if began and refills:
        _refill(op.charged, records, began=min(began), clock=clock)
    if not op.checked:
        return _SETTLED
    if op.observed:
        _forget(op.observed, records)
    # Where the account's log holds the attempt no more, it was settled before, or a reset came in between.
    return Settled(_issue(op.issue, records, clock)) if op.issue and held else _SETTLED


def _refill(charged: tuple[Charged, ...], records: Records, *, began: int, clock: int) -> None:
    """Give tokens back. A bucket can't tell who took one, so a log that held the attempt vouches for it."""
    for _, key, rule, seq, _ in charged:
        counter = records.get(key) if rule.burst else None
        if isinstance(counter, Counter):
            bucket.refund(counter, rule, began=began, seq=seq, now=rules.tick(counter, clock))


def _forget(accounts: tuple[Charged, ...], records: Records) -> None:
    for observed in accounts:
        counter = records.get(observed.key)
        if isinstance(counter, Counter):
            rules.forget(counter, observed.seq)


def _inspect(op: Inspect, records: Records, clock: int) -> Inspected:
    # A copy: a look brings nothing to its time for good.
    views = tuple([_view(charge, _counter(records, charge.key).copy(), clock) for charge in op.charges])
    return Inspected(views, _registry(records, op.registry) if op.registry else NO_DEVICES)


def _view(charge: Charge, counter: Counter, clock: int) -> View:
    scope, _, rule = charge
    refusal = rules.stand(counter, rule, clock)
    return View(
        scope,
        0 if rule.burst else len(counter.entries),
        0 if rule.burst else rules.consecutive(counter),
        rules.level_at(counter, rules.tick(counter, clock)),
        refusal,
    )


def _clear(op: Clear, records: Records, clock: int) -> Cleared:
    for charge in op.charges:
        _reset(charge, records, clock)
    if not op.registry:
        return Cleared()
    before = _registry(records, op.registry, op.epoch)
    renewed = registry.issue(registry.next_generation(before))
    records.put(op.registry, renewed, until=clock + registry.LIFETIME)
    return Cleared(Proof(*renewed))


def _reset(charge: Charge, records: Records, clock: int) -> None:
    counter = _counter(records, charge.key)
    new = counter.rule is UNRULED
    rules.reset(counter, charge.rule, clock)
    if new:
        records.put(charge.key, counter)


# Known sources


def _registry(records: Records, key: bytes, epoch: int = 0) -> Registry:
    """Return the registry under a key, or the one that would begin now."""
    record = records.get(key)
    return record if isinstance(record, Registry) else Registry(epoch=epoch)


def _issue(issue: Issue, records: Records, clock: int) -> Proof | None:
    until = clock + registry.LIFETIME
    before = _registry(records, issue.registry, issue.epoch)
    if issue.generation is not None and issue.generation != before.generation:
        return None  # a reset came in between
    after = registry.issue(before) if issue.fresh else before
    if after.generation or after.serial:
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
