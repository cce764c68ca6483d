"""A private Redis Cluster of one or three masters."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Self

from redis.exceptions import RedisError

from tests.servers import processes
from tests.servers.redis_server import RedisServer
from tests.servers.tls import Certificates

SLOTS = 16_384
OPTIONS: dict[str, object] = {
    "cluster-enabled": "yes",
    "cluster-node-timeout": 2_000,
    "cluster-config-file": "nodes.conf",
}


class RedisCluster:
    """Masters that share the slots evenly. Nothing is kept on disk but who they are.

    Args:
        directory: where their data are.
        masters: how many there are.
        program: what is run, where it isn't the usual one.
        own: their certificates, where they speak TLS.

    """

    def __init__(
        self,
        directory: Path,
        masters: int = 3,
        *,
        program: Path | None = None,
        own: Certificates | None = None,
    ) -> None:
        self._directory, self._program, self._own = directory, program, own
        self.nodes = [self._node(number) for number in range(masters)]
        self._running = ExitStack()

    def _node(self, number: int) -> RedisServer:
        port = processes.free_port(with_bus=True)
        options = OPTIONS | (dict(self._own.server(port)) if self._own else {})
        directory = self._directory / f"node{number}"
        return RedisServer(directory, options, port=port, program=self._program)

    def __enter__(self) -> Self:
        for node in self.nodes:
            self._running.enter_context(node)
        self._meet()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def url(self) -> str:
        """Where any of them listens."""
        hosts = ",".join([f"127.0.0.1:{node.port}" for node in self.nodes])
        return f"redis+cluster://{hosts}"

    def _meet(self) -> None:
        for number, node in enumerate(self.nodes):
            first, end = (SLOTS * one // len(self.nodes) for one in (number, number + 1))
            with node.client() as client:
                client.execute_command("CLUSTER", "ADDSLOTS", *range(first, end))
                if number:
                    client.execute_command("CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port)
        for node in self.nodes:
            processes.wait_until(partial(self._is_whole, node), node.process, node.log)

    def _is_whole(self, node: RedisServer) -> bool:
        try:
            with node.client() as client:
                told: Any = client.execute_command("CLUSTER", "INFO")
        except RedisError:
            return False
        text = told.decode() if isinstance(told, bytes) else str(told)
        known = f"cluster_known_nodes:{len(self.nodes)}" in text or f"'{len(self.nodes)}'" in text
        return known and ("cluster_state:ok" in text or "'cluster_state': 'ok'" in text)
