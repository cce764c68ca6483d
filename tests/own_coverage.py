"""Fails unless each module of the core is fully covered, branches too, by its own test file alone.

``authguard_core/limits.py`` belongs to ``tests/core/test_limits.py``. An adapter is one subject: its modules
belong to the files in ``tests/adapters`` whose names begin like it (``authguard_asgi``: ``test_asgi*.py``).
Run by ``nox -s own_coverage``; arguments narrow it down: ``nox -s own_coverage -- limits asgi``.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
AT_ONCE = 2


class Subject(NamedTuple):
    """Something to cover, and the test files that must do it alone."""

    name: str
    covered: str
    tests: list[Path]


def subjects() -> Iterator[Subject]:
    """Every module of the core but the re-exporting ``__init__``, and every adapter."""
    for module in sorted((ROOT / "authguard_core").rglob("*.py")):
        name = "_".join(module.relative_to(ROOT / "authguard_core").with_suffix("").parts)
        if module.name != "__init__.py":
            test = ROOT / "tests" / "core" / f"test_{name}.py"
            yield Subject(name, str(module.relative_to(ROOT)), [test] if test.exists() else [])
    for adapter in sorted(ROOT.glob("adapters/authguard_*")):
        name = adapter.name.removeprefix("authguard_")
        tests = sorted((ROOT / "tests" / "adapters").rglob(f"test_{name}*.py"))
        yield Subject(name, f"{adapter.relative_to(ROOT)}/*", tests)


def uncovered(subject: Subject) -> str:
    """What is wrong with the subject's own coverage; empty if nothing is."""
    if not subject.tests:
        return f"{subject.covered}: has no test file of its own"
    with tempfile.TemporaryDirectory() as scratch:
        data = f"--data-file={scratch}/coverage"
        python = [sys.executable, "-m"]
        only = f"--include={subject.covered}"
        pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, subject.tests)]
        run = [*python, "coverage", "run", data, *pytest]
        for command in (run, [*python, "coverage", "report", data, only]):
            done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
            if done.returncode:
                return f"{subject.covered}:\n{done.stdout}{done.stderr}"
    return ""


def main(wanted: list[str]) -> int:
    """Check the wanted subjects, all if none is named, and print what fails."""
    chosen = [subject for subject in subjects() if not wanted or subject.name in wanted]
    if not chosen:
        print(f"got {wanted}, expected names of modules or adapters")
        return 2
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = [report for report in pool.map(uncovered, chosen) if report]
    print(*failures, f"{len(chosen) - len(failures)} of {len(chosen)} covered by their own tests", sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
