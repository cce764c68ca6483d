"""Changes what mutmut leaves alone: constants, tables, enum values and decorated functions.

mutmut changes functions only, and no decorated ones. But a wrong limit in a table is as bad as a wrong
comparison in a function: so every number there is raised by one, every text altered, every comparison turned
round and every truth reversed, one at a time, and the module's tests must notice.
"""

import ast
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutation.engine import Mutant, Result, run_tests, sample
from tests.mutation.subjects import Subject

__all__ = ["Edit", "edits", "mutate_tables"]

_BY_MUTMUT: Final = frozenset({"classmethod", "staticmethod"})
"""The decorators of functions that mutmut changes."""
_TURNED: Final[dict[type[ast.cmpop], ast.cmpop]] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
}


class Edit(NamedTuple):
    """A mutant and the whole source with it."""

    mutant: Mutant
    source: str


def edits(source: str) -> Iterator[Edit]:
    """Yield every mutant of what is outside plain functions."""
    for where, node in _outside(ast.parse(source).body, ""):
        new = _changed(node)
        if new is not None:
            yield _edit(source, where, node, new)


def _outside(body: list[ast.stmt], inside: str) -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        match statement:
            case ast.ClassDef():
                yield from _outside(statement.body, statement.name)
            case ast.FunctionDef() if _is_decorated(statement):
                for inner in statement.body[_has_docstring(statement) :]:
                    yield from _expressions(statement.name, inner)
            case ast.Assign() | ast.AnnAssign() if statement.value and "__all__" not in ast.dump(statement):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                name = ast.unparse(targets[0])
                yield from _expressions(f"{inside}.{name}" if inside else name, statement.value)
            case _:
                pass


def _is_decorated(function: ast.FunctionDef) -> bool:
    return any(not (isinstance(one, ast.Name) and one.id in _BY_MUTMUT) for one in function.decorator_list)


def _has_docstring(function: ast.FunctionDef) -> bool:
    return ast.get_docstring(function) is not None


def _expressions(where: str, root: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(root):
        if isinstance(node, ast.Constant | ast.Compare):
            yield where, node


def _changed(node: ast.expr) -> str | None:
    """Return the expression's text when it is changed, or None where nothing is done to it."""
    match node:
        case ast.Constant(value=bool() as truth):
            return str(not truth)
        case ast.Constant(value=int() as number):
            return str(number + 1)
        case ast.Constant(value=str() as text):
            return repr(f"XX{text}XX")
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return ast.unparse(ast.Compare(left, [_TURNED[type(operator)]], [right]))
        case _:
            return None


def _edit(source: str, where: str, node: ast.expr, new: str) -> Edit:
    """Put the new text where the expression is. The offsets are bytes of UTF-8."""
    lines = source.encode().splitlines(keepends=True)
    end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    before, after = lines[node.lineno - 1][: node.col_offset], lines[end_line - 1][end:]
    old = b"".join(lines[node.lineno - 1 : end_line]).decode()
    changed = before + new.encode() + after
    whole = b"".join([*lines[: node.lineno - 1], changed, *lines[end_line:]]).decode()
    return Edit(Mutant(where, f"{' '.join(old.split())} => {' '.join(changed.decode().split())}"), whole)


def mutate_tables(subject: Subject, tree: Path, most: int | None) -> Result:
    """Test the mutants of what mutmut leaves alone, or so many of them."""
    module, noted = tree / subject.module, tree / "tables.json"
    original = module.read_text(encoding="utf-8")
    verdicts: dict[str, bool] = json.loads(noted.read_text(encoding="utf-8")) if noted.exists() else {}
    mutants = sample(list(edits(original)), most)
    try:
        for mutant, source in mutants:
            if str(mutant) not in verdicts:
                module.write_text(source, encoding="utf-8")
                verdicts[str(mutant)] = _passes(subject, tree)
                noted.write_text(json.dumps(verdicts), encoding="utf-8")
    finally:
        module.write_text(original, encoding="utf-8")
    return Result(len(mutants), tuple(mutant for mutant, _ in mutants if verdicts[str(mutant)]))


def _passes(subject: Subject, tree: Path) -> bool:
    """Whether the tests pass as the tree is now. Ones that never end have noticed something."""
    try:
        return run_tests(subject, tree).returncode == 0
    except subprocess.TimeoutExpired:
        return False
