"""What an error report may show: Django mails the variables of every frame to the administrators."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate
from django.http import HttpRequest, UnreadablePostError
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from authguard_core import MemoryStorage
from authguard_django import aread_fields, attempt, read_fields, reset_completed
from authguard_django.validators import AuthGuardPasswordValidator
from tests.adapters.django_world import BACKENDS, Client, backends, opened
from tests.adapters.support import RIGHT

NAME = "canary-name-7q"
PASSWORD = "canary-password-9z"
BODY = f'{{"username": "{NAME}", "password": "{PASSWORD}"'.encode()


class Breaking(MemoryStorage):
    """A store that breaks its contract."""

    def execute(self, ops: object, /) -> object:  # type: ignore[override]  # it never returns
        raise RuntimeError(type(ops))


class Leaving(io.BytesIO):
    """A body whose client leaves in the middle of it."""

    def read(self, size: int | None = -1, /) -> bytes:
        if taken := super().read(size):
            return taken
        raise OSError


def shown(call: Callable[[], object]) -> Iterator[str]:
    """Yield what a report shows of the frames that aren't this file's."""
    try:
        call()
    except Exception:  # noqa: BLE001 - whatever it is, it is reported
        report = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())
        for frame in report.get_traceback_data()["frames"]:
            if frame["filename"] != __file__:
                yield from (f"{frame['function']}: {name} = {value}" for name, value in frame["vars"])


def leaks(call: Callable[[], object]) -> list[str]:
    """Return which variables show a secret, or whose it is."""
    lines = list(shown(call))
    assert lines, "nothing was reported"
    return [line for line in lines if NAME in line or PASSWORD in line]


def leaving() -> HttpRequest:
    request = RequestFactory().post("/", BODY, content_type="application/json")
    setattr(request, "_stream", Leaving(BODY))  # noqa: B010 - no type checker knows it
    return request


def test_a82_what_a_report_shows_is_seen() -> None:
    """The comparison can fail: a careless function's variables are reported."""
    assert leaks(lambda: json.loads(PASSWORD))


@pytest.mark.parametrize("backend", ["Busy", "BusyOfDjangos"])
@pytest.mark.parametrize("flavour", [authenticate, async_to_sync(aauthenticate)])
def test_a82_a_backend_that_breaks_down_shows_no_password(backend: str, flavour: Any) -> None:  # noqa: ANN401 - both
    """Neither here nor in what carries the call to a thread."""
    with opened(), backends(backend, BACKENDS[1]):
        assert not leaks(lambda: flavour(RequestFactory().post("/"), username=NAME, password=PASSWORD))


@pytest.mark.parametrize("flavour", [authenticate, async_to_sync(aauthenticate)])
def test_a82_a_store_that_breaks_down_shows_no_password(flavour: Any) -> None:  # noqa: ANN401 - both
    """The frames of the guard are seen, and show nobody."""
    with opened(STORAGE=Breaking()):
        assert not leaks(lambda: flavour(RequestFactory().post("/"), username=NAME, password=PASSWORD))


@pytest.mark.parametrize("flavour", [read_fields, async_to_sync(aread_fields)])
def test_a82_a_client_that_leaves_in_the_body_shows_nothing_of_it(flavour: Any) -> None:  # noqa: ANN401 - both
    """What has come so far may hold the password already."""
    with opened():
        assert not leaks(lambda: flavour(leaving()))
        with pytest.raises(UnreadablePostError):
            flavour(leaving())


def test_a82_a_validator_that_breaks_down_shows_no_password() -> None:
    """A user model may raise while its fields are asked for."""
    with opened():
        assert not leaks(lambda: AuthGuardPasswordValidator().validate(PASSWORD, object()))


def test_a82_an_attempt_that_is_misused_shows_nobody() -> None:
    """Nor does one that the store breaks."""

    def misused() -> None:
        with attempt(RequestFactory().post("/"), NAME) as running:
            running.succeed()
        running.succeed()

    with opened():
        assert not leaks(misused)
    with opened(STORAGE=Breaking()):
        assert not leaks(misused)
        assert not leaks(lambda: reset_completed(None, NAME))


def test_a82_a_server_error_after_the_check_logs_no_password(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the guard's own lines nor Django's hold it."""
    with opened(), caplog.at_level(logging.DEBUG):
        Client(raise_request_exception=False).post("/broken/", {"username": "alice", "password": RIGHT})
    assert "Internal Server Error" in caplog.text
    assert RIGHT not in caplog.text
