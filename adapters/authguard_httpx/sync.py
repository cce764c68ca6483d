"""The look-up for synchronous code."""

from types import TracebackType
from typing import Self

from authguard_core.passwords import Exposure
from authguard_core.passwords.pwned import PwnedQuery
from authguard_httpx.backend import httpcore
from authguard_httpx.deadline import DeadlineBackend, in_time
from authguard_httpx.desk import MAX_CONNECTIONS, Desk
from authguard_httpx.questions import Question, bare
from authguard_httpx.reading import Reading
from authguard_httpx.service import Service
from authguard_httpx.silence import silenced

__all__ = ["PwnedPasswords"]


class PwnedPasswords(Desk[httpcore.ConnectionPool]):
    """Looks passwords up in Have I Been Pwned. One serves all threads of a process.

    Only the first five digits of a password's SHA-1 leave the process; nothing derived from it reaches a log.
    Ask after your policy has accepted a password, never about one that is refused anyway.

    Args:
        on_failure: What it means when the service can't be asked. There is no default: it is a decision.
        offline: The list for ``OnFailure.OFFLINE``.
        min_count: From how many sightings on a password counts as breached.
        timeout: Seconds for a whole look-up, name resolution and slow servers included; 60 at most.
        max_bytes: The longest answer that is read.
        cache_size: Answers that are kept, by their five digits; some 50 kB each. 0 keeps none.
        cache_seconds: For how long.
        pause: Seconds after a failure in which nobody is asked, and ``on_failure`` answers at once.
        base_url: Where ``/range/`` is: the service, or a mirror of it. https, or on this machine.
        proxy: ``http://user:password@host:port``. Proxies from the environment are not used.
        ssl_context: For a mirror with a certificate of your own authority. By default as httpx has it.
        clock: Seconds that only grow, for cache and pause.

    Raises:
        ConfigurationError: An argument can't be used.
    """

    @staticmethod
    def _open(service: Service) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(
            ssl_context=service.tls,
            proxy=service.proxy,
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=0,
            network_backend=DeadlineBackend(),
        )

    def lookup(self, password: str) -> Exposure:
        """Say whether breaches hold a password. Never raises because of the network.

        It is looked up as it is: normalise it before if you normalise before you hash. Text with half a
        surrogate pair is ``Exposure.UNCHECKED``, whatever ``on_failure`` says.
        """
        question = Question.of(password)
        del password  # out of what a traceback shows
        if question is None:
            return Exposure.UNCHECKED
        try:
            known = self._known(question)
            return self._asked(question) if known is None else known
        except BaseException as error:  # noqa: BLE001 - it is raised on
            raise bare(error) from None

    def _asked(self, question: Question) -> Exposure:
        """Ask the service."""
        try:
            return self._answered(question.query, self._fetched(question.query))
        except Exception as error:  # noqa: BLE001 - whatever the network does
            kind = type(error)
        return self._failed(question, kind)

    def _fetched(self, query: PwnedQuery) -> Reading:
        """Fetch the list of the query's prefix."""
        reading = Reading(self._limits.max_bytes)
        url, headers = self._service.url(query), self._service.headers(query)
        with silenced(), in_time(self._limits.timeout) as extensions:  # noqa: SIM117 - the pair's shape
            with self._pool.stream("GET", url, headers=headers, extensions=extensions) as answer:
                reading.begin(answer.status, answer.headers)
                for chunk in answer.iter_stream():
                    reading.add(chunk)
        return reading

    def close(self) -> None:
        """End running requests and forget all answers. It stays usable."""
        self._pool.close()
        self._cache.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
