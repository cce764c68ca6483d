"""What Django tells about sign-ins, by its own signals."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.http import HttpRequest

from authguard_django import configuration
from authguard_django.entrance import CHECKED_BY, is_guard
from authguard_django.exchange import exchange_of

__all__ = ["note_failure", "note_setting", "note_sign_in"]


def note_sign_in(request: HttpRequest | None = None, user: Any = None, **_: object) -> None:  # noqa: ANN401 - any user model
    """Make the browser known with the response, and name in the session who checked the secret.

    So sessions are those of the backend that Django would have named without authguard: they survive its
    coming and going, and the right one is asked for the user.
    """
    if exchange := exchange_of(request):
        exchange.sign_in(getattr(user, "pk", None))
    session = getattr(request, "session", {})
    checked_by = getattr(user, CHECKED_BY, None)
    named = session.get(BACKEND_SESSION_KEY, "")
    if checked_by and named in settings.AUTHENTICATION_BACKENDS and is_guard(named):
        session[BACKEND_SESSION_KEY] = checked_by


def note_failure(request: HttpRequest | None = None, **_: object) -> None:
    """Keep the response to a failed sign-in out of caches, whoever has checked the secret."""
    if exchange := exchange_of(request):
        exchange.fail()


def note_setting(setting: str, **_: object) -> None:
    """Make the guards anew after ``override_settings``."""
    if setting == "AUTHGUARD":
        configuration.forget()
