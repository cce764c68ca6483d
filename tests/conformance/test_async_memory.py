"""The memory store for an event loop holds what every store must."""

from authguard_core import AsyncMemoryStorage, MemoryStorage
from authguard_core.testing.conformance import bounded_storage_conformance, storage_conformance

TestAsyncMemory = storage_conformance(lambda clock: AsyncMemoryStorage(MemoryStorage(clock=clock)))
TestBoundedAsyncMemory = bounded_storage_conformance(
    lambda clock, places: AsyncMemoryStorage(MemoryStorage(max_keys=places, clock=clock))
)
