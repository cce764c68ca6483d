"""Claims about what the examples take from their settings, and what outlives a restart."""

import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.acceptance.candidates import Candidate
from tests.acceptance.conftest import PLAIN, QUICK, UNDELAYED
from tests.acceptance.example_site import (
    ADDRESS_LIMIT,
    LONG,
    NEW,
    Browser,
    Mail,
    Person,
    Site,
    assert_feedback,
)
from tests.acceptance.server import refusing, serving

DEVICE_SECONDS = 180 * 24 * 3600
OLD_KEY, NEW_KEY = "o" * 32, "n" * 32
CAP = 2


# What is set


def test_cookies_are_for_https_alone_unless_told_otherwise(narrow: Site) -> None:
    """By default each cookie is Secure, HttpOnly, and bound to this host by its name's prefix."""
    person = narrow.person()
    lines = narrow.browser().sign_in(person.username, person.password).headers.get_list("Set-Cookie")
    assert len(lines) == 2
    for line in lines:
        attributes = {part.strip().lower() for part in line.split(";")[1:]}
        assert line.startswith("__Host-")
        assert {"secure", "httponly", "path=/"} <= attributes


def test_a_browser_is_known_for_180_days(narrow: Site) -> None:
    """The device cookie says so; the session's goes with the browser."""
    person = narrow.person()
    lines = narrow.browser().sign_in(person.username, person.password).headers.get_list("Set-Cookie")
    ages = {name: one["max-age"] for line in lines for name, one in SimpleCookie(line).items()}
    assert ages == {"__Host-authguard_device": str(DEVICE_SECONDS), "__Host-session": ""}


def test_the_length_of_a_password_is_a_setting(narrow: Site) -> None:
    """What is refused, what is told and what the page shows follow AUTHGUARD_PASSWORD__*."""
    for length, bound in ((19, "20"), (65, "64")):
        answer = narrow.register(narrow.stranger()._replace(password=LONG[:length]))
        assert_feedback(answer)
        assert bound in answer.json()["feedback"][0]["message"]
    person = narrow.stranger()._replace(password=LONG[:20])
    assert narrow.register(person).status_code == 202
    narrow.here().get(f"/confirm?token={narrow.mails(person.email)[0].token}")
    token = narrow.reset_token(person)
    assert_feedback(narrow.here().post("/reset/confirm", token=token, password=LONG[:19]))
    for path in ("/", f"/reset/confirm?token={token}"):
        assert "20 to 64 characters" in narrow.here().get(path, accept="text/html").text
    assert narrow.here().post("/reset/confirm", token=token, password=LONG[:64]).status_code == 200


def test_a_list_is_separated_by_commas(narrow: Site) -> None:
    """The second of two trusted networks is trusted, and what it says of the client's address counts."""
    assert narrow.here().get("/outbox").status_code == 200
    assert narrow.browser().get("/outbox").status_code == 403


def test_a96_a_setting_that_weakens_a_limit_stops_the_start(example: Candidate, tmp_path: Path) -> None:
    """With a lock that ends before its window the application ends, and says which setting it was."""
    status, told = refusing(example, tmp_path, {"AUTHGUARD_LOGIN__LOCK": "1m"})
    assert status != 0
    assert "LOGIN__LOCK" in told
    assert "15m" in told


# How limits end


def test_a08_a09_after_a_lock_the_account_has_its_whole_budget_again(narrow: Site) -> None:
    """As many attempts as before, no more and no less, once the wait is over that was told."""
    statuses, wait = narrow.burst(name := narrow.name())
    assert statuses == [401, 401, 429, 429, 429]
    time.sleep(wait)
    assert narrow.burst(name)[0] == [401, 401, 429, 429, 429]


def test_the_largest_wait_is_told(narrow: Site) -> None:
    """Who is held back by an address for fifteen minutes and by an account for two seconds waits for both."""
    browser = narrow.browser()
    statuses = [browser.sign_in(narrow.name()).status_code for _ in range(ADDRESS_LIMIT)]
    assert statuses == [401] * ADDRESS_LIMIT
    _, wait = narrow.burst(name := narrow.name())
    assert wait <= 2
    assert browser.sign_in(name).headers["Retry-After"] == "900"


# What outlives a restart


class Before(NamedTuple):
    """What somebody had before the restart."""

    person: Person
    browser: Browser
    mails: list[Mail]
    token: str

    def again(self, site: Site) -> Browser:
        """The same browser at the server that runs now."""
        browser = site.browser()
        browser.cookies = self.browser.cookies
        return browser


class Restarted(NamedTuple):
    """A server that goes on where another has ended, with a further key, and a small cap."""

    site: Site
    before: Before


@pytest.fixture(scope="session")
def restarted(example: Candidate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarted]:
    """One server after the other, over the same directory."""
    directory, settings = tmp_path_factory.mktemp("restarted"), QUICK | PLAIN | UNDELAYED
    with serving(example, directory, settings | {"AUTHGUARD_SECRET_KEY": OLD_KEY}) as url, Site(url) as site:
        person = site.person()
        browser, token = site.owner(person), site.reset_token(person)
        before = Before(person, browser, site.mails(), token)
    changed = {"AUTHGUARD_SECRET_KEY": f"{NEW_KEY},{OLD_KEY}", "AUTHGUARD_LOGIN__FAILURE_CAP": str(CAP)}
    with serving(example, directory, settings | changed) as url, Site(url, first=1_000) as site:
        yield Restarted(site, before)


def test_a_restart_keeps_users_sessions_and_mail(restarted: Restarted) -> None:
    """A second server over the same directory knows the account, the browser, and an unused link."""
    site, before = restarted
    browser = before.again(site)
    assert browser.get("/me").json() == {"username": before.person.username}
    assert site.mails()[-len(before.mails) :] == before.mails
    assert site.entry(before.person) == 200
    assert site.here().post("/reset/confirm", token=before.token, password=NEW).status_code == 200


def test_a_reset_ends_the_cap(restarted: Restarted) -> None:
    """After so many failures in a row nobody gets in any more who isn't known, until the owner resets."""
    site = restarted.site
    person = site.person()
    assert site.guess(*[person.username] * (CAP + 1)) == [401] * CAP + [429]
    assert site.entry(person) == 429
    assert site.here().post("/reset/confirm", token=site.reset_token(person), password=NEW).status_code == 200
    assert site.entry(person._replace(password=NEW)) == 200


def test_a_known_browser_ends_the_cap(restarted: Restarted) -> None:
    """Its owner's sign-in does, from where the account is known."""
    site = restarted.site
    person = site.person()
    browser = site.owner(person)
    assert site.guess(*[person.username] * (CAP + 1)) == [401] * CAP + [429]
    assert browser.sign_in(person.username, person.password).status_code == 200
    assert site.entry(person) == 200
