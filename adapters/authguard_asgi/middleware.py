"""The middleware that guards sign-ins without touching their handlers."""

from collections.abc import Sequence

from authguard_asgi.bodies import BODY_TIMEOUT, BufferedBody, check_limits
from authguard_asgi.contexts import AttemptError
from authguard_asgi.courses import Course
from authguard_asgi.declared import GuardedRoute
from authguard_asgi.overriding import body_names_a_method
from authguard_asgi.protocol import ASGIApp, Message, Receive, Scope, Send
from authguard_asgi.requests import content_type_of
from authguard_asgi.responses import Respond, replace_headers, respond_with, send_answer
from authguard_asgi.routes import Match, RouteTable
from authguard_asgi.servers import PeerWatch
from authguard_asgi.unreadable import charge_unreadable
from authguard_core import AsyncGuard
from authguard_core.answers import BUSY, Answer
from authguard_core.body import MAX_BODY, Fields, Unreadable, read_fields
from authguard_core.errors import HasherBusy

__all__ = ["AuthGuardMiddleware"]


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
    is answered never makes it a success: another page's 200 says nothing about a password. One that may be
    either of two routes that count in different ways is refused with 400, and charged to its address.

    Further:

    - A refused attempt never reaches the application. A body that can't be read is charged to the address.
    - ``HasherBusy`` out of the application is answered with 503, and the attempt given back: nothing was
      hashed. (That of a :class:`SendRoute` only if its ``unsent`` names 503: a mail may be on its way.) So
      verify once per attempt: one whose first verification finished and whose second raises ``HasherBusy``
      would be given back although a password was checked. Where you must verify twice, catch the second
      one yourself and answer as for a wrong password.
    - Guarded responses carry ``Cache-Control: no-store``.
    - An :class:`~authguard_asgi.AttemptError` out of a handler is answered, on every HTTP route. Once the
      response has begun it goes on like any other error.
    - A server that takes anybody's word for the client's address is not started, see
      :mod:`authguard_asgi.servers`.
    - Requests and responses of other routes pass as they are, WebSockets and the lifespan with their very
      objects.

    Give it to Starlette's ``add_middleware``, so that it sees what handlers raise before Starlette makes
    a 500 of it. Whatever changes method, path or body (method overrides, decompression) must wrap it. And
    let the server leave ``scope["client"]`` alone (uvicorn: ``proxy_headers=False``), because the guard
    finds the client behind trusted proxies itself.

    Args:
        app: What is guarded.
        guard: Who decides.
        routes: What is guarded: :class:`LoginRoute`, :class:`SendRoute`, :class:`ResetRoute` and
            :class:`ThrottledRoute`.
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
        if scope["type"] == "http":
            await self._answering(scope, receive, _Response(send))
        elif scope["type"] != "lifespan" or not await self._watch.refuses_start(receive, send):
            await self.app(scope, receive, send)

    async def _answering(self, scope: Scope, receive: Receive, response: "_Response") -> None:
        """Serve a request, and answer what a handler raises to have it answered."""
        match = self._table.find(scope)
        try:
            if match is None:
                await self.app(scope, receive, response.send)
            else:
                await self._guarded(match, scope, receive, response)
        except AttemptError as error:
            if response.started:
                raise
            await self._answer(error.answer, scope, receive, response.send)

    async def _guarded(self, match: Match, scope: Scope, receive: Receive, response: "_Response") -> None:
        self._watch.look(scope)
        route, send = match.route, response.send
        body = BufferedBody(scope, receive, max_body=self._max_body, timeout=self._body_timeout)
        fields = await self._fields(match, scope, body)
        if isinstance(fields, int):
            answer = await charge_unreadable(self._guard, scope, fields, purpose=route.purpose)
            await self._answer(answer, scope, body.receive, send)
            return
        exact = match.exact and not body_names_a_method(scope, body.content)
        course = await route.begin(self._guard, scope, fields, exact=exact)
        if isinstance(course, Course):
            await self._serve(course, scope, body.receive, response)
        else:
            await self._answer(course, scope, body.receive, send, route.refused)

    async def _fields(self, match: Match, scope: Scope, body: BufferedBody) -> Fields | int:
        """Return what the body holds, or the status of what is wrong with it."""
        status = 400 if match.ambiguous else await body.read()
        if status is not None:
            return status
        fields = read_fields(content_type_of(scope), body.content, match.route.shape(self._max_body))
        if isinstance(fields, Unreadable):
            return fields.status
        is_ambiguous = match.ambiguous_if_overridden and body_names_a_method(scope, body.content)
        return 400 if is_ambiguous else fields

    async def _serve(self, course: Course, scope: Scope, receive: Receive, response: "_Response") -> None:
        try:
            await self.app(scope, receive, _Heard(course, response).send)
        except HasherBusy:
            if response.started:
                raise
            await course.unchecked()
            await self._answer(BUSY, scope, receive, response.send)
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


class _Response:
    """Knows whether a response has started, and passes everything on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        self.started = self.started or message["type"] == "http.response.start"
        await self._send(message)


class _Heard:
    """Lets the guard hear the application's response."""

    def __init__(self, course: Course, response: _Response) -> None:
        self._course = course
        self._response = response

    async def send(self, message: Message) -> None:
        """Take the outcome from the response's start, and pass everything on."""
        if message["type"] == "http.response.start":
            message = replace_headers(message, await self._course.answered(message["status"]))
        await self._response.send(message)
