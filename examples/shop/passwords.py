"""What a new password must look like. The one place where the examples decide it.

NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where the password is the only
factor, at least 64 permitted, each code point counted as one, never cut, no rules of
composition. A password that is too long is refused instead of shortened.
"""

import unicodedata
from typing import Final, TypedDict

__all__ = ["MAX_LENGTH", "MIN_LENGTH", "Feedback", "feedback"]

MIN_LENGTH: Final = 15
MAX_LENGTH: Final = 128

# No character decomposes canonically into more than four code points (UAX #15), so
# composing never makes a text shorter than a quarter. It bounds the work on a huge one.
_LONGEST_DECOMPOSITION = 4


class Feedback(TypedDict):
    """One reason why an input can't be used: a stable code and a sentence for its author."""

    code: str
    message: str


_TOO_SHORT: Final = Feedback(
    code="too_short",
    message=f"Use at least {MIN_LENGTH} characters. A few random words are easy to remember.",
)
_TOO_LONG: Final = Feedback(code="too_long", message=f"Use at most {MAX_LENGTH} characters.")
_UNUSABLE: Final = Feedback(
    code="unusable", message="It holds something that isn't a character. Type it anew."
)


def feedback(password: str) -> list[Feedback]:
    """Say everything that is wrong with a new password; an empty list means it is accepted.

    The length is in code points after NFC, so that a letter counts the same whichever
    keyboard composed it. Never raises, and its work is bounded whatever comes in.
    """
    if len(password) > MAX_LENGTH * _LONGEST_DECOMPOSITION:
        return [_TOO_LONG]
    if any("\ud800" <= character <= "\udfff" for character in password):
        return [_UNUSABLE]
    length = len(unicodedata.normalize("NFC", password))
    if length < MIN_LENGTH:
        return [_TOO_SHORT]
    return [_TOO_LONG] if length > MAX_LENGTH else []
