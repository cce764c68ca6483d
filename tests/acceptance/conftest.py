"""The applications that are put to the test, each in a process of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.candidates import EXAMPLES, Candidate, candidate, readable
from tests.acceptance.deployments import Deployment, deployments
from tests.acceptance.example_site import Site
from tests.acceptance.rows import attacks, contract
from tests.acceptance.server import serving
from tests.acceptance.summary import summary

QUICK = {"DEMO_ARGON2": "1/64/1"}
PLAIN = {"AUTHGUARD_COOKIE_SECURE": "false"}
BEHIND_PROXY = {"AUTHGUARD_TRUSTED_PROXIES": "127.0.0.1/32"}
UNDELAYED = {"AUTHGUARD_LOGIN__DELAY_AFTER": "5"}
NARROW = {
    "AUTHGUARD_TRUSTED_PROXIES": "192.0.2.0/24, 127.0.0.1/32",
    "AUTHGUARD_LOGIN__ACCOUNT_LIMIT": "2/2s",
    "AUTHGUARD_LOGIN__DEVICE_LIMIT": "2/2s",
    "AUTHGUARD_LOGIN__DELAY_AFTER": "2",
    "AUTHGUARD_LOGIN__LOCK": "2s",
    "AUTHGUARD_PASSWORD__MIN_LENGTH": "20",
    "AUTHGUARD_PASSWORD__MAX_LENGTH": "64",
}

Start = Callable[..., AbstractContextManager[Site]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let others put their own application to the test."""
    parser.addoption(
        "--example",
        action="append",
        type=readable,
        metavar="APPLICATION",
        help="put this application to the test in place of the project's examples: a module that python -m "
        "starts with --port N, or a command with {port} in it; may be given several times",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make each test a claim about each application, or about each server that may run it."""
    examples = candidates(metafunc.config)
    parametrize(metafunc, "example", examples)
    parametrize(metafunc, "deployment", deployments(examples))


def parametrize(metafunc: pytest.Metafunc, fixture: str, found: Sequence[Candidate | Deployment]) -> None:
    """Make a test one claim about each."""
    if fixture in metafunc.fixturenames:
        metafunc.parametrize(fixture, found, ids=[one.name for one in found], indirect=True, scope="session")


def candidates(config: pytest.Config) -> list[Candidate]:
    """The applications of the command line, else the project's own."""
    # Where the whole project is tested this file is read too late for its option to be known.
    return [candidate(text) for text in config.getoption("example", default=None) or EXAMPLES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which rows somebody's own application keeps."""
    if config.getoption("example", default=None):
        terminalreporter.section("rows")
        names = [one.name for one in candidates(config)]
        reports = [one for found in terminalreporter.stats.values() for one in found]
        reports = [one for one in reports if isinstance(one, pytest.TestReport)]
        for line in summary([*contract(), *attacks()], names, reports):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def example(request: pytest.FixtureRequest) -> Candidate:
    """Each application in turn."""
    found: Candidate = request.param
    return found


@pytest.fixture(scope="session")
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """Each application behind each server in turn."""
    found: Deployment = request.param
    return found


@pytest.fixture(scope="session")
def site(example: Candidate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests that don't mind each other: quick hashes, no delays, a trusted proxy."""
    settings = QUICK | PLAIN | BEHIND_PROXY | UNDELAYED
    with serving(example, tmp_path_factory.mktemp("site"), settings) as url, Site(url) as running:
        yield running


@pytest.fixture(scope="session")
def defaults(example: Candidate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server with the limits, delays and hashes that everybody begins with, and a short meter."""
    settings = PLAIN | BEHIND_PROXY | {"AUTHGUARD_METER__ACCOUNT_LIMIT": "10/5m"}
    with serving(example, tmp_path_factory.mktemp("defaults"), settings) as url, Site(url) as running:
        yield running


@pytest.fixture(scope="session")
def narrow(example: Candidate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server with settings of an operator's own. Its cookies are for https."""
    with serving(example, tmp_path_factory.mktemp("narrow"), QUICK | NARROW) as url, Site(url) as running:
        yield running


@pytest.fixture
def start(example: Candidate, tmp_path: Path) -> Start:
    """What starts servers with settings of one test's own; all of them share their data."""

    @contextmanager
    def starter(**settings: str) -> Iterator[Site]:
        with serving(example, tmp_path, settings) as url, Site(url) as running:
            yield running

    return starter
