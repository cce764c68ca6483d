"""Starts the FastAPI example, attacks it, prints what came of it, and keeps serving.

::

    python -m examples.demo          # until Ctrl-C
    python -m examples.demo --once   # stops after the table

The exit code says whether the promises held: 0 all did, 1 one was broken, 2 the example
could not be started or put to the test.
"""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from examples.attack.run import attack
from examples.server import Interrupted, Interrupts, Server, ServerError, serve

__all__ = ["main"]

_UNUSABLE = 2
_APPLICATION = "examples.fastapi_app"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo and return the exit code."""
    chosen = _parser().parse_args(arguments)
    console = Console()
    try:
        with Interrupts() as interrupts:
            return serve(
                chosen.app, interrupts, lambda server: _demonstrate(server, console, once=chosen.once)
            )
    except ServerError as error:
        console.print(str(error), highlight=False, markup=False)
        return _UNUSABLE
    except Interrupted as interruption:
        return interruption.exit_code


def _demonstrate(server: Server, console: Console, *, once: bool) -> int:
    server.wait_until_healthy()
    console.print(f"The example runs at {server.url}", highlight=False)
    exit_code = attack(server.url)
    if not once:
        console.print(f"\nThe example keeps running at {server.url} until Ctrl-C.", highlight=False)
        try:
            server.wait_until_it_ends()
        except Interrupted:
            console.print("\nStopped.")
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.demo",
        description="Start an example, attack it, print the result, and keep serving until Ctrl-C.",
        epilog="Exit code: 0 all promises held, 1 one was broken, 2 the example could not be tested.",
    )
    parser.add_argument("--once", action="store_true", help="stop after the table")
    parser.add_argument("--app", default=_APPLICATION, help="the example's module (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
