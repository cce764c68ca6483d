"""An attempt in memory: authguard beside the limiters that users stitch a login guard from."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from tests.benchmarks.contenders import SYNC, Limits, Pyrate, Store, ThrottledPy, Whole
from tests.benchmarks.contenders_async import ASYNC
from tests.benchmarks.harness import Case, Contender, fresh, full, measure, median_ratio, third_try
from tests.benchmarks.plot import Bar, Mark, bars
from tests.benchmarks.races import Race, run_patterns
from tests.benchmarks.report import TIMES, Report, Target, named

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of peers


class Column(NamedTuple):
    """A column of the table."""

    heading: str
    case: Case
    base: int
    """The column in which stands what limits' users do for it: its ratio is 1 there."""


COLUMNS = (
    Column("first try, wrong", Case(fresh, "wrong"), 0),
    Column("first try, right", Case(fresh, "right"), 0),
    Column("third try, wrong", Case(third_try, "wrong"), 2),
    Column("third try, right", Case(third_try, "right"), 2),
    Column("refused", Case(full, "blocked"), 4),
)
FIRST_RIGHT, THIRD_WRONG, THIRD_RIGHT = 1, 2, 3
GUESSING = {
    Limits.name: "limits: test, verify, hit",
    Store.name: "authguard: check, verify, settle",
    Whole.name: "authguard: check, verify, settle",
    ThrottledPy.name: "throttled-py: peek, verify, limit",
    Pyrate.name: "pyrate-limiter: try_acquire, verify",
}


@pytest.fixture(scope="session")
def races() -> dict[str, Race]:
    """What everybody does under parallel guesses."""
    return {race.name: race for race in run_patterns()}


def _guessed(name: str, races: dict[str, Race]) -> str:
    race = races[GUESSING.get(name, GUESSING[Whole.name])]
    return str(race.one_address) if race.counts == "failures" else f"{race.one_address} †"


class Found(NamedTuple):
    """What one contender took in one column."""

    microseconds: float
    ratio: float
    """The median of the rounds' ratios to what limits took for the base in the same round."""

    def __str__(self) -> str:
        return f"{self.microseconds:.1f} ({self.ratio:.2f})"


def _find(contenders: Sequence[type[Contender]]) -> list[list[Found]]:
    """Measure; return a row for each contender. The first of them is limits."""
    taken = measure(contenders, [column.case for column in COLUMNS])
    return [
        [
            Found(statistics.median(taken[one, at]), median_ratio(taken[one, at], taken[0, column.base]))
            for at, column in enumerate(COLUMNS)
        ]
        for one in range(len(contenders))
    ]


def _rows(
    contenders: Sequence[type[Contender]], found: list[list[Found]], races: dict[str, Race]
) -> list[tuple[str, ...]]:
    return [
        (named(contender.name), *map(str, row), _guessed(contender.name, races))
        for contender, row in zip(contenders, found, strict=True)
    ]


HEAD = (f"µs an attempt ({TIMES} limits)", *(column.heading for column in COLUMNS), "50 at once")


def test_an_attempt_beside_the_peers(report: Report, races: dict[str, Race]) -> None:
    """What an attempt costs, as a ratio to limits' test and hit, twice."""
    found = _find(SYNC)
    report.add_table("core", HEAD, _rows(SYNC, found, races))
    for contender, most in ((Store, 0.5), (Whole, 1.0)):
        ours = contender.name.removeprefix("authguard, ")
        for at in (FIRST_RIGHT, THIRD_RIGHT):
            what = f"{ours}: {COLUMNS[at].heading}, beside limits"
            report.targets.append(Target(what, most, TIMES, found[SYNC.index(contender)][at].ratio))
    report.images["benchmarks-core"] = _plot(found, races)


def _plot(found: list[list[Found]], races: dict[str, Race]) -> str:
    rows: list[Bar] = []
    for contender, row in zip(SYNC, found, strict=True):
        ratio = row[THIRD_RIGHT if contender.name.startswith("authguard") else THIRD_WRONG].ratio
        checked = _guessed(contender.name, races).removesuffix(" †")
        rows.append(Bar(named(contender.name), ratio, f"{ratio:.2f} {TIMES}, {checked} of 50"))
    return bars(
        "An attempt in memory, and the guesses checked of 50 at once, limit 5",
        f"{TIMES} limits' test and hit, twice. authguard: admit and settle. On the third try.",
        rows,
        mark=Mark(1, "target of the whole guard"),
    )


def test_an_asynchronous_attempt_beside_the_peers(report: Report, races: dict[str, Race]) -> None:
    """What an attempt costs on an event loop."""
    report.add_table("core-async", HEAD, _rows(ASYNC, _find(ASYNC), races))


def test_parallel_guesses_at_the_peers_patterns(report: Report, races: dict[str, Race]) -> None:
    """How many of fifty parallel guesses reach the check, whatever is counted and from where they come."""
    assert races["authguard: check, verify, settle"][2:] == (5, 5)
    rows = [
        (race.name, race.counts, str(race.one_address), str(race.many_addresses)) for race in races.values()
    ]
    report.add_table("races", ("the pattern", "counts", "one address", "50 addresses"), rows, words=2)
