"""The store between the guard and the real one fails when it is told to, and writes everything down."""

from collections.abc import Coroutine, Sequence
from random import Random
from typing import Any

import pytest

from authguard_core import MemoryStorage, StorageError
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Charge,
    Charged,
    Clear,
    Inspect,
    Issue,
    Known,
    Op,
    Result,
    Settle,
    Settled,
    Take,
)
from authguard_core.counting.refusal import Reason, Scope
from authguard_core.counting.state import Proof
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.simulation.history import (
    Act,
    Began,
    Disturbed,
    Executed,
    Faulted,
    Operation,
    Refusing,
    Viewed,
)
from authguard_core.testing.simulation.scene import NO_FAULTS, Faults
from authguard_core.testing.simulation.store import SimulatedStore
from tests.core.simulated import HOME

ONE = Charge(Scope.ACCOUNT, b"alice", Rule(1, 60_000))
LOG = Charge(Scope.ADDRESS, b"home", Rule(9, 60_000))
DEVICE = Charge(Scope.DEVICE, b"device", Rule(5, 60_000))


class Always(Random):
    """Chance that brings what is more probable than a number."""

    def __init__(self, number: float = 0.0) -> None:
        super().__init__(1)
        self.number = number

    def random(self) -> float:
        return self.number


class Meddling:
    """A broken store: whatever is settled, it takes everybody's entries back."""

    def __init__(self, clock: FrozenClock) -> None:
        self.inner = MemoryStorage(clock=clock)

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        if any(isinstance(op, Settle) for op in ops):
            self.inner.execute([Clear((ONE, LOG))])
        return self.inner.execute(ops)


def simulated(
    *,
    faults: Faults = NO_FAULTS,
    random: Random | None = None,
    broken: bool = False,
    clock: FrozenClock | None = None,
) -> SimulatedStore:
    clock = clock or FrozenClock()
    inner = Meddling(clock) if broken else MemoryStorage(clock=clock)
    store = SimulatedStore(inner, clock, random or Always(0.99), faults)
    for number in range(3):
        store.begin(Began(store.at, number, Act.SIGN_IN, "alice", "alice", HOME, None, right=False))
    store.entries.clear()
    return store


def steps(task: Coroutine[Any, Any, Any]) -> tuple[int, Any]:
    """Drive it to its end, and say how often it stepped aside and what it returned."""
    count = 0
    while True:
        try:
            task.send(None)
        except StopIteration as finished:
            return count, finished.value
        count += 1


def admit(attempt: int, *charges: Charge, known: Known | None = None) -> Admit:
    return Admit(attempt, 1, charges, known)


def carry_out(store: SimulatedStore, *ops: Op) -> Result:
    result: Result = steps(store.execute(ops))[1][0]
    return result


def test_it_steps_aside_before_and_after_each_call() -> None:
    """So any other worker may go on in between."""
    store = simulated()
    count, results = steps(store.execute([admit(1, ONE)]))
    assert count == 2
    assert results == MemoryStorage(clock=FrozenClock()).execute([admit(1, ONE)])


def test_a_lost_request_is_never_carried_out() -> None:
    """The guard hears of a failure, and so it is."""
    store = simulated(faults=Faults(lost_request=1, lost_reply=0, repeated=0))
    with pytest.raises(StorageError, match="nothing was carried out"):
        carry_out(store, admit(1, ONE))
    assert [type(entry) for entry in store.entries] == [Faulted]


def test_a_lost_reply_leaves_the_operation_carried_out() -> None:
    """The guard hears of a failure all the same."""
    store = simulated(faults=Faults(lost_request=0, lost_reply=1, repeated=0))
    with pytest.raises(StorageError, match="reply is lost"):
        carry_out(store, admit(1, ONE))
    assert [type(entry) for entry in store.entries] == [Executed, Faulted]


def test_a_driver_may_ask_again() -> None:
    """The same operation twice, and others may go on in between."""
    store = simulated(faults=Faults(lost_request=0, lost_reply=0, repeated=1))
    count, (result,) = steps(store.execute([admit(1, ONE)]))
    assert count == 3
    assert isinstance(result, Admitted)
    assert [type(entry) for entry in store.entries] == [Executed, Faulted, Executed]


def test_it_writes_down_what_was_charged_and_under_which_key() -> None:
    """Keys are numbered by their first use."""
    store = simulated()
    carry_out(store, admit(1, LOG, ONE))
    (entry,) = store.entries
    assert isinstance(entry, Executed)
    assert [(one.label, one.key) for one in entry.counted] == [("address 192.0.2.1", 0), ("account alice", 1)]


def test_it_writes_down_why_an_attempt_was_refused() -> None:
    """Each refusing counter's own words."""
    store = simulated()
    carry_out(store, admit(1, ONE))
    carry_out(store, admit(2, ONE))
    assert isinstance(store.entries[-1], Executed)
    assert store.entries[-1].refusals == (Refusing(Scope.ACCOUNT, Reason.LIMITED, 60_000),)


def test_it_writes_down_a_known_device() -> None:
    """It is charged alone."""
    store = simulated()
    charged = carry_out(store, admit(1, ONE))
    assert isinstance(charged, Admitted)
    settled = carry_out(store, Settle(1, 1, charged.charged, issue=Issue(b"registry", fresh=True)))
    assert isinstance(settled, Settled)
    assert settled.proof
    carry_out(store, admit(2, ONE, known=Known(b"registry", settled.proof, DEVICE)))
    issued, known = store.entries[-2:]
    assert isinstance(issued, Executed)
    assert isinstance(known, Executed)
    assert (issued.operation, issued.issued) == (Operation.SETTLE, True)
    assert known.known
    assert [one.scope for one in known.counted] == [Scope.DEVICE]


def test_a_claim_to_be_known_that_fails_is_written_down_as_a_strangers() -> None:
    """What the store decided counts, not what was claimed."""
    store = simulated()
    carry_out(store, admit(1, ONE, known=Known(b"registry", Proof(0, 9), DEVICE)))
    assert isinstance(store.entries[0], Executed)
    assert not store.entries[0].known


def test_it_tells_a_release_from_a_success() -> None:
    """Both settle."""
    store = simulated()
    charged = (Charged(*ONE, 1),)
    carry_out(store, Settle(1, 1, charged, checked=False))
    carry_out(store, Settle(1, 1, charged))
    assert [entry.operation for entry in store.entries if isinstance(entry, Executed)] == [
        Operation.RELEASE,
        Operation.SETTLE,
    ]


def test_it_writes_down_a_clearing_and_nothing_of_looks_and_values() -> None:
    """A clearing of no counter is none."""
    store = simulated()
    carry_out(store, Clear((ONE,), b"registry"))
    carry_out(store, Clear(()))
    carry_out(store, Inspect((ONE,)))
    carry_out(store, Take(b"value"))
    (entry,) = store.entries
    assert isinstance(entry, Executed)
    assert (entry.operation, entry.issued) == (Operation.CLEAR, True)


def test_a_settlement_that_changes_other_counters_is_seen() -> None:
    """Every counter that was ever charged is looked at before and after."""
    store = simulated(random=Always(), broken=True)
    charged = carry_out(store, admit(1, ONE))
    carry_out(store, admit(2, LOG))
    assert isinstance(charged, Admitted)
    carry_out(store, Settle(1, 1, charged.charged))
    assert Disturbed(store.at, 0, ("address 192.0.2.1",)) in store.entries


def test_a_settlement_that_minds_its_own_business_is_not_accused() -> None:
    """Its own counters may change, and a store may forget a row that nothing asks for."""
    store = simulated(random=Always())
    charged = carry_out(store, admit(1, ONE))
    carry_out(store, admit(2, LOG))
    assert isinstance(charged, Admitted)
    carry_out(store, Settle(1, 1, charged.charged))
    capped = Charge(Scope.DEVICE, b"capped", Rule(5, 60_000, cap=9))
    carry_out(store, admit(3, capped))
    carry_out(store, Settle(1, 1, charged.charged))
    assert not [entry for entry in store.entries if isinstance(entry, Disturbed)]


def test_a_look_notes_every_counter_that_was_ever_charged() -> None:
    """Nothing where there was none."""
    store = simulated()
    store.look()
    assert store.entries == []
    carry_out(store, admit(1, LOG, ONE))
    store.look()
    views = [entry for entry in store.entries if isinstance(entry, Viewed)]
    assert [(view.label, view.failures, view.reason) for view in views] == [
        ("address 192.0.2.1", 1, None),
        ("account alice", 1, Reason.LIMITED),
    ]


def test_its_time_is_the_latest_at_which_it_was_asked() -> None:
    """A clock that goes back turns no time back."""
    clock = FrozenClock()
    store = simulated(clock=clock)
    carry_out(store, admit(1, LOG))
    late = store.at
    clock.advance(-5)
    carry_out(store, admit(2, LOG))
    assert (store.at, store.now) == (late - 5_000, late)
