"""What a body costs that can't be read: it names nobody, so its address pays."""

from authguard_asgi.protocol import Scope
from authguard_asgi.requests import attempt_of
from authguard_core import AsyncGuard, Reason
from authguard_core.answers import Answer, refused, unreadable

__all__ = ["charge_unreadable"]


async def charge_unreadable(
    guard: AsyncGuard, scope: Scope, status: int, *, purpose: str = "login"
) -> Answer:
    """Charge a body that can't be read to its address, and return the answer.

    Args:
        guard: Who counts.
        scope: The request's ASGI scope.
        status: What is wrong with the body: 400, 408, 413, 415 or 422.
        purpose: Whose limits hold.

    Returns:
        The problem of that status, or 429 if the address is over its limit.
    """
    decision = await guard.check(attempt_of(guard, scope, "", purpose=purpose))
    return unreadable(status) if decision.reason is Reason.UNIDENTIFIED else refused(decision)
