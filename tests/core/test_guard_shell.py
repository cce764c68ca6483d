"""Claims about what both guards share."""

import logging
from threading import Event as Signal
from threading import current_thread, main_thread
from typing import Any

import anyio
import pytest

from authguard_core import Attempt, ConfigurationError, Event, EventKind, Guard, Outcome, Reason, Verdict
from authguard_core.guard.shell import in_time, subject_of, unresolved
from authguard_core.resilience import Health
from tests.core.scene import HOME, SECRET, Scene, scene, settings

LONG = 3_600.0


# What a guard says about itself


def test_a82_a_guard_shows_its_purposes_and_nothing_else() -> None:
    """Neither secret nor storage URL is in its repr."""
    guard = Guard(settings(secret_key="canary" * 6, purposes={"export": {}}))

    assert repr(guard) == "<Guard: purposes export, login, meter, otp, register, reset>"


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-authguard_device"), (False, "authguard_device")])
def test_a_guard_says_which_cookie_it_reads(*, secure: bool, name: str) -> None:
    """An adapter asks, and doesn't know the names."""
    assert Guard(settings(cookie_secure=secure)).cookie_name == name


def test_a_guard_describes_its_limits() -> None:
    """In words, a line for each counter."""
    assert "login: each address: at most 30 in any 15m" in scene().guard.describe().splitlines()


def test_a26_a_guard_says_under_which_address_it_counts() -> None:
    """The same as an attempt: a header counts from a trusted proxy only."""
    guard = Guard(settings(trusted_proxies="10.0.0.1"))
    headers = [("X-Forwarded-For", HOME)]

    assert guard.client_address("10.0.0.1", headers).network == HOME
    assert guard.client_address("10.0.0.2", headers).network == "10.0.0.2"
    assert guard.client_address(HOME).network == HOME


def test_a_guard_reads_the_environment_where_it_gets_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """AUTHGUARD_* is enough."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", SECRET)

    assert Guard().settings.policy().purposes.keys() == settings().policy().purposes.keys()


# Observers


def history(world: Scene) -> list[tuple[Verdict, object, object]]:
    """What a guard decides over an attack and a sign-in."""
    decisions = [world.check() for _ in range(7)]
    decisions += [
        world.guard.settle(decision.ticket, outcome)
        for decision, outcome in zip(decisions, Outcome, strict=False)
        if decision.ticket
    ]
    return [(decision.verdict, decision.reason, decision.wait) for decision in decisions]


def test_a84_an_observer_that_raises_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Not the decisions, and not what the others are told; the log names the error's type, not its text."""

    def canary(event: Event) -> None:
        raise RuntimeError(f"canary {event}")

    quiet, loud = scene(), scene()
    heard: list[Event] = []
    loud.guard = Guard(
        settings(login={"delay": "off"}),
        storage=loud.guard.storage,
        observers=[canary, heard.append, canary],
        clock=loud.clock,
    )

    assert history(loud) == history(quiet)
    assert [event.kind for event in heard] == quiet.heard()
    assert caplog.messages[0] == "an observer failed on attempt_admitted: RuntimeError"
    assert "canary" not in caplog.text


def test_a_guard_that_nobody_observes_decides_alike() -> None:
    """Observers are told; they aren't needed."""
    guard = Guard(settings())

    assert guard.check(Attempt(identifier="alice", peer=HOME)).allowed


def test_observers_are_told_in_order() -> None:
    """Each event goes to the first, then to the second, before the next event."""
    told: list[tuple[str, EventKind]] = []
    guard = Guard(
        settings(),
        observers=(
            lambda event: told.append(("first", event.kind)),
            lambda event: told.append(("second", event.kind)),
        ),
    )
    decision = guard.check(Attempt(identifier="alice"))
    assert decision.ticket
    guard.settle(decision.ticket, Outcome.FAILURE)

    assert told == [
        ("first", EventKind.ADMITTED),
        ("second", EventKind.ADMITTED),
        ("first", EventKind.FAILED),
        ("second", EventKind.FAILED),
    ]


def test_what_an_observer_is_told_is_what_the_decision_says() -> None:
    """Events are data on the decision; whoever has no observer reads them there."""
    world = scene()
    decision = world.check()

    assert tuple(world.events) == decision.events


class Waiting:
    """An observer whose call is a coroutine."""

    async def __call__(self, event: Event) -> None:
        raise AssertionError(event)


async def waiting(event: Event) -> None:
    raise AssertionError(event)


@pytest.mark.parametrize("observer", [waiting, Waiting()], ids=["function", "object"])
def test_an_observer_that_would_have_to_be_awaited_is_refused(observer: object) -> None:
    """It would never run, and every event would be lost in silence."""
    with pytest.raises(ConfigurationError) as refused:
        Guard(settings(), observers=[observer])  # type: ignore[list-item]

    assert str(refused.value) == (
        "observers: got 'a coroutine function', expected a plain function. Write it without async."
    )


def test_the_logger_is_the_library_s() -> None:
    """An application turns it up or down under one name."""
    assert logging.getLogger("authguard").name in logging.root.manager.loggerDict


# Whose identifier it is


@pytest.mark.parametrize("sent", [None, 17, 1.5, True, ["alice"], {"alice": 1}, b"alice", "", " "], ids=repr)
def test_a76_what_is_no_text_names_nobody(sent: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """A value that a body holds in a name's place is refused, and charged to the address: never an error."""
    world = scene(login={"delay": "off", "ip_limit": "1/15m"})
    assert world.check(sent).reason is Reason.UNIDENTIFIED
    assert world.check("alice").reason is Reason.LIMITED


def test_a18_an_account_and_a_name_of_equal_text_are_two() -> None:
    """They are counted in spaces apart."""
    assert subject_of("17", None) != subject_of("alice", "17")
    assert subject_of("alice", "17") == subject_of("alice@example.org", "17")


def test_a23_an_empty_account_id_is_no_account() -> None:
    """The name is counted then, as for everybody who isn't found."""
    assert subject_of("alice", "") == subject_of("alice", None)


@pytest.mark.parametrize("account", [17, b"17", False, ["canary"]], ids=repr)
def test_an_account_id_is_text(account: object) -> None:
    """The refusal says what to return, and not what was."""
    with pytest.raises(ConfigurationError) as refused:
        subject_of("alice", account)

    assert str(refused.value) == (
        f"resolve: got '{type(account).__name__}', expected text or None."
        " Return the account id as text, str(user.id) say."
    )


def test_a82_a_look_up_s_own_words_are_logged_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    """Only what this library says is repeated, because it holds no personal datum."""
    failure = unresolved(LookupError("canary"))
    unresolved(ConfigurationError("resolve: got 'int'"))

    assert str(failure) == "resolve failed: LookupError"
    assert caplog.messages == ["resolve failed: LookupError", "resolve failed: resolve: got 'int'"]


# The deadline of the look-up


@pytest.mark.anyio
async def test_a_look_up_that_is_too_slow_is_given_up() -> None:
    """On the event loop it is cancelled at the deadline."""

    async def never(_: str) -> str | None:
        await anyio.Event().wait()
        raise AssertionError

    with pytest.raises(TimeoutError):
        await in_time(never, 0.001)("alice")


@pytest.mark.anyio
async def test_a_plain_look_up_that_is_too_slow_is_given_up() -> None:
    """The thread goes on alone; nobody waits for it."""
    release = Signal()

    def blocked(_: str) -> str | None:
        release.wait()
        return None

    try:
        with pytest.raises(TimeoutError):
            await in_time(blocked, 0.001)("alice")
    finally:
        release.set()


@pytest.mark.anyio
async def test_a_plain_look_up_runs_beside_the_loop() -> None:
    """A driver that blocks holds up its own attempt only."""
    threads: list[object] = []

    def look_up(name: str) -> str | None:
        threads.append(current_thread())
        return name.upper()

    assert await in_time(look_up, LONG)("alice") == "ALICE"
    assert threads[0] is not main_thread()


class Directory:
    """A look-up that is an object."""

    async def __call__(self, name: str) -> str | None:
        assert current_thread() is main_thread()
        return name.upper()

    async def find(self, name: str) -> str | None:
        return await self(name)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "resolve",
    [Directory(), Directory().find, lambda name: Directory().find(name)],
    ids=["object", "method", "lambda"],
)
async def test_whatever_can_be_awaited_is_awaited(resolve: Directory) -> None:
    """A coroutine function, a method, an object whose call is one, and a lambda around one."""
    assert await in_time(resolve, LONG)("alice") == "ALICE"


def test_nobody_shares_what_the_log_can_t_hold(caplog: pytest.LogCaptureFixture) -> None:
    """A82: over a whole history nothing is logged at all, at any level."""
    with caplog.at_level(logging.DEBUG):
        history(scene())

    assert caplog.text == ""


# A completed reset


def test_a_reset_is_reported_for_the_account_and_asks_nobody() -> None:
    """With a look-up it takes what that returns, so that no outage of the look-up undoes a reset."""
    asked: list[str] = []

    def resolve(name: str) -> str | None:
        asked.append(name)
        return {"alice": "17", "alice@example.org": "17"}.get(name)

    world = scene(resolve=resolve)
    world.fail("alice", times=5)
    asked.clear()
    world.guard.reset_completed("17")
    assert asked == []
    assert world.check("alice@example.org").allowed


def test_without_secure_cookies_a_guard_warns(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads the log of a start learns that cookies go unprotected."""
    with caplog.at_level(logging.WARNING, logger="authguard"):
        scene(cookie_secure=False)
    assert [record.message for record in caplog.records if "COOKIE_SECURE is off" in record.message]


def test_a_guard_that_lets_everybody_through_an_outage_warns(caplog: pytest.LogCaptureFixture) -> None:
    """It is legal, and nobody shall be surprised."""
    with caplog.at_level(logging.WARNING, logger="authguard"):
        scene(on_storage_failure="open")
    assert [record.message for record in caplog.records if "ON_STORAGE_FAILURE is open" in record.message]


def test_observers_are_told_how_it_stands_with_the_store() -> None:
    """A resilient store says it, the guard makes an event of it: about no attempt and no purpose."""
    world = scene()
    for degraded in (True, False):
        world.guard.health_changed(Health(degraded))

    assert [event.purpose for event in world.events] == ["", ""]
    assert world.heard() == [EventKind.STORAGE_DEGRADED, EventKind.STORAGE_RECOVERED]


def test_a_reset_needs_an_account() -> None:
    """One that names nobody is the caller's mistake."""
    with pytest.raises(ValueError, match="account: got nothing usable"):
        scene().guard.reset_completed(" ")


def test_a_guard_has_the_password_policy_of_its_settings() -> None:
    """Made once, when it is asked for."""
    guard = Guard(settings(password={"min_length": 20}))

    assert guard.passwords.length.minimum == 20
    assert guard.passwords is guard.passwords
