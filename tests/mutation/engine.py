"""Has mutmut change the functions of one module, and says what came of each mutant.

Everything happens in a directory of its own. Its name tells what was tested by what, so a second run there
goes on where the first one ended, and no result outlives the code that it is about.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from tests.mutation.subjects import COPIED, ROOT, Subject

__all__ = ["Mutant", "Result", "check_clean", "mutate_functions", "prepared", "run_tests", "sample"]

T = TypeVar("T")

_SURVIVED: Final = frozenset({0, 5, 33})
"""Exit codes of mutmut's workers: the tests passed, or there is none that reaches the function."""
_UNDECIDED: Final = frozenset({None, 2, 34, 35})
_LONGEST: Final = 300
"""Seconds that the tests of one mutant may take."""
_SIGNS: Final = ("---", "+++", "@@", " ")


class Mutant(NamedTuple):
    """One change, told by what it does, because numbers change with the code."""

    where: str
    """The function, ``Class.method``, or the class or table of a constant."""
    change: str
    """The lines that it replaces ``=>`` those in their place."""

    def __str__(self) -> str:
        return f"{self.where}: {self.change}"


class Result(NamedTuple):
    """What came of a module's mutants."""

    total: int
    survivors: tuple[Mutant, ...]


def prepared(subject: Subject, work: Path) -> Path:
    """Return the subject's own copy of the checkout below ``work``."""
    files = subject.test_files(ROOT)
    digest = hashlib.sha256()
    for path in sorted({*_sources(), *(ROOT / name for name in files)}):
        digest.update(path.read_bytes())
    tree = work / f"{subject.name}-{digest.hexdigest()[:12]}"
    if not tree.exists():
        _copy(tree)
        _configure(tree, subject)
    return tree


def _sources() -> list[Path]:
    """Everything beside the tests that has a say in the results."""
    helpers = [
        path
        for directory in ("core", "attacks")
        for path in (ROOT / "tests" / directory).glob("*.py")
        if not path.name.startswith("test_")
    ]
    means = [Path(__file__).with_name(f"{name}.py") for name in ("caches", "engine", "tables")]
    return [*(ROOT / "authguard_core").rglob("*.py"), *helpers, *means, ROOT / "pyproject.toml"]


def _copy(tree: Path) -> None:
    draft = tree.with_name(f"{tree.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for name in COPIED:
        source, target = ROOT / name, draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    (draft / "plugin").mkdir()
    shutil.copy2(Path(__file__).with_name("caches.py"), draft / "plugin" / "fresh_caches.py")
    draft.rename(tree)


def _configure(tree: Path, subject: Subject) -> None:
    """Write mutmut's settings. A fork server, because a parent that ran tests hands its caches down."""
    lines = {
        "source_paths": ["authguard_core"],
        "only_mutate": [subject.module],
        "pytest_add_cli_args": ["-p", "fresh_caches", "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": subject.test_files(tree),
    }
    lists = ["".join([f"{name} =\n", *(f"    {one}\n" for one in values)]) for name, values in lines.items()]
    plain = "process_isolation = forkserver\ntimeout_multiplier = 2\nuse_setproctitle = false\n"
    (tree / "setup.cfg").write_text(f"[mutmut]\n{''.join(lists)}{plain}", encoding="utf-8")


def run_tests(subject: Subject, tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the subject's tests on the tree as it is, up to the first that fails.

    Raises:
        subprocess.TimeoutExpired: they don't end.
    """
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *subject.test_files(tree)],
        cwd=tree,
        env=_environment(tree) | {"PYTHONPATH": str(tree)},
        check=False,
        capture_output=True,
        text=True,
        timeout=_LONGEST,
    )


def check_clean(subject: Subject, tree: Path) -> None:
    """Claim that the tests pass as long as nothing is changed.

    Raises:
        RuntimeError: they don't.
    """
    done = run_tests(subject, tree)
    if done.returncode:
        raise RuntimeError(f"{subject.name}: the tests fail without any mutant\n{done.stdout[-4_000:]}")


def _environment(tree: Path) -> dict[str, str]:
    """Return what the tests run with: examples that are the same each time, and the plugin."""
    return os.environ | {
        "HYPOTHESIS_PROFILE": "ci",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(tree / "plugin"),
    }


def sample(found: Sequence[T], most: int | None) -> list[T]:
    """Return at most so many, all where None, and of the same the same ones each time."""
    if most is None or len(found) <= most:
        return list(found)
    places = sorted(random.Random(len(found)).sample(range(len(found)), most))
    return [found[place] for place in places]


def mutate_functions(subject: Subject, tree: Path, most: int | None) -> Result:
    """Test the mutants of the module's functions, or so many of them.

    Raises:
        RuntimeError: mutmut gave up.
    """
    if not _verdicts(subject, tree):
        _mutmut(tree, "run", "--max-children", "1", "none that there is")  # makes them, and tests none
    wanted = sample(list(_verdicts(subject, tree)), most)
    untested = [key for key, code in _verdicts(subject, tree).items() if code is None and key in wanted]
    run = _mutmut(tree, "run", "--max-children", "1", *untested) if untested or not wanted else None
    codes = {key: code for key, code in _verdicts(subject, tree).items() if key in wanted}
    if run and (run.returncode or not codes or any(code in _UNDECIDED for code in codes.values())):
        raise RuntimeError(f"{subject.name}: mutmut did not finish\n{_told(run)}")
    survivors = [_mutant(tree, key) for key, code in codes.items() if code in _SURVIVED]
    return Result(len(codes), tuple(survivors))


def _verdicts(subject: Subject, tree: Path) -> dict[str, int | None]:
    """Return each mutant's exit code as mutmut notes it; None where it wasn't tested yet."""
    noted = tree / "mutants" / f"{subject.module}.meta"
    if not noted.exists():
        return {}
    codes: dict[str, int | None] = json.loads(noted.read_text(encoding="utf-8"))["exit_code_by_key"]
    return codes


def _told(run: subprocess.CompletedProcess[str]) -> str:
    """Return the end of what mutmut said, without the spinner that it turns."""
    lines = f"{run.stdout}\n{run.stderr}".replace("\r", "\n").splitlines()
    return "\n".join([line for line in lines if line.strip() and not "\u2800" <= line[0] <= "\u28ff"][-80:])


def _mutmut(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=tree,
        env=_environment(tree),
        check=False,
        capture_output=True,
        text=True,
    )


def _mutant(tree: Path, key: str) -> Mutant:
    """Read a mutant by its diff. Keys look like ``a.x_function__mutmut_7`` or ``xǁClassǁname__mutmut_7``."""
    mangled = key.rpartition(".")[2].rpartition("__mutmut_")[0]
    where = ".".join(mangled.removeprefix("x").strip("ǁ").split("ǁ")) if "ǁ" in mangled else mangled[2:]
    lines = _mutmut(tree, "show", key).stdout.splitlines()
    changed = [line for line in lines if not line.startswith(_SIGNS)]
    removed, added = (
        " ".join(line[1:].strip() for line in changed if line.startswith(sign)) for sign in "-+"
    )
    return Mutant(where, f"{removed} => {added}")
