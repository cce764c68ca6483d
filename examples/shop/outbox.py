"""The demo's mail: written into a table instead of being sent."""

import sqlite3
from typing import Final, TypedDict

from examples.shop.database import Database
from examples.shop.mails import Mail

__all__ = ["Message", "Outbox", "post"]

# A demo under attack gets mail without end. The newest are kept.
_KEPT: Final = 10_000


class Message(TypedDict):
    """One mail as ``GET /outbox`` lists it."""

    to: str
    subject: str
    text: str
    link: str | None


def post(connection: sqlite3.Connection, mail: Mail) -> None:
    """Write a mail in the caller's transaction."""
    row = (mail.to, mail.subject, mail.text, mail.link)
    number = connection.execute(
        "INSERT INTO outbox (recipient, subject, body, link) VALUES (?, ?, ?, ?)", row
    ).lastrowid
    connection.execute("DELETE FROM outbox WHERE id <= ?", ((number or 0) - _KEPT,))


class Outbox:
    """What has been posted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def messages(self, limit: int = _KEPT) -> list[Message]:
        """List the mail, newest first. Deliver what is queued before you ask."""
        rows = self._database.read(
            "SELECT recipient, subject, body, link FROM outbox ORDER BY id DESC LIMIT ?", limit
        )
        return [Message(to=to, subject=subject, text=text, link=link) for to, subject, text, link in rows]
