"""Equal work: what a request does tells nothing about who has an account."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from examples.shop import Shop

BASE = "http://localhost:8000"
TABLES = ("users", "registrations", "reset_tokens", "sessions", "jobs", "outbox")

pytestmark = pytest.mark.usefixtures("alice")


def rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path / "shop.sqlite3")) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - constants
            for table in TABLES
        }


def grown(path: Path, act: Callable[[], None]) -> dict[str, int]:
    before = rows(path)
    act()
    after = rows(path)
    return {table: after[table] - before[table] for table in TABLES if after[table] != before[table]}


@pytest.mark.parametrize(
    ("username", "email"),
    [
        ("alice", "alice@example.org"),
        ("alice", "n@example.org"),
        ("n", "alice@example.org"),
        ("n", "n@n.org"),
    ],
)
def test_a47_registering_writes_one_job_whether_or_not_it_is_taken(
    shop: Shop, tmp_path: Path, username: str, email: str
) -> None:
    """The request's own work is one queued row in every case."""
    done = grown(
        tmp_path,
        lambda: shop.accounts.register(username=username, email=email, password_hash="hash", base_url=BASE),
    )
    assert done == {"jobs": 1}


@pytest.mark.parametrize("identifier", ["alice", "alice@example.org", "nobody", "", "\ud800", "a" * 5000])
def test_a47_asking_for_a_reset_writes_one_job_for_every_name(
    shop: Shop, tmp_path: Path, identifier: str
) -> None:
    """The request's own work is one queued row for known, unknown and unusable names."""
    assert grown(tmp_path, lambda: shop.accounts.request_reset(identifier, base_url=BASE)) == {"jobs": 1}


@pytest.mark.parametrize("kind", ["reset", "find"])
def test_a44_known_and_unknown_names_run_the_same_statements(shop: Shop, kind: str) -> None:
    """SQLite runs the same sequence of statements for a known and an unknown name."""

    def statements(identifier: str) -> list[str]:
        seen: list[str] = []
        with shop.database.write() as connection:
            connection.set_trace_callback(lambda sql: seen.append(sql.replace(identifier, "?")))
        if kind == "reset":
            shop.accounts.request_reset(identifier, base_url=BASE)
        else:
            shop.accounts.find(identifier)
        connection.set_trace_callback(None)
        return seen

    known, unknown = statements("alice"), statements("nobody")
    assert (known == unknown, len(known) > 0) == (True, True)
