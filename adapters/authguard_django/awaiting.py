"""What must be awaited."""

from collections.abc import Callable

from asgiref.sync import iscoroutinefunction

__all__ = ["is_async"]


def is_async(function: Callable[..., object]) -> bool:
    """Whether it is a coroutine function, or marked as one, as Django marks class-based views.

    Python 3.11's own ``inspect.iscoroutinefunction`` doesn't see the mark.
    """
    return iscoroutinefunction(function)  # pyright: ignore[reportDeprecated] - asyncio's own, on Python 3.11
