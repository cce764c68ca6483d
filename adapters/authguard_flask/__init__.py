"""authguard for Flask.

::

    guard = AuthGuard(app)

    @app.post("/login")
    def login():
        form = guard.read()
        with guard.attempt(form.identity) as attempt:
            user = find(form.identity)
            if not guard.hasher.verify(user and user.hash, form["password"]):
                attempt.fail()
            attempt.succeed(user.id)
        return redirect("/")
"""

import authguard_flask.backend  # noqa: F401 # pyright: ignore[reportUnusedImport] - it says what to install
from authguard_flask.contexts import AttemptContext, RunningAttempt
from authguard_flask.errors import AttemptHTTPException, PasswordHTTPException
from authguard_flask.guard import AuthGuard
from authguard_flask.passwords import BreachLookup, PasswordCheck

__all__ = [
    "AttemptContext",
    "AttemptHTTPException",
    "AuthGuard",
    "BreachLookup",
    "PasswordCheck",
    "PasswordHTTPException",
    "RunningAttempt",
]
