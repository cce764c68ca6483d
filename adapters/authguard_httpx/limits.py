"""How long, how much and how often: the numbers of a look-up, each within its range."""

from dataclasses import dataclass
from typing import Final

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.pwned import MAX_BODY

__all__ = ["POOL_SHARE", "Limits"]

POOL_SHARE: Final = 0.5
"""How much of a look-up's time it may wait for its turn: whoever gets one can then still be answered in time,
and a crowd here isn't taken for an outage there."""

_DAY: Final = 86_400.0
_LONGEST: Final = 60.0
"""Seconds that somebody may wait for the answer to a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of a look-up.

    Raises:
        ConfigurationError: A number is out of its range.
    """

    timeout: float
    """Seconds for a whole look-up."""
    max_bytes: int
    """Of an answer."""
    min_count: int
    """From how often on a password counts as breached."""
    cache_size: int
    """Answers that are kept."""
    cache_seconds: float
    """For how long."""
    pause: float
    """Seconds without a request after one that failed."""

    def __post_init__(self) -> None:
        _check("timeout", self.timeout, 0.001, _LONGEST)
        _check_whole("max_bytes", self.max_bytes, 1, MAX_BODY)
        _check_whole("min_count", self.min_count, 1, 10**9)
        _check_whole("cache_size", self.cache_size, 0, 100_000)
        _check("cache_seconds", self.cache_seconds, 0, 30 * _DAY)
        _check("pause", self.pause, 0, _DAY)


def _check(name: str, value: float, lowest: float, highest: float) -> None:
    if type(value) not in {int, float} or not lowest <= value <= highest:  # as NaN is not
        raise ConfigurationError.of(
            name, got=value, expected=f"a number from {lowest:g} to {highest:g}", do="Leave it out."
        )


def _check_whole(name: str, value: int, lowest: int, highest: int) -> None:
    if type(value) is not int or not lowest <= value <= highest:
        raise ConfigurationError.of(
            name, got=value, expected=f"a whole number from {lowest} to {highest}", do="Leave it out."
        )
