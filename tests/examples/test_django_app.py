"""What the Django example has and the others have not: the admin, over HTTP as an operator meets it."""

from collections.abc import Iterator
from itertools import count
from typing import Final, NamedTuple

import httpx
import pytest

from tests.acceptance.candidates import candidate
from tests.acceptance.conftest import BEHIND_PROXY, PLAIN, QUICK, UNDELAYED
from tests.acceptance.example_site import LIMIT, NEW, WRONG, Browser, Person, Site
from tests.acceptance.server import CANARY, serving

LOGIN: Final = "/admin/login/"
CHANGE: Final = "/admin/password_change/"
HTML: Final = {"Accept": "text/html"}
FIRST: Final = ("operator", f"copper {CANARY} under seven bridges")


class Operator(NamedTuple):
    """Somebody who may use the admin."""

    name: str
    password: str

    def enters(self, browser: Browser, password: str | None = None) -> httpx.Response:
        """Fill in the admin's own form, by default as it should be."""
        told = self.password if password is None else password
        return submit(browser, LOGIN, username=self.name, password=told, next="/admin/")

    def owns(self, site: Site) -> Browser:
        """A browser in which the operator has signed in."""
        browser = site.browser()
        assert self.enters(browser).status_code == 302
        return browser

    def changes(self, browser: Browser, old: str, new: str = NEW) -> httpx.Response:
        """Fill in the form for another password."""
        return submit(browser, CHANGE, old_password=old, new_password1=new, new_password2=new)

    def is_guessed(self, site: Site, times: int = LIMIT) -> list[int]:
        """Wrong passwords at the admin, each from a browser and an address of its own."""
        return [self.enters(site.browser(), WRONG).status_code for _ in range(times)]


class Admin:
    """The admin of a running example, and who adds operators to it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._numbers = count(1)
        self._owner = Operator(*FIRST).owns(site)

    def operator(self) -> Operator:
        """Somebody new who may use the admin, added as one adds people there."""
        number = next(self._numbers)
        added = Operator(f"{CANARY}-operator-{number}", f"{number} copper {CANARY} under seven bridges")
        form = {"username": added.name, "password1": added.password, "password2": added.password}
        answer = submit(self._owner, "/admin/auth/user/add/", usable_password="true", **form)
        assert answer.status_code == 302
        joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
        rights = dict.fromkeys(("is_active", "is_staff", "is_superuser"), "on")
        changed = submit(self._owner, answer.headers["Location"], username=added.name, **joined, **rights)
        assert changed.status_code == 302
        return added


def submit(browser: Browser, path: str, **fields: str) -> httpx.Response:
    """Open a page with a form, and send it with what the page has given."""
    browser.get(path, accept="text/html")
    form = {**fields, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    return browser.send("POST", path, form=form, headers=HTML)


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    """The example, running, with somebody who may use the admin."""
    name, password = FIRST
    operator = {"DJANGO_SUPERUSER_USERNAME": name, "DJANGO_SUPERUSER_PASSWORD": password}
    settings = QUICK | PLAIN | BEHIND_PROXY | UNDELAYED | operator
    example, directory = candidate("examples.django_app"), tmp_path_factory.mktemp("django")
    with serving(example, directory, settings) as url, Site(url) as site:
        yield Admin(site)


def test_the_admin_lets_an_operator_in(admin: Admin) -> None:
    """The right password opens it, and makes the browser known; before it the admin shows its form."""
    operator, browser = admin.operator(), admin.site.browser()
    assert browser.get("/admin/").status_code == 302
    answer = operator.enters(browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert browser.get("/admin/", accept="text/html").status_code == 200
    assert "authguard_device" in browser.cookies


def test_a01_the_admin_locks_out_after_five_guesses(admin: Admin) -> None:
    """Then the right password is refused too, from anywhere; whoever was known gets in all the same."""
    operator = admin.operator()
    known = operator.owns(admin.site)
    assert operator.is_guessed(admin.site) == [200] * LIMIT
    refused = operator.enters(admin.site.browser())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert "Please wait" in refused.text
    assert operator.enters(known).status_code == 302


def test_a34_who_is_locked_out_of_the_shop_is_locked_out_of_the_admin(admin: Admin) -> None:
    """Guesses at an operator's name by /login are guesses at the admin."""
    operator = admin.operator()
    admin.site.lock(operator.name)
    assert operator.enters(admin.site.browser()).status_code == 429


def test_a34_who_is_locked_out_of_the_admin_is_locked_out_of_the_shop(admin: Admin) -> None:
    """And the other way round, for an operator's name and for a customer's."""
    operator, customer = admin.operator(), admin.site.person()
    for name in (operator.name, customer.username):
        assert Operator(name, "").is_guessed(admin.site) == [200] * LIMIT
        assert admin.site.guess(name) == [429]
    assert admin.site.entry(customer) == 429


def test_a10_an_operators_name_in_the_shop_clears_no_guesses(admin: Admin) -> None:
    """Whoever registers it gets in by the mail address alone, which counts for nobody else."""
    site, operator = admin.site, admin.operator()
    twin = site.stranger()._replace(username=operator.name)
    assert site.register(twin).status_code == 202
    assert site.here().get(f"/confirm?token={site.mails(twin.email)[0].token}").status_code == 200
    browser, statuses = site.browser(), list[int]()
    assert browser.sign_in(twin.username, twin.password).status_code == 401
    for _ in range(LIMIT):
        assert browser.sign_in(twin.email, twin.password).status_code == 200
        statuses.append(operator.enters(browser, WRONG).status_code)
    assert statuses == [200] * (LIMIT - 1) + [429]


def test_a10_a_reset_in_the_shop_ends_no_lock_of_the_admin(admin: Admin) -> None:
    """Even if who resets bears the operator's name there."""
    site, operator = admin.site, admin.operator()
    twin = site.stranger()._replace(username=operator.name)
    site.register(twin)
    site.here().get(f"/confirm?token={site.mails(twin.email)[0].token}")
    operator.is_guessed(site)
    browser = site.browser()
    token = site.reset_token(Person(twin.email, twin.email, twin.password))
    assert browser.post("/reset/confirm", token=token, password=NEW).status_code == 200
    assert browser.sign_in(twin.email, NEW).status_code == 200
    assert operator.enters(browser).status_code == 429


def test_a35_the_change_of_password_tells_no_more_than_the_sign_in(admin: Admin) -> None:
    """At an open session it is guessed as often as at the form; then the right one is refused too."""
    operator = admin.operator()
    browser = operator.owns(admin.site)
    answers = [operator.changes(browser, WRONG) for _ in range(LIMIT + 1)]
    assert [answer.status_code for answer in answers] == [200] * LIMIT + [429]
    assert "Please wait" in answers[-1].text
    assert operator.changes(browser, operator.password).status_code == 429
    assert operator.enters(browser).status_code == 429


def test_a35_guesses_at_the_sign_in_count_at_the_change_of_password(admin: Admin) -> None:
    """A browser that nobody knows any more has the account's budget, wherever the password is asked for."""
    operator = admin.operator()
    browser = operator.owns(admin.site)
    del browser.cookies["authguard_device"]
    operator.is_guessed(admin.site)
    assert operator.changes(browser, operator.password).status_code == 429


def test_an_operator_changes_the_password(admin: Admin) -> None:
    """The old one is worth nothing afterwards, and the session goes on."""
    operator = admin.operator()
    browser = operator.owns(admin.site)
    assert operator.changes(browser, operator.password).status_code == 302
    assert browser.get("/admin/", accept="text/html").status_code == 200
    stranger = admin.site.browser()
    assert operator.enters(stranger).status_code == 200
    assert operator.enters(stranger, NEW).status_code == 302


def test_nobody_changes_a_password_without_a_session(admin: Admin) -> None:
    """They are sent to the form, and nothing is counted."""
    answer = admin.site.browser().send("GET", CHANGE, headers=HTML)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, LOGIN)


def test_a87_a_post_without_the_pages_token_costs_nothing(admin: Admin) -> None:
    """Another site's page can neither sign anybody in nor use up the attempts."""
    operator, browser = admin.operator(), admin.site.browser()
    browser.get(LOGIN, accept="text/html")
    form = {"username": operator.name, "password": operator.password}
    for _ in range(LIMIT + 1):
        assert browser.send("POST", LOGIN, form=form, headers=HTML).status_code == 403
    assert operator.enters(browser).status_code == 302


def test_the_admin_has_its_style_sheet(admin: Admin) -> None:
    """Its files are served beside the shop's own."""
    assert admin.site.browser().get("/admin-static/admin/css/base.css").status_code == 200
    assert admin.site.browser().get("/static/nothing.css").status_code == 404
