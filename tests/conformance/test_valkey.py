"""The stores hold in Valkey, too, what every store must."""

from redis import Redis, RedisCluster
from redis import asyncio as aioredis

from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.conformance import storage_conformance
from authguard_redis import AsyncRedisStorage, RedisStorage
from tests.servers import shared


def alone(clock: FrozenClock) -> RedisStorage:
    """Open a store on one server."""
    client = Redis(unix_socket_path=str(shared.valkey().socket))
    return RedisStorage(client, prefix=shared.prefix(), clock=clock)


def alone_async(clock: FrozenClock) -> AsyncRedisStorage:
    """Open a store on one server, for an event loop."""
    client = aioredis.Redis(unix_socket_path=str(shared.valkey().socket))
    return AsyncRedisStorage(client, prefix=shared.prefix(), clock=clock)


def clustered(clock: FrozenClock) -> RedisStorage:
    """Open a store in a Cluster."""
    client = RedisCluster(host="127.0.0.1", port=shared.valkey_cluster().nodes[0].port)
    return RedisStorage(client, prefix=shared.prefix(), clock=clock)


TestValkey = storage_conformance(alone)
TestAsyncValkey = storage_conformance(alone_async)
TestValkeyCluster = storage_conformance(clustered)
