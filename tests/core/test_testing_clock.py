"""Claims about the clock that stands still."""

import pytest

from authguard_core import Guard, MemoryStorage, Settings
from authguard_core.testing.clock import FrozenClock


def test_it_stands_still() -> None:
    """However often it is asked."""
    clock = FrozenClock()
    assert clock() == clock() == 1_700_000_000.0


def test_it_begins_where_it_is_told() -> None:
    """Another time is another world."""
    assert FrozenClock(now=12.5)() == 12.5


@pytest.mark.parametrize("seconds", [900, 0.001, -3_600, -0.001])
def test_it_goes_as_far_as_it_is_told(seconds: float) -> None:
    """Back, too."""
    clock = FrozenClock(now=86_400)
    clock.advance(seconds)
    assert clock() == 86_400 + seconds


def test_no_step_is_lost_to_rounding() -> None:
    """A million milliseconds are a thousand seconds, and a store that cuts or rounds sees every one."""
    clock = FrozenClock()
    for step in range(1, 100_001):
        clock.advance(0.001)
        assert int(clock() * 1_000) == round(clock() * 1_000) == 1_700_000_000_000 + step


def test_it_is_a_guards_and_a_stores_clock() -> None:
    """Both go by it."""
    clock = FrozenClock()
    settings = Settings.load(secret_key="a secret of these tests that is long enough")
    guard = Guard(settings, storage=MemoryStorage(clock=clock), clock=clock)
    clock.advance(5)
    assert guard.unlock("alice").events[0].at == 1_700_000_005.0


def test_its_repr_shows_the_time() -> None:
    """In seconds."""
    assert repr(FrozenClock(now=1.5)) == "FrozenClock(1.5)"
