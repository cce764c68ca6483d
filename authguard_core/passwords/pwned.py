"""Have I Been Pwned without I/O: what to ask about a password, and what the answer says of it.

::

    query = PwnedQuery.of(password)
    body = fetch(f"https://api.pwnedpasswords.com{query.path}", headers=query.headers)   # your own client
    seen = query.count(body)                          # how often breaches hold the password; 0: in none

The range API is asked for the first five hexadecimal digits of the password's SHA-1, which some thousand
known passwords share, and answers with the rest of each of them: k-anonymity. With padding an observer can't
tell the prefix from the answer's size either. The adapter ``authguard_httpx`` does the fetching, with a
deadline, a cache and a failure mode.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from types import MappingProxyType
from typing import Final

from authguard_core.errors import AuthGuardError

__all__ = ["MAX_BODY", "PwnedQuery", "PwnedResponseError"]

MAX_BODY: Final = 512 * 1024
"""The longest answer that is read, in bytes. It is several times what the service sends with padding."""

_PREFIX: Final = 5
_SUFFIX: Final = 35
_DIGITS: Final = b"0123456789ABCDEF"
_MOST_DIGITS: Final = 10
"""Of a count. A password seen by more people than there are is no answer."""

_HEADERS: Final = MappingProxyType({"Add-Padding": "true", "User-Agent": "authguard"})


class PwnedResponseError(AuthGuardError):
    """An answer isn't one of the range API, so it says nothing about the password.

    Its text holds nothing of the answer or the query.
    """


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PwnedQuery:
    """What is asked about one password. Made by :meth:`of`; its repr shows nothing.

    Everything here derives from the password, the path and the prefix too: keep them out of logs. Many HTTP
    clients and proxies log the URLs they fetch.
    """

    prefix: str = field(repr=False)
    """The five digits that leave the process, and a key under which the answer may be cached."""
    suffix: bytes = field(repr=False)
    """The 35 digits that don't."""

    @classmethod
    def of(cls, password: str) -> "PwnedQuery":
        """Hash a password: SHA-1 of its UTF-8 bytes exactly as they are, as the service does.

        Nothing is normalised. If you bring passwords into NFC before you hash them, as NIST SP 800-63B-4,
        3.1.1.2, advises, ask about the same text.

        Raises:
            ValueError: It has no UTF-8 form (half a surrogate pair). A password policy refuses it before.
        """
        digest = _digest(password)
        del password  # out of what a traceback shows
        if digest is None:
            raise ValueError(
                "password: got text with half a surrogate pair, expected text that can be encoded in UTF-8. "
                "Check a new password against your password policy before you look it up."
            )
        return cls(prefix=digest[:_PREFIX], suffix=digest[_PREFIX:].encode("ascii"))

    @property
    def path(self) -> str:
        """What follows the service's address, ``/range/`` and the prefix."""
        return f"/range/{self.prefix}"

    @property
    def headers(self) -> Mapping[str, str]:
        """What to send along, the wish for padding and who asks."""
        return _HEADERS

    def count(self, body: bytes) -> int:
        """Read how often the password was seen in breaches; 0 if it isn't listed, or in a row of padding.

        The body is plain text: lines of ``SUFFIX:COUNT``, each ended by CRLF or each by LF, but for the last
        one, which may go without. The work is linear in its length, and bounded by :data:`MAX_BODY`.

        Raises:
            PwnedResponseError: It is anything else. Take it for no answer, never for "not listed".
        """
        seen = _count(self.suffix, body)
        del body  # it may list the suffix, and a traceback shows this frame
        if seen is None:
            raise PwnedResponseError(
                f"body: got something else than the range API sends, expected lines SUFFIX:COUNT of at most "
                f"{MAX_BODY} bytes in all. Take it for no answer, and check the service's address."
            )
        return seen


def _digest(password: str) -> str | None:
    """The 40 digits; ``None`` outside of the handler, for the encoder's error holds the password."""
    try:
        data = password.encode()
    except UnicodeEncodeError:
        return None
    # Not for security: SHA-1 is the service's index. What must not be found out never leaves.
    return hashlib.sha1(data, usedforsecurity=False).hexdigest().upper()


def _count(suffix: bytes, body: bytes) -> int | None:
    """The count; ``None`` for what isn't an answer.

    The list is public, only the suffix is secret. Every line is read and compared in constant time whether or
    not an earlier one matched, so the duration tells at most what the answer does, and not which line it was.
    """
    if len(body) > MAX_BODY:
        return None
    end = b"\r\n" if b"\r\n" in body else b"\n"
    seen = 0
    for line in body.removesuffix(end).split(end):
        if not _is_row(line):
            return None
        if compare_digest(line[:_SUFFIX], suffix):
            seen = max(seen, int(line[_SUFFIX + 1 :]))  # padding can't hide a row
    return seen


def _is_row(line: bytes) -> bool:
    """Whether a line is 35 upper-case digits, a colon, and a number as one writes it."""
    number = line[_SUFFIX + 1 :]
    return (
        line[_SUFFIX : _SUFFIX + 1] == b":"
        and not line[:_SUFFIX].translate(None, _DIGITS)
        and number.isdigit()
        and len(number) <= _MOST_DIGITS
        and (number[:1] != b"0" or number == b"0")
    )
