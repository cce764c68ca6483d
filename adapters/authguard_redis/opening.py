"""From a storage URL to the driver's clients, and the store over them."""

from collections.abc import Mapping
from typing import Any

import redis
from redis import asyncio as aioredis
from redis.asyncio.cluster import ClusterNode as AsyncClusterNode
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.retry import Retry

from authguard_redis.aio import AsyncRedisStorage
from authguard_redis.aiolinks import AsyncClient
from authguard_redis.links import Client
from authguard_redis.storage import RedisStorage
from authguard_redis.target import Shape, Target

__all__ = ["open_async_storage", "open_storage"]

# The driver's own retries would be hidden from the guard's deadline and breaker. Of a Cluster's client they
# are how it finds a key that has moved to another node.
MOVES = 3


def open_storage(url: str) -> RedisStorage:
    """Open the store that a URL names; nothing is connected before its first use.

    Raises:
        ConfigurationError: the URL can't be used.

    """
    target = Target.parse(url)
    clustered = target.shape is Shape.CLUSTER
    return RedisStorage(lambda: _client(target), prefix=target.prefix, clustered=clustered)


def open_async_storage(url: str) -> AsyncRedisStorage:
    """Open the store that a URL names, for event loops; nothing is connected before its first use.

    Raises:
        ConfigurationError: the URL can't be used.

    """
    target = Target.parse(url)
    clustered = target.shape is Shape.CLUSTER
    return AsyncRedisStorage(lambda: _async_client(target), prefix=target.prefix, clustered=clustered)


def _alone(target: Target) -> dict[str, Any]:
    return {"host": target.hosts[0][0], "port": target.hosts[0][1]} if target.hosts else {}


def _client(target: Target) -> Client:
    options: dict[str, Any] = dict(target.options)
    if target.shape is Shape.CLUSTER:
        nodes = [ClusterNode(*host) for host in target.hosts]
        return redis.RedisCluster(startup_nodes=nodes, retry=Retry(NoBackoff(), MOVES), **options)
    options["retry"] = Retry(NoBackoff(), 0)
    if target.shape is Shape.SENTINEL:
        sentinels: Any = redis.Sentinel(target.hosts, sentinel_kwargs=_to_sentinels(target, options))
        master: redis.Redis = sentinels.master_for(target.service, _Master, **options)
        return master
    return redis.Redis(**_alone(target), **options)


def _async_client(target: Target) -> AsyncClient:
    options: dict[str, Any] = dict(target.options)
    if target.shape is Shape.CLUSTER:
        nodes = [AsyncClusterNode(*host) for host in target.hosts]
        return aioredis.RedisCluster(startup_nodes=nodes, retry=AsyncRetry(NoBackoff(), MOVES), **options)
    options["retry"] = AsyncRetry(NoBackoff(), 0)
    if target.shape is Shape.SENTINEL:
        sentinels: Any = aioredis.Sentinel(list(target.hosts), sentinel_kwargs=_to_sentinels(target, options))
        master: aioredis.Redis = sentinels.master_for(target.service, _AsyncMaster, **options)
        return master
    return aioredis.Redis(**_alone(target), **options)


def _to_sentinels(target: Target, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of connections to the Sentinels: patience and TLS are those of the servers'."""
    shared = ("retry", "socket_timeout", "socket_connect_timeout", "ssl")
    return {name: given for name, given in options.items() if name.startswith(shared)} | {**target.sentinel}


class _Master(redis.Redis):
    """The master that Sentinel names. The connections to the Sentinels are closed with its own."""

    def close(self) -> None:
        super().close()
        pool: Any = self.connection_pool
        for sentinel in pool.sentinel_manager.sentinels:
            sentinel.close()


class _AsyncMaster(aioredis.Redis):
    """The master that Sentinel names. The connections to the Sentinels are closed with its own."""

    async def aclose(self, close_connection_pool: bool | None = None) -> None:  # noqa: FBT001 - the driver's
        await super().aclose(close_connection_pool)
        pool: Any = self.connection_pool
        for sentinel in pool.sentinel_manager.sentinels:
            await sentinel.aclose()
