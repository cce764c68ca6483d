"""Claims about owners under attack, mail, sessions, and what answers give away."""

import json
from collections.abc import Callable
from typing import Final

import httpx
import pytest

from tests.acceptance.example_site import DEVICE, LIMIT, SESSION, WRONG, Person, Site, raw_post, told

NEW: Final = "an entirely new canary"
LINKS_AN_HOUR: Final = 5
"""Mails that one recipient gets of a kind."""


# The owner, while somebody else attacks


def test_a40_the_owners_browser_gets_in_while_the_account_is_locked(site: Site) -> None:
    """A browser that has signed in before has a budget of its own; any other has to wait."""
    person = site.person()
    browser = site.owner(person)
    site.lock(person.username)
    assert site.entry(person) == 429
    assert browser.sign_in(person.username, person.password).status_code == 200
    assert browser.sign_in(person.email, person.password).status_code == 200


def test_a32_a40_the_owners_browser_gets_in_while_its_address_is_refused(site: Site) -> None:
    """An attacker behind the same address doesn't keep the owner out."""
    person, address = site.person(), site.address()
    browser = site.owner(person, address)
    attacker = site.browser(address)
    while attacker.sign_in(site.name()).status_code == 401:
        pass
    assert attacker.sign_in(person.username, person.password).status_code == 429
    assert browser.sign_in(person.username, person.password).status_code == 200


def test_a40_the_owners_success_frees_no_guesses_of_others(site: Site) -> None:
    """While the owner signs in again and again, an attacker still has five guesses in all."""
    person = site.person()
    browser, statuses = site.owner(person), list[int]()
    for _ in range(LIMIT + 3):
        statuses += site.guess(person.username)
        assert browser.sign_in(person.username, person.password).status_code == 200
    assert statuses == [401] * LIMIT + [429] * 3


def test_a41_another_persons_browser_is_nobody_special(site: Site) -> None:
    """A device cookie is good for the account that it was given for, no other."""
    person, other = site.person(), site.person()
    browser = site.owner(other)
    site.lock(person.username)
    assert browser.sign_in(person.username, person.password).status_code == 429


TAMPERED: Final[dict[str, Callable[[str], str]]] = {
    "first bit": lambda cookie: flipped(cookie, 0),
    "a bit of the id": lambda cookie: flipped(cookie, 10),
    "a bit of the end": lambda cookie: flipped(cookie, 40),
    "a bit of the signature": lambda cookie: flipped(cookie, -3),
    "cut off": lambda cookie: cookie[:-1],
    "padded": "{}=".format,
    "with a letter more": "{}A".format,
    "doubled": lambda cookie: cookie * 2,
    "quoted": '"{}"'.format,
    "empty": lambda _cookie: "",
    "in capitals": str.upper,
    "twice": lambda cookie: f"{cookie}; {DEVICE}={cookie}",
}


def flipped(cookie: str, position: int) -> str:
    """Change one letter."""
    letters = list(cookie)
    letters[position] = "B" if letters[position] == "A" else "A"
    return "".join(letters)


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_a41_a_tampered_device_cookie_is_worth_nothing(site: Site, tamper: Callable[[str], str]) -> None:
    """Whatever is changed about it, the browser waits like any other."""
    person = site.person()
    browser = site.owner(person)
    site.lock(person.username)
    genuine = browser.cookies[DEVICE]
    browser.cookies[DEVICE] = tamper(genuine)
    assert browser.sign_in(person.username, person.password).status_code == 429
    browser.cookies[DEVICE] = genuine
    assert browser.sign_in(person.username, person.password).status_code == 200


def test_a41_a_session_is_no_device_cookie_and_the_other_way_round(site: Site) -> None:
    """Exchanged, neither cookie is worth anything."""
    person = site.person()
    browser = site.owner(person)
    site.lock(person.username)
    browser.cookies = {SESSION: browser.cookies[DEVICE], DEVICE: browser.cookies[SESSION]}
    assert browser.get("/me").status_code == 401
    assert browser.sign_in(person.username, person.password).status_code == 429


def test_a41_a_stolen_device_cookie_has_five_guesses_and_spends_no_others(site: Site) -> None:
    """Used up, it is refused even with the right password; the account's own budget is still whole."""
    person = site.person()
    thief = site.owner(person)
    statuses = [thief.sign_in(person.username).status_code for _ in range(LIMIT + 3)]
    assert statuses == [401] * LIMIT + [429] * 3
    assert thief.sign_in(person.username, person.password).status_code == 429
    assert site.guess(*[person.username] * (LIMIT + 1)) == [401] * LIMIT + [429]


# Mail


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a43_resets_mail_one_recipient_five_times_an_hour(site: Site, known: bool) -> None:
    """From any address, under either name: 202 each time, but no sixth mail."""
    person = site.person() if known else site.stranger()
    mailed = len(site.mails(person.email))
    names = [person.username, person.email, person.email.upper(), f" {person.username}"] * 5
    answers = [site.browser().post("/reset", username=name) for name in names]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert len(site.mails(person.email)) == mailed + (LINKS_AN_HOUR if known else 0)


def test_a43_registrations_mail_one_recipient_five_times_an_hour(site: Site) -> None:
    """From any address, under any name and spelling of the recipient: no sixth mail."""
    email = site.stranger().email
    spellings = [email, email.upper()] * 10
    answers = [site.register(site.stranger()._replace(email=spelling)) for spelling in spellings]
    assert [answer.status_code for answer in answers[:LINKS_AN_HOUR]] == [202] * LINKS_AN_HOUR
    assert {answer.status_code for answer in answers} <= {202, 429}
    assert len(site.mails(email)) + len(site.mails(email.upper())) == LINKS_AN_HOUR


def test_a43_mail_limits_touch_no_sign_in(site: Site) -> None:
    """Who asks for mail in somebody's name doesn't keep that person out."""
    person = site.person()
    for _ in range(LINKS_AN_HOUR + 5):
        site.browser().post("/reset", username=person.username)
        site.register(site.stranger()._replace(email=person.email))
    assert site.entry(person) == 200


def test_a52_of_ten_redemptions_of_a_link_at_one_moment_one_succeeds(site: Site) -> None:
    """A reset works once under concurrency too, and the one password that was set gets in."""
    person = site.person()
    token = site.reset_token(person)
    passwords = [f"{NEW} number {number}" for number in range(10)]
    bodies = [json.dumps({"token": token, "password": password}).encode() for password in passwords]
    statuses = site.at_one_moment(
        [raw_post("/reset/confirm", body, "Content-Type: application/json") for body in bodies]
    )
    assert (statuses.count(200), statuses.count(422)) == (1, 9)
    assert site.entry(person._replace(password=passwords[statuses.index(200)])) == 200


# What answers give away


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("field", ["username", "email"])
def test_a44_a45_a46_known_and_unknown_names_are_answered_alike(site: Site, field: str, accept: str) -> None:
    """Equal histories get equal statuses, headers and bodies: to the lock, with the right password too."""
    waiting = site.stranger()
    site.register(waiting)
    known, unconfirmed, unknown = (
        history(site, getattr(person, field), person.password, accept)
        for person in (site.person(), waiting, site.stranger())
    )
    assert known == unconfirmed == unknown


def history(site: Site, name: str, password: str, accept: str) -> list[object]:
    """What more guesses than allowed tell about a name, and the right password after them."""
    guesses = [WRONG] * (LIMIT + 2) + [password]
    bodies = [{"username": name, "password": guess} for guess in guesses]
    return [
        told(site.browser().send("POST", "/login", json=body, headers={"Accept": accept})) for body in bodies
    ]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("field", ["username", "email"])
def test_a47_a_registration_tells_nobody_what_is_taken(site: Site, field: str, accept: str) -> None:
    """Taken or free, accepted or over the limit of mails: the same answers in the same order."""
    free = site.stranger()
    taken = site.stranger()._replace(**{field: getattr(site.person(), field)})
    assert registrations(site, taken, accept) == registrations(site, free, accept)


def registrations(site: Site, person: Person, accept: str) -> list[object]:
    """What a registration tells, repeated until its recipient gets no more mail."""
    return [
        told(site.browser().send("POST", "/register", json=person._asdict(), headers={"Accept": accept}))
        for _ in range(LINKS_AN_HOUR + 2)
    ]


def test_a47_feedback_on_a_password_tells_nobody_what_is_taken(site: Site) -> None:
    """What is wrong with a password is said before anybody asks whose name it is."""
    people = [person._replace(password="short") for person in (site.person(), site.stranger())]
    known, unknown = (told(site.register(person)) for person in people)
    assert known == unknown
    assert known[0] == 422


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("field", ["username", "email"])
def test_a47_a_reset_tells_nobody_who_has_an_account(site: Site, field: str, accept: str) -> None:
    """Known or unknown, within the limit of mails and over it: one answer."""
    names = [getattr(owner, field) for owner in (site.person(), site.stranger())]
    posts = [{"username": name} for name in names * (LINKS_AN_HOUR + 2)]
    headers = {"Accept": accept}
    answers = [told(site.browser().send("POST", "/reset", json=post, headers=headers)) for post in posts]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 202


def test_a49_no_answer_tells_how_much_is_left(site: Site) -> None:
    """No RateLimit header of any spelling on a guarded route, whatever the answer."""
    person, browser = site.person(), site.browser()
    answers = [
        site.browser().post("/login"),
        site.browser().post("/reset", username=person.username),
        site.register(site.stranger()),
        browser.sign_in(person.username, person.password),
        *[site.browser().sign_in(person.username) for _ in range(LIMIT + 1)],
    ]
    assert {answer.status_code for answer in answers} == {200, 202, 401, 422, 429}
    names = {name.lower() for answer in answers for name in answer.headers}
    assert [name for name in names if "limit" in name or "remaining" in name] == []


def test_a49_a_refusal_does_not_tell_which_limit_it_was(site: Site) -> None:
    """Account, address and known browser over their limits: the same status, body and header names."""
    person, thief, sprayer = site.person(), site.owner(site.person()), site.browser()
    site.lock(person.username)
    refusals = [site.browser().sign_in(person.username)]
    owner = site.owner(victim := site.person())
    refusals.append(until_refused(lambda: owner.sign_in(victim.username)))
    refusals.append(until_refused(lambda: sprayer.sign_in(site.name())))
    refusals.append(until_refused(lambda: thief.post("/login")))
    assert len({(answer.status_code, answer.content, tuple(answer.headers)) for answer in refusals}) == 1


def until_refused(attempt: Callable[[], httpx.Response]) -> httpx.Response:
    """Repeat an attempt until it is refused."""
    answer = attempt()
    while answer.status_code in {401, 422}:
        answer = attempt()
    return answer


# Sessions


def test_a55_a_session_begins_with_an_id_of_its_own(site: Site) -> None:
    """An id that was planted before the sign-in is neither taken over nor valid afterwards."""
    person = site.person()
    browser, planted = site.browser(), site.browser()
    browser.cookies[SESSION] = planted.cookies[SESSION] = "planted" * 6
    assert browser.sign_in(person.username, person.password).status_code == 200
    assert browser.cookies[SESSION] != planted.cookies[SESSION]
    assert planted.get("/me").status_code == 401


def test_a55_a_second_sign_in_ends_the_browsers_first_session(site: Site) -> None:
    """The id changes, and who has kept the old one is signed in no longer."""
    person = site.person()
    browser, kept = site.owner(person), site.browser()
    kept.cookies[SESSION] = browser.cookies[SESSION]
    assert browser.sign_in(person.username, person.password).status_code == 200
    assert browser.cookies[SESSION] != kept.cookies[SESSION]
    assert (browser.get("/me").status_code, kept.get("/me").status_code) == (200, 401)


def test_a55_a_session_that_was_ended_cannot_be_replayed(site: Site) -> None:
    """After /logout the copied cookie is a 401."""
    browser, copied = site.owner(site.person()), site.browser()
    copied.cookies = dict(browser.cookies)
    assert copied.get("/me").status_code == 200
    assert browser.send("POST", "/logout").status_code == 204
    assert copied.get("/me").status_code == 401
    assert SESSION not in browser.cookies


def test_a55_a_failed_sign_in_touches_no_session(site: Site) -> None:
    """A wrong password neither ends a session nor hands one out."""
    person = site.person()
    browser = site.owner(person)
    before = dict(browser.cookies)
    assert browser.sign_in(person.username).status_code == 401
    assert (browser.cookies, browser.get("/me").status_code) == (before, 200)
