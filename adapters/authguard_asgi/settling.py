"""Reporting what happened: the one step that may fail without anybody noticing but the log."""

import logging
from typing import Final

from anyio import fail_after, get_cancelled_exc_class

from authguard_core import AsyncGuard, Decision, Outcome, Reason, Ticket, Verdict

__all__ = ["report_reset", "settle"]

logger = logging.getLogger("authguard")

_REPORT_TIMEOUT: Final = 5.0
"""Seconds that a report may outlive the request that it is about."""
_UNREPORTED: Final = "a completed reset could not be reported: %s"
_COMPLETE = Decision(verdict=Verdict.COMPLETE, reason=Reason.SUCCEEDED)


async def settle(guard: AsyncGuard, ticket: Ticket, outcome: Outcome, *, remember: bool = True) -> Decision:
    """Report what became of an attempt. Never raises: a right password stays right.

    The guard deals with an outage itself. This is for a store that breaks its contract: the attempt
    stays counted, and the log tells which error it was.
    """
    try:
        return await guard.settle(ticket, outcome, remember=remember)
    except Exception as error:  # noqa: BLE001 - a third party's store, and the sign-in is right whatever it raises
        logger.error("settling failed: %s", type(error).__name__)  # noqa: TRY400 - a traceback may show personal data
        return _COMPLETE


async def report_reset(guard: AsyncGuard, account: str, *, purpose: str, peer: str) -> Decision:
    """Report a completed reset. Never raises: the new password is set, whatever the store says.

    A request that is cancelled in the meantime (its client has left, say) doesn't take the report with it.
    Where the server cancels the very task, nothing can keep it, and the log tells.
    """
    try:
        with fail_after(_REPORT_TIMEOUT, shield=True):
            return await guard.reset_completed(account, purpose=purpose, peer=peer)
    except get_cancelled_exc_class():
        logger.error(_UNREPORTED, "cancelled")  # noqa: TRY400 - a traceback may show personal data
        raise
    except Exception as error:  # noqa: BLE001 - an outage, or a third party's store; the reset is done all the same
        logger.error(_UNREPORTED, type(error).__name__)  # noqa: TRY400 - as above
        return _COMPLETE
