"""What the suite claims: rows of the contract, attacks, and the tests of each."""

import ast
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.acceptance.candidates import EXAMPLES, ROOT
from tests.attack_catalogue import load as load_attacks
from tests.attack_catalogue import named

__all__ = ["Row", "attacks", "claims", "collected", "contract"]

HERE: Final = Path(__file__).parent


class Row(NamedTuple):
    """Something that every adapter must keep."""

    key: str
    subject: str
    """What is asked for, or the name of an attack."""
    holds: str
    tests: Sequence[str]


def contract(path: Path = HERE / "contract.toml") -> list[Row]:
    """Read the rows of the contract."""
    document: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Row(key, row["request"], row["answer"], row["tests"]) for key, row in document.items()]


def attacks() -> list[Row]:
    """Find the attacks that tests of the suite carry in their names."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for case in named():
        if case.file.startswith("tests/acceptance/"):
            for number in case.ids:
                found[number].append(case.name)
    known = load_attacks()
    return [Row(key, known[key].name, known[key].property, found[key]) for key in sorted(found)]


def claims() -> set[str]:
    """Find every test of the suite."""
    return {name for path in HERE.glob("test_*.py") for name in _tests(path)}


def _tests(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def collected() -> Mapping[str, set[str]]:
    """Ask pytest which tests of the suite are run for which of the project's applications."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", str(HERE), "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in ran.stdout.splitlines():
        name, _, parameters = line.rpartition("::")[2].partition("[")
        found[name].update(example for example in EXAMPLES if example in parameters)
    return found
