"""The live display while the attack runs, and the table and verdict at its end."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from rich import box
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from examples.attack.tally import Aim, Row, Scenario, Try
from examples.attack.verdict import HEADINGS, STEP_UP, Verdict, cells

__all__ = ["Board", "print_preface", "print_result"]

_HEADING_WIDTH: Final = 9
_SCENARIO_WIDTH: Final = 16

_STORIES: Final = {
    Scenario.BRUTE_FORCE: "Brute force, one address",
    Scenario.SPRAYING: "Spraying, one address",
    Scenario.STUFFING: "Stuffing, rotating addresses",
    Scenario.RACE: "50-way race, rotating addresses",
    Scenario.LOCK_OUT: "Lock-out, owner's browser known",
}


class Board(Progress):
    """Shows each scenario with its counts, live."""

    def __init__(self, console: Console) -> None:
        super().__init__(
            SpinnerColumn("line"),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:>4} tries"),
            TextColumn("{task.fields[checked]:>3} checked"),
            TextColumn("{task.fields[refused]:>4} refused"),
            TimeElapsedColumn(),
            console=console,
        )
        self._scenario: Scenario | None = None

    def tell(self, attempt: Try) -> None:
        """Count one more try of an attacker."""
        if attempt.aim is Aim.OWNER:
            return
        if attempt.scenario is not self._scenario:
            self.finish()
            self._scenario = attempt.scenario
            self.add_task(_STORIES[attempt.scenario], total=None, checked=0, refused=0)
        task = self.tasks[-1]
        checked = task.fields["checked"] + attempt.checked
        refused = task.fields["refused"] + attempt.refused
        self.update(task.id, advance=1, checked=checked, refused=refused)

    def finish(self) -> None:
        """Show the last scenario as done: how many tries it takes is known only then."""
        for task in self.tasks:
            self.update(task.id, total=task.completed)


def print_preface(console: Console, url: str) -> None:
    """Say what is attacked, and why addresses can rotate."""
    console.print(
        f"\nAttacking {url}. The attack plays a proxy: it writes the addresses that it rotates through into "
        "X-Forwarded-For. The target believes them only because it was started with "
        "AUTHGUARD_TRUSTED_PROXIES=127.0.0.1/32,::1/128; by default it would believe none.\n",
        highlight=False,
    )


def print_result(console: Console, rows: Sequence[Row], verdict: Verdict) -> None:
    """Print the table, and below it each promise with what became of it."""
    console.print(_table(rows), "")
    console.print(f"A stolen valid pair gets in, because no limit can tell who types it: {STEP_UP}.\n")
    for promise in verdict.promises:
        console.print(f"{'BROKEN' if promise.broken_by else 'held':>8}  {promise.text}", highlight=False)
        for fault in promise.broken_by:
            console.print(f"{'':>10}{fault}", highlight=False)
    for gap in verdict.unproven:
        console.print(f"unproven  {gap}", highlight=False)


def _table(rows: Sequence[Row]) -> Table:
    """Fit into 80 columns, so that the table reads well in the smallest usual terminal."""
    first, *others = HEADINGS
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first)
    for heading in others:
        table.add_column("\n".join(wrap(heading, _HEADING_WIDTH)), justify="right", no_wrap=True)
    for row in rows:
        scenario, *numbers = cells(row)
        table.add_row("\n".join(wrap(scenario, _SCENARIO_WIDTH, break_on_hyphens=False)), *numbers)
    return table
