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
from operator import itemgetter

from authguard_core.counting import bucket
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason, Refusal
from authguard_core.counting.state import Counter, Entry

__all__ = [
    "advance",
    "charge",
    "consecutive",
    "expires",
    "forget",
    "hot_until",
    "is_charged",
    "is_idle",
    "level_at",
    "lock_end",
    "position",
    "refund",
    "refusal",
    "release",
    "reset",
    "stand",
    "succeed",
    "tick",
]

CONSECUTIVE_MEMORY = 180 * DAY
"""How long a quiet account's consecutive failures are remembered."""

HOT_SHARE = 10
"""A count above a tenth of its cap is worth keeping when space runs out."""

MAX_LEVEL = 30

_TIME, _ATTEMPT = itemgetter(0), itemgetter(1)


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
    if not rule.lock or len(counter.entries) < rule.limit:
        return 0
    began = counter.entries[-1].time
    return began + min(rule.lock << level_at(counter, began), rule.lock_max)


def delay_end(counter: Counter, rule: Rule) -> int:
    """Return when the next attempt may begin: 1, 2, 4 ... times ``delay`` after the last failure."""
    over = len(counter.entries) - rule.delay_after
    if not rule.delay_after or over < 0:
        return 0
    return counter.entries[-1].time + min(rule.delay << min(over, MAX_LEVEL), rule.delay_max)


def window_end(counter: Counter, rule: Rule) -> int:
    """Return when a full window has room again, or 0 while it has."""
    over = len(counter.entries) - rule.limit
    return counter.entries[over].time + rule.window if over >= 0 else 0


def stand(counter: Counter, rule: Rule, clock: int) -> Refusal | None:
    """Bring a counter to the store's time, and say why the next attempt is refused, or None."""
    if not counter.entries and (counter.total == counter.cleared or not (rule.cap or rule.burst)):
        return None  # nothing is held against anybody: most counters, most of the time
    now = tick(counter, clock)
    advance(counter, rule, now)
    return refusal(counter, rule, now)


def refusal(counter: Counter, rule: Rule, now: int) -> Refusal | None:
    """Say why the next attempt is refused, or None, of a counter that stands at ``now``."""
    if rule.burst:
        return _until(bucket.ready_at(counter, rule), now, Reason.LIMITED)
    if rule.cap and counter.total - counter.cleared >= rule.cap:
        return Refusal(Reason.CAPPED, None)
    held = len(counter.entries)
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
    return bool(counter.entries) and attempt in map(_ATTEMPT, counter.entries)


def position(counter: Counter, attempt: int) -> int:
    """Return the running number of a charged attempt, as far as the log still tells."""
    return counter.total - (len(counter.entries) - 1 - _index(counter, attempt))


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
    entries = counter.entries
    if not entries:
        return
    if rule.lock and len(entries) >= rule.limit:
        end = lock_end(counter, rule)
        if end <= now:
            _rearm(counter, end)
    elif entries[0].time <= now - rule.window:
        # An entry counts for exactly one window.
        del entries[: bisect_right(entries, now - rule.window, key=_TIME)]


def _rearm(counter: Counter, end: int) -> None:
    # The level that this lock had, plus one: the time of a lock itself is not quiet.
    counter.level = min(level_at(counter, counter.entries[-1].time) + 1, MAX_LEVEL)
    counter.level_at = end
    counter.entries.clear()


def charge(counter: Counter, rule: Rule, entry: Entry) -> None:
    """Enter an attempt as if it had failed: at its time, but never before the key's last."""
    if entry.time < counter.last:
        entry = entry._replace(time=counter.last)
    counter.rule = rule
    counter.last = entry.time
    if rule.burst:
        bucket.charge(counter, rule, entry.time)
        return
    if not counter.total:
        # A store may have dropped the counter in between: a number must never come again.
        counter.total = counter.cleared = entry.time
    counter.entries.append(entry)
    counter.total += 1


def refund(counter: Counter, attempt: int) -> int | None:
    """Take one attempt's entry back, and no other. Return when it was charged, or None if it is gone."""
    mine = _index(counter, attempt)
    return None if mine < 0 else counter.entries.pop(mine).time


def _index(counter: Counter, attempt: int) -> int:
    """Return the place of an attempt's entry, or -1. Most that are asked for came last."""
    entries = counter.entries
    for index in range(len(entries) - 1, -1, -1):
        if entries[index].attempt == attempt:
            return index
    return -1


def succeed(counter: Counter, attempt: int, source: int, seq: int) -> int | None:
    """Take back a proven attempt's entry and the older ones of the same source.

    Entries of other sources stay in their window, and so do those that began later.
    Return when the attempt was charged, or None if its entry is gone.
    """
    forget(counter, seq)
    mine = _index(counter, attempt)
    if mine < 0:
        return None
    entry = counter.entries.pop(mine)
    if mine:
        counter.entries[:mine] = [older for older in counter.entries[:mine] if older.source != source]
    return entry.time


def forget(counter: Counter, seq: int) -> None:
    """Begin the consecutive count anew after the charge with this running number."""
    if seq > counter.cleared:
        counter.cleared = min(counter.total, seq)


def release(counter: Counter, attempt: int, seq: int) -> int | None:
    """Take back an attempt whose secret was never looked at. It clears nothing else.

    If an older attempt proves right afterwards, the consecutive count may stay one too high, never too low.
    Return when it was charged, or None if its entry is gone.
    """
    began = refund(counter, attempt)
    if began is not None and seq > counter.cleared:
        counter.cleared += 1
    return began


def reset(counter: Counter, rule: Rule, clock: int) -> None:
    """Give the whole budget back: no entry, no level, no consecutive failure.

    The running numbers stay, so that an attempt that began before can't clear what began after.
    """
    counter.entries.clear()
    counter.level = counter.level_at = 0
    counter.cleared = counter.total
    counter.rule = rule
    counter.last = tick(counter, clock)


# How long it matters


def is_idle(counter: Counter) -> bool:
    """Say whether the counter says no more than none, however long ago it was charged."""
    rule = counter.rule
    return not (counter.entries or counter.level or rule.cap or rule.burst)


def expires(counter: Counter, rule: Rule) -> int:
    """Return the time from which the counter can go: it says no more than none would.

    One that was just given back says nothing either, but stays for a window: it will be asked again.
    """
    if rule.burst:
        return bucket.expires(counter)
    remembered = CONSECUTIVE_MEMORY if rule.cap and consecutive(counter) else rule.window
    return max(counter.last + remembered, _matters_until(counter, rule))


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
        return locked + (level_at(counter, counter.entries[-1].time) + 1) * DAY
    # With a cap one window more: an attempt that began just before may still report its outcome.
    newest = counter.last if rule.cap else (counter.entries[-1].time if counter.entries else -rule.window)
    return max(newest + rule.window, counter.level_at + counter.level * DAY)
