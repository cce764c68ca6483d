"""The running example, as a client over HTTP sees it."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import httpx

__all__ = ["Account", "Answer", "Target", "TargetError"]

_TIMEOUT: Final = 30.0
_MAIL_POLLS: Final = 100
_MAIL_POLL_SECONDS: Final = 0.1
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class TargetError(Exception):
    """The target doesn't answer, or not as the contract of the examples says."""


class Account(NamedTuple):
    """A registered user, and the address it registered from."""

    name: str
    password: str
    address: str

    @property
    def email(self) -> str:
        """Where its mail goes: a domain that RFC 2606 reserves."""
        return f"{self.name}@example.org"

    def __repr__(self) -> str:
        return f"Account({self.name!r})"


class Answer(NamedTuple):
    """What came of a sign-in: the status, and for how many seconds to wait when refused."""

    status: int
    wait: float


class Target:
    """A client without cookies, so that no try is known from an earlier one.

    Every request names the address it claims to come from in ``X-Forwarded-For``, as a
    proxy in front of the target would.
    """

    def __init__(self, url: str) -> None:
        if urlsplit(url).hostname not in _LOOPBACK:
            raise TargetError("It is not on this machine. Attack only what you run yourself, on 127.0.0.1.")
        self.url = url.rstrip("/")
        self._client = _client(self.url, CookieJar(DefaultCookiePolicy(allowed_domains=())))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._client.aclose()

    def browser(self) -> httpx.AsyncClient:
        """A client that keeps its cookies."""
        return _client(self.url, CookieJar())

    async def check(self) -> None:
        """Make sure that an example answers.

        Raises:
            TargetError: It doesn't.
        """
        _expect(await self._send("GET", "/healthz"), HTTPStatus.OK)

    async def register(self, accounts: Sequence[Account]) -> None:
        """Register users and confirm them with the links from the outbox."""
        for account in accounts:
            body = {"username": account.name, "email": account.email, "password": account.password}
            _expect(await self._send("POST", "/register", account.address, body), HTTPStatus.ACCEPTED)
        tokens = await self._tokens(accounts)
        for account in accounts:
            answer = await self._send(
                "GET", "/confirm", account.address, params={"token": tokens[account.email]}
            )
            _expect(answer, HTTPStatus.OK)

    async def sign_in(
        self, name: str, password: str, address: str, *, browser: httpx.AsyncClient | None = None
    ) -> Answer:
        """Try a password once, from the given address."""
        body = {"username": name, "password": password}
        answer = await self._send("POST", "/login", address, body, browser=browser)
        return Answer(answer.status_code, _seconds(answer.headers.get("Retry-After", "")))

    async def _tokens(self, accounts: Sequence[Account]) -> dict[str, str]:
        wanted = {account.email for account in accounts}
        for _poll in range(_MAIL_POLLS):
            # Asked without a forwarded address: the outbox answers to this machine alone.
            answer = await self._send("GET", "/outbox")
            _expect(answer, HTTPStatus.OK)
            tokens = _mailed_tokens(answer)
            if wanted <= tokens.keys():
                return tokens
            await asyncio.sleep(_MAIL_POLL_SECONDS)
        raise TargetError("GET /outbox doesn't show the mails that confirm the registrations.")

    async def _send(
        self,
        method: str,
        path: str,
        address: str | None = None,
        body: Mapping[str, str] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        browser: httpx.AsyncClient | None = None,
    ) -> httpx.Response:
        headers = {"Accept": "application/json"} | ({"X-Forwarded-For": address} if address else {})
        client = browser or self._client
        try:
            return await client.request(method, path, headers=headers, json=body, params=params)
        except httpx.HTTPError as error:
            raise TargetError(f"{method} {path} was not answered ({type(error).__name__}).") from error


def _client(url: str, cookies: CookieJar) -> httpx.AsyncClient:
    # trust_env: a proxy that is set for the internet must not get requests for this machine.
    return httpx.AsyncClient(base_url=url, cookies=cookies, timeout=_TIMEOUT, trust_env=False)


def _expect(answer: httpx.Response, status: HTTPStatus) -> None:
    if answer.status_code != status:
        request = answer.request
        raise TargetError(
            f"{request.method} {request.url.path} answered {answer.status_code}, "
            f"the contract of the examples says {status.value}."
        )


def _mailed_tokens(answer: httpx.Response) -> dict[str, str]:
    """The newest token for each address; mails without one are passed over."""
    try:
        mails = [(str(mail["to"]), str(mail["link"])) for mail in answer.json()]
    except (ValueError, TypeError, KeyError) as error:
        raise TargetError("GET /outbox isn't a JSON list of mails with 'to' and 'link'.") from error
    queries = [(to, parse_qs(urlsplit(link).query).get("token", [])) for to, link in mails]
    return {to: tokens[0] for to, tokens in reversed(queries) if tokens}


def _seconds(retry_after: str) -> float:
    """How long to wait. A missing or unreadable number means a second."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 1.0
