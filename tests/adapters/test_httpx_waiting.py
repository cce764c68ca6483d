"""Claims about what a look-up waits for before it is connected: names, addresses, and its turn."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import anyio
import anyio.to_thread
import pytest

from authguard_core.passwords import Exposure
from authguard_httpx import AsyncPwnedPasswords, PwnedPasswords
from authguard_httpx.desk import MAX_CONNECTIONS
from tests.adapters.range_client import FLAVOURS, Asker
from tests.adapters.range_server import RangeServer, holding, listing, serving_ranges

PASSWORD = "thistle saffron quartz ribbon"
SHORT = 0.25
"""A deadline for what would never end."""
Ask = Callable[..., Asker]


@pytest.fixture
def server() -> Iterator[RangeServer]:
    with serving_ranges(listing(PASSWORD)) as running:
        yield running


@pytest.fixture(params=FLAVOURS, ids=["sync", "async"])
def ask(request: pytest.FixtureRequest, server: RangeServer) -> Ask:
    """Make a look-up of either flavour at the server."""

    def make(base_url: str = server.url, **more: object) -> Asker:
        return Asker(request.param, base_url, **more)

    return make


@pytest.mark.parametrize(
    "host", ["no-such-host.invalid", f"{'a' * 64}.example"], ids=["unknown", "impossible"]
)
def test_a_name_that_nobody_resolves_is_a_failure(ask: Ask, host: str) -> None:
    """Whether the resolver says so or can't even ask."""
    assert ask(base_url=f"https://{host}")(PASSWORD) is Exposure.UNKNOWN


def test_a_resolver_that_hangs_is_left_at_the_deadline(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Resolving a name has no time-out of its own, and what it says when all is over disturbs nobody."""
    before = set(threading.enumerate())
    resolver = HangingResolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    assert ask(base_url="https://slow.example", timeout=SHORT)(PASSWORD) is Exposure.UNKNOWN
    resolver.let_go.set()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert resolver.was_let_go.result(timeout=0)
    assert ["Timeout" in record.getMessage() for record in caplog.records] == [True]


def test_a_resolver_that_hangs_takes_no_thread_of_the_event_loop(
    server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a single thread in its pool the application's own work runs before the resolver has given up."""
    resolver = HangingResolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    where = f"http://localhost:{server.port}"
    client = AsyncPwnedPasswords(**{**Asker.defaults(where), "timeout": SHORT})

    async def work() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        assert await client.lookup(PASSWORD) is Exposure.UNKNOWN
        await asyncio.to_thread(resolver.let_go.set)

    asyncio.run(work())
    assert resolver.was_let_go.result(timeout=10)


class HangingResolver:
    """Stands in for ``socket.getaddrinfo``, once: knows nothing until it is let go, or gives up at last."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.was_let_go: Future[bool] = Future()

    def __call__(self, _host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.was_let_go.set_result(self.let_go.wait(5))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@contextmanager
def silent(port: int) -> Iterator[str]:
    """An address of this machine where a port is open and never answers: its queue is full."""
    address = "127.0.0.2"
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        try:
            listening.bind((address, port))
        except OSError:
            pytest.skip(f"this system has no address {address}")
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield address


def at_addresses(monkeypatch: pytest.MonkeyPatch, port: int, *addresses: str) -> None:
    """Give these addresses to the name ``localhost``, and leave the rest to the resolver."""
    resolve: Callable[..., Any] = socket.getaddrinfo
    several = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def answer_to(host: str | bytes, *rest: object, **more: object) -> object:
        return several if host in {"localhost", b"localhost"} else resolve(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer_to)


def test_an_address_that_never_answers_leaves_time_for_the_next(
    ask: Ask, server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of a name's addresses gets its share of the deadline."""
    with silent(server.port) as mute:
        at_addresses(monkeypatch, server.port, mute, "127.0.0.1")
        asker = ask(base_url=f"http://localhost:{server.port}", timeout=2)
        assert asker(PASSWORD) is Exposure.BREACHED


def test_addresses_that_all_never_answer_are_left_at_the_deadline(
    ask: Ask, server: RangeServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However many they are, and though each gets a quarter of a second at least."""
    with silent(server.port) as mute:
        at_addresses(monkeypatch, server.port, *[mute] * 100)
        asker = ask(base_url=f"http://localhost:{server.port}", timeout=SHORT)
        assert asker(PASSWORD) is Exposure.UNKNOWN
    assert server.requests == []
    assert "Timeout" in caplog.text


def test_waiting_for_a_connection_is_part_of_the_deadline(
    server: RangeServer, caplog: pytest.LogCaptureFixture
) -> None:
    """More look-ups at once than there may be connections, and none of them ever answered: all end."""
    server.behave = holding
    client = AsyncPwnedPasswords(**{**Asker.defaults(server.url), "timeout": SHORT})
    found: list[Exposure] = []

    async def one(number: int) -> None:
        found.append(await client.lookup(f"password {number}"))

    async def all_of_them() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(30):
                tasks.start_soon(one, number)

    anyio.run(all_of_them)
    assert found == [Exposure.UNKNOWN] * 30
    assert caplog.text.count("Timeout") == 30


class Crowd:
    """Look-ups that take all the connections there may be, until they are let go and answered in time."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self.let_go = threading.Event()

    def behave(self, connection: socket.socket, request: bytes) -> None:
        """Keep somebody waiting for an answer."""
        self.arrived.release()
        self.let_go.wait(10)
        listing(PASSWORD)(connection, request)

    def wait(self) -> None:
        """Wait until all of them are there."""
        assert all(self.arrived.acquire(timeout=10) for _ in range(MAX_CONNECTIONS))


def test_a_crowd_of_threads_is_no_outage(server: RangeServer, caplog: pytest.LogCaptureFixture) -> None:
    """Who gets no turn has failed alone: those before are answered, and those after ask."""
    crowd = Crowd()
    server.behave = crowd.behave
    client = PwnedPasswords(**{**Asker.defaults(server.url), "timeout": 4, "pause": 60})
    with ThreadPoolExecutor(MAX_CONNECTIONS) as threads:
        others = [threads.submit(client.lookup, f"password {number}") for number in range(MAX_CONNECTIONS)]
        crowd.wait()
        assert client.lookup(PASSWORD) is Exposure.UNKNOWN
        crowd.let_go.set()
    assert {other.result() for other in others} == {Exposure.CLEAR}
    assert client.lookup(PASSWORD) is Exposure.BREACHED
    (record,) = caplog.records
    assert "(PoolTimeout). It and the next 0 s" in record.getMessage()


@pytest.mark.anyio
async def test_a_crowd_of_tasks_is_no_outage(server: RangeServer, caplog: pytest.LogCaptureFixture) -> None:
    """The same for tasks."""
    crowd = Crowd()
    server.behave = crowd.behave
    client = AsyncPwnedPasswords(**{**Asker.defaults(server.url), "timeout": 4, "pause": 60})
    found: list[Exposure] = []

    async def one(number: int) -> None:
        found.append(await client.lookup(f"password {number}"))

    async with anyio.create_task_group() as tasks:
        for number in range(MAX_CONNECTIONS):
            tasks.start_soon(one, number)
        await anyio.to_thread.run_sync(crowd.wait)
        assert await client.lookup(PASSWORD) is Exposure.UNKNOWN
        crowd.let_go.set()
    assert found == [Exposure.CLEAR] * MAX_CONNECTIONS
    assert await client.lookup(PASSWORD) is Exposure.BREACHED
    (record,) = caplog.records
    assert "(PoolTimeout). It and the next 0 s" in record.getMessage()
