"""The resilient store for an event loop."""

import asyncio
import time
from collections.abc import Callable, Sequence

from authguard_core.counting.ops import Op, Result
from authguard_core.errors import StorageError
from authguard_core.facts import Fact
from authguard_core.resilience.desk import Desk, Health, OnChange, OnFailure, is_repeatable, refuse_others
from authguard_core.storage import AsyncStorage

__all__ = ["AsyncResilientStorage"]

TIMEOUT = 0.25


class AsyncResilientStorage:
    """An :class:`~authguard_core.storage.AsyncStorage` that answers in time, whatever the one behind it does.

    Args:
        storage: the store behind it.
        timeout: the seconds that a trip may take.
        on_failure: what becomes of an attempt while the store is out.
        on_change: is told when that begins, and when it ends.
        clock: returns seconds; only differences matter.

    """

    def __init__(
        self,
        storage: AsyncStorage,
        *,
        timeout: float = TIMEOUT,
        on_failure: OnFailure = OnFailure.LOCAL,
        on_change: OnChange | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.storage = storage
        self._timeout = timeout
        self._clock = clock
        self._desk = Desk(on_failure=on_failure, on_change=on_change)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self.storage!r}>"

    @property
    def health(self) -> Health:
        """How it stands with the store."""
        return self._desk.health

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry operations out, or answer in the store's stead.

        Raises:
            StorageError: the store failed, or took too long, and what was asked can't be decided without it.

        """
        begun = self._desk.begin(ops, self._clock())
        if begun.results is not None:
            return begun.results
        try:
            results = await self._in_time(ops)
        except StorageError as error:
            return self._desk.failed(ops, error, begun, self._clock())
        except BaseException:
            self._desk.given_up(begun)
            raise
        return self._desk.done(ops, results, self._clock())

    async def _in_time(self, ops: Sequence[Op]) -> Sequence[Result]:
        ends = time.monotonic() + self._timeout
        try:
            async with asyncio.timeout(self._timeout):
                return await self._try(ops, ends)
        except TimeoutError:
            raise StorageError("it took too long") from None

    async def _try(self, ops: Sequence[Op], ends: float) -> Sequence[Result]:
        try:
            return await self.storage.execute(ops)
        except Exception as error:  # noqa: BLE001 - whatever a store raises is an outage
            if not is_repeatable(ops) or time.monotonic() >= ends:
                raise refuse_others(error) from None
        return await self._again(ops)

    async def _again(self, ops: Sequence[Op]) -> Sequence[Result]:
        # The connection may have been a stale one, or the reply was lost: attempts are known by their ids.
        try:
            return await self.storage.execute(ops)
        except Exception as error:  # noqa: BLE001 - whatever a store raises is an outage
            raise refuse_others(error) from None

    async def facts(self) -> Sequence[Fact]:
        """Return what the store behind it tells of itself; nothing where it tells nothing."""
        tell = getattr(self.storage, "facts", None)
        facts: Sequence[Fact] = () if tell is None else await tell()
        return facts

    async def aclose(self) -> None:
        """Close the store behind it, if it can be closed."""
        close = getattr(self.storage, "aclose", None)
        if close is not None:
            await close()
