"""The stores in Redis hold what every store must: one server and a Cluster, for threads and event loops."""

from redis import Redis, RedisCluster
from redis import asyncio as aioredis
from redis.cluster import ClusterNode

from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.conformance import storage_conformance
from authguard_core.testing.machine import guard_machine
from authguard_redis import AsyncRedisStorage, RedisStorage
from tests.servers import shared

NOWHERE = "unix:///nowhere/redis.sock"


def alone(clock: FrozenClock) -> RedisStorage:
    """Open a store on one server."""
    client = Redis(unix_socket_path=str(shared.redis().socket))
    return RedisStorage(client, prefix=shared.prefix(), clock=clock)


def alone_async(clock: FrozenClock) -> AsyncRedisStorage:
    """Open a store on one server, for an event loop."""
    socket = str(shared.redis().socket)
    client = aioredis.Redis(unix_socket_path=socket)
    return AsyncRedisStorage(client, prefix=shared.prefix(), clock=clock)


def clustered(clock: FrozenClock) -> RedisStorage:
    """Open a store in a Cluster."""
    nodes = [ClusterNode("127.0.0.1", node.port) for node in shared.cluster().nodes]
    return RedisStorage(RedisCluster(startup_nodes=nodes), prefix=shared.prefix(), clock=clock)


def clustered_async(clock: FrozenClock) -> AsyncRedisStorage:
    """Open a store in a Cluster, for an event loop."""
    node = shared.cluster().nodes[0]
    client = aioredis.RedisCluster(host="127.0.0.1", port=node.port)
    return AsyncRedisStorage(client, prefix=shared.prefix(), clock=clock)


def broken(clock: FrozenClock) -> RedisStorage:
    """Open a store whose server isn't there."""
    return RedisStorage(Redis.from_url(NOWHERE), clock=clock)


def broken_async(clock: FrozenClock) -> AsyncRedisStorage:
    """Open a store whose server isn't there, for an event loop."""
    return AsyncRedisStorage(lambda: aioredis.Redis.from_url(NOWHERE), clock=clock)


def scattered(clock: FrozenClock) -> RedisStorage:
    """Open a store whose Cluster isn't there: its client looks for the nodes as soon as it is made."""
    nodes = [ClusterNode("127.0.0.1", 1)]
    return RedisStorage(lambda: RedisCluster(startup_nodes=nodes), clustered=True, clock=clock)


def scattered_async(clock: FrozenClock) -> AsyncRedisStorage:
    """Open a store whose Cluster isn't there, for an event loop."""
    return AsyncRedisStorage(
        lambda: aioredis.RedisCluster(host="127.0.0.1", port=1), clustered=True, clock=clock
    )


TestRedis = storage_conformance(alone, open_broken=broken)
TestAsyncRedis = storage_conformance(alone_async, open_broken=broken_async)
TestRedisCluster = storage_conformance(clustered, open_broken=scattered)
TestAsyncRedisCluster = storage_conformance(clustered_async, open_broken=scattered_async)

TestGuardOverRedis = guard_machine(alone, time_per_key=True, examples=300).TestCase
TestGuardOverRedisCluster = guard_machine(clustered, time_per_key=True, examples=100).TestCase
