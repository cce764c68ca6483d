"""Claims about what a store in Redis tells its operator, asked of real servers that are set up badly."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from redis import Redis, RedisCluster
from redis import asyncio as aioredis

from authguard_core.facts import Fact, Level
from authguard_redis import AsyncRedisStorage, RedisStorage
from authguard_redis.asking import ask
from authguard_redis.facts import Told, facts_of
from tests.adapters.redis_world import KINDS, opened
from tests.servers import processes, shared
from tests.servers.redis_cluster import RedisCluster as Servers
from tests.servers.redis_sentinel import RedisSentinel
from tests.servers.redis_server import RedisServer

Facts = Mapping[str, Fact]
KEPT = {"appendonly": "yes"}
USUAL = {
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
}


def told(url: str, kind: str = "threads") -> Facts:
    """Return what the store that a URL names tells, by its codes."""
    with opened(url, kind) as driven:
        facts = driven.facts()
    assert all(url not in fact.got + fact.do for fact in facts)
    return {fact.code: fact for fact in facts}


def levels(facts: Facts) -> dict[str, Level]:
    """Return how bad it is."""
    return {code.removeprefix("redis-"): fact.level for code, fact in facts.items()}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server whose configuration each test changes as it likes."""
    shared.need_redis()
    with RedisServer(tmp_path_factory.mktemp("facts"), KEPT) as running:
        yield running


def configure(server: RedisServer, **settings: str) -> None:
    """Change its configuration as it runs. All else is as usual."""
    usual = {
        "maxmemory": "0",
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "everysec",
    }
    named = {name.replace("_", "-"): text for name, text in settings.items()}
    with server.client() as client:
        for name, text in {**usual, "save": "", **named}.items():
            client.config_set(name, text)


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_nothing_to_say_against_a_server_as_the_guide_sets_it_up(
    server: RedisServer, kind: str
) -> None:
    """Every question is answered, and every answer is good."""
    configure(server, maxmemory="100mb")

    facts = told(server.url, kind)
    assert levels(facts) == dict.fromkeys(
        ["answer", "version", "eviction", "persistence", "replicas", "clock"], Level.OK
    )
    assert [facts[f"redis-{name}"].got for name in ("eviction", "persistence", "replicas")] == [
        "noeviction",
        "append-only file, appendfsync everysec",
        "none",
    ]


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl", "volatile-lru", "allkeys-random"])
def test_a66_a_policy_that_can_drop_a_lock_is_an_error(server: RedisServer, policy: str) -> None:
    """All keys have an end, so what begins with volatile drops them, too."""
    configure(server, maxmemory="100mb", maxmemory_policy=policy)

    fact = told(server.url)["redis-eviction"]
    assert (fact.level, fact.got) == (Level.ERROR, policy)
    assert "noeviction" in fact.do


def test_without_maxmemory_nothing_is_evicted(server: RedisServer) -> None:
    """Whatever the policy says."""
    configure(server, maxmemory_policy="allkeys-lru")

    assert told(server.url)["redis-eviction"].level is Level.OK


@pytest.mark.parametrize(
    ("settings", "level", "got"),
    [
        ({"appendfsync": "always"}, Level.OK, "append-only file, appendfsync always"),
        ({"appendfsync": "no"}, Level.WARNING, "append-only file, appendfsync no"),
        ({"appendonly": "no", "save": "3600 1"}, Level.WARNING, "snapshots alone"),
        ({"appendonly": "no"}, Level.ERROR, "none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a65_what_a_restart_forgets_is_said(
    server: RedisServer, settings: dict[str, str], level: Level, got: str
) -> None:
    """Without an append-only file and without snapshots it gives every budget back."""
    configure(server, **settings)

    fact = told(server.url)["redis-persistence"]
    assert (fact.level, fact.got) == (level, got)
    assert bool(fact.do) == (level is not Level.OK)


def snapshot(client: Redis) -> object:
    """Say what became of the last snapshot."""
    info: Any = client.info("persistence")
    return info["rdb_last_bgsave_status"]


def test_a_snapshot_that_could_not_be_taken_is_an_error(tmp_path: Path) -> None:
    """The disk is full, or something is in the way: what is configured isn't done."""
    shared.need_redis()
    with RedisServer(tmp_path, {"save": "3600 1"}) as server, server.client() as client:
        (tmp_path / "dump.rdb").mkdir()
        client.bgsave()
        processes.wait_until(lambda: snapshot(client) == "err", server.process, server.log)
        facts = told(server.url)
        server.kill()  # it doesn't end of itself before it has saved

    assert (facts["redis-persistence"].level, facts["redis-persistence"].got) == (
        Level.ERROR,
        "the last snapshot failed",
    )


def told_once(**answers: Any) -> Facts:  # noqa: ANN401 - whatever a server says
    """Return what follows from what a server would say that can't be had here."""
    return {fact.code: fact for fact in facts_of([Told(**answers)])}


def test_an_append_only_file_that_can_not_be_written_is_an_error() -> None:
    """Redis says so itself."""
    facts = told_once(info={"aof_enabled": 1, "aof_last_write_status": "err"}, fsync="everysec")

    assert facts["redis-persistence"].level is Level.ERROR


@pytest.mark.parametrize(
    ("info", "level", "got"),
    [
        ({"redis_version": "6.0.16"}, Level.ERROR, "Redis 6.0.16"),
        ({"redis_version": "6.2.0"}, Level.OK, "Redis 6.2.0"),
        ({"redis_version": "8.2.1"}, Level.OK, "Redis 8.2.1"),
        ({"redis_version": 7.4}, Level.OK, "Redis 7.4"),
        ({"redis_version": "7.2.4", "valkey_version": "8.0.1"}, Level.OK, "Valkey 8.0.1"),
        ({"redis_version": "unstable"}, Level.WARNING, "unknown"),
        ({}, Level.WARNING, "unknown"),
    ],
    ids=str,
)
def test_the_oldest_version_is_6_2(info: dict[str, object], level: Level, got: str) -> None:
    """Those before it don't run the scripts; Valkey began with 7.2."""
    fact = told_once(info=info)["redis-version"]

    assert (fact.level, fact.got) == (level, got)


def test_valkey_is_called_by_its_name() -> None:
    """It says of itself that it is Redis 7.2, too."""
    assert told(shared.valkey().url)["redis-version"].got.startswith("Valkey ")


@pytest.mark.parametrize(
    ("apart", "level", "got"),
    [
        (0, Level.OK, "not apart from this machine's by more than 5 s"),
        (4, Level.OK, "not apart from this machine's by more than 5 s"),
        (-60, Level.WARNING, "60 s behind this machine's"),
        (60, Level.WARNING, "60 s ahead of this machine's"),
    ],
)
def test_clocks_that_differ_are_seen(apart: int, level: Level, got: str) -> None:
    """By more than five seconds, whatever time the question takes."""
    with shared.redis().client() as client:
        facts = ask(client, clock=lambda: time.time() - apart)

    clock = next(fact for fact in facts if fact.code == "redis-clock")
    assert (clock.level, clock.got) == (level, got)


def test_a_slow_answer_makes_no_clock_wrong() -> None:
    """It was read at some moment while one waited for it."""
    times = iter([time.time() - 30, time.time() + 30])
    with shared.redis().client() as client:
        facts = ask(client, clock=lambda: next(times))

    assert next(fact for fact in facts if fact.code == "redis-clock").level is Level.OK


ALLOWED = {
    "everything": ("+@all", {}),
    "no CONFIG": ("+@all -config", {"persistence": Level.OK}),
    "no INFO": ("+@all -info", {"answer": Level.WARNING}),
    "no TIME": ("+@all -time", {"clock": Level.WARNING}),
}
"""What a user may do, and what is unknown to it."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("allowed", ALLOWED)
def test_what_this_user_may_not_ask_is_unknown(server: RedisServer, kind: str, allowed: str) -> None:
    """It never fails: it says what to allow, and the rest is known."""
    configure(server)
    commands, unknown = ALLOWED[allowed]
    with server.client() as client:
        client.execute_command(
            "ACL", "SETUSER", "operator", "reset", "on", ">canary", "~*", *commands.split()
        )
    facts = told(f"redis://operator:canary@127.0.0.1:{server.port}", kind)

    assert {name: level for name, level in levels(facts).items() if level or name in unknown} == unknown
    assert all("unknown" in facts[f"redis-{name}"].got for name in unknown)
    assert "canary" not in str(facts)


@pytest.mark.parametrize(
    ("kept", "level"), [(KEPT, Level.OK), ({}, Level.WARNING)], ids=["append-only file", "who knows"]
)
def test_a_service_that_has_renamed_config_is_asked_no_more_than_it_answers(
    tmp_path: Path, kept: dict[str, str], level: Level
) -> None:
    """As managed ones do: what INFO says is known, and the rest is for the provider's own page."""
    shared.need_redis()
    with RedisServer(tmp_path, {**kept, "rename-command": "CONFIG hidden"}) as server:
        facts = told(server.url)

    assert {name: found for name, found in levels(facts).items() if found or name == "persistence"} == {
        "persistence": level
    }
    assert "unknown" in facts["redis-persistence"].got
    assert facts["redis-persistence"].do


def test_an_info_that_leaves_things_out_leaves_them_unknown() -> None:
    """Proxies and services with an INFO of their own."""
    assert levels(told_once(info={"redis_version": "7.0.0"}, ahead=0.0)) == {
        "answer": Level.OK,
        "version": Level.OK,
        "eviction": Level.WARNING,
        "persistence": Level.WARNING,
        "replicas": Level.WARNING,
        "clock": Level.OK,
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1", "redis+cluster://127.0.0.1:1", "redis+sentinel://127.0.0.1:1/counters"]
)
def test_a_server_that_is_not_there_is_a_fact_too(url: str, kind: str) -> None:
    """A check prints it like any other."""
    facts = told(url, kind)

    assert levels(facts) == {"answer": Level.ERROR}
    assert facts["redis-answer"].got.endswith(("Error", "Exception"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_password_is_named_as_such(server: RedisServer, kind: str) -> None:
    """And not repeated."""
    facts = told(f"redis://nobody:canary@127.0.0.1:{server.port}", kind)

    assert facts["redis-answer"].got == "AuthenticationError"
    assert "canary" not in str(facts)


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_watched_by_a_sentinel_has_a_replica(kind: str, tmp_path: Path) -> None:
    """Without one nobody can take the master's place; and a replica itself can't count."""
    shared.need_redis()
    with RedisSentinel(tmp_path) as servers:
        assert told(servers.url, kind)["redis-replicas"].got == "1 connected"
        assert told(servers.replica.url, kind)["redis-replicas"].level is Level.ERROR
        servers.replica.stop()

        assert told(servers.url, kind)["redis-replicas"].level is Level.WARNING


@pytest.mark.parametrize("kind", KINDS)
def test_all_masters_of_a_cluster_are_asked(kind: str) -> None:
    """What is worst is said of all, with the number of those of which it is true."""
    servers = shared.cluster()
    with servers.nodes[1].client() as client:
        client.config_set("appendonly", "yes")
        facts = told(servers.url, kind)
        client.config_set("appendonly", "no")

    assert facts["redis-persistence"].got == "none, on 2 of 3 servers"
    assert facts["redis-cluster"] == Fact(code="redis-cluster", level=Level.OK, got="ok")
    assert facts["redis-replicas"].level is Level.WARNING


def test_the_node_of_a_cluster_is_no_server_that_stands_alone() -> None:
    """``redis://`` would be sent from node to node, and follow nowhere."""
    fact = told(shared.cluster().nodes[0].url)["redis-cluster"]

    assert fact.level is Level.ERROR
    assert "redis+cluster://" in fact.do


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Servers]:
    """A Cluster that a test can break."""
    shared.need_redis()
    with Servers(tmp_path, masters=1) as servers:
        yield servers


def test_a_cluster_with_slots_that_nobody_serves_is_an_error(broken: Servers) -> None:
    """It answers, and refuses to count."""
    node = broken.nodes[0]
    with RedisCluster(host="127.0.0.1", port=node.port) as client, node.client() as admin:
        store = RedisStorage(client)
        admin.execute_command("CLUSTER", "DELSLOTS", 7)
        fact = next(fact for fact in store.facts() if fact.code == "redis-cluster")

    assert (fact.level, fact.got) == (Level.ERROR, "fail")


def test_a_state_that_may_not_be_asked_for_is_unknown(broken: Servers) -> None:
    """It says what to allow."""
    node = broken.nodes[0]
    with node.client() as client:
        rules = ("+@all", "-cluster", "+cluster|slots")
        client.execute_command("ACL", "SETUSER", "operator", "on", ">canary", "~*", *rules)
    fact = told(f"redis+cluster://operator:canary@127.0.0.1:{node.port}")["redis-cluster"]

    assert (fact.level, fact.got) == (Level.WARNING, "unknown")
    assert "+cluster|info" in fact.do


def test_a_node_that_died_is_told_of_beside_those_that_live(tmp_path: Path) -> None:
    """One server that doesn't answer hides nothing of the others."""
    shared.need_redis()
    with Servers(tmp_path, masters=2) as servers:
        node = servers.nodes[0]
        with RedisCluster(host="127.0.0.1", port=node.port) as client:
            store = RedisStorage(client)
            servers.nodes[1].kill()
            facts = {fact.code: fact for fact in store.facts()}

    assert facts["redis-answer"].level is Level.ERROR
    assert facts["redis-answer"].got.endswith("Error, on 1 of 2 servers")
    assert facts["redis-version"].level is Level.OK


def test_a_client_of_ones_own_is_asked_and_left_open() -> None:
    """Of either kind, by its own connections."""
    path = str(shared.redis().socket)
    with Redis(unix_socket_path=path) as client:
        assert RedisStorage(client).facts()
        assert client.ping()

    async def ask_twice() -> int:
        async with aioredis.Redis(unix_socket_path=path) as waiting:
            store = AsyncRedisStorage(waiting)
            return len([*await store.facts(), *await store.facts()])

    assert asyncio.run(ask_twice()) == 12


def test_a_clusters_client_of_ones_own_is_asked_and_left_open() -> None:
    """Each master once."""

    async def ask_cluster() -> list[Fact]:
        node = shared.cluster().nodes[0]
        async with aioredis.RedisCluster(host="127.0.0.1", port=node.port) as client:
            return list(await AsyncRedisStorage(client).facts())

    assert [fact.code for fact in asyncio.run(ask_cluster())][-1] == "redis-cluster"
