"""Random stories of sign-ins: whatever happens, the guard says what the model says."""

from authguard_core import MemoryStorage
from authguard_core.testing.machine import guard_machine

TestGuard = guard_machine(lambda clock: MemoryStorage(clock=clock)).TestCase
TestGuardInAFullStore = guard_machine(
    lambda clock: MemoryStorage(max_keys=16, clock=clock), bounded=True, examples=100
).TestCase
