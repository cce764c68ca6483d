"""One attack from beginning to end: play it, show it, judge it."""

import asyncio

from rich.console import Console

from examples.attack.addresses import networks
from examples.attack.attacker import Stage
from examples.attack.report import Board, print_preface, print_result
from examples.attack.scenarios import cast, play
from examples.attack.tally import Try, tally
from examples.attack.target import Target, TargetError
from examples.attack.verdict import Limits, judge

__all__ = ["attack"]

_UNUSABLE = 2


def attack(url: str, *, limits: Limits | None = None, patience: float = 2.0) -> int:
    """Attack the example at the address, print the result, and return the exit code.

    Args:
        url: Where the example runs, on this machine.
        limits: What it promises; by default what it promises by default.
        patience: The longest wait in seconds that the attackers put up with.
    """
    console = Console()
    promised = limits or Limits()
    tries: list[Try] = []
    try:
        target = Target(url)
        print_preface(console, url)
        asyncio.run(_play(target, promised, patience, tries, console))
    except TargetError as error:
        console.print(f"The target can't be used: {error}", highlight=False)
        return _UNUSABLE
    rows = tally(tries)
    verdict = judge(rows, promised)
    print_result(console, rows, verdict)
    return verdict.exit_code


async def _play(target: Target, limits: Limits, patience: float, tries: list[Try], console: Console) -> None:
    addresses = networks()
    async with target:
        with Board(console) as board:

            def tell(attempt: Try) -> None:
                tries.append(attempt)
                board.tell(attempt)

            stage = Stage(target=target, limits=limits, patience=patience, addresses=addresses, tell=tell)
            await play(stage, cast(addresses))
            board.finish()
