"""Claims about requests that an application may take for another method."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_asgi.overriding import body_names_a_method, head_names_a_method
from authguard_asgi.routes import RouteTable
from authguard_core.body import BodyShape, Unreadable, read_fields
from tests.adapters.asgi_world import World, answering, creds, failures
from tests.adapters.support import FORM, JSON, Scope, Wire, body_messages, scope_of

pytestmark = pytest.mark.anyio

PUT = LoginRoute("PUT", "/login", success={200})
BIG = "y" * 20_000


def with_type(*kinds: str, method: str = "POST") -> Scope:
    return scope_of(method=method, headers=[(b"content-type", kind.encode()) for kind in kinds])


def form(text: str) -> bytes:
    return f"username=alice&password=x&{text}".encode()


def text(**more: object) -> bytes:
    return json.dumps({**creds(), **more}).encode()


NAMING = {
    "form": (FORM, form("_method=GET")),
    "form in capitals": (FORM, form("_METHOD=GET")),
    "encoded form": (FORM, form("%5FMethod=GET")),
    "encoded letter": (FORM, form("_%4DETHOD=GET")),
    "twice encoded form": (FORM, form("%255fmethod=GET")),
    "form with space before": (FORM, form("+_method=GET")),
    "form with a type in capitals": (
        {"content-type": "APPLICATION/x-www-form-urlencoded ; a=b"},
        form("_METHOD="),
    ),
    "json": (JSON, text(_method="GET")),
    "json in capitals": (JSON, text(_METHOD="GET")),
    "escaped json": (JSON, text(x=1).replace(b'"x"', rb'"_met\u0068od"')),
    "escaped capital": (JSON, text(x=1).replace(b'"x"', rb'"_\u004dETHOD"')),
    "a list": (JSON, text(_method=["GET"])),
    "nothing": (JSON, text(_method=None)),
    "half a character": (JSON, text(_method="\ud800")),
    "beyond the default length": (JSON, text(_method="GET", pad=BIG)),
    "a form beyond the default length": (FORM, form(f"_method=GET&pad={BIG}")),
    "a form that is JSON too": (FORM, b'{"a":"&username=alice&password=x&_method=GET&z="}'),
}
PLAIN = {
    "json": (JSON, text(method="GET")),
    "a value": (JSON, text(x="_method", y="a%5C\\")),
    "an inner field": (JSON, text(x={"_method": "GET"})),
    "form": (FORM, form("auth_method=x")),
    "a form's value": (FORM, form("x=_method&y=%26_method%3DGET")),
    "json that is a form too": (JSON, text(x="&_method=GET")),
    "beyond the default length": (JSON, text(pad=BIG + "\\%")),
}


async def succeeds(headers: dict[str, str], body: bytes) -> bool:
    """Whether 200 to such a post counts as a right password."""
    world = World()
    wire = Wire(*body_messages(body))
    app = world.wrap(answering(200), max_body=65_536)
    await app(with_type(headers["content-type"]), wire.receive, wire.send)
    assert wire.status == 200
    assert world.told.kinds["attempt_succeeded"] + await failures(world) == 1
    return bool(world.told.kinds["attempt_succeeded"])


@pytest.mark.parametrize(("headers", "body"), NAMING.values(), ids=NAMING)
async def test_a37_a_body_that_names_a_method_is_no_success(headers: dict[str, str], body: bytes) -> None:
    """However it is spelled, whatever it holds, and however long a body the middleware takes."""
    assert not await succeeds(headers, body)


@pytest.mark.parametrize(("headers", "body"), PLAIN.values(), ids=PLAIN)
async def test_a_body_that_names_no_method_can_succeed(headers: dict[str, str], body: bytes) -> None:
    """The field's name in a value, or at the end of another name, is no field."""
    assert await succeeds(headers, body)


@given(
    st.dictionaries(
        st.sampled_from(["_method", "_Method", "a", "é", "_", "x_method", "%5fmethod"]), st.text()
    )
)
def test_a37_the_names_of_any_json_body_are_read_as_the_guard_reads_them(fields: dict[str, str]) -> None:
    """With and without escapes: the field is found if and only if a member has its name."""
    wanted = any(name.lower() == "_method" for name in fields)
    for ascii_only in (True, False):
        body = json.dumps(fields, ensure_ascii=ascii_only).encode(errors="replace")
        read = read_fields("application/json", body, BodyShape(identity="_", text_fields=()))
        if isinstance(read, Unreadable) and read.status == 400:
            continue
        assert body_names_a_method(scope_of(), body) is wanted


@pytest.mark.parametrize("method", ["POST", "post"])
@pytest.mark.parametrize(
    "kinds",
    [
        ("application/json",),
        ("application/x-www-form-urlencoded",),
        ("multipart/form-data; boundary=x",),
        ("application/x-www-form-urlencoded", "text/plain"),
        (),
    ],
)
def test_a37_any_post_on_the_path_of_another_method_is_counted(method: str, kinds: tuple[str, ...]) -> None:
    """Whatever its type says, or doesn't: its body could make it the declared method."""
    match = RouteTable([PUT]).find(with_type(*kinds, method=method))
    assert match is not None
    assert (match.route, match.exact) == (PUT, False)


@pytest.mark.parametrize(
    "query",
    [
        b"_method=PUT",
        b"_METHOD=PUT",
        b"%255fmethod=PUT",
        b"a=b;_Method=PUT",
        b"+_method=PUT",
        b"x=1?_method=PUT",
    ],
)
def test_a37_what_keeps_a_match_from_being_exact_also_makes_a_request_count(query: bytes) -> None:
    """One rule for both: a PATCH that may be a PUT counts, and a PUT that may be a PATCH isn't exact."""
    table = RouteTable([PUT])
    patch = table.find(scope_of(method="PATCH", query_string=query))
    put = table.find(scope_of(method="PUT", query_string=query))
    assert patch is not None
    assert put is not None
    assert (patch.exact, put.exact) == (False, False)
    assert head_names_a_method(scope_of(query_string=query))


async def test_a37_a_json_post_with_the_method_of_the_route_is_limited() -> None:
    """Fifty posts that an application takes for PUT bring five guesses."""
    world = World(delay_after="5")
    app = AuthGuardMiddleware(answering(401), world.guard, [PUT])
    statuses: list[int] = []
    for _ in range(50):
        wire = Wire(*body_messages(text(_method="PUT")))
        await app(scope_of(), wire.receive, wire.send)
        statuses.append(wire.status)
    assert statuses == [401] * 5 + [429] * 45
