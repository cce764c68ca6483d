"""Turns a fuzzer's bytes into what a target needs, so that seeds stay readable.

The first byte chooses among a target's variants, what follows is lines of text.
"""

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["chosen", "code_points", "divided", "lines", "text"]

T = TypeVar("T")


def divided(data: bytes) -> tuple[int, bytes]:
    """Return the first byte as a number, and the rest."""
    return (data[0] if data else 0), data[1:]


def chosen(options: Sequence[T], number: int) -> T:
    """Choose one of the options, each by as many numbers."""
    return options[number % len(options)]


def text(data: bytes) -> str:
    """Read any bytes as text: what isn't UTF-8 becomes lone surrogates, as in ``os.environ``."""
    return data.decode("utf-8", "surrogateescape")


def code_points(data: bytes) -> str:
    """Read any bytes as text of two bytes a character, unpaired surrogates among them."""
    return data[: len(data) // 2 * 2].decode("utf-16-le", "surrogatepass")


def lines(data: bytes, most: int) -> list[str]:
    """Read at least one and at most so many lines; the last one holds the rest."""
    return [text(line) for line in data.split(b"\n", most - 1)]
