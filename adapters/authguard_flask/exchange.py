"""What the guard adds to the response of one request."""

from typing import TYPE_CHECKING, Final

from flask import Response, request

from authguard_core import Decision
from authguard_core.answers import NO_STORE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["Exchange", "finish"]

_KEY: Final = "authguard.exchange"
_ERRORS: Final = 400


class Exchange:
    """A request that the guard has had to do with, and its response.

    It hangs on the request itself: an application context may be shared by several of them.
    """

    def __init__(self) -> None:
        self._cookie: str | None = None

    @classmethod
    def of(cls, environ: "WSGIEnvironment") -> "Exchange":
        """Return the exchange of a request, from now on one of the guard's."""
        exchange: Exchange = environ.setdefault(_KEY, cls())
        return exchange

    def remember(self, decision: Decision) -> None:
        """Keep a decision's device cookie for the response: the last one, as a browser would."""
        if decision.device is not None:
            self._cookie = decision.device.header

    def finish(self, response: Response) -> Response:
        """Add what is due to the response.

        What the application said about caching goes: an answer to a sign-in is nobody else's (OWASP ASVS
        5.0, V14.3.2). An error makes no browser known: the password was right, but nobody was let in.
        """
        response.headers.set(*NO_STORE)
        if self._cookie is not None and response.status_code < _ERRORS:
            response.headers.add("Set-Cookie", self._cookie)
        return response


def finish(response: Response) -> Response:
    """Add what is due to the response of the running request: nothing, if no guard was asked."""
    exchange: Exchange | None = request.environ.get(_KEY)
    return response if exchange is None else exchange.finish(response)
