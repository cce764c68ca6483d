"""An attempt as a context: admitted on entering, settled on leaving.

An attempt that is left in any other way than by ``succeed`` stays counted as a failure: an exception, an
``abort``, a return without a word (OWASP ASVS 5.0, V16.5.3).
"""

from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

from authguard_core import Attempt, Decision, Guard, HasherBusy, Outcome, Ticket
from authguard_core.answers import BUSY, FAILED, refused
from authguard_core.errors import ConfigurationError
from authguard_flask.errors import AttemptHTTPException
from authguard_flask.settling import settle

__all__ = ["AttemptContext", "RunningAttempt"]


class RunningAttempt:
    """An admitted attempt, whose outcome is still open."""

    def __init__(self, guard: Guard, ticket: Ticket, on_success: Callable[[Decision], None]) -> None:
        self._guard = guard
        self._ticket = ticket
        self._on_success = on_success
        self._open = True
        self._decision: Decision | None = None

    def fail(self) -> NoReturn:
        """Say that the secret was wrong: end the attempt with the uniform 401."""
        raise AttemptHTTPException(FAILED)

    def succeed(self, account_id: object = None, *, remember: bool = True) -> Decision:
        """Say that the secret was right. Said again, it changes nothing.

        Args:
            account_id: Who signs in. With a ``resolve`` hook it must be the account that the hook found:
                else another account's limit was charged than the one that is entered.
            remember: Whether the browser becomes known. Say False while another factor is due.

        Returns:
            A decision whose verdict is COMPLETE. Its device cookie is set on the response, unless that is an
            error.

        Raises:
            ConfigurationError: The attempt is over, or it was counted under another account.
        """
        if self._decision is None:
            self._check(account_id)
            self._open = False
            self._decision = settle(self._guard, self._ticket, Outcome.SUCCESS, remember=remember)
            self._on_success(self._decision)
        return self._decision

    def close(self, outcome: Outcome) -> None:
        """End the attempt with an outcome, unless it has one already."""
        if self._open:
            self._open = False
            settle(self._guard, self._ticket, outcome)

    def _check(self, account_id: object) -> None:
        if not self._open:
            raise ConfigurationError.of(
                "attempt.succeed",
                got="a report after the end",
                expected="one inside the with block",
                do="Move it.",
            )
        if not self._ticket.fits(account_id):
            raise ConfigurationError.of(
                "attempt.succeed",
                got="another account than the one that was counted",
                expected="the account id that the resolve hook returned",
                do="Look the user up as the hook does.",
            )


class AttemptContext:
    """One attempt: a plain ``with``, in ``async def`` views too.

    Flask gives each ``async def`` view an event loop of its own, so nobody else waits while the guard is
    asked. asgiref's ``WsgiToAsgi`` has them all on the server's one loop: sign people in with ``def`` views
    there.

    Entering asks the guard and raises for a refusal, so nothing inside runs for an attempt that may not
    look at the secret. A :class:`~authguard_core.errors.HasherBusy` that leaves the block gives the attempt
    back, because nothing was hashed, and is answered with 503.

    So verify once per attempt: one whose first verification finished and whose second raises ``HasherBusy``
    would be given back although a secret was checked. Where you must verify twice, catch the second one
    yourself and call ``fail``. And where the block sends something, hash before it does.

    Args:
        guard: Who decides.
        attempt: Who wants to try what.
        on_success: Is told the decision of a success, to set its device cookie.
    """

    def __init__(self, guard: Guard, attempt: Attempt, *, on_success: Callable[[Decision], None]) -> None:
        self._guard = guard
        self._attempt = attempt
        self._on_success = on_success

    def __enter__(self) -> RunningAttempt:
        decision = self._guard.check(self._attempt)
        if decision.ticket is None:
            raise AttemptHTTPException(refused(decision))
        self._running = RunningAttempt(self._guard, decision.ticket, self._on_success)
        return self._running

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        busy = isinstance(error, HasherBusy)
        self._running.close(Outcome.UNCHECKED if busy else Outcome.FAILURE)
        if busy:
            raise AttemptHTTPException(BUSY) from error
