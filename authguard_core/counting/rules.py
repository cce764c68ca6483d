"""The heart: what a counter's surviving entries mean, and how an attempt changes them.

Delay and lock are never stored. Both are computed from the entries that survive,
so taking an entry back recomputes them, and a right password is never punished.
An attempt that is still running counts as a failure until it proves otherwise.

Three things are kept beside the entries, because they outlive them: the level of
the lock (it falls by one a quiet day), and two running numbers whose difference
is the count of consecutive failures. ``total`` rises by one with every charge;
``cleared`` says up to which charge a success has forgotten them. A success that
began before a failure can so never clear that failure, whichever ends first.

No function here reads a clock: ``now`` is milliseconds of the store's own. The first
half says what a counter means and changes nothing; the second half changes it.
"""

from bisect import bisect_right

from authguard_core.counting import bucket
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason, Refusal
from authguard_core.counting.state import Counter

__all__ = [
    "advance",
    "charge",
    "charged_at",
    "consecutive",
    "expires",
    "forget",
    "hot_until",
    "is_charged",
    "level_at",
    "lock_end",
    "position",
    "refund",
    "refusal",
    "release",
    "reset",
    "succeed",
    "tick",
]

CONSECUTIVE_MEMORY = 180 * DAY
"""How long a quiet account's consecutive failures are remembered."""

HOT_SHARE = 10
"""A count above a tenth of its cap is worth keeping when space runs out."""

MAX_LEVEL = 30


def tick(counter: Counter, clock: int) -> int:
    """Return the time for this key: the store's clock, but never before the key's last time."""
    return max(clock, counter.last)


# What the entries mean


def consecutive(counter: Counter) -> int:
    """Count the consecutive failures: charges that no later success has forgotten."""
    return counter.total - counter.cleared


def level_at(counter: Counter, when: int) -> int:
    """Return the lock's level at a time: one less for every whole day since its last change."""
    if not counter.level:
        return 0
    return max(0, counter.level - max(0, when - counter.level_at) // DAY)


def lock_end(counter: Counter, rule: Rule) -> int:
    """Return when the lock ends, or 0 where none began. It begins when the window holds ``limit``.

    A full log can't grow any more, so its newest entry is the one that filled it.
    """
    if not rule.lock or len(counter.times) < rule.limit:
        return 0
    began = counter.times[-1]
    return began + min(rule.lock << level_at(counter, began), rule.lock_max)


def delay_end(counter: Counter, rule: Rule) -> int:
    """Return when the next attempt may begin: 1, 2, 4 ... times ``delay`` after the last failure."""
    over = len(counter.times) - rule.delay_after
    if not rule.delay_after or over < 0:
        return 0
    return counter.times[-1] + min(rule.delay << min(over, MAX_LEVEL), rule.delay_max)


def window_end(counter: Counter, rule: Rule) -> int:
    """Return when a full window has room again, or 0 while it has."""
    over = len(counter.times) - rule.limit
    return counter.times[over] + rule.window if over >= 0 else 0


def refusal(counter: Counter, rule: Rule, now: int) -> Refusal | None:
    """Say why the next attempt is refused, or None, of a counter that stands at ``now``."""
    if rule.burst:
        return _until(bucket.ready_at(counter, rule), now, Reason.LIMITED)
    if rule.cap and counter.total - counter.cleared >= rule.cap:
        return Refusal(Reason.CAPPED, None)
    held = len(counter.times)
    if held >= rule.limit:
        if rule.lock:
            return _until(lock_end(counter, rule), now, Reason.LOCKED)
        return _until(window_end(counter, rule), now, Reason.LIMITED)
    if rule.delay_after and held >= rule.delay_after:
        return _until(delay_end(counter, rule), now, Reason.DELAYED)
    return None


def _until(end: int, now: int, reason: Reason) -> Refusal | None:
    return Refusal(reason, end - now) if end > now else None


def is_charged(counter: Counter, attempt: int) -> bool:
    """Say whether this attempt is in the log already: its reply was lost and it came again."""
    return attempt in counter.attempts


def position(counter: Counter, attempt: int) -> int:
    """Return the running number of a charged attempt, as far as the log still tells."""
    return counter.total - (len(counter.attempts) - 1 - counter.attempts.index(attempt))


def charged_at(counter: Counter, attempt: int) -> int:
    """Return when an attempt in the log was charged."""
    return counter.times[counter.attempts.index(attempt)]


# How an attempt changes them


def advance(counter: Counter, rule: Rule, now: int) -> None:
    """Bring a counter to ``now``.

    While a lock lasts, nothing expires. Once it has ended, the whole log goes and
    the level rises: the account has its whole budget again, and the next lock is
    longer. Otherwise the entries that left the window go. A count of consecutive
    failures that nothing was added to for :data:`CONSECUTIVE_MEMORY` goes too.
    """
    if rule.burst:
        return
    if rule.cap and counter.last + CONSECUTIVE_MEMORY <= now:
        counter.cleared = counter.total
    times = counter.times
    if not times:
        return
    if rule.lock and len(times) >= rule.limit:
        end = lock_end(counter, rule)
        if end <= now:
            _rearm(counter, end)
    elif times[0] <= now - rule.window:
        _prune(counter, now - rule.window)


def _rearm(counter: Counter, end: int) -> None:
    # The level that this lock had, plus one: the time of a lock itself is not quiet.
    counter.level = min(level_at(counter, counter.times[-1]) + 1, MAX_LEVEL)
    counter.level_at = end
    _keep(counter, [])


def _prune(counter: Counter, cutoff: int) -> None:
    """Drop what happened at ``cutoff`` or before: an entry counts for exactly one window."""
    gone = bisect_right(counter.times, cutoff)
    del counter.times[:gone], counter.attempts[:gone], counter.sources[:gone]


def charge(counter: Counter, rule: Rule, now: int, *, attempt: int, source: int) -> None:
    """Enter an attempt as if it had failed."""
    if rule.burst:
        bucket.charge(counter, rule, now)
        return
    counter.times.append(now)
    counter.attempts.append(attempt)
    counter.sources.append(source)
    counter.total += 1
    counter.last = now


def refund(counter: Counter, attempt: int) -> None:
    """Take one attempt's entry back, where it is still there, and no other."""
    if attempt in counter.attempts:
        mine = counter.attempts.index(attempt)
        del counter.times[mine], counter.attempts[mine], counter.sources[mine]


def succeed(counter: Counter, *, attempt: int, source: int, seq: int) -> None:
    """Take back a proven attempt's entry and the older ones of the same source.

    Entries of other sources stay in their window, and so do those that began later.
    """
    if attempt in counter.attempts:
        mine = counter.attempts.index(attempt)
        older = [index for index in range(mine) if counter.sources[index] != source]
        _keep(counter, [*older, *range(mine + 1, len(counter.times))])
    forget(counter, seq)


def _keep(counter: Counter, indices: list[int]) -> None:
    counter.times = [counter.times[index] for index in indices]
    counter.attempts = [counter.attempts[index] for index in indices]
    counter.sources = [counter.sources[index] for index in indices]


def forget(counter: Counter, seq: int) -> None:
    """Begin the consecutive count anew after the charge with this running number."""
    counter.cleared = min(counter.total, max(counter.cleared, seq))


def release(counter: Counter, *, attempt: int, seq: int) -> None:
    """Take back an attempt whose secret was never looked at. It clears nothing else.

    If an older attempt proves right afterwards, the consecutive count may stay one too high, never too low.
    """
    if attempt not in counter.attempts:
        return
    refund(counter, attempt)
    if seq > counter.cleared:
        counter.cleared += 1


def reset(counter: Counter, now: int) -> None:
    """Give the whole budget back: no entry, no level, no consecutive failure.

    The running numbers stay, so that an attempt that began before can't clear what began after.
    """
    _keep(counter, [])
    counter.level = counter.level_at = 0
    counter.cleared = counter.total
    counter.last = now


# How long it matters


def expires(counter: Counter, rule: Rule) -> int:
    """Return the time from which the counter means nothing any more."""
    remembered = counter.last + CONSECUTIVE_MEMORY if rule.cap and consecutive(counter) else 0
    return max(remembered, _matters_until(counter, rule))


def hot_until(counter: Counter, rule: Rule) -> int:
    """Return until when the counter must stay even if space runs out.

    That is while an entry, a lock or its level lasts, or the consecutive count is a
    good part of its cap.
    """
    near_cap = rule.cap and consecutive(counter) * HOT_SHARE > rule.cap
    return max(counter.last + CONSECUTIVE_MEMORY if near_cap else 0, _matters_until(counter, rule))


def _matters_until(counter: Counter, rule: Rule) -> int:
    if rule.burst:
        return bucket.expires(counter)
    locked = lock_end(counter, rule)
    if locked:
        return locked + (level_at(counter, counter.times[-1]) + 1) * DAY
    # With a cap one window more: an attempt that began just before may still report its outcome.
    newest = counter.last if rule.cap else (counter.times[-1] if counter.times else -rule.window)
    return max(newest + rule.window, counter.level_at + counter.level * DAY)
