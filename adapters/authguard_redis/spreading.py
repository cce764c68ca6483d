"""Trips over a Cluster: one call for each group of keys that stand on one node.

An attempt is charged to one group after the other, its address with the subnet before the account with
its known sources. If a later group refuses, the attempt is taken back from those before it, and the groups
after it are only asked: so no counter ever holds more than its limit, and the answer names every
counter that refuses. A worker that dies in between leaves an attempt that counts where it was charged.

What is said of several groups, as an outcome, is said to each of them.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

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
    Known,
    Op,
    PutOnce,
    Refused,
    Result,
    Settle,
    Settled,
    Take,
    View,
)
from authguard_core.counting.registry import is_alive
from authguard_core.counting.state import NO_DEVICES, Proof
from authguard_core.keys import GROUP_BYTES
from authguard_redis.calls import Call, Places
from authguard_redis.decoding import Outcome, decode, decode_admit, decode_settle
from authguard_redis.encoding import Mode, encode, encode_admit, encode_settle
from authguard_redis.script import script_for
from authguard_redis.trips import Trip

__all__ = ["spread"]

JUST_NOW = 2**48 - 1
"""Later than anything that a counter has seen."""

R = TypeVar("R")
C = TypeVar("C", Charge, Charged)

Part = Generator[Call, Sequence[bytes], R]
"""A part of a trip."""


class _Said(NamedTuple):
    """What the groups said to an admission."""

    admitted: list[Admitted]
    refused: list[Refused]
    """Among them groups that were only asked, and refuse nothing."""


def spread(prefix: bytes, ops: Sequence[Op]) -> Trip:
    """Each operation on its own, in calls to one group of keys each."""
    results: list[Result] = []
    for op in ops:
        result = yield from _STEPS[type(op)](prefix, op)
        results.append(result)
    return results


def _group(key: bytes) -> bytes:
    return key[:GROUP_BYTES]


def _by_group(charges: Iterable[C]) -> dict[bytes, tuple[C, ...]]:
    """Return the charges of each group, in the order in which the groups are first named."""
    groups: dict[bytes, list[C]] = {}
    for charge in charges:
        groups.setdefault(_group(charge.key), []).append(charge)
    return {group: tuple(members) for group, members in groups.items()}


def _ask(prefix: bytes, op: Op, encoded: Callable[[Places], bytes]) -> Part[bytes]:
    places = Places(prefix)
    argument = encoded(places)
    replies = yield Call(script_for((op,)), places.names, (argument,))
    return replies[0]


def _one(prefix: bytes, op: Op) -> Part[Result]:
    reply = yield from _ask(prefix, op, lambda places: encode(op, places))
    return decode(op, reply)


# Admission


def _admit(prefix: bytes, op: Admit) -> Part[Result]:
    damaged = False
    if op.known:
        result = yield from _admit_known(prefix, op, op.known)
        if isinstance(result, Admitted) or result.refusals:
            return result
        damaged = result.damaged
    said = _Said([], [])
    for charges in _by_group(op.charges).values():
        yield from _admit_group(prefix, _part(op, charges), said)
    answers: list[Admitted | Refused] = [*said.admitted, *said.refused]
    damaged = damaged or any(answer.damaged for answer in answers)
    if not said.refused:
        return _joined(op, said.admitted)._replace(damaged=damaged)
    for admitted in said.admitted:
        yield from _take_back(prefix, op, admitted)
    refusals = [refusal for refused in said.refused for refusal in refused.refusals]
    return Refused(tuple(refusals), damaged=damaged)


def _admit_known(prefix: bytes, op: Admit, known: Known) -> Part[Admitted | Refused]:
    """Charge a known source alone. Where it isn't one, nobody refuses it."""
    is_known = False
    home = _group(known.charge.key)
    if _group(known.registry) != home:
        # A former secret made the keys of its registry: that stands elsewhere.
        if not (yield from _is_alive(prefix, known)):
            return Refused(())
        is_known = True
    mine = tuple([charge for charge in op.charges if _group(charge.key) == home])
    part = _part(op, mine)._replace(known=known, registry=op.registry)
    reply = yield from _ask(
        prefix, part, lambda places: encode_admit(part, places, Mode.IF_KNOWN, is_known=is_known)
    )
    return decode_admit(part, reply)


def _is_alive(prefix: bytes, known: Known) -> Part[bool]:
    found = yield from _one(prefix, Inspect((), known.registry))
    registry = found.registry if isinstance(found, Inspected) else NO_DEVICES
    return isinstance(known.proof, Proof) and is_alive(registry, known.proof)


def _part(op: Admit, charges: tuple[Charge, ...]) -> Admit:
    """Return the part of an admission that concerns one group."""
    here = op.registry and _group(op.registry) in {_group(charge.key) for charge in charges}
    return op._replace(charges=charges, known=None, registry=op.registry if here else None)


def _admit_group(prefix: bytes, part: Admit, said: _Said) -> Part[None]:
    """Charge one group, or only ask it once another has refused."""
    mode = Mode.LOOK if said.refused else Mode.CHARGE
    reply = yield from _ask(prefix, part, lambda places: encode_admit(part, places, mode))
    answer = decode_admit(part, reply)
    if isinstance(answer, Admitted):
        said.admitted.append(answer)
    else:
        said.refused.append(answer)


def _joined(op: Admit, parts: list[Admitted]) -> Admitted:
    """Return what the groups said as one answer, its counters in the order they were asked in."""
    charged = {one.key: one for part in parts for one in part.charged}
    generation = max((part.generation for part in parts), default=0)
    return Admitted(tuple([charged[charge.key] for charge in op.charges]), generation=generation)


def _take_back(prefix: bytes, op: Admit, admitted: Admitted) -> Part[None]:
    release = Settle(op.attempt, op.source, admitted.charged, checked=False)
    # Where a group has buckets alone, none of its logs vouches for the attempt: this very trip charged it.
    yield from _ask(prefix, release, lambda places: encode_settle(release, places, vouched=JUST_NOW))


# Outcomes


def _settle(prefix: bytes, op: Settle) -> Part[Settled]:
    """Tell every group, the account's first; then those whose buckets had nobody to vouch for the attempt."""
    groups = _settling(op)
    began, settled, waiting = 0, Settled(), list[Settle]()
    for part in groups:
        outcome = yield from _tell(prefix, part, began)
        began = outcome.began or began
        settled = outcome.settled if outcome.settled.proof else settled
        if not outcome.began and any(charged.rule.burst for charged in part.charged):
            waiting.append(part)
    for part in waiting:
        if began:
            yield from _tell(prefix, part._replace(issue=None), began)
    return settled


def _tell(prefix: bytes, part: Settle, vouched: int) -> Part[Outcome]:
    reply = yield from _ask(prefix, part, lambda places: encode_settle(part, places, vouched=vouched))
    return decode_settle(reply)


def _settling(op: Settle) -> list[Settle]:
    """Return the part of an outcome that concerns each group, the last named first: that is the account's."""
    charged, observed = _by_group(op.charged), _by_group(op.observed)
    home = _group(op.issue.registry) if op.issue else b""
    return [
        op._replace(
            charged=charged.get(group, ()),
            observed=observed.get(group, ()),
            issue=op.issue if group == home else None,
        )
        for group in reversed([*dict.fromkeys((*charged, *observed))])
    ]


# Operators' verbs


def _inspect(prefix: bytes, op: Inspect) -> Part[Inspected]:
    groups = _by_group(op.charges)
    if op.registry:
        groups.setdefault(_group(op.registry), ())
    views: dict[Charge, View] = {}
    registry = NO_DEVICES
    for group, charges in groups.items():
        here = op.registry if op.registry and _group(op.registry) == group else None
        found = cast("Inspected", (yield from _one(prefix, Inspect(charges, here))))
        views.update(zip(charges, found.views, strict=True))
        registry = found.registry if here else registry
    return Inspected(tuple([views[charge] for charge in op.charges]), registry)


def _clear(prefix: bytes, op: Clear) -> Part[Cleared]:
    groups = _by_group(op.charges)
    if op.registry:
        groups.setdefault(_group(op.registry), ())
    cleared = Cleared()
    for group, charges in groups.items():
        here = op.registry if op.registry and _group(op.registry) == group else None
        done = yield from _one(prefix, op._replace(charges=charges, registry=here))
        cleared = done if here and isinstance(done, Cleared) else cleared
    return cleared


_STEPS: dict[type[Op], Callable[[bytes, Any], Part[Result]]] = {
    Admit: _admit,
    Settle: _settle,
    Inspect: _inspect,
    Clear: _clear,
    PutOnce: _one,
    Advance: _one,
    Take: _one,
}
