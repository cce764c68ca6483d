"""What the script is told of each operation: the fields that the files below ``lua/`` read, in their order.

Numbers are big-endian. Attempts and sources are 8 bytes that are only compared, times and
running numbers 6 bytes.
"""

import struct
from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Advance,
    Charge,
    Charged,
    Clear,
    Inspect,
    Issue,
    Known,
    Op,
    PutOnce,
    Settle,
    Take,
)
from authguard_core.counting.refusal import Scope
from authguard_core.counting.state import Proof
from authguard_redis.calls import Places

__all__ = ["Mode", "encode", "encode_admit", "encode_settle"]

_SHORT = ">BH"
_NUMBER = struct.Struct(">q")
_PLACED = struct.Struct(_SHORT)
_PLACE = struct.Struct(">H")
_PROVING = struct.Struct(">III")
_EPOCH = struct.Struct(">I")

MOST = 2**32 - 1
"""The greatest number of a registry."""

KINDS = {Scope.ACCOUNT: 1, Scope.DEVICE: 2}
"""What a success clears more of than its own entry; any other counter is 0."""

ADMIT, SETTLE, INSPECT, CLEAR, PUT_ONCE, ADVANCE, TAKE = (bytes((number,)) for number in range(1, 8))


class Mode(IntEnum):
    """How far an admission goes."""

    CHARGE = 0
    """Charge, or refuse."""
    LOOK = 1
    """Only say what would refuse it."""
    IF_KNOWN = 2
    """Charge or refuse the known source; where it isn't one, say so and do nothing."""


def encode(op: Op, places: Places) -> bytes:
    """Return the argument for an operation, and give each of its keys a place."""
    return _ENCODERS[type(op)](op, places)


def _six(number: int) -> bytes:
    return number.to_bytes(6, "big")


@lru_cache(256)
def _rule(rule: Rule) -> bytes:
    numbers = zip(rule, (4, 6, 4, 4, 6, 6, 6, 6, 4), strict=True)
    return b"".join(number.to_bytes(size, "big") for number, size in numbers)


def _charge(charge: Charge | Charged, places: Places) -> bytes:
    return _PLACED.pack(KINDS.get(charge.scope, 0), places.of(charge.key)) + _rule(charge.rule)


def _charges(charges: Sequence[Charge], places: Places) -> bytes:
    return bytes((len(charges),)) + b"".join([_charge(charge, places) for charge in charges])


def _charged(charged: Sequence[Charged], places: Places) -> bytes:
    told = [_charge(one, places) + one.seq.to_bytes(6, "big") for one in charged]
    return bytes((len(charged),)) + b"".join(told)


def encode_admit(op: Admit, places: Places, mode: Mode = Mode.CHARGE, *, is_known: bool = False) -> bytes:
    """Return the argument for an admission.

    Args:
        op: the operation.
        places: where its keys stand.
        mode: how far it goes.
        is_known: whether its proof was found alive by an earlier call.

    """
    return b"".join(
        (
            ADMIT,
            _NUMBER.pack(op.attempt),
            _NUMBER.pack(op.source),
            bytes((mode,)),
            _charges(op.charges, places),
            _known(op.known, places, is_known=is_known) if op.known else b"\0",
            _PLACE.pack(places.of_optional(op.registry)),
        )
    )


def _known(known: Known, places: Places, *, is_known: bool) -> bytes:
    charge = _charges((known.charge,), places)
    if is_known:
        return _PLACED.pack(3, 0) + charge
    registry = places.of(known.registry)
    if isinstance(known.proof, Proof):
        if not all(0 <= number <= MOST for number in known.proof):
            return b"\0"  # no registry ever gave that out
        return _PLACED.pack(1, registry) + _PROVING.pack(*known.proof) + charge
    return _PLACED.pack(2, registry) + _PLACE.pack(places.of(known.proof)) + charge


def encode_settle(op: Settle, places: Places, *, vouched: int = 0) -> bytes:
    """Return the argument for an outcome.

    Args:
        op: the operation.
        places: where its keys stand.
        vouched: when the attempt was charged, as a log on another node has said; 0 where none did.

    """
    return b"".join(
        (
            SETTLE,
            _NUMBER.pack(op.attempt),
            _NUMBER.pack(op.source),
            bytes((op.checked,)),
            _six(vouched),
            _charged(op.charged, places),
            _charged(op.observed, places),
            _issue(op.issue, places) if op.issue else b"\0",
        )
    )


def _issue(issue: Issue, places: Places) -> bytes:
    generation = b"\0" if issue.generation is None else b"\1" + _EPOCH.pack(issue.generation)
    return b"".join(
        (
            _PLACED.pack(1, places.of(issue.registry)),
            _PLACED.pack(issue.fresh, places.of_optional(issue.proof)),
            _charges((issue.charge,) if issue.charge else (), places),
            _EPOCH.pack(issue.epoch),
            generation,
        )
    )


def _inspect(op: Inspect, places: Places) -> bytes:
    return INSPECT + _charges(op.charges, places) + _PLACE.pack(places.of_optional(op.registry))


def _clear(op: Clear, places: Places) -> bytes:
    registry = _PLACE.pack(places.of_optional(op.registry))
    return CLEAR + _charges(op.charges, places) + registry + _EPOCH.pack(op.epoch)


def _put_once(op: PutOnce, places: Places) -> bytes:
    return PUT_ONCE + _PLACE.pack(places.of(op.key)) + _six(op.ttl) + op.data


def _advance(op: Advance, places: Places) -> bytes:
    return ADVANCE + _PLACE.pack(places.of(op.key)) + _six(op.ttl) + _NUMBER.pack(op.number)


def _take(op: Take, places: Places) -> bytes:
    return TAKE + _PLACE.pack(places.of(op.key))


_ENCODERS: dict[type[Op], Callable[[Any, Places], bytes]] = {
    Admit: encode_admit,
    Settle: encode_settle,
    Inspect: _inspect,
    Clear: _clear,
    PutOnce: _put_once,
    Advance: _advance,
    Take: _take,
}
