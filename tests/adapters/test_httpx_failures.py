"""Claims about look-ups that fail: they end, they never raise, and what they say is what was chosen."""

import gzip
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import anyio.to_thread
import pytest

from authguard_core.passwords import Exposure
from authguard_httpx import AsyncPwnedPasswords, OnFailure
from tests.adapters.range_client import FLAVOURS, Asker, closed_port
from tests.adapters.range_server import (
    HEAD,
    Behaviour,
    RangeServer,
    answer,
    digest,
    dripping,
    flooding,
    holding,
    listing,
    refusing,
    rows,
    sending,
    serving_ranges,
)
from tests.adapters.support import Clock

PASSWORD = "thistle saffron quartz ribbon"
BODY = rows({digest(PASSWORD)[5:]: 42})
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(50_000_000))
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


MISBEHAVIOURS: dict[str, tuple[Behaviour, str]] = {
    "500": (sending(answer(BODY, status=b"500 Oops")), "UnexpectedStatusError"),
    "404": (sending(answer(b"", status=b"404 Not Found")), "UnexpectedStatusError"),
    "429": (sending(answer(BODY, status=b"429 Slow Down")), "UnexpectedStatusError"),
    "no content": (sending(b"HTTP/1.1 204 None\r\n\r\n"), "UnexpectedStatusError"),
    "switching": (sending(b"HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n"), "RemoteProtocolError"),
    "HTML": (sending(answer(b"<!DOCTYPE html><title>Hotel</title>")), "PwnedResponseError"),
    "nothing": (sending(answer(b"")), "PwnedResponseError"),
    "a length too short": (sending(HEAD + b"Content-Length: 99\r\n\r\n" + BODY), "PwnedResponseError"),
    "a length too long": (sending(HEAD + b"Content-Length: 99999\r\n\r\n" + BODY), "RemoteProtocolError"),
    "two lengths": (sending(answer(BODY, b"Content-Length: 7")), "RemoteProtocolError"),
    "no length": (sending(HEAD + b"\r\n" + BODY), "UnframedAnswerError"),
    "HTTP/1.0": (sending(b"HTTP/1.0 200 OK\r\n\r\n" + BODY), "UnframedAnswerError"),
    "closed in the body": (sending(answer(BODY)[:-9]), "RemoteProtocolError"),
    "closed in a chunk": (sending(CHUNKED + b"FF\r\n" + BODY[:99]), "RemoteProtocolError"),
    "closed after a chunk": (sending(CHUNKED + b"%X\r\n%b\r\n" % (len(BODY), BODY)), "RemoteProtocolError"),
    "closed in the head": (sending(HEAD), "RemoteProtocolError"),
    "closed at once": (refusing, "RemoteProtocolError"),
    "garbage": (sending(b"\x16\x03\x01 what?\r\n\r\n"), "RemoteProtocolError"),
    "a head without end": (flooding(HEAD, b"X: " + b"x" * 9_000 + b"\r\n"), "RemoteProtocolError"),
    "too large": (sending(answer(rows({}, 20_000))), "OversizedAnswerError"),
    "without end": (
        flooding(CHUNKED, b"%X\r\n%b\r\n" % (len(BODY), BODY)),
        "OversizedAnswerError",
    ),
    "a gzip bomb": (sending(answer(BOMB, b"Content-Encoding: gzip")), "EncodedAnswerError"),
    "a gzip bomb that doesn't say so": (sending(answer(BOMB)), "PwnedResponseError"),
}


@pytest.mark.parametrize(("behave", "reason"), MISBEHAVIOURS.values(), ids=MISBEHAVIOURS.keys())
def test_what_is_not_a_whole_answer_is_a_failure(
    ask: Ask, server: RangeServer, caplog: pytest.LogCaptureFixture, behave: Behaviour, reason: str
) -> None:
    """It is never taken for a list without the password, and the log names the class of the error alone."""
    server.behave = behave
    assert ask()(PASSWORD) is Exposure.UNKNOWN
    assert len(server.requests) == 1
    (record,) = caplog.records
    assert (record.name, record.levelno, record.exc_info) == ("authguard", logging.WARNING, None)
    assert f"({reason})" in record.getMessage()


def test_a_redirect_is_not_followed(ask: Ask, server: RangeServer) -> None:
    """Where it leads, nobody hears of the password."""
    with serving_ranges(listing(PASSWORD)) as elsewhere:
        place = f"Location: {elsewhere.url}/range/{digest(PASSWORD)[:5]}".encode()
        for status in (b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"):
            server.behave = sending(answer(b"", place, status=status))
            assert ask()(PASSWORD) is Exposure.UNKNOWN
        assert elsewhere.requests == []


def test_a_refused_connection_is_a_failure(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listens there."""
    assert ask(base_url=f"http://127.0.0.1:{closed_port()}")(PASSWORD) is Exposure.UNKNOWN
    assert "(ConnectError)" in caplog.text


def test_a_limit_on_the_answer_is_exact(ask: Ask) -> None:
    """An answer of the most bytes is read, one of a byte more isn't."""
    assert ask(max_bytes=len(BODY))(PASSWORD) is Exposure.BREACHED
    assert ask(max_bytes=len(BODY) - 1)(PASSWORD) is Exposure.UNKNOWN


ENDLESS: dict[str, Behaviour] = {
    "no answer": holding,
    "status line": dripping(b"HTTP/1.1 2", b"0"),
    "headers": dripping(HEAD, b"X: x\r\n"),
    "interim answers": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a flood of interim answers": flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "body": dripping(HEAD + b"Content-Length: 9999\r\n\r\n", b"0"),
    "chunks": dripping(CHUNKED, b"1\r\n0\r\n"),
    "chunk length": dripping(CHUNKED, b"0"),
}


@pytest.mark.parametrize("behave", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_server_that_is_slow_anywhere_is_left_at_the_deadline(
    ask: Ask, server: RangeServer, caplog: pytest.LogCaptureFixture, behave: Behaviour
) -> None:
    """However often a little more comes: one deadline holds for all of it, and the server sees it go."""
    left = threading.Event()

    def until_left(connection: socket.socket, request: bytes) -> None:
        try:
            behave(connection, request)
            connection.settimeout(5)
            assert connection.recv(1) == b""
        except ConnectionError:
            pass  # the client has gone
        left.set()

    server.behave = until_left
    assert ask(timeout=SHORT)(PASSWORD) is Exposure.UNKNOWN
    assert "Timeout" in caplog.text
    server.close()
    assert left.is_set()


def test_a_handshake_that_never_ends_is_left_at_the_deadline(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """Connected isn't yet answered."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        where = f"https://127.0.0.1:{mute.getsockname()[1]}"
        assert ask(base_url=where, timeout=SHORT)(PASSWORD) is Exposure.UNKNOWN
    assert "Timeout" in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("behave", ENDLESS.values(), ids=ENDLESS.keys())
async def test_a_look_up_can_be_cancelled(server: RangeServer, behave: Behaviour) -> None:
    """A request that ends takes its look-up with it, and that is no failure of the service."""
    server.behave = behave
    client = AsyncPwnedPasswords(**{**Asker.defaults(server.url), "pause": 60})
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(client.lookup, PASSWORD)
        await anyio.to_thread.run_sync(server.asked.wait)
        tasks.cancel_scope.cancel()
    server.behave = listing(PASSWORD)
    assert await client.lookup(PASSWORD) is Exposure.BREACHED


@pytest.mark.anyio
async def test_a_look_up_can_be_cancelled_in_its_handshake(caplog: pytest.LogCaptureFixture) -> None:
    """The scope that was cancelled catches the cancellation, and the connection is closed."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        where = f"https://127.0.0.1:{mute.getsockname()[1]}"
        client = AsyncPwnedPasswords(**Asker.defaults(where))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.lookup, PASSWORD)
            connection, _ = await anyio.to_thread.run_sync(mute.accept)
            tasks.cancel_scope.cancel()
        connection.settimeout(5)
        with connection, connection.makefile("rb") as greeting:
            greeting.read()  # to its end, which is where the client closed
    assert caplog.records == []


class Words:
    """A list of passwords."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def rank(self, word: str) -> int | None:
        return self.words.index(word) if word in self.words else None


MODES: dict[str, tuple[dict[str, Any], Exposure]] = {
    "skip": ({"on_failure": OnFailure.SKIP}, Exposure.UNKNOWN),
    "block": ({"on_failure": OnFailure.BLOCK}, Exposure.UNCHECKED),
    "listed": ({"on_failure": OnFailure.OFFLINE, "offline": Words(PASSWORD)}, Exposure.BREACHED),
    "unlisted": ({"on_failure": OnFailure.OFFLINE, "offline": Words("qwerty")}, Exposure.UNKNOWN),
}


@pytest.mark.parametrize(("how", "exposure"), MODES.values(), ids=MODES.keys())
def test_what_a_failure_means_is_chosen(
    ask: Ask, server: RangeServer, how: dict[str, Any], exposure: Exposure
) -> None:
    """At the failure itself, and during the pause after it."""
    server.behave = refusing
    asker = ask(pause=60, **how)
    assert [asker(PASSWORD), asker(PASSWORD)] == [exposure] * 2
    assert len(server.requests) == 1


class Broken:
    """A list whose file has gone."""

    def rank(self, word: str) -> int | None:
        raise OSError(f"can't look for {word}")


def test_a_list_that_fails_knows_no_password(
    ask: Ask, server: RangeServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A look-up doesn't raise because of it; the log has the class of its error and nothing else of it."""
    server.behave = refusing
    assert ask(on_failure=OnFailure.OFFLINE, offline=Broken())(PASSWORD) is Exposure.UNKNOWN
    _, record = caplog.records
    assert (record.name, record.levelno, record.exc_info) == ("authguard", logging.WARNING, None)
    assert "offline list" in record.getMessage()
    assert "(OSError)" in record.getMessage()
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("how", [how for how, _ in MODES.values()], ids=MODES.keys())
def test_while_the_service_answers_it_alone_decides(
    ask: Ask, server: RangeServer, how: dict[str, Any]
) -> None:
    """No mode has a say in what was answered: neither to refuse nor to accept."""
    server.behave = listing("another")
    asker = ask(**how)
    assert [asker(PASSWORD), asker("another")] == [Exposure.CLEAR, Exposure.BREACHED]


def test_after_a_failure_the_service_is_left_alone_for_a_while(ask: Ask, server: RangeServer) -> None:
    """It isn't asked before the pause is over, and then it is believed again."""
    clock = Clock()
    asker = ask(pause=5, clock=clock)
    server.behave = refusing
    asker(PASSWORD)
    server.behave = listing(PASSWORD)
    clock.advance(4.9)
    assert asker(PASSWORD) is Exposure.UNKNOWN
    assert len(server.requests) == 1
    clock.advance(0.1)
    assert asker(PASSWORD) is Exposure.BREACHED


def test_a_pause_is_logged_once(ask: Ask, server: RangeServer, caplog: pytest.LogCaptureFixture) -> None:
    """One warning for each failure says how long the mode answers, and look-ups in the pause add none."""
    server.behave = refusing
    asker = ask(pause=60, on_failure=OnFailure.BLOCK)
    for _ in range(3):
        asker(PASSWORD)
    (record,) = caplog.records
    assert "60 s" in record.getMessage()
    assert "on_failure=block" in record.getMessage()


def test_a_kept_answer_is_good_in_a_pause_too(ask: Ask, server: RangeServer) -> None:
    """What is known needs no service."""
    asker = ask(pause=60)
    asker(PASSWORD)
    server.behave = refusing
    assert asker("another") is Exposure.UNKNOWN
    assert asker(PASSWORD) is Exposure.BREACHED


def test_a_failure_is_not_kept(ask: Ask, server: RangeServer) -> None:
    """As soon as the service answers again, so does the look-up."""
    asker = ask()
    for behave in (refusing, sending(answer(b"<html>")), sending(answer(BODY, status=b"500 Oops"))):
        server.behave = behave
        assert asker(PASSWORD) is Exposure.UNKNOWN
    server.behave = listing(PASSWORD)
    assert asker(PASSWORD) is Exposure.BREACHED
