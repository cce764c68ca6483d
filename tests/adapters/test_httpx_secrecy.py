"""Claims about what can be seen of a password that is looked up: nothing, wherever one looks."""

import asyncio
import logging
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping

import anyio
import anyio.to_thread
import httpcore
import pytest

from authguard_core.passwords import Exposure
from authguard_httpx import AsyncPwnedPasswords, OnFailure, PwnedPasswords
from tests.adapters.range_client import FLAVOURS, Asker, closed_port
from tests.adapters.range_server import (
    Behaviour,
    RangeServer,
    answer,
    digest,
    dripping,
    holding,
    listing,
    refusing,
    sending,
    serving_ranges,
    target_of,
)

CANARY = "walnut copper quartz ribbon"
DIGEST = digest(CANARY)
TELLING = (CANARY, *CANARY.split(), DIGEST, DIGEST.lower(), DIGEST[:5], DIGEST[5:], DIGEST[5:].lower())
SHORT = 0.25
ASYNC_LOGGERS = ("asyncio", "httpx", "httpcore", "authguard")


def assert_nothing_told(shown: str) -> None:
    assert [part for part in TELLING if part in shown] == []


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that any logger says at DEBUG, arguments and tracebacks included."""
    for name in (None, *ASYNC_LOGGERS):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.handler.setLevel(logging.DEBUG)

    def everything() -> str:
        return (
            "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records) + caplog.text
        )

    return everything


@pytest.fixture
def server() -> Iterator[RangeServer]:
    with serving_ranges(listing(CANARY)) as running:
        yield running


@pytest.fixture(params=FLAVOURS, ids=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> type[PwnedPasswords | AsyncPwnedPasswords]:
    found: type[PwnedPasswords | AsyncPwnedPasswords] = request.param
    return found


def echoing(shape: bytes) -> Behaviour:
    """Repeat the path that was asked for, somewhere in the answer."""
    return lambda connection, request: connection.sendall(shape.replace(b"@", target_of(request).encode()))


ENDLESS = {"held", "dripping"}
BEHAVIOURS: dict[str, Behaviour] = {
    "listed": listing(CANARY),
    "not listed": listing(),
    "closed": refusing,
    "held": holding,
    "dripping": dripping(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"),
    "echo in a redirect": echoing(b"HTTP/1.1 302 Found\r\nLocation: @\r\nContent-Length: 0\r\n\r\n"),
    "echo in an outage": echoing(b"HTTP/1.1 500 Oops @\r\nContent-Length: 0\r\n\r\n"),
    "echo in garbage": echoing(b"I don't know @\r\n\r\n"),
    "echo in a broken header": echoing(b"HTTP/1.1 200 OK\r\n@\r\n\r\n"),
    "echo in the body": echoing(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n@"),
    "suffix in garbage": sending(DIGEST[5:].encode() + b"\r\n\r\n"),
    "suffix in a broken list": sending(answer(DIGEST[5:].encode() + b":1\r\n<p>")),
}


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a82_no_log_shows_anything_of_a_password(
    flavour: type[PwnedPasswords | AsyncPwnedPasswords],
    server: RangeServer,
    heard: Callable[[], str],
    name: str,
) -> None:
    """With every logger at DEBUG: neither the password nor a part of its hash, though servers repeat it."""
    server.behave = BEHAVIOURS[name]
    Asker(flavour, server.url, timeout=SHORT if name in ENDLESS else 30)(CANARY)
    assert len(server.requests) == 1
    assert_nothing_told(heard())


def test_a82_no_log_shows_anything_where_nobody_listens(
    flavour: type[PwnedPasswords | AsyncPwnedPasswords], heard: Callable[[], str]
) -> None:
    """And something was logged, so the looking isn't in vain."""
    Asker(flavour, f"http://127.0.0.1:{closed_port()}")(CANARY)
    assert "ConnectError" in heard()
    assert_nothing_told(heard())


def test_a82_no_log_shows_anything_on_the_way_through_a_proxy(
    flavour: type[PwnedPasswords | AsyncPwnedPasswords], server: RangeServer, heard: Callable[[], str]
) -> None:
    """Where the whole address is the path, and the proxy repeats it in an error."""
    server.behave = echoing(b"HTTP/1.1 502 No @\r\nX: @\r\nContent-Length: 0\r\n\r\n")
    Asker(flavour, "http://127.0.0.1:9", proxy=server.url)(CANARY)
    assert DIGEST[:5] in server.heads[0]
    assert_nothing_told(heard())


def test_other_users_of_the_transport_are_heard(server: RangeServer, heard: Callable[[], str]) -> None:
    """Only look-ups are silent, and only while they run."""
    Asker(PwnedPasswords, server.url)(CANARY)
    with httpcore.ConnectionPool() as pool:
        pool.request("GET", f"{server.url}/range/00000")
    assert "send_request_headers.started" in heard()


def test_a_look_up_is_silent_for_its_own_task_only(server: RangeServer, heard: Callable[[], str]) -> None:
    """While one is held by its server, another user of the transport on the same event loop is heard."""
    server.behave = holding
    client = AsyncPwnedPasswords(**Asker.defaults(server.url))

    async def both() -> None:
        with serving_ranges(listing()) as other:
            async with httpcore.AsyncConnectionPool() as pool, anyio.create_task_group() as tasks:
                tasks.start_soon(client.lookup, CANARY)
                await anyio.to_thread.run_sync(server.asked.wait)
                await pool.request("GET", f"{other.url}/range/00000")
                tasks.cancel_scope.cancel()

    anyio.run(both)
    assert "send_request_headers.started" in heard()
    assert_nothing_told(heard())


def test_a82_no_repr_shows_anything_of_a_password(
    flavour: type[PwnedPasswords | AsyncPwnedPasswords], server: RangeServer
) -> None:
    """Of the look-up, and of whatever it holds, after it has kept an answer."""
    asker = Asker(flavour, server.url)
    asker(CANARY)
    assert_nothing_told("".join(repr(value) for value in [asker.client, *vars(asker.client).values()]))


def told(error: BaseException) -> str:
    """What a collector of errors sees of an error and those behind it, but for this file's own frames."""
    seen = traceback.TracebackException.from_exception(error, capture_locals=True)
    return told_by(seen)


def told_by(seen: traceback.TracebackException | None) -> str:
    if seen is None:
        return ""
    frames = [f"{frame.line} {frame.locals}" for frame in seen.stack if frame.filename != __file__]
    return "".join(
        [*seen.format_exception_only(), *frames, told_by(seen.__cause__), told_by(seen.__context__)]
    )


@pytest.mark.anyio
async def test_a82_a_cancelled_look_up_shows_nothing_in_its_traceback(server: RangeServer) -> None:
    """The error that leaves it has seen no frame with a request in it, not even with local variables."""
    server.behave = holding
    asyncio.get_running_loop().set_debug(True)
    client = AsyncPwnedPasswords(**Asker.defaults(server.url))
    task = asyncio.create_task(client.lookup(CANARY))
    await asyncio.to_thread(server.asked.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await task
    assert_nothing_told(told(cancelled.value))


class InterruptError(BaseException):
    """What a signal's handler may raise anywhere."""


def interrupt(*_: object) -> None:
    raise InterruptError


def test_a82_an_interrupted_look_up_shows_nothing_in_its_traceback(server: RangeServer) -> None:
    """A signal whose handler raises, as Ctrl-C does, while the look-up waits for the answer."""
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals are handled in the main thread alone")
    me = threading.get_ident()

    def signalling(connection: socket.socket, request: bytes) -> None:
        signal.pthread_kill(me, signal.SIGUSR1)
        holding(connection, request)

    server.behave = signalling
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(InterruptError) as interrupted:
            PwnedPasswords(**Asker.defaults(server.url)).lookup(CANARY)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert_nothing_told(told(interrupted.value))


class Broken:
    """A list that is interrupted while it looks."""

    def rank(self, _word: str) -> int | None:
        raise InterruptError


def walked(value: object) -> str:
    """What a collector shows that walks through collections of any class."""
    if isinstance(value, Mapping):
        return walked([*value.items()])
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "".join(map(walked, value))
    return repr(value)


def test_a82_a_broken_offline_list_shows_nothing_in_its_traceback(
    flavour: type[PwnedPasswords | AsyncPwnedPasswords], server: RangeServer
) -> None:
    """What it raises is raised on without the frames that held the password; the others hide it."""
    server.behave = refusing
    asker = Asker(flavour, server.url, on_failure=OnFailure.OFFLINE, offline=Broken())
    with pytest.raises(InterruptError) as failure:
        asker(CANARY)
    frames = traceback.extract_tb(failure.value.__traceback__)
    assert "rank" not in [frame.name for frame in frames]
    kept = [frame.f_locals for frame, _ in traceback.walk_tb(failure.value.__traceback__)]
    mine = [names for names in kept if "known" in names or "question" in names]
    assert mine
    assert_nothing_told(repr(mine) + walked(mine))


def test_the_canary_is_looked_up_by_what_is_looked_for(server: RangeServer) -> None:
    """The claims above look for the right thing: this prefix is asked for, and this suffix is listed."""
    assert Asker(PwnedPasswords, server.url)(CANARY) is Exposure.BREACHED
    assert DIGEST[:5] in server.heads[0]
