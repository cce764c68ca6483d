"""The circuit breaker: when to stop asking a store that doesn't answer, and when to ask again.

Pure: time, in seconds of any steady clock, and chance are arguments. See Nygard, Release It!, "Circuit
Breaker".
"""

import enum

__all__ = ["Breaker", "Pass"]

PERIOD = 1.0
LONGEST = 30.0


class Pass(enum.Enum):
    """Whether a call may be made."""

    USUAL = "usual"
    PROBE = "probe"
    """The one that finds out whether the store is back."""
    NONE = "none"


class Breaker:
    """Closed while the store answers. Open after a failure; then one call at a time is a probe.

    Args:
        period: how many seconds it stays open after the first failure. Each failed probe doubles that.
        longest: at most so long.

    """

    def __init__(self, *, period: float = PERIOD, longest: float = LONGEST) -> None:
        self._period, self._longest = period, longest
        self._failures = 0
        self._probe_at = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether the store is taken for out."""
        return self._failures > 0

    def ask(self, now: float) -> Pass:
        """Say whether a call may be made now."""
        if not self._failures:
            return Pass.USUAL
        if self._probing or now < self._probe_at:
            return Pass.NONE
        self._probing = True
        return Pass.PROBE

    def fail(self, allowed: Pass, now: float, *, chance: float) -> bool:
        """Note that a call failed.

        Args:
            allowed: what it was.
            now: when it failed.
            chance: from 0 to 1: how much of a tenth of the period is added, so that
                many processes don't ask at the same moment.

        Returns:
            Whether the breaker opened by this.

        """
        if allowed is Pass.USUAL and self._failures:
            return False  # it began before another one had opened the breaker
        period = min(self._period * 2.0 ** min(self._failures, 16), self._longest)
        self._failures += 1
        self._probe_at = now + period * (1 + chance / 10)
        self._probing = False
        return self._failures == 1

    def succeed(self) -> bool:
        """Note that a call was answered. Return whether the breaker closed by this."""
        was_open, self._failures, self._probing = self.is_open, 0, False
        return was_open

    def give_up(self, allowed: Pass) -> None:
        """Note that nobody waits for a call any more: the next one may be the probe."""
        if allowed is Pass.PROBE:
            self._probing = False
