"""Races: many at once, in threads and tasks, with failures at every storage call."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from authguard_core import (
    AsyncGuard,
    AsyncMemoryStorage,
    Attempt,
    Guard,
    MemoryStorage,
    Outcome,
    Reason,
    StorageError,
    Verdict,
)
from authguard_core.counting.ops import Op, Result
from tests.attacks.world import Clock, Login, make_login


class YieldingStorage:
    """An asynchronous store that lets every other task run before and after each trip."""

    def __init__(self) -> None:
        self.inner = AsyncMemoryStorage()

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        await asyncio.sleep(0)
        results = await self.inner.execute(ops)
        await asyncio.sleep(0)
        return results


class FailingStorage:
    """A store whose k-th trip fails, before or after it was carried out."""

    def __init__(self, inner: MemoryStorage, fail_at: int, *, carried_out: bool) -> None:
        self.inner, self.left, self.carried_out = inner, fail_at, carried_out

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        self.left -= 1
        if self.left:
            return self.inner.execute(ops)
        if self.carried_out:
            self.inner.execute(ops)
        raise StorageError


ATTEMPT = Attempt(identifier="alice", peer="203.0.113.1")


def test_a12_a_hundred_threads_on_one_account_admit_exactly_five(undelayed: Login) -> None:
    """G1: a start barrier, a hundred threads, one key: five are admitted."""
    barrier = threading.Barrier(100)

    def guess(_: int) -> bool:
        barrier.wait()
        return undelayed.guard.check(ATTEMPT).allowed

    with ThreadPoolExecutor(100) as pool:
        assert sum(pool.map(guess, range(100))) == 5


def test_a12_with_delays_no_more_than_three_run_at_once(login: Login) -> None:
    """By default the third running attempt makes the next one wait a second."""
    assert sum(login.guard.check(ATTEMPT).allowed for _ in range(100)) == 3


@pytest.mark.anyio
async def test_a14_a_hundred_tasks_on_one_account_admit_exactly_five(undelayed: Login) -> None:
    """G1: a store that yields at every await changes nothing."""
    guard = AsyncGuard(undelayed.guard.settings, storage=YieldingStorage())
    decisions = await asyncio.gather(*(guard.check(ATTEMPT) for _ in range(100)))
    assert sum(decision.allowed for decision in decisions) == 5


def test_a13_twenty_parallel_right_passwords_all_get_in_within_eight_seconds(login: Login) -> None:
    """Each retries as told; nobody is locked by the others."""
    waiting, started = set(range(20)), login.clock.now
    while waiting:
        tickets = {one: login.begin("alice", address="198.51.100.7") for one in sorted(waiting)}
        for one, ticket in tickets.items():
            if ticket:
                login.guard.settle(ticket, Outcome.SUCCESS)
                waiting.remove(one)
        if waiting:
            refused = login.guard.inspect("alice")
            login.clock.advance(refused.wait or 1)
    assert login.clock.now - started <= 8


@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fail_at", range(1, 9))
def test_a16_a_failure_at_any_storage_call_gives_no_attempt_away(fail_at: int, *, carried_out: bool) -> None:
    """G2: wherever the store fails, five wrong passwords at most are checked, and then it locks."""
    login = make_login(delay_after=5)
    store = FailingStorage(MemoryStorage(clock=login.clock), fail_at, carried_out=carried_out)
    login.guard.storage = store
    for _ in range(20):
        login.attempt("alice")
    assert login.checked["alice"] == 5 - (carried_out and fail_at <= 5)
    assert login.attempt("alice", "right").reason is Reason.LOCKED


@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
def test_a16_a_failing_settlement_fails_no_correct_sign_in(undelayed: Login, *, carried_out: bool) -> None:
    """The right password gets in; at worst its attempt stays counted."""
    store = FailingStorage(MemoryStorage(clock=undelayed.clock), 2, carried_out=carried_out)
    undelayed.guard.storage = store
    assert undelayed.attempt("alice", "right").verdict is Verdict.COMPLETE
    assert undelayed.guard.inspect("alice").failures == (0 if carried_out else 1)


@pytest.mark.anyio
async def test_a16_a_task_cancelled_at_the_check_leaves_its_attempt_counted() -> None:
    """G2: five cancelled attempts use the budget up."""
    clock = Clock()
    login = make_login(delay_after=5)
    guard = AsyncGuard(login.guard.settings, storage=AsyncMemoryStorage(MemoryStorage(clock=clock)))

    async def guess(checking: asyncio.Event) -> None:
        assert (await guard.check(ATTEMPT)).allowed
        checking.set()
        await asyncio.Event().wait()

    for _ in range(5):
        checking = asyncio.Event()
        task = asyncio.create_task(guess(checking))
        await checking.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await guard.check(ATTEMPT)).reason is Reason.LOCKED


def test_a75_an_attempt_whose_password_was_never_looked_at_is_given_back(undelayed: Login) -> None:
    """When every hashing slot is taken, overload locks nobody out."""
    for _ in range(200):
        ticket = undelayed.begin("alice")
        assert ticket
        undelayed.guard.settle(ticket, Outcome.UNCHECKED)
    status = undelayed.guard.inspect("alice")
    assert (status.failures, status.consecutive) == (0, 0)


def test_a12_threads_that_guess_and_sign_in_at_once_keep_the_bound() -> None:
    """Fifty threads guess while fifty sign in from elsewhere: five guesses at most are ever standing."""
    login = make_login(delay_after=5, ip_limit="off", subnet_limit="off")
    guard: Guard = login.guard
    barrier = threading.Barrier(100)

    def act(number: int) -> bool:
        barrier.wait()
        decision = guard.check(Attempt(identifier="alice", peer=f"10.0.{number}.1"))
        if decision.ticket and number % 2:
            guard.settle(decision.ticket, Outcome.SUCCESS)
        return decision.allowed and not number % 2

    with ThreadPoolExecutor(100) as pool:
        guesses = sum(pool.map(act, range(100)))
    assert guesses <= 5
    assert guard.inspect("alice").failures == guesses
