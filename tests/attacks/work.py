"""Counts the work of a call: a number that is the same on every machine and in every run."""

import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

MOST = 2.5
"""How much more twice the input may cost; the rest above two is for what is rounded."""


def work_of(function: Callable[[], object]) -> int:
    """Return how much a call does: lines of Python, calls, and the characters that built-in methods go over.

    A method of a text or of bytes is taken to go over all of it, so a loop that searches the whole of its
    input again and again counts as what it is. It runs in a thread of its own, which nobody else traces.
    """
    total = 0

    def lines(_frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - a trace function returns itself
        nonlocal total
        total += event == "line"
        return lines

    def calls(_frame: FrameType, event: str, argument: object) -> None:
        nonlocal total
        total += 1
        owner = getattr(argument, "__self__", None) if event == "c_call" else None
        if isinstance(owner, str | bytes):
            total += len(owner)

    def traced() -> None:
        sys.setprofile(calls)
        sys.settrace(lines)
        try:
            function()
        finally:
            sys.settrace(None)
            sys.setprofile(None)

    thread = threading.Thread(target=traced)
    thread.start()
    thread.join()
    return total


def growth(read: Callable[[str], object], unit: str, size: int) -> float:
    """How much more work the input takes when it is twice as long."""
    short = unit * (size // len(unit))
    read(short)  # what is done once in a process is no work of the input's
    return work_of(lambda: read(short + short)) / work_of(lambda: read(short))


def too_steep(read: Callable[[str], object], units: Sequence[str], size: int) -> dict[str, float]:
    """The units of which a twice as long repetition takes too much more work."""
    grown = {unit: growth(read, unit, size) for unit in units}
    return {unit: factor for unit, factor in grown.items() if factor > MOST}
