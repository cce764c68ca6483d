"""Bodies that a view reads itself: as the application reads them, or not at all."""

from collections.abc import Generator
from io import BytesIO
from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, RequestFactory

from authguard_django import AttemptError, guarded, read_fields
from tests.adapters.django_world import Client, World, opened

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


def test_a_body_may_be_read_by_the_decorator_and_by_the_view(world: World) -> None:
    """Whoever asks again is told the same."""

    @guarded(lambda request: read_fields(request).identity, success={200})
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(read_fields(request)["password"])

    body = '{"username": "alice", "password": "right"}'
    assert view(RequestFactory().post("/", body, content_type=JSON)).content == b"right"
    assert world.told.kinds["attempt_refused"] == 0


def test_a_body_that_django_has_read_is_read_from_there(world: World) -> None:
    """As when its middleware has looked for a token against forged requests."""
    request = RequestFactory().post("/", "username=a&password=b", content_type=FORM)
    assert request.POST["username"] == read_fields(request).identity == "a"
    long = RequestFactory().post("/", b" " * 99_999, content_type=JSON)
    assert long.body
    with pytest.raises(AttemptError) as caught:
        read_fields(long)
    assert caught.value.answer.status == 413
    assert world.told.kinds["attempt_refused"] == 1


def test_a_view_of_the_rest_framework_may_go_on_reading(world: World, browser: Client) -> None:
    """Its own kind of request has the same body."""
    body = {"username": "alice", "password": "right", "more": "1"}
    for kind in (JSON, FORM):
        sent = urlencode(body) if kind == FORM else body
        assert browser.post("/api/read/", sent, content_type=kind).json() == {"name": "alice", "more": "1"}
    assert world.told.kinds["attempt_refused"] == 0
