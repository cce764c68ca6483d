"""The heart of the example applications: users, sessions, mail and pages, and no framework.

An application opens one :class:`Shop`, translates its requests into calls and sends the
:class:`~examples.shop.response.Answer` values of :mod:`examples.shop.answers`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from examples.shop.accounts import Accounts
from examples.shop.config import Argon2Cost, DataDirectory, argon2_cost, data_directory
from examples.shop.database import Database
from examples.shop.deliveries import Deliveries
from examples.shop.identifiers import Canonical
from examples.shop.outbox import Outbox
from examples.shop.sessions import Sessions

__all__ = ["Shop", "open_shop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Everything that an example application wires to its framework."""

    accounts: Accounts
    sessions: Sessions
    deliveries: Deliveries
    outbox: Outbox
    argon2: Argon2Cost | None
    database: Database
    directory: DataDirectory

    def close(self) -> None:
        """Close the file and remove a temporary directory. Call it when the application ends."""
        self.database.close()
        self.directory.close()


def open_shop(
    environ: Mapping[str, str], *, canonical: Canonical, clock: Callable[[], float] = time.time
) -> Shop:
    """Open the shop as ``DEMO_*`` variables say.

    Args:
        environ: ``os.environ``, or a mapping like it.
        canonical: ``authguard_core.identity.canonical``.
        clock: Seconds since the epoch.

    Raises:
        SettingError: A variable can't be used.
    """
    cost = argon2_cost(environ)
    directory = data_directory(environ)
    database = Database(directory.path / "shop.sqlite3")
    return Shop(
        accounts=Accounts(database, canonical=canonical, clock=clock),
        sessions=Sessions(database, clock=clock),
        deliveries=Deliveries(database, clock=clock),
        outbox=Outbox(database),
        argon2=cost,
        database=database,
        directory=directory,
    )
