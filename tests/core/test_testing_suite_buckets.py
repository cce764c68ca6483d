"""Claims about the suite's claims on token buckets: memory meets them, a faulty store doesn't."""

import pytest

from authguard_core import MemoryStorage
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.buckets import BucketClaims
from tests.core.testing_faults import claimed, too_generous


class TestMemory(BucketClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)


def test_a_bucket_that_is_too_deep_is_found_out() -> None:
    """The claim fails."""
    with pytest.raises(AssertionError):
        claimed(BucketClaims().test_a_full_bucket_admits_its_burst, too_generous)
