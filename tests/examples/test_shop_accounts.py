"""Accounts: who is found, who may open an account, what a reset does."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from authguard_core.identity import canonical
from examples.shop import Shop
from examples.shop.accounts import Accounts
from examples.shop.database import Database
from examples.shop.users import User

BASE = "http://localhost:8000"
HOUR = 3600.0
T = TypeVar("T")
THREADS = 50
DATABASES = 5


def token_of(link: str | None) -> str:
    assert link is not None
    return link.partition("token=")[2]


def newest_token(shop: Shop) -> str:
    shop.deliveries.deliver()
    return token_of(shop.outbox.messages()[0]["link"])


def registration(shop: Shop, username: str, email: str, password_hash: str = "hash") -> str:
    shop.accounts.register(username=username, email=email, password_hash=password_hash, base_url=BASE)
    return newest_token(shop)


def member(shop: Shop, username: str = "alice", email: str = "alice@example.org") -> User:
    assert shop.accounts.confirm(registration(shop, username, email))
    user = shop.accounts.find(username)
    assert user is not None
    return user


def reset_link(shop: Shop, identifier: str = "alice") -> str:
    shop.accounts.request_reset(identifier, base_url=BASE)
    return newest_token(shop)


def at_once(path: Path, use: Callable[[Accounts], T]) -> list[T]:
    """Let many threads over several connections do the same at the same moment."""
    barrier = threading.Barrier(THREADS)
    databases = [Database(path / "shop.sqlite3") for _ in range(DATABASES)]

    def go(number: int) -> T:
        accounts = Accounts(databases[number % DATABASES], canonical=canonical, clock=lambda: 1_700_000_000.0)
        barrier.wait()
        return use(accounts)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(go, range(THREADS)))
    for database in databases:
        database.close()
    return results


# ------------------------------------------------------------------ finding


@pytest.mark.parametrize(
    "spelling",
    [
        "alice",
        "ALICE",
        " alice ",
        "\uff41\uff4c\uff49\uff43\uff45",
        "al\u200bice",
        "alice@example.org",
        "Alice@EXAMPLE.org",
    ],
)
def test_a18_every_spelling_of_name_and_address_finds_the_one_account(shop: Shop, spelling: str) -> None:
    """Name and address, in any spelling that counts as the same, lead to one account id."""
    user = member(shop)
    assert shop.accounts.resolve(spelling) == user.id


@pytest.mark.parametrize("unknown", ["", "   ", "bob", "alice@example.com", "\ud800", "a" * 5000, "\0"])
def test_whoever_has_no_account_is_not_found(shop: Shop, unknown: str) -> None:
    """Unknown, empty and unusable identifiers resolve to nobody."""
    member(shop)
    assert (shop.accounts.resolve(unknown), shop.accounts.find(unknown)) == (None, None)


def test_account_ids_are_text_and_differ(shop: Shop) -> None:
    """Two accounts have two ids, both text."""
    first, second = member(shop).id, member(shop, "bob", "bob@example.org").id
    assert (type(first), first != second) == (str, True)


def test_a82_a_user_shows_nothing_personal_in_its_repr(shop: Shop) -> None:
    """A user that ends up in a log tells its id alone."""
    shown = repr(member(shop))
    assert [word in shown for word in ("alice", "example.org", "hash=")] == [False, False, False]


# ------------------------------------------------------------------ registering


@pytest.mark.parametrize(
    "username",
    ["", "  ", "a@b", "a\uff20b", "a\ufe6bb", "a" * 65, "a\nb", "a\u202eb", "al\u200bice", "\ud800"],
)
def test_unusable_user_names_are_named_as_such(shop: Shop, username: str) -> None:
    """A name that is empty, overlong, invisible in part or address-like gets a stable code."""
    codes = [reason["code"] for reason in shop.accounts.feedback(username, "a@example.org")]
    assert codes == ["username_unusable"]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "alice",
        "@example.org",
        "alice@",
        "a@b@c",
        "a\uff20b@c",
        "a b@c",
        "a\n@b",
        "a" * 250 + "@b.org",
        "\ud800@b",
    ],
)
def test_unusable_addresses_are_named_as_such(shop: Shop, email: str) -> None:
    """What isn't one plain address gets a stable code."""
    assert [reason["code"] for reason in shop.accounts.feedback("alice", email)] == ["email_unusable"]


@pytest.mark.parametrize("username", ["alice", "Zoë", "李雷", "o'neil", "a b", "🙂", "<script>"])
def test_usable_names_of_every_script_are_accepted(shop: Shop, username: str) -> None:
    """Nothing is wrong with a visible name and a plain address."""
    assert shop.accounts.feedback(username, "name@bücher.example") == []


def test_no_user_name_can_shadow_an_address(shop: Shop) -> None:
    """A name equal to somebody's address, in a spelling that canonicalises to it, can't be registered."""
    with pytest.raises(ValueError, match="unusable") as caught:
        shop.accounts.register(
            username="alice\uff20example.org", email="eve@example.org", password_hash="hash", base_url=BASE
        )
    assert "eve" not in str(caught.value)


def test_feedback_is_the_same_for_a_taken_name(shop: Shop) -> None:
    """Feedback on the form of an input never says that it is taken (A47)."""
    member(shop)
    assert shop.accounts.feedback("alice", "alice@example.org") == []


# ------------------------------------------------------------------ confirming


def test_an_account_exists_from_its_confirmation_on(shop: Shop) -> None:
    """Before the link is opened nobody is found, afterwards the account as it was registered."""
    token = registration(shop, "Alice", "Alice@example.org", "the hash")
    before = shop.accounts.find("alice")
    assert (before, shop.accounts.confirm(token)) == (None, True)
    user = shop.accounts.find("alice")
    assert user is not None
    assert (user.username, user.email, user.password_hash) == ("Alice", "Alice@example.org", "the hash")


def test_a_confirmation_link_works_once(shop: Shop) -> None:
    """A used link fails."""
    token = registration(shop, "alice", "alice@example.org")
    assert [shop.accounts.confirm(token), shop.accounts.confirm(token)] == [True, False]


@pytest.mark.parametrize("change", ["", "x", "\ud800", "a" * 10_000])
def test_a_forged_confirmation_link_fails(shop: Shop, change: str) -> None:
    """A token that nobody was mailed opens nothing."""
    token = registration(shop, "alice", "alice@example.org")
    forged = token[:-1] + change if change else ""
    assert (shop.accounts.confirm(forged), shop.accounts.find("alice")) == (False, None)


def test_a_reset_token_confirms_nothing(shop: Shop) -> None:
    """The token of one kind of link is foreign to the other."""
    member(shop)
    assert shop.accounts.confirm(reset_link(shop)) is False


def test_a_confirmation_link_expires(shop: Shop, now: list[float]) -> None:
    """After a day the link is worth nothing."""
    token = registration(shop, "alice", "alice@example.org")
    now[0] += 24 * HOUR
    assert shop.accounts.confirm(token) is False


@pytest.mark.parametrize(
    ("username", "email"), [("alice", "eve@example.org"), ("eve", "alice@example.org"), ("ALICE", "e@e.org")]
)
def test_a60_of_rival_registrations_the_first_confirmed_wins(shop: Shop, username: str, email: str) -> None:
    """Registrations that share a name or an address are rivals; confirming one voids the others."""
    rival = registration(shop, username, email, "rival's")
    token = registration(shop, "alice", "alice@example.org", "alice's")
    confirmed = [shop.accounts.confirm(token), shop.accounts.confirm(rival)]
    user = shop.accounts.find("alice")
    assert user is not None
    assert (confirmed, user.password_hash) == ([True, False], "alice's")


def test_a60_a_link_opens_the_account_that_it_was_mailed_for(shop: Shop) -> None:
    """A later registration of the same name changes nothing of what an earlier link confirms."""
    token = registration(shop, "alice", "alice@example.org", "alice's")
    registration(shop, "alice", "eve@example.org", "eve's")
    shop.accounts.confirm(token)
    user = shop.accounts.find("alice")
    assert user is not None
    assert (user.email, user.password_hash) == ("alice@example.org", "alice's")


def test_losing_to_a_rival_leaves_other_registrations_alone(shop: Shop) -> None:
    """A confirmation that fails because the name went away voids nothing that can still succeed."""
    loser = registration(shop, "alice", "shared@example.org")
    other = registration(shop, "bob", "shared@example.org")
    with closing(sqlite3.connect(shop.directory.path / "shop.sqlite3")) as connection, connection:
        connection.execute(
            "INSERT INTO users (username, username_key, email, email_key, password_hash)"
            " VALUES ('alice', 'alice', 'a@example.org', 'a@example.org', 'hash')"
        )
    assert [shop.accounts.confirm(loser), shop.accounts.confirm(other)] == [False, True]


def test_a52_one_confirmation_link_opened_fifty_times_at_once_works_once(shop: Shop, tmp_path: Path) -> None:
    """Fifty threads over five connections confirm one token: exactly one succeeds."""
    token = registration(shop, "alice", "alice@example.org")
    assert sorted(at_once(tmp_path, lambda accounts: accounts.confirm(token))).count(True) == 1


def test_a60_fifty_rivals_confirmed_at_once_make_one_account(shop: Shop, tmp_path: Path) -> None:
    """Fifty registrations of one name, all confirmed at the same moment, open exactly one account."""
    tokens = [registration(shop, "alice", f"mail{number}@example.org") for number in range(THREADS)]
    results = at_once(tmp_path, lambda accounts: accounts.confirm(tokens.pop()))
    users = shop.database.read("SELECT count(*) FROM users")
    assert (results.count(True), users) == (1, [(1,)])


# ------------------------------------------------------------------ resetting


def test_a_reset_sets_the_new_hash(shop: Shop) -> None:
    """The user returned by a completed reset, and found later, has the new password hash."""
    member(shop)
    changed = shop.accounts.complete_reset(reset_link(shop), "new")
    assert changed is not None
    assert (changed.password_hash, shop.accounts.find("alice")) == ("new", changed)


def test_a_reset_by_address_reaches_the_same_account(shop: Shop) -> None:
    """Name and address lead to the same reset."""
    user = member(shop)
    changed = shop.accounts.complete_reset(reset_link(shop, "ALICE@example.org"), "new")
    assert changed is not None
    assert changed.id == user.id


def test_looking_at_a_reset_link_does_not_use_it_up(shop: Shop) -> None:
    """A weak password leaves the token usable: asking whose it is changes nothing."""
    user, token = member(shop), reset_link(shop)
    looked = [shop.accounts.reset_token_user(token) for _ in range(3)]
    assert (looked, shop.accounts.complete_reset(token, "new") is not None) == ([user] * 3, True)


def test_a_reset_link_works_once(shop: Shop) -> None:
    """A used link neither sets a password nor stands for anybody."""
    member(shop)
    token = reset_link(shop)
    shop.accounts.complete_reset(token, "new")
    assert (shop.accounts.reset_token_user(token), shop.accounts.complete_reset(token, "evil")) == (
        None,
        None,
    )


@pytest.mark.parametrize("forged", ["", "x", "\ud800", "a" * 10_000])
def test_a_forged_reset_link_fails(shop: Shop, forged: str) -> None:
    """A token that nobody was mailed resets nothing."""
    user = member(shop)
    reset_link(shop)
    assert (shop.accounts.complete_reset(forged, "evil"), shop.accounts.find("alice")) == (None, user)


def test_a_reset_link_lasts_an_hour(shop: Shop, now: list[float]) -> None:
    """A link works until just before the hour is over, and not from then on."""
    member(shop)
    token = reset_link(shop)
    now[0] += HOUR - 1
    before = shop.accounts.reset_token_user(token)
    now[0] += 1
    after = (shop.accounts.reset_token_user(token), shop.accounts.complete_reset(token, "new"))
    assert (before is not None, after) == (True, (None, None))


def test_a_completed_reset_voids_the_users_other_links(shop: Shop) -> None:
    """Of several open links of one user the first used is the last, and another user's stays."""
    member(shop)
    member(shop, "bob", "bob@example.org")
    first, second, bobs = reset_link(shop), reset_link(shop), reset_link(shop, "bob")
    used = [shop.accounts.complete_reset(token, "new") is not None for token in (first, second, bobs)]
    assert used == [True, False, True]


def test_a_completed_reset_ends_the_users_sessions(shop: Shop) -> None:
    """Every session of the user is over, another user's isn't."""
    alice, bob = member(shop), member(shop, "bob", "bob@example.org")
    sessions = [shop.sessions.start(alice), shop.sessions.start(alice), shop.sessions.start(bob)]
    shop.accounts.complete_reset(reset_link(shop), "new")
    assert [shop.sessions.user_of(session) for session in sessions] == [None, None, bob]


def test_a52_one_reset_link_used_fifty_times_at_once_works_once(shop: Shop, tmp_path: Path) -> None:
    """Fifty threads over five connections use one token: exactly one sets the password."""
    member(shop)
    token = reset_link(shop)
    results = at_once(tmp_path, lambda accounts: accounts.complete_reset(token, "new"))
    assert len([user for user in results if user]) == 1


def test_a_rehash_keeps_the_account_as_it_is(shop: Shop) -> None:
    """The same password hashed anew replaces the old hash and ends no session."""
    user = member(shop)
    session = shop.sessions.start(user)
    shop.accounts.rehash(user, "stronger")
    found = shop.sessions.user_of(session)
    assert found is not None
    assert found.password_hash == "stronger"


def test_a_late_rehash_does_not_bring_the_old_password_back(shop: Shop) -> None:
    """A sign-in that overlaps a reset can't overwrite the new password with the old one's hash."""
    user = member(shop)
    shop.accounts.complete_reset(reset_link(shop), "new")
    shop.accounts.rehash(user, "old, hashed anew")
    found = shop.accounts.find("alice")
    assert found is not None
    assert found.password_hash == "new"


# ------------------------------------------------------------------ storing


def test_tokens_and_session_ids_are_stored_as_digests_only(shop: Shop, tmp_path: Path) -> None:
    """Who reads the tables finds neither a usable token nor a session id."""
    user = member(shop)
    secrets = [reset_link(shop), registration(shop, "bob", "bob@example.org"), shop.sessions.start(user)]
    with closing(sqlite3.connect(tmp_path / "shop.sqlite3")) as connection, connection:
        connection.execute("DELETE FROM outbox")  # the mail itself does carry its link
        dump = "\n".join(connection.iterdump())
    assert [secret in dump for secret in secrets] == [False, False, False]
