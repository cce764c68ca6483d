"""Claims about the resilient store for threads."""

from collections.abc import Sequence
from typing import Any

import pytest

from authguard_core.counting.ops import Op, Result
from authguard_core.resilience import ResilientStorage
from tests.core.resilient_claims import Execute, ResilienceClaims
from tests.core.resilient_world import FACT, LONG, Store, attempt


class TestResilientStorage(ResilienceClaims):
    """It does what a resilient store does."""

    def over(self, store: Store, **options: Any) -> Execute:  # noqa: ANN401 - whatever the wrapper takes
        return ResilientStorage(store, **options).execute


def test_it_shows_what_it_stands_before_and_how_that_is() -> None:
    """For the person who looks at it in a debugger, and for a health check."""
    resilient = ResilientStorage(Store("fail"), timeout=LONG)
    resilient.execute((attempt(1),))

    assert "ResilientStorage over <" in repr(resilient)
    assert resilient.health.degraded


def test_closing_closes_what_can_be_closed() -> None:
    """The store behind it, if it has anything to close."""
    store = Store()
    ResilientStorage(store).close()
    ResilientStorage(store.memory).close()

    assert store.closed


def test_what_the_store_tells_an_operator_is_passed_on() -> None:
    """It has nothing to add; a store that tells nothing of itself has no facts."""
    store = Store()

    assert list(ResilientStorage(store).facts()) == [FACT]
    assert list(ResilientStorage(store.memory).facts()) == []


def test_whoever_is_interrupted_leaves_the_probe_to_others() -> None:
    """An interrupt isn't an outage: it goes on its way, and the next caller asks."""

    class Interrupted(Store):
        def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
            if self.next() == "interrupt":
                raise KeyboardInterrupt
            return self.memory.execute(ops)

    store = Interrupted("interrupt", "answer")
    resilient = ResilientStorage(store, timeout=LONG)
    with pytest.raises(KeyboardInterrupt):
        resilient.execute((attempt(1),))

    assert not resilient.health.degraded
    assert resilient.execute((attempt(2),))
