"""The middleware that guards sign-ins without touching their handlers."""

from collections.abc import Collection, Sequence
from typing import Final

from authguard_asgi.bodies import BODY_TIMEOUT, BufferedBody, check_limits
from authguard_asgi.contexts import AttemptError
from authguard_asgi.protocol import ASGIApp, Message, Receive, Scope, Send
from authguard_asgi.requests import attempt_of, content_type_of
from authguard_asgi.responses import Headers, device_headers, replace_headers, send_answer
from authguard_asgi.routes import LoginRoute, Match, RouteTable
from authguard_asgi.settling import settle
from authguard_asgi.unreadable import charge_unreadable
from authguard_core import AsyncGuard, Outcome, Ticket
from authguard_core.answers import BUSY, refused
from authguard_core.body import MAX_BODY, BodyShape, Unreadable, read_fields
from authguard_core.errors import HasherBusy

__all__ = ["AuthGuardMiddleware"]

_OVERRIDE: Final = BodyShape(identity="_method", text_fields=())
"""A body that names a method: some applications take the request for that one."""

_NOTHING: Final[frozenset[int]] = frozenset()


class AuthGuardMiddleware:
    """Guards the named routes of any ASGI application, and touches no other.

    ::

        guarded = AuthGuardMiddleware(app, guard, [LoginRoute("POST", "/login", success={200})])

    On a guarded route the body is read within its limits and given to the application untouched. The
    identity in it is what is counted, so the application must take it from the same body: a body that
    different parsers could read differently is refused, and so are all media types but JSON and
    URL-encoded forms. What the application answers tells the outcome: a status named as success gives
    the attempt back before the response leaves, and adds the device cookie; anything else (another
    status, an exception, a client that has gone, no response) leaves it counted.

    A request that only *may be* the sign-in to a lenient application (another spelling of the path, a
    method that a header, the query or a ``_method`` field could change) is counted like one, and what it
    is answered never makes it a success: another page's 200 says nothing about a password.

    Further:

    - A refused attempt never reaches the application. A body that can't be read is charged to the address.
    - ``HasherBusy`` out of the application is answered with 503, and the attempt given back: nothing was
      hashed. So verify once per attempt: one whose first verification finished and whose second raises
      ``HasherBusy`` would be given back although a password was checked. Where you must verify twice,
      catch the second one yourself and answer as for a wrong password.
    - Guarded responses carry ``Cache-Control: no-store``.
    - An :class:`~authguard_asgi.AttemptError` out of a handler is answered, on every route.
    - Requests on other routes, WebSockets and the lifespan pass with their very objects.

    Give it to Starlette's ``add_middleware``, so that it sees what handlers raise before Starlette makes
    a 500 of it. Whatever changes method, path or body (method overrides, decompression) must wrap it. And
    let the server leave ``scope["client"]`` alone (uvicorn: ``proxy_headers=False``), because the guard
    finds the client behind trusted proxies itself.

    Args:
        app: What is guarded.
        guard: Who decides.
        routes: The sign-ins.
        max_body: The longest body of a sign-in in bytes.
        body_timeout: Seconds in which it must have arrived.

    Raises:
        ConfigurationError: An argument can't be used, or a route names a purpose that the settings don't.
    """

    def __init__(
        self,
        app: ASGIApp,
        guard: AsyncGuard,
        routes: Sequence[LoginRoute],
        max_body: int = MAX_BODY,
        body_timeout: float = BODY_TIMEOUT,
    ) -> None:
        check_limits(max_body, body_timeout)
        for route in routes:
            guard.policy.purpose(route.purpose)
        self.app = app
        self._guard = guard
        self._table = RouteTable(routes)
        self._max_body = max_body
        self._body_timeout = body_timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        match = self._table.find(scope) if scope["type"] == "http" else None
        try:
            if match is None:
                await self.app(scope, receive, send)
            else:
                await self._guarded(match, scope, receive, send)
        except AttemptError as error:
            await send_answer(send, error.answer)

    async def _guarded(self, match: Match, scope: Scope, receive: Receive, send: Send) -> None:
        route = match.route
        body = BufferedBody(scope, receive, max_body=self._max_body, timeout=self._body_timeout)
        identifier = await self._identifier(route, scope, body)
        if isinstance(identifier, int):
            answer = await charge_unreadable(self._guard, scope, identifier, purpose=route.purpose)
            await send_answer(send, answer)
            return
        decision = await self._guard.check(attempt_of(self._guard, scope, identifier, purpose=route.purpose))
        if decision.ticket is None:
            await send_answer(send, refused(decision))
            return
        exact = match.exact and not _names_a_method(scope, body)
        response = _Response(self._guard, decision.ticket, route.success if exact else _NOTHING, send)
        await self._attempt(response, scope, body.receive, send)

    async def _identifier(self, route: LoginRoute, scope: Scope, body: BufferedBody) -> str | int:
        """Return who is named, or the status of what is wrong with the body."""
        status = await body.read()
        if status is not None:
            return status
        fields = read_fields(content_type_of(scope), body.content, route.shape(self._max_body))
        return fields.status if isinstance(fields, Unreadable) else fields.identity

    async def _attempt(self, response: "_Response", scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, response.send)
        except HasherBusy:
            if response.started:
                raise
            await response.settle(Outcome.UNCHECKED)
            await send_answer(send, BUSY)
        finally:
            await response.settle(Outcome.FAILURE)


def _names_a_method(scope: Scope, body: BufferedBody) -> bool:
    """Whether a field of the body says which method the request is to be taken for."""
    return not isinstance(read_fields(content_type_of(scope), body.content, _OVERRIDE), Unreadable)


class _Response:
    """Listens to the application's response for the outcome.

    Args:
        guard: Who is told.
        ticket: The attempt.
        success: The statuses that tell of a right secret. Where there is none the attempt can only be
            charged: whatever comes, it has failed.
        send: Where the response goes.
    """

    def __init__(self, guard: AsyncGuard, ticket: Ticket, success: Collection[int], send: Send) -> None:
        self._guard = guard
        self._ticket = ticket
        self._success = success
        self._send = send
        self._settled = False
        self.started = False

    async def send(self, message: Message) -> None:
        """Take the outcome from the response's start, and pass everything on."""
        if message["type"] == "http.response.start":
            self.started = True
            right = message["status"] in self._success
            message = replace_headers(
                message, await self.settle(Outcome.SUCCESS if right else Outcome.FAILURE)
            )
        await self._send(message)

    async def settle(self, outcome: Outcome) -> Headers:
        """Report the first outcome there is. Return the headers that it brings."""
        if self._settled:
            return []
        self._settled = True
        earned = outcome if self._success else Outcome.FAILURE
        return device_headers(await settle(self._guard, self._ticket, earned))
