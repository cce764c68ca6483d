"""The installation: settings, system checks, commands."""

import importlib
import sys
from collections.abc import Callable, Generator
from importlib import util
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import override_settings

from authguard_core import ConfigurationError, MemoryStorage
from authguard_django import get_async_guard, get_guard
from authguard_django.middleware import AuthGuardMiddleware
from tests.adapters.django_world import (
    BACKENDS,
    MIDDLEWARE,
    SECRET,
    Client,
    World,
    backends,
    down,
    log_in,
    opened,
)
from tests.adapters.support import WRONG

HERE = "tests.adapters.django_backends"
OURS = "authguard_django.middleware.AuthGuardMiddleware"


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


def found(*, deploy: bool = False, **settings: object) -> dict[str, str]:
    """Return authguard's findings with these settings: their ids and hints."""
    with override_settings(**settings):
        messages = run_checks(include_deployment_checks=deploy)
    return {
        str(message.id): str(message.hint) for message in messages if str(message.id).startswith("authguard.")
    }


# Settings


def test_both_guards_share_one_memory(world: World) -> None:
    """Threads and the event loop count together."""
    assert get_async_guard().storage.storage is get_guard().storage  # type: ignore[attr-defined]  # the memory's
    assert get_guard().storage is world.setting["STORAGE"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (["SECRET_KEY"], "AUTHGUARD: got 'list', expected a dictionary"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": SECRET, "SECRETS": "x"}, "Did you mean"),
        ({"SECRET_KEY": SECRET, "RESOLVE": "nowhere.at_all"}, "expected a dotted path"),
        ({"SECRET_KEY": SECRET, "STORAGE": object()}, "expected a MemoryStorage"),
        ({"SECRET_KEY": SECRET, "STORAGE_URL": "nowhere://x"}, "STORAGE_URL"),
        ({}, "SECRET_KEY"),
    ],
)
def test_a96_a_setting_that_cannot_be_used_stops_the_start(setting: object, told: str) -> None:
    """The middleware raises when the server starts, and a check says the same."""
    with override_settings(AUTHGUARD=setting):
        with pytest.raises(ConfigurationError, match=told):
            AuthGuardMiddleware(lambda _request: None)  # type: ignore[arg-type]  # it isn't called
        assert found() == {"authguard.E001": "Correct the setting AUTHGUARD, or the variables AUTHGUARD_*."}
        assert "authguard.E001" in found(deploy=True)


def test_settings_come_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting stands above the environment, and names may be written in either case."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", SECRET)
    monkeypatch.setenv("AUTHGUARD_LOGIN__ACCOUNT_LIMIT", "7/15m")
    with override_settings(AUTHGUARD={}):
        assert "each account: at most 7 in any 15m" in get_guard().describe()
    with override_settings(AUTHGUARD={"login": {"account_limit": "4/15m"}, "storage": MemoryStorage()}):
        assert "each account: at most 4 in any 15m" in get_guard().describe()


# Checks


def test_a_sound_installation_has_no_finding() -> None:
    """Nor has it one for production, but for the memory that each process has for itself."""
    assert found() == {}
    assert found(deploy=True).keys() == {"authguard.W010"}


@pytest.mark.parametrize(
    ("settings", "identity"),
    [
        ({"AUTHENTICATION_BACKENDS": BACKENDS[1:]}, "authguard.E002"),
        ({"AUTHENTICATION_BACKENDS": BACKENDS[::-1]}, "authguard.E003"),
        ({"AUTHENTICATION_BACKENDS": BACKENDS[:1]}, "authguard.E004"),
        ({"MIDDLEWARE": [name for name in MIDDLEWARE if name != OURS]}, "authguard.E005"),
        ({"MIDDLEWARE": [OURS, *[name for name in MIDDLEWARE if name != OURS]]}, "authguard.W006"),
    ],
)
def test_what_keeps_the_guard_from_guarding_is_found(settings: dict[str, Any], identity: str) -> None:
    """Each has an id of its own, and a hint."""
    finding = found(**settings)
    assert finding.keys() == {identity}
    assert finding[identity]


class OwnMiddleware(AuthGuardMiddleware):
    """What an application makes of it."""


def own_middleware(get_response: object) -> object:
    """A middleware that is a function."""
    return get_response


def test_a_middleware_that_is_derived_from_ours_is_no_finding() -> None:
    """Whatever its name, and among functions."""
    own = [f"{__name__}.OwnMiddleware" if name == OURS else name for name in MIDDLEWARE]
    assert found(MIDDLEWARE=[*own, f"{__name__}.own_middleware"]) == {}


def by_badge(credentials: dict[str, str]) -> str:
    """Find the name among unusual credentials."""
    return credentials["badge"]


def test_a_backend_whose_credentials_name_nobody_known_is_found() -> None:
    """Else only addresses would be counted, and nobody would notice."""
    paths = [*BACKENDS, f"{HERE}.ByBadge", f"{HERE}.ByToken", f"{HERE}.Denying"]
    with override_settings(AUTHENTICATION_BACKENDS=paths):
        messages = [message for message in run_checks() if message.id == "authguard.W007"]
        assert [f"{HERE}.ByBadge takes badge and pin" in message.msg for message in messages] == [True]
        assert found(AUTHGUARD={"SECRET_KEY": SECRET, "IDENTITY": by_badge}) == {}


@pytest.mark.parametrize(
    ("settings", "identity"),
    [
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, "authguard.W011"),
        ({"USE_X_FORWARDED_HOST": True}, "authguard.W011"),
        ({"MIDDLEWARE": [*MIDDLEWARE, "site.SetRemoteAddrFromForwardedFor"]}, "authguard.W012"),
        ({"AUTHGUARD": {"SECRET_KEY": SECRET, "COOKIE_SECURE": False}}, "authguard.W014"),
        ({"AUTH_PASSWORD_VALIDATORS": []}, "authguard.W015"),
    ],
)
def test_a96_what_is_dangerous_in_production_is_found(settings: dict[str, Any], identity: str) -> None:
    """``check --deploy`` says it; an everyday check doesn't."""
    assert found(**settings) == {}
    finding = found(deploy=True, **settings)
    assert finding.keys() == {"authguard.W010", identity}
    assert finding[identity]


def test_a35_password_changes_that_are_not_guarded_are_found() -> None:
    """Django's view, the admin's, and views derived from it; not those with our form, or in our decorator."""
    with override_settings(ROOT_URLCONF="tests.adapters.django_urls_careless"):
        messages = [
            message.msg
            for message in run_checks(include_deployment_checks=True)
            if message.id == "authguard.W016"
        ]
    (told,) = messages
    for route in ("plain/", "derived/", "admin/password_change/"):
        assert route in told
    for route in ("formed/", "decorated/", "shadowed/", "our-admin/password_change/"):
        assert route not in told


def test_a_proxy_that_is_named_is_no_finding() -> None:
    """TRUSTED_PROXIES says whose header is believed."""
    setting = {"SECRET_KEY": SECRET, "TRUSTED_PROXIES": "10.0.0.0/24"}
    finding = found(deploy=True, USE_X_FORWARDED_HOST=True, AUTHGUARD=setting)
    assert finding.keys() == {"authguard.W010"}


def test_a27_a_server_that_trusts_everybody_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server would believe is seen in the environment."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert "authguard.W013" in found(deploy=True)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("WEB_CONCURRENCY", "3", "3 workers are configured"),
        ("GUNICORN_CMD_ARGS", "--bind=0.0.0.0 --workers=4", "4 workers are configured"),
        ("GUNICORN_CMD_ARGS", "-w 2", "2 workers are configured"),
        ("GUNICORN_CMD_ARGS", "-w many 'unclosed", "with several workers"),
        ("WEB_CONCURRENCY", "1", "with several workers"),
    ],
)
def test_a96_a_memory_for_each_worker_is_found(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    """It names how many there are, as far as that can be seen."""
    monkeypatch.setenv(variable, value)
    messages = [message.msg for message in run_checks(include_deployment_checks=True)]
    assert any(told in message for message in messages)


def test_a_shared_store_is_no_finding(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What isn't in a process's memory may have any number of processes."""
    monkeypatch.setattr(get_guard(), "storage", object())
    assert found(deploy=True) == {}
    assert "every one allows" not in run("authguard_status", "alice", storage=world.setting["STORAGE"])[1]


# Commands


def run(*arguments: str, storage: object = None) -> tuple[str, str]:
    """Run a command, and return what it says on both channels."""
    out, err = StringIO(), StringIO()
    if storage is not None:
        get_guard().storage = Passing(storage)
    call_command(*arguments, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


class Passing:
    """A store of another kind than the memory's, in front of it."""

    def __init__(self, storage: Any) -> None:  # noqa: ANN401 - any store
        self.execute: Callable[..., Any] = storage.execute


def test_without_a_name_the_status_is_what_is_limited(world: World) -> None:
    """The limits in words, and a warning that another process's counters can't be seen."""
    out, err = run("authguard_status")
    assert "each account: at most 5 in any 15m" in out
    assert "never the server's" in err
    assert world.told.kinds["attempt_admitted"] == 0


def test_the_status_of_an_account_tells_counts_and_lock(world: World) -> None:
    """It doesn't repeat the name."""
    assert "next attempt: admitted" in run("authguard_status", "alice")[0]
    for _ in range(5):
        log_in(Client(), password=WRONG)
        world.clock.advance(30)
    out = run("authguard_status", "alice")[0]
    assert out.splitlines() == [
        "purpose: login",
        "failures in the window: 5",
        "consecutive failures: 5",
        "locks before: 0",
        "next attempt: locked for 870 s",
    ]


def test_the_status_of_a_capped_account_says_what_ends_it() -> None:
    """Time alone doesn't."""
    with opened(LOGIN={"FAILURE_CAP": 2}):
        for _ in range(2):
            log_in(Client(), password=WRONG)
        assert "next attempt: capped until a reset" in run("authguard_status", "alice")[0]


def test_an_operator_unlocks_an_account(world: World) -> None:
    """It has its whole budget again."""
    for _ in range(3):
        log_in(Client(), password=WRONG)
    assert run("authguard_unlock", "alice")[0] == "Unlocked.\n"
    assert log_in(Client()).status_code == 302
    assert world.told.kinds["unlocked"] == 1


def test_an_operator_unlocks_an_address(world: World) -> None:
    """Its guesses at others are forgiven."""
    for number in range(31):
        log_in(Client(), f"user{number}", WRONG)
    assert log_in(Client()).status_code == 429
    run("authguard_unlock", "--address", "127.0.0.1")
    assert log_in(Client()).status_code == 302
    assert world.told.kinds["unlocked"] == 2  # and what stands for it where nobody is named


def test_an_operator_unlocks_what_names_nobody_with_its_address(world: World) -> None:
    """A mailed token is guessed at by an address, which stands for the account."""
    browser = Client()
    with backends("ByToken"):
        for _ in range(4):
            browser.post("/by-token/", {"token": "wrong"})
        assert browser.post("/by-token/", {"token": "right"}).status_code == 429
        run("authguard_unlock", "--address", "127.0.0.1")
        assert browser.post("/by-token/", {"token": "right"}).status_code == 200
    assert world.told.kinds["attempt_refused"] == 2


@pytest.mark.parametrize("command", ["authguard_status", "authguard_unlock"])
def test_an_operator_is_told_when_nobody_is_called_so(world: World, command: str) -> None:
    """A name may be misspelled. Guesses at it are counted all the same, so the command does its work."""
    assert "Nobody" not in run(command, "Alice")[1]
    out, err = run(command, "alcie")
    assert "Nobody is called so" in err
    assert out
    assert world.told.kinds["unlocked"] == (2 if command == "authguard_unlock" else 0)


def test_an_operator_is_told_of_an_outage(world: World) -> None:
    """Of the look-up, as of the store."""
    with connection.execute_wrapper(down), pytest.raises(CommandError, match="OperationalError"):
        run("authguard_unlock", "alice")
    assert world.told.kinds["unlocked"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["authguard_status", ""], "nothing usable"),
        (["authguard_unlock", ""], "nothing usable"),
        (["authguard_unlock", "--address", "300.1.2.3"], "address"),
        (["authguard_unlock", "alice", "--purpose", "nothing"], "expected one of"),
        (["authguard_unlock"], "required"),
    ],
)
def test_a_command_says_what_it_cannot_do(world: World, arguments: list[str], told: str) -> None:
    """Its error names what was expected."""
    with pytest.raises(CommandError, match=told):
        run(*arguments)
    assert world.told.kinds["unlocked"] == 0


def test_a_command_says_what_is_wrong_with_the_settings() -> None:
    """Instead of a traceback."""
    with (
        override_settings(AUTHGUARD={"SECRET_KEY": "short"}),
        pytest.raises(CommandError, match="SECRET_KEY"),
    ):
        run("authguard_status")


# Import


def test_without_django_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not merely that a module is missing."""
    monkeypatch.delitem(sys.modules, "authguard_django.requirement")
    monkeypatch.setattr(util, "find_spec", lambda _name: None)
    with pytest.raises(ImportError, match=r"authguard\[django\]"):
        importlib.import_module("authguard_django.requirement")
