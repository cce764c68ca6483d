"""Stores of every kind over real servers, driven alike."""

import inspect
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis, RedisCluster
from redis import asyncio as aioredis

from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import opened
from authguard_core.testing.suite.lab import Lab
from authguard_redis import AsyncRedisStorage, RedisStorage
from tests.servers import shared

ALONE = ["threads", "event loop"]
CLUSTERED = ["threads, Cluster", "event loop, Cluster"]
KINDS = ALONE + CLUSTERED


def client(kind: str, **options: Any) -> Any:  # noqa: ANN401 - the driver's clients have no common type
    """Return a client of the tests' server, or of their Cluster."""
    match kind:
        case "threads":
            return Redis(unix_socket_path=str(shared.redis().socket), **options)
        case "event loop":
            return aioredis.Redis(unix_socket_path=str(shared.redis().socket), **options)
        case "threads, Cluster":
            return RedisCluster(host="127.0.0.1", port=shared.cluster().nodes[0].port, **options)
        case _:
            return aioredis.RedisCluster(host="127.0.0.1", port=shared.cluster().nodes[0].port, **options)


def store_over(kind: str, given: Any, **options: Any) -> Any:  # noqa: ANN401 - the kinds of stores, too
    """Return a store of a kind over a client, or over a function that makes it."""
    made: Callable[..., object] = RedisStorage if kind.startswith("threads") else AsyncRedisStorage
    options = {"prefix": shared.prefix(), "clustered": "Cluster" in kind, **options}
    return made(given, **options)


@contextmanager
def running(store: Any, clock: FrozenClock | None = None) -> Iterator[Lab]:  # noqa: ANN401 - see above
    """Drive a store, and close it in the end."""
    clock = clock or FrozenClock()
    with opened(lambda _: store, clock) as store_in_use:
        yield Lab(store_in_use, clock)


@contextmanager
def lab(kind: str, **options: Any) -> Iterator[Lab]:  # noqa: ANN401 - any option of a store
    """Drive a store of a kind, by the server's own clock."""
    with running(store_over(kind, client(kind), **options)) as driven:
        yield driven


@contextmanager
def frozen(kind: str, clock: FrozenClock, **options: Any) -> Iterator[Lab]:  # noqa: ANN401 - any option of a store
    """Drive a store of a kind, by a clock that stands still."""
    with running(store_over(kind, client(kind), clock=clock, **options), clock) as driven:
        yield driven


def awaited(driven: Lab, result: Any) -> Any:  # noqa: ANN401 - whatever it is
    """Return a result, or what it becomes on the event loop of a store."""
    return driven.store._runner.run(result) if inspect.iscoroutine(result) else result  # noqa: SLF001 - its own loop


def key_name(prefix: str, key: bytes) -> str:
    """Return how a key of the core's is called in Redis."""
    text = b64encode(key).decode()
    return f"{prefix}:1:{{{text[:8]}}}{text[8:]}"
