"""Claims about what the examples take from their settings, and what outlives a restart."""

from tests.acceptance.conftest import PLAIN, QUICK, Start
from tests.acceptance.example_site import LONG, NEW, assert_feedback


def test_cookies_are_for_https_alone_unless_told_otherwise(start: Start) -> None:
    """With the defaults each cookie is Secure, HttpOnly, and bound to this host by its name's prefix."""
    with start(**QUICK) as site:
        person = site.person()
        lines = site.here().sign_in(person.username, person.password).headers.get_list("Set-Cookie")
    assert len(lines) == 2
    for line in lines:
        attributes = {part.strip().lower() for part in line.split(";")[1:]}
        assert line.startswith("__Host-")
        assert {"secure", "httponly", "path=/"} <= attributes


def test_the_length_of_a_password_is_a_setting(start: Start) -> None:
    """What is refused, what is told and what the page shows follow AUTHGUARD_PASSWORD__*."""
    bounds = {"AUTHGUARD_PASSWORD__MIN_LENGTH": "20", "AUTHGUARD_PASSWORD__MAX_LENGTH": "64"}
    with start(**QUICK, **PLAIN, **bounds) as site:
        for length, bound in ((19, "20"), (65, "64")):
            answer = site.register(site.stranger()._replace(password=LONG[:length]))
            assert_feedback(answer)
            assert bound in answer.json()["feedback"][0]["message"]
        person = site.stranger()._replace(password=LONG[:20])
        assert site.register(person).status_code == 202
        site.here().get(f"/confirm?token={site.mails(person.email)[0].token}")
        token = site.reset_token(person)
        assert_feedback(site.here().post("/reset/confirm", token=token, password=LONG[:19]))
        for path in ("/", f"/reset/confirm?token={token}"):
            assert "20 to 64 characters" in site.here().get(path, accept="text/html").text
        assert site.here().post("/reset/confirm", token=token, password=LONG[:64]).status_code == 200


def test_a_restart_keeps_users_sessions_and_mail(start: Start) -> None:
    """A second server over the same directory knows the account, the browser, and an unused link."""
    with start(**QUICK, **PLAIN) as site:
        person, browser = site.person(), site.here()
        assert browser.sign_in(person.username, person.password).status_code == 200
        token, mails = site.reset_token(person), site.mails()
    with start(**QUICK, **PLAIN) as site:
        again = site.here()
        again.cookies = browser.cookies
        assert again.get("/me").json() == {"username": person.username}
        assert site.mails() == mails
        assert site.entry(person) == 200
        assert site.here().post("/reset/confirm", token=token, password=NEW).status_code == 200
