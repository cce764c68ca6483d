"""The password policy as one of ``AUTH_PASSWORD_VALIDATORS``."""

import logging
from functools import partial
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.views.decorators.debug import sensitive_variables

from authguard_core.passwords import Finding, PasswordContext, PasswordPolicy
from authguard_django.configuration import get_guard
from authguard_django.exchange import Exchange, running
from authguard_django.resets import reset_completed

__all__ = ["AuthGuardPasswordValidator"]

logger = logging.getLogger("authguard")


class AuthGuardPasswordValidator:
    """Refuses what attackers try first, and says why (NIST SP 800-63B-4, 3.1.1.2).

    ::

        AUTH_PASSWORD_VALIDATORS = [{"NAME": "authguard_django.validators.AuthGuardPasswordValidator"}]

    It takes the place of Django's four. Each finding is a ``ValidationError`` with a stable ``code`` and
    ``params``; its text goes through ``gettext``.

    Args:
        preset: ``nist``, ``asvs_l1`` or ``legacy_8`` in place of what ``AUTHGUARD["PASSWORD"]`` says.
        user_attributes: Further fields of the user that a password must not hold.
        second_factor: Whether every account has another factor, so that eight characters are enough.

    Raises:
        ConfigurationError: There is no preset of that name.
    """

    def __init__(
        self,
        preset: str | None = None,
        user_attributes: tuple[str, ...] = (),
        *,
        second_factor: bool = False,
    ) -> None:
        self._policy = None if preset is None else PasswordPolicy.preset(preset)
        self._attributes = tuple(user_attributes)
        self._second_factor = second_factor

    @sensitive_variables("password")
    def validate(self, password: str, user: Any = None) -> None:  # noqa: ANN401 - any user model
        """Refuse a password that won't do.

        Raises:
            ValidationError: One error for each finding, the reasons first.
        """
        assessment = self.policy.check(
            password, context=self._context(user), second_factor=self._second_factor
        )
        if not assessment.ok:
            raise ValidationError([_error(finding) for finding in assessment.findings])

    @sensitive_variables("password")
    def password_changed(self, password: str, user: Any = None) -> None:  # noqa: ANN401, ARG002 - Django's signature
        """End lock, cap and known browsers of an account whose password has been set anew, with the commit.

        The browser in which its owner did so while signed in stays known. An outage is logged: the password
        is set all the same.
        """
        if user is not None:
            report = partial(_report, running.get(), user)
            # Until then the old password is right: a sign-in with it would make a browser known once more.
            transaction.on_commit(report, using=user._state.db)  # noqa: SLF001 - where Django keeps it

    def get_help_text(self) -> str:
        """Tell what a password must be."""
        least = self.policy.length.least(second_factor=self._second_factor)
        told = ngettext(
            "Your password must have at least %(minimum)d character. What is easy to guess is refused.",
            "Your password must have at least %(minimum)d characters. What is easy to guess is refused.",
            least,
        )
        return f"{told % {'minimum': least}} {gettext('Four or more random words are easy to remember.')}"

    @property
    def policy(self) -> PasswordPolicy:
        """What a new password must be."""
        return get_guard().passwords if self._policy is None else self._policy

    def _context(self, user: Any) -> PasswordContext | None:  # noqa: ANN401 - as above
        if user is None:
            return None
        email_field = getattr(user, "EMAIL_FIELD", "email")
        return PasswordContext(
            username=str(user.get_username() or ""),
            email=_text(user, email_field),
            names=[_text(user, "first_name"), _text(user, "last_name")],
            words=[_text(user, name) for name in self._attributes],
        )


def _report(exchange: Exchange | None, user: Any) -> None:  # noqa: ANN401 - as above
    request = exchange.request if exchange and _is_own(exchange.request, user) else None
    try:
        reset_completed(request, user)
    except Exception as error:  # noqa: BLE001 - an outage, or the application's look-up; the password is set all the same
        logger.error("a changed password could not be reported: %s", type(error).__name__)  # noqa: TRY400 - a traceback may show personal data


def _is_own(request: HttpRequest, user: Any) -> bool:  # noqa: ANN401 - as above
    """Whether the request is that of the user: an operator's browser doesn't become another's.

    The session is asked, as ``request.user`` would end a session whose password has just changed.
    """
    session = getattr(request, "session", {})
    return bool(session.get(SESSION_KEY) == user._meta.pk.value_to_string(user))  # noqa: SLF001 - as Django's login writes it


def _text(user: object, name: str) -> str:
    return str(getattr(user, name, "") or "")


def _error(finding: Finding) -> ValidationError:
    return ValidationError(gettext(finding.message), code=finding.code.value, params=dict(finding.params))
