"""Claims about requests that only may be the sign-in: they are charged, whatever they are answered."""

import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from authguard_asgi import AuthGuardMiddleware
from authguard_core import HasherBusy
from tests.adapters.asgi_world import CREDENTIALS, LOGIN, World, creds, failures
from tests.adapters.support import FORM, JSON, RIGHT, ASGIApp, Wire, body_messages, client, scope_of

pytestmark = pytest.mark.anyio


def site(world: World) -> ASGIApp:
    """A site with a login page of its own at the sign-in's path, and a page for whatever isn't found."""

    async def page(_request: Request) -> Response:
        return PlainTextResponse("a page")

    routes = [
        Route("/login", page, methods=["GET"]),
        Route("/login", world.login, methods=["POST"]),
        Route("/{rest:path}", page, methods=["GET", "POST", "PUT"]),
    ]
    return Starlette(
        routes=routes, middleware=[Middleware(AuthGuardMiddleware, guard=world.guard, routes=[LOGIN])]
    )


async def assert_charged(method: str, target: str, **headers: str) -> None:
    """Check that a page's 200 is a failure: nothing is given back, no browser becomes known."""
    world = World()
    async with client(site(world)) as browser:
        await browser.post("/login", json=creds())
        answer = await browser.request(method, target, content=CREDENTIALS, headers={**JSON, **headers})
        assert (answer.status_code, "set-cookie" in answer.headers, world.calls) == (200, False, 1)
    assert await failures(world) == 2
    assert world.told.kinds["attempt_succeeded"] == 0


async def test_a37_the_page_behind_a_method_in_the_query_is_no_success() -> None:
    """GET /login?_method=POST shows the form with 200: that is no right password."""
    await assert_charged("GET", "/login?_method=POST")


async def test_a37_a_head_request_for_the_page_is_no_success() -> None:
    """HEAD is answered like GET."""
    await assert_charged("HEAD", "/login?_method=x")


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_a37_the_page_behind_an_overriding_header_is_no_success(name: str) -> None:
    """A header that the application ignores doesn't turn its page into a sign-in."""
    await assert_charged("GET", "/login", **{name: "POST"})


@pytest.mark.parametrize("path", ["/LOGIN", "/login/", "/login;x", "/%256cogin"])
async def test_a37_a_catch_all_that_answers_200_is_no_success(path: str) -> None:
    """/LOGIN and its like may be another route of the application, one that answers everybody."""
    await assert_charged("POST", path)


async def test_a37_forged_successes_give_no_guess_away() -> None:
    """With forged requests before each guess the account still has no more than its limit."""
    world = World(delay_after="5")
    async with client(site(world)) as browser:
        for number in range(100):
            await browser.request("GET", "/login?_method=x", json=creds())
            await browser.post("/LOGIN", json=creds())
            await browser.post("/login", json=creds(password=f"guess {number}"))
    assert world.calls <= 5


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (FORM, b"username=alice&password=x&_method=GET"),
        (FORM, b"username=alice&password=x&%5Fmethod=get"),
        (JSON, json.dumps({**creds(), "_method": "GET"}).encode()),
    ],
)
async def test_a37_a_body_that_names_another_method_is_no_success(
    headers: dict[str, str], body: bytes
) -> None:
    """An application that takes a post with _method=GET for a GET answers with its page."""
    world = World()

    async def app(scope: object, receive: object, send: object) -> None:
        await PlainTextResponse("a page")(scope, receive, send)  # type: ignore[arg-type]  # as ASGI passes them

    wire = Wire(*body_messages(body))
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    await world.wrap(app)(scope_of(headers=sent), wire.receive, wire.send)
    assert (wire.status, [name for name, _ in wire.headers if name == "set-cookie"]) == (200, [])
    assert await failures(world) == 1


async def test_a37_a_full_hasher_gives_nothing_back_to_what_only_may_be_the_sign_in() -> None:
    """Whoever raised it, it wasn't the declared sign-in: 503, and the attempt stays counted."""
    world = World()

    async def app(*_: object) -> None:
        raise HasherBusy

    wire = Wire(*body_messages(CREDENTIALS))
    await world.wrap(app)(scope_of("/LOGIN"), wire.receive, wire.send)
    assert (wire.status, await failures(world)) == (503, 1)


async def test_the_declared_sign_in_still_succeeds_beside_a_page_of_its_path() -> None:
    """POST /login with the right password is a success, as JSON and as a form."""
    world = World()
    async with client(site(world)) as browser:
        for body in ({"json": creds(password=RIGHT)}, {"data": creds(password=RIGHT)}):
            answer = await browser.post("/login", **body)  # type: ignore[arg-type]  # one of the two
            assert (answer.status_code, "set-cookie" in answer.headers) == (200, True)
    assert await failures(world) == 0
