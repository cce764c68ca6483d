"""The blocking desk: the shop's rules without an event loop."""

import asyncio

import pytest

from examples.shop import Shop
from examples.shop.blocking import BlockingDesk, _finished
from examples.shop.passwords import Assessment


class Hasher:
    """A hasher whose hashes can be read."""

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        return hash == f"old {password}"

    def hash(self, password: str) -> str:
        return f"old {password}"

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - as above
        return hash.startswith("old")


class Anything:
    """Accepts every password but one."""

    def assess(self, password: str, *, username: str, email: str) -> Assessment:
        return Assessment(ok=password != username + email, score=4, findings=[], advice=[])


@pytest.fixture
def desk(shop: Shop) -> BlockingDesk:
    return BlockingDesk(
        shop.accounts, Hasher(), busy=OSError, passwords=Anything(), base_url="http://localhost:8000"
    )


def mailed_token(shop: Shop) -> str:
    shop.deliveries.deliver()
    link = shop.outbox.messages()[0]["link"]
    assert link is not None
    return link.partition("token=")[2]


def test_somebody_registers_signs_in_and_resets(shop: Shop, desk: BlockingDesk) -> None:
    """The whole way through the desk's work, in the caller's thread."""
    assert desk.registration_feedback("ann", "ann@example.org", "pass") == []
    assert desk.assess({"password": "x"})["ok"]
    desk.register("ann", "ann@example.org", "pass")
    assert shop.accounts.confirm(mailed_token(shop))
    user = desk.verify("ann", "pass")
    assert user is not None
    assert desk.verify("ann", "guess") is None
    desk.renew_hash(user, "pass")
    desk.request_reset("ann@example.org")
    token = mailed_token(shop)
    assert desk.reset_token_user(token) == user
    assert desk.reset_feedback(user, "new") == []
    assert desk.complete_reset(token, "new") is not None
    assert desk.verify("ann", "new") is not None


def test_a_coroutine_that_waits_is_refused() -> None:
    """Nothing would ever wake it."""
    with pytest.raises(RuntimeError, match="a coroutine that waits"):
        _finished(asyncio.sleep(0))
