"""The production guide's Sentinel and Cluster: set up by its files and commands, and failed over."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from authguard_core import StorageError
from authguard_core.counting.ops import Admitted
from authguard_core.testing.clock import FrozenClock
from tests.adapters.redis_world import KINDS, Driven, asked, opened, resilient
from tests.docs.production_page import PAGE, Machine, block, command, exported, for_a_cluster
from tests.servers import processes

SERVICE = "authguard"
PATIENT = {"timeout": 5}
"""For claims about what comes in the end."""


def info(machine: Machine, host: int, section: str) -> dict[str, Any]:
    """Return what a server says of itself."""
    with machine.operator(host) as client:
        told: dict[str, Any] = client.info(section)
    return told


def is_linked(machine: Machine, host: int) -> bool:
    """Say whether a replica has all that its master has."""
    return bool(info(machine, host, "replication").get("master_link_status") == "up")


def counts_on(driven: Driven, clock: FrozenClock) -> list[tuple[bool, bool]]:
    """Make three attempts once the store is asked again: whether let through, whether decided here."""
    clock.advance(60)
    results = [driven.admit() for _ in range(3)]
    return [(isinstance(result, Admitted), result.local) for result in results]


# Sentinel


def watched(machine: Machine, host: int = 0) -> dict[str, Any]:
    """Return what a Sentinel says of the master."""
    with Redis(port=machine.sentinels[host]) as client:
        masters: Any = client.sentinel_masters()
    state: dict[str, Any] = masters[SERVICE]
    return state


def is_complete(machine: Machine, host: int) -> bool:
    """Say whether a Sentinel answers, and has found the others and the replica."""
    try:
        state = watched(machine, host)
    except (RedisError, OSError, LookupError):
        return False
    return bool(state["num-other-sentinels"] == 2 and state["num-slaves"] == 1)


@pytest.fixture(scope="module")
def sentinels() -> Iterator[Machine]:
    """A master, a replica and three Sentinels, which wait for less long than the page's."""
    with Machine(3) as machine:
        first, second = block("replica.conf").splitlines()
        machine.deploy(f"{second}\n")
        machine.deploy(f"{first}\n{second}\n", host=1)
        quick = block("sentinel.conf").replace(" 5000", " 500").replace(" 60000", " 3000")
        for host in range(3):
            machine.write("sentinel.conf", quick, host)
            words = command(machine.here(block("sentinel"), host))
            machine.run(f"sentinel-{host}", words, lambda: True)
        for host in range(3):
            process = machine.running[f"sentinel-{host}"]
            log = machine.root().parent / f"sentinel-{host}.log"
            processes.wait_until(lambda host=host: is_complete(machine, host), process, log)  # type: ignore[misc]
        process, log = machine.running["redis-1"], machine.root().parent / "redis-1.log"
        processes.wait_until(lambda: is_linked(machine, 1), process, log)
        yield machine


def url_of_sentinels(machine: Machine, **options: str) -> str:
    """Return the page's URL."""
    query = "&".join(f"{name}={text}" for name, text in options.items())
    return machine.here(exported(block("sentinel")), ports=machine.sentinels) + f"?{query}"


def test_the_sentinels_user_needs_what_the_page_says(sentinels: Machine) -> None:
    """One command; and the URL has places of its own for its name and password."""
    (allowed,) = [one for one in PAGE.read_text(encoding="utf-8").split("`") if one.startswith("+sentinel")]
    for port in sentinels.sentinels:
        with Redis(port=port) as client:
            client.execute_command("ACL", "SETUSER", "app", "on", ">sentinels-password", "-@all", allowed)
            client.execute_command("ACL", "SETUSER", "default", ">operators-password")
    with opened(url_of_sentinels(sentinels), "threads") as driven, pytest.raises(StorageError):
        driven.admit()
    url = url_of_sentinels(sentinels, sentinel_username="app", sentinel_password="sentinels-password")
    for kind in KINDS:
        with opened(url, kind) as driven:
            assert isinstance(driven.admit(), Admitted)
    for port in sentinels.sentinels:
        with Redis(port=port, password="operators-password") as client:
            client.execute_command("ACL", "SETUSER", "default", "nopass")


def test_a65_a_failover_by_the_pages_sentinels_keeps_the_counts(sentinels: Machine) -> None:
    """Three of them, with the files of the page; meanwhile each process counts on its own."""
    clock = FrozenClock()
    url = url_of_sentinels(sentinels, socket_timeout="0.3", prefix="authguard:failover")
    with resilient(url, "threads", clock, **PATIENT) as driven:
        assert {fact.code for fact in driven.facts() if fact.level} == set()
        for _ in range(4):
            driven.admit()
        with sentinels.operator() as client:
            client.wait(1, 5_000)
        sentinels.kill("redis-0")
        assert driven.admit().local
        process, log = sentinels.running["sentinel-0"], sentinels.root().parent / "sentinel-0.log"
        processes.wait_until(lambda: watched(sentinels)["port"] == sentinels.ports[1], process, log)
        processes.wait_until(lambda: info(sentinels, 1, "replication")["role"] == "master", process, log)

        assert counts_on(driven, clock) == [(True, False), (False, False), (False, False)]


# Cluster


@pytest.fixture(scope="module")
def nodes() -> Iterator[Machine]:
    """Six nodes, made a Cluster by the page's command."""
    with Machine(6) as machine:
        for host in range(6):
            machine.deploy("cluster.conf", host=host)
        assert "All 16384 slots covered" in machine.call(block("cluster"))
        for host in range(6):
            process, log = machine.running[f"redis-{host}"], machine.root().parent / f"redis-{host}.log"
            processes.wait_until(lambda host=host: is_joined(machine, host), process, log)  # type: ignore[misc]
            with machine.operator(host) as client:
                client.config_set("cluster-node-timeout", 1_000)
        yield machine


def is_joined(machine: Machine, host: int) -> bool:
    """Say whether a node finds the Cluster whole, and as a replica is up to date."""
    with machine.operator(host) as client:
        state: Any = client.execute_command("CLUSTER INFO")
    role = info(machine, host, "replication")["role"]
    return state["cluster_state"] == "ok" and (role == "master" or is_linked(machine, host))


def url_of_cluster(machine: Machine, **options: str) -> str:
    """Return the page's URL."""
    query = "&".join(f"{name}={text}" for name, text in options.items())
    return machine.here(exported(block("cluster"))) + f"?{query}"


def allow(machine: Machine, *more: str) -> None:
    """Set the application's user up anew on each node that runs."""
    for host in range(6):
        if f"redis-{host}" in machine.running:
            with machine.operator(host) as client:
                rules = block("users.acl").splitlines()[1].split()[2:]
                client.execute_command("ACL", "SETUSER", "authguard", "reset", *rules, *more)


def works(machine: Machine, kind: str) -> bool:
    """Say whether the user can do all that the store does, and ask all that it asks."""
    for host in masters(machine):
        ask(machine, host, "FLUSHALL")
    try:
        with opened(url_of_cluster(machine), kind) as driven:
            results = [driven.one(op) for op in asked(driven).values()]
            known = {fact.code: fact.got for fact in driven.facts()}
            return all(results) and known.get("redis-cluster") == "ok"
    except StorageError:
        return False


@pytest.mark.parametrize("kind", KINDS)
def test_the_user_can_do_all_that_the_store_does_in_a_cluster(nodes: Machine, kind: str) -> None:
    """With what the page allows it besides."""
    assert works(nodes, kind)


@pytest.mark.parametrize("name", [one for one in for_a_cluster().split() if one != "+asking"])
def test_each_further_command_is_needed_in_a_cluster(nodes: Machine, name: str) -> None:
    """By threads or by an event loop."""
    allow(nodes, *[one for one in for_a_cluster().split() if one != name])
    try:
        assert not all(works(nodes, kind) for kind in KINDS)
    finally:
        allow(nodes, *for_a_cluster().split())


def masters(machine: Machine) -> list[int]:
    """Return which of the nodes are masters now."""
    running = [host for host in range(6) if f"redis-{host}" in machine.running]
    return [host for host in running if info(machine, host, "replication")["role"] == "master"]


def ask(machine: Machine, host: int, *words: str | int) -> Any:  # noqa: ANN401 - whatever it answers
    """Ask a node something as the operator."""
    with machine.operator(host, decode_responses=True) as client:
        return client.execute_command(*words)


@pytest.fixture
def moving(nodes: Machine) -> Iterator[None]:
    """A slot in which an attempt is counted is moving from its node to another one."""
    with opened(url_of_cluster(nodes), "threads") as driven:
        driven.admit()
    source = next(host for host in masters(nodes) if ask(nodes, host, "DBSIZE"))
    target = next(host for host in masters(nodes) if host != source)
    slot = ask(nodes, source, "CLUSTER KEYSLOT", ask(nodes, source, "RANDOMKEY"))
    ask(nodes, target, "CLUSTER SETSLOT", slot, "IMPORTING", ask(nodes, source, "CLUSTER MYID"))
    ask(nodes, source, "CLUSTER SETSLOT", slot, "MIGRATING", ask(nodes, target, "CLUSTER MYID"))
    yield
    for host in (source, target):
        ask(nodes, host, "FLUSHALL")
        ask(nodes, host, "CLUSTER SETSLOT", slot, "STABLE")


@pytest.mark.usefixtures("moving")
@pytest.mark.parametrize("kind", KINDS)
def test_while_a_slot_moves_its_keys_are_counted_at_their_new_place(nodes: Machine, kind: str) -> None:
    """The old node sends on who asks for what isn't there any more: that takes ASKING."""
    assert works(nodes, kind)
    allow(nodes, *[one for one in for_a_cluster().split() if one != "+asking"])
    try:
        assert not works(nodes, kind)
    finally:
        allow(nodes, *for_a_cluster().split())


def test_a65_a_replica_takes_the_place_of_a_node_that_died(nodes: Machine) -> None:
    """What it had heard of is kept; the driver finds it by itself."""
    clock = FrozenClock()
    url = url_of_cluster(nodes, socket_timeout="0.3", prefix="authguard:failover")
    with resilient(url, "threads", clock, **PATIENT) as driven:
        for _ in range(4):
            driven.admit()
        counting = [host for host in masters(nodes) if ask(nodes, host, "KEYS", "authguard:failover:*")]
        for host in counting:
            ask(nodes, host, "WAIT", 1, 5_000)
        nodes.kill(f"redis-{counting[0]}")
        assert driven.admit().local
        other = next(host for host in masters(nodes))
        process, log = nodes.running[f"redis-{other}"], nodes.root().parent / f"redis-{other}.log"
        processes.wait_until(lambda: len(masters(nodes)) == 3, process, log)
        processes.wait_until(lambda: is_joined(nodes, other), process, log)

        assert counts_on(driven, clock) == [(True, False), (False, False), (False, False)]
