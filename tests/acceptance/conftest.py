"""The examples that are put to the test, each in a process of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.example_site import Site
from tests.acceptance.server import EXAMPLES, serving

QUICK = {"DEMO_ARGON2": "1/64/1"}
PLAIN = {"AUTHGUARD_COOKIE_SECURE": "false"}
BEHIND_PROXY = {"AUTHGUARD_TRUSTED_PROXIES": "127.0.0.1/32"}
UNDELAYED = {"AUTHGUARD_LOGIN__DELAY_AFTER": "5"}

Start = Callable[..., AbstractContextManager[Site]]


@pytest.fixture(scope="session", params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> str:
    """Each example in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def site(example: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests that don't mind each other: quick hashes, no delays, a trusted proxy."""
    settings = QUICK | PLAIN | BEHIND_PROXY | UNDELAYED
    with serving(example, tmp_path_factory.mktemp("site"), settings) as url, Site(url) as running:
        yield running


@pytest.fixture
def start(example: str, tmp_path: Path) -> Start:
    """What starts servers with settings of one test's own; all of them share their data."""

    @contextmanager
    def starter(**settings: str) -> Iterator[Site]:
        with serving(example, tmp_path, settings) as url, Site(url) as running:
            yield running

    return starter
