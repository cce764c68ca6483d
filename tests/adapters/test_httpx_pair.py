"""Claims about the two flavours of the look-up: one is the other without ``await``."""

import ast
import re
from pathlib import Path

import pytest

ADAPTER = Path(__file__).parents[2] / "adapters" / "authguard_httpx"
SYNC = (ADAPTER / "sync.py").read_text(encoding="utf-8")
AIO = (ADAPTER / "aio.py").read_text(encoding="utf-8")

NAMES = {
    "AsyncPwnedPasswords": "PwnedPasswords",
    "AsyncConnectionPool": "ConnectionPool",
    "ClosingBackend": "DeadlineBackend",
    "aiter_stream": "iter_stream",
    "aclose": "close",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
}
"""What the asynchronous one calls otherwise."""


class Plain(ast.NodeTransformer):
    """Take away what makes code asynchronous, and docstrings."""

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self.generic_visit(ast.FunctionDef(**dict(ast.iter_fields(node))))

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        return self.generic_visit(ast.With(**dict(ast.iter_fields(node))))

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        return self.generic_visit(ast.For(**dict(ast.iter_fields(node))))

    def visit_Await(self, node: ast.Await) -> ast.AST:
        plain: ast.AST = self.visit(node.value)
        return plain

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        return super().generic_visit(node)


def flavour(source: str) -> str:
    """The class of a flavour as if nobody ever waited."""
    (found,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    text = ast.unparse(ast.fix_missing_locations(Plain().visit(found)))
    for name, plain in NAMES.items():
        text = re.sub(rf"\b{name}\b", plain, text)
    return text


def test_the_flavours_differ_by_nothing_but_await() -> None:
    """Apart from names both classes are the same syntax tree."""
    assert flavour(SYNC) == flavour(AIO)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("if question is None:", "if question is not None:"),
        ("except Exception", "except OSError"),
        ("raise bare(error) from None", "raise"),
        ("with silenced(), in_time(", "with in_time("),
        ("reading.begin(answer.status, answer.headers)", "pass"),
        ("max_keepalive_connections=0", "max_keepalive_connections=1"),
        ("        self._cache.clear()\n", ""),
    ],
)
def test_a_difference_is_noticed(mine: str, theirs: str) -> None:
    """The comparison can fail: by a condition, a statement, an argument."""
    assert mine in AIO
    assert flavour(SYNC) != flavour(AIO.replace(mine, theirs))
