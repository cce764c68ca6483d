"""An attacker with all the patience there is, against the real guard and store, under a clock that is turned.

Nothing waits: a refusal says for how long, and the clock is put forward by as much.
"""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from authguard_core import Attempt, Guard, MemoryStorage, Outcome, Settings

MINUTE, HOUR, DAY = 60, 3_600, 86_400
WINDOW = 15 * MINUTE
LIMIT = 5
OWNER, OWNERS_ADDRESS = "owner", "192.0.2.1"


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def settings(preset: str = "standard", **login: object) -> Settings:
    """Return a preset's settings."""
    return Settings.load(secret_key="a secret of the tables of bounds", preset=preset, login=login)


class World:
    """A guard in memory, its clock, and an owner who has signed in once."""

    def __init__(self, preset: str = "standard", **login: object) -> None:
        self.clock = Clock()
        self._settings = settings(preset, **login)
        self.restart()
        self.cookie = self.sign_in()

    def restart(self) -> None:
        """Begin with an empty store, as a process does."""
        self.guard = Guard(self._settings, storage=MemoryStorage(clock=self.clock), clock=self.clock)

    def sign_in(self, device: str | None = None) -> str:
        """Let the owner sign in; return the browser's cookie."""
        decision = self.guard.check(Attempt(identifier=OWNER, peer=OWNERS_ADDRESS, device=device))
        settled = self.guard.settle(decision.ticket, Outcome.SUCCESS) if decision.ticket else decision
        if settled.device is None:
            raise AssertionError(decision.reason)
        return settled.device.value


# Where guesses come from, and at whom they aim

Aim = Callable[[int, World], Attempt]
"""The attempt of a number."""


def scattered(number: int) -> str:
    """Return an address in a subnet of its own."""
    return f"{11 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.1"


def at_the_owner(number: int, _world: World) -> Attempt:
    """One account, each guess from another address and subnet."""
    return Attempt(identifier=OWNER, peer=scattered(number))


def with_stolen_cookie(number: int, world: World) -> Attempt:
    """One account, with the cookie of a browser that it knows."""
    return Attempt(identifier=OWNER, peer=scattered(number), device=world.cookie)


def from_known_address(_number: int, _world: World) -> Attempt:
    """One account, from the very address that it knows, under the preset api."""
    return Attempt(identifier=OWNER, peer=OWNERS_ADDRESS)


def from_one_address(number: int, _world: World) -> Attempt:
    """Spraying: each guess at another account, all from one address."""
    return Attempt(identifier=f"user{number}", peer="198.51.100.1")


def from_one_subnet(number: int, _world: World) -> Attempt:
    """Spraying from all addresses of one subnet."""
    return Attempt(identifier=f"user{number}", peer=f"198.51.100.{number % 256}")


# How an attacker paces guesses

Pace = Callable[[Sequence[float], float], float]
"""How many seconds to wait, given when the guesses so far were checked, and the time."""


def as_fast_as_let(_times: Sequence[float], _now: float) -> float:
    """Take what there is; the lock comes, and grows."""
    return 0.0


def one_below(times: Sequence[float], now: float) -> float:
    """Never fill the window: no lock comes."""
    return _until(times[-LIMIT + 1] + WINDOW, now) if len(times) >= LIMIT - 1 else 0.0


def planned(plan: Sequence[int]) -> Pace:
    """Make so many guesses in each round; begin the next one when the window is empty."""
    rounds = dict(zip(itertools.accumulate(plan), itertools.accumulate((0, *plan)), strict=False))

    def pace(times: Sequence[float], now: float) -> float:
        began = rounds.get(len(times))
        return 0.0 if began is None else _until(times[began] + WINDOW, now)

    return pace


def _until(when: float, now: float) -> float:
    return max(0.0, round(when - now, 3))


class Attack(NamedTuple):
    """What an attacker reached: when each guess was checked, in seconds from the beginning."""

    times: list[float]

    def most_within(self, seconds: float) -> int:
        """Return the most guesses in any window of this length; one counts for exactly its length."""
        return max(number + 1 - self._first_within(number, seconds) for number in range(len(self.times)))

    def _first_within(self, number: int, seconds: float) -> int:
        # The store counts whole milliseconds; half of one keeps rounding out.
        return bisect_left(self.times, self.times[number] - seconds + 0.0005)


def attack(
    world: World, aim: Aim, seconds: float, *, pace: Pace = as_fast_as_let, owner_comes: bool = False
) -> Attack:
    """Guess for so long, or until time alone doesn't help any more.

    Args:
        world: whom.
        aim: how an attempt looks.
        seconds: for how long.
        pace: how.
        owner_comes: whether the owner signs in from a known browser once a day meanwhile.

    """
    clock, start, times, next_sign_in = world.clock, world.clock.now, list[float](), DAY
    for number in itertools.count():
        clock.now += pace(times, clock.now - start)
        if owner_comes and clock.now - start >= next_sign_in:
            world.sign_in(world.cookie)
            next_sign_in += DAY
        if clock.now - start >= seconds:
            break
        decision = world.guard.check(aim(number, world))
        if decision.ticket:
            times.append(clock.now - start)
        elif decision.wait is not None:
            clock.now += decision.wait
        elif owner_comes:
            clock.now = start + next_sign_in
        else:
            break
    return Attack(times)


# The best plan: in each round the window is filled, or left one below

DELAYS = (0, 0, 0, 1, 3)
"""Seconds after a round's first guess at which the others are let through."""


def best_plan(seconds: int) -> tuple[int, tuple[int, ...]]:
    """Search the plan with the most guesses within so long; return how many, and the rounds.

    It reckons with the rules of locks and levels. Whether the real store lets through as
    many is for the caller to try.
    """
    return _best(0, 0, 0, seconds)


@cache
def _best(now: int, level: int, level_at: int, end: int) -> tuple[int, tuple[int, ...]]:
    if now >= end:
        return 0, ()
    standing = max(0, level - (now - level_at) // DAY)
    lock_end = now + DELAYS[-1] + min(WINDOW << standing, HOUR)
    below = _best(now + WINDOW, level, level_at, end)
    filled = _best(lock_end, standing + 1, lock_end, end)
    return max(_round(now, LIMIT - 1, end, below), _round(now, LIMIT, end, filled))


def _round(now: int, size: int, end: int, rest: tuple[int, tuple[int, ...]]) -> tuple[int, tuple[int, ...]]:
    made = sum(now + delay < end for delay in DELAYS[:size])
    return made + rest[0], (size, *rest[1])
