"""Addresses that many share, or that one has many of: who pays for an attacker, and who is never exempt."""

from itertools import cycle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core import Attempt, ConfigurationError, EventKind, Outcome, Reason, Settings, Verdict
from tests.attacks.world import MINUTE, SECRET, Login, make_login

OFFICE, HOME = "198.51.100.7", "192.0.2.9"
PEOPLE = [f"person{number}" for number in range(200)]


def test_a30_refused_addresses_leave_nothing_in_the_store(login: Login) -> None:
    """G10: 10,000 addresses of one /64 leave thirty names, one address and one subnet behind."""
    for number in range(10_000):
        login.attempt(f"user{number}", address=f"2001:db8:1:2::{number:x}")
    assert len(login.store) == 30 + 1 + 1


def test_a30_256_networks_of_one_56_stop_at_the_subnets_limit(login: Login) -> None:
    """A customer with a whole /56 has no more than a subnet's budget: three hundred of 10,000."""
    for number in range(10_000):
        login.attempt(f"user{number}", address=f"2001:db8:1:{number % 256:x}::{number:x}")
    assert login.checked.total() == 300


FORMS = ["{}", "::ffff:{}", "::FFFF:{}", "0:0:0:0:0:ffff:{}", "[::ffff:{}]:443", "{}:50123"]
BITS = ["::ffff:{:x}:{:x}", "64:ff9b::{:x}:{:x}", "2002:{:x}:{:x}::1", "0::FFFF:{:X}:{:X}"]


@given(st.ip_addresses(v=4).map(str))
def test_a31_every_notation_of_an_ipv4_address_is_counted_as_one(address: str) -> None:
    """G7: dotted, mapped, in hexadecimal, translated, tunnelled or with a port: one budget of thirty."""
    login = make_login()
    groups = [int(part) for part in address.split(".")]
    high, low = groups[0] << 8 | groups[1], groups[2] << 8 | groups[3]
    spellings = [*(form.format(address) for form in FORMS), *(form.format(high, low) for form in BITS)]
    for number, spelling in zip(range(60), cycle(spellings), strict=False):
        login.attempt(f"user{number}", address=spelling)
    assert login.checked.total() == 30


def test_a31_a_dotted_tail_alone_is_no_ipv4_address(login: Login) -> None:
    """``2001:db8::1.2.3.4`` ends like one and is none: 1.2.3.4 keeps its whole budget."""
    for number in range(40):
        login.attempt(f"user{number}", address="2001:db8::1.2.3.4")
    assert login.attempt("alice", address="1.2.3.4").reason is Reason.FAILED


def working_day(login: Login, cookies: dict[str, str]) -> tuple[int, int]:
    """Eight hours behind one address with an attacker; return how many right passwords got in, of how many.

    The attacker tries sixty names a minute, the people's own among them. Each person signs in three times,
    and mistypes the password in one of four cases before.
    """
    random = Random(7)
    planned = sorted((random.randrange(8 * 60), name) for name in PEOPLE * 3)
    entered = 0
    for minute in range(8 * 60):
        for number in range(60):
            login.attempt(random.choice(PEOPLE) if number % 2 else f"name{number}", address=OFFICE)
        while planned and planned[0][0] == minute:
            _, name = planned.pop(0)
            if random.random() < 1 / 4:
                login.attempt(name, address=OFFICE, device=cookies.get(name))
            decision = login.attempt(name, "right", address=OFFICE, device=cookies.get(name))
            entered += decision.verdict is Verdict.COMPLETE
        login.clock.advance(MINUTE)
    return entered, 3 * len(PEOPLE)


def test_a32_behind_a_shared_address_known_browsers_get_in_beside_an_attacker(login: Login) -> None:
    """G5: two hundred people with known browsers and an attacker share an address: 99 % get in."""
    cookies = {name: login.device_of(name, address=f"10.0.{n}.1") for n, name in enumerate(PEOPLE)}
    entered, tried = working_day(login, cookies)
    assert entered >= 0.99 * tried


def test_a32_without_a_known_browser_a_neighbour_of_an_attacker_waits(login: Login) -> None:
    """The documented limit: who isn't known shares the address's budget, until at most a window later."""
    working_day(login, {})
    for number in range(30):
        login.attempt(f"name{number}", address=OFFICE)
    refused = login.attempt("newcomer", "right", address=OFFICE)
    assert refused.reason is Reason.LIMITED
    assert refused.wait is not None
    assert refused.wait <= 15 * MINUTE
    assert login.attempt("newcomer", "right", address=HOME).verdict is Verdict.COMPLETE
    login.clock.advance(15 * MINUTE)
    inside = [login.attempt(f"newcomer{n}", "right", address=OFFICE).verdict for n in range(200)]
    assert set(inside) == {Verdict.COMPLETE}


PRIVILEGED = {
    "loopback": "127.0.0.1",
    "loopback of IPv6": "::1",
    "a trusted proxy": "10.1.1.1",
    "a private network": "192.168.1.1",
    "a Unix socket": "unix",
    "no connection": None,
}


@pytest.mark.parametrize("peer", PRIVILEGED.values(), ids=PRIVILEGED)
@pytest.mark.parametrize("trusted", ["", "10.0.0.0/8,127.0.0.1,::1,unix"], ids=["nobody", "proxies"])
def test_a33_no_peer_is_exempt_from_the_accounts_counter_or_from_the_record(
    peer: str | None, trusted: str
) -> None:
    """Trusting a proxy's header exempts nobody: five checks, a lock, an event for each of twenty tries."""
    login, told = make_login(trusted_proxies=trusted, delay_after=5), list[EventKind]()
    for _ in range(20):
        decision = login.guard.check(Attempt(identifier="alice", peer=peer))
        told += [event.kind for event in decision.events]
        if decision.ticket:
            told += [event.kind for event in login.guard.settle(decision.ticket, Outcome.FAILURE).events]
    counts = {kind: told.count(kind) for kind in (EventKind.FAILED, EventKind.REFUSED, EventKind.LOCKED)}
    assert counts == {EventKind.FAILED: 5, EventKind.REFUSED: 15, EventKind.LOCKED: 1}


@pytest.mark.parametrize("name", ["allow_list", "whitelist", "exempt", "trusted_clients", "bypass"])
def test_a33_there_is_no_setting_that_exempts_anybody(name: str) -> None:
    """What other products call their allow-list is refused as an unknown name, not silently ignored."""
    with pytest.raises(ConfigurationError, match=f"(?i){name}"):
        Settings.load({"secret_key": SECRET, name: "10.0.0.0/8"})


def test_a33_an_operators_word_for_an_address_gives_one_budget_and_no_exemption(login: Login) -> None:
    """After ``unlock_address`` the address is counted as ever, and the account's lock is untouched."""
    login.exhaust("alice")
    for _ in range(2):
        login.guard.unlock_address("203.0.113.1")
        before = login.checked.total()
        for number in range(60):
            login.attempt(f"user{number}-{login.checked.total()}")
        assert login.checked.total() - before == 30
    assert login.attempt("alice", "right", address=HOME).reason is Reason.LOCKED
