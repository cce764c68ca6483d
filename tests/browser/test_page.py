"""The example's page, as a person meets it: in a real browser, with and without JavaScript."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from examples.server import Server

PASSWORD = "a long enough passphrase"


@pytest.fixture(scope="module", params=["fastapi_app", "starlette_app", "flask_app"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each example in turn, one server for all tests of this file."""
    server = Server(f"examples.{request.param}", tmp_path_factory.mktemp("demo"))
    try:
        server.wait_until_healthy()
        yield server.url
    finally:
        server.stop()


@pytest.fixture(params=[True, False], ids=["javascript", "plain"])
def any_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a browser that runs scripts, and in one that doesn't."""
    with chromium.new_context(java_script_enabled=bool(request.param)) as context:
        yield context.new_page()


def mailed_link(url: str, to: str) -> str:
    """Return the newest link that was mailed to an address."""
    mails: list[dict[str, str]] = httpx.get(f"{url}/outbox", headers={"Accept": "application/json"}).json()
    return next(mail["link"] for mail in mails if mail["to"] == to and mail["link"])


def unique(name: str, request: pytest.FixtureRequest) -> str:
    """Return a user name that no other test of the same server has."""
    return f"{name}-{request.node.callspec.id}"


def fill(form: Locator, **fields: str) -> None:
    """Fill a form's fields by their names."""
    for name, value in fields.items():
        form.locator(f"input[name={name}]").fill(value)


def register(page: Page, url: str, name: str) -> None:
    """Register through the page, and open the mailed link."""
    page.goto(f"{url}/#register")
    form = page.locator("#register")
    fill(form, username=name, email=f"{name}@example.org", password=PASSWORD)
    with page.expect_response("**/register") as answer:
        form.get_by_role("button", name="Create account").click()
    assert answer.value.status == 202
    page.goto(mailed_link(url, f"{name}@example.org"))


def sign_in(page: Page, url: str, name: str, password: str) -> int:
    """Fill the form in, send it, and return the answer's status."""
    page.goto(url)
    form = page.locator("#sign-in")
    fill(form, username=name, password=password)
    with page.expect_response("**/login") as answer:
        form.get_by_role("button", name="Sign in").click()
    return answer.value.status


def test_one_registers_confirms_signs_in_and_out(
    any_page: Page, url: str, request: pytest.FixtureRequest
) -> None:
    """From the first form to the last button, with JavaScript and without."""
    name = unique("ann", request)
    register(any_page, url, name)
    assert sign_in(any_page, url, name, PASSWORD) == 200
    expect(any_page.get_by_role("heading", name=name)).to_be_visible()
    any_page.get_by_role("button", name="Sign out").click()
    expect(any_page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_forgotten_password_is_replaced_through_the_mail(
    any_page: Page, url: str, request: pytest.FixtureRequest
) -> None:
    """The mailed link leads to a form; afterwards the new password signs in."""
    name = unique("bob", request)
    register(any_page, url, name)
    any_page.goto(f"{url}/#forgotten")
    form = any_page.locator("#forgotten")
    fill(form, username=name)
    with any_page.expect_response("**/reset"):
        form.get_by_role("button", name="Send the link").click()
    any_page.goto(mailed_link(url, f"{name}@example.org"))
    fill(any_page.locator("form[action='/reset/confirm']"), password="another long passphrase")
    with any_page.expect_response("**/reset/confirm") as answer:
        any_page.locator("form[action='/reset/confirm'] [type=submit]").click()
    assert answer.value.status == 200
    assert sign_in(any_page, url, name, "another long passphrase") == 200


def test_a_short_password_is_explained(any_page: Page, url: str, request: pytest.FixtureRequest) -> None:
    """The page says what is wrong with it, and keeps the name that was typed."""
    any_page.goto(f"{url}/#register")
    form = any_page.locator("#register")
    name = unique("cy", request)
    fill(form, username=name, email=f"{name}@example.org", password="short")
    with any_page.expect_response("**/register") as answer:
        form.get_by_role("button", name="Create account").click()
    assert answer.value.status == 422
    expect(any_page.locator("#register-feedback")).to_contain_text("15")
    expect(any_page.locator("#register input[name=username]")).to_have_value(name)


def test_after_too_many_attempts_the_button_counts_down(page: Page, url: str) -> None:
    """The page says to wait, in words and on the button, and gives nothing else away."""
    statuses = [sign_in(page, url, "nobody-at-all", "a wrong passphrase") for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    expect(page.locator("#sign-in [type=submit]")).to_be_disabled()
    expect(page.locator("#sign-in [type=submit]")).to_contain_text("Try again in")


def test_without_javascript_a_refusal_is_a_page(chromium: Browser, url: str) -> None:
    """A form post that is refused shows a page with the wait, not bare JSON."""
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        statuses = [sign_in(page, url, "nobody-either", "a wrong passphrase") for _ in range(4)]
        assert statuses == [401, 401, 401, 429]
        expect(page.locator("body")).to_contain_text(re.compile("again", re.IGNORECASE))
        assert page.locator("html[lang=en]").count() == 1


def test_the_page_breaks_no_rule_of_its_own_security_policy(page: Page, url: str) -> None:
    """Nothing is blocked, and no script fails."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{url}/#register")
    page.goto(f"{url}/outbox")
    assert complaints == []
