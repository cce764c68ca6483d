"""Answers that are kept for a while."""

from collections import OrderedDict
from threading import Lock

__all__ = ["RangeCache"]


class RangeCache:
    """Keeps the bodies of answers by their prefix: the last used ones, each for a while. Thread-safe.

    A body lists some thousand passwords' hashes and is public; which of them was asked for isn't kept.
    """

    def __init__(self, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._bodies: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, prefix: str, now: float) -> bytes | None:
        """Return what was put there, unless it has been there for too long."""
        with self._lock:
            ends, body = self._bodies.get(prefix, (now, b""))
            if ends <= now:
                self._bodies.pop(prefix, None)
                return None
            self._bodies.move_to_end(prefix)
            return body

    def put(self, prefix: str, body: bytes, now: float) -> None:
        """Keep a body, in the place of the one that wasn't used for longest if there are too many."""
        with self._lock:
            self._bodies[prefix] = (now + self._seconds, body)
            self._bodies.move_to_end(prefix)
            while len(self._bodies) > self._size:
                self._bodies.popitem(last=False)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._bodies.clear()
