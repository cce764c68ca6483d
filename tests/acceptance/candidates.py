"""Which applications are put to the test, and what starts them."""

import shlex
import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["EXAMPLES", "ROOT", "Candidate", "candidate", "readable"]

ROOT: Final = Path(__file__).parents[2]

EXAMPLES: Final = (
    "examples.fastapi_app",
    "examples.starlette_app",
    "examples.flask_app",
    "examples.django_app",
)
"""The applications that keep the contract. Another one of this project is one more name here."""


class Candidate(NamedTuple):
    """An application that says of itself that it keeps the contract."""

    name: str
    """What reports call it."""
    command: Sequence[str]
    """What starts it. ``{port}`` stands for where on 127.0.0.1 it is to listen."""
    directory: Path = ROOT
    """Where it is started."""

    def started_on(self, port: int) -> list[str]:
        """Return the command for a port."""
        return [word.replace("{port}", str(port)) for word in self.command]


def candidate(text: str) -> Candidate:
    """Read what ``--example`` names: a module that ``python -m`` starts with ``--port N``, or a command.

    Raises:
        ArgumentTypeError: It is neither.
    """
    directory = ROOT if text in EXAMPLES else Path.cwd()
    if "{port}" in text:
        return Candidate(text, shlex.split(text), directory)
    if all(part.isidentifier() for part in text.split(".")):
        return Candidate(text, [sys.executable, "-m", text, "--port", "{port}"], directory)
    raise ArgumentTypeError(
        f"got {text!r}, expected the name of a module, or a command with {{port}} in it. "
        "Write --example my_package.app, or --example 'my-server --port {port}'."
    )


def readable(text: str) -> str:
    """Return what :func:`candidate` can read."""
    candidate(text)
    return text
