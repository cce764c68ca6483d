"""Plant a fault in a copy of the project, run tests there, and read what they found."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from tests.faults.table import Edit

__all__ = ["Verdict", "copy_project", "plant", "run"]

ROOT = Path(__file__).parents[2]
COPIED = ("authguard_core", "adapters", "tests", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "faults", "browser", "benchmarks", ".*")
SEEDS = "0-59"
PATIENCE = 300
"""Seconds."""
NOT_THE_COPY = 99

# Loaded by the pytest that runs in the copy: an installed or original authguard would find no fault.
WITNESS = f'''
import sys
from pathlib import Path

from hypothesis import Phase, settings

HERE = Path(__file__).parent


def pytest_configure():
    """Any counterexample is enough: the smallest isn't looked for."""
    settings.register_profile("hasty", settings(), phases=[Phase.explicit, Phase.generate])
    settings.load_profile("hasty")


def pytest_sessionfinish(session):
    """Give up unless all of authguard came from this directory."""
    files = {{name: module.__file__ for name, module in sys.modules.items() if name.startswith("authguard_")}}
    foreign = [name for name, file in files.items() if file and not Path(file).is_relative_to(HERE)]
    if foreign or not files:
        session.exitstatus = {NOT_THE_COPY}
'''


class Verdict(NamedTuple):
    """What a run of pytest said."""

    status: int
    """Pytest's exit code: 0 all passed, 1 some failed."""
    passed: int
    failed: int
    """How many claims were found wrong."""
    broken: int
    """How many tests could not be run, or stopped at something else than a claim."""
    output: str


def copy_project(target: Path) -> None:
    """Copy what the tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=LEFT_OUT)
        else:
            shutil.copy(source, target / name)


def plant(root: Path, edits: Iterable[Edit]) -> None:
    """Apply the edits to a copy.

    Raises:
        AssertionError: a text isn't there exactly once, so nobody knows what the edit would do.

    """
    for path, text, replacement in edits:
        source = (root / path).read_text(encoding="utf-8")
        found = source.count(text)
        assert found == 1, (
            f"{path}: found {found} times, expected once:\n{text}\nPoint the edit at its new place."
        )
        (root / path).write_text(source.replace(text, replacement), encoding="utf-8")


def run(root: Path, file: str) -> Verdict:
    """Run a test file, or one test, in a copy, with the copy first on the path, until it has found enough.

    Raises:
        AssertionError: another authguard than the copy's was imported.
        TimeoutExpired: it went on for minutes, which proves nothing.

    """
    report = root / "report.xml"
    (root / "faults_witness.py").write_text(WITNESS, encoding="utf-8")
    plugins = ["-p", "faults_witness", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "--maxfail=3", *plugins, f"--junitxml={report}", file],
        cwd=root,
        env=_environment(root),
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    output = done.stdout + done.stderr
    assert done.returncode != NOT_THE_COPY, "another authguard than the copy's was tested"
    # The report is this very run's own.
    cases = list(ET.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314
    judged = Counter(_judged(case) for case in cases)
    return Verdict(done.returncode, judged["passed"], judged["failed"], judged["broken"], output)


def _environment(root: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    path = os.pathsep.join([str(root), str(root / "adapters")])
    # The same examples each time, so that a fault is found each time.
    return {**own, "PYTHONPATH": path, "SIMULATION_SEEDS": SEEDS, "HYPOTHESIS_PROFILE": "ci"}


def _judged(case: ET.Element) -> str:
    """Say what a test is worth: an import or a name that is missing proves nothing, only a claim does."""
    failure = case.find("failure")
    if failure is None:
        return "passed" if case.find("error") is None else "broken"
    message = failure.get("message", "")
    return (
        "failed" if message.startswith(("assert ", "AssertionError", "Failed: DID NOT RAISE")) else "broken"
    )
