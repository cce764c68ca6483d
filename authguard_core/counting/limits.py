"""What may be limited: durations, limits, and the rule a counter is held to.

Every duration inside the core is a whole number of milliseconds. People write
``"15m"`` and ``"5/15m"``; :func:`parse_duration` and :meth:`Limit.parse` turn that
into numbers once, at construction.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from authguard_core.errors import ConfigurationError

__all__ = ["DAY", "UNRULED", "Limit", "Rule", "format_duration", "parse_duration"]

DAY = 86_400_000
"""One day in milliseconds."""

UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY}
MAX_COUNT = 1_000_000
MAX_DURATION = 3_660 * DAY
ASCII_DIGITS = frozenset("0123456789")


def parse_duration(value: "str | int | float | timedelta", *, name: str = "duration") -> int:
    """Read ``"250ms"``, ``"1s"``, ``"15m"``, ``"1h"``, ``"1d"`` or a timedelta as milliseconds.

    Args:
        value: the text, a timedelta, or a number of seconds.
        name: how the setting is called, for the message.

    Raises:
        ConfigurationError: not a positive duration of at most ten years.

    """
    milliseconds = _milliseconds(value)
    if milliseconds is None or not 0 < milliseconds <= MAX_DURATION:
        raise ConfigurationError.of(
            name,
            got=value,
            expected='a positive duration such as "250ms", "1s", "15m", "1h" or "1d"',
            do="Write a whole number and a unit.",
        )
    return milliseconds


def _milliseconds(value: "str | int | float | timedelta") -> int | None:
    if isinstance(value, timedelta):
        return value // timedelta(milliseconds=1)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value * 1_000) if abs(value) < MAX_DURATION else None
    text = value.strip()
    digits = text.rstrip("".join(sorted({letter for unit in UNITS for letter in unit})))
    unit = UNITS.get(text[len(digits) :])
    return int(digits) * unit if unit and _is_number(digits) else None


def _is_number(text: str) -> bool:
    """Say whether it is a short run of ASCII digits: ``str.isdigit`` also takes other scripts'."""
    return 0 < len(text) <= len(str(MAX_DURATION)) and ASCII_DIGITS.issuperset(text)


def format_duration(milliseconds: int) -> str:
    """Write a duration the way :func:`parse_duration` reads it."""
    unit, size = next((unit, size) for unit, size in reversed(UNITS.items()) if milliseconds % size == 0)
    return f"{milliseconds // size}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``count`` in any ``window`` milliseconds.

    Without ``burst`` it is an exact sliding log: never more than ``count`` in any
    window, wherever the window begins. With ``burst`` it is a token bucket (the
    generic cell rate algorithm, ITU-T I.371): constant space whatever the count,
    for a weaker bound that :attr:`bound` states.
    """

    count: int
    window: int
    burst: int | None = None

    def __post_init__(self) -> None:
        _check_range("count", self.count)
        _check_range("window", self.window, largest=MAX_DURATION)
        if self.burst is not None:
            _check_range("burst", self.burst)
            self._check_rate()

    def _check_rate(self) -> None:
        if self.count > self.window:
            raise ConfigurationError.of(
                "limit", got=str(self), expected="at most one a millisecond", do="Lower the count."
            )

    @classmethod
    def parse(cls, text: str, *, name: str = "limit") -> "Limit":
        """Read ``"5/15m"``, or ``"1000/15m burst 50"`` for a token bucket.

        Raises:
            ConfigurationError: another shape, a zero, or a number out of range.

        """
        rate, *rest = text.strip().split(" burst ")
        count, slash, window = rate.partition("/")
        numbers = [count.strip(), *(part.strip() for part in rest)]
        if not slash or len(rest) > 1 or not all(_is_number(number) for number in numbers):
            raise ConfigurationError.of(
                name,
                got=text,
                expected='a limit such as "5/15m", or "1000/15m burst 50" for a token bucket',
                do="Write how many, a slash, and in how long.",
            )
        burst = int(numbers[1]) if rest else None
        return cls(count=int(numbers[0]), window=parse_duration(window, name=name), burst=burst)

    @property
    def bound(self) -> str:
        """The promise in words: the most that any window can hold."""
        window = format_duration(self.window)
        if self.burst is None:
            return f"at most {self.count} in any {window}"
        most = self.burst + self.count
        return f"at most {most} in any {window} (token bucket: burst {self.burst} + {self.count} a window)"

    def __str__(self) -> str:
        rate = f"{self.count}/{format_duration(self.window)}"
        return rate if self.burst is None else f"{rate} burst {self.burst}"


def _check_range(what: str, value: int, *, largest: int = MAX_COUNT) -> None:
    if not 0 < value <= largest:
        raise ConfigurationError.of(
            f"limit {what}",
            got=value,
            expected=f"a whole number from 1 to {largest}",
            do="Choose one in range.",
        )


class Rule(NamedTuple):
    """Everything one counter is held to, as plain numbers a store can carry.

    Durations are milliseconds. Zero switches a part off.
    """

    limit: int
    """The most unproven attempts the window may hold."""
    window: int
    burst: int = 0
    """More than zero: a token bucket of this depth in place of the exact log."""
    delay_after: int = 0
    """From this many surviving failures on, the next attempt waits."""
    delay: int = 0
    """The first wait; it doubles with every further failure."""
    delay_max: int = 0
    lock: int = 0
    """How long a full window locks, at level 0; it doubles with every level."""
    lock_max: int = 0
    cap: int = 0
    """The most consecutive failures, whatever the windows (NIST SP 800-63B-4, 3.2.2)."""


UNRULED = Rule(0, 0)
"""The rule of a counter that nothing was charged to yet."""
