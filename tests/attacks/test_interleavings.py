"""Every order in which things can happen, one by one: outcomes, cancellations, parallel successes."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from threading import Barrier
from typing import Any, NamedTuple

import pytest

from authguard_core import AsyncGuard, AsyncMemoryStorage, Attempt, MemoryStorage, Outcome, Reason
from tests.attacks.test_races import YieldingStorage
from tests.attacks.world import MINUTE, Clock, Login, make_login

LIMIT = 5
OWNER, ATTACKER = "198.51.100.7", "203.0.113.1"


class Entry(NamedTuple):
    """One attempt of the little model: who made it."""

    address: str
    right: bool


class Ledger:
    """What the account's log must hold, by the plain words of the promise, without the rules' code."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.charged: list[Entry] = []
        self.forgotten = 0

    def admit(self, entry: Entry) -> bool:
        if len(self.entries) == LIMIT:
            return False
        self.entries.append(entry)
        self.charged.append(entry)
        return True

    def prove(self, entry: Entry) -> None:
        """Take the proven attempt back, with the older ones of its address, and nothing else."""
        if entry in self.entries:
            mine = self.entries.index(entry)
            older = [other for other in self.entries[:mine] if other.address != entry.address]
            self.entries = [*older, *self.entries[mine + 1 :]]
            self.forgotten = self.charged.index(entry) + 1


def orders(failures: int) -> Iterator[list[str]]:
    """Every order of one attempt's begin and end among this many failures."""
    for begin, end in combinations(range(failures + 2), 2):
        yield [{begin: "begin", end: "end"}.get(place, "fail") for place in range(failures + 2)]


@pytest.mark.parametrize("address", [OWNER, ATTACKER], ids=["same address", "elsewhere"])
@pytest.mark.parametrize("failures", range(1, 9))
def test_a11_one_success_among_n_failures_in_every_order(failures: int, address: str) -> None:
    """Wherever it begins and ends, it takes back itself and what came before it, and clears no later lock."""
    for order in orders(failures):
        login, ledger, ticket = make_login(delay_after=LIMIT), Ledger(), None
        right = Entry(OWNER, right=True)
        for event in order:
            if event == "begin":
                ticket = login.begin("alice", address=OWNER)
                assert (ticket is not None) == ledger.admit(right)
            elif event == "fail":
                told = login.attempt("alice", address=address).reason
                assert (told is Reason.FAILED) == ledger.admit(Entry(address, right=False))
            elif ticket:
                login.guard.settle(ticket, Outcome.SUCCESS)
                ledger.prove(right)
        status = login.guard.inspect("alice")
        assert status.failures == len(ledger.entries), order
        assert (status.reason is Reason.LOCKED) == (len(ledger.entries) == LIMIT), order
        assert status.consecutive == len(ledger.charged) - ledger.forgotten, order


def test_a11_a_success_from_before_one_lock_leaves_the_next_one_standing(undelayed: Login) -> None:
    """An attempt that began before a lock ended, and proves right in the middle of the next, ends nothing."""
    early = undelayed.begin("alice", address=OWNER)
    assert early
    undelayed.exhaust("alice")
    undelayed.clock.advance(15 * MINUTE)
    undelayed.exhaust("alice")
    undelayed.guard.settle(early, Outcome.SUCCESS)
    assert undelayed.attempt("alice", "right").reason is Reason.LOCKED
    assert undelayed.guard.inspect("alice").consecutive == 9


def test_a13_twenty_right_passwords_run_at_once_where_the_budget_holds_twenty() -> None:
    """No lock of the account serialises them: all are admitted before the first is settled, none is left."""
    login = make_login(account_limit="20/15m", delay_after=20)
    begin, end = Barrier(20), Barrier(20)

    def sign_in(_: int) -> bool:
        begin.wait()
        ticket = login.begin("alice")
        end.wait()
        return ticket is not None and login.guard.settle(ticket, Outcome.SUCCESS).reason is Reason.SUCCEEDED

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(sign_in, range(20)))
    status = login.guard.inspect("alice")
    assert (status.failures, status.consecutive) == (0, 0)


class Victim:
    """An account on an event loop whose every await is a place to be stopped at."""

    def __init__(self) -> None:
        settings = make_login(delay_after=LIMIT).guard.settings
        self.store = YieldingStorage()
        self.store.inner = AsyncMemoryStorage(MemoryStorage(clock=Clock()))
        self.guard = AsyncGuard(settings, storage=self.store)
        self.checked = self.proven = 0

    async def sign_in(self, *, right: bool) -> None:
        """Do what an endpoint does: ask, look at the password, tell."""
        decision = await self.guard.check(Attempt(identifier="alice", peer=ATTACKER))
        if decision.ticket:
            self.checked += 1
            await asyncio.sleep(0)
            self.proven += right
            await self.guard.settle(decision.ticket, Outcome.SUCCESS if right else Outcome.FAILURE)


def stopped(running: Coroutine[Any, Any, None], at: int, error: BaseException) -> bool:
    """Run a coroutine to its ``at``-th suspension and throw the error in; say whether it got that far."""
    try:
        for _ in range(at):
            running.send(None)
        running.throw(error)
    except StopIteration:
        return False
    except type(error):
        return True
    raise AssertionError("it went on")


ERRORS = [asyncio.CancelledError, GeneratorExit, LookupError, KeyboardInterrupt]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("point", range(1, 4))
def test_a16_stopped_at_any_await_twenty_wrong_guesses_are_five(
    point: int, error: type[BaseException]
) -> None:
    """G2: cancelled, failing or killed at each await in turn, no attempt is checked for free."""
    victim = Victim()
    reached = [stopped(victim.sign_in(right=False), point, error()) for _ in range(20)]
    assert reached[0]
    assert victim.checked <= LIMIT
    assert victim.checked == (0 if point < 3 else LIMIT)


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("point", range(1, 6))
def test_a16_stopped_at_any_await_only_a_proven_password_is_given_back(
    point: int, error: type[BaseException]
) -> None:
    """G2: a right password that is stopped before it is proven stays counted like a wrong one."""
    victim = Victim()
    for _ in range(20):
        assert stopped(victim.sign_in(right=True), point, error()) or victim.checked == LIMIT
    assert victim.checked - victim.proven <= LIMIT


def test_a16_these_are_all_the_awaits_there_are() -> None:
    """A whole sign-in suspends three times when it fails and five times when it succeeds."""
    for right, suspensions in ((False, 3), (True, 5)):
        assert stopped(Victim().sign_in(right=right), suspensions, LookupError())
        assert not stopped(Victim().sign_in(right=right), suspensions + 1, LookupError())
