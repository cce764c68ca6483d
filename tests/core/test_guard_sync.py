"""Claims about the guard for synchronous code."""

import time
import traceback
from collections.abc import Sequence
from threading import Barrier, Thread

import pytest

from authguard_core import (
    Attempt,
    ConfigurationError,
    Event,
    EventKind,
    Guard,
    MemoryStorage,
    Outcome,
    Reason,
    StorageError,
    Verdict,
)
from authguard_core.counting.ops import Op, Result
from authguard_core.hashing import AsyncHasher
from tests.core.scene import (
    ELSEWHERE,
    HOME,
    MINUTE,
    SECRET,
    UNDELAYED,
    Clock,
    Outages,
    Scene,
    scene,
    settings,
)


class PlainHasher:
    """A hasher that only says what it was asked."""

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the port's word
        return hash == password

    def hash(self, password: str) -> str:
        return password

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the port's word
        return not hash

    def close(self) -> None:
        """Nothing to give back."""

    @property
    def aio(self) -> AsyncHasher:
        raise NotImplementedError


# What it is made of


def test_the_store_that_was_given_is_used() -> None:
    """An empty store is a store: the guard doesn't open another one beside it."""
    storage = MemoryStorage(clock=Clock())
    guard = Guard(settings(), storage=storage)
    guard.check(Attempt(identifier="alice", peer=HOME))

    assert guard.storage is storage
    assert len(storage) > 0


def test_guards_on_one_store_count_together() -> None:
    """Two guards with one secret and one store are one guard, as two routes or processes are."""
    storage = MemoryStorage(clock=Clock())
    guards = [Guard(settings(login=UNDELAYED), storage=storage) for _ in range(2)]
    allowed = [guards[number % 2].check(Attempt(identifier="alice")).allowed for number in range(8)]

    assert sum(allowed) == 5


def test_without_anything_the_environment_says_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard() reads AUTHGUARD_*, opens the store that STORAGE_URL names, and reads the machine's clock."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", SECRET)
    monkeypatch.setenv("AUTHGUARD_STORAGE_URL", "memory://?max_keys=100")
    events: list[Event] = []
    before = time.time()
    guard = Guard(observers=[events.append])
    guard.check(Attempt(identifier="alice"))

    assert isinstance(guard.storage, MemoryStorage)
    assert before <= events[0].at <= time.time()


def test_without_a_secret_there_is_no_guard() -> None:
    """It can't be built, rather than guard with a secret that everybody knows."""
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        Guard()


def test_the_hasher_that_was_given_is_used() -> None:
    """And no plug-in is looked for."""
    hasher = PlainHasher()

    assert Guard(settings(), hasher=hasher).hasher is hasher


def test_the_hasher_that_is_installed_is_found_once() -> None:
    """Argon2id comes along; asking twice makes one pool."""
    pytest.importorskip("argon2", reason="the hasher's extra is not installed")
    guard = Guard(settings())

    assert guard.hasher is guard.hasher
    assert not guard.hasher.verify(None, "password")
    guard.hasher.close()


# One attempt


def test_an_attempt_goes_from_check_to_settle() -> None:
    """Admitted, looked at, settled: the three steps of a custom stack."""
    world = scene()
    decision = world.check()
    assert decision.ticket

    assert world.guard.settle(decision.ticket, Outcome.SUCCESS).verdict is Verdict.COMPLETE
    assert world.heard() == [EventKind.ADMITTED, EventKind.SUCCEEDED, EventKind.DEVICE_KNOWN]


def test_a16_an_attempt_without_an_outcome_counts_as_failed() -> None:
    """Whether the worker dies, times out or forgets: five are looked at, no more."""
    world = scene()

    assert sum(world.check().allowed for _ in range(50)) == 5


def test_a12_a_hundred_threads_get_five_attempts() -> None:
    """Whatever the interleaving, exactly N reach the secret's check."""
    world = scene()
    start, allowed = Barrier(100), list[bool]()

    def attempt() -> None:
        start.wait()
        allowed.append(world.check().allowed)

    threads = [Thread(target=attempt) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(allowed), sum(allowed)) == (100, 5)


# Whose identifier it is


def people(name: str) -> str | None:
    """One person with a name and an e-mail, and one whose name is the first one's account id."""
    return {"alice": "17", "alice@example.org": "17", "17": "99"}.get(name)


def test_a18_name_and_e_mail_of_one_account_share_one_budget() -> None:
    """Whichever is typed, the account is counted."""
    world = scene(resolve=people)
    world.fail("alice", times=3)
    world.fail("Alice@Example.org ", times=2)

    assert world.check("alice").reason is Reason.LOCKED
    assert world.check("alice@example.org").reason is Reason.LOCKED


def test_a18_a_name_that_looks_like_another_s_account_id_is_another() -> None:
    """A user called ``17`` shares nothing with the account whose id is 17."""
    world = scene(resolve=people)
    world.fail("alice", times=5)
    assert world.check("17").allowed

    unresolved = scene(resolve=lambda name: "bob" if name == "alice" else None)
    unresolved.fail("bob", times=5)
    assert unresolved.check("alice").allowed


def test_a46_who_is_unknown_is_counted_just_the_same() -> None:
    """None from the look-up: the canonical name is counted, and locks like an account."""
    world = scene(resolve=people)
    world.fail("nobody", times=3)
    world.fail(" NOBODY", times=2)

    assert world.check("nobody").reason is Reason.LOCKED


def test_the_look_up_gets_the_canonical_name() -> None:
    """It needn't know of case, space or invisible characters; one that names nobody isn't asked for."""
    asked: list[str] = []

    def resolve(name: str) -> str | None:
        asked.append(name)
        return None

    world = scene(resolve=resolve)
    world.check(" \uff21LICE\u200b")
    world.check("")

    assert asked == ["alice"]


def test_a23_an_empty_account_id_is_no_account() -> None:
    """A look-up that answers "" for those it doesn't know makes no counter that all of them share."""
    world = scene(resolve=lambda _: "")
    world.fail("one", times=5)

    assert world.check("one").reason is Reason.LOCKED
    assert world.check("two").allowed


@pytest.mark.parametrize("answer", [17, b"17", True, ["17"]], ids=repr)
def test_an_account_id_that_is_no_text_refuses(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    """Never counted as something it isn't, never an exception in a login; the log says what to do."""
    world = scene(resolve=lambda _: answer)  # type: ignore[arg-type, return-value]
    refused = world.check()

    assert (refused.verdict, refused.reason) == (Verdict.REFUSE, Reason.STORAGE_FAILED)
    assert f"resolve: got '{type(answer).__name__}', expected text or None. Return" in caplog.text


def test_a63_a_look_up_that_fails_refuses_and_charges_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """As an outage: never the raw name, which would open a second budget. Its text is logged nowhere."""

    def resolve(name: str) -> str | None:
        raise LookupError(f"canary {name}")

    world = scene(resolve=resolve)
    refused = world.check("canary")

    assert (refused.verdict, refused.reason, refused.wait) == (Verdict.REFUSE, Reason.STORAGE_FAILED, 2.0)
    assert world.heard() == [EventKind.RESOLVE_FAILED]
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize("verb", ["inspect", "unlock"])
def test_a82_an_operator_hears_of_a_look_up_that_failed(verb: str) -> None:
    """A StorageError, without the text of what the application raised."""
    name = "CANARY".lower()  # a traceback shows lines of this file

    def resolve(name: str) -> str | None:
        raise LookupError(name)

    with pytest.raises(StorageError, match="resolve failed: LookupError") as raised:
        getattr(scene(resolve=resolve).guard, verb)(name)

    assert name not in "".join(traceback.format_exception(raised.value))


def test_operators_find_an_account_by_each_of_its_names() -> None:
    """The verbs ask the look-up, too."""
    world = scene(resolve=people)
    world.fail("alice", times=5)
    assert world.guard.inspect("alice@example.org").failures == 5
    world.guard.unlock("alice@example.org")

    assert world.check("alice").allowed


@pytest.mark.parametrize("verb", ["inspect", "unlock", "reset_completed"])
def test_a23_a_verb_needs_a_name(verb: str) -> None:
    """An identifier that names nobody is the operator's mistake."""
    with pytest.raises(ValueError, match=r"(identifier|account): got nothing usable"):
        getattr(scene().guard, verb)(" ")


def test_a_look_up_that_would_have_to_be_awaited_is_refused() -> None:
    """It would never run, and every attempt would be refused."""

    async def resolve(name: str) -> str | None:
        return name

    with pytest.raises(
        ConfigurationError, match="resolve: got 'a coroutine function', expected a plain function"
    ):
        Guard(settings(), resolve=resolve)  # type: ignore[arg-type]


def test_a_look_up_may_be_any_callable() -> None:
    """An object that is called, and is empty, is asked all the same."""

    class Directory(dict[str, str]):
        def __call__(self, name: str) -> str | None:
            return name[0]

    world = scene(resolve=Directory())
    world.fail("alice", times=5)

    assert world.check("anna").reason is Reason.LOCKED


# Outages


HISTORY = 14


def outcome_of(world: Scene, *, right: bool, device: str | None = None) -> tuple[bool, str | None]:
    """Try once: was the password looked at, and which cookie is there now?"""
    decision = world.check(device=device)
    if decision.ticket is None:
        assert decision.verdict is Verdict.REFUSE
        return False, device
    settled = world.guard.settle(decision.ticket, Outcome.SUCCESS if right else Outcome.FAILURE)
    assert settled.verdict is (Verdict.COMPLETE if right else Verdict.REFUSE)
    return True, settled.device.value if settled.device else device


@pytest.mark.parametrize("late", [False, True], ids=["not done", "reply lost"])
@pytest.mark.parametrize("down", range(1, HISTORY + 1))
def test_a16_an_outage_at_any_call_gives_no_attempt_away(down: int, late: bool) -> None:
    """Whichever trip fails, at most N wrong passwords are looked at, and the failing one is refused."""
    world = scene(down={down}, late=late)
    looked_at = [outcome_of(world, right=False)[0] for _ in range(HISTORY)]

    assert not looked_at[down - 1]
    assert sum(looked_at) == (4 if late and down <= 5 else 5)


@pytest.mark.parametrize("late", [False, True], ids=["not done", "reply lost"])
@pytest.mark.parametrize("down", range(1, HISTORY + 1))
def test_a16_an_outage_at_any_call_loses_nothing(down: int, late: bool) -> None:
    """Sign-ins complete, and once the store is back no less is counted than was looked at."""
    world = scene(down={down}, late=late)
    cookie: str | None = None
    for right in (True, False, True, False, False, True, False):
        _, cookie = outcome_of(world, right=right, device=cookie)
        world.clock.advance(1)
    storage = world.guard.storage
    assert isinstance(storage, Outages)
    storage.down = ()
    attempts = [world.check(peer=ELSEWHERE).allowed for _ in range(6)]

    assert attempts.count(True) <= 5
    world.clock.advance(60 * MINUTE)
    assert outcome_of(world, right=True, device=cookie)[0]


def test_another_exception_of_a_store_isn_t_swallowed() -> None:
    """A bug in a backend isn't an outage: it is seen."""

    class Broken:
        def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
            raise ZeroDivisionError(len(ops))

    guard = Guard(settings(), storage=Broken())
    with pytest.raises(ZeroDivisionError):
        guard.check(Attempt(identifier="alice"))


# Observers


def test_every_verb_tells_its_events() -> None:
    """Check, settle, unlock, unlock_address and reset_completed; a look is no event."""
    world = scene()
    world.sign_in()
    world.guard.inspect("alice")
    world.guard.unlock("alice")
    world.guard.unlock_address(HOME)
    world.guard.reset_completed("alice")

    assert world.heard() == [
        EventKind.ADMITTED,
        EventKind.SUCCEEDED,
        EventKind.DEVICE_KNOWN,
        EventKind.UNLOCKED,
        EventKind.UNLOCKED,
        EventKind.RESET_COMPLETED,
    ]


def test_events_bear_the_application_s_time() -> None:
    """Seconds by the guard's clock."""
    world = scene()
    world.check()
    world.clock.advance(5)
    world.check()

    assert world.events[1].at - world.events[0].at == 5


def test_g9_a_store_opened_by_url_is_made_resilient() -> None:
    """Nobody listens there: half of the limit is let through, and then the account is locked here."""
    guard = Guard(settings(storage_url="redis+unix:///nowhere/redis.sock", login=UNDELAYED))
    answers = [guard.check(Attempt(identifier="alice", peer=HOME)).reason for _ in range(3)]

    assert answers == [Reason.ADMITTED, Reason.ADMITTED, Reason.LOCKED]
    guard.close()
    scene().guard.close()
