"""Claims about the state machine: quiet over a sound store, a short story over a faulty one."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from authguard_core import AsyncMemoryStorage, MemoryStorage, Settings
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.machine import GuardMachine, guard_machine
from authguard_core.testing.opening import Made
from authguard_core.testing.reference import ReferenceStorage
from tests.core.testing_faults import Tampered, too_generous, under_another_rule

QUICK = settings(
    max_examples=300,
    stateful_step_count=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
UNSHRUNK = settings(QUICK, max_examples=2_000, phases=[Phase.generate])


def run(machine: type[GuardMachine], limits: settings = QUICK) -> None:
    run_state_machine_as_test(machine, settings=limits)


class Opened:
    """A factory that counts what it opened and what was closed."""

    def __init__(self) -> None:
        self.opened = self.closed = 0

    def __call__(self, clock: FrozenClock) -> Made:
        self.opened += 1
        counting = self

        class Store(MemoryStorage):
            def close(self) -> None:
                counting.closed += 1

        return Store(clock=clock)


def test_a_sound_store_gets_through_every_story() -> None:
    """Each has a store of its own, which is closed in the end."""
    stores = Opened()
    run(guard_machine(stores), settings(QUICK, max_examples=100))
    assert stores.opened == stores.closed > 90


def test_an_asynchronous_store_is_driven_as_well() -> None:
    """The guard is the same."""
    machine = guard_machine(lambda clock: AsyncMemoryStorage(MemoryStorage(clock=clock)))
    run(machine, settings(QUICK, max_examples=10))


def test_a_full_store_is_held_to_the_bound() -> None:
    """Strangers flood it."""
    machine = guard_machine(lambda clock: MemoryStorage(max_keys=16, clock=clock), bounded=True)
    run(machine, settings(QUICK, max_examples=100))


def test_a_fault_is_told_as_a_short_story_with_names() -> None:
    """Hypothesis shrinks it, and the failure is in words."""
    with pytest.raises(AssertionError, match=r"the model says: .*refused, locked") as failed:
        run(guard_machine(too_generous))
    told = "\n".join([note for note in failed.value.__notes__ if "state." in note])
    assert "account='alice'" in told
    assert told.count("state.") <= 6


def test_a_machine_is_told_of_the_settings_it_is_given() -> None:
    """Where they know clients by their address, the model does too."""
    login = {"known_by_address": True, "account_limit": "2/15m", "device_limit": "2/15m", "delay": "off"}
    chosen = Settings.load(secret_key="a secret of these tests that is long enough", login=login)
    run(
        guard_machine(lambda clock: MemoryStorage(clock=clock), settings=chosen),
        settings(QUICK, max_examples=50),
    )


def test_what_a_store_does_when_its_clock_goes_back_is_said() -> None:
    """A store whose keys each have a time of their own is no store whose whole time stands still."""

    def open_store(clock: FrozenClock) -> Made:
        return ReferenceStorage(clock, time_per_key=True)

    run(guard_machine(open_store, time_per_key=True), settings(QUICK, max_examples=50))
    with pytest.raises(AssertionError, match="the model says"):
        run(guard_machine(open_store), UNSHRUNK)


@pytest.mark.parametrize("examples", [500, 50])
def test_a_profile_tells_more_stories_in_proportion(examples: int) -> None:
    """The default one as many as are asked for."""
    machine = guard_machine(lambda clock: MemoryStorage(clock=clock), examples=examples)
    assert machine.TestCase.settings.max_examples == examples * settings().max_examples // 100


def test_a_lock_that_is_too_short_is_found_out() -> None:
    """By whoever waits as he was told."""

    def open_store(clock: FrozenClock) -> Made:
        op = under_another_rule(lambda rule: rule._replace(lock_max=rule.lock))
        return Tampered(MemoryStorage(clock=clock), op=op)

    with pytest.raises(AssertionError, match=r"again in 1800\.000 s"):
        run(guard_machine(open_store), UNSHRUNK)
