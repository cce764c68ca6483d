"""The production guide's numbers, and what a full or an emptied server does."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from redis import Redis

from authguard_core import Attempt, Guard, Settings, StorageError
from authguard_core.counting.ops import Charge
from authguard_redis import open_storage
from tests.adapters.redis_world import ACCOUNT, OWNER, RING, attempt
from tests.docs.production_page import PAGE, Machine, lock_out, url_of

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def deployed() -> Iterator[Machine]:
    """The page's server."""
    with Machine() as machine:
        machine.deploy()
        yield machine


def bytes_an_account(machine: Machine, failures: int) -> float:
    """Return what an account takes on the server, with everything that Redis adds to it."""
    accounts = [ACCOUNT._replace(key=RING.member(OWNER, str(number))) for number in range(10_000)]
    with machine.operator() as client, open_storage(f"{url_of(machine)}socket_timeout=30") as store:

        def fail(some: Sequence[Charge]) -> None:
            store.execute([attempt()._replace(charges=(one,)) for one in some for _ in range(failures)])

        fail(accounts[:100])  # so that script and buffers are there before it is measured
        client.flushall()
        before = memory(client)
        for first in range(0, len(accounts), 100):
            fail(accounts[first : first + 100])
        return (memory(client) - before) / len(accounts)


def memory(client: Redis) -> int:
    """Return how many bytes the server uses."""
    told: Any = client.info("memory")
    return int(told["used_memory"])


@pytest.mark.parametrize("failures", [1, 5])
def test_an_account_takes_no_more_than_the_page_says(deployed: Machine, failures: int) -> None:
    """The numbers are Redis 7.0's; none of the others takes a tenth more."""
    found = re.search(r"one failure takes about (\d+) bytes, with five about (\d+)", TEXT)
    assert found
    told = {1: int(found[1]), 5: int(found[2])}

    assert bytes_an_account(deployed, failures) < told[failures] * 1.1


def test_an_account_is_kept_as_long_as_the_page_says(deployed: Machine) -> None:
    """Nothing stays for good, and nothing for longer."""
    days = re.search(r"kept for (\d+) days after its last failure", TEXT)
    with deployed.operator() as client:
        client.flushall()
        guard = Guard(Settings.load(secret_key="x" * 32, storage_url=url_of(deployed), storage_timeout="10s"))
        guard.check(Attempt(identifier="alice", peer="203.0.113.9"))
        guard.close()
        lives: list[Any] = [client.ttl(key) for key in client.scan_iter()]

    assert days
    assert len(lives) == 3
    assert all(0 < life <= (int(days[1]) * 86_400 + 60) for life in lives)
    assert max(lives) > (int(days[1]) - 1) * 86_400


def flood(machine: Machine, accounts: int) -> bool:
    """Guess once at each of many accounts; say whether all were counted."""
    with open_storage(f"{url_of(machine)}socket_timeout=30") as store:
        try:
            for first in range(0, accounts, 100):
                keys = [RING.member(OWNER, f"flood {first + number}") for number in range(100)]
                store.execute([attempt()._replace(charges=(ACCOUNT._replace(key=key),)) for key in keys])
        except StorageError:
            return False
    return True


@pytest.fixture
def small(deployed: Machine) -> Iterator[Redis]:
    """The server with room for half of what is to come."""
    with deployed.operator() as client:
        client.flushall()
        before = client.config_get("maxmemory")["maxmemory"]
        client.config_set("maxmemory", memory(client) + 1_000_000)
        yield client
        client.config_set("maxmemory", before)
        client.config_set("maxmemory-policy", "noeviction")


def test_a66_a_full_server_keeps_its_locks(deployed: Machine, small: Redis) -> None:
    """It refuses to count anybody new, which is an outage, and frees nobody."""
    assert lock_out(url_of(deployed)) == [True] * 5 + [False]
    assert not flood(deployed, 20_000)

    assert lock_out(url_of(deployed)) == [False] * 6
    told: Any = small.info("stats")
    assert told["evicted_keys"] == 0


def test_a66_a_server_that_evicts_frees_whom_a_flood_reaches(deployed: Machine, small: Redis) -> None:
    """That is what the line on eviction is for."""
    small.config_set("maxmemory-policy", "allkeys-lru")
    lock_out(url_of(deployed))
    assert flood(deployed, 20_000)

    assert lock_out(url_of(deployed)) == [True] * 5 + [False]


def test_a65_who_empties_the_server_gives_every_budget_back(deployed: Machine) -> None:
    """Once, and nothing else comes of it: the scripts are sent again, the counts begin anew."""
    lock_out(url_of(deployed))
    with deployed.operator() as client:
        client.flushall()
        client.script_flush()

    assert lock_out(url_of(deployed)) == [True] * 5 + [False]
    assert lock_out(url_of(deployed)) == [False] * 6
