"""The core's modules stay pure, and importing authguard stays light.

import-linter checks who imports whom; it can't see what a *new* module of the core may do. Here every module
is pure unless it is named as an exception.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "authguard_core"
FACADES = {"authguard_core", "authguard_core.passwords"}  # re-export pure and impure names alike
IMPURE = {  # modules, or packages with all they hold
    "guard",
    "memory",
    "passwords.__main__",
    "passwords.lists.files",
    "passwords.policy",  # opens the built-in lists, and does nothing else
    "resilience",
    "settings",
    "testing",
}
EFFECTS = {
    "asyncio",
    "concurrent",
    "multiprocessing",
    "os",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "time",
    "uuid",
}
CLOCKS = {"now", "today", "utcnow"}


def module_name(path: Path) -> str:
    """``authguard_core/a.py`` → ``authguard_core.a``; a package's ``__init__`` bears the package's name."""
    parts = path.relative_to(CORE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_impure(name: str) -> bool:
    """Whether the name is that of an impure module of the core, or of something in it."""
    return any(f"{name}.".startswith(f"authguard_core.{impure}.") for impure in IMPURE)


def is_typing_guard(node: ast.AST) -> bool:
    """Whether the node is ``if TYPE_CHECKING:``, whose imports never happen."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker sees."""
    for node in ast.iter_child_nodes(tree):
        if not is_typing_guard(node):
            yield node
            yield from running_nodes(node)


def imported(node: ast.AST) -> Iterator[str]:
    """The names that an import statement brings in, each as ``module`` and ``module.name``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def impurities(source: str) -> list[str]:
    """What the source imports or calls that a pure module may not."""
    nodes = list(running_nodes(ast.parse(source)))
    names = {name for node in nodes for name in imported(node)}
    clocks = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        if "date" in ast.unparse(node.func.value)
    ]
    return sorted(name for name in names if name.partition(".")[0] in EFFECTS or is_impure(name)) + clocks


def pure_modules() -> list[Path]:
    """Every module of the core that isn't named as an exception."""
    named = {path: module_name(path) for path in sorted(CORE.rglob("*.py"))}
    return [path for path, name in named.items() if name not in FACADES and not is_impure(name)]


@pytest.mark.parametrize("path", pure_modules(), ids=module_name)
def test_a_module_of_the_core_is_pure_unless_it_is_named_as_an_exception(path: Path) -> None:
    """No clock, randomness, environment, thread or network: those are arguments."""
    assert impurities(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from os import environ",
        "def f():\n    import secrets",
        "import concurrent.futures",
        "from authguard_core.memory import MemoryStorage",
        "from authguard_core import guard",
        "from authguard_core.guard.anything import name",
        "from authguard_core.passwords.lists import files",
        "import datetime\ndatetime.datetime.now()",
    ],
)
def test_the_purity_check_sees_every_way_in(source: str) -> None:
    """The check above can fail: also on an import inside a function or of an impure module."""
    assert impurities(source)


def test_the_purity_check_ignores_what_only_a_type_checker_reads() -> None:
    """An import under TYPE_CHECKING has no effect at run time, so it is allowed."""
    assert impurities("if TYPE_CHECKING:\n    from authguard_core.guard import Guard") == []


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded because of the statement."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


def test_importing_the_core_loads_nothing_but_the_standard_library() -> None:
    """Neither pydantic nor any framework or driver is loaded by ``import authguard_core``."""
    foreign = {name.partition(".")[0] for name in loaded_by("import authguard_core")}
    assert foreign - {"authguard_core"} <= sys.stdlib_module_names


def test_importing_the_core_loads_few_modules() -> None:
    """The whole import, standard library included, stays below 150 modules and out of asyncio and SSL."""
    loaded = loaded_by("import authguard_core")
    assert len(loaded) < 150, sorted(loaded)
    assert not loaded & {"asyncio", "ssl", "socket"}
