"""authguard for Django.

::

    INSTALLED_APPS += ["authguard_django"]
    MIDDLEWARE += ["authguard_django.middleware.AuthGuardMiddleware"]
    AUTHENTICATION_BACKENDS = [
        "authguard_django.backends.AuthGuardBackend",
        "django.contrib.auth.backends.ModelBackend",
    ]
    AUTHGUARD = {"SECRET_KEY": env["AUTHGUARD_SECRET_KEY"]}

Then every sign-in that goes through ``django.contrib.auth`` is guarded: the admin, ``LoginView``,
``authenticate()``, the basic and token login of Django REST framework.
"""

import authguard_django.requirement  # noqa: F401 # pyright: ignore[reportUnusedImport] - it says what to install
from authguard_django.bodies import aread_fields, read_fields
from authguard_django.configuration import get_async_guard, get_guard
from authguard_django.contexts import AttemptContext, RunningAttempt, attempt
from authguard_django.decorators import guarded
from authguard_django.errors import AttemptError
from authguard_django.requests import client_address_of
from authguard_django.resets import areset_completed, reset_completed

__all__ = [
    "AttemptContext",
    "AttemptError",
    "RunningAttempt",
    "aread_fields",
    "areset_completed",
    "attempt",
    "client_address_of",
    "get_async_guard",
    "get_guard",
    "guarded",
    "read_fields",
    "reset_completed",
]
