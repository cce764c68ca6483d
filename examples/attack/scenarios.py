"""The five attacks.

Each guesses wrong until the budget of the account or address is used up. Only then comes
the right password, again and again: if a limit doesn't hold, an account is taken, and the
table shows it.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import repeat
from typing import Final

import httpx

from examples.attack.addresses import made_up_name, made_up_password
from examples.attack.attacker import Attacker, Pair, Stage
from examples.attack.tally import Aim, Scenario
from examples.attack.target import Account, TargetError

__all__ = ["Cast", "cast", "play"]

_SPRAYED: Final = 3
_STOLEN: Final = 4
_STALE: Final = 46
_HAMMERED: Final = 60
_STUFFED_AT_ONCE: Final = 10
_RACED_AT_ONCE: Final = 50
_LOCKED_AT_ONCE: Final = 8
_OWNER_TRIES: Final = 12
_OWNER_PAUSE: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The accounts that are attacked. The sprayed ones have the same password."""

    brute_forced: Account
    sprayed: tuple[Account, ...]
    stolen: tuple[Account, ...]
    stuffed: Account
    raced: Account
    owned: Account

    @property
    def everybody(self) -> list[Account]:
        """Everybody who has to be registered."""
        return [self.brute_forced, *self.sprayed, *self.stolen, self.stuffed, self.raced, self.owned]


def cast(addresses: Iterator[str]) -> Cast:
    """Make up the accounts, each to be registered from an address of its own."""

    def account(password: str) -> Account:
        return Account(made_up_name(), password, next(addresses))

    common = made_up_password()
    return Cast(
        brute_forced=account(made_up_password()),
        sprayed=tuple(account(common) for _ in range(_SPRAYED)),
        stolen=tuple(account(made_up_password()) for _ in range(_STOLEN)),
        stuffed=account(made_up_password()),
        raced=account(made_up_password()),
        owned=account(made_up_password()),
    )


async def play(stage: Stage, players: Cast) -> None:
    """Register the accounts, then play all scenarios one after the other.

    Raises:
        TargetError: The target doesn't speak the contract of the examples.
    """
    await stage.target.check()
    await stage.target.register(players.everybody)
    async with stage.target.browser() as browser:
        await _make_known(stage, players.owned, browser)
        await _brute_force(stage, players.brute_forced)
        await _spray(stage, players.sprayed)
        await _stuff(stage, players.stolen, players.stuffed)
        await _race(stage, players.raced)
        await _lock_out(stage, players.owned, browser)


async def _make_known(stage: Stage, owner: Account, browser: httpx.AsyncClient) -> None:
    answer = await stage.target.sign_in(owner.name, owner.password, owner.address, browser=browser)
    if answer.status != HTTPStatus.OK:
        raise TargetError(
            f"POST /login answered {answer.status} to a new user's first sign-in, the contract says 200."
        )


async def _brute_force(stage: Stage, victim: Account) -> None:
    attacker = Attacker(stage, Scenario.BRUTE_FORCE, repeat(next(stage.addresses)))
    await _guess(stage, attacker, victim)


async def _spray(stage: Stage, victims: tuple[Account, ...]) -> None:
    """One password for many names, most of which don't exist: the sprayer can't know."""
    attacker = Attacker(stage, Scenario.SPRAYING, repeat(next(stage.addresses)))
    wrong = _one_password(victims[0].password)
    if await attacker.use_up(stage.limits.address, wrong):
        await attacker.insist(_pair(victims[0]))
        await attacker.hammer(_HAMMERED, wrong, map(_pair, victims))


async def _stuff(stage: Stage, stolen: tuple[Account, ...], victim: Account) -> None:
    """Pairs from a leak, each from another address; and one account of which old passwords leaked."""
    attacker = Attacker(stage, Scenario.STUFFING, stage.addresses, at_once=_STUFFED_AT_ONCE)
    pairs = [*map(_pair, stolen), *(Pair(made_up_name(), made_up_password()) for _ in range(_STALE))]
    random.shuffle(pairs)
    await attacker.send_all((Aim.STOLEN_PAIR, pair) for pair in pairs)
    await _guess(stage, Attacker(stage, Scenario.STUFFING, stage.addresses), victim)


async def _race(stage: Stage, victim: Account) -> None:
    attacker = Attacker(stage, Scenario.RACE, stage.addresses, at_once=_RACED_AT_ONCE)
    await _guess(stage, attacker, victim)


async def _lock_out(stage: Stage, owner: Account, browser: httpx.AsyncClient) -> None:
    """The owner signs in again and again while the attacker keeps the account locked."""
    attacker = Attacker(stage, Scenario.LOCK_OUT, stage.addresses, at_once=_LOCKED_AT_ONCE)
    locked, satisfied = asyncio.Event(), asyncio.Event()

    async def keep_locked() -> None:
        wrong = _one_name(owner.name)
        used_up = await attacker.use_up(stage.limits.account, wrong)
        if used_up:
            await attacker.insist(_pair(owner))
        locked.set()
        while used_up and not satisfied.is_set():
            await attacker.hammer(2 * _LOCKED_AT_ONCE, wrong, [_pair(owner)])

    async def keep_signing_in() -> None:
        at_home = Attacker(stage, Scenario.LOCK_OUT, repeat(owner.address))
        tries_while_locked = 0
        while tries_while_locked < _OWNER_TRIES:
            tries_while_locked += locked.is_set()
            await at_home.send(Aim.OWNER, _pair(owner), browser=browser)
            await asyncio.sleep(_OWNER_PAUSE)
        satisfied.set()

    await asyncio.gather(keep_locked(), keep_signing_in())


async def _guess(stage: Stage, attacker: Attacker, victim: Account) -> None:
    """Use the account's budget up, then hammer, with the right password among the guesses."""
    wrong = _one_name(victim.name)
    if await attacker.use_up(stage.limits.account, wrong):
        await attacker.insist(_pair(victim))
        await attacker.hammer(2 * _HAMMERED, wrong, [_pair(victim)])


def _pair(account: Account) -> Pair:
    return Pair(account.name, account.password)


def _one_name(name: str) -> Iterator[Pair]:
    while True:
        yield Pair(name, made_up_password())


def _one_password(password: str) -> Iterator[Pair]:
    while True:
        yield Pair(made_up_name(), password)
