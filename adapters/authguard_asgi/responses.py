"""What the guard adds to responses, and the ones it sends itself."""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from authguard_asgi.protocol import ASGIApp, Message, Receive, Scope, Send
from authguard_core import Decision
from authguard_core.answers import NO_STORE, Answer

__all__ = ["Headers", "Respond", "device_headers", "replace_headers", "respond_with", "send_answer"]

Headers = list[tuple[bytes, bytes]]
"""Response headers as ASGI carries them."""

Respond: TypeAlias = Callable[[Scope, Answer], ASGIApp | None]
"""Makes the response that a client gets in place of an answer of the guard: a page for a browser, say.

It is given the request's scope and the guard's answer, and returns an ASGI application (any Starlette
response is one), or None where the guard's own answer is to be sent. To answer alike for known and unknown
accounts it must look at nothing else of an account than that answer.
"""

_NO_STORE: Final = (NO_STORE[0].lower().encode(), NO_STORE[1].encode())


def device_headers(decision: Decision) -> Headers:
    """Return the ``Set-Cookie`` header that makes the browser known; none if the decision has no cookie."""
    if decision.device is None:
        return []
    return [(b"set-cookie", decision.device.header.encode("latin-1"))]


def replace_headers(start: Message, added: Iterable[tuple[bytes, bytes]] = ()) -> Message:
    """Return a response start that may not be cached, with further headers.

    What the application said about caching goes: an answer to a sign-in is nobody else's (OWASP ASVS
    5.0, V14.3.2).
    """
    kept = [(name, value) for name, value in start.get("headers", ()) if name.lower() != _NO_STORE[0]]
    return {**start, "headers": [*kept, _NO_STORE, *added]}


async def send_answer(send: Send, answer: Answer, added: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Send an answer of the guard as the whole response, with further headers."""
    length = (b"content-length", str(len(answer.body)).encode())
    own = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    start = {"type": "http.response.start", "status": answer.status, "headers": [*own, length, *added]}
    await send(start)
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


async def respond_with(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an application's response as one of the guard's own: it may not be stored."""

    async def unstored(message: Message) -> None:
        await send(replace_headers(message) if message["type"] == "http.response.start" else message)

    await app(scope, receive, unstored)
