"""What becomes of a request to a guarded route, by what the application answers it."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final, TypeAlias

from authguard_asgi.responses import Headers, device_headers
from authguard_asgi.settling import report_reset, settle
from authguard_core import AsyncGuard, Decision, Outcome, Reason, Ticket, Verdict
from authguard_core.answers import Answer, refused
from authguard_core.errors import ConfigurationError
from authguard_core.guard.shell import in_time

__all__ = ["AttemptCourse", "Course", "Lookup", "ResetCourse", "owner_of"]

logger = logging.getLogger("authguard")

Lookup: TypeAlias = Callable[[str], str | None] | Callable[[str], Awaitable[str | None]]
"""Finds the account that a token was issued for, None for a token that isn't valid."""

_NOTHING: Final[Mapping[int, Outcome]] = {}
_UNAVAILABLE = refused(Decision(verdict=Verdict.REFUSE, reason=Reason.STORAGE_FAILED, wait=1))


class Course:
    """The guard's side of a request that the application is working on: here one that it has no say in."""

    async def answered(self, status: int) -> Headers:
        """Hear the status of the application's response. Return the headers that are added to it."""
        del status
        return []

    async def unchecked(self) -> None:
        """Hear that every hashing slot was taken: nothing was hashed."""

    async def left(self) -> None:
        """Hear that the application is done, whether or not it has answered."""


class AttemptCourse(Course):
    """An admitted attempt. The first that is heard of it counts, and what isn't known is a failure.

    Args:
        guard: Who is told.
        ticket: The attempt.
        outcomes: What the statuses tell. Nothing for a request that only may be the declared one: whatever
            comes, it has failed.
        when_busy: What it tells if every hashing slot was taken.
    """

    def __init__(
        self,
        guard: AsyncGuard,
        ticket: Ticket,
        outcomes: Mapping[int, Outcome] = _NOTHING,
        *,
        when_busy: Outcome = Outcome.FAILURE,
    ) -> None:
        self._guard = guard
        self._ticket = ticket
        self._outcomes = outcomes
        self._when_busy = when_busy
        self._open = True

    async def answered(self, status: int) -> Headers:
        """Report what the status tells."""
        return await self._settle(self._outcomes.get(status, Outcome.FAILURE))

    async def unchecked(self) -> None:
        """Give the attempt back, where it is certain that nothing was done."""
        await self._settle(self._when_busy)

    async def left(self) -> None:
        """Report a failure, if there is no outcome yet."""
        await self._settle(Outcome.FAILURE)

    async def _settle(self, outcome: Outcome) -> Headers:
        if not self._open:
            return []
        self._open = False
        return device_headers(await settle(self._guard, self._ticket, outcome))


class ResetCourse(Course):
    """A redemption whose token was valid when it arrived."""

    def __init__(
        self, guard: AsyncGuard, account: str, success: Collection[int], *, purpose: str, peer: str
    ) -> None:
        self._guard = guard
        self._account = account
        self._success = success
        self._purpose = purpose
        self._peer = peer

    async def answered(self, status: int) -> Headers:
        """Report a completed reset, and make the browser known."""
        if status not in self._success:
            return []
        return device_headers(
            await report_reset(self._guard, self._account, purpose=self._purpose, peer=self._peer)
        )


async def owner_of(account: Lookup, token: str, seconds: float) -> str | Answer | None:
    """Ask whose reset a token is for. A look-up that fails is an outage: return its answer."""
    try:
        return _account_id(await in_time(account, seconds)(token))
    except Exception as error:  # noqa: BLE001 - whatever the application's look-up raises is an outage
        text = str(error) if isinstance(error, ConfigurationError) else type(error).__name__
        logger.error("ResetRoute.account failed: %s", text)  # noqa: TRY400 - a traceback may show the token
        return _UNAVAILABLE


def _account_id(found: object) -> str | None:
    """Check what the look-up found. Empty text is nobody.

    Raises:
        ConfigurationError: It is neither text nor None.
    """
    if found is None or isinstance(found, str):
        return found or None
    raise ConfigurationError.of(
        "ResetRoute.account",
        got=type(found).__name__,
        expected="text or None",
        do="Return the account id as text, str(user.id) say.",
    )
