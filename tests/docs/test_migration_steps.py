"""What the migration pages show works: the old settings, the new ones, both at once, and the way back."""

import io
from collections.abc import Generator
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from argon2 import PasswordHasher
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import path
from werkzeug.security import generate_password_hash

from tests.adapters.django_world import BACKENDS, Client, User, World, log_in, opened
from tests.adapters.support import RIGHT, WRONG
from tests.docs.labelled import run_labelled
from tests.docs.project import ask
from tests.docs.test_snippets import run, slowapi

if TYPE_CHECKING:
    from flask import Flask

AXES = "docs/guides/migrate-from-django-axes.md"
DEFENDER = "docs/guides/migrate-from-django-defender.md"
RATELIMIT = "docs/guides/migrate-from-django-ratelimit.md"
FLASK_LIMITER = "docs/guides/migrate-from-flask-limiter.md"
SLOWAPI = "docs/guides/migrate-from-slowapi.md"
DECIDED = [200, 200, 200, 429, 429, 429]
"""Six guesses, where authguard decides by its defaults."""


@pytest.fixture(autouse=True)
def secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the one variable that the pages tell the reader to set."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", "0123456789abcdef" * 4)


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


# Each is a project in a process of its own: a process knows but one.


def test_from_axes_and_back_nobody_is_signed_out(tmp_path: Path) -> None:
    """Before, after and before again, on one database: either settings lock, and sessions stay."""
    database = tmp_path / "db.sqlite3"
    before = ask(AXES, ("before",), database)
    after = ask(AXES, ("after",), database, session=before.session)
    back = ask(AXES, ("before",), database, session=after.session, dropped="axes")
    assert (before.checks, before.statuses, before.signed_in) == ([], [200, 200, 200, 200, 429, 429], 302)
    assert (after.checks, after.statuses, after.signed_in, after.me) == ([], DECIDED, 302, "bob")
    assert after.rows == before.rows
    assert (back.checks, back.statuses, back.signed_in, back.me) == ([], [429] * 6, 302, "bob")
    assert (len(back.rows), back.left) == (4, [])


def test_beside_axes_authguard_decides_and_axes_writes(tmp_path: Path) -> None:
    """The blocks for both at once satisfy the checks of both, and one of them locks."""
    both = ask(AXES, ("before", "after", "trial"), tmp_path / "db.sqlite3")
    assert (both.checks, both.statuses, both.signed_in) == ([], DECIDED, 302)
    assert (both.rows["axes_accessattempt"], both.rows["axes_accesslog"]) == (1, 1)


def test_beside_defender_authguard_decides_and_defender_writes(tmp_path: Path) -> None:
    """Six guesses are six rows of defender's, three passwords checked; nothing here needs its Redis."""
    both = ask(DEFENDER, ("before", "after", "trial"), tmp_path / "db.sqlite3", sign_in=False)
    assert (both.checks, both.statuses) == ([], DECIDED)
    assert both.rows == {"defender_accessattempt": 6}


def test_after_defender_authguard_decides(tmp_path: Path) -> None:
    """The new settings satisfy every check, guard, let in, and make no tables."""
    after = ask(DEFENDER, ("after",), tmp_path / "db.sqlite3")
    assert (after.checks, after.statuses, after.signed_in, after.rows) == ([], DECIDED, 302, {})


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("page", [AXES, DEFENDER, RATELIMIT])
def test_what_a_page_calls_working_works(page: str) -> None:
    """Its own four guesses are answered as it says."""
    statuses: Any = run(page)["statuses"]
    assert statuses("ann") == [200, 200, 200, 429]


# In place of what django-axes has


@pytest.mark.usefixtures("world")
def test_an_operator_unlocks_from_the_admin() -> None:
    """The action ends a lock, of a name with capitals too."""
    unlock: Any = run(AXES)["unlock"]
    User.objects.create_user("Anna", password=RIGHT)
    browser = Client()
    assert [log_in(browser, "Anna", WRONG).status_code for _ in range(4)] == [200, 200, 200, 429]
    with redirect_stderr(io.StringIO()):
        unlock(None, None, User.objects.filter(username="Anna"))
    assert log_in(browser, "Anna").status_code == 302


@pytest.mark.usefixtures("world")
def test_the_pages_middleware_keeps_others_out() -> None:
    """The admin is for the office, everything else for all."""
    only: Any = run(AXES)["OnlyFromTheOffice"]
    guarded = only(lambda _: HttpResponse("in"))
    office, elsewhere = "203.0.113.9", "2001:db8::1"
    asked = [("/admin/", office), ("/admin/", elsewhere), ("/", elsewhere)]
    requests = [Client().get(where, REMOTE_ADDR=address).wsgi_request for where, address in asked]
    assert [guarded(request).status_code for request in requests] == [200, 403, 200]


def test_a_sign_in_without_a_request_is_counted(world: World) -> None:
    """As the page says: for the account, and nothing is raised."""
    assert [authenticate(username="alice", password=WRONG) for _ in range(4)] == [None] * 4
    assert world.told.kinds["attempt_refused"] == 1


# In place of django-ratelimit's decorators


@pytest.fixture
def browser(world: World) -> Generator[Client]:
    """Somebody who is signed in, before the page's views."""
    views: Any = run_labelled(RATELIMIT, ["after"])
    routes = (
        path("reset/", views["reset"]),
        path("sent/", views["enter_code"], name="password_reset_done"),
        path("code/", views["enter_code"]),
    )
    with override_settings(ROOT_URLCONF=routes):
        made = Client()
        made.force_login(world.alice, backend=BACKENDS[1])
        yield made


def test_right_codes_are_free_and_wrong_ones_run_out(browser: Client) -> None:
    """The decorated view settles by what it says."""
    right = {"code": "your own check, in constant time"}
    answers = [browser.post("/code/", right) for _ in range(9)]
    assert {answer.content for answer in answers} == {b"Welcome."}
    assert [browser.post("/code/", {"code": "0"}).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert browser.get("/code/").status_code == 200


def test_every_mail_is_counted(browser: Client) -> None:
    """Five resets an hour for an address that a mail goes to, whether or not anybody has it."""
    nobody = {"email": "nobody@example.com"}
    assert [browser.post("/reset/", nobody).status_code for _ in range(6)] == [302] * 5 + [429]


# Flask and FastAPI


def test_in_flask_right_passwords_are_free() -> None:
    """The page's application lets in, beside a limiter that is kept for other routes."""
    names: Any = run_labelled(FLASK_LIMITER, ["after"])
    app: Flask = names["app"]
    names["users"]["alice"] = generate_password_hash(RIGHT, "pbkdf2:sha256:1")
    form = {"username": "alice", "password": RIGHT}
    assert [app.test_client().post("/login", data=form).status_code for _ in range(9)] == [200] * 9


@slowapi
@pytest.mark.anyio
async def test_in_fastapi_right_passwords_are_free() -> None:
    """The page's application lets in, and the limiter still limits the other routes."""
    names: Any = run(SLOWAPI)
    names["users"]["alice"] = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(RIGHT)
    transport = httpx.ASGITransport(names["app"])
    form = {"username": "alice", "password": RIGHT}
    async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
        entered = [(await client.post("/login", data=form)).status_code for _ in range(9)]
        front = [(await client.get("/")).status_code for _ in range(61)]
    assert (entered, front) == ([200] * 9, [200] * 60 + [429])
    assert await names["statuses"]("bob") == [401, 401, 401, 429]
