"""Counters in Redis, shared by all workers and machines: one server, Sentinel, or a Cluster.

A guard opens it by URL, ``AUTHGUARD_STORAGE_URL=redis://localhost``. With a client of your own::

    from authguard_redis import RedisStorage
    from redis import Redis

    guard = Guard(storage=RedisStorage(Redis(socket_timeout=1, socket_connect_timeout=1)))
"""

import authguard_redis.backend  # noqa: F401 # pyright: ignore[reportUnusedImport] - it says what to install
from authguard_redis.aio import AsyncRedisStorage
from authguard_redis.opening import open_async_storage, open_storage
from authguard_redis.storage import RedisStorage

__all__ = ["AsyncRedisStorage", "RedisStorage", "open_async_storage", "open_storage"]
