"""Reads lists of passwords, the most common first, and Have I Been Pwned's dumps, line by line.

What is in a line is never repeated: a complaint names the line's number alone.
"""

from binascii import unhexlify
from collections.abc import Iterable, Iterator
from heapq import heapify, heapreplace
from itertools import islice
from typing import Final

from authguard_core.errors import ConfigurationError

__all__ = ["first_line", "is_dump", "is_hash", "most_common_digests", "passwords"]

LONGEST: Final = 1_024
"""Bytes. What is longer is no password."""
DIGEST: Final = 20
HEX: Final = 2 * DIGEST
SHORTEST_HEX: Final = 32
"""Of a digest, in digits: MD4 of an NTLM dump, and MD5."""
HEXADECIMAL: Final = b"0123456789abcdefABCDEF"
MOST_DIGITS: Final = 18
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def passwords(lines: Iterable[bytes]) -> Iterator[str]:
    """Return the passwords of a list with one in each line.

    Blank lines are passed over, and lines of over 1,024 bytes, which are no passwords. A line that isn't
    UTF-8 is read as Latin-1, in which old leaks are written.
    """
    for number, line in enumerate(lines):
        raw = line.removeprefix(BYTE_ORDER_MARK if not number else b"").rstrip(b"\r\n")
        if 0 < len(raw) <= LONGEST:
            yield _decoded(raw)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def first_line(lines: Iterable[bytes]) -> bytes:
    """Return the first line that isn't blank, without a byte order mark or space around; else nothing."""
    return next((stripped for line in lines if (stripped := _stripped(line))), b"")


def is_dump(line: bytes) -> bool:
    """Whether a line is one of Have I Been Pwned's dumps: ``SHA-1 in hexadecimal:count``."""
    try:
        return _count_and_digest(line) is not None
    except ValueError:
        return False


def is_hash(line: bytes) -> bool:
    """Whether a line is a digest of 32 or more hexadecimal digits, with a count or alone."""
    digest, colon, count = _stripped(line).partition(b":")
    hexadecimal = len(digest) >= SHORTEST_HEX and not digest.strip(HEXADECIMAL)
    return hexadecimal and (count.isdigit() or not colon)


def most_common_digests(lines: Iterable[bytes], entries: int) -> list[bytes]:
    """Return the SHA-1 digests of a dump with the highest counts, the most common first.

    The lines may come in any order. Memory holds ``entries`` of them, about 70 bytes each, however many come.
    Of equal counts the lower digest comes first. Blank lines and counts of 0, which are padding, are passed
    over, and byte order marks, one of which begins each file.

    Raises:
        ConfigurationError: a line isn't ``SHA-1:count``.
    """
    keys = _keys(lines)
    most = list(islice(keys, entries))
    heapify(most)
    for key in keys if most else ():
        if key > most[0]:
            heapreplace(most, key)
    return [(~key & _ONES).to_bytes(DIGEST, "big") for key in sorted(most, reverse=True)]


_ONES: Final = (1 << 8 * DIGEST) - 1


def _keys(lines: Iterable[bytes]) -> Iterator[int]:
    """Return a number for each line that sorts by count, then by digest backwards: smaller than a tuple."""
    for number, line in enumerate(lines, 1):
        try:
            parsed = _count_and_digest(line)
        except ValueError:
            raise _malformed(number) from None
        if parsed and parsed[0]:
            count, digest = parsed
            yield count << 8 * DIGEST | ~int.from_bytes(digest, "big") & _ONES


def _count_and_digest(line: bytes) -> tuple[int, bytes] | None:
    """Parse a line; None if it is blank.

    Raises:
        ValueError: it is something else.
    """
    stripped = _stripped(line)
    if not stripped:
        return None
    digest, _, count = stripped.partition(b":")
    if len(digest) != HEX or not count.isdigit() or len(count) > MOST_DIGITS:
        raise ValueError
    return int(count), unhexlify(digest)


def _stripped(line: bytes) -> bytes:
    return line.removeprefix(BYTE_ORDER_MARK).strip()


def _malformed(number: int) -> ConfigurationError:
    return ConfigurationError.of(
        f"line {number}",
        got="something else",
        expected="SHA-1:COUNT, as in Have I Been Pwned's dump of SHA-1 digests",
        do="Name a list of passwords with --format plain.",
    )
