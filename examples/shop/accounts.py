"""Finding, registering and recovering accounts.

``register`` and ``request_reset`` belong into a request: they write one job and look
nobody up, so that a request costs the same for every name (A47). The rest of the work is
:class:`~examples.shop.deliveries.Deliveries`'.
"""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from examples.shop import identifiers
from examples.shop.database import Database, first
from examples.shop.identifiers import Canonical
from examples.shop.jobs import JobKind, enqueue
from examples.shop.passwords import Feedback
from examples.shop.tokens import digest
from examples.shop.users import BY_KEY, COLUMNS, User, from_row, key_values

__all__ = ["Accounts"]


class Accounts:
    """The shop's users. Every method is one transaction and safe from any thread or process.

    Args:
        database: The shop's file.
        canonical: ``authguard_core.identity.canonical``, so that shop and guard agree who is who.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, database: Database, *, canonical: Canonical, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._canonical = canonical
        self._clock = clock

    def find(self, identifier: str) -> User | None:
        """Return the user with this name or address. One query, whatever is given."""
        rows = self._database.read(BY_KEY, *key_values(self._canonical(identifier)))
        return from_row(rows[0]) if rows else None

    def resolve(self, identifier: str) -> str | None:
        """Return the account id of a name or address: authguard's ``resolve`` hook."""
        user = self.find(identifier)
        return user.id if user else None

    def feedback(self, username: str, email: str) -> list[Feedback]:
        """Say what is wrong with the form of a name and an address, never whether they are taken."""
        return identifiers.feedback(self._canonical, username, email)

    def register(self, *, username: str, email: str, password_hash: str, base_url: str) -> None:
        """Ask for an account; the mail that follows says whether there can be one.

        Args:
            username: As typed; :meth:`feedback` has found nothing wrong with it.
            email: As typed; the mail goes there.
            password_hash: Hashed by the request, for taken names too.
            base_url: This application's own origin from its configuration, for the mailed link.
                Never take it from a ``Host`` header: the mail would carry a stranger's link.

        Raises:
            ValueError: The name or the address is unusable.
        """
        username_key = identifiers.username_key(self._canonical, username)
        email_key = identifiers.email_key(self._canonical, email)
        if username_key is None or email_key is None:
            raise ValueError("username, email: got unusable text, expected usable. Ask feedback() first.")
        self._enqueue(
            JobKind.REGISTER,
            username=username,
            username_key=username_key,
            email=email,
            email_key=email_key,
            password_hash=password_hash,
            base_url=base_url,
        )

    def request_reset(self, identifier: str, *, base_url: str) -> None:
        """Ask for a link to a new password, mailed if the account exists. ``base_url`` as above."""
        self._enqueue(JobKind.RESET, key=self._canonical(identifier) or "", base_url=base_url)

    def confirm(self, token: str) -> bool:
        """Open the account that a mailed link stands for.

        Of rival registrations of one name or address the first confirmed wins. A link works
        once; a used, expired, forged or foreign one does not. It opens exactly the account
        whose confirmation was mailed, name, address and password (A60).
        """
        with self._database.write() as connection:
            row = first(
                connection.execute(
                    "DELETE FROM registrations WHERE token_digest = ? AND expires_at > ?"
                    " RETURNING username, username_key, email, email_key, password_hash",
                    (digest(token), self._clock()),
                )
            )
            return row is not None and _open_account(connection, row)

    def reset_token_user(self, token: str) -> User | None:
        """Return whose reset a link stands for, without using it up."""
        rows = self._database.read(
            f"SELECT {COLUMNS} FROM reset_tokens JOIN users ON users.id = user_id"  # noqa: S608 - a constant
            " WHERE token_digest = ? AND expires_at > ?",
            digest(token),
            self._clock(),
        )
        return from_row(rows[0]) if rows else None

    def reset_token_owner(self, token: str) -> str | None:
        """Return the id of the account whose reset a link stands for, without using it up."""
        user = self.reset_token_user(token)
        return user.id if user else None

    def complete_reset(self, token: str, password_hash: str) -> User | None:
        """Set a new password with a mailed link and return the user as it is now.

        Works once, under concurrency too (A52). The user's sessions and other links end with it.
        """
        with self._database.write() as connection:
            row = first(
                connection.execute(
                    "DELETE FROM reset_tokens WHERE token_digest = ? AND expires_at > ? RETURNING user_id",
                    (digest(token), self._clock()),
                )
            )
            return None if row is None else _change_password(connection, row[0], password_hash)

    def rehash(self, user: User, password_hash: str) -> None:
        """Store the same password hashed anew, unless a reset has replaced it meanwhile."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE users SET password_hash = ? WHERE id = ? AND generation = ?",
                (password_hash, int(user.id), user.generation),
            )

    def _enqueue(self, kind: JobKind, **payload: str) -> None:
        with self._database.write() as connection:
            enqueue(connection, kind, payload)


def _open_account(connection: sqlite3.Connection, row: tuple[Any, ...]) -> bool:
    opened = connection.execute(
        "INSERT INTO users (username, username_key, email, email_key, password_hash)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        row,
    ).rowcount
    if not opened:
        return False
    _, username_key, _, email_key, _ = row
    connection.execute(
        "DELETE FROM registrations WHERE username_key = ? OR email_key = ?", (username_key, email_key)
    )
    return True


def _change_password(connection: sqlite3.Connection, user_id: int, password_hash: str) -> User:
    [row] = connection.execute(
        f"UPDATE users SET password_hash = ?, generation = generation + 1 WHERE id = ? RETURNING {COLUMNS}",  # noqa: S608 - a constant
        (password_hash, user_id),
    ).fetchall()
    connection.execute("DELETE FROM reset_tokens WHERE user_id = ?", (user_id,))
    connection.execute("DELETE FROM sessions WHERE user_id = ?", (user_id,))
    return from_row(row)
