"""What both kinds of store share: the prefix, the clock, and how a trip is planned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from authguard_core.counting.limits import DAY
from authguard_core.counting.ops import Op
from authguard_core.errors import ConfigurationError
from authguard_redis.spreading import spread
from authguard_redis.trips import Plan, Trip, together

__all__ = ["PREFIX", "Place"]

PREFIX = "authguard"
LAYOUT = 1
"""Of the records. A new one begins under keys of its own."""
SLACK = 1_000
"""Milliseconds by which a key outlives what it says: clock and expiry of a server don't tick as one."""
SERVERS_TIME = (b"", b"%d" % SLACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and how a store's keys are kept."""

    prefix: bytes
    plan: Plan
    clock: Callable[[], float] | None

    @classmethod
    def of(cls, *, prefix: str, clustered: bool, clock: Callable[[], float] | None) -> Self:
        """Return the place under a prefix.

        Raises:
            ConfigurationError: the prefix can't be used.

        """
        if not prefix or not prefix.isascii() or not prefix.isprintable() or set(prefix) & set("{}*?[] "):
            raise ConfigurationError.of(
                "prefix",
                got=prefix,
                expected="printable ASCII without braces, blanks and glob signs",
                do="Choose a plain word.",
            )
        plan = spread if clustered else together
        return cls(prefix=f"{prefix}:{LAYOUT}:".encode(), plan=plan, clock=clock)

    def trip(self, ops: Sequence[Op]) -> Trip:
        """Return the trip that carries operations out."""
        return self.plan(self.prefix, ops)

    def time(self) -> tuple[bytes, bytes]:
        """Return what a script is told of the time: nothing, so that the server's counts, and the slack."""
        if self.clock is None:
            return SERVERS_TIME
        # With a clock of its own the store's records expire by that, and Redis may keep them for longer.
        return b"%d" % round(self.clock() * 1_000), b"%d" % DAY
