"""The store between the guard and the real one: it steps aside, fails on purpose and keeps the record."""

import types
from collections.abc import Generator, Sequence
from random import Random

from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Charge,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Op,
    Refused,
    Result,
    Settle,
    Settled,
    View,
)
from authguard_core.errors import StorageError
from authguard_core.storage import Storage
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.simulation.history import (
    Began,
    Counted,
    Disturbed,
    Entry,
    Executed,
    Faulted,
    Operation,
    Refusing,
    Viewed,
    label_of,
)
from authguard_core.testing.simulation.scene import Faults

__all__ = ["SimulatedStore", "step_aside"]

PEEKED = 0.25
"""How often a settlement is watched: what it must not change is looked at before and after."""


@types.coroutine
def step_aside() -> Generator[None, None, None]:
    """Let the scheduler choose who goes on."""
    yield


class SimulatedStore:
    """An :class:`~authguard_core.storage.AsyncStorage` over the one under test.

    Args:
        inner: the store under test.
        clock: its clock.
        random: the only source of chance.
        faults: what may go wrong.

    """

    def __init__(self, inner: Storage, clock: FrozenClock, random: Random, faults: Faults) -> None:
        self.faults = faults
        self.entries: list[Entry] = []
        self.began: dict[int, Began] = {}
        self.current = 0
        """Whose turn it is."""
        self.now = 0
        """The latest time that the store was asked at."""
        self._inner = inner
        self._clock = clock
        self._random = random
        self._keys: dict[bytes, int] = {}
        self._charges: dict[str, Charge] = {}

    @property
    def at(self) -> int:
        """What the machine's clock shows, in milliseconds."""
        return self._clock.milliseconds

    def begin(self, began: Began) -> None:
        """Take note of who comes."""
        self.began[began.number] = began
        self.entries.append(began)

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry the operations out, or fail before or after it.

        Raises:
            StorageError: on purpose, or from the store under test.

        """
        await step_aside()
        if self._may(self.faults.lost_request):
            raise self._failure("the store fails, and nothing was carried out")
        results = self._carry_out(ops)
        if self._may(self.faults.lost_reply):
            await step_aside()
            raise self._failure("the store's reply is lost")
        if self._may(self.faults.repeated):
            self._failure("the store's reply is lost, and it is asked again")
            await step_aside()
            results = self._carry_out(ops)
        await step_aside()
        return results

    def _may(self, probability: float) -> bool:
        return self._random.random() < probability

    def _failure(self, what: str) -> StorageError:
        self.entries.append(Faulted(self.at, self.current, what))
        return StorageError(what)

    def _carry_out(self, ops: Sequence[Op]) -> Sequence[Result]:
        watched = [op for op in ops if isinstance(op, Settle)] if self._may(PEEKED) else []
        others = self._others(watched)
        before = self._views(others)
        results = self._ask(ops)
        if others:
            self._compare(others, before, self._views(others))
        for op, result in zip(ops, results, strict=True):
            self._note(op, result)
        return results

    def _ask(self, ops: Sequence[Op]) -> Sequence[Result]:
        self.now = max(self.now, self.at)
        return self._inner.execute(ops)

    # What a settlement must leave alone

    def _others(self, settles: Sequence[Settle]) -> dict[str, Charge]:
        """Return every counter that was ever charged, but those that are settled."""
        own = {charged.key for op in settles for charged in (*op.charged, *op.observed)}
        return {label: one for label, one in self._charges.items() if one.key not in own} if settles else {}

    def _views(self, charges: dict[str, Charge]) -> list[Viewed]:
        if not charges:
            return []
        (inspected,) = self._ask([Inspect(tuple(charges.values()))])
        views = inspected.views if isinstance(inspected, Inspected) else ()
        return [self._viewed(label, view) for label, view in zip(charges, views, strict=True)]

    def _viewed(self, label: str, view: View) -> Viewed:
        reason, wait = view.refusal or (None, None)
        counts = view.failures, view.consecutive, view.level
        return Viewed(self.at, None, self.now, view.scope, label, *counts, reason, wait)

    def _compare(self, others: dict[str, Charge], before: list[Viewed], after: list[Viewed]) -> None:
        # A count in a row that no cap asks for may be forgotten meanwhile.
        looks = zip(others.items(), before, after, strict=True)
        same = {
            label: one == (other if charge.rule.cap else other._replace(consecutive=one.consecutive))
            for (label, charge), one, other in looks
        }
        changed = [label for label, unchanged in same.items() if not unchanged]
        if changed:
            self.entries.append(Disturbed(self.at, self.current, tuple(changed)))

    def look(self) -> None:
        """Take note of how every counter stands that was ever charged."""
        self.entries += self._views(self._charges)

    # The record

    def _note(self, op: Op, result: Result) -> None:
        match op, result:
            case Admit(), Refused() | Admitted():
                self._note_admission(op, result)
            case Settle(), Settled():
                operation = Operation.SETTLE if op.checked else Operation.RELEASE
                self._executed(operation, issued=result.proof is not None)
            case Clear(), Cleared() if op.charges:
                self._executed(Operation.CLEAR, self._count(op.charges), issued=result.proof is not None)
            case _:
                pass

    def _note_admission(self, op: Admit, result: Admitted | Refused) -> None:
        charges = (op.known.charge,) if result.known and op.known else op.charges
        refusals = result.refusals if isinstance(result, Refused) else ()
        self._executed(
            Operation.ADMIT,
            self._count(charges),
            refusals=tuple([Refusing(scope, *refusal) for scope, refusal in refusals]),
            known=result.known,
            shared=result.shared,
        )

    def _executed(
        self,
        operation: Operation,
        counted: tuple[Counted, ...] = (),
        *,
        refusals: tuple[Refusing, ...] = (),
        known: bool = False,
        issued: bool = False,
        shared: bool = False,
    ) -> None:
        self.entries.append(
            Executed(self.at, self.current, self.now, operation, counted, refusals, known, issued, shared)
        )

    def _count(self, charges: Sequence[Charge]) -> tuple[Counted, ...]:
        """Name the counters by whom they must be for, and number their keys."""
        labels = [label_of(charge.scope, self.began[self.current]) for charge in charges]
        self._charges |= zip(labels, charges, strict=True)
        return tuple(
            [
                Counted(charge.scope, label, self._keys.setdefault(charge.key, len(self._keys)))
                for label, charge in zip(labels, charges, strict=True)
            ]
        )
