"""One counter, counted again from a history: plain lists, and nothing of the library's arithmetic."""

from copy import copy
from typing import NamedTuple

from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Reason

__all__ = ["Ledger", "Standing"]


class Standing(NamedTuple):
    """An attempt that was charged and not given back."""

    at: int
    source: str


class Ledger:
    """What one counter must hold. Times are milliseconds of the store."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.standing: dict[int, Standing] = {}
        """Every attempt that was never given back. Time takes none away, so any window can be counted."""
        self.held: list[int] = []
        """The attempts that the log holds now: those of the window, or those that began a lock."""
        self.level = 0
        self.level_at = 0
        self.last = 0
        """When it was last charged or cleared."""
        self.charges = 0
        self.places: dict[int, int] = {}
        """Which place each attempt has in the order of charges."""
        self.run: list[int] = []
        """The places of the consecutive failures, at least."""
        self.longest_run: list[int] = []
        """At most: an attempt that was released, or asked about twice, may stay in it."""
        self.uncertain = False
        """A settlement came after a lock's end that nobody may have noticed: both counts are right."""

    def within(self, window: int) -> list[int]:
        """Return the standing attempts of the window that ends with the last charge."""
        return [number for number, one in self.standing.items() if one.at > self.last - window]

    # What time does

    def seen(self, at: int) -> "Ledger":
        """Return what a look at it must find. It changes nothing: a key's own time may go back after it."""
        found = copy(self)
        found.advance(at)
        return found

    def advance(self, at: int) -> None:
        """Let the log forget what is over."""
        if self.has_ended_lock(at):
            ended = self._lock_end()
            self.level, self.level_at, self.held = self.level_now(self.newest()) + 1, ended, []
        elif not self._is_locked():
            self.held = [number for number in self.held if at - self.standing[number].at < self.rule.window]

    def has_ended_lock(self, at: int) -> bool:
        """Say whether the log still holds a lock that is over."""
        return self._is_locked() and self._lock_end() <= at

    def _is_locked(self) -> bool:
        return bool(self.rule.lock) and len(self.held) >= self.rule.limit

    def newest(self) -> int:
        """Return when the newest attempt came that the log holds."""
        return self.standing[self.held[-1]].at

    def _lock_end(self) -> int:
        newest = self.newest()
        return newest + min(self.rule.lock * (1 << self.level_now(newest)), self.rule.lock_max)

    def level_now(self, at: int) -> int:
        """Return the lock's level: one less for every whole quiet day."""
        return max(0, self.level - max(0, at - self.level_at) // DAY)

    # What an attempt does

    def charge(self, number: int, at: int, source: str) -> None:
        """Count an attempt as a failure."""
        self.advance(at)
        self.standing.pop(number, None)
        self.standing[number] = Standing(at, source)
        self.held.append(number)
        self.last = at
        self.charges += 1
        self.places[number] = self.charges
        self.run.append(self.charges)
        self.longest_run.append(self.charges)

    def give_back(self, number: int, at: int) -> None:
        """Give one attempt back, and no other."""
        self._remove([number], at)

    def succeed(self, number: int, at: int) -> None:
        """Give a proven attempt back with the older ones of the same source."""
        mine = self.standing.get(number)
        if mine is not None:
            order = list(self.standing)
            older = order[: order.index(number)]
            self._remove([number, *(one for one in older if self.standing[one].source == mine.source)], at)

    def release(self, number: int, at: int) -> None:
        """Give an attempt back whose secret was never looked at."""
        self.give_back(number, at)
        self.run = [place for place in self.run if place != self.places[number]]

    def forget(self, place: int, *, certain: bool) -> None:
        """Begin the consecutive count anew after a place."""
        self.run = [one for one in self.run if one > place]
        if certain:
            self.longest_run = [one for one in self.longest_run if one > place]

    def clear(self, at: int) -> None:
        """Begin with the whole budget."""
        self.last = at
        self.standing, self.held, self.run, self.longest_run = {}, [], [], []
        self.level = self.level_at = 0
        self.uncertain = False

    def _remove(self, numbers: list[int], at: int) -> None:
        gone = set(numbers)
        if self.has_ended_lock(at) and gone.intersection(self.held):
            self.uncertain = True
        self.held = [number for number in self.held if number not in gone]
        self.standing = {number: one for number, one in self.standing.items() if number not in gone}

    # What a look at it must say

    def describe(self, at: int) -> str:
        """Say the same in words."""
        run = f"{len(self.run)} to {len(self.longest_run)}"
        level, refusal = self.level_now(at), self.refusal(at)
        why = "open" if refusal is None else f"{refusal[0].value}, {refusal[1]} ms"
        return f"{len(self.held)} failures, {run} in a row, level {level}, {why}"

    def refusal(self, at: int) -> tuple[Reason, int | None] | None:
        """Return why the next attempt would be refused, and how long it must wait."""
        if self.rule.cap and len(self.longest_run) >= self.rule.cap:
            return Reason.CAPPED, None
        if self._is_locked():
            return Reason.LOCKED, self._lock_end() - at
        if len(self.held) >= self.rule.limit:
            return Reason.LIMITED, self.standing[self.held[0]].at + self.rule.window - at
        over = len(self.held) - self.rule.delay_after
        if self.rule.delay_after and over >= 0:
            wait = self.newest() + min(self.rule.delay * 2**over, self.rule.delay_max) - at
            return (Reason.DELAYED, wait) if wait > 0 else None
        return None
