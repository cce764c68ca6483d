"""A login on Django, Flask and FastAPI: what a guard adds to it, and what it is worth."""

import importlib
import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from typing import Any, NamedTuple

import pytest

from tests.benchmarks.harness import interleave, median_difference, median_ratio
from tests.benchmarks.logins import FAILURES, LIMIT, NOTHING, RIGHT, WRONG, Way
from tests.benchmarks.plot import Bar, Mark, bars
from tests.benchmarks.report import TIMES, Report, Target, named
from tests.benchmarks.worker import CALLS, Worker

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of peers

FRAMEWORKS = {"django": "Django", "flask": "Flask", "fastapi": "FastAPI"}
PROCESSES, ROUNDS = 3, 7
"""Where a process's memory lies makes some per cent of a difference, so each login lives in several."""
BARE, OURS = "no guard", "authguard"


class Answers(NamedTuple):
    """What a login at a limit of 5 does with many attempts."""

    one_address: int
    """Wrong passwords of fifty at once that were checked."""
    many_addresses: int
    """The same, each from an address of its own."""
    in_a_row: int
    """Wrong passwords of ten in a row that were checked."""
    refused: int
    """Right passwords of ten in a row that were refused."""


Times = Mapping[str, list[float]]


class Found(NamedTuple):
    """What was found of one login."""

    name: str
    way: Way
    answers: Answers
    times: Mapping[str, Times]
    """Seconds round by round, by password and name: all logins' on the framework."""

    def microseconds(self, password: str) -> float:
        return statistics.median(self.times[password][self.name]) / CALLS * 1e6

    def ratio(self, password: str, other: str) -> float:
        return median_ratio(self.times[password][self.name], self.times[password][other])

    def added(self, password: str) -> float:
        times = self.times[password]
        return median_difference(times[self.name], times[BARE]) / CALLS * 1e6


def _ways(framework: str) -> dict[str, Way]:
    module: Any = importlib.import_module(f"tests.benchmarks.on_{framework}")
    ways: dict[str, Way] = module.WAYS
    return ways


@cache
def measure(framework: str) -> list[Found]:
    """Measure every login on a framework, in turn; once."""
    ways = _ways(framework)
    times: dict[str, dict[str, list[float]]] = {
        password: {name: [] for name in ways} for password in (WRONG, RIGHT)
    }
    for _ in range(PROCESSES):
        with ExitStack() as stack:
            workers = {name: stack.enter_context(Worker(framework, name)) for name in ways}
            for password, taken in times.items():
                for name, seconds in _time(workers, password).items():
                    taken[name] += seconds
    return [Found(name, way, _answers(framework, name), times) for name, way in ways.items()]


def _time(workers: Mapping[str, Worker], password: str) -> Times:
    runs = {name: (lambda worker=worker: worker.seconds(password)) for name, worker in workers.items()}
    interleave(runs, rounds=2)
    return interleave(runs, rounds=ROUNDS)


def _answers(framework: str, name: str) -> Answers:
    """Ask each question in a process of its own, in which nobody has tried before."""

    def begun() -> Worker:
        return Worker(framework, name, LIMIT)

    with begun() as one, begun() as other, begun() as third, begun() as fourth:
        return Answers(
            one.race(one_address=True),
            other.race(one_address=False),
            third.checked_in_a_row(),
            fourth.refused_in_a_row(),
        )


HEAD = (
    "counts",
    "wrong, µs",
    f"{TIMES} no guard",
    f"{TIMES} authguard",
    "right, µs",
    f"{TIMES} no guard",
    "50 at once",
    "from 50 addresses",
    "10 right ones, refused",
)


def _row(found: Found, ours: str) -> tuple[str, ...]:
    return (
        found.name if found.way.counts == NOTHING else named(found.name),
        found.way.counts,
        f"{found.microseconds(WRONG):.0f}",
        f"{found.ratio(WRONG, BARE):.2f}",
        f"{found.ratio(WRONG, ours):.2f}",
        f"{found.microseconds(RIGHT):.0f}",
        f"{found.ratio(RIGHT, BARE):.2f}",
        str(found.answers.one_address),
        str(found.answers.many_addresses),
        str(found.answers.refused),
    )


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_login_beside_the_peers(framework: str, report: Report) -> None:
    """What guards cost, whether they stop parallel guesses, and whether they let in who is right."""
    found = measure(framework)
    ours = [one for one in found if one.name.startswith(OURS)]
    assert {one.answers for one in ours} == {Answers(LIMIT, LIMIT, LIMIT, 0)}
    # The limit of 5 is everybody's: one after another, no more than five guesses are checked.
    assert {one.answers.in_a_row for one in found if one.way.counts != NOTHING} == {LIMIT}
    head = (f"POST /login on {FRAMEWORKS[framework]}", *HEAD)
    report.add_table(f"login-{framework}", head, [_row(one, ours[0].name) for one in found], words=2)
    report.targets += _targets(framework, found, ours)


def _targets(framework: str, found: list[Found], ours: list[Found]) -> list[Target]:
    rivals = [
        one
        for one in found
        if one.way.counts == FAILURES and not one.way.by_hand and not one.name.startswith(OURS)
    ]
    if rivals:
        fastest = min(rivals, key=lambda one: one.microseconds(WRONG))
        what = f"a failed login on {FRAMEWORKS[framework]}, beside the fastest that counts failures"
        return [Target(what, 1, TIMES, ours[0].ratio(WRONG, fastest.name))]
    return [
        Target(
            f"{one.name.removeprefix('authguard, ')} on a login with a {password} password", 100, "µs", added
        )
        for one in ours
        for password, added in ((RIGHT, one.added(RIGHT)), (WRONG, one.added(WRONG)))
    ]


def test_the_plot(report: Report) -> None:
    """All of them in one picture."""
    rows = [
        Bar(_label(one, title), ratio, f"{ratio:.2f} {TIMES}, {one.answers.one_address} of 50")
        for framework, title in FRAMEWORKS.items()
        for one in measure(framework)
        if one.way.counts != NOTHING
        for ratio in [one.ratio(WRONG, BARE)]
    ]
    report.images["benchmarks-web"] = bars(
        "A failed login, and the guesses checked of 50 at once, limit 5",
        f"{TIMES} the same login without a guard. Django, Flask, FastAPI.",
        rows,
        mark=Mark(1, "no guard"),
    )


def _label(found: Found, framework: str) -> str:
    if found.name.startswith(OURS) and found.name != "authguard, AuthGuardMiddleware":
        return f"authguard on {framework}"
    return named(found.name)
