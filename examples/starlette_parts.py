"""What applications on Starlette need to speak with the shop: bodies in, answers out. It knows no guard."""

from collections.abc import Mapping
from typing import Final

from starlette.background import BackgroundTask
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from examples.shop import answers
from examples.shop.negotiation import wants_html
from examples.shop.origins import origin_allowed
from examples.shop.response import Answer

__all__ = ["OwnOrigin", "answer_http_error", "is_foreign", "prefers_html", "read_fields", "respond"]

FORM: Final = "application/x-www-form-urlencoded"


def respond(answer: Answer, *, afterwards: BackgroundTask | None = None) -> Response:
    """Send one of the shop's answers."""
    response = Response(answer.body, answer.status, media_type=answer.media_type, background=afterwards)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response


def prefers_html(scope: Scope) -> bool:
    """Say whether the client wants a page rather than data."""
    return wants_html(Headers(scope=scope).get("accept"))


async def read_fields(request: Request) -> Mapping[str, str]:
    """Read a form or JSON body.

    On guarded routes nothing can be missing or no text: the middleware refuses such bodies. But which of the
    two a body is must be judged as the middleware does, by the media type alone: some bodies can be read as
    either.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == FORM:
        return {name: str(value) for name, value in (await request.form()).items()}
    fields: Mapping[str, str] = await request.json()
    return fields


class OwnOrigin:
    """Refuses posts that another site's page has sent, before anything is counted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        app = respond(answers.foreign_origin(html=prefers_html(scope))) if is_foreign(scope) else self.app
        await app(scope, receive, send)


def is_foreign(scope: Scope) -> bool:
    """Say whether it is a post that names another site as its origin."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    headers = Headers(scope=scope)
    return not origin_allowed(headers.get("origin"), headers.get("host", ""), scope["scheme"])


async def answer_http_error(_request: Request, error: Exception) -> Response:
    """Answer the framework's own errors as problem details too."""
    if not isinstance(error, HTTPException):
        raise TypeError(type(error))
    answer = answers.request_refused(error.status_code)
    for name, value in (error.headers or {}).items():
        answer = answer.with_header(name, value)
    return respond(answer)
