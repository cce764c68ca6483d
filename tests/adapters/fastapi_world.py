"""The guarded FastAPI application of the FastAPI adapter's tests."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, FastAPI, Form, Response, WebSocket
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from authguard_argon2 import Argon2Parameters
from authguard_core import AsyncGuard
from authguard_fastapi import AuthGuard, LoginGuard, OtpGuard, RegisterGuard
from tests.adapters.support import RIGHT, Clock, Told, make_hasher, make_settings, make_storage

HASHES = {"alice": make_hasher().hash(RIGHT), "bob": make_hasher().hash(RIGHT)}


class Credentials(BaseModel):
    """What a sign-in posts."""

    username: str
    password: str


class World:
    """A guard with a clock of its own in an application with every kind of endpoint."""

    def __init__(
        self,
        login: Mapping[str, str] | None = None,
        *,
        resolve: Callable[[str], str | None] | None = None,
        max_body: int = 16_384,
        body_timeout: float = 10.0,
    ) -> None:
        self.clock = Clock()
        self.told = Told()
        self.hashed = 0
        self.calls = 0
        self.guard = AuthGuard(
            make_settings(login),
            storage=make_storage(self.clock),
            hasher=make_hasher(self._count),
            resolve=resolve,
            observers=[self.told],
            max_body=max_body,
            body_timeout=body_timeout,
        )
        self.app = FastAPI()
        self.guard.init_app(self.app)
        self.app.include_router(self._router(), prefix="/api")
        self._add_sign_ins()
        self._add_others()

    @property
    def core(self) -> AsyncGuard:
        return self.guard.core

    def _count(self, _parameters: Argon2Parameters) -> None:
        self.hashed += 1

    async def is_right(self, username: str, password: str) -> bool:
        self.calls += 1
        return await self.guard.hasher.verify(HASHES.get(username), password)

    def _add_sign_ins(self) -> None:
        @self.app.post("/login")
        async def login(form: Credentials, login_guard: LoginGuard) -> dict[str, str]:
            async with login_guard.attempt(form.username) as attempt:
                if not await self.is_right(form.username, form.password):
                    attempt.fail()
                await attempt.succeed()
            return {"username": form.username}

        @self.app.post("/sync")
        def sync(form: Credentials, login_guard: LoginGuard) -> dict[str, str]:
            with login_guard.attempt(form.username) as attempt:
                self.calls += 1
                if not self.guard.sync_hasher.verify(HASHES.get(form.username), form.password):
                    attempt.fail()
                attempt.succeed()
            return {"username": form.username}

        @self.app.post("/form")
        async def form(
            username: Annotated[str, Form()], password: Annotated[str, Form()], login_guard: LoginGuard
        ) -> Response:
            async with login_guard.attempt(username) as attempt:
                if not await self.is_right(username, password):
                    attempt.fail()
                await attempt.succeed()
            return RedirectResponse("/", 303)

    def _add_others(self) -> None:
        @self.app.get("/")
        async def home() -> dict[str, str]:
            return {"page": "home"}

        @self.app.post("/notes")
        async def notes(note: Credentials) -> Credentials:
            return note

        @self.app.post("/register")
        async def register(form: Credentials, _guard: RegisterGuard) -> Response:
            return Response("too short", 422 if len(form.password) < 15 else 202)

        @self.app.websocket("/live")
        async def live(socket: WebSocket) -> None:
            await socket.accept()
            await socket.send_text("hello")
            await socket.close()

    def _router(self) -> APIRouter:
        router = APIRouter()

        @router.post("/otp")
        async def otp(code: Credentials, otp_guard: OtpGuard) -> None:
            async with otp_guard.attempt(code.username) as attempt:
                attempt.fail()

        return router
