"""The Django project of the Django adapter's tests: one for the whole process, as Django knows but one.

Its settings stay as they are here but for what a test overrides with Django's own ``override_settings``.
"""

import atexit
import tempfile
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import OperationalError, connections
from django.test.utils import override_settings

from authguard_core import MemoryStorage
from tests.adapters.support import RIGHT, Clock, Told

BACKENDS = [
    "authguard_django.backends.AuthGuardBackend",
    "django.contrib.auth.backends.ModelBackend",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "authguard_django.middleware.AuthGuardMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
SECRET = "0123456789abcdef" * 4
_DIRECTORY = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
atexit.register(_DIRECTORY.cleanup)

hashes: Counter[str] = Counter()
"""How often the hasher has worked."""
files: list[BytesIO] = []
"""What views have sent."""
hash_threads: list[int] = []
"""Where it worked."""
mailed: list[str] = []
"""Who was sent a link."""
threads: list[int] = []
"""Where asynchronous views ran."""


class CountingHasher(MD5PasswordHasher):
    """Django's quickest hasher, counted."""

    def encode(self, password: str, salt: str) -> str:
        hashes["encode"] += 1
        hash_threads.append(threading.get_ident())
        return super().encode(password, salt)


class IteratedHasher(PBKDF2PasswordHasher):
    """Django's default, with a cost that can be counted."""

    iterations = 6

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        hashes["iterations"] += iterations or self.iterations
        return super().encode(password, salt, iterations or self.iterations)


class OldHasher(IteratedHasher):
    """The same in former days."""

    iterations = 2


def configure() -> None:
    """Set the project up, once."""
    if settings.configured:
        return
    settings.configure(
        SECRET_KEY="not-secret-" * 5,
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "rest_framework",
            "rest_framework.authtoken",
            "authguard_django",
            "tests.adapters.django_people",
        ],
        MIDDLEWARE=MIDDLEWARE,
        AUTHENTICATION_BACKENDS=BACKENDS,
        AUTHGUARD={"SECRET_KEY": SECRET},
        AUTH_PASSWORD_VALIDATORS=[{"NAME": "authguard_django.validators.AuthGuardPasswordValidator"}],
        PASSWORD_HASHERS=["tests.adapters.django_world.CountingHasher"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(_DIRECTORY.name) / "db.sqlite3"),
                "OPTIONS": {"timeout": 20},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        ROOT_URLCONF="tests.adapters.django_urls",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)
    connections.close_all()


configure()

# Models can be imported only now: the tests take them from here.
from django.contrib.auth.backends import BaseBackend  # noqa: E402
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.test import Client  # noqa: E402

from authguard_django.backends import AuthGuardBackend  # noqa: E402
from authguard_django.forms import PasswordChangeForm  # noqa: E402
from tests.adapters.django_people.models import Member, Worker  # noqa: E402

__all__ = [
    "BACKENDS",
    "MIDDLEWARE",
    "SECRET",
    "AuthGuardBackend",
    "BaseBackend",
    "Client",
    "Group",
    "IteratedHasher",
    "Member",
    "PasswordChangeForm",
    "Permission",
    "User",
    "Worker",
    "World",
    "backends",
    "basic",
    "down",
    "files",
    "hash_threads",
    "hashes",
    "log_in",
    "mailed",
    "opened",
    "threads",
]


class World:
    """A guard with a clock of its own, and two users: alice, and ann who may use the admin."""

    def __init__(self, **more: object) -> None:
        self.clock = Clock()
        self.told = Told()
        self.setting: dict[str, object] = {
            "SECRET_KEY": SECRET,
            "STORAGE": MemoryStorage(clock=self.clock),
            "CLOCK": self.clock,
            "OBSERVERS": [self.told],
            **more,
        }

    def populate(self) -> None:
        """Create the users, and forget what that took."""
        self.alice = User.objects.create_user("alice", "alice@example.com", RIGHT)
        self.ann = User.objects.create_superuser("ann", "ann@example.com", RIGHT)
        hashes.clear()
        self.told.kinds.clear()


@contextmanager
def opened(**more: object) -> Generator[World]:
    """Open a world, whose AUTHGUARD holds more than the others."""
    world = World(**more)
    with override_settings(AUTHGUARD=world.setting):
        try:
            world.populate()
            yield world
        finally:
            for model in (User, Worker, Member):
                model.objects.all().delete()
            connections.close_all()


def backends(*names: str) -> override_settings:
    """Authguard's backend before others: dotted paths, or names in ``django_backends``."""
    paths = [name if "." in name else f"tests.adapters.django_backends.{name}" for name in names]
    return override_settings(AUTHENTICATION_BACKENDS=[BACKENDS[0], *paths])


def down(*_: object) -> None:
    """Stand for a database that is down: for ``connection.execute_wrapper``."""
    raise OperationalError


def log_in(
    browser: Client, name: str = "alice", password: str = RIGHT, path: str = "/login/", **more: str
) -> Any:  # noqa: ANN401 - the test client's response
    """Post the form of a sign-in."""
    return browser.post(path, {"username": name, "password": password}, headers=more)


def basic(name: str, password: str) -> dict[str, str]:
    """Headers of HTTP basic authentication."""
    return {"authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}
