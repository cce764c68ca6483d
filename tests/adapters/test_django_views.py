"""Views that check a secret themselves: the context, the decorator, bodies, resets, and the answers."""

import threading
from collections.abc import Generator
from io import BytesIO

import pytest
from asgiref.sync import async_to_sync
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, RequestFactory
from django.test.utils import override_settings

from authguard_core import ConfigurationError
from authguard_core.answers import Answer
from authguard_django import (
    AttemptError,
    attempt,
    client_address_of,
    read_fields,
)
from tests.adapters.django_world import Client, World, log_in, opened, threads
from tests.adapters.support import RIGHT, WRONG

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


# Bodies


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", JSON, 400),
        ('{"username": "alice", "username": "x", "password": "right"}', JSON, 400),
        ('{"username": "alice"}', JSON, 422),
        ("username=alice&password=right", "text/plain", 415),
        ('{"password": "%s"}' % ("x" * 17_000), JSON, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_charged_to_its_address(
    world: World, browser: Client, body: str, kind: str, status: int
) -> None:
    """Thirty of them, and the address is over its limit."""
    statuses = [browser.post("/code/", body, content_type=kind).status_code for _ in range(31)]
    assert statuses == [status] * 30 + [429]
    assert enter(browser, "right") == 200  # another purpose
    assert world.told.kinds["attempt_admitted"] == 1


def chunked(body: bytes) -> HttpRequest:
    """A request as a WSGI server hands it on that has found the end of the body itself."""
    ended = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return WSGIRequest({"REQUEST_METHOD": "POST", "CONTENT_TYPE": JSON, **ended})


def test_a_body_in_chunks_is_read_like_any_other(world: World) -> None:
    """On WSGI it has no length, and is no longer for that."""
    body = b'{"username": "alice", "password": "right"}'
    request = chunked(body)
    assert read_fields(request)["password"] == "right"
    assert request.body == body
    with pytest.raises(AttemptError) as caught:
        read_fields(chunked(b" " * 99_999))
    assert caught.value.answer.status == 413
    assert world.told.kinds["attempt_refused"] == 1


def test_a_body_that_was_read_stays_usable(world: World) -> None:
    """The view may ask for further fields of the form."""
    request = RequestFactory().post("/", "username=a&password=b&more=c", content_type=FORM)
    assert read_fields(request).identity == "a"
    assert request.POST["more"] == "c"
    assert world.told.kinds["attempt_refused"] == 0


def test_a_body_that_cannot_be_read_is_charged_on_the_event_loop_too(world: World) -> None:
    """The asynchronous view refuses alike."""
    post = async_to_sync(AsyncClient().post)
    statuses = [post("/api/login/", "{", content_type=JSON).status_code for _ in range(31)]
    assert statuses == [400] * 30 + [429]
    assert world.told.kinds["attempt_admitted"] == 0


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


# The event loop


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


def test_the_answer_of_an_attempt_says_nothing_but_its_status() -> None:
    """Its text may be logged."""
    with opened(), pytest.raises(AttemptError) as caught, attempt(None, "alice") as running:
        running.fail()
    assert str(caught.value) == "answered with 401"
