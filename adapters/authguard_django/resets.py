"""A password reset that its owner has completed."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from authguard_core import Decision
from authguard_django.configuration import current
from authguard_django.exchange import exchange_of
from authguard_django.identity import submitted
from authguard_django.requests import peer_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = ["areset_completed", "reset_completed"]


def reset_completed(
    request: HttpRequest | None, user: "AbstractBaseUser | str", *, purpose: str = "login"
) -> Decision:
    """Report a password reset that its owner has completed, and make this browser known.

    Lock and cap of the account end, and all other known browsers are forgotten.

    Args:
        request: The request that set the new password.
        user: Whose it is: the user, or the name that ``RESOLVE`` knows.
        purpose: Whose lock and cap end.

    Raises:
        StorageError: The store could not answer.
    """
    runtime, name = current(), _name_of(user)
    with submitted(name):
        account = runtime.resolve.find(name)
    return _kept(
        request,
        runtime.guard.reset_completed(account or name, purpose=purpose, peer=_peer(request)),
    )


async def areset_completed(
    request: HttpRequest | None, user: "AbstractBaseUser | str", *, purpose: str = "login"
) -> Decision:
    """Do as :func:`reset_completed`."""
    runtime, name = current(), _name_of(user)
    with submitted(name):
        account = await runtime.resolve.afind(name)
    return _kept(
        request,
        await runtime.aguard.reset_completed(account or name, purpose=purpose, peer=_peer(request)),
    )


def _name_of(user: "AbstractBaseUser | str") -> str:
    return user if isinstance(user, str) else user.get_username()


def _peer(request: HttpRequest | None) -> str | None:
    return None if request is None else peer_of(request)


def _kept(request: HttpRequest | None, decision: Decision) -> Decision:
    if exchange := exchange_of(request):
        exchange.remember(decision)
    return decision
