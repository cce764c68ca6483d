"""The files and commands of the production guide, put to work below a directory of the test's own."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import pytest
from redis import Redis
from redis.exceptions import RedisError

from authguard_core.counting.ops import Admitted
from tests.adapters.redis_world import opened
from tests.servers import processes, shared
from tests.servers.redis_server import binary

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guides" / "production.md"
BLOCK = re.compile(r"^<!-- run: ([\w.-]+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HOST = re.compile(r"10\.0\.0\.(\d+)([: ]\d+)?(?=[\s,/?'])")
FIRST = 5
"""The last number of the page's first host."""
OPERATOR = "operators-password"
APPLICATION = "applications-password"


def blocks() -> dict[str, str]:
    """Return the page's blocks that are run, by name."""
    return {match[1]: match[2] for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def block(name: str) -> str:
    """Return one block."""
    return blocks()[name]


def exported(text: str, name: str = "AUTHGUARD_STORAGE_URL") -> str:
    """Return the value of a variable that a block exports."""
    values: list[str] = re.findall(rf"^export {name}='?([^\s']+)'?$", text, re.MULTILINE)
    return values[0]


def command(text: str) -> list[str]:
    """Return the words of a block's first line that isn't an export."""
    return shlex.split(next(line for line in text.splitlines() if not line.startswith("export ")))


def redis_cli() -> str:
    """Return the program, which stands beside the server; skip the test where it doesn't."""
    beside = (binary() or Path()).with_name("redis-cli")
    found = str(beside) if beside.is_file() else shutil.which("redis-cli")
    if found is None:
        pytest.skip("no redis-cli on PATH or beside the redis-server")
    return found


class Machine:
    """What stands for one or more of the page's hosts: directories and ports of this machine.

    Args:
        hosts: how many there are. Each has a directory, a port for Redis and one for Sentinel.

    """

    def __init__(self, hosts: int = 1) -> None:
        shared.need_redis()
        # Not pytest's own directory: the path of a Unix socket must be short.
        self._held = tempfile.TemporaryDirectory(prefix="authguard-page-", ignore_cleanup_errors=True)
        self.ports = [processes.free_port(with_bus=True) for _ in range(hosts)]
        self.sentinels = [processes.free_port() for _ in range(hosts)]
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running.values():
            processes.stop(process)
        self._held.cleanup()

    def root(self, host: int = 0) -> Path:
        """Return what stands for the host's root directory."""
        return Path(self._held.name) / str(host)

    def here(self, text: str, host: int = 0, ports: Sequence[int] = ()) -> str:
        """Return text of the page as it has to be here: directories, addresses and ports are others."""
        root, known = self.root(host), ports or self.ports

        def placed(match: re.Match[str]) -> str:
            between = (match[2] or ":")[0]
            return f"127.0.0.1{between}{known[int(match[1]) - FIRST]}"

        text = text.replace("bind 10.0.0.5\n", "bind 127.0.0.1\n")
        text = re.sub(r"^((?:tls-)?port) 6379$", rf"\1 {self.ports[host]}", text, flags=re.MULTILINE)
        text = re.sub(r"^port 26379$", f"port {self.sentinels[host]}", text, flags=re.MULTILINE)
        for directory in ("/etc/redis", "/run/redis", "/var/lib/redis"):
            text = text.replace(directory, f"{root}{directory}")
        return HOST.sub(placed, text)

    def write(self, file: str, text: str, host: int = 0) -> Path:
        """Write a file of the page where the page's commands look for it."""
        for directory in ("etc/redis", "run/redis", "var/lib/redis"):
            (self.root(host) / directory).mkdir(parents=True, exist_ok=True)
        path = self.root(host) / "etc/redis" / file
        path.write_text(self.here(text, host), encoding="utf-8")
        return path

    def deploy(self, *more: str, host: int = 0, without: str = "") -> None:
        """Write a server's files as the page has them, and start it by the page's command.

        Args:
            more: blocks, or lines, that stand at the end of its configuration.
            host: which one.
            without: lines that begin like this are left out.

        """
        known = blocks()
        lines = "".join([known["redis.conf"], *(known.get(one, one) for one in more)]).splitlines()
        kept = [line for line in lines if not (without and line.startswith(without))]
        self.write("redis.conf", "\n".join([*kept, ""]), host)
        users = known["users.acl"]
        if "cluster.conf" in more:
            users = f"{users.rstrip()} {for_a_cluster()}\n"
        self.write("users.acl", users, host)
        self.start(host)

    def start(self, host: int = 0) -> None:
        """Start the server, or start it again, by the page's command."""
        self.run(f"redis-{host}", command(self.here(block("server"), host)), lambda: self.answers(host))

    def run(self, name: str, words: Sequence[str], ready: Callable[[], bool]) -> None:
        """Start a program that goes on running."""
        program = {"redis-server": str(binary())}.get(words[0], words[0])
        log = Path(self._held.name) / f"{name}.log"
        self.running[name] = processes.start([program, *words[1:]], log)
        processes.wait_until(ready, self.running[name], log)

    def answers(self, host: int) -> bool:
        """Say whether the server answers its operator."""
        try:
            with self.operator(host) as client:
                client.ping()
        except (RedisError, OSError):
            return False
        return True

    def kill(self, name: str) -> None:
        """End a program as a power cut would."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def operator(self, host: int = 0, **options: Any) -> Redis:  # noqa: ANN401 - whatever the driver takes
        """Return a client of the operator's."""
        return Redis(
            unix_socket_path=str(self.root(host) / "run/redis/redis.sock"), password=OPERATOR, **options
        )

    def call(self, text: str, host: int = 0) -> str:
        """Run the page's calls of redis-cli."""
        environment = {**os.environ, "REDISCLI_AUTH": OPERATOR}
        told = []
        for line in text.splitlines():
            if line.startswith("export "):
                continue
            words = shlex.split(self.here(line, host))
            where = [] if "--cluster" in words else ["-s", str(self.root(host) / "run/redis/redis.sock")]
            done = subprocess.run(
                [redis_cli(), *where, *words[1:]],
                check=True,
                capture_output=True,
                text=True,
                env=environment,
                stdin=subprocess.DEVNULL,
            )
            told.append(done.stdout)
        return "".join(told)


def for_a_cluster() -> str:
    """Return the commands that the page allows the user of a Cluster besides."""
    text = PAGE.read_text(encoding="utf-8")
    return text.split("(#cluster) takes `", 1)[1].split("`", 1)[0]


def url_of(machine: Machine, user: str = "authguard", password: str = APPLICATION, **options: str) -> str:
    """Return the URL of the server for one of its users."""
    query = "&".join(f"{name}={text}" for name, text in options.items())
    return f"redis://{user}:{password}@127.0.0.1:{machine.ports[0]}?{query}"


def lock_out(url: str) -> list[bool]:
    """Make six attempts at an account; say which were let through."""
    with opened(url, "threads") as driven:
        return [isinstance(driven.admit(), Admitted) for _ in range(6)]
