"""authguard for FastAPI.

::

    guard = AuthGuard()
    guard.init_app(app)

    @app.post("/login")
    async def login(form: LoginForm, login_guard: LoginGuard):
        async with login_guard.attempt(form.username) as attempt:
            user = await find(form.username)
            if not await guard.hasher.verify(user and user.hash, form.password):
                attempt.fail()
            await attempt.succeed(user.id)
"""

import authguard_fastapi.backend  # noqa: F401 # pyright: ignore[reportUnusedImport] - it says what to install
from authguard_asgi import AttemptContext, RunningAttempt, SyncAttempt
from authguard_fastapi.dependency import (
    LoginGuard,
    MeterGuard,
    OtpGuard,
    PurposeGuard,
    RegisterGuard,
    ResetGuard,
    guarded,
)
from authguard_fastapi.errors import AttemptHTTPException
from authguard_fastapi.guard import AuthGuard
from authguard_fastapi.hashing import SyncHasher
from authguard_fastapi.newpassword import NewPassword
from authguard_fastapi.passwords import (
    BreachLookup,
    PasswordCheck,
    PasswordHTTPException,
    Passwords,
    SyncPasswordCheck,
    SyncPasswords,
)

__all__ = [
    "AttemptContext",
    "AttemptHTTPException",
    "AuthGuard",
    "BreachLookup",
    "LoginGuard",
    "MeterGuard",
    "NewPassword",
    "OtpGuard",
    "PasswordCheck",
    "PasswordHTTPException",
    "Passwords",
    "PurposeGuard",
    "RegisterGuard",
    "ResetGuard",
    "RunningAttempt",
    "SyncAttempt",
    "SyncHasher",
    "SyncPasswordCheck",
    "SyncPasswords",
    "guarded",
]
