"""Views that check a secret themselves: the context, the decorator, bodies, resets, and the answers."""

import asyncio
from collections.abc import Generator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, RequestFactory
from django.test.utils import override_settings
from django.utils.decorators import method_decorator
from django.views import View

from authguard_core import ConfigurationError
from authguard_core.answers import Answer
from authguard_django import (
    AttemptError,
    RunningAttempt,
    attempt,
    client_address_of,
    guarded,
)
from tests.adapters.django_world import Client, World, log_in, opened
from tests.adapters.support import WRONG

DEVICE = "__Host-authguard_device"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def enter(browser: Client, code: str, name: str = "alice") -> int:
    """Post a code as JSON."""
    answer = browser.post("/code/", {"username": name, "password": code}, content_type=JSON)
    return answer.status_code


# The context


def test_a_view_refuses_before_it_looks(world: World, browser: Client) -> None:
    """Wrong codes are 401, and the fourth attempt is 429 though its code is right."""
    assert [enter(browser, code) for code in ("1", "2", "3", "right")] == [401, 401, 401, 429]
    assert world.told.kinds["attempt_failed"] == 3


def test_the_failure_is_uniform_problem_details(world: World, browser: Client) -> None:
    """The same bytes for a known and an unknown name, and not to be stored."""
    known, unknown = (
        browser.post("/code/", {"username": name, "password": "1"}, content_type=JSON)
        for name in ("alice", "x")
    )
    assert known.content == unknown.content
    assert known.json()["type"] == "urn:authguard:problem:invalid-credentials"
    assert known["Cache-Control"] == "no-store"
    assert world.told.kinds["attempt_failed"] == 2


def test_a_success_is_given_back(world: World, browser: Client) -> None:
    """Right ones never add up; with another factor due the browser stays unknown."""
    assert [enter(browser, "right") for _ in range(8)] == [200] * 8
    assert (world.told.kinds["attempt_succeeded"], world.told.kinds["device_known"]) == (8, 0)


def test_a_full_hashing_pool_is_503(world: World, browser: Client) -> None:
    """Nothing was hashed: the attempt is given back, and the client told to come again."""
    assert [enter(browser, "busy") for _ in range(5)] == [503] * 5
    assert world.told.kinds["attempt_released"] == 5


def test_purposes_have_budgets_of_their_own(world: World, browser: Client) -> None:
    """Wrong codes don't lock the password."""
    for _ in range(4):
        enter(browser, "1")
    assert log_in(browser).status_code == 302
    assert world.told.kinds["attempt_refused"] == 1


def test_an_attempt_is_over_with_its_block(world: World) -> None:
    """A report after the end is misuse, and says so."""
    with attempt(None, "alice") as running:
        running.succeed(world.alice.pk)
    with pytest.raises(ConfigurationError, match="report after the end"):
        running.succeed()
    assert world.told.kinds["attempt_succeeded"] == 1


def test_another_account_than_the_counted_one_does_not_succeed(world: World) -> None:
    """Else one account's limit would be charged and another one entered."""
    with pytest.raises(ConfigurationError, match="another account"), attempt(None, "alice") as running:
        running.succeed(world.ann.pk)
    assert world.told.kinds["attempt_failed"] == 1


def test_what_is_right_stays_right_when_the_view_breaks_down(world: World) -> None:
    """An error after the report changes nothing."""

    def view() -> None:
        with attempt(None, "alice") as running:
            running.succeed()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        view()
    assert world.told.kinds["attempt_succeeded"] == 1


def test_a_context_that_is_left_twice_reports_once(world: World) -> None:
    """The second time there is nothing to report."""
    context = attempt(None, "alice")
    with context:
        pass
    context.__exit__(None, None, None)
    async_to_sync(context.__aexit__)(None, None, None)
    assert world.told.kinds["attempt_failed"] == 1


# The decorator


def test_a_decorated_view_says_itself_what_is_right(world: World, browser: Client) -> None:
    """It is given the attempt; without a word it counts as failed. A GET passes."""
    assert browser.get("/decorated/").content == b"form"
    for _ in range(5):
        assert browser.post("/decorated/", {"username": "alice", "code": "right"}).content == b"seen"
    statuses = [browser.post("/decorated/", {"username": "alice", "code": "1"}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert world.told.kinds["attempt_succeeded"] == 5


def test_a_decorated_view_without_a_name_is_refused(world: World, browser: Client) -> None:
    """It names nobody, so its address pays."""
    assert browser.post("/decorated/", {"code": "right"}).status_code == 422
    assert world.told.kinds["attempt_refused"] == 1


def test_a_decorated_view_on_the_event_loop_is_judged_by_its_status(world: World) -> None:
    """Only the named status is a success."""
    browser = AsyncClient()
    post = async_to_sync(browser.post)
    assert async_to_sync(browser.get)("/by-status/").status_code == 400
    known = post("/by-status/", headers={"x-name": "alice", "x-code": "right"})
    assert (known.status_code, DEVICE in known.cookies) == (204, True)
    stranger = async_to_sync(AsyncClient().post)
    statuses = [stranger("/by-status/", headers={"x-name": "alice"}).status_code for _ in range(4)]
    assert statuses == [400, 400, 400, 429]
    assert world.told.kinds["attempt_succeeded"] == 1


class Codes(View):
    """Takes a code on the event loop."""

    async def post(self, request: HttpRequest, attempt: RunningAttempt) -> HttpResponse:
        await asyncio.sleep(0)
        if request.headers.get("x-code") == "right":
            attempt.succeed()
        return HttpResponse("seen")


def test_a_class_based_view_on_the_event_loop_is_guarded_from_its_first_line_to_its_last(
    world: World,
) -> None:
    """Its attempt is open until it has answered, also if the method alone is decorated."""
    guard = guarded(lambda _request: "alice", purpose="otp")
    by_method: Any = method_decorator(guard, "post")(type("ByMethod", (Codes,), {}))
    for view in (guard(Codes.as_view()), by_method.as_view()):
        assert iscoroutinefunction(view)
        request = RequestFactory().post("/", headers={"x-code": "right"})
        assert async_to_sync(view)(request).content == b"seen"
    assert world.told.kinds["attempt_succeeded"] == 2


def test_a_view_whose_answer_comes_after_its_attempt_is_refused(world: World) -> None:
    """Misuse is said, and gives no attempt away."""

    def view(request: HttpRequest, **_: object) -> object:
        return Codes().post(request, None)  # type: ignore[arg-type]  # it isn't awaited

    with pytest.raises(ConfigurationError, match="Decorate the result of as_view"):
        guarded(lambda _request: "alice", success={200})(view)(RequestFactory().post("/"))
    assert world.told.kinds["attempt_failed"] == 1


# Answers


def busy_page(_request: HttpRequest, answer: Answer) -> HttpResponse | None:
    return HttpResponse("our own", status=answer.status) if answer.status == 429 else None


def test_an_answer_of_your_own_takes_the_guards_place() -> None:
    """RESPOND makes it, and leaves to the guard what it doesn't care for. It isn't stored either."""
    with opened(RESPOND=f"{__name__}.busy_page"):
        browser = Client()
        assert enter(browser, "1") == 401
        for _ in range(3):
            answer = log_in(browser, password=WRONG)
        answer = log_in(browser, password=WRONG)
        assert (answer.content, answer["Cache-Control"]) == (b"our own", "no-store")


def test_without_a_template_engine_a_browser_gets_problem_details(world: World, browser: Client) -> None:
    """An API without templates has no page to show."""
    with override_settings(TEMPLATES=[]):
        for _ in range(3):
            log_in(browser, password=WRONG, path="/by-hand/")
        answer = log_in(browser, password=WRONG, path="/by-hand/", accept="text/html")
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert world.told.kinds["attempt_refused"] == 1


def test_the_client_address_is_that_of_the_connection(world: World) -> None:
    """A header says nothing without a trusted proxy."""
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7", headers={"x-forwarded-for": "192.0.2.1"})
    assert client_address_of(request).network == "203.0.113.7"
    assert world.told.kinds["attempt_admitted"] == 0


def test_a_response_that_nobody_has_tried_a_secret_for_is_left_alone(world: World, browser: Client) -> None:
    """No cookie, no header: pages are cached as ever."""
    answer = browser.get("/me/")
    assert not answer.has_header("Cache-Control")
    assert world.told.kinds["attempt_admitted"] == 0


def test_the_answer_of_an_attempt_says_nothing_but_its_status() -> None:
    """Its text may be logged."""
    with opened(), pytest.raises(AttemptError) as caught, attempt(None, "alice") as running:
        running.fail()
    assert str(caught.value) == "answered with 401"
