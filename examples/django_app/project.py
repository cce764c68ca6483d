"""The project's settings, and its tables."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import django
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command

from examples.django_app import state
from examples.shop import Shop
from examples.shop.keyfile import secret_key
from examples.wiring import own_settings

__all__ = ["configure", "create_app"]

_SUPERUSER: Final = ("DJANGO_SUPERUSER_USERNAME", "DJANGO_SUPERUSER_PASSWORD")


def configure(shop: Shop, environ: Mapping[str, str], port: int) -> None:
    """Say everything that a settings module would say. The counters are in the process's memory."""
    settings.configure(
        SECRET_KEY=secret_key(shop.directory.path),
        ALLOWED_HOSTS=["*"],  # nothing is made of the Host header; who may read the mail is asked by the view
        ROOT_URLCONF="examples.django_app.urls",
        APPEND_SLASH=False,
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "authguard_django",
        ],
        MIDDLEWARE=[
            "examples.django_app.parts.own_origin",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "authguard_django.middleware.AuthGuardMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        AUTHENTICATION_BACKENDS=[
            "authguard_django.backends.AuthGuardBackend",
            "django.contrib.auth.backends.ModelBackend",
        ],
        AUTHGUARD={
            **own_settings(environ, shop),
            "IDENTITY": "examples.django_app.state.operator_name",
            "RESOLVE": "examples.django_app.state.resolve",
            "RESPOND": "examples.django_app.parts.respond_to_refusal",
        },
        AUTH_PASSWORD_VALIDATORS=[{"NAME": "authguard_django.validators.AuthGuardPasswordValidator"}],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(shop.directory.path / "django.sqlite3"),
                "OPTIONS": {"timeout": 20},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SESSION_COOKIE_NAME="admin_session",
        STATIC_URL="/admin-static/",
        TEMPLATES=[_templates()],
        USE_TZ=True,
    )
    django.setup()
    state.begin(shop, port)


def _templates() -> dict[str, Any]:
    processors = ("template.context_processors.request", "contrib.auth.context_processors.auth")
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                *(f"django.{name}" for name in processors),
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }


def create_app(environ: Mapping[str, str]) -> Callable[..., Any]:
    """Make the tables, and who may use the admin if the environment names somebody. The server is WSGI's."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - models need the settings

    call_command("migrate", verbosity=0)
    name, password = (environ.get(variable) for variable in _SUPERUSER)
    if name and password and not User.objects.filter(username=name).exists():
        User.objects.create_superuser(name, password=password)
    return StaticFilesHandler(WSGIHandler())
