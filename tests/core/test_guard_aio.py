"""Claims about the guard for an event loop: it waits where the other one doesn't, and decides alike."""

import asyncio
import time
from collections.abc import Sequence

import anyio
import pytest

from authguard_core import (
    AsyncGuard,
    AsyncMemoryStorage,
    Attempt,
    ConfigurationError,
    Event,
    EventKind,
    Guard,
    MemoryStorage,
    Outcome,
    Reason,
    StorageError,
    Ticket,
    Verdict,
)
from authguard_core.counting.ops import Op, Result
from authguard_core.guard import AsyncResolve, Resolve
from authguard_core.hashing import AsyncHasher
from tests.core.scene import ELSEWHERE, HOME, SECRET, UNDELAYED, AsyncOutages, Clock, Outages, settings

pytestmark = pytest.mark.anyio


def asynchronous(
    *, resolve: Resolve | AsyncResolve | None = None, down: range | tuple[int, ...] = (), **code: object
) -> tuple[AsyncGuard, list[Event]]:
    """A guard without delays over real memory, and what it tells."""
    clock, events = Clock(), list[Event]()
    storage = AsyncOutages(Outages(MemoryStorage(clock=clock), down))
    made = settings(**{"login": UNDELAYED, "resolve_timeout": "1h", **code})
    return AsyncGuard(made, storage=storage, resolve=resolve, observers=[events.append], clock=clock), events


async def fail(guard: AsyncGuard, name: str, times: int = 1) -> None:
    for _ in range(times):
        await guard.settle(await admitted(guard, name), Outcome.FAILURE)


async def admitted(guard: AsyncGuard, name: str = "alice", device: str | None = None) -> Ticket:
    ticket = (await guard.check(Attempt(identifier=name, peer=HOME, device=device))).ticket
    assert ticket
    return ticket


async def reason(guard: AsyncGuard, name: str = "alice") -> Reason:
    return (await guard.check(Attempt(identifier=name, peer=HOME))).reason


# What it is made of


async def test_the_store_that_was_given_is_used() -> None:
    """And shared with a synchronous guard where it is the same memory."""
    memory = MemoryStorage(clock=Clock())
    guard = AsyncGuard(settings(login=UNDELAYED), storage=AsyncMemoryStorage(memory))
    await fail(guard, "alice", times=5)

    decision = Guard(settings(login=UNDELAYED), storage=memory).check(Attempt(identifier="alice", peer=HOME))
    assert decision.reason is Reason.LOCKED


async def test_without_anything_the_environment_says_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """AsyncGuard() reads AUTHGUARD_* and the machine's clock, and opens the store that STORAGE_URL names."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", SECRET)
    events: list[Event] = []
    before = time.time()
    guard = AsyncGuard(observers=[events.append])
    await admitted(guard)

    assert isinstance(guard.storage, AsyncMemoryStorage)
    assert before <= events[0].at <= time.time()


class AioHasher:
    """A hasher's awaitable flavour."""

    async def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the port's word
        return hash == password

    async def hash(self, password: str) -> str:
        return password

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the port's word
        return not hash

    async def aclose(self) -> None:
        """Nothing to give back."""


class BothHashers:
    """A hasher with both flavours."""

    aio: AsyncHasher = AioHasher()

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the port's word
        raise NotImplementedError

    def hash(self, password: str) -> str:
        raise NotImplementedError

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the port's word
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to give back."""


async def test_the_awaitable_flavour_of_the_hasher_is_used() -> None:
    """Of the hasher that was given: no hash work is done on the loop."""
    plugin = BothHashers()

    assert AsyncGuard(settings(), hasher=plugin).hasher is plugin.aio


async def test_the_hasher_that_is_installed_is_found_once() -> None:
    """Argon2id comes along; asking twice makes one pool."""
    pytest.importorskip("argon2", reason="the hasher's extra is not installed")
    guard = AsyncGuard(settings())

    assert guard.hasher is guard.hasher
    assert not await guard.hasher.verify(None, "password")
    await guard.hasher.aclose()


# One attempt


async def test_an_attempt_goes_from_check_to_settle() -> None:
    """Admitted, looked at, settled."""
    guard, events = asynchronous()
    settled = await guard.settle(await admitted(guard), Outcome.SUCCESS)
    assert settled.device

    assert settled.verdict is Verdict.COMPLETE
    assert (await admitted(guard, device=settled.device.value)).known
    assert [event.kind for event in events[:3]] == [
        EventKind.ADMITTED,
        EventKind.SUCCEEDED,
        EventKind.DEVICE_KNOWN,
    ]


async def test_while_a_factor_is_due_nobody_becomes_known() -> None:
    """remember=False reaches the plan."""
    guard, _ = asynchronous()

    assert (await guard.settle(await admitted(guard), Outcome.SUCCESS, remember=False)).device is None


async def test_a12_a_hundred_tasks_get_five_attempts() -> None:
    """On one loop, exactly N reach the secret's check."""
    guard, _ = asynchronous()
    attempt = Attempt(identifier="alice", peer=HOME)
    decisions = await asyncio.gather(*[guard.check(attempt) for _ in range(100)])

    assert sum(decision.allowed for decision in decisions) == 5


class Yielding:
    """A store that lets every other task run before and after each trip."""

    def __init__(self, inner: MemoryStorage) -> None:
        self.inner = AsyncMemoryStorage(inner)

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        await anyio.lowlevel.checkpoint()
        results = await self.inner.execute(ops)
        await anyio.lowlevel.checkpoint()
        return results


async def test_a14_no_await_stands_between_reading_and_writing() -> None:
    """A store that yields at every point admits no more than N either."""
    guard = AsyncGuard(settings(login=UNDELAYED), storage=Yielding(MemoryStorage(clock=Clock())))
    attempt = Attempt(identifier="alice", peer=HOME)
    decisions = await asyncio.gather(*[guard.check(attempt) for _ in range(100)])

    assert sum(decision.allowed for decision in decisions) == 5


@pytest.mark.parametrize("point", range(1, 5))
async def test_a16_a_cancelled_attempt_gives_nothing_away(point: int) -> None:
    """Cancelled at whichever await, an attempt that was charged stays so until it is proven right."""
    guard = AsyncGuard(settings(login=UNDELAYED), storage=Yielding(MemoryStorage(clock=Clock())))

    async def attempt() -> None:
        await guard.settle(await admitted(guard), Outcome.SUCCESS)

    task = asyncio.ensure_future(attempt())
    for _ in range(point):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    others = [await guard.check(Attempt(identifier="alice", peer=ELSEWHERE)) for _ in range(9)]

    # Cancelled before the charge or after the proof it leaves all five; in between it holds one.
    assert sum(other.allowed for other in others) == {1: 5, 2: 4, 3: 4, 4: 5}[point]


# Whose identifier it is


async def people(name: str) -> str | None:
    return {"alice": "17", "alice@example.org": "17"}.get(name)


async def test_a18_name_and_e_mail_of_one_account_share_one_budget() -> None:
    """Whichever is typed, the account is counted, and an id of equal text isn't."""
    guard, _ = asynchronous(resolve=people)
    await fail(guard, "alice", times=3)
    await fail(guard, "Alice@example.org", times=2)

    assert await reason(guard, "alice") is Reason.LOCKED
    assert await reason(guard, "17") is Reason.ADMITTED


async def test_a23_a_name_that_names_nobody_is_never_looked_up() -> None:
    """It is refused, and its address charged."""

    async def resolve(_: str) -> str | None:
        raise AssertionError

    guard, events = asynchronous(resolve=resolve)

    assert await reason(guard, " ") is Reason.UNIDENTIFIED
    assert [event.kind for event in events] == [EventKind.REFUSED]


async def test_a63_a_look_up_that_is_too_slow_refuses() -> None:
    """At RESOLVE_TIMEOUT, as an outage: nobody is charged, and an event says so."""

    async def never(_: str) -> str | None:
        await anyio.Event().wait()
        raise AssertionError

    guard, events = asynchronous(resolve=never, resolve_timeout="1ms")

    assert await reason(guard) is Reason.STORAGE_FAILED
    assert [event.kind for event in events] == [EventKind.RESOLVE_FAILED]


async def test_a63_a_look_up_that_fails_refuses(caplog: pytest.LogCaptureFixture) -> None:
    """Never the raw name, and no text of it in the log."""

    async def broken(name: str) -> str | None:
        raise LookupError(f"canary {name}")

    guard, _ = asynchronous(resolve=broken)

    assert await reason(guard, "canary") is Reason.STORAGE_FAILED
    assert caplog.messages == ["resolve failed: LookupError"]


async def test_an_account_id_that_is_no_text_refuses() -> None:
    """Never counted as something it isn't."""

    async def number(_: str) -> str | None:
        return 17  # type: ignore[return-value]

    guard, _ = asynchronous(resolve=number)

    assert await reason(guard) is Reason.STORAGE_FAILED


async def test_a_plain_look_up_is_a_look_up() -> None:
    """It runs in a thread."""
    guard, _ = asynchronous(resolve=lambda name: name[0])
    await fail(guard, "alice", times=5)

    assert await reason(guard, "anna") is Reason.LOCKED


async def test_a_cancelled_look_up_is_cancelled() -> None:
    """A client that has gone isn't taken for a failure of the look-up."""
    begun = asyncio.Event()

    async def never(_: str) -> str | None:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    guard, events = asynchronous(resolve=never)
    task = asyncio.ensure_future(reason(guard))
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert events == []


# Operators' verbs


async def test_operators_have_the_same_verbs() -> None:
    """inspect, unlock, unlock_address and reset_completed, each awaited."""
    guard, events = asynchronous(login={"delay": "off", "ip_limit": "5/15m"})
    await fail(guard, "alice", times=5)
    assert (await guard.inspect("alice")).failures == 5
    events.clear()
    await guard.unlock("alice")
    await guard.unlock_address(HOME)
    assert await reason(guard) is Reason.ADMITTED
    reset = await guard.reset_completed("alice")
    assert reset.device

    assert (await admitted(guard, device=reset.device.value)).known
    assert [event.kind for event in events][:2] == [EventKind.UNLOCKED, EventKind.UNLOCKED]


@pytest.mark.parametrize("verb", ["inspect", "unlock"])
async def test_an_operator_hears_of_an_outage(verb: str) -> None:
    """Of the store, of the look-up, and of a name that names nobody."""

    async def broken(name: str) -> str | None:
        raise LookupError(name)

    with pytest.raises(StorageError, match="down"):
        await getattr(asynchronous(down=(1,))[0], verb)("alice")
    with pytest.raises(StorageError, match="resolve failed: LookupError"):
        await getattr(asynchronous(resolve=broken)[0], verb)("alice")
    with pytest.raises(ValueError, match="identifier: got nothing usable"):
        await getattr(asynchronous()[0], verb)("")


# Outages


@pytest.mark.parametrize("down", range(1, 15))
async def test_a16_an_outage_at_any_call_gives_no_attempt_away(down: int) -> None:
    """Whichever trip fails, five wrong passwords are looked at, and the failing one is refused."""
    guard, _ = asynchronous(down=(down,))
    reasons = [await reason(guard) for _ in range(14)]

    assert reasons[down - 1] is Reason.STORAGE_FAILED
    assert reasons.count(Reason.ADMITTED) == 5


async def test_a16_a_success_that_can_t_be_stored_is_a_success() -> None:
    """The sign-in completes, and the attempt stays counted."""
    guard, _ = asynchronous(down=(2,))
    decision = await guard.settle(await admitted(guard), Outcome.SUCCESS)

    assert decision.verdict is Verdict.COMPLETE
    assert (await guard.inspect("alice")).failures == 1


async def test_an_observer_that_would_have_to_be_awaited_is_refused() -> None:
    """Observers are plain functions on the loop, too: they put into queues and don't wait."""

    async def observer(event: Event) -> None:
        raise AssertionError(event)

    with pytest.raises(ConfigurationError, match="observers: got 'a coroutine function'"):
        AsyncGuard(settings(), observers=[observer])  # type: ignore[list-item]


async def test_g9_a_store_opened_by_url_is_made_resilient() -> None:
    """Nobody listens there: half of the limit is let through, and then the account is locked here."""
    guard = AsyncGuard(settings(storage_url="redis+unix:///nowhere/redis.sock", login=UNDELAYED))

    assert [await reason(guard) for _ in range(3)] == [Reason.ADMITTED, Reason.ADMITTED, Reason.LOCKED]
    await guard.aclose()
    await asynchronous()[0].aclose()
