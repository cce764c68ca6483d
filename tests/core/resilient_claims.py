"""What a resilient store does, of either kind: the claims, told by what drives it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from authguard_core import StorageError
from authguard_core.counting.ops import Admitted, Inspect, Op, Result, Take
from authguard_core.testing.clock import FrozenClock
from tests.core.resilient_world import ACCOUNT, LONG, SHORT, Listener, Store, attempt, right, told

Execute = Callable[[Sequence[Op]], Sequence[Result]]


class ResilienceClaims:
    """Each opens a store of its own over one that misbehaves."""

    def over(self, store: Store, **options: Any) -> Execute:  # noqa: ANN401 - whatever the wrapper takes
        """Return what executes over a store."""
        raise NotImplementedError

    def test_what_the_store_says_is_passed_on(self) -> None:
        """As long as it answers nobody notices."""
        store = Store()
        execute = self.over(store, timeout=LONG)
        results = [execute((attempt(number),)) for number in range(5)]

        assert [told(one) for one in results] == [(True, False)] * 4 + [(False, False)]
        assert store.calls == 5

    def test_a64_a_lost_reply_is_asked_for_once_more_and_counts_once(self) -> None:
        """The attempt is known by its id."""
        store = Store("lose", "answer")
        execute = self.over(store, timeout=LONG)

        assert told(execute((attempt(1),))) == (True, False)
        (seen,) = execute((Inspect((ACCOUNT,)),))
        assert seen.views[0].failures == 1  # type: ignore[union-attr]

    def test_what_is_there_once_is_never_asked_for_twice(self) -> None:
        """Whoever took a code and was told nothing would find it gone."""
        store = Store("lose", "answer")
        with pytest.raises(StorageError):
            self.over(store, timeout=LONG)((Take(b"code"),))

        assert store.calls == 1

    @pytest.mark.parametrize("how", ["fail", "raise", "hang"])
    def test_a63_g9_an_outage_is_answered_by_stricter_limits(self, how: str) -> None:
        """Whatever the store does: an answer, never an error, and never without a limit."""
        store = Store(how)
        execute = self.over(store, timeout=SHORT)
        results = [told(execute((attempt(number),))) for number in range(6)]
        store.release.set()

        assert results == [(True, True)] * 2 + [(False, True)] * 4

    def test_a63_a_store_that_hangs_costs_its_deadline_once_a_period(self) -> None:
        """All others are answered without asking it."""
        store, clock = Store("hang"), FrozenClock()
        execute = self.over(store, timeout=SHORT, clock=clock)
        for _ in range(3):
            for number in range(50):
                execute((attempt(number),))
            clock.advance(60)
        store.release.set()

        assert store.calls == 3

    def test_g9_it_recovers_by_itself(self) -> None:
        """The first call after the period finds the store back, and who listens is told."""
        listener, clock = Listener(), FrozenClock()
        store = Store("fail", "fail", "answer", clock=clock)
        execute = self.over(store, timeout=LONG, clock=clock, on_change=listener)

        assert told(execute((attempt(1),))) == (True, True)
        clock.advance(2)
        assert told(execute((attempt(2),))) == (True, False)
        assert listener.heard == [(True, "down"), (False, None)]

    def test_what_was_charged_here_is_settled_here(self) -> None:
        """The store, which is back, never hears of it."""
        clock = FrozenClock()
        store = Store("fail", "fail", "answer", clock=clock)
        execute = self.over(store, timeout=LONG, clock=clock)
        (result,) = execute((attempt(1),))
        clock.advance(2)
        calls = store.calls
        execute((right(attempt(1), result, local=True),))

        assert store.calls == calls

    def test_what_the_store_charged_is_settled_there_after_an_outage(self) -> None:
        """While it is out the outcome can't be told, and the attempt stays counted."""
        clock = FrozenClock()
        store = Store("answer", "fail", "fail", "answer", clock=clock)
        execute = self.over(store, timeout=LONG, clock=clock)
        (result,) = execute((attempt(1),))
        assert isinstance(result, Admitted)
        with pytest.raises(StorageError):
            execute((right(attempt(1), result),))
        clock.advance(2)
        execute((right(attempt(1), result),))

        (seen,) = execute((Inspect((ACCOUNT,)),))
        assert seen.views[0].failures == 0  # type: ignore[union-attr]

    def test_a_locked_account_costs_no_trip(self) -> None:
        """For two seconds; then the store is asked again."""
        clock = FrozenClock()
        store = Store(clock=clock)
        execute = self.over(store, timeout=LONG, clock=clock)
        for number in range(200):
            execute((attempt(number),))
        assert store.calls == 5
        clock.advance(2)
        execute((attempt(200),))

        assert store.calls == 6
