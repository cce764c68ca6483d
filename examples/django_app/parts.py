"""What the project needs to speak with the shop: answers out, refusals, foreign origins."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse

from authguard_core.answers import Answer as Refusal
from examples.django_app.state import state
from examples.shop import answers
from examples.shop.negotiation import wants_html
from examples.shop.origins import origin_allowed
from examples.shop.response import Answer

__all__ = [
    "by_method",
    "not_found",
    "own_origin",
    "prefers_html",
    "read_all",
    "respond",
    "respond_to_refusal",
]

FORM: Final = "application/x-www-form-urlencoded"
View = Callable[..., HttpResponse]


class Delivering(HttpResponse):
    """A response after which the mail is delivered: servers close it when it has left."""

    def close(self) -> None:
        """Deliver what is waiting."""
        super().close()
        state().shop.deliveries.deliver()


def respond(answer: Answer, *, deliver: bool = False) -> HttpResponse:
    """Send one of the shop's answers."""
    kind = Delivering if deliver else HttpResponse
    response = kind(answer.body, status=answer.status, content_type=answer.media_type)
    if answer.media_type is None:
        del response["Content-Type"]
    for name, value in answer.headers:
        if name == "Set-Cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    return response


def prefers_html(request: HttpRequest) -> bool:
    """Say whether the client wants a page rather than data."""
    return wants_html(request.headers.get("accept"))


def read_all(request: HttpRequest) -> Mapping[str, object]:
    """Return whatever a body holds that the guard has found readable, as what its media type says."""
    if request.content_type == FORM:
        return request.POST.dict()
    fields: Mapping[str, object] = json.loads(request.body)
    return fields


def by_method(**views: View) -> View:
    """Return a view that answers to the methods that it names, and to HEAD where it answers to GET."""
    known = {**views, "HEAD": views["GET"]} if "GET" in views else views

    def dispatch(request: HttpRequest, **captured: str) -> HttpResponse:
        view = known.get(request.method or "")
        if view is not None:
            return view(request, **captured)
        response = respond(answers.request_refused(405))
        response["Allow"] = ", ".join(sorted(known))
        return response

    # JSON and form posts without Origin need no token; those with a foreign one never come here.
    dispatch.csrf_exempt = True  # type: ignore[attr-defined]  # what Django's decorator sets
    return dispatch


def not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer Django's own 404 as problem details."""
    return respond(answers.request_refused(404))


def own_origin(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse posts that another site's page has sent, before anything is counted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        host, scheme = request.headers.get("host", ""), request.scheme or "http"
        if request.method == "POST" and not origin_allowed(request.headers.get("origin"), host, scheme):
            return respond(answers.foreign_origin(html=prefers_html(request)))
        return get_response(request)

    return middleware


def respond_to_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse | None:
    """Give a browser a page of the shop in place of the guard's problem details."""
    if not prefers_html(request):
        return HttpResponse(refusal.body, status=refusal.status, headers=dict(refusal.headers))
    return respond(answers.guard_page(refusal.status, refusal.retry_after, state().length))
