"""The event loop: the same claims, and who works where."""

import asyncio
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, RequestFactory
from django.test.utils import override_settings

from authguard_django import get_guard
from authguard_django.middleware import AuthGuardMiddleware
from tests.adapters.django_world import User, World, hash_threads, opened, threads
from tests.adapters.support import RIGHT, WRONG

DEVICE = "__Host-authguard_device"
JSON = "application/json"


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


def test_on_the_event_loop_the_same_holds(world: World) -> None:
    """Sign-in, device cookie, refusal and page, through asynchronous middleware and view."""

    def post(password: str, **headers: str) -> HttpResponse:
        body = {"username": "alice", "password": password}
        client = AsyncClient()
        answer = async_to_sync(client.post)("/api/login/", body, content_type=JSON, headers=headers)
        assert isinstance(answer, HttpResponse)
        return answer

    assert DEVICE in post(RIGHT).cookies
    assert [post(WRONG).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert post(WRONG)["Content-Type"] == "application/problem+json"
    assert "Too many attempts" in post(WRONG, accept="text/html").content.decode()
    assert world.told.kinds["attempt_refused"] == 3


def test_several_calls_in_one_request_are_settled_on_the_event_loop(world: World) -> None:
    """The second call settles the first one: a batch of right ones doesn't stop itself."""
    form = {"username": ["alice"] * 5, "password": RIGHT}
    assert async_to_sync(AsyncClient().post)("/batch/", form).status_code == 200
    assert world.told.kinds["attempt_succeeded"] == 5


@pytest.mark.anyio
async def test_a_check_without_a_database_takes_no_thread() -> None:
    """Guard, middleware and view run where the event loop does."""
    threads.clear()
    middleware = ["authguard_django.middleware.AuthGuardMiddleware"]
    heard: list[int] = []

    def observer(_event: object) -> None:
        heard.append(threading.get_ident())

    with override_settings(
        MIDDLEWARE=middleware,
        AUTHGUARD={"SECRET_KEY": "k" * 32, "RESOLVE": nobody, "OBSERVERS": [observer]},
    ):
        answers = [
            await AsyncClient().get("/no-database/", headers={"x-name": "alice", "x-code": code})
            for code in ("right", "1")
        ]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert {*heard, *threads} == {threading.get_ident()}


async def nobody(_identifier: str) -> None:
    """Find no account."""


def test_a_plain_view_behind_an_event_loop_belongs_to_its_request(world: World) -> None:
    """What Django calls without a request, as when a password has changed, finds it all the same."""

    async def change() -> tuple[bool, bool]:
        browser, new = AsyncClient(), {"username": "alice", "password": "umbrella fjord quartz lantern"}
        stranger = await browser.post("/change/", new)
        await browser.post("/login/", new)
        owner = await browser.post("/change/", new)
        return DEVICE in stranger.cookies, DEVICE in owner.cookies

    assert asyncio.run(change()) == (False, True)
    assert world.told.kinds["reset_completed"] == 2


def test_a_secret_that_is_tried_while_the_response_streams_stays_counted(world: World) -> None:
    """Its request is over, so nobody can tell what followed."""

    def view(request: HttpRequest) -> StreamingHttpResponse:
        def parts() -> Iterator[bytes]:
            yield b"signed in: "
            yield str(authenticate(request, username="alice", password=RIGHT)).encode()

        return StreamingHttpResponse(parts())

    middleware: Any = AuthGuardMiddleware(view)  # type: ignore[arg-type]  # Django's own are typed no closer
    assert middleware(RequestFactory().post("/")).getvalue() == b"signed in: alice"
    assert get_guard().inspect("alice").failures == 1
    assert world.told.kinds["attempt_succeeded"] == 0


def test_a75_hashing_takes_a_thread(world: World) -> None:
    """Django 5.2 would hash on the loop, and keep everybody waiting."""

    async def guess() -> int:
        await aauthenticate(username="alice", password=WRONG)
        await aauthenticate(username="nobody", password=WRONG)
        return threading.get_ident()

    hash_threads.clear()
    assert asyncio.run(guess()) not in hash_threads
    assert len(hash_threads) == 2
    assert world.told.kinds["attempt_failed"] == 2


def test_the_look_up_in_the_database_has_no_deadline_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that is busy for longer would else turn right passwords into outages."""
    manager = type(User.objects)
    find = manager.get_by_natural_key

    def slowly(self: object, username: str) -> object:
        begun = time.monotonic()
        while time.monotonic() < begun + 0.01:
            pass
        return find(self, username)  # type: ignore[arg-type]  # the manager

    with opened(RESOLVE_TIMEOUT="1ms") as world:
        monkeypatch.setattr(manager, "get_by_natural_key", slowly)
        assert async_to_sync(aauthenticate)(username="alice", password=RIGHT) == world.alice
        assert world.told.kinds["resolve_failed"] == 0


async def never(_identifier: str) -> str:
    """Look in a directory that is down."""
    await asyncio.Event().wait()
    return "7"


def test_g9_a_look_up_of_your_own_has_its_deadline() -> None:
    """A directory that doesn't answer is an outage: 503, and no password is looked at."""
    body = {"username": "alice", "password": RIGHT}
    with opened(RESOLVE_TIMEOUT="1ms", RESOLVE=never) as world:
        answer = async_to_sync(AsyncClient().post)("/api/login/", body, content_type=JSON)
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        assert (world.told.kinds["resolve_failed"], world.told.kinds["attempt_admitted"]) == (1, 0)


@pytest.mark.parametrize("password", [RIGHT, WRONG])
def test_a16_a_client_that_leaves_gives_no_attempt_back(world: World, password: str) -> None:
    """The view is cancelled after the check, and nobody could say what became of it."""

    async def leave() -> None:
        checked = asyncio.Event()

        async def view(request: HttpRequest) -> HttpResponse:
            await aauthenticate(request, username="alice", password=password)
            checked.set()
            await asyncio.Event().wait()
            return HttpResponse()

        middleware: Any = AuthGuardMiddleware(view)
        answering = asyncio.ensure_future(middleware(RequestFactory().post("/")))
        await checked.wait()
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        assert answering.cancelled()

    asyncio.run(leave())
    assert get_guard().inspect("alice").failures == 1
    assert world.told.kinds["attempt_succeeded"] == 0


def test_a12_a13_tasks_of_one_loop_stop_at_the_limit_and_right_ones_dont_stop_each_other() -> None:
    """Twenty guesses at once are five checks; five right passwords at once all get in."""

    async def together(password: str, count: int) -> int:
        tries = (aauthenticate(username="alice", password=password) for _ in range(count))
        return sum(user is not None for user in await asyncio.gather(*tries))

    with opened(LOGIN={"DELAY_AFTER": 5}) as world:
        assert asyncio.run(together(RIGHT, 5)) == 5
        assert asyncio.run(together(WRONG, 20)) == 0
        assert (world.told.kinds["attempt_failed"], world.told.kinds["attempt_refused"]) == (5, 15)
