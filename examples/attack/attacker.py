"""An attacker: uses a budget up with wrong guesses, then hammers with the right one among them."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final, NamedTuple

import httpx

from examples.attack.tally import Aim, Scenario, Try
from examples.attack.target import Target
from examples.attack.verdict import Limits

__all__ = ["Attacker", "Pair", "Stage"]

_BATCHES_PER_CHECK: Final = 4
_RIGHT_EVERY: Final = 5
_LONGEST_DELAY: Final = 10.0


class Pair(NamedTuple):
    """A user name with a password to try."""

    name: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every scenario needs.

    Attributes:
        patience: The longest wait in seconds that an attacker puts up with.
        addresses: Fresh addresses, each in a network of its own.
        tell: Gets each try as soon as it is answered.
    """

    target: Target
    limits: Limits
    patience: float
    addresses: Iterator[str]
    tell: Callable[[Try], None]


class Attacker:
    """Tries passwords in one scenario, from the addresses given.

    ``at_once`` of them are sent in parallel; one after the other by default.
    """

    def __init__(
        self, stage: Stage, scenario: Scenario, addresses: Iterator[str], *, at_once: int = 1
    ) -> None:
        self._stage = stage
        self._scenario = scenario
        self._addresses = addresses
        self._at_once = at_once

    async def send(self, aim: Aim, pair: Pair, *, browser: httpx.AsyncClient | None = None) -> Try:
        """Try one pair once."""
        address = next(self._addresses)
        answer = await self._stage.target.sign_in(pair.name, pair.password, address, browser=browser)
        attempt = Try(self._scenario, aim, pair.name, address, answer.status, answer.wait)
        self._stage.tell(attempt)
        return attempt

    async def send_all(self, aimed: Iterable[tuple[Aim, Pair]]) -> list[Try]:
        """Try all pairs, as many at once as this attacker does."""
        tries: list[Try] = []
        waiting = iter(aimed)
        while batch := list(islice(waiting, self._at_once)):
            tries += await asyncio.gather(*(self.send(aim, pair) for aim, pair in batch))
        return tries

    async def use_up(self, limit: int, wrong: Iterator[Pair]) -> bool:
        """Guess wrong until so many passwords were checked.

        Waits between guesses as it is told to. Returns False when that takes more
        patience than there is: then the limit was not reached.
        """
        checked = 0
        for _batch in range(_BATCHES_PER_CHECK * limit):
            tries = await self.send_all((Aim.WRONG_GUESS, pair) for pair in islice(wrong, self._at_once))
            checked += sum(attempt.checked for attempt in tries)
            wait = max((attempt.wait for attempt in tries if attempt.refused), default=0.0)
            if checked >= limit or wait > self._stage.patience:
                break
            await asyncio.sleep(wait)
        return checked >= limit

    async def insist(self, right: Pair) -> None:
        """Try the right password; once more if a wait is asked for that is too short to be a lock.

        So an account whose limit doesn't hold isn't saved by a mere delay.
        """
        attempt = await self.send(Aim.RIGHT_GUESS, right)
        if attempt.refused and attempt.wait <= _LONGEST_DELAY:
            await asyncio.sleep(attempt.wait)
            await self.send(Aim.RIGHT_GUESS, right)

    async def hammer(self, count: int, wrong: Iterator[Pair], right: Iterable[Pair]) -> None:
        """Send so many guesses without waiting, every fifth of them right, the first too."""
        known = cycle(right)
        await self.send_all(
            (Aim.WRONG_GUESS, next(wrong)) if number % _RIGHT_EVERY else (Aim.RIGHT_GUESS, next(known))
            for number in range(count)
        )
