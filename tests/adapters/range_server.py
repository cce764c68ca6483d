"""A server that speaks the range API's format over real sockets, and misbehaves as it is told to."""

import hashlib
import random
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from select import select

from tests.adapters.support import Clock

__all__ = ["Behaviour", "Clock", "RangeServer", "answer", "digest", "listing", "rows", "serving_ranges"]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
DRIPS = 1_000
BETWEEN_DRIPS = 0.01

Behaviour = Callable[[socket.socket, bytes], None]
"""What a server does with a connection and the head of the request that came over it."""


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def rows(listed: Mapping[str, int], most: int = 900) -> bytes:
    """The rows of a prefix, some suffixes among them, as the service sends them: padded and sorted, CRLF."""
    dice = random.Random(len(listed))
    others = {f"{dice.getrandbits(140):035X}": dice.choice((0, 1, 3, 77)) for _ in range(most)}
    return "\r\n".join(f"{suffix}:{count}" for suffix, count in sorted({**others, **listed}.items())).encode()


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole answer with its length."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join([*lines, b"", body])


def sending(data: bytes) -> Behaviour:
    """Send this to everybody, and close."""
    return lambda connection, _request: connection.sendall(data)


def listing(*passwords: str, count: int = 42) -> Behaviour:
    """Know these passwords."""

    def behave(connection: socket.socket, request: bytes) -> None:
        prefix = target_of(request).rpartition("/")[2]
        listed = {digest(each)[5:]: count for each in passwords if digest(each)[:5] == prefix}
        connection.sendall(answer(rows(listed)))

    return behave


def target_of(request: bytes) -> str:
    """What the request line asks for."""
    return request.split(b" ", 2)[1].decode()


def refusing(connection: socket.socket, _request: bytes) -> None:
    """Close without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def holding(connection: socket.socket, _request: bytes) -> None:
    """Say nothing until the client gives up."""
    connection.settimeout(DRIPS * BETWEEN_DRIPS)
    connection.recv(1)


def dripping(first: bytes, drop: bytes) -> Behaviour:
    """Send a little, and then a little more again and again, until the client gives up."""

    def behave(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(first)
        for _ in range(DRIPS):
            if select([connection], [], [], BETWEEN_DRIPS)[0]:
                return
            connection.sendall(drop)

    return behave


def flooding(first: bytes, more: bytes) -> Behaviour:
    """Send as much as the client takes."""

    def behave(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(more)

    return behave


class RangeServer:
    """Listens on a port of its own, and treats every connection as ``behave`` says."""

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.behave = behave
        self.requests: list[bytes] = []
        self.asked = threading.Event()
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def heads(self) -> list[str]:
        """What was asked, a text for each request."""
        return [request.decode() for request in self.requests]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=[connection]))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client may go at any time
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                request = head_from(connection)
                self.requests.append(request)
                self.asked.set()
                self.behave(connection, request)

    def close(self) -> None:
        """Stop listening, and wait until everybody has been served."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()


def head_from(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        received = connection.recv(65_536)
        if not received:
            break
        head += received
    return head


@contextmanager
def serving_ranges(behave: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[RangeServer]:
    """Run such a server for a while."""
    server = RangeServer(behave, tls)
    try:
        yield server
    finally:
        server.close()


def tunnelling(connection: socket.socket, request: bytes) -> None:
    """Be a proxy: open a tunnel to wherever the request says."""
    host, _, port = target_of(request).rpartition(":")
    with socket.create_connection((host, int(port))) as other:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        ends = {connection: other, other: connection}
        while True:
            for ready in select(list(ends), [], [])[0]:
                data = ready.recv(65_536)
                if not data:
                    return
                ends[ready].sendall(data)
