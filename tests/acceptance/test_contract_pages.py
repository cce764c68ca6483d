"""Claims about pages in place of data, what other sites' pages may send, and what isn't counted."""

import json

import httpx
import pytest

from tests.acceptance.example_site import (
    LIMIT,
    NEW,
    WRONG,
    Browser,
    Person,
    Site,
    assert_feedback,
    assert_problem,
)

HTML = {"Accept": "text/html"}
FOREIGN = {"Origin": "https://evil.example"}


def assert_page(answer: httpx.Response, status: int) -> None:
    """Check that an answer is a page of a status, which nobody stores."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"


def by_form(browser: Browser, path: str, **fields: str) -> httpx.Response:
    """Post a form, as a browser without scripts does."""
    return browser.send("POST", path, form=fields, headers=HTML)


def test_a_browser_is_answered_with_pages(site: Site) -> None:
    """A wrong password, a refusal with its wait, a body that can't be read, and the way in: all are pages."""
    person, browser = site.person(), site.browser()
    assert_page(by_form(browser, "/login", username=person.username, password=WRONG), 401)
    assert_page(by_form(browser, "/login", username=person.username), 422)
    assert_page(by_form(browser, "/login", username=person.username, password=person.password), 200)
    site.lock(name := site.name())
    refused = by_form(site.browser(), "/login", username=name, password=WRONG)
    assert_page(refused, 429)
    assert refused.headers["Retry-After"] == "900"
    assert "15 minutes" in refused.text


def test_a_browser_registers_and_resets_by_form(site: Site) -> None:
    """Without scripts the whole way works too, and ends at a known browser."""
    stranger, browser = site.stranger(), site.browser()
    assert_page(by_form(browser, "/register", **stranger._asdict()), 202)
    assert_page(browser.get(f"/confirm?token={site.mails(stranger.email)[0].token}", accept="text/html"), 200)
    assert_page(by_form(browser, "/reset", username=stranger.email), 202)
    token = site.mails(stranger.email)[0].token
    assert_page(browser.get(f"/reset/confirm?token={token}", accept="text/html"), 200)
    assert_page(by_form(browser, "/reset/confirm", token=token, password="short"), 422)
    assert_page(by_form(browser, "/reset/confirm", token=token, password=NEW), 200)
    site.lock(stranger.username)
    assert_page(by_form(browser, "/login", username=stranger.username, password=NEW), 200)


@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/reset/confirm", "/logout"])
def test_a_post_of_another_sites_page_is_refused(site: Site, path: str) -> None:
    """A foreign origin is a 403, for data and for pages."""
    fields = {**site.stranger()._asdict(), "token": "canary"}
    assert_problem(site.browser().send("POST", path, json=fields, headers=FOREIGN), 403)
    assert_page(site.browser().send("POST", path, form=fields, headers=FOREIGN | HTML), 403)


def test_a_post_of_another_sites_page_costs_its_visitor_nothing(site: Site) -> None:
    """A hostile page can't use up anybody's attempts through the browsers of those who look at it."""
    person, browser = site.person(), site.browser()
    body = {"username": person.username, "password": WRONG}
    for _ in range(LIMIT + 1):
        browser.send("POST", "/login", json=body, headers=FOREIGN)
    assert browser.sign_in(person.username, person.password).status_code == 200


def test_feedback_on_a_registration_costs_none_of_its_mails(site: Site) -> None:
    """However often a password is too short, the address still gets its mail."""
    stranger = site.stranger()
    for _ in range(LIMIT + 5):
        assert_feedback(site.register(stranger._replace(password="short")))
    assert site.register(stranger).status_code == 202
    assert len(site.mails(stranger.email)) == 1


def ambiguous(victim: Person, own: str) -> bytes:
    """JSON that names the victim; read as a form it names another."""
    fields = {
        "username": victim.username,
        "password": victim.password,
        "more": f"&username={own}&password=x&",
    }
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-www-form-urlencoded; x=application/json",
        "application/x-www-form-urlencoded;json",
        "APPLICATION/X-WWW-FORM-URLENCODED ; application/json",
    ],
)
def test_a39_a_body_that_is_a_form_and_json_at_once_names_one_person(site: Site, media_type: str) -> None:
    """What is counted is what is checked: the form's name, whatever else the type or the body hold."""
    victim, own = site.person(), site.name()
    site.lock(victim.username)
    answer = site.browser().send(
        "POST", "/login", content=ambiguous(victim, own), headers={"Content-Type": media_type}
    )
    assert answer.status_code in {400, 401, 415}
