"""Claims about each row of the examples' HTTP contract, over real servers."""

from collections.abc import Mapping

import pytest

from tests.acceptance.example_site import (
    ADDRESS_LIMIT,
    DEVICE,
    LIMIT,
    NEW,
    SESSION,
    WRONG,
    Site,
    assert_feedback,
    assert_problem,
)

WAITS = {1, 2, 4, 8, 15, 30, 60, 300, 900, 3600}
"""What a Retry-After may say, in seconds."""

LOGIN_JSON = {"Content-Type": "application/json"}
UNREADABLE = {
    "malformed": (b'{"username": "canary",', LOGIN_JSON, {400}),
    "empty": (b"", LOGIN_JSON, {400, 422}),
    "no password": (b'{"username": "canary"}', LOGIN_JSON, {400, 422}),
    "password is a number": (b'{"username": "canary", "password": 1}', LOGIN_JSON, {400, 422}),
    "password is null": (b'{"username": "canary", "password": null}', LOGIN_JSON, {400, 422}),
    "no username": (b'{"password": "canary"}', LOGIN_JSON, {400, 422}),
    "not an object": (b'"canary"', LOGIN_JSON, {400, 422}),
    "text": (b"username=canary&password=canary", {"Content-Type": "text/plain"}, {415}),
    "xml": (b"<username>canary</username>", {"Content-Type": "application/xml"}, {415}),
    "no type": (b'{"username": "canary", "password": "canary"}', {}, {415}),
    "too long": (b'{"username": "canary", "password": "' + b"x" * 1_000_000 + b'"}', LOGIN_JSON, {413}),
}
unreadable = pytest.mark.parametrize(("body", "headers", "statuses"), UNREADABLE.values(), ids=UNREADABLE)


# GET /healthz


def test_healthz_says_ok_even_to_an_address_that_is_over_every_limit(site: Site) -> None:
    """The health check answers 200 and is never guarded."""
    browser = site.browser()
    while browser.sign_in(site.name()).status_code == 401:
        pass
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


# POST /register, GET /outbox, GET /confirm


def test_a_registration_is_accepted_and_mails_a_link(site: Site) -> None:
    """202 with a detail and nothing else; the mail goes to the address as submitted."""
    stranger = site.stranger()._replace(email=f"Mixed.{site.name()}@Shop.Example")
    answer = site.register(stranger)
    assert (answer.status_code, list(answer.json())) == (202, ["detail"])
    [mail] = site.mails(stranger.email)
    assert mail.subject
    assert mail.link is not None
    assert mail.link in mail.text
    assert mail.link.startswith(site.url)


@pytest.mark.parametrize("field", ["username", "email"])
def test_a_taken_name_or_address_gets_a_mail_that_says_so(site: Site, field: str) -> None:
    """The answer is the same, and the mail has no link."""
    person, stranger = site.person(), site.stranger()
    rival = stranger._replace(**{field: getattr(person, field)})
    mailed = len(site.mails(rival.email))
    answer = site.register(rival)
    assert (answer.status_code, list(answer.json())) == (202, ["detail"])
    mails = site.mails(rival.email)
    assert (len(mails), mails[0].link) == (mailed + 1, None)


def test_a_password_that_is_too_short_is_refused_with_feedback(site: Site) -> None:
    """422 says what is wrong, and nothing is mailed."""
    stranger = site.stranger()._replace(password="short")
    assert_feedback(site.register(stranger))
    assert site.mails(stranger.email) == []


def test_the_outbox_lists_the_newest_mail_first(site: Site) -> None:
    """A JSON list of mails with these four fields."""
    older, newer = site.stranger(), site.stranger()
    site.register(older)
    site.register(newer)
    listed = site.here().get("/outbox").json()
    assert [mail["to"] for mail in listed[:2]] == [newer.email, older.email]
    assert all(mail.keys() == {"to", "subject", "text", "link"} for mail in listed)


def test_the_outbox_is_a_page_for_who_wants_one(site: Site) -> None:
    """Accept decides between HTML and JSON."""
    site.register(site.stranger())
    answer = site.here().get("/outbox", accept="text/html")
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/html")


@pytest.mark.parametrize("told", ["203.0.113.9", "127.0.0.1, 203.0.113.9", "::1, 2001:db8::9"])
def test_the_outbox_answers_to_this_machine_alone(site: Site, told: str) -> None:
    """The resolved client address decides, not the peer and not what a client claims."""
    answer = site.browser(told).get("/outbox")
    assert answer.status_code in {401, 403, 404}
    assert "canary" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "localhost.evil.example", ""])
def test_the_outbox_answers_to_this_machines_own_names_alone(site: Site, host: str) -> None:
    """A foreign name that was rebound to 127.0.0.1 is a 403, although this machine's browser asks."""
    answer = site.here().send("GET", "/outbox", headers={"Host": host.format(port=site.port)})
    assert_problem(answer, 403)
    assert "canary" not in answer.text


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_the_outbox_answers_to_each_of_this_machines_names(site: Site, name: str) -> None:
    """By name and by both addresses."""
    assert site.here().send("GET", "/outbox", headers={"Host": f"{name}:{site.port}"}).status_code == 200


def test_an_account_can_sign_in_from_its_confirmation_on(site: Site) -> None:
    """Before the link is opened the password is worth nothing."""
    stranger = site.stranger()
    site.register(stranger)
    assert site.entry(stranger) == 401
    assert site.here().get(f"/confirm?token={site.mails(stranger.email)[0].token}").status_code == 200
    assert site.entry(stranger) == 200


def test_a_confirmation_works_once(site: Site) -> None:
    """A used token is a 4xx."""
    site.register(stranger := site.stranger())
    path = f"/confirm?token={site.mails(stranger.email)[0].token}"
    assert site.here().get(path).status_code == 200
    assert 400 <= site.here().get(path).status_code < 500


@pytest.mark.parametrize("query", ["", "?token=", "?token=forged", "?token=%ff%00", "?token=" + "A" * 4_000])
def test_a_forged_confirmation_is_refused(site: Site, query: str) -> None:
    """A token that was never mailed is a 4xx."""
    assert 400 <= site.here().get(f"/confirm{query}").status_code < 500


def test_a_token_is_good_for_its_own_purpose_only(site: Site) -> None:
    """A reset link confirms nothing, and a confirmation resets nothing; neither is used up by it."""
    person, stranger = site.person(), site.stranger()
    site.register(stranger)
    reset, confirm = site.reset_token(person), site.mails(stranger.email)[0].token
    assert 400 <= site.here().get(f"/confirm?token={reset}").status_code < 500
    assert site.here().post("/reset/confirm", token=confirm, password=NEW).status_code == 422
    assert site.here().get(f"/confirm?token={confirm}").status_code == 200
    assert site.here().post("/reset/confirm", token=reset, password=NEW).status_code == 200


@pytest.mark.parametrize("field", ["username", "email"])
def test_of_rival_registrations_the_first_confirmed_wins(site: Site, field: str) -> None:
    """The later registration may win; the other's link is then a 4xx and changes nothing."""
    first, second = site.stranger(), site.stranger()
    second = second._replace(**{field: getattr(first, field)})
    site.register(first)
    site.register(second)
    [newer, older] = [mail for mail in site.mails() if mail.to in {first.email, second.email}]
    assert site.here().get(f"/confirm?token={newer.token}").status_code == 200
    assert 400 <= site.here().get(f"/confirm?token={older.token}").status_code < 500
    assert (site.entry(second), site.entry(first)) == (200, 401)


# POST /login, GET /me, POST /logout


@pytest.mark.parametrize("encoding", ["json", "form"])
@pytest.mark.parametrize("field", ["username", "email"])
def test_a_person_signs_in(site: Site, encoding: str, field: str) -> None:
    """Name or address, as JSON or as a form without Origin or token: 200 and a session that /me knows."""
    person = site.person()
    browser = site.browser()
    body = {"username": getattr(person, field), "password": person.password}
    json, form = (body, None) if encoding == "json" else (None, body)
    answer = browser.send("POST", "/login", json=json, form=form)
    assert (answer.status_code, answer.json()) == (200, {"username": person.username})
    assert "httponly" in answer.headers["Set-Cookie"].lower()
    found = browser.get("/me")
    assert (found.status_code, found.json()) == (200, {"username": person.username})


def test_a_wrong_password_is_a_401(site: Site) -> None:
    """A problem, no cookie, no session."""
    browser = site.browser()
    assert_problem(browser.sign_in(site.person().username), 401)
    assert browser.cookies == {}


def test_over_the_limit_the_answer_is_429(site: Site) -> None:
    """A problem that says when to come back: the lock of fifteen minutes."""
    site.lock(name := site.name())
    answer = site.browser().sign_in(name)
    assert_problem(answer, 429)
    assert answer.headers["Retry-After"] == "900"


def test_from_the_third_failure_on_each_costs_a_longer_wait(defaults: Site) -> None:
    """With the defaults the third failure is followed by a second; what the wait says is one of ten steps."""
    name, browser = defaults.name(), defaults.browser()
    assert defaults.guess(*[name] * 3) == [401] * 3
    answer = defaults.browser().sign_in(name)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    while (answer := browser.sign_in(defaults.name())).status_code == 401:
        pass
    assert (answer.status_code, int(answer.headers["Retry-After"]) in WAITS) == (429, True)


@unreadable
def test_a_body_that_cannot_be_read_is_refused(
    site: Site, body: bytes, headers: Mapping[str, str], statuses: set[int]
) -> None:
    """400, 413, 415 or 422 says what is wrong with it, as a problem."""
    answer = site.browser().send("POST", "/login", content=body, headers=headers)
    assert answer.status_code in statuses
    assert_problem(answer, answer.status_code)


@unreadable
def test_a_body_that_cannot_be_read_is_charged_to_its_address(
    site: Site, body: bytes, headers: Mapping[str, str], statuses: set[int]
) -> None:
    """After as many of them as an address may fail, it gets 429 for anything, and nobody else does."""
    person, browser = site.person(), site.browser()
    given = [browser.send("POST", "/login", content=body, headers=headers) for _ in range(ADDRESS_LIMIT + 1)]
    assert {answer.status_code for answer in given[:-1]} <= statuses
    assert_problem(given[-1], 429)
    assert browser.sign_in(person.username, person.password).status_code == 429
    assert site.entry(person) == 200


@pytest.mark.parametrize("cookie", [None, "", "forged", "a" * 43, "%00"])
def test_without_a_session_nobody_is_signed_in(site: Site, cookie: str | None) -> None:
    """No cookie, or one that was never issued: 401."""
    browser = site.browser()
    if cookie is not None:
        browser.cookies[SESSION] = cookie
    assert_problem(browser.get("/me"), 401)


def test_logging_out_ends_this_session_alone(site: Site) -> None:
    """204; the person's other browser stays signed in."""
    person = site.person()
    here, there = site.owner(person), site.owner(person)
    assert here.send("POST", "/logout").status_code == 204
    assert (here.get("/me").status_code, there.get("/me").status_code) == (401, 200)


# POST /reset, POST /reset/confirm


@pytest.mark.parametrize("field", ["username", "email"])
def test_a_known_person_gets_a_link_to_a_new_password(site: Site, field: str) -> None:
    """202 with a detail; one mail, to the address on record."""
    person = site.person()
    answer = site.browser().post("/reset", username=getattr(person, field).upper())
    assert (answer.status_code, list(answer.json())) == (202, ["detail"])
    mails = site.mails(person.email)
    assert (len(mails), bool(mails[0].token)) == (2, True)


def test_an_unknown_name_gets_no_mail(site: Site) -> None:
    """202 all the same."""
    mailed = len(site.mails())
    assert site.browser().post("/reset", username=site.stranger().email).status_code == 202
    assert len(site.mails()) == mailed


def test_a_reset_changes_the_password_once(site: Site) -> None:
    """The new password gets in, the old one doesn't, and the link has done its work."""
    person = site.person()
    token = site.reset_token(person)
    assert site.browser().post("/reset/confirm", token=token, password=NEW).status_code == 200
    assert site.browser().post("/reset/confirm", token=token, password=WRONG).status_code == 422
    assert (site.entry(person), site.entry(person._replace(password=NEW))) == (401, 200)


@pytest.mark.parametrize("token", ["", "forged", "A" * 43, "\0", "\u2028"])
def test_a_forged_reset_is_refused(site: Site, token: str) -> None:
    """A token that was never mailed is a 422."""
    assert_problem(site.browser().post("/reset/confirm", token=token, password=NEW), 422)


def test_a_weak_new_password_leaves_the_link_usable(site: Site) -> None:
    """422 with feedback; the same link then takes a better one."""
    token = site.reset_token(site.person())
    assert_feedback(site.browser().post("/reset/confirm", token=token, password="short"))
    assert site.browser().post("/reset/confirm", token=token, password=NEW).status_code == 200


def test_a_reset_ends_the_lock_and_gives_the_whole_budget_back(site: Site) -> None:
    """Afterwards the account has as many attempts as ever, no more and no less."""
    person = site.person()
    token = site.reset_token(person)
    site.lock(person.username)
    assert site.browser().post("/reset/confirm", token=token, password=NEW).status_code == 200
    assert site.entry(person._replace(password=NEW)) == 200
    assert site.guess(*[person.username] * (LIMIT + 1)) == [401] * LIMIT + [429]


def test_a_reset_makes_its_browser_known_and_forgets_all_others(site: Site) -> None:
    """While the account is locked the browser of the reset gets in, one that was known before doesn't."""
    person = site.person()
    known, resetting = site.owner(person), site.browser()
    token = site.reset_token(person)
    assert resetting.post("/reset/confirm", token=token, password=NEW).status_code == 200
    site.lock(person.username)
    assert known.sign_in(person.username, NEW).status_code == 429
    assert DEVICE in resetting.cookies
    assert resetting.sign_in(person.username, NEW).status_code == 200


def test_a_reset_ends_all_sessions(site: Site) -> None:
    """Nobody who was signed in still is."""
    person = site.person()
    browsers = [site.owner(person), site.owner(person)]
    token = site.reset_token(person)
    assert browsers[0].post("/reset/confirm", token=token, password=NEW).status_code == 200
    assert [browser.get("/me").status_code for browser in browsers] == [401, 401]


def test_an_issued_link_is_redeemed_whatever_is_locked(site: Site) -> None:
    """Neither the account's lock, nor its used-up mails, nor the address's limit holds a reset back."""
    person, browser = site.person(), site.browser()
    site.lock(person.username)
    tokens = [site.reset_token(person) for _ in range(LIMIT + 1)]
    while browser.sign_in(site.name()).status_code == 401:
        pass
    assert browser.post("/reset/confirm", token=tokens[-1], password=NEW).status_code == 200


# GET /, and what holds for every answer


def test_the_page_offers_every_form(site: Site) -> None:
    """An HTML page from which one can sign in, register and ask for a new password."""
    answer = site.browser().get("/", accept="text/html")
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert all(f'action="{path}"' in answer.text for path in ("/login", "/register", "/reset"))
    assert 'type="password"' in answer.text


def test_no_answer_about_a_sign_in_may_be_stored(site: Site) -> None:
    """Cache-Control says no-store, on success, refusal and error alike."""
    person, browser = site.person(), site.browser()
    answers = [
        browser.sign_in(person.username),
        browser.sign_in(person.username, person.password),
        browser.get("/me"),
        browser.post("/login"),
        browser.post("/reset", username=site.name()),
        browser.post("/reset/confirm", token="forged", password=NEW),
        site.register(site.stranger()),
    ]
    site.lock(name := site.name())
    answers.append(browser.sign_in(name))
    assert [answer.headers.get("Cache-Control") for answer in answers] == ["no-store"] * len(answers)
