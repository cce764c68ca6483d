"""The promised bounds in numbers: the tables of docs/promises.md.

``python -m tests.docs.bounds`` writes them anew; a test compares them.
"""

import heapq
import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal

from authguard_core import Attempt, Decision, Guard, Outcome, StorageError
from authguard_core.counting.ops import Op, Result
from authguard_core.resilience import OnFailure, ResilientStorage
from tests.docs.attackers import (
    DAY,
    HOUR,
    LIMIT,
    MINUTE,
    OWNER,
    WINDOW,
    Aim,
    Attack,
    Pace,
    World,
    as_fast_as_let,
    at_the_owner,
    attack,
    best_plan,
    from_known_address,
    from_one_address,
    from_one_subnet,
    one_below,
    planned,
    scattered,
    settings,
    with_stolen_cookie,
)
from tests.docs.blocks import ROOT, markdown_table, write_blocks

PAGE = ROOT / "docs" / "promises.md"
PRESETS = ("standard", "large", "api")
CAP = 100
Numbers = tuple[int, int, int]
"""The most guesses in any 15 minutes, any hour and any day."""

ACCOUNT_HEAD = (
    "an attacker who",
    "in any 15 min",
    "in any hour",
    "in any day",
    "reaches the cap of 100 after",
    "a day, while the owner signs in daily",
)
PACES: dict[str, Pace] = {
    "takes whatever is let through": as_fast_as_let,
    "stays one below the limit, so that no lock comes": one_below,
}


def account_rows() -> list[tuple[str, ...]]:
    """Guesses at one account from unknown sources, whatever their number, for each way to pace them."""
    rows = [(who, *_words(_uncapped(pace)), *_capped(pace)) for who, pace in PACES.items()]
    best = ("follows the best plan, found by search", *_words(_best("standard", at_the_owner)))
    return [*rows, (*best, *_capped(planned(best_plan(DAY)[1])))]


def _uncapped(pace: Pace) -> Numbers:
    found = attack(World(failure_cap="off"), at_the_owner, 4 * DAY, pace=pace)
    return found.most_within(WINDOW), found.most_within(HOUR), found.most_within(DAY)


def _capped(pace: Pace) -> tuple[str, str]:
    alone, days = attack(World(), at_the_owner, 30 * DAY, pace=pace), 10
    if len(alone.times) != CAP:
        raise AssertionError(len(alone.times))
    beside = attack(World(), at_the_owner, days * DAY, pace=pace, owner_comes=True)
    minutes = round(alone.times[-1] / MINUTE)
    return f"{minutes // 60} h {minutes % 60:02} min", f"{len(beside.times) / days:g}"


def _best(preset: str, aim: Aim) -> Numbers:
    """Try the best plan for an hour, and that for a day, against the real store."""
    hour, day = (_tried(preset, aim, seconds) for seconds in (HOUR, DAY))
    return day.most_within(WINDOW), len(hour.times), len(day.times)


def _tried(preset: str, aim: Aim, seconds: int) -> Attack:
    reckoned, plan = best_plan(seconds)
    found = attack(World(preset, failure_cap="off"), aim, seconds, pace=planned(plan))
    if len(found.times) != reckoned:
        raise AssertionError(len(found.times), reckoned)
    return found


def _words(numbers: Numbers) -> tuple[str, ...]:
    return tuple(f"{number:,}" for number in numbers)


PRESET_HEAD = ("preset", "counted by", "in any 15 min", "in any hour", "in any day")


def preset_rows() -> list[tuple[str, ...]]:
    """The most guesses that each counter of each preset lets through."""
    return [(preset, by, *_words(numbers)) for preset in PRESETS for by, numbers in _counters(preset)]


def _counters(preset: str) -> Iterator[tuple[str, Numbers]]:
    yield "account, all unknown sources together", _best(preset, at_the_owner)
    yield "each known browser of an account", _best(preset, with_stolen_cookie)
    if preset == "api":
        yield "each known address of an account", _best(preset, from_known_address)
    yield "address", _spraying(World(preset), from_one_address)
    yield "subnet", _spraying(World(preset), from_one_subnet)


def _spraying(world: World, aim: Aim) -> Numbers:
    """Nothing escalates for an address, so each window is as the first, and a day is 24 hours alike."""
    found = attack(world, aim, HOUR)
    return found.most_within(WINDOW), len(found.times), len(found.times) * 24


class Down:
    """A store that can't answer."""

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Fail."""
        raise StorageError(f"{len(ops)} operations")


PARALLEL = 20
MOMENT_HEAD = ("what happens to one account", "guesses checked")


def moment_rows() -> list[tuple[str, ...]]:
    """What single events are worth."""
    world = World()
    rows: list[tuple[str, ...]] = [(f"{PARALLEL} wrong guesses at the same moment", str(_at_once(world)))]
    world.clock.now += 1
    rows.append(("the same a second later", str(_at_once(world))))
    world.clock.now += 2
    rows.append(("the same two seconds after that; then it is locked", str(_at_once(world))))
    world.restart()
    rows.append(("the process starts anew: its memory store has forgotten", f"{_burst(world)} more"))
    rows.append(("a second process beside it, with a memory store of its own", f"{_burst(World())} more"))
    rows.append(("while a shared store is out, in each process", _while_out(world, OnFailure.LOCAL)))
    rows.append(("the same with `ON_STORAGE_FAILURE=closed`", _while_out(world, OnFailure.CLOSED)))
    return rows


def _while_out(world: World, on_failure: OnFailure) -> str:
    guard = Guard(settings(), storage=ResilientStorage(Down(), on_failure=on_failure))
    return str(sum(guard.check(at_the_owner(number, world)).allowed for number in range(PARALLEL)))


def _at_once(world: World) -> int:
    return sum(world.guard.check(at_the_owner(number, world)).allowed for number in range(PARALLEL))


def _burst(world: World) -> int:
    """Guess until the lock."""
    return len(attack(world, at_the_owner, MINUTE).times)


HASHING = 0.1


def right_ones() -> str:
    """Say when the last of twenty parallel right passwords is in, each coming again when it is told to."""
    world, turns, last = World(), itertools.count(), 0.0
    start = world.clock.now
    waiting: list[tuple[float, int, Decision | None]] = [(start, next(turns), None) for _ in range(PARALLEL)]
    while waiting:
        world.clock.now, _, admitted = heapq.heappop(waiting)
        if admitted and admitted.ticket:
            world.guard.settle(admitted.ticket, Outcome.SUCCESS)
            last = world.clock.now - start
            continue
        decision = world.guard.check(Attempt(identifier=OWNER, peer=scattered(1)))
        delay, then = (HASHING, decision) if decision.ticket else (decision.retry_after, None)
        heapq.heappush(waiting, (world.clock.now + delay, next(turns), then))
    return (
        f"Twenty *right* passwords at the same moment, each tried again when `Retry-After` says so and each"
        f" hashed in {HASHING} seconds, are all in after {last:.1f} seconds."
    )


YEAR = 365 * CAP
ODDS_HEAD = ("the secret", f"{LIMIT} guesses", f"{CAP} guesses", f"{YEAR:,} guesses")
SPACES = {
    "a password drawn evenly from the 1,000 most common": 1_000,
    "from the 100,000 most common": 100_000,
    "from ten million": 10_000_000,
    "a PIN of 4 digits": 10_000,
}
CODES = {
    "a code of 6 digits, new each time, one valid": 1e-6,
    "the same, three valid at a time (a step to either side)": 3e-6,
    "a code of 8 digits, new each time, one valid": 1e-8,
}


def odds_rows() -> list[tuple[str, ...]]:
    """The chance of a hit: among equally likely secrets that stay, or for codes that change."""
    tries = (LIMIT, CAP, YEAR)
    fixed = [(what, *[_percent(number / size) for number in tries]) for what, size in SPACES.items()]
    return [*fixed, *[(what, *[_percent(1 - (1 - one) ** n) for n in tries]) for what, one in CODES.items()]]


def _percent(chance: float) -> str:
    """Write a chance in per cent, with three digits that say something."""
    return "certain" if chance >= 1 else f"{Decimal(f'{chance * 100:.2e}').normalize():f} %"


def render() -> dict[str, str]:
    """Return every generated part of the page."""
    return {
        "account": markdown_table(ACCOUNT_HEAD, account_rows()),
        "presets": markdown_table(PRESET_HEAD, preset_rows(), words=2),
        "moments": markdown_table(MOMENT_HEAD, moment_rows()),
        "right-ones": right_ones(),
        "odds": markdown_table(ODDS_HEAD, odds_rows()),
    }


if __name__ == "__main__":
    write_blocks(PAGE, render())
