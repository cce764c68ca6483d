"""Claims about what the ASGI middleware admits, and what becomes of an attempt."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import Route

from authguard_argon2 import Argon2Hasher
from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_core import AsyncGuard, HasherBusy
from authguard_core.answers import BUSY
from authguard_core.counting.ops import Op, Result
from tests.adapters.asgi_world import CREDENTIALS, LOGIN, World, answering, creds, failures
from tests.adapters.support import (
    CHEAP,
    RIGHT,
    Receive,
    Scope,
    Send,
    Wire,
    body_messages,
    client,
    make_hasher,
    scope_of,
)

pytestmark = pytest.mark.anyio

# ------------------------------------------------------------------ admission


async def test_a01_the_limit_holds_over_http_and_the_right_password_is_refused_too() -> None:
    """After five wrong passwords nothing reaches the application for fifteen minutes."""
    world = World(delay_after="5")
    async with client(world.app) as browser:
        statuses = [(await browser.post("/login", json=creds())).status_code for _ in range(55)]
        assert (statuses, world.calls) == ([401] * 5 + [429] * 50, 5)
        assert (await browser.post("/login", json=creds(password=RIGHT))).status_code == 429
        world.clock.advance(15 * 60)
        assert (await browser.post("/login", json=creds(password=RIGHT))).status_code == 200


async def test_a14_a_hundred_tasks_on_one_account_reach_the_application_exactly_five_times() -> None:
    """G1 over HTTP: the limit holds for any interleaving on one event loop."""
    world = World(delay_after="5")
    async with client(world.app) as browser:
        answers = await asyncio.gather(*(browser.post("/login", json=creds()) for _ in range(100)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 95
    assert world.calls == world.hashed == 5


async def test_a13_twenty_parallel_right_passwords_all_get_in() -> None:
    """Each is retried as it is told; the waits add up to at most eight seconds."""
    world = World()
    waited, waiting = 0, 20
    async with client(world.app) as browser:
        while waiting:
            posts = [browser.post("/login", json=creds(password=RIGHT)) for _ in range(waiting)]
            refused = [answer for answer in await asyncio.gather(*posts) if answer.status_code != 200]
            assert {answer.status_code for answer in refused} <= {429}
            waiting = len(refused)
            pause = max((int(answer.headers["Retry-After"]) for answer in refused), default=0)
            waited += pause
            world.clock.advance(pause)
    assert waited <= 8


async def test_a42_a_delay_is_told_and_never_slept() -> None:
    """After three failures the next attempt is answered at once, with the seconds to wait."""
    world = World()
    async with client(world.app) as browser:
        for _ in range(3):
            await browser.post("/login", json=creds())
        answer = await asyncio.wait_for(browser.post("/login", json=creds()), timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"], world.calls) == (429, "1", 3)


async def test_a_success_gives_the_attempt_back_and_makes_the_browser_known() -> None:
    """The response to a right password carries the device cookie, and the failures before it are gone."""
    world = World()
    async with client(world.app) as browser:
        await browser.post("/login", json=creds())
        answer = await browser.post("/login", json=creds(password=RIGHT))
        assert answer.headers["set-cookie"].startswith("__Host-authguard_device=")
        assert await failures(world) == 0


async def test_a40_a_known_browser_gets_in_while_the_account_is_locked() -> None:
    """The cookie that a success has set is read again: its browser has a budget of its own."""
    world = World(delay_after="5")
    async with client(world.app) as owner, client(world.app, "198.51.100.1") as attacker:
        await owner.post("/login", json=creds(password=RIGHT))
        statuses = [(await attacker.post("/login", json=creds())).status_code for _ in range(6)]
        assert statuses[-1] == 429
        assert (await owner.post("/login", json=creds(password=RIGHT))).status_code == 200


async def test_a_redirect_can_be_a_success() -> None:
    """Success is what the route names, so form posts that redirect are understood."""
    world = World(routes=[LoginRoute("POST", "/login", success={303})])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await RedirectResponse("/", 303)(scope, receive, send)

    wire = Wire(*body_messages(CREDENTIALS))
    await AuthGuardMiddleware(app, world.guard, [LoginRoute("POST", "/login", success={303})])(
        scope_of(), wire.receive, wire.send
    )
    assert (wire.status, world.told.kinds["attempt_succeeded"]) == (303, 1)


async def test_other_fields_and_purposes_can_be_guarded() -> None:
    """The names of the body's fields and the purpose are the route's."""
    route = LoginRoute(
        "PUT", "/code/{step}", identity="account", secrets=("code",), purpose="otp", success={200}
    )
    world = World()
    wire = Wire(*body_messages(b'{"account": "alice", "code": "123456"}'))
    await AuthGuardMiddleware(answering(401), world.guard, [route])(
        scope_of("/code/2", "PUT"), wire.receive, wire.send
    )
    assert wire.status == 401
    assert (await world.guard.inspect("alice", purpose="otp")).failures == 1
    assert await failures(world) == 0


# ------------------------------------------------------------------ the outcome


@pytest.mark.parametrize("status", [201, 204, 302, 400, 401, 403, 404, 422, 500, 503])
async def test_a_status_that_is_not_a_success_is_a_failure(status: int) -> None:
    """Only what the route names gives the attempt back; a 5xx least of all."""
    world = World()
    wire = Wire(*body_messages(CREDENTIALS))
    await world.wrap(answering(status))(scope_of(), wire.receive, wire.send)
    assert wire.status == status
    assert await failures(world) == 1
    assert world.told.kinds["attempt_failed"] == 1


async def test_a16_an_exception_out_of_the_application_stays_counted() -> None:
    """The error goes on its way, and nothing is given back."""
    world = World()

    async def app(*_: object) -> None:
        raise LookupError

    wire = Wire(*body_messages(CREDENTIALS))
    with pytest.raises(LookupError):
        await world.wrap(app)(scope_of(), wire.receive, wire.send)
    assert await failures(world) == 1


async def test_a16_a_cancelled_attempt_stays_counted() -> None:
    """A server that cancels the request in the middle of the check gives nothing back."""
    world = World()
    checking = asyncio.Event()

    async def app(*_: object) -> None:
        checking.set()
        await asyncio.Event().wait()

    wire = Wire(*body_messages(CREDENTIALS))
    task = asyncio.ensure_future(world.wrap(app)(scope_of(), wire.receive, wire.send))
    await checking.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await failures(world) == 1
    assert world.told.kinds["attempt_failed"] == 1


async def test_a16_an_application_that_answers_nothing_has_failed() -> None:
    """A client that went away during the check is told nothing and gets nothing back."""
    world = World()

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    wire = Wire(*body_messages(CREDENTIALS))
    await world.wrap(app)(scope_of(), wire.receive, wire.send)
    assert (wire.sent, await failures(world)) == ([], 1)


async def test_a16_what_happens_after_the_response_has_started_changes_no_outcome() -> None:
    """A success that was sent stays one, whatever the body's stream runs into."""
    world = World()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise HasherBusy

    wire = Wire(*body_messages(CREDENTIALS))
    with pytest.raises(HasherBusy):
        await world.wrap(app)(scope_of(), wire.receive, wire.send)
    assert await failures(world) == 0


async def test_a75_a_full_hasher_is_answered_and_the_attempt_given_back() -> None:
    """Nothing was hashed, so nothing was tried: 503 with the moment to come again."""
    world = World()

    async def app(*_: object) -> None:
        raise HasherBusy

    wire = Wire(*body_messages(CREDENTIALS))
    await world.wrap(app)(scope_of(), wire.receive, wire.send)
    assert (wire.status, wire.body) == (503, BUSY.body)
    assert ("retry-after", "1") in wire.headers
    assert await failures(world) == 0


async def test_a75_five_hundred_sign_ins_at_once_are_answered_and_none_is_lost() -> None:
    """With one place for a hash the rest is refused before any work, and only what was checked is counted."""
    world = World(delay_after="5", account_limit="1000/15m", ip_limit="1000/15m", subnet_limit="1000/15m")
    world.guard = AsyncGuard(
        world.guard.settings,
        storage=world.guard.storage,
        hasher=Argon2Hasher(parameters=CHEAP, workers=1, max_pending=0),
        observers=[world.told],
    )
    app = Starlette(
        routes=[Route("/login", world.login, methods=["POST"])],
        middleware=[Middleware(AuthGuardMiddleware, guard=world.guard, routes=[LOGIN])],
    )
    async with client(app) as browser:
        answers = await asyncio.gather(*(browser.post("/login", json=creds(f"u{n}")) for n in range(500)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {401, 503}
    assert world.told.kinds["attempt_released"] == statuses.count(503)


class BrokenStore:
    """A store that breaks its contract when it settles."""

    def __init__(self, world: World) -> None:
        self.inner, self.trips = world.guard.storage, 0

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        self.trips += 1
        if self.trips > 1:
            raise LookupError("secret-canary")
        return await self.inner.execute(ops)


async def test_a_settle_that_fails_never_fails_the_sign_in(caplog: pytest.LogCaptureFixture) -> None:
    """A right password stays right; the log tells the error's type and nothing else."""
    world = World()
    guard = AsyncGuard(world.guard.settings, storage=BrokenStore(world), hasher=make_hasher())
    wire = Wire(*body_messages(CREDENTIALS))
    await AuthGuardMiddleware(answering(200), guard, [LOGIN])(scope_of(), wire.receive, wire.send)
    assert wire.status == 200
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text
