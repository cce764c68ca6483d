"""Deliveries: what a queued request leads to, exactly once, whatever fails."""

import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from examples.shop import Shop
from examples.shop.deliveries import Deliveries
from examples.shop.mails import Mail
from examples.shop.outbox import Message

BASE = "http://localhost:8000"
ROOT = Path(__file__).parents[2]
DAY = 24 * 3600.0


def register(shop: Shop, username: str = "alice", email: str = "alice@example.org") -> None:
    shop.accounts.register(username=username, email=email, password_hash="hash", base_url=BASE)


def mail(shop: Shop) -> list[Message]:
    shop.deliveries.deliver()
    return shop.outbox.messages()


def open_account(shop: Shop) -> None:
    register(shop)
    link = mail(shop)[0]["link"]
    assert link is not None
    assert shop.accounts.confirm(link.partition("token=")[2])


def query(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path / "shop.sqlite3")) as connection, connection:
        return connection.execute(statement).fetchall()


def failing(error: Exception) -> Callable[[sqlite3.Connection, Mail], None]:
    def post(_connection: sqlite3.Connection, _mail: Mail) -> None:
        raise error

    return post


def test_a_new_name_gets_a_link_to_confirm(shop: Shop) -> None:
    """The mail goes to the address as submitted and links to this application, in link and text."""
    register(shop, email="Alice@Example.ORG")
    [message] = mail(shop)
    link = message["link"] or ""
    assert message["to"] == "Alice@Example.ORG"
    assert link.startswith(f"{BASE}/confirm?token=")
    assert link in message["text"]


@pytest.mark.parametrize(
    ("username", "email", "says"),
    [
        ("ALICE", "new@example.org", "name"),
        ("new", "ALICE@example.org", "address"),
        ("alice", "alice@example.org", "address"),
    ],
)
def test_a47_a_taken_name_or_address_gets_a_mail_without_a_link(
    shop: Shop, username: str, email: str, says: str
) -> None:
    """The mail, not the answer, tells that there is an account, and opens no way into it."""
    open_account(shop)
    register(shop, username, email)
    message = mail(shop)[0]
    assert (message["to"], message["link"], "token=" in message["text"]) == (email, None, False)
    assert says in message["text"]


def test_a_taken_name_leaves_no_registration_behind(shop: Shop, tmp_path: Path) -> None:
    """What can't be confirmed isn't kept."""
    open_account(shop)
    register(shop)
    shop.deliveries.deliver()
    assert query(tmp_path, "SELECT count(*) FROM registrations") == [(0,)]


@pytest.mark.parametrize("identifier", ["alice", "ALICE@example.org"])
def test_a_known_account_gets_a_reset_link_at_its_own_address(shop: Shop, identifier: str) -> None:
    """The mail goes to the address on record, whatever spelling was typed (CVE-2019-19844)."""
    open_account(shop)
    shop.accounts.request_reset(identifier, base_url=BASE + "/")
    message = mail(shop)[0]
    assert message["to"] == "alice@example.org"
    assert (message["link"] or "").startswith(f"{BASE}/reset/confirm?token=")


@pytest.mark.parametrize("identifier", ["nobody", "nobody@example.org", "", "\ud800"])
def test_a47_an_unknown_name_gets_no_mail(shop: Shop, tmp_path: Path, identifier: str) -> None:
    """A reset of an account that doesn't exist mails nothing and leaves nothing queued."""
    shop.accounts.request_reset(identifier, base_url=BASE)
    assert (mail(shop), query(tmp_path, "SELECT count(*) FROM jobs")) == ([], [(0,)])


def test_an_unconfirmed_account_has_nothing_to_reset(shop: Shop) -> None:
    """Before its confirmation a registration is no account."""
    register(shop)
    shop.accounts.request_reset("alice", base_url=BASE)
    assert len(mail(shop)) == 1


def test_no_mail_repeats_what_a_stranger_typed(shop: Shop) -> None:
    """Registration can't be used to send one's own words to somebody else's address."""
    open_account(shop)
    for username, email in (
        ("Buy-now", "a@example.org"),
        ("Buy-now", "alice@example.org"),
        ("alice", "b@b.org"),
    ):
        register(shop, username, email)
    texts = [message["subject"] + message["text"] for message in mail(shop)]
    assert [text for text in texts if "Buy-now" in text] == []


def test_the_outbox_lists_the_newest_first(shop: Shop) -> None:
    """Mail is listed in the reverse order of the requests."""
    for number in range(3):
        register(shop, f"user{number}", f"{number}@example.org")
    assert [message["to"][0] for message in mail(shop)] == ["2", "1", "0"]


def test_jobs_are_carried_out_once_by_many_threads(shop: Shop) -> None:
    """Twenty threads deliver thirty jobs: thirty mails."""
    for number in range(30):
        register(shop, f"user{number}", f"{number}@example.org")
    barrier = threading.Barrier(20)

    def go(_number: int) -> None:
        barrier.wait()
        shop.deliveries.deliver()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(go, range(20)))
    assert len(shop.outbox.messages()) == 30


def test_jobs_are_carried_out_once_by_many_processes(shop: Shop, tmp_path: Path) -> None:
    """Three processes over one file deliver forty jobs: forty mails, and all are done when they return."""
    for number in range(40):
        register(shop, f"user{number}", f"{number}@example.org")
    program = (
        "import os; from examples.shop import open_shop; shop = open_shop(os.environ, canonical=str.lower);"
        "input(); shop.deliveries.deliver(); shop.close()"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            env={"DEMO_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        )
        for _ in range(3)
    ]
    for worker in workers:
        worker.communicate(b"\n", timeout=60)
    assert ([worker.returncode for worker in workers], len(shop.outbox.messages())) == ([0, 0, 0], 40)


@pytest.mark.parametrize("error", [OSError("down"), sqlite3.OperationalError("full"), ValueError("odd")])
def test_a47_a_failing_mail_changes_nothing_for_the_caller(
    shop: Shop, tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A transport that fails raises nothing, keeps the job, and logs no name, address or error text."""
    register(shop)
    with caplog.at_level(logging.DEBUG):
        Deliveries(shop.database, post=failing(error)).deliver()
    assert query(tmp_path, "SELECT tries FROM jobs") == [(1,)]
    assert query(tmp_path, "SELECT count(*) FROM registrations") == [(0,)]
    assert type(error).__name__ in caplog.text
    assert [word for word in ("alice", "example.org", "hash", str(error)) if word in caplog.text] == []


def test_a_mail_that_failed_is_delivered_later(shop: Shop) -> None:
    """When the transport is back the mail goes out, once."""
    register(shop)
    Deliveries(shop.database, post=failing(OSError())).deliver()
    assert (len(mail(shop)), len(mail(shop))) == (1, 1)


def test_a_mail_that_fails_three_times_is_given_up(shop: Shop, tmp_path: Path) -> None:
    """The queue holds no job for ever."""
    register(shop)
    broken = Deliveries(shop.database, post=failing(OSError()))
    left = []
    for _ in range(3):
        broken.deliver()
        left.append(query(tmp_path, "SELECT count(*) FROM jobs")[0][0])
    assert left == [1, 1, 0]


@pytest.mark.parametrize(("kind", "payload"), [("dance", "{}"), ("register", "no json"), ("reset", "{}")])
def test_an_unreadable_job_holds_up_no_other(shop: Shop, tmp_path: Path, kind: str, payload: str) -> None:
    """A job that another version wrote is skipped, and the one behind it delivered."""
    query(tmp_path, f"INSERT INTO jobs (kind, payload) VALUES ('{kind}', '{payload}')")  # noqa: S608 - constants
    register(shop)
    assert len(mail(shop)) == 1


def test_an_unreachable_database_raises_nothing(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """Delivering after the file has gone tells the log and nobody else."""
    register(shop)
    shop.database.close()
    shop.deliveries.deliver()
    assert "ProgrammingError" in caplog.text


def test_a_job_that_somebody_else_took_is_left_alone(shop: Shop) -> None:
    """A job that vanishes between listing and claiming is not carried out a second time."""
    register(shop, "first", "1@example.org")
    register(shop, "second", "2@example.org")
    posted: list[str] = []

    def greedy(connection: sqlite3.Connection, message: Mail) -> None:
        posted.append(message.to)
        connection.execute("DELETE FROM jobs")

    Deliveries(shop.database, post=greedy).deliver()
    assert posted == ["1@example.org"]


def test_what_has_expired_is_forgotten(shop: Shop, tmp_path: Path, now: list[float]) -> None:
    """Registrations, reset links and sessions don't outlast their time in the file."""
    open_account(shop)
    user = shop.accounts.find("alice")
    assert user is not None
    shop.sessions.start(user)
    shop.accounts.request_reset("alice", base_url=BASE)
    register(shop, "bob", "bob@example.org")
    shop.deliveries.deliver()
    now[0] += DAY
    shop.accounts.request_reset("nobody", base_url=BASE)
    shop.deliveries.deliver()
    left = query(
        tmp_path,
        "SELECT (SELECT count(*) FROM registrations), (SELECT count(*) FROM reset_tokens),"
        " (SELECT count(*) FROM sessions)",
    )
    assert left == [(0, 0, 0)]


def test_the_outbox_keeps_the_newest_ten_thousand(shop: Shop, tmp_path: Path) -> None:
    """Mail without end doesn't fill the disk."""
    query(
        tmp_path,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
        " INSERT INTO outbox (recipient, subject, body) SELECT 'a', 'b', 'c' FROM n",
    )
    register(shop)
    messages = mail(shop)
    assert (len(messages), messages[0]["to"]) == (10_000, "alice@example.org")


def test_a82_a_mail_shows_nothing_in_its_repr() -> None:
    """A mail that ends up in a log tells nothing."""
    shown = repr(Mail(to="alice@example.org", subject="Hello", text="secret", link="token"))
    assert [word for word in ("alice", "Hello", "secret", "token") if word in shown] == []
