"""Claims about the acceptance suite itself: others can run it over their own, and it finds faults."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from tests.acceptance.candidates import ROOT
from tests.acceptance.server import environment

THEIRS: Final = '''
"""An application of somebody's own, with a fault if its name says so."""

import argparse

import uvicorn

from examples.starlette_app import create_app


class Forgetful:
    """Tells nobody for how long to wait."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def forgetting(message):
            headers = message.get("headers", [])
            message["headers"] = [pair for pair in headers if pair[0].lower() != b"retry-after"]
            await send(message)

        await self.app(scope, receive, forgetting if scope["type"] == "http" else send)


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
port = parser.parse_args().port
app = create_app(port=port)
uvicorn.run(Forgetful(app) if "forgetful" in __file__ else app, port=port, proxy_headers=False)
'''
CLAIMS: Final = {
    "test_healthz_says_ok_even_to_an_address_that_is_over_every_limit",
    "test_a_person_signs_in",
    "test_a_wrong_password_is_a_401",
    "test_over_the_limit_the_answer_is_429",
    "test_a_reset_changes_the_password_once",
}


def acceptance(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a part of the suite as a third party does, whose application is found in the directory."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "tests/acceptance", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env=environment() | {"PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )


def results(report: Path) -> dict[tuple[str, str], bool]:
    """Whether each application keeps each claim."""
    kept: dict[tuple[str, str], bool] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - it was written just now, by pytest
        claim, _, parameters = case.attrib["name"].partition("[")
        who = "forgetful" if "forgetful" in parameters else "sound"
        kept[who, claim] = kept.get((who, claim), True) and len(case) == 0
    return kept


def test_a_third_party_runs_the_suite_and_exactly_the_row_that_it_lacks_fails(tmp_path: Path) -> None:
    """One application is named by its module and leaves a header out, one by a command and is sound."""
    (tmp_path / "forgetful_shop.py").write_text(THEIRS)
    (tmp_path / "their_shop.py").write_text(THEIRS)
    command = f"'{sys.executable}' '{tmp_path / 'their_shop.py'}' --port {{port}}"
    report = tmp_path / "report.xml"
    ran = acceptance(
        tmp_path,
        *("--example", "forgetful_shop", "--example", command),
        *("-k", " or ".join(CLAIMS), f"--junitxml={report}"),
    )
    kept = results(report)
    assert kept.keys() == {(who, claim) for who in ("forgetful", "sound") for claim in CLAIMS}, ran.stdout
    assert [which for which, holds in kept.items() if not holds] == [
        ("forgetful", "test_over_the_limit_the_answer_is_429")
    ]
    assert ran.returncode == 1
    told = [line.split() for line in ran.stdout.splitlines() if "FAILED  " in line]
    assert told == [["login-refused:", "POST", "/login", "FAILED", "passed"]]


def test_what_starts_nothing_is_refused(tmp_path: Path) -> None:
    """The refusal says what was got, what was expected and what to do."""
    ran = acceptance(tmp_path, "--example", "my server")
    assert ran.returncode == 4
    assert (
        "got 'my server', expected the name of a module, or a command with {port} in it. Write" in ran.stderr
    )


def test_what_the_suite_asks_of_an_application_is_documented() -> None:
    """The guide names every variable that isn't one of the library's own settings."""
    guide = (ROOT / "docs" / "guides" / "write-an-adapter.md").read_text(encoding="utf-8")
    suite = (path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "acceptance").glob("*.py"))
    asked = {name for text in suite for name in re.findall(r"\b(?:DEMO|FORWARDED)_[A-Z0-9_]+\b", text)}
    assert "DEMO_ARGON2" in asked
    assert {name for name in asked if f"`{name}`" not in guide} == set()
