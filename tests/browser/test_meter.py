"""The meter beside a new password, as a person meets it: in a real browser, and by keyboard."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from examples.server import Server

GOOD = "four walnut lanterns under ice"
ASSESS = "**/password/assess"


@pytest.fixture(scope="module", params=["fastapi_app", "starlette_app", "flask_app"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each example in turn, one server for all tests of this file."""
    server = Server(f"examples.{request.param}", tmp_path_factory.mktemp("demo"))
    try:
        server.wait_until_healthy()
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def form(page: Page, url: str) -> Locator:
    """The form of the registration, with a name and an address."""
    page.goto(f"{url}/#register")
    found = page.locator("#register")
    found.get_by_label("User name").fill("HansFlorian")
    found.get_by_label("E-mail").fill("hans.zimmer@example.org")
    return found


def password(form: Locator) -> Locator:
    """The password's input."""
    return form.locator("input[name=password]")


def verdict(form: Locator) -> Locator:
    """What is said of the strength."""
    return form.locator("[data-verdict]")


def reasons(form: Locator) -> Locator:
    """What is wrong, and what helps."""
    return form.locator("[data-reasons] li")


def heard(form: Locator) -> Locator:
    """What a screen reader reads out when it changes."""
    return form.locator("[data-announce]")


def meter(form: Locator) -> Locator:
    """The bar."""
    return form.get_by_role("meter", name="Password strength")


def requests_of(page: Page) -> list[Request]:
    """What the page asks for, from now on."""
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    return asked


def test_score_and_advice_change_while_typing(form: Locator) -> None:
    """From very weak with a reason and advice to one that can be used, in words, list and bar."""
    password(form).press_sequentially("password")
    expect(verdict(form)).to_have_text("Very weak.")
    expect(reasons(form).filter(has_text="Use at least 15 characters.")).to_have_class("must")
    expect(reasons(form).filter(has_text="words")).to_have_class("helps")
    expect(meter(form)).to_have_attribute("aria-valuetext", "Very weak")
    password(form).fill(GOOD)
    expect(verdict(form)).to_have_text("Very strong. You can use it.")
    expect(reasons(form)).to_have_count(0)
    expect(meter(form)).to_have_attribute("aria-valuetext", "Very strong")
    expect(meter(form)).to_have_js_property("value", 4)


def test_the_name_in_the_form_counts_and_its_change_too(form: Locator) -> None:
    """A password made of the user name is told to be; once the name is another one, it isn't."""
    password(form).fill("HansFlorianHansFlorian")
    must = form.locator("[data-reasons] .must", has_text="It contains your user name.")
    expect(must).to_have_count(1)
    form.get_by_label("User name").fill("somebody else")
    expect(must).to_have_count(0)


def test_an_old_verdict_does_not_praise_a_new_password(page: Page, form: Locator) -> None:
    """While the server doesn't answer the length is all that is said, also to who can't see."""
    password(form).fill(GOOD)
    expect(verdict(form)).to_contain_text("You can use it.")
    page.route(ASSESS, lambda _: None)
    password(form).fill("password")
    expect(form.locator("[data-strength]")).to_be_hidden()
    expect(verdict(form)).to_be_empty()
    expect(form.locator("[data-count]")).to_have_text("7 to go")


def test_an_empty_field_is_described_by_no_verdict(form: Locator) -> None:
    """What describes a field is read out even where it is hidden."""
    password(form).fill(GOOD)
    expect(verdict(form)).to_contain_text("You can use it.")
    password(form).fill("")
    expect(password(form)).to_have_accessible_description("15 to 128 characters")


def test_a_reset_knows_its_account(page: Page, url: str) -> None:
    """Nobody types the name there: it is the account's own."""
    name = "Wolfram Oppenrieder"
    person = {"username": name, "email": "wolfram@example.org", "password": GOOD}
    assert httpx.post(f"{url}/register", json=person).status_code == 202
    page.goto(newest_link(url))
    httpx.post(f"{url}/reset", json={"username": name})
    page.goto(newest_link(url))
    form = page.locator("form[action='/reset/confirm']")
    password(form).press_sequentially(name)
    expect(reasons(form).filter(has_text="It contains your user name.")).to_have_class("must")
    password(form).fill("seven copper buttons at noon")
    expect(verdict(form)).to_contain_text("You can use it.")


def newest_link(url: str) -> str:
    """The link of the newest mail that has one."""
    mails: list[dict[str, str]] = httpx.get(f"{url}/outbox", headers={"Accept": "application/json"}).json()
    return next(mail["link"] for mail in mails if mail["link"])


def test_typing_asks_once_it_pauses_and_never_in_an_address(page: Page, form: Locator) -> None:
    """A quick row of keys is one question, and the password is in its body alone."""
    asked = requests_of(page)
    password(form).press_sequentially(GOOD)
    expect(verdict(form)).to_contain_text("You can use it.")
    assert len(asked) < 4
    assert {(one.method, one.url.rpartition("/")[2]) for one in asked} == {("POST", "assess")}
    assert all(GOOD[:4] not in one.url for one in asked)
    stored = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert page.evaluate(stored) == [0, 0, ""]


def test_the_newest_answer_wins(page: Page, form: Locator) -> None:
    """An answer to what was there before is thrown away, however late it comes."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(ASSESS, hold)
    with page.expect_request(ASSESS):
        password(form).fill("password")
    page.unroute(ASSESS)
    password(form).fill(GOOD)
    expect(verdict(form)).to_contain_text("You can use it.")
    for route in held:
        route.fulfill(json={"ok": False, "score": 0, "findings": [], "advice": []})
    expect(verdict(form)).to_contain_text("You can use it.")


def test_only_changes_are_read_out(page: Page, form: Locator) -> None:
    """The region is polite, and what stays the same isn't said again."""
    expect(heard(form)).to_have_attribute("aria-live", "polite")
    password(form).press_sequentially("password")
    expect(heard(form)).to_contain_text("Very weak. Use at least 15 characters.")
    page.evaluate(
        "window.said = 0; new MutationObserver(() => { window.said += 1; }).observe("
        "document.querySelector('#register [data-announce]'), { childList: true })"
    )
    with page.expect_response(ASSESS):
        password(form).press_sequentially("1")
    password(form).fill(GOOD)
    expect(heard(form)).to_have_text("Very strong. You can use it.")
    assert page.evaluate("window.said") == 1


def test_throttled_it_counts_in_silence_and_resumes(page: Page, form: Locator) -> None:
    """Over the limit the page counts characters, complains about nothing, and asks again later."""
    refusals = [{"Retry-After": "1"}]

    def refuse_once(route: Route) -> None:
        if refusals:
            route.fulfill(status=429, headers=refusals.pop(), json={"title": "Too Many Requests"})
        else:
            route.continue_()

    page.route(ASSESS, refuse_once)
    with page.expect_response(lambda answer: answer.status == 429):
        password(form).fill(GOOD)
    expect(form.locator("[data-count]")).to_have_text("30, long enough")
    expect(meter(form)).to_have_count(0)
    expect(form.locator("[data-status]")).to_be_empty()
    expect(verdict(form)).to_have_text("Very strong. You can use it.")
    expect(meter(form)).to_be_visible()


@pytest.mark.parametrize("failure", ["connectionrefused", "failed"])
def test_without_the_server_it_counts(page: Page, form: Locator, failure: str) -> None:
    """The form works on; the length is told."""
    page.route(ASSESS, lambda route: route.abort(failure))
    with page.expect_event("requestfailed"):
        password(form).fill("password")
    expect(form.locator("[data-count]")).to_have_text("7 to go")
    expect(heard(form)).to_have_text("Too short.")


def test_what_is_too_long_is_told_without_a_question(page: Page, form: Locator) -> None:
    """Nobody has to be asked about it."""
    asked = requests_of(page)
    password(form).fill("x" * 130)
    expect(form.locator("[data-count]")).to_have_text("2 too many")
    expect(heard(form)).to_have_text("Too long.")
    assert asked == []


def test_by_keyboard_alone_one_gets_to_an_account(page: Page, form: Locator) -> None:
    """The meter takes no focus: name, address, password, show, button."""
    form.get_by_label("User name").focus()
    for text in ("keyboard user", "keys@example.org", GOOD):
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Show password")).to_be_focused()
    expect(verdict(form)).to_contain_text("You can use it.")
    page.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Create account")).to_be_focused()
    with page.expect_response("**/register") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 202
    expect(verdict(form)).to_be_hidden()


def test_a_refused_password_is_explained_once(page: Page, form: Locator) -> None:
    """What the server refuses stands in its own box until it is changed, and nowhere else."""
    password(form).fill("sunshine and moonlight")
    expect(reasons(form)).not_to_have_count(0)
    with page.expect_response("**/register") as answer:
        form.get_by_role("button", name="Create account").click()
    assert answer.value.status == 422
    expect(form.locator("[data-feedback] li", has_text="too easy to guess")).to_be_visible()
    expect(reasons(form).first).to_be_hidden()
    expect(password(form)).to_have_attribute("aria-invalid", "true")
    password(form).press_sequentially("s")
    expect(form.locator("[data-feedback] li")).to_have_count(0)
    expect(reasons(form).first).to_be_visible()


def test_without_javascript_the_server_lists_the_reasons(chromium: Browser, url: str) -> None:
    """A form post of a weak password shows the page again with all that is wrong; no meter pretends."""
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{url}/#register")
        form = page.locator("#register")
        expect(meter(form)).to_have_count(0)
        form.get_by_label("User name").fill("HansFlorian")
        form.get_by_label("E-mail").fill("hans@example.org")
        password(form).fill("HansFlorian")
        with page.expect_response("**/register") as answer:
            form.get_by_role("button", name="Create account").click()
        assert answer.value.status == 422
        listed = page.locator("#register-feedback")
        expect(listed).to_contain_text("Use at least 15 characters.")
        expect(listed).to_contain_text("It contains your user name.")
        expect(password(page.locator("#register"))).to_have_value("")


def test_password_managers_are_told_what_is_wanted(form: Locator) -> None:
    """They fill a new password in, of a length that will do, and pasting is free."""
    expect(password(form)).to_have_attribute("autocomplete", "new-password")
    expect(password(form)).to_have_attribute("passwordrules", "minlength: 15; maxlength: 128;")
    password(form).evaluate(
        "(input, text) => { input.focus(); document.execCommand('insertText', false, text); }", GOOD
    )
    expect(verdict(form)).to_contain_text("You can use it.")


def test_the_meter_breaks_no_rule_of_the_pages_security_policy(page: Page, url: str) -> None:
    """Nothing is blocked, and no script fails."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{url}/#register")
    form = page.locator("#register")
    password(form).press_sequentially("password")
    expect(meter(form)).to_be_visible()
    assert complaints == []
