"""Claims about the project itself: what its files hold and what it packs."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WHEEL = [Path(path) for path in PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
NAMES = {path.name for path in WHEEL}

TEXT = {
    ".cfg",
    ".css",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".md",
    ".py",
    ".pyi",
    ".sh",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
}
GENERATED = {"__pycache__", "_build", "build", "dist"}
MAX_LINES = 400


def any_of(*pieces: tuple[str, str]) -> re.Pattern[str]:
    """A pattern for any of the words, each given in two pieces so that this file passes its own tests."""
    return re.compile("|".join("".join(word) for word in pieces))


MACHINE_PATH = any_of(
    (r"(?<![\w.:/-])/ro", r"ot\b"),
    (r"(?<![\w.:/-])/ho", r"me/\w"),
    (r"(?<![\w.:/-])/Us", r"ers/\w"),
    (r"(?<![\w.:/-])/wo", r"rk\b"),
)
REGISTRY_HOST = any_of(("py", r"pi\.org"), ("python", r"hosted\.org"), ("npm", r"js\.(?:com|org)"))
SHORTCUT = any_of(
    ("pragma: ", "no (?:branch|cover)"),
    ("type: ", r"ignore(?!\[)"),
    ("pyright: ", r"ignore(?!\[)"),
    ("TO", "DO"),
    ("FIX", "ME"),
)


def text_files() -> Iterator[Path]:
    """Every text file of the project, hidden directories but for the CI's left out."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".github"} for part in parts[:-1])
        if hidden or GENERATED.intersection(parts) or not path.is_file():
            continue
        if path.suffix in TEXT or path.parent.name == ".ci":
            yield path


def hits(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs, as ``file:line``."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_is_too_long_to_read() -> None:
    """A file holds one subject, in at most 400 lines; the changelog alone may grow."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in text_files()}
    too_long = {str(path): lines for path, lines in lengths.items() if lines > MAX_LINES}
    assert too_long.keys() <= {str(ROOT / "CHANGELOG.md")}


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    """No home directory or working directory of anybody is named."""
    assert hits(MACHINE_PATH) == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the installer's setting, not the project's."""
    assert hits(REGISTRY_HOST) == []


def test_nothing_is_waved_through() -> None:
    """No coverage exemption, no blanket ignore, no left-over note."""
    assert hits(SHORTCUT) == []


def test_every_test_states_its_claim() -> None:
    """The docstring of a test is its claim, so none is without."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if ast.get_docstring(node) is None
    ]
    assert silent == []


def test_every_adapter_is_packed() -> None:
    """The wheel holds the core and each directory below adapters/, nothing else."""
    adapters = {path.name for path in (ROOT / "adapters").iterdir() if path.name.startswith("authguard_")}
    assert {"authguard_core", *adapters} == NAMES


@pytest.mark.parametrize(
    "listed",
    [
        PYPROJECT["tool"]["check-wheel-contents"]["toplevel"],
        PYPROJECT["tool"]["coverage"]["run"]["source_pkgs"],
        PYPROJECT["tool"]["importlinter"]["root_packages"],
        PYPROJECT["tool"]["ruff"]["lint"]["isort"]["known-first-party"],
    ],
    ids=["wheel check", "coverage", "import contracts", "import order"],
)
def test_every_tool_knows_every_package(listed: list[str]) -> None:
    """A new adapter can't escape a check by missing from its list."""
    assert set(listed) - {"examples"} == NAMES


@pytest.mark.parametrize("package", WHEEL, ids=lambda path: path.name)
def test_every_package_tells_type_checkers_that_it_is_typed(package: Path) -> None:
    """PEP 561: without py.typed a user's type checker ignores the annotations."""
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("package", WHEEL, ids=lambda path: path.name)
def test_every_package_has_a_reference_page(package: Path) -> None:
    """What is packed is documented: a page of docs/reference describes it."""
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "reference").glob("*.md")]
    assert any(re.search(rf"automodule:: {package.name}\b", page) for page in pages)
