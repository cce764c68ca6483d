"""What the guard answers, in Django's terms: a page for browsers, problem details for programs."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from authguard_core.answers import NO_STORE, PROBLEM_TYPE, Answer
from authguard_core.device import DeviceCookie
from authguard_django.configuration import current

__all__ = ["TEMPLATE", "may_render", "not_stored", "respond", "set_device_cookie"]

TEMPLATE: Final = "authguard/refused.html"
"""The page, which a template of the same name in your project replaces.

It is given ``status``, ``title``, ``detail``, ``retry_after`` (seconds, or None) and ``minutes`` (the same,
None below one). To answer alike for known and unknown accounts it must look at nothing else of an account.
"""
_HTML: Final = "text/html"


def respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Return an answer of the guard: your own response (``RESPOND``), the page, or problem details."""
    custom = current().respond
    response = custom(request, answer) if custom else None
    if response is None:
        response = (_page(request, answer) if _wants_page(request) else None) or _problem(answer)
    return not_stored(response)


def may_render(request: HttpRequest) -> bool:
    """Whether the response takes more than to hand bytes on: a template, or a function of the application."""
    return current().respond is not None or _wants_page(request)


def not_stored(response: HttpResponse) -> HttpResponse:
    """Forbid to store a response to a sign-in: it is nobody else's (OWASP ASVS 5.0, V14.3.2)."""
    response[NO_STORE[0]] = NO_STORE[1]
    return response


def set_device_cookie(response: HttpResponse, cookie: DeviceCookie | None) -> None:
    """Make the browser known."""
    if cookie is not None:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age,
            path=cookie.path,
            secure=cookie.secure,
            httponly=cookie.httponly,
            samesite="Lax",
        )


def _wants_page(request: HttpRequest) -> bool:
    return request.get_preferred_type([PROBLEM_TYPE, "application/json", _HTML]) == _HTML


def _page(request: HttpRequest, answer: Answer) -> HttpResponse | None:
    """Return the page; None where no template engine finds its template."""
    problem = answer.content
    context = {name: problem[name] for name in ("status", "title", "detail")}
    wait = {"retry_after": answer.retry_after, "minutes": (answer.retry_after or 0) // 60 or None}
    try:
        html = render_to_string(TEMPLATE, {**context, **wait}, request)
    except TemplateDoesNotExist:
        return None
    headers = {name: value for name, value in answer.headers if name != "Content-Type"}
    return HttpResponse(html, status=answer.status, headers={**headers, "Vary": "Accept"})


def _problem(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers={**dict(answer.headers), "Vary": "Accept"})
