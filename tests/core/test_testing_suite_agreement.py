"""Claims about the suite's claim that a store and the model agree: memory does, a faulty store doesn't."""

import pytest

from authguard_core import MemoryStorage
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.suite.agreement import (
    AgreementClaims,
    Clears,
    Ends,
    Looks,
    Passes,
    Retries,
    Step,
    Tries,
    agree,
)
from authguard_core.testing.suite.lab import WINDOW
from tests.core.testing_faults import claimed, too_short

UNKNOWN = Tries(who=0, place=0, known=False)
KNOWN = Tries(who=0, place=1, known=True)
RIGHT = Ends(lately=0, checked=True, remember=True)


class TestMemory(AgreementClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return MemoryStorage(clock=clock)


STORIES: dict[str, list[Step]] = {
    "a lock": [UNKNOWN, UNKNOWN, Passes(1_000), UNKNOWN, UNKNOWN, Passes(WINDOW), UNKNOWN, Looks()],
    "a known source": [UNKNOWN, RIGHT, KNOWN, Ends(0, True, False), KNOWN, Ends(0, False, True)],
    "a retry": [UNKNOWN, Retries(0), Retries(1), RIGHT, Retries(0)],
    "a reset": [UNKNOWN, RIGHT, Clears(0, reset=True), KNOWN, Clears(0, reset=False), KNOWN],
    "too late": [UNKNOWN, Passes(WINDOW), RIGHT, Retries(0), UNKNOWN, Ends(1, True, True)],
    "nobody": [RIGHT, KNOWN, Looks()],
}


@pytest.mark.parametrize("steps", STORIES.values(), ids=STORIES)
def test_memory_agrees_with_the_model(steps: list[Step]) -> None:
    """In each of these stories."""
    claimed(lambda lab: agree(lab, steps), lambda clock: MemoryStorage(clock=clock))


def test_a_window_that_is_too_short_is_found_out() -> None:
    """The failure says what both said."""
    steps: list[Step] = [UNKNOWN, Passes(WINDOW - 1)]
    words = r"^to Admit.*account 0.*GUARDED.*\nthe model says .*\nthe store says "
    with pytest.raises(AssertionError, match=words):
        claimed(lambda lab: agree(lab, steps), too_short)
