"""A bounded table of records that expire: no scan, no thread, no timer.

Every new key visits a few others in turn, round and round, and drops the dead ones.
So each key is visited once in a while, clean-up outpaces growth, and an
operation costs the same however many keys there are.

Counters in use are kept as they are. Those that weren't used for long are packed
into one ``bytes`` object each: it is compact, and the garbage collector has nothing
to follow.
"""

import struct
from collections import deque

from authguard_core.counting import rules
from authguard_core.counting.limits import Rule
from authguard_core.counting.state import Counter, Record, pack, unpack

__all__ = ["Table"]

LIVE_COUNTERS = 16_384
"""How many counters stay unpacked."""
VISITS_PER_KEY = 3
"""A round through n keys so ends after n / 2 new ones, and what is dead never outgrows what lives.

With two it would end after n new ones: the table would grow with each round, if slowly, for ever.
"""
VISITS_WHEN_FULL = 16

_TIMES = struct.Struct("<qq")

Live = tuple[Counter, Rule]
Slot = bytes | Live


def _fold(record: Record, expires: int, hot_until: int) -> bytes:
    return _TIMES.pack(expires, hot_until) + pack(record)


def _fold_live(live: Live) -> bytes:
    return _fold(live[0], rules.expires(*live), rules.hot_until(*live))


def _expires(slot: Slot) -> int:
    """Return from when a record means nothing."""
    return rules.expires(*slot) if isinstance(slot, tuple) else int(_TIMES.unpack_from(slot)[0])


def _hot_until(slot: Slot) -> int:
    """Return until when a record must stay even if space runs out. It is never after it expires."""
    return rules.hot_until(*slot) if isinstance(slot, tuple) else int(_TIMES.unpack_from(slot)[1])


_DEAD = _TIMES.pack(0, 0)


class Table:
    """Records by key. The caller holds the lock and says what time it is, in milliseconds."""

    def __init__(self, max_keys: int) -> None:
        self.max_keys = max_keys
        self._slots: dict[bytes, Slot] = {}
        # Every key of the table stands in the round exactly once; only a visit takes it out.
        self._round: list[bytes] = []
        self._next = 0
        self._live: deque[bytes] = deque()

    def __len__(self) -> int:
        return len(self._slots)

    def get(self, key: bytes, now: int) -> Record | None:
        """Return the living record under a key. A counter is the table's own: put it after a change."""
        slot = self._slots.get(key)
        if slot is None:
            return None
        if isinstance(slot, tuple):
            return slot[0]
        return unpack(slot[_TIMES.size :]) if _expires(slot) > now else None

    def put_counter(self, key: bytes, counter: Counter, rule: Rule, now: int) -> None:
        """Keep a counter."""
        slot = self._slots.get(key)
        if isinstance(slot, tuple) and slot[0] is counter and slot[1] is rule:
            return
        self._enter(key, (counter, rule), now)
        if not isinstance(slot, tuple):
            self._live.append(key)
        if len(self._live) > LIVE_COUNTERS:
            self._fold_oldest()

    def put(self, key: bytes, record: Record, until: int, now: int, *, hot_until: int | None = None) -> None:
        """Keep a record until a time; to ``hot_until``, by default the same, even if space runs out."""
        self._enter(key, _fold(record, until, until if hot_until is None else hot_until), now)

    def remove(self, key: bytes) -> None:
        """Mark a record as dead; a later visit takes it out."""
        if key in self._slots:
            self._slots[key] = _DEAD

    def has_room(self, wanted: int, now: int) -> bool:
        """Say whether so many new keys fit, after asking a few keys that aren't hot to leave."""
        if len(self._slots) + wanted > self.max_keys:
            self._visit(VISITS_WHEN_FULL, now, full=True)
        return len(self._slots) + wanted <= self.max_keys

    def _enter(self, key: bytes, slot: Slot, now: int) -> None:
        if key not in self._slots:
            self._visit(VISITS_PER_KEY, now, full=False)
            self._round.append(key)
        self._slots[key] = slot

    def _fold_oldest(self) -> None:
        key = self._live.popleft()
        slot = self._slots.get(key)
        if isinstance(slot, tuple):
            self._slots[key] = _fold_live(slot)

    def _visit(self, visits: int, now: int, *, full: bool) -> None:
        """Drop dead keys, and, when the table is full, those that aren't hot."""
        leaves = _hot_until if full else _expires
        for _ in range(min(visits, len(self._round))):
            self._next %= len(self._round)
            key = self._round[self._next]
            if leaves(self._slots[key]) <= now:
                self._drop(key)
            else:
                self._next += 1

    def _drop(self, key: bytes) -> None:
        del self._slots[key]
        last = self._round.pop()
        if self._next < len(self._round):
            self._round[self._next] = last
