"""What a store keeps under one key, and its packed form.

A store that keeps bytes (memory for cold keys, SQL) uses :func:`pack` and
:func:`unpack`. The packed form begins with its kind and version, so that a later
layout can be told apart.
"""

import struct
from copy import copy
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from authguard_core.counting.limits import UNRULED

__all__ = ["NO_DEVICES", "Counter", "Entry", "Proof", "Record", "Registry", "Value", "pack", "unpack"]


class Entry(NamedTuple):
    """An attempt that has not been proven right."""

    time: int
    """When it was charged, in milliseconds of the store's clock."""
    attempt: int
    """Who may take it back: the attempt's id."""
    source: int
    """Where it came from: what a success of the same source clears."""


class Counter:
    """One counter: the surviving entries, oldest first, and what outlives them.

    It is plain data: what it means, and how it changes, is in
    :mod:`authguard_core.counting.rules`. A token bucket lists no entries;
    :mod:`authguard_core.counting.bucket` says how it reads ``level_at``, ``total`` and
    ``cleared``.
    """

    __slots__ = ("cleared", "entries", "last", "level", "level_at", "rule", "total")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.level = 0
        """How many locks came before, as of ``level_at``; it falls by one a quiet day."""
        self.level_at = 0
        self.total = 0
        """How many attempts were ever charged."""
        self.cleared = 0
        """How many of them, in order, the consecutive count has forgotten."""
        self.last = 0
        """The key's last time: its clock never goes back."""
        self.rule = UNRULED
        """What the last charge held it to. It isn't packed: a store that wants it keeps it beside."""

    def copy(self) -> "Counter":
        """Return another counter that says the same."""
        other = copy(self)
        other.entries = self.entries.copy()
        return other


class Registry(NamedTuple):
    """Which known sources of an account are alive: an epoch, a generation and a running number."""

    generation: int = 0
    serial: int = 0
    epoch: int = 0
    """When the registry began. One that the store forgot begins anew, and no old proof fits the new one."""


class Proof(NamedTuple):
    """What a known source shows: the registry as it was when the source became known."""

    generation: int
    serial: int
    epoch: int = 0


class Value(NamedTuple):
    """A value that is there to be put, taken or advanced exactly once."""

    data: bytes


Record = Counter | Registry | Proof | Value

NO_DEVICES = Registry()

_COUNTER, _REGISTRY, _PROOF, _VALUE = 0x20, 0x21, 0x22, 0x23
_HEADER = struct.Struct("<BBIqqqq")
_ENTRY_BYTES = 24
_PROVING = struct.Struct("<BIII")


def pack(record: Record) -> bytes:
    """Write a record as bytes: 38 for a counter and 24 for each of its entries."""
    match record:
        case Counter():
            return _pack_counter(record)
        case Registry():
            return _PROVING.pack(_REGISTRY, *record)
        case Proof():
            return _PROVING.pack(_PROOF, *record)
        case _:
            return bytes((_VALUE,)) + record.data


def _pack_counter(counter: Counter) -> bytes:
    entries = counter.entries
    return _layout(len(entries)).pack(
        _COUNTER,
        counter.level,
        len(entries),
        counter.level_at,
        counter.last,
        counter.total,
        counter.cleared,
        *chain.from_iterable(entries),
    )


@lru_cache(64)
def _layout(entries: int) -> struct.Struct:
    return struct.Struct(f"{_HEADER.format}{3 * entries}q")


def unpack(data: bytes) -> Record:
    """Read what :func:`pack` wrote.

    Raises:
        ValueError: another version's bytes, or none of ours.

    """
    try:
        return _unpack(data)
    except (struct.error, IndexError) as error:
        raise _unreadable() from error


def _unreadable() -> ValueError:
    return ValueError("not a record of this version")


def _unpack(data: bytes) -> Record:
    kind = data[0]
    if kind == _COUNTER:
        return _unpack_counter(data)
    if kind == _REGISTRY:
        return Registry(*_PROVING.unpack(data)[1:])
    if kind == _PROOF:
        return Proof(*_PROVING.unpack(data)[1:])
    if kind == _VALUE:
        return Value(data[1:])
    raise _unreadable()


def _unpack_counter(data: bytes) -> Counter:
    length, rest = divmod(len(data) - _HEADER.size, _ENTRY_BYTES)
    if rest or length < 0:
        raise _unreadable()
    counter = Counter()
    _, counter.level, told, counter.level_at, counter.last, counter.total, counter.cleared, *numbers = (
        _layout(length).unpack(data)
    )
    if told != length:
        raise _unreadable()
    column = iter(numbers)
    counter.entries = [*map(Entry._make, zip(column, column, column))]  # noqa: B905 - three at a time
    return counter
