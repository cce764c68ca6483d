"""A login on a framework, guarded in one way. Only the password's check is made up: it is instant.

Each lives in a process of its own, see :mod:`tests.benchmarks.worker`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from tests.benchmarks.gates import TaskGate, ThreadGate
from tests.benchmarks.harness import Key

RIGHT, WRONG = "right", "wrong"
LIMIT = 5
PLENTY = 1_000_000
"""As a limit: nobody is refused."""
SECRET = "benchmark " * 4

NOTHING, FAILURES, REQUESTS = "nothing", "failures", "requests"
"""What is counted."""

Verify = Callable[[str], bool]
AsyncVerify = Callable[[str], Awaitable[bool]]
"""Says whether the password is right."""


def strict(limit: int) -> dict[str, object]:
    """Return authguard's settings of a login at this limit.

    Without its delays, which would let only three of many parallel guesses begin.
    """
    return {"account_limit": f"{limit}/15m", "delay_after": limit}


class Login(ABC):
    """A login, guarded in one way."""

    checked = 0
    """How many passwords were looked at."""

    @abstractmethod
    def attempt(self, keys: Sequence[Key], password: str) -> list[int]:
        """Try to sign in, one after another; return the status of each answer. This is timed."""

    @abstractmethod
    def race(self, keys: Sequence[Key]) -> int:
        """Try wrong passwords, all at once; return how many were looked at."""


class Way(NamedTuple):
    """A way to guard a login."""

    counts: str
    """What is counted: nothing, failures or requests."""
    build: Callable[..., Any]
    """Makes the application, from the password's check and the limit; without a limit nobody is refused."""
    by_hand: bool = False
    """Whether users write it themselves, around a limiter that knows no framework."""


class ThreadLogin(Login):
    """A login that threads answer."""

    _gate: ThreadGate | None = None

    @abstractmethod
    def post(self, key: Key, password: str) -> int:
        """Try to sign in; return the answer's status."""

    def verify(self, password: str) -> bool:
        """Say whether the password is right: without a hash, whose work would hide everything else."""
        self.checked += 1
        if self._gate is not None:
            self._gate.verify()
        return password == RIGHT

    def attempt(self, keys: Sequence[Key], password: str) -> list[int]:
        return [self.post(key, password) for key in keys]

    def race(self, keys: Sequence[Key]) -> int:
        self._gate = ThreadGate(len(keys))
        return self._gate.race(lambda key: self.post(key, WRONG), keys)


class TaskLogin(Login):
    """A login that an event loop answers."""

    _gate: TaskGate | None = None

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    @abstractmethod
    async def post(self, key: Key, password: str) -> int:
        """Try to sign in; return the answer's status."""

    async def verify(self, password: str) -> bool:
        """Do as :meth:`ThreadLogin.verify`."""
        self.checked += 1
        if self._gate is not None:
            await self._gate.verify()
        return password == RIGHT

    def attempt(self, keys: Sequence[Key], password: str) -> list[int]:
        return self._runner.run(self._attempt(keys, password))

    async def _attempt(self, keys: Sequence[Key], password: str) -> list[int]:
        return [await self.post(key, password) for key in keys]

    def race(self, keys: Sequence[Key]) -> int:
        return self._runner.run(self._race(keys))

    async def _race(self, keys: Sequence[Key]) -> int:
        self._gate = TaskGate(len(keys))
        return await self._gate.race(lambda key: self.post(key, WRONG), keys)
