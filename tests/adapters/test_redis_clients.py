"""Claims about the clients that a store is given, and the prefix of its keys."""

import asyncio
import gc
import importlib
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from authguard_core import ConfigurationError
from authguard_core.counting.ops import Admitted
from authguard_core.testing.suite.lab import ACCOUNT, Lab
from authguard_redis import AsyncRedisStorage, RedisStorage, open_async_storage, open_storage
from tests.adapters.redis_stores import ALONE, KINDS, awaited, client, running, store_over
from tests.adapters.redis_world import attempt
from tests.servers import shared


def connections(name: str) -> int:
    """Return how many connections of that name the server sees."""
    with shared.redis().client() as asking:
        clients: Any = asking.client_list()
    return sum(one["name"] == name for one in clients)


def test_without_redis_py_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra."""
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "authguard_redis.backend", raising=False)
    with pytest.raises(ImportError, match=r'pip install "authguard\[redis\]"'):
        importlib.import_module("authguard_redis.backend")


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_of_the_application_is_taken_as_it_is(kind: str) -> None:
    """And what the store prints names its prefix alone."""
    store = store_over(kind, client(kind), prefix="mine")
    assert repr(store) in {"<RedisStorage: mine:1:>", "<AsyncRedisStorage: mine:1:>"}
    with running(store_over(kind, client(kind))) as lab:
        assert lab.admitted(ACCOUNT, of=7) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_makes_its_client_when_it_is_first_needed(kind: str) -> None:
    """Once, however many ask for it at the same moment."""
    made: list[Any] = []

    def make() -> Any:  # noqa: ANN401 - the driver's clients have no common type
        made.append(client(kind))
        return made[-1]

    with running(store_over(kind, make)) as lab:
        assert made == []
        lab.store.at_once([[attempt()] for _ in range(20)])
        assert len(made) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_that_decodes_responses_is_refused(kind: str) -> None:
    """When the store is made, or else when the function has made its client."""
    decoding = client(kind, decode_responses=True)
    with pytest.raises(ConfigurationError, match=r"client: got 'decode_responses=True'"):
        store_over(kind, decoding)
    with (
        running(store_over(kind, lambda: decoding)) as lab,
        pytest.raises(ConfigurationError, match="decode_responses"),
    ):
        lab.ask(ACCOUNT)


@pytest.mark.parametrize("prefix", ["", "a b", "a{b", "a}b", "a*", "a?", "a[b", "a]b", "a\n", "ä", "\x7f"])
@pytest.mark.parametrize("made", [RedisStorage, AsyncRedisStorage])
def test_a_prefix_that_would_not_stay_one_is_refused(made: Callable[..., object], prefix: str) -> None:
    """Braces choose a Cluster's node, and glob signs and blanks belong to no plain name."""
    with pytest.raises(ConfigurationError, match=r"^prefix: got "):
        made(dict, prefix=prefix)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", ["client", "function"])
def test_a_closed_store_opens_new_connections_if_it_is_asked_again(kind: str, by: str) -> None:
    """And has none in between."""
    name = shared.prefix()
    given = client(kind, client_name=name) if by == "client" else lambda: client(kind, client_name=name)
    with running(store_over(kind, given)) as lab:
        for _ in range(2):
            assert isinstance(lab.ask(ACCOUNT), Admitted)
            close(lab)
            assert connections(name) == 0
        close(lab)


def close(lab: Lab) -> None:
    """Close a store of either kind."""
    store: Any = lab.store.store
    awaited(lab, (store.close if isinstance(store, RedisStorage) else store.aclose)())


@pytest.mark.parametrize("kind", ALONE)
def test_a_context_closes_its_store(kind: str) -> None:
    """The server sees no connection of it afterwards."""
    name = shared.prefix()
    store: Any = store_over(kind, client(kind, client_name=name))

    async def story() -> None:
        async with store as entered:
            await entered.execute([attempt()])
            assert connections(name) == 1

    if kind == "threads":
        with store as entered:
            entered.execute([attempt()])
            assert connections(name) == 1
    else:
        asyncio.run(story())
    assert connections(name) == 0


# Event loops


def test_each_event_loop_has_a_client_of_its_own() -> None:
    """Loops that run side by side, in threads, share the counters and nothing else."""
    made: list[Any] = []

    def make() -> Any:  # noqa: ANN401 - the driver's clients have no common type
        made.append(client("event loop"))
        return made[-1]

    store = AsyncRedisStorage(make, prefix=shared.prefix())
    barrier, results = threading.Barrier(4), list[Any]()

    async def story() -> None:
        barrier.wait()
        results.extend(await asyncio.gather(*[store.execute([attempt()]) for _ in range(10)]))
        await store.aclose()

    threads = [threading.Thread(target=asyncio.run, args=(story(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert sum(isinstance(result, Admitted) for (result,) in results) == 5


async def count(store: AsyncRedisStorage) -> None:
    """Ask a store on the loop that runs."""
    await store.execute([attempt()])


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_loops_that_are_over_keep_no_connections() -> None:
    """Though nobody closed them there: a framework may run each request on a loop of its own."""
    name = shared.prefix()
    store = AsyncRedisStorage(lambda: client("event loop", client_name=name), prefix=shared.prefix())
    for _ in range(10):
        asyncio.run(count(store))
        gc.collect()
    assert connections(name) <= 2
    asyncio.run(store.aclose())
    del store
    gc.collect()


@pytest.mark.parametrize("kind", ["event loop", "event loop, Cluster"])
def test_one_client_for_two_event_loops_is_refused(kind: str) -> None:
    """Its connections belong to the first: the message says to hand a function over."""
    store = store_over(kind, client(kind))

    async def story() -> None:
        await store.execute([attempt()])
        with pytest.raises(ConfigurationError, match="a function that makes a client for each"):
            await asyncio.to_thread(lambda: asyncio.run(count(store)))
        await store.aclose()

    asyncio.run(story())


def test_threads_and_event_loops_count_in_one_counter() -> None:
    """With clients, functions and URLs."""
    prefix = shared.prefix()
    url = f"{shared.redis().url}?prefix={prefix}"
    stores = [store_over(kind, client(kind), prefix=prefix) for kind in ALONE]
    stores += [open_storage(url), open_async_storage(url)]
    results: list[object] = []
    for store in stores:
        with running(store) as lab:
            results += [lab.one(attempt()) for _ in range(2)]
    assert [isinstance(result, Admitted) for result in results] == [True] * 5 + [False] * 3
