"""What the installed version of another library offers, read from its source: nothing of it is imported."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

__all__ = ["arguments", "commands", "constants", "functions", "signals"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def home(package: str) -> Path:
    """Return the directory of an installed package."""
    spec = find_spec(package)
    assert spec is not None, f"{package} isn't installed: pip install -e '.[test]'"
    assert spec.origin is not None
    return Path(spec.origin).parent


@cache
def tree(package: str, module: str) -> ast.Module:
    """Return the syntax of one of a package's modules."""
    return ast.parse((home(package) / module).read_text(encoding="utf-8"))


def constants(package: str, pattern: str) -> set[str]:
    """Return the names that a package reads or writes, its own tests and their settings left out."""
    modules = [path.relative_to(home(package)) for path in home(package).rglob("*.py")]
    own = [str(module) for module in modules if not re.search(r"tests|_settings", str(module))]
    spelled = {word for module in own for word in _spelled(tree(package, module))}
    return {word for word in spelled if re.fullmatch(pattern, word)}


def _spelled(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def commands(package: str) -> set[str]:
    """Return the commands that a package adds to manage.py."""
    return {path.stem for path in home(package).glob("management/commands/[a-z]*.py")}


def signals(package: str) -> set[str]:
    """Return the signals that a package sends."""
    made = [node for node in tree(package, "signals.py").body if isinstance(node, ast.Assign)]
    return {ast.unparse(node.targets[0]) for node in made if ast.unparse(node.value).startswith("Signal(")}


def functions(package: str, module: str, *, within: str | None = None) -> set[str]:
    """Return the public functions of a module, or the public methods of a class in it."""
    return {node.name for node in _functions(package, module, within) if not node.name.startswith("_")}


def arguments(package: str, module: str, name: str, *, within: str | None = None) -> set[str]:
    """Return what a function, or a method, is given."""
    (found,) = [node for node in _functions(package, module, within) if node.name == name]
    given = [*found.args.posonlyargs, *found.args.args, *found.args.kwonlyargs]
    return {argument.arg for argument in given} - {"self"}


def _functions(package: str, module: str, within: str | None) -> Iterator[Function]:
    body = tree(package, module).body
    if within is not None:
        (body,) = [node.body for node in body if isinstance(node, ast.ClassDef) and node.name == within]
    yield from (node for node in body if isinstance(node, Function))
