"""The memory store holds what every store must."""

from authguard_core import MemoryStorage
from authguard_core.testing.conformance import bounded_storage_conformance, storage_conformance

TestMemory = storage_conformance(lambda clock: MemoryStorage(clock=clock))
TestBoundedMemory = bounded_storage_conformance(
    lambda clock, places: MemoryStorage(max_keys=places, clock=clock)
)
