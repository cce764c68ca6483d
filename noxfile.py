"""The project's tasks: ``nox`` runs the tests, ``nox -l`` lists the rest.

Arguments after ``--`` reach the tool: ``nox -s tests-3.12 -- -k proxy``.
``TESTS_REPORTS`` names a directory for JUnit reports, one per session.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")
PACKAGES = [Path(path).name for path in PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
# The running interpreter counts even when nothing finds it by name.
PYTHONS = sorted({"3.11", "3.12", "3.13", "3.14", RUNNING}, key=lambda name: int(name.partition(".")[2]))

nox.needs_version = ">=2025.10.16"
nox.options.sessions = ["tests"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False  # skipped, and said so, even where CI is set
nox.options.download_python = "never"  # only what is on the machine


def run_pytest(session: nox.Session, *args: str) -> None:
    """Run pytest, with a JUnit report where one is asked for."""
    reports = os.environ.get("TESTS_REPORTS")
    junit = [f"--junitxml={ROOT / reports / session.name}.xml"] if reports else []
    session.run("python", "-m", "pytest", *junit, *args)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The whole suite, and everything covered, on the running interpreter; on others what depends on them."""
    session.install("-e", ".[test]")
    whole = ["--cov", "--cov-report=term"]
    # Servers seen from outside, and long searches, find nothing that the other tests wouldn't.
    part = ["--ignore=tests/acceptance", "--ignore=tests/property"]
    chosen = whole if session.python == RUNNING else part
    run_pytest(session, *(session.posargs or ["-n", "2", *chosen]))


@nox.session
def acceptance(session: nox.Session) -> None:
    """The examples, seen from outside; ``-- --install ../theirs --example their_package.app`` another's."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--install", action="append", default=[])
    chosen, others = parser.parse_known_args(session.posargs)
    session.install("-e", ".[test]", *chosen.install)
    run_pytest(session, "-n", "2", "tests/acceptance", *others)


@nox.session(name="property")
def properties(session: nox.Session) -> None:
    """The property tests alone, with many more examples than the default run takes."""
    session.install("-e", ".[test]")
    session.env["HYPOTHESIS_PROFILE"] = "long"
    run_pytest(session, "-n", "2", "-m", "hypothesis", *session.posargs)


@nox.session
def simulate(session: nox.Session) -> None:
    """Thousands of simulated histories, workers and faults chosen by seeds: ``-- 7`` or ``-- 0-100000``."""
    session.install("-e", ".[test]")
    seeds, *more = session.posargs or ["0-2999"]
    session.env["SIMULATION_SEEDS"] = seeds
    run_pytest(session, "-n", "2", "tests/property/test_simulation.py", *more)


@nox.session
def faults(session: nox.Session) -> None:
    """A test of the tests: plant faults in copies of the library, and see that the suite finds each."""
    session.install("-e", ".[test]")
    run_pytest(session, "-n", "2", "tests/faults", *session.posargs)


@nox.session
def own_coverage(session: nox.Session) -> None:
    """Each module must be covered by its own test file alone."""
    session.install("-e", ".[test]")
    session.run("python", "tests/own_coverage.py", *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Change one thing at a time in what counts, names and locates: do the tests notice?"""
    session.install("-e", ".[mutation,test]")
    session.run("python", "-m", "tests.mutation", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Look for bytes that break a reader of what strangers send, 20 s each; --seconds for longer."""
    if sys.platform != "linux":
        session.skip("atheris has wheels for Linux alone")
    session.install("-e", ".[fuzz,test]")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: every rule that pyproject.toml doesn't give a reason against."""
    session.install(*PYPROJECT["project"]["optional-dependencies"]["lint"])
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy and pyright, both strict."""
    session.install("-e", ".[bench,browser,test,types]")
    session.run("mypy", *session.posargs)
    session.run("pyright", "--pythonpath", f"{session.bin}/python")


@nox.session
def imports(session: nox.Session) -> None:
    """Who may import what, see [tool.importlinter]."""
    session.install("-e", ".[examples,lint]")
    session.run("lint-imports", *session.posargs)


@nox.session(reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """Build sdist and wheel, and test the wheel away from the checkout."""
    session.install("build", "check-wheel-contents")
    dist = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist), silent=True)
    (built,) = dist.glob("*.whl")
    session.run("check-wheel-contents", "--config", "pyproject.toml", str(built))
    session.install(f"authguard[test] @ {built.as_uri()}")
    with tempfile.TemporaryDirectory() as away:
        for name in ("pyproject.toml", "tests/conftest.py", "tests/core"):
            copy(ROOT / name, Path(away) / name)
        with session.chdir(away):
            session.run("python", "-I", ROOT / "tests" / "wheel_smoke.py", *PACKAGES)
            run_pytest(session, "-n", "2", "tests/core")


def copy(source: Path, target: Path) -> None:
    """Copy a file or a directory, and make the directories above it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation; a warning is an error."""
    session.install("-e", ".[docs,examples,testing]")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-E", "docs", "docs/_build", *session.posargs)


@nox.session
def attacks(session: nox.Session) -> None:
    """Write docs/attacks.md anew, from the catalogue of attacks and the names of the tests."""
    session.run("python", "tests/attack_catalogue.py", *session.posargs)


@nox.session
def adapters(session: nox.Session) -> None:
    """Write docs/adapters.md anew, from the contract and the tests of the acceptance suite."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.acceptance.page", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks: they print ratios and assert no time. ``-- --write`` puts them into the docs."""
    session.install("-e", ".[bench,test]")
    run_pytest(session, "tests/benchmarks", "-q", "-s", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """The demo's page in a headless Chromium, which must be installed."""
    session.install("-e", ".[browser,test]")
    run_pytest(session, "tests/browser", *session.posargs)


@nox.session
def screenshots(session: nox.Session) -> None:
    """Take the documentation's pictures anew, in a headless Chromium, which must be installed."""
    session.install("-e", ".[browser,test]")
    session.run("python", "-m", "tests.browser.screenshots", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Start the FastAPI example, attack it, print the table, keep serving."""
    session.install("-e", ".[examples]")
    session.run("python", "-m", "examples.demo", *session.posargs)
