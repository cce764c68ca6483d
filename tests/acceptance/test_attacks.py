"""Claims about guesses, races and names, as an attacker over HTTP meets them."""

import select
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

import pytest

from tests.acceptance.conftest import BEHIND_PROXY, PLAIN, UNDELAYED, Start
from tests.acceptance.example_site import ADDRESS_LIMIT, LIMIT, Person, Site, guess

# A password check that lasts long enough to leave in the middle of it.
SLOW: Final = {"DEMO_ARGON2": "2/65536/1"}

SPELLINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "a17 capitals": str.upper,
    "a17 one capital": str.title,
    "a19 space before": " {}".format,
    "a19 space after": "{} ".format,
    "a19 tab": "\t{}".format,
    "a19 newline": "{}\r\n".format,
    "a19 nul": "{}\0".format,
    "a19 control character": "{}\x1b".format,
    "a19 zero-width space": "\u200b{}".format,
    "a19 byte order mark": "\ufeff{}".format,
    "a19 soft hyphen": "{}\u00ad".format,
    "a19 variation selector": "{}\ufe0f".format,
    "a19 right-to-left mark": "{}\u200f".format,
    "a20 wide letters": lambda name: "".join(chr(ord(letter) + 0xFEE0) for letter in name),
    "a20 superscript": lambda name: name.replace("a", "\u1d43"),
    "a20 circled": lambda name: name.replace("c", "\u24d2"),
}

# What names nobody.
NAMELESS: Final = {
    "a23 empty": "",
    "a23 spaces": "   ",
    "a23 invisible": "\u200b\0\ufeff",
    "a22 too long": "a" * 10_000,
    "a22 grows when normalised": "\ufdfa" * 300,
}


# Guessing


def test_a01_after_five_failures_even_the_right_password_is_refused(site: Site) -> None:
    """Five wrong passwords are answered, then none is looked at any more, wherever it comes from."""
    person, browser = site.person(), site.browser()
    statuses = [browser.sign_in(person.username).status_code for _ in range(LIMIT + 10)]
    assert statuses == [401] * LIMIT + [429] * 10
    assert browser.sign_in(person.username, person.password).status_code == 429
    assert site.entry(person) == 429


def test_a02_fresh_addresses_buy_no_guesses(site: Site) -> None:
    """Fifty guesses from fifty subnets are worth as much as from one."""
    person = site.person()
    assert site.guess(*[person.username] * 50) == [401] * LIMIT + [429] * 45
    assert site.entry(person) == 429


def test_a04_spraying_from_one_address_ends_at_its_limit(site: Site) -> None:
    """Thirty accounts are tried once each, then the address is refused, and only this address."""
    person, browser = site.person(), site.browser()
    statuses = [browser.sign_in(site.name()).status_code for _ in range(ADDRESS_LIMIT + 5)]
    assert statuses == [401] * ADDRESS_LIMIT + [429] * 5
    assert (browser.sign_in(person.username, person.password).status_code, site.entry(person)) == (429, 200)


def test_a10_an_attackers_own_success_gives_no_guesses_back(site: Site) -> None:
    """Signing in to an account of one's own clears neither the address nor another account."""
    own, victim, address = site.person(), site.person(), site.address()
    statuses: list[int] = []
    for name in [*[victim.username] * (LIMIT + 1), *[site.name() for _ in range(ADDRESS_LIMIT)]]:
        statuses.append(site.browser(address).sign_in(name).status_code)
        site.browser(address).sign_in(own.username, own.password)
    assert statuses == [401] * LIMIT + [429] + [401] * (ADDRESS_LIMIT - LIMIT) + [429] * LIMIT


# Races


@pytest.mark.parametrize("one_address", [True, False], ids=["one address", "many addresses"])
@pytest.mark.parametrize("names", [["username"], ["email"], ["username", "email"]], ids="+".join)
def test_a12_of_fifty_guesses_at_one_moment_exactly_five_are_answered(
    site: Site, names: list[str], one_address: bool
) -> None:
    """Parallel requests overrun no limit, under either name of the account or both."""
    person, address = site.person(), site.address()
    addresses = [address if one_address else site.address() for _ in range(50)]
    texts = [getattr(person, names[number % len(names)]) for number in range(50)]
    statuses = site.at_one_moment(list(map(guess, texts, addresses)))
    assert (statuses.count(401), statuses.count(429)) == (LIMIT, 45)
    assert site.entry(person) == 429


def test_a12_an_unknown_name_has_no_more_guesses_than_a_known_one(site: Site) -> None:
    """The race against a name that nobody has ends alike."""
    name = site.name()
    statuses = site.at_one_moment([guess(name, site.address()) for _ in range(50)])
    assert (statuses.count(401), statuses.count(429)) == (LIMIT, 45)


def insist(site: Site, person: Person, address: str) -> list[int]:
    """Sign in, waiting as told where it is refused, and return how long that was each time."""
    browser, waits = site.browser(address), list[int]()
    while (answer := browser.sign_in(person.username, person.password)).status_code in {429, 503}:
        waits.append(int(answer.headers["Retry-After"]))
        time.sleep(waits[-1])
    assert answer.status_code == 200
    return waits


@pytest.mark.slow
def test_a13_twenty_right_passwords_at_once_all_get_in(defaults: Site) -> None:
    """From one address or from twenty: nobody waits for more than a second at a time, and all get in."""
    people = [defaults.person(), defaults.person()]
    address = defaults.address()
    tries = [(people[0], address)] * 20 + [(people[1], defaults.address()) for _ in range(20)]
    with ThreadPoolExecutor(len(tries)) as pool:
        waits = list(pool.map(lambda one: insist(defaults, *one), tries))
    assert {wait for told in waits for wait in told} <= {1}
    assert max(map(len, waits)) < 20


def test_a16_who_leaves_in_the_middle_of_the_check_has_failed(start: Start) -> None:
    """Five guesses are being checked when their clients leave: none of them is given back."""
    with start(**SLOW, **PLAIN, **BEHIND_PROXY, **UNDELAYED) as site, ExitStack() as stack:
        person, other = site.person(), site.person()
        connections = [stack.enter_context(site.connection()) for _ in range(LIMIT + 3)]
        for connection in connections:
            connection.sendall(guess(person.username, site.address()))
        answered: set[object] = set()
        while len(answered) < 3:  # the three that are refused; the others are being checked
            answered.update(select.select([one for one in connections if one not in answered], [], [], 60)[0])
        assert len(answered) < len(connections)
        stack.close()
        # These wait behind the five, so that those are over.
        for _ in range(3):
            insist(site, other, site.address())
        assert site.entry(person) == 429


# Names


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a17_a19_a20_a_name_has_one_budget_however_it_is_spelled(
    site: Site, spelling: Callable[[str], str]
) -> None:
    """Guesses under two spellings add up, and once they are used up neither gets in."""
    person = site.person()
    name, variant = person.username, spelling(person.username)
    if site.guess(variant) == [422]:  # no name to this application, so nobody enters by it at all
        assert site.browser().sign_in(variant, person.password).status_code == 422
        return
    assert site.guess(name, variant, name, variant) == [401] * (LIMIT - 1)
    assert site.guess(name, variant) == [429, 429]
    assert site.entry(person) == site.entry(person._replace(username=variant)) == 429


def test_a18_name_and_address_have_one_budget(site: Site) -> None:
    """Guesses under the name and the mail address add up, however both are spelled."""
    person = site.person()
    names = [person.username, person.email, person.email.upper(), f" {person.email}", person.username]
    assert site.guess(*names) == [401] * LIMIT
    assert site.entry(person) == site.entry(person._replace(username=person.email)) == 429


def test_a20_a_name_that_only_looks_alike_is_somebody_else(site: Site) -> None:
    """A Cyrillic letter in place of a Latin one neither signs in nor locks."""
    person = site.person()
    lookalike = person.username.replace("a", "\u0430")
    assert site.entry(person._replace(username=lookalike)) == 401
    site.guess(*[lookalike] * (LIMIT + 1))
    assert site.entry(person) == 200


@pytest.mark.parametrize("added", ["+shop", ":127.0.0.1", "*", "%", "'--", "{0}", "/", "\\", "|login"])
def test_a21_a24_a_name_with_something_added_is_somebody_else(site: Site, added: str) -> None:
    """No delimiter or wildcard makes guesses at one name count for another."""
    person = site.person()
    site.lock(person.username + added)
    assert site.entry(person) == 200


@pytest.mark.parametrize("name", NAMELESS.values(), ids=NAMELESS)
def test_a22_a23_what_names_nobody_locks_nobody(site: Site, name: str) -> None:
    """However often it is sent, it is the same 4xx, never a shared lock, and people still get in."""
    person = site.person()
    [status] = set(site.guess(*[name] * (LIMIT + 5)))
    assert status in {400, 413, 422}
    assert site.entry(person) == 200
