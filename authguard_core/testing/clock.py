"""A clock that stands still until it is told to move."""

__all__ = ["FrozenClock"]

START = 1_700_000_000.0
"""A Unix time, so that the same clock serves stores, cookies and events."""


class FrozenClock:
    """A clock that stands still: give it to guards and stores as their ``clock``.

    ::

        clock = FrozenClock()
        guard = Guard(settings, storage=MemoryStorage(clock=clock), clock=clock)
        clock.advance(900)  # a quarter of an hour has passed

    It keeps whole milliseconds, as the stores do, so that no step is lost to rounding.

    Args:
        now: where it begins, in seconds.

    """

    def __init__(self, now: float = START) -> None:
        self.milliseconds = round(now * 1_000)
        """What it shows, in milliseconds."""

    def __call__(self) -> float:
        """Return what it shows, in seconds."""
        return self.milliseconds / 1_000

    def __repr__(self) -> str:
        return f"FrozenClock({self()!r})"

    def advance(self, seconds: float) -> None:
        """Let time pass. A negative number sets the clock back, as a correction of a machine's clock does."""
        self.milliseconds += round(seconds * 1_000)
