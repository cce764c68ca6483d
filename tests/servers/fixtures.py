"""Fixtures for the conftest files that want them: what is shared, and what each test has for itself."""

from collections.abc import Iterator

import pytest

from tests.servers import shared
from tests.servers.postgres_server import PostgresServer


@pytest.fixture
def postgres() -> PostgresServer:
    """The PostgreSQL server of all tests of this process."""
    return shared.postgres()


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    """The name of an empty database, which ends with the test."""
    name = shared.prefix()
    postgres.create_database(name)
    yield name
    postgres.drop_database(name)
