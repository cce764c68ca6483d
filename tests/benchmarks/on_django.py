"""A login on Django, and the ways to guard it, called by Django's own test client.

A process has one project, and so one of the ways. What isn't a guard's is the same for all: users are in a
file of SQLite, ``ModelBackend`` finds them, the password's hasher is made up, sessions are in signed cookies.
"""

import atexit
import os
import tempfile
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.hashers import BasePasswordHasher
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from tests.benchmarks.harness import Key
from tests.benchmarks.logins import FAILURES, NOTHING, PLENTY, RIGHT, SECRET, ThreadLogin, Way, strict

UNAUTHORISED = 401
USERS = 2_000
FORM = "application/x-www-form-urlencoded"

Project = dict[str, Any]
"""Settings."""


def bare(_limit: int | None = None) -> Project:
    """Return the project without any guard."""
    return {
        "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": ["*"],
        "ROOT_URLCONF": __name__,
        "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        "MIDDLEWARE": [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
        "PASSWORD_HASHERS": [f"{__name__}.Instant"],
        "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        # Warnings are written, as they are in most deployments, here to nowhere.
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"nowhere": {"class": "logging.FileHandler", "filename": os.devnull}},
            "root": {"handlers": ["nowhere"], "level": "WARNING"},
        },
    }


def _guarded(app: str, middleware: str, backend: str, **more: object) -> Project:
    project = bare()
    project["INSTALLED_APPS"].append(app)
    project["MIDDLEWARE"].append(middleware)
    project["AUTHENTICATION_BACKENDS"].insert(0, backend)
    return {**project, **more}


def authguard(limit: int | None = None) -> Project:
    """Guard it as authguard's own page on Django does."""
    return _guarded(
        "authguard_django",
        "authguard_django.middleware.AuthGuardMiddleware",
        "authguard_django.backends.AuthGuardBackend",
        AUTHGUARD={"SECRET_KEY": SECRET, "LOGIN": strict(limit) if limit else {}},
    )


def remote_address(request: HttpRequest) -> str:
    """Take the client's address as the server gives it: for django-axes without ipware."""
    return str(request.META["REMOTE_ADDR"])


def axes(handler: str, **more: object) -> Callable[[int | None], Project]:
    """Guard it with django-axes and one of its handlers."""

    def project(limit: int | None = None) -> Project:
        return _guarded(
            "axes",
            "axes.middleware.AxesMiddleware",
            "axes.backends.AxesStandaloneBackend",
            AXES_HANDLER=handler,
            AXES_FAILURE_LIMIT=limit or PLENTY,
            AXES_COOLOFF_TIME=timedelta(minutes=15),
            AXES_LOCKOUT_PARAMETERS=["username", "ip_address"],
            # The one in memory, which keeps 300 keys unless it is told otherwise.
            CACHES={
                "default": {
                    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                    "OPTIONS": {"MAX_ENTRIES": PLENTY},
                }
            },
            **more,
        )

    return project


WAYS = {
    "no guard": Way(NOTHING, bare),
    "authguard, backend and middleware": Way(FAILURES, authguard),
    "django-axes, cache handler": Way(FAILURES, axes("axes.handlers.cache.AxesCacheHandler")),
    "django-axes, cache handler, no ipware": Way(
        FAILURES, axes("axes.handlers.cache.AxesCacheHandler", AXES_CLIENT_IP_CALLABLE=remote_address)
    ),
    "django-axes, database handler": Way(FAILURES, axes("axes.handlers.database.AxesDatabaseHandler")),
}


class Instant(BasePasswordHasher):
    """Hashes nothing."""

    algorithm = "instant"

    def encode(self, password: str, salt: str) -> str:
        return f"{self.algorithm}${salt}${password}"

    def verify(self, password: str, encoded: str) -> bool:  # noqa: ARG002 - all have the same
        return DjangoLogin.running.verify(password)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in, as a view of an API does."""
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    if user is None:
        return JsonResponse({"detail": "wrong"}, status=UNAUTHORISED)
    login(request, user)
    return JsonResponse({"username": user.get_username()})


urlpatterns = [path("login", sign_in)]


class DjangoLogin(ThreadLogin):
    """One of them. There is but one in a process."""

    running: "DjangoLogin"

    def __init__(self, name: str, limit: int | None) -> None:
        DjangoLogin.running = self
        directory = tempfile.TemporaryDirectory()
        atexit.register(directory.cleanup)
        settings.configure(**WAYS[name].build(limit), DATABASES={"default": _database(directory.name)})
        django.setup()
        call_command("migrate", verbosity=0)
        _make_users()
        self._thread = threading.local()

    def post(self, key: Key, password: str) -> int:
        client = self._client()
        form = urlencode({"username": key.user, "password": password})
        response = client.post("/login", form, FORM, REMOTE_ADDR=key.address)
        client.cookies.clear()  # the next one is somebody else
        return int(response.status_code)

    def _client(self) -> Any:  # noqa: ANN401 - its type is imported with Django, later
        """Return the thread's own: it keeps cookies."""
        found: Any = getattr(self._thread, "client", None)
        if found is None:
            from django.test import Client  # noqa: PLC0415 - Django is set up only now

            found = self._thread.client = Client()
        return found


open_login = DjangoLogin


def _database(directory: str) -> dict[str, object]:
    """Return the file that holds the users, set up as SQLite serves many threads best."""
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(directory) / "users.sqlite3",
        "OPTIONS": {"timeout": 60, "transaction_mode": "IMMEDIATE", "init_command": pragmas},
    }


def _make_users() -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415 - Django is set up only now

    password = Instant().encode(RIGHT, "")
    User.objects.bulk_create(
        [User(username=f"user{one}@example.org", password=password) for one in range(USERS)]
    )
