"""The middleware that guards sign-ins without touching their handlers."""

from collections.abc import Sequence
from typing import Final

from authguard_asgi.bodies import BODY_TIMEOUT, BufferedBody, check_limits
from authguard_asgi.contexts import AttemptError
from authguard_asgi.courses import Course
from authguard_asgi.declared import GuardedRoute
from authguard_asgi.protocol import ASGIApp, Message, Receive, Scope, Send
from authguard_asgi.requests import content_type_of
from authguard_asgi.responses import Respond, replace_headers, respond_with, send_answer
from authguard_asgi.routes import Match, RouteTable
from authguard_asgi.servers import PeerWatch
from authguard_asgi.unreadable import charge_unreadable
from authguard_core import AsyncGuard
from authguard_core.answers import BUSY, Answer
from authguard_core.body import MAX_BODY, BodyShape, Fields, Unreadable, read_fields
from authguard_core.errors import HasherBusy

__all__ = ["AuthGuardMiddleware"]

_OVERRIDE: Final = BodyShape(identity="_method", text_fields=())
"""A body that names a method: some applications take the request for that one."""


class AuthGuardMiddleware:
    """Guards the named routes of any ASGI application, and touches no other.

    ::

        guarded = AuthGuardMiddleware(app, guard, [LoginRoute("POST", "/login", success={200})])

    On a guarded route the body is read within its limits and given to the application untouched. The
    identity in it is what is counted, so the application must take it from the same body: a body that
    different parsers could read differently is refused, and so are all media types but JSON and
    URL-encoded forms. What the application answers tells the outcome: a status that the route names gives
    the attempt back before the response leaves, and a success adds the device cookie; anything else
    (another status, an exception, a client that has gone, no response) leaves it counted.

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
    - A server that takes anybody's word for the client's address is not started, see
      :mod:`authguard_asgi.servers`.
    - Requests on other routes, WebSockets and the lifespan pass with their very objects.

    Give it to Starlette's ``add_middleware``, so that it sees what handlers raise before Starlette makes
    a 500 of it. Whatever changes method, path or body (method overrides, decompression) must wrap it. And
    let the server leave ``scope["client"]`` alone (uvicorn: ``proxy_headers=False``), because the guard
    finds the client behind trusted proxies itself.

    Args:
        app: What is guarded.
        guard: Who decides.
        routes: What is guarded: any of :class:`LoginRoute`, :class:`SendRoute` and :class:`ResetRoute`.
        max_body: The longest body of a guarded route in bytes.
        body_timeout: Seconds in which it must have arrived.
        respond: Makes pages of the guard's own answers: it is called with the request's scope and the answer,
            and returns what is sent in its place, an ASGI application, or None.

    Raises:
        ConfigurationError: An argument can't be used, or a route names a purpose that the settings don't.
    """

    def __init__(
        self,
        app: ASGIApp,
        guard: AsyncGuard,
        routes: Sequence[GuardedRoute],
        max_body: int = MAX_BODY,
        body_timeout: float = BODY_TIMEOUT,
        *,
        respond: Respond | None = None,
    ) -> None:
        check_limits(max_body, body_timeout)
        for route in routes:
            guard.policy.purpose(route.purpose)
        self.app = app
        self._guard = guard
        self._table = RouteTable(routes)
        self._max_body = max_body
        self._body_timeout = body_timeout
        self._respond = respond
        self._watch = PeerWatch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the application's lifespan."""
        match = self._table.find(scope) if scope["type"] == "http" else None
        try:
            if match is not None:
                await self._guarded(match, scope, receive, send)
            elif scope["type"] != "lifespan" or not await self._watch.refuses_start(receive, send):
                await self.app(scope, receive, send)
        except AttemptError as error:
            await self._answer(error.answer, scope, receive, send)

    async def _guarded(self, match: Match, scope: Scope, receive: Receive, send: Send) -> None:
        self._watch.look(scope)
        route = match.route
        body = BufferedBody(scope, receive, max_body=self._max_body, timeout=self._body_timeout)
        fields = await self._fields(route, scope, body)
        if isinstance(fields, int):
            answer = await charge_unreadable(self._guard, scope, fields, purpose=route.purpose)
            await self._answer(answer, scope, body.receive, send)
            return
        exact = match.exact and not _names_a_method(scope, body)
        course = await route.begin(self._guard, scope, fields, exact=exact)
        if isinstance(course, Course):
            await self._serve(course, scope, body.receive, send)
        else:
            await self._answer(course, scope, body.receive, send, route.refused)

    async def _fields(self, route: GuardedRoute, scope: Scope, body: BufferedBody) -> Fields | int:
        """Return what the body holds, or the status of what is wrong with it."""
        status = await body.read()
        if status is not None:
            return status
        fields = read_fields(content_type_of(scope), body.content, route.shape(self._max_body))
        return fields.status if isinstance(fields, Unreadable) else fields

    async def _serve(self, course: Course, scope: Scope, receive: Receive, send: Send) -> None:
        response = _Response(course, send)
        try:
            await self.app(scope, receive, response.send)
        except HasherBusy:
            if response.started:
                raise
            await course.unchecked()
            await self._answer(BUSY, scope, receive, send)
        finally:
            await course.left()

    async def _answer(
        self, answer: Answer, scope: Scope, receive: Receive, send: Send, first: Respond | None = None
    ) -> None:
        """Send an answer of the guard, or what the application makes of it."""
        made = (respond(scope, answer) for respond in (first, self._respond) if respond)
        app = next((one for one in made if one is not None), None)
        if app is None:
            await send_answer(send, answer)
        else:
            await respond_with(app, scope, receive, send)


def _names_a_method(scope: Scope, body: BufferedBody) -> bool:
    """Whether a field of the body says which method the request is to be taken for."""
    content = body.content
    if b"_method" not in content and b"\\" not in content and b"%" not in content:
        return False  # not even in disguise
    return not isinstance(read_fields(content_type_of(scope), body.content, _OVERRIDE), Unreadable)


class _Response:
    """Lets the guard hear the application's response."""

    def __init__(self, course: Course, send: Send) -> None:
        self._course = course
        self._send = send
        self.started = False

    async def send(self, message: Message) -> None:
        """Take the outcome from the response's start, and pass everything on."""
        if message["type"] == "http.response.start":
            self.started = True
            message = replace_headers(message, await self._course.answered(message["status"]))
        await self._send(message)
