"""The cost of one Argon2 computation."""

from dataclasses import dataclass
from typing import Final

from authguard_core.errors import ConfigurationError

__all__ = ["Argon2Parameters"]

# RFC 9106, section 3.1: at least eight blocks of one KiB for each lane.
_KIB_PER_LANE: Final = 8

# Far above what RFC 9106 recommends for any purpose. What lies beyond is a slip of the pen,
# or a planted hash that would take the server's memory, or its processor for minutes.
_MAX_TIME_COST: Final = 1_000
_MAX_MEMORY_KIB: Final = 4 * 1024 * 1024
_MAX_LANES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Parameters:
    """What one Argon2id computation costs (RFC 9106).

    The default is the minimum of the OWASP Password Storage Cheat Sheet: 19 MiB of
    memory, two passes, one lane. Raise the memory first if your server can bear it.

    Attributes:
        time_cost: Passes over the memory, 1 to 1000.
        memory_kib: Memory of one computation in KiB, at least eight for each lane, at
            most 4 GiB. A hasher uses up to ``workers`` times as much.
        lanes: Threads that one computation is spread over, 1 to 64.

    Raises:
        ConfigurationError: A number is out of its range.
    """

    time_cost: int = 2
    memory_kib: int = 19_456
    lanes: int = 1

    def __post_init__(self) -> None:
        _check("time_cost", self.time_cost, 1, _MAX_TIME_COST)
        _check("lanes", self.lanes, 1, _MAX_LANES)
        _check("memory_kib", self.memory_kib, _KIB_PER_LANE * self.lanes, _MAX_MEMORY_KIB)


def _check(name: str, value: object, lowest: int, highest: int) -> None:
    if type(value) is not int or not lowest <= value <= highest:
        raise ConfigurationError.of(
            f"Argon2Parameters.{name}",
            got=value,
            expected=f"a whole number from {lowest} to {highest}",
            do="Leave it out for the minimum that OWASP recommends.",
        )
