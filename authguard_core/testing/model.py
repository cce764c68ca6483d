"""The rules once more, as simply as they can be said: how a key stands after all that happened to it.

This is the executable specification. It shares no code with the counting that stores
use. It forgets nothing: each key has the list of all that ever happened to it, and
every question is answered by going through that list from its beginning. So it is slow,
and short enough to be checked by reading.

- An attempt is admitted only if none of its counters refuses; else none hears of it.
- A counter remembers an attempt for one window. A full window locks, where there is a
  lock: then nothing is forgotten until the lock ends. The first attempt after its end
  finds an empty counter whose next lock is twice as long, up to a maximum. A quiet day
  halves it again.
- Before the window is full, each failure from ``delay_after`` on doubles a wait.
- A success takes back its own entry; with an account or a known source also the older
  ones of the same source, and the run of failures up to itself. An attempt that nobody
  looked at takes back its own entry, and the run becomes one shorter.
- A run of ``cap`` failures refuses everything. It ends by a success, a clearing, or half a year without
  an attempt.

It knows no token bucket: their bound is claimed by the conformance suite.
:class:`~authguard_core.testing.reference.ReferenceStorage` makes a store of it.
"""

import enum
from collections.abc import Sequence
from typing import NamedTuple

from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason, Refusal

__all__ = ["HALF_A_YEAR", "Entry", "Happened", "Standing", "What", "refusal", "standing"]

HALF_A_YEAR = 180 * DAY
HIGHEST_LEVEL = 30


class What(enum.Enum):
    """What can happen to a key."""

    CHARGE = "an attempt was admitted, and counts as failed until it proves right"
    SUCCESS = "an attempt of this account or known source proved right"
    REFUND = "an attempt from this address or subnet proved right"
    RELEASE = "nobody had looked at the attempt's secret"
    FORGET = "a known source of this account signed in"
    RESET = "an operator unlocked it, or its owner completed a reset"


class Happened(NamedTuple):
    """One thing that happened to a key."""

    what: What
    when: int
    """Milliseconds: for an attempt or a reset never before the newest of them."""
    attempt: int = 0
    source: int = 0
    number: int = 0
    """Which of the key's charges it speaks of, counted from one."""


class Entry(NamedTuple):
    """An attempt that is held against its key."""

    when: int
    attempt: int
    source: int


class Standing(NamedTuple):
    """How a key stands at a time."""

    entries: tuple[Entry, ...] = ()
    run: tuple[int, ...] = ()
    """The numbers of the charges that are the run of consecutive failures."""
    level: int = 0
    """How many locks came before, as of ``since``."""
    since: int = 0
    charges: int = 0
    newest: int = 0


def standing(history: Sequence[Happened], rule: Rule, now: int) -> Standing:
    """Tell from all that happened to a key how it stands now."""
    stands = Standing()
    for happened in history:
        if happened.what in {What.CHARGE, What.RESET}:
            stands = passed(stands, rule, happened.when)
        stands = after(stands, happened)
    return passed(stands, rule, now)


def passed(stands: Standing, rule: Rule, now: int) -> Standing:
    """Say what time alone brings."""
    entries = tuple([entry for entry in stands.entries if entry.when + rule.window > now])
    ends = lock_end(stands, rule)
    if ends > now:
        entries = stands.entries
    elif ends:
        level = min(level_at(stands, stands.entries[-1].when) + 1, HIGHEST_LEVEL)
        stands = stands._replace(level=level, since=ends)
        entries = ()
    run = () if stands.newest + HALF_A_YEAR <= now else stands.run
    return stands._replace(entries=entries, run=run)


def after(stands: Standing, happened: Happened) -> Standing:
    """Say what an attempt, its outcome or an operator's word brings."""
    what, when, attempt, source, number = happened
    entries = stands.entries
    before = [entry.attempt for entry in entries].index(attempt) if held(stands, attempt) else len(entries)
    others = tuple([entry for entry in entries[:before] if entry.source != source])
    run = tuple([charge for charge in stands.run if charge > number])
    match what:
        case What.CHARGE:
            entries, run = (*entries, Entry(when, attempt, source)), (*stands.run, number)
            return stands._replace(entries=entries, run=run, charges=number, newest=when)
        case What.SUCCESS if held(stands, attempt):
            return stands._replace(entries=others + entries[before + 1 :], run=run)
        case What.SUCCESS | What.FORGET:
            return stands._replace(run=run)
        case What.REFUND:
            return stands._replace(entries=entries[:before] + entries[before + 1 :])
        case What.RELEASE:
            # Which charge leaves the run can't be told later: the oldest, so that it is never too short.
            gone = held(stands, attempt) and number in stands.run
            entries = entries[:before] + entries[before + 1 :]
            return stands._replace(entries=entries, run=stands.run[gone:])
        case _:
            return Standing(charges=stands.charges, newest=when)


def held(stands: Standing, attempt: int) -> bool:
    """Say whether an attempt is still held against its key."""
    return attempt in [entry.attempt for entry in stands.entries]


def level_at(stands: Standing, when: int) -> int:
    """Return the level: one less for every whole day since it rose."""
    return max(0, stands.level - max(0, when - stands.since) // DAY)


def lock_end(stands: Standing, rule: Rule) -> int:
    """Return when the lock of a full window ends; 0 where there is none."""
    if not rule.lock or len(stands.entries) < rule.limit:
        return 0
    began = stands.entries[-1].when
    return began + min(rule.lock << level_at(stands, began), rule.lock_max)


def refusal(stands: Standing, rule: Rule, now: int) -> Refusal | None:
    """Say why a key that stands so refuses the next attempt, and for how long; None if it doesn't."""
    failures = len(stands.entries)
    newest = stands.entries[-1].when if failures else 0
    if rule.cap and len(stands.run) >= rule.cap:
        return Refusal(Reason.CAPPED, None)
    if lock_end(stands, rule):
        return Refusal(Reason.LOCKED, lock_end(stands, rule) - now)
    if failures >= rule.limit:
        return Refusal(Reason.LIMITED, stands.entries[-rule.limit].when + rule.window - now)
    if rule.delay_after and failures >= rule.delay_after:
        wait = newest + min(rule.delay << (failures - rule.delay_after), rule.delay_max) - now
        return Refusal(Reason.DELAYED, wait) if wait > 0 else None
    return None
