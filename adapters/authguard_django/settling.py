"""Reporting what happened: the one step that may fail without anybody noticing but the log."""

import logging
from typing import Final

from authguard_core import AsyncGuard, Decision, Guard, Outcome, Reason, Ticket, Verdict
from authguard_django.exchange import Exchange

__all__ = ["afinish", "asettle", "finish", "settle"]

logger = logging.getLogger("authguard")

_UNSETTLED: Final = "settling failed: %s"
_COMPLETE: Final = Decision(verdict=Verdict.COMPLETE, reason=Reason.SUCCEEDED)


def settle(guard: Guard, ticket: Ticket, outcome: Outcome, *, remember: bool = False) -> Decision:
    """Report what became of an attempt. Never raises: a right password stays right.

    The guard deals with an outage itself. This is for a store that breaks its contract: the attempt
    stays counted, and the log tells which error it was.
    """
    try:
        return guard.settle(ticket, outcome, remember=remember)
    except Exception as error:  # noqa: BLE001 - a third party's store, and the sign-in is right whatever it raises
        logger.error(_UNSETTLED, type(error).__name__)  # noqa: TRY400 - a traceback may show personal data
        return _COMPLETE


async def asettle(guard: AsyncGuard, ticket: Ticket, outcome: Outcome, *, remember: bool = False) -> Decision:
    """Do as :func:`settle`."""
    try:
        return await guard.settle(ticket, outcome, remember=remember)
    except Exception as error:  # noqa: BLE001 - as above
        logger.error(_UNSETTLED, type(error).__name__)  # noqa: TRY400 - as above
        return _COMPLETE


def finish(guard: Guard, exchange: Exchange | None) -> None:
    """Settle what waits, with the response or before another attempt in the same request.

    So right ones don't stand in each other's way, and a browser that has signed in becomes known.
    """
    if exchange is not None:
        for ticket, remember in exchange.take():
            exchange.remember(settle(guard, ticket, Outcome.SUCCESS, remember=remember))


async def afinish(guard: AsyncGuard, exchange: Exchange | None) -> None:
    """Do as :func:`finish`."""
    if exchange is not None:
        for ticket, remember in exchange.take():
            exchange.remember(await asettle(guard, ticket, Outcome.SUCCESS, remember=remember))
