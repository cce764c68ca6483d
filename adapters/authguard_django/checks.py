"""System checks: what is wrong with an installation, each with an id and a hint."""

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's name
from django.utils.module_loading import import_string

from authguard_core import ConfigurationError, MemoryStorage
from authguard_django.changing import unguarded_changes
from authguard_django.configuration import Runtime, current
from authguard_django.entrance import is_guard, others, signature_of
from authguard_django.identity import name_of
from authguard_django.middleware import AuthGuardMiddleware

__all__ = ["check_deployment", "check_installation"]

_MIDDLEWARE: Final = "authguard_django.middleware.AuthGuardMiddleware"
_BACKEND: Final = "authguard_django.backends.AuthGuardBackend"
_BEFORE: Final = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
_REWRITING: Final = (
    "forwardedfor",
    "forwarded_for",
    "xforwarded",
    "remoteaddr",
    "remote_addr",
    "realip",
    "real_ip",
)
"""What middleware is called that puts a header's word into ``REMOTE_ADDR``."""
_WORKERS: Final = ("-w", "--workers")


def check_installation(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001 - Django's signature
    """Check what keeps a guard from guarding."""
    try:
        runtime = current()
    except ConfigurationError as error:
        hint = "Correct the setting AUTHGUARD, or the variables AUTHGUARD_*."
        return [Error(str(error), hint=hint, id="authguard.E001"), *_backends(), *_middleware()]
    return [*_backends(), *_middleware(), *_names(runtime)]


def check_deployment(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001 - Django's signature
    """Check what is dangerous in production. ``manage.py check --deploy`` runs it."""
    try:
        runtime = current()
    except ConfigurationError:
        return []  # said already, by the other check
    return [*_storage(runtime), *_proxies(runtime), *_cookie(runtime), *_validators(), *_changes()]


def _backends() -> Iterator[CheckMessage]:
    paths = list(settings.AUTHENTICATION_BACKENDS)
    guards = [path for path in paths if is_guard(path)]
    if not guards:
        yield Error(
            "AUTHENTICATION_BACKENDS doesn't hold authguard's backend, so no sign-in is guarded.",
            hint=f"Put {_BACKEND} before the others.",
            id="authguard.E002",
        )
    elif paths[0] != guards[0]:
        yield Error(
            "A backend stands before authguard's in AUTHENTICATION_BACKENDS: it checks secrets unguarded.",
            hint=f"Put {_BACKEND} first.",
            id="authguard.E003",
        )
    if not others():
        yield Error(
            "AUTHENTICATION_BACKENDS holds no backend that could check a secret.",
            hint="Add django.contrib.auth.backends.ModelBackend behind authguard's.",
            id="authguard.E004",
        )


def _middleware() -> Iterator[CheckMessage]:
    paths = list(settings.MIDDLEWARE)
    ours = [path for path in paths if _is_ours(path)]
    if not ours:
        yield Error(
            "MIDDLEWARE doesn't hold authguard's: no refusal is answered with 429, no browser becomes known.",
            hint=f"Put {_MIDDLEWARE} behind AuthenticationMiddleware.",
            id="authguard.E005",
        )
        return
    late = [path for path in _BEFORE if path in paths[paths.index(ours[0]) :]]
    if late:
        yield Warning(
            f"AuthGuardMiddleware stands before {late[0].rpartition('.')[2]}: "
            "its answers miss what that adds.",
            hint="Put it behind SessionMiddleware and AuthenticationMiddleware.",
            id="authguard.W006",
        )


def _is_ours(path: str) -> bool:
    """Whether a dotted path names authguard's middleware, or one derived from it."""
    try:
        found: object = import_string(path)
    except ImportError:  # Django says so when the server starts
        return False
    return isinstance(found, type) and issubclass(found, AuthGuardMiddleware)


def _names(runtime: Runtime) -> Iterator[CheckMessage]:
    if runtime.named is not name_of:
        return
    model: Any = get_user_model()
    known = {"username", "email", model.USERNAME_FIELD}
    for other in others():
        parameters = list(signature_of(other.backend.authenticate).parameters.values())[1:]
        taken = [one.name for one in parameters if one.kind is not one.VAR_KEYWORD]
        if len(taken) > 1 and not known.intersection(taken):
            yield Warning(
                f"{other.path} takes {' and '.join(taken)}: none of them is known to name anybody, so "
                "guesses are counted for the client's address alone.",
                hint="Set AUTHGUARD['IDENTITY'] to a function that finds the name, or call it username.",
                id="authguard.W007",
            )


def _storage(runtime: Runtime) -> Iterator[CheckMessage]:
    if not isinstance(runtime.guard.storage, MemoryStorage):
        return
    workers = _workers()
    several = f"{workers} workers are configured" if workers > 1 else "with several workers"
    yield Warning(
        f"Counters are kept in each process's memory: {several}, every one allows the whole budget, and "
        "a restart forgets them.",
        hint="Run one process, or name a shared store in AUTHGUARD['STORAGE_URL'].",
        id="authguard.W010",
    )


def _workers() -> int:
    """Return how many workers the environment asks gunicorn or uvicorn for, as far as it can be seen."""
    arguments = os.environ.get("GUNICORN_CMD_ARGS", "").replace("=", " ").split()
    given = [value for name, value in pairwise(arguments) if name in _WORKERS]
    counts = [
        text for text in (os.environ.get("WEB_CONCURRENCY", ""), *given) if text.isascii() and text.isdigit()
    ]
    return int(counts[-1][:4]) if counts else 1


def _proxies(runtime: Runtime) -> Iterator[CheckMessage]:
    behind = [
        name
        for name in ("SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST", "USE_X_FORWARDED_PORT")
        if getattr(settings, name, None)
    ]
    if behind and not runtime.guard.settings.trusted_proxies:
        yield Warning(
            f"{behind[0]} says that there is a proxy, and TRUSTED_PROXIES names none: all clients are "
            "counted under the proxy's address, and lock each other out.",
            hint="Name the networks of your own proxies in AUTHGUARD['TRUSTED_PROXIES'].",
            id="authguard.W011",
        )
    rewriting = [path for path in settings.MIDDLEWARE if any(word in path.lower() for word in _REWRITING)]
    if rewriting:
        yield Warning(
            f"{rewriting[0]} seems to replace REMOTE_ADDR by what a header says: clients may choose the "
            "address that they are counted under.",
            hint="Remove it, and name your proxies in AUTHGUARD['TRUSTED_PROXIES'].",
            id="authguard.W012",
        )
    if "*" in os.environ.get("FORWARDED_ALLOW_IPS", ""):
        yield Warning(
            "FORWARDED_ALLOW_IPS trusts everybody: a server that obeys it lets clients choose the address "
            "that they are counted under.",
            hint="Name your own proxies in it.",
            id="authguard.W013",
        )


def _cookie(runtime: Runtime) -> Iterator[CheckMessage]:
    if not runtime.guard.settings.cookie_secure:
        yield Warning(
            "COOKIE_SECURE is off: no browser that comes over a network becomes known.",
            hint="Remove it from AUTHGUARD, and serve sign-ins over https.",
            id="authguard.W014",
        )


def _changes() -> Iterator[CheckMessage]:
    routes = unguarded_changes()
    if routes:
        yield Warning(
            f"The old password isn't guarded at {', '.join(routes)}: whoever finds an open session may guess "
            "it without an end.",
            hint="Give the view authguard_django.forms.PasswordChangeForm; put one before the admin's own.",
            id="authguard.W016",
        )


def _validators() -> Iterator[CheckMessage]:
    names = [str(validator.get("NAME", "")) for validator in settings.AUTH_PASSWORD_VALIDATORS]
    if not any(name.startswith("authguard_django.") for name in names):
        yield Warning(
            "AUTH_PASSWORD_VALIDATORS doesn't hold authguard's: a changed password ends no lock, and leaves "
            "known browsers known.",
            hint="Add authguard_django.validators.AuthGuardPasswordValidator, or call reset_completed().",
            id="authguard.W015",
        )
