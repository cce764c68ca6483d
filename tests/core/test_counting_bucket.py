"""Claims about the token bucket: its bound in any window, and what giving back can't do."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.counting import bucket
from authguard_core.counting.limits import Rule
from authguard_core.counting.state import Counter

RULES = st.builds(
    lambda limit, slack, burst: Rule(limit, limit + slack, burst=burst),
    st.integers(min_value=1, max_value=8),
    st.integers(min_value=0, max_value=60),
    st.integers(min_value=1, max_value=6),
)
STEPS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=25),
        st.sampled_from(["try", "try", "prove the oldest", "prove the newest", "prove the middle"]),
    ),
    max_size=80,
)


class Taken(NamedTuple):
    """A token that was taken."""

    began: int
    seq: int


class Address:
    """A bucket that keeps what a bucket forgets: who took which token, and which were proven right."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.counter = Counter()
        self.now = 1_000
        self.running: list[Taken] = []

    def attempt(self) -> bool:
        """Take a token if one is there."""
        if bucket.ready_at(self.counter, self.rule) > self.now:
            return False
        # A store drops a record that says no more than none.
        if bucket.expires(self.counter) <= self.now:
            self.counter = Counter()
        bucket.charge(self.counter, self.rule, self.now)
        self.running.append(Taken(self.now, self.counter.total))
        return True

    def prove(self, which: int) -> None:
        """Give the token of one running attempt back."""
        began, seq = self.running.pop(which)
        bucket.refund(self.counter, self.rule, began=began, seq=seq, now=self.now)

    def step(self, wait: int, what: str) -> None:
        self.now += wait
        if what == "try":
            self.attempt()
        elif self.running:
            places = {"prove the oldest": 0, "prove the newest": -1}
            self.prove(places.get(what, len(self.running) // 2))

    def arrival_without_the_proven(self) -> int:
        """Return the arrival time that those never proven would have led to alone."""
        arrival = 0
        for taken in self.running:
            arrival = max(arrival, taken.began) + bucket.interval(self.rule)
        return arrival


@given(RULES, STEPS)
def test_a07_no_window_holds_more_unproven_attempts_than_burst_and_limit(
    rule: Rule, steps: list[tuple[int, str]]
) -> None:
    """The printed bound holds in any window, however many sign-ins succeed in between."""
    address = Address(rule)
    for wait, what in steps:
        address.step(wait, what)
    times = [taken.began for taken in address.running]
    fullest = max((sum(begin <= when < begin + rule.window for when in times) for begin in times), default=0)
    assert fullest <= rule.burst + rule.limit


@given(RULES, STEPS)
def test_a_bucket_is_never_fuller_than_if_the_proven_had_never_come(
    rule: Rule, steps: list[tuple[int, str]]
) -> None:
    """Giving a token back frees nobody else's."""
    address = Address(rule)
    for wait, what in steps:
        address.step(wait, what)
        assert max(bucket.expires(address.counter), address.now) >= address.arrival_without_the_proven()


@given(RULES, st.lists(st.integers(min_value=0, max_value=25), max_size=20), st.integers(0, 100))
def test_a_proven_attempt_that_nobody_followed_leaves_no_trace(
    rule: Rule, waits: list[int], took: int
) -> None:
    """A right password after wrong ones costs its address nothing."""
    address = Address(rule)
    for wait in waits:
        address.step(wait, "try")
    address.step(took, "prove the newest")
    want = address.arrival_without_the_proven()
    assert max(bucket.expires(address.counter), address.now) == max(want, address.now)


@pytest.mark.parametrize("burst", [1, 3, 50])
def test_a_full_bucket_admits_its_burst_at_once_and_no_more(burst: int) -> None:
    """The depth is the burst."""
    address = Address(Rule(60, 60_000, burst=burst))
    assert [address.attempt() for _ in range(burst + 1)] == [True] * burst + [False]


def test_an_empty_bucket_gains_one_token_an_interval() -> None:
    """The rate is the limit a window, to the millisecond."""
    address = Address(Rule(60, 60_000, burst=2))
    assert address.attempt()
    assert address.attempt()
    address.now += 999
    assert not address.attempt()
    address.now += 1
    assert address.attempt()
    assert not address.attempt()


def test_the_interval_is_rounded_so_that_the_bound_holds() -> None:
    """Seven in a hundred milliseconds are one every fifteen, not every fourteen."""
    assert bucket.interval(Rule(7, 100, burst=1)) == 15


def test_a_record_of_a_full_bucket_says_no_more_than_none() -> None:
    """From then on a store may drop it."""
    address = Address(Rule(60, 60_000, burst=3))
    assert address.attempt()
    assert bucket.expires(address.counter) == address.now + 1_000
    assert bucket.expires(Counter()) == 0


def test_twenty_sign_ins_at_once_can_be_followed_by_twenty_more() -> None:
    """Right passwords use nothing up, in the order they came."""
    address = Address(Rule(20, 900_000, burst=20))
    for _ in range(5):
        assert all(address.attempt() for _ in range(20))
        assert not address.attempt()
        for _ in range(20):
            address.prove(0)


def test_an_office_that_signs_in_faster_than_the_rate_is_never_refused() -> None:
    """Right passwords alone, ten a second and three at once, never use up fifty tokens."""
    address = Address(Rule(1_000, 900_000, burst=50))
    for _ in range(5_000):
        assert address.attempt()
        address.now += 100
        if len(address.running) == 3:
            address.prove(0)


def test_a_token_that_came_back_by_itself_is_not_given_back() -> None:
    """An attempt left open until its bucket was full again frees nobody's later one."""
    address = Address(Rule(60, 60_000, burst=1))
    assert address.attempt()
    address.now += 1_000
    assert address.attempt()
    address.prove(0)
    assert not address.attempt()


def test_a_token_of_a_dropped_record_is_not_given_back_to_its_successor() -> None:
    """However much was given back in the record that is gone."""
    address = Address(Rule(60, 60_000, burst=2))
    assert address.attempt()
    for _ in range(5):
        assert address.attempt()
        address.prove(-1)
    assert address.attempt()
    address.now += 2_000
    assert address.attempt()
    full = bucket.expires(address.counter)
    address.prove(1)
    assert bucket.expires(address.counter) == full
