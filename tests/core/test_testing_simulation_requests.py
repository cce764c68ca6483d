"""A worker does what a real application would, and writes down what it was told."""

from collections.abc import Coroutine
from random import Random
from typing import Any, TypeVar

import pytest

from authguard_core import AsyncGuard, Decision, MemoryStorage, Settings, Verdict
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.simulation.history import (
    Act,
    Began,
    Checked,
    Decided,
    Executed,
    Got,
    Operation,
    Place,
)
from authguard_core.testing.simulation.requests import Site
from authguard_core.testing.simulation.scene import NO_FAULTS, PROXY, Faults, Request
from authguard_core.testing.simulation.store import SimulatedStore
from tests.core.simulated import ELSEWHERE, HOME

T = TypeVar("T")


class World:
    """One site, and whoever comes."""

    def __init__(self, *, faults: Faults = NO_FAULTS) -> None:
        self.clock = clock = FrozenClock()
        settings = Settings.load(
            secret_key="a secret for tests of forty-odd characters", trusted_proxies=f"{PROXY}/32"
        )
        self.store = SimulatedStore(MemoryStorage(clock=clock), clock, Random(1), faults)
        self.site = Site(AsyncGuard(settings, storage=self.store, clock=clock), self.store)

    def hears(
        self,
        act: Act = Act.SIGN_IN,
        *,
        right: bool = True,
        place: Place = HOME,
        cookie: int | None = None,
        **said: bool,
    ) -> Decision | None:
        """Somebody comes, and hears this in the end."""
        number = len(self.store.began)
        began = Began(self.store.at, number, act, "alice", "alice", place, cookie, right)
        self.store.begin(began)
        self.store.current = number
        plain = {"proxied": False, "unchecked": False, "twice": False}
        return finish(self.site.handle(Request(began, late=0, **{**plain, **said})))[1]

    def asks(
        self,
        act: Act = Act.SIGN_IN,
        *,
        right: bool = True,
        place: Place = HOME,
        cookie: int | None = None,
        **said: bool,
    ) -> Decision:
        decision = self.hears(act, right=right, place=place, cookie=cookie, **said)
        assert decision
        return decision

    def told(self, kind: type[T]) -> list[T]:
        return [entry for entry in self.store.entries if isinstance(entry, kind)]


def finish(task: Coroutine[Any, Any, T]) -> tuple[int, T]:
    count = 0
    while True:
        try:
            task.send(None)
        except StopIteration as finished:
            return count, finished.value
        count += 1


@pytest.fixture
def world() -> World:
    return World()


def test_a_right_password_signs_in_and_brings_a_cookie(world: World) -> None:
    """It is checked after the admission, and the cookie's owner is noted."""
    assert world.asks().verdict is Verdict.COMPLETE
    assert world.told(Got) == [Got(world.store.at, 0, 0)]
    assert world.site.owners == ["alice"]


def test_a_known_browser_keeps_its_cookie(world: World) -> None:
    """It gets a new value under the same number, and is charged as known."""
    world.asks()
    value = world.site.cookies[0]
    world.clock.advance(1_000)
    world.asks(cookie=0)
    assert world.told(Executed)[-2].known
    assert len(world.told(Got)) == len(world.site.cookies) == 1
    assert world.site.cookies[0] != value


def test_a_wrong_password_fails(world: World) -> None:
    """It is checked, and nothing is given back."""
    assert world.asks(right=False).verdict is Verdict.REFUSE
    assert len(world.told(Checked)) == 1
    assert [entry.operation for entry in world.told(Executed)] == [Operation.ADMIT]


def test_a_password_that_is_never_looked_at_is_given_back(world: World) -> None:
    """Every hashing slot was taken."""
    world.asks(unchecked=True)
    assert world.told(Checked) == []
    assert world.told(Executed)[-1].operation is Operation.RELEASE


def test_a_refused_attempt_goes_no_further(world: World) -> None:
    """Its password isn't looked at."""
    for _ in range(3):
        world.asks(right=False)
    assert world.asks(right=False).ticket is None
    assert len(world.told(Checked)) == 3


def test_an_outcome_may_be_told_twice(world: World) -> None:
    """Both are carried out."""
    world.asks(twice=True)
    assert [entry.operation for entry in world.told(Executed)] == [
        Operation.ADMIT,
        Operation.SETTLE,
        Operation.SETTLE,
    ]


def test_an_outcome_may_be_told_late() -> None:
    """Others go on so many times before it is."""
    taken = []
    for late in (0, 17):
        world = World()
        began = Began(world.store.at, 0, Act.SIGN_IN, "alice", "alice", HOME, None, right=True)
        world.store.begin(began)
        request = Request(began, proxied=False, unchecked=False, twice=False, late=late)
        taken.append(finish(world.site.handle(request))[0])
    assert taken[1] - taken[0] == 17


def test_through_a_proxy_the_real_address_is_counted(world: World) -> None:
    """Not the invented one that stands left of it, nor the proxy."""
    world.asks(right=False)
    world.asks(right=False, proxied=True)
    direct, proxied = world.told(Executed)
    assert direct.counted == proxied.counted


@pytest.mark.parametrize("act", [Act.UNLOCK, Act.UNLOCK_ADDRESS, Act.RESET])
def test_operators_clear_what_they_say(world: World, act: Act) -> None:
    """A completed reset brings a cookie besides."""
    assert world.asks(act, place=ELSEWHERE).verdict is Verdict.COMPLETE
    (cleared,) = world.told(Executed)
    assert cleared.operation is Operation.CLEAR
    assert [one.scope.value for one in cleared.counted] == (
        ["address", "subnet"] if act is Act.UNLOCK_ADDRESS else ["account"]
    )
    assert len(world.told(Got)) == (act is Act.RESET)


def test_an_operator_hears_of_a_store_that_failed() -> None:
    """Nothing was done, and nothing is told."""
    world = World(faults=Faults(lost_request=1))
    assert world.hears(Act.UNLOCK) is None
    assert world.told(Decided)[-1].reason == "failed"
