"""Claims about what is refused, and how: problems of a stable type, origins, paths and methods."""

import re

import httpx
import pytest

from tests.acceptance.example_site import WRONG, Browser, Site, assert_problem

PROBLEMS = "urn:authguard:problem:"
JSON, TEXT = {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}
UNREADABLE = {
    "malformed-body": (400, JSON, b'{"username": "canary",'),
    "body-too-large": (413, JSON, b'"' + b"x" * 1_000_000 + b'"'),
    "unsupported-media-type": (415, TEXT, b"canary"),
    "unreadable-body": (422, JSON, b'{"canary": "canary"}'),
}


def assert_kind(answer: httpx.Response, status: int, kind: str) -> None:
    """Check that an answer is the guard's problem of this kind."""
    assert_problem(answer, status)
    assert answer.json()["type"] == PROBLEMS + kind


# Types (RFC 9457)


def test_a_refusal_has_one_type_whoever_is_refused(site: Site) -> None:
    """A program can tell a wrong password from a limit by the type alone, in every application."""
    person = site.person()
    assert_kind(site.browser().sign_in(person.username), 401, "invalid-credentials")
    assert_kind(site.browser().sign_in(site.name()), 401, "invalid-credentials")
    site.lock(name := site.name())
    assert_kind(site.browser().sign_in(name), 429, "too-many-attempts")


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/reset/confirm"])
def test_what_is_wrong_with_a_body_has_a_type(site: Site, path: str, kind: str) -> None:
    """The same on every route that reads one."""
    status, headers, body = UNREADABLE[kind]
    answer = site.browser().send("POST", path, content=body, headers=headers)
    assert_kind(answer, status, kind)


# Paths, methods, origins


@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/logout", "/password/assess"])
def test_what_changes_something_is_posted(site: Site, path: str) -> None:
    """Fetching it is a 405 that says so, and nothing happens."""
    answer = site.browser().get(path)
    assert_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_where_nothing_is_there_is_a_404(site: Site) -> None:
    """A problem, as everywhere."""
    assert_problem(site.browser().get("/nothing/here"), 404)


def post_from(browser: Browser, origin: str, name: str) -> int:
    """Try to sign in from a page of an origin."""
    fields = {"username": name, "password": WRONG}
    return browser.send("POST", "/login", json=fields, headers={"Origin": origin}).status_code


def test_a_post_of_this_sites_own_page_needs_no_token(site: Site) -> None:
    """By either name of this machine; another port or scheme, or no origin to speak of, is another site."""
    browser, own = site.browser(), site.url
    assert post_from(browser, own, site.name()) == 401
    for foreign in ("null", f"{own}0", own.replace("http", "https"), f"{own}.evil.example"):
        assert post_from(browser, foreign, site.name()) == 403


# GET /


def test_everything_that_the_page_needs_is_there(site: Site) -> None:
    """Its style sheet and its scripts, which show what a password is worth while it is typed."""
    page = site.browser().get("/", accept="text/html").text
    needed = re.findall(r'(?:<script[^>]* src|<link[^>]* href)="([^"]+)"', page)
    assert any(path.partition("?")[0].endswith(".js") for path in needed)
    assert {path: site.browser().get(path, accept="*/*").status_code for path in needed} == dict.fromkeys(
        needed, 200
    )
