"""One report for the whole run; ``--write`` puts it into the documentation."""

from collections.abc import Iterator

import pytest

from tests.benchmarks.report import Report


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the run write what it found."""
    parser.addoption(
        "--write", action="store_true", help="write the numbers and plots into docs/benchmarks.md"
    )


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Collect the findings; print the verdict at the end."""
    found = Report()
    yield found
    found.finish()
    if request.config.getoption("--write"):
        if request.session.testsfailed or found.lacks():
            pytest.fail(f"nothing written: a benchmark failed, or wasn't run: {found.lacks()}")
        found.write()
