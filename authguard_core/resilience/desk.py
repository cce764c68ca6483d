"""What both resilient stores share: everything that waits for nothing."""

import enum
import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Clear,
    Op,
    PutOnce,
    Refused,
    Result,
    Settle,
    Take,
)
from authguard_core.errors import StorageError
from authguard_core.memory import MemoryStorage
from authguard_core.resilience.breaker import Breaker, Pass
from authguard_core.resilience.refusals import RememberedRefusals
from authguard_core.storage import Storage

__all__ = ["Begun", "Desk", "Health", "OnChange", "OnFailure", "is_repeatable", "refuse_others"]

logger = logging.getLogger("authguard")

LOCAL_KEYS = 100_000


class OnFailure(enum.Enum):
    """What becomes of an attempt while the store is out."""

    LOCAL = "local"
    """This process counts it on its own, by stricter limits."""
    OPEN = "open"
    """It is admitted, and nobody counts it."""
    CLOSED = "closed"
    """It is refused."""


class Health(NamedTuple):
    """How it stands with the store."""

    degraded: bool
    """Whether it is taken for out."""
    error: str | None = None
    """What was the matter, without anything that names a host or a person."""


OnChange = Callable[[Health], object]
"""Is told when the store goes out, and when it is back. What it raises changes nothing."""


class Begun(NamedTuple):
    """How a trip begins: with results already, or with leave to ask the store."""

    allowed: Pass
    results: Sequence[Result] | None = None


def _chance() -> float:
    """Return a number from 0 to 1, so that processes don't all ask at once whether the store is back."""
    return int.from_bytes(os.urandom(2), "big") / 0xFFFF


def is_repeatable(ops: Sequence[Op]) -> bool:
    """Say whether operations may be sent once more when their reply was lost.

    An attempt is known by its id. A single-use value isn't: whoever took it unheard would find it gone.
    """
    return not any(isinstance(op, PutOnce | Advance | Take) for op in ops)


def refuse_others(error: Exception) -> StorageError:
    """Return what a store raised as the one error it should raise: its type, for its text may be personal."""
    return error if isinstance(error, StorageError) else StorageError(type(error).__name__)


class Desk:
    """Knows how it stands with the store, what it said lately, and what to say in its stead.

    Args:
        on_failure: what becomes of an attempt while the store is out.
        on_change: is told when that begins and ends.
        local: counts meanwhile; a bounded memory store by default.
        chance: returns a number from 0 to 1.

    """

    def __init__(
        self,
        *,
        on_failure: OnFailure = OnFailure.LOCAL,
        on_change: OnChange | None = None,
        local: Storage | None = None,
        chance: Callable[[], float] = _chance,
    ) -> None:
        self._on_failure = on_failure
        self._on_change = on_change
        self._local = MemoryStorage(max_keys=LOCAL_KEYS) if local is None else local
        self._chance = chance
        self._lock = threading.Lock()
        self._breaker = Breaker()
        self._refusals = RememberedRefusals()

    @property
    def health(self) -> Health:
        """How it stands with the store."""
        return Health(self._breaker.is_open)

    def begin(self, ops: Sequence[Op], now: float) -> Begun:
        """Answer without a trip if that can be done, or say that the store may be asked.

        Raises:
            StorageError: the store is out, and nobody else can answer.

        """
        if all(isinstance(op, Settle) and op.local for op in ops):
            return Begun(Pass.NONE, self._local.execute(ops))
        with self._lock:
            remembered = self._remembered(ops, now)
            allowed = Pass.NONE if remembered else self._breaker.ask(now)
        if remembered:
            return Begun(Pass.NONE, (remembered,))
        if allowed is Pass.NONE:
            return Begun(Pass.NONE, self._in_its_stead(ops, StorageError("the store is out")))
        return Begun(allowed)

    def _remembered(self, ops: Sequence[Op], now: float) -> Refused | None:
        first = ops[0] if len(ops) == 1 else None
        return self._refusals.answer(first, now) if isinstance(first, Admit) else None

    def done(self, ops: Sequence[Op], results: Sequence[Result], now: float) -> Sequence[Result]:
        """Take note of what the store said."""
        with self._lock:
            recovered = self._breaker.succeed()
            for op, result in zip(ops, results, strict=True):
                self._note(op, result, now)
        if recovered:
            self._tell(Health(degraded=False))
        return results

    def _note(self, op: Op, result: Result, now: float) -> None:
        if isinstance(op, Admit):
            if isinstance(result, Refused):
                self._refusals.remember(op, result, now)
        elif isinstance(op, Settle):
            self._refusals.forget([charged.key for charged in op.charged])
        elif isinstance(op, Clear):
            self._refusals.forget([charge.key for charge in op.charges])

    def failed(self, ops: Sequence[Op], error: StorageError, begun: Begun, now: float) -> Sequence[Result]:
        """Take note of a failure, and answer in the store's stead.

        Raises:
            StorageError: nobody else can answer.

        """
        with self._lock:
            opened = self._breaker.fail(begun.allowed, now, chance=self._chance())
        if opened:
            self._tell(Health(degraded=True, error=str(error)))
        return self._in_its_stead(ops, error)

    def given_up(self, begun: Begun) -> None:
        """Take note that nobody waits any more: the caller was cancelled."""
        with self._lock:
            self._breaker.give_up(begun.allowed)

    def _in_its_stead(self, ops: Sequence[Op], error: StorageError) -> Sequence[Result]:
        if self._on_failure is OnFailure.CLOSED or not all(isinstance(op, Admit) for op in ops):
            raise error
        return [self._admit(op) for op in ops if isinstance(op, Admit)]

    def _admit(self, op: Admit) -> Result:
        if self._on_failure is OnFailure.OPEN:
            return Admitted((), local=True)
        (result,) = self._local.execute((Admit(op.attempt, op.source, op.local),))
        return result._replace(local=True) if isinstance(result, Admitted | Refused) else result

    def _tell(self, health: Health) -> None:
        if health.degraded:
            logger.error("the store is out (%s); on failure: %s", health.error, self._on_failure.value)
        else:
            logger.warning("the store is back")
        if self._on_change is not None:
            try:
                self._on_change(health)
            except Exception as error:  # noqa: BLE001 - whoever listens changes no decision
                logger.error("on_change failed: %s", type(error).__name__)  # noqa: TRY400 - a traceback may show personal data
