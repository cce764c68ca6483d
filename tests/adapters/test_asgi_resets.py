"""Claims about routes that redeem a reset's link."""

import asyncio
import json
from collections.abc import Sequence

import anyio
import pytest
from starlette.responses import JSONResponse

from authguard_asgi import ASGIApp, LoginRoute, Lookup, Receive, ResetRoute, Scope, Send
from authguard_core import AsyncGuard, ConfigurationError, HasherBusy, StorageError
from authguard_core.counting.ops import Clear, Op, Result
from tests.adapters.asgi_world import CREDENTIALS, LOGIN, World, answering, creds, failures
from tests.adapters.support import WRONG, Wire, body_messages, client, make_hasher, scope_of

pytestmark = pytest.mark.anyio

ACCOUNT = "17"
NEW = "an entirely new one"
COOKIE = "__Host-authguard_device"


def accounts(_identifier: str) -> str:
    """Everybody is one person: the guard's ``resolve``."""
    return ACCOUNT


class Site:
    """An application with one reset link, which it takes once, and a login that fails."""

    def __init__(self, *, account: Lookup | None = None, ip_limit: str = "30/15m") -> None:
        self.tokens = {"token": ACCOUNT}
        self.asked: list[str] = []
        self.world = World(resolve=accounts, delay_after="5", ip_limit=ip_limit)
        self.route = ResetRoute("POST", "/reset/confirm", account=account or self.owner, success={200})
        self.app = self.world.guarding(self.serve, LOGIN, self.route)

    async def owner(self, token: str) -> str | None:
        self.asked.append(token)
        return self.tokens.get(token)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        found = self.tokens.pop(json.loads(message["body"]).get("token"), None)
        await JSONResponse({}, 200 if found else 422)(scope, receive, send)

    async def lock(self) -> None:
        async with client(self.app) as browser:
            for _ in range(5):
                await browser.post("/login", json=creds())
        assert (await self.world.guard.inspect("alice")).wait

    async def is_locked(self) -> bool:
        return bool((await self.world.guard.inspect("alice")).wait)


async def redeem(app: ASGIApp, token: str = "token", *, path: str = "/reset/confirm", **more: object) -> Wire:
    wire = Wire(*body_messages(json.dumps({"token": token, "password": NEW}).encode()))
    await app({**scope_of(path), **more}, wire.receive, wire.send)
    return wire


def cookies(wire: Wire) -> list[str]:
    return [value.partition("=")[0] for name, value in wire.headers if name == "set-cookie"]


# ------------------------------------------------------------------ a reset that is complete


async def test_a_completed_reset_ends_the_lock_and_makes_its_browser_known() -> None:
    """The account has its whole budget again, and the response carries the device cookie."""
    site = Site()
    await site.lock()
    wire = await redeem(site.app)
    assert (wire.status, cookies(wire), await site.is_locked()) == (200, [COOKIE], False)
    assert (await site.world.guard.inspect("alice")).failures == 0
    assert site.world.told.kinds["reset_completed"] == 1


async def test_a_completed_reset_forgets_all_other_browsers() -> None:
    """Each redemption raises the generation: a cookie from before is worth nothing."""
    site = Site()
    await redeem(site.app)
    before = (await site.world.guard.inspect("alice")).generation
    site.tokens = {"another": ACCOUNT}
    await redeem(site.app, "another")
    assert (await site.world.guard.inspect("alice")).generation == before + 1


async def test_a_plain_function_may_look_the_token_up() -> None:
    """It runs in a thread, so it may ask a database."""
    wire = await redeem(Site(account={"token": ACCOUNT}.get).app)
    assert cookies(wire) == [COOKIE]


async def test_a_redemption_is_never_limited() -> None:
    """Whatever its address has used up, an issued link is worth its reset."""
    site = Site(ip_limit="1/15m")
    async with client(site.app, "203.0.113.7") as browser:
        assert [(await browser.post("/login", json=creds())).status_code for _ in range(2)] == [422, 429]
    assert (await redeem(site.app)).status == 200


async def test_a_cookie_for_plain_http_is_made_on_this_machine_only() -> None:
    """With COOKIE_SECURE off, a browser elsewhere gets none."""
    guard = World(secure=False).guard
    route = ResetRoute("POST", "/reset/confirm", account={"token": "alice"}.get, success={200})
    world = World()
    world.guard = guard
    app = world.guarding(answering(200), LOGIN, route)
    assert cookies(await redeem(app)) == []
    assert cookies(await redeem(app, client=("127.0.0.1", 50_000))) == ["authguard_device"]


# ------------------------------------------------------------------ and one that isn't


@pytest.mark.parametrize("status", [201, 204, 303, 400, 401, 422, 500])
async def test_another_status_reports_nothing(status: int) -> None:
    """Only what the route names says that the new password is set."""
    site = Site()
    await site.lock()
    wire = await redeem(site.world.guarding(answering(status), LOGIN, site.route))
    assert (wire.status, cookies(wire), await site.is_locked()) == (status, [], True)


@pytest.mark.parametrize("found", [None, ""])
async def test_a_token_that_is_nobodys_reports_nothing(found: str | None) -> None:
    """Even where the application answers with a success."""
    site = Site(account=lambda _token: found)
    await site.lock()
    wire = await redeem(site.world.guarding(answering(200), LOGIN, site.route))
    assert (wire.status, cookies(wire), await site.is_locked()) == (200, [], True)


@pytest.mark.parametrize(
    "more",
    [
        {"path": "/RESET/confirm"},
        {"path": "/reset/confirm/"},
        {"query_string": b"_method=GET"},
        {"headers": [(b"x-http-method-override", b"GET"), (b"content-type", b"application/json")]},
    ],
)
async def test_a37_what_only_may_be_a_redemption_reports_nothing(more: dict[str, object]) -> None:
    """Another page's 200 says nothing of a password, and the look-up isn't asked."""
    site = Site()
    await site.lock()
    wire = await redeem(site.world.guarding(answering(200), LOGIN, site.route), **more)  # type: ignore[arg-type]  # a path, or more of the scope
    assert (wire.status, cookies(wire), await site.is_locked(), site.asked) == (200, [], True, [])


async def test_a52_of_two_redemptions_at_one_moment_one_is_reported() -> None:
    """Both tokens were valid when they arrived; the application's answer decides."""
    site = Site()
    wires = await asyncio.gather(redeem(site.app), redeem(site.app))
    assert sorted(wire.status for wire in wires) == [200, 422]
    assert site.world.told.kinds["reset_completed"] == 1
    assert [cookies(wire) for wire in wires if wire.status == 422] == [[]]


async def test_a73_a_redemption_that_cant_be_read_is_charged_to_its_address() -> None:
    """The thirty-first is too many, and the application sees none of them."""
    site = Site(ip_limit="1/15m")
    wires = [Wire(*body_messages(b'{"token": "token"}')) for _ in range(2)]
    for wire in wires:
        await site.app(scope_of("/reset/confirm"), wire.receive, wire.send)
    assert ([wire.status for wire in wires], site.asked) == ([422, 429], [])


async def test_a75_a_full_hasher_leaves_the_link_unused() -> None:
    """503, and the same link works a moment later."""
    site = Site()

    async def busy(*_: object) -> None:
        raise HasherBusy

    assert (await redeem(site.world.guarding(busy, LOGIN, site.route))).status == 503
    assert (await redeem(site.app)).status == 200


# ------------------------------------------------------------------ outages


async def no_account(_token: str) -> str | None:
    raise LookupError("secret-canary")


async def endless(_token: str) -> str | None:
    await asyncio.Event().wait()
    return None


@pytest.mark.parametrize(
    ("account", "said"),
    [
        (no_account, "LookupError"),
        (endless, "TimeoutError"),
        (lambda _: 17, "got 'int', expected text or None"),
    ],
)
async def test_a_look_up_that_fails_leaves_the_link_unused(
    account: Lookup, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """503 before the application sees the token; the log tells the error's type and no token."""
    site = Site(account=account)
    wire = await redeem(site.app)
    assert (wire.status, dict(wire.headers)["retry-after"], site.tokens) == (503, "1", {"token": ACCOUNT})
    assert said in caplog.text
    assert "canary" not in caplog.text


class BrokenStore:
    """A store that can't clear."""

    def __init__(self, world: World, error: Exception) -> None:
        self.inner, self.error = world.guard.storage, error

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        if any(isinstance(op, Clear) for op in ops):
            raise self.error
        return await self.inner.execute(ops)


@pytest.mark.parametrize("error", [StorageError("canary"), LookupError("canary")])
async def test_a_store_that_fails_changes_no_answer_of_a_reset(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The new password is set: the answer stays, the lock stays, and the log says what to look at."""
    site = Site()
    await site.lock()
    site.world.guard = AsyncGuard(
        site.world.guard.settings,
        storage=BrokenStore(site.world, error),
        hasher=make_hasher(),
        resolve=accounts,
    )
    wire = await redeem(site.world.guarding(site.serve, LOGIN, site.route))
    assert (wire.status, cookies(wire), await site.is_locked()) == (200, [], True)
    assert "a completed reset could not be reported" in caplog.text
    assert "canary" not in caplog.text


class SlowStore:
    """A store that takes its time for a reset, and says when it has begun with it."""

    def __init__(self, site: Site) -> None:
        self.inner, self.begun, self.goes_on = site.world.guard.storage, asyncio.Event(), asyncio.Event()

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        if any(isinstance(op, Clear) for op in ops):
            self.begun.set()
            await self.goes_on.wait()
        return await self.inner.execute(ops)

    def around(self, site: Site) -> ASGIApp:
        site.world.guard = AsyncGuard(
            site.world.guard.settings, storage=self, hasher=make_hasher(), resolve=accounts
        )
        return site.world.guarding(site.serve, LOGIN, site.route)


async def test_a16_a_reset_whose_client_leaves_during_the_report_is_reported() -> None:
    """What cancels the request around the guard, as Starlette's middleware does, waits for the report."""
    site = Site()
    await site.lock()
    store = SlowStore(site)
    app = store.around(site)
    async with anyio.create_task_group() as group:
        group.start_soon(redeem, app)
        await store.begun.wait()
        group.cancel_scope.cancel()
        store.goes_on.set()
    assert not await site.is_locked()


async def test_a16_a_report_that_is_cancelled_with_its_task_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """The password is new and the account still locked: the log is where an operator learns of it."""
    site = Site()
    await site.lock()
    store = SlowStore(site)
    task = asyncio.ensure_future(redeem(store.around(site)))
    await store.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "a completed reset could not be reported: cancelled" in caplog.text
    assert await site.is_locked()


def test_a_redemption_says_what_its_success_is() -> None:
    """There is no default: an application may answer a refused token with 200."""
    with pytest.raises(TypeError, match="success"):
        ResetRoute("POST", "/reset/confirm", account=nobody)  # type: ignore[call-arg]  # that is the claim


# ------------------------------------------------------------------ construction


def nobody(_token: str) -> None:
    """Find nobody."""


@pytest.mark.parametrize("success", [set[int](), {199}, {422}])
def test_a_refusal_is_never_a_completed_reset(success: set[int]) -> None:
    """A status that refused tokens get can't be named."""
    with pytest.raises(ConfigurationError, match=r"ResetRoute\.success: got"):
        ResetRoute("POST", "/reset/confirm", account=nobody, success=success)


@pytest.mark.parametrize(
    "other",
    [
        LoginRoute("POST", "/reset/{step}", success={200}),
        LoginRoute("PUT", "/Reset/confirm/", success={200}),
        LoginRoute("PATCH", "/{a}/{b}", success={200}),
    ],
)
def test_a37_a_redemption_has_a_path_of_its_own(other: LoginRoute) -> None:
    """A path that could be a sign-in as well, by another method too, would let guesses pass uncounted."""
    route = ResetRoute("POST", "/reset/confirm", account=nobody, success={200})
    with pytest.raises(ConfigurationError, match="no ResetRoute on the path of another route"):
        World().guarding(answering(200), route, other)


async def test_a37_where_a_path_can_be_read_as_both_it_is_counted() -> None:
    """A reading that makes a parameter of dots is no way past the sign-in at the root."""
    world = World()
    redemption = ResetRoute("POST", "/reset/{token}", account=nobody, token="username", success={200})
    app = world.guarding(answering(401), redemption, LoginRoute("POST", "/", success={200}))
    wire = Wire(*body_messages(CREDENTIALS))
    await app(scope_of("/reset/.."), wire.receive, wire.send)
    assert (wire.status, await failures(world)) == (401, 1)


async def test_a37_an_overridden_method_finds_what_counts_first() -> None:
    """Of two routes that a path may be, the one that counts."""
    world = World()
    redemption = ResetRoute("PUT", "/reset/{token}", account=nobody, token="username", success={200})
    app = world.guarding(answering(401), redemption, LoginRoute("PUT", "/", success={200}))
    wire = Wire(*body_messages(json.dumps(creds("alice", WRONG)).encode()))
    await app(scope_of("/reset/..", query_string=b"_method=PUT"), wire.receive, wire.send)
    assert (wire.status, await failures(world)) == (401, 1)
