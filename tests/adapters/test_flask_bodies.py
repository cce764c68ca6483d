"""Claims about bodies that Flask's views read, and that cost their address."""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import request, request_started
from flask.typing import ResponseReturnValue

from authguard_core import Settings
from authguard_core.clientip import UNIX_PEER
from tests.adapters.flask_world import ADDRESS, World
from tests.adapters.support import FORM, JSON, RIGHT

FIELDS = {"username": "alice", "password": RIGHT}
FORM_TYPE, JSON_TYPE = FORM["content-type"], JSON["content-type"]
UNREADABLE = {
    "malformed": (b'{"username":', JSON_TYPE, 400),
    "twice": (b"username=alice&username=bob&password=x", FORM_TYPE, 400),
    "two separators": (b"username=alice;username=bob&password=x", FORM_TYPE, 400),
    "too long": (b'{"username":"alice","password":"' + b"x" * 20_000 + b'"}', JSON_TYPE, 413),
    "too long a form": (b"username=alice&password=" + b"x" * 20_000, FORM_TYPE, 413),
    "one byte too long": (b"x" * 16_385, JSON_TYPE, 413),
    "text": (b"username=alice&password=x", "text/plain", 415),
    "parts": (b"--x--", "multipart/form-data; boundary=x", 415),
    "no password": (b'{"username":"alice"}', JSON_TYPE, 422),
    "nothing": (b"", JSON_TYPE, 400),
}
unreadable = pytest.mark.parametrize(("body", "media_type", "status"), UNREADABLE.values(), ids=UNREADABLE)


@pytest.mark.parametrize("body", [{"json": FIELDS}, {"data": urlencode(FIELDS), "content_type": FORM_TYPE}])
def test_json_and_forms_are_read(body: dict[str, Any]) -> None:
    """Both sign in."""
    assert World().post(**body).status_code == 200


@unreadable
def test_a_body_that_cannot_be_read_is_refused_and_charged(body: bytes, media_type: str, status: int) -> None:
    """A problem of its status; over the address's limit 429, for this address alone."""
    world = World({"ip_limit": "2/15m"})
    answers = [world.post(data=body, content_type=media_type) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 429]
    assert {answer.content_type for answer in answers} == {"application/problem+json"}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert world.post().status_code == 429
    assert world.post(address="192.0.2.1").status_code == 200
    assert world.calls == 1


@pytest.mark.parametrize("length", [16_384, 16_385, 40_000])
def test_a_body_without_a_length_is_cut_off(length: int) -> None:
    """Where the server ends the stream, no more of it is read than the limit and a byte."""
    body = BytesIO((b'{"username":"alice","password":"' + b"x" * 40_000)[: length - 2] + b'"}')
    world = World()
    overrides = {"REMOTE_ADDR": ADDRESS, "wsgi.input_terminated": True, "wsgi.input": body}
    client = world.app.test_client(use_cookies=False)
    answer = client.post("/login", content_type=JSON_TYPE, environ_overrides=overrides)
    assert answer.status_code == (401 if length == 16_384 else 413)
    assert body.tell() <= 16_385


@pytest.mark.parametrize("media_type", [JSON_TYPE, FORM_TYPE])
def test_a_client_that_leaves_in_the_middle_is_charged(media_type: str) -> None:
    """A body that ends before its announced length is a 400."""
    world = World({"ip_limit": "1/15m"})
    overrides = {"REMOTE_ADDR": ADDRESS, "CONTENT_LENGTH": "100", "wsgi.input": BytesIO(b"username=a")}
    client = world.app.test_client(use_cookies=False)
    answer = client.post("/login", content_type=media_type, environ_overrides=overrides)
    assert answer.status_code == 400
    assert world.post().status_code == 429


@pytest.mark.parametrize("sent", [b"username=alice&password=corr", b'{"username":"alice","pass'])
def test_a_body_that_the_server_lets_end_early_is_charged(sent: bytes) -> None:
    """Where the server itself ends the stream, a part of a password is not taken for the whole."""
    world = World({"ip_limit": "1/15m"})
    overrides = {
        "REMOTE_ADDR": ADDRESS,
        "CONTENT_LENGTH": "100",
        "wsgi.input_terminated": True,
        "wsgi.input": BytesIO(sent),
    }
    client = world.app.test_client(use_cookies=False)
    media_type = FORM_TYPE if sent.startswith(b"username") else JSON_TYPE
    assert client.post("/login", content_type=media_type, environ_overrides=overrides).status_code == 400
    assert world.post().status_code == 429
    assert world.calls == 0


class Garbled:
    """A body in chunks of which one is no chunk. Each server says so in its own way."""

    def read(self, _size: int = -1) -> bytes:
        raise LookupError("invalid chunk size")


@pytest.mark.parametrize("announced", [{}, {"CONTENT_LENGTH": "25"}], ids=["chunked", "announced"])
@pytest.mark.parametrize("media_type", [JSON_TYPE, FORM_TYPE])
def test_a76_a_stream_that_breaks_is_no_server_error(media_type: str, announced: dict[str, str]) -> None:
    """Whatever the server raises while the body is read: a 400, and charged."""
    world = World({"ip_limit": "1/15m"})
    overrides = {
        "REMOTE_ADDR": ADDRESS,
        "wsgi.input_terminated": True,
        "wsgi.input": Garbled(),
        **announced,
    }
    client = world.app.test_client(use_cookies=False)
    assert client.post("/login", content_type=media_type, environ_overrides=overrides).status_code == 400
    assert world.post().status_code == 429


def test_the_applications_own_limit_holds_too() -> None:
    """The lower of the two counts, with and without an announced length."""
    world = World()
    world.app.config["MAX_CONTENT_LENGTH"] = 50
    assert world.post(json={**FIELDS, "more": "x" * 50}).status_code == 413
    assert world.post(data={**FIELDS, "more": "x" * 50}).status_code == 413
    short = b'{"username":"alice","password":"x"}'
    assert world.post(data=short, content_type=JSON_TYPE).status_code == 401
    overrides = {
        "REMOTE_ADDR": ADDRESS,
        "wsgi.input_terminated": True,
        "wsgi.input": BytesIO(short[:-1] + b" " * 60 + b"}"),
    }
    client = world.app.test_client(use_cookies=False)
    assert client.post("/login", content_type=JSON_TYPE, environ_overrides=overrides).status_code == 413


@pytest.mark.parametrize("announced", [{}, {"CONTENT_LENGTH": "40000"}], ids=["chunked", "announced"])
def test_a73_who_looks_into_the_form_first_opens_no_wider_stream(announced: dict[str, str]) -> None:
    """An extension that looks for a token in a body that is no form leaves the guard's limit in force."""
    world = World()

    @world.app.before_request
    def look_for_a_token() -> None:
        assert request.form.get("csrf_token") is None

    body = BytesIO(b"x" * 40_000)
    overrides = {"REMOTE_ADDR": ADDRESS, "wsgi.input_terminated": True, "wsgi.input": body, **announced}
    client = world.app.test_client(use_cookies=False)
    assert client.post("/login", content_type=JSON_TYPE, environ_overrides=overrides).status_code == 413
    assert body.tell() <= 16_385
    assert world.post(json=FIELDS).status_code == 200


class Connection(BytesIO):
    """What a client sends and then leaves open: whoever reads beyond it would wait for more."""

    def readinto(self, buffer: object, /) -> int:
        if self.tell() == len(self.getvalue()):
            raise AssertionError("it would wait")
        return super().readinto(buffer)  # type: ignore[arg-type]  # as its base takes it


@pytest.mark.parametrize("early", ["url_value_preprocessor", "request_started"])
def test_nobody_waits_for_a_form_that_was_read_already(early: str) -> None:
    """One that is parsed before the guard could keep its bytes is refused: who knows what else was in it."""
    world = World()

    def look(*_: object, **__: object) -> None:
        request.form.get("language")

    if early == "request_started":
        request_started.connect(look, world.app)
    else:
        world.app.url_value_preprocessor(look)
    body = urlencode(FIELDS).encode()
    overrides = {"REMOTE_ADDR": ADDRESS, "CONTENT_LENGTH": str(len(body)), "wsgi.input": Connection(body)}
    client = world.app.test_client(use_cookies=False)
    answer = client.post("/login", content_type=FORM_TYPE, environ_overrides=overrides)
    assert answer.status_code == (400 if early == "request_started" else 200)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a39_a_form_that_others_parse_first_is_read_all_the_same(when: str) -> None:
    """An extension that looks into the form before the view (for a CSRF token) hides no second reading."""
    world = World()

    @world.app.before_request
    def look_for_a_token() -> None:
        assert request.form.get("csrf_token") == "t"

    def post(body: bytes) -> int:
        return world.post(data=body, content_type=FORM_TYPE).status_code

    fields = urlencode(FIELDS).encode()
    token = b"csrf_token=t"
    assert post(token + b"&" + fields if when == "before" else fields + b"&" + token) == 200
    assert post(fields + b"&" + token + b"&username=bob") == 400


def test_what_else_is_in_the_body_is_there_for_the_view() -> None:
    """After read() Flask's own parsers see the same body."""
    world = World()

    @world.app.post("/more")
    def more() -> ResponseReturnValue:
        world.guard.read()
        return {"more": request.form["more"] if request.form else request.get_json()["more"]}

    fields = {**FIELDS, "more": "1"}
    assert world.post(path="/more", json=fields).get_json() == {"more": "1"}
    assert world.post(path="/more", data=fields).get_json() == {"more": "1"}


def test_a_view_may_read_a_form_as_a_stream() -> None:
    """That the guard keeps the bytes of short forms takes them from nobody."""
    world = World()

    @world.app.post("/stream")
    def stream() -> ResponseReturnValue:
        return request.stream.read()

    assert world.post(path="/stream", data=b"a=1&b=2", content_type=FORM_TYPE).data == b"a=1&b=2"


def test_a82_the_request_shows_no_password() -> None:
    """Who prints the WSGI environ of a failed request prints none of a form's bytes."""
    world = World()

    @world.app.post("/shown")
    def shown() -> ResponseReturnValue:
        world.guard.read()
        return repr(request.environ)

    told = world.post(path="/shown", data={"username": "alice", "password": "canary"}).text
    assert "wsgi.input" in told
    assert "canary" not in told


def test_a_view_can_refuse_what_it_has_read_itself() -> None:
    """refuse_body answers with the status, and charges the address by the purpose's limits."""
    world = World({"ip_limit": "1/15m"})

    @world.app.post("/own")
    def own() -> ResponseReturnValue:
        world.guard.refuse_body(422)

    assert [world.post(path="/own").status_code for _ in range(2)] == [422, 429]


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("peer", "header", "counted"),
    [
        ("10.0.0.9", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.9", "192.0.2.1, 198.51.100.7", "198.51.100.7"),
        ("203.0.113.7", "198.51.100.7", "203.0.113.7"),
        ("", "198.51.100.7", UNIX_PEER),
    ],
)
def test_a26_the_client_is_found_behind_trusted_proxies_alone(peer: str, header: str, counted: str) -> None:
    """The header of a peer that isn't trusted counts for nothing; a Unix socket is a peer of its own."""
    world = World(trusted=["10.0.0.0/24"])
    overrides = {"REMOTE_ADDR": peer}
    with world.app.test_request_context(
        "/", headers={"X-Forwarded-For": header}, environ_overrides=overrides
    ):
        assert world.guard.client_address.network == counted


def test_the_other_forwarding_header_is_read_where_it_is_named() -> None:
    """TRUSTED_HEADER decides which of the two."""
    settings = Settings.load(secret_key="k" * 32, trusted_proxies="10.0.0.9/32", trusted_header="forwarded")
    world = World(settings=settings)
    headers = {"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=198.51.100.7"}
    overrides = {"REMOTE_ADDR": "10.0.0.9"}
    with world.app.test_request_context("/", headers=headers, environ_overrides=overrides):
        assert world.guard.client_address.network == "198.51.100.7"
