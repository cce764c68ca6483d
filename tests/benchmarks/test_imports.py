"""Importing: what it costs in a fresh interpreter, and what it loads."""

import os
import subprocess
import sys
import time

from tests.benchmarks.harness import median_difference
from tests.benchmarks.report import Report, Target

ROUNDS = 11
NOTHING, CORE = "pass", "import authguard_core"
STATEMENTS = (
    CORE,
    "from authguard_core import AsyncGuard",
    "from authguard_core import AsyncGuard, Settings",
    "import limits",
    "import throttled",
    "import pyrate_limiter",
)
HEAVY = {"pydantic", "fastapi", "starlette", "flask", "django", "anyio", "argon2"}


def _run(statement: str) -> tuple[float, set[str]]:
    """Return the seconds that an interpreter lived, and the modules that it had loaded."""
    program = f"{statement}; import sys; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment
    )
    return time.perf_counter() - started, set(run.stdout.split())


def test_importing(report: Report) -> None:
    """What an import adds to a bare interpreter, and that the core's loads no framework."""
    times: dict[str, list[float]] = {statement: [] for statement in (NOTHING, *STATEMENTS)}
    modules: dict[str, set[str]] = {}
    for _ in range(ROUNDS):
        for statement, taken in times.items():
            seconds, modules[statement] = _run(statement)
            taken.append(seconds)
    assert not modules[CORE] & HEAVY
    added = {statement: median_difference(times[statement], times[NOTHING]) * 1e3 for statement in STATEMENTS}
    rows = [
        (
            f"`{statement}`",
            f"{milliseconds:.1f}",
            str(len(modules[statement] - modules[NOTHING])),
            ", ".join(sorted(modules[statement] & HEAVY)) or "none",
        )
        for statement, milliseconds in added.items()
    ]
    head = ("in a fresh interpreter", "ms added", "modules added", "frameworks, pydantic")
    report.add_table("imports", head, rows)
    report.targets.append(Target("`import authguard_core`", 50, "ms", added[CORE]))
