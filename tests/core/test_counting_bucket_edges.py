"""Claims about the token bucket to the millisecond, where the general ones find no example by chance."""

from authguard_core.counting import bucket
from authguard_core.counting.limits import Rule
from authguard_core.counting.state import Counter

RULE = Rule(60, 60_000, burst=3)
"""A token a second."""
START = 10_000


def taken(counter: Counter, now: int) -> int:
    """Take a token, and return its running number."""
    bucket.charge(counter, RULE, now)
    return counter.total


def test_two_tokens_given_back_free_nobody_elses() -> None:
    """Where one was given back and another comes back by itself, a third is as far away as it was."""
    counter = Counter()
    first, second = taken(counter, START), taken(counter, START)
    bucket.refund(counter, RULE, began=START, seq=first, now=START)
    taken(counter, START + 500)
    bucket.refund(counter, RULE, began=START, seq=second, now=START + 900)
    assert bucket.expires(counter) >= START + 1_500


def test_a_token_that_came_back_by_itself_gives_not_a_millisecond() -> None:
    """Whoever proves right late has nothing left to be given back, while others wait for theirs."""
    counter = Counter()
    first = taken(counter, START)
    taken(counter, START + 999)
    bucket.refund(counter, RULE, began=START, seq=first, now=START + 1_500)
    assert bucket.expires(counter) == START + 2_000
