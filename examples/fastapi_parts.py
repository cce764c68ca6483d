"""What the FastAPI example needs to speak with the shop: bodies in, answers out, pages for browsers."""

from functools import partial
from typing import Annotated, Final

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from authguard_asgi import content_type_of
from authguard_core.body import BodyShape, Fields, Unreadable, read_fields
from authguard_fastapi import AttemptHTTPException, PurposeGuard
from authguard_fastapi.errors import answer_attempt
from examples.shop import answers
from examples.shop.negotiation import wants_html
from examples.shop.origins import origin_allowed
from examples.shop.passwords import PasswordLength
from examples.shop.response import Answer, problem

__all__ = ["Html", "OwnOrigin", "handle_errors", "read_body", "respond"]

TITLES: Final = {404: "Not found", 405: "Method not allowed"}


def respond(answer: Answer) -> Response:
    """Send one of the shop's answers."""
    response = Response(answer.body, answer.status, media_type=answer.media_type)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response


def prefers_html(request: Request) -> bool:
    """Say whether the client wants a page rather than data."""
    return wants_html(request.headers.get("accept"))


Html = Annotated[bool, Depends(prefers_html)]
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
    host = request.headers.get("host", "")
    if not origin_allowed(request.headers.get("origin"), host, request.url.scheme):
        raise HTTPException(403)


OwnOrigin = Depends(check_origin)
"""A route that takes no post of another site's page."""


async def answer_refusal(request: Request, error: Exception, *, length: PasswordLength) -> Response:
    """Give a browser a page in place of the guard's problem details, made from its answer alone."""
    if not isinstance(error, AttemptHTTPException) or not prefers_html(request):
        return await answer_attempt(request, error)
    if error.status_code == 401:  # noqa: PLR2004 - HTTP's own
        return respond(answers.wrong_credentials(length, html=True))
    if error.status_code in {429, 503}:
        return respond(answers.try_later(int((error.headers or {})["Retry-After"]), html=True))
    return respond(answers.unreadable(error.status_code, html=True))


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Answer the framework's own errors as problem details too."""
    if not isinstance(error, StarletteHTTPException):
        raise TypeError(type(error))
    if error.status_code == 403:  # noqa: PLR2004 - HTTP's own
        return respond(answers.foreign_origin(html=prefers_html(request)))
    title = TITLES.get(error.status_code, "Request refused")
    answer = problem(error.status_code, "refused", title=title, detail=f"{title}.")
    for name, value in (error.headers or {}).items():
        answer = answer.with_header(name, value)
    return respond(answer)


def handle_errors(app: FastAPI, length: PasswordLength) -> None:
    """Register the handlers, before the guard would register its own."""
    app.add_exception_handler(AttemptHTTPException, partial(answer_refusal, length=length))
    app.add_exception_handler(StarletteHTTPException, answer_http_error)
