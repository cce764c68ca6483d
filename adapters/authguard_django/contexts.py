"""An attempt as a context: admitted on entering, settled on leaving.

::

    with attempt(request, request.user.get_username()) as running:
        if not request.user.check_password(old):
            running.fail()
        running.succeed()

An attempt that is left in any other way than by ``succeed`` stays counted as a failure: an exception, a
return without a word, a cancellation (OWASP ASVS 5.0, V16.5.3).
"""

from types import TracebackType
from typing import NoReturn

from django.http import HttpRequest

from authguard_core import Attempt, Decision, Outcome, Ticket
from authguard_core.answers import BUSY, FAILED, refused
from authguard_core.errors import ConfigurationError, HasherBusy
from authguard_django.configuration import current
from authguard_django.errors import AttemptError
from authguard_django.exchange import exchange_of
from authguard_django.requests import attempt_of
from authguard_django.settling import asettle, settle

__all__ = ["AttemptContext", "RunningAttempt", "attempt"]


class RunningAttempt:
    """An admitted attempt, whose outcome is still open."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        """For the guard."""
        self.outcome = Outcome.FAILURE
        """What is known so far."""
        self.remember = True
        """Whether a success makes the browser known."""
        self._open = True

    def fail(self) -> NoReturn:
        """Say that the secret was wrong: end the attempt with the uniform 401.

        A view that has a form to show again leaves the block without a word instead.
        """
        raise AttemptError(FAILED)

    def succeed(self, account_id: object = None, *, remember: bool = True) -> None:
        """Say that the secret was right. It is reported when the block ends.

        Args:
            account_id: Whose it was: the primary key, or what your ``RESOLVE`` returns. It must be the
                account that was counted, else another account's limit was charged than the one that is
                entered.
            remember: Whether the browser becomes known. Say False while another factor is due.

        Raises:
            ConfigurationError: The attempt is over, or it was counted under another account.
        """
        self._check(account_id)
        self.outcome = Outcome.SUCCESS
        self.remember = remember

    def close(self) -> None:
        """Take no more reports."""
        self._open = False

    def _check(self, account_id: object) -> None:
        if not self._open:
            raise ConfigurationError.of(
                "attempt.succeed",
                got="a report after the end",
                expected="one inside the with block",
                do="Move it.",
            )
        if not self.ticket.fits(account_id):
            raise ConfigurationError.of(
                "attempt.succeed",
                got="another account than the one that was counted",
                expected="the account whose name was handed to attempt()",
                do="Look the user up by that name.",
            )


class AttemptContext:
    """One attempt: ``with`` in synchronous code, ``async with`` in a coroutine.

    Entering asks the guard and raises for a refusal, so nothing inside runs for an attempt that may not
    look at the secret. A :class:`~authguard_core.errors.HasherBusy` that leaves the block gives the attempt
    back, because nothing was hashed, and is answered with 503.
    """

    def __init__(self, request: HttpRequest | None, identifier: str, purpose: str) -> None:
        self._request = request
        self._identifier = str(identifier)  # some user models have numbers for names
        self._purpose = purpose
        self._running: RunningAttempt | None = None

    def __enter__(self) -> RunningAttempt:
        return self._begin(current().guard.check(self._attempt()))

    async def __aenter__(self) -> RunningAttempt:
        return self._begin(await current().aguard.check(self._attempt()))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if (running := self._end(error)) is not None:
            guard = current().guard
            settled = settle(guard, running.ticket, running.outcome, remember=running.remember)
            self._finish(settled, error)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if (running := self._end(error)) is not None:
            aguard = current().aguard
            settled = await asettle(aguard, running.ticket, running.outcome, remember=running.remember)
            self._finish(settled, error)

    def _attempt(self) -> Attempt:
        return attempt_of(current().guard, self._request, self._identifier, purpose=self._purpose)

    def _begin(self, decision: Decision) -> RunningAttempt:
        if decision.ticket is None:
            raise AttemptError(refused(decision))
        self._running = RunningAttempt(decision.ticket)
        return self._running

    def _end(self, error: BaseException | None) -> RunningAttempt | None:
        """Close the attempt, and return it unless it was closed before."""
        running, self._running = self._running, None
        if running is not None:
            running.close()
            if isinstance(error, HasherBusy):
                running.outcome = Outcome.UNCHECKED
        return running

    def _finish(self, settled: Decision, error: BaseException | None) -> None:
        if exchange := exchange_of(self._request):
            exchange.remember(settled)
        if isinstance(error, HasherBusy):
            raise AttemptError(BUSY) from error


def attempt(request: HttpRequest | None, identifier: str, *, purpose: str = "login") -> AttemptContext:
    """Return the context of an attempt, for a view that checks a secret itself.

    Don't call ``authenticate()`` inside: that is an attempt of its own.

    Args:
        request: None in a script or a task: then the account alone is counted.
        identifier: Whose secret is tried, as submitted; for somebody who is signed in
            ``request.user.get_username()``.
        purpose: Whose limits hold: ``login``, ``otp``, ``reset``, ``register`` or one of your own.

    Raises:
        AttemptError: On entering, if the attempt is refused. The middleware answers with 429.
    """
    return AttemptContext(request, identifier, purpose)
