"""What a run of the benchmarks found: tables and plots, and which target it meets."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import NamedTuple

from rich.console import Console
from rich.table import Table as RichTable

from tests.docs.blocks import ROOT, markdown_table, read_blocks, write_blocks

PAGE = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "_static"
WIDTH = 130
TIMES = "\N{MULTIPLICATION SIGN}"
PEERS = (
    "limits",
    "throttled-py",
    "pyrate-limiter",
    "slowapi",
    "fastapi-limiter",
    "Flask-Limiter",
    "django-axes",
    "django",
    "flask",
    "fastapi",
    "redis",
    "starlette",
    "zxcvbn",
    "zxcvbn-rs-py",
)


class Target(NamedTuple):
    """What was to be reached."""

    what: str
    most: float
    unit: str
    measured: float

    @property
    def shown(self) -> str:
        """The measured value as it is printed, which is what counts."""
        return f"{self.measured:.{_digits(self.unit)}f}"

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return float(self.shown) <= self.most

    @property
    def row(self) -> tuple[str, ...]:
        """The target as a row of the table of targets."""
        limit = f"≤ {self.most:.{_digits(self.unit)}f} {self.unit}"
        return self.what, limit, f"{self.shown} {self.unit}", "met" if self.met else "**missed**"


def _digits(unit: str) -> int:
    return 2 if unit == TIMES else 0 if unit == "bytes" else 1


TARGETS_HEAD = ("target", "at most", "measured", "")


@dataclass
class Report:
    """Everything that one run found."""

    blocks: dict[str, str] = field(default_factory=dict[str, str])
    images: dict[str, str] = field(default_factory=dict[str, str])
    targets: list[Target] = field(default_factory=list[Target])

    def add_table(
        self, name: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, words: int = 1
    ) -> None:
        """Keep a table for the page, and print it. So many of its first columns hold words."""
        self.blocks[name] = markdown_table(head, rows, words=words)
        show(name, head, rows)

    def finish(self) -> None:
        """Add what follows from all the rest: the setting, and the verdict."""
        self.blocks["setting"] = setting()
        rows = [target.row for target in self.targets]
        self.blocks["targets"] = markdown_table(TARGETS_HEAD, rows)
        self.blocks["missed"] = missed(self.targets)
        show("targets", TARGETS_HEAD, rows)

    def lacks(self) -> list[str]:
        """Name the parts of the page for which nothing was measured."""
        return sorted(read_blocks(PAGE).keys() - self.blocks.keys())

    def write(self) -> None:
        """Write the page and its images."""
        write_blocks(PAGE, self.blocks)
        IMAGES.mkdir(exist_ok=True)
        for name, image in self.images.items():
            (IMAGES / f"{name}.svg").write_text(image, encoding="utf-8")


def show(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table."""
    table = RichTable(title=title, title_justify="left")
    for number, heading in enumerate(head):
        table.add_column(heading, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=WIDTH).print(table)


def setting() -> str:
    """Say where it was measured."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores shared with others"
    return f"Measured with {python} on {machine}. Peers: {versions()}."


def versions() -> str:
    """Name the peers with their versions."""
    return ", ".join(f"{peer} {version(peer)}" for peer in PEERS)


def missed(targets: list[Target]) -> str:
    """List what misses its target, or say that nothing does."""
    lines = [
        f"- {target.what}: {target.shown} {target.unit}, {_over(target)} its target of {target.most:g}."
        for target in targets
        if not target.met
    ]
    return "\n".join(lines) or "Nothing: all targets are met."


def _over(target: Target) -> str:
    return f"{float(target.shown) / target.most:.1f} times"


def named(name: str) -> str:
    """Put a peer's version behind its name: ``limits, moving window`` has it in the middle."""
    peer, _, rest = name.partition(",")
    release = "" if peer == "authguard" else f" {version(peer)}"
    return f"{peer}{release}{',' if rest else ''}{rest}"
