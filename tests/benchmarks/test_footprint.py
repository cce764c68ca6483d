"""Memory: how large a tracked key is, and what an operation costs when there are many."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.footprint import FEW, Footprint
from tests.benchmarks.plot import Bar, Mark, bars
from tests.benchmarks.report import TIMES, Report, Target, named
from tests.docs.blocks import ROOT

MANY = 1_000_000
BEARABLE = {"pyrate-limiter": 100_000}
"""pyrate-limiter takes minutes to make a million buckets."""
TITLES = {
    "authguard": "",
    "limits": ", moving window",
    "throttled-py": ", sliding window",
    "pyrate-limiter": ", log",
}
HEAD = (
    "a key: one failed attempt",
    "keys",
    "bytes a key",
    f"µs at {FEW:,}",
    "µs at so many",
    "ratio",
    "full gc, ms",
)


def _measure(name: str, keys: int) -> Footprint:
    """Measure in a process of its own, so that only this library's memory is counted."""
    command = [sys.executable, "-m", "tests.benchmarks.footprint", name, str(keys)]
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths}
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment)
    return Footprint(**json.loads(run.stdout))


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the resident set is read as Linux tells it"
)
def test_the_size_and_the_cost_of_a_key(report: Report) -> None:
    """What a tracked key takes, and how its number changes the cost of an operation."""
    found = {name: _measure(name, BEARABLE.get(name, MANY)) for name in TITLES}
    rows = [
        (
            named(name + TITLES[name]),
            f"{BEARABLE.get(name, MANY):,}",
            f"{one.bytes_a_key:.0f}",
            f"{one.few:.1f}",
            f"{one.many:.1f}",
            f"{one.ratio:.2f}",
            f"{one.collection:.0f}",
        )
        for name, one in found.items()
    ]
    report.add_table("memory", HEAD, rows)
    ours = found["authguard"]
    report.targets.append(Target("a tracked key at a million keys", 300, "bytes", ours.bytes_a_key))
    report.targets.append(
        Target("an operation at a million keys, beside one at a thousand", 1.5, TIMES, ours.ratio)
    )
    sizes = [
        Bar(row[0], found[name].bytes_a_key, f"{row[2]} bytes") for name, row in zip(found, rows, strict=True)
    ]
    report.images["benchmarks-memory"] = bars(
        "Resident bytes a tracked key",
        f"One failed attempt each. {MANY:,} keys; pyrate-limiter {BEARABLE['pyrate-limiter']:,}.",
        sizes,
        mark=Mark(300, "target"),
    )
