"""Claims that need a real server: raw targets, clients that leave, bodies that drip."""

import socket
import threading

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_core import AsyncGuard
from tests.adapters.support import (
    TARGETS,
    ASGIApp,
    Clock,
    Receive,
    Scope,
    Send,
    Told,
    make_settings,
    make_storage,
    request,
    serving,
)

BODY = b'{"username": "alice", "password": "guess"}'
ALL_TARGETS = [*TARGETS, "/api/login", "/api//login", "/api/%6cogin", "http://127.0.0.1/login"]
METHODS = ["POST", "HEAD", "OPTIONS", "PUT", "PATCH", "GET", "QUERY"]
OVERRIDES = [{}, {"x_http_method_override": "POST"}, {"x_method_override": "POST"}]


class Target:
    """An application that counts the guesses that reach its handler."""

    def __init__(self, *, lenient: bool) -> None:
        self.reached = 0
        self.told = Told()
        self.guard = AsyncGuard(
            make_settings({"delay_after": "5"}), storage=make_storage(Clock()), observers=[self.told]
        )
        routes = [
            LoginRoute("POST", "/login", success={200}),
            LoginRoute("POST", "/api/login", success={200}),
        ]
        guarded = Middleware(AuthGuardMiddleware, guard=self.guard, routes=routes)
        inner = Starlette(routes=[Route("/login", self.login, methods=["POST"])])
        strict = Starlette(
            routes=[Route("/login", self.login, methods=["POST"]), Mount("/api", inner)], middleware=[guarded]
        )
        self.app: ASGIApp = AuthGuardMiddleware(self.anything, self.guard, routes) if lenient else strict

    async def login(self, _request: Request) -> Response:
        self.reached += 1
        return Response("wrong", 401)

    async def anything(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take whatever looks like a sign-in for one, in any method."""
        if "login" in scope["path"].lower().replace("%6c", "l") or b"login" in scope["raw_path"].lower():
            self.reached += 1
        await Response("wrong", 401)(scope, receive, send)


def test_a37_no_spelling_of_path_or_method_gets_a_sixth_guess_past_a_strict_router() -> None:
    """All variants together are admitted five times, and the handler is reached by none but admitted ones."""
    target = Target(lenient=False)
    with serving(target.app) as port:
        for spelled in ALL_TARGETS:
            for method in METHODS:
                for override in OVERRIDES:
                    request(port, method, spelled, BODY, content_type="application/json", **override)
    assert 0 < target.reached <= target.told.kinds["attempt_admitted"] == 5


@pytest.mark.parametrize(
    "spelled", [one for one in ALL_TARGETS if one not in {"/login%3fx", "http://127.0.0.1/login"}]
)
def test_a37_a_lenient_applications_reading_of_a_path_is_counted(spelled: str) -> None:
    """Even an application that takes every spelling for the sign-in sees each one counted."""
    target = Target(lenient=True)
    with serving(target.app) as port:
        assert request(port, "POST", spelled, BODY, content_type="application/json") == 401
        assert request(port, "GET", spelled + "?_method=POST", BODY, content_type="application/json") == 401
    assert target.told.kinds["attempt_failed"] == target.reached == 2


def test_a16_a_client_that_leaves_during_the_check_has_failed() -> None:
    """The connection closes while the password is checked: nothing is given back."""
    checking, over = threading.Event(), threading.Event()
    told = Told()
    guard = AsyncGuard(make_settings(), storage=make_storage(Clock()), observers=[told])

    async def handler(request: Request) -> Response:
        await request.body()
        checking.set()
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response("too late", 500)

    guarded = Middleware(
        AuthGuardMiddleware, guard=guard, routes=[LoginRoute("POST", "/login", success={200})]
    )
    app = Starlette(routes=[Route("/login", handler, methods=["POST"])], middleware=[guarded])

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        finally:
            over.set()

    with serving(watched) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head(len(BODY)) + BODY)
        assert checking.wait(30)
        connection.close()
        assert over.wait(30)
    assert (told.kinds["attempt_failed"], told.kinds["attempt_succeeded"]) == (1, 0)


def test_a73_a_body_that_drips_is_answered_while_the_connection_is_still_open() -> None:
    """The server doesn't wait for the rest of a body whose time is over."""
    guard = AsyncGuard(make_settings(), storage=make_storage(Clock()))
    app = AuthGuardMiddleware(
        Starlette(), guard, [LoginRoute("POST", "/login", success={200})], body_timeout=0.01
    )
    with serving(app) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head(1_000) + b"{")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 408 ")


def test_a73_ten_megabytes_are_refused_at_the_head() -> None:
    """A body that announces too much is answered before it is sent."""
    guard = AsyncGuard(make_settings(), storage=make_storage(Clock()))
    app = AuthGuardMiddleware(Starlette(), guard, [LoginRoute("POST", "/login", success={200})])
    with serving(app) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head(10_000_000))
        assert connection.recv(1_000).startswith(b"HTTP/1.1 413 ")


def head(length: int) -> bytes:
    """The head of a post to the sign-in."""
    return (
        b"POST /login HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/json\r\n"
        b"content-length: " + str(length).encode() + b"\r\n\r\n"
    )
