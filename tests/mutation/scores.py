"""How many mutants the tests kill, and which of the others nobody has explained."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tests.mutation.engine import Mutant
from tests.mutation.survivors import KEPT, Explanation

__all__ = ["LEAST", "Score", "report", "scored"]

LEAST: Final = 90
"""Percent of a module's mutants that its tests must kill. Equivalent ones, that none can, don't count."""


class Score(NamedTuple):
    """What came of one module, or of all."""

    name: str
    total: int
    survivors: int
    equivalent: int
    """Survivors that do what the original does."""
    left: tuple[Mutant, ...]
    """Survivors that nobody has explained."""
    stale: tuple[str, ...]
    """Explained mutants that no longer survive, or no longer are."""
    seconds: float

    @property
    def percent(self) -> float:
        """How many of a hundred were killed that can be."""
        return 100 * (self.total - self.survivors) / (self.total - self.equivalent)

    @property
    def is_enough(self) -> bool:
        """Whether the tests notice enough, and what they don't notice is explained."""
        return self.percent >= LEAST and not self.left


def scored(
    name: str,
    total: int,
    survivors: Sequence[Mutant],
    explained: Mapping[str, Explanation],
    seconds: float,
) -> Score:
    """Compare the mutants that lived on with those that may."""
    living = {str(mutant) for mutant in survivors}
    return Score(
        name,
        total,
        len(survivors),
        sum(str(mutant) in explained and explained[str(mutant)].equivalent for mutant in survivors),
        tuple(mutant for mutant in survivors if str(mutant) not in explained),
        tuple(text for text in explained if text not in living),
        seconds,
    )


def report(scores: Sequence[Score]) -> None:
    """Print a line for each module, what nobody has explained, and what needs no explanation any more."""
    print(f"\n{'module':<17}{'mutants':>9}{'killed':>8}{'equivalent':>12}{'harmless':>10}{'open':>6}", end="")
    print(f"{'score':>9}{'time':>8}")
    for one in (*scores, overall(scores)):
        left = len(one.left)
        harmless = one.survivors - one.equivalent - left
        print(f"{one.name:<17}{one.total:>9}{one.total - one.survivors:>8}{one.equivalent:>12}", end="")
        print(f"{harmless:>10}{left:>6}{one.percent:>8.1f}%{one.seconds:>6.0f} s")
    for one in scores:
        _list(f"{one.name}: kill these with a test, or say in {KEPT.name} why they may live", one.left)
        _list(f"{one.name}: {KEPT.name} need not explain these any more", one.stale)
    print()


def _list(heading: str, mutants: Sequence[object]) -> None:
    if mutants:
        print(f"\n{heading}", *(f"  {mutant}" for mutant in mutants), sep="\n")


def overall(scores: Sequence[Score]) -> Score:
    """Add the modules up."""
    return Score(
        "all",
        sum(one.total for one in scores),
        sum(one.survivors for one in scores),
        sum(one.equivalent for one in scores),
        tuple(mutant for one in scores for mutant in one.left),
        tuple(mutant for one in scores for mutant in one.stale),
        sum(one.seconds for one in scores),
    )
