"""Who is signed in, kept on the server; the browser holds a random id alone.

NIST SP 800-63B-4, 5.1 and 5.1.1; OWASP ASVS 5.0, 7.2 to 7.4.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from examples.shop.database import Database
from examples.shop.tokens import digest, new_token
from examples.shop.users import COLUMNS, User, from_row

__all__ = ["LIFETIME_SECONDS", "SessionCookie", "Sessions"]

LIFETIME_SECONDS: Final = 24 * 3600.0
"""How long a session lasts at most, used or not."""


class Sessions:
    """The signed-in browsers. Every method is safe from any thread or process."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def start(self, user: User, *, replacing: str | None = None) -> str:
        """Begin a session and return its id, always a fresh one (A55).

        A session of a user whose password has been reset since ``user`` was read is dead from
        the start: a sign-in that overlaps a reset can't outlive it.

        Args:
            user: Whose password was just verified.
            replacing: The session id that the browser came with; it ends.
        """
        session_id = new_token()
        row = (digest(session_id), int(user.id), user.generation, self._clock() + LIFETIME_SECONDS)
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE id_digest = ?", (digest(replacing or ""),))
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)
        return session_id

    def user_of(self, session_id: str | None) -> User | None:
        """Return who is signed in with this id: nobody, if it is missing, unknown, ended or too old."""
        rows = self._database.read(
            f"SELECT {COLUMNS} FROM sessions JOIN users"  # noqa: S608 - constant
            " ON users.id = sessions.user_id AND users.generation = sessions.generation"
            " WHERE id_digest = ? AND expires_at > ?",
            digest(session_id or ""),
            self._clock(),
        )
        return from_row(rows[0]) if rows else None

    def end(self, session_id: str | None) -> None:
        """End one session on the server: its cookie is worth nothing from now on."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE id_digest = ?", (digest(session_id or ""),))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCookie:
    """The cookie that carries a session id.

    ``__Host-`` binds it to this very host and needs https (RFC 6265bis, 4.1.3.2). It has no
    ``Max-Age``: it goes with the browser (NIST SP 800-63B-4, 5.1).
    """

    secure: bool

    @property
    def name(self) -> str:
        """The cookie's name."""
        return "__Host-session" if self.secure else "session"

    def set(self, session_id: str) -> str:
        """Return the value of the ``Set-Cookie`` header that hands the id out."""
        return f"{self.name}={session_id}; {self._attributes()}"

    def clear(self) -> str:
        """Return the value of the ``Set-Cookie`` header that takes the id back."""
        return f"{self.name}=; Max-Age=0; {self._attributes()}"

    def _attributes(self) -> str:
        return "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if self.secure else "")
