"""What the tests of the HTTP adapters share: a clock, settings, a raw ASGI client and a real server."""

import http.client
import socket
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from authguard_argon2 import Argon2Hasher, Argon2Parameters
from authguard_core import AsyncMemoryStorage, Event, MemoryStorage, Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

CHEAP = Argon2Parameters(time_cost=1, memory_kib=8, lanes=1)
RIGHT = "correct horse battery staple"
WRONG = "Tr0ub4dor&3"
TARGETS = [
    "/login",
    "/login/",
    "//login",
    "/%6cogin",
    "/%6Cogin",
    "/LOGIN",
    "/login;x",
    "/./login",
    "/x/../login",
    "/%2e/login",
    "/login%2f",
    "/login?x=1",
    "/login%3fx",
    "/login%00",
    "/%256cogin",
]
"""What some server or framework may take for the path of the sign-in."""
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Told:
    """An observer that counts what it is told."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()

    def __call__(self, event: Event) -> None:
        self.kinds[event.kind.value] += 1


def make_settings(
    login: Mapping[str, str] | None = None,
    *,
    cookie_secure: bool = True,
    trusted: Sequence[str] = (),
    storage_url: str = "memory://",
) -> Settings:
    """The defaults, but for what is given of the login's limits."""
    return Settings.load(
        secret_key="k" * 32,
        cookie_secure=cookie_secure,
        trusted_proxies=tuple(trusted),
        storage_url=storage_url,
        login=dict(login or {}),
    )


def make_hasher(on_hash: Callable[[Argon2Parameters], None] | None = None) -> Argon2Hasher:
    """A hasher that is quick."""
    return Argon2Hasher(parameters=CHEAP, max_pending=200, on_hash=on_hash)


def make_storage(clock: Clock) -> AsyncMemoryStorage:
    return AsyncMemoryStorage(MemoryStorage(clock=clock))


def client(app: ASGIApp, address: str = "203.0.113.7") -> httpx.AsyncClient:
    """A client whose requests reach the application without a network."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="https://shop.example")


def scope_of(path: str = "/login", method: str = "POST", **more: object) -> dict[str, Any]:
    """An HTTP scope as a server would make it."""
    headers = [(b"content-type", b"application/json")]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": headers,
        "client": ("203.0.113.7", 50_000),
        **more,
    }


def body_messages(*chunks: bytes) -> list[Message]:
    """A body in chunks, and then the client's leaving."""
    last = len(chunks) - 1
    read = [
        {"type": "http.request", "body": chunk, "more_body": number < last}
        for number, chunk in enumerate(chunks)
    ]
    return [*read, {"type": "http.disconnect"}]


History = list[tuple[int, list[tuple[str, str]], bytes]]


async def history(app: ASGIApp, clock: Clock, username: str) -> History:
    """The whole answers to a row of wrong passwords for one account, through its delays to its lock."""
    answers: History = []
    async with client(app) as browser:
        for number in range(9):
            clock.advance(1 if number < 6 else 0)
            answer = await browser.post("/login", json={"username": username, "password": WRONG})
            answers.append((answer.status_code, list(answer.headers.items()), answer.content))
    return answers


class Wire:
    """The server's side of one connection: messages to receive, and those that were sent."""

    def __init__(self, *messages: Message) -> None:
        self.to_receive = list(messages)
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return self.to_receive.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The response's headers, in their order."""
        return [(name.decode(), value.decode()) for name, value in self.sent[0]["headers"]]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """Run the application in a real uvicorn, and yield its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_config=None, proxy_headers=False, lifespan="off", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def request(port: int, method: str, target: str, body: bytes = b"", **headers: str) -> int:
    """Send a request whose target nobody normalises, and return the answer's status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()
