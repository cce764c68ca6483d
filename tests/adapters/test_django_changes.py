"""Passwords that are changed: the old one is guarded, and a new one ends locks and known browsers."""

from collections.abc import Generator

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import authenticate
from django.contrib.auth.tokens import default_token_generator
from django.db import connections, transaction
from django.test import RequestFactory
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from authguard_core import MemoryStorage
from authguard_django import AttemptError, areset_completed, get_guard, reset_completed
from authguard_django.validators import AuthGuardPasswordValidator
from tests.adapters.django_world import (
    Client,
    PasswordChangeForm,
    User,
    World,
    hashes,
    log_in,
    mailed,
    opened,
)
from tests.adapters.support import RIGHT, WRONG

DEVICE = "__Host-authguard_device"
NEW = "umbrella fjord quartz lantern"


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def lock(world: World, browser: Client) -> None:
    """Guess until alice is locked."""
    for _ in range(5):
        log_in(browser, password=WRONG)
        world.clock.advance(30)
    assert log_in(browser).status_code == 429


# The old password


@pytest.mark.parametrize("path", ["/password/", "/admin/password_change/"])
def test_a35_the_password_change_shares_the_logins_budget(world: World, browser: Client, path: str) -> None:
    """Who sits at an open session doesn't learn the password by guessing, and the admin is no way around."""
    log_in(browser, "ann")
    form = {"old_password": WRONG, "new_password1": NEW, "new_password2": NEW}
    assert [browser.post(path, form).status_code for _ in range(4)] == [200, 200, 200, 429]
    world.clock.advance(30)
    assert browser.post(path, {**form, "old_password": RIGHT}).status_code == 302
    assert log_in(browser, "ann", NEW).status_code == 302


@pytest.mark.parametrize("path", ["/password/", "/admin/password_change/"])
def test_a_right_old_password_is_given_back_whatever_the_new_one_is(
    world: World, browser: Client, path: str
) -> None:
    """Nobody is locked out for thinking of unsuitable passwords."""
    log_in(browser, "ann")
    form = {"old_password": RIGHT, "new_password1": "x", "new_password2": "y"}
    assert [browser.post(path, form).status_code for _ in range(8)] == [200] * 8
    assert (world.told.kinds["attempt_succeeded"], world.told.kinds["attempt_failed"]) == (9, 0)


def test_a_password_change_without_a_request_counts_for_the_account(world: World) -> None:
    """A script may use the form too."""
    data = {"old_password": WRONG, "new_password1": NEW, "new_password2": NEW}
    assert [PasswordChangeForm(world.alice, data).is_valid() for _ in range(3)] == [False] * 3
    with pytest.raises(AttemptError):
        PasswordChangeForm(world.alice, data).is_valid()
    assert hashes["encode"] == 3


# Resets


def test_a_completed_reset_ends_the_lock_and_makes_the_browser_known(world: World, browser: Client) -> None:
    """Other browsers are forgotten."""
    old = log_in(Client()).cookies[DEVICE].value
    lock(world, browser)
    assert DEVICE in browser.post("/reset/", {"username": "alice"}).cookies
    assert log_in(Client()).status_code == 302
    log_in(Client(), cookie=f"{DEVICE}={old}")
    assert world.told.kinds["device_rejected"] == 1


def test_a_completed_reset_is_reported_without_a_request_and_on_the_event_loop(world: World) -> None:
    """A task may do it, and a coroutine, about a user or a name."""
    request = RequestFactory().post("/")
    assert reset_completed(None, world.alice).device is not None
    assert async_to_sync(areset_completed)(request, world.alice).device is not None
    assert async_to_sync(areset_completed)(request, "alice").device is not None
    assert world.told.kinds["reset_completed"] == 3


@pytest.mark.parametrize("found", [None, "7"])
@pytest.mark.parametrize("given", ["user", "name"])
def test_a_reset_is_about_whomever_attempts_are_counted_for(found: str | None, given: str) -> None:
    """The look-up is asked as for an attempt; whom it doesn't know is counted, and reset, by the name."""
    with opened(RESOLVE=lambda name: found if name == "alicia" else None) as world:
        user = User.objects.create_user("Alicia", password=RIGHT)
        for report in (reset_completed, async_to_sync(areset_completed)):
            for _ in range(3):
                authenticate(username="Alicia", password=WRONG)
            report(None, user if given == "user" else "Alicia")
            assert get_guard().inspect("Alicia").failures == 0
        assert world.told.kinds["attempt_refused"] == 0


def mailed_link(user: User) -> str:
    """The path that the mail of a reset leads to."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"/password-reset/{uid}/{default_token_generator.make_token(user)}/"


def test_djangos_own_reset_ends_the_lock_and_forgets_all_browsers(world: World, browser: Client) -> None:
    """Its view isn't touched: the validator hears of the new password."""
    old = log_in(Client()).cookies[DEVICE].value
    lock(world, browser)
    page = browser.get(mailed_link(User.objects.get(username="alice")), follow=True)
    path = page.redirect_chain[-1][0]
    answer = browser.post(path, {"new_password1": NEW, "new_password2": NEW})
    assert (answer.status_code, DEVICE in answer.cookies) == (302, False)
    assert log_in(browser, password=NEW).status_code == 302
    log_in(Client(), password=NEW, cookie=f"{DEVICE}={old}")
    assert world.told.kinds["device_rejected"] == 1


def test_a43_the_mails_of_djangos_reset_are_limited(world: World, browser: Client) -> None:
    """Each post counts as a mail, for known and unknown addresses alike."""
    mailed.clear()
    known, unknown = (
        [browser.post("/password-reset/", {"email": address}).status_code for _ in range(6)]
        for address in ("alice@example.com", "nobody@example.com")
    )
    assert known == unknown == [302] * 5 + [429]
    assert mailed == ["alice@example.com"] * 5
    assert world.told.kinds["attempt_succeeded"] == 0


# Passwords that are set anew


def test_a_changed_password_ends_the_lock(world: World, browser: Client) -> None:
    """The validator hears of it from Django; whoever made the change becomes known only as its owner."""
    lock(world, browser)
    change = {"username": "alice", "password": NEW}
    assert DEVICE not in browser.post("/change/", change).cookies
    assert log_in(browser, password=NEW).status_code == 302
    assert DEVICE in browser.post("/change/", change).cookies
    assert DEVICE not in browser.post("/change/", {**change, "username": "ann"}).cookies
    assert world.told.kinds["reset_completed"] == 3


def test_a15_a_change_that_is_rolled_back_ends_no_lock(world: World, browser: Client) -> None:
    """Nothing has changed then."""
    lock(world, browser)

    def change() -> None:
        with transaction.atomic():
            world.alice.set_password(NEW)
            world.alice.save()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert log_in(browser).status_code == 429
    assert world.told.kinds["reset_completed"] == 0


def test_browsers_are_forgotten_when_the_old_password_has_ceased_to_be_right(world: World) -> None:
    """Not before: until the commit somebody else's sign-in with it would make his browser known anew."""
    with transaction.atomic():
        world.alice.set_password(NEW)
        world.alice.save()
        assert world.told.kinds["reset_completed"] == 0
    assert world.told.kinds["reset_completed"] == 1


def test_with_atomic_requests_the_owners_browser_becomes_known(
    world: World, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view's transaction has ended when the response is made."""
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    log_in(browser)
    assert DEVICE in browser.post("/change/", {"username": "alice", "password": NEW}).cookies
    assert world.told.kinds["reset_completed"] == 1


def test_a_password_that_is_nobodys_is_nobodys_change(world: World) -> None:
    """Django's own function may be called without a user."""
    AuthGuardPasswordValidator().password_changed(NEW)
    assert world.told.kinds["reset_completed"] == 0


class DownStore(MemoryStorage):
    """A store that is down."""

    def execute(self, ops: object, /) -> object:  # type: ignore[override]  # it never returns
        raise OSError("alice", ops)


def test_a_changed_password_stays_changed_when_the_store_is_down(caplog: pytest.LogCaptureFixture) -> None:
    """The log tells the error's type, and nothing personal."""
    with opened(STORAGE=DownStore()) as world:
        world.alice.set_password(NEW)
        world.alice.save()
    messages = {record.getMessage() for record in caplog.records if record.name == "authguard"}
    assert messages == {"a changed password could not be reported: OSError"}
