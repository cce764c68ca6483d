"""The password policy in endpoints: what a new password must be, and whether it has been breached."""

import unicodedata
from functools import partial
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Annotated, Protocol

from anyio import from_thread
from fastapi import Depends
from pydantic import SecretStr
from starlette.requests import HTTPConnection

from authguard_core.answers import unusable_password
from authguard_core.errors import ConfigurationError
from authguard_core.passwords import Assessment, Exposure, PasswordContext, PasswordPolicy
from authguard_fastapi.errors import AttemptHTTPException

if TYPE_CHECKING:
    from authguard_fastapi.guard import AuthGuard

__all__ = [
    "BreachLookup",
    "PasswordCheck",
    "PasswordHTTPException",
    "Passwords",
    "SyncPasswordCheck",
    "SyncPasswords",
    "check_breaches",
    "provide_passwords",
]


class BreachLookup(Protocol):
    """Knows passwords that have been breached, as ``authguard_httpx`` does by asking Have I Been Pwned."""

    async def lookup(self, password: str) -> Exposure:
        """Say what is known of a password. It never raises: who can't be asked is an answer too."""
        ...


def check_breaches(breaches: BreachLookup | None) -> None:
    """Look whether somebody's answers can be awaited.

    Raises:
        ConfigurationError: ``lookup`` is no coroutine function.
    """
    if breaches is not None and not iscoroutinefunction(getattr(breaches, "lookup", None)):
        raise ConfigurationError.of(
            "pwned",
            got=type(breaches),
            expected="an object whose lookup is an async def",
            do="Take AsyncPwnedPasswords.",
        )


class PasswordHTTPException(AttemptHTTPException):
    """A new password is refused: a problem with status 422 and the reasons as ``feedback``."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(unusable_password(assessment.feedback))
        self.assessment = assessment
        """All that there is to say about it."""


class PasswordCheck:
    """Checks new passwords for ``async def`` endpoints: the policy first, then the breaches.

    Only a password that the policy accepts is looked up among the breached ones. The policy itself takes less
    than a millisecond, and runs where it is called.

    Args:
        policy: What a new password must be.
        breaches: Who knows the breached ones, None for nobody.

    Raises:
        ConfigurationError: The ``lookup`` of ``breaches`` is no coroutine function.
    """

    def __init__(self, policy: PasswordPolicy, breaches: BreachLookup | None = None) -> None:
        check_breaches(breaches)
        self._policy = policy
        self._breaches = breaches

    async def check(
        self,
        password: str | SecretStr,
        *,
        context: PasswordContext | None = None,
        second_factor: bool = False,
    ) -> Assessment:
        """Assess a password.

        Args:
            password: As submitted.
            context: What an attacker knows about its owner.
            second_factor: Whether a second factor is due as well: then a shorter one will do.
        """
        password = _secret(password)
        assessment = self._policy.check(
            password.get_secret_value(), context=context, second_factor=second_factor
        )
        if self._breaches is None or not assessment.ok:
            return assessment
        # The NFC text, as it is counted; hash the same (NIST SP 800-63B-4, 3.1.1.2).
        exposure = await self._breaches.lookup(unicodedata.normalize("NFC", password.get_secret_value()))
        return self._policy.check(
            password.get_secret_value(), context=context, second_factor=second_factor, exposure=exposure
        )

    async def require(
        self,
        password: str | SecretStr,
        *,
        context: PasswordContext | None = None,
        second_factor: bool = False,
    ) -> Assessment:
        """Assess a password, and refuse one that won't do. Arguments as for :meth:`check`.

        Call it before an attempt begins: what leaves an attempt counts as a failure.

        Raises:
            PasswordHTTPException: The 422 with ``feedback``.
        """
        password = _secret(password)
        assessment = await self.check(password, context=context, second_factor=second_factor)
        if not assessment.ok:
            raise PasswordHTTPException(assessment)
        return assessment


class SyncPasswordCheck:
    """A :class:`PasswordCheck` for ``def`` endpoints, which run in worker threads of the event loop."""

    def __init__(self, check: PasswordCheck) -> None:
        self._check = check

    def check(
        self,
        password: str | SecretStr,
        *,
        context: PasswordContext | None = None,
        second_factor: bool = False,
    ) -> Assessment:
        """Do as :meth:`PasswordCheck.check`."""
        password = _secret(password)
        return from_thread.run(
            partial(self._check.check, password, context=context, second_factor=second_factor)
        )

    def require(
        self,
        password: str | SecretStr,
        *,
        context: PasswordContext | None = None,
        second_factor: bool = False,
    ) -> Assessment:
        """Do as :meth:`PasswordCheck.require`."""
        password = _secret(password)
        return from_thread.run(
            partial(self._check.require, password, context=context, second_factor=second_factor)
        )


def _secret(password: str | SecretStr) -> SecretStr:
    """Return a password that no traceback shows, to stand in place of plain text wherever something waits."""
    return password if isinstance(password, SecretStr) else SecretStr(password)


async def provide_passwords(connection: HTTPConnection) -> PasswordCheck:
    """Return the check of the guard that is installed in the application."""
    guard: AuthGuard | None = getattr(connection.app.state, "authguard", None)
    if guard is None:
        raise ConfigurationError.of(
            "Passwords",
            got="an application without a guard",
            expected="one with",
            do="Call guard.init_app(app).",
        )
    return guard.password_check


async def _provide_sync(passwords: Annotated[PasswordCheck, Depends(provide_passwords)]) -> SyncPasswordCheck:
    return SyncPasswordCheck(passwords)


Passwords = Annotated[PasswordCheck, Depends(provide_passwords)]
"""For ``async def`` endpoints: ``await passwords.require(form.password, context=...)``."""

SyncPasswords = Annotated[SyncPasswordCheck, Depends(_provide_sync)]
"""For ``def`` endpoints: ``passwords.require(form.password, context=...)``."""
