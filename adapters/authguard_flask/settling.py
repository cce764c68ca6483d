"""Reporting what happened: the one step that may fail without anybody noticing but the log."""

import logging

from authguard_core import Decision, Guard, Outcome, Reason, Ticket, Verdict

__all__ = ["settle"]

logger = logging.getLogger("authguard")

_COMPLETE = Decision(verdict=Verdict.COMPLETE, reason=Reason.SUCCEEDED)


def settle(guard: Guard, ticket: Ticket, outcome: Outcome, *, remember: bool = True) -> Decision:
    """Report what became of an attempt. Never raises: a right password stays right.

    The guard deals with an outage itself. This is for a store that breaks its contract: the attempt
    stays counted, and the log tells which error it was.
    """
    try:
        return guard.settle(ticket, outcome, remember=remember)
    except Exception as error:  # noqa: BLE001 - a third party's store, and the sign-in is right whatever it raises
        logger.error("settling failed: %s", type(error).__name__)  # noqa: TRY400 - a traceback may show personal data
        return _COMPLETE
