"""Claims about the two flavours of each step: one is the other without ``await``."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ADAPTER = Path(__file__).parents[2] / "adapters" / "authguard_django"
PAIRS = [
    ("backends", "authenticate", "aauthenticate"),
    ("bodies", "read_fields", "aread_fields"),
    ("contexts", "__enter__", "__aenter__"),
    ("contexts", "__exit__", "__aexit__"),
    ("guards", "reset_named", "reset_named"),
    ("guards", "_find", "_find"),
    ("decorators", "_around_sync", "_around_async"),
    ("resets", "reset_completed", "areset_completed"),
    ("settling", "settle", "asettle"),
    ("settling", "finish", "afinish"),
]
"""Where the flavours differ by more (who has no awaitable flavour, where a page is made), tests show both."""
NAMES = {
    "AsyncGuard": "Guard",
    "_aask": "_ask",
    "afind": "find",
    "aguard": "guard",
    "asettle": "settle",
    **{asynchronous: plain for _, plain, asynchronous in PAIRS},
}


class Plain(ast.NodeTransformer):
    """Take away what makes code asynchronous, and docstrings."""

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self.generic_visit(ast.FunctionDef(**dict(ast.iter_fields(node))))

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        return self.generic_visit(ast.With(**dict(ast.iter_fields(node))))

    def visit_Await(self, node: ast.Await) -> ast.AST:
        plain: ast.AST = self.visit(node.value)
        return plain

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        return super().generic_visit(node)


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module."""
    nodes = ast.walk(ast.parse(source))
    yield from (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def flavour(source: str, name: str, *, is_async: bool) -> str:
    """A function as if nobody ever waited."""
    named = [node for node in functions(source) if node.name == name]
    found = named[-1] if is_async else named[0]  # of two classes the plain one comes first
    text = ast.unparse(ast.fix_missing_locations(Plain().visit(found)))
    for asynchronous, plain in NAMES.items():
        text = re.sub(rf"\b{asynchronous}\b", plain, text)
    return text


@pytest.mark.parametrize(("module", "plain", "asynchronous"), PAIRS)
def test_the_flavours_differ_by_nothing_but_await(module: str, plain: str, asynchronous: str) -> None:
    """Apart from names both are the same syntax tree."""
    source = (ADAPTER / f"{module}.py").read_text(encoding="utf-8")
    assert flavour(source, plain, is_async=False) == flavour(source, asynchronous, is_async=True)


def test_a_difference_is_noticed() -> None:
    """The comparison can fail."""
    source = (ADAPTER / "backends.py").read_text(encoding="utf-8")
    changed = source.replace("await asettle(runtime.aguard, ticket, Outcome.FAILURE)", "pass")
    assert changed != source
    plain = flavour(changed, "authenticate", is_async=False)
    assert plain != flavour(changed, "aauthenticate", is_async=True)
