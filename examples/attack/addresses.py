"""Addresses to attack from, and names to attack with."""

import secrets
from collections.abc import Iterator
from typing import Final

__all__ = ["made_up_name", "made_up_password", "networks"]

_NETWORKS: Final = 256 * 256
_A_PRIME: Final = 7919  # odd, so steps of it visit all networks before one comes again


def networks() -> Iterator[str]:
    """Addresses in 10.0.0.0/8, each in a /24 of its own, from a random start.

    The start differs from run to run, because a target still remembers the last one.
    """
    start = secrets.randbelow(_NETWORKS)
    for step in range(_NETWORKS):
        network = (start + step * _A_PRIME) % _NETWORKS
        yield f"10.{network // 256}.{network % 256}.{1 + secrets.randbelow(254)}"


def made_up_name() -> str:
    """A user name that nobody has yet."""
    return f"user{secrets.token_hex(6)}"


def made_up_password() -> str:
    """A password that no policy objects to and nobody guesses by chance."""
    return secrets.token_urlsafe(18)
