"""What a store and a log are told of names and addresses: keys that collide with none and can't be tried."""

import hashlib
import hmac
from collections.abc import Sequence
from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from authguard_core import Attempt, Event, Guard, MemoryStorage, Outcome, Reason, Settings, Verdict
from authguard_core.counting.apply import keys_of
from authguard_core.counting.ops import Op, Result
from authguard_core.identity import canonical
from authguard_core.keys import KeyRing, encode
from tests.attacks.world import SECRET, Login, make_login

ANOTHER = "another secret of at least as many characters"
NAME, ADDRESS = "alice@shop.example", "203.0.113.77"
DELIMITERS = st.text("ab:|/{}*?\\%'\"\r\n\0 .@+-", min_size=1, max_size=8)


@given(st.lists(st.text()), st.lists(st.text()))
def test_a24_different_parts_never_make_the_same_key(one: list[str], other: list[str]) -> None:
    """Two tuples of parts encode alike only if they are equal, whatever the delimiters in them."""
    assert (encode(one) == encode(other)) == (one == other)


def test_a24_a_purpose_and_a_name_cannot_be_shifted_into_each_other() -> None:
    """No part runs into its neighbour, in keys either."""
    ring = KeyRing([b"k" * 32])
    assert ring.key("a", "bc") != ring.key("ab", "c")


@given(DELIMITERS, DELIMITERS)
def test_a24_two_names_share_a_budget_only_if_they_are_one_identity(locked: str, other: str) -> None:
    """G6: delimiters, wildcards and line ends in a name reach no other name's counter."""
    login = make_login(delay_after=5, ip_limit="off", subnet_limit="off")
    for _ in range(5):
        login.attempt(locked)
    told = login.attempt(other)
    one, another = canonical(locked), canonical(other)
    assert (told.reason is Reason.LOCKED) == (one is not None and one == another)


@given(DELIMITERS, DELIMITERS)
def test_a24_a_peer_without_an_address_is_nobody_elses_neighbour(one: str, other: str) -> None:
    """The name of a socket can be written like another's address or account; it opens no shared counter."""
    login = make_login(ip_limit="1/15m", subnet_limit="off")
    login.attempt(f"{one}|1", address=f"socket:{one}")
    told = login.attempt(f"{one}|2", address=f"socket:{other}")
    assert (told.reason is Reason.LIMITED) == (one == other)


class Recorder:
    """A store that notes every key it is asked for, as somebody does who can read it."""

    def __init__(self) -> None:
        self.inner = MemoryStorage()
        self.seen: set[bytes] = set()
        self.shown = ""

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        self.seen.update(key for op in ops for key in keys_of(op))
        self.shown += repr(ops)
        return self.inner.execute(ops)


def overheard(secret: str) -> tuple[set[bytes], set[str], str]:
    """What the store and the log get to see of one sign-in, one failure and one unlock."""
    store, events = Recorder(), list[Event]()
    guard = Guard(Settings.load(secret_key=secret), storage=store, observers=[events.append])
    attempt = Attempt(identifier=NAME, peer=ADDRESS)
    decision = guard.check(attempt)
    assert decision.ticket
    guard.unlock(NAME)
    guard.unlock_address(ADDRESS)
    names = {name for event in events for name in (event.account, event.address) if name}
    return store.seen, names, store.shown


def guesses(*parts: str) -> set[bytes]:
    """The hashes without a secret that a curious reader would try first."""
    text = ":".join(parts).encode()
    digests = [hashlib.new(name, text).digest() for name in ("md5", "sha1", "sha256", "blake2b")]
    keyed = [hmac.digest(key, text, "sha256") for key in (b"", b"authguard", b"secret", ANOTHER.encode())]
    return {digest[:16] for digest in (*digests, *keyed)}


def test_a80_nobody_without_the_secret_finds_an_address_by_trying_them_all() -> None:
    """G13: of a whole /16, hashed and keyed in every usual way, none is a stored key or a logged pseudonym.

    With the secret the same search finds it, so the search itself is a fair one.
    """
    keys, names, _ = overheard(SECRET)
    stranger, insider = KeyRing([ANOTHER.encode()]), KeyRing([SECRET.encode()])
    by_stranger, by_insider = set[bytes](), set[bytes]()
    for address in map(str, ip_network("203.0.0.0/16")):
        by_stranger.update(stranger.key(*parts, address) for parts in (("address",), ("login", "address")))
        by_insider.update(insider.key(*parts, address) for parts in (("address",), ("login", "address")))
    plain = {digest for host in ip_network("203.0.113.0/24") for digest in guesses(str(host))}
    known = keys | {bytes.fromhex(name) for name in names}
    assert not known & (by_stranger | plain)
    assert known & by_insider


def test_a80_nobody_without_the_secret_finds_a_name_in_a_list_of_names() -> None:
    """G13: the very name, hashed plainly or under another secret, is in no key and no pseudonym."""
    keys, names, shown = overheard(SECRET)
    other_keys, other_names, _ = overheard(ANOTHER)
    known = keys | {bytes.fromhex(name) for name in names}
    assert not known & (guesses(NAME) | guesses("identifier", NAME) | guesses("login", NAME))
    assert not keys & other_keys
    assert not names & other_names
    assert NAME not in shown
    assert ADDRESS not in shown


def test_a78_a_cookie_of_a_secret_that_was_removed_is_worth_nothing() -> None:
    """A new secret in place of the old one: what was signed before opens no budget, whole or in parts."""
    login = make_login()
    cookie = login.device_of("alice")
    settings = Settings.load(secret_key=ANOTHER, login={"delay_after": 5})
    login.guard = Guard(settings, storage=login.store, clock=login.clock)
    fresh = login.device_of("alice")
    login.exhaust("alice")
    assert login.attempt("alice", "right", device=fresh).verdict is Verdict.COMPLETE
    assert login.attempt("alice", "right", device=cookie).reason is Reason.LOCKED
    assert login.attempt("alice", "right", device=cookie[:44] + fresh[44:]).reason is Reason.LOCKED


def rotated(login: Login, secrets: str = f"{ANOTHER},{SECRET}") -> Login:
    """The same store behind a guard with other secrets."""
    settings = Settings.load(secret_key=secrets, login={"delay_after": 5})
    return Login(Guard(settings, storage=login.store, clock=login.clock), login.clock, login.store)


def test_a78_a_known_browser_stays_known_while_the_secret_rotates() -> None:
    """G5: what the old secret signed is known until it leaves the list, and gets a cookie of the new one."""
    before = make_login()
    cookie = before.device_of("alice")
    login = rotated(before)
    login.exhaust("alice")
    renewed = login.attempt("alice", "right", device=cookie).device
    assert renewed
    alone = rotated(login, ANOTHER)
    assert alone.attempt("alice", "right", device=renewed.value).verdict is Verdict.COMPLETE
    assert alone.attempt("alice", "right", device=cookie).reason is Reason.LOCKED


def test_a41_a78_a_reset_ends_the_cookies_of_every_secret() -> None:
    """Whichever secret signed it, before the rotation or after: the thief's cookie is a stranger's."""
    before = make_login()
    stolen = [before.device_of("alice")]
    login = rotated(before)
    stolen.append(login.device_of("alice"))
    login.guard.reset_completed("alice")
    login.exhaust("alice")
    assert [login.attempt("alice", device=cookie).reason for cookie in stolen] == [Reason.LOCKED] * 2


def test_a41_a78_a_rotation_revives_no_cookie_that_a_reset_ended() -> None:
    """Nor do later sign-ins under the new secret."""
    before = make_login()
    stolen = before.device_of("alice")
    before.guard.reset_completed("alice")
    login = rotated(before)
    login.device_of("alice")
    login.exhaust("alice")
    assert login.attempt("alice", device=stolen).reason is Reason.LOCKED


def test_a41_a65_a_restart_revives_no_cookie_that_a_reset_ended() -> None:
    """The store forgot generation and serials, and counts anew; the thief's cookie stays a stranger's."""
    before = make_login()
    stolen = before.device_of("alice")
    before.guard.reset_completed("alice")
    before.clock.advance(60)
    store = MemoryStorage(clock=before.clock)
    login = Login(Guard(before.guard.settings, storage=store, clock=before.clock), before.clock, store)
    login.device_of("alice")
    login.exhaust("alice")
    assert login.attempt("alice", device=stolen).reason is Reason.LOCKED


def test_a41_a78_a_sign_in_from_before_a_reset_makes_no_browser_known_after_it() -> None:
    """Not with a cookie of the former secret either, and not with another factor's attempt."""
    before = make_login()
    cookie = before.device_of("alice")
    login = rotated(before)
    known = login.begin("alice", device=cookie)
    otp = login.guard.check(Attempt(identifier="alice", peer="203.0.113.1", purpose="otp")).ticket
    assert known
    assert otp
    login.guard.reset_completed("alice")
    assert [login.guard.settle(ticket, Outcome.SUCCESS).device for ticket in (known, otp)] == [None, None]


def test_a78_a_cookie_of_the_former_secret_is_replaced_by_a_good_one_or_not_at_all() -> None:
    """A success that is told twice leaves the browser with the cookie that is worth something."""
    before = make_login()
    cookie = before.device_of("alice")
    login = rotated(before)
    ticket = login.begin("alice", device=cookie)
    assert ticket
    first, second = (login.guard.settle(ticket, Outcome.SUCCESS).device for _ in range(2))
    assert first
    assert second is None
    assert login.attempt("alice", "right", device=first.value).device


def test_a78_a_secret_that_is_listed_twice_is_one_secret() -> None:
    """The browser that completed a reset is known after it."""
    login = rotated(make_login(), f"{SECRET},{ANOTHER},{SECRET}")
    cookie = login.guard.reset_completed("alice").device
    assert cookie
    login.exhaust("alice")
    assert login.attempt("alice", "right", device=cookie.value).verdict is Verdict.COMPLETE
