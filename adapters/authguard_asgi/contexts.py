"""An attempt as a context: admitted on entering, settled on leaving.

::

    async with AttemptContext(guard, attempt_of(guard, request.scope, name)) as attempt:
        if not await guard.hasher.verify(user and user.hash, password):
            attempt.fail()
        decision = await attempt.succeed(user.id)

An attempt that is left in any other way than by ``succeed`` stays counted as a failure: an exception, a
client that has gone, a cancellation, a return without a word (OWASP ASVS 5.0, V16.5.3).
"""

from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import NoReturn

from anyio import from_thread

from authguard_asgi.settling import settle
from authguard_core import AsyncGuard, Attempt, Decision, Outcome, Ticket
from authguard_core.answers import BUSY, FAILED, Answer, refused
from authguard_core.errors import AuthGuardError, ConfigurationError, HasherBusy

__all__ = ["AttemptContext", "AttemptError", "RunningAttempt", "SyncAttempt"]


class AttemptError(AuthGuardError):
    """An attempt ends here, with an answer for the client.

    :class:`~authguard_asgi.AuthGuardMiddleware` sends it. It isn't meant to be caught on the way.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"answered with {answer.status}")
        self.answer = answer
        """What to send."""


class RunningAttempt:
    """An admitted attempt, whose outcome is still open."""

    def __init__(
        self,
        guard: AsyncGuard,
        ticket: Ticket,
        error: Callable[[Answer], Exception],
        on_success: Callable[[Decision], None],
    ) -> None:
        self._guard = guard
        self._ticket = ticket
        self._error = error
        self._on_success = on_success
        self._open = True
        self._decision: Decision | None = None

    def fail(self) -> NoReturn:
        """Say that the secret was wrong: end the attempt with the uniform 401."""
        raise self._error(FAILED)

    async def succeed(self, account_id: object = None, *, remember: bool = True) -> Decision:
        """Say that the secret was right. Said again, it changes nothing.

        Args:
            account_id: Who signs in. With a ``resolve`` hook it must be the account that the hook found:
                else another account's limit was charged than the one that is entered.
            remember: Whether the browser becomes known. Say False while another factor is due.

        Returns:
            A decision whose verdict is COMPLETE. Its device cookie is to be set on the response.

        Raises:
            ConfigurationError: The attempt is over, or it was counted under another account.
        """
        if self._decision is None:
            self._check(account_id)
            self._open = False
            self._decision = await settle(self._guard, self._ticket, Outcome.SUCCESS, remember=remember)
            self._on_success(self._decision)
        return self._decision

    async def close(self, outcome: Outcome) -> None:
        """End the attempt with an outcome, unless it has one already."""
        if self._open:
            self._open = False
            await settle(self._guard, self._ticket, outcome)

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


class SyncAttempt:
    """A :class:`RunningAttempt` for code in a worker thread of the event loop."""

    def __init__(self, attempt: RunningAttempt) -> None:
        self._attempt = attempt

    def fail(self) -> NoReturn:
        """Do as :meth:`RunningAttempt.fail`."""
        self._attempt.fail()

    def succeed(self, account_id: object = None, *, remember: bool = True) -> Decision:
        """Do as :meth:`RunningAttempt.succeed`."""
        return from_thread.run(partial(self._attempt.succeed, account_id, remember=remember))


def _ignore(_decision: Decision) -> None:
    """Leave the device cookie to the caller, who gets the same decision."""


class AttemptContext:
    """One attempt. ``async with`` in a coroutine; a plain ``with`` in a synchronous handler.

    Entering asks the guard and raises for a refusal, so nothing inside runs for an attempt that may not
    look at the secret. A :class:`~authguard_core.errors.HasherBusy` that leaves the block gives the attempt
    back, because nothing was hashed, and is answered with 503.

    So verify once per attempt: one whose first verification finished and whose second raises ``HasherBusy``
    would be given back although a secret was checked. Where you must verify twice, catch the second one
    yourself and call ``fail``. And where the block sends something, hash before it does: what was sent and
    then found no place to hash would be given back too.

    Args:
        guard: Who decides.
        attempt: Who wants to try what, see :func:`~authguard_asgi.attempt_of`.
        error: Makes the exception that carries an answer.
        on_success: Is told the decision of a success, to set its device cookie.
    """

    def __init__(
        self,
        guard: AsyncGuard,
        attempt: Attempt,
        *,
        error: Callable[[Answer], Exception] = AttemptError,
        on_success: Callable[[Decision], None] = _ignore,
    ) -> None:
        self._guard = guard
        self._attempt = attempt
        self._error = error
        self._on_success = on_success
        self._running: RunningAttempt | None = None

    async def __aenter__(self) -> RunningAttempt:
        decision = await self._guard.check(self._attempt)
        if decision.ticket is None:
            raise self._error(refused(decision))
        self._running = RunningAttempt(self._guard, decision.ticket, self._error, self._on_success)
        return self._running

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        busy = isinstance(error, HasherBusy)
        if self._running:
            await self._running.close(Outcome.UNCHECKED if busy else Outcome.FAILURE)
        if busy:
            raise self._error(BUSY) from error

    def __enter__(self) -> SyncAttempt:
        return SyncAttempt(from_thread.run(self.__aenter__))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from_thread.run(self.__aexit__, kind, error, traceback)
