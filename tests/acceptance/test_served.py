"""Claims that hold behind the servers of production too, for all workers together."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import BEHIND_PROXY, PLAIN, QUICK, UNDELAYED
from tests.acceptance.deployments import Deployment
from tests.acceptance.example_site import LIMIT, NEW, Site, assert_problem, guess

# A machine that runs tests may take its time: what a deadline then decides is claimed elsewhere.
PATIENT = {"AUTHGUARD_STORAGE_TIMEOUT": "20s", "AUTHGUARD_RESOLVE_TIMEOUT": "20s"}
SETTINGS = QUICK | PLAIN | BEHIND_PROXY | UNDELAYED | PATIENT


@pytest.fixture(scope="module")
def served(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One deployment, for all tests that don't mind each other."""
    directory = tmp_path_factory.mktemp("served")
    with deployment.store.opened(directory) as url, deployment.running(directory, url, SETTINGS) as site:
        yield site


def test_a_sign_in_keeps_its_contract_behind_this_server(served: Site) -> None:
    """In, known, out; refused with its wait, while the known browser still gets in."""
    person = served.person()
    browser = served.browser()
    answer = browser.sign_in(person.username, person.password)
    assert (answer.status_code, answer.json()) == (200, {"username": person.username})
    assert browser.get("/me").json() == {"username": person.username}
    assert browser.send("POST", "/logout").status_code == 204
    assert_problem(browser.get("/me"), 401)
    assert_problem(served.browser().sign_in(person.username), 401)
    assert served.guess(*[person.email] * (LIMIT - 1)) == [401] * (LIMIT - 1)
    refused = served.browser().sign_in(person.username, person.password)
    assert_problem(refused, 429)
    assert refused.headers["Retry-After"] == "900"
    assert browser.sign_in(person.username, person.password).status_code == 200


def test_a_reset_ends_the_lock_behind_this_server(served: Site) -> None:
    """The mailed link leads to this server, ends the lock and takes the new password."""
    person = served.person()
    served.lock(person.username)
    token = served.reset_token(person)
    assert (served.mails(person.email)[0].link or "").startswith(served.url)
    assert served.browser().post("/reset/confirm", token=token, password=NEW).status_code == 200
    assert served.entry(person._replace(password=NEW)) == 200


def test_a12_of_fifty_guesses_at_one_moment_all_workers_answer_five(served: Site) -> None:
    """However the connections are spread over workers and threads, and under either name of the account."""
    person = served.person()
    names = [person.username, person.email] * 25
    statuses = served.at_one_moment([guess(name, served.address()) for name in names])
    assert (statuses.count(401), statuses.count(429)) == (LIMIT, 50 - LIMIT)
    assert served.entry(person) == 429


def test_a65_a_restart_loses_no_more_than_the_store_does(deployment: Deployment, tmp_path: Path) -> None:
    """Accounts and sessions stay; locks and known browsers do if the store outlives the application."""
    with deployment.store.opened(tmp_path) as url:
        with deployment.running(tmp_path, url, SETTINGS) as site:
            person = site.person()
            browser = site.owner(person)
            site.lock(person.username)
        with deployment.running(tmp_path, url, SETTINGS, first=1_000) as site:
            again, stranger = site.browser(), site.browser()
            again.cookies = browser.cookies
            assert again.get("/me").json() == {"username": person.username}
            answer = stranger.sign_in(person.username, person.password)
            assert answer.status_code == (429 if deployment.store.durable else 200)
            assert again.sign_in(person.username, person.password).status_code == 200
