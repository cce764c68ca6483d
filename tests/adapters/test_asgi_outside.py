"""Claims about middleware outside the guard: what it does with receive and send changes nothing."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authguard_asgi import AuthGuardMiddleware, BufferedBody
from tests.adapters.asgi_world import LOGIN, World, creds, failures
from tests.adapters.support import RIGHT, ASGIApp, Message, client, scope_of

pytestmark = pytest.mark.anyio


class Passing(BaseHTTPMiddleware):
    """Does nothing, in the way of most middleware."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        return await call_next(request)


def surrounded(world: World, layers: int, *, timeout: float = 10.0) -> ASGIApp:
    guarded = Middleware(
        AuthGuardMiddleware, guard=world.guard, routes=[LOGIN], max_body=1_000, body_timeout=timeout
    )
    return Starlette(
        routes=[Route("/login", world.login, methods=["POST"])],
        middleware=[*[Middleware(Passing)] * layers, guarded],
    )


@pytest.mark.parametrize("layers", [1, 3])
async def test_a_middleware_of_functions_outside_the_guard_changes_nothing(layers: int) -> None:
    """It opens a task group around the body's messages: a sign-in is answered, counted and given back."""
    world = World()
    async with client(surrounded(world, layers)) as browser:
        wrong = [(await browser.post("/login", json=creds())).status_code for _ in range(2)]
        assert (wrong, await failures(world)) == ([401, 401], 2)
        assert (await browser.post("/login", json=creds(password=RIGHT))).status_code == 200
        assert (await browser.post("/login", json=creds(password="x" * 2_000))).status_code == 413
    assert await failures(world) == 0


async def test_a73_the_deadline_holds_within_a_receive_that_has_a_scope_of_its_own() -> None:
    """What never arrives is given up, and no scope is left in the wrong order."""

    async def receive() -> Message:
        async with anyio.create_task_group():
            await anyio.sleep_forever()
        raise AssertionError

    body = BufferedBody(scope_of(), receive, max_body=9, timeout=0.001)
    assert await body.read() == 408
