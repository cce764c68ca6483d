"""What the Django example has and the others have not: the admin, guarded without a line."""

from collections.abc import Iterator

import httpx
import pytest

from tests.acceptance.server import CANARY, serving

ADMIN = "operator"
PASSWORD = f"copper {CANARY} under seven bridges"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example, running, with somebody who may use the admin."""
    settings = {
        "AUTHGUARD_COOKIE_SECURE": "false",
        "DJANGO_SUPERUSER_USERNAME": ADMIN,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    with serving("examples.django_app", tmp_path_factory.mktemp("django"), settings) as running:
        yield running


def sign_in(browser: httpx.Client, url: str, password: str, name: str = ADMIN) -> httpx.Response:
    """Fill in the admin's own form."""
    browser.get(f"{url}/admin/login/")
    form = {
        "username": name,
        "password": password,
        "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        "next": "/admin/",
    }
    return browser.post(f"{url}/admin/login/", data=form, headers={"Accept": "text/html"})


def test_a34_the_admin_lets_in_and_locks_out(url: str) -> None:
    """The right password opens it; of guesses three are looked at, and the owner's browser stays welcome."""
    with httpx.Client(trust_env=False) as owner, httpx.Client(trust_env=False) as stranger:
        assert sign_in(owner, url, PASSWORD).status_code == 302
        assert owner.get(f"{url}/admin/").status_code == 200
        answers = [sign_in(stranger, url, f"{CANARY} {number}") for number in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert "Please wait" in answers[-1].text
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert sign_in(owner, url, PASSWORD).status_code == 302


def test_a10_a_customer_of_the_operators_name_clears_nothing(url: str) -> None:
    """The shop's account and the admin's are two people, though both are called alike."""
    password = f"marble {CANARY} over nine harbours"
    account = {"username": "second-operator", "email": "guesser@example.org", "password": password}
    with httpx.Client(trust_env=False, base_url=url) as guesser:
        assert guesser.post("/register", json=account).status_code == 202
        mail = guesser.get("/outbox", headers={"Accept": "application/json"}).json()[0]
        assert guesser.get(mail["link"]).status_code == 200
        statuses = []
        for number in range(4):
            answer = sign_in(guesser, url, f"{CANARY} guess {number}", "second-operator")
            statuses.append(answer.status_code)
            assert guesser.post("/login", json=account).status_code == 200
    assert statuses == [200, 200, 200, 429]


def test_a35_the_admins_password_change_is_guarded(url: str) -> None:
    """Whoever finds the operator's session open doesn't get the password by guessing."""
    with httpx.Client(trust_env=False) as owner:
        assert sign_in(owner, url, PASSWORD).status_code == 302
        page = f"{url}/admin/password_change/"
        assert "Old password" in owner.get(page).text
        form = {
            "old_password": CANARY,
            "new_password1": PASSWORD + "!",
            "new_password2": PASSWORD + "!",
            "csrfmiddlewaretoken": owner.cookies["csrftoken"],
        }
        assert [owner.post(page, data=form).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_admin_has_its_style_sheet(url: str) -> None:
    """Its files are served beside the shop's own."""
    assert httpx.get(f"{url}/admin-static/admin/css/base.css", trust_env=False).status_code == 200
    assert httpx.get(f"{url}/static/nothing.css", trust_env=False).status_code == 404
