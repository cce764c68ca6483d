"""Claims about what the middleware makes of the server that it runs under."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from uvicorn.lifespan.on import LifespanOn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from authguard_asgi import AuthGuardMiddleware
from tests.adapters.asgi_world import CREDENTIALS, LOGIN, World
from tests.adapters.support import ASGIApp, Message, Receive, Scope, Send, Wire, body_messages, scope_of

pytestmark = pytest.mark.anyio

REWRITTEN = "didn't come from its connection"
NO_PORT = ("203.0.113.7", 0)


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shell says of proxies, the tests say it themselves."""
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)


async def start(app: ASGIApp, **options: Any) -> LifespanOn:  # noqa: ANN401 - as uvicorn takes them
    """Start an application as uvicorn does, to its first request."""
    lifespan = LifespanOn(uvicorn.Config(app, log_config=None, **options))
    await lifespan.startup()
    return lifespan


def guarded() -> Starlette:
    return Starlette(middleware=[Middleware(AuthGuardMiddleware, guard=World().guard, routes=[LOGIN])])


EVERYBODY = [
    "*",
    ["*"],
    ("*",),
    frozenset({"*"}),
    "0.0.0.0/0",
    "127.0.0.1, ::/0",
    "0.0.0.0/1,128.0.0.0/1",
    ["127.0.0.1", "10.0.0.0/7"],
    ("127.0.0.1", "0.0.0.0/0"),
    {"0.0.0.0/0"},
    "::/6",
    "2000::/3",
    "::ffff:0:0/96",
    "::ffff:0:0/97",
    "::/80",
    "0.0.0.0/0.0.0.0",
]


@pytest.mark.parametrize("allowed", EVERYBODY)
async def test_a27_a_server_that_believes_everybody_is_not_started(
    allowed: Any,  # noqa: ANN401 - a list or a text, and what else can be iterated over
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By a star, and by networks in which clients are; what to do is said."""
    lifespan = await start(guarded(), forwarded_allow_ips=allowed)
    assert lifespan.should_exit
    assert "forwarded_allow_ips: got" in caplog.text
    assert "--no-proxy-headers" in caplog.text


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"proxy_headers": False, "forwarded_allow_ips": "*"},
        {"forwarded_allow_ips": "127.0.0.1,::1"},
        {"forwarded_allow_ips": ["10.0.0.0/8", "fc00::/7", "proxy", "10.0.0.1/8"]},
        {"forwarded_allow_ips": ("10.0.0.0/255.0.0.0", "::ffff:10.0.0.0/104", "fe80::1%eth0", "::1")},
        {
            "forwarded_allow_ips": ["127.0.0.1", "*"]
        },  # among others the star is a name to uvicorn, and nobody's
        {"forwarded_allow_ips": ""},
    ],
)
async def test_a27_a_server_that_believes_named_proxies_or_nobody_starts(
    options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The default, the documented configuration, and networks that TRUSTED_PROXIES would take."""
    lifespan = await start(guarded(), **options)
    assert not lifespan.should_exit
    assert caplog.text == ""
    await lifespan.shutdown()


def wrapped(app: ASGIApp, wrap: Callable[[Receive], Receive]) -> ASGIApp:
    """An application whose server's ``receive`` is wrapped."""

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, wrap(receive), send)

    return outer


def in_a_function(receive: Receive) -> Receive:
    """As frameworks do it."""

    async def wrapper() -> Message:
        return await receive()

    return wrapper


async def test_a27_a_wrapped_server_is_seen_through() -> None:
    """FastAPI, and middleware that instruments, put functions of their own around the server's."""
    app = wrapped(wrapped(guarded(), in_a_function), in_a_function)
    assert (await start(app, forwarded_allow_ips="*")).should_exit


class Hiding:
    """A wrapper that shows nothing of what it wraps."""

    def __init__(self, receive: Receive) -> None:
        self.hidden = receive

    async def receive(self) -> Message:
        return await self.hidden()


@pytest.mark.parametrize(
    "wrap", [lambda receive: Hiding(receive).receive, functools.partial], ids=["a method", "a partial"]
)
async def test_a27_where_no_server_is_seen_its_variable_is_warned_about(
    wrap: Callable[[Receive], Receive], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Another server, or a hidden one: it starts, and the log says what the variable would mean."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    lifespan = await start(wrapped(guarded(), wrap), proxy_headers=True)
    assert not lifespan.should_exit
    assert "FORWARDED_ALLOW_IPS is *" in caplog.text
    await lifespan.shutdown()


@pytest.mark.parametrize("allowed", [" * ", "0.0.0.0/0", "10.0.0.1, 0.0.0.0/0", "::ffff:0:0/96"])
async def test_a27_the_variable_is_read_like_the_servers_settings(
    allowed: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Lists and networks too, not the star alone."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", allowed)
    lifespan = await start(wrapped(guarded(), functools.partial), proxy_headers=True)
    assert f"FORWARDED_ALLOW_IPS is {allowed.strip()}" in caplog.text
    await lifespan.shutdown()


async def test_a27_a_variable_that_names_proxies_is_nothing_to_warn_about(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor is an empty one."""
    for allowed in ("10.0.0.0/8, 127.0.0.1", ""):
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", allowed)
        lifespan = await start(wrapped(guarded(), functools.partial), proxy_headers=True)
        await lifespan.shutdown()
    assert caplog.text == ""


async def test_a27_a_server_with_other_settings_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """What isn't uvicorn's, or odd, neither stops nor breaks the start."""

    class Odd:
        config = type("Config", (), {"proxy_headers": True, "forwarded_allow_ips": 5})()

        async def receive(self) -> Message:
            return {"type": "lifespan.startup"}

    started: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        started.append(scope["type"])

    middleware = World().wrap(app)
    await middleware({"type": "lifespan"}, Odd().receive, Wire().send)
    assert (started, caplog.text) == (["lifespan"], "")


async def test_a_function_that_speaks_of_nothing_yet_breaks_no_start() -> None:
    """A wrapper may close over a variable that gets its value later."""
    started: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        started.append(scope["type"])

    async def receive() -> Message:
        return {"type": later}

    await World().wrap(app)({"type": "lifespan"}, receive, Wire().send)
    later = "lifespan.startup"
    assert (started, await receive()) == (["lifespan"], {"type": later})


# ------------------------------------------------------------------ at run time


async def sign_in(app: ASGIApp, **more: object) -> int:
    wire = Wire(*body_messages(CREDENTIALS))
    await app({**scope_of(), **more}, wire.receive, wire.send)
    return wire.status


async def test_a27_an_address_that_a_header_brought_is_warned_about_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A ProxyHeadersMiddleware inside of the server shows by the missing port; nobody's address is told."""
    app: Any = ProxyHeadersMiddleware(World().app, trusted_hosts="*")  # type: ignore[arg-type]  # it has types of its own
    forwarded = [(b"x-forwarded-for", b"203.0.113.7"), (b"content-type", b"application/json")]
    for _ in range(2):
        assert await sign_in(app, headers=forwarded) == 401
    assert caplog.text.count(REWRITTEN) == 1
    assert "203.0.113" not in caplog.text


@pytest.mark.parametrize(
    "client", [("203.0.113.7", 50_000), None, ["203.0.113.7", 1], ("/run/app.sock", None)]
)
async def test_a_connections_own_address_is_nothing_to_warn_about(
    client: object, caplog: pytest.LogCaptureFixture
) -> None:
    """A socket's address has a port, and a Unix socket has none to be missed."""
    assert await sign_in(World().app, client=client) == 401
    assert caplog.text == ""


@pytest.mark.parametrize(("proxy_headers", "warnings"), [(True, 0), (False, 1)])
async def test_a27_a_server_that_was_seen_to_rewrite_is_expected_to(
    proxy_headers: bool, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Named proxies in its settings are a decision; a rewritten address without them is a surprise."""
    world = World()
    lifespan = await start(world.app, proxy_headers=proxy_headers)
    await sign_in(world.app, client=NO_PORT)
    assert caplog.text.count(REWRITTEN) == warnings
    await lifespan.shutdown()


async def test_an_unguarded_route_is_not_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    """Whose address it is matters to sign-ins alone."""
    wire = Wire(*body_messages(b""))
    await World().app(scope_of("/", client=NO_PORT), wire.receive, wire.send)
    assert (wire.status, caplog.text) == (200, "")
