"""What the views work with. A settings module names functions, so it is kept here, once a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from authguard_argon2 import Argon2Hasher
from authguard_django import get_guard
from authguard_django.identity import by_user_model, name_of
from examples.shop import Shop
from examples.shop.blocking import BlockingDesk
from examples.shop.passwords import PasswordLength
from examples.shop.sessions import SessionCookie
from examples.wiring import make_hasher, open_blocking_desk, password_length

__all__ = ["State", "begin", "operator_name", "resolve", "state"]

OPERATOR: Final = "@admin "
"""Begins no user name and no address of the shop."""


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


def operator_name(credentials: Mapping[str, object]) -> str | None:
    """Return the name among the admin's credentials, as no customer is called.

    Both may be called alike and are two people: who has the one's password must not clear, by signing in,
    what he has guessed at the other.
    """
    name = name_of(credentials)
    return name and f"{OPERATOR}{name}"


def resolve(identifier: str) -> str | None:
    """Return the account of a name: the shop's, or one that may use the admin."""
    found = None if identifier.startswith(OPERATOR) else state().shop.accounts.resolve(identifier)
    if found is not None:
        return f"shop:{found}"
    operator = by_user_model(identifier.removeprefix(OPERATOR))
    return None if operator is None else f"admin:{operator}"
