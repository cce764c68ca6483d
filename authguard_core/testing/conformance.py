"""Prove a store: the claims that every backend must meet.

A module of tests adds one line for each backend, and pytest collects the rest::

    from authguard_core.testing.conformance import storage_conformance

    TestMine = storage_conformance(lambda clock: MyStorage(clock=clock))

What a backend must offer for it:

- **A clock that can be passed in.** The factory gets a
  :class:`~authguard_core.testing.clock.FrozenClock`, a callable that returns seconds. All that
  the store counts, and all that it lets go, must follow that clock and no other; it is moved
  by half a year, and back. A store that asks its server for the time in production takes the
  time as an argument of its script or statement here.
- **An empty store** for each call of the factory: another name space, or a flush before.
- **A way to close.** ``close()`` or ``aclose()``, if there is one, is called in the end. Or the
  factory returns a context manager of either kind, or something to await.

A store is of either kind: where ``execute`` is a coroutine function, it runs on an event loop
of the test's own, from the opening to the closing. It must bear a hundred threads, or tasks.

What isn't promised isn't claimed: the running numbers in
:class:`~authguard_core.counting.ops.Charged` are the store's own, and so is what an outcome
does that comes when its attempt has been over, window and lock, and nothing was asked since.
Nor is it what a retry brings whose attempt only some of its counters still hold, because somebody
cleared the others in between: a store on several nodes charges those anew.

It needs ``pip install "authguard[testing]"``.
"""

from collections.abc import Callable

from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made, StoreFactory
from authguard_core.testing.suite.agreement import AgreementClaims
from authguard_core.testing.suite.bounded import BoundedClaims
from authguard_core.testing.suite.buckets import BucketClaims
from authguard_core.testing.suite.counters import CounterClaims
from authguard_core.testing.suite.failing import FailingClaims
from authguard_core.testing.suite.outcomes import OutcomeClaims
from authguard_core.testing.suite.races import RaceClaims
from authguard_core.testing.suite.sources import SourceClaims
from authguard_core.testing.suite.values import ValueClaims

__all__ = ["StorageClaims", "bounded_storage_conformance", "storage_conformance"]


class StorageClaims(
    CounterClaims, OutcomeClaims, SourceClaims, ValueClaims, BucketClaims, RaceClaims, AgreementClaims
):
    """All that every store must do."""


def storage_conformance(
    open_store: StoreFactory, *, open_broken: StoreFactory | None = None
) -> type[StorageClaims]:
    """Return a class of tests that claim all that every store must do.

    Args:
        open_store: opens an empty store that keeps the time of the clock it is given.
        open_broken: opens one whose server can't be reached, for the claim that each
            operation then raises :class:`~authguard_core.StorageError` and nothing else.

    """
    opener = {"open_store": staticmethod(open_store)}
    if open_broken is None:
        return type("StorageConformance", (StorageClaims,), opener)
    openers = opener | {"open_broken": staticmethod(open_broken)}
    return type("StorageConformance", (StorageClaims, FailingClaims), openers)


def bounded_storage_conformance(open_store: Callable[[FrozenClock, int], Made]) -> type[BoundedClaims]:
    """Return a class of tests for a store that holds only so many keys.

    What it can't keep apart it may count together, never let go: the answer then says
    ``shared``, and limits get stricter, not weaker.

    Args:
        open_store: opens an empty store that keeps the clock's time and at most so many keys.

    """
    return type("BoundedStorageConformance", (BoundedClaims,), {"open_store": staticmethod(open_store)})
