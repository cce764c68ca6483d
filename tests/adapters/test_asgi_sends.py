"""Claims about routes that send something, and about answers that the application makes itself."""

import json

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from authguard_asgi import ASGIApp, AttemptError, LoginRoute, Scope, SendRoute
from authguard_core import ConfigurationError, HasherBusy
from authguard_core.answers import FAILED, Answer
from tests.adapters.asgi_world import CREDENTIALS, LOGIN, World, answering
from tests.adapters.support import Wire, body_messages, scope_of

pytestmark = pytest.mark.anyio

SENT = {"detail": "If there is such an account, a mail is on its way."}
MAILS = 5
"""What one recipient gets in an hour, by default."""


def as_if_sent(_scope: Scope, _answer: Answer) -> ASGIApp:
    return JSONResponse(SENT, 202)


SILENT = SendRoute("POST", "/reset", purpose="reset", refused=as_if_sent)
LOUD = SendRoute("POST", "/register", purpose="register", identity="email", fields=("name",), unsent={422})


class Mailer:
    """An application that sends a mail and says so; or refuses, as often as it is told."""

    def __init__(self) -> None:
        self.mailed = 0
        self.refuses = 0

    async def __call__(self, scope: Scope, receive: object, send: object) -> None:
        if self.refuses:
            self.refuses -= 1
            await JSONResponse({"detail": "no"}, 422)(scope, receive, send)  # type: ignore[arg-type]  # as ASGI passes them
        else:
            self.mailed += 1
            await JSONResponse(SENT, 202)(scope, receive, send)  # type: ignore[arg-type]  # as above


async def post(app: ASGIApp, path: str, body: object, *, host: int = 1, method: str = "POST") -> Wire:
    wire = Wire(*body_messages(json.dumps(body).encode()))
    await app(scope_of(path, method, client=(f"198.51.{host}.7", 50_000)), wire.receive, wire.send)
    return wire


async def told(app: ASGIApp, path: str, body: object, host: int) -> tuple[int, list[tuple[str, str]], bytes]:
    """A whole answer."""
    wire = await post(app, path, body, host=host)
    return wire.status, wire.headers, wire.body


# ------------------------------------------------------------------ sends


async def test_a43_what_is_sent_stays_counted_whatever_is_answered() -> None:
    """No status makes a mail unsent: the sixth to one recipient isn't sent, from whatever address."""
    world, mailer = World(), Mailer()
    app = world.guarding(mailer, SILENT)
    for host in range(MAILS + 3):
        await post(app, "/reset", {"username": "alice"}, host=host)
    assert mailer.mailed == MAILS
    assert world.told.kinds["attempt_succeeded"] == 0


async def test_a43_a47_over_the_limit_the_answer_is_the_very_same() -> None:
    """Status, headers and body: who asks for a mail can't tell whether one is sent."""
    app = World().guarding(Mailer(), SILENT)
    answers = [await told(app, "/reset", {"username": "alice"}, host) for host in range(MAILS + 3)]
    assert answers == [answers[0]] * (MAILS + 3)
    assert (answers[0][0], json.loads(answers[0][2])) == (202, SENT)
    assert ("cache-control", "no-store") in answers[0][1]


async def test_without_an_answer_of_its_own_a_send_over_the_limit_is_told_to_wait() -> None:
    """429 with Retry-After."""
    app, body = World().guarding(Mailer(), LOUD), {"email": "a@b.example", "name": "a"}
    wires = [await post(app, "/register", body, host=host) for host in range(MAILS + 1)]
    assert [wire.status for wire in wires] == [202] * MAILS + [429]
    assert dict(wires[-1].headers)["retry-after"]


async def test_a_status_that_says_unsent_gives_the_attempt_back() -> None:
    """A form that was filled in wrongly ten times still gets its mail, and five of them."""
    world, mailer = World(), Mailer()
    app, body = world.guarding(mailer, LOUD), {"email": "a@b.example", "name": "a"}
    mailer.refuses = 10
    statuses = [(await post(app, "/register", body, host=host)).status for host in range(10 + MAILS + 1)]
    assert statuses == [422] * 10 + [202] * MAILS + [429]
    assert world.told.kinds["attempt_released"] == 10


async def test_a37_a_request_that_only_may_be_a_send_gives_nothing_back() -> None:
    """Whoever answers 422 to /REGISTER, it needn't be the declared handler."""
    world, mailer = World(), Mailer()
    app, body = world.guarding(mailer, LOUD), {"email": "a@b.example", "name": "a"}
    mailer.refuses = 10
    for host in range(10):
        await post(app, "/REGISTER", body, host=host)
    assert (await post(app, "/register", body)).status == 429
    assert world.told.kinds["attempt_released"] == 0


@pytest.mark.parametrize(("unsent", "released"), [(set[int](), 0), ({422}, 0), ({422, 503}, 1)])
async def test_a43_a75_a_full_hasher_gives_a_send_back_only_where_it_comes_first(
    unsent: set[int], released: int
) -> None:
    """A handler that mails and hashes then would mail for nothing: one that hashes first says so with 503."""

    async def app(*_: object) -> None:
        raise HasherBusy

    world = World()
    route = SendRoute("POST", "/register", purpose="register", identity="email", unsent=unsent)
    app_guarded = world.guarding(app, route)
    statuses = [
        (await post(app_guarded, "/register", {"email": "a@b.example"}, host=host)).status
        for host in range(MAILS)
    ]
    assert statuses == [503] * MAILS
    assert world.told.kinds["attempt_released"] == released * MAILS
    last = await post(app_guarded, "/register", {"email": "a@b.example"}, host=99)
    assert last.status == (503 if released else 429)


@pytest.mark.parametrize("body", [{"username": 1}, {}, []])
async def test_a_body_that_cant_be_read_is_told_even_where_refusals_arent(body: object) -> None:
    """It names nobody, so there is nothing to hide; what makes refusals silent isn't asked."""
    wire = await post(World().guarding(Mailer(), SILENT), "/reset", body)
    assert wire.status == 422


async def test_a23_a_send_to_nobody_is_refused_and_answered_as_refusals_are() -> None:
    """An empty name has nothing sent, and no shared counter."""
    mailer = Mailer()
    wire = await post(World().guarding(mailer, SILENT), "/reset", {"username": " "})
    assert (wire.status, mailer.mailed) == (202, 0)


@pytest.mark.parametrize("unsent", [{202}, {200}, {399}, {600}, {0}])
def test_what_is_answered_like_a_mail_cant_be_unsent(unsent: set[int]) -> None:
    """A success that gives the attempt back would make mails free."""
    with pytest.raises(ConfigurationError, match=r"SendRoute\.unsent: got"):
        SendRoute("POST", "/reset", purpose="reset", unsent=unsent)


# ------------------------------------------------------------------ answers of the application's own


def page(_scope: Scope, answer: Answer) -> ASGIApp:
    """A page for every answer, cacheable by mistake."""
    headers = {"Cache-Control": "public"}
    return PlainTextResponse(f"page of {answer.status}, {answer.retry_after}", answer.status, headers)


async def test_every_answer_of_the_guard_can_be_a_page() -> None:
    """Refused, unreadable, too busy, and out of a handler on any route; never stored."""

    async def app(scope: Scope, *_: object) -> None:
        if scope["path"] == "/login":
            raise HasherBusy
        raise AttemptError(FAILED)

    world = World(account_limit="1/15m", delay_after="1")
    pages = world.guarding(app, LOGIN, respond=page)
    busy = await post(pages, "/login", json.loads(CREDENTIALS))
    unreadable = await post(pages, "/login", [])
    elsewhere = await post(pages, "/elsewhere", {})
    failing = world.guarding(answering(401), LOGIN, respond=page)
    await post(failing, "/login", json.loads(CREDENTIALS))
    refused = await post(failing, "/login", json.loads(CREDENTIALS))
    wires = [busy, unreadable, elsewhere, refused]
    assert [wire.body for wire in wires] == [
        b"page of 503, 1",
        b"page of 422, None",
        b"page of 401, None",
        b"page of 429, 900",
    ]
    assert [dict(wire.headers)["cache-control"] for wire in wires] == ["no-store"] * 4


def nothing(_scope: Scope, _answer: Answer) -> None:
    """Leave the answer to whoever is next."""


@pytest.mark.parametrize("of_route", [None, nothing], ids=["no route's", "a route's that leaves it"])
async def test_an_answer_that_is_left_is_made_by_the_next(of_route: object) -> None:
    """First the route's own, then the middleware's, at last the guard's."""
    route = LoginRoute("POST", "/login", refused=of_route, success={200})  # type: ignore[arg-type]  # both are
    world = World(account_limit="1/15m", delay_after="1")
    app = world.guarding(answering(401), route, respond=page)
    bare = world.guarding(answering(401), route, respond=nothing)
    await post(app, "/login", json.loads(CREDENTIALS))
    assert (await post(app, "/login", json.loads(CREDENTIALS))).body == b"page of 429, 900"
    assert dict((await post(bare, "/login", json.loads(CREDENTIALS))).headers)["content-type"].endswith(
        "json"
    )


async def test_a_routes_own_answer_goes_before_the_middlewares() -> None:
    """A reset over its limit looks sent, although all other refusals are pages."""
    app = World().guarding(Mailer(), SILENT, respond=page)
    answers = [await told(app, "/reset", {"username": "alice"}, host) for host in range(MAILS + 1)]
    assert answers[-1] == answers[0]
