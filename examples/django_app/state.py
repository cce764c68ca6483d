"""What the views work with. A settings module names functions, so it is kept here, once a process."""

from dataclasses import dataclass

from authguard_argon2 import Argon2Hasher
from authguard_django import get_guard
from authguard_django.identity import by_user_model
from examples.shop import Shop
from examples.shop.blocking import BlockingDesk
from examples.shop.passwords import PasswordLength
from examples.shop.sessions import SessionCookie
from examples.wiring import make_hasher, open_blocking_desk, password_length

__all__ = ["State", "begin", "resolve", "shop_account", "state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The shop, and what makes its answers."""

    shop: Shop
    desk: BlockingDesk
    session: SessionCookie
    length: PasswordLength


_begun: list[State] = []


def begin(shop: Shop, port: int) -> None:
    """Open the shop for the views."""
    guard = get_guard()
    _begun.append(
        State(
            shop=shop,
            desk=open_blocking_desk(shop, guard.passwords, make_hasher(shop) or Argon2Hasher(), port),
            session=SessionCookie(secure=guard.settings.cookie_secure),
            length=password_length(guard.settings),
        )
    )


def state() -> State:
    """Return what :func:`begin` has opened."""
    return _begun[0]


def shop_account(number: str) -> str:
    """Return what the guard calls a user of the shop: the admin has users of its own."""
    return f"shop:{number}"


def resolve(identifier: str) -> str | None:
    """Return the account of a name: an operator's, else the shop's.

    Anybody may register an operator's name in the shop. Guesses at that name are guesses at the admin, and a
    sign-in to the shop must not clear them: who shares a name with an operator signs in by mail address.
    """
    operator = by_user_model(identifier)
    if operator is not None:
        return f"admin:{operator}"
    found = state().shop.accounts.resolve(identifier)
    return None if found is None else shop_account(found)
