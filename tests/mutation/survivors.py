"""The mutants that live on, and why each of them may."""

import tomllib
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["KEPT", "Explanation", "explanations"]

KEPT: Final = Path(__file__).with_name("survivors.toml")


class Explanation(NamedTuple):
    """Why a mutant lives on."""

    why: str
    equivalent: bool
    """It does what the original does, so no test can tell them apart, and it counts for no score."""


def explanations(path: Path = KEPT) -> dict[str, dict[str, Explanation]]:
    """Return the explained mutants of each subject, each by its text."""
    groups = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: {
            mutant: Explanation(group["why"], group["equivalent"])
            for group in explained
            for mutant in group["mutants"]
        }
        for name, explained in groups.items()
    }
