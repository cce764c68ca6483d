"""The two shells around the pure core: they alone know the clock, randomness and the store.

:class:`Guard` and :class:`AsyncGuard` differ in nothing but ``await``; a test compares
their syntax trees.
"""

from authguard_core.guard.aio import AsyncGuard
from authguard_core.guard.shell import AsyncResolve, Resolve
from authguard_core.guard.sync import Guard

__all__ = ["AsyncGuard", "AsyncResolve", "Guard", "Resolve"]
