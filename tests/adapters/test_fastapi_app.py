"""Claims about installing the guard in a FastAPI application."""

import asyncio
import importlib
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.routing import Mount

from authguard_argon2 import Argon2Hasher
from authguard_core import ConfigurationError, Reason, Settings
from authguard_fastapi import AuthGuard, LoginGuard, PurposeGuard, guarded
from authguard_fastapi.errors import answer_attempt
from authguard_fastapi.exchange import Exchange
from authguard_fastapi.finding import GuardedRoutes
from authguard_redis import open_async_storage
from tests.adapters.fastapi_world import Credentials, World
from tests.adapters.support import (
    CHEAP,
    RIGHT,
    WRONG,
    Clock,
    Message,
    Wire,
    body_messages,
    client,
    make_hasher,
    make_settings,
    make_storage,
    scope_of,
)
from tests.servers import shared
from tests.servers.redis_server import RedisServer

pytestmark = pytest.mark.anyio

PinGuard = Annotated[PurposeGuard, guarded("pin")]


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[dict[str, Any], None]:
    """Start the application and stop it, as a server does."""
    to_app, from_app = asyncio.Queue[Message](), asyncio.Queue[Message]()
    scope: dict[str, Any] = {"type": "lifespan", "state": {}}
    task = asyncio.ensure_future(app(scope, to_app.get, from_app.put))
    to_app.put_nowait({"type": "lifespan.startup"})
    if (await from_app.get())["type"] == "lifespan.startup.complete":
        yield scope["state"]
        to_app.put_nowait({"type": "lifespan.shutdown"})
    await task


def make_guard(settings: Settings | None = None, hasher: Argon2Hasher | None = None) -> AuthGuard:
    return AuthGuard(
        settings or make_settings(), storage=make_storage(Clock()), hasher=hasher or make_hasher()
    )


# ------------------------------------------------------------------ installation


def test_a_second_guard_is_refused() -> None:
    """Two would charge each attempt twice."""
    app = FastAPI()
    make_guard().init_app(app)
    with pytest.raises(ConfigurationError, match="init_app: got 'an application with a guard'"):
        make_guard().init_app(app)


async def test_a_running_application_is_refused() -> None:
    """Its middleware is fixed: the guard would never see a request."""
    app = FastAPI()
    async with running(app):
        with pytest.raises(ConfigurationError, match="init_app: got 'a running application'"):
            make_guard().init_app(app)


@pytest.mark.parametrize("limits", [{"max_body": 0}, {"body_timeout": -1.0}])
def test_limits_that_no_body_can_meet_are_refused(limits: dict[str, Any]) -> None:
    """They show when the guard is made."""
    with pytest.raises(ConfigurationError, match=next(iter(limits))):
        AuthGuard(make_settings(), **limits)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the three lines needs no argument."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", "e" * 32)
    monkeypatch.setenv("AUTHGUARD_COOKIE_SECURE", "false")
    assert AuthGuard().settings.cookie_secure is False


async def test_a_guard_without_an_application_says_so() -> None:
    """Forgetting init_app is no open door: the endpoint fails, and the log says what to call."""
    app = FastAPI()

    @app.post("/login")
    async def login(_guard: LoginGuard) -> None: ...

    wire = Wire(*body_messages(b""))
    with pytest.raises(ConfigurationError, match=r"Call guard\.init_app\(app\)"):
        await app(scope_of(), wire.receive, wire.send)


def test_without_fastapi_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra."""
    monkeypatch.setitem(sys.modules, "fastapi", None)
    monkeypatch.delitem(sys.modules, "authguard_fastapi.backend", raising=False)
    with pytest.raises(ImportError, match=r'pip install "authguard\[fastapi\]"'):
        importlib.import_module("authguard_fastapi.backend")


async def test_the_handler_answers_nothing_but_the_guards_answers() -> None:
    """Registered for anything else it fails loudly instead of inventing an answer."""
    with pytest.raises(TypeError):
        await answer_attempt(Request(scope_of()), LookupError())


# ------------------------------------------------------------------ lifespan


async def test_an_existing_lifespan_runs_and_hands_on_its_state() -> None:
    """It starts and ends as before, and the guard's hasher outlives it."""
    hasher = Argon2Hasher(parameters=CHEAP, workers=1)
    guard = make_guard(hasher=hasher)
    steps: list[object] = []

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[dict[str, str], None]:
        steps.append("up")
        yield {"shared": "state"}
        steps.append(await guard.hasher.verify(None, "x"))

    app = FastAPI(lifespan=lifespan)
    guard.init_app(app)
    async with running(app) as state:
        assert state == {"shared": "state"}
    assert steps == ["up", False]


async def test_a75_the_hashers_threads_end_with_the_application() -> None:
    """A pool that was used is closed at shutdown."""
    guard = make_guard()
    app = FastAPI()
    guard.init_app(app)
    before = set(threading.enumerate())
    async with running(app):
        await guard.hasher.hash(RIGHT)
        pool = set(threading.enumerate()) - before
        assert pool
    assert not any(thread.is_alive() for thread in pool)


async def test_a_hasher_that_was_never_used_is_not_made_to_be_closed() -> None:
    """An application with a hasher of its own needs none of ours."""
    guard = make_guard()
    app = FastAPI()
    guard.init_app(app)
    async with running(app):
        pass
    assert "hasher" not in vars(guard.core)


@pytest.mark.parametrize("handed", [False, True], ids=["by URL", "handed over"])
async def test_a_store_that_the_guard_has_opened_is_closed_with_the_application(*, handed: bool) -> None:
    """No connection stays behind, and no warning; one that was handed over is its owner's to close."""
    server, name = shared.redis(), shared.prefix()
    url = f"{server.url}?client_name={name}"
    store = open_async_storage(url) if handed else None
    guard = AuthGuard(make_settings(storage_url=url), storage=store, hasher=make_hasher())
    app = FastAPI()
    guard.init_app(app)
    async with running(app):
        await guard.inspect("alice")
        assert connected(server, name) == 1
    assert connected(server, name) == handed
    if store:
        await store.aclose()


def connected(server: RedisServer, name: str) -> int:
    """Say how many connections of a name a server has."""
    with server.client() as client:
        listed: Any = client.client_list()
    return sum(one["name"] == name for one in listed)


async def test_a_misspelt_purpose_stops_the_application_from_starting() -> None:
    """Included routers count, too."""
    app = FastAPI()
    make_guard().init_app(app)
    router = APIRouter()

    @router.post("/pin")
    async def pin(_guard: PinGuard) -> None: ...

    app.include_router(router)
    with pytest.raises(ConfigurationError, match="purpose: got 'pin'"):
        await running(app).__aenter__()


# ------------------------------------------------------------------ which routes are guarded


async def test_a_purpose_of_ones_own_has_a_budget_of_its_own() -> None:
    """Failures at the pin leave the password alone."""
    settings = Settings.load(secret_key="k" * 32, purposes={"pin": {"account_limit": "1/15m"}})
    guard = make_guard(settings)
    app = FastAPI()
    guard.init_app(app)

    @app.post("/pin")
    async def pin(pin_guard: PinGuard) -> None:
        async with pin_guard.attempt("alice") as attempt:
            attempt.fail()

    async with client(app) as browser:
        assert [(await browser.post("/pin")).status_code for _ in range(2)] == [401, 429]
    assert (await guard.inspect("alice", purpose="pin")).reason is Reason.LOCKED
    assert (await guard.inspect("alice")).failures == 0


async def test_an_included_routers_endpoint_is_guarded() -> None:
    """Body limits, answers and headers hold below a prefix as well."""
    world = World()
    async with client(world.app) as browser:
        body = {"username": "alice", "password": WRONG}
        assert (await browser.post("/api/otp", json=body)).status_code == 401
        refused = await browser.post("/api/otp", json={"username": "alice" * 10_000})
    assert (refused.status_code, refused.headers["cache-control"]) == (413, "no-store")
    assert (await world.guard.inspect("alice", purpose="otp")).failures == 1


async def test_an_unguarded_response_gets_no_header_and_costs_one_look() -> None:
    """The home page stays as it was, whoever asks how often."""
    world = World()
    async with client(world.app) as browser:
        for path, status in (("/", 200), ("/", 200), ("/nowhere", 404)):
            answer = await browser.get(path)
            assert answer.status_code == status
            assert set(answer.headers) == {"content-length", "content-type"}
    assert world.told.kinds == {}


async def test_websockets_stay_untouched() -> None:
    """A WebSocket is accepted, used and closed, and its scope holds nothing of the guard's."""
    wire = Wire({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000})
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/live",
        "headers": [],
        "query_string": b"",
        "client": None,
    }
    await World().app(scope, wire.receive, wire.send)
    assert [message["type"] for message in wire.sent] == [
        "websocket.accept",
        "websocket.send",
        "websocket.close",
    ]
    assert not any(isinstance(value, Exchange) for value in scope.values())


async def test_a_mounted_application_with_the_same_guard_counts_once() -> None:
    """The innermost installation is in charge of its routes: a refused body is charged by it alone."""
    guard = make_guard(make_settings({"ip_limit": "3/15m"}))
    inner = FastAPI()
    outer = FastAPI(routes=[Mount("/v1", inner)])
    guard.init_app(inner)
    guard.init_app(outer)

    @inner.post("/login")
    async def login(form: Credentials, login_guard: LoginGuard) -> None:
        async with login_guard.attempt(form.username) as attempt:
            attempt.fail()

    async with client(outer) as browser:
        refused = [await browser.post("/v1/login", json={"username": "x" * 20_000}) for _ in range(2)]
        counted = [
            await browser.post("/v1/login", json={"username": "alice", "password": WRONG}) for _ in range(2)
        ]
    assert [answer.status_code for answer in [*refused, *counted]] == [413, 413, 401, 429]


def test_a_route_is_never_taken_for_another_that_has_gone() -> None:
    """Routes that come and go, and so share their place in memory, are told apart."""
    routes = GuardedRoutes()

    def with_guard(_guard: LoginGuard) -> None: ...

    def without() -> None: ...

    found = [
        routes.purpose_of(APIRoute("/", endpoint)) for _ in range(20) for endpoint in (with_guard, without)
    ]
    assert found == ["login", None] * 20


# ------------------------------------------------------------------ OpenAPI


def test_the_answers_of_guarded_routes_are_documented() -> None:
    """Problem details for every refusal, with Retry-After where waiting helps; no HTTPValidationError."""
    schema = World().app.openapi()
    for path in ("/login", "/sync", "/form", "/api/otp"):
        responses = schema["paths"][path]["post"]["responses"]
        assert responses.keys() >= {"400", "401", "408", "413", "422", "429", "503"}
        assert all(
            responses[status]["content"].keys() == {"application/problem+json"}
            for status in ("401", "422", "429", "503")
        )
        assert responses["429"]["headers"].keys() == {"Retry-After"}
    assert "AuthGuardProblem" in schema["components"]["schemas"]


def test_other_routes_are_documented_as_before() -> None:
    """The guard adds nothing to them, and nothing at all to an application without sign-ins."""
    schema = World().app.openapi()
    assert schema["paths"]["/notes"]["post"]["responses"].keys() == {"200", "422"}
    plain, guarded_plain = FastAPI(), FastAPI()
    make_guard().init_app(guarded_plain)
    assert guarded_plain.openapi() == plain.openapi()


def test_what_an_application_documents_itself_stays() -> None:
    """Its own words for a 401 and a 422 are kept, and a route outside of the schema stays outside."""
    app = FastAPI()
    make_guard().init_app(app)

    @app.post("/login", responses={401: {"description": "No."}, 422: {"description": "Odd."}})
    async def login(_guard: LoginGuard) -> None: ...

    @app.post("/hidden", include_in_schema=False)
    async def hidden(_guard: LoginGuard) -> None: ...

    responses = app.openapi()["paths"]["/login"]["post"]["responses"]
    assert (responses["401"], responses["422"]) == ({"description": "No."}, {"description": "Odd."})
    assert app.openapi()["paths"].keys() == {"/login"}


def test_routes_that_are_added_later_are_documented_too() -> None:
    """The schema grows with the application."""
    app = FastAPI()
    make_guard().init_app(app)
    assert app.openapi()["paths"] == {}

    @app.post("/login")
    async def login(_guard: LoginGuard) -> None: ...

    assert "429" in app.openapi()["paths"]["/login"]["post"]["responses"]


async def test_parallel_requests_of_different_purposes_dont_mix() -> None:
    """Each request has an exchange of its own."""
    world = World()
    body = {"username": "alice", "password": WRONG}
    async with client(world.app) as browser:
        await asyncio.gather(*(browser.post(path, json=body) for path in ("/login", "/api/otp", "/login")))
    assert (await world.guard.inspect("alice")).failures == 2
    assert (await world.guard.inspect("alice", purpose="otp")).failures == 1
