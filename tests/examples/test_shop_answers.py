"""Answers and pages: the rows of the contract, as data and as HTML that nobody can inject into."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from authguard_core.answers import FAILED, PROBLEM_TYPE
from examples.shop import answers, pages
from examples.shop.assets import asset, asset_url
from examples.shop.outbox import Message
from examples.shop.pages import Entry, Panel, waiting_time
from examples.shop.passwords import Assessment, Feedback, PasswordLength
from examples.shop.response import Answer
from examples.shop.users import User

COOKIE = "session=id; Path=/"
LENGTH = PasswordLength(minimum=15, maximum=128)
REASONS = [Feedback(code="too_short", message="Use at least 15 characters.")]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' autofocus='",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "</textarea></style></title><svg onload=alert(1)>",
    "\u202e\0\r\nSet-Cookie: a=b",
)


def user(username: str = "alice") -> User:
    return User(id="1", username=username, email="a@example.org", password_hash="h", generation=0)


def data(answer: Answer) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(answer.body)


def header(answer: Answer, name: str) -> list[str]:
    return [value for given, value in answer.headers if given == name]


class Page(HTMLParser):
    """The elements of a page and their text, as a browser would see them."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(answer.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def every_page(text: str) -> list[Answer]:
    """All pages, with one text wherever a stranger's text can stand."""
    reason = Feedback(code=text, message=text)
    message = Message(to=text, subject=text, text=text, link=text)
    return [
        answers.home(None, LENGTH),
        answers.home(user(text), LENGTH),
        answers.signed_in(user(text), set_cookie=COOKIE, html=True),
        answers.wrong_credentials(LENGTH, html=True, username=text),
        answers.registration_refused([reason], LENGTH, html=True, username=text, email=text),
        answers.reset_form(text, user(text), LENGTH),
        answers.reset_refused([reason], user(text), LENGTH, token=text, html=True),
        pages.entry(Entry(length=LENGTH, panel=Panel.RESET, error=text)),
        pages.entry(Entry(length=LENGTH, panel=Panel.REGISTER, error=text)),
        pages.message(text, text, good=True),
        answers.outbox([message], html=True),
        answers.outbox([], html=True),
    ]


# ------------------------------------------------------------------ data


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (answers.healthz(), 200, {"status": "ok"}),
        (answers.me(user()), 200, {"username": "alice"}),
        (answers.signed_in(user(), set_cookie=COOKIE, html=False), 200, {"username": "alice"}),
        (answers.outbox([], html=False), 200, []),
    ],
)
def test_data_is_plain_json(answer: Answer, status: int, body: object) -> None:
    """The contract's data rows have exactly these members and are never cached."""
    assert (answer.status, answer.media_type, data(answer)) == (status, "application/json", body)
    assert header(answer, "Cache-Control") == ["no-store"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (answers.registration_received(html=False), 202),
        (answers.reset_requested(html=False), 202),
        (answers.confirmed(html=False), 200),
        (answers.password_changed(set_cookie=COOKIE, html=False), 200),
    ],
)
def test_what_was_done_is_told_in_detail(answer: Answer, status: int) -> None:
    """These rows hold one sentence under ``detail``."""
    assert (answer.status, list(data(answer))) == (status, ["detail"])


@pytest.mark.parametrize(
    ("answer", "status", "name"),
    [
        (answers.me(None), 401, "not-signed-in"),
        (answers.link_not_valid(html=False), 422, "link-not-valid"),
        (answers.link_not_valid(html=False, status=404), 404, "link-not-valid"),
        (answers.registration_refused(REASONS, LENGTH, html=False), 422, "unusable-input"),
        (answers.reset_refused(REASONS, user(), LENGTH, token="t", html=False), 422, "unusable-input"),
        (answers.request_refused(404), 404, "refused"),
        (answers.request_refused(418), 418, "refused"),
        (answers.foreign_origin(html=False), 403, "foreign-origin"),
        (answers.forbidden(html=False), 403, "forbidden"),
    ],
)
def test_refusals_are_problems_with_a_stable_type(answer: Answer, status: int, name: str) -> None:
    """Every refusal is RFC 9457, its status repeated, and names no account."""
    body = data(answer)
    assert (answer.status, body["status"], answer.media_type) == (status, status, "application/problem+json")
    assert body["type"] == f"urn:authguard:example:{name}"
    assert bool(body["title"] and body["detail"]) is True
    assert "alice" not in answer.body.decode()


def test_a_failed_sign_in_is_answered_as_the_guard_answers_it() -> None:
    """Whether an application leaves the 401 to the guard or answers itself makes no difference."""
    own = answers.wrong_credentials(LENGTH, html=False, username="alice")
    assert (own.status, own.media_type, own.body) == (FAILED.status, PROBLEM_TYPE, FAILED.body)


def test_refused_input_comes_with_its_feedback() -> None:
    """The 422 carries code and message of each reason."""
    assert data(answers.registration_refused(REASONS, LENGTH, html=False))["feedback"] == REASONS


@pytest.mark.parametrize(("status", "why"), [(429, "Too many attempts."), (503, "There is too much to do")])
def test_a_wait_is_told_in_seconds_and_words(status: int, why: str) -> None:
    """A page that asks to wait has Retry-After in seconds, and says the wait to people."""
    answer = answers.guard_page(status, 300, LENGTH)
    assert (answer.status, header(answer, "Retry-After")) == (status, ["300"])
    assert why in answer.body.decode()
    assert "Try again in 5 minutes" in answer.body.decode()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (30, "30 seconds"), (60, "1 minute"), (90, "90 seconds"), (900, "15 minutes"),
     (3600, "1 hour"), (7200, "2 hours"), (0, "a moment")],
)  # fmt: skip
def test_waits_read_naturally(seconds: int, words: str) -> None:
    """Whole hours and minutes are said as such."""
    assert waiting_time(seconds) == words


@pytest.mark.parametrize("html", [True, False])
def test_cookies_are_set_and_cleared_in_both_forms(html: bool) -> None:
    """Signing in and out and a reset carry the cookie that they are given."""
    rows = [
        answers.signed_in(user(), set_cookie=COOKIE, html=html),
        answers.signed_out(set_cookie=COOKIE, html=html),
        answers.password_changed(set_cookie=COOKIE, html=html),
    ]
    assert [header(answer, "Set-Cookie") for answer in rows] == [[COOKIE]] * 3


def test_signing_out_has_no_body() -> None:
    """Data clients get 204, browsers are led home."""
    plain, browser = (answers.signed_out(set_cookie=COOKIE, html=html) for html in (False, True))
    assert (plain.status, plain.body, plain.media_type) == (204, b"", None)
    assert (browser.status, header(browser, "Location")) == (303, ["/"])


def test_an_answer_shows_no_header_or_body_in_its_repr() -> None:
    """An answer that ends up in a log tells its status, no session and no name."""
    shown = repr(answers.signed_in(user(), set_cookie=COOKIE, html=False))
    assert [word for word in ("alice", "session=id") if word in shown] == []


# ------------------------------------------------------------------ pages


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (answers.home(None, LENGTH), 200),
        (answers.wrong_credentials(LENGTH, html=True), 401),
        (answers.registration_received(html=True), 202),
        (answers.reset_requested(html=True), 202),
        (answers.registration_refused(REASONS, LENGTH, html=True), 422),
        (answers.confirmed(html=True), 200),
        (answers.link_not_valid(html=True), 422),
        (answers.reset_form("token", None, LENGTH), 422),
        (answers.guard_page(401, None, LENGTH), 401),
        (answers.guard_page(413, None, LENGTH), 413),
        (answers.guard_page(431, None, LENGTH), 431),
        (answers.foreign_origin(html=True), 403),
        (answers.forbidden(html=True), 403),
    ],
)
def test_every_outcome_has_a_page_with_its_status(answer: Answer, status: int) -> None:
    """Browsers get the same status as data clients, as HTML."""
    assert (answer.status, answer.media_type) == (status, "text/html; charset=utf-8")


@pytest.mark.parametrize("number", range(12))
def test_pages_are_neither_cached_nor_framed_nor_scripted_from_elsewhere(number: int) -> None:
    """Every page carries the strict policy and is never stored."""
    headers = dict(every_page("x")[number].headers)
    policy = headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'")
    assert "unsafe" not in policy
    assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")


def test_pages_send_no_path_and_no_token_in_a_referer() -> None:
    """The page behind a mailed link tells nobody its address, and plain posts still name their origin."""
    assert header(answers.reset_form("token", user(), LENGTH), "Referrer-Policy") == ["strict-origin"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a86_no_text_of_a_stranger_becomes_markup(text: str) -> None:
    """With hostile text everywhere each page has the elements and attributes of a harmless one."""
    harmless = [[(tag, list(found)) for tag, found in Page(answer).tags] for answer in every_page("x")]
    hostile = [[(tag, list(found)) for tag, found in Page(answer).tags] for answer in every_page(text)]
    assert hostile == harmless


@pytest.mark.parametrize("text", HOSTILE)
def test_a86_typed_text_comes_back_as_it_was(text: str) -> None:
    """What was typed is shown again as text, not lost and not run."""
    page = Page(answers.registration_refused(REASONS, LENGTH, html=True, username=text, email=text))
    values = {found.get("id"): found.get("value") for found in page.all("input")}
    assert (values["register-username"], values["register-email"]) == (text, text)


@pytest.mark.parametrize("link", [*HOSTILE, "data:text/html,x", "//evil.example", "JavaScript:alert(1)"])
def test_a86_the_outbox_links_to_web_addresses_only(link: str) -> None:
    """A link of another kind isn't offered to be clicked."""
    page = Page(answers.outbox([Message(to="a", subject="s", text="t", link=link)], html=True))
    assert [found["href"] for found in page.all("a")] == ["/", "/outbox"]


def test_the_outbox_page_links_to_the_mailed_address() -> None:
    """A real link can be clicked."""
    link = "http://localhost:8000/confirm?token=abc"
    page = Page(answers.outbox([Message(to="a", subject="s", text="t", link=link)], html=True))
    assert link in [found["href"] for found in page.all("a")]


@pytest.mark.parametrize(
    ("count", "says"), [(0, "No mail yet"), (1, "1 mail"), (7, "7 mails"), (101, "The newest 100 of 101")]
)
def test_the_outbox_page_says_how_much_mail_there_is(count: int, says: str) -> None:
    """The page shows a hundred mails at most and tells of the rest."""
    message = Message(to="a@example.org", subject="s", text="t", link=None)
    page = Page(answers.outbox([message] * count, html=True))
    assert (says in page.text, len(page.all("article"))) == (True, min(count, 100))


def test_forms_are_labelled_and_named_for_password_managers() -> None:
    """Every input has a label of its own and the autocomplete token of its purpose."""
    page = Page(answers.home(None, LENGTH))
    inputs = {found["id"]: found["autocomplete"] for found in page.all("input")}
    assert inputs == {
        "sign-in-username": "username",
        "sign-in-password": "current-password",
        "register-username": "username",
        "register-email": "email",
        "register-password": "new-password",
        "forgotten-username": "username",
    }
    assert [found["for"] for found in page.all("label")] == list(inputs)


def test_forms_post_without_javascript() -> None:
    """Each form has the contract's path and field names, and nothing forbids pasting or cuts a password."""
    page = Page(answers.home(None, LENGTH))
    assert [found["action"] for found in page.all("form")] == ["/login", "/register", "/reset"]
    assert {found["method"] for found in page.all("form")} == {"post"}
    assert [found for found in page.all("input") if {"maxlength", "onpaste", "pattern"} & set(found)] == []


def test_the_reset_form_carries_the_token_in_a_hidden_field() -> None:
    """Token and new password are posted to the contract's path."""
    page = Page(answers.reset_form("the-token", user(), LENGTH))
    fields = {found["name"]: (found["type"], found.get("value")) for found in page.all("input")}
    assert [found["action"] for found in page.all("form")] == ["/reset/confirm"]
    assert (fields["token"], fields["password"]) == (("hidden", "the-token"), ("password", None))


def test_an_assessment_is_told_as_it_is_and_stored_by_nobody() -> None:
    """200 with the verdict, the score, the findings and the advice."""
    assessment = Assessment(ok=True, score=4, findings=[], advice=[])
    answer = answers.assessed(assessment)
    assert (answer.status, data(answer)) == (200, assessment)
    assert header(answer, "Cache-Control") == ["no-store"]


def test_pages_show_the_length_that_was_set() -> None:
    """Registration and reset tell both bounds, to people and to the script."""
    length = PasswordLength(minimum=20, maximum=77)
    for answer in (answers.home(None, length), answers.reset_form("token", user(), length)):
        [counted] = [found for found in Page(answer).all("div") if "data-counted" in found]
        assert (counted["data-min"], counted["data-max"]) == ("20", "77")
        assert "20 to 77 characters" in Page(answer).text


def test_no_password_is_ever_sent_back() -> None:
    """Password inputs are empty on every page."""
    found = [item for answer in every_page("x") for item in Page(answer).all("input")]
    assert [item for item in found if item["type"] == "password" and item.get("value")] == []


def test_refused_input_opens_the_form_it_came_from() -> None:
    """The page after a weak password shows the registration form, with the reasons."""
    page = Page(answers.registration_refused(REASONS, LENGTH, html=True, username="alice"))
    shown = [found["id"] for found in page.all("section") if "data-default" in found]
    assert (shown, REASONS[0]["message"] in page.text) == (["register"], True)


def test_pages_hold_no_inline_script_or_style() -> None:
    """The policy forbids them, so none may be there."""
    found = [item for answer in every_page("x") for item in Page(answer).tags]
    assert [item for item in found if item[0] == "style" or "style" in item[1]] == []
    assert [item for tag, item in found if tag == "script" and "src" not in item] == []


def test_everything_that_pages_load_is_served_here() -> None:
    """Style sheet, scripts and icon are assets of the shop."""
    page = Page(answers.home(None, LENGTH))
    loaded = [found["href"] for found in page.all("link")] + [found["src"] for found in page.all("script")]
    assert loaded == [asset_url(name) for name in ("icon.svg", "style.css", "meter.js", "app.js")]


# ------------------------------------------------------------------ assets


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("style.css", "text/css; charset=utf-8"), ("app.js", "text/javascript; charset=utf-8"),
     ("icon.svg", "image/svg+xml")],
)  # fmt: skip
def test_assets_are_served_with_their_type(name: str, media_type: str) -> None:
    """Each asset has its media type and may be cached; its address changes with its content."""
    answer = asset(name)
    assert answer is not None
    assert (answer.media_type, len(answer.body) > 100) == (media_type, True)
    assert header(answer, "Cache-Control") == ["public, max-age=3600"]


@pytest.mark.parametrize(
    "name", ["", "..", "../config.py", "/etc/passwd", "style.css/", "STYLE.CSS", "app.js\0"]
)
def test_nothing_else_is_served(name: str) -> None:
    """Only the few names that there are lead to a file."""
    assert asset(name) is None
