"""Drives the workers by hand, one step of one of them at a time, and checks what came of it."""

from asyncio import CancelledError
from collections.abc import Coroutine
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from authguard_core.attempt import Decision, Verdict
from authguard_core.counting.limits import DAY
from authguard_core.counting.refusal import Reason, Scope
from authguard_core.errors import ConfigurationError
from authguard_core.guard import AsyncGuard
from authguard_core.memory import MemoryStorage
from authguard_core.storage import Storage
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import StoreFactory, opened
from authguard_core.testing.simulation.checks import BrokenPromiseError, check
from authguard_core.testing.simulation.history import (
    Act,
    Began,
    Faulted,
    Generation,
    History,
    Returned,
    Rules,
    Viewed,
    label_of,
)
from authguard_core.testing.simulation.requests import Site
from authguard_core.testing.simulation.scene import (
    NO_FAULTS,
    PEOPLE,
    PROXY,
    Faults,
    Request,
    Scene,
    choose_settings,
    fresh,
)
from authguard_core.testing.simulation.store import SimulatedStore

if TYPE_CHECKING:
    from authguard_core.settings import Settings

__all__ = ["REPLAY", "Simulation"]

REPLAY: Final = "SIMULATION_SEEDS={seed} python -m pytest tests/property/test_simulation.py"
T = TypeVar("T")

PAUSED: Final = 0.8
RESTED: Final = 0.995
DAYS: Final = 3 * DAY
"""The longest rest: a lock's level falls meanwhile. A history is far shorter than half a year."""
LOOKED: Final = 0.004
"""How often somebody looks at all counters while others work."""
TOLD: Final = 60
"""How much of a failing history is told: its last entries."""


class Simulation:
    """One history of many workers, chosen by a seed.

    Args:
        seed: chooses everything: who comes when and from where, who is right, what goes wrong.
        open_storage: opens the empty store under test, which keeps the time of the clock it is given. By
            default the one in memory.
        settings: by default the seed chooses limits small enough to be met often.
        workers: how many are at work at once.
        attempts: how many requests they handle together.
        faults: what goes wrong, and how often.
        time_per_key: whether each key notices on its own that the clock was set back, as in a
            store on a server. Otherwise the whole store's time stands still until the clock has caught up.
        bounded: whether the store may become full. Then keys share counters, and no exact count is claimed.
        replay: the command that runs one seed again, for the message of a failing one.

    Raises:
        ConfigurationError: a number below one, or settings under which an address alone is a known source.

    """

    def __init__(
        self,
        seed: int,
        *,
        open_storage: StoreFactory = lambda clock: MemoryStorage(clock=clock),
        settings: "Settings | None" = None,
        workers: int = 12,
        attempts: int = 150,
        faults: Faults = Faults(),  # noqa: B008 - it is frozen
        time_per_key: bool = False,
        bounded: bool = False,
        replay: str = REPLAY,
    ) -> None:
        for name, number in (("workers", workers), ("attempts", attempts)):
            if number < 1:
                raise ConfigurationError.of(name, got=number, expected="at least 1", do="Raise it.")
        self.seed = seed
        self._settings = settings
        self._open_storage = open_storage
        self._workers, self._attempts, self._faults = workers, attempts, faults
        self._time_per_key, self._bounded, self._replay = time_per_key, bounded, replay

    def run(self) -> History:
        """Run it from the beginning, check the history, and return it.

        Raises:
            AssertionError: a promise was broken. The message begins with the seed and the
                command that runs it again, and ends with the end of the story.

        """
        random, clock = Random(self.seed), FrozenClock()  # noqa: S311 - a seed must tell the same story
        settings = choose_settings(random) if self._settings is None else self._settings
        with opened(self._open_storage, clock) as store:
            work = _Work(random, clock, store, settings, self._faults)
            try:
                work.do(self._workers, self._attempts)
                check(self._history(work))
            except Exception as error:
                raise AssertionError(self._failure(error, self._history(work))) from error
        return self._history(work)

    def _history(self, work: "_Work") -> History:
        return History(self.seed, work.rules, tuple(work.store.entries), self._time_per_key, self._bounded)

    def _failure(self, error: Exception, history: History) -> str:
        command = self._replay.format(seed=self.seed)
        entries, what = history.entries, f"{type(error).__name__}: {error}"
        if isinstance(error, BrokenPromiseError):
            entries, what = entries[: error.told], str(error)
        # Looks at all counters would fill the page; the last one may be what fails.
        told = [entry for entry in entries[:-1] if not isinstance(entry, Viewed)]
        story = history._replace(entries=(*told, *entries[-1:])).story(TOLD)
        return f"seed {self.seed}: {command}\n{what}\n{story}"


class _Worker(NamedTuple):
    """A worker at a request."""

    number: int
    task: Coroutine[None, None, Decision | None]


class _Work:
    """Everything of one run."""

    def __init__(
        self, random: Random, clock: FrozenClock, store: Storage, settings: "Settings", faults: Faults
    ) -> None:
        self.store = SimulatedStore(store, clock, random, faults)
        self._random, self._clock, self._faults = random, clock, faults
        self._guard = AsyncGuard(settings, storage=self.store, clock=clock)
        self._site = Site(self._guard, self.store)
        policy = self._guard.policy
        login = policy.purpose("login")
        if login.known_by_address:
            raise ConfigurationError.of(
                "known_by_address", got=True, expected="cookies", do="Simulate with another preset."
            )
        self.rules = Rules(login.address, login.subnet, login.account, login.device)
        self._scene = Scene(random, faults, proxied=policy.trusted.trusts(PROXY))
        self._longest = login.account.lock_max or login.account.window
        self._begun = 0

    def do(self, workers: int, attempts: int) -> None:
        """Let the workers work, then look at every counter, and let the owners return."""
        self._work(workers, attempts)
        # The faults are over, and the machine's clock is right again.
        self.store.faults = NO_FAULTS
        self._clock.milliseconds = max(self._clock.milliseconds, self.store.now)
        self._look()
        for person in filter(None, PEOPLE):
            self._return(person, None)
        for cookie in {person: cookie for cookie, person in enumerate(self._site.owners)}.values():
            self._return(self._site.owners[cookie], cookie)
        self._look()

    # While things go wrong

    def _work(self, workers: int, attempts: int) -> None:
        busy: list[_Worker] = []
        try:
            while busy or self._begun < attempts:
                self._let_time_pass()
                if self._may(LOOKED):
                    self.store.look()
                self._step(busy, self._random.randrange(workers), attempts)
        finally:
            for worker in busy:
                worker.task.close()

    def _step(self, busy: list[_Worker], place: int, attempts: int) -> None:
        if place >= len(busy):
            if self._begun < attempts:
                busy.append(self._begin(self._scene.next(self.store.at, self._begun, self._site.owners)))
        elif not self._goes_on(busy[place]):
            del busy[place]

    def _begin(self, request: Request) -> _Worker:
        self._begun += 1
        self.store.begin(request.began)
        return _Worker(request.began.number, self._site.handle(request))

    def _goes_on(self, worker: _Worker) -> bool:
        """Take one step of a worker, and say whether there is another."""
        self.store.current = worker.number
        if self._may(self._faults.crash):
            self._fault("its worker dies", worker.number)
            worker.task.close()
            return False
        try:
            if self._may(self._faults.cancel):
                self._fault("its task is cancelled", worker.number)
                worker.task.throw(CancelledError())
            else:
                worker.task.send(None)
        except (StopIteration, CancelledError):
            return False
        return True

    def _may(self, probability: float) -> bool:
        return self._random.random() < probability

    def _fault(self, what: str, number: int | None = None) -> None:
        self.store.entries.append(Faulted(self.store.at, number, what))

    def _let_time_pass(self) -> None:
        """Nothing most often, then a moment, sometimes long enough for a window or a lock to end."""
        random, fate = self._random, self._random.random()
        if fate > RESTED:
            longest = random.choice([0.3 * self._longest, 1 * self._longest, 2 * self._longest, DAYS])
            self._clock.advance(longest * random.random() / 1_000)
        elif fate > PAUSED:
            self._clock.advance(random.choice([0.001, 0.2, 2, 6]) * random.random())
        if self._may(self._faults.clock_forward):
            self._fault("the clock is set forward")
            self._clock.advance(self._longest * random.random() / 1_000)
        if self._may(self._faults.clock_back):
            self._fault("the clock is set back")
            self._clock.advance(-self._longest * random.random() / 2_000)

    # Afterwards

    def _finish(self, task: Coroutine[None, None, T]) -> T:
        """Let nobody else go on until this one is finished."""
        try:
            while True:
                task.send(None)
        except StopIteration as finished:
            value: T = finished.value
            return value

    def _look(self) -> None:
        self.store.look()
        for person in filter(None, PEOPLE):
            status = self._finish(self._guard.inspect(person))
            self.store.entries.append(Generation(self.store.at, None, person, status.generation))
            scope = Scope.ACCOUNT
            label = label_of(scope, self._owner(person, Act.SIGN_IN, None))
            reason = None if status.reason is Reason.ADMITTED else status.reason
            wait = None if status.wait is None else round(status.wait * 1_000)
            counts = status.failures, status.consecutive, status.level
            self.store.entries.append(
                Viewed(self.store.at, None, self.store.now, scope, label, *counts, reason, wait)
            )

    def _owner(self, person: str, act: Act, cookie: int | None) -> Began:
        """Somebody comes, from where nobody was before, and knows the password."""
        place = fresh(self._begun)
        return Began(self.store.at, self._begun, act, person, person, place, cookie, right=True)

    def _ask(self, person: str, act: Act, cookie: int | None) -> Decision:
        request = Request(
            self._owner(person, act, cookie), proxied=False, unchecked=False, twice=False, late=0
        )
        worker = self._begin(request)
        self.store.current = worker.number
        decision = self._finish(worker.task)
        if decision is None:
            raise AssertionError("the store failed, though not on purpose")
        return decision

    def _return(self, person: str, cookie: int | None) -> None:
        """Sign in, waiting as told; where no wait helps, by a completed reset."""
        refusals = 0
        decision = self._ask(person, Act.SIGN_IN, cookie)
        if decision.verdict is Verdict.REFUSE and decision.wait is None:
            self._ask(person, Act.RESET, None)
            decision = self._ask(
                person, Act.SIGN_IN, len(self._site.cookies) - 1 if self.rules.device else None
            )
        if decision.verdict is Verdict.REFUSE:
            refusals += 1
            self._clock.advance(decision.wait or 0)
            decision = self._ask(person, Act.SIGN_IN, cookie)
        signed_in = decision.verdict is Verdict.COMPLETE
        self.store.entries.append(Returned(self.store.at, self._begun - 1, person, refusals, signed_in))
