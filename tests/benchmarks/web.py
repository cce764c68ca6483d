"""One login on FastAPI, and the ways to guard it, called in-process without a server or a client library."""

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

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
Verify = Callable[[str], Awaitable[bool]]
"""Says whether the password is right."""

RIGHT = "right"
PLENTY = 1_000_000


class Credentials(BaseModel):
    """What the login form sends."""

    username: str
    password: str


async def instant(password: str) -> bool:
    """Verify without the work of a hash, which would hide everything else."""
    return password == RIGHT


def bare(verify: Verify = instant) -> FastAPI:
    """Build the application without any guard."""
    app = FastAPI()

    @app.get("/")
    async def home() -> dict[str, str]:
        return {"hello": "world"}

    @app.post("/login")
    async def login(credentials: Credentials) -> dict[str, str]:
        if not await verify(credentials.password):
            raise HTTPException(401)
        return {"username": credentials.username}

    return app


class NoOp:
    """A middleware that does nothing."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        await self.app(scope, receive, send)


def no_op() -> FastAPI:
    """Build the application with a middleware that does nothing."""
    app = bare()
    app.add_middleware(NoOp)
    return app


def _settings(login: dict[str, object]) -> Settings:
    return Settings.load(secret_key="benchmark " * 4, login=login)


def middleware(verify: Verify = instant, **login: object) -> FastAPI:
    """Guard it with AuthGuardMiddleware: the handlers know nothing of it."""
    app = bare(verify)
    app.add_middleware(
        AuthGuardMiddleware,
        guard=AsyncGuard(_settings(login)),
        routes=[LoginRoute("POST", "/login", success={200})],
    )
    return app


def dependency(verify: Verify = instant, **login: object) -> FastAPI:
    """Guard it with FastAPI's LoginGuard."""
    app = FastAPI()
    AuthGuard(_settings(login)).init_app(app)

    @app.post("/login")
    async def sign_in(credentials: Credentials, login_guard: LoginGuard) -> dict[str, str]:
        async with login_guard.attempt(credentials.username) as attempt:
            if not await verify(credentials.password):
                attempt.fail()
            await attempt.succeed(credentials.username)
        return {"username": credentials.username}

    return app


def fastapi_limiter(verify: Verify = instant, limit: int = PLENTY) -> FastAPI:
    """Guard it with fastapi-limiter as its README does."""
    app = FastAPI()
    limiter = RateLimiter(limiter=Limiter(Rate(limit, 15 * Duration.MINUTE)))

    @app.post("/login", dependencies=[Depends(limiter)])
    async def login(credentials: Credentials) -> dict[str, str]:
        if not await verify(credentials.password):
            raise HTTPException(401)
        return {"username": credentials.username}

    return app


def _slow(app: FastAPI, limit: int) -> SlowLimiter:
    limiter = SlowLimiter(key_func=get_remote_address, default_limits=[f"{limit}/15 minutes"])
    app.state.limiter = limiter
    app.add_exception_handler(RateLimitExceeded, slow_exceeded)  # type: ignore[arg-type]  # as its README does
    return limiter


def slowapi_decorator(verify: Verify = instant, limit: int = PLENTY) -> FastAPI:
    """Guard it with slowapi's decorator."""
    app = FastAPI()
    limited = _slow(app, limit).limit(f"{limit}/15 minutes")

    @app.post("/login")
    @limited
    async def login(request: Request, credentials: Credentials) -> dict[str, str]:  # noqa: ARG001 - slowapi looks for it
        if not await verify(credentials.password):
            raise HTTPException(401)
        return {"username": credentials.username}

    return app


def slowapi_asgi(verify: Verify = instant, limit: int = PLENTY) -> FastAPI:
    """Guard it with slowapi's pure ASGI middleware."""
    app = bare(verify)
    _slow(app, limit)
    app.add_middleware(SlowAPIASGIMiddleware)
    return app


def slowapi_base(verify: Verify = instant, limit: int = PLENTY) -> FastAPI:
    """Guard it with slowapi's BaseHTTPMiddleware."""
    app = bare(verify)
    _slow(app, limit)
    app.add_middleware(SlowAPIMiddleware)
    return app


def limits_by_hand(verify: Verify = instant, limit: int = PLENTY) -> FastAPI:
    """Guard it with limits' asynchronous windows in the handler: ask both, verify, hit both."""
    app = FastAPI()
    limiter, item = MovingWindowRateLimiter(LimitsStorage()), parse(f"{limit}/15 minutes")

    @app.post("/login")
    async def login(request: Request, credentials: Credentials) -> dict[str, str]:
        address, user = request.client.host if request.client else "", credentials.username
        if not (await limiter.test(item, "ip", address) and await limiter.test(item, "user", user)):
            raise HTTPException(429)
        if not await verify(credentials.password):
            await limiter.hit(item, "ip", address)
            await limiter.hit(item, "user", user)
            raise HTTPException(401)
        return {"username": user}

    return app


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
