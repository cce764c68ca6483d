"""Claims about the bodies of guarded FastAPI routes."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from authguard_core.answers import unreadable
from authguard_fastapi import AuthGuard, LoginGuard
from tests.adapters.fastapi_world import Credentials, World
from tests.adapters.support import (
    FORM,
    JSON,
    RIGHT,
    WRONG,
    Clock,
    Message,
    Wire,
    body_messages,
    client,
    make_settings,
    make_storage,
    scope_of,
)

pytestmark = pytest.mark.anyio

CREDENTIALS = b'{"username": "alice", "password": "guess"}'
CANARY = "canary-password"
BOMBS = {
    "ten megabytes": (b'{"username": "' + b"x" * 10_000_000, 413),
    "eight thousand deep": (b"[" * 8_000 + b"]" * 8_000, 400),
    "a thousand keys": (json.dumps({f"k{n}": 1 for n in range(1_000)}).encode(), 400),
    "broken": (b'{"username": "alice"', 400),
    "not UTF-8": (b'{"username": "\xff", "password": "x"}', 400),
    "UTF-16": ('{"username": "alice", "password": "x"}'.encode("utf-16"), 400),
    "a name twice": (b'{"username": "alice", "username": "bob", "password": "x"}', 400),
    "empty": (b"", 422),
    "no object": (b'["alice", "x"]', 422),
    "no password": (b'{"username": "alice"}', 422),
    "a list of names": (b'{"username": ["alice", "bob"], "password": "x"}', 422),
}


async def statuses(
    world: World, path: str, body: bytes, headers: dict[str, str], count: int = 31
) -> list[int]:
    async with client(world.app) as browser:
        return [(await browser.post(path, content=body, headers=headers)).status_code for _ in range(count)]


@pytest.mark.parametrize("path", ["/login", "/sync"])
@pytest.mark.parametrize(("body", "status"), BOMBS.values(), ids=BOMBS.keys())
async def test_a73_a_body_that_cant_be_read_is_answered_and_charged_to_the_address(
    path: str, body: bytes, status: int
) -> None:
    """Never a 500, never the endpoint's work, and the thirty-first from one address is too many."""
    world = World()
    assert await statuses(world, path, body, JSON) == [status] * 30 + [429]
    assert world.calls == 0


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"username=alice&username=bob&password=x", 400),
        ("application/x-www-form-urlencoded", b"username=alice", 422),
        ("multipart/form-data; boundary=x", b"garbage", 400),
        ("multipart/form-data", b"garbage", 400),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422),
        ("text/plain", b"username=alice&password=x", 422),
    ],
)
async def test_a73_a_form_that_cant_be_read_is_charged_too(kind: str, body: bytes, status: int) -> None:
    """URL-encoded or multipart: FastAPI's own refusals cost the address as much."""
    world = World()
    assert await statuses(world, "/form", body, {"content-type": kind}) == [status] * 30 + [429]
    assert world.calls == 0


async def test_a_multipart_form_can_sign_in() -> None:
    """What a script's FormData sends is as good as what a form sends."""
    world = World()
    async with client(world.app) as browser:
        answer = await browser.post("/form", files={"username": (None, "alice"), "password": (None, RIGHT)})
    assert answer.status_code == 303


async def test_a82_a_refused_body_never_echoes_the_password() -> None:
    """FastAPI's own 422 repeats the input; the guard's answer is a problem that repeats nothing."""
    world = World()
    body = {"user": "alice", "password": CANARY}
    async with client(world.app) as browser:
        answer = await browser.post("/login", json=body)
        elsewhere = await browser.post("/notes", json=body)
    assert (answer.status_code, answer.content) == (422, unreadable(422).body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in elsewhere.text


async def test_a39_the_identity_that_counts_is_the_one_that_is_checked() -> None:
    """The endpoint hands its own parsed value to the guard: a name in the query counts for nothing."""
    world = World()
    async with client(world.app) as browser:
        await browser.post("/login?username=bob", json={"username": "alice", "password": WRONG})
        await browser.post("/form?username=bob", data={"username": "alice", "password": WRONG})
    assert (await world.guard.inspect("alice")).failures == 2
    assert (await world.guard.inspect("bob")).failures == 0


async def test_a23_an_empty_name_locks_nobody() -> None:
    """A hundred posts that name nobody use up their address, and no account of anybody."""
    world = World()
    async with client(world.app) as nameless, client(world.app, "198.51.100.1") as bob:
        answers = [await nameless.post("/login", json={"username": " ", "password": "x"}) for _ in range(100)]
        assert [answer.status_code for answer in answers] == [422] * 30 + [429] * 70
        right = await bob.post("/login", json={"username": "bob", "password": RIGHT})
        assert right.status_code == 200


async def test_a71_a_huge_password_costs_no_more_than_a_wrong_one() -> None:
    """Within the body's limit an overlong password is one hash and a 401, beyond it no hash and a 413."""
    world = World()
    async with client(world.app) as browser:
        for length, status in ((16_000, 401), (1_000_000, 413)):
            answer = await browser.post("/login", json={"username": "alice", "password": "x" * length})
            assert (answer.status_code, world.hashed) == (status, 1)


async def test_the_body_limit_can_be_raised() -> None:
    """It is a setting of the guard."""
    world = World(max_body=2_000_000)
    async with client(world.app) as browser:
        answer = await browser.post("/login", json={"username": "alice", "password": "x" * 1_000_000})
    assert answer.status_code == 401


@given(st.binary(max_size=200), st.sampled_from(["application/json", FORM["content-type"], "\xff"]))
async def test_a76_no_bytes_make_a_server_error(body: bytes, kind: str) -> None:
    """Whatever is posted, the answer is the guard's or the endpoint's."""
    for path in ("/login", "/form"):
        wire = Wire(*body_messages(body))
        scope = scope_of(path, headers=[(b"content-type", kind.encode("latin-1"))])
        await World().app(scope, wire.receive, wire.send)
        assert wire.status in {400, 401, 422}


@given(st.text(max_size=30), st.text(max_size=30))
async def test_a76_no_text_makes_a_server_error(username: str, password: str) -> None:
    """Newlines, NULs and all planes of Unicode in name and password end in an honest answer."""
    body = json.dumps({"username": username, "password": password}).encode()
    wire = Wire(*body_messages(body))
    await World().app(scope_of(), wire.receive, wire.send)
    assert wire.status in {401, 422}


@pytest.mark.parametrize(
    "escaped", [rb'{"username": "\ud800", "password": "x"}', rb'{"username": "a", "password": "\ud800"}']
)
async def test_a76_a_lone_surrogate_makes_no_server_error(escaped: bytes) -> None:
    """JSON can escape half a character; neither name nor password with it is one of anybody."""
    wire = Wire(*body_messages(escaped))
    await World().app(scope_of(), wire.receive, wire.send)
    assert wire.status in {401, 422}


# ------------------------------------------------------------------ slow and broken connections


async def test_a73_a_slow_body_is_given_up() -> None:
    """A client that drips its body is answered when its time is over, and pays with its address."""
    world = World({"ip_limit": "1/15m"}, body_timeout=0.001)

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {}

    answered: list[int] = []
    for _ in range(2):
        wire = Wire()
        await world.app(scope_of(), receive, wire.send)
        answered.append(wire.status)
    assert answered == [408, 429]


async def test_a16_a_client_that_leaves_within_the_body_is_charged() -> None:
    """Half a body names nobody; the endpoint never hears of it."""
    world = World({"ip_limit": "1/15m"})
    half: Message = {"type": "http.request", "body": b"{", "more_body": True}
    answered: list[int] = []
    for _ in range(2):
        wire = Wire(half, {"type": "http.disconnect"})
        await world.app(scope_of(), wire.receive, wire.send)
        answered.append(wire.status)
    assert answered == [400, 429]


def guarded_app() -> tuple[FastAPI, AuthGuard]:
    guard = AuthGuard(make_settings(), storage=make_storage(Clock()))
    app = FastAPI()
    guard.init_app(app)
    return app, guard


async def test_an_endpoint_can_ask_whether_its_client_is_still_there() -> None:
    """Looking ahead in vain loses no part of the body."""
    app, _ = guarded_app()
    seen: list[object] = []

    @app.post("/login")
    async def login(request: Request, _guard: LoginGuard) -> None:
        seen.extend([await request.is_disconnected(), await request.json()])

    chunks = body_messages(CREDENTIALS[:9], CREDENTIALS[9:])
    first = asyncio.Event()

    class Halting(Wire):
        async def receive(self) -> Message:
            if len(self.to_receive) == 2 and not first.is_set():
                first.set()
                await asyncio.Event().wait()
            return await super().receive()

    wire = Halting(*chunks)
    await app(scope_of(), wire.receive, wire.send)
    assert seen == [False, json.loads(CREDENTIALS)]


async def test_a_streaming_response_can_watch_for_its_client_leaving() -> None:
    """The stream ends when the client has gone, as it does without a guard."""
    app, _ = guarded_app()

    @app.post("/login")
    async def login(_guard: LoginGuard) -> StreamingResponse:
        async def forever() -> AsyncIterator[bytes]:
            yield b"x"
            await asyncio.Event().wait()

        return StreamingResponse(forever())

    wire = Wire({"type": "http.disconnect"})
    await app(scope_of(), wire.receive, wire.send)
    assert (wire.status, wire.body) == (200, b"x")


# ------------------------------------------------------------------ bodies that the endpoint reads


async def test_a_body_that_the_endpoint_cant_read_is_refused_and_charged_at_its_word() -> None:
    """An endpoint that reads JSON and forms itself says what it couldn't, and the address pays."""
    app, _ = guarded_app()

    @app.post("/login")
    async def login(request: Request, login_guard: LoginGuard) -> None:
        assert await request.body() == CREDENTIALS
        await login_guard.refuse_body(415)

    async with client(app) as browser:
        answers = [await browser.post("/login", content=CREDENTIALS) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [415] * 30 + [429]
    assert answers[0].content == unreadable(415).body


async def test_a38_an_endpoint_that_reads_its_body_itself_never_sees_a_name_twice() -> None:
    """The guard looks at the body before the endpoint does, and refuses what two parsers read differently."""
    app, _ = guarded_app()

    @app.post("/login")
    async def login(request: Request, _guard: LoginGuard) -> None:
        await request.json()

    twice = b'{"username": "alice", "username": "bob"}'
    async with client(app) as browser:
        assert (await browser.post("/login", content=twice, headers=JSON)).status_code == 400


# ------------------------------------------------------------------ what stays the endpoint's


async def test_an_endpoints_own_refusal_of_its_input_stays_as_it_is() -> None:
    """Feedback on a password that is too short is no unreadable body, and costs nothing."""
    world = World()
    async with client(world.app) as browser:
        answer = await browser.post("/register", json={"username": "bob", "password": "short"})
    assert (answer.status_code, answer.text) == (422, "too short")
    assert world.told.kinds == {}


async def test_a_validation_error_after_an_attempt_is_the_endpoints_own() -> None:
    """What was counted once is not charged again."""
    app, guard = guarded_app()

    @app.post("/login")
    async def login(form: Credentials, login_guard: LoginGuard) -> None:
        async with login_guard.attempt(form.username):
            raise RequestValidationError([])

    async with client(app) as browser:
        answer = await browser.post("/login", content=CREDENTIALS, headers=JSON)
    assert (answer.status_code, answer.json()) == (422, {"detail": []})
    assert (await guard.inspect("alice")).failures == 1


async def test_a_refusal_of_another_dependency_stays_but_is_charged() -> None:
    """What is refused with a 400 before the guard was prepared costs the address as any body does."""
    app, _ = guarded_app()

    async def tenant() -> None:
        raise HTTPException(400, "no such tenant")

    @app.post("/login", dependencies=[Depends(tenant)])
    async def login(_form: Credentials, _guard: LoginGuard) -> None: ...

    async with client(app) as browser:
        answers = [await browser.post("/login", content=CREDENTIALS, headers=JSON) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [400] * 30 + [429]
    assert answers[0].json() == {"detail": "no such tenant"}


async def test_bodies_of_other_routes_are_none_of_the_guards_business() -> None:
    """They may be long, odd and many, and their answers are FastAPI's."""
    world = World()
    async with client(world.app) as browser:
        body = {"username": "x" * 100_000, "password": "y"}
        answer = await browser.post("/notes", json=body)
        assert (answer.status_code, "cache-control" in answer.headers) == (200, False)
        assert (await browser.post("/notes", content=b"{", headers=JSON)).json()["detail"]
    assert world.told.kinds == {}
