"""authguard's backend asks the others, and stands in nobody's way."""

import logging
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.test import RequestFactory

from authguard_core import HasherBusy, MemoryStorage
from authguard_django import get_guard
from tests.adapters import django_backends
from tests.adapters.django_world import (
    BACKENDS,
    AuthGuardBackend,
    Client,
    Group,
    Permission,
    User,
    World,
    backends,
    hashes,
    log_in,
    opened,
)
from tests.adapters.support import RIGHT, WRONG


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


def test_one_failure_is_one_hash(world: World) -> None:
    """Django asks no backend again after authguard's: PermissionDenied ends it."""
    with pytest.raises(PermissionDenied):
        AuthGuardBackend().authenticate(None, username="alice", password=WRONG)
    hashes.clear()
    assert authenticate(username="alice", password=WRONG) is None
    assert hashes["encode"] == 1
    assert world.told.kinds["attempt_failed"] == 2


def test_all_backends_behind_it_are_asked_in_their_order(world: World) -> None:
    """The second finds whom the first doesn't know, and the session shall name it."""
    with backends(BACKENDS[1], "ByEmail"):
        user = authenticate(username="alice@example.com", password=RIGHT)
    assert user == world.alice
    assert world.told.kinds["attempt_succeeded"] == 1


def test_a_backend_that_denies_ends_it(world: World) -> None:
    """Those behind it aren't asked, as Django has it."""
    with backends("Denying", BACKENDS[1]):
        assert authenticate(username="alice", password=RIGHT) is None
    assert django_backends.Denying.asked == ["alice"]
    assert (hashes["encode"], world.told.kinds["attempt_failed"]) == (0, 1)


def test_on_an_event_loop_the_same_holds() -> None:
    """A backend without an awaitable flavour is asked on Django's thread."""
    django_backends.Denying.asked.clear()
    with opened() as world:
        with backends("Denying", BACKENDS[1]):
            assert async_to_sync(aauthenticate)(username="alice", password=RIGHT) is None
        assert async_to_sync(aauthenticate)(username="alice", password=RIGHT) == world.alice
        guesses = [async_to_sync(aauthenticate)(username="alice", password=WRONG) for _ in range(4)]
        assert guesses == [None] * 4
        assert hashes["encode"] == 4
    assert django_backends.Denying.asked == ["alice"]


def test_credentials_that_nobody_takes_are_not_counted(world: World) -> None:
    """No secret can be looked at, so there is no attempt."""
    with backends("ByToken"):
        assert authenticate(username="alice", password=RIGHT) is None
    assert world.told.kinds["attempt_admitted"] == 0


def test_credentials_that_nobody_takes_are_not_counted_on_an_event_loop() -> None:
    """No secret can be looked at, so there is no attempt."""
    with opened() as world, backends("ByToken"):
        assert async_to_sync(aauthenticate)(username="alice", password=RIGHT) is None
        assert world.told.kinds["attempt_admitted"] == 0


def test_a_web_servers_word_is_no_guess(world: World) -> None:
    """REMOTE_USER holds no secret: its own backend is asked by Django itself."""
    with backends("django.contrib.auth.backends.RemoteUserBackend", BACKENDS[1]):
        assert authenticate(RequestFactory().get("/"), remote_user="alice") == world.alice
    assert world.told.kinds["attempt_admitted"] == 0


@pytest.mark.parametrize(("others", "released"), [(["Busy"], 1), (["Busy", BACKENDS[1]], 0)])
def test_a_full_hashing_pool_gives_the_attempt_back(others: list[str], released: int) -> None:
    """Nothing was hashed, unless another backend may have hashed it."""
    with opened() as world, backends(*others):
        with pytest.raises(HasherBusy):
            authenticate(username="alice", password="busy")
        with pytest.raises(HasherBusy):
            async_to_sync(aauthenticate)(username="alice", password="busy")
        assert world.told.kinds["attempt_released"] == released * 2


def test_a16_a_backend_that_breaks_down_gives_nothing_back() -> None:
    """Its error passes, and the attempt is counted."""
    with opened() as world, backends("Busy"):
        with pytest.raises(RuntimeError):
            authenticate(username="alice", password=WRONG)
        with pytest.raises(RuntimeError):
            async_to_sync(aauthenticate)(username="alice", password=WRONG)
        assert world.told.kinds["attempt_failed"] == 2


def test_a12_of_parallel_guesses_no_more_are_checked_than_the_limit_allows() -> None:
    """Twenty threads at once, five checks."""

    def guess(_number: int) -> object:
        try:
            return authenticate(username="alice", password=WRONG)
        finally:
            connections.close_all()

    with opened(LOGIN={"DELAY_AFTER": 5}) as world, ThreadPoolExecutor(20) as threads:
        assert set(threads.map(guess, range(20))) == {None}
        assert (hashes["encode"], world.told.kinds["attempt_refused"]) == (5, 15)


# Users and permissions


def test_users_and_permissions_are_the_others_affair(world: World) -> None:
    """Every question but the secret's is answered as the others answer it."""
    world.alice.user_permissions.add(Permission.objects.get(codename="add_user"))
    group = Group.objects.create(name="staff")
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    world.alice.groups.add(group)
    alice = User.objects.get(pk=world.alice.pk)
    with backends(BACKENDS[1], "Granting"):
        backend = AuthGuardBackend()
        assert (backend.get_user(alice.pk), backend.get_user(0), backend.get_user(-1)) == (
            alice,
            "guest",
            None,
        )
        assert backend.get_user_permissions(alice) == {"auth.add_user"}
        assert backend.get_group_permissions(alice) == {"auth.delete_user"}
        assert backend.get_all_permissions(alice) == {"auth.add_user", "auth.delete_user", "shop.visit"}
        assert [backend.has_perm(alice, name) for name in ("auth.add_user", "shop.visit", "x.y")] == [
            True,
            True,
            False,
        ]
        assert [backend.has_module_perms(alice, name) for name in ("auth", "shop", "x")] == [
            True,
            True,
            False,
        ]
        assert alice.has_perm("auth.add_user")
    group.delete()


def test_users_and_permissions_are_the_others_affair_on_an_event_loop() -> None:
    """A backend that knows no event loop is asked on Django's thread."""
    with opened() as world, backends(BACKENDS[1], "Granting"):
        backend = AuthGuardBackend()
        alice = world.alice
        assert [async_to_sync(backend.aget_user)(key) for key in (alice.pk, 0, -1)] == [alice, "guest", None]
        assert async_to_sync(backend.aget_user_permissions)(alice) == set()
        assert async_to_sync(backend.aget_group_permissions)(alice) == set()
        assert async_to_sync(backend.aget_all_permissions)(alice) == {"shop.visit"}
        assert [async_to_sync(backend.ahas_perm)(alice, name) for name in ("shop.visit", "x.y")] == [
            True,
            False,
        ]
        assert [async_to_sync(backend.ahas_module_perms)(alice, name) for name in ("shop", "x")] == [
            True,
            False,
        ]


# Signals and failures


def test_djangos_signals_are_sent_as_ever(world: World) -> None:
    """Failures and refusals send user_login_failed, sign-ins user_logged_in, without the password."""
    heard: list[object] = []

    def failed(credentials: dict[str, str], **_: object) -> None:
        heard.append(credentials["username"])
        assert WRONG not in str(credentials)

    def signed_in(user: User, **_: object) -> None:
        heard.append(user)

    user_login_failed.connect(failed)
    user_logged_in.connect(signed_in)
    try:
        log_in(Client())
        for _ in range(4):
            log_in(Client(), password=WRONG)
    finally:
        user_login_failed.disconnect(failed)
        user_logged_in.disconnect(signed_in)
    assert heard == [world.alice, *["alice"] * 4]


class BrokenStore(MemoryStorage):
    """Breaks its contract when an attempt is settled."""

    broken = False

    def execute(self, ops: object, /) -> object:  # type: ignore[override]  # it passes on what it gets
        if self.broken:
            raise RuntimeError("alice")
        return super().execute(ops)  # type: ignore[arg-type]  # as above


def test_a_right_password_stays_right_when_settling_fails(caplog: pytest.LogCaptureFixture) -> None:
    """The log tells the error's type, and nothing personal."""
    with opened(STORAGE=BrokenStore()), backends("Breaking"):
        assert authenticate(username="alice", password=RIGHT) is not None
        store = get_guard().storage
        assert isinstance(store, BrokenStore)
        store.broken = False
        assert async_to_sync(aauthenticate)(username="alice", password=RIGHT) is not None
    records = [record for record in caplog.records if record.name == "authguard"]
    assert [record.getMessage() for record in records] == ["settling failed: RuntimeError"] * 2
    assert {record.levelno for record in records} == {logging.ERROR}
