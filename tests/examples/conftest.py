"""A shop in a directory of its own, with a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from authguard_core.identity import canonical
from examples.shop import Shop, open_shop
from examples.shop.users import User


@pytest.fixture
def now() -> list[float]:
    """The time, to be moved by ``now[0] += seconds``."""
    return [1_700_000_000.0]


@pytest.fixture
def shop(tmp_path: Path, now: list[float]) -> Iterator[Shop]:
    """An empty shop whose file is ``tmp_path / "shop.sqlite3"``."""
    opened = open_shop({"DEMO_DATA_DIR": str(tmp_path)}, canonical=canonical, clock=lambda: now[0])
    yield opened
    opened.close()


@pytest.fixture
def alice(shop: Shop) -> User:
    """A user named alice, registered and confirmed."""
    shop.accounts.register(
        username="alice", email="alice@example.org", password_hash="hash", base_url="http://localhost:8000"
    )
    shop.deliveries.deliver()
    shop.accounts.confirm((shop.outbox.messages()[0]["link"] or "").partition("token=")[2])
    user = shop.accounts.find("alice")
    assert user is not None
    return user
