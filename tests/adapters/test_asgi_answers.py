"""Claims about what the ASGI middleware answers, and what it leaves alone."""

from typing import Any

import pytest

from authguard_asgi import AttemptError, AuthGuardMiddleware, LoginRoute
from authguard_core import ConfigurationError
from authguard_core.answers import FAILED
from tests.adapters.asgi_world import CREDENTIALS, World, answering, creds, failures
from tests.adapters.support import (
    RIGHT,
    History,
    Message,
    Receive,
    Scope,
    Send,
    Wire,
    body_messages,
    client,
    history,
    scope_of,
)

pytestmark = pytest.mark.anyio

# ------------------------------------------------------------------ what answers tell


async def answers_to(username: str) -> History:
    """What a fresh application answers to guesses at one account."""
    world = World()
    return await history(world.app, world.clock, username)


async def test_a45_equal_histories_bring_byte_equal_answers() -> None:
    """A known and an unknown name get the same statuses, headers and bodies, delays and locks included."""
    known, unknown = await answers_to("alice"), await answers_to("nobody")
    assert known == unknown
    assert {status for status, *_ in known} == {401, 429}


async def test_a44_every_path_hashes_as_often_for_an_unknown_name() -> None:
    """One hash for each attempt that is checked, none for a refused one, whoever it names."""
    known, unknown = World(), World()
    await history(known.app, known.clock, "alice")
    await history(unknown.app, unknown.clock, "nobody")
    assert known.hashed == unknown.hashed == known.calls


async def test_a49_a_refusal_doesnt_tell_which_limit_it_was() -> None:
    """The account's lock and the address's limit have one body and one set of headers, without RateLimit."""
    world = World(ip_limit="5/15m", delay_after="5")
    async with client(world.app) as browser, client(world.app, "198.51.100.1") as other:
        for _ in range(5):
            await browser.post("/login", json=creds())
        by_address = await browser.post("/login", json=creds("bob"))
        by_account = await other.post("/login", json=creds())
    assert by_address.status_code == by_account.status_code == 429
    assert by_address.content == by_account.content
    assert list(by_address.headers.items()) == list(by_account.headers.items())
    assert not [name for name in by_address.headers if "ratelimit" in name]


async def test_guarded_responses_are_not_stored() -> None:
    """Whatever the application says about caching, an answer to a sign-in is no-store, once."""
    world = World()
    wire = Wire(*body_messages(CREDENTIALS))
    cached = answering(200, [(b"Cache-Control", b"public, max-age=60"), (b"x-own", b"1")])
    await world.wrap(cached)(scope_of(), wire.receive, wire.send)
    assert [value for name, value in wire.headers if name.lower() == "cache-control"] == ["no-store"]
    assert ("x-own", "1") in wire.headers


# ------------------------------------------------------------------ the device cookie


async def device_cookie(world: World) -> str:
    async with client(world.app) as browser:
        answer = await browser.post("/login", json=creds(password=RIGHT))
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


@pytest.mark.parametrize(
    ("cookies", "known"),
    [
        (["__Host-authguard_device={}"], True),
        (["a=b; __Host-authguard_device={}; c"], True),
        (["a=b", "__Host-authguard_device={}"], True),
        (["__Host-authguard_device={}; __Host-authguard_device={}"], False),
        (["__Host-authguard_device=x", "__Host-authguard_device={}"], False),
        (["__Host-authguard_device={}" + "x" * 500], False),
        (["authguard_device={}"], False),
        ([], False),
    ],
)
async def test_a41_the_device_cookie_counts_if_it_is_there_once(cookies: list[str], *, known: bool) -> None:
    """A cookie planted beside the real one makes both worthless; an overlong one is not looked at."""
    world = World()
    value = await device_cookie(world)
    headers = [(b"content-type", b"application/json")]
    headers += [(b"cookie", line.format(value, value).encode()) for line in cookies]
    wire = Wire(*body_messages(CREDENTIALS))
    await world.app(scope_of(headers=headers), wire.receive, wire.send)
    assert wire.status == 401
    assert await failures(world) == (0 if known else 1)


# ------------------------------------------------------------------ what isn't guarded


async def test_other_connections_pass_with_their_very_objects() -> None:
    """A WebSocket and the lifespan get the server's own; what they raise is none of the guard's business."""
    world = World()
    seen: list[object] = []

    async def app(*objects: object) -> None:
        seen.extend(objects)
        raise AttemptError(FAILED)

    wire = Wire()
    receive, send = wire.receive, wire.send
    for scope in ({"type": "websocket", "path": "/login"}, {"type": "lifespan"}):
        seen.clear()
        with pytest.raises(AttemptError):
            await world.wrap(app)(scope, receive, send)
        assert all(one is other for one, other in zip(seen, (scope, receive, send), strict=True))
    assert wire.sent == []


@pytest.mark.parametrize("scope", [scope_of("/"), scope_of("/login", "GET")])
async def test_other_requests_pass_as_they_are(scope: Scope) -> None:
    """On an unguarded route scope, body and messages are the very objects that they were."""
    world = World()
    seen: list[object] = []
    sent: list[Message] = [
        {"type": "http.response.start", "status": 200, "headers": []},
        {"type": "http.response.body", "body": b"x"},
    ]

    async def app(*objects: Any) -> None:  # noqa: ANN401 - as ASGI passes them
        seen.extend(objects[:2])
        for message in sent:
            await objects[2](message)

    wire = Wire()
    receive = wire.receive
    await world.wrap(app)(scope, receive, wire.send)
    assert all(one is other for one, other in zip(seen, (scope, receive), strict=True))
    assert all(one is other for one, other in zip(wire.sent, sent, strict=True))
    assert world.told.kinds == {}


@pytest.mark.parametrize("path", ["/login", "/elsewhere"])
async def test_an_attempt_that_ends_after_the_response_began_starts_no_second_one(path: str) -> None:
    """A stream that runs into the guard's answer breaks off; two starts are no HTTP."""
    world = World()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        raise AttemptError(FAILED)

    wire = Wire(*body_messages(CREDENTIALS))
    with pytest.raises(AttemptError):
        await world.wrap(app)(scope_of(path), wire.receive, wire.send)
    assert [message["type"] for message in wire.sent] == ["http.response.start"]


async def test_an_unguarded_response_gets_no_header() -> None:
    """The home page stays cacheable, and its posts uncounted."""
    world = World()
    async with client(world.app) as browser:
        answer = await browser.post("/", json=creds())
    assert (answer.text, "cache-control" in answer.headers, world.told.kinds) == ("home", False, {})


# ------------------------------------------------------------------ construction


@pytest.mark.parametrize(
    "limits",
    [{"max_body": 0}, {"body_timeout": 0}, {"body_timeout": float("inf")}, {"body_timeout": float("nan")}],
)
def test_limits_that_no_body_can_meet_are_refused(limits: dict[str, float]) -> None:
    """A zero would refuse every sign-in, an endless deadline is none."""
    with pytest.raises(ConfigurationError, match=next(iter(limits))):
        World().wrap(answering(200), **limits)


def test_a_route_with_an_unknown_purpose_is_refused_at_construction() -> None:
    """A misspelt purpose shows when the application is put together, not at the first sign-in."""
    with pytest.raises(ConfigurationError, match="purpose: got 'logn'"):
        AuthGuardMiddleware(
            answering(200), World().guard, [LoginRoute("POST", "/login", purpose="logn", success={200})]
        )
