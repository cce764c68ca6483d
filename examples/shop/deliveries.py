"""The work behind registration and reset, done after the answer has left.

Here, and nowhere in a request, it is decided whether a name is taken or known.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Final

from examples.shop import mails, outbox
from examples.shop.database import Database, first
from examples.shop.jobs import MAX_TRIES, Job, JobKind, claim, finish
from examples.shop.mails import Mail
from examples.shop.tokens import digest, new_token
from examples.shop.users import BY_KEY, from_row, key_values

__all__ = ["Deliveries", "Post"]

Post = Callable[[sqlite3.Connection, Mail], None]
"""Sends a mail, inside the transaction that makes its link valid."""

CONFIRM_SECONDS: Final = 24 * 3600.0
"""How long a registration can be confirmed (NIST SP 800-63B-4, 4.2.1.2: by e-mail at most 24 hours)."""

RESET_SECONDS: Final = 3600.0
"""How long a reset link works."""

# What a mail transport, or a job written by another version, may raise.
_FAILURES: Final = (OSError, sqlite3.Error, ValueError, KeyError)

_log = logging.getLogger(__name__)


class Deliveries:
    """Carries queued jobs out, each exactly once, whoever calls and in however many processes."""

    def __init__(
        self, database: Database, *, post: Post = outbox.post, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._post = post
        self._clock = clock

    def deliver(self) -> None:
        """Carry out everything queued by now; when it returns, the mail for it is in the outbox.

        Never raises: a mail that can't be written stays queued for two more calls, and the
        log tells of it without names. Call it after the answer and before the outbox is listed.
        """
        try:
            numbers = self._database.read("SELECT id FROM jobs ORDER BY id")
            for (number,) in numbers:
                self._deliver_one(number)
            if numbers:
                self._purge()
        except sqlite3.Error as error:
            # Without the traceback: its texts could hold personal data.
            _log.error("Mail is delayed, the database can't be written: %s", type(error).__name__)

    def _deliver_one(self, number: int) -> None:
        with self._database.write() as connection:
            job = claim(connection, number)
            if job is not None:
                self._attempt(connection, job)

    def _attempt(self, connection: sqlite3.Connection, job: Job) -> None:
        connection.execute("SAVEPOINT attempt")
        try:
            self._carry_out(connection, job)
        except _FAILURES as error:
            connection.execute("ROLLBACK TO attempt")
            _log.warning(
                "Job %d failed at try %d of %d: %s", job.id, job.tries, MAX_TRIES, type(error).__name__
            )
            if job.tries < MAX_TRIES:
                return
        finish(connection, job)

    def _carry_out(self, connection: sqlite3.Connection, job: Job) -> None:
        kind, payload = job.read()
        work = {JobKind.REGISTER: self._register, JobKind.RESET: self._reset}[kind]
        mail = work(connection, payload)
        if mail is not None:
            self._post(connection, mail)

    def _register(self, connection: sqlite3.Connection, asked: dict[str, str]) -> Mail:
        address = asked["email"]
        if _exists(connection, asked["email_key"]):
            return mails.address_taken(address)
        if _exists(connection, asked["username_key"]):
            return mails.username_taken(address)
        token = new_token()
        connection.execute(
            "INSERT INTO registrations VALUES (:token_digest, :username, :username_key, :email, :email_key,"
            " :password_hash, :expires_at)",
            {**asked, "token_digest": digest(token), "expires_at": self._clock() + CONFIRM_SECONDS},
        )
        return mails.confirm_registration(address, base_url=asked["base_url"], token=token)

    def _reset(self, connection: sqlite3.Connection, asked: dict[str, str]) -> Mail | None:
        row = first(connection.execute(BY_KEY, key_values(asked["key"])))
        if row is None:
            return None
        # To the address on record, never to one that merely has the same key (CVE-2019-19844).
        user, token = from_row(row), new_token()
        connection.execute(
            "INSERT INTO reset_tokens VALUES (?, ?, ?)",
            (digest(token), int(user.id), self._clock() + RESET_SECONDS),
        )
        return mails.reset_password(
            user.email, username=user.username, base_url=asked["base_url"], token=token
        )

    def _purge(self) -> None:
        """Forget what has expired."""
        with self._database.write() as connection:
            now = (self._clock(),)
            connection.execute("DELETE FROM registrations WHERE expires_at <= ?", now)
            connection.execute("DELETE FROM reset_tokens WHERE expires_at <= ?", now)
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", now)


def _exists(connection: sqlite3.Connection, key: str) -> bool:
    return first(connection.execute(BY_KEY, key_values(key))) is not None
