"""Claims about FastAPI endpoints that need a real server: raw targets, and clients that leave."""

import socket
import threading

from fastapi import Request

from authguard_fastapi import LoginGuard
from tests.adapters.fastapi_world import World
from tests.adapters.support import TARGETS, Receive, Scope, Send, request, serving

BODY = b'{"username": "alice", "password": "guess"}'
METHODS = ["POST", "HEAD", "OPTIONS", "PUT", "GET"]


def test_a37_no_spelling_of_path_or_method_gets_a_sixth_guess() -> None:
    """The guard is bound to the endpoint: what reaches it is counted, the rest never reaches it."""
    world = World({"delay_after": "5"})
    with serving(world.app) as port:
        statuses = {
            request(
                port, method, target, BODY, content_type="application/json", x_http_method_override="POST"
            )
            for target in [*TARGETS, "/sync"] * 3
            for method in METHODS
        }
    assert world.calls == world.told.kinds["attempt_admitted"] == 5
    assert statuses == {307, 401, 404, 405, 429}


def test_a16_a_client_that_leaves_during_the_check_has_failed() -> None:
    """The connection closes while the password is checked: nothing is given back."""
    world = World()
    checking, over = threading.Event(), threading.Event()

    @world.app.post("/slow")
    async def slow(request: Request, login_guard: LoginGuard) -> None:
        async with login_guard.attempt("alice") as attempt:
            await request.body()
            checking.set()
            while (await request.receive())["type"] != "http.disconnect":
                pass
            attempt.fail()

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await world.app(scope, receive, send)
        finally:
            over.set()

    head = b"POST /slow HTTP/1.1\r\nhost: shop.example\r\ncontent-length: 0\r\n\r\n"
    with serving(watched) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head)
        assert checking.wait(30)
        connection.close()
        assert over.wait(30)
    assert (world.told.kinds["attempt_failed"], world.told.kinds["attempt_succeeded"]) == (1, 0)


def test_a73_ten_megabytes_are_refused_at_the_head() -> None:
    """A body that announces too much is answered before it is sent."""
    head = b"POST /login HTTP/1.1\r\nhost: shop.example\r\ncontent-length: 10000000\r\n\r\n"
    with (
        serving(World().app) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(head)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 413 ")
