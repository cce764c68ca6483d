"""The look-up for asynchronous code."""

from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from authguard_core.passwords import Exposure
from authguard_core.passwords.pwned import PwnedQuery
from authguard_httpx.backend import anyio, httpcore
from authguard_httpx.closing import ClosingBackend
from authguard_httpx.desk import MAX_CONNECTIONS, Desk
from authguard_httpx.limits import POOL_SHARE
from authguard_httpx.questions import Question, bare
from authguard_httpx.reading import Reading
from authguard_httpx.service import Service
from authguard_httpx.silence import silenced

__all__ = ["AsyncPwnedPasswords"]


@contextmanager
def in_time(seconds: float) -> Generator[dict[str, Any]]:
    """Cancel what isn't done within so many seconds."""
    with anyio.fail_after(seconds):
        yield {"timeout": {"pool": seconds * POOL_SHARE}}


class AsyncPwnedPasswords(Desk[httpcore.AsyncConnectionPool]):
    """:class:`PwnedPasswords` for asynchronous code, with the same arguments."""

    @staticmethod
    def _open(service: Service) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=service.tls,
            proxy=service.proxy,
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=0,
            network_backend=ClosingBackend(),
        )

    async def lookup(self, password: str) -> Exposure:
        """Say whether breaches hold a password, as :meth:`PwnedPasswords.lookup`. It can be cancelled."""
        question = Question.of(password)
        del password  # out of what a traceback shows
        if question is None:
            return Exposure.UNCHECKED
        try:
            known = self._known(question)
            return await self._asked(question) if known is None else known
        except BaseException as error:  # noqa: BLE001 - it is raised on
            raise bare(error) from None

    async def _asked(self, question: Question) -> Exposure:
        """Ask the service."""
        try:
            return self._answered(question.query, await self._fetched(question.query))
        except Exception as error:  # noqa: BLE001 - whatever the network does
            kind = type(error)
        return self._failed(question, kind)

    async def _fetched(self, query: PwnedQuery) -> Reading:
        """Fetch the list of the query's prefix."""
        reading = Reading(self._limits.max_bytes)
        url, headers = self._service.url(query), self._service.headers(query)
        with silenced(), in_time(self._limits.timeout) as extensions:
            async with self._pool.stream("GET", url, headers=headers, extensions=extensions) as answer:
                reading.begin(answer.status, answer.headers)
                async for chunk in answer.aiter_stream():
                    reading.add(chunk)
        return reading

    async def aclose(self) -> None:
        """End running requests and forget all answers. It stays usable."""
        await self._pool.aclose()
        self._cache.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
