"""Counters in this process's memory: the default store, for one process.

It forgets at restart. It is thread-safe (one lock acquisition a trip) and bounded.
When it is full, a new key takes the place of one that is not hot; where there is
none, it shares one of 4,096 overflow counters with other keys of its kind. A hot or
locked key never gives way, so flooding the store frees nobody.

In an overflow counter an account shares its fate with strangers. So a success
there gives back its own entry only, and the cap, which no time would end, does
not apply; delay and lock do. An operator's word, or a completed reset, must reach
its own account and no other: it alone finds a place even in a full store.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from authguard_core.counting import rules
from authguard_core.counting.apply import apply
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Charge,
    Inspect,
    Issue,
    Op,
    PutOnce,
    Refused,
    Result,
    Settle,
)
from authguard_core.counting.refusal import Scope
from authguard_core.counting.state import Counter, Record
from authguard_core.counting.table import Table
from authguard_core.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from authguard_core.counting.limits import Rule

__all__ = ["AsyncMemoryStorage", "MemoryStorage", "open_async_storage", "open_storage"]

OVERFLOW_COUNTERS = 4_096
OVERFLOW_PREFIX = b"overflow"
MAX_KEYS = 1_000_000
MOST_NEW_KEYS = 8
"""More than any one operation can add."""
MOST_DIGITS = 12


class MemoryStorage:
    """A :class:`~authguard_core.storage.Storage` in this process's memory.

    Args:
        max_keys: how many counters are kept at most, before new ones share.
        clock: returns seconds; only differences matter. Monotonic by default, so
            that a change of the machine's clock changes nothing here. Where another
            one goes back, the store's time stands still.

    """

    def __init__(self, *, max_keys: int = MAX_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        if max_keys < MOST_NEW_KEYS:
            raise ConfigurationError.of(
                "max_keys", got=max_keys, expected=f"at least {MOST_NEW_KEYS}", do="Allow more counters."
            )
        self._clock = clock
        self._lock = threading.Lock()
        self._table = Table(max_keys)
        self._overflow: dict[bytes, Counter] = {}
        self._kinds: dict[tuple[Scope, Rule], int] = {}

    def __repr__(self) -> str:
        return f"<MemoryStorage: {len(self._table)} of {self._table.max_keys} keys>"

    def __len__(self) -> int:
        """Count the keys that are kept, the shared ones among them."""
        return len(self._table) + len(self._overflow)

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry the operations out under one acquisition of the lock.

        Raises:
            StorageError: a single-use value was to be stored and there is no room for it.

        """
        with self._lock:
            self._table.begin(round(self._clock() * 1_000))
            return (self._run(ops[0]),) if len(ops) == 1 else [self._run(op) for op in ops]

    def _run(self, op: Op) -> Result:
        if not self._overflow and self._table.has_room(MOST_NEW_KEYS):
            return apply(op, self._table, self._table.now)
        fitted = self._fit(op)
        result = apply(fitted, self, self._table.now)
        if fitted is not op and isinstance(result, Admitted | Refused):
            return result._replace(shared=True)
        return result

    def _fit(self, op: Op) -> Op:
        """Make an operation do with the room that there is, in a store that is full or was."""
        if isinstance(op, Admit | Inspect):
            return self._place(op)
        if isinstance(op, PutOnce | Advance) and not self._fits(op.key):
            raise StorageError("the memory store is full")
        if isinstance(op, Settle) and op.issue and not self._fits(*_kept(op.issue)):
            # A right password stays right: only the browser stays unknown.
            return op._replace(issue=None)
        return op

    def _fits(self, *keys: bytes) -> bool:
        new = sum(self._table.get(key) is None for key in keys)
        return not new or self._table.has_room(new)

    # The records of a store that is full or was, as the core asks for them

    def get(self, key: bytes, /) -> Record | None:
        """Return the living record under a key. For the core, while the lock is held."""
        if key.startswith(OVERFLOW_PREFIX):
            held = self._overflow.get(key)
            return held if held and rules.expires(held, held.rule) > self._table.now else None
        return self._table.get(key)

    def put(self, key: bytes, record: Record, /, *, until: int = 0) -> None:
        """Keep a record. For the core, while the lock is held."""
        if isinstance(record, Counter) and key.startswith(OVERFLOW_PREFIX):
            self._overflow[key] = record
        else:
            self._table.put(key, record, until=until)

    def remove(self, key: bytes, /) -> None:
        """Remove a record. For the core, while the lock is held."""
        self._table.remove(key)

    # Overflow: which keys share a counter

    def _place(self, op: Admit | Inspect) -> Op:
        """Point the operation at overflow counters where its own have no place."""
        room = self._table.has_room(MOST_NEW_KEYS)
        moved = op._replace(charges=tuple([self._place_charge(charge, room=room) for charge in op.charges]))
        if isinstance(moved, Admit) and moved.known:
            charge = self._place_charge(moved.known.charge, room=room)
            moved = moved._replace(known=moved.known._replace(charge=charge))
        return op if moved == op else moved

    def _place_charge(self, charge: Charge, *, room: bool) -> Charge:
        if self._table.get(charge.key) is not None:
            return charge
        shared = self._overflow_key(charge)
        # A key that was counted there stays there until that counter is quiet: moving
        # it to one of its own would give it a fresh budget.
        if room and self.get(shared) is None:
            self._overflow.pop(shared, None)
            return charge
        return Charge(Scope.SHARED, shared, charge.rule._replace(cap=0))

    def _overflow_key(self, charge: Charge) -> bytes:
        """Choose the shared counter by the key itself, which is a keyed hash already.

        Only keys under the same rule share: another's window or burst would cut a lock short.
        """
        kind = self._kinds.setdefault((charge.scope, charge.rule), len(self._kinds))
        number = int.from_bytes(charge.key[-2:], "big") % OVERFLOW_COUNTERS
        return OVERFLOW_PREFIX + kind.to_bytes(4, "big") + number.to_bytes(2, "big")


def _kept(issue: Issue) -> tuple[bytes, ...]:
    """Return the keys under which a known source is kept."""
    return (issue.registry, issue.proof) if issue.proof else (issue.registry,)


class AsyncMemoryStorage:
    """A :class:`MemoryStorage` for an event loop. Nothing in it waits.

    Args:
        storage: the store to share with threads; a new one by default.

    """

    def __init__(self, storage: MemoryStorage | None = None) -> None:
        self.storage = MemoryStorage() if storage is None else storage

    def __repr__(self) -> str:
        return f"<Async{repr(self.storage)[1:]}"

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry the operations out, as :meth:`MemoryStorage.execute` does."""
        return self.storage.execute(ops)


def open_storage(url: str) -> MemoryStorage:
    """Open ``memory://``, or ``memory://?max_keys=100000``.

    Raises:
        ConfigurationError: another part of the URL than ``max_keys``.

    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    limit = options.pop("max_keys", str(MAX_KEYS))
    usable = limit.isascii() and limit.isdigit() and len(limit) <= MOST_DIGITS
    if parts.netloc or parts.path or parts.fragment or options or not usable:
        # The URL itself stays out of the message: one meant for another store may hold a password.
        raise ConfigurationError.of(
            "STORAGE_URL",
            got="a memory URL with more in it",
            expected="memory:// or memory://?max_keys=100000",
            do="Remove the rest.",
        )
    return MemoryStorage(max_keys=int(limit))


def open_async_storage(url: str) -> AsyncMemoryStorage:
    """Open a store as :func:`open_storage` does, for an event loop."""
    return AsyncMemoryStorage(open_storage(url))
