"""Says at the end of a run over somebody's own application which rows it keeps."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pytest

from tests.acceptance.rows import Row

__all__ = ["summary"]

PASSED, FAILED, UNSEEN = "passed", "FAILED", ""
WIDTH: Final = 60

Told = Mapping[tuple[str, str], bool]
"""Whether a test holds for an application."""


def summary(rows: Iterable[Row], names: Sequence[str], reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Return a line for each application, and then for each row of which something was run.

    Args:
        rows: Of contract and attacks.
        names: The applications'.
        reports: Of all that was run.

    """
    told = _told(names, reports)
    yield from (f"({number}) {name}" for number, name in enumerate(names, 1))
    yield from ("", _line("", [f"({number})" for number, _ in enumerate(names, 1)]))
    for row in rows:
        seen = [_verdict(row, name, told) for name in names]
        if any(seen):
            yield _line(f"{row.key}: {row.subject.replace('`', '')}", seen)


def _line(title: str, cells: Iterable[str]) -> str:
    return f"{title:{WIDTH}}" + "".join(f"{cell:8}" for cell in cells)


def _told(names: Sequence[str], reports: Iterable[pytest.TestReport]) -> Told:
    told: defaultdict[tuple[str, str], bool] = defaultdict(lambda: True)
    for report in reports:
        test, _, parameters = report.nodeid.rpartition("::")[2].partition("[")
        for name in names:
            if parameters.startswith((f"{name}-", f"{name}]")):
                told[test, name] &= report.passed
    return told


def _verdict(row: Row, name: str, told: Told) -> str:
    seen = [told[test, name] for test in row.tests if (test, name) in told]
    return (PASSED if all(seen) else FAILED) if seen else UNSEEN
