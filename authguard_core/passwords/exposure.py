"""What a look-up of breached passwords has said, as the policy takes it."""

from enum import StrEnum

__all__ = ["Exposure"]


class Exposure(StrEnum):
    """What is known of a password's breaches."""

    UNASKED = "unasked"
    """Nobody has looked."""
    CLEAR = "clear"
    """It is in no known breach."""
    BREACHED = "breached"
    """It is, so the policy refuses it (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2.12)."""
    UNKNOWN = "unknown"
    """Nobody could say, and the password may be used all the same."""
    UNCHECKED = "unchecked"
    """Nobody could say, and the password is refused until somebody can."""
