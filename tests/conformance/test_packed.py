"""A store of packed records, whose keys each keep a time of their own, holds what every store must."""

from authguard_core.testing.conformance import storage_conformance
from authguard_core.testing.machine import guard_machine
from tests.conformance.packed_store import PackedStorage

TestPacked = storage_conformance(PackedStorage)
TestGuardOverPacked = guard_machine(PackedStorage, time_per_key=True, examples=300).TestCase
