"""Claims about FastAPI applications in wrong surroundings: a guarded WebSocket, a gullible server."""

import logging
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from uvicorn.lifespan.on import LifespanOn

from authguard_core import ConfigurationError
from authguard_fastapi import AuthGuard, LoginGuard
from tests.adapters.fastapi_world import World
from tests.adapters.support import (
    RIGHT,
    WRONG,
    ASGIApp,
    Clock,
    Wire,
    body_messages,
    client,
    make_settings,
    make_storage,
    scope_of,
)

pytestmark = pytest.mark.anyio

LIVE: dict[str, Any] = {
    "type": "websocket",
    "path": "/live",
    "headers": [],
    "query_string": b"",
    "client": None,
}


def make_live_app() -> FastAPI:
    """An application that guards a WebSocket."""
    app = FastAPI()
    AuthGuard(make_settings(), storage=make_storage(Clock())).init_app(app)

    @app.websocket("/live")
    async def live(socket: WebSocket, _guard: LoginGuard) -> None:
        await socket.accept()

    return app


async def start(app: ASGIApp, **options: object) -> LifespanOn:
    """Start an application as uvicorn does, to its first request."""
    lifespan = LifespanOn(uvicorn.Config(app, log_config=None, **options))  # type: ignore[arg-type]  # any of them
    await lifespan.startup()
    return lifespan


async def test_a_guard_on_a_websocket_is_refused_where_it_connects() -> None:
    """Its answers are HTTP responses; the message says where people sign in instead."""
    wire = Wire({"type": "websocket.connect"})
    with pytest.raises(ConfigurationError, match="LoginGuard: got 'a WebSocket', expected an HTTP endpoint"):
        await make_live_app()(dict(LIVE), wire.receive, wire.send)
    assert wire.sent == []


async def test_a_guard_on_a_websocket_stops_the_start(caplog: pytest.LogCaptureFixture) -> None:
    """It shows before the first connection."""
    with caplog.at_level(logging.ERROR):
        assert (await start(make_live_app())).should_exit
    assert "LoginGuard: got 'a WebSocket'" in caplog.text


async def test_a27_a_server_that_believes_everybody_is_not_started(caplog: pytest.LogCaptureFixture) -> None:
    """Although FastAPI puts a function of its own around the server's."""
    assert (await start(World().app, forwarded_allow_ips="*")).should_exit
    assert "forwarded_allow_ips: got '*'" in caplog.text


async def test_a27_a_server_as_it_comes_is_started(caplog: pytest.LogCaptureFixture) -> None:
    """With guarded endpoints, and without a word."""
    lifespan = await start(World().app)
    assert (lifespan.should_exit, caplog.text) == (False, "")
    await lifespan.shutdown()


async def test_a27_an_address_that_a_header_brought_is_warned_about_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever rewrote it, it shows by the missing port."""
    world = World()
    for _ in range(2):
        wire = Wire(*body_messages(b"{}"))
        await world.app(scope_of(client=("203.0.113.7", 0)), wire.receive, wire.send)
    assert caplog.text.count("didn't come from its connection") == 1


async def passing(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Do nothing, in the way of most middleware."""
    return await call_next(request)


@pytest.mark.parametrize("how", ["decorator", "class"])
async def test_a_middleware_of_functions_outside_the_guard_changes_nothing(how: str) -> None:
    """It opens a task group around the body's messages: guarded sign-ins are still answered as always."""
    world = World()
    if how == "class":
        world.app.add_middleware(BaseHTTPMiddleware, dispatch=passing)
    else:
        world.app.middleware("http")(passing)
    statuses: list[int] = []
    async with client(world.app) as browser:
        for password in (WRONG, RIGHT):
            for path in ("/login", "/sync"):
                body = {"username": "alice", "password": password}
                statuses.append((await browser.post(path, json=body)).status_code)
    assert statuses == [401, 401, 200, 200]
