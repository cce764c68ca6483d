"""An answer as it comes in: refused as soon as it can't be a good one."""

from collections.abc import Iterable
from typing import Final

__all__ = ["Reading"]

_OK: Final = 200


class AnswerRefusedError(Exception):
    """An answer that isn't read to its end. Its class's name is all that is ever said of it."""


class UnexpectedStatusError(AnswerRefusedError):
    """Not 200: an outage, or a redirect, which is never followed."""


class EncodedAnswerError(AnswerRefusedError):
    """Compressed, although it was asked for plain."""


class UnframedAnswerError(AnswerRefusedError):
    """Without a length it ends where the connection does: a cut one would look whole."""


class OversizedAnswerError(AnswerRefusedError):
    """Longer than the limit."""


class Reading:
    """Collects the body of an answer, up to a limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._body = bytearray()

    def begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Judge the answer by its head.

        Raises:
            AnswerRefusedError: Its body isn't worth reading.
        """
        if status != _OK:
            raise UnexpectedStatusError
        values = {name.lower(): value.strip().lower() for name, value in headers}
        if values.get(b"content-encoding", b"identity") != b"identity":
            raise EncodedAnswerError
        if values.keys().isdisjoint({b"content-length", b"transfer-encoding"}):
            raise UnframedAnswerError

    def add(self, chunk: bytes) -> None:
        """Take a part of the body.

        Raises:
            AnswerRefusedError: It is too much.
        """
        if len(self._body) + len(chunk) > self._most:
            raise OversizedAnswerError
        self._body += chunk

    @property
    def body(self) -> bytes:
        """What has come."""
        return bytes(self._body)
