"""Claims about the page of adapters: every adapter keeps every row, and no test can be passed over."""

import re
from collections.abc import Mapping

import pytest

from tests.acceptance.candidates import EXAMPLES, ROOT
from tests.acceptance.page import COMMAND, LACKING, PAGE, page
from tests.acceptance.rows import Row, attacks, claims, collected, contract

CONTRACT, ATTACKS, CLAIMS = contract(), attacks(), claims()
SUITE = ROOT / "tests" / "acceptance"
PASSED_OVER = re.compile(r"\b(?:skip|skipif|xfail|importorskip|deselect\w*)\b")


@pytest.fixture(scope="module")
def run() -> Mapping[str, set[str]]:
    """Which test is run for which application."""
    return collected()


def test_the_page_of_adapters_is_what_the_tests_make_it(run: Mapping[str, set[str]]) -> None:
    """docs/adapters.md is generated, up to date, and no adapter lacks a row in it."""
    current = PAGE.read_text(encoding="utf-8")
    assert current == page(CONTRACT, ATTACKS, run), f"docs/adapters.md is out of date; run: {COMMAND}"
    assert LACKING not in current


def test_every_test_is_run_for_every_application(run: Mapping[str, set[str]]) -> None:
    """None is left out for one of them."""
    assert {name: found for name, found in run.items() if name in CLAIMS and found != set(EXAMPLES)} == {}
    assert run.keys() >= CLAIMS


def test_every_row_has_tests_that_there_are() -> None:
    """Nothing is promised by a row without a claim, or by one that was renamed."""
    assert [row.key for row in CONTRACT if not row.tests] == []
    assert [test for row in CONTRACT for test in row.tests if test not in CLAIMS] == []


def test_every_test_belongs_to_a_row() -> None:
    """Of the contract, or of the attacks."""
    assert CLAIMS - {test for row in [*CONTRACT, *ATTACKS] for test in row.tests} == set()


def test_no_test_of_the_suite_can_be_passed_over() -> None:
    """It can't be skipped or expected to fail, so what is marked has passed."""
    found = {path.name for path in SUITE.glob("*.py") if PASSED_OVER.search(path.read_text(encoding="utf-8"))}
    assert found == set()


def test_every_application_is_put_to_the_test() -> None:
    """Every example that reads on the command line where to listen is among them."""
    listening = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__")
        for path in (ROOT / "examples").rglob("*.py")
        if re.search(r"^from examples.wiring import .*(?:read_port|serve)$", path.read_text(), re.MULTILINE)
    }
    assert listening == set(EXAMPLES)


ROW = Row("login", "`POST /login`", "200", ["test_it", "test_it_too"])


@pytest.mark.parametrize(
    ("run", "lacking"),
    [
        ({"test_it": set(EXAMPLES), "test_it_too": set(EXAMPLES)}, 0),
        ({"test_it": set(EXAMPLES), "test_it_too": set(EXAMPLES[1:])}, 1),
        ({"test_it": set(EXAMPLES), "test_it_too": set()}, len(EXAMPLES)),
    ],
    ids=["kept", "one lacks it", "all lack it"],
)
def test_a_mark_stands_for_every_test_of_its_row(run: Mapping[str, set[str]], lacking: int) -> None:
    """An application for which one of them isn't run lacks the row."""
    text = page([ROW], [], run)
    assert (text.count(f"| {LACKING} "), text.count("| ✓ ")) == (lacking, len(EXAMPLES) - lacking)
