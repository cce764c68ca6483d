"""The token bucket, as the generic cell rate algorithm (ITU-T I.371): three numbers a key.

It admits at most ``burst + limit`` unproven attempts in any window. Its counter lists
no entries. While the bucket isn't full, ``level_at`` says since when, ``total`` adds to
that the time which the tokens taken since need to come back, and ``cleared`` is how
much of that time was given back. ``total - cleared`` is the theoretical arrival time:
when the bucket will be full again.
"""

from authguard_core.counting.limits import Rule
from authguard_core.counting.state import Counter

__all__ = ["charge", "expires", "ready_at", "refund"]


def interval(rule: Rule) -> int:
    """Return the milliseconds one token takes, rounded up so that the bound holds."""
    return -(-rule.window // rule.limit)


def ready_at(counter: Counter, rule: Rule) -> int:
    """Return when the next token is there."""
    return expires(counter) - (rule.burst - 1) * interval(rule)


def charge(counter: Counter, rule: Rule, now: int) -> None:
    """Take one token. ``counter.total`` right after it is the attempt's running number."""
    if expires(counter) <= now:
        counter.level_at = counter.total = now
        counter.cleared = 0
    counter.total += interval(rule)
    counter.last = now


def refund(counter: Counter, rule: Rule, *, began: int, seq: int, now: int) -> None:
    """Give back what hasn't come back by itself of an attempt's token.

    The token came back as time went by, at the latest when the bucket was full, and
    then to give it back again would free somebody else's. What was given back since it
    was taken counts as if it had been this one's, so the bucket is never fuller than
    one that this attempt had never come to. The caller makes sure that it is given
    back once.

    Args:
        counter: the bucket.
        rule: its rule.
        began: when the attempt was charged.
        seq: the attempt's running number.
        now: the key's time.

    """
    if began >= counter.level_at:
        outstanding = seq - counter.cleared - now
        counter.cleared += max(0, min(interval(rule), outstanding))


def expires(counter: Counter) -> int:
    """Return when the bucket is full again: then the record says no more than none."""
    return counter.total - counter.cleared
