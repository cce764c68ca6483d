"""Claims about a Cluster whose nodes change: slots that move, and a node that is gone."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest

from authguard_core import StorageError
from authguard_core.counting.ops import Admit, Admitted, Charge, Refused
from authguard_core.testing.suite.lab import ACCOUNT, ADDRESS, EVERYTHING, Lab
from authguard_redis import open_async_storage, open_storage
from authguard_redis.calls import Places
from tests.adapters.redis_stores import running
from tests.servers import processes, shared
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_server import RedisServer


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """A Cluster that these tests may take apart. What is left of it goes on."""
    shared.need_redis()
    with RedisCluster(tmp_path_factory.mktemp("cluster")) as started:
        for node in started.nodes:
            with node.client() as asking:
                asking.config_set("cluster-require-full-coverage", "no")
        yield started


@contextmanager
def stores(cluster: RedisCluster) -> Iterator[Sequence[Lab]]:
    """Open a store of each kind, of one prefix."""
    url = f"{cluster.url}?prefix={shared.prefix()}"
    with ExitStack() as stack:
        yield [stack.enter_context(running(open_it(url))) for open_it in (open_storage, open_async_storage)]


def slot_of(charge: Charge, node: RedisServer) -> int:
    """Return the slot of a counter's key."""
    places = Places(b"any:1:")
    places.of(charge.key)
    with node.client() as asking:
        return int(asking.execute_command("CLUSTER", "KEYSLOT", places.names[0]))


def owner(cluster: RedisCluster, charge: Charge) -> RedisServer:
    """Return the node that has a counter."""
    slot = slot_of(charge, cluster.nodes[0])
    with cluster.nodes[0].client() as asking:
        ranges: Any = asking.execute_command("CLUSTER", "SLOTS")
    (port,) = [one[2][1] for one in ranges if one[0] <= slot <= one[1]]
    return next(node for node in cluster.nodes if node.port == port)


class Move:
    """A slot on its way from one node to another, step by step."""

    def __init__(self, slot: int, source: RedisServer, target: RedisServer) -> None:
        self.slot, self.source, self.target = slot, source, target
        self.names = {node.port: self._tell(node, "CLUSTER", "MYID") for node in (source, target)}

    @staticmethod
    def _tell(node: RedisServer, *command: object) -> Any:  # noqa: ANN401 - whatever it answers
        with node.client() as asking:
            return asking.execute_command(*command)

    def begin(self) -> None:
        """Say that it will move."""
        importing = ("IMPORTING", self.names[self.source.port])
        self._tell(self.target, "CLUSTER", "SETSLOT", self.slot, *importing)
        self._tell(self.source, "CLUSTER", "SETSLOT", self.slot, "MIGRATING", self.names[self.target.port])

    def move_keys(self) -> None:
        """Move what it holds."""
        keys = self._tell(self.source, "CLUSTER", "GETKEYSINSLOT", self.slot, 100)
        if keys:
            where = ("127.0.0.1", self.target.port, "", 0, 5_000, "KEYS")
            self._tell(self.source, "MIGRATE", *where, *keys)

    def end(self) -> None:
        """Say that it has moved."""
        for node in (self.target, self.source):
            self._tell(node, "CLUSTER", "SETSLOT", self.slot, "NODE", self.names[self.target.port])


def attempts(numbers: Iterator[int]) -> Admit:
    """Return a new attempt."""
    return Admit(next(numbers), 1, EVERYTHING)


def tries(driven: Lab, numbers: Iterator[int], times: int) -> list[bool | None]:
    """Try so many times; None is an outage."""
    told: list[bool | None] = []
    for _ in range(times):
        try:
            told.append(isinstance(driven.one(attempts(numbers)), Admitted))
        except StorageError:
            told.append(None)
    return told


@pytest.mark.parametrize("counter", [ACCOUNT, ADDRESS], ids=["account", "address"])
def test_a65_a_slot_that_moves_takes_its_counts_along(cluster: RedisCluster, counter: Charge) -> None:
    """Before, meanwhile and after: never more than the limit, and in the end the whole of it."""
    source = owner(cluster, counter)
    target = next(node for node in cluster.nodes if node is not source)
    move = Move(slot_of(counter, source), source, target)
    for number in range(2):
        numbers = iter(range(1_000))
        with stores(cluster) as driven:
            told = tries(driven[number], numbers, 2)
            move.begin()
            told += tries(driven[1 - number], numbers, 1)
            move.move_keys()
            told += tries(driven[number], numbers, 1)
            move.end()
            # Attempts that found the slot half moved may have been counted without an answer.
            held = max(driven[0].failures(ACCOUNT))
            told += tries(driven[1 - number], numbers, 6)
            assert told[:2] == [True, True]
            assert told.count(True) <= 5
            assert told[4:] == [True] * (5 - held) + [False] * (1 + held)
        move = Move(move.slot, move.target, move.source)


def test_a63_a_node_that_is_gone_is_an_outage_of_its_own_keys(cluster: RedisCluster) -> None:
    """All others are counted as ever; and when it is back, so are these."""
    others = [ACCOUNT._replace(key=bytes([number]) + ACCOUNT.key[1:]) for number in range(1, 50)]
    lost = ACCOUNT
    kept = next(one for one in others if owner(cluster, one) is not owner(cluster, lost))
    node = owner(cluster, lost)
    with stores(cluster) as both:
        for driven in both:
            assert isinstance(driven.ask(kept), Admitted | Refused)
            assert isinstance(driven.ask(lost), Admitted | Refused)
        node.kill()
        for driven in both:
            with pytest.raises(StorageError):
                driven.ask(lost)
            assert isinstance(driven.ask(kept), Admitted | Refused)
        node.start()
        for driven in both:
            processes.wait_until(partial(answers, driven, lost), node.process, node.log)


def answers(driven: Lab, counter: Charge) -> bool:
    """Say whether a counter's node answers."""
    try:
        driven.ask(counter)
    except StorageError:
        return False
    return True
