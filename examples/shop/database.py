"""One SQLite file for users, sessions, queued work and mail.

Threads share one connection under a lock. Processes share the file: it is in
WAL mode, and every write transaction takes the write lock when it begins, so
that what it has read still holds when it writes.
"""

import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Database", "first"]

_PATIENCE_SECONDS = 15.0
_PAUSE_SECONDS = 0.05

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS registrations (
    token_digest BLOB PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reset_tokens (
    token_digest BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    id_digest BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT
);
CREATE INDEX IF NOT EXISTS registrations_by_username ON registrations (username_key);
CREATE INDEX IF NOT EXISTS registrations_by_email ON registrations (email_key);
CREATE INDEX IF NOT EXISTS registrations_by_end ON registrations (expires_at);
CREATE INDEX IF NOT EXISTS reset_tokens_by_user ON reset_tokens (user_id);
CREATE INDEX IF NOT EXISTS reset_tokens_by_end ON reset_tokens (expires_at);
CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (expires_at);
COMMIT;
"""


class Database:
    """The shop's file, open for this process. Safe to use from any thread."""

    def __init__(self, path: Path, *, patience: float = _PATIENCE_SECONDS) -> None:
        """Open the file, made readable by its owner alone, with its tables.

        Args:
            path: The file. Its directory must be there.
            patience: For how many seconds to wait for another process's transaction.

        Raises:
            sqlite3.Error: The file can't be opened or isn't a database.
            OSError: The file can't be made.
        """
        path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(patience)
        except sqlite3.Error:
            self._connection.close()
            raise

    def _prepare(self, patience: float) -> None:
        _switch_to_wal(self._connection, until=time.monotonic() + patience)
        self._connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_SCHEMA)

    def read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one SELECT and return all its rows."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection, None, None]:
        """Open a transaction that no other writer can interleave with; an exception rolls it back."""
        with self._lock, self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        """Close the file. Harmless when repeated."""
        with self._lock:
            self._connection.close()


def _switch_to_wal(connection: sqlite3.Connection, *, until: float) -> None:
    """Turn on write-ahead logging, which the file remembers.

    SQLite doesn't always heed its busy timeout here when several processes open a new file
    at once, so this waits itself.
    """
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def first(cursor: sqlite3.Cursor) -> tuple[Any, ...] | None:
    """Return the first row, if any, of a statement that is run to its end.

    A ``RETURNING`` statement that is left half read would keep the transaction open.
    """
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows[0] if rows else None
