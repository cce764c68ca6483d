"""The password policy in views: what a new password must be, and whether it has been breached."""

import unicodedata
from typing import Protocol

from authguard_core.passwords import Assessment, Exposure, PasswordContext, PasswordPolicy
from authguard_flask.errors import PasswordHTTPException

__all__ = ["BreachLookup", "PasswordCheck"]


class BreachLookup(Protocol):
    """Knows passwords that have been breached, as ``authguard_httpx`` does by asking Have I Been Pwned."""

    def lookup(self, password: str) -> Exposure:
        """Say what is known of a password. It never raises: who can't be asked is an answer too."""
        ...


class PasswordCheck:
    """Checks new passwords: the policy first, and what it accepts against the breaches.

    Args:
        policy: What a new password must be.
        breaches: Who knows the breached ones, None for nobody.
    """

    def __init__(self, policy: PasswordPolicy, breaches: BreachLookup | None = None) -> None:
        self.policy = policy
        """The policy itself, which asks nobody about breaches."""
        self._breaches = breaches

    def check(
        self, password: str, *, context: PasswordContext | None = None, second_factor: bool = False
    ) -> Assessment:
        """Assess a password.

        Args:
            password: As submitted.
            context: What an attacker knows about its owner.
            second_factor: Whether a second factor is due as well: then a shorter one will do.
        """
        assessment = self.policy.check(password, context=context, second_factor=second_factor)
        if self._breaches is None or not assessment.ok:
            return assessment
        # The NFC text, as it is counted; hash the same (NIST SP 800-63B-4, 3.1.1.2).
        exposure = self._breaches.lookup(unicodedata.normalize("NFC", password))
        return self.policy.check(password, context=context, exposure=exposure, second_factor=second_factor)

    def require(
        self, password: str, *, context: PasswordContext | None = None, second_factor: bool = False
    ) -> Assessment:
        """Assess a password, and refuse one that won't do. Arguments as for :meth:`check`.

        Call it before an attempt begins: what leaves an attempt counts as a failure.

        Raises:
            PasswordHTTPException: The 422 with ``feedback``.
        """
        assessment = self.check(password, context=context, second_factor=second_factor)
        if not assessment.ok:
            raise PasswordHTTPException(assessment)
        return assessment
