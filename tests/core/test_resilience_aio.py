"""Claims about the resilient store for an event loop."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from authguard_core import AsyncMemoryStorage
from authguard_core.counting.ops import Op, Result
from authguard_core.resilience import AsyncResilientStorage
from authguard_core.testing.clock import FrozenClock
from tests.core.resilient_claims import Execute, ResilienceClaims
from tests.core.resilient_world import FACT, LONG, AsyncStore, Store, attempt, told


class TestAsyncResilientStorage(ResilienceClaims):
    """It does what a resilient store does."""

    @pytest.fixture(autouse=True)
    def runner(self) -> Iterator[None]:
        with asyncio.Runner() as self.loop:
            yield

    def over(self, store: Store, **options: Any) -> Execute:  # noqa: ANN401 - whatever the wrapper takes
        resilient = AsyncResilientStorage(AsyncStore(store), **options)

        def execute(ops: Sequence[Op]) -> Sequence[Result]:
            return self.loop.run(resilient.execute(ops))

        return execute


@pytest.mark.anyio
async def test_it_shows_what_it_stands_before_and_how_that_is() -> None:
    """For the person who looks at it in a debugger, and for a health check."""
    resilient = AsyncResilientStorage(AsyncStore(Store("fail")), timeout=LONG)
    await resilient.execute((attempt(1),))

    assert "AsyncResilientStorage over <" in repr(resilient)
    assert resilient.health.degraded


@pytest.mark.anyio
async def test_closing_closes_what_can_be_closed() -> None:
    """The store behind it, if it has anything to close."""
    store = Store()
    await AsyncResilientStorage(AsyncStore(store)).aclose()
    await AsyncResilientStorage(AsyncMemoryStorage()).aclose()

    assert store.closed


@pytest.mark.anyio
async def test_what_the_store_tells_an_operator_is_passed_on() -> None:
    """It has nothing to add; a store that tells nothing of itself has no facts."""
    assert list(await AsyncResilientStorage(AsyncStore(Store())).facts()) == [FACT]
    assert list(await AsyncResilientStorage(AsyncMemoryStorage()).facts()) == []


@pytest.mark.anyio
async def test_a16_a_cancelled_probe_leaves_room_for_another() -> None:
    """The client left: the store isn't out for good because of that."""
    clock = FrozenClock()
    store = Store("fail", "fail", "hang", "answer")
    resilient = AsyncResilientStorage(AsyncStore(store), timeout=LONG, clock=clock)
    await resilient.execute((attempt(1),))
    clock.advance(60)
    probe = asyncio.create_task(resilient.execute((attempt(2),)))
    await asyncio.sleep(0)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe

    assert told(await resilient.execute((attempt(3),))) == (True, False)
