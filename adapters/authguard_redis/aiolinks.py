"""How a store reaches its server, for an event loop: over a client's pool, or a Cluster's client."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary, ref

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.exceptions import MaxConnectionsError, RedisError

from authguard_core.errors import ConfigurationError
from authguard_redis.wire import IDLE, PATIENCE, is_answer, most_connections, pack, refuse_decoding

__all__ = ["AsyncClient", "AsyncLink", "link_to"]

AsyncClient = Redis | RedisCluster


class AsyncLink(Protocol):
    """Runs commands."""

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        """Send a command, and return the reply; raise the server's error."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class _OneLoop:
    """A client that was handed over serves the event loop on which it is first used, and no other."""

    def __init__(self) -> None:
        self._loop: ref[asyncio.AbstractEventLoop] | None = None

    def check(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = ref(loop)
        elif self._loop() is not loop:
            raise ConfigurationError.of(
                "client",
                got="a second event loop, while connections belong to their first",
                expected="a function that makes a client for each",
                do="Write AsyncRedisStorage(lambda: Redis(...)).",
            )


class _Pooled:
    """One server, or the master that Sentinel names. It keeps connections as the one for threads does."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._loop = _OneLoop()
        self._pool: Any = client.connection_pool
        self._keeps = not isinstance(self._pool, BlockingConnectionPool)
        self._kept: asyncio.LifoQueue[tuple[Any, float]] = asyncio.LifoQueue()
        self._failed = 0.0

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        self._loop.check()
        connection = await self._take()
        used = 0.0
        try:
            await connection.send_packed_command((pack(command),), check_health=False)
            replies: Sequence[bytes] = await connection.read_response()
            used = time.monotonic()
        except BaseException as error:
            if is_answer(error):
                used = time.monotonic()
            else:
                # Cancelled, too: what is still under way must not answer somebody else.
                self._failed = time.monotonic()
                await connection.disconnect(nowait=True)
            raise
        finally:
            await self._give_back(connection, used)
        return replies

    async def _take(self) -> Any:  # noqa: ANN401 - the driver's connections have no common type
        connection, used = await self._next()
        failed = used <= self._failed
        if failed or time.monotonic() - used > IDLE:
            await self._renew(connection, failed=failed)
        return connection

    async def _next(self) -> tuple[Any, float]:
        if not self._kept.empty():
            return self._kept.get_nowait()
        try:
            return await self._pool.get_connection(), time.monotonic()
        except MaxConnectionsError as error:
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._kept.get()
            except TimeoutError:
                raise error from None

    async def _renew(self, connection: Any, *, failed: bool) -> None:  # noqa: ANN401 - see above
        """Connect anew, to the present master, unless the connection is still good."""
        try:
            if failed or await _is_stale(connection):
                await connection.disconnect(nowait=True)
            await connection.connect()
        except BaseException:
            await self._give_back(connection, 0.0)
            raise

    async def _give_back(self, connection: Any, used: float) -> None:  # noqa: ANN401 - see above
        if self._keeps:
            self._kept.put_nowait((connection, used))
        else:
            await self._pool.release(connection)

    async def aclose(self) -> None:
        self._failed = time.monotonic()
        await self._pool.disconnect()
        await self._client.aclose()


class _Clustered:
    """A Cluster: its client knows which node has a key."""

    def __init__(self, client: RedisCluster) -> None:
        self._client: Any = client
        self._loop = _OneLoop()
        self._room = asyncio.Semaphore(most_connections(client))

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        self._loop.check()
        async with self._room:
            # Before each command: else the first ones, all at once, disturb the look for the nodes.
            await self._client.initialize()
            replies: Sequence[bytes] = await self._client.execute_command(command[0].decode(), *command[1:])
        return replies

    async def aclose(self) -> None:
        await self._client.aclose()


class _Later:
    """A link for each event loop, made when it is first used there: connections belong to their loop."""

    def __init__(self, make: Callable[[], AsyncClient]) -> None:
        self._make = make
        self._lock = threading.Lock()  # loops may run in several threads
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncLink] = WeakKeyDictionary()

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        link = self._made.get(asyncio.get_running_loop()) or self._link()
        return await link.run(command)

    def _link(self) -> AsyncLink:
        with self._lock:
            for loop in [*self._made]:
                if loop.is_closed():
                    del self._made[loop]  # else its connections would keep it, and it them
            link = self._made[asyncio.get_running_loop()] = link_to(self._make())
            return link

    async def aclose(self) -> None:
        with self._lock:
            link = self._made.pop(asyncio.get_running_loop(), None)
        if link:
            await link.aclose()


async def _is_stale(connection: Any) -> bool:  # noqa: ANN401 - see above
    """Say whether the server has closed a connection, or has sent something that nobody asked for."""
    try:
        if await connection.can_read():
            return True
        await connection.check_health()
    except RedisError:
        return True
    return False


def link_to(client: "AsyncClient | Callable[[], AsyncClient]") -> AsyncLink:
    """Return the link over a client, or over those that are made when they are first needed.

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
