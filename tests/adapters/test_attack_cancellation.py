"""Requests that end at any moment: whatever a server cancels, an attempt that was checked is counted."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_core import AsyncGuard, AsyncMemoryStorage, MemoryStorage
from authguard_core.counting.ops import Op, Result
from authguard_fastapi import AuthGuard, LoginGuard
from tests.adapters.support import (
    ASGIApp,
    Clock,
    Message,
    Receive,
    Scope,
    Send,
    body_messages,
    make_hasher,
    make_settings,
    scope_of,
)

pytestmark = pytest.mark.anyio

LIMIT = 5
BODY = b'{"username": "alice", "password": "wrong"}'
MANY = 200
"""More turns of the event loop than a request takes."""


class Yielding:
    """A store that lets every other task run before and after each trip."""

    def __init__(self) -> None:
        self.inner = AsyncMemoryStorage(MemoryStorage(clock=Clock()))

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        await asyncio.sleep(0)
        results = await self.inner.execute(ops)
        await asyncio.sleep(0)
        return results


class Login(BaseModel):
    """What is posted."""

    username: str
    password: str


class Victim:
    """An application that counts the passwords it looked at, and yields wherever it can."""

    def __init__(self) -> None:
        self.checked = 0
        self.settings = make_settings({"delay_after": "5"})

    async def check(self) -> None:
        self.checked += 1
        for _ in range(3):
            await asyncio.sleep(0)

    def by_middleware(self) -> ASGIApp:
        async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
            await self.check()
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b"no"})

        guard = AsyncGuard(self.settings, storage=Yielding(), hasher=make_hasher())
        return AuthGuardMiddleware(app, guard, [LoginRoute("POST", "/login", success={200})])

    def by_dependency(self) -> ASGIApp:
        guard = AuthGuard(self.settings, storage=Yielding(), hasher=make_hasher())
        app = FastAPI()
        guard.init_app(app)

        @app.post("/login")
        async def login(form: Login, login_guard: LoginGuard) -> None:
            async with login_guard.attempt(form.username) as attempt:
                await self.check()
                attempt.fail()

        return app


async def cancelled_after(app: ASGIApp, turns: int) -> bool:
    """Serve one request and cancel it after some turns of the loop; say whether it was still running."""
    messages = body_messages(BODY[:20], BODY[20:])

    async def receive() -> Message:
        await asyncio.sleep(0)
        return messages.pop(0)

    async def send(_message: Message) -> None:
        await asyncio.sleep(0)

    running: asyncio.Future[Any] = asyncio.ensure_future(app(scope_of(), receive, send))
    for _ in range(turns):
        await asyncio.sleep(0)
    if running.done():
        return False
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return True


BUILDS = {"middleware": Victim.by_middleware, "dependency": Victim.by_dependency}


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
async def test_a16_cancelled_at_any_turn_of_the_loop_no_guess_is_free(
    build: Callable[[Victim], ASGIApp],
) -> None:
    """G2: eight are cancelled after one turn, eight after two, and so on: five at most are checked."""
    most, running = 0, [True]
    for turns in range(MANY):
        victim = Victim()
        app = build(victim)
        running = [await cancelled_after(app, turns) for _ in range(8)]
        most = max(most, victim.checked)
        assert victim.checked <= LIMIT, turns
        if not any(running):
            break
    assert most == LIMIT
    assert not any(running), "every await has been a place to cancel at"
