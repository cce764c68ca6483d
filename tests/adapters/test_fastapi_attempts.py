"""Claims about attempts in FastAPI endpoints: who is let in, what is counted, what is answered."""

import asyncio
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import JSONResponse, Response

from authguard_argon2 import Argon2Hasher
from authguard_core import HasherBusy
from authguard_core.answers import BUSY, FAILED
from authguard_fastapi import AttemptHTTPException, AuthGuard, LoginGuard, PurposeGuard
from tests.adapters.fastapi_world import Credentials, World
from tests.adapters.support import (
    CHEAP,
    RIGHT,
    WRONG,
    Clock,
    History,
    Wire,
    body_messages,
    client,
    history,
    make_hasher,
    make_settings,
    make_storage,
    scope_of,
)

pytestmark = pytest.mark.anyio

UNDELAYED = {"delay_after": "5"}
CREDENTIALS = b'{"username": "alice", "password": "guess"}'


def creds(username: str = "alice", password: str = WRONG) -> dict[str, str]:
    return {"username": username, "password": password}


async def failures(world: World, identifier: str = "alice") -> int:
    return (await world.guard.inspect(identifier)).failures


async def post(
    world: World, path: str, body: dict[str, str], *, address: str = "203.0.113.7"
) -> httpx.Response:
    async with client(world.app, address) as browser:
        if path == "/form":
            return await browser.post(path, data=body)
        return await browser.post(path, json=body)


# ------------------------------------------------------------------ who is let in


@pytest.mark.parametrize("path", ["/login", "/sync", "/form"])
async def test_a_right_password_gets_in_and_makes_the_browser_known(path: str) -> None:
    """JSON and form, async def and def, model and redirect: all get the cookie, and nothing is counted."""
    world = World()
    answer = await post(world, path, creds(password=RIGHT))
    assert answer.status_code == (303 if path == "/form" else 200)
    assert answer.headers["set-cookie"].startswith("__Host-authguard_device=")
    assert answer.headers["cache-control"] == "no-store"
    assert await failures(world) == 0


@pytest.mark.parametrize("path", ["/login", "/sync", "/form"])
@pytest.mark.parametrize("username", ["alice", "nobody"])
async def test_a_wrong_password_is_the_uniform_401(path: str, username: str) -> None:
    """A known and an unknown name get the same problem, uncached, and both are counted."""
    world = World()
    answer = await post(world, path, creds(username))
    assert (answer.status_code, answer.content) == (401, FAILED.body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert await failures(world, username) == 1


@pytest.mark.parametrize("path", ["/login", "/sync", "/form"])
async def test_a01_after_five_failures_the_right_password_is_not_looked_at(path: str) -> None:
    """The 429 comes before the check, and the lock ends when it says."""
    world = World(UNDELAYED)
    statuses = [(await post(world, path, creds())).status_code for _ in range(20)]
    assert (statuses, world.calls) == ([401] * 5 + [429] * 15, 5)
    refused = await post(world, path, creds(password=RIGHT))
    assert (refused.status_code, refused.headers["retry-after"], world.calls) == (429, "900", 5)
    world.clock.advance(15 * 60)
    assert (await post(world, path, creds(password=RIGHT))).status_code < 400


@pytest.mark.parametrize("path", ["/login", "/sync"])
async def test_a14_a_hundred_tasks_on_one_account_are_checked_exactly_five_times(path: str) -> None:
    """G1 in endpoints of either kind, for any interleaving on one event loop."""
    world = World(UNDELAYED)
    answers = await asyncio.gather(*(post(world, path, creds()) for _ in range(100)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 95
    assert world.calls == world.hashed == 5


async def test_a13_twenty_parallel_right_passwords_all_get_in() -> None:
    """Each is retried as it is told; the waits add up to at most eight seconds."""
    world = World()
    waited, waiting = 0, 20
    while waiting:
        answers = await asyncio.gather(
            *(post(world, "/login", creds(password=RIGHT)) for _ in range(waiting))
        )
        refused = [answer for answer in answers if answer.status_code != 200]
        waiting = len(refused)
        pause = max((int(answer.headers["retry-after"]) for answer in refused), default=0)
        waited += pause
        world.clock.advance(pause)
    assert waited <= 8


async def test_a42_a_delay_is_told_and_never_slept() -> None:
    """After three failures the next attempt is answered at once, with the seconds to wait."""
    world = World()
    for _ in range(3):
        await post(world, "/login", creds())
    answer = await asyncio.wait_for(post(world, "/login", creds()), timeout=5)
    assert (answer.status_code, answer.headers["retry-after"], world.calls) == (429, "1", 3)


async def test_a40_a_known_browser_gets_in_while_the_account_is_locked() -> None:
    """The cookie that a success has set is read again."""
    world = World(UNDELAYED)
    async with client(world.app) as owner:
        await owner.post("/login", json=creds(password=RIGHT))
        for _ in range(6):
            await post(world, "/login", creds(), address="198.51.100.1")
        assert (await owner.post("/login", json=creds(password=RIGHT))).status_code == 200


async def test_a18_name_and_address_of_one_person_are_one_account() -> None:
    """With a resolve hook five failures under the name lock the mail address too."""
    world = World(UNDELAYED, resolve={"alice": "1", "a@example.org": "1"}.get)
    for _ in range(5):
        await post(world, "/login", creds())
    assert (await post(world, "/login", creds("a@example.org"))).status_code == 429


# ------------------------------------------------------------------ what is counted


def guarded_app(*, max_pending: int = 0) -> tuple[FastAPI, AuthGuard]:
    """A guarded application without endpoints, and a hasher with one place."""
    hasher = Argon2Hasher(parameters=CHEAP, workers=1, max_pending=max_pending)
    guard = AuthGuard(make_settings(), storage=make_storage(Clock()), hasher=hasher)
    app = FastAPI()
    guard.init_app(app)
    return app, guard


async def test_a16_an_exception_in_the_endpoint_stays_counted() -> None:
    """The client gets its 500, and nothing back."""
    app, guard = guarded_app()

    @app.post("/login")
    async def login(login_guard: LoginGuard) -> None:
        async with login_guard.attempt("alice"):
            raise LookupError

    async with client(app) as browser:
        assert (await browser.post("/login")).status_code == 500
    assert (await guard.inspect("alice")).failures == 1


async def test_g2_an_attempt_without_a_word_stays_counted() -> None:
    """An endpoint that forgets to report has failed, whatever it answers."""
    app, guard = guarded_app()

    @app.post("/login")
    async def login(login_guard: LoginGuard) -> None:
        async with login_guard.attempt("alice"):
            pass

    async with client(app) as browser:
        assert (await browser.post("/login")).status_code == 200
    assert (await guard.inspect("alice")).failures == 1


async def test_a16_a_cancelled_request_stays_counted() -> None:
    """A server that cancels the request in the middle of the check gives nothing back."""
    app, guard = guarded_app()
    checking = asyncio.Event()

    @app.post("/login")
    async def login(form: Credentials, login_guard: LoginGuard) -> None:
        async with login_guard.attempt(form.username):
            checking.set()
            await asyncio.Event().wait()

    wire = Wire(*body_messages(CREDENTIALS))
    task = asyncio.ensure_future(app(scope_of(), wire.receive, wire.send))
    await checking.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await guard.inspect("alice")).failures == 1


@pytest.mark.parametrize("path", ["/async", "/sync"])
async def test_a75_a_full_hasher_is_answered_and_the_attempt_given_back(path: str) -> None:
    """Nothing was hashed, so nothing was tried: 503 with the moment to come again."""
    app, guard = guarded_app()

    @app.post("/async")
    async def by_loop(login_guard: LoginGuard) -> None:
        async with login_guard.attempt("alice"):
            raise HasherBusy

    @app.post("/sync")
    def by_thread(login_guard: LoginGuard) -> None:
        with login_guard.attempt("alice"):
            raise HasherBusy

    async with client(app) as browser:
        answer = await browser.post(path)
    assert (answer.status_code, answer.content, answer.headers["retry-after"]) == (503, BUSY.body, "1")
    assert answer.headers["cache-control"] == "no-store"
    assert (await guard.inspect("alice")).failures == 0


async def test_a75_a_full_hasher_outside_of_an_attempt_is_answered_too() -> None:
    """A registration that finds no place gets the same 503."""
    app, guard = guarded_app()

    @app.post("/register")
    async def register() -> list[str]:
        return await asyncio.gather(*(guard.hasher.hash(RIGHT) for _ in range(20)))

    async with client(app) as browser:
        answer = await browser.post("/register")
    assert (answer.status_code, answer.content) == (503, BUSY.body)


async def test_the_synchronous_hasher_does_what_the_other_does() -> None:
    """A def endpoint hashes, verifies and asks for a rehash over the same pool."""
    app, guard = guarded_app(max_pending=9)

    @app.post("/register")
    def register() -> list[bool]:
        hasher = guard.sync_hasher
        made = hasher.hash(RIGHT)
        return [hasher.verify(made, RIGHT), hasher.verify(None, RIGHT), hasher.needs_rehash(made)]

    async with client(app) as browser:
        assert (await browser.post("/register")).json() == [True, False, False]


# ------------------------------------------------------------------ what is answered


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
    world = World({"ip_limit": "5/15m", **UNDELAYED})
    for _ in range(5):
        await post(world, "/login", creds())
    by_address = await post(world, "/login", creds("bob"))
    by_account = await post(world, "/login", creds(), address="198.51.100.1")
    assert (by_address.status_code, by_address.content) == (429, by_account.content)
    assert list(by_address.headers.items()) == list(by_account.headers.items())
    assert not [name for name in by_address.headers if "ratelimit" in name]


async def test_an_application_may_make_pages_of_the_answers() -> None:
    """A handler registered before or after init_app takes the place of the guard's own."""
    hasher = make_hasher()
    guard = AuthGuard(make_settings(), storage=make_storage(Clock()), hasher=hasher)

    async def page(_request: object, error: Exception) -> Response:
        assert isinstance(error, AttemptHTTPException)
        return Response(f"page of {error.answer.status}", error.status_code)

    app = FastAPI(exception_handlers={AttemptHTTPException: page})
    guard.init_app(app)

    @app.post("/login")
    async def login(login_guard: LoginGuard) -> None:
        async with login_guard.attempt("alice") as attempt:
            attempt.fail()

    async with client(app) as browser:
        answer = await browser.post("/login")
    assert (answer.status_code, answer.text) == (401, "page of 401")


async def test_an_answer_says_enough_for_an_application_without_the_handler() -> None:
    """As any HTTPException it has its detail and its Retry-After, and one Content-Type at most."""
    error = AttemptHTTPException(BUSY)
    assert (error.status_code, error.detail) == (503, BUSY.content["detail"])
    assert error.headers == {"Cache-Control": "no-store", "Retry-After": "1"}


async def test_the_cookie_is_added_to_a_response_of_the_endpoints_own() -> None:
    """Beside the cookies that the endpoint sets itself."""
    app, _ = guarded_app()

    @app.post("/login")
    async def login(login_guard: LoginGuard) -> Response:
        async with login_guard.attempt("alice") as attempt:
            await attempt.succeed(remember=True)
        response = JSONResponse({})
        response.set_cookie("session", "1")
        return response

    async with client(app) as browser:
        cookies = (await browser.post("/login")).headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["session", "__Host-authguard_device"]


async def test_a_dependency_of_the_endpoint_can_take_the_guard() -> None:
    """The endpoint behind it is guarded all the same, and two takers share one guard."""
    app, guard = guarded_app()
    taken: list[PurposeGuard] = []
    router = APIRouter()

    async def user(login_guard: LoginGuard) -> str:
        taken.append(login_guard)
        async with login_guard.attempt("alice") as attempt:
            await attempt.succeed()
        return "alice"

    @router.post("/login")
    async def login(login_guard: LoginGuard, name: Annotated[str, Depends(user)]) -> str:
        taken.append(login_guard)
        return name

    app.include_router(router)
    async with client(app) as browser:
        answer = await browser.post("/login")
    assert (answer.json(), answer.headers["cache-control"]) == ("alice", "no-store")
    assert taken[0] is taken[1]
    assert (await guard.inspect("alice")).failures == 0
