"""Opening the shop: what it reads from the environment, its directory and its file."""

import sqlite3
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from examples.shop import open_shop
from examples.shop.config import Argon2Cost, SettingError, argon2_cost, data_directory, link_port
from examples.shop.database import Database
from examples.shop.keyfile import secret_key


def test_argon2_cost_is_read_as_time_memory_lanes() -> None:
    """The three numbers are passes, KiB and lanes, in this order."""
    assert argon2_cost({"DEMO_ARGON2": "2/19456/1"}) == Argon2Cost(time=2, memory_kib=19456, lanes=1)


@pytest.mark.parametrize("environ", [{}, {"DEMO_ARGON2": ""}])
def test_without_a_cost_the_default_holds(environ: dict[str, str]) -> None:
    """Unset and empty are the same: no cost of the demo's own."""
    assert argon2_cost(environ) is None


@pytest.mark.parametrize(
    "text",
    ["1", "1/8", "1/8/1/1", "0/8/1", "1/8/0", "1/7/1", "1/15/2", "a/8/1", "-1/8/1", "1.0/8/1", "1_0/8/1",
     " 1/8/1", "\u0661/8/1", "1//1", "999999999/8/1"],
)  # fmt: skip
def test_a_cost_that_argon2_cannot_work_with_is_refused(text: str) -> None:
    """The refusal says what was got, what was expected and what to do."""
    with pytest.raises(SettingError) as caught:
        argon2_cost({"DEMO_ARGON2": text})
    message = str(caught.value)
    assert [part in message for part in (repr(text), "expected time/KiB/lanes", "Write for example")] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("environ", "port"), [({}, 8000), ({"DEMO_PORT": ""}, 8000), ({"DEMO_PORT": "81"}, 81)]
)
def test_links_lead_to_the_port_that_is_told(environ: dict[str, str], port: int) -> None:
    """To 8000 if none is."""
    assert link_port(environ) == port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80 ", "http", "8_0", "\u0661"])
def test_what_is_no_port_is_refused(text: str) -> None:
    """The refusal says what was got, what was expected and what to do."""
    with pytest.raises(SettingError, match=r"DEMO_PORT: got .*, expected .*\. Name the port"):
        link_port({"DEMO_PORT": text})


def test_the_data_directory_is_made(tmp_path: Path) -> None:
    """A directory that is missing is made with its parents, for its owner alone, and stays."""
    directory = data_directory({"DEMO_DATA_DIR": str(tmp_path / "new" / "data")})
    directory.close()
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """The refusal says what was got, what was expected and what to do."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match=r"DEMO_DATA_DIR: got .*, expected .*\. Name another one"):
        data_directory({"DEMO_DATA_DIR": str(tmp_path / "file")})


def test_without_a_data_directory_a_private_one_goes_with_the_shop() -> None:
    """The temporary directory is its owner's alone, and gone when the shop has closed twice."""
    shop = open_shop({}, canonical=str.lower)
    path = shop.directory.path
    mode = stat.S_IMODE(path.stat().st_mode)
    shop.close()
    shop.close()
    assert (mode, path.exists()) == (0o700, False)


def test_workers_that_start_together_have_one_key(tmp_path: Path) -> None:
    """Nobody reads a key that is only half written, and the next start finds the same one."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            (directory := tmp_path / str(number)).mkdir()
            barrier = Barrier(8)

            def start(directory: Path = directory, barrier: Barrier = barrier) -> str:
                barrier.wait(60)
                return secret_key(directory)

            keys = [run.result() for run in [pool.submit(start) for _ in range(8)]]
            assert ({len(key) for key in keys}, set(keys)) == ({64}, {secret_key(directory)})


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    """And nothing is left beside it."""
    secret_key(tmp_path)
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_what_the_shop_holds_survives_a_restart(tmp_path: Path) -> None:
    """Users, sessions and mail are still there when the shop opens again."""
    environ = {"DEMO_DATA_DIR": str(tmp_path), "DEMO_ARGON2": "1/8/1"}
    shop = open_shop(environ, canonical=str.lower)
    shop.accounts.register(username="alice", email="a@b.org", password_hash="h", base_url="http://localhost")
    shop.deliveries.deliver()
    shop.accounts.confirm((shop.outbox.messages()[0]["link"] or "").partition("token=")[2])
    user = shop.accounts.find("alice")
    assert user is not None
    session = shop.sessions.start(user)
    shop.close()
    again = open_shop(environ, canonical=str.lower)
    kept = (again.sessions.user_of(session), len(again.outbox.messages()), again.argon2 is not None)
    again.close()
    assert kept == (user, 1, True)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """Password hashes and mail are no one else's on the machine."""
    Database(tmp_path / "a.sqlite3").close()
    assert stat.S_IMODE((tmp_path / "a.sqlite3").stat().st_mode) == 0o600


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Opening something else raises instead of overwriting it."""
    path = tmp_path / "a.sqlite3"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Database(path)
    assert path.read_bytes() == b"not a database" * 100


def test_a_file_that_stays_locked_is_given_up(tmp_path: Path) -> None:
    """Without patience a file that another process holds raises at once."""
    path = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            Database(path, patience=0)


def test_a_file_that_is_locked_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several processes may open a new file at once: who finds it locked tries again after a pause."""
    path = tmp_path / "a.sqlite3"
    pauses: list[float] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            other.execute("ROLLBACK")

        monkeypatch.setattr(time, "sleep", pause)
        Database(path, patience=60).close()
    assert len(pauses) == 1


def test_a_failed_transaction_leaves_nothing_behind(tmp_path: Path) -> None:
    """An exception inside a write takes all of it back, and the next write works."""
    database = Database(tmp_path / "a.sqlite3")
    insert = "INSERT INTO jobs (kind, payload) VALUES (?, '{}')"
    with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
        connection.executemany(insert, [("first",), (None,)])
    with database.write() as connection:
        connection.execute(insert, ("second",))
    found = database.read("SELECT kind FROM jobs")
    database.close()
    assert found == [("second",)]


def test_a_session_needs_a_user(tmp_path: Path) -> None:
    """Foreign keys are enforced."""
    database = Database(tmp_path / "a.sqlite3")
    with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
        connection.execute("INSERT INTO sessions VALUES (x'00', 1, 0, 0)")
    database.close()
