"""What a matcher finds in a password."""

from typing import NamedTuple

from authguard_core.passwords.findings import Code

__all__ = ["Match"]


class Match(NamedTuple):
    """A part of a password that is easier to guess than its characters."""

    start: int
    end: int
    """The place after the last character."""
    cost: float
    """The decimal logarithm of the guesses it takes."""
    codes: tuple[Code, ...] = ()
    """Why it is easy; empty for what joins words."""
