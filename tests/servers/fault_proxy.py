"""A TCP proxy that does what networks and dying servers do. The tests choose what, at any moment."""

import enum
import secrets
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

HOST = "127.0.0.1"
CHUNK = 65_536
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends a reset."""


class Fault(enum.Enum):
    """What happens to what is sent over a connection."""

    NONE = "none"
    REFUSED = "refused"
    """Nobody listens."""
    BLACK_HOLE = "black hole"
    """What is sent gets nowhere, and nothing comes back."""
    STALLED = "stalled"
    """The server does what it is told, and all but the first byte of its reply stays on the way."""
    RESET = "reset"
    """The connection is reset as soon as something is sent."""
    LOST_REPLY = "lost reply"
    """The server does what it is told; then the connection is reset."""
    CUT_REPLY = "cut reply"
    """So it is after half of the reply."""
    GARBAGE = "garbage"
    """The reply is a line of noise."""
    SAYING = "saying"
    """The proxy answers in the server's stead."""


class FaultProxy:
    """Stands between clients and a server.

    Args:
        connect: opens a connection to the server.
        harmless: what is passed on whatever the fault is, as a connection's first words.

    """

    def __init__(
        self, connect: Callable[[], socket.socket], *, harmless: Callable[[bytes], bool] = lambda _: False
    ) -> None:
        self.connect = connect
        self.harmless = harmless
        self.says = b""
        self.requests = 0
        """How often something was sent that isn't harmless, whether or not it got anywhere."""
        self._fault, self._left = Fault.NONE, -1
        self._lock = threading.Lock()
        self._connections: list[_Connection] = []
        self._listener = _listen(0)
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._accept_on(self._listener)
        return self

    def __exit__(self, *_: object) -> None:
        _close(self._listener)
        self.cut()

    def set(self, fault: Fault, *, says: bytes = b"", times: int = -1) -> None:
        """Let something happen from now on: so many times, or until something else is set."""
        before = self._fault
        with self._lock:
            self._fault, self.says, self._left = fault, says, times
        if fault is Fault.REFUSED:
            _close(self._listener)
            self.cut()
        elif before is Fault.REFUSED:
            self._listener = _listen(self.port)
            self._accept_on(self._listener)

    def cut(self) -> None:
        """Reset every connection there is."""
        with self._lock:
            cut, self._connections = self._connections, []
        for connection in cut:
            connection.reset()

    def due(self) -> Fault:
        """Say what happens to the next request."""
        with self._lock:
            self.requests += 1
            fault = self._fault
            self._left -= 1
            if not self._left:
                self._fault = Fault.NONE
        return fault

    def _accept_on(self, listener: socket.socket) -> None:
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                connection = _Connection(self, client)
                with self._lock:
                    self._connections.append(connection)


class _Connection:
    """One connection, and a thread for each direction. A reply is spoiled as its request was due."""

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._client, self._server = client, proxy.connect()
        self._spoils = Fault.NONE
        for direction in (self._forward, self._answer):
            threading.Thread(target=self._run, args=(direction,), daemon=True).start()

    def reset(self) -> None:
        """End it as a crash would."""
        for end in (self._client, self._server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            _close(end)

    def _run(self, direction: Callable[[], None]) -> None:
        with suppress(OSError):
            direction()
        for end in (self._client, self._server):
            _close(end)

    def _forward(self) -> None:
        while sent := self._client.recv(CHUNK):
            fault = Fault.NONE if self._proxy.harmless(sent) else self._proxy.due()
            self._spoils = fault
            if fault is Fault.RESET:
                self.reset()
            elif fault is Fault.SAYING:
                self._client.sendall(self._proxy.says)
            elif fault is not Fault.BLACK_HOLE:
                self._server.sendall(sent)

    def _answer(self) -> None:
        while reply := self._server.recv(CHUNK):
            match self._spoils:
                case Fault.LOST_REPLY:
                    self.reset()
                case Fault.CUT_REPLY:
                    self._client.sendall(reply[: len(reply) // 2])
                    self.reset()
                case Fault.STALLED:
                    self._client.sendall(reply[:1])
                case Fault.GARBAGE:
                    noise = secrets.token_bytes(len(reply)).replace(b"\n", b"?")
                    self._client.sendall(b"?" + noise + b"\r\n")
                case _:
                    self._client.sendall(reply)


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


def _close(end: socket.socket) -> None:
    """Close a socket, and wake up whoever waits for it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
