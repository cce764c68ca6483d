"""A person with an account."""

from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["BY_KEY", "COLUMNS", "User", "from_row", "key_values"]

COLUMNS: Final = "users.id, users.username, users.email, users.password_hash, users.generation"

# A name's key holds no "@" and an address's does: at most one user fits.
BY_KEY: Final = f"SELECT {COLUMNS} FROM users WHERE username_key = ? OR email_key = ?"  # noqa: S608 - constant


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account as it was when it was read.

    ``generation`` rises with every completed reset: what was proven with an older one,
    such as a password checked a moment before, is worth nothing any more.
    """

    id: str
    username: str = field(repr=False)
    email: str = field(repr=False)
    password_hash: str = field(repr=False)
    generation: int


def from_row(row: tuple[Any, ...]) -> User:
    """Build a user from the columns named by :data:`COLUMNS`."""
    number, username, email, password_hash, generation = row
    return User(
        id=str(number), username=username, email=email, password_hash=password_hash, generation=generation
    )


def key_values(key: str | None) -> tuple[str, str]:
    """Return what :data:`BY_KEY` asks for; no user has the empty key."""
    return key or "", key or ""
