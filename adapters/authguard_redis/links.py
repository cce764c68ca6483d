"""How a store reaches its server, for threads: over a client's pool of connections, or a Cluster's client."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from redis import Redis, RedisCluster

from authguard_core.errors import ConfigurationError
from authguard_redis.wire import is_answer, pack

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
        self._pool = client.connection_pool

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
        self._client = client

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
        _refuse_decoding(client.get_encoder().decode_responses)
        return _Clustered(client)
    if isinstance(client, Redis):
        _refuse_decoding(client.get_encoder().decode_responses)
        return _Pooled(client)
    return _Later(client)


def _refuse_decoding(decodes: bool) -> None:  # noqa: FBT001 - the driver's own word
    if decodes:
        raise ConfigurationError.of(
            "client", got="decode_responses=True", expected="one that returns bytes", do="Leave it out."
        )
