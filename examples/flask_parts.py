"""What the Flask example needs to speak with the shop: answers out, refusals, foreign origins."""

from collections.abc import Callable, Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from authguard_core.answers import Answer as Refusal
from authguard_flask import AuthGuard
from examples.shop import answers
from examples.shop.negotiation import wants_html
from examples.shop.origins import origin_allowed
from examples.shop.passwords import PasswordLength
from examples.shop.response import Answer

__all__ = ["check_origins", "handle_errors", "prefers_html", "read_all", "respond"]

FORM = "application/x-www-form-urlencoded"


def respond(answer: Answer, *, afterwards: Callable[[], None] | None = None) -> Response:
    """Send one of the shop's answers, and do what can wait until it has left."""
    response = Response(answer.body, answer.status, content_type=answer.media_type)
    if answer.media_type is None:
        del response.headers["Content-Type"]
    for name, value in answer.headers:
        response.headers.add(name, value)
    if afterwards is not None:
        response.call_on_close(afterwards)
    return response


def prefers_html() -> bool:
    """Say whether the client wants a page rather than data."""
    return wants_html(request.headers.get("Accept"))


def read_all() -> Mapping[str, object]:
    """Return whatever a body holds that the guard has found readable, as what its media type says."""
    if request.mimetype == FORM:
        return request.form.to_dict()
    fields: Mapping[str, object] = request.get_json()
    return fields


def check_origins(app: Flask) -> None:
    """Refuse posts that another site's page has sent, before anything is counted."""

    @app.before_request
    def check() -> Response | None:
        own = origin_allowed(request.headers.get("Origin"), request.headers.get("Host", ""), request.scheme)
        if request.method != "POST" or own:
            return None
        return respond(answers.foreign_origin(html=prefers_html()))


def handle_errors(app: Flask, guard: AuthGuard, length: PasswordLength) -> None:
    """Answer the framework's own errors as problem details too, and give browsers pages of the guard's."""

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        response = respond(answers.request_refused(error.code or 500))
        if allowed := error.get_response().headers.get("Allow"):
            response.headers["Allow"] = allowed
        return response

    @guard.page
    def page(refusal: Refusal) -> Response:
        return respond(answers.guard_page(refusal.status, refusal.retry_after, length))
