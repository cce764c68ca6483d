"""Claims about connections: shared, cut, withheld, cancelled or forked, each answer is its caller's own."""

import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import pytest
import redis
from redis import asyncio as aioredis

from authguard_core import StorageError
from authguard_core.counting.ops import Admitted, Op, PutOnce, Stored, Take, Taken
from authguard_core.testing.suite.lab import Lab, key
from authguard_redis import aiolinks, links
from tests.adapters.redis_stores import ALONE, KINDS, awaited, client, lab, running, store_over
from tests.adapters.redis_world import attempt, opened, proxy_to
from tests.servers import shared
from tests.servers.fault_proxy import Fault

HOUR = 3_600_000


def own(number: int) -> list[Op]:
    """Return a trip whose answer is nobody else's."""
    name = key(f"own {number}")
    return [PutOnce(name, b"%d" % number, HOUR), Take(name)]


def answer(number: int) -> list[object]:
    """Return the answer to it."""
    return [Stored(stored=True), Taken(b"%d" % number)]


def answers_its_own(driven: Lab, *numbers: int) -> bool:
    """Say whether the store answers each trip by itself."""
    return all(driven.store.execute(own(number)) == answer(number) for number in numbers)


@pytest.mark.parametrize("kind", KINDS)
def test_a12_fifty_at_once_share_a_store_and_each_gets_its_own_answer(kind: str) -> None:
    """As threads, or as tasks of one loop."""
    runs = [[op for number in range(2) for op in own(50 * number + rival)] for rival in range(50)]
    with lab(kind) as driven:
        results = driven.store.at_once(runs)
    assert results == [
        [got for number in range(2) for got in answer(50 * number + rival)] for rival in range(50)
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most", [2, 100])
def test_a63_more_at_once_than_there_are_connections_wait_for_one(kind: str, most: int) -> None:
    """A burst of sign-ins is no outage: one attacker reaches the driver's own limit, 100 for a server."""
    with running(store_over(kind, client(kind, max_connections=most))) as driven:
        results = driven.store.at_once([[attempt()] for _ in range(150)])
    assert sum(isinstance(result, Admitted) for (result,) in results) == 5


@pytest.mark.parametrize("kind", ALONE)
def test_whoever_waits_in_vain_for_a_connection_is_told_of_an_outage(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the application holds all that its client may open."""
    for module in (links, aiolinks):
        monkeypatch.setattr(module, "PATIENCE", 0.01)
    shares = client(kind, max_connections=1)
    with running(store_over(kind, shares)) as driven:
        awaited(driven, shares.connection_pool.get_connection())
        with pytest.raises(StorageError, match=r"^redis: MaxConnectionsError$"):
            driven.one(attempt())


@pytest.mark.parametrize("kind", ALONE)
def test_a_pool_that_lets_its_callers_wait_is_left_to_all_of_them(kind: str) -> None:
    """The store keeps no connection of it, so the application always gets its turn."""
    module: Any = redis if kind == "threads" else aioredis
    pool = module.BlockingConnectionPool(
        max_connections=1,
        timeout=5,
        connection_class=module.UnixDomainSocketConnection,
        path=str(shared.redis().socket),
    )
    shares = module.Redis(connection_pool=pool)
    with running(store_over(kind, shares)) as driven:
        driven.store.at_once([[attempt()] for _ in range(20)])
        assert awaited(driven, shares.ping())
        assert answers_its_own(driven, 1, 2)


@pytest.mark.parametrize("kind", ALONE)
def test_connections_that_the_server_closed_when_idle_are_noticed(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are looked at before they are used again: no sign-in is lost with them."""
    for module in (links, aiolinks):
        monkeypatch.setattr(module, "IDLE", -1.0)
    name = shared.prefix()
    with running(store_over(kind, client(kind, client_name=name))) as driven:
        driven.store.at_once([[attempt()] for _ in range(5)])
        for number in range(5):
            kill(name)
            awaited(driven, asyncio.sleep(0))  # a loop hears of it when it next looks
            assert answers_its_own(driven, number)


def kill(name: str) -> None:
    """Let the server close the connections of that name."""
    with shared.redis().client() as asking:
        clients: Any = asking.client_list()
        for one in clients:
            if one["name"] == name:
                asking.client_kill_filter(_id=one["id"])


@pytest.mark.parametrize("kind", ALONE)
def test_a_connection_that_says_nothing_of_its_health_is_replaced(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``health_check_interval`` finds those over which nothing comes back any more."""
    for module in (links, aiolinks):
        monkeypatch.setattr(module, "IDLE", -1.0)
    with proxy_to(str(shared.redis().socket)) as proxy:
        proxy.harmless = lambda sent: b"PING" not in sent
        options = f"socket_timeout=0.5&health_check_interval=1&prefix={shared.prefix()}"
        with opened(f"redis://127.0.0.1:{proxy.port}?{options}", kind) as driven:
            driven.admit()
            proxy.set(Fault.BLACK_HOLE, times=1)
            before, clock = proxy.requests, time.monotonic
            monkeypatch.setattr(time, "monotonic", lambda: clock() + 2)  # the next check is due
            driven.admit()
            assert proxy.requests > before
            assert driven.failures() == 2


@pytest.mark.parametrize("kind", ALONE)
def test_a16_a_reply_that_comes_too_late_answers_nobody_else(kind: str) -> None:
    """The server did as it was told, and its reply is still on the way when nobody waits any more."""
    with proxy_to(str(shared.redis().socket)) as proxy:
        url = f"redis://127.0.0.1:{proxy.port}?socket_timeout=0.5&prefix={shared.prefix()}"
        with opened(url, kind) as driven:
            driven.admit()
            proxy.set(Fault.STALLED, times=1)
            with pytest.raises(StorageError, match=r"^redis: TimeoutError$"):
                driven.execute(*own(1))
            assert [driven.execute(*own(number)) for number in (2, 3)] == [answer(2), answer(3)]


@pytest.mark.parametrize("kind", ["event loop", "event loop, Cluster"])
def test_a16_a_call_that_was_cancelled_poisons_no_connection(kind: str) -> None:
    """At whichever step it is cancelled, the next one gets its own answer."""
    store: Any = store_over(kind, client(kind))

    async def story() -> int:
        await store.execute(own(0))
        for steps in range(1, 500):
            task = asyncio.ensure_future(store.execute(own(steps)))
            for _ in range(steps):
                await asyncio.sleep(0)
            if not task.cancel():
                return steps
            with suppress(asyncio.CancelledError):
                await task
            assert await store.execute(own(1_000 + steps)) == answer(1_000 + steps)
        return 500

    async def told() -> int:
        try:
            return await story()
        finally:
            await store.aclose()

    assert asyncio.run(told()) < 500


# Processes


def test_under_another_process_number_the_connections_of_before_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fork copies them, and the parent goes on using them."""
    name = shared.prefix()
    with running(store_over("threads", client("threads", client_name=name))) as driven:
        driven.one(attempt())
        before = numbers_of(name)
        monkeypatch.setattr(os, "getpid", lambda: 0)
        driven.one(attempt())
        assert numbers_of(name) - before


def numbers_of(name: str) -> set[object]:
    """Return the server's numbers for the connections of that name."""
    with shared.redis().client() as asking:
        clients: Any = asking.client_list()
    return {one["id"] for one in clients if one["name"] == name}


FORKING = """
import os, sys
from authguard_core.counting.ops import PutOnce, Stored, Take, Taken
from authguard_redis import open_storage

store = open_storage(sys.argv[1])

def answers_its_own(who):
    for number in range(50):
        name, data = b"group " + who + b"%17d" % number, who + b"%d" % number
        if store.execute([PutOnce(name, data, 60_000), Take(name)]) != [Stored(True), Taken(data)]:
            return False
    return True

answers_its_own(b"0")
children = [who for who in (b"1", b"2", b"3")]
pids = []
for who in children:
    pid = os.fork()
    if not pid:
        os._exit(7 if answers_its_own(who) else 1)
    pids.append(pid)
assert answers_its_own(b"4")
assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [7, 7, 7]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't fork")
@pytest.mark.parametrize("clustered", [False, True], ids=["one server", "Cluster"])
def test_forked_processes_get_answers_of_their_own(*, clustered: bool) -> None:
    """As the workers of a server that loads the application, and uses its store, before it forks."""
    server = shared.cluster() if clustered else shared.redis()
    url = f"{server.url}?prefix={shared.prefix()}"
    subprocess.run([sys.executable, "-c", FORKING, url], check=True, timeout=60)
