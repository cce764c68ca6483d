"""A private PostgreSQL server, on a port and a Unix socket."""

import os
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.servers import processes
from tests.servers.postgres_binaries import account, binary, within_reach
from tests.servers.watchdog import Watchdog

USER = "postgres"
QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "200"}
"""Nothing waits for the disk: no test crashes the machine. One of the server costs what it always does."""
ENDLESS = "DO $$ BEGIN RAISE NOTICE 'begun'; LOOP END LOOP; END $$"
Options = Mapping[str, object]


class PostgresServer:
    """A PostgreSQL of the tests' own. It can be killed and started again with the same data.

    Its directory is short-lived and its own: a Unix socket's path must be short, and under root the server
    runs as a user who can't get into the directories of pytest.

    Args:
        options: what its configuration says besides.
        server: the program to run, instead of the first that is found.

    """

    def __init__(self, options: Options | None = None, *, server: Path | None = None) -> None:
        self.port = processes.free_port()
        self.password = secrets.token_hex(16)
        self._server = server or binary() or Path("postgres")
        self._account = account()
        self._options: dict[str, object] = {**QUICK, **(options or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._alive = -1
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            self.directory = Path(tempfile.mkdtemp(prefix="authguard-pg-"))
            undo.callback(shutil.rmtree, self.directory)
            watchdog = Watchdog(self.directory, pid_file="data/postmaster.pid", signal="QUIT")
            undo.callback(watchdog.dismiss)
            self._make_data()
            undo.callback(self.stop)
            self.start()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    @property
    def log(self) -> Path:
        """What it tells."""
        return self.directory / "postgres.log"

    def url(self, database: str = USER) -> str:
        """Where it listens, and the only password with which it lets anybody in there."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def unix_url(self, database: str = USER) -> str:
        """Where it listens for who can get into its directory."""
        return f"postgresql://{USER}@/{database}?host={self.directory}&port={self.port}"

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process, once it is started."""
        assert self._process is not None, "it isn't started"
        return self._process

    def start(self) -> None:
        """Start it, or start it again with the data it has."""
        settings = {
            **self._options,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.directory,
        }
        command: list[object] = [self._server, "-D", self.directory / "data", "-p", self.port]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._alive, kept_open = os.pipe()
        try:
            self._process = self._run(command, kept_open)
        finally:
            os.close(kept_open)
        processes.wait_until(self._is_ready, self._process, self.log)

    def stop(self) -> None:
        """End it, and its connections. Harmless when repeated."""
        if self._process:
            self._process.send_signal(signal.SIGINT)  # it would wait for its clients if told more politely
            processes.stop(self._process)
            self._wait_until_alone()

    def kill(self) -> None:
        """End it by kill -9, and wait until none of its processes is left: each ends when it is an orphan."""
        self.process.kill()
        self.process.wait()
        self._wait_until_alone()

    def restart(self) -> None:
        """End it and start it again."""
        self.stop()
        self.start()

    def sql(self, statement: str, database: str = USER) -> str:
        """Let psql carry out statements, and return what it prints: a row a line, ``|`` between columns."""
        done = self.psql(self.unix_url(database), statement)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def psql(self, url: str, statement: str) -> "subprocess.CompletedProcess[str]":
        """Let psql carry out statements wherever a URL leads, as any other client would."""
        command = self._psql_command(url, statement)
        return subprocess.run(command, check=False, capture_output=True, text=True, env=_without_libpq())

    def start_endless(self) -> "subprocess.Popen[bytes]":
        """Start a client with a statement that never ends, and return when the server is at it."""
        command = self._psql_command(self.unix_url(), ENDLESS)
        client = subprocess.Popen(command, stderr=subprocess.PIPE, env=_without_libpq())
        assert client.stderr, "it has a pipe"
        client.stderr.readline()
        return client

    def connect(self) -> socket.socket:
        """Open a connection for the fault proxy."""
        return socket.create_connection(("127.0.0.1", self.port))

    def create_database(self, name: str) -> None:
        """Make an empty database."""
        self.sql(f'CREATE DATABASE "{name}"')

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _psql_command(self, url: str, statement: str) -> list[str | Path]:
        return [self._server.with_name("psql"), "-XqAtw", "-v", "ON_ERROR_STOP=1", "-c", statement, url]

    def _make_data(self) -> None:
        if self._account is not None:
            self._server = within_reach(self._server, self.directory)
            os.chown(self.directory, self._account, -1)
        secret = self.directory / "password"
        secret.write_text(self.password, encoding="ascii")
        command = [self._server.with_name("initdb"), "-D", self.directory / "data", "-U", USER]
        command += ["--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        command += ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"]
        made = self._run(command).wait()
        secret.unlink()
        assert made == 0, f"initdb failed ({made}):\n{self.log.read_text(errors='replace')}"

    def _run(self, command: Sequence[object], *kept_open: int) -> "subprocess.Popen[bytes]":
        """Run a program with the rights of the account, in a session of its own: Ctrl-C is for the tests."""
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                env=_without_libpq(),
                pass_fds=kept_open,
                user=self._account,
                group=self._account,
                extra_groups=None if self._account is None else [],
                start_new_session=True,
            )

    def _is_ready(self) -> bool:
        """Say whether it lets clients in, and is the one that was started here."""
        try:
            told = (self.directory / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return told[:1] == [str(self.process.pid)] and told[-1].strip() == "ready"

    def _wait_until_alone(self) -> None:
        """Return when no process holds the pipe any more that all of this server's have inherited."""
        if self._alive < 0:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(self._alive, selectors.EVENT_READ)
            assert selector.select(processes.SECONDS), "processes of the server are left"
        os.close(self._alive)
        self._alive = -1


def _without_libpq() -> dict[str, str]:
    """The environment without what would tell server or client to do something else."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
