"""A login on FastAPI, and the ways to guard it, called by ASGI without a server or a client library."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi_limiter.depends import RateLimiter
from limits import parse
from limits.aio.storage import MemoryStorage as LimitsStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel
from pyrate_limiter import Duration, Limiter, Rate
from slowapi import Limiter as SlowLimiter
from slowapi import _rate_limit_exceeded_handler as slow_exceeded
from slowapi.errors import RateLimitExceeded
from slowapi.middleware import SlowAPIASGIMiddleware, SlowAPIMiddleware
from slowapi.util import get_remote_address

from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_core import AsyncGuard, Settings
from authguard_fastapi import AuthGuard, LoginGuard
from tests.benchmarks.harness import Key
from tests.benchmarks.logins import (
    FAILURES,
    NOTHING,
    PLENTY,
    REQUESTS,
    SECRET,
    AsyncVerify,
    TaskLogin,
    Way,
    strict,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

UNAUTHORISED, TOO_MANY = 401, 429


class Credentials(BaseModel):
    """What the login form sends."""

    username: str
    password: str


def bare(verify: AsyncVerify, _limit: int | None = None) -> FastAPI:
    """Build the application without any guard."""
    app = FastAPI()

    @app.post("/login")
    async def login(credentials: Credentials) -> dict[str, str]:
        if not await verify(credentials.password):
            raise HTTPException(UNAUTHORISED)
        return {"username": credentials.username}

    return app


def _settings(limit: int | None) -> Settings:
    return Settings.load(secret_key=SECRET, login=strict(limit) if limit else {})


def add_middleware(app: FastAPI, limit: int | None = None) -> None:
    """Add AuthGuardMiddleware, which guards the login."""
    app.add_middleware(
        AuthGuardMiddleware,
        guard=AsyncGuard(_settings(limit)),
        routes=[LoginRoute("POST", "/login", success={200})],
    )


def middleware(verify: AsyncVerify, limit: int | None = None) -> FastAPI:
    """Guard it with AuthGuardMiddleware: the handlers know nothing of it."""
    app = bare(verify)
    add_middleware(app, limit)
    return app


def dependency(verify: AsyncVerify, limit: int | None = None) -> FastAPI:
    """Guard it with FastAPI's LoginGuard."""
    app = FastAPI()
    AuthGuard(_settings(limit)).init_app(app)

    @app.post("/login")
    async def sign_in(credentials: Credentials, login_guard: LoginGuard) -> dict[str, str]:
        async with login_guard.attempt(credentials.username) as attempt:
            if not await verify(credentials.password):
                attempt.fail()
            await attempt.succeed(credentials.username)
        return {"username": credentials.username}

    return app


def fastapi_limiter(verify: AsyncVerify, limit: int | None = None) -> FastAPI:
    """Guard it with fastapi-limiter as its README does."""
    app = FastAPI()
    limiter = RateLimiter(limiter=Limiter(Rate(limit or PLENTY, 15 * Duration.MINUTE)))

    @app.post("/login", dependencies=[Depends(limiter)])
    async def login(credentials: Credentials) -> dict[str, str]:
        if not await verify(credentials.password):
            raise HTTPException(UNAUTHORISED)
        return {"username": credentials.username}

    return app


def _slow(app: FastAPI, limit: int | None) -> SlowLimiter:
    limiter = SlowLimiter(key_func=get_remote_address, default_limits=[f"{limit or PLENTY}/15 minutes"])
    app.state.limiter = limiter
    app.add_exception_handler(RateLimitExceeded, slow_exceeded)  # type: ignore[arg-type]  # as its README does
    return limiter


def slowapi_decorator(verify: AsyncVerify, limit: int | None = None) -> FastAPI:
    """Guard it with slowapi's decorator."""
    app = FastAPI()
    limited = _slow(app, limit).limit(f"{limit or PLENTY}/15 minutes")

    @app.post("/login")
    @limited
    async def login(request: Request, credentials: Credentials) -> dict[str, str]:  # noqa: ARG001 - slowapi looks for it
        if not await verify(credentials.password):
            raise HTTPException(UNAUTHORISED)
        return {"username": credentials.username}

    return app


def slowapi_asgi(verify: AsyncVerify, limit: int | None = None) -> FastAPI:
    """Guard it with slowapi's pure ASGI middleware."""
    app = bare(verify)
    _slow(app, limit)
    app.add_middleware(SlowAPIASGIMiddleware)
    return app


def slowapi_base(verify: AsyncVerify, limit: int | None = None) -> FastAPI:
    """Guard it with slowapi's BaseHTTPMiddleware."""
    app = bare(verify)
    _slow(app, limit)
    app.add_middleware(SlowAPIMiddleware)
    return app


def limits_by_hand(verify: AsyncVerify, limit: int | None = None) -> FastAPI:
    """Guard it with limits' asynchronous windows in the handler: ask both, verify, hit both."""
    app = FastAPI()
    limiter, item = MovingWindowRateLimiter(LimitsStorage()), parse(f"{limit or PLENTY}/15 minutes")

    @app.post("/login")
    async def login(request: Request, credentials: Credentials) -> dict[str, str]:
        address, user = request.client.host if request.client else "", credentials.username
        if not (await limiter.test(item, "ip", address) and await limiter.test(item, "user", user)):
            raise HTTPException(TOO_MANY)
        if not await verify(credentials.password):
            await limiter.hit(item, "ip", address)
            await limiter.hit(item, "user", user)
            raise HTTPException(UNAUTHORISED)
        return {"username": user}

    return app


WAYS = {
    "no guard": Way(NOTHING, bare),
    "authguard, LoginGuard": Way(FAILURES, dependency),
    "authguard, AuthGuardMiddleware": Way(FAILURES, middleware),
    "limits, in the handler": Way(FAILURES, limits_by_hand, by_hand=True),
    "fastapi-limiter, dependency": Way(REQUESTS, fastapi_limiter),
    "slowapi, ASGI middleware": Way(REQUESTS, slowapi_asgi),
    "slowapi, decorator": Way(REQUESTS, slowapi_decorator),
    "slowapi, SlowAPIMiddleware": Way(REQUESTS, slowapi_base),
}


class FastAPILogin(TaskLogin):
    """One of them."""

    def __init__(self, name: str, limit: int | None) -> None:
        super().__init__()
        # limits' clean-up may fail in its own task.
        self._runner.get_loop().set_exception_handler(lambda _loop, _context: None)
        self._app: App = WAYS[name].build(self.verify, limit)

    async def post(self, key: Key, password: str) -> int:
        return await post(self._app, key, password)


open_login = FastAPILogin


# One call

HEADERS = [(b"host", b"example.org"), (b"content-type", b"application/json"), (b"user-agent", b"benchmark")]
SCOPE: Scope = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.3"},
    "http_version": "1.1",
    "scheme": "https",
    "server": ("192.0.2.80", 443),
    "root_path": "",
    "query_string": b"",
}


class Call:
    """One request, and the status that came back."""

    __slots__ = ("_body", "status")

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 0

    async def receive(self) -> Message:
        """Hand over the body, then nothing: the client stays."""
        if self._body is None:
            await asyncio.Event().wait()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        """Note the status."""
        if message["type"] == "http.response.start":
            self.status = message["status"]


async def get(app: App, path: str) -> int:
    """Ask for a page."""
    call = Call(b"")
    target = {"method": "GET", "path": path, "raw_path": path.encode(), "client": ("192.0.2.1", 1)}
    await app({**SCOPE, **target, "headers": list(HEADERS)}, call.receive, call.send)
    return call.status


async def post(app: App, key: Key, password: str) -> int:
    """Try to sign in."""
    body = json.dumps({"username": key.user, "password": password}).encode()
    call = Call(body)
    target = {"method": "POST", "path": "/login", "raw_path": b"/login", "client": (key.address, 1)}
    headers = [*HEADERS, (b"content-length", str(len(body)).encode())]
    await app({**SCOPE, **target, "headers": headers}, call.receive, call.send)
    return call.status
