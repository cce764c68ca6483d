"""A running example as people meet it: browsers with addresses and cookies, mail, accounts."""

import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPResponse
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import SimpleCookie
from itertools import count
from typing import NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.acceptance.server import CANARY

SESSION, DEVICE = "session", "authguard_device"
"""The names of the cookies over plain http."""

WRONG = f"a {CANARY} that nobody chose"
NEW = f"an entirely new {CANARY}"
LONG = (
    f"walnut lanterns of a {CANARY} hang under seven quiet bridges where an otter sorts "
    "copper buttons by colour, then hums to the evening tide"
)
"""Good however it is cut, and longer than is taken."""

LIMIT = 5
"""Failures that an account may have: the default, and here without delays."""

ADDRESS_LIMIT = 30
"""Failures that an address may have."""


class Person(NamedTuple):
    """Somebody with an account."""

    username: str
    email: str
    password: str


class Mail(NamedTuple):
    """A mail of the outbox."""

    to: str
    subject: str
    text: str
    link: str | None

    @property
    def token(self) -> str:
        """The token of its link."""
        return parse_qs(urlsplit(self.link or "").query)["token"][0]


class Browser:
    """Sends requests from one address, and keeps the cookies that it is given.

    ``address`` is what a trusted proxy would say; without one the requests are this machine's own.
    """

    def __init__(self, client: httpx.Client, address: str | None) -> None:
        self._client = client
        self.address = address
        self.cookies: dict[str, str] = {}

    def send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> httpx.Response:
        """Send one request; its own headers take the place of those that the browser would add."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"Cookie": cookies, "X-Forwarded-For": self.address or ""}
        chosen = {**{name: text for name, text in own.items() if text}, **(headers or {})}
        sent = {name.encode(): as_bytes(text) for name, text in chosen.items()}
        answer = self._client.request(method, path, json=json, data=form, content=content, headers=sent)
        self._keep(answer.headers.get_list("Set-Cookie"))
        return answer

    def get(self, path: str, *, accept: str = "application/json") -> httpx.Response:
        """Fetch something."""
        return self.send("GET", path, headers={"Accept": accept})

    def post(self, path: str, **fields: object) -> httpx.Response:
        """Post JSON."""
        return self.send("POST", path, json=fields)

    def sign_in(self, name: str, password: str = WRONG) -> httpx.Response:
        """Try to sign in."""
        return self.post("/login", username=name, password=password)

    def _keep(self, lines: Iterable[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies.pop(name, None)
                if morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value


class Site:
    """One example, running. Names and addresses that it hands out are used once.

    They are numbered from ``first``, so that a server that goes on where another ended can do so too. Where
    connections aren't kept, each request may meet another worker.
    """

    def __init__(self, url: str, *, first: int = 1, keep: bool = True) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url,
            trust_env=False,
            timeout=60,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            # Shorter than servers keep a connection: none is closed at the moment of its next use.
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=None if keep else 0, keepalive_expiry=2
            ),
        )
        self._numbers = count(first)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def name(self) -> str:
        """A user name of its own, always of the same length."""
        return f"{CANARY}{next(self._numbers):06}"

    def address(self) -> str:
        """An address of its own, in a subnet of its own."""
        number = next(self._numbers)
        return f"100.{64 + number // 256 % 64}.{number % 256}.7"

    def browser(self, address: str | None = None) -> Browser:
        """A browser without cookies, from an address of its own unless one is given."""
        return Browser(self._client, address or self.address())

    def here(self) -> Browser:
        """A browser on the server's own machine."""
        return Browser(self._client, None)

    def mails(self, to: str = "") -> list[Mail]:
        """The outbox, newest first; only the mail to one address if it is given."""
        mails = [Mail(**mail) for mail in self.here().get("/outbox").json()]
        return [mail for mail in mails if to in {"", mail.to}]

    def register(self, person: Person) -> httpx.Response:
        """Ask for an account."""
        return self.browser().post("/register", **person._asdict())

    def stranger(self) -> Person:
        """Somebody without an account."""
        name = self.name()
        return Person(name, f"{name}@shop.example", f"{next(self._numbers)} walnut lanterns for a {CANARY}")

    def person(self) -> Person:
        """Somebody with an account, registered and confirmed."""
        person = self.stranger()
        assert self.register(person).status_code == 202
        [mail] = self.mails(person.email)
        assert self.here().get(f"/confirm?token={mail.token}").status_code == 200
        return person

    def owner(self, person: Person, address: str | None = None) -> Browser:
        """A browser in which the person has signed in."""
        browser = self.browser(address)
        assert browser.sign_in(person.username, person.password).status_code == 200
        return browser

    def reset_token(self, person: Person) -> str:
        """The token of a fresh link to a new password."""
        assert self.browser().post("/reset", username=person.username).status_code == 202
        return self.mails(person.email)[0].token

    def guess(self, *names: str) -> list[int]:
        """Try a wrong password for each of the names, each from an address of its own."""
        return [self.browser().sign_in(name).status_code for name in names]

    def lock(self, name: str) -> None:
        """Use the whole budget of a name up."""
        assert self.guess(*[name] * LIMIT) == [401] * LIMIT

    def entry(self, person: Person) -> int:
        """What a browser gets that nobody knows, from an unknown address, with the right password."""
        return self.browser().sign_in(person.username, person.password).status_code

    def at_one_moment(self, requests: list[bytes]) -> list[int]:
        """Send whole requests so that their last bytes arrive together, and return their statuses."""
        with ExitStack() as stack:
            connections = [stack.enter_context(self.connection()) for _ in requests]
            for connection, request in zip(connections, requests, strict=True):
                connection.sendall(request[:-1])
            for connection, request in zip(connections, requests, strict=True):
                connection.sendall(request[-1:])
            return [status_of(connection) for connection in connections]

    def burst(self, name: str) -> tuple[list[int], int]:
        """Guess five times at one moment: the statuses in their order, and what a refusal says of waiting."""
        with ThreadPoolExecutor(LIMIT) as pool:
            answers = list(
                pool.map(lambda browser: browser.sign_in(name), [self.browser() for _ in range(LIMIT)])
            )
        waits = [int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429]
        return sorted(answer.status_code for answer in answers), max(waits)

    def connection(self) -> socket.socket:
        """A connection for requests that no client library would send."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


def status_of(connection: socket.socket) -> int:
    """Read the status of the next response."""
    with HTTPResponse(connection) as response:
        response.begin()
        return response.status


def as_bytes(text: str | bytes) -> bytes:
    """A header's value as it is sent."""
    return text if isinstance(text, bytes) else text.encode("latin-1")


def raw_post(path: str, body: bytes, *lines: str) -> bytes:
    """A post as bytes, with further header lines."""
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def guess(name: str, address: str) -> bytes:
    """A guess as bytes."""
    body = f'{{"username": "{name}", "password": "{WRONG}"}}'.encode()
    return raw_post("/login", body, "Content-Type: application/json", f"X-Forwarded-For: {address}")


def told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """Everything that an answer tells, except when it was given."""
    headers = [(name, value) for name, value in answer.headers.multi_items() if name != "date"]
    return answer.status_code, headers, answer.content


def assert_problem(answer: httpx.Response, status: int) -> None:
    """Check that an answer is problem details (RFC 9457) of a status."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"].partition(";")[0] == "application/problem+json"
    assert answer.json()["type"] not in {"", "about:blank"}
    assert answer.json().get("status", status) == status


def assert_feedback(answer: httpx.Response) -> None:
    """Check that an answer says what is wrong with an input."""
    assert_problem(answer, 422)
    assert answer.json()["feedback"]
    for reason in answer.json()["feedback"]:
        assert reason.keys() == {"code", "message"}
        assert all(isinstance(value, str) and value for value in reason.values())
