"""The page of benchmarks says of each target truly whether it was met."""

import re
from typing import NamedTuple

import pytest

from tests.docs.blocks import ROOT, read_blocks

PAGE = ROOT / "docs" / "benchmarks.md"
BLOCKS = read_blocks(PAGE)
ROW = re.compile(
    r"^\| (?P<what>.+?) \| ≤\s(?P<most>[\d.]+)\s\S+ \| (?P<measured>-?[\d.]+)\s\S+ \| (?P<verdict>\S+) \|$"
)


class Verdict(NamedTuple):
    """A row of the table of targets."""

    what: str
    most: float
    measured: float
    verdict: str


def verdicts() -> list[Verdict]:
    """Read the table."""
    found = [ROW.match(line) for line in BLOCKS["targets"].splitlines()[2:]]
    return [
        Verdict(row["what"], float(row["most"]), float(row["measured"]), row["verdict"])
        for row in found
        if row
    ]


@pytest.mark.parametrize("target", verdicts(), ids=lambda target: target.what)
def test_a_target_is_met_only_where_its_number_says_so(target: Verdict) -> None:
    """The word beside a number agrees with it."""
    assert (target.verdict == "met") == (target.measured <= target.most)


@pytest.mark.parametrize("target", verdicts(), ids=lambda target: target.what)
def test_what_misses_its_target_is_listed(target: Verdict) -> None:
    """The section on what misses its target names it, and nothing else."""
    assert (f"- {target.what}: " in BLOCKS["missed"]) == (target.measured > target.most)


def test_every_target_can_be_read() -> None:
    """No row of the table escapes the two claims above."""
    assert len(verdicts()) == len(BLOCKS["targets"].splitlines()) - 2 > 0


def test_every_plot_of_the_page_is_there() -> None:
    """What a run draws is committed with the page."""
    images = re.findall(r"\]\((_static/[\w-]+\.svg)\)", PAGE.read_text(encoding="utf-8"))
    assert images
    assert all((PAGE.parent / image).is_file() for image in images)
