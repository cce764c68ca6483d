"""Misconfiguration: what would make a login unsafe is refused when the guard is made, or warned about."""

import logging
from collections.abc import Callable

import pytest

from authguard_asgi import AuthGuardMiddleware, LoginRoute
from authguard_core import AsyncGuard, Attempt, ConfigurationError, EventKind, Guard, MemoryStorage, Settings
from tests.attacks.world import SECRET, Clock


def configured(**settings: object) -> Guard:
    """A guard with these settings."""
    return Guard(Settings.load({"secret_key": SECRET, **settings}))


def guarding(*routes: LoginRoute, **limits: float) -> AuthGuardMiddleware:
    """A middleware with these routes."""
    guard = AsyncGuard(Settings.load(secret_key=SECRET))
    return AuthGuardMiddleware(lambda *_: guard.inspect(""), guard, routes, **limits)  # type: ignore[arg-type]


FOOT_GUNS: dict[str, tuple[Callable[[], object], str]] = {
    "no secret": (lambda: configured(secret_key=""), "SECRET_KEY"),
    "a short secret": (lambda: configured(secret_key="s" * 31), "SECRET_KEY"),
    "a short former secret": (lambda: configured(secret_key=f"{SECRET},short"), "SECRET_KEY"),
    "everybody is a proxy": (lambda: configured(trusted_proxies="*"), "TRUSTED_PROXIES"),
    "all of IPv4 is a proxy": (lambda: configured(trusted_proxies="0.0.0.0/0"), "TRUSTED_PROXIES"),
    "all of IPv6 is a proxy": (lambda: configured(trusted_proxies="::/0"), "TRUSTED_PROXIES"),
    "half of IPv4 is a proxy": (lambda: configured(trusted_proxies="128.0.0.0/1"), "TRUSTED_PROXIES"),
    "a proxy by its name": (lambda: configured(trusted_proxies="proxy.internal"), "TRUSTED_PROXIES"),
    "another header": (lambda: configured(trusted_header="X-Real-IP"), "TRUSTED_HEADER"),
    "no account limit": (lambda: configured(login={"account_limit": "off"}), "LOGIN__ACCOUNT_LIMIT"),
    "a limit of none": (lambda: configured(login={"account_limit": "0/15m"}), "LOGIN__ACCOUNT_LIMIT"),
    "a window of none": (lambda: configured(login={"ip_limit": "30/0s"}), "LOGIN__IP_LIMIT"),
    "a negative limit": (lambda: configured(login={"ip_limit": "-1/15m"}), "LOGIN__IP_LIMIT"),
    "a lock shorter than the window": (lambda: configured(login={"lock": "1m"}), "LOGIN__LOCK"),
    "a longest lock below the first": (lambda: configured(login={"lock_max": "1m"}), "LOGIN__LOCK_MAX"),
    "a cap above the standard's": (lambda: configured(login={"failure_cap": 101}), "LOGIN__FAILURE_CAP"),
    "a cap of none": (lambda: configured(login={"failure_cap": 0}), "LOGIN__FAILURE_CAP"),
    "a setting misspelt": (lambda: configured(login={"acount_limit": "5/15m"}), "(?i)acount_limit"),
    "an unknown setting": (lambda: configured(debug="true"), "(?i)debug"),
    "an unknown preset": (lambda: configured(preset="lax"), "PRESET"),
    "short passwords": (lambda: configured(password={"min_length": 7}), "PASSWORD__MIN_LENGTH"),
    "an unknown store": (lambda: configured(storage_url="memcached://cache"), "STORAGE_URL"),
    "a memory store for no keys": (lambda: configured(storage_url="memory://?max_keys=0"), "max_keys"),
    "a memory store at a host": (lambda: configured(storage_url="memory://host"), "STORAGE_URL"),
    "no guarded route": (guarding, "routes"),
    "one route twice": (
        lambda: guarding(LoginRoute("POST", "/a", success={200}), LoginRoute("POST", "/a/", success={200})),
        "routes",
    ),
    "failures as success": (lambda: LoginRoute("POST", "/a", success={401}), "LoginRoute.success"),
    "no success at all": (lambda: LoginRoute("POST", "/a", success=()), "LoginRoute.success"),
    "a sign-in without a body": (lambda: LoginRoute("GET", "/a", success={200}), "LoginRoute.method"),
    "an unknown purpose": (
        lambda: guarding(LoginRoute("POST", "/a", purpose="logn", success={200})),
        "purpose",
    ),
    "bodies without an end": (
        lambda: guarding(LoginRoute("POST", "/a", success={200}), body_timeout=float("inf")),
        "body_timeout",
    ),
}


@pytest.mark.parametrize(("build", "setting"), FOOT_GUNS.values(), ids=FOOT_GUNS)
def test_a96_every_foot_gun_is_refused_by_name(build: Callable[[], object], setting: str) -> None:
    """What would void a promise raises before the first request, and names the setting and what to do."""
    with pytest.raises(ConfigurationError, match=setting) as refused:
        build()
    assert "expected" in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTHGUARD_LOGIN__ACOUNT_LIMIT", "5/15m"),
        ("AUTHGUARD_TRUSTED_PROXY", "10.0.0.1"),
        ("AUTHGUARD_DEBUG", "1"),
    ],
)
def test_a96_a_variable_that_sets_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A typing error in the environment would switch a limit off without a word."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        configured()


def test_a96_cookies_over_plain_http_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    """``COOKIE_SECURE`` off is for one machine: it is said at the start, and no cookie crosses a network."""
    with caplog.at_level(logging.WARNING, "authguard"):
        guard = configured(cookie_secure=False)
    assert "COOKIE_SECURE" in caplog.text
    decision = guard.check(Attempt(identifier="alice", peer="203.0.113.1"))
    assert EventKind.COOKIE_WITHHELD in {event.kind for event in decision.events}


def test_a96_a_trusted_proxy_that_forwards_nothing_is_told() -> None:
    """A trusted proxy that forwards no address is told as an event: all its clients share one counter."""
    guard = configured(trusted_proxies="10.0.0.0/8")
    decision = guard.check(Attempt(identifier="alice", peer="10.1.1.1"))
    assert EventKind.ADDRESS_SUSPECT in {event.kind for event in decision.events}


def test_a96_the_defaults_alone_are_safe() -> None:
    """With a secret and nothing else every limit is on and nobody is trusted (ASVS 5.0, V6.3.1)."""
    settings = Settings.load(secret_key=SECRET)
    for purpose in (settings.login, settings.otp):
        assert None not in (purpose.account_limit, purpose.ip_limit, purpose.subnet_limit, purpose.lock)
        assert purpose.failure_cap == 100
    assert (settings.trusted_proxies, settings.cookie_secure) == ((), True)
    store = MemoryStorage(clock=Clock())
    guard = Guard(settings, storage=store, clock=Clock())
    admitted = [guard.check(Attempt(identifier="alice", peer=f"10.0.{n}.1")).allowed for n in range(50)]
    assert sum(admitted) == 3
