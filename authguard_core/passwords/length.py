"""How long a password is, and whether it is text at all. The work is bounded whatever comes in.

NIST SP 800-63B-4, 3.1.1.2: each code point counts as one character, after NFC; nothing is ever cut.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.findings import Code, Finding

__all__ = ["Length"]

WITH_SECOND_FACTOR: Final = 8
"""NIST SP 800-63B-4, 3.1.1.2: a password beside another factor may have eight characters."""
_LONGEST_DECOMPOSITION: Final = 4
"""No character decomposes canonically into more code points (UAX #15), so composing shortens no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a password must and may be.

    Raises:
        ConfigurationError: a bound is no whole number above 0, or the minimum is above the maximum.
    """

    minimum: int
    """In code points after NFC."""
    maximum: int
    """In code points after NFC."""
    most_bytes: int = 4_096
    """In UTF-8. What has more isn't even composed."""
    truncates_at: int | None = None
    """After how many bytes the hash stops reading: 72 for bcrypt."""

    def __post_init__(self) -> None:
        _check_whole("min_length", self.minimum)
        _check_whole("max_length", self.maximum)
        if not 0 < self.minimum <= self.maximum:
            raise ConfigurationError.of(
                "min_length", got=self.minimum, expected=f"1 to max_length, {self.maximum}", do="Lower it."
            )
        _check_above_0("most_bytes", self.most_bytes)
        if self.truncates_at is not None:
            _check_above_0("truncates_at", self.truncates_at)

    def least(self, *, second_factor: bool) -> int:
        """Return the shortest length, which is another one beside a second factor."""
        return min(self.minimum, WITH_SECOND_FACTOR) if second_factor else self.minimum

    def compose(self, password: str) -> str | Finding:
        """Return a password in NFC, as it is counted, or why it can't be used at all."""
        if len(password) > self.maximum * _LONGEST_DECOMPOSITION:
            return self._too_long()
        if not self._is_readable(password):
            return Finding(code=Code.UNUSABLE, blocks=True)
        if len(password.encode()) > self.most_bytes:
            return _truncated(self.most_bytes)
        text = unicodedata.normalize("NFC", password)
        return self._too_long() if len(text) > self.maximum else text

    def findings(self, password: str, text: str, minimum: int) -> list[Finding]:
        """Say what is wrong with the length of a password, which ``text`` is in NFC.

        Whichever of both the application hashes, the hash must read all of it.
        """
        found: list[Finding] = []
        if len(text) < minimum:
            found.append(Finding(code=Code.TOO_SHORT, blocks=True, params={"minimum": minimum}))
        most_bytes = max(len(password.encode()), len(text.encode()))
        if self.truncates_at is not None and most_bytes > self.truncates_at:
            found.append(_truncated(self.truncates_at))
        return found

    def _is_readable(self, password: str) -> bool:
        """A hash that stops reading at some byte, as bcrypt, stops at a NUL too."""
        return _is_text(password) and (self.truncates_at is None or "\0" not in password)

    def _too_long(self) -> Finding:
        return Finding(code=Code.TOO_LONG, blocks=True, params={"maximum": self.maximum})


def _is_text(password: str) -> bool:
    """Half a surrogate pair can't be encoded, so it can't be hashed."""
    return password.isascii() or not any("\ud800" <= character <= "\udfff" for character in password)


def _truncated(most: int) -> Finding:
    return Finding(code=Code.TRUNCATED, blocks=True, params={"maximum": most})


def _check_whole(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ConfigurationError.of(
            name, got=value, expected="a whole number", do="Give it as an int, without quotes or a point."
        )


def _check_above_0(name: str, value: int) -> None:
    _check_whole(name, value)
    if value < 1:
        raise ConfigurationError.of(name, got=value, expected="at least 1", do="Raise it, or leave it out.")
