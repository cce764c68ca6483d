"""Writes ``docs/attacks.md`` from the attack catalogue and from the names of the tests.

What an attack is, and what must hold, says ``tests/attacks/catalogue/*.toml``, a file for each class. Where
it is tested is found in the tests themselves: one that covers A19 and A20 is named ``test_a19_a20_...``.
Run by ``nox -s attacks``; ``tests/architecture/test_attack_catalogue.py`` fails when the page is out of date.
"""

import ast
import html
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["COMMAND", "PAGE", "Attack", "Case", "covering", "load", "named", "page"]

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "tests" / "attacks" / "catalogue"
PAGE = ROOT / "docs" / "attacks.md"
COMMAND = "python tests/attack_catalogue.py"

_IDS = re.compile(r"test((?:_a\d\d)+)_")
_ADVISORY = re.compile(r"CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}")

_HEAD = """\
# Attacks

What authguard is attacked with in its own tests. Each attack has an id, which the tests that cover it carry
in their names, and this page is made from those names: an attack without a test is at the end, not here.
*Holds* says what must be true. *Precedents* are public cases of the attack, and the standards that ask for
protection from it. Who attacks, and what is left to him, says the [threat model](threat-model.md).
"""


class Attack(NamedTuple):
    """One attack, as the catalogue describes it."""

    id: str
    kind: str
    """The title of its class."""
    name: str
    attack: str
    property: str
    precedents: Sequence[str]
    required: bool
    """Whether it must have a test by now."""
    open: str
    """What of it isn't covered yet."""


class Case(NamedTuple):
    """A test that carries the ids of attacks."""

    file: str
    name: str
    ids: Sequence[str]


def load(directory: Path = CATALOGUE) -> dict[str, Attack]:
    """Read the catalogue, in the order of the ids."""
    attacks = [attack for path in directory.glob("*.toml") for attack in _attacks(path)]
    return {attack.id: attack for attack in sorted(attacks)}


def _attacks(path: Path) -> Iterator[Attack]:
    document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    kind: str = document.pop("title")
    for number, entry in document.items():
        fields: dict[str, Any] = {"required": False, "open": "", **entry}
        yield Attack(number, kind, **fields)


def named(root: Path = ROOT) -> list[Case]:
    """Find every test whose name carries ids, in the order of files and lines."""
    return [case for path in sorted((root / "tests").rglob("test_*.py")) for case in _cases(path, root)]


def _cases(path: Path, root: Path) -> Iterator[Case]:
    file = path.relative_to(root).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found = _IDS.match(node.name) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
        if found:
            yield Case(file, found.string, found[1].upper().removeprefix("_").split("_"))


def covering(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Return the tests of each attack that has any."""
    found: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for number in dict.fromkeys(case.ids):
            found[number].append(case)
    return dict(found)


def page(attacks: Mapping[str, Attack], tests: Mapping[str, Sequence[Case]]) -> str:
    """Write the page."""
    covered = [attack for attack in attacks.values() if attack.id in tests]
    lines = [_HEAD]
    kind = ""
    for attack in covered:
        if attack.kind != kind:
            kind = attack.kind
            lines += [f"## {kind}", ""]
        lines += [*_covered(attack, tests[attack.id]), ""]
    lines += ["## Not covered yet", "", "Known, and without a test of their own:", ""]
    lines += [f"- {attack.id} {attack.name}" for attack in attacks.values() if attack.id not in tests]
    lines += [f"- {attack.id} in part: {attack.open}" for attack in covered if attack.open]
    return "\n".join([*lines, ""])


def _covered(attack: Attack, cases: Sequence[Case]) -> list[str]:
    told = [f"**{attack.name}.** {attack.attack}", f"*Holds:* {attack.property}"]
    if attack.precedents:
        told.append(f"*Precedents:* {'; '.join(map(_linked, attack.precedents))}.")
    if attack.open:
        told.append(f"*Not covered yet:* {attack.open}.")
    return [f"### {attack.id}", "<br>".join(told), _tested(cases)]


def _linked(precedent: str) -> str:
    return _ADVISORY.sub(lambda found: f"[{found[0]}]({_address(found[0])})", precedent)


def _address(advisory: str) -> str:
    """Return where the advisory of an id is published."""
    if advisory.startswith("GHSA"):
        return f"https://github.com/advisories/{advisory}"
    return f"https://nvd.nist.gov/vuln/detail/{advisory}"


def _tested(cases: Sequence[Case]) -> str:
    """List the tests by file, folded: some attacks have dozens."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        files[case.file].append(_item(case.name))
    listed = "".join(_item(file, f"<ul>{''.join(found)}</ul>") for file, found in files.items())
    summary = f"{_number(len(cases), 'test')} in {_number(len(files), 'file')}"
    return f"<details><summary>{summary}</summary><ul>{listed}</ul></details>"


def _item(code: str, below: str = "") -> str:
    return f"<li><small><code>{html.escape(code)}</code></small>{below}</li>"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def main() -> int:
    """Write the page anew."""
    PAGE.write_text(page(load(), covering(named())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
