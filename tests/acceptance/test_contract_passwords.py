"""Claims about new passwords, over real servers: what is refused and why, and what is said meanwhile."""

import json

import httpx
import pytest

from tests.acceptance.example_site import NEW, WRONG, Browser, Site, assert_feedback, assert_problem

ASSESS = "/password/assess"
FOREIGN = {"Origin": "https://evil.example"}
WEAK = {
    "short": "too_short",
    "password": "too_common",
    "qwertyuiopasdfgh": "too_common",
    "sunshine and moonlight": "too_weak",
    "authguardauthguard1": "contains_site",
    "x" * 129: "too_long",
}
"""Passwords, and a code that each is refused for."""


def codes(answer: httpx.Response) -> list[str]:
    """The codes of a refusal, checked as such."""
    assert_feedback(answer)
    return [reason["code"] for reason in answer.json()["feedback"]]


def assess(browser: Browser, password: str, **known: object) -> httpx.Response:
    """Ask about a password that is being typed."""
    return browser.post(ASSESS, password=password, **known)


# POST /register, POST /reset/confirm


@pytest.mark.parametrize(("password", "code"), WEAK.items(), ids=str)
def test_a_weak_password_is_refused_with_its_reason(site: Site, password: str, code: str) -> None:
    """422 with feedback whose codes are stable, the same at registration and reset."""
    assert code in codes(site.register(site.stranger()._replace(password=password)))
    token = site.reset_token(site.person())
    assert code in codes(site.browser().post("/reset/confirm", token=token, password=password))


def test_a_reset_that_was_refused_leaves_its_link_usable(site: Site) -> None:
    """However often; a good passphrase then gets in."""
    person = site.person()
    token = site.reset_token(person)
    for password in WEAK:
        site.browser().post("/reset/confirm", token=token, password=password)
    assert site.browser().post("/reset/confirm", token=token, password=NEW).status_code == 200
    assert site.entry(person._replace(password=NEW)) == 200


def test_a_password_is_not_made_of_its_owner(site: Site) -> None:
    """User name and address are known to who guesses: as typed at registration, as recorded at reset."""
    stranger = site.stranger()
    for password, code in (
        (f"{stranger.username}{stranger.username[::-1]}", "contains_username"),
        (stranger.email, "contains_email"),
    ):
        assert code in codes(site.register(stranger._replace(password=password)))
    person = site.person()
    token = site.reset_token(person)
    reset = site.browser().post("/reset/confirm", token=token, password=f"{person.username}{person.username}")
    assert "contains_username" in codes(reset)


def test_what_is_wrong_with_the_name_is_told_beside_the_password(site: Site) -> None:
    """One answer holds all reasons."""
    found = codes(site.register(site.stranger()._replace(username="a@b", password="short")))
    assert found[:2] == ["username_unusable", "too_short"]


def test_a82_a_refused_password_is_not_repeated(site: Site) -> None:
    """Neither in the answer nor in a page; the server's log is searched when it ends."""
    stranger = site.stranger()._replace(password="canary-pa55")
    refused = site.register(stranger)
    assert_feedback(refused)
    page = site.browser().send("POST", "/register", form=stranger._asdict(), headers={"Accept": "text/html"})
    assert page.status_code == 422
    for answer in (refused, page, assess(site.browser(), "canary-pa55")):
        assert "canary-pa55" not in answer.text


# POST /password/assess


def test_what_is_typed_for_a_reset_is_assessed_as_the_reset_will(site: Site) -> None:
    """With the link's token the address counts that the form doesn't show; a forged one adds nothing."""
    person = site.person()
    local = person.email.partition("@")[0]
    password = f"{local}-{local}-7"
    known = assess(site.browser(), password, token=site.reset_token(person)).json()
    forged = assess(site.browser(), password, token="forged").json()
    personal = {"contains_email", "contains_username"}
    assert personal & {one["code"] for one in known["findings"]}
    assert not personal & {one["code"] for one in forged["findings"]}


def test_what_is_typed_is_assessed(site: Site) -> None:
    """200 with the verdict, the score, the findings and the advice; nobody stores it."""
    answer = assess(site.browser(), "sunshine and moonlight")
    told = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert list(told) == ["ok", "score", "findings", "advice"]
    assert (told["ok"], told["score"]) == (False, 2)
    for one in told["findings"]:
        assert {name: type(value) for name, value in one.items()} == {
            "code": str,
            "title": str,
            "message": str,
            "blocks": bool,
        }
    for one in told["advice"]:
        assert {name: type(value) for name, value in one.items()} == dict.fromkeys(
            ("code", "title", "message"), str
        )


def test_a_good_passphrase_is_told_to_be_one(site: Site) -> None:
    """And what the meter accepts, the registration does."""
    stranger = site.stranger()
    answer = assess(site.browser(), stranger.password, username=stranger.username, email=stranger.email)
    assert (answer.json()["ok"], answer.json()["score"]) == (True, 4)
    assert site.register(stranger).status_code == 202


def test_what_is_known_of_the_author_counts(site: Site) -> None:
    """The same text is somebody's name, and nobody's."""
    browser, text = site.browser(), "Wolfram Oppenrieder"
    named = assess(browser, text, username=text).json()
    assert "contains_username" in [one["code"] for one in named["findings"] if one["blocks"]]
    assert assess(browser, text).json()["score"] > named["score"]


@pytest.mark.parametrize("odd", [5, None, ["canary"], {"x": "canary"}, "\ud800"], ids=repr)
def test_a76_what_is_no_text_is_nobodys_name(site: Site, odd: object) -> None:
    """Odd fields beside the password change nothing; nothing fails."""
    body = json.dumps({"password": NEW, "username": odd, "email": odd}).encode()
    headers = {"Content-Type": "application/json"}
    assert site.browser().send("POST", ASSESS, content=body, headers=headers).json()["ok"] is True


@pytest.mark.parametrize("body", [{}, {"password": 5}, {"password": None}, [], "canary"], ids=repr)
def test_without_a_password_there_is_nothing_to_assess(site: Site, body: object) -> None:
    """A problem, as everywhere."""
    assert_problem(site.browser().send("POST", ASSESS, json=body), 422)


def test_a87_another_sites_page_asks_nothing(site: Site) -> None:
    """A foreign origin is a 403, before anything is counted."""
    answer = site.browser().send("POST", ASSESS, json={"password": WRONG}, headers=FOREIGN)
    assert_problem(answer, 403)


def test_who_types_without_end_is_told_to_wait(defaults: Site) -> None:
    """429 with a Retry-After, for this address alone; signing in and registering go on."""
    person, browser = defaults.person(), defaults.browser()
    statuses = [assess(browser, WRONG[:number]).status_code for number in range(1, 12)]
    assert statuses == [200] * 10 + [429]
    refused = assess(browser, WRONG)
    assert_problem(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert assess(defaults.browser(), WRONG).status_code == 200
    assert browser.sign_in(person.username, person.password).status_code == 200
    assert browser.post("/register", **defaults.stranger()._asdict()).status_code == 202


def test_the_default_is_ample_for_who_types(site: Site) -> None:
    """Sixty questions within moments are all answered."""
    browser = site.browser()
    assert {assess(browser, NEW).status_code for _ in range(60)} == {200}
