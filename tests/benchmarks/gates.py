"""Fifty guesses at the same time: how many of them reach the password's check?

Nothing is left to chance: whoever is let through to the check waits there until each of the fifty has
either been let through or refused. That is what a password hash of a tenth of a second does.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

from tests.benchmarks.harness import Key

GUESSES = 50
ONE_ADDRESS = [Key("user0@example.org", "192.0.2.1")] * GUESSES
MANY_ADDRESSES = [Key("user0@example.org", f"10.0.{one}.1") for one in range(GUESSES)]


class Guess:
    """One of them, as those see it who run on its behalf, in other tasks too."""

    def __init__(self) -> None:
        self.checked = False


_mine: ContextVar[Guess] = ContextVar("guess")


class ThreadGate:
    """The way to a check that :meth:`verify` is part of, in threads."""

    def __init__(self, guesses: int = GUESSES) -> None:
        self._undecided = guesses
        self._lock = threading.Lock()
        self._all_decided = threading.Event()
        self.checked = 0

    def verify(self) -> None:
        """Check a wrong password, slowly."""
        _mine.get().checked = True
        with self._lock:
            self.checked += 1
        self._decide()
        self._all_decided.wait()

    def race(self, guess: Callable[[Key], object], keys: Sequence[Key]) -> int:
        """Let a thread guess for each key; return how many guesses were checked."""

        def one(key: Key) -> None:
            mine = Guess()
            _mine.set(mine)
            try:
                guess(key)
            finally:
                if not mine.checked:
                    self._decide()

        with ThreadPoolExecutor(len(keys)) as pool:
            list(pool.map(one, keys))
        return self.checked

    def _decide(self) -> None:
        with self._lock:
            self._undecided -= 1
            if not self._undecided:
                self._all_decided.set()


class TaskGate:
    """The same on an event loop."""

    def __init__(self, guesses: int = GUESSES) -> None:
        self._undecided = guesses
        self._all_decided = asyncio.Event()
        self.checked = 0

    async def verify(self) -> None:
        """Check a wrong password, slowly."""
        _mine.get().checked = True
        self.checked += 1
        self._decide()
        await self._all_decided.wait()

    async def race(self, guess: Callable[[Key], Awaitable[object]], keys: Sequence[Key]) -> int:
        """Let a task guess for each key; return how many guesses were checked."""

        async def one(key: Key) -> None:
            mine = Guess()
            _mine.set(mine)
            try:
                await guess(key)
            finally:
                if not mine.checked:
                    self._decide()

        await asyncio.gather(*(one(key) for key in keys))
        return self.checked

    def _decide(self) -> None:
        self._undecided -= 1
        if not self._undecided:
            self._all_decided.set()
