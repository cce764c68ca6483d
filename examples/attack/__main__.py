"""``python -m examples.attack --url http://127.0.0.1:PORT``: see the package's docstring.

The exit code is 0 when every promise held, 1 when one was broken, and 2 when the target
could not be put to the test.
"""

import argparse
import sys
from collections.abc import Sequence

from examples.attack.run import attack
from examples.attack.verdict import Limits

__all__ = ["main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, attack, and return the exit code."""
    chosen = _parser().parse_args(arguments)
    limits = Limits(account=chosen.account_limit, address=chosen.address_limit)
    try:
        return attack(chosen.url, limits=limits, patience=chosen.patience)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.attack",
        description="Attack a running example and judge whether its promises hold.",
        epilog="Exit code: 0 all held, 1 one was broken, 2 the target could not be put to the test.",
    )
    parser.add_argument(
        "--url", required=True, help="where the example runs, for example http://127.0.0.1:8000"
    )
    parser.add_argument(
        "--account-limit", type=_positive, default=Limits().account, help="what LOGIN__ACCOUNT_LIMIT allows"
    )
    parser.add_argument(
        "--address-limit", type=_positive, default=Limits().address, help="what LOGIN__IP_LIMIT allows"
    )
    parser.add_argument(
        "--patience",
        type=_positive,
        default=2,
        help="the longest Retry-After in seconds that attackers honour",
    )
    return parser


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
