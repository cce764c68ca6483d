"""Claims about the storage port: what a backend is."""

from collections.abc import Sequence

import anyio
import pytest

from authguard_core import memory
from authguard_core.counting.ops import Op, PutOnce, Result, Stored, Take, Taken
from authguard_core.storage import AsyncStorage, Backend, Storage

OPS = (PutOnce(b"key", b"data", 1_000), Take(b"key"), Take(b"key"))
RESULTS = [Stored(True), Taken(b"data"), Taken(None)]


class Shelf:
    """A third party's store: no base class, one method."""

    def __init__(self) -> None:
        self.inner = memory.MemoryStorage()

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        return self.inner.execute(ops)


@pytest.mark.parametrize("storage", [memory.MemoryStorage(), Shelf()], ids=["memory", "a third party's"])
def test_a_store_carries_operations_out_in_order(storage: Storage) -> None:
    """One result for each, in the operations' order, whoever wrote the store."""
    assert list(storage.execute(OPS)) == RESULTS


def test_a_backend_is_a_module_that_opens_its_urls() -> None:
    """Both kinds of store come from the same URL."""
    backend: Backend = memory
    storage: Storage = backend.open_storage("memory://")
    waiting: AsyncStorage = backend.open_async_storage("memory://")

    async def execute() -> list[object]:
        return list(await waiting.execute(OPS))

    assert list(storage.execute(OPS)) == anyio.run(execute) == RESULTS
