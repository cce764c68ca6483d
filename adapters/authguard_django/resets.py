"""A password reset that its owner has completed."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from authguard_core import Decision
from authguard_django.configuration import current
from authguard_django.exchange import exchange_of
from authguard_django.requests import peer_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = ["areset_completed", "reset_completed"]


@sensitive_variables()
def reset_completed(
    request: HttpRequest | None, user: "AbstractBaseUser | str", *, purpose: str = "login"
) -> Decision:
    """Report a password reset that its owner has completed, and make this browser known.

    Lock and cap of the account end, and all other known browsers are forgotten.

    Args:
        request: The request that set the new password.
        user: Whose it is: the user, or the name as typed at a sign-in.
        purpose: Whose lock and cap end.

    Raises:
        StorageError: The store, or the look-up, could not answer.
    """
    runtime, peer = current(), _peer(request)
    account = None if isinstance(user, str) else runtime.resolve.id_of(user)
    if account is None:
        decision = runtime.guard.reset_named(_name_of(user), purpose=purpose, peer=peer)
    else:
        decision = runtime.guard.reset_completed(account, purpose=purpose, peer=peer)
    return _kept(request, decision)


@sensitive_variables()
async def areset_completed(
    request: HttpRequest | None, user: "AbstractBaseUser | str", *, purpose: str = "login"
) -> Decision:
    """Do as :func:`reset_completed`."""
    runtime, peer = current(), _peer(request)
    account = None if isinstance(user, str) else runtime.resolve.id_of(user)
    if account is None:
        decision = await runtime.aguard.reset_named(_name_of(user), purpose=purpose, peer=peer)
    else:
        decision = await runtime.aguard.reset_completed(account, purpose=purpose, peer=peer)
    return _kept(request, decision)


def _name_of(user: "AbstractBaseUser | str") -> str:
    return user if isinstance(user, str) else str(user.get_username())


def _peer(request: HttpRequest | None) -> str | None:
    return None if request is None else peer_of(request)


def _kept(request: HttpRequest | None, decision: Decision) -> Decision:
    if exchange := exchange_of(request):
        exchange.remember(decision)
    return decision
