"""Stores with a fault planted in front of them, to be found out by the suites."""

from collections.abc import Callable, Sequence

from authguard_core import MemoryStorage
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Admit, Clear, Inspect, Op, Result, Settle
from authguard_core.storage import Storage
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import opened
from authguard_core.testing.suite.lab import Lab

Claim = Callable[[Lab], object]
Factory = Callable[[FrozenClock], Storage]
Fault = Callable[[Op], Op]


class Tampered:
    """A store that carries out something else than it was told, or answers something else."""

    def __init__(
        self,
        storage: Storage,
        *,
        op: Fault = lambda op: op,
        result: Callable[[Result], Result] = lambda result: result,
    ) -> None:
        self.storage, self.op, self.result = storage, op, result

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        return [self.result(result) for result in self.storage.execute([self.op(op) for op in ops])]


class Down:
    """A store that can't be reached."""

    def __init__(self, error: type[Exception]) -> None:
        self.error = error

    def execute(self, _: Sequence[Op], /) -> Sequence[Result]:
        raise self.error


def under_another_rule(change: Callable[[Rule], Rule]) -> Fault:
    """Hold every counter to a rule that was changed."""

    def changed(op: Op) -> Op:
        match op:
            case Admit() | Inspect() | Clear():
                charges = [charge._replace(rule=change(charge.rule)) for charge in op.charges]
                return op._replace(charges=tuple(charges))
            case Settle():
                charged = [charge._replace(rule=change(charge.rule)) for charge in op.charged]
                return op._replace(charged=tuple(charged))
            case _:
                return op

    return changed


def too_short(clock: FrozenClock) -> Tampered:
    """A store whose windows are a millisecond too short."""
    shorter = under_another_rule(lambda rule: rule._replace(window=rule.window - 1))
    return Tampered(MemoryStorage(clock=clock), op=shorter)


def too_generous(clock: FrozenClock) -> Tampered:
    """A store that lets one more through."""
    deeper = under_another_rule(
        lambda rule: rule._replace(limit=rule.limit + 1, burst=rule.burst and rule.burst + 1)
    )
    return Tampered(MemoryStorage(clock=clock), op=deeper)


def claimed(claim: Claim, factory: Factory) -> None:
    """Hold a store to one claim."""
    clock = FrozenClock()
    with opened(factory, clock) as store:
        claim(Lab(store, clock))
