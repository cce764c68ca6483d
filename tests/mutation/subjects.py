"""Which modules are mutated, and which tests must notice."""

from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["COPIED", "ROOT", "SUBJECTS", "Subject", "chosen"]

ROOT: Final = Path(__file__).parents[2]

COPIED: Final = ("pyproject.toml", "authguard_core", "tests/conftest.py", "tests/core", "tests/attacks")
"""What a run needs of the checkout."""


class Subject(NamedTuple):
    """A module, and the tests that are run against its mutants, the closest first."""

    name: str
    """As in ``own_coverage``: ``counting_rules`` is ``authguard_core/counting/rules.py``."""
    tests: tuple[str, ...]
    """Patterns below ``tests``."""

    @property
    def module(self) -> str:
        """The module's path from the root."""
        package, _, inner = self.name.partition("_")
        path = f"{package}/{inner}" if inner else package
        return f"authguard_core/{path}.py"

    def test_files(self, root: Path) -> list[str]:
        """Return the test files as paths from a root, each once."""
        found = [path for pattern in self.tests for path in sorted((root / "tests").glob(pattern))]
        return list(dict.fromkeys(str(path.relative_to(root)) for path in found))


ATTACKS: Final = tuple(f"attacks/test_{name}*.py" for name in ("guessing", "races", "sources", "windows"))
"""Those of the attacks that need nothing but the core, and that the rules withstand."""

SUBJECTS: Final = (
    Subject("keys", ("core/test_keys*.py",)),
    Subject("identity", ("core/test_identity*.py",)),
    Subject("addresses", ("core/test_addresses*.py",)),
    Subject("clientip", ("core/test_clientip*.py",)),
    Subject("counting_bucket", ("core/test_counting_bucket*.py", "core/test_counting_*.py")),
    Subject(
        "counting_rules",
        ("core/test_counting_rules*.py", "core/test_counting_*.py", *ATTACKS),
    ),
    Subject("counting_apply", ("core/test_counting_apply*.py", "core/test_counting_*.py")),
)


def chosen(names: list[str]) -> list[Subject]:
    """Return the subjects of these names, all of them without any.

    Raises:
        LookupError: there is none of a name.
    """
    known = {subject.name: subject for subject in SUBJECTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise LookupError(f"got {unknown}, expected names of {sorted(known)}")
    return [known[name] for name in names] or list(SUBJECTS)
