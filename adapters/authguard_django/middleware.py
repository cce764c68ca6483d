"""The middleware: it turns refusals into answers, settles with the response, and sets the device cookie."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, cast

from asgiref.sync import markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse

from authguard_core.answers import BUSY, Answer
from authguard_core.errors import HasherBusy
from authguard_django.awaiting import is_async
from authguard_django.configuration import current
from authguard_django.errors import AttemptError
from authguard_django.exchange import Exchange, running
from authguard_django.responses import may_render, not_stored, respond, set_device_cookie
from authguard_django.settling import afinish, finish

__all__ = ["AuthGuardMiddleware"]

_SERVER_ERROR = 500


class AuthGuardMiddleware:
    """Accompanies every request. Put it behind ``SessionMiddleware`` and ``AuthenticationMiddleware``.

    It serves WSGI and ASGI, and runs on the event loop without a thread where Django does.

    Raises:
        ConfigurationError: The setting ``AUTHGUARD`` can't be used. It shows when the server starts.
    """

    sync_capable: ClassVar = True
    async_capable: ClassVar = True

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponse]
        | Callable[[HttpRequest], Awaitable[HttpResponse]],
    ) -> None:
        current()
        self._get_response = get_response
        self._is_async = is_async(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """Accompany a request."""
        return self._arun(request) if self._is_async else self._run(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what a view's attempt has ended with."""
        if isinstance(exception, AttemptError):
            return respond(request, exception.answer)
        return respond(request, BUSY) if isinstance(exception, HasherBusy) else None

    def _run(self, request: HttpRequest) -> HttpResponse:
        exchange = Exchange(request)
        token = running.set(exchange)
        try:
            response = cast("HttpResponse", self._get_response(request))
        finally:
            running.reset(token)
        finish(current().guard, exchange)
        if answer := _refusal(exchange, response):
            response = _in_place_of(response, respond(request, answer))
        return _finished(exchange, response)

    async def _arun(self, request: HttpRequest) -> HttpResponse:
        exchange = Exchange(request)
        token = running.set(exchange)
        try:
            response = await cast("Awaitable[HttpResponse]", self._get_response(request))
        finally:
            running.reset(token)
        await afinish(current().aguard, exchange)
        if answer := _refusal(exchange, response):
            # A page may ask the database, as one that shows who is signed in.
            make = sync_to_async(respond) if may_render(request) else _arespond
            response = _in_place_of(response, await make(request, answer))
        return _finished(exchange, response)


async def _arespond(request: HttpRequest, answer: Answer) -> HttpResponse:
    return respond(request, answer)


def _refusal(exchange: Exchange, response: HttpResponse) -> Answer | None:
    """Return what takes the response's place. A view that has broken down keeps its own."""
    return exchange.answer if response.status_code < _SERVER_ERROR else None


def _in_place_of(response: Any, refusal: Any) -> HttpResponse:  # noqa: ANN401 - no type knows what is to be closed
    """Keep the cookies that were set on the way, and what is to be closed with the response."""
    refusal.cookies.update(response.cookies)
    refusal._resource_closers.extend(response._resource_closers)  # noqa: SLF001 - closing it ends the request
    return cast("HttpResponse", refusal)


def _finished(exchange: Exchange, response: HttpResponse) -> HttpResponse:
    set_device_cookie(response, exchange.cookie)
    return not_stored(response) if exchange.guarded else response
