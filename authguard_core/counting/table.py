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
from authguard_core.counting.state import Counter, Proof, Record, pack, unpack

__all__ = ["Table"]

LIVE_COUNTERS = 16_384
"""How many counters stay unpacked."""
VISITS_PER_KEY = 3
"""A round through n keys so ends after n / 2 new ones, and what is dead never outgrows what lives.

With two it would end after n new ones: the table would grow with each round, if slowly, for ever.
"""
VISITS_WHEN_FULL = 16

_HEADER = struct.Struct("<qqI")
"""From when a packed record means nothing, until when it must stay, and its rule's number."""

_DEAD = _HEADER.pack(0, 0, 0)

Slot = bytes | Counter


def _expires(slot: Slot) -> int:
    """Return from when a record means nothing."""
    return rules.expires(slot, slot.rule) if isinstance(slot, Counter) else int(_HEADER.unpack_from(slot)[0])


def _hot_until(slot: Slot) -> int:
    """Return until when a record must stay even if space runs out. It is never after it expires."""
    return (
        rules.hot_until(slot, slot.rule) if isinstance(slot, Counter) else int(_HEADER.unpack_from(slot)[1])
    )


class Table:
    """Records by key, for the operations to work on. The caller holds the lock and says what time it is."""

    def __init__(self, max_keys: int) -> None:
        self.max_keys = max_keys
        self.now = 0
        """The store's time in milliseconds."""
        self._slots: dict[bytes, Slot] = {}
        # Every key of the table stands in the round exactly once; only a visit takes it out.
        self._round: list[bytes] = []
        self._next = 0
        self._live: deque[bytes] = deque()
        self._rules: list[Rule] = []

    def __len__(self) -> int:
        return len(self._slots)

    def begin(self, clock: int) -> None:
        """Begin a trip. Only here counters are packed: what was handed out stays as it is."""
        self.now = max(self.now, clock)
        while len(self._live) > LIVE_COUNTERS:
            self._fold_oldest()

    def get(self, key: bytes, /) -> Record | None:
        """Return the living record under a key. A counter is the table's own."""
        slot = self._slots.get(key)
        if slot is None or isinstance(slot, Counter):
            return slot
        return self._unfold(key, slot)

    def put(self, key: bytes, record: Record, /, *, until: int = 0) -> None:
        """Keep a record: a counter as its rule says, anything else until a time."""
        if isinstance(record, Counter):
            self._enter(key, record)
            self._live.append(key)
            return
        # An address that became known gives way first: one account could fill the store with them.
        hot_until = 0 if isinstance(record, Proof) else until
        self._enter(key, _HEADER.pack(until, hot_until, 0) + pack(record))

    def remove(self, key: bytes, /) -> None:
        """Mark a record as dead; a later visit takes it out."""
        if key in self._slots:
            self._slots[key] = _DEAD

    def has_room(self, wanted: int) -> bool:
        """Say whether so many new keys fit, after asking a few keys that aren't hot to leave."""
        if len(self._slots) + wanted > self.max_keys:
            self._visit(VISITS_WHEN_FULL, full=True)
        return len(self._slots) + wanted <= self.max_keys

    def _enter(self, key: bytes, slot: Slot) -> None:
        if key not in self._slots:
            self._visit(VISITS_PER_KEY, full=False)
            self._round.append(key)
        self._slots[key] = slot

    def _fold_oldest(self) -> None:
        key = self._live.popleft()
        slot = self._slots.get(key)
        if isinstance(slot, Counter):
            self._slots[key] = _DEAD if rules.is_idle(slot) else self._folded(slot)

    def _folded(self, slot: Counter) -> bytes:
        header = _HEADER.pack(_expires(slot), _hot_until(slot), self._number_of(slot.rule))
        return header + pack(slot)

    def _number_of(self, rule: Rule) -> int:
        """Return the place of a rule in the list of those few that there are."""
        if rule not in self._rules:
            self._rules.append(rule)
        return self._rules.index(rule)

    def _unfold(self, key: bytes, slot: bytes) -> Record | None:
        expires, _, number = _HEADER.unpack_from(slot)
        if expires <= self.now:
            return None
        record = unpack(slot[_HEADER.size :])
        if isinstance(record, Counter):
            record.rule = self._rules[number]
            self._slots[key] = record
            self._live.append(key)
        return record

    def _visit(self, visits: int, *, full: bool) -> None:
        """Drop dead keys, and, when the table is full, those that aren't hot."""
        leaves = self._is_cold if full else self._is_dead
        for _ in range(min(visits, len(self._round))):
            self._next %= len(self._round)
            key = self._round[self._next]
            if leaves(self._slots[key]):
                self._drop(key)
            else:
                self._next += 1

    def _is_dead(self, slot: Slot) -> bool:
        if isinstance(slot, Counter) and slot.last + slot.rule.window > self.now:
            return False  # no counter dies sooner, and most needn't be looked at more closely
        return _expires(slot) <= self.now

    def _is_cold(self, slot: Slot) -> bool:
        return _hot_until(slot) <= self.now

    def _drop(self, key: bytes) -> None:
        del self._slots[key]
        last = self._round.pop()
        if self._next < len(self._round):
            self._round[self._next] = last
