"""Claims about the bodies that the ASGI middleware reads, refuses and hands on."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_asgi import AuthGuardMiddleware, BufferedBody, LoginRoute
from tests.adapters.asgi_world import CREDENTIALS, World, answering, creds, failures
from tests.adapters.support import (
    JSON,
    RIGHT,
    WRONG,
    Message,
    Receive,
    Scope,
    Send,
    Wire,
    body_messages,
    client,
    scope_of,
)

pytestmark = pytest.mark.anyio

# ------------------------------------------------------------------ bodies


async def test_the_body_reaches_the_application_untouched() -> None:
    """The very messages of the server, in their order, and after them whatever comes next."""
    world = World()
    sent = body_messages(CREDENTIALS[:7], b"", CREDENTIALS[7:])
    seen: list[Message] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        seen.extend([await receive() for _ in range(4)])

    wire = Wire(*sent)
    await world.wrap(app)(scope_of(), wire.receive, wire.send)
    assert all(one is other for one, other in zip(seen, sent, strict=True))


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b'{"username": "alice", "username": "bob", "password": "x"}', 400),
        ("application/json", b'{"username": "alice", "password": "x", "password": "y"}', 400),
        ("application/x-www-form-urlencoded", b"username=alice&username=bob&password=x", 400),
        ("application/x-www-form-urlencoded", b"username=alice&password=x&password=y", 400),
        ("application/json", b'[{"username": "alice", "password": "x"}]', 422),
        ("application/json", b'{"username": ["alice", "bob"], "password": "x"}', 422),
    ],
)
async def test_a38_one_request_is_one_attempt(kind: str, body: bytes, status: int) -> None:
    """Several credentials in one body are refused before the application sees them, for no account."""
    world = World()
    async with client(world.app) as browser:
        answer = await browser.post("/login", content=body, headers={"content-type": kind})
    assert (answer.status_code, world.calls) == (status, 0)
    assert await failures(world) == 0


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([(b"content-type", b"text/plain")], CREDENTIALS),
        ([(b"content-type", b"multipart/form-data; boundary=x")], CREDENTIALS),
        ([(b"content-type", b"application/json; charset=utf-16")], CREDENTIALS),
        ([], CREDENTIALS),
        ([(b"content-type", b"application/json"), (b"content-type", b"text/plain")], CREDENTIALS),
    ],
)
async def test_a39_a_body_that_could_be_read_as_another_type_is_refused(
    headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """Guard and application read one thing, or the application reads nothing."""
    world = World()
    wire = Wire(*body_messages(body))
    await world.wrap(answering(200))(scope_of(headers=headers), wire.receive, wire.send)
    assert wire.status == 415


async def test_a39_a_form_is_counted_as_json_is() -> None:
    """The identity is the field's text in either type; one in the query counts for nothing."""
    world = World()
    async with client(world.app) as browser:
        await browser.post("/login?username=bob", data=creds())
        await browser.post("/login", json=creds())
    assert (await failures(world), await failures(world, "bob"), world.calls) == (2, 0, 2)


BOMBS = {
    "ten megabytes": (b'{"username": "' + b"x" * 10_000_000, 413),
    "a hundred thousand deep": (b"[" * 100_000, 413),
    "eight thousand deep": (b"[" * 8_000 + b"]" * 8_000, 400),
    "a hundred thousand keys": (json.dumps({f"k{n}": 1 for n in range(100_000)}).encode(), 413),
    "a thousand keys": (json.dumps({f"k{n}": 1 for n in range(1_000)}).encode(), 400),
    "broken": (b'{"username": "alice"', 400),
    "empty": (b"", 400),
    "not UTF-8": (b'{"username": "\xff", "password": "x"}', 400),
    "a lone surrogate": (rb'{"username": "\ud800", "password": "x"}', 422),
    "no password": (b'{"username": "alice"}', 422),
    "a number for a password": (b'{"username": "alice", "password": 1}', 422),
}


@pytest.mark.parametrize(("body", "status"), BOMBS.values(), ids=BOMBS.keys())
async def test_a73_a_body_that_cant_be_read_is_answered_and_charged_to_the_address(
    body: bytes, status: int
) -> None:
    """Never a 500, never the application's work, and the thirty-first from one address is too many."""
    world = World()
    async with client(world.app) as browser:
        answers = [await browser.post("/login", content=body, headers=JSON) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [status] * 30 + [429]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert world.calls == 0


async def test_a73_a_body_that_announces_too_much_is_refused_unread() -> None:
    """Its length alone is enough; not a byte of it is taken."""
    world = World()
    wire = Wire()
    scope = scope_of(headers=[(b"content-length", b"9" * 5_000), (b"content-type", b"application/json")])
    await world.wrap(answering(200))(scope, wire.receive, wire.send)
    assert wire.status == 413


@pytest.mark.parametrize("length", [b"-1", b"1, 1", b"\xb2"])
async def test_a73_a_length_that_is_no_number_is_not_believed(length: bytes) -> None:
    """The bytes are counted, whatever was announced."""
    world = World()
    wire = Wire(*body_messages(b"x" * 9_000, b"x" * 9_000))
    scope = scope_of(headers=[(b"content-length", length), (b"content-type", b"application/json")])
    await world.wrap(answering(200))(scope, wire.receive, wire.send)
    assert wire.status == 413


async def test_a73_a_slow_body_is_given_up() -> None:
    """A client that drips its body is answered when its time is over, and pays with its address."""
    world = World(ip_limit="1/15m")

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {}

    statuses: list[int] = []
    for _ in range(2):
        wire = Wire()
        await world.wrap(answering(200), body_timeout=0.001)(scope_of(), receive, wire.send)
        statuses.append(wire.status)
    assert statuses == [408, 429]


async def test_a16_a_client_that_leaves_within_the_body_is_charged() -> None:
    """Half a body names nobody; the application never hears of it."""
    world = World(ip_limit="1/15m")
    half: Message = {"type": "http.request", "body": b"{", "more_body": True}
    statuses: list[int] = []
    for _ in range(2):
        wire = Wire(half, {"type": "http.disconnect"})
        await world.wrap(answering(200))(scope_of(), wire.receive, wire.send)
        statuses.append(wire.status)
    assert statuses == [400, 429]


async def test_a71_a_huge_password_costs_no_more_than_a_wrong_one() -> None:
    """Within the body's limit an overlong password is one hash and a 401, beyond it no hash and a 413."""
    world = World()
    async with client(world.app) as browser:
        assert (await browser.post("/login", json=creds(password="x" * 16_000))).status_code == 401
        assert world.hashed == 1
        assert (await browser.post("/login", json=creds(password="x" * 1_000_000))).status_code == 413
        assert world.hashed == 1


@given(
    st.binary(max_size=200),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "\xff"]),
)
async def test_a76_no_bytes_make_a_server_error(body: bytes, kind: str) -> None:
    """Whatever is posted, the answer is one of the guard's or the application's."""
    world = World()
    wire = Wire(*body_messages(body))
    scope = scope_of(headers=[(b"content-type", kind.encode("latin-1"))])
    await world.wrap(answering(401))(scope, wire.receive, wire.send)
    assert wire.status in {400, 401, 415, 422}


@given(st.text(max_size=30), st.text(max_size=30))
async def test_a76_no_text_makes_a_server_error(username: str, password: str) -> None:
    """Newlines, NULs and all planes of Unicode in name and password end in an honest answer."""
    world = World()
    body = json.dumps({"username": username, "password": password}).encode()
    wire = Wire(*body_messages(body))
    await world.app(scope_of(), wire.receive, wire.send)
    assert wire.status in {401, 422}


async def test_a23_an_empty_name_locks_nobody() -> None:
    """A hundred posts that name nobody use up their address, and no account of anybody."""
    world = World()
    async with client(world.app) as nameless, client(world.app, "198.51.100.1") as bob:
        for number in range(100):
            body = creds("") if number % 2 else {"password": WRONG}
            await nameless.post("/login", json=body)
        assert (await nameless.post("/login", json=creds())).status_code == 429
        assert (await bob.post("/login", json=creds("bob", RIGHT))).status_code == 200


async def test_a_buffered_body_knows_whether_its_client_has_left() -> None:
    """Before it is read, read whole, and left in the middle: one of three."""
    left = [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]
    for messages, gone in ((body_messages(b"x"), False), (left, True)):
        body = BufferedBody(scope_of(), Wire(*messages).receive, max_body=9, timeout=9)
        assert not body.was_left
        await body.read()
        assert (body.was_left, body.content) == (gone, b"x")


async def test_a73_a_body_that_is_too_long_is_not_read_to_its_end() -> None:
    """What comes after the limit stays with the server."""
    chunks = body_messages(b"x" * 9_000, b"x" * 9_000, b"x" * 9_000)
    wire = Wire(*chunks)
    await World().wrap(answering(200))(scope_of(), wire.receive, wire.send)
    assert (wire.status, wire.to_receive) == (413, chunks[2:])


async def test_a_body_that_cant_be_read_is_charged_for_its_routes_purpose() -> None:
    """Broken codes use up the address's budget for codes, and leave the one for passwords."""
    world = World(ip_limit="1/15m")
    app = AuthGuardMiddleware(
        answering(200), world.guard, [LoginRoute("POST", "/code", purpose="otp", success={200})]
    )
    for _ in range(30):
        await app(scope_of("/code"), Wire(*body_messages(b"{")).receive, Wire().send)
    codes, passwords = Wire(*body_messages(b"{")), Wire(*body_messages(CREDENTIALS))
    await app(scope_of("/code"), codes.receive, codes.send)
    await world.wrap(answering(401))(scope_of(), passwords.receive, passwords.send)
    assert (codes.status, passwords.status) == (429, 401)
