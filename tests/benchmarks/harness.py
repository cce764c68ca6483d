"""Measure several things in one run, in turn, so that what disturbs one disturbs all; tell ratios."""

import statistics
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

ROUNDS = 15
CALLS = 400

Step = Callable[[int], object]
"""One operation; the argument counts calls, so that keys can differ."""


class Timing(NamedTuple):
    """What a step cost."""

    name: str
    microseconds: float
    """The median over the rounds, of a round's mean."""


def measure(steps: Mapping[str, Step], *, calls: int = CALLS, rounds: int = ROUNDS) -> list[Timing]:
    """Time every step in each round, one after the other."""
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for current in range(rounds):
        for name, step in steps.items():
            taken[name].append(_mean(step, current * calls, calls))
    return [Timing(name, statistics.median(times)) for name, times in taken.items()]


def _mean(step: Step, first: int, calls: int) -> float:
    started = time.perf_counter()
    for number in range(first, first + calls):
        step(number)
    return (time.perf_counter() - started) / calls * 1e6


def show(title: str, timings: list[Timing], *, floor: str, notes: Mapping[str, str] | None = None) -> None:
    """Print the timings as ratios to one of them."""
    base = next(timing.microseconds for timing in timings if timing.name == floor)
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in ("µs", f"x {floor}"):
        table.add_column(heading, justify="right")
    table.add_column("of 50 parallel guesses at a limit of 5, checked" if notes else "")
    for name, microseconds in timings:
        table.add_row(name, f"{microseconds:.1f}", f"{microseconds / base:.2f}", (notes or {}).get(name, ""))
    Console(width=110).print(table)


def versions(*names: str) -> str:
    """Name the peers with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in names)
