"""A login on Flask, and the ways to guard it, called by WSGI without a server or a client library."""

import io
import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from authguard_core import Settings
from authguard_flask import AuthGuard
from tests.benchmarks.harness import Key
from tests.benchmarks.logins import (
    FAILURES,
    NOTHING,
    PLENTY,
    REQUESTS,
    SECRET,
    ThreadLogin,
    Verify,
    Way,
    strict,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

UNAUTHORISED = 401
View = Callable[[], "ResponseReturnValue"]


def _view(verify: Verify) -> View:
    def login() -> "ResponseReturnValue":
        credentials = request.get_json()
        if not verify(credentials["password"]):
            abort(UNAUTHORISED)
        return {"username": credentials["username"]}

    return login


def bare(verify: Verify, _limit: int | None = None) -> Flask:
    """Build the application without any guard."""
    app = Flask("bare")
    app.post("/login")(_view(verify))
    return app


def authguard(verify: Verify, limit: int | None = None) -> Flask:
    """Guard it as authguard's own page on Flask does."""
    app = Flask("authguard")
    login = strict(limit) if limit else {}
    guard = AuthGuard(app, Settings.load(secret_key=SECRET, login=login))

    @app.post("/login")
    def sign_in() -> "ResponseReturnValue":
        form = guard.read()
        with guard.attempt(form.identity) as attempt:
            if not verify(form["password"]):
                attempt.fail()
            attempt.succeed(form.identity)
        return {"username": form.identity}

    return app


def _limited(verify: Verify, limit: int | None, **options: Any) -> Flask:  # noqa: ANN401 - as Flask-Limiter types them
    app = Flask("limited")
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    guarded = limiter.limit(f"{limit or PLENTY}/15 minutes", **options)(_view(verify))
    app.post("/login")(guarded)
    return app


def requests(verify: Verify, limit: int | None = None) -> Flask:
    """Guard it with Flask-Limiter's decorator: every request is counted, before the view."""
    return _limited(verify, limit)


def failures(verify: Verify, limit: int | None = None) -> Flask:
    """Guard it with ``deduct_when``: what was answered 401 is counted, after the view."""

    def failed(response: "Response") -> bool:
        return response.status_code == UNAUTHORISED

    return _limited(verify, limit, deduct_when=failed)


WAYS = {
    "no guard": Way(NOTHING, bare),
    "authguard, guard.attempt": Way(FAILURES, authguard),
    "Flask-Limiter, deduct_when": Way(FAILURES, failures),
    "Flask-Limiter, decorator": Way(REQUESTS, requests),
}


class FlaskLogin(ThreadLogin):
    """One of them."""

    def __init__(self, name: str, limit: int | None) -> None:
        self._app: Any = WAYS[name].build(self.verify, limit)

    def post(self, key: Key, password: str) -> int:
        body = json.dumps({"username": key.user, "password": password}).encode()
        statuses: list[str] = []

        def start(status: str, _headers: object, _error: object = None) -> None:
            statuses.append(status)

        _exhaust(self._app(_environ(key, body), start))
        return int(statuses[0][:3])


open_login = FlaskLogin


def _environ(key: Key, body: bytes) -> dict[str, object]:
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/login",
        "QUERY_STRING": "",
        "SERVER_NAME": "example.org",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": key.address,
        "HTTP_HOST": "example.org",
        "HTTP_USER_AGENT": "benchmark",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _exhaust(response: Iterable[bytes]) -> None:
    """Read the answer as a server does."""
    for _ in response:
        pass
    if close := getattr(response, "close", None):
        close()
