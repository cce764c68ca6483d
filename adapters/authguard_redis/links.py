"""How a store reaches its server, for threads: over a client's pool of connections, or a Cluster's client."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from redis import BlockingConnectionPool, Redis, RedisCluster
from redis.exceptions import MaxConnectionsError, RedisError

from authguard_redis.wire import IDLE, PATIENCE, is_answer, most_connections, pack, refuse_decoding

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
    still good, and to give it back takes a good part of a trip. The trip itself tells whether one is good;
    only one that nothing was sent over for a while is looked at before.
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._pool: Any = client.connection_pool
        # Whoever else waits for a connection of such a pool would never get one that is kept.
        self._keeps = not isinstance(self._pool, BlockingConnectionPool)
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        # With the time at which each was last used.
        self._kept: SimpleQueue[tuple[Any, float]] = SimpleQueue()
        self._failed = 0.0

    def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        connection = self._take()
        try:
            connection.send_packed_command((pack(command),), check_health=False)
            replies: Sequence[bytes] = connection.read_response()
        except BaseException as error:
            if is_answer(error):
                self._give_back(connection, time.monotonic())
            else:
                self._failed = time.monotonic()  # trust none that was used before
                connection.disconnect()
                self._give_back(connection, 0.0)
            raise
        self._give_back(connection, time.monotonic())
        return replies

    def _take(self) -> Any:  # noqa: ANN401 - the driver's connections have no common type
        if self._process != os.getpid():
            self._begin()  # the parent goes on using them
        connection, used = self._next()
        failed = used <= self._failed
        if failed or time.monotonic() - used > IDLE:
            self._renew(connection, failed=failed)
        return connection

    def _next(self) -> tuple[Any, float]:
        try:
            return self._kept.get_nowait()
        except Empty:
            """None is idle."""
        try:
            return self._pool.get_connection(), time.monotonic()
        except MaxConnectionsError as error:
            try:
                return self._kept.get(timeout=PATIENCE)
            except Empty:
                raise error from None

    def _renew(self, connection: Any, *, failed: bool) -> None:  # noqa: ANN401 - see above
        """Connect anew, to the present master, unless the connection is still good."""
        try:
            if failed or _is_stale(connection):
                connection.disconnect()
            connection.connect()
        except BaseException:
            self._give_back(connection, 0.0)
            raise

    def _give_back(self, connection: Any, used: float) -> None:  # noqa: ANN401 - see above
        if self._keeps:
            self._kept.put((connection, used))
        else:
            self._pool.release(connection)

    def close(self) -> None:
        self._failed = time.monotonic()
        self._pool.disconnect()
        self._client.close()


class _Clustered:
    """A Cluster: its client knows which node has a key."""

    def __init__(self, client: RedisCluster) -> None:
        self._client: Any = client
        # Whoever finds all connections to a node at work is told so at once, and not to wait.
        self._room = threading.Semaphore(most_connections(client))

    def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        with self._room:
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


def _is_stale(connection: Any) -> bool:  # noqa: ANN401 - see above
    """Say whether the server has closed a connection, or has sent something that nobody asked for."""
    try:
        unasked = connection.can_read()
        connection.check_health()
    except RedisError:
        return True
    return bool(unasked)


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
