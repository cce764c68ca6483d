"""Claims about other ways to the same password: further routes, paths and encodings, and what they tell."""

import base64
from collections.abc import Callable, Mapping
from typing import Final

import httpx
import pytest

from tests.acceptance.example_site import LIMIT, NEW, SESSION, WRONG, Browser, Person, Site, told

Way = Callable[[Browser, Person, str], httpx.Response]

WAYS: Final[Mapping[str, Way]] = {
    "json, name": lambda browser, who, text: browser.sign_in(who.username, text),
    "json, address": lambda browser, who, text: browser.sign_in(who.email, text),
    "form, name": lambda browser, who, text: post(browser, "/login", form=named(who.username, text)),
    "form, address": lambda browser, who, text: post(browser, "/login", form=named(who.email, text)),
    "page": lambda browser, who, text: post(
        browser, "/login", form=named(who.username, text), headers={"Accept": "text/html"}
    ),
    "script": lambda browser, who, text: post(
        browser, "/login", json=named(who.username, text), headers={"X-Requested-With": "XMLHttpRequest"}
    ),
    "with a query": lambda browser, who, text: post(browser, "/login?next=/", json=named(who.email, text)),
}
"""Every way into an account that the contract knows."""

ELSEWHERE: Final = [
    "/",
    "/me",
    "/outbox",
    "/confirm",
    "/reset",
    "/logout",
    "/register",
    "/password/assess",
    "/reset/confirm",
    "/token",
    "/oauth/token",
    "/session",
    "/signin",
    "/api/login",
    "/auth/login",
    "/accounts/login/",
    "/admin/login/",
    "/graphql",
]
"""Routes of the contract that are no sign-in, and where others have one."""


def named(username: str, password: str) -> dict[str, str]:
    """The credentials as fields."""
    return {"username": username, "password": password}


def post(
    browser: Browser,
    path: str,
    *,
    json: object = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Post something, with headers."""
    return browser.send("POST", path, json=json, form=form, headers=headers)


# The secret, or anything else, in the address


def test_a25_a_code_in_the_query_opens_no_bucket_of_its_own(site: Site) -> None:
    """Another query with each guess: five are answered all the same, and then the right one isn't."""
    person = site.person()
    statuses = [
        post(site.browser(), f"/login?code={code:06}", json=named(person.username, WRONG)).status_code
        for code in range(20)
    ]
    assert statuses == [401] * LIMIT + [429] * 15
    assert (
        post(site.browser(), "/login?code=x", json=named(person.username, person.password)).status_code == 429
    )


@pytest.mark.parametrize(
    "path", ["/login/{:06}", "/login;code={:06}", "/login/../login;{:06}", "/{:06}/login"]
)
def test_a25_a_code_in_the_path_opens_no_bucket_of_its_own(site: Site, path: str) -> None:
    """Another path with each guess is no route, or counted with all the others."""
    name = site.name()
    statuses = [
        post(site.browser(), path.format(code), json=named(name, WRONG)).status_code for code in range(20)
    ]
    assert set(statuses) <= {401, 404, 405, 429}
    assert statuses.count(401) <= LIMIT


# Other routes


def test_a34_all_ways_into_an_account_have_one_budget(site: Site) -> None:
    """Guesses go round all ways: five are answered, and then none of them lets the right password in."""
    person = site.person()
    guesses = [way(site.browser(), person, WRONG).status_code for way in [*WAYS.values()] * 2]
    assert guesses == [401] * LIMIT + [429] * (2 * len(WAYS) - LIMIT)
    assert {way(site.browser(), person, person.password).status_code for way in WAYS.values()} == {429}


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a34_a35_no_other_route_tells_whether_a_password_is_right(site: Site, path: str) -> None:
    """Its answer to the right password is its answer to a wrong one, and nobody is signed in by it."""
    person, other = site.person(), site.person()
    for ask in POSTED.values():
        right, wrong = site.browser(), site.browser()
        known = told(ask(right, path, person, person.password))
        assert known == told(ask(wrong, path, person, other.password))
        assert (right.get("/me").status_code, SESSION in right.cookies) == (401, False)


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a34_a35_no_page_opens_to_a_password_in_a_header(site: Site, path: str) -> None:
    """HTTP basic authentication is no sign-in, however right the password is."""
    person, other = site.person(), site.person()
    right, wrong = site.browser(), site.browser()
    known = outline(right.send("GET", path, headers=basic(person, person.password)))
    assert known == outline(wrong.send("GET", path, headers=basic(person, other.password)))
    assert (right.get("/me").status_code, SESSION in right.cookies) == (401, False)


def outline(answer: httpx.Response) -> tuple[int, tuple[str, ...], int]:
    """What a page tells, but for tokens in it that are always new."""
    return answer.status_code, tuple(answer.headers), len(answer.content)


def basic(person: Person, password: str) -> dict[str, str]:
    """HTTP basic authentication (RFC 7617)."""
    pair = f"{person.username}:{password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def fields(person: Person, password: str) -> dict[str, str]:
    """The credentials under every name that an application might look for."""
    return {
        **named(person.username, password),
        "email": person.email,
        "old_password": password,
        "current_password": password,
        "token": "forged",
        "grant_type": "password",
    }


POSTED: Final[Mapping[str, Callable[[Browser, str, Person, str], httpx.Response]]] = {
    "json": lambda browser, path, who, text: post(browser, path, json=fields(who, text)),
    "form": lambda browser, path, who, text: post(browser, path, form=fields(who, text)),
    "basic": lambda browser, path, who, text: post(browser, path, json={}, headers=basic(who, text)),
}


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "not locked"])
def test_a36_neither_link_signs_anybody_in(site: Site, locked: bool) -> None:
    """Confirming a registration and completing a reset start no session: only the sign-in does."""
    stranger, browser = site.stranger(), site.browser()
    site.register(stranger)
    assert browser.get(f"/confirm?token={site.mails(stranger.email)[0].token}").status_code == 200
    assert browser.get("/me").status_code == 401
    token = site.reset_token(stranger)
    if locked:
        site.lock(stranger.username)
    assert browser.post("/reset/confirm", token=token, password=NEW).status_code == 200
    assert (browser.get("/me").status_code, SESSION in browser.cookies) == (401, False)
