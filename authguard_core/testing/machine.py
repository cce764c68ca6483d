"""Prove a guard over a store: random stories of sign-ins, held against the model.

A module of tests adds one line, and pytest collects the rest::

    from authguard_core.testing.machine import guard_machine

    TestMine = guard_machine(lambda clock: MyStorage(clock=clock)).TestCase

A story is told in steps: somebody tries an account from a place with a browser, a password
proves right or wrong, a worker dies, the clock goes on or back, an operator unlocks, an owner
resets. After each step the guard, the real one over the store, must say what
:mod:`~authguard_core.testing.expected` says: admitted or not, why not, for how long, and how
each account stands. Hypothesis looks for the shortest story that ends otherwise.

What a store must offer is said in :mod:`~authguard_core.testing.conformance`.
It needs ``pip install "authguard[testing]"``.
"""

import authguard_core.testing.requirements  # noqa: F401 # pyright: ignore[reportUnusedImport] - it says what to install

# isort: split
from contextlib import ExitStack
from typing import ClassVar, TypeVar

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    multiple,
    precondition,
    rule,
)

from authguard_core.settings import Settings
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made, StoreFactory, opened
from authguard_core.testing.story import ACCOUNTS, PLACES, Cookie, Running, Story

__all__ = ["GuardMachine", "guard_machine", "small_settings"]

T = TypeVar("T")

EXAMPLES = 1_000
STEPS = 25
ITS_OWN = "its own account"
SECONDS = [0.001, 0.001, 1.0, 1.0, 4.0, 60.0, 60.0, 899.999, 900.0, 3_600.0, 86_400.0, 180 * 86_400.0]
BACK = [0.001, 1.0, 900.0, 3_600.0]
SIGNING_KEY = "nobody signs anything real with this one"

account_names = st.sampled_from(ACCOUNTS)
place_names = st.sampled_from(sorted(PLACES))


def small_settings(*, cap: str = "10") -> Settings:
    """Return settings whose limits are so small that a short story reaches each of them."""
    return Settings.load(
        secret_key=SIGNING_KEY,
        preset="standard",
        trusted_proxies=(),
        cookie_secure=True,
        login={
            "account_limit": "3/15m",
            "device_limit": "2/15m",
            "ip_limit": "5/15m",
            "subnet_limit": "7/15m",
            "lock": "15m",
            "lock_max": "30m",
            "delay_after": 2,
            "delay": "1s",
            "delay_max": "4s",
            "failure_cap": cap,
            "known_by_address": False,
        },
    )


class GuardMachine(RuleBasedStateMachine):
    """Everything that can happen to two accounts, from three places. :func:`guard_machine` makes one."""

    open_store: ClassVar["staticmethod[[FrozenClock], Made]"]
    guard_settings: ClassVar[Settings]
    bounded: ClassVar[bool]
    time_per_key: ClassVar[bool]

    attempts: Bundle[Running] = Bundle("attempts")
    cookies: Bundle[Cookie] = Bundle("cookies")

    def __init__(self) -> None:
        super().__init__()
        clock = FrozenClock()
        self._open = ExitStack()
        store = self._open.enter_context(opened(self.open_store, clock))
        self.story = Story(
            store, clock, self.guard_settings, bounded=self.bounded, time_per_key=self.time_per_key
        )
        self._strangers = 0

    def teardown(self) -> None:
        """Close the store."""
        self._open.close()

    # Attempts

    @rule(target=attempts, account=account_names, place=place_names)
    def tries(self, account: str, place: str) -> MultipleResults[Running]:
        """Somebody tries an account, and hasn't an answer yet."""
        return self._seen(self.story.tries(account, place))

    @rule(target=attempts, account=account_names, place=place_names)
    def tries_patiently(self, account: str, place: str) -> MultipleResults[Running]:
        """Somebody tries an account, and once more exactly when he may."""
        running = self.story.tries(account, place)
        if running is None and self.story.told:
            self.story.clock.advance(self.story.told)
            running = self.story.tries(account, place)
        return self._seen(running)

    @rule(
        target=attempts,
        cookie=cookies,
        account=st.just(ITS_OWN) | account_names,
        place=place_names,
    )
    def tries_with(self, cookie: Cookie, account: str, place: str) -> MultipleResults[Running]:
        """A browser that has signed in before tries an account."""
        name = cookie.browser.account if account == ITS_OWN else account
        return self._seen(self.story.tries(name, place, cookie))

    @rule(account=account_names, place=place_names, times=st.integers(1, 6))
    def guesses_as_fast_as_told(self, account: str, place: str, times: int) -> None:
        """Somebody guesses, and comes again exactly when he may."""
        for _ in range(times):
            running = self.story.tries(account, place)
            if running:
                self.story.fails(running)
            self.story.clock.advance(self.story.told or 0)
        self._seen()

    # Outcomes

    @rule(target=cookies, attempt=attempts, remember=st.booleans())
    def is_right(self, attempt: Running, *, remember: bool) -> MultipleResults[Cookie]:
        """The password was right; told once or again."""
        return self._seen(self.story.succeeds(attempt, remember=remember))

    @rule(attempt=attempts)
    def is_wrong(self, attempt: Running) -> None:
        """The password was wrong; told once or again."""
        self.story.fails(attempt)
        self._seen()

    @rule(attempt=attempts)
    def was_never_looked_at(self, attempt: Running) -> None:
        """No hashing slot was free; told once or again."""
        self.story.is_released(attempt)
        self._seen()

    @rule(attempt=consumes(attempts))
    def crashes(self, attempt: Running) -> None:
        """The worker dies, and the ticket with it: nobody ever hears of the attempt again."""

    # Time

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: float) -> None:
        """The clock goes on."""
        self.story.clock.advance(seconds)
        self._seen()

    @rule(early=st.sampled_from([0.0, 0.001]))
    def waits_as_told(self, early: float) -> None:
        """Whoever was refused last waits as long as he was told, or a millisecond less."""
        self.story.clock.advance(max(0.0, (self.story.told or 0) - early))
        self._seen()

    @rule(seconds=st.sampled_from(BACK))
    def clock_is_set_back(self, seconds: float) -> None:
        """The machine's clock is corrected."""
        self.story.clock.advance(-seconds)
        self._seen()

    # Operators, owners and processes

    @rule(account=account_names)
    def is_unlocked(self, account: str) -> None:
        """An operator gives an account its budget back."""
        self.story.unlocks(account)
        self._seen()

    @rule(place=place_names)
    def address_is_unlocked(self, place: str) -> None:
        """An operator gives an address and its subnet their budgets back."""
        self.story.unlocks_address(place)
        self._seen()

    @rule(target=cookies, account=account_names)
    def completes_a_reset(self, account: str) -> MultipleResults[Cookie]:
        """An owner completes a reset."""
        return self._seen(self.story.resets(account))

    @rule()
    def process_restarts(self) -> None:
        """A new guard over the same store."""
        self.story.restart()
        self._seen()

    @precondition(lambda self: self.bounded)
    @rule(count=st.integers(1, 30))
    def strangers_flood(self, count: int) -> None:
        """Accounts that nobody knows take the store's places."""
        self.story.strangers(count, self._strangers)
        self._strangers += count
        self._seen()

    def _seen(self, found: T | None = None) -> MultipleResults[T]:
        """Let an operator look at every account after a step, and return what the step brought."""
        self.story.looks()
        return multiple() if found is None else multiple(found)


def guard_machine(
    open_store: StoreFactory,
    *,
    settings: Settings | None = None,
    bounded: bool = False,
    time_per_key: bool = False,
    examples: int = EXAMPLES,
) -> type[GuardMachine]:
    """Return a state machine that holds a guard over a store against the model.

    Its ``TestCase`` is what pytest collects.

    Args:
        open_store: opens an empty store that keeps the time of the clock it is given.
        settings: whose purpose ``login`` is told of; by default :func:`small_settings`.
        bounded: whether the store may count keys together for want of space. Then what the
            model refuses must be refused, and no more is claimed. Leave the cap off: what is
            counted together has none.
        time_per_key: whether each key notices on its own that the clock was set back, as in a
            store on a server; otherwise the whole store's time stands still, as in memory.
        examples: how many stories are told under Hypothesis' default profile, which tells 100
            of anything; another profile tells more or fewer in proportion.

    """
    machine: type[GuardMachine] = type(
        "GuardMachine",
        (GuardMachine,),
        {
            "open_store": staticmethod(open_store),
            "guard_settings": settings or small_settings(cap="off" if bounded else "10"),
            "bounded": bounded,
            "time_per_key": time_per_key,
        },
    )
    machine.TestCase.settings = hypothesis_settings(
        max_examples=max(1, examples * hypothesis_settings().max_examples // 100),
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    return machine
