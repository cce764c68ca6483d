"""How a store reaches its server, for threads: over a client's pool of connections, or a Cluster's client."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from redis import Redis, RedisCluster

from authguard_redis.wire import is_answer, pack, refuse_decoding

__all__ = ["Client", "Link", "link_to"]

Client = Redis | RedisCluster


class Link(Protocol):
    """Runs commands."""

    def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        """Send a command, and return the reply; raise the server's error."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


class _Pooled:
    """One server, or the master that Sentinel names."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._pool: Any = client.connection_pool

    def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        connection = self._pool.get_connection()
        try:
            connection.send_packed_command([pack(command)])
            replies: Sequence[bytes] = connection.read_response()
        except BaseException as error:
            if not is_answer(error):
                connection.disconnect()
            raise
        finally:
            self._pool.release(connection)
        return replies

    def close(self) -> None:
        self._client.close()
        self._pool.disconnect()


class _Clustered:
    """A Cluster: its client knows which node has a key."""

    def __init__(self, client: RedisCluster) -> None:
        self._client: Any = client

    def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        replies: Sequence[bytes] = self._client.execute_command(command[0].decode(), *command[1:])
        return replies

    def close(self) -> None:
        self._client.close()


class _Later:
    """A link that is made when it is first used: a Cluster's client looks for its nodes at once."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Link | None = None

    def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        return (self._made or self._link()).run(command)

    def _link(self) -> Link:
        with self._lock:
            if self._made is None:
                self._made = link_to(self._make())
            return self._made

    def close(self) -> None:
        with self._lock:
            made, self._made = self._made, None
        if made:
            made.close()


def link_to(client: "Client | Callable[[], Client]") -> Link:
    """Return the link over a client, or over one that is made when it is first needed.

    Raises:
        ConfigurationError: the client decodes responses.

    """
    if isinstance(client, RedisCluster):
        refuse_decoding(client)
        return _Clustered(client)
    if isinstance(client, Redis):
        refuse_decoding(client)
        return _Pooled(client)
    return _Later(client)
