"""A test of the tests: the suite finds every planted fault, and nothing where none is planted."""

from pathlib import Path

import pytest

from tests.faults.planting import copy_project, plant, run
from tests.faults.table import FAULTS, Edit, Fault


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the project that may be broken."""
    copy_project(tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", sorted({file for fault in FAULTS for file in fault.found_by}))
def test_where_no_fault_is_planted_everything_is_green(copied: Path, file: str) -> None:
    """What finds the faults below finds nothing in the project as it is."""
    verdict = run(copied, file)
    assert verdict.status == 0, verdict.output
    assert verdict.passed


@pytest.mark.parametrize(
    ("fault", "file"),
    [pytest.param(fault, file, id=f"{fault.name}-{file}") for fault in FAULTS for file in fault.found_by],
)
def test_a_planted_fault_is_found(copied: Path, fault: Fault, file: str) -> None:
    """Each file that guards the promise has a test whose claim fails; none merely can't be run."""
    plant(copied, fault.edits)
    verdict = run(copied, file)
    assert verdict.status == 1, verdict.output
    assert verdict.failed, verdict.output


@pytest.mark.parametrize("text", ["no line of this file", "return "])
def test_an_edit_whose_text_is_not_there_once_is_refused(copied: Path, text: str) -> None:
    """A refactoring can't turn a fault into no fault unnoticed."""
    with pytest.raises(AssertionError, match="Point the edit at its new place"):
        plant(copied, [Edit("authguard_core/keys.py", text, "")])


def test_a_broken_import_is_no_fault_found(copied: Path) -> None:
    """A copy that can't be imported makes pytest fail too, and proves nothing."""
    plant(copied, [Edit("authguard_core/keys.py", "import hmac\n", "import no_such_module\n")])
    verdict = run(copied, "tests/attacks/test_keys.py")
    assert verdict.status != 1
    assert not verdict.failed


def test_a_name_error_is_no_fault_found(copied: Path) -> None:
    """Nor does an edit that stops every test at something else than its claim."""
    plant(copied, [Edit("authguard_core/keys.py", 'return f"<KeyRing of', 'return nowhere + f"<KeyRing of')])
    verdict = run(copied, "tests/core/test_keys.py")
    assert verdict.status == 1
    assert not verdict.failed
    assert verdict.broken


def test_another_authguard_than_the_copys_is_noticed(tmp_path: Path) -> None:
    """Where the copy isn't imported, no verdict is given."""
    copy_project(tmp_path)
    (tmp_path / "authguard_core").rename(tmp_path / "moved")
    with pytest.raises(AssertionError, match="another authguard"):
        run(tmp_path, "tests/core/test_keys.py")
