"""A coroutine that is begun at once, and awaited only if it has to wait."""

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

__all__ = ["Begun"]

T = TypeVar("T")


class Begun(Generic[T]):
    """Runs a coroutine to the first thing it must wait for, on any event loop.

    Where it isn't done by then, await this in its stead: it goes on as if it had been awaited from the
    beginning. Whatever it raises at once is raised at construction.

    Args:
        coroutine: What to begin. It must be awaited in the task that began it.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self.is_done = False
        """Whether there was nothing to wait for."""
        self._waits_for: object = None
        self._result: T
        self._go_on(coroutine.send, None)

    @property
    def result(self) -> T:
        """What the coroutine returned, once it is done."""
        return self._result

    def __await__(self) -> Generator[Any, Any, T]:
        """Go on from the first wait, as ``yield from`` does from the beginning (PEP 380)."""
        while not self.is_done:
            try:
                sent = yield self._waits_for
            except GeneratorExit:
                self._coroutine.close()
                raise
            except BaseException as error:  # noqa: BLE001 - a cancellation is the coroutine's to handle
                self._go_on(self._coroutine.throw, error)
            else:
                self._go_on(self._coroutine.send, sent)
        return self._result

    def _go_on(self, step: Callable[[Any], object], outcome: object) -> None:
        try:
            self._waits_for = step(outcome)
        except StopIteration as done:
            self.is_done, self._result = True, done.value
