"""Claims about the suite's claims on outages."""

import pytest

from authguard_core import StorageError
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.failing import OPS, FailingClaims
from tests.core.testing_faults import Down


class TestWrapped(FailingClaims):
    @staticmethod
    def open_broken(_: FrozenClock) -> Made:
        return Down(StorageError)


class Bare(FailingClaims):
    @staticmethod
    def open_broken(_: FrozenClock) -> Made:
        return Down(ConnectionError)


def test_a_drivers_own_error_is_found_out() -> None:
    """Only ours is a decision."""
    with pytest.raises(ConnectionError):
        Bare().test_an_outage_raises_a_storage_error_and_no_other(OPS["admit"])
