"""What a real uvicorn serves in the tests of its proxy handling: one guarded login on each adapter."""

from typing import Annotated

from fastapi import FastAPI, Form
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_core import AsyncGuard
from authguard_fastapi import AuthGuard, LoginGuard


async def login(_request: Request) -> Response:
    """Nobody knows the password."""
    return Response("wrong", 401)


async def health(_request: Request) -> Response:
    """Nobody is kept from asking."""
    return Response("ok")


guarded = Middleware(
    AuthGuardMiddleware, guard=AsyncGuard(), routes=[LoginRoute("POST", "/login", success={200})]
)
starlette = Starlette(
    routes=[Route("/login", login, methods=["POST"]), Route("/", health)], middleware=[guarded]
)

fastapi = FastAPI()
AuthGuard().init_app(fastapi)


@fastapi.post("/login")
async def guess(
    username: Annotated[str, Form()], password: Annotated[str, Form()], login_guard: LoginGuard
) -> None:
    """Nobody knows the password."""
    async with login_guard.attempt(username) as attempt:
        if password:
            attempt.fail()


@fastapi.get("/")
async def home() -> str:
    """Nobody is kept from asking."""
    return "ok"
