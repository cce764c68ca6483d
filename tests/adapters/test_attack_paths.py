"""Secrets and names in the path: a counter belongs to the route and the account, never to the address bar."""

import json
from collections.abc import Callable
from typing import Annotated

import pytest
from fastapi import Body, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_core import AsyncGuard, Settings
from authguard_fastapi import AuthGuard, OtpGuard
from tests.adapters.support import JSON, ASGIApp, Clock, client, make_hasher, make_storage

pytestmark = pytest.mark.anyio

UNDELAYED = {"otp": {"delay_after": 5}}
RIGHT_CODE = "000777"


class Endpoint:
    """Takes a code in its path and counts the codes that it looked at."""

    def __init__(self) -> None:
        self.looked_at: list[str] = []

    def is_right(self, code: str) -> bool:
        self.looked_at.append(code)
        return code == RIGHT_CODE


def by_middleware(endpoint: Endpoint) -> ASGIApp:
    """A Starlette application with the code in its path, and nothing but the middleware."""

    async def verify(request: Request) -> Response:
        return JSONResponse({}, 200 if endpoint.is_right(request.path_params["code"]) else 401)

    route = LoginRoute("POST", "/verify/{code}", secrets=(), purpose="otp", success={200})
    guard = AsyncGuard(Settings.load(secret_key="k" * 32, **UNDELAYED), storage=make_storage(Clock()))
    return Starlette(
        routes=[Route("/verify/{code}", verify, methods=["POST"])],
        middleware=[Middleware(AuthGuardMiddleware, guard=guard, routes=[route])],
    )


def by_dependency(endpoint: Endpoint) -> ASGIApp:
    """The same endpoint in FastAPI, with a dependency."""
    settings = Settings.load(secret_key="k" * 32, **UNDELAYED)
    guard = AuthGuard(settings, storage=make_storage(Clock()), hasher=make_hasher())
    app = FastAPI()
    guard.init_app(app)

    @app.post("/verify/{code}")
    async def verify(code: str, username: Annotated[str, Body(embed=True)], otp_guard: OtpGuard) -> None:
        async with otp_guard.attempt(username) as attempt:
            if not endpoint.is_right(code):
                attempt.fail()
            await attempt.succeed()

    return app


@pytest.mark.parametrize("build", [by_middleware, by_dependency], ids=["middleware", "dependency"])
async def test_a25_a_code_in_the_path_opens_no_bucket_of_its_own(
    build: Callable[[Endpoint], ASGIApp],
) -> None:
    """A thousand codes in a thousand paths are five guesses at one account; then the right one is refused."""
    endpoint = Endpoint()
    async with client(build(endpoint)) as browser:
        content = json.dumps({"username": "alice"})
        statuses = [
            (await browser.post(f"/verify/{code:06}", content=content, headers=JSON)).status_code
            for code in range(1_000)
        ]
    assert statuses == [401] * 5 + [429] * 995
    assert RIGHT_CODE not in endpoint.looked_at


@pytest.mark.parametrize("build", [by_middleware, by_dependency], ids=["middleware", "dependency"])
async def test_a25_a_query_and_a_fragment_of_the_path_open_none_either(
    build: Callable[[Endpoint], ASGIApp],
) -> None:
    """Neither parameters behind the path nor in it make another route of it."""
    endpoint = Endpoint()
    async with client(build(endpoint)) as browser:
        content = json.dumps({"username": "alice"})
        for number in range(60):
            tail = (f"?{number}", f";{number}", f"%3B{number}", f"/?x={number}")[number % 4]
            await browser.post(f"/verify/{number:06}{tail}", content=content, headers=JSON)
    assert len(endpoint.looked_at) <= 5
