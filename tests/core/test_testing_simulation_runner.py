"""A seed tells one story, and a broken promise is told with the seed that shows it."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from authguard_core import AsyncMemoryStorage, ConfigurationError, MemoryStorage, Settings, StorageError
from authguard_core.counting.ops import Admit, Clear, Op, Result
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.simulation import Faults, History, Simulation
from authguard_core.testing.simulation.history import Began, Decided, Executed, Faulted, Returned, Viewed
from authguard_core.testing.simulation.runner import REPLAY

SECRET = "a secret for tests of forty-odd characters"
DIGEST = """
import hashlib
from authguard_core.testing.simulation import Simulation
history = Simulation(11).run()
print(hashlib.sha256(repr(history).encode()).hexdigest())
"""


def digest(history: History) -> str:
    return hashlib.sha256(repr(history).encode()).hexdigest()


class Broken:
    """A store with a fault of one's choice."""

    def __init__(self, clock: FrozenClock, fault: str) -> None:
        self.clock, self.fault = clock, fault
        self.inner = MemoryStorage(clock=clock)
        self.calls = 0

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        self.calls += 1
        results = self.inner.execute(ops)
        if self.fault == "forgets" and any(isinstance(op, Admit) for op in ops):
            self.inner = MemoryStorage(clock=self.clock)  # a restart
        if self.fault == "raises" and self.calls == 9:
            raise ValueError("a bug in the store")
        if self.fault == "is down" and any(isinstance(op, Clear) for op in ops):
            raise StorageError
        return results


def broken(fault: str, *, settings: Settings | None = None, replay: str = REPLAY) -> Simulation:
    return Simulation(3, open_storage=lambda clock: Broken(clock, fault), settings=settings, replay=replay)


def test_the_same_seed_tells_the_same_story() -> None:
    """To the byte, though the guard's own ids are random."""
    first, second = Simulation(5).run(), Simulation(5).run()
    assert first == second
    assert first.story() == second.story()
    assert first != Simulation(6).run()


def test_a_simulation_can_be_run_again() -> None:
    """It begins from the beginning."""
    simulation = Simulation(5)
    assert simulation.run() == simulation.run()


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_story_is_the_same_in_every_process(hash_seed: str) -> None:
    """Whatever Python's hashes are randomised with."""
    told = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == digest(Simulation(11).run())


def test_a_store_that_is_awaited_tells_the_same_story() -> None:
    """Both kinds are driven alike."""
    awaited = Simulation(5, open_storage=lambda clock: AsyncMemoryStorage(MemoryStorage(clock=clock)))
    assert awaited.run() == Simulation(5).run()


def test_everything_that_can_go_wrong_does() -> None:
    """Within a few seeds every fault is there, and yet every owner gets in."""
    entries = [entry for seed in range(8) for entry in Simulation(seed).run().entries]
    assert {entry.what for entry in entries if isinstance(entry, Faulted)} == {
        "the store fails, and nothing was carried out",
        "the store's reply is lost",
        "the store's reply is lost, and it is asked again",
        "its worker dies",
        "its task is cancelled",
        "the clock is set forward",
        "the clock is set back",
    }
    reasons = {entry.reason for entry in entries if isinstance(entry, Decided)}
    assert reasons >= {
        "delayed",
        "locked",
        "limited",
        "capped",
        "unidentified",
        "storage_failed",
        "succeeded",
    }
    returned = [entry for entry in entries if isinstance(entry, Returned)]
    assert {entry.refusals for entry in returned} == {0, 1}
    assert all(entry.signed_in for entry in returned)


def test_without_faults_there_are_none() -> None:
    """Each can be switched off."""
    none = Faults(**dict.fromkeys(Faults.__slots__, 0.0))
    history = Simulation(5, faults=none).run()
    assert not [entry for entry in history.entries if isinstance(entry, Faulted)]


def test_workers_are_at_work_at_once() -> None:
    """Alone, one finishes before the next begins; twelve don't."""

    def interleaved(workers: int) -> bool:
        entries = Simulation(5, workers=workers, attempts=40).run().entries
        order = [entry.number for entry in entries if isinstance(entry, Began | Decided)]
        return order != sorted(order)

    assert not interleaved(1)
    assert interleaved(12)


def test_so_many_attempts_are_made_as_are_wanted() -> None:
    """Before the owners return."""
    history = Simulation(5, attempts=30).run()
    first_view = max(number for number, entry in enumerate(history.entries) if isinstance(entry, Viewed))
    began = [entry for entry in history.entries[:first_view] if isinstance(entry, Began)]
    assert began[29].number == 29
    assert {entry.place.network.startswith("192.168.") for entry in began[30:]} == {True}


def test_the_rules_may_be_given() -> None:
    """Then the seed chooses the rest; what nobody trusts as a proxy is none."""
    settings = Settings.load(secret_key=SECRET)
    history = Simulation(5, settings=settings).run()
    assert history.rules.account == settings.policy().purpose("login").account


def test_a_broken_promise_is_told_with_its_seed_and_command() -> None:
    """The message begins with both, names the promise, and ends with the end of the story."""
    with pytest.raises(AssertionError) as failed:
        broken("forgets").run()
    first, promise, *story = str(failed.value).splitlines()
    assert first == "seed 3: SIMULATION_SEEDS=3 python -m pytest tests/property/test_simulation.py"
    assert promise[:2] in {"G1", "G2"} or promise.startswith("recount")
    assert 0 < len(story) <= 60
    assert " s  " in story[-1]


def test_a_failing_seed_fails_alike_each_time() -> None:
    """So it can be run again until it is understood."""
    messages = []
    for _ in range(2):
        with pytest.raises(AssertionError) as failed:
            broken("forgets").run()
        messages.append(str(failed.value))
    assert messages[0] == messages[1]


def test_another_suite_may_name_its_own_command() -> None:
    """A third party's store is proven elsewhere."""
    with pytest.raises(AssertionError, match=r"^seed 3: make simulate SEED=3\n"):
        broken("forgets", replay="make simulate SEED={seed}").run()


def test_an_error_that_is_no_storage_error_is_told_alike() -> None:
    """A worker that meets it dies of it, and nothing is left unfinished."""
    with pytest.raises(AssertionError, match="ValueError: a bug in the store") as failed:
        broken("raises").run()
    assert str(failed.value).startswith("seed 3: ")
    assert isinstance(failed.value.__cause__, ValueError)


def test_a_store_that_goes_on_failing_is_told() -> None:
    """Where nothing fails on purpose any more, nothing may fail."""
    settings = Settings.load(secret_key=SECRET, login={"failure_cap": "2"})
    with pytest.raises(AssertionError, match="the store failed, though not on purpose"):
        broken("is down", settings=settings).run()


def test_a_capped_owner_returns_by_a_reset() -> None:
    """With a device cookie where devices are known, and without where not."""
    for device_limit in ("3/20s", "off"):
        login = {"account_limit": "3/20s", "device_limit": device_limit, "failure_cap": "2", "lock": "20s"}
        history = Simulation(1, settings=Settings.load(secret_key=SECRET, login=login)).run()
        told = [entry.reason for entry in history.entries if isinstance(entry, Decided)]
        assert "capped" in told
        assert all(entry.signed_in for entry in history.entries if isinstance(entry, Returned))


def test_a_full_store_is_told_by_its_answers() -> None:
    """Keys share counters, and the bounds hold."""
    history = Simulation(
        2, open_storage=lambda clock: MemoryStorage(clock=clock, max_keys=16), bounded=True
    ).run()
    assert any(entry.shared for entry in history.entries if isinstance(entry, Executed))


@pytest.mark.parametrize("option", ["workers", "attempts"])
def test_nothing_to_do_is_refused(option: str) -> None:
    """It would prove nothing."""
    options: dict[str, Any] = {option: 0}
    with pytest.raises(ConfigurationError, match=f"{option}: got 0, expected at least 1"):
        Simulation(1, **options)


def test_settings_under_which_an_address_is_known_are_refused() -> None:
    """The simulated browsers are known by their cookies."""
    settings = Settings.load(secret_key=SECRET, preset="api")
    with pytest.raises(ConfigurationError, match="known_by_address"):
        Simulation(1, settings=settings).run()
