"""The PostgreSQL of the tests is real, their own, and gone when they are."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import postgres_binaries, shared
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.postgres_server import PostgresServer

ROOT = Path(__file__).parents[2]
WHEEL = [path for path in postgres_binaries.binaries() if "pgserver" in path.parts]

# A test run that ends as the worst do: while a statement is running, without a word.
KILLED = """
import os, signal
from tests.servers.postgres_server import PostgresServer
with PostgresServer() as server:
    server.start_endless()
    print(server.port, server.directory, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def own() -> Iterator[PostgresServer]:
    """A server that may be killed."""
    shared.need_postgres()
    with PostgresServer() as server:
        yield server


def reaches(server: PostgresServer, url: str) -> bool:
    """Whether a client is let in."""
    return server.psql(url, "SELECT 1").returncode == 0


@pytest.mark.parametrize("server", postgres_binaries.binaries(), ids=str)
def test_whichever_server_there_is_works(server: Path) -> None:
    """Each server found starts, knows its own data directory, and outlives a kill with what was committed."""
    with PostgresServer(server=server) as postgres:
        assert postgres.sql("SHOW data_directory") == str(postgres.directory / "data")
        postgres.sql("CREATE TABLE counters AS SELECT 7 AS value")
        postgres.kill()
        assert not reaches(postgres, postgres.unix_url())
        postgres.start()
        assert postgres.sql("SELECT value FROM counters") == "7"
    assert not postgres.directory.exists()


def test_a_server_that_only_root_can_get_to_works(tmp_path: Path) -> None:
    """A wheel in an environment that is closed to all but root runs nevertheless, without root's rights."""
    if os.geteuid() or not WHEEL:
        pytest.skip("not root, or no pgserver wheel for this Python and system")
    installed = WHEEL[0].parents[2]
    for name in ("pgserver", "pgserver.libs"):
        shutil.copytree(installed.with_name(name), tmp_path / name)
    with PostgresServer(server=tmp_path / WHEEL[0].relative_to(installed.parent)) as postgres:
        assert postgres.sql("SELECT 1") == "1"


def test_a_restart_ends_connections_and_keeps_data(own: PostgresServer) -> None:
    """A restart doesn't wait for its clients."""
    own.sql("CREATE TABLE counters AS SELECT 7 AS value")
    with own.start_endless() as client:
        own.restart()
    assert client.returncode != 0
    assert own.sql("SELECT value FROM counters") == "7"


def test_only_who_knows_the_password_is_let_in(postgres: PostgresServer) -> None:
    """A port is open to the whole machine, so it takes a password, which each server makes anew."""
    assert reaches(postgres, postgres.url())
    assert not reaches(postgres, postgres.url().replace(postgres.password, "guessed"))


def test_the_server_never_has_roots_rights(postgres: PostgresServer) -> None:
    """Under root the server is another user's, and its directory closed to all others."""
    status = postgres.directory.stat()
    assert status.st_uid == (postgres_binaries.account() or os.geteuid()) != 0
    assert status.st_mode & 0o077 == 0


def test_each_test_has_an_empty_database(postgres: PostgresServer, database: str) -> None:
    """What a test puts into its database, no other sees."""
    count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    postgres.sql("CREATE TABLE counters (value int)", database)
    other = shared.prefix()
    postgres.create_database(other)
    assert postgres.sql(count, database) == "1"
    assert postgres.sql(count, other) == "0"
    postgres.drop_database(other)


def test_a_commit_whose_answer_is_lost_is_carried_out(postgres: PostgresServer, database: str) -> None:
    """The fault proxy spoils PostgreSQL's answers as it does those of Redis, sign-in left alone."""
    postgres.sql("CREATE TABLE counters (value int)", database)
    with FaultProxy(postgres.connect, harmless=lambda sent: not sent.startswith(b"Q")) as proxy:
        url = postgres.url(database).replace(f":{postgres.port}/", f":{proxy.port}/")
        proxy.set(Fault.LOST_REPLY)
        assert postgres.psql(url, "INSERT INTO counters VALUES (7)").returncode != 0
    assert postgres.sql("SELECT value FROM counters", database) == "7"


def test_tests_that_are_killed_leave_nothing_behind() -> None:
    """Neither a server, though it was at work, nor a file."""
    shared.need_postgres()
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as killed:
        told, _ = killed.communicate()  # returns when the watchdog, which has inherited the pipe, has ended
    port, directory = told.split()
    assert killed.returncode == -signal.SIGKILL
    assert not Path(directory).exists()
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", int(port))) != 0
