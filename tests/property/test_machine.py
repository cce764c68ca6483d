"""Random stories of sign-ins: whatever happens, the guard says what the model says."""

from hypothesis import settings

from authguard_core import MemoryStorage
from authguard_core.testing.machine import guard_machine

# The long profile tells twenty times as many again.
STORIES = 300 if settings().max_examples <= 100 else 1_000

TestGuard = guard_machine(lambda clock: MemoryStorage(clock=clock), examples=STORIES).TestCase
TestGuardInAFullStore = guard_machine(
    lambda clock: MemoryStorage(max_keys=16, clock=clock), bounded=True, examples=100
).TestCase
