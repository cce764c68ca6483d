"""Claims about the suites as a third party meets them: a line a backend."""

import subprocess
import sys
from pathlib import Path

from authguard_core import MemoryStorage, StorageError
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.conformance import bounded_storage_conformance, storage_conformance
from authguard_core.testing.suite.failing import OPS, FailingClaims
from tests.core.testing_faults import Down, Tampered, too_short

MODULE = """
from authguard_core import MemoryStorage
from authguard_core.testing.conformance import bounded_storage_conformance, storage_conformance

class Forgetful(MemoryStorage):
    def execute(self, ops):
        self.__init__(clock=self._clock)
        return super().execute(ops)

TestMine = storage_conformance(lambda clock: MemoryStorage(clock=clock))
TestSmall = bounded_storage_conformance(lambda clock, places: MemoryStorage(max_keys=places, clock=clock))
TestForgetful = storage_conformance(lambda clock: Forgetful(clock=clock))
"""


def test_one_line_a_backend_is_all_that_pytest_needs(tmp_path: Path) -> None:
    """It collects the claims, a sound store meets them, and a failed one shows both sides."""
    (tmp_path / "test_mine.py").write_text(MODULE, encoding="utf-8")
    plain = ["-p", "no:cacheprovider", "-p", "no:asyncio"]
    command = [sys.executable, "-m", "pytest", "-q", *plain, "-k", "full_window or a_value_is_put"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "FAILED test_mine.py::TestForgetful::test_a_full_window" in done.stdout
    assert "assert Stored(stored=True) == Stored(stored=False)" in done.stdout


def test_the_claims_hold_a_store_that_the_factory_opened() -> None:
    """Not another one."""
    suite = storage_conformance(too_short)
    assert isinstance(suite.open_store(FrozenClock()), Tampered)


def test_outages_are_claimed_only_where_they_can_be_made() -> None:
    """Else there would be tests that claim nothing."""
    assert not issubclass(storage_conformance(lambda clock: MemoryStorage(clock=clock)), FailingClaims)
    suite = storage_conformance(lambda _: MemoryStorage(), open_broken=lambda _: Down(StorageError))
    assert issubclass(suite, FailingClaims)
    FailingClaims.test_an_outage_raises_a_storage_error_and_no_other(suite(), OPS["admit"])


def test_a_bounded_store_is_told_how_many_keys_it_may_hold() -> None:
    """And gets the clock."""
    suite = bounded_storage_conformance(lambda clock, places: MemoryStorage(max_keys=places, clock=clock))
    assert repr(suite.open_store(FrozenClock(), 99)) == "<MemoryStorage: 0 of 99 keys>"
