"""How long a password is, and whether it is text at all. The work is bounded whatever comes in.

NIST SP 800-63B-4, 3.1.1.2: each code point counts as one character, after NFC; nothing is ever cut.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.findings import Code, Finding

__all__ = ["Length"]

_LONGEST_DECOMPOSITION: Final = 4
"""No character decomposes canonically into more code points (UAX #15), so composing shortens no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a password must and may be."""

    minimum: int
    """In code points after NFC."""
    maximum: int
    """In code points after NFC."""
    most_bytes: int = 4_096
    """In UTF-8. What comes beyond isn't even composed."""
    truncates_at: int | None = None
    """After how many bytes the hash stops reading: 72 for bcrypt."""

    def __post_init__(self) -> None:
        if not 0 < self.minimum <= self.maximum:
            raise ConfigurationError.of(
                "min_length", got=self.minimum, expected=f"1 to max_length, {self.maximum}", do="Lower it."
            )

    def compose(self, password: str) -> str | Finding:
        """Return a password as it is counted and hashed, in NFC, or why it can't be."""
        if len(password) > self.maximum * _LONGEST_DECOMPOSITION:
            return self._too_long()
        if not _is_text(password):
            return Finding(code=Code.UNUSABLE, blocks=True)
        if len(password.encode()) > self.most_bytes:
            return self._too_long()
        text = unicodedata.normalize("NFC", password)
        return self._too_long() if len(text) > self.maximum else text

    def findings(self, text: str, minimum: int) -> list[Finding]:
        """Say what is wrong with the length of a composed password."""
        found = []
        if len(text) < minimum:
            found.append(Finding(code=Code.TOO_SHORT, blocks=True, params={"minimum": minimum}))
        if self.truncates_at is not None and _is_cut(text, self.truncates_at):
            params = {"maximum": self.truncates_at}
            found.append(Finding(code=Code.TRUNCATED, blocks=True, params=params))
        return found

    def _too_long(self) -> Finding:
        return Finding(code=Code.TOO_LONG, blocks=True, params={"maximum": self.maximum})


def _is_text(password: str) -> bool:
    """Half a surrogate pair can't be encoded, so it can't be hashed."""
    return not any("\ud800" <= character <= "\udfff" for character in password)


def _is_cut(text: str, at: int) -> bool:
    """Such a hash also ends at a NUL."""
    return len(text.encode()) > at or "\0" in text
