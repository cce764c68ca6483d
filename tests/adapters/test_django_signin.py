"""Every sign-in that goes through django.contrib.auth is guarded, and no view knows."""

from collections.abc import Generator
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, authenticate
from django.contrib.auth.hashers import make_password
from django.test.utils import override_settings

from tests.adapters.django_world import (
    BACKENDS,
    MIDDLEWARE,
    Client,
    IteratedHasher,
    User,
    World,
    backends,
    basic,
    files,
    hashes,
    log_in,
    opened,
)
from tests.adapters.support import RIGHT, WRONG

DEVICE = "__Host-authguard_device"


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def exhaust(world: World, browser: Client, name: str = "alice") -> None:
    """Guess until the account is locked."""
    for _ in range(5):
        log_in(browser, name, WRONG)
        world.clock.advance(30)


def attempts(browser: Client, path: str) -> list[int]:
    """The statuses of four guesses, and of the right password after them."""
    return [log_in(browser, password=word, path=path).status_code for word in [WRONG] * 4 + [RIGHT]]


@pytest.mark.parametrize(("path", "wrong"), [("/login/", 200), ("/by-hand/", 403), ("/api/token/", 400)])
def test_a01_a_view_that_knows_nothing_is_guarded(
    world: World, browser: Client, path: str, wrong: int
) -> None:
    """Three guesses reach the check; then even the right password is refused."""
    assert attempts(browser, path) == [wrong, wrong, wrong, 429, 429]
    assert hashes["encode"] == 3
    assert world.told.kinds["attempt_refused"] == 2


def test_the_admin_lets_in_and_locks_out(world: World, browser: Client) -> None:
    """The admin's own login form signs in, and is guarded like any other."""
    assert log_in(browser, "ann", path="/admin/login/?next=/admin/").status_code == 302
    assert browser.get("/admin/").status_code == 200
    stranger = Client()
    assert [log_in(stranger, "ann", WRONG, "/admin/login/").status_code for _ in range(4)] == [200] * 3 + [
        429
    ]
    assert world.told.kinds["attempt_refused"] == 1


def test_basic_authentication_is_guarded(world: World, browser: Client) -> None:
    """Django REST framework hands its own kind of request on, and gets the same 429."""
    assert browser.get("/api/profile/", headers=basic("alice", RIGHT)).json() == {"username": "alice"}
    statuses = [browser.get("/api/profile/", headers=basic("alice", WRONG)).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert world.told.kinds["device_known"] == 0


def test_a34_all_paths_share_one_budget(world: World, browser: Client) -> None:
    """Guesses at the form, the API and the admin count together."""
    log_in(browser, password=WRONG)
    log_in(browser, password=WRONG, path="/api/token/")
    log_in(browser, password=WRONG, path="/admin/login/")
    assert log_in(browser, path="/by-hand/").status_code == 429
    assert world.told.kinds["attempt_admitted"] == 3


def test_a15_a_rolled_back_request_stays_counted(world: World, browser: Client) -> None:
    """The request's transaction is undone, its attempt is not."""
    assert attempts(browser, "/broken/") == [500] * 5
    assert hashes["encode"] == 3
    assert world.told.kinds["attempt_refused"] == 2


def test_a44_a_known_and_an_unknown_name_cost_the_same_hashes(world: World, browser: Client) -> None:
    """One hash for each attempt that is admitted, none for one that is refused."""
    counts = []
    for name in ("alice", "nobody"):
        hashes.clear()
        for _ in range(5):
            log_in(browser, name, WRONG)
        counts.append(hashes["encode"])
    assert counts == [3, 3]
    assert world.told.kinds["attempt_admitted"] == 6


@pytest.mark.parametrize("name", ["nobody", "alice", "inactive", "unusable", "old"])
def test_a44_whatever_becomes_of_it_an_attempt_costs_one_hash_at_full_cost(world: World, name: str) -> None:
    """Unknown, inactive, without a password, and with a hash of former days: the same iterations for all."""
    with override_settings(PASSWORD_HASHERS=["tests.adapters.django_world.OldHasher"]):
        User.objects.create_user("old", password=RIGHT)
    with override_settings(PASSWORD_HASHERS=["tests.adapters.django_world.IteratedHasher"]):
        User.objects.create_user("inactive", password=RIGHT, is_active=False)
        User.objects.create_user("unusable")
        User.objects.exclude(username__in=["unusable", "old"]).update(password=make_password(RIGHT))
        hashes.clear()
        for word in (WRONG, WRONG, RIGHT if name == "inactive" else WRONG, RIGHT):
            assert authenticate(username=name, password=word) is None
        assert hashes["iterations"] == 3 * IteratedHasher.iterations
    assert world.told.kinds["attempt_refused"] == 1


def test_a_hash_of_former_days_is_renewed_at_the_sign_in(world: World) -> None:
    """Django does it, and it is no change of the password: browsers stay known."""
    with override_settings(PASSWORD_HASHERS=["tests.adapters.django_world.OldHasher"]):
        user = User.objects.create_user("old", password=RIGHT)
    resets = world.told.kinds["reset_completed"]
    with override_settings(PASSWORD_HASHERS=["tests.adapters.django_world.IteratedHasher"]):
        assert authenticate(username="old", password=RIGHT) == user
        user.refresh_from_db()
        assert f"${IteratedHasher.iterations}$" in user.password
    assert world.told.kinds["reset_completed"] == resets


def history(world: World, name: str) -> list[tuple[int, Any, bytes]]:
    browser = Client()
    answers = []
    for number in range(9):
        world.clock.advance(1 if number < 6 else 0)
        answer = log_in(browser, name, WRONG, "/by-hand/", accept="text/html")
        answers.append((answer.status_code, sorted(answer.headers.items()), answer.content))
    return answers


def test_a45_a_known_and_an_unknown_name_get_the_same_answers(world: World) -> None:
    """Status, headers and body are equal through delays and lock."""
    assert history(world, "alice") == history(world, "nobody")


def test_a40_a_browser_that_has_signed_in_stays_welcome(world: World, browser: Client) -> None:
    """Others lock the account; the owner's browser has a budget of its own."""
    assert DEVICE in log_in(browser).cookies
    exhaust(world, Client())
    assert log_in(Client()).status_code == 429
    assert log_in(browser).status_code == 302


def test_a41_of_two_device_cookies_none_counts(world: World, browser: Client) -> None:
    """One of them was planted, so the browser is a stranger."""
    value = log_in(browser).cookies[DEVICE].value
    exhaust(world, Client())
    headers = {"cookie": f"{DEVICE}={value}; {DEVICE}=planted"}
    assert log_in(Client(), **headers).status_code == 429
    assert log_in(Client(), cookie=f"{DEVICE}={value}").status_code == 302


def test_the_device_cookie_comes_as_the_guard_made_it(world: World, browser: Client) -> None:
    """Its attributes are those that its prefix demands, and the response may not be stored."""
    answer = log_in(browser)
    cookie = answer.cookies[DEVICE]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["samesite"]) == (
        True,
        True,
        "/",
        "Lax",
    )
    assert (cookie["domain"], cookie["max-age"]) == ("", 180 * 86_400)
    assert answer["Cache-Control"] == "no-store"
    assert world.told.kinds["device_known"] == 1


def test_a_right_password_without_a_sign_in_makes_no_browser_known(world: World, browser: Client) -> None:
    """Another factor may be due, so nothing is issued; the attempt is given back."""
    assert [log_in(browser, path="/by-hand/").status_code for _ in range(8)] == [200] * 8
    assert (world.told.kinds["device_known"], world.told.kinds["attempt_succeeded"]) == (0, 8)


def test_a_sign_in_without_a_password_makes_no_browser_known(world: World, browser: Client) -> None:
    """Whoever is signed in by the application itself has shown the guard nothing."""
    assert DEVICE not in browser.post("/sign-up/", {"username": "alice"}).cookies
    assert browser.get("/me/").json() == {"username": "alice"}
    assert world.told.kinds["device_known"] == 0


def test_a_browser_that_has_signed_in_is_told_so_though_another_secret_is_tried(
    world: World, browser: Client
) -> None:
    """What is known of the first attempt when the second begins isn't lost."""
    form = {"username": ["alice", "ann"], "password": RIGHT}
    assert DEVICE in browser.post("/in-and-again/", form).cookies
    assert world.told.kinds["device_known"] == 1


def test_credentials_that_name_nobody_make_no_browser_known(world: World, browser: Client) -> None:
    """There is no account to be known to, and the cookie would take the place of another account's."""
    with backends(BACKENDS[1], "ByToken"):
        known = log_in(browser).cookies[DEVICE].value
        browser.post("/by-token/", {"token": "right"})
        assert browser.get("/me/").json() == {"username": "alice"}
    assert browser.cookies[DEVICE].value == known
    assert (world.told.kinds["device_known"], world.told.kinds["attempt_succeeded"]) == (1, 2)


def test_a_sign_in_by_force_is_the_applications_own_affair(world: World, browser: Client) -> None:
    """Tests use it: nothing is counted, and the session is good."""
    browser.force_login(world.alice)
    assert browser.get("/me/").json() == {"username": "alice"}
    assert world.told.kinds["attempt_admitted"] == 0


def test_the_session_names_the_backend_that_has_checked(world: World, browser: Client) -> None:
    """So it survives authguard's removal, and the right backend is asked for the user."""
    log_in(browser)
    assert browser.session[BACKEND_SESSION_KEY] == BACKENDS[1]
    assert browser.get("/me/").json() == {"username": world.alice.username}


def test_a55_the_session_is_rotated(world: World, browser: Client) -> None:
    """A session id from before the sign-in doesn't survive it: Django's login does it."""
    browser.get("/login/")
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies["sessionid"] = session.session_key or ""
    log_in(browser)
    assert browser.cookies["sessionid"].value not in {"", session.session_key}
    assert world.told.kinds["attempt_succeeded"] == 1


def test_a_refusal_is_answered_in_place_of_the_form(world: World, browser: Client) -> None:
    """Retry-After and no-store, problem details for programs, a page for browsers."""
    for _ in range(3):
        log_in(browser, password=WRONG)
    data = log_in(browser, password=WRONG)
    page = log_in(browser, password=WRONG, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (data.status_code, page.status_code) == (429, 429)
    assert data["Content-Type"] == "application/problem+json"
    assert data.json()["type"] == "urn:authguard:problem:too-many-attempts"
    assert page["Content-Type"].startswith("text/html")
    assert "Too many attempts. Try again later." in page.content.decode()
    assert "Wait 1 second." in page.content.decode()
    assert {answer["Retry-After"] for answer in (data, page)} == {"1"}
    assert {answer["Cache-Control"] for answer in (data, page)} == {"no-store"}
    assert {answer["Vary"].split(",")[0] for answer in (data, page)} == {"Accept"}
    assert world.told.kinds["attempt_refused"] == 2


def test_what_the_views_response_would_close_is_closed_with_the_refusal(
    world: World, browser: Client
) -> None:
    """A file, say, that nobody gets to see."""
    for _ in range(3):
        log_in(browser, password=WRONG)
    assert log_in(browser, password=WRONG, path="/file/").status_code == 429
    assert files.pop().closed
    assert world.told.kinds["attempt_refused"] == 1


def test_a_post_that_is_refused_as_forged_is_no_attempt(world: World) -> None:
    """Django's middleware refuses it before anybody looks at the password."""
    strict = Client(enforce_csrf_checks=True)
    assert [log_in(strict).status_code for _ in range(6)] == [403] * 6
    assert (world.told.kinds["attempt_admitted"], hashes["encode"]) == (0, 0)


@pytest.mark.parametrize("method", ["get", "head", "put"])
def test_a37_whatever_the_method_a_secret_that_is_tried_is_counted(
    world: World, browser: Client, method: str
) -> None:
    """A view that takes its credentials from the query is guarded like a form."""
    path = f"/by-query/?username=alice&password={WRONG}"
    statuses = [getattr(browser, method)(path).status_code for _ in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert world.told.kinds["attempt_refused"] == 1


def test_a_right_name_after_a_refused_one_is_the_last_word(world: World, browser: Client) -> None:
    """A view that tries two names lets the second in though the first is refused."""
    for _ in range(3):
        log_in(browser, "nobody", WRONG)
    form = {"username": ["nobody", "alice"], "password": RIGHT}
    assert browser.post("/either/", form).status_code == 200
    assert world.told.kinds["attempt_refused"] == 1


def test_a38_each_name_of_one_request_is_an_attempt(world: World, browser: Client) -> None:
    """A batch is counted one by one, and right ones don't stand in each other's way."""
    assert browser.post("/either/", {"username": ["alice"] * 6, "password": RIGHT}).status_code == 200
    assert world.told.kinds["attempt_succeeded"] == 6
    assert browser.post("/either/", {"username": ["alice"] * 6, "password": WRONG}).status_code == 429
    assert world.told.kinds["attempt_failed"] == 3


def test_without_a_request_the_account_alone_is_counted(world: World) -> None:
    """A script has no address, and shares the account's limit."""
    assert authenticate(username="alice", password=RIGHT) == world.alice
    assert [authenticate(username="alice", password=WRONG) for _ in range(3)] == [None] * 3
    assert authenticate(username="alice", password=RIGHT) is None
    assert authenticate(username="ann", password=RIGHT) == world.ann


def test_without_the_middleware_sign_ins_are_guarded_all_the_same(world: World, browser: Client) -> None:
    """Only the answers lack: the form is shown again in place of a 429, and no browser becomes known."""
    with override_settings(MIDDLEWARE=[name for name in MIDDLEWARE if "authguard" not in name]):
        assert DEVICE not in log_in(browser).cookies
        assert browser.session[BACKEND_SESSION_KEY] == BACKENDS[1]
        assert attempts(browser, "/login/") == [200] * 5
    assert (world.told.kinds["attempt_succeeded"], hashes["encode"]) == (1, 4)


def test_a26_a_forwarding_header_of_a_stranger_is_ignored(world: World) -> None:
    """Each guess names another address; the address of the connection is charged."""
    statuses = [
        log_in(Client(), f"user{number}", WRONG, "/by-hand/", **{"x-forwarded-for": f"198.51.100.{number}"})
        for number in range(31)
    ]
    assert [answer.status_code for answer in statuses] == [403] * 30 + [429]
    assert world.told.kinds["attempt_refused"] == 1


def test_a_unix_socket_has_no_address_and_is_a_peer_all_the_same() -> None:
    """Behind a proxy on a Unix socket the header is read, if the settings trust it."""
    with opened(TRUSTED_PROXIES="unix") as world:
        statuses = [forwarded(f"user{number}", "198.51.100.7") for number in range(31)]
        assert statuses == [403] * 30 + [429]
        assert forwarded("user", "192.0.2.1") == 403
        assert world.told.kinds["attempt_refused"] == 1


def forwarded(name: str, address: str) -> int:
    """A guess through a Unix socket, from a client whom the header names."""
    browser = Client(REMOTE_ADDR="")
    return int(log_in(browser, name, WRONG, "/by-hand/", **{"x-forwarded-for": address}).status_code)
