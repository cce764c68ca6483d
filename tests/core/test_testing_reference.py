"""Claims about the store that asks the model: it meets the claims that every store must, but for buckets."""

import pytest

from authguard_core import ConfigurationError
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import Admit, Admitted, Charged, Clear, Inspect, Inspected
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made
from authguard_core.testing.reference import ReferenceStorage
from authguard_core.testing.suite.counters import CounterClaims
from authguard_core.testing.suite.lab import ACCOUNT, ADDRESS, WINDOW, charge
from authguard_core.testing.suite.outcomes import OutcomeClaims
from authguard_core.testing.suite.sources import SourceClaims
from authguard_core.testing.suite.values import ValueClaims


class ReferenceClaims(CounterClaims, OutcomeClaims, SourceClaims, ValueClaims):
    pass


class TestWholeStoresTime(ReferenceClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return ReferenceStorage(clock)


class TestEachKeysTime(ReferenceClaims):
    @staticmethod
    def open_store(clock: FrozenClock) -> Made:
        return ReferenceStorage(clock, time_per_key=True)


def admitted(store: ReferenceStorage, attempt: int) -> Charged:
    (result,) = store.execute((Admit(attempt, 0, (ACCOUNT,)),))
    assert isinstance(result, Admitted)
    return result.charged[0]


def test_a_token_bucket_is_refused() -> None:
    """The model doesn't know it."""
    bucket = charge("bucket", Rule(5, WINDOW, burst=2), Scope.SUBNET)
    with pytest.raises(ConfigurationError, match=r"^rule: got 'a token bucket', expected an exact limit"):
        ReferenceStorage(FrozenClock()).execute((Inspect((bucket,)),))


@pytest.mark.parametrize(("time_per_key", "wait"), [(False, WINDOW - 60_000), (True, WINDOW)])
def test_a_clock_that_went_back_stands_still_for_all_or_for_the_key(time_per_key: bool, wait: int) -> None:
    """Memory has one time; on a server each key has its own, which another's doesn't move."""
    clock = FrozenClock()
    store = ReferenceStorage(clock, time_per_key=time_per_key)
    counter = ADDRESS._replace(rule=Rule(1, WINDOW))
    store.execute((Admit(1, 0, (counter,)),))
    clock.advance(60)
    store.execute((Inspect((ACCOUNT,)),))
    clock.advance(-60)
    (result,) = store.execute((Inspect((counter,)),))
    assert isinstance(result, Inspected)
    assert result.views[0].refusal == Refusal(Reason.LIMITED, wait)


def test_an_outcome_is_on_time_while_its_attempt_is_held() -> None:
    """To the last millisecond of its window."""
    clock = FrozenClock()
    store = ReferenceStorage(clock)
    charged = admitted(store, 1)
    clock.advance((WINDOW - 1) / 1_000)
    assert not store.is_overdue(charged, 1)
    clock.advance(0.001)
    assert store.is_overdue(charged, 1)


def test_an_outcome_is_on_time_after_a_newer_attempt_has_shown_that_its_own_is_over() -> None:
    """It takes nothing back then, and every store knows."""
    clock = FrozenClock()
    store = ReferenceStorage(clock)
    charged = admitted(store, 1)
    clock.advance(WINDOW / 1_000)
    admitted(store, 2)
    assert not store.is_overdue(charged, 1)


def test_an_outcome_is_overdue_once_its_key_meant_nothing() -> None:
    """A store may have forgotten it, and begun to count anew."""
    clock = FrozenClock()
    store = ReferenceStorage(clock)
    charged = admitted(store, 1)
    store.execute((Clear((ACCOUNT,)),))
    assert not store.is_overdue(charged, 1)
    clock.advance(WINDOW / 1_000)
    admitted(store, 2)
    assert store.is_overdue(charged, 1)


def test_an_outcome_is_on_time_while_its_key_has_a_level() -> None:
    """The record of a lock is not forgotten before its quiet days are over."""
    clock = FrozenClock()
    store = ReferenceStorage(clock)
    counter = ACCOUNT._replace(rule=ACCOUNT.rule._replace(limit=1, cap=0))
    (result,) = store.execute((Admit(1, 0, (counter,)),))
    assert isinstance(result, Admitted)
    clock.advance(WINDOW / 1_000)
    store.execute((Admit(2, 0, (counter,)),))
    clock.advance(2 * WINDOW / 1_000)
    store.execute((Admit(3, 0, (counter,)),))
    assert not store.is_overdue(result.charged[0], 1)
    clock.advance(30 * DAY / 1_000)
    assert store.is_overdue(result.charged[0], 1)
