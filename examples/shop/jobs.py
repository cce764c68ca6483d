"""Work that requests leave for later, so that a request does the same for every name.

A request writes one row and answers. What the row leads to is decided after the answer:
whoever measures the request learns nothing about who has an account (A47).
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from examples.shop.database import first

__all__ = ["MAX_TRIES", "Job", "JobKind", "claim", "enqueue", "finish"]

MAX_TRIES: Final = 3


class JobKind(Enum):
    """What a request asked for."""

    REGISTER = "register"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work, claimed for the ``tries``-th time."""

    id: int
    kind: str
    payload: str = field(repr=False)
    tries: int

    def read(self) -> tuple[JobKind, dict[str, str]]:
        """Return kind and payload.

        Raises:
            ValueError: Another version of the shop wrote it, and this one can't read it.
        """
        return JobKind(self.kind), json.loads(self.payload)


def enqueue(connection: sqlite3.Connection, kind: JobKind, payload: Mapping[str, str]) -> None:
    """Leave one job."""
    connection.execute("INSERT INTO jobs (kind, payload) VALUES (?, ?)", (kind.value, json.dumps(payload)))


def claim(connection: sqlite3.Connection, job_id: int) -> Job | None:
    """Take a job inside a write transaction; ``None`` if somebody else has done it by now."""
    row = first(
        connection.execute(
            "UPDATE jobs SET tries = tries + 1 WHERE id = ? RETURNING kind, payload, tries", (job_id,)
        )
    )
    if row is None:
        return None
    kind, payload, tries = row
    return Job(id=job_id, kind=kind, payload=payload, tries=tries)


def finish(connection: sqlite3.Connection, job: Job) -> None:
    """Forget a job, and what it held, for good."""
    connection.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
