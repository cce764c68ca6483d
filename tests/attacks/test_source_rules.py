"""Rules over the source itself, for what no run can show. Each is tried out on a planted offence first."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES, PROGRAMS = ("authguard_core/**/*.py", "adapters/**/*.py"), ("examples/**/*.py",)
TOOLS = ("authguard_core/testing", "examples/attack")
"""What tests and attacks, and serves nobody."""

SECRETS = frozenset(
    {"signature", "digest", "token", "mac", "secret", "password", "hash", "hashed", "cookie", "otp"}
)
BACKTRACKING = ("re", "regex", "fnmatch", "sre_compile")
PREDICTABLE = ("random",)


def sources(*patterns: str) -> list[Path]:
    """The files of these patterns, without the tools."""
    found = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    return [
        path
        for path in found
        if not path.is_relative_to(ROOT / TOOLS[0]) and not path.is_relative_to(ROOT / TOOLS[1])
    ]


LIBRARY, EVERYTHING = sources(*PACKAGES), sources(*PACKAGES, *PROGRAMS)


def compared_secrets(tree: ast.AST) -> Iterator[ast.AST]:
    """Comparisons by ``==``, ``!=`` or ``match`` of anything that is called like a secret."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            sides = [node.left, *node.comparators]
            if any(names_a_secret(side) for side in sides) and not any(map(is_spelled_out, sides)):
                yield node
        elif isinstance(node, ast.Match) and names_a_secret(node.subject):
            yield from (case for case in node.cases if isinstance(case.pattern, ast.MatchValue))


def names_a_secret(node: ast.expr) -> bool:
    """Whether an expression's last name is a secret's: ``self.token``, ``row["digest"]``, ``hash_of(x)``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return not SECRETS.isdisjoint(name.lower().split("_"))
        case ast.Call(func=inner) | ast.Subscript(slice=ast.Constant() as inner):
            return names_a_secret(inner)
        case ast.Subscript(value=inner) | ast.Await(value=inner):
            return names_a_secret(inner)
        case _:
            return False


def is_spelled_out(node: ast.expr) -> bool:
    """Whether it is the empty text or None, whose comparison tells no byte of a secret."""
    return isinstance(node, ast.Constant) and node.value in {"", b"", None}


def imported(*names: str) -> Callable[[ast.AST], Iterator[ast.AST]]:
    """Imports of any of these modules."""

    def imports(tree: ast.AST) -> Iterator[ast.AST]:
        for node in ast.walk(tree):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(module.partition(".")[0] in names for module in modules):
                yield node

    return imports


def sleeps(tree: ast.AST) -> Iterator[ast.AST]:
    """Anything that is called ``sleep``, ``sleep_until``, ``sleep_forever``, or imported so."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if "sleep" in name:
                yield node
            case _:
                pass


RULES: dict[str, tuple[Callable[[ast.AST], Iterator[ast.AST]], list[Path], list[str]]] = {
    "a77 comparisons of secrets": (
        compared_secrets,
        EVERYTHING,
        [
            "a.token == b",
            "b != signature",
            'row["digest"] == x',
            "x == hash_of(y)",
            "match token:\n case 'a': 0",
        ],
    ),
    "a74 patterns that backtrack": (
        imported(*BACKTRACKING),
        LIBRARY,
        ["import re", "from re import compile", "import regex.x"],
    ),
    "a42 waiting in a worker": (
        sleeps,
        LIBRARY,
        ["time.sleep(1)", "await anyio.sleep(1)", "from asyncio import sleep"],
    ),
    "a79 predictable randomness": (imported(*PREDICTABLE), EVERYTHING, ["import random"]),
}


def offences(rule: str) -> list[str]:
    """Where a rule is broken."""
    find, files, _ = RULES[rule]
    return [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} {ast.unparse(node)}"
        for path in files
        for node in find(ast.parse(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_finds_what_it_forbids(rule: str) -> None:
    """A planted offence of each kind is found, so an empty list means something."""
    find, files, planted = RULES[rule]
    assert files
    assert [source for source in planted if not [*find(ast.parse(source))]] == []
    assert [*find(ast.parse("a == b\nimport secrets\nnow = clock()\nif not token: pass"))] == []


def test_a77_secrets_are_compared_in_constant_time_only() -> None:
    """No ``==``, ``!=`` or ``match`` compares what is called signature, digest, token, secret or the like."""
    assert offences("a77 comparisons of secrets") == []


def test_a74_no_pattern_can_backtrack() -> None:
    """The library imports no regular expressions at all."""
    assert offences("a74 patterns that backtrack") == []


def test_a42_nothing_in_the_library_sleeps() -> None:
    """No delay is ever slept in a worker: the library calls nothing named sleep."""
    assert offences("a42 waiting in a worker") == []


def test_a79_randomness_is_the_systems() -> None:
    """Neither the library nor its examples import the predictable generator."""
    assert offences("a79 predictable randomness") == []
