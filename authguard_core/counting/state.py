"""What a store keeps under one key, and its packed form.

A store that keeps bytes (memory for cold keys, SQL) uses :func:`pack` and
:func:`unpack`. The packed form begins with its kind and version, so that a later
layout can be told apart.
"""

import struct
from typing import NamedTuple

__all__ = ["NO_DEVICES", "Counter", "Proof", "Record", "Registry", "Value", "pack", "unpack"]


class Counter:
    """One counter. The three columns list the surviving entries, oldest first.

    An entry is an attempt that has not been proven right. It is plain data: what it
    means, and how it changes, is in :mod:`authguard_core.counting.rules`. A token
    bucket lists no entries; :mod:`authguard_core.counting.bucket` says how it reads
    ``level_at``, ``total`` and ``cleared``.
    """

    __slots__ = ("attempts", "cleared", "last", "level", "level_at", "sources", "times", "total")

    def __init__(self) -> None:
        self.times: list[int] = []
        """When each attempt was charged, in milliseconds of the store's clock."""
        self.attempts: list[int] = []
        """Who may take an entry back: the attempts' ids."""
        self.sources: list[int] = []
        """Where each came from: what a success of the same source clears."""
        self.level = 0
        """How many locks came before, as of ``level_at``; it falls by one a quiet day."""
        self.level_at = 0
        self.total = 0
        """How many attempts were ever charged."""
        self.cleared = 0
        """How many of them, in order, the consecutive count has forgotten."""
        self.last = 0
        """The key's last time: its clock never goes back."""


class Registry(NamedTuple):
    """Which known sources of an account are alive: a generation and a running number."""

    generation: int = 0
    serial: int = 0


class Proof(NamedTuple):
    """What a known source shows: the generation and serial it was given."""

    generation: int
    serial: int


class Value(NamedTuple):
    """A value that is there to be put, taken or advanced exactly once."""

    data: bytes


Record = Counter | Registry | Proof | Value

NO_DEVICES = Registry()

_COUNTER, _REGISTRY, _PROOF, _VALUE = 0x10, 0x11, 0x12, 0x13
_HEADER = struct.Struct("<BBIqqqq")
_PAIR = struct.Struct("<BII")


def pack(record: Record) -> bytes:
    """Write a record as bytes: 38 for a counter and 24 for each of its entries."""
    match record:
        case Counter():
            return _pack_counter(record)
        case Registry():
            return _PAIR.pack(_REGISTRY, *record)
        case Proof():
            return _PAIR.pack(_PROOF, *record)
        case _:
            return bytes((_VALUE,)) + record.data


def _pack_counter(counter: Counter) -> bytes:
    columns = counter.times + counter.attempts + counter.sources
    header = _HEADER.pack(
        _COUNTER,
        counter.level,
        len(counter.times),
        counter.level_at,
        counter.last,
        counter.total,
        counter.cleared,
    )
    return header + struct.pack(f"<{len(columns)}q", *columns)


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
        return Registry(*_PAIR.unpack(data)[1:])
    if kind == _PROOF:
        return Proof(*_PAIR.unpack(data)[1:])
    if kind == _VALUE:
        return Value(data[1:])
    raise _unreadable()


def _unpack_counter(data: bytes) -> Counter:
    counter = Counter()
    _, counter.level, length, counter.level_at, counter.last, counter.total, counter.cleared = (
        _HEADER.unpack_from(data)
    )
    columns = struct.unpack(f"<{(len(data) - _HEADER.size) // 8}q", data[_HEADER.size :])
    if len(columns) != 3 * length:
        raise _unreadable()
    counter.times = list(columns[:length])
    counter.attempts = list(columns[length : 2 * length])
    counter.sources = list(columns[2 * length :])
    return counter
