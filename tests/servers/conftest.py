"""The servers that the claims about them are made of."""

from tests.servers.fixtures import database, postgres

__all__ = ["database", "postgres"]
