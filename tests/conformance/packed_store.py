"""A store as a database is one: records are bytes, and every key keeps a time of its own."""

import threading
from collections.abc import Callable, Sequence

from authguard_core.counting import rules
from authguard_core.counting.apply import apply
from authguard_core.counting.limits import UNRULED, Rule
from authguard_core.counting.ops import Inspect, Op, Refused, Result
from authguard_core.counting.state import Counter, Record, pack, unpack

NOTHING: tuple[bytes, int, Rule] = (b"", 0, UNRULED)


class PackedStorage:
    """Hands out unpacked records, writes back what was carried out, and drops what has expired."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock, self._now = clock, threading.Lock(), 0
        self._kept: dict[bytes, tuple[bytes, int, Rule]] = {}
        self._handed: dict[bytes, Counter] = {}

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        with self._lock:
            self._now = round(self._clock() * 1_000)
            return [self._run(op) for op in ops]

    def _run(self, op: Op) -> Result:
        self._handed.clear()
        result = apply(op, self, self._now)
        # A look, or a refusal, leaves no trace: a clock that had leapt ahead would empty windows for good.
        if not isinstance(op, Inspect) and not isinstance(result, Refused):
            for key, counter in self._handed.items():
                self._write(key, counter)
        return result

    def _write(self, key: bytes, counter: Counter) -> None:
        self._kept[key] = (pack(counter), rules.expires(counter, counter.rule), counter.rule)

    def get(self, key: bytes, /) -> Record | None:
        if key in self._handed:
            return self._handed[key]
        data, until, rule = self._kept.get(key, NOTHING)
        if until <= self._now:
            return None
        record = unpack(data)
        if isinstance(record, Counter):
            record.rule = rule
            self._handed[key] = record
        return record

    def put(self, key: bytes, record: Record, /, *, until: int = 0) -> None:
        if isinstance(record, Counter):
            self._handed[key] = record
        else:
            self._kept[key] = (pack(record), until, UNRULED)

    def remove(self, key: bytes, /) -> None:
        del self._kept[key]
