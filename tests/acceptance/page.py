"""Writes ``docs/adapters.md``: which adapter keeps which row.

The rows of the contract and their tests are declared in ``contract.toml``, attacks are found by the names of
tests. Run by ``nox -s adapters``; ``tests/architecture/test_acceptance_rows.py`` fails when the page is out
of date, or a mark is missing.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.acceptance.candidates import EXAMPLES, ROOT, candidate
from tests.acceptance.deployments import Deployment, deployments
from tests.acceptance.rows import Row, attacks, collected, contract

__all__ = ["COMMAND", "LACKING", "PAGE", "page"]

PAGE: Final = ROOT / "docs" / "adapters.md"
COMMAND: Final = "python -m tests.acceptance.page"

COLUMNS: Final = dict(zip(EXAMPLES, ("FastAPI", "Starlette", "Flask", "Django"), strict=True))
KEPT, LACKING = "✓", "lacking"

HEAD: Final = """\
# What the adapters keep

Every adapter has a complete application in `examples/`, and all of them keep one HTTP contract. They are put
to the test from outside: each runs in a process of its own, as its users start it, and is spoken with over
HTTP. FastAPI stands for `authguard_fastapi`, Starlette for `authguard_asgi` alone, Flask for
`authguard_flask`, Django for `authguard_django`.

A mark says that every test of the row is run for that application. What is run has to pass: no test of the
suite can be skipped or expected to fail. So an adapter that lacks a row fails the build. What one framework
alone does, Django's admin say, is claimed in `tests/adapters/` and `tests/examples/`.

[Run the suite over an application of your own.](guides/write-an-adapter.md#run-the-acceptance-suite)

## The contract
"""
ATTACKS: Final = """
## Attacks

Those that can be seen from outside. What is done, what must hold, and where else it is tested, says the
[catalogue](attacks.md).
"""
SERVED: Final = """
## Servers

`python -m examples.…` runs uvicorn or Werkzeug. The last row of the contract is run behind these too:
"""


def page(rows: Sequence[Row], attacked: Sequence[Row], run: Mapping[str, set[str]]) -> str:
    """Write the page.

    Args:
        rows: The contract's.
        attacked: The attacks.
        run: The applications that each test is run for.

    """
    contracted = [(f"{row.subject} | {row.holds}", row) for row in rows]
    known = [(f"[{row.key}](attacks.md#{row.key.lower()}) | {row.subject}", row) for row in attacked]
    servers = [f"- {title}: {_served(example)}" for example, title in COLUMNS.items()]
    lines = [
        *(HEAD, *_table("request | answer", contracted, run)),
        *(ATTACKS, *_table("id | attack", known, run)),
        *(SERVED, *servers),
    ]
    return "\n".join([*lines, ""])


def _table(title: str, rows: Sequence[tuple[str, Row]], run: Mapping[str, set[str]]) -> Iterator[str]:
    yield f"| {title} | {' | '.join(COLUMNS.values())} | tests |"
    yield f"|---|---|{':-:|' * len(COLUMNS)}---|"
    for shown, row in rows:
        marks = [_mark(row, example, run) for example in COLUMNS]
        yield f"| {shown} | {' | '.join(marks)} | {_listed(row.tests)} |"


def _mark(row: Row, example: str, run: Mapping[str, set[str]]) -> str:
    return KEPT if all(example in run[test] for test in row.tests) else LACKING


def _listed(tests: Sequence[str]) -> str:
    """List the tests, folded."""
    names = "".join(f"<li><small><code>{test}</code></small></li>" for test in tests)
    return f"<details><summary>{len(tests)}</summary><ul>{names}</ul></details>"


def _served(example: str) -> str:
    return ", ".join(map(_described, deployments([candidate(example)])))


def _described(deployment: Deployment) -> str:
    return f"{deployment.server} with {_number(deployment.store.workers, 'worker')} on `{deployment.store.name}://`"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def main() -> int:
    """Write the page anew."""
    PAGE.write_text(page(contract(), attacks(), collected()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
