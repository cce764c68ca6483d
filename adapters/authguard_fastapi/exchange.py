"""One request and its response, as the guard accompanies them."""

from typing import Final

from authguard_asgi import (
    BufferedBody,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    charge_unreadable,
    content_type_of,
    device_headers,
    replace_headers,
    send_answer,
)
from authguard_core import AsyncGuard, Decision
from authguard_core.answers import Answer
from authguard_core.body import BodyFault, BodyShape, Unreadable, read_fields
from authguard_core.errors import ConfigurationError
from authguard_fastapi.errors import AttemptHTTPException
from authguard_fastapi.finding import GuardedRoutes

__all__ = ["Exchange", "exchange_of", "not_over_http"]

_KEY: Final = "authguard"
_ANY_FIELDS: Final = BodyShape(text_fields=())
_STRUCTURAL: Final = frozenset(
    {BodyFault.MALFORMED, BodyFault.TOO_DEEP, BodyFault.TOO_MANY_FIELDS, BodyFault.DUPLICATE}
)
_ERRORS: Final = 400
_UNREADABLE: Final = frozenset({400, 413, 415, 422})


class Exchange:
    """Stands between the server and FastAPI for one request.

    Until routing has chosen an endpoint that takes a guard it only passes on. From then on it reads the body
    within its limits before FastAPI does, sees to it that a body that can't be read is charged to its
    address, and adds headers to the response.
    """

    def __init__(
        self,
        guard: AsyncGuard,
        routes: GuardedRoutes,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        max_body: int,
        body_timeout: float,
    ) -> None:
        self.guard = guard
        self.scope = scope
        self._routes = routes
        self._receive = receive
        self._send = send
        self._max_body = max_body
        self._body_timeout = body_timeout
        self._body: BufferedBody | None = None
        self._was_read = False
        self._purpose: str | None = None
        self._entered = False
        self._counted = False
        self._replaced = False
        self._headers: Headers = []
        scope[_KEY] = self

    # What the endpoint's side tells

    def enter(self, purpose: str) -> None:
        """Note that the endpoint's guard is being prepared: the body was parsed."""
        self._purpose, self._entered = purpose, True

    def count(self) -> None:
        """Note that the endpoint begins an attempt."""
        self._counted = True

    def remember(self, decision: Decision) -> None:
        """Keep a decision's device cookie for the response: the last one, as a browser would."""
        self._headers = device_headers(decision) or self._headers

    @property
    def is_counted(self) -> bool:
        """Whether this request has cost anything yet."""
        return self._counted

    async def unreadable(self, status: int) -> Answer:
        """Charge a body that can't be read, and return the answer."""
        self._counted = True
        return await charge_unreadable(self.guard, self.scope, status, purpose=self._guarded() or "login")

    # What FastAPI calls

    async def receive(self) -> Message:
        """Pass on the next message; before the first, read and look at a guarded route's body.

        Raises:
            AttemptHTTPException: The body is too long, too slow, malformed, or has a key twice. FastAPI
                lets it pass where it reads the body.
        """
        if self._was_read or self._guarded() is None:
            return await (self._body.receive() if self._body else self._receive())
        if self._body is None:
            self._body = BufferedBody(
                self.scope, self._receive, max_body=self._max_body, timeout=self._body_timeout
            )
        status = await self._body.read() or self._fault(self._body.content)
        self._was_read = True
        # A client that has left is FastAPI's to notice: it stops a stream, or ends the reading with a 400.
        if status and not self._body.was_left:
            raise AttemptHTTPException(await self.unreadable(status))
        return await self._body.receive()

    async def send(self, message: Message) -> None:
        """Pass the response on, with what a guarded route adds to it.

        An error makes no browser known: the password was right, but nobody was let in.
        """
        if message["type"] == "http.response.start" and self._guarded() is not None:
            await self._charge_failed_parsing(message["status"])
            message = replace_headers(message, self._headers if message["status"] < _ERRORS else ())
        if not self._replaced:
            await self._send(message)

    def _guarded(self) -> str | None:
        """Return the purpose of a guarded route. Of nested guards the innermost is in charge."""
        if self._purpose is None and self.scope[_KEY] is self:
            self._purpose = self._routes.purpose_of(self.scope.get("route"))
        return self._purpose

    def _fault(self, body: bytes) -> int:
        """Return the status of what makes a body ambiguous or hostile, 0 if FastAPI may parse it.

        Whether the right fields are there is FastAPI's to say, and so is everything about multipart bodies.
        """
        found = read_fields(content_type_of(self.scope), body, _ANY_FIELDS) if body else None
        return found.status if isinstance(found, Unreadable) and found.code in _STRUCTURAL else 0

    async def _charge_failed_parsing(self, status: int) -> None:
        """Charge what FastAPI refused before it prepared the endpoint's guard, as a broken multipart body."""
        if self._entered or self._counted or status not in _UNREADABLE:
            return
        answer = await self.unreadable(status)
        if answer.status != status:
            await send_answer(self._send, answer)
            self._replaced = True


def not_over_http() -> ConfigurationError:
    """Return the refusal of an endpoint whose answers could not be the guard's."""
    return ConfigurationError.of(
        "LoginGuard",
        got="a WebSocket",
        expected="an HTTP endpoint",
        do="Let people sign in over HTTP, and look at their session in the WebSocket.",
    )


def exchange_of(scope: Scope) -> Exchange:
    """Return the exchange of a request.

    Raises:
        ConfigurationError: No guard is installed in the application, or it is no HTTP request.
    """
    if scope["type"] != "http":
        raise not_over_http()
    exchange = scope.get(_KEY)
    if not isinstance(exchange, Exchange):
        raise ConfigurationError.of(
            "LoginGuard",
            got="an application without a guard",
            expected="one with",
            do="Call guard.init_app(app).",
        )
    return exchange
