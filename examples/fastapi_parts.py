"""What the FastAPI example needs beside Starlette's parts: dependencies, guarded bodies, refusals."""

from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from authguard_asgi import content_type_of
from authguard_core.body import BodyShape, Fields, Unreadable, read_fields
from authguard_fastapi import AttemptHTTPException, PurposeGuard
from authguard_fastapi.errors import answer_attempt
from examples.shop import answers
from examples.shop.passwords import PasswordLength
from examples.starlette_parts import answer_http_error, is_foreign, prefers_html, respond

__all__ = ["Html", "OwnOrigin", "handle_errors", "read_body"]


def wants_page(request: Request) -> bool:
    """Say whether the client wants a page rather than data."""
    return prefers_html(request.scope)


Html = Annotated[bool, Depends(wants_page)]
"""Whether the client wants a page rather than data."""


async def read_body(request: Request, guard: PurposeGuard, *, identity: str, text: tuple[str, ...]) -> Fields:
    """Read a JSON or form body in the one way that is unambiguous; refuse, and charge, any other."""
    shape = BodyShape(identity=identity, text_fields=text)
    found = read_fields(content_type_of(request.scope), await request.body(), shape)
    if isinstance(found, Unreadable):
        await guard.refuse_body(found.status)
    return found


def check_origin(request: Request) -> None:
    """Refuse a post that another site's page has sent."""
    if is_foreign(request.scope):
        raise HTTPException(403)


OwnOrigin = Depends(check_origin)
"""A route that takes no post of another site's page."""


async def answer_refusal(request: Request, error: Exception, *, length: PasswordLength) -> Response:
    """Give a browser a page in place of the guard's problem details, made from its answer alone."""
    if not isinstance(error, AttemptHTTPException) or not wants_page(request):
        return await answer_attempt(request, error)
    return respond(answers.guard_page(error.status_code, error.answer.retry_after, length))


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer a foreign origin, and the framework's own errors."""
    if isinstance(error, StarletteHTTPException) and error.status_code == 403:  # noqa: PLR2004 - HTTP's own
        return respond(answers.foreign_origin(html=wants_page(request)))
    return await answer_http_error(request, error)


def handle_errors(app: FastAPI, length: PasswordLength) -> None:
    """Register the handlers, before the guard would register its own."""
    app.add_exception_handler(AttemptHTTPException, partial(answer_refusal, length=length))
    app.add_exception_handler(StarletteHTTPException, answer_error)
