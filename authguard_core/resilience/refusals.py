"""Refusals that are remembered for a moment, so that a blocked key costs no trip.

Only what a store has said of a full window, a lock or the cap; never a delay, which is over soon, and never
of a known source. Two seconds at most: so late another process' unlock is seen.

Pure: time, in seconds of any steady clock, is an argument.
"""

from collections import OrderedDict
from collections.abc import Iterable

from authguard_core.counting.ops import Admit, Refused
from authguard_core.counting.refusal import Reason, Refusal, Scope

__all__ = ["RememberedRefusals"]

SECONDS = 2.0
MOST = 10_000
LASTING = frozenset((Reason.LIMITED, Reason.LOCKED, Reason.CAPPED))


class RememberedRefusals:
    """The latest refusals, by the key that refused.

    Args:
        most: how many are kept; the oldest go.

    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, tuple[Refusal, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def remember(self, op: Admit, refused: Refused, now: float) -> None:
        """Keep what was said to an attempt."""
        if refused.known:
            return
        said = dict(refused.refusals)
        for scope, key, _ in op.charges:
            refusal = said.get(scope)
            if refusal and refusal.reason in LASTING:
                self._kept[key] = (refusal, now)
                self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def answer(self, op: Admit, now: float) -> Refused | None:
        """Return what an attempt is told without a trip, or None: a known source's is always asked for."""
        if op.known or not self._kept:
            return None
        found = [(charge.scope, self._standing(charge.key, now)) for charge in op.charges]
        refusals = [(scope, refusal) for scope, refusal in found if refusal]
        return Refused(tuple[tuple[Scope, Refusal], ...](refusals)) if refusals else None

    def _standing(self, key: bytes, now: float) -> Refusal | None:
        refusal, since = self._kept.get(key, (None, 0.0))
        if refusal is None:
            return None
        gone = round((now - since) * 1_000)
        if gone >= SECONDS * 1_000 or (refusal.wait is not None and gone >= refusal.wait):
            del self._kept[key]
            return None
        return refusal if refusal.wait is None else refusal._replace(wait=refusal.wait - gone)

    def forget(self, keys: Iterable[bytes]) -> None:
        """Drop what a success or an operator has just changed."""
        for key in keys:
            self._kept.pop(key, None)
