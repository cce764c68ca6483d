"""Guard and AsyncGuard are one piece of code: they differ by ``await`` and by what is named here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SHELLS = Path(__file__).parents[2] / "authguard_core" / "guard"
SYNC = (SHELLS / "sync.py").read_text(encoding="utf-8")
AIO = (SHELLS / "aio.py").read_text(encoding="utf-8")

SHELL = "from authguard_core.guard.shell import"
IN_TIME = "self._resolve = None if resolve is None else in_time(resolve, seconds)"
DIFFERENCES = [
    (
        [f"{SHELL} Resolve, Shell, account_of, blocking, nonce, subject_of, unresolved"],
        [f"{SHELL} AsyncResolve, Resolve, Shell, account_of, in_time, nonce, subject_of, unresolved"],
    ),
    (
        ["resolve: Resolve | None=None"],
        ["resolve: Resolve | AsyncResolve | None=None"],
    ),
    (
        ["self._resolve = None if resolve is None else blocking('resolve', resolve)"],
        ["seconds = self.settings.resolve_timeout_seconds", IN_TIME],
    ),
    (
        ["return plugins.hasher() if self._hasher is None else self._hasher"],
        ["return (plugins.hasher() if self._hasher is None else self._hasher).aio"],
    ),
]
"""What the synchronous one says, and what the asynchronous one says in its stead."""

NAMES = {
    "AsyncGuard": "Guard",
    "AsyncStorage": "Storage",
    "AsyncHasher": "Hasher",
    "AsyncResilientStorage": "ResilientStorage",
    "aclose": "close",
    "open_async_storage": "open_storage",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Plain(ast.NodeTransformer):
    """Take away what makes code asynchronous, and docstrings."""

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self.generic_visit(ast.FunctionDef(**dict(ast.iter_fields(node))))

    def visit_Await(self, node: ast.Await) -> ast.AST:
        plain: ast.AST = self.visit(node.value)
        return plain

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:]
        return super().generic_visit(node)


def plain_lines(source: str) -> list[str]:
    """The statements of a shell, a line each, parameters too, as if nobody ever waited."""
    text = ast.unparse(ast.fix_missing_locations(Plain().visit(ast.parse(source))))
    for name, plain in NAMES.items():
        text = re.sub(rf"\b{name}\b", plain, text)
    return [part for line in text.splitlines() for part in re.split(r", (?=\w+: )", line)]


def place(lines: list[str], part: list[str]) -> int:
    """Where the lines stand among others, whatever their indentation; they must be there once."""
    bare = [line.strip() for line in lines]
    found = [index for index in range(len(bare)) if bare[index : index + len(part)] == part]
    assert len(found) == 1, part
    return found[0]


def differ(sync: str, aio: str) -> bool:
    """Whether the shells differ by more than is named."""
    one, other = plain_lines(sync), plain_lines(aio)
    for number, (mine, theirs) in enumerate(DIFFERENCES):
        for lines, part in ((one, mine), (other, theirs)):
            start = place(lines, part)
            lines[start : start + len(part)] = [f"difference {number}"]
    return one != other


def test_the_shells_differ_by_nothing_but_await() -> None:
    """Apart from the named differences of their constructors both are the same syntax tree."""
    assert not differ(SYNC, AIO)


def changed(source: str) -> Iterator[tuple[str, str]]:
    """The shell with a statement more, at the start and at the end of each function and class in turn."""
    bodies = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef | Function)]
    for number, body in enumerate(bodies):
        for where in ("start", "end"):
            tree = ast.parse(source)
            node = [one for one in ast.walk(tree) if isinstance(one, ast.ClassDef | Function)][number]
            at = (ast.get_docstring(node) is not None) if where == "start" else len(node.body)
            node.body.insert(at, ast.parse("added()").body[0])
            yield f"{where} of {body.name}", ast.unparse(tree)


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in changed(SYNC)])
def test_a_statement_in_the_synchronous_one_only_is_noticed(source: str) -> None:
    """The comparison can fail: wherever the statement is put."""
    assert differ(source, AIO)


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in changed(AIO)])
def test_a_statement_in_the_asynchronous_one_only_is_noticed(source: str) -> None:
    """And on whichever side."""
    assert differ(SYNC, source)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("remember: bool = True", "remember: bool = False"),
        ("if found is None:", "if found is not None:"),
        ("except StorageError as error:", "except OSError as error:"),
        ("raise found", "return found"),
        ("now=self._clock(), nonce=nonce()", "now=0, nonce=nonce()"),
    ],
)
def test_another_default_condition_or_argument_is_noticed(mine: str, theirs: str) -> None:
    """It isn't only statements that are compared."""
    assert mine in AIO
    assert differ(SYNC, AIO.replace(mine, theirs))


def test_every_method_that_can_wait_does() -> None:
    """The asynchronous guard awaits each call of its own waiting methods: none is left hanging."""
    tree = ast.parse(AIO)
    waiting = {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)} | {"execute"}
    awaited = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Await)}
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in waiting
    ]

    assert calls
    assert [ast.unparse(call) for call in calls if id(call) not in awaited] == []
