"""The desk: what the shop does with passwords, alike for known and unknown names."""

from dataclasses import replace

import pytest

from examples.shop import Shop
from examples.shop.desk import Desk
from examples.shop.passwords import Assessment, Finding
from examples.shop.users import User

pytestmark = pytest.mark.anyio

ORIGIN = "http://localhost:8000"


class Busy(Exception):  # noqa: N818 - a state of the hasher
    """Every place is taken."""


class SlowHasher:
    """A hasher that remembers its work, and is busy when it is told to be."""

    def __init__(self) -> None:
        self.verified: list[str | None] = []
        self.busy = False

    async def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        self.verified.append(hash)
        return hash is not None and password == "right"

    async def hash(self, password: str) -> str:
        if self.busy:
            raise Busy
        return f"new hash of {len(password)} characters"

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - as above
        return hash == "hash"


class OwnName:
    """Refuses what is short or the owner's name, and tells by its score whom it was asked about."""

    def assess(self, password: str, *, username: str, email: str) -> Assessment:
        reasons = [("too_short", len(password) < 15), ("contains_username", password == username)]
        found = [
            Finding(code=code, title=code, message=code, blocks=True) for code, holds in reasons if holds
        ]
        known = Finding(code="date", title="Date", message="Dates are easy to guess.", blocks=False)
        return Assessment(ok=not found, score=len(username + email), findings=[*found, known], advice=[])


@pytest.fixture
def hasher() -> SlowHasher:
    return SlowHasher()


@pytest.fixture
def desk(shop: Shop, hasher: SlowHasher) -> Desk:
    return Desk(shop.accounts, hasher, busy=Busy, passwords=OwnName(), base_url=ORIGIN)


@pytest.mark.usefixtures("alice")
async def test_a44_known_and_unknown_names_cost_one_verification(desk: Desk, hasher: SlowHasher) -> None:
    """Who isn't there is checked against nothing, which costs as much."""
    assert await desk.verify("alice", "wrong") is None
    assert await desk.verify("nobody", "right") is None
    assert hasher.verified == ["hash", None]


async def test_the_right_password_finds_its_user(desk: Desk, alice: User) -> None:
    """By name or address."""
    assert await desk.verify("Alice", "right") == await desk.verify("alice@example.org", "right") == alice


async def test_an_old_hash_is_renewed_where_there_is_time(
    desk: Desk, shop: Shop, alice: User, hasher: SlowHasher
) -> None:
    """A busy hasher fails no sign-in: the hash waits for the next one. A new one isn't made again."""
    hasher.busy = True
    await desk.renew_hash(alice, "right")
    assert shop.accounts.find("alice") == alice
    hasher.busy = False
    await desk.renew_hash(alice, "right")
    renewed = shop.accounts.find("alice")
    assert renewed is not None
    assert renewed.password_hash == "new hash of 5 characters"
    await desk.renew_hash(renewed, "a longer one")
    assert shop.accounts.find("alice") == renewed


@pytest.mark.usefixtures("alice")
async def test_a47_feedback_looks_at_no_account(desk: Desk) -> None:
    """A taken name is no reason; all that is wrong with the form is told at once."""
    assert desk.registration_feedback("alice", "alice@example.org", "a long enough password") == []
    codes = [reason["code"] for reason in desk.registration_feedback("", "nowhere", "short")]
    assert codes == ["username_unusable", "email_unusable", "too_short", "date"]


async def test_a_reset_asks_the_policy_about_the_accounts_own_name(desk: Desk, alice: User) -> None:
    """Nobody has to type it: a password is refused for what it has of the account that it is for."""
    named = replace(alice, username="alice of the long name")
    codes = [reason["code"] for reason in desk.reset_feedback(named, named.username)]
    assert codes == ["contains_username", "date"]
    assert desk.reset_feedback(named, "a long enough password") == []


async def test_what_is_typed_is_assessed_with_what_is_known_of_its_author(desk: Desk) -> None:
    """Name and address may be there already, or not; a reason and a remark are both told."""
    alone, known = {"password": "alice"}, {"password": "alice", "username": "alice", "email": 5}
    assert ((await desk.assess(alone))["score"], (await desk.assess(known))["score"]) == (0, 5)
    assert [one["code"] for one in (await desk.assess(known))["findings"]] == [
        "too_short",
        "contains_username",
        "date",
    ]
    assert (await desk.assess({}))["ok"] is False


async def test_a_registration_and_a_reset_mail_links_to_this_origin(desk: Desk, shop: Shop) -> None:
    """From the address to the changed password, with the mailed tokens."""
    await desk.register("bob", "bob@example.org", "a long enough password")
    shop.deliveries.deliver()
    link = shop.outbox.messages()[0]["link"] or ""
    assert link.startswith(f"{ORIGIN}/confirm?token=")
    assert shop.accounts.confirm(link.partition("token=")[2])
    await desk.request_reset("bob")
    shop.deliveries.deliver()
    token = (shop.outbox.messages()[0]["link"] or "").partition("token=")[2]
    bob = await desk.reset_token_user(token)
    assert bob is not None
    assert shop.accounts.reset_token_owner(token) == bob.id
    changed = await desk.complete_reset(token, "another long one")
    assert changed is not None
    assert (changed.id, changed.password_hash) == (bob.id, "new hash of 16 characters")
    assert await desk.reset_token_user(token) is None
    assert shop.accounts.reset_token_owner(token) is None


async def test_a75_a_busy_hasher_gets_through(desk: Desk, shop: Shop, hasher: SlowHasher) -> None:
    """The application answers it, and nothing was asked for."""
    hasher.busy = True
    with pytest.raises(Busy):
        await desk.register("bob", "bob@example.org", "a long enough password")
    shop.deliveries.deliver()
    assert shop.outbox.messages() == []
