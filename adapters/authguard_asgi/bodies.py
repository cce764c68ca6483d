"""A request body, read within limits and handed on untouched."""

from collections import deque
from typing import Final

import anyio

from authguard_asgi.protocol import Message, Receive, Scope
from authguard_asgi.requests import content_length_of
from authguard_core.body import MAX_BODY
from authguard_core.errors import ConfigurationError

__all__ = ["BODY_TIMEOUT", "BufferedBody", "check_limits"]

BODY_TIMEOUT: Final = 10.0
"""Default for the longest time in seconds that a body may take to arrive."""


class BufferedBody:
    """Reads a body ahead, so that it can be looked at before the application sees it.

    A body that is longer than the limit, or slower than the deadline, is never read to its end
    (Slowloris; Rack CVE-2026-34827).

    Args:
        scope: The request's ASGI scope.
        receive: The server's.
        max_body: The longest body in bytes.
        timeout: Seconds that the whole body may take.
    """

    def __init__(self, scope: Scope, receive: Receive, *, max_body: int, timeout: float) -> None:
        self._receive = receive
        self._max_body = max_body
        self._timeout = timeout
        self._announced = content_length_of(scope)
        self._messages: deque[Message] = deque()
        self._size = 0
        self._complete = False

    @property
    def content(self) -> bytes:
        """The body as read."""
        return b"".join([message.get("body", b"") for message in self._messages])

    @property
    def was_left(self) -> bool:
        """Whether the client left before the body's end."""
        return bool(self._messages) and self._messages[-1]["type"] == "http.disconnect"

    async def read(self) -> int | None:
        """Read the body.

        Cancelled, it can be called again and goes on where it was.

        Returns:
            None, or the status of what is wrong: 413 for too long, 408 for too slow, 400 for a client
            that left before the end.
        """
        if self._announced > self._max_body:
            return 413
        # What is around the guard may open a task group in its receive (Starlette's BaseHTTPMiddleware does),
        # and cancel scopes must be closed in the order in which they were opened.
        with anyio.move_on_after(self._timeout):
            return await self._read()
        return 408

    async def receive(self) -> Message:
        """Give the application the messages that were read, and then the server's next ones."""
        return self._messages.popleft() if self._messages else await self._receive()

    async def _read(self) -> int | None:
        while not self._complete:
            message = await self._receive()
            self._messages.append(message)
            if message["type"] == "http.disconnect":
                return 400
            self._size += len(message.get("body", b""))
            if self._size > self._max_body:
                return 413
            self._complete = not message.get("more_body", False)
        return None


def check_limits(max_body: int, body_timeout: float) -> None:
    """Refuse limits that no body can meet.

    Raises:
        ConfigurationError: One isn't above zero.
    """
    if max_body < 1:
        raise ConfigurationError.of(
            "max_body", got=max_body, expected="at least 1 byte", do=f"The default is {MAX_BODY}."
        )
    if not 0 < body_timeout < float("inf"):
        raise ConfigurationError.of(
            "body_timeout", got=body_timeout, expected="seconds above 0", do=f"The default is {BODY_TIMEOUT}."
        )
