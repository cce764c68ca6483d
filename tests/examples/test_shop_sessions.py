"""Sessions and their cookie."""

import pytest

from examples.shop import Shop
from examples.shop.sessions import LIFETIME_SECONDS, SessionCookie
from examples.shop.users import User

BASE = "http://localhost:8000"


def test_a_session_tells_whose_it_is(shop: Shop, alice: User) -> None:
    """The id handed out at sign-in leads back to the user."""
    assert shop.sessions.user_of(shop.sessions.start(alice)) == alice


def test_a55_every_sign_in_gets_a_fresh_id(shop: Shop, alice: User) -> None:
    """The id changes at each sign-in and is never the one that the browser came with."""
    brought = shop.sessions.start(alice)
    fresh = [shop.sessions.start(alice, replacing=brought) for _ in range(20)]
    assert len({brought, *fresh}) == 21


def test_a55_the_id_that_a_browser_came_with_ends_at_sign_in(shop: Shop, alice: User) -> None:
    """A planted or earlier session isn't signed in, nor alive afterwards."""
    brought = shop.sessions.start(alice)
    shop.sessions.start(alice, replacing=brought)
    assert shop.sessions.user_of(brought) is None


def test_a55_an_id_of_somebody_elses_choice_is_worth_nothing(shop: Shop, alice: User) -> None:
    """Signing in with a made-up id in the cookie doesn't adopt it."""
    shop.sessions.start(alice, replacing="chosen")
    assert shop.sessions.user_of("chosen") is None


@pytest.mark.parametrize("session_id", [None, "", "x", "\ud800", "a" * 10_000])
def test_unknown_ids_are_nobodys(shop: Shop, alice: User, session_id: str | None) -> None:
    """A missing, forged or unencodable id leads to nobody."""
    shop.sessions.start(alice)
    assert shop.sessions.user_of(session_id) is None


def test_an_ended_session_is_over_on_the_server(shop: Shop, alice: User) -> None:
    """A replayed cookie is worth nothing after signing out; other sessions go on."""
    ended, other = shop.sessions.start(alice), shop.sessions.start(alice)
    shop.sessions.end(ended)
    shop.sessions.end(None)
    assert (shop.sessions.user_of(ended), shop.sessions.user_of(other)) == (None, alice)


def test_a_session_ends_after_a_day_although_used(shop: Shop, alice: User, now: list[float]) -> None:
    """Use doesn't prolong a session: it has an absolute lifetime."""
    session = shop.sessions.start(alice)
    now[0] += LIFETIME_SECONDS - 1
    before = shop.sessions.user_of(session)
    now[0] += 1
    assert (before, shop.sessions.user_of(session)) == (alice, None)


def test_a_sign_in_that_overlaps_a_reset_does_not_outlive_it(shop: Shop, alice: User) -> None:
    """A password checked before a reset and a session begun after it make no live session."""
    shop.accounts.request_reset("alice", base_url=BASE)
    shop.deliveries.deliver()
    token = (shop.outbox.messages()[0]["link"] or "").partition("token=")[2]
    shop.accounts.complete_reset(token, "new")
    assert shop.sessions.user_of(shop.sessions.start(alice)) is None


def test_the_secure_cookie_is_bound_to_the_host() -> None:
    """Over https the cookie has the ``__Host-`` prefix and all that browsers ask of it."""
    cookie = SessionCookie(secure=True)
    assert cookie.set("id") == "__Host-session=id; Path=/; HttpOnly; SameSite=Lax; Secure"


def test_the_plain_cookie_works_over_http() -> None:
    """Without https the cookie has a plain name and no ``Secure``, and goes with the browser too."""
    cookie = SessionCookie(secure=False)
    assert (cookie.name, cookie.set("id")) == ("session", "session=id; Path=/; HttpOnly; SameSite=Lax")


def test_a_cleared_cookie_expires_at_once() -> None:
    """Clearing names the same cookie and path with no time left."""
    assert SessionCookie(secure=False).clear() == "session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"
