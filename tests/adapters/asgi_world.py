"""The guarded Starlette application of the ASGI middleware's tests."""

import json
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from authguard_argon2 import Argon2Parameters
from authguard_asgi import AuthGuardMiddleware, GuardedRoute, LoginRoute, Respond
from authguard_core import AsyncGuard
from authguard_core.guard import Resolve
from tests.adapters.support import (
    RIGHT,
    WRONG,
    ASGIApp,
    Clock,
    Receive,
    Scope,
    Send,
    Told,
    make_hasher,
    make_settings,
    make_storage,
)

LOGIN = LoginRoute("POST", "/login", success={200})
HASHES = {"alice": make_hasher().hash(RIGHT), "bob": make_hasher().hash(RIGHT)}
CREDENTIALS = json.dumps({"username": "alice", "password": WRONG}).encode()


class World:
    """A guard with a clock of its own around a Starlette application with real hashes."""

    def __init__(
        self,
        *,
        routes: Sequence[GuardedRoute] = (LOGIN,),
        secure: bool = True,
        resolve: Resolve | None = None,
        **login: str,
    ) -> None:
        self.clock = Clock()
        self.told = Told()
        self.hashed = 0
        self.calls = 0
        settings = make_settings(login, cookie_secure=secure)
        self.guard = AsyncGuard(
            settings,
            storage=make_storage(self.clock),
            hasher=make_hasher(self._count),
            resolve=resolve,
            observers=[self.told],
            clock=self.clock,
        )
        guarded = Middleware(AuthGuardMiddleware, guard=self.guard, routes=routes)
        endpoints = [
            Route("/login", self.login, methods=["POST"]),
            Route("/", self.home, methods=["GET", "POST"]),
        ]
        self.app: ASGIApp = Starlette(routes=endpoints, middleware=[guarded])

    def _count(self, _parameters: Argon2Parameters) -> None:
        self.hashed += 1

    async def login(self, request: Request) -> Response:
        self.calls += 1
        form = await request.json() if "json" in request.headers["content-type"] else await request.form()
        if await self.guard.hasher.verify(HASHES.get(str(form["username"])), str(form["password"])):
            return JSONResponse({"username": form["username"]})
        return JSONResponse({"detail": "no"}, 401)

    async def home(self, _request: Request) -> Response:
        return Response("home")

    def wrap(self, app: ASGIApp, **limits: float) -> ASGIApp:
        """Guard another application."""
        return AuthGuardMiddleware(app, self.guard, [LOGIN], **limits)  # type: ignore[arg-type]  # wrong ones too

    def guarding(self, app: ASGIApp, *routes: GuardedRoute, respond: Respond | None = None) -> ASGIApp:
        """Guard routes of another application."""
        return AuthGuardMiddleware(app, self.guard, routes, respond=respond)


def creds(username: str = "alice", password: str = WRONG) -> dict[str, str]:
    return {"username": username, "password": password}


async def failures(world: World, identifier: str = "alice") -> int:
    return (await world.guard.inspect(identifier)).failures


def answering(status: int, headers: Sequence[tuple[bytes, bytes]] = ()) -> ASGIApp:
    """An application that answers whatever it gets."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"x"})

    return app
