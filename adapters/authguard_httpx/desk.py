"""What both flavours share: everything but the waiting."""

import logging
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from authguard_core.passwords import Exposure
from authguard_core.passwords.pwned import MAX_BODY, PwnedQuery
from authguard_httpx.backend import httpcore
from authguard_httpx.cache import RangeCache
from authguard_httpx.failing import Fallback, OfflineList, OnFailure
from authguard_httpx.limits import Limits
from authguard_httpx.questions import Question
from authguard_httpx.reading import Reading
from authguard_httpx.service import Service

__all__ = ["MAX_CONNECTIONS", "Desk"]

MAX_CONNECTIONS: Final = 20
"""Requests at once; more wait for their turn, for half of their time."""

_LOGGER: Final = logging.getLogger("authguard")

P = TypeVar("P")


class Desk(ABC, Generic[P]):
    """Knows answers, reads new ones, and knows what to say without one."""

    def __init__(
        self,
        *,
        on_failure: OnFailure,
        offline: OfflineList | None = None,
        min_count: int = 1,
        timeout: float = 2.0,
        max_bytes: int = MAX_BODY,
        cache_size: int = 64,
        cache_seconds: float = 3_600.0,
        pause: float = 5.0,
        base_url: str = "https://api.pwnedpasswords.com",
        proxy: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = Limits(
            timeout=timeout,
            max_bytes=max_bytes,
            min_count=min_count,
            cache_size=cache_size,
            cache_seconds=cache_seconds,
            pause=pause,
        )
        self._fallback = Fallback(on_failure, offline)
        self._service = Service.of(base_url, proxy=proxy, tls=ssl_context)
        self._cache = RangeCache(cache_size, cache_seconds)
        self._clock = clock
        self._paused_until = clock()
        self._pool = self._open(self._service)

    @staticmethod
    @abstractmethod
    def _open(service: Service) -> P:
        """Make the pool of connections."""

    def _known(self, question: Question) -> Exposure | None:
        """Say what can be said without asking; ``None`` if the service is to be asked."""
        query, now = question.query, self._clock()
        body = self._cache.get(query.prefix, now)
        if body is not None:
            return self._judged(query, body)
        return self._fallback.exposure(question) if now < self._paused_until else None

    def _answered(self, query: PwnedQuery, reading: Reading) -> Exposure:
        """Judge by a new answer, and keep it.

        Raises:
            PwnedResponseError: It isn't one.
        """
        exposure = self._judged(query, reading.body)
        self._cache.put(query.prefix, reading.body, self._clock())
        return exposure

    def _judged(self, query: PwnedQuery, body: bytes) -> Exposure:
        seen = query.count(body)
        return Exposure.BREACHED if seen >= self._limits.min_count else Exposure.CLEAR

    def _failed(self, question: Question, kind: type[Exception]) -> Exposure:
        """Say what can be said after a failure, and ask nobody for a while.

        Who hasn't had a turn knows nothing of the service: that is no reason for others not to ask.
        """
        pause = 0.0 if issubclass(kind, httpcore.PoolTimeout) else self._limits.pause
        self._paused_until = max(self._paused_until, self._clock() + pause)
        _LOGGER.warning(
            "The look-up of a breached password failed (%s). It and the next %g s are left to on_failure=%s.",
            kind.__name__,
            pause,
            self._fallback.mode.value,
        )
        return self._fallback.exposure(question)
