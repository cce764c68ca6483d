"""How a store reaches its server, for threads: over a client's pool of connections, or a Cluster's client."""

import os
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
    """One server, or the master that Sentinel names.

    It keeps the connections that it has taken from the client's pool: to take one, to look whether it is
    still good, and to give it back takes a good part of a trip. The trip itself tells whether one is good.
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._pool: Any = client.connection_pool
        self._kept: list[Any] = []
        self._process = os.getpid()

    def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        connection = self._take()
        try:
            connection.send_packed_command((pack(command),), check_health=False)
            replies: Sequence[bytes] = connection.read_response()
        except BaseException as error:
            self._part_with(connection, error)
            raise
        self._kept.append(connection)
        return replies

    def _take(self) -> Any:  # noqa: ANN401 - the driver's connections have no common type
        if self._process != os.getpid():
            self._kept, self._process = [], os.getpid()  # the parent goes on using them
        try:
            return self._kept.pop()
        except IndexError:
            return self._pool.get_connection()

    def _part_with(self, connection: Any, error: BaseException) -> None:  # noqa: ANN401 - see above
        """Keep a connection over which the server said no; after anything else trust none of them."""
        if is_answer(error):
            self._kept.append(connection)
            return
        kept, self._kept = self._kept, []
        for one in (connection, *kept):
            self._pool.release(one)
            one.disconnect()

    def close(self) -> None:
        self._kept = []
        self._pool.disconnect()
        self._client.close()


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
