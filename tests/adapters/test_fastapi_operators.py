"""Claims about what the FastAPI adapter offers beside attempts: operators' verbs, resets, addresses."""

import pytest
from fastapi import FastAPI, Request

from authguard_core import Reason, Settings
from authguard_fastapi import AuthGuard, LoginGuard
from tests.adapters.fastapi_world import World
from tests.adapters.support import RIGHT, WRONG, Clock, client, make_hasher, make_settings, make_storage

pytestmark = pytest.mark.anyio


def make_guard(settings: Settings | None = None) -> AuthGuard:
    return AuthGuard(settings or make_settings(), storage=make_storage(Clock()), hasher=make_hasher())


async def test_operators_verbs_reach_the_guard() -> None:
    """Inspect, unlock an account, unlock an address."""
    world = World({"delay_after": "5", "ip_limit": "5/15m"})
    body = {"username": "alice", "password": WRONG}
    async with client(world.app) as browser:
        for _ in range(5):
            await browser.post("/login", json=body)
        assert (await world.guard.inspect("alice")).reason is Reason.LOCKED
        await world.guard.unlock("alice")
        assert (await world.guard.inspect("alice")).failures == 0
        assert (await browser.post("/login", json=body)).status_code == 429
        await world.guard.unlock_address("203.0.113.7")
        assert (await browser.post("/login", json=body)).status_code == 401


async def test_a_completed_reset_ends_the_lock_and_makes_the_browser_known() -> None:
    """Reported on the request's guard it sets the cookie, on the application's guard it returns it."""
    world = World({"delay_after": "5"})

    @world.app.post("/reset/confirm")
    async def confirm(login_guard: LoginGuard) -> None:
        await login_guard.reset_completed("alice")

    async with client(world.app) as browser:
        for _ in range(5):
            await browser.post("/login", json={"username": "alice", "password": WRONG})
        answer = await browser.post("/reset/confirm")
        assert answer.headers["set-cookie"].startswith("__Host-authguard_device=")
        right = await browser.post("/login", json={"username": "alice", "password": RIGHT})
        assert right.status_code == 200
    assert (await world.guard.reset_completed("alice")).device is not None


@pytest.mark.parametrize(("address", "known"), [("127.0.0.1", True), ("203.0.113.7", False)])
async def test_over_plain_http_a_reset_makes_this_machines_browsers_known_alone(
    address: str, *, known: bool
) -> None:
    """With COOKIE_SECURE off the connection's other end decides whether there is a cookie."""
    guard = make_guard(make_settings(cookie_secure=False))
    app = FastAPI()
    guard.init_app(app)

    @app.post("/reset/confirm")
    async def confirm(login_guard: LoginGuard) -> None:
        await login_guard.reset_completed("alice")

    async with client(app, address) as browser:
        answer = await browser.post("/reset/confirm")
    assert ("set-cookie" in answer.headers) is known
    assert ((await guard.reset_completed("alice", peer=address)).device is not None) is known


async def test_with_a_resolve_hook_a_reset_names_the_account_id() -> None:
    """The id that the hook returns is taken as it is, and never looked up again."""
    asked: list[str] = []

    def resolve(identifier: str) -> str:
        asked.append(identifier)
        return "17"

    world = World({"delay_after": "5"}, resolve=resolve)
    async with client(world.app) as browser:
        for _ in range(5):
            await browser.post("/login", json={"username": "alice", "password": WRONG})
    assert (await world.guard.inspect("alice")).reason is Reason.LOCKED
    asked.clear()
    await world.guard.reset_completed("17")
    assert asked == []
    assert (await world.guard.inspect("alice")).failures == 0


def test_the_promises_can_be_read() -> None:
    """Describe says what the guard's own does."""
    guard = make_guard()
    assert guard.describe() == guard.core.describe() != ""


async def test_the_client_address_is_the_one_that_is_counted() -> None:
    """Behind trusted proxies the forwarded one, for endpoints with a guard and without."""
    guard = make_guard(make_settings(trusted=["203.0.113.7"]))
    app = FastAPI()
    guard.init_app(app)
    found: list[object] = []

    @app.post("/where")
    async def where(request: Request, login_guard: LoginGuard) -> None:
        found.extend([guard.client_address(request), login_guard.client_address])

    async with client(app) as browser:
        await browser.post("/where", headers={"x-forwarded-for": "198.51.100.1"})
    assert found[0] == found[1] == guard.core.client_address("198.51.100.1")
