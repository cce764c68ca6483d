"""The Flask application of the Flask adapter's tests."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from werkzeug.test import TestResponse

from authguard_argon2 import Argon2Hasher, Argon2Parameters
from authguard_core import MemoryStorage, Settings
from authguard_core.body import Fields
from authguard_core.storage import Storage
from authguard_flask import AuthGuard, RunningAttempt
from tests.adapters.support import RIGHT, Clock, Told, make_hasher, make_settings

HASHES = {"alice": make_hasher().hash(RIGHT), "bob": make_hasher().hash(RIGHT)}
ADDRESS = "203.0.113.7"


class World:
    """A guard with a clock of its own in an application with every kind of view."""

    def __init__(
        self,
        login: Mapping[str, str] | None = None,
        *,
        settings: Settings | None = None,
        storage: Storage | None = None,
        hasher: Argon2Hasher | None = None,
        resolve: Callable[[str], str | None] | None = None,
        trusted: Sequence[str] = (),
        max_body: int = 16_384,
    ) -> None:
        self.clock = Clock()
        self.told = Told()
        self.hashed = 0
        self.calls = 0
        self.app = Flask("shop")
        self.guard = AuthGuard(
            self.app,
            settings or make_settings(login, trusted=trusted),
            storage=MemoryStorage(clock=self.clock) if storage is None else storage,
            hasher=hasher or make_hasher(self._count),
            resolve=resolve,
            observers=[self.told],
            max_body=max_body,
        )
        self._add_sign_ins()
        self._add_decorated()

    def _count(self, _parameters: Argon2Parameters) -> None:
        self.hashed += 1

    def is_right(self, username: str, password: str) -> bool:
        self.calls += 1
        return self.guard.hasher.verify(HASHES.get(username), password)

    def try_out(self, attempt: RunningAttempt, fields: Fields) -> None:
        """What every sign-in does with an attempt."""
        if not self.is_right(fields.identity, fields["password"]):
            attempt.fail()
        attempt.succeed()

    def post(
        self,
        name: str = "alice",
        password: str = RIGHT,
        *,
        path: str = "/login",
        address: str = ADDRESS,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - as werkzeug's
    ) -> TestResponse:
        """Post credentials as JSON, from an address."""
        body = more or {"json": {"username": name, "password": password}}
        client = self.app.test_client(use_cookies=False)
        return client.post(path, headers=headers, environ_overrides={"REMOTE_ADDR": address}, **body)

    def lock(self, name: str = "alice") -> None:
        """Use the budget of a name up, from several addresses."""
        for number in range(3):
            assert self.post(name, "wrong", address=f"198.51.{number}.1").status_code == 401

    def _add_sign_ins(self) -> None:
        @self.app.post("/login")
        def login() -> ResponseReturnValue:
            fields = self.guard.read()
            with self.guard.attempt(fields.identity) as attempt:
                self.try_out(attempt, fields)
            return {"username": fields.identity}, {"Cache-Control": "public, max-age=60"}

        @self.app.post("/async")
        async def asynchronous() -> ResponseReturnValue:
            fields = self.guard.read()
            with self.guard.attempt(fields.identity) as attempt:
                self.try_out(attempt, fields)
            return {"username": fields.identity}

        @self.app.post("/forgotten")
        def forgotten() -> ResponseReturnValue:
            with self.guard.attempt(self.guard.read().identity):
                return {"username": "?"}

        @self.app.get("/")
        def home() -> ResponseReturnValue:
            return "home", {"Cache-Control": "public"}

    def _add_decorated(self) -> None:
        blueprint = Blueprint("api", "api", url_prefix="/api")

        @blueprint.post("/login/<shop>")
        @self.guard.guarded()
        def login(shop: str, attempt: RunningAttempt, fields: Fields) -> ResponseReturnValue:
            self.try_out(attempt, fields)
            return {"shop": shop}

        @blueprint.post("/async")
        @self.guard.guarded()
        async def asynchronous(attempt: RunningAttempt, fields: Fields) -> ResponseReturnValue:
            self.try_out(attempt, fields)
            return {"username": fields.identity}

        @blueprint.post("/otp")
        @self.guard.guarded("otp", fields=("code",))
        def otp(attempt: RunningAttempt, fields: Fields) -> ResponseReturnValue:
            if fields["code"] != "123456":
                attempt.fail()
            attempt.succeed()
            return {}

        class SignIn(MethodView):
            decorators = [self.guard.guarded()]  # noqa: RUF012 - Flask's own way

            def post(_, attempt: RunningAttempt, fields: Fields) -> ResponseReturnValue:  # noqa: N805 - the world's self is used
                self.try_out(attempt, fields)
                return {"username": fields.identity}

        blueprint.add_url_rule("/class", view_func=SignIn.as_view("class"))
        self.app.register_blueprint(blueprint)


def device_cookie(answer: TestResponse) -> str:
    """The one cookie of an answer, as a browser sends it back."""
    [line] = answer.headers.getlist("Set-Cookie")
    return line.partition(";")[0]
