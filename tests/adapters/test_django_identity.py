"""Whose secret is tried: the account is found as the sign-in finds it, and one person is one counter."""

import uuid
from collections.abc import Generator

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import override_settings

from authguard_django import get_async_guard, get_guard
from authguard_django.identity import by_user_model
from tests.adapters.django_world import (
    BACKENDS,
    Client,
    Member,
    User,
    Worker,
    World,
    backends,
    down,
    hashes,
    log_in,
    opened,
)
from tests.adapters.support import RIGHT, WRONG


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


def post(address: str = "203.0.113.7") -> HttpRequest:
    return RequestFactory().post("/", REMOTE_ADDR=address)


# One person, one counter


def test_a17_the_account_is_found_as_the_sign_in_finds_it(world: World) -> None:
    """Users whose names differ by case alone have a counter each, where the database keeps them apart."""
    capital = User.objects.create_user("Alice", password=RIGHT)
    for _ in range(3):
        authenticate(username="alice", password=WRONG)
    assert authenticate(username="alice", password=RIGHT) is None
    assert authenticate(username="Alice", password=RIGHT) == capital
    assert world.told.kinds["attempt_succeeded"] == 1


def test_a17_spellings_of_nobody_share_a_counter(world: World) -> None:
    """Whoever isn't found is counted under the canonical form."""
    for name in ("nobody", "NOBODY", " nobody\u200b"):
        authenticate(username=name, password=WRONG)
    assert authenticate(username="Nobody", password=WRONG) is None
    assert world.told.kinds["attempt_refused"] == 1


@pytest.mark.parametrize("stored", [None, "kim", "Kim", "KIM", "Kim.Doe", "kim@example.com"])
def test_a17_a46_other_spellings_of_a_name_dont_tell_whether_it_exists(
    world: World, stored: str | None
) -> None:
    """Three guesses in one spelling, and the fourth in another is refused for known and unknown names."""
    name = stored or "kim"
    if stored:
        User.objects.create_user(stored, password=RIGHT)
    for spelled in (name, name, name):
        authenticate(username=spelled, password=WRONG)
    for spelled in (name.swapcase(), name.lower(), name.upper(), f" {name}\u200b", name):
        assert authenticate(username=spelled, password=RIGHT) is None
    assert world.told.kinds["attempt_refused"] == 5


def test_a17_a_spelling_of_several_users_is_nobodys(world: World) -> None:
    """It is neither's, so it is counted by itself."""
    User.objects.create_user("Alice", password=RIGHT)
    for _ in range(4):
        authenticate(username="ALICE", password=WRONG)
    assert authenticate(username="alice", password=RIGHT) == world.alice
    assert world.told.kinds["attempt_refused"] == 1


@pytest.mark.parametrize("name", ["McDonald", "mcdonald", "MCDONALD", "mCdOnAlD"])
def test_a17_a_backend_that_ignores_case_gives_no_budget_for_each_spelling(world: World, name: str) -> None:
    """Whatever it would find is counted as what it would find."""
    User.objects.create_user("McDonald", password=RIGHT)
    with backends("ByAnyCase"):
        for spelled in ("McDonald", "mcdonald", "MCDONALD"):
            authenticate(username=spelled, password=WRONG)
        assert authenticate(username=name, password=RIGHT) is None
    assert world.told.kinds["attempt_refused"] == 1


def test_a18_a_name_and_an_address_are_one_account(world: World) -> None:
    """Where a backend takes e-mail addresses, guesses at both count together, in any case."""
    with backends(BACKENDS[1], "ByEmail"):
        authenticate(username="alice", password=WRONG)
        authenticate(username="alice@example.com", password=WRONG)
        authenticate(username="ALICE@Example.com", password=WRONG)
        assert authenticate(username="alice@example.com", password=RIGHT) is None
        assert authenticate(username="alice", password=RIGHT) is None
    assert world.told.kinds["attempt_refused"] == 2


def test_a18_an_address_of_several_people_is_nobodys(world: World) -> None:
    """It is counted as it was submitted."""
    User.objects.create_user("twin", "alice@example.com", RIGHT)
    with backends(BACKENDS[1], "ByEmail"):
        for _ in range(3):
            authenticate(username="alice@example.com", password=WRONG)
        assert authenticate(username="alice", password=RIGHT) == world.alice
        assert authenticate(username="alice@example.com", password=RIGHT) is None


def test_without_need_it_is_not_shown_whose_an_address_is(world: World) -> None:
    """Django's own backends take no address, so guesses at one don't lock its owner."""
    for _ in range(4):
        authenticate(username="alice@example.com", password=WRONG)
    assert authenticate(username="alice", password=RIGHT) == world.alice


def test_a10_a18_a_user_name_like_anothers_address_clears_nothing(world: World) -> None:
    """Who calls himself as alice's address is, and signs in between guesses, has but alice's budget."""
    own = "quite another password"
    User.objects.create_user("alice@example.com", password=own)
    guesses = 0
    with backends(BACKENDS[1], "ByEmail"):
        for number in range(20):
            request = post(f"198.51.{number}.1")
            for password in (WRONG, WRONG, own):
                guesses += authenticate(request, username="alice@example.com", password=password) is None
            world.clock.advance(30)
    assert world.told.kinds["attempt_admitted"] == 5
    assert world.told.kinds["attempt_succeeded"] == 0
    assert guesses > 50


def test_a18_who_signs_in_at_anothers_counter_is_signed_in_all_the_same() -> None:
    """The password is right; the attempt stays counted, and the browser unknown."""
    own = "quite another password"
    with opened() as world, backends(BACKENDS[1], "ByEmail"):
        twin = User.objects.create_user("alice@example.com", password=own)
        browser = Client()
        assert log_in(browser, "alice@example.com", own).status_code == 302
        assert "__Host-authguard_device" not in browser.cookies
        assert browser.get("/me/").json() == {"username": "alice@example.com"}
        assert async_to_sync(aauthenticate)(username="alice@example.com", password=own) == twin
        assert (world.told.kinds["attempt_succeeded"], world.told.kinds["attempt_failed"]) == (0, 2)
        assert get_guard().inspect("alice").failures == 2


# Names that no user can have


@pytest.mark.parametrize("name", ["alice\0", "\0", "alice\ud800", "x" * 400])
def test_a19_a22_a76_a_name_that_no_database_takes_is_charged_to_its_address(world: World, name: str) -> None:
    """Some databases raise for it, and some ignore what makes it different: no backend is asked."""
    assert authenticate(post(), username=name, password=RIGHT) is None
    assert authenticate(username=name, password=RIGHT) is None
    assert (hashes["encode"], world.told.kinds["resolve_failed"]) == (0, 0)
    for _ in range(29):
        authenticate(post(), username=name, password=RIGHT)
    assert authenticate(post(), username="alice", password=RIGHT) is None
    assert authenticate(post("203.0.113.8"), username="alice", password=RIGHT) == world.alice


def test_a19_an_operator_may_ask_about_any_name(world: World) -> None:
    """What no user can have is nobody's."""
    assert get_guard().inspect("alice\0").failures == 0
    assert get_guard().inspect("alice\ud800").failures == 0
    assert world.told.kinds["resolve_failed"] == 0


def test_g9_a_database_that_is_down_is_an_outage_and_costs_nobody_an_attempt(world: World) -> None:
    """503 in place of an error page, for whoever it is, and nothing is looked at."""
    browser = Client()
    with connection.execute_wrapper(down):
        for name in ("alice", "nobody"):
            answer = log_in(browser, name, RIGHT, "/by-hand/", accept="text/html")
            assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert log_in(browser, path="/by-hand/").status_code == 200
    assert (world.told.kinds["resolve_failed"], world.told.kinds["attempt_admitted"]) == (2, 1)


# User models of one's own


def test_a_user_model_with_numbers_for_names_is_guarded(world: World) -> None:
    """A name that is no number is nobody's, not an outage; a right one is settled as ever."""
    with override_settings(AUTH_USER_MODEL="django_people.Worker"):
        worker = Worker.objects.create(number=7)
        worker.set_password(RIGHT)
        worker.save()
        assert authenticate(number=7, password=RIGHT) == worker
        with pytest.raises(ValueError, match="expected a number"):  # as without authguard
            authenticate(username="seven", password=WRONG)
        assert [authenticate(username=name, password=WRONG) for name in ("7", 7, "7")] == [None] * 3
        assert authenticate(number=7, password=RIGHT) is None
    assert (world.told.kinds["resolve_failed"], world.told.kinds["attempt_failed"]) == (0, 4)


def test_a_changed_password_ends_the_lock_of_whoever_has_a_number(world: World) -> None:
    """The user is known, however the model names users."""
    with override_settings(AUTH_USER_MODEL="django_people.Worker"):
        worker = Worker.objects.create(number=7, id=uuid.uuid4())
        for _ in range(3):
            authenticate(number=7, password=WRONG)
        worker.set_password(RIGHT)
        worker.save()
        assert authenticate(number=7, password=RIGHT) == worker
    assert world.told.kinds["reset_completed"] == 1


def test_a_user_model_without_addresses_has_none(world: World) -> None:
    """What looks like an address is counted as a name, and nothing breaks down."""
    with override_settings(AUTH_USER_MODEL="django_people.Worker"), backends("Denying"):
        for _ in range(4):
            assert authenticate(username="x@example.com", password=WRONG) is None
    assert (world.told.kinds["attempt_failed"], world.told.kinds["attempt_refused"]) == (3, 1)


def test_a17_an_address_is_looked_up_in_any_case_where_the_model_does(world: World) -> None:
    """The user model's own natural key decides, and both flavours agree."""
    with override_settings(AUTH_USER_MODEL="django_people.Member"):
        member = Member.objects.create(email="kim@example.com")
        member.set_password(RIGHT)
        member.save()
        for name in ("kim@example.com", "KIM@example.com"):
            authenticate(email=name, password=WRONG)
        async_to_sync(aauthenticate)(username="Kim@Example.com", password=WRONG)
        assert authenticate(email="kim@example.com", password=RIGHT) is None
        assert get_guard().inspect("kim@EXAMPLE.com").failures == 3
    assert world.told.kinds["attempt_refused"] == 1


# Operators


@pytest.mark.parametrize("name", ["Alicia", "alicia", " ALICIA"])
def test_an_operators_word_is_about_whoever_is_named(world: World, name: str) -> None:
    """Names are looked up as the sign-in does it, whoever asks the guard."""
    User.objects.create_user("Alicia", password=RIGHT)
    for _ in range(3):
        authenticate(username="Alicia", password=WRONG)
    assert get_guard().inspect(name).failures == 3
    assert async_to_sync(get_async_guard().inspect)(name).failures == 3
    async_to_sync(get_async_guard().unlock)(name)
    assert get_guard().inspect("Alicia").failures == 0
    assert world.told.kinds["unlocked"] == 1


# Look-ups of your own


def plain_account(identifier: str) -> str | None:
    return "everybody" if identifier else None


async def async_account(identifier: str) -> str | None:
    return plain_account(identifier)


@pytest.mark.parametrize("resolve", [plain_account, async_account, f"{__name__}.plain_account"])
def test_a_look_up_of_your_own_serves_threads_and_loops(resolve: object) -> None:
    """RESOLVE is a plain or a coroutine function, or a dotted path; both guards use it."""
    with opened(RESOLVE=resolve):
        for name in ("a", "b", "c"):
            authenticate(username=name, password=WRONG)
        assert get_guard().inspect("d").failures == 3
        assert async_to_sync(get_async_guard().inspect)("d").failures == 3


def staff_or_user(identifier: str) -> str | None:
    return by_user_model(identifier.removeprefix("staff "))


@pytest.mark.parametrize("name", ["Alicia", "staff Alicia"])
def test_a_look_up_of_your_own_may_end_with_the_default(name: str) -> None:
    """It takes the name as it was submitted, or as your own look-up hands it on."""
    with opened(RESOLVE=staff_or_user):
        User.objects.create_user("Alicia", password=RIGHT)
        authenticate(username=name, password=WRONG)
        assert get_guard().inspect("Alicia").failures == get_guard().inspect("staff Alicia").failures == 1


def test_credentials_of_your_own_are_named_by_your_own_function() -> None:
    """IDENTITY finds the name that another backend's credentials hold."""
    with opened(IDENTITY=lambda _credentials: "everybody") as world:
        for name in ("a", "b", "c", "d"):
            authenticate(username=name, password=WRONG)
        assert world.told.kinds["attempt_refused"] == 1


# Credentials that name nobody


def test_what_names_nobody_counts_for_its_address(world: World) -> None:
    """A mailed token is guessed at by an address, which stands for the account."""
    request = post()
    with backends("ByToken"):
        assert authenticate(request, token="right") == world.alice
        assert [authenticate(request, token="wrong") for _ in range(3)] == [None] * 3
        assert authenticate(request, token="right") is None
        assert authenticate(None, token="right") is None  # nothing to count it under
    assert world.told.kinds["attempt_refused"] == 2


def test_a24_an_address_that_stands_for_an_account_is_no_users_name(world: World) -> None:
    """Guesses at a user who is called like an address keep nobody there from redeeming a link."""
    User.objects.create_user("203.0.113.7", password=RIGHT)
    for _ in range(5):
        authenticate(username="203.0.113.7", password=WRONG)
    with backends(BACKENDS[1], "ByToken"):
        assert authenticate(post(), token="right") == world.alice
    assert world.told.kinds["attempt_refused"] == 2


@pytest.mark.parametrize(
    "credentials", [{"username": ""}, {"username": None}, {"username": "a", "email": "b"}]
)
def test_a23_no_name_and_two_names_are_charged_to_the_address(
    world: World, credentials: dict[str, str | None]
) -> None:
    """They share no account; the address of who sends them is over its limit in the end."""
    request = post()
    for _ in range(30):
        assert authenticate(request, password=RIGHT, **credentials) is None
    assert hashes["encode"] == 0
    assert authenticate(request, username="alice", password=RIGHT) is None
    assert authenticate(request, username="alice", password=RIGHT) is None
    assert authenticate(username="alice", password=RIGHT) == world.alice


def test_a_form_without_a_name_keeps_the_views_own_answer(world: World) -> None:
    """The guard says nothing of what is missing; the view does."""
    assert log_in(Client(), "", RIGHT, "/by-hand/").status_code == 403
    assert world.told.kinds["attempt_refused"] == 1
