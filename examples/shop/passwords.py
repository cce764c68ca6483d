"""What a new password must look like. The one place where the examples decide it.

NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where the password is the only
factor, at least 64 permitted, each code point counted as one, never cut, no rules of
composition. A password that is too long is refused instead of shortened.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final, TypedDict

__all__ = ["Feedback", "PasswordLength"]

# No character decomposes canonically into more than four code points (UAX #15), so
# composing never makes a text shorter than a quarter. It bounds the work on a huge one.
_LONGEST_DECOMPOSITION: Final = 4


class Feedback(TypedDict):
    """One reason why an input can't be used: a stable code and a sentence for its author."""

    code: str
    message: str


_UNUSABLE: Final = Feedback(
    code="unusable", message="It holds something that isn't a character. Type it anew."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLength:
    """How long a new password must and may be, in code points after NFC: ``AUTHGUARD_PASSWORD__*``."""

    minimum: int
    maximum: int
    most_bytes: int = 4_096
    """What the hasher hashes whole, in bytes of UTF-8. Only text in pieces gets there before ``maximum``."""

    def feedback(self, password: str) -> list[Feedback]:
        """Say everything that is wrong with a new password; an empty list means it is accepted.

        Composed first, a letter counts the same whichever keyboard made it. Never raises, and
        its work is bounded whatever comes in.
        """
        if len(password) > self.maximum * _LONGEST_DECOMPOSITION:
            return [self._too_long()]
        if any("\ud800" <= character <= "\udfff" for character in password):
            return [_UNUSABLE]
        if len(password.encode()) > self.most_bytes:
            return [self._too_long()]
        length = len(unicodedata.normalize("NFC", password))
        if length < self.minimum:
            return [self._too_short()]
        return [self._too_long()] if length > self.maximum else []

    def _too_short(self) -> Feedback:
        advice = "A few random words are easy to remember."
        return Feedback(code="too_short", message=f"Use at least {self.minimum} characters. {advice}")

    def _too_long(self) -> Feedback:
        return Feedback(code="too_long", message=f"Use at most {self.maximum} characters.")
