"""What the script answers, as the core's results: the strings that the files below ``lua/`` make."""

import struct
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

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
from authguard_core.counting.state import Proof, Registry

__all__ = ["Outcome", "decode", "decode_admit", "decode_settle"]

ENDLESS = 2**48 - 1
REASONS = (None, Reason.LIMITED, Reason.DELAYED, Reason.LOCKED, Reason.CAPPED)
REFUSED, ADMITTED, UNKNOWN = range(3)
YES_OR_NO = {b"\1": True, b"\0": False}
KNOWN, DAMAGED = 1, 2

_PROVING = struct.Struct(">III")
_VIEW_BYTES = 18
_REFUSAL_BYTES = 8
_HEAD_BYTES, _CHARGED_BYTES = 7, 7


class Outcome(NamedTuple):
    """What a node says to an outcome."""

    began: int
    """When the attempt was charged, as its logs say; 0 where none holds it."""
    settled: Settled


def decode(op: Op, reply: bytes) -> Result:
    """Return the result that a reply to an operation stands for.

    Raises:
        IndexError, KeyError, ValueError, struct.error: it is no reply of the script's.

    """
    return _DECODERS[type(op)](op, reply)


def _six(reply: bytes, at: int) -> int:
    return int.from_bytes(reply[at : at + 6], "big")


def _proof(reply: bytes) -> Proof | None:
    return Proof(*_PROVING.unpack(reply)) if reply else None


def decode_admit(op: Admit, reply: bytes) -> Admitted | Refused:
    """Return the result of an admission.

    It is a refusal that nobody speaks where only a known source was asked for, and it isn't one.
    """
    kind, flags = reply[0], reply[1]
    known, damaged = bool(flags & KNOWN), bool(flags & DAMAGED)
    if kind == UNKNOWN:
        return Refused((), damaged=damaged)
    charges = (op.known.charge,) if known and op.known else op.charges
    if kind == REFUSED:
        refusals = [_refusal(charges, reply, 3 + _REFUSAL_BYTES * number) for number in range(reply[2])]
        return Refused(tuple(refusals), known, damaged=damaged)
    if kind != ADMITTED:
        raise ValueError(kind)
    numbers: tuple[int, ...] = _admitted(reply[6]).unpack_from(reply)
    _, _, generation, number, *told = numbers
    if number != len(charges):
        raise ValueError(number)
    charged = [
        # The running number comes in two parts: no format has six bytes.
        Charged(charge[0], charge[1], charge[2], (told[at] << 32) + told[at + 1], REASONS[told[at + 2]])
        for charge, at in zip(charges, range(0, 3 * len(charges), 3), strict=True)
    ]
    after = _HEAD_BYTES + _CHARGED_BYTES * len(charges)
    observed = [
        Charged(*op.charges[reply[at] - 1], _six(reply, at + 1))
        for at in range(after + 1, after + 1 + 7 * reply[after], 7)
    ]
    return Admitted(tuple(charged), known, tuple(observed), generation=generation, damaged=damaged)


@cache
def _admitted(charges: int) -> struct.Struct:
    return struct.Struct(">BBIB" + charges * "HIB")


def _refusal(charges: tuple[Charge, ...], reply: bytes, at: int) -> tuple[Scope, Refusal]:
    return charges[reply[at] - 1].scope, Refusal(_reason(reply[at + 1]), _wait(reply, at + 2))


def _reason(number: int) -> Reason:
    reason = REASONS[number]
    if reason is None:
        raise ValueError(number)
    return reason


def _wait(reply: bytes, at: int) -> int | None:
    wait = _six(reply, at)
    return None if wait == ENDLESS else wait


def _admit(op: Admit, reply: bytes) -> Admitted | Refused:
    result = decode_admit(op, reply)
    if isinstance(result, Refused) and not result.refusals:
        raise ValueError(reply)
    return result


def decode_settle(reply: bytes) -> Outcome:
    """Return what a node says to an outcome."""
    _expect(reply, 6, 6 + _PROVING.size)
    return Outcome(_six(reply, 0), Settled(_proof(reply[6:])))


def _settle(_: Settle, reply: bytes) -> Settled:
    return decode_settle(reply).settled


def _expect(reply: bytes, *sizes: int) -> None:
    if len(reply) not in sizes:
        raise ValueError(len(reply))


def _inspect(op: Inspect, reply: bytes) -> Inspected:
    _expect(reply, _VIEW_BYTES * len(op.charges) + _PROVING.size)
    views = [_view(charge, reply, _VIEW_BYTES * number) for number, charge in enumerate(op.charges)]
    return Inspected(tuple(views), Registry(*_PROVING.unpack(reply[_VIEW_BYTES * len(views) :])))


def _view(charge: Charge, reply: bytes, at: int) -> View:
    reason = REASONS[reply[at + 11]]
    refusal = Refusal(reason, _wait(reply, at + 12)) if reason else None
    failures = int.from_bytes(reply[at : at + 4], "big")
    return View(charge.scope, failures, _six(reply, at + 4), reply[at + 10], refusal)


def _clear(op: Clear, reply: bytes) -> Cleared:
    _expect(reply, _PROVING.size if op.registry else 0)
    return Cleared(_proof(reply))


def _stored(_: PutOnce | Advance, reply: bytes) -> Stored:
    return Stored(YES_OR_NO[reply])


def _take(_: Take, reply: bytes) -> Taken:
    return Taken(reply[1:] if YES_OR_NO[reply[:1]] else None)


_DECODERS: dict[type[Op], Callable[[Any, bytes], Result]] = {
    Admit: _admit,
    Settle: _settle,
    Inspect: _inspect,
    Clear: _clear,
    PutOnce: _stored,
    Advance: _stored,
    Take: _take,
}
