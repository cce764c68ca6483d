"""A private master with a replica, and one Sentinel that watches them."""

from pathlib import Path
from typing import Any, Self

from redis import Redis
from redis.exceptions import RedisError

from tests.servers import processes
from tests.servers.redis_server import Options, RedisServer, binary
from tests.servers.tls import Certificates

SERVICE = "counters"
QUICK = (
    ("down-after-milliseconds", 400),
    ("failover-timeout", 2_000),
    ("parallel-syncs", 1),
)


class RedisSentinel:
    """Three processes. When the master is killed, the Sentinel makes the replica the new one.

    Args:
        directory: where their data are.
        own: their certificates, where they speak TLS.

    """

    def __init__(self, directory: Path, own: Certificates | None = None) -> None:
        self.directory = directory
        self._own = own
        self.master = self._server("master", {})
        replica = {"replicaof": f"127.0.0.1 {self.master.port}", "repl-diskless-sync-delay": 0}
        self.replica = self._server("replica", replica)
        self.port = processes.free_port()
        self._log = directory / "sentinel.log"

    def _server(self, name: str, options: Options) -> RedisServer:
        port = processes.free_port()
        tls = self._own.server(port) if self._own else {}
        return RedisServer(self.directory / name, {**tls, **options}, port=port)

    def __enter__(self) -> Self:
        self.master.start()
        self.replica.start()
        configuration = self.directory / "sentinel.conf"
        listens = self._own.server(self.port) if self._own else {"port": self.port}
        lines = [f"{name} {value}" for name, value in listens.items() if name != "tls-cluster"]
        lines += ["bind 127.0.0.1", f"sentinel monitor {SERVICE} 127.0.0.1 {self.master.port} 1"]
        lines += [f"sentinel {name} {SERVICE} {value}" for name, value in QUICK]
        configuration.write_text("\n".join(lines), encoding="utf-8")
        command = [binary() or "redis-server", configuration, "--sentinel"]
        self._process = processes.start(command, self._log)
        processes.wait_until(self._is_ready, self._process, self._log)
        return self

    def __exit__(self, *_: object) -> None:
        processes.stop(self._process)
        self.replica.stop()
        self.master.stop()

    @property
    def url(self) -> str:
        """Where the Sentinel listens."""
        return f"redis+sentinel://127.0.0.1:{self.port}/{SERVICE}"

    def _sentinel(self) -> Redis:
        tls: Any = self._own.client() if self._own else {}
        return Redis(port=self.port, **tls)

    def _is_ready(self) -> bool:
        """Say whether the Sentinel has found the replica, and that has all of the master's data."""
        try:
            with self._sentinel() as client:
                replicas = client.execute_command("SENTINEL", "REPLICAS", SERVICE)
            with self.replica.client() as client:
                told: Any = client.info("replication")
        except (RedisError, OSError):
            return False
        return bool(replicas) and told.get("master_link_status") == "up"

    def wait_for_promotion(self) -> None:
        """Return when the replica has become the master, and the Sentinel says so."""
        processes.wait_until(self._is_promoted, self._process, self._log)

    def _is_promoted(self) -> bool:
        with self._sentinel() as client:
            told: Any = client.sentinel_masters()
        return bool(told[SERVICE]["port"] == self.replica.port and not told[SERVICE]["is_sdown"])
